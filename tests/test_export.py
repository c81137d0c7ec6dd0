"""What is exported is read back as it was, by others too, and equal graphs give equal bytes."""

from __future__ import annotations

import csv
import io
import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import networkx as nx
import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given, settings

from kg import vocab
from kg.errors import QueryError, StoreError
from kg.export import FORMATS, export, guess, render
from kg.flat import COLUMNS
from kg.model import Record
from kg.store import Store
from kg.triples import notice_iri, quads, vocabulary_quads
from kg.vocab import DCTERMS, KG
from tests.records import NASTY, RAW, notice, record, records, spoilt

RDF_FORMATS = {
    "ttl": (ox.RdfFormat.TURTLE, "turtle"),
    "nt": (ox.RdfFormat.N_TRIPLES, "ntriples"),
    "nq": (ox.RdfFormat.N_QUADS, "nquads"),
    "trig": (ox.RdfFormat.TRIG, "trig"),
    "jsonld": (ox.RdfFormat.JSON_LD, "json-ld"),
    "rdfxml": (ox.RdfFormat.RDF_XML, "xml"),
}
DATASETS = ("nq", "trig", "jsonld")
pytestmark = [  # rdflib's own parsers
    pytest.mark.filterwarnings("ignore:Dataset:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning"),
]


def parse(data: bytes, format: ox.RdfFormat = ox.RdfFormat.N_QUADS) -> set[ox.Quad]:
    return set(ox.parse(data, format=format))


def triples(some: Iterable[ox.Quad]) -> set[ox.Triple]:
    return {q.triple for q in some}


def strict(data: bytes) -> set[str]:
    """Quads as rdflib would have them, to compare with what it reads."""
    dataset = rdflib.Dataset()
    dataset.parse(data=data, format="nquads")
    return {" ".join(t.n3() for t in quad if t is not None) for quad in dataset.quads()}


@pytest.fixture
def whole() -> bytes:
    return quads(record("a01")) + quads(record("a02")) + vocabulary_quads()


def test_every_format_of_the_commands_is_there() -> None:
    assert list(FORMATS) == ["ttl", "nt", "nq", "trig", "jsonld", "rdfxml", "graphml", "csv"]
    assert set(RDF_FORMATS) | {"graphml", "csv"} == set(FORMATS)


@pytest.mark.parametrize("name", RDF_FORMATS)
def test_the_whole_graph_is_read_back_by_pyoxigraph(name: str, whole: bytes) -> None:
    found = parse(render(whole, name), RDF_FORMATS[name][0])
    if name in DATASETS:
        assert found == parse(whole)
    elif name == "rdfxml":
        assert len(found) == len(triples(parse(whole)))  # but for what XML cannot hold
    else:
        assert triples(found) == triples(parse(whole))


@pytest.mark.parametrize("name", RDF_FORMATS)
@pytest.mark.parametrize("word", NASTY)
def test_hostile_strings_are_read_back(name: str, word: str) -> None:
    data = quads(spoilt(word))
    found = parse(render(data, name), RDF_FORMATS[name][0])
    if name in DATASETS:
        assert found == parse(data)
    elif name == "rdfxml":
        kept = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "\ufffd", word)
        titles = {q.object.value for q in found if q.predicate.value == DCTERMS.title}
        assert titles == {kept}
        assert len(found) == len(triples(parse(data)))
    else:
        assert triples(found) == triples(parse(data))


@settings(max_examples=40, deadline=None)
@given(records())
def test_any_record_is_read_back_from_every_syntax(item: Record) -> None:
    data = quads(item)
    for name, (format, _) in RDF_FORMATS.items():
        found = parse(render(data, name), format)
        if name in DATASETS:
            assert found == parse(data), name
        elif name != "rdfxml":
            assert triples(found) == triples(parse(data)), name
        else:
            assert len(found) == len(triples(parse(data)))


@settings(max_examples=15, deadline=None)
@given(records())
def test_rdflib_reads_what_we_write_as_json_ld_and_trig(item: Record) -> None:
    data = quads(item)
    for name in ("jsonld", "trig"):
        dataset = rdflib.Dataset()
        dataset.parse(data=render(data, name), format=RDF_FORMATS[name][1])
        found = {" ".join(t.n3() for t in quad if t is not None) for quad in dataset.quads()}
        assert found == strict(data), name


@pytest.mark.parametrize("name", ["ttl", "nt", "rdfxml"])
def test_rdflib_reads_what_we_write_as_triples(name: str, whole: bytes) -> None:
    graph = rdflib.Graph().parse(data=render(whole, name), format=RDF_FORMATS[name][1])
    assert len(graph) == len(triples(parse(whole)))


@pytest.mark.parametrize("name", FORMATS)
def test_the_order_in_which_quads_come_does_not_matter(name: str, whole: bytes) -> None:
    shuffled = list(ox.parse(whole, format=ox.RdfFormat.N_QUADS))
    random.Random(1).shuffle(shuffled)
    assert render(shuffled, name) == render(whole, name) == render(whole + whole, name)


def test_another_process_writes_the_same_bytes() -> None:
    code = (
        "import hashlib; from kg.export import FORMATS, render;"
        "from kg.triples import quads, vocabulary_quads; from tests.records import record;"
        "data = quads(record()) + vocabulary_quads();"
        "print([hashlib.sha256(render(data, f)).hexdigest() for f in FORMATS])"
    )
    root = Path(__file__).parents[1]
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(outputs) == 1
    assert len(outputs.pop()) > 500


@pytest.mark.parametrize("name", FORMATS)
def test_a_store_is_exported_without_its_catalog_and_merge(name: str) -> None:
    store = Store.memory(vocabulary=vocabulary_quads())
    store.replace(notice_iri(notice("a01")), quads(record("a01")), path="/home/li/a01.txt")
    data = render(store, name)
    assert data == render(quads(record("a01")) + vocabulary_quads(), name)
    assert b"/home/li" not in data
    assert vocab.catalog_graph().encode() not in data


def test_the_catalog_is_left_out_whatever_it_comes_from() -> None:
    catalog = f'<urn:n> <{KG.localPath}> "/home/li" <{vocab.catalog_graph()}> .\n'.encode()
    assert b"/home/li" not in render(quads(record()) + catalog, "nq")


def test_turtle_is_fit_to_be_read(whole: bytes) -> None:
    text = render(whole, "ttl").decode()
    head, _, body = text.partition("\n\n")
    assert all(line.startswith("@prefix ") for line in head.splitlines())
    assert "@prefix odrl:" in head
    assert "@prefix sh:" not in head, "a prefix that nothing uses"
    assert f"<{vocab.BASE}" not in body
    assert "\n\nregion:230000 a kg:Region ;\n" in body
    assert "kg:stresses hazard:tailings-pond" in body
    assert "kg:degree 3" in body


def test_a_subject_and_its_graph_stand_once(whole: bytes) -> None:
    turtle = render(whole, "ttl").decode()
    subjects = re.findall(r"^([a-z]+:\S+|<\S+>) ", turtle, flags=re.MULTILINE)
    assert len(subjects) == len(set(subjects))
    trig = render(whole, "trig").decode()
    assert trig.count("{\n") == trig.count("\n}") == 3


def test_json_ld_has_a_context_and_one_object_a_graph(whole: bytes) -> None:
    document = json.loads(render(whole, "jsonld"))
    assert document["@context"]["kg"] == vocab.prefixes()["kg"]
    names = [graph["@id"] for graph in document["@graph"]]
    assert len(names) == 3
    assert names == sorted(names)
    assert all(name.startswith("notice:") or name.endswith("vocabulary") for name in names)


def test_json_ld_drops_a_prefix_that_is_some_iris_scheme() -> None:
    odd = b'<ev:x> <https://kg-safety.example/ns#quote> "x" <https://kg-safety.example/id/ev/g> .'
    assert parse(render(odd, "jsonld"), ox.RdfFormat.JSON_LD) == parse(odd)


@pytest.mark.parametrize("name", FORMATS)
def test_one_notice_is_exported_by_stem_or_iri(name: str, whole: bytes) -> None:
    iri = notice_iri(notice("a01"))
    assert render(whole, name, notice="a01") == render(quads(record("a01")), name)
    assert render(whole, name, notice=iri) == render(quads(record("a01")), name)


def test_an_unknown_notice_names_the_nearest(whole: bytes) -> None:
    with pytest.raises(QueryError, match="no notice 'a1'") as caught:
        render(whole, "ttl", notice="a1")
    assert "did you mean 'a0" in (caught.value.hint or "")


def test_two_notices_of_one_name_must_be_told_apart() -> None:
    two = spoilt("x"), spoilt("x")
    other = notice("x", "other" + RAW)
    data = quads(two[0]) + quads(Record(id="x", title=None, published=None, notice=other))
    with pytest.raises(QueryError, match="2 notices are called 'x'") as caught:
        render(data, "ttl", notice="x")
    assert notice_iri(other) in (caught.value.hint or "")


def test_an_unknown_format_names_the_nearest(whole: bytes) -> None:
    with pytest.raises(QueryError) as caught:
        render(whole, "jsonl")
    assert caught.value.hint == "did you mean 'jsonld'?"
    with pytest.raises(QueryError, match="tells no format"):
        guess(Path("graph.doc"))


@pytest.mark.parametrize(
    ("file", "name"), [("a.ttl", "ttl"), ("A.JSON", "jsonld"), ("x.y.rdf", "rdfxml")]
)
def test_the_ending_of_a_name_tells_the_format(file: str, name: str) -> None:
    assert guess(Path(file)) == name


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path, whole: bytes) -> None:
    target = tmp_path / "graph.ttl"
    assert export(whole, target) == target
    assert target.read_bytes() == render(whole, "ttl")
    with pytest.raises(QueryError):
        export(whole, target, notice="zzz")
    assert target.read_bytes() == render(whole, "ttl")
    assert [p.name for p in tmp_path.iterdir()] == ["graph.ttl"]


@pytest.mark.parametrize("where", ["none/graph.ttl", "folder.ttl"])
def test_a_place_that_cannot_be_written_is_one_clear_error(
    tmp_path: Path, where: str, whole: bytes
) -> None:
    (tmp_path / "folder.ttl").mkdir()
    with pytest.raises(StoreError, match="cannot be written"):
        export(whole, tmp_path / where)
    assert [p.name for p in tmp_path.iterdir()] == ["folder.ttl"]


def test_an_empty_graph_is_exported_in_every_format() -> None:
    for name, (format, _) in RDF_FORMATS.items():
        assert parse(render(b"", name), format) == set(), name
    assert rows(render(b"", "csv")) == []
    assert len(nx.parse_graphml(render(b"", "graphml").decode())) == 0


def test_another_base_is_followed(whole: bytes) -> None:
    base = "https://data.example.gov.cn/kg/"
    text = render(quads(record(), base=base), "ttl", base=base).decode()
    assert f"@prefix region: <{base}region/> ." in text
    assert f"<{base}" not in text.partition("\n\n")[2]


# --- the table ------------------------------------------------------------------------------------


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_the_table_has_one_row_a_statement(whole: bytes) -> None:
    found = rows(render(whole, "csv"))
    assert tuple(found[0]) == COLUMNS
    assert len(found) == 2 * record().statements
    assert {r["notice"] for r in found} == {"a01", "a02"}
    (row,) = [r for r in found if r["concept"] == "tailings-pond" and r["kind"] == "emphasis"][:1]
    assert row["region"] == "黑龙江省"
    assert row["region_code"] == "230000"
    assert (row["label"], row["label_en"]) == ("尾矿库", "tailings ponds")
    assert row["quote"] == RAW[int(row["start"]) : int(row["end"])] == "狠抓尾矿库安全风险防范"
    assert (row["degree"], row["meeting_date"]) == ("3", "2020-04-10")


def test_the_table_tells_who_must_do_what_by_when(whole: bytes) -> None:
    row = next(r for r in rows(render(whole, "csv")) if r["kind"] == "obligation")
    assert (row["bearer"], row["action"]) == ("各级党委、政府", "完善")
    assert row["deadline"] == "2021-01-04/2021-03-31"
    assert row["text"] == "各级党委、政府要完善应急预案"


@pytest.mark.parametrize("word", ["=1+1", "+1", "@SUM(A1)", "-2+3", "\t=1"])
def test_no_cell_is_run_as_a_formula(word: str) -> None:
    cells = [cell for row in rows(render(quads(spoilt(word)), "csv")) for cell in row.values()]
    assert f"'{word}" in cells
    assert not any(re.match(r"[=+@\t-]", cell) for cell in cells)


def test_lines_and_quotation_marks_stay_in_their_cell() -> None:
    found = rows(render(quads(spoilt('a "b"\r\nc, d')), "csv"))
    assert {r["region"] for r in found if r["kind"] == "emphasis"} == {'a "b"\r\nc, d'}


# --- the network ----------------------------------------------------------------------------------


def test_the_network_is_read_by_networkx_with_quotes_on_its_edges(whole: bytes) -> None:
    graph = nx.parse_graphml(render(whole, "graphml").decode())
    region = vocab.BASE + "region/230000"
    hazard = "https://kg-safety.example/hazard/tailings-pond"
    assert graph.nodes[region]["label"] == "黑龙江省"
    assert graph.nodes[hazard] == {
        "label": "尾矿库",
        "label_en": "tailings ponds",
        "kind": "HazardSector",
        "code": "tailings-pond",
    }
    edge = graph.edges[region, hazard]
    assert (edge["predicate"], edge["degree"]) == ("stresses", 3)
    assert "狠抓尾矿库安全风险防范" in edge["evidence"]
    assert not any("/ev/" in node for node in graph)


@pytest.mark.parametrize("word", NASTY)
def test_the_network_is_well_formed_whatever_a_notice_holds(word: str) -> None:
    graph = nx.parse_graphml(render(quads(spoilt(word)), "graphml").decode())
    assert graph.number_of_edges() >= 8
