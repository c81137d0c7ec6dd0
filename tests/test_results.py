"""An answer as plain values, in the standards' formats, and as a table on a terminal."""

from __future__ import annotations

import json
import re
from datetime import date

import pyoxigraph as ox
import pytest
import rdflib

from kg.errors import QueryError
from kg.query import run
from kg.results import plain, safe
from kg.store import Store
from tests.stores import damaged


@pytest.fixture(scope="module")
def store() -> Store:
    return damaged()


def test_rows_are_plain_values(store):
    row = run(store, "meetings").rows[0]
    assert row["date"] == date(2020, 4, 10)
    assert row["venue"] is None
    assert isinstance(row["notices"], int)
    assert row["about"].startswith("https://kg-safety.example/id/meeting/")


@pytest.mark.parametrize(
    ("value", "datatype", "expected"),
    [
        ("1", "integer", 1),
        ("x", "integer", "x"),
        ("true", "boolean", True),
        ("2020-13-01", "date", "2020-13-01"),
        ("1.50", "decimal", __import__("decimal").Decimal("1.50")),
        ("x", "decimal", "x"),
        ("1e3", "double", 1000.0),
        ("a", "string", "a"),
    ],
)
def test_a_literal_becomes_a_value_or_stays_text(value, datatype, expected):
    term = ox.Literal(value, datatype=ox.NamedNode(f"http://www.w3.org/2001/XMLSchema#{datatype}"))
    assert plain(term) == expected


def test_answers_serialise_as_the_standards_have_it(store):
    def answer(text="SELECT ?s { ?s a kg:Notice } ORDER BY ?s"):
        return run(store, text)

    assert answer().serialise("csv").split(b"\r\n")[0] == b"s"
    assert answer().serialise("tsv").startswith(b"?s\n<https://")
    assert len(json.loads(answer().serialise("json"))["results"]["bindings"]) == 4
    assert answer().serialise("xml").startswith(b"<?xml")
    assert json.loads(answer("ASK { ?s ?p ?o }").serialise("json"))["boolean"] is True
    turtle = answer("CONSTRUCT { ?s kg:stresses ?o } WHERE { ?s kg:stresses ?o }").serialise("ttl")
    assert len(rdflib.Graph().parse(data=turtle, format="turtle")) == 9
    assert b"@prefix kg:" in turtle
    assert b"@prefix odrl:" not in turtle
    described = answer("DESCRIBE hazard:flood").serialise("ttl")
    assert "防汛".encode() in described


def test_a_format_that_an_answer_has_not_is_refused(store):
    with pytest.raises(QueryError, match="not with ttl"):
        run(store, "SELECT * { ?s a kg:Notice }").serialise("ttl")
    with pytest.raises(QueryError, match="not with csv"):
        run(store, "DESCRIBE hazard:flood").serialise("csv")


def test_text_is_made_safe_for_a_terminal():
    assert (
        safe("a\x1b]0;title\x07b\u202ec\rd\te\u2028") == "a\\x1b]0;title\\x07b\\u202ec d e\\u2028"
    )


def _printed(answer, width):
    from io import StringIO

    from rich.console import Console

    stream = StringIO()
    answer.print(Console(file=stream, width=width, markup=False, highlight=False))
    return stream.getvalue()


@pytest.mark.parametrize("width", [30, 60, 100, 200, 100_000])
def test_a_table_fits_its_width_and_loses_nothing(width, store):
    from rich.cells import cell_len

    text = _printed(run(store, "regions-stressing", {"hazard": "尾矿库"}), width)
    assert max(map(cell_len, text.split("\n"))) <= width
    squeezed = re.sub(r"\s", "", text)
    for word in ("黑龙江省", "tailings-pond", "a.txt", "黑龙江省要求，要狠抓tailings-pond"):
        assert word in squeezed or (width == 100 and len(word) > 20)  # there it is wrapped
    assert "https://" not in text  # links are for programs


def test_a_wide_table_keeps_each_row_on_a_line(store):
    text = _printed(run(store, "regions-stressing", {"hazard": "尾矿库"}), 100_000)
    assert any("黑龙江省" in x and "安全。" in x and "a.txt" in x for x in text.split("\n"))


def test_no_rows_print_nothing_and_asks_print_a_word(store):
    assert _printed(run(store, "SELECT * { ?s a kg:Nothing }"), 80) == ""
    assert _printed(run(store, "ASK { ?s a kg:Notice }"), 80) == "yes\n"


@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv"])
def test_rows_that_were_read_are_written_all_the_same(form):
    text = """SELECT ?a ?b ?c { VALUES (?a ?b ?c) { (<urn:x> "t\\tn\\n\\"" UNDEF)
        ("烟"@zh-hans 1.50 "01"^^<http://www.w3.org/2001/XMLSchema#integer>) (UNDEF UNDEF UNDEF) } }"""
    store = Store.memory()
    read = run(store, text)
    assert len(read.rows) == 3
    assert read.serialise(form) == read.serialise(form) == run(store, text).serialise(form)
