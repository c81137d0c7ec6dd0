"""What a person writes for a region, a sector, a day: found by any of its names, refused in words."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import QueryError
from kg.parameters import kinds, resolve
from kg.query import bind, find, run
from kg.sparql import tokens
from kg.store import Store
from tests.records import NASTY, words
from tests.stores import NATIONAL, damaged


@pytest.fixture(scope="module")
def store() -> Store:
    return damaged()


@pytest.mark.parametrize(
    "value", ["Emphasis", "emphasis", "强调", "stresses", "<https://kg-safety.example/ns#stresses>"]
)
def test_a_layer_is_the_property_that_says_it(store, value):
    assert [term.value for term in resolve("layer", value, store=store)] == [
        "https://kg-safety.example/ns#stresses"
    ]


def test_an_unknown_layer_is_refused_with_those_there_are(store):
    with pytest.raises(QueryError, match="unknown layer 'Emphases'") as refused:
        run(store, find("most-shared"), {"layer": "Emphases"})
    assert refused.value.hint == "one of Emphasis, Invocation, MeasureOrder"


@pytest.mark.parametrize(
    "value",
    [
        "tailings-pond",
        "尾矿库",
        "尾礦庫",
        "tailings ponds",
        "Tailings pond",
        "TAILINGS  PONDS",
        "尾矿坝",
        "hazard:tailings-pond",
        "https://kg-safety.example/hazard/tailings-pond",
        "<https://kg-safety.example/hazard/tailings-pond>",
        " 尾矿库 ",
    ],
)
def test_a_sector_is_known_by_any_of_its_names(value, store):
    (term,) = resolve("hazard", value, store=store)
    assert term.value == "https://kg-safety.example/hazard/tailings-pond"


@pytest.mark.parametrize(
    "value",
    [
        "黑龙江省",
        "黑龙江",
        "黑龍江省",
        "黑龍江",
        "230000",
        "region:230000",
        "ＨＥ:"[:0] + "黑 龙 江",
    ],
)
def test_a_region_is_known_by_full_name_short_name_and_code(value, store):
    (term,) = resolve("region", value, store=store)
    assert term.value == "https://kg-safety.example/id/region/230000"


def test_a_short_name_of_two_means_the_larger(store):
    (term,) = resolve("region", "吉林", store=store)
    assert term.value.endswith("/region/220000")


def test_a_region_without_code_or_notice_is_known(store):
    (corps,) = resolve("region", "兵团", store=store)
    assert corps.value.endswith("/region/新疆生产建设兵团")
    assert len(run(store, "sectors-by-region", {"region": "河北"})) == 0


def test_a_name_of_two_meetings_stands_for_both(store):
    assert len(resolve("meeting", NATIONAL, store=store)) == 1
    assert {t.value for t in resolve("hazard", ["flood", "山洪"], store=store)} == {
        "https://kg-safety.example/hazard/flood",
        "https://kg-safety.example/hazard/flash-flood",
    }


@pytest.mark.parametrize(
    ("kind", "value", "near"),
    [
        ("hazard", "尾矿苦", "尾矿库"),
        ("hazard", "尾礦苦", "尾矿库"),
        ("hazard", "tailing pnds", "tailings ponds"),
        ("region", "黑龙将省", "黑龙江省"),
        ("responsibility", "一岗双则", "一岗双责"),
        ("measure", "law-enforcment", "law-enforcement"),
        ("notice", "b.text", "b.txt"),
        ("modality", "prohibiton", "prohibition"),
    ],
)
def test_an_unknown_value_is_told_with_the_near_miss(kind, value, near, store):
    with pytest.raises(QueryError, match="unknown") as caught:
        resolve(kind, value, store=store)
    assert near in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("date", "2020-02-30"),
        ("date", "soon"),
        ("integer", "-1"),
        ("integer", "1e9"),
        ("hazard", ""),
    ],
)
def test_a_value_of_another_kind_is_refused(kind, value, store):
    with pytest.raises(QueryError):
        resolve(kind, value, store=store)


def test_an_iri_that_nothing_has_is_refused(store):
    with pytest.raises(QueryError, match="nothing in the store"):
        resolve("region", "https://kg-safety.example/id/region/999999", store=store)
    with pytest.raises(QueryError, match="no IRI"):
        resolve("hazard", "<not an iri>", store=store)


def test_a_parameter_is_required_known_and_spelt(store):
    with pytest.raises(QueryError, match="needs the parameter hazard"):
        run(store, "regions-stressing")
    with pytest.raises(QueryError, match="has no parameter 'hazrd'") as caught:
        run(store, "regions-stressing", {"hazrd": "flood"})
    assert "hazard" in (caught.value.hint or "")
    with pytest.raises(QueryError, match="no query 'region-stressing'") as caught:
        run(store, "region-stressing")
    assert "regions-stressing" in (caught.value.hint or "")


@settings(max_examples=150, deadline=None)
@given(value=st.one_of(words, st.text(), st.sampled_from(['"', "\\", "}", "'''", '"} # ', "\n}"])))
def test_no_text_changes_what_a_query_is(value, store):
    query = find("obligations")
    bound = bind(query, {"bearer": value}, store=store) if _whole(value) else None
    if bound is None:
        with pytest.raises(QueryError):
            bind(query, {"bearer": value}, store=store)
        return
    plain_text = bind(query, {"bearer": "x"}, store=store)
    kinds_of = [[t.kind for t in tokens(text)] for text in (bound, plain_text)]
    assert kinds_of[0] == kinds_of[1]
    assert {r["file"] for r in run(store, query, {"bearer": value}).rows} <= {
        "a.txt",
        "b.txt",
        "c.txt",
    }


def _whole(value: str) -> bool:
    return not re.search("[\ud800-\udfff]", value)


@settings(max_examples=150, deadline=None)
@given(kind=st.sampled_from(kinds()), value=st.one_of(words, st.text(), st.sampled_from(NASTY)))
def test_any_value_gives_terms_or_a_query_error(kind, value, store):
    try:
        terms = resolve(kind, value, store=store)
    except QueryError:
        return
    assert terms
    for term in terms:
        assert next(store.query(f"SELECT ?x {{ VALUES ?x {{ {term} }} }}"))["x"] == term
