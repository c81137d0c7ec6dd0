"""Forms of a named query's SPARQL: the answer alone, how many, and so many rows of the whole.

A query gives a row for each place that proves an answer: in a large store ten thousands of them for a
handful of answers. The answer alone is asked with queries/short/NAME.rq, where that file is (direct
triples instead of statements and their evidence), else with the query itself and no other column.

So many rows are asked in two steps where the query tells its parts apart by comments (``# Where it is
said:`` until ``# What is said:``): first what is said, then where that is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from kg.data import QUERIES
from kg.query import NamedQuery, bind, find, taken
from kg.stores import GraphStore

_SELECT = re.compile(r"^SELECT\b", re.MULTILINE | re.IGNORECASE)
_WHERE = re.compile(r"\s*# Where it is said:")
_WHAT = re.compile(r"\s*# What is said:")
_VARIABLE = re.compile(r"\?[A-Za-z_]\w*")
_ORDER = re.compile(r"^ORDER BY\b[^\n{}]*\s*\Z", re.MULTILINE | re.IGNORECASE)


def alone(query: NamedQuery, given: Mapping[str, object], *, store: GraphStore) -> str | None:
    """Write the SPARQL whose only column is the query's answer; None where its text has another form."""
    return _wrap(_brief(query, given, store), f"SELECT DISTINCT ?{query.answer}")


def how_many(query: NamedQuery, given: Mapping[str, object], *, store: GraphStore) -> str | None:
    """Write the SPARQL that counts what the query counts (one row, ``many``); None as above."""
    head = f"SELECT (COUNT(DISTINCT ?{query.counts}) AS ?many)"
    return _wrap(_brief(query, given, store), head)


def first_rows(
    query: NamedQuery, given: Mapping[str, object], most: int, *, store: GraphStore
) -> tuple[str, bool]:
    """Write a query so that it gives the rows of so many things said, in its order.

    Returns it, and whether more is said. What is found first is taken. A query without parts is cut by
    its rows: it gives one more than ``most``, if there are more, and that is for the caller to see.
    """
    sparql = bind(query, given, store=store)
    parts = _parts(sparql)
    if parts is None:
        columns = " ".join(f"?{name}" for name in (*query.returns, *query.links)) or "*"
        order = _ORDER.search(sparql)
        after = order[0].strip() if order else ""
        return _wrap(
            sparql, f"SELECT {columns}", inside=f"LIMIT {most + 1}", after=after
        ) or sparql, False
    head, core, words, tail = parts
    outside = {*_VARIABLE.findall(head), *_VARIABLE.findall(words), *_VARIABLE.findall(tail)}
    kept = sorted(outside & {*_VARIABLE.findall(core)})
    known = _known(sparql)
    text = f"{known}SELECT DISTINCT {' '.join(kept)}\nWHERE {{\n{core}}}\nLIMIT {most + 1}"
    found = [tuple(row) for row in store.query(text)]
    values = "\n".join(
        f"    ({' '.join('UNDEF' if term is None else str(term) for term in row)})"
        for row in found[:most]
    )
    said = f"  VALUES ({' '.join(kept)}) {{\n{values}\n  }}\n"
    return f"{known}{head}\n{said}{words}{tail}", len(found) > most


def _parts(sparql: str) -> tuple[str, str, str, str] | None:
    """Take a query apart: SELECT … WHERE {, what is said, where that is, and } ORDER BY …."""
    select = _SELECT.search(sparql)
    lines = sparql[select.start() :].split("\n") if select else []
    opens = next((i for i, line in enumerate(lines) if line.rstrip().endswith("WHERE {")), None)
    closes = next((i for i in range(len(lines) - 1, -1, -1) if lines[i].startswith("}")), None)
    if opens is None or closes is None or not any(_WHERE.match(line) for line in lines):
        return None
    core: list[str] = []
    words: list[str] = []
    inside = False
    for line in lines[opens + 1 : closes]:
        if _WHERE.match(line) or _WHAT.match(line):
            inside = _WHERE.match(line) is not None
        else:
            (words if inside else core).append(line + "\n")
    head, tail = "\n".join(lines[: opens + 1]), "\n".join(lines[closes:])
    return head, "".join(core), "".join(words), tail


def _known(sparql: str) -> str:
    """Return the lines before SELECT that are no comments."""
    select = _SELECT.search(sparql)
    lines = sparql[: select.start() if select else 0].split("\n")
    return "".join(f"{line}\n" for line in lines if line and line[0] != "#")


def as_it_is(query: NamedQuery, sparql: str) -> NamedQuery:
    """Make a query of a text that has its values already."""
    return replace(query, sparql=sparql, parameters=())


def _wrap(sparql: str, head: str, *, inside: str = "", after: str = "") -> str | None:
    select = _SELECT.search(sparql)
    if select is None:
        return None
    body = _ORDER.sub("", sparql[select.start() :]).rstrip("\n")
    parts = (f"{head} WHERE {{ {{", body, inside, "} }", after)
    return _known(sparql) + "\n".join(part for part in parts if part)


def is_brief(query: NamedQuery, given: Mapping[str, object]) -> bool:
    """Whether there is a short query for these values."""
    short = short_of(query.name)
    return short is not None and find(query.name) == query and taken(short, given) >= given.keys()


def _brief(query: NamedQuery, given: Mapping[str, object], store: GraphStore) -> str:
    """Write the shortest text that has the answer: the short query, else what is said without where."""
    short = short_of(query.name)
    if short is not None and is_brief(query, given):
        return bind(short, given, store=store)
    text = bind(query, given, store=store)
    parts = _parts(text)
    wanted = {f"?{query.answer}", f"?{query.counts}"}
    if parts is None or not wanted <= {*_VARIABLE.findall(parts[1])}:
        return text
    return f"{_known(text)}SELECT DISTINCT {' '.join(sorted(wanted))}\nWHERE {{\n{parts[1]}}}"


@cache
def short_of(name: str) -> NamedQuery | None:
    """Return the query that gives the answer alone of the query of this name, None if there is none."""
    path = QUERIES / "short" / f"{name}.rq"
    if not path.is_file():
        return None
    return replace(find(name), sparql=path.read_text(encoding="utf-8"))
