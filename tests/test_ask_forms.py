"""The answer alone, its number and a page of rows are those of the query itself."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from typer.testing import CliRunner

import kg
from kg.cli import app
from kg.data import QUERIES
from kg.query import bind, find, named, parse, run
from kg.question.forms import alone, first_rows, how_many, is_brief, short_of
from kg.results import plain
from tests.stores import memory, on_disk

ASKED = [query for query in named() if query.templates]
SHORT = sorted(path.stem for path in (QUERIES / "short").glob("*.rq"))
#: A value for each parameter of a query that can be asked in words.
VALUES = {
    "all": ["tailings-pond", "construction"],
    "among": ["黑龙江省", "湖南省"],
    "bearer": "企业",
    "campaign": "三年行动",
    "ending": "省",
    "except": "湖南省",
    "hazard": "矿山",
    "incident": "鹿鸣",
    "inside": "吉林省",
    "itself": "yes",
    "layer": "Invocation",
    "level": "province",
    "measure": "隐患排查",
    "meeting": "会议",
    "none": ["fireworks"],
    "object": "企业",
    "policy": "安全生产法",
    "region": "黑龙江省",
    "regions": ["黑龙江省", "长春市"],
    "responsibility": "三管三必须",
    "since": "2020-04-01",
    "themes": ["tailings-pond", "construction"],
    "topic": "矿山",
    "until": "2020-12-31",
    "without": "湖南省",
}
#: Of which the small world tells nothing.
NOT_SAID = {"campaigns-shared", "meeting-venues", "meetings-saying", "regions-by-incident", "regions-by-policy",
            "regions-forbidding"}  # fmt: skip
#: Whose parts are not marked, so that a page is cut by rows.
BY_ROWS = {
    "campaigns-shared",
    "incidents-of",
    "most-shared",
    "not-stressed",
    "policies-of",
    "regions",
    "regions-by-incident",
    "regions-by-policy",
    "regions-naming-most",
    "regions-not-running",
    "regions-without",
}


@pytest.fixture(scope="module")
def store():
    return memory()


def combinations_of(query):
    """All sets of up to three parameters with those that must be."""
    must = {p.name for p in query.parameters if p.required}
    free = [p.name for p in query.parameters if p.name not in must]
    for size in range(4):
        for chosen in combinations(free, size):
            yield {name: VALUES[name] for name in sorted({*must, *chosen})}


def test_there_are_short_queries_and_each_is_of_a_query_that_can_be_asked():
    assert len(SHORT) >= 12
    assert {*SHORT} <= {query.name for query in ASKED}


@pytest.mark.parametrize("name", SHORT)
def test_a_short_query_runs_as_it_lies_on_other_engines(name):
    text = short_of(name).sparql
    result = ox.Store().query(text)
    columns = {variable.value for variable in result.variables}
    assert {find(name).answer, find(name).counts} <= columns
    list(rdflib.Graph().query(text))


@pytest.mark.parametrize("query", ASKED, ids=lambda query: query.name)
def test_the_answer_alone_and_its_number_are_those_of_all_rows(query, store):
    cases = brief = found = 0
    for given in combinations_of(query):
        cases += 1
        brief += is_brief(query, given)
        rows = run(store, query, given).rows
        answers = {row[query.answer] for row in rows} - {None}
        found += bool(answers)
        said = store.query(alone(query, given, store=store))
        assert {plain(row[0]) for row in said} - {None} == answers, given
        ((many,),) = store.query(how_many(query, given, store=store))
        assert int(many.value) == len({row[query.counts] for row in rows}), given
    assert cases > 1 or not query.parameters
    assert found or query.name in NOT_SAID
    assert brief or query.name not in SHORT


@pytest.mark.parametrize("query", ASKED, ids=lambda query: query.name)
def test_a_page_has_rows_of_the_whole_in_its_order_and_all_where_there_are_no_more(query, store):
    several = 0
    for given in combinations_of(query):
        text = bind(query, given, store=store)
        whole = [tuple(row) for row in store.query(text)]
        large, more = first_rows(query, given, 1000, store=store)
        assert [tuple(row) for row in store.query(large)] == whole, given
        assert not more
        small, more = first_rows(query, given, 1, store=store)
        page = [tuple(row) for row in store.query(small)]
        assert page == [row for row in whole if row in set(page)]
        assert len(page) <= 2 or query.name not in BY_ROWS
        assert bool(page) == bool(whole)
        several += more
    assert several or query.name in {*NOT_SAID, *BY_ROWS}


def test_a_query_without_marked_parts_is_cut_by_its_rows(store):
    own = parse("SELECT ?s\nWHERE { ?s a kg:Meeting }\nORDER BY ?s", name="own")
    text, more = first_rows(own, {}, 2, store=store)
    found = [row["s"].value for row in store.query(text)]
    assert len(found) == 3  # one more than asked for: there are more
    assert found == sorted(found)
    assert not more


def test_the_answer_is_whole_however_few_passages_are_given(store):
    question = "哪些地区强调了煤矿？"
    all_, one = kg.ask(question, store=store, limit=None), kg.ask(question, store=store, limit=1)
    assert one.answer == all_.answer == ("长春市", "黑龙江省")
    assert len(one.evidence) == 1 < len(all_.evidence)
    assert one.evidence[0] in all_.evidence
    assert (one.more, all_.more) == (True, False)
    assert one.to_dict()["more"] is True
    assert "more" not in all_.to_dict()
    many = kg.ask("How many regions stressed coal mines?", store=store, limit=1)
    assert many.answer == 2


def test_what_is_left_out_is_told_and_all_can_be_had(tmp_path: Path):
    store = on_disk(tmp_path / "s")
    question = ["ask", "哪些地区强调了煤矿？", "--store", str(store)]
    done = CliRunner().invoke(app, [*question, "--limit", "1"])
    assert done.exit_code == 0
    assert "the answer is whole (2)" in done.stderr
    assert "--all" in done.stderr
    everything = CliRunner().invoke(app, [*question, "--limit", "1", "--all"])
    assert "--all" not in everything.stderr
    assert len(everything.stdout.splitlines()) > len(done.stdout.splitlines())
