"""Jobs that gather what pages and the JSON API show: matrix, notices, one thing with all that is said of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from kg.query import named, run
from kg.serve.errors import Refused
from kg.serve.jobs import node_of, to_json
from kg.serve.pages.lookup import names, objects
from kg.vocab import DCTERMS, RDF, SKOS, prefixes

if TYPE_CHECKING:
    from kg.results import Value
    from kg.serve.out import Out
    from kg.store import Store

SHOWN = 200
"""Triples that end at a thing, on one page of it."""


def queries(store: Store, out: Out) -> None:
    """List the named queries."""
    to_json(
        out,
        [
            {
                "name": query.name,
                "title": {"zh": query.title_zh, "en": query.title_en},
                "parameters": [
                    {
                        "name": p.name,
                        "kind": p.kind,
                        "required": p.required,
                        "default": p.default,
                    }
                    for p in query.parameters
                ],
                "columns": [*query.returns, *query.links],
            }
            for query in named()
        ],
    )


def matrix(store: Store, out: Out, *, parameters: dict[str, object]) -> None:
    """Write what each region stresses: regions, sectors, and the cells that are not empty."""
    regions: dict[str, dict[str, Any]] = {}
    sectors: dict[str, dict[str, Any]] = {}
    cells = []
    for row in run(store, "sectors-by-region", parameters):
        place, concept = str(row["place"]), str(row["concept"])
        region = regions.setdefault(place, {"iri": place, "name": row["region"]})
        sector = sectors.setdefault(
            concept, {"iri": concept, "id": row["sector"], "name": row["name"]}
        )
        cells.append(
            {
                "region": region["iri"],
                "sector": sector["iri"],
                "statements": row["statements"],
                "notices": row["notices"],
                "degree": row["degree"],
            }
        )
    to_json(
        out,
        {
            "regions": sorted(regions.values(), key=lambda r: r["iri"]),
            "sectors": sorted(sectors.values(), key=lambda s: s["iri"]),
            "cells": cells,
        },
    )


def notices(store: Store, out: Out, *, page: int, size: int) -> None:
    """Write a page of the notices, from 1, with how many there are."""
    rows = run(store, "notices").rows
    start = (page - 1) * size
    to_json(
        out,
        {
            "total": len(rows),
            "page": page,
            "size": size,
            "notices": _plain(rows[start : start + size]),
        },
    )


def notice(store: Store, out: Out, *, name: str) -> None:
    """Write one notice, by its id, file name or IRI, with its statements in the order of its text."""
    from kg.errors import QueryError
    from kg.parameters import resolve_one

    try:
        iri = resolve_one("notice", name, store=store)
    except QueryError as error:
        raise Refused(404, "there is no such notice", hint=error.hint) from error
    held = store.notice(iri)
    if held is None:
        raise Refused(404, "there is no such notice")
    to_json(
        out,
        {
            "id": held.id,
            "iri": held.iri,
            "title": held.title,
            "published": held.published,
            "file": held.filename,
            "sha256": held.sha256,
            "statements": _plain(run(store, "statements-of-notice", {"notice": iri}).rows),
        },
    )


def asked(store: Store, out: Out, *, question: str) -> None:
    """Answer a question in plain words, as ``kg ask`` does; with evidence, and names for ids."""
    from dataclasses import asdict

    from kg.question.answer import ask

    reply = ask(question, store=store)
    evidence = [asdict(e) for e in reply.evidence]
    to_json(out, {**reply.to_dict(), "evidence": evidence, "labels": dict(reply.labels)})


def entity(store: Store, out: Out, *, iri: str, page: int) -> None:
    """Write what is said of a thing, with names for all that is named; 404 where nothing is."""
    node, default = node_of(iri), ox.DefaultGraph()
    said = sorted(
        store.engine.quads_for_pattern(node, None, None, default),
        key=lambda q: (q.predicate.value != RDF.type, q.predicate.value, str(q.object)),
    )
    ends = store.engine.quads_for_pattern(None, None, node, default)
    first = (page - 1) * SHOWN
    shown, more = [], False
    for number, quad in enumerate(ends):
        if number >= first + SHOWN:
            more = True
            break
        if number >= first:
            shown.append(quad)
    if not said and not shown:
        raise Refused(404, "nothing in the graph has this IRI")
    known = prefixes(store.base)
    to_json(
        out,
        {
            "iri": iri,
            "short": short(iri, known),
            "names": _names(store, node),
            "says": [_pair(store, q.predicate, q.object, known) for q in said],
            "said": [_pair(store, q.predicate, q.subject, known) for q in shown],
            "page": page,
            "more": more,
        },
    )


def _pair(store: Store, predicate: Any, term: Any, known: dict[str, str]) -> dict[str, Any]:
    pair: dict[str, Any] = {
        "property": {
            "iri": predicate.value,
            "short": short(predicate.value, known),
            "names": _names(store, predicate),
        },
        "iri": None,
        "names": {},
        "language": None,
    }
    if isinstance(term, ox.NamedNode):
        pair |= {"iri": term.value, "short": short(term.value, known)}
        pair |= {"text": pair["short"], "names": _names(store, term)}
    elif isinstance(term, ox.Literal):
        pair |= {"text": term.value, "language": term.language}
    else:
        pair |= {"text": str(term)}
    return pair


def _names(store: Store, node: ox.NamedNode) -> dict[str, str]:
    """Return what a thing is called, by language; '' for a name in none."""
    found = names(store, node)
    for prop in (SKOS.notation, DCTERMS.identifier):
        for literal in objects(store, node, prop) if not found else ():
            found.setdefault("", str(literal.value))
    return found


def short(iri: str, known: dict[str, str]) -> str:
    """Return the prefixed name of an IRI, the IRI itself where no prefix fits.

    >>> short("https://kg-safety.example/id/region/230000", prefixes())
    'region:230000'
    """
    fitting = [(len(ns), p, ns) for p, ns in known.items() if iri.startswith(ns) and iri != ns]
    if not fitting:
        return iri
    length, prefix, _ = max(fitting)
    return f"{prefix}:{iri[length:]}"


def _plain(rows: Iterable[dict[str, Value]]) -> list[dict[str, Any]]:
    """Make rows that JSON can hold."""
    return [{name: _value(value) for name, value in row.items()} for row in rows]


def _value(value: Value) -> Any:
    if isinstance(value, (date, Decimal)):
        return str(value)
    return value
