"""Records become N-Quads that every reader takes, the same each time, without blank nodes."""

from __future__ import annotations

from dataclasses import replace

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given, settings

from kg import vocab
from kg.model import Meeting, Record, Region, Stress
from kg.ontology import ancestors, concepts
from kg.triples import CONTEXT, notice_iri, quads, vocabulary_quads
from kg.vocab import DCTERMS, ELI, KG, OA, ODRL, PROV, RDF, RDFS, SCHEMA, SKOS, XSD, prefixes
from tests.records import NASTY, RAW, notice, place, record, records, spoilt


def parse(data: bytes) -> list[ox.Quad]:
    return list(ox.parse(data, format=ox.RdfFormat.N_QUADS))


class Said:
    """What a graph says, asked by subject and property."""

    def __init__(self, data: bytes) -> None:
        self.quads = parse(data)

    def values(self, subject: str | None, predicate: str) -> list[str]:
        return [
            q.object.value
            for q in self.quads
            if subject in (None, q.subject.value) and q.predicate.value == predicate
        ]

    def one(self, subject: str, predicate: str) -> str:
        (value,) = self.values(subject, predicate)
        return value

    def of(self, cls: str) -> list[str]:
        return [
            q.subject.value
            for q in self.quads
            if q.predicate.value == RDF.type and q.object.value == cls
        ]


@pytest.fixture
def said() -> Said:
    return Said(quads(record()))


def test_lines_are_sorted_and_distinct_and_stand_in_the_notices_graph() -> None:
    data = quads(record())
    lines = data.splitlines()
    assert lines == sorted(set(lines))
    assert {q.graph_name.value for q in parse(data)} == {notice_iri(notice())}


def test_equal_records_give_equal_bytes_and_the_order_of_items_does_not_matter() -> None:
    one = record()
    other = replace(
        one, stresses=one.stresses[::-1], policies=one.policies[::-1], meetings=one.meetings[::-1]
    )
    assert quads(one) == quads(record()) == quads(other)


def test_there_are_no_blank_nodes_and_no_timestamps() -> None:
    for quad in parse(quads(record()) + vocabulary_quads()):
        assert not isinstance(quad.subject, ox.BlankNode)
        assert not isinstance(quad.object, ox.BlankNode)
        assert not str(quad.object).endswith("dateTime>")


def test_the_text_is_what_the_store_would_write_itself() -> None:
    data = quads(spoilt("".join(NASTY)))
    assert {f"{q} .".encode() for q in parse(data)} == set(data.split(b"\n")) - {b""}


@pytest.mark.parametrize("word", NASTY)
def test_hostile_strings_come_through_unchanged_and_add_nothing(word: str) -> None:
    data = quads(spoilt(word))
    said = Said(data)
    (node,) = said.of(KG.Notice)
    assert said.one(node, DCTERMS.title) == word
    assert said.one(said.of(KG.Obligation)[0], KG.text) == word
    assert word in said.values(None, OA.exact)
    assert len(said.quads) == data.count(b"\n")
    harmless = len(parse(quads(spoilt("尾矿"))))
    assert abs(len(said.quads) - harmless) <= 1  # a legal act more, at most


@pytest.mark.filterwarnings("ignore:Dataset:DeprecationWarning")  # rdflib's own parser
@settings(max_examples=60, deadline=None)
@given(records())
def test_any_record_is_read_back_by_pyoxigraph_and_rdflib(item: Record) -> None:
    data = quads(item)
    found = parse(data)
    assert len(found) == data.count(b"\n")
    dataset = rdflib.Dataset()
    dataset.parse(data=data, format="nquads")
    assert len(list(dataset.quads())) == len(found)


def test_lone_surrogates_are_replaced_for_utf_8_has_none() -> None:
    said = Said(quads(Record(id="x", title="a\ud800b", published=None)))
    assert said.values(None, DCTERMS.title) == ["a\ufffdb"]


def test_an_emphasis_has_all_that_a_statement_needs(said: Said) -> None:
    (node,) = [s for s in said.of(KG.Emphasis) if said.values(s, KG.region)]
    assert node in said.of(KG.Statement)
    assert said.one(node, KG.concept) == "https://kg-safety.example/hazard/tailings-pond"
    assert said.one(node, KG.region) == vocab.BASE + "region/230000"
    assert said.one(node, KG.degree) == "3"
    assert said.one(node, KG.notice) == notice_iri(notice())
    assert said.one(said.one(node, KG.meeting), RDFS.label) == "全省安全生产电视电话会议"


def test_direct_properties_stand_beside_the_statements(said: Said) -> None:
    region = vocab.BASE + "region/230000"
    assert said.one(region, KG.stresses).endswith("/hazard/tailings-pond")
    assert said.one(region, KG.invokes).endswith("/responsibility/enterprise-principal")
    assert said.one(region, KG.orders).endswith("/measure/hazard-screening")
    assert said.one(region, KG.runs).endswith("/campaign/安全生产专项整治三年行动")
    assert said.one(region, KG.held).endswith("/meeting/230000_2020-04-10_全省安全生产电视电话会议")


def test_where_no_region_speaks_a_statement_is_attributed_to_its_notice(said: Said) -> None:
    (node,) = [s for s in said.of(KG.Emphasis) if not said.values(s, KG.region)]
    assert said.one(node, KG.attributedTo) == notice_iri(notice())
    stressed = said.values(None, KG.stresses)
    assert not any(s.endswith("fire-safety") for s in stressed)


def test_evidence_points_at_the_raw_characters_and_quotes_them(said: Said) -> None:
    (node,) = [s for s in said.of(KG.Evidence) if said.one(s, KG.quote) == "狠抓尾矿库安全风险防范"]
    assert said.one(node, OA.hasSource) == notice_iri(notice())
    position, quote = sorted(said.values(node, OA.hasSelector))
    start, end = int(said.one(position, OA.start)), int(said.one(position, OA.end))
    assert RAW[start:end] == said.one(quote, OA.exact) == "狠抓尾矿库安全风险防范"
    assert said.one(quote, OA.prefix) == RAW[start - CONTEXT : start]
    assert said.one(quote, OA.suffix) == RAW[end : end + CONTEXT]


def test_an_obligation_says_who_what_when_and_how(said: Said) -> None:
    (node,) = said.of(KG.Obligation)
    assert node in said.of(KG.DeonticStatement)
    assert said.one(node, KG.modality) == "obligation"
    assert said.one(said.one(node, KG.bearer), RDFS.label) == "各级党委、政府"
    assert said.one(said.one(node, ODRL.action), RDFS.label) == "完善"
    assert (said.one(node, KG.deadlineStart), said.one(node, KG.deadline)) == (
        "2021-01-04",
        "2021-03-31",
    )
    assert said.one(node, KG.deadlineText) == "一季度"
    assert said.one(node, KG.bearerInherited) == "false"
    assert said.one(node, KG.about).endswith("tailings-pond")
    assert {said.one(n, KG.modality) for n in said.of(KG.Prohibition)} == {"prohibition"}


def test_only_laws_and_rules_are_legal_acts(said: Said) -> None:
    assert [said.one(p, RDFS.label) for p in said.of(ELI.LegalResource)] == ["安全生产法"]
    assert len(said.of(KG.Policy)) == 2


def test_a_statement_made_twice_is_one_node_with_both_places_and_the_higher_degree() -> None:
    twice = record()
    again = replace(twice.stresses[0], evidence=place("尾矿库"), degree=1)
    said = Said(quads(replace(twice, stresses=(*twice.stresses, again))))
    (node,) = [s for s in said.of(KG.Emphasis) if said.values(s, KG.region)]
    assert len(said.values(node, KG.evidence)) == 2
    assert said.one(node, KG.degree) == "3"


def test_a_dated_meeting_is_one_node_in_all_notices_and_an_undated_one_is_not() -> None:
    one, two = (Said(quads(record(name))) for name in ("a01", "a02"))
    shared = set(one.of(KG.Meeting)) & set(two.of(KG.Meeting))
    assert [m.rpartition("/")[2] for m in shared] == ["230000_2020-04-10_全省安全生产电视电话会议"]
    assert len(set(one.of(KG.Meeting)) | set(two.of(KG.Meeting))) == 3


def test_a_statement_is_said_at_its_own_regions_meeting_when_two_have_one_name() -> None:
    name = "全省安全生产电视电话会议"
    said = Said(
        quads(
            Record(
                id="x",
                title=None,
                published=None,
                meetings=tuple(
                    Meeting(name=name, date="2020-04-10", region=r, evidence=())
                    for r in ("黑龙江省", "江西省")
                ),
                stresses=tuple(
                    Stress(region=r, hazard="flood", evidence=(), meeting=name)
                    for r in ("江西省", "长春市")
                ),
            )
        )
    )
    held = {said.one(s, KG.region): said.values(s, KG.meeting) for s in said.of(KG.Emphasis)}
    assert held[vocab.BASE + "region/360000"] == [
        vocab.BASE + "meeting/360000_2020-04-10_全省安全生产电视电话会议"
    ]
    assert held[vocab.BASE + "region/220100"] == []  # whose it was cannot be told


def test_regions_carry_their_code_and_what_contains_them() -> None:
    said = Said(quads(Record(id="x", title=None, published=None, regions=(region("长春市"),))))
    city, province = (vocab.BASE + f"region/{code}" for code in ("220100", "220000"))
    assert said.one(city, SCHEMA.containedInPlace) == province
    assert said.one(province, SKOS.notation) == "220000"
    assert set(said.values(province, RDFS.label)) == {"吉林省"}
    assert said.one(city, KG.level) == "prefecture"
    assert f'"220000"^^<{KG.GBT2260}>' in {str(q.object) for q in said.quads}


@pytest.mark.parametrize(
    ("name", "local"),
    [
        ("全国", "全国"),
        ("新疆生产建设兵团", "新疆生产建设兵团"),
        ("和平区", "和平区"),  # several districts bear the name
        ("雄安新区", "雄安新区"),  # no division of the table
    ],
)
def test_no_code_is_invented(name: str, local: str) -> None:
    said = Said(quads(Record(id="x", title=None, published=None, regions=(region(name),))))
    assert said.of(KG.Region) == [vocab.BASE + "region/" + local]
    assert said.values(None, SKOS.notation) == []


@pytest.mark.parametrize(
    ("name", "traditional"),
    [
        ("龙岩市", "龍岩市"),
        ("湖里区", "湖里區"),
        ("沈阳市", "瀋陽市"),
        ("沈丘县", "沈丘縣"),
        ("于都县", "于都縣"),
    ],
)
def test_region_names_stand_in_both_scripts(name: str, traditional: str) -> None:
    said = quads(Record(id="x", title=None, published=None, regions=(region(name),)))
    labels = {str(q.object) for q in parse(said) if q.predicate.value == RDFS.label}
    assert {f'"{name}"@zh-hans', f'"{traditional}"@zh-hant'} <= labels


def region(name: str) -> Region:
    return Region(name=name, evidence=())


def test_dates_are_dates_and_what_is_none_stays_visible() -> None:
    bad = Record(id="x", title=None, published="2020-02-30")
    (issued,) = [q.object for q in parse(quads(bad)) if q.predicate.value == DCTERMS.issued]
    assert issued.datatype.value == XSD.string
    (issued,) = [q.object for q in parse(quads(record())) if q.predicate.value == DCTERMS.issued]
    assert issued.datatype.value == XSD.date


def test_a_run_tells_program_and_ontology_in_their_versions(said: Said) -> None:
    (run,) = said.of(PROV.Activity)
    assert said.one(run, PROV.used) == notice_iri(notice())
    agent = said.one(run, PROV.wasAssociatedWith)
    assert said.one(agent, SCHEMA.softwareVersion)
    assert said.one(run, KG.ontologyVersion) == "0.1.0"


def test_no_path_of_this_machine_is_published() -> None:
    assert b"/home/li" not in quads(record())


def test_the_base_is_configurable_and_concepts_stay_where_they_are() -> None:
    base = "https://data.example.gov.cn/kg/"
    data = quads(record(), base=base)
    assert vocab.BASE.encode() not in data
    assert b"<https://kg-safety.example/hazard/tailings-pond>" in data
    assert vocabulary_quads(base=base).count(f"<{base}vocabulary>".encode()) > 2000


def test_two_files_of_one_name_are_two_notices() -> None:
    assert notice_iri(notice("a", "甲")) != notice_iri(notice("a", "乙"))
    assert notice_iri(notice("a", "甲")) == notice_iri(notice("a", "甲"))


def test_every_minted_iri_is_written_short_by_the_prefix_table() -> None:
    data = quads(record())
    turtle = ox.serialize(
        (q.triple for q in parse(data)), format=ox.RdfFormat.TURTLE, prefixes=prefixes()
    )
    assert turtle is not None
    body = [line for line in turtle.decode().splitlines() if not line.startswith("@prefix")]
    assert [line for line in body if f"<{vocab.BASE}" in line] == []


def test_the_vocabulary_holds_the_closure_that_queries_join_on() -> None:
    said = Said(vocabulary_quads())
    for concept in concepts():
        within = {iri.rpartition("/")[2] for iri in said.values(concept.iri, KG.within)}
        assert within == set(ancestors(concept.id))
    assert "尾矿库" in said.values(concepts()[3].iri, SKOS.prefLabel)
    assert said.values(None, KG.matches) == []


def test_concepts_are_numbered_in_their_scheme_each_before_what_is_narrower() -> None:
    said = Said(vocabulary_quads())
    at = {c.id: int(said.values(c.iri, SCHEMA.position)[0]) for c in concepts()}
    for scheme in {c.scheme for c in concepts()}:
        numbers = sorted(at[c.id] for c in concepts() if c.scheme == scheme)
        assert numbers == list(range(1, len(numbers) + 1))
    assert all(at[c.broader] < at[c.id] for c in concepts() if c.broader)


def test_the_vocabulary_is_sorted_and_stands_in_its_graph() -> None:
    lines = vocabulary_quads().splitlines()
    assert lines == sorted(set(lines))
    assert all(line.endswith(f"<{vocab.BASE}vocabulary> .".encode()) for line in lines)
