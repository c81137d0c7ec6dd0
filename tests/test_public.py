"""The public functions: what is offered, loaded when used, in step with the command line."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import networkx as nx
import pytest
import rdflib

import kg
import kg.api
from kg.data import SEEDS
from kg.errors import InputError, QueryError, StoreError
from kg.read import read_text
from tests.stores import on_disk

TEXT = "黑龙江省政府4月10日召开全省安全生产电视电话会议。会议强调，要狠抓尾矿库安全风险防范，压实企业主体责任。"


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> tuple[Path, kg.BuildReport]:
    store = tmp_path_factory.mktemp("public") / "store"
    return store, kg.build(SEEDS, store=store)


def test_all_is_sorted_complete_and_loads():
    assert kg.__all__ == sorted(kg.__all__)
    assert set(kg.__all__) == set(kg._HOME)
    for name in kg.__all__:
        assert getattr(kg, name).__doc__
        assert name in dir(kg)
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = kg.nonsense


def test_what_type_checkers_see_is_what_is_loaded():
    tree = ast.parse(inspect.getsource(kg))
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    seen = {
        alias.name: node.module
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert seen == kg._HOME


def test_importing_kg_loads_nothing():
    code = "import sys, kg; print([m for m in sys.modules if m.startswith('kg.')], len(kg.__all__))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("[]")


def test_a_text_a_path_and_a_notice_give_the_same_record(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text(TEXT, encoding="utf-8", newline="")
    of_text = kg.extract(TEXT).to_json()
    assert of_text["stresses"][0]["hazard"] == "tailings-pond"
    assert of_text == kg.extract(path).to_json() == kg.extract(str(path)).to_json()
    assert of_text == kg.extract(read_text(TEXT)).to_json()


def test_evidence_is_where_the_record_says():
    record = kg.extract(TEXT)
    for stress in record.stresses:
        for evidence in stress.evidence:
            assert TEXT[evidence.start : evidence.end] == evidence.quote


@pytest.mark.parametrize("bad", ["hello world", "", "x" * 5000, "\x00", Path("nowhere.txt")])
def test_what_is_no_notice_is_an_input_error(bad):
    with pytest.raises(InputError):
        kg.extract(bad)


def test_a_build_reports_what_it_did(built):
    store, report = built
    assert (report.notices, report.count("added")) == (1, 1)
    assert "黑龙江省" in report.regions
    assert report.statements > 50
    assert report.silent == []
    assert report.failures == []
    assert report.store == store


def test_building_again_changes_nothing(built, tmp_path):
    store, _ = built
    with kg.open(store) as graph:
        before = graph.store.dump()
    assert kg.build(SEEDS, store=store).count("unchanged") == 1
    with kg.open(store) as graph:
        assert graph.store.dump() == before
    kg.build(SEEDS, store=tmp_path / "again")
    with kg.open(tmp_path / "again") as graph:
        assert graph.store.dump() == before


def test_the_question_that_kg_was_made_for(built):
    with kg.open(built[0]) as graph:
        answer = graph.query("regions-stressing", hazard="尾矿库")
    assert {row["region"] for row in answer} == {"黑龙江省"}
    assert any("狠抓尾矿库安全风险防范" in row["quote"] for row in answer)


def test_a_graph_is_handed_to_rdflib_and_networkx(built):
    with kg.open(built[0]) as graph:
        rdf, network = graph.to_rdflib(), graph.to_networkx()
        assert isinstance(rdf, rdflib.Graph)
        assert len(rdf) == len(graph)
        assert dict(rdf.namespaces())["hazard"] == rdflib.URIRef(
            "https://kg-safety.example/hazard/"
        )
        assert isinstance(network, nx.MultiDiGraph)
        alone = graph.to_networkx(region="黑龙江", hazard="tailings ponds")
        assert 0 < len(alone) < len(network)


def test_a_graph_is_exported_viewed_validated_and_verified(built, tmp_path):
    with kg.open(built[0]) as graph:
        written = graph.export(tmp_path / "g.ttl")
        assert rdflib.Graph().parse(written, format="turtle")
        one = graph.export(tmp_path / "n.nq", notice=graph.notices[0].id)
        assert one.read_bytes().count(b"\n") < len(graph.store.dump().split(b"\n")) - 1
        graph.view(tmp_path / "g.html", hazard="尾矿库")
        assert "黑龙江省" in (tmp_path / "g.html").read_text(encoding="utf-8")
        graph.view(tmp_path / "q.html", query="campaigns", parameters={"region": "湖南"})
        assert graph.validate().conforms
        proven = graph.verify()
        assert proven.notices == 1
        assert proven.quotes > 100


def test_a_graph_can_be_asked_sparql_and_what_it_can_be_asked(built):
    with kg.open(built[0]) as graph:
        assert graph.query("ASK { ?r kg:stresses hazard:tailings-pond }")
        assert "meetings" in [q.name for q in graph.queries]
        with pytest.raises(QueryError):
            graph.query("SELECT")


def test_a_name_of_two_things_must_be_told_apart(tmp_path):
    with kg.open(on_disk(tmp_path / "s")) as graph:
        with pytest.raises(QueryError, match="called '河北'"):
            graph.to_networkx(region="河北")
        with pytest.raises(QueryError, match="unknown notice"):
            graph.export(tmp_path / "x.ttl", notice="zzz")


def test_opening_nothing_is_a_store_error(tmp_path):
    with pytest.raises(StoreError):
        kg.open(tmp_path / "nothing")


def test_a_base_belongs_to_a_store(tmp_path):
    base = "https://data.example.gov.cn/kg/"
    store = tmp_path / "store"
    kg.build(SEEDS, store=store, base=base, validate=False)
    with kg.open(store) as graph:
        assert graph.notices[0].iri.startswith(base)
        assert {r["region"] for r in graph.query("regions-stressing", hazard="尾矿库")} == {
            "黑龙江省"
        }
    kg.build(SEEDS, store=store, validate=False)  # taken up from the store
    with pytest.raises(StoreError, match="its IRIs begin with"):
        kg.build(SEEDS, store=store, base="https://other.example/", validate=False)


def test_progress_is_told(tmp_path):
    steps: list[tuple[int, int, str]] = []
    kg.build(SEEDS, store=tmp_path / "s", progress=lambda *step: steps.append(step), validate=False)
    (name,) = (p.name for p in SEEDS.iterdir() if p.suffix == ".txt")
    assert steps == [(0, 1, name), (1, 1, "")]


def test_every_command_has_its_function():
    from kg.cli import ask, make, prove, question

    commands = {*make.COMMANDS, *ask.COMMANDS, *prove.COMMANDS, *question.COMMANDS}
    assert commands == {
        "build", "extract", "ask", "query", "view", "export", "validate", "verify", "eval",
    }  # fmt: skip
    functions = {name for name, _ in inspect.getmembers(kg.api.Graph, inspect.isfunction)}
    assert commands - {"build", "extract", "eval"} <= functions
