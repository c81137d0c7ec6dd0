"""Named queries answer what was counted by hand; SPARQL that must not run is refused."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from functools import cache

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given, settings

from kg.data import QUERIES
from kg.errors import DataFileError
from kg.model import Evidence, Incident, Meeting, Obligation, Policy, Record, Stress
from kg.parameters import resolve
from kg.query import NamedQuery, bind, find, named, parse, run
from kg.results import Answer
from kg.store import Store
from kg.triples import quads
from kg.vocab import prefixes
from kg.vocabulary import vocabulary_quads
from tests.records import notice, records
from tests.stores import NATIONAL, damaged, fill, iri, memory, world

NAMES = sorted(path.stem for path in QUERIES.glob("*.rq"))
#: What each named query is asked with here.
ASKED = {
    "campaigns-shared": {"regions": ["黑龙江省", "江西省"]},
    "not-stressed": {"region": "黑龙江省"},
    "region": {"region": "黑龙江省"},
    "regions-not-running": {"campaign": "安全生产月"},
    "regions-not-stressing": {"hazard": "flood"},
    "regions-by-themes": {"themes": "尾矿库"},
    "regions-stressing": {"hazard": "mining"},
    "regions-without": {"none": "flood"},
    "shared": {"regions": ["黑龙江省", "长春市"]},
    "statements-of-notice": {"notice": "a"},
}
#: A value for each optional parameter, under which the query still finds something.
OPTIONAL = {
    "among": ["黑龙江省", "江西省"],
    "except": "湖南省",
    "topic": "矿山",
    "region": "黑龙江",
    "hazard": "矿山",
    "responsibility": "三管三必须",
    "measure": "隐患排查",
    "modality": "obligation",
    "since": "2020-04-01",
    "until": "2020年12月31日",
    "due": "2020-12-31",
    "bearer": "企业",
    "notice": "a",
    "damage notice": "d",
    "relation": "stresses",
}


@pytest.fixture(scope="module")
def store() -> Store:
    return damaged()


@pytest.fixture(scope="module")
def fuller(store) -> Store:
    """The same, and a notice of what few notices say: a venue, who names a law, whom a ban binds."""
    filled = memory()
    filled.replace(iri(world()["d"]), store.dump(iri(world()["d"])))
    names = "鹿鸣矿业泄漏事件", "安全生产法"
    clauses = f"要吸取{names[0]}教训，执行{names[1]}。", "严禁企业瞒报矿山事故。"
    raw = "".join(clauses)

    def at(text: str) -> tuple[Evidence, ...]:
        start = raw.index(text)
        return (Evidence(start=start, end=start + len(text), quote=text),)

    said = (
        Obligation(
            region="黑龙江省",
            modality=modality,
            action=clause[:2],
            quote=clause,
            hazards=("mining",),
            bearer="各企业",
            evidence=at(clause),
        )
        for modality, clause in zip(("obligation", "prohibition"), clauses, strict=True)
    )
    record = Record(
        id="e",
        title="通知",
        published="2020-04-13",
        notice=notice("e", raw),
        meetings=(
            Meeting(
                name="会议", date="2020-04-11", region="黑龙江省", venue="北京", evidence=at("要")
            ),
        ),
        stresses=(
            Stress(
                region="黑龙江省",
                hazard="coal-mine",
                degree=1,
                evidence=at(clauses[1]),
                meeting="会议",
            ),
        ),
        incidents=(Incident(name=names[0], evidence=at(names[0])),),
        policies=(Policy(name=names[1], evidence=at(names[1])),),
        obligations=tuple(said),
    )
    filled.replace(iri(record), quads(record))
    return filled


def rows(store: Store, name: str, *columns: str, **parameters: object) -> list[tuple]:
    answer = run(store, name, parameters)
    return [tuple(row[c] for c in columns) for row in answer.rows]


#: rdflib makes the product of what is named outside the counts, 10 to 110 seconds: compared once, without parameters.
CROSSED = frozenset({"topics-by-notice"})


def counted(answer: Answer) -> Counter[tuple]:
    return Counter(tuple(None if t is None else t.value for t in row) for row in answer.terms)


@cache
def in_rdflib(store: Store) -> rdflib.Graph:
    graph = rdflib.Graph()
    lines = (f"{q.subject} {q.predicate} {q.object} .\n" for q in store.merged())
    return graph.parse(data="".join(lines), format="nt")


def by_rdflib(store: Store, query: NamedQuery, given: dict) -> Counter[tuple]:
    found = in_rdflib(store).query(bind(query, given, store=store), initNs=prefixes(store.base))
    return Counter(tuple(None if t is None else str(t) for t in row) for row in found)


# --- every named query ----------------------------------------------------------------------------


def test_the_queries_that_are_promised_are_there():
    assert len(NAMES) >= 42
    assert [q.name for q in named()] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_query_runs_as_it_lies_on_other_engines(name):
    text = find(name).sparql
    assert isinstance(ox.Store().query(text), ox.QuerySolutions)
    list(rdflib.Graph().query(text))


@pytest.mark.parametrize("name", NAMES)
def test_a_query_has_titles_and_returns_the_columns_it_declares(name, fuller):
    query = find(name)
    assert re.search("[一-鿿]", query.title_zh)
    assert query.title_en.isascii()
    answer = run(fuller, name, ASKED.get(name))
    assert answer.columns == query.returns + query.links
    assert len(answer) > 0


@pytest.mark.parametrize("name", NAMES)
def test_an_answer_is_the_same_whatever_the_order_of_building(name, store):
    other = Store.memory(vocabulary=vocabulary_quads())
    for record in [*world().values()][::-1]:
        other.replace(iri(record), quads(record))
    other.replace(iri(world()["d"]), store.dump(iri(world()["d"])))
    one, two = (run(s, name, ASKED.get(name)) for s in (store, other))
    assert one.serialise("csv") == two.serialise("csv")


@pytest.mark.parametrize(
    ("name", "parameter"),
    [(q.name, p.name) for q in named() for p in q.parameters],
    ids=lambda value: value,
)
def test_each_parameter_narrows_the_answer_and_agrees_with_rdflib(name, parameter, fuller):
    query = find(name)
    given = {**ASKED.get(name, {}), parameter: ASKED.get(name, {}).get(parameter)}
    given[parameter] = given[parameter] or OPTIONAL.get(
        f"{name} {parameter}", OPTIONAL.get(parameter)
    )
    narrowed, whole = run(fuller, name, given), run(fuller, name, ASKED.get(name))
    assert len(narrowed) > 0
    assert len(narrowed) <= len(whole) or name == "regions-without"  # what is left out, narrowed
    if name not in CROSSED:
        assert counted(narrowed) == by_rdflib(fuller, query, given)


@pytest.mark.parametrize("name", NAMES)
def test_a_query_without_its_optional_parameters_agrees_with_rdflib(name, store):
    query, given = find(name), ASKED.get(name, {})
    assert counted(run(store, query, given)) == by_rdflib(store, query, given)


def test_regions_stressing_answers_with_the_narrower_sectors_and_the_words(store):
    assert rows(
        store, "regions-stressing", "region", "sector", "degree", "file", hazard="尾矿库"
    ) == [
        ("黑龙江省", "tailings-pond", 3, "a.txt"),
        ("黑龙江省", "tailings-pond", 3, "b.txt"),
    ]
    found = rows(store, "regions-stressing", "region", "sector", hazard="mining")
    assert sorted(set(found)) == [
        ("长春市", "coal-mine"),
        ("黑龙江省", "coal-mine"),
        ("黑龙江省", "tailings-pond"),
    ]
    (first, *_) = run(store, "regions-stressing", {"hazard": "fireworks"}).rows
    raw = world()["a"].notice.raw
    assert (
        raw[first["start"] : first["end"]] == first["quote"] == "湖南省要求，要狠抓fireworks安全。"
    )


def test_two_values_of_which_one_holds_the_other_double_nothing(store):
    for name in ("regions-stressing", "sectors", "sectors-by-region", "sectors-together"):
        answers = [run(store, name, {"hazard": v}).rows for v in ("mining", ["煤矿", "矿山"])]
        assert answers[0] == answers[1]


def test_regions_that_demand_something_but_not_this(store):
    assert (
        rows(store, "regions-not-stressing", "region", hazard="mining")
        == [("湖南省",), ("江西省",)][::-1]
    )
    assert [r for (r,) in rows(store, "regions-not-stressing", "region", hazard="flood")] == [
        "长春市",
        "黑龙江省",
        "湖南省",
    ]


def test_counts_are_of_facts_not_of_graphs(store):
    found = rows(store, "sectors-by-region", "sector", "statements", "notices", region="黑龙江")
    assert found == [
        ("tailings-pond", 2, 2),
        ("coal-mine", 1, 1),
        ("construction", 1, 1),
        ("fire-safety", 1, 1),
    ]
    held = dict(rows(store, "sectors", "sector", "regions"))
    assert {k: v for k, v in held.items() if v} == {
        "coal-mine": 2,
        "construction": 2,
        "tailings-pond": 1,
        "fireworks": 1,
        "fire-safety": 1,
        "flood": 1,
        "flash-flood": 1,
    }


def test_the_matrix_has_each_pair_once_by_code_and_as_the_scheme_has_them(store):
    found = rows(store, "matrix", "region", "code", "sector")
    pairs = rows(store, "sectors-by-region", "region", "sector")
    assert len(found) == len(pairs) > 5
    assert {(region, sector) for region, _, sector in found} == set(pairs)
    codes = [int(code or 0) for _, code, _ in found]
    assert codes == sorted(codes)
    assert [s for r, _, s in found if r == "黑龙江省"] == [
        "construction",
        "fire-safety",
        "coal-mine",
        "tailings-pond",
    ]


def test_sectors_that_the_same_regions_stress(store):
    found = rows(store, "sectors-together", "sector", "with", "regions")
    assert found[0] == ("coal-mine", "construction", 2)
    assert ("flash-flood", "flood", 1) in found
    assert len(found) == 6 + 1  # four sectors of 黑龙江省 in pairs, two of 江西省


def test_a_meeting_of_many_notices_is_one_row(store):
    found = rows(store, "meetings", "date", "meeting", "region", "organiser", "notices")
    assert found[0] == (date(2020, 4, 10), NATIONAL, "全国", "国务院安委会", 3)
    assert len(found) == 3  # 黑龙江会议 is reported by two notices
    assert rows(store, "meetings", "meeting", since="2020-04-11", region="江西") == [("江西会议",)]


def test_obligations_with_bearer_deadline_and_hazards(store):
    first, second = (row for row in run(store, "obligations").rows if row["file"] == "a.txt")
    assert {first["modality"], second["modality"]} == {"obligation", "prohibition"}
    duty = first if first["modality"] == "obligation" else second
    assert (duty["bearer"], duty["action"], duty["deadline"]) == (
        "各企业",
        "狠抓",
        date(2020, 5, 30),
    )
    assert duty["hazards"] == "coal-mine construction tailings-pond"
    assert len(run(store, "obligations", {"hazard": "mining"})) == 2
    assert len(run(store, "obligations", {"modality": "禁止"})) == 3
    assert [row["file"] for row in run(store, "deadlines", {"until": "2020-06-30"}).rows] == [
        "a.txt",
        "b.txt",
    ]


def test_everything_about_one_region(store):
    found = rows(store, "region", "relation", "id", region="江西省")
    assert [r for r, _ in found] == ["held", "invokes", "obligation", "orders", "runs"] + [
        "stresses"
    ] * 2
    assert ("stresses", "flood") in found


def test_what_produced_nothing_and_what_is_damaged(store):
    assert rows(store, "silent-notices", "id") == [("d",)]
    assert rows(store, "damage", "file", "start", "end", "before") == [("d.txt", 1, 2, "��")]
    assert rows(store, "notices", "id", "regions", "damage")[-1] == ("c", 1, 0)


@settings(max_examples=20, deadline=None)
@given(records())
def test_hostile_notices_are_answered_whole(record):
    if record.notice is None:
        return
    store = Store.memory(vocabulary=vocabulary_quads())
    store.replace(iri(record), quads(record))
    for name in ("obligations", "meetings", "regions-stressing", "notices"):
        answer = run(store, name, ASKED.get(name))
        for format in ("csv", "tsv", "json", "xml"):
            answer = run(store, name, ASKED.get(name))
            assert answer.serialise(format)
        _, cells = answer.shown()
        assert not re.search("[\x00-\x1f\x7f-\x9f\u202e]", "".join(c for row in cells for c in row))


# --- headers --------------------------------------------------------------------------------------

HEADER = "# title zh: 甲\n# title en: A\n# returns: s\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# titel zh: 甲\n", "q:1: 'titel zh'"),
        ("# param x: hazzard\n", "q:1: unknown kind 'hazzard'"),
        ("# param x: hazard, sometimes\n", "neither required"),
        ("# param x: hazard\n# param x: date\n", "stands twice"),
        ("# param x: hazard\nSELECT ?s {}", "nothing takes up parameter 'x'"),
        (
            "SELECT ?s { ?s ?p ?o #? x: VALUES\n#? y: VALUES ?x { … }\n}",
            "q:2: unknown parameter 'y'",
        ),
        ("SELECT ?s {\n VALUES ?x { 1 } # param z\n}", "q:2: unknown parameter 'z'"),
    ],
)
def test_a_broken_header_is_named_with_its_line(text, said):
    with pytest.raises(DataFileError, match=re.escape(said)):
        parse(text, name="q")


def test_a_query_of_ones_own_may_have_parameters(store):
    text = HEADER + "# param r: region\nSELECT ?s {\n  #? r: VALUES ?s { … }\n  ?s a kg:Region\n}"
    assert len(run(store, text, {"r": "黑龙江"})) == 1
    assert len(run(store, text)) > 3


def test_adding_a_query_touches_one_place(tmp_path, monkeypatch, store):
    import kg.query

    (tmp_path / "mine.rq").write_text(HEADER + "SELECT ?s { ?s a kg:Notice }", encoding="utf-8")
    monkeypatch.setattr(kg.query, "QUERIES", tmp_path)
    kg.query._files.cache_clear()
    try:
        assert [q.name for q in named()] == ["mine"]
        assert len(run(store, "mine")) == 4
        (tmp_path / "half.rq").write_text("SELECT ?s {}", encoding="utf-8")
        kg.query._files.cache_clear()
        with pytest.raises(DataFileError, match="title zh"):
            named()
    finally:
        kg.query._files.cache_clear()


def test_a_base_of_ones_own_changes_nothing_of_the_answers():
    base = "https://data.example.gov.cn/kg/"
    store = fill(Store.memory(base=base, vocabulary=vocabulary_quads(base=base)))
    answer = run(
        store,
        "regions-stressing",
        {
            "hazard": "mining",
        },
    )
    assert len(answer) == len(run(memory(), "regions-stressing", {"hazard": "mining"}))
    (term,) = resolve("region", "黑龙江", store=store)
    assert term.value == base + "region/230000"


def test_named_query_objects_can_be_run(store):
    query = find("notices")
    assert isinstance(query, NamedQuery)
    assert len(run(store, query)) == 4


def test_a_period_asks_for_the_day_once(tmp_path):
    given = {"since": "2020-01-01", "until": "2020-12-31"}
    with Store.create(tmp_path / "store") as store:
        text = bind(find("sectors-of"), given, store=store)
        ends = bind(find("sectors-of"), {"until": "2020-12-31"}, store=store)
    taken = [line for line in text.split("\n") if "kg:day" in line and "#" not in line[:12]]
    assert len(taken) == 1
    assert '?day > "2020-12-31"' in text
    assert "?statement kg:day ?day . FILTER(!" in ends
