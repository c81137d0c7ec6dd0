"""What the extractor may write keeps the shapes; what is broken is reported where it stands."""

from __future__ import annotations

from dataclasses import replace

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import vocab
from kg.model import Meeting, Record, Region, Stress
from kg.store import Store
from kg.triples import notice_iri, quads, vocabulary_quads
from kg.validate import validate
from kg.vocab import KG
from tests.records import hazards, notice, place, record


def test_a_record_with_one_of_everything_conforms() -> None:
    report = validate(quads(record()))
    assert report.results == ()
    assert report.conforms
    assert report.graphs == 1


def test_the_vocabulary_conforms() -> None:
    assert validate(vocabulary_quads()).results == ()


@settings(max_examples=15, deadline=None)
@given(
    st.lists(hazards, max_size=3),
    st.text("安全生产会议", min_size=2, max_size=20),
    st.one_of(st.none(), st.dates().map(str)),
)
def test_any_well_formed_record_conforms(some: list[str], name: str, date: str | None) -> None:
    quote = place("狠抓尾矿库")
    item = Record(
        id="x",
        title=name,
        published=date,
        notice=notice("x"),
        meetings=(Meeting(name=name, date=date, region="江西省", evidence=quote),),
        stresses=tuple(Stress(region="江西省", hazard=h, evidence=quote) for h in some),
    )
    assert validate(quads(item)).results == ()


def test_a_statement_without_evidence_is_reported_in_both_languages() -> None:
    full = record()
    bare = replace(full, stresses=(replace(full.stresses[0], evidence=()),))
    (result,) = validate(quads(bare)).results
    assert (result.shape, result.path) == ("StatementShape", "kg:evidence")
    assert result.graph == notice_iri(notice())
    assert result.focus.startswith(vocab.BASE + "stmt/")
    assert (result.severity, result.message) == ("Violation", "a statement has evidence")
    assert result.message_zh == "陈述须有原文依据"


def test_a_day_that_is_none_is_reported() -> None:
    (result,) = validate(quads(replace(record(), published="2020-02-30"))).results
    assert (result.shape, result.path, result.value) == (
        "NoticeShape",
        "dcterms:issued",
        "2020-02-30",
    )


def test_a_region_that_is_no_name_is_reported() -> None:
    odd = replace(record(), regions=(Region(name="<script>", evidence=place("要")),))
    assert {r.shape for r in validate(quads(odd)).results} == {"RegionShape"}


def test_a_warning_does_not_break_the_graph() -> None:
    report = validate(quads(replace(record(), title=None)))
    assert [r.severity for r in report.results] == ["Warning"]
    assert report.conforms


def test_the_first_results_are_the_worst_and_the_order_is_stable() -> None:
    broken = replace(record(), title=None, published="x", stresses=(record().stresses[0],))
    data = quads(broken).replace(b"tailings-pond>", b"no-such-thing>")
    report = validate(data)
    assert report == validate(data)
    assert [r.severity for r in report.results][-1] == "Warning"
    assert {r.shape for r in report.results} >= {"EmphasisShape", "RegionShape", "NoticeShape"}


def test_each_notice_is_checked_by_itself() -> None:
    good, bad = quads(record("a01")), quads(replace(record("a02"), published="x"))
    seen: list[str] = []
    report = validate(good + bad + vocabulary_quads(), progress=seen.append)
    assert report.graphs == len(seen) == 3
    assert {r.graph for r in report.results} == {notice_iri(notice("a02"))}


def test_a_store_its_quads_and_an_rdflib_graph_are_all_taken() -> None:
    bad = quads(replace(record(), published="x"))
    store = Store.memory(vocabulary=vocabulary_quads())
    store.replace(notice_iri(notice()), bad, path="/home/li/a01.txt")
    expected = [(r.shape, r.focus, r.path) for r in validate(bad).results]
    assert [(r.shape, r.focus, r.path) for r in validate(store).results] == expected
    some = ox.parse(bad, format=ox.RdfFormat.N_QUADS)
    assert [(r.shape, r.focus, r.path) for r in validate(some).results] == expected
    dataset = rdflib.Graph().parse(
        data="\n".join(f"{q.triple} ." for q in ox.parse(bad, format=ox.RdfFormat.N_QUADS)),
        format="ntriples",
    )
    assert [(r.shape, r.focus, r.path) for r in validate(dataset).results] == expected


def test_the_catalog_of_local_paths_is_not_validated() -> None:
    catalog = f'<urn:n> <{KG.localPath}> "/x" <{vocab.catalog_graph()}> .\n'.encode()
    assert validate(catalog).graphs == 0


@pytest.mark.parametrize("base", ["https://data.example.gov.cn/kg/"])
def test_another_base_is_followed(base: str) -> None:
    data = quads(record(), base=base) + vocabulary_quads(base=base)
    assert validate(data, base=base).results == ()
