"""Jobs behind the matrix, the sentences of a cell, duties, and coverage."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from kg.api import Graph
from kg.errors import QueryError
from kg.query import run
from kg.serve.errors import Refused
from kg.serve.jobs import node_of, to_json
from kg.serve.negotiate import TYPES
from kg.serve.pages.lookup import kind_of, names, value
from kg.vocab import KG

if TYPE_CHECKING:
    from kg.analyse.facts import Lang
    from kg.analyse.matrix import Columns
    from kg.serve.out import Out
    from kg.store import Store

COLUMNS: tuple[Columns, ...] = ("hazards", "responsibilities", "measures")
SENTENCES = 500
"""Sentences of one cell that are shown."""
DUTIES = 200
"""Duties on one page."""


def matrix(store: Store, out: Out, *, columns: Columns, parameters: dict[str, list[str]]) -> None:
    """Write regions by topics, for the front page."""
    from kg.analyse.matrix import matrix as made

    graph = Graph(store)
    regions = parameters.get("region")
    found = made(graph, cols=columns, regions=regions, evidence=False)
    wanted = _within(store, parameters.get("hazard"))
    topics = [t for t in found.topics if wanted is None or t.id in wanted]
    rows: list[dict[str, Any]] = []
    for place in found.places:
        cells = []
        for topic in topics:
            cell = found.cell(place, topic)
            count = 0 if cell is None else cell.statements
            cells.append({"n": count, "shade": found.shade(count)})
        rows.append(
            {
                "iri": place.iri,
                "name": place.name,
                "notices": place.notices,
                "held": place.held,
                "sum": sum(c["n"] for c in cells),
                "cells": cells,
            }
        )
    to_json(
        out,
        {
            "columns": columns,
            "topics": [
                {"iri": _topic_iri(t.scheme, t.id), "id": t.id, "zh": t.zh, "en": t.en}
                for t in topics
            ],
            "rows": [r for r in rows if r["sum"]],
            "silent": [{"iri": r["iri"], "name": r["name"]} for r in rows if not r["sum"]],
            "sums": [sum(r["cells"][i]["n"] for r in rows) for i in range(len(topics))],
            "totals": _totals(store),
        },
    )


def _within(store: Store, asked: list[str] | None) -> set[str] | None:
    """Return the ids of the hazards asked for and of those below them."""
    from kg.ontology import ancestors, concepts
    from kg.parameters import resolve

    if not asked:
        return None
    wanted = {
        term.value.rpartition("/")[2]
        for text in asked
        for term in resolve("hazard", text, store=store)
    }
    return {c.id for c in concepts() if wanted & set(ancestors(c.id))}


def _topic_iri(scheme: str, id: str) -> str:
    from kg.ontology import concept

    return concept(id).iri


def _totals(store: Store) -> dict[str, int]:
    (row,) = store.query(
        "SELECT (COUNT(DISTINCT ?n) AS ?notices) (COUNT(DISTINCT ?s) AS ?statements) "
        f"{{ {{ ?n a <{KG.Notice}> }} UNION {{ ?s a <{KG.Statement}> }} }}"
    )
    return {"notices": int(row["notices"].value), "statements": int(row["statements"].value)}


def sentences(store: Store, out: Out, *, region: str, topic: str) -> None:
    """Write the sentences in which a region names a topic; both by IRI."""
    place, subject = node_of(region), node_of(topic)
    asked = (
        "SELECT DISTINCT ?statement ?quote ?start ?end ?id ?title ?issued WHERE { "
        f"?statement <{KG.concept}> {subject} ; <{KG.region}> {place} ; <{KG.notice}> ?notice ; "
        f"<{KG.evidence}> ?e . ?e <{KG.quote}> ?quote ; oa:hasSelector ?p . "
        "?p oa:start ?start ; oa:end ?end . ?notice dcterms:identifier ?id . "
        "OPTIONAL { ?notice dcterms:title ?title } OPTIONAL { ?notice dcterms:issued ?issued } } "
        f"ORDER BY ?issued ?id ?start ?end ?statement LIMIT {SENTENCES + 1}"
    )
    rows = list(run(store, asked).rows)
    if not rows and kind_of(store, place) == "other" and kind_of(store, subject) == "other":
        raise Refused(404, "there is no such region or topic")
    to_json(
        out,
        {
            "region": {"iri": region, "names": names(store, place)},
            "topic": {"iri": topic, "names": names(store, subject)},
            "more": len(rows) > SENTENCES,
            "sentences": [
                {
                    "statement": row["statement"],
                    "quote": row["quote"],
                    "start": row["start"],
                    "end": row["end"],
                    "notice": row["id"],
                    "title": row["title"] or row["id"],
                    "date": str(row["issued"] or ""),
                }
                for row in rows[:SENTENCES]
            ],
        },
    )


def duties(
    store: Store, out: Out, *, region: str, bearer: str, since: str, until: str, page: int
) -> None:
    """Write the duties that have a deadline, the nearest first."""
    wrong = ""
    rows: list[Any] = []
    try:
        rows = _due(store, region=region, bearer=bearer, since=since, until=until)
    except QueryError as error:
        wrong = str(error)
    first = (page - 1) * DUTIES
    shown = []
    for row in rows[first : first + DUTIES]:
        node = ox.NamedNode(str(row["statement"]))
        notice = value(store, node, KG.notice)
        shown.append(
            {
                "deadline": str(row["deadline"]),
                "begins": str(row["begins"] or ""),
                "words": row["words"] or "",
                "region": row["region"] or "",
                "bearer": row["bearer"] or "",
                "kind": kind_of(store, node),
                "quote": row["quote"],
                "start": row["start"],
                "end": row["end"],
                "statement": node.value,
                "notice": notice_id(store, notice),
            }
        )
    to_json(
        out,
        {
            "duties": shown,
            "total": len(rows),
            "page": page,
            "more": first + DUTIES < len(rows),
            "wrong": wrong,
            "asked": {"region": region, "bearer": bearer, "since": since, "until": until},
        },
    )


def calendar(
    store: Store, out: Out, *, region: str, bearer: str, since: str, until: str, lang: Lang
) -> None:
    """Write the same duties, all of them, as a calendar to import."""
    from kg.analyse.duties import duties as made

    rows = _due(store, region=region, bearer=bearer, since=since, until=until)
    wanted = {str(row["statement"]) for row in rows}
    found = made(Graph(store), lang=lang)
    kept = tuple(duty for duty in found.duties if duty.statement in wanted)
    out.start(TYPES["calendar"])
    out.write(replace(found, duties=kept).to_icalendar())


def _due(store: Store, *, region: str, bearer: str, since: str, until: str) -> list[Any]:
    """Find the duties with a deadline; raises QueryError for a region or a day that is none."""
    given: dict[str, object] = {
        key: text for key, text in (("region", region), ("since", since), ("until", until)) if text
    }
    rows = list(run(store, "deadlines", given).rows)
    return [row for row in rows if bearer in str(row["bearer"] or "")] if bearer else rows


def notice_id(store: Store, iri: str | None) -> str:
    """Return the id of a notice, by which ``/notices/ID`` finds it."""
    held = store.notice(iri) if iri else None
    return held.id if held else ""


def coverage(store: Store, out: Out) -> None:
    """Write how much each notice says, which say nothing, and where the sources seem damaged."""
    notices = [
        {
            "id": row["id"],
            "title": row["title"] or row["id"],
            "published": str(row["published"] or ""),
            "regions": row["regions"],
            "statements": row["statements"],
            "damage": row["damage"],
        }
        for row in run(store, "notices").rows
    ]
    ids = {str(row["file"]): row["id"] for row in run(store, "notices").rows}
    suspects = [
        {
            "file": row["file"],
            "notice": ids.get(str(row["file"]), ""),
            "start": row["start"],
            "end": row["end"],
            "kind": row["kind"],
            "before": row["before"],
            "proposal": row["proposal"] or "",
        }
        for row in run(store, "damage").rows
    ]
    to_json(
        out,
        {
            "notices": notices,
            "silent": [n for n in notices if not n["statements"]],
            "suspects": suspects,
            "totals": {
                "notices": len(notices),
                "statements": sum(int(str(n["statements"])) for n in notices),
                "silent": sum(not n["statements"] for n in notices),
                "suspects": len(suspects),
            },
        },
    )
