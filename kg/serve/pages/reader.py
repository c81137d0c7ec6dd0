"""The job behind the notice reader: a notice's text, what the graph holds of it, and its repairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from kg.errors import InputError, QueryError
from kg.model import Edit
from kg.parameters import resolve_one
from kg.query import run
from kg.serve.errors import Refused
from kg.serve.jobs import to_json
from kg.serve.pages.lookup import kind_of, names, objects, position, proofs, value
from kg.serve.pages.marks import Mark, changes, paragraphs
from kg.vocab import KG

if TYPE_CHECKING:
    from kg.model import Notice
    from kg.serve.out import Out
    from kg.store import Store, StoredNotice

#: Characters of a raw file up to which it is shown whole.
LONGEST = 2_000_000
_ORDER = ("region", "meeting", "policy", "incident")


def read(store: Store, out: Out, *, name: str, at: tuple[int, int] | None) -> None:
    """Write one notice for the reader; ``at`` is a stretch of its raw text to be pointed out.

    Raises Refused (404) where the store has no such notice.
    """
    try:
        iri = resolve_one("notice", name, store=store)
    except QueryError as error:
        raise Refused(404, "there is no such notice", hint=error.hint) from error
    held = store.notice(iri)
    if held is None:
        raise Refused(404, "there is no such notice")
    nodes, marks = _nodes(store, iri)
    if at is not None:
        marks = _pointed(marks, at)
    notice, state = _file(store, held)
    told: dict[str, Any] = {
        "id": held.id,
        "iri": iri,
        "title": held.title,
        "published": held.published,
        "file": held.filename,
        "sha256": held.sha256,
        "state": state,
        "nodes": nodes,
        "counts": _counts(nodes),
        "blocks": _blocks(nodes, marks),
        "at": list(at) if at else None,
        "paragraphs": [],
        "edits": [],
        "suspects": [],
    }
    if notice is None:
        told["suspects"] = _stored_suspects(store, iri)
    else:
        told |= _texts(notice, marks)
    to_json(out, told)


def _texts(notice: Notice, marks: Sequence[Mark]) -> dict[str, Any]:
    from kg.repair import repair

    repaired = repair(notice)
    found = changes(notice.raw, repaired.text, repaired.alignment, repaired.edits)
    lines = paragraphs(
        notice.raw, repaired.text, repaired.alignment, marks, found, repaired.suspects
    )
    return {
        "paragraphs": [asdict(line) for line in lines],
        "edits": [_receipt(e) for e in repaired.edits],
        "suspects": [_receipt(e) for e in repaired.suspects],
    }


def _receipt(edit: Edit) -> dict[str, Any]:
    return {
        "start": edit.start,
        "end": edit.end,
        "before": edit.before,
        "after": edit.after,
        "kind": edit.kind,
        "evidence": edit.evidence,
        "reproduced": edit.reproduced,
    }


def _file(store: Store, held: StoredNotice) -> tuple[Notice | None, str]:
    """Read the notice's file, where it still lies there and is still the same."""
    from kg.read import read_path

    state = "gone"
    for path in store.paths(held.iri):
        try:
            notice = read_path(Path(path))
        except (InputError, OSError):
            continue
        if notice.sha256 != held.sha256:
            state = "changed"
        elif len(notice.raw) > LONGEST:
            state = "long"
        else:
            return notice, "read"
    return None, state


def _nodes(store: Store, iri: str) -> tuple[list[dict[str, Any]], list[Mark]]:
    """Return what the notice has evidence of, in the order of its text, and the places."""
    places: dict[Any, list[tuple[int, int, str]]] = {}
    for node, evidence in proofs(store, iri):
        where = position(store, evidence)
        if where is not None:
            places.setdefault(node, []).append((*where, value(store, evidence, KG.quote) or ""))
    ordered = sorted(places, key=lambda n: (min(places[n])[0], kind_of(store, n), str(n)))
    nodes, marks = [], []
    for number, node in enumerate(ordered, 1):
        kind = kind_of(store, node)
        spans = sorted(places[node])
        nodes.append(
            {
                "number": number,
                "kind": kind,
                "iri": node.value,
                "names": names(store, node),
                "region": _one(store, node, KG.region),
                "facts": _facts(store, node),
                "places": [{"start": a, "end": b, "quote": q} for a, b, q in spans],
            }
        )
        marks += [Mark(a, b, number, kind) for a, b, _ in spans]
    return nodes, sorted(marks)


def _one(store: Store, node: Any, predicate: str) -> dict[str, Any] | None:
    for found in objects(store, node, predicate):
        if isinstance(found, ox.NamedNode):
            return {"iri": found.value, "names": names(store, found)}
    return None


def _facts(store: Store, node: Any) -> list[dict[str, str]]:
    """Return what pages tell of a statement beside its words."""
    out = []
    for key, predicate in (
        ("degree", KG.degree), ("bearer", KG.bearer), ("deadline", KG.deadline),
        ("condition", KG.condition), ("strength", KG.strength),
    ):  # fmt: skip
        for found in objects(store, node, predicate):
            if isinstance(found, ox.Literal):
                out.append({"key": key, "value": found.value})
            else:
                called = names(store, found)
                out.append({"key": key, "value": next(iter(called.values()), "")})
    return out


def _counts(nodes: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    found: dict[str, int] = {}
    for node in nodes:
        found[node["kind"]] = found.get(node["kind"], 0) + 1
    return [{"kind": k, "count": found[k]} for k in sorted(found, key=lambda k: (k in _ORDER, k))]


def _blocks(nodes: Sequence[dict[str, Any]], marks: Sequence[Mark]) -> list[dict[str, Any]]:
    """Return the stretches in which one region's statements follow each other."""
    by_number = {node["number"]: node for node in nodes}
    out: list[dict[str, Any]] = []
    for mark in marks:
        node = by_number[mark.number] if mark.number else None
        region = node["region"] if node and node["kind"] not in _ORDER else None
        if region is None:
            continue
        if not out or out[-1]["iri"] != region["iri"]:
            out.append({**region, "start": mark.start, "statements": 0})
        out[-1]["statements"] += 1
    return out


def _pointed(marks: list[Mark], at: tuple[int, int]) -> list[Mark]:
    """Mark what is pointed at, whether or not anything rests on it."""
    return sorted([*marks, Mark(*at, 0, "", target=True)])


def _stored_suspects(store: Store, iri: str) -> list[dict[str, Any]]:
    rows = run(store, "damage", {"notice": iri}).rows
    return [
        {
            "start": row["start"], "end": row["end"], "before": row["before"],
            "after": row["proposal"] or "", "kind": row["kind"], "evidence": "", "reproduced": None,
        }
        for row in rows
    ]  # fmt: skip
