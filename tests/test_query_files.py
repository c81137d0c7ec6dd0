"""``kg query --data FILE… QUERY``: RDF files asked without a store, as the recommendation has it."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from kg.cli import app
from kg.errors import InputError
from kg.files import FORMATS, merged, open_files, url

PEOPLE = """
@prefix : <http://example.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:li a :Person ; :name "李" ; :age 30 ; :knows :wang, :zhao ; :born "1990-05-01"^^xsd:date .
:wang a :Person ; :name "王"@zh ; :age 41 ; :knows :zhao .
:zhao a :Robot ; :name "Zhao" ; :price 1.5 , 2.5 .
:list :items ( 1 2 3 ) .
"""
PREFIX = "PREFIX : <http://example.org/> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> "

#: SPARQL -> rows in the order asked for, as the recommendation says; None is an unbound variable.
SELECTS = {
    "SELECT ?n { :li :name ?n }": [["李"]],
    "SELECT ?s ?a { ?s :name ?n OPTIONAL { ?s :age ?a } } ORDER BY ?s": [
        ["http://example.org/li", "30"],
        ["http://example.org/wang", "41"],
        ["http://example.org/zhao", None],
    ],
    "SELECT ?s { ?s :name ?n MINUS { ?s :age ?a } }": [["http://example.org/zhao"]],
    "SELECT ?s { ?s :name ?n FILTER NOT EXISTS { ?s :age ?a } }": [["http://example.org/zhao"]],
    "SELECT ?s { ?s a :Person FILTER EXISTS { ?s :knows :wang } }": [["http://example.org/li"]],
    # MINUS that shares no variable takes nothing away
    "SELECT (COUNT(*) AS ?c) { ?s :age ?a MINUS { ?x :price ?y } }": [["2"]],
    "SELECT DISTINCT ?o { :li :knows+ ?o } ORDER BY ?o": [
        ["http://example.org/wang"],
        ["http://example.org/zhao"],
    ],
    "SELECT ?o { :li :knows/:knows ?o }": [["http://example.org/zhao"]],
    "SELECT ?s { ?s ^:knows :li } ORDER BY ?s": [
        ["http://example.org/wang"],
        ["http://example.org/zhao"],
    ],
    "SELECT ?v { :list :items/<http://www.w3.org/1999/02/22-rdf-syntax-ns#rest>*/"
    "<http://www.w3.org/1999/02/22-rdf-syntax-ns#first> ?v } ORDER BY ?v": [["1"], ["2"], ["3"]],
    "SELECT ?p { :zhao !(a|:name|:price) ?p }": [],
    "SELECT (COUNT(*) AS ?c) { :li :knows* ?x }": [["3"]],
    "SELECT ?k (SUM(?a) AS ?sum) (AVG(?a) AS ?avg) (MIN(?a) AS ?min) (MAX(?a) AS ?max)"
    " { ?s a ?k ; :age ?a } GROUP BY ?k": [["http://example.org/Person", "71", "35.5", "30", "41"]],
    "SELECT (SUM(?p) AS ?s) { ?x :price ?p }": [["4"]],
    "SELECT (COUNT(DISTINCT ?o) AS ?c) { ?s :knows ?o } ": [["2"]],
    "SELECT (GROUP_CONCAT(?n; SEPARATOR='|') AS ?all) { { SELECT ?n { ?s :name ?n } ORDER BY ?s } }"
    : [["李|王|Zhao"]],
    "SELECT ?s { ?s :knows ?o } GROUP BY ?s HAVING (COUNT(?o) > 1)": [["http://example.org/li"]],
    "SELECT ?s ?d { ?s :age ?a BIND(?a * 2 AS ?d) } ORDER BY ?d": [
        ["http://example.org/li", "60"],
        ["http://example.org/wang", "82"],
    ],
    "SELECT ?s ?a { VALUES (?s ?x) { (:li 1) (:wang UNDEF) } ?s :age ?a } ORDER BY ?a": [
        ["http://example.org/li", "30"],
        ["http://example.org/wang", "41"],
    ],
    "SELECT ?s ?m { { SELECT (MAX(?a) AS ?m) { ?x :age ?a } } ?s :age ?m }": [
        ["http://example.org/wang", "41"]
    ],
    "SELECT ?x { { :li :age ?x } UNION { :wang :age ?x } } ORDER BY DESC(?x)": [["41"], ["30"]],
    "SELECT ?s { ?s :age ?a } ORDER BY ?a LIMIT 1 OFFSET 1": [["http://example.org/wang"]],
    "SELECT (STRLEN('尾矿库') AS ?l) (UCASE('a') AS ?u) (SUBSTR('尾矿库', 2, 1) AS ?s) {}": [
        ["3", "A", "矿"]
    ],
    "SELECT (STRBEFORE('abc', 'b') AS ?b) (STRAFTER('abc', 'b') AS ?a)"
    " (REPLACE('banana', 'an', 'AN', 'i') AS ?r) (ENCODE_FOR_URI('矿 ') AS ?e) {}": [
        ["a", "c", "bANANa", "%E7%9F%BF%20"]
    ],
    "SELECT ?n { ?s :name ?n FILTER(LANG(?n) = 'zh') }": [["王"]],
    "SELECT ?n { ?s :name ?n FILTER(REGEX(?n, '^z', 'i')) }": [["Zhao"]],
    "SELECT (YEAR(?b) AS ?y) (MONTH(?b) AS ?m) { :li :born ?o BIND(xsd:dateTime(CONCAT(STR(?o),"
    " 'T00:00:00Z')) AS ?b) }": [["1990", "5"]],
    "SELECT ?s { ?s :born ?b FILTER(?b < '2000-01-01'^^xsd:date) }": [["http://example.org/li"]],
    "SELECT (IF(1 < 2, 'yes', 'no') AS ?i) (COALESCE(?unbound, 'else') AS ?c) (1 IN (2, 1) AS ?n)"
    " {}": [["yes", "else", "true"]],
    "SELECT (1/0 AS ?error) {}": [[None]],
    "SELECT (ABS(-2) AS ?a) (CEIL(1.2) AS ?c) (FLOOR(-1.2) AS ?f) (ROUND(2.5) AS ?r) {}": [
        ["2", "2", "-2", "3"]
    ],
    "SELECT (MD5('abc') AS ?m) (DATATYPE(1.0) AS ?d) (ISNUMERIC('1') AS ?i) {}": [
        ["900150983cd24fb0d6963f7d28e17f72", "http://www.w3.org/2001/XMLSchema#decimal", "false"]
    ],
    "SELECT (STRDT('1', xsd:integer) + 1 AS ?n) (STRLANG('a', 'en') AS ?l) {}": [["2", "a"]],
}  # fmt: skip


def kg(*arguments):
    return CliRunner().invoke(app, ["query", *map(str, arguments)])


@pytest.fixture
def people(tmp_path):
    path = tmp_path / "people.ttl"
    path.write_text(PEOPLE, encoding="utf-8")
    return path


def rows(done) -> list[list[str | None]]:
    assert done.exit_code == 0, done.stderr
    found = json.loads(done.stdout)
    names = found["head"]["vars"]
    return [
        [row[n]["value"] if n in row else None for n in names]
        for row in found["results"]["bindings"]
    ]


def test_there_are_many_cases():
    assert len(SELECTS) >= 30


@pytest.mark.parametrize("query", SELECTS)
def test_an_answer_is_what_the_recommendation_says(query, people, tmp_path):
    (tmp_path / "q.rq").write_text(PREFIX + query, encoding="utf-8")
    found = rows(kg("--data", people, tmp_path / "q.rq", "-f", "json"))
    assert found == SELECTS[query]


def test_several_files_make_one_graph_and_their_blank_nodes_differ(tmp_path):
    for name in "ab":
        (tmp_path / f"{name}.ttl").write_text("_:x <urn:p> 1 .", encoding="utf-8")
    query = "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s <urn:p> 1 }"
    files = (tmp_path / "a.ttl", tmp_path / "b.ttl")
    assert rows(kg("--data", *files, query, "-f", "json")) == [["2"]]
    assert rows(kg("--data", files[0], "--data", files[1], query, "-f", "json")) == [["2"]]


def test_named_graphs_are_asked_by_name_and_are_not_the_default_graph(tmp_path):
    (tmp_path / "d.ttl").write_text("<urn:d> <urn:p> 0 .", encoding="utf-8")
    (tmp_path / "g.ttl").write_text("<urn:g> <urn:p> 1 .", encoding="utf-8")
    (tmp_path / "h.nt").write_text("<urn:h> <urn:p> '2' .".replace("'", '"'), encoding="utf-8")
    given = (
        *("--data", tmp_path / "d.ttl"),
        *("--named", tmp_path / "g.ttl"),
        *("--graph", f"urn:x={tmp_path / 'h.nt'}"),
    )
    assert rows(kg(*given, "SELECT ?s { ?s <urn:p> ?o }", "-f", "json")) == [["urn:d"]]
    both = rows(kg(*given, "SELECT ?g ?s { GRAPH ?g { ?s <urn:p> ?o } } ORDER BY ?s", "-f", "json"))
    assert both == [[url(tmp_path / "g.ttl"), "urn:g"], ["urn:x", "urn:h"]]
    (tmp_path / "q.rq").write_text("SELECT ?s { GRAPH <g.ttl> { ?s ?p ?o } }", encoding="utf-8")
    assert rows(kg(*given, tmp_path / "q.rq", "-f", "json")) == [["urn:g"]]


def test_an_empty_graph_that_was_named_is_there(tmp_path):
    (tmp_path / "e.ttl").write_text("", encoding="utf-8")
    found = rows(kg("--named", tmp_path / "e.ttl", "SELECT ?g { GRAPH ?g {} }", "-f", "json"))
    assert found == [[url(tmp_path / "e.ttl")]]


def test_graphs_of_a_file_stay_what_they_are(tmp_path):
    (tmp_path / "d.trig").write_text("<urn:a> <urn:p> 1 . <urn:g> { <urn:b> <urn:p> 2 }", "utf-8")
    path = tmp_path / "d.trig"
    assert rows(kg("--data", path, "SELECT ?s { ?s ?p ?o }", "-f", "json")) == [["urn:a"]]
    query = "SELECT ?g ?s { GRAPH ?g { ?s ?p ?o } }"
    assert rows(kg("--data", path, query, "-f", "json")) == [["urn:g", "urn:b"]]


def test_from_names_files_by_their_place(tmp_path):
    (tmp_path / "a.ttl").write_text("<urn:a> <urn:p> 1 .", encoding="utf-8")
    (tmp_path / "b.ttl").write_text("<urn:b> <urn:p> 1 .", encoding="utf-8")
    query = tmp_path / "q.rq"
    query.write_text("SELECT ?s FROM <b.ttl> FROM NAMED <a.ttl> { ?s ?p ?o }", encoding="utf-8")
    given = ("--data", tmp_path / "a.ttl", tmp_path / "b.ttl", query, "-f", "json")
    assert rows(kg(*given)) == [["urn:b"]]


def test_relative_iris_are_resolved_against_the_files(tmp_path):
    (tmp_path / "a.ttl").write_text("<x> <p> <> .", encoding="utf-8")
    (tmp_path / "q.rq").write_text("SELECT ?s ?o { ?s <p> ?o }", encoding="utf-8")
    found = rows(kg("--data", tmp_path / "a.ttl", tmp_path / "q.rq", "-f", "json"))
    assert found == [[url(tmp_path / "x"), url(tmp_path / "a.ttl")]]


ONE = {
    ".ttl": "<urn:a> <urn:p> <urn:b> .",
    ".n3": "<urn:a> <urn:p> <urn:b> .",
    ".nt": "<urn:a> <urn:p> <urn:b> .\n",
    ".nq": "<urn:a> <urn:p> <urn:b> .\n",
    ".trig": "<urn:a> <urn:p> <urn:b> .",
    ".rdf": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:u="urn:">'
    '<rdf:Description rdf:about="urn:a"><u:p rdf:resource="urn:b"/></rdf:Description></rdf:RDF>',
    ".jsonld": '{"@id": "urn:a", "urn:p": {"@id": "urn:b"}}',
}


def test_every_syntax_has_its_case():
    assert {FORMATS[suffix] for suffix in ONE} == set(FORMATS.values())


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_syntax_is_read(suffix, tmp_path):
    path = tmp_path / f"one{suffix}"
    text = next(ONE[s] for s in ONE if FORMATS[s] == FORMATS[suffix])
    path.write_text(text, encoding="utf-8")
    assert rows(kg("--data", path, "SELECT ?s ?p ?o { ?s ?p ?o }", "-f", "json")) == [
        ["urn:a", "urn:p", "urn:b"]
    ]
    assert len(merged(path)) == 1


def test_all_forms_and_formats(people, tmp_path):
    query = tmp_path / "q.rq"
    query.write_text(PREFIX + "ASK { :li :age 30 }", encoding="utf-8")
    assert json.loads(kg("--data", people, query, "-f", "json").stdout)["boolean"] is True
    assert "<boolean>true</boolean>" in kg("--data", people, query, "-f", "xml").stdout
    query.write_text(PREFIX + "CONSTRUCT { ?s :is ?a } { ?s :age ?a }", encoding="utf-8")
    (tmp_path / "out.ttl").write_text(kg("--data", people, query).stdout, encoding="utf-8")
    assert len(merged(tmp_path / "out.ttl")) == 2
    query.write_text(PREFIX + "DESCRIBE :zhao", encoding="utf-8")
    (tmp_path / "out.ttl").write_text(kg("--data", people, query).stdout, encoding="utf-8")
    assert len(merged(tmp_path / "out.ttl")) == 4
    query.write_text(PREFIX + "SELECT ?n ?a { :wang :name ?n ; :age ?a }", encoding="utf-8")
    assert kg("--data", people, query, "-f", "csv").stdout.split() == ["n,a", "王,41"]
    assert kg("--data", people, query, "-f", "tsv").stdout.split() == ["?n", "?a", '"王"@zh', "41"]
    assert 'xml:lang="zh"' in kg("--data", people, query, "-f", "xml").stdout


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.ttl", "<urn:a> <urn:p> .\n", "a.ttl:1"),
        ("a.txt", "x", "tells no RDF syntax"),
        ("a.json", "{", "a.json"),
        ("a.rdf", "<a", "a.rdf"),
    ],
)
def test_a_file_that_is_no_rdf_is_named(name, text, said, tmp_path):
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        open_files([tmp_path / name])
    done = kg("--data", tmp_path / name, "ASK {}")
    assert done.exit_code == 1
    assert "Traceback" not in done.stderr


def test_a_file_that_is_not_there_is_named(tmp_path):
    done = kg("--data", tmp_path / "no.ttl", "ASK {}")
    assert done.exit_code == 1
    assert "no.ttl: cannot be read" in done.stderr


def test_two_queries_are_one_too_many(people):
    assert kg("regions", "sectors").exit_code == 2
