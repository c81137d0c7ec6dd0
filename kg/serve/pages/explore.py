"""Jobs behind the graph explorer: what is called so, what stands around a node, all that matches.

Relations are the direct ones: statements that only carry the evidence of a relation are left out, what
regions oblige somebody to do is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from kg.serve.errors import Refused
from kg.serve.jobs import node_of, to_json
from kg.serve.pages.lookup import DEFAULT, KINDS, kind_of, names, objects, value
from kg.vocab import DCTERMS, KG, OA, PROV, RDF, RDFS, SCHEMA, SKOS

if TYPE_CHECKING:
    from kg.serve.out import Out
    from kg.store import Store

#: Kinds that a graph shows, in the order in which they are listed.
SHOWN = (
    "region", "hazard", "responsibility", "measure", "campaign", "meeting", "policy", "incident",
    "notice", "obligation", "prohibition", "permission", "recommendation", "addressee",
    "organization", "action",
)  # fmt: skip
NEAR = 60
"""Neighbours that one step shows."""
MOST = 10_000
"""Nodes of a whole graph."""
_SCANNED = 50_000
_FOUND = 40
_NAME = 60  # characters of a name
_HIDDEN = frozenset(
    (
        RDF.type, KG.evidence, OA.hasSelector, OA.hasSource, KG.within, KG.damage, PROV.used,
        SKOS.inScheme, SKOS.topConceptOf, SKOS.hasTopConcept, SKOS.narrower, KG.attributedTo,
        "http://www.w3.org/2004/02/skos/core#broaderTransitive",
    )
)  # fmt: skip
#: Kinds that have a day.
_DATED = frozenset(
    ("meeting", "notice", "incident", "obligation", "prohibition", "permission", "recommendation")
)
_DATES = (SCHEMA.startDate, DCTERMS.issued, KG.deadline)


class Choice:
    """What a graph is restricted to: kinds, a region, days."""

    def __init__(
        self, store: Store, *, kinds: tuple[str, ...], region: str, since: str, until: str
    ) -> None:
        self.store = store
        self.kinds = frozenset(kinds) or frozenset(SHOWN)
        self.region = _regions(store, region)
        self.since, self.until = since, until

    def takes(self, node: Any, kind: str) -> bool:
        """Tell whether a node is shown: what has no day, or is no region's, is in any."""
        if kind not in self.kinds:
            return False
        if self.since or self.until:
            day = day_of(self.store, node)
            if day and not (self.since or "0") <= day <= (self.until or "9"):
                return False
        if self.region is None:
            return True
        if kind == "region":
            return node.value in self.region
        whose = {o.value for o in objects(self.store, node, KG.region)}
        return not whose or bool(whose & self.region)


def _regions(store: Store, text: str) -> set[str] | None:
    from kg.errors import QueryError
    from kg.parameters import resolve

    if not text:
        return None
    try:
        return {term.value for term in resolve("region", text, store=store)}
    except QueryError as error:
        raise Refused(400, str(error), hint=error.hint) from error


def day_of(store: Store, node: Any) -> str:
    """Return the day of a meeting, notice, incident or deadline, ``""`` without one."""
    for predicate in _DATES:
        day = value(store, node, predicate)
        if day:
            return day
    return ""


def found(store: Store, out: Out, *, text: str) -> None:
    """Write the nodes that are called so, the shortest names first."""
    wanted = ox.Literal(text.casefold())
    rows = store.query(
        "SELECT ?node (MIN(STRLEN(STR(?name))) AS ?length) WHERE { "
        f"VALUES ?p {{ <{RDFS.label}> <{SKOS.prefLabel}> <{SKOS.altLabel}> <{DCTERMS.title}> "
        f"<{SKOS.notation}> }} ?node ?p ?name . FILTER(CONTAINS(LCASE(STR(?name)), {wanted})) }} "
        f"GROUP BY ?node ORDER BY ?length ?node LIMIT {10 * _FOUND}"
    )
    nodes = []
    for row in rows:
        node = row["node"]
        if isinstance(node, ox.NamedNode) and kind_of(store, node) in SHOWN:
            nodes.append(described(store, node, kind_of(store, node)))
    to_json(out, {"text": text, "nodes": nodes[:_FOUND], "more": len(nodes) > _FOUND})


def near(
    store: Store, out: Out, *, iri: str, kinds: tuple[str, ...], region: str, since: str, until: str
) -> None:
    """Write a node and its neighbours, it being the first, and the relations that it has with them.

    Raises Refused (404) for what is not there.
    """
    node = node_of(iri)
    choice = Choice(store, kinds=kinds, region=region, since=since, until=until)
    by_kind: dict[str, dict[Any, None]] = {}
    for other in _neighbours(store, node):
        kind = kind_of(store, other)
        if kind in SHOWN and choice.takes(other, kind):
            by_kind.setdefault(kind, {})[other] = None
    if not by_kind and not objects(store, node, RDF.type):
        raise Refused(404, "nothing in the graph has this IRI")
    chosen, total = _share(by_kind)
    nodes = [node, *chosen]
    kinds_of = {other: kind for kind, group in by_kind.items() for other in group}
    to_json(
        out,
        {
            "nodes": [described(store, n, kinds_of.get(n) or kind_of(store, n)) for n in nodes],
            **_edges(store, nodes, _touching(store, node)),
            "left": total - len(chosen),
        },
    )


def everything(
    store: Store, out: Out, *, kinds: tuple[str, ...], region: str, since: str, until: str
) -> None:
    """Write all nodes that match, up to :data:`MOST`, and the relations between them."""
    choice = Choice(store, kinds=kinds, region=region, since=since, until=until)
    chosen: dict[Any, str] = {}
    left = 0
    for node in _members(store):
        if node in chosen:
            continue
        kind = kind_of(store, node)
        if not choice.takes(node, kind):
            continue
        if len(chosen) >= MOST:
            left += 1
        else:
            chosen[node] = kind
    nodes = list(chosen)
    touching = (
        quad for node in nodes for quad in store.engine.quads_for_pattern(node, None, None, DEFAULT)
    )
    to_json(
        out,
        {
            "nodes": [described(store, node, kind) for node, kind in chosen.items()],
            **_edges(store, nodes, touching),
            "left": left,
        },
    )


def described(store: Store, node: Any, kind: str) -> dict[str, Any]:
    """Return what a graph tells of a node; long names are cut."""
    called = {
        tag: text if len(text) <= _NAME else text[: _NAME - 1] + "…"
        for tag, text in names(store, node).items()
        if tag != "zh-hant"
    }
    day = day_of(store, node) if kind in _DATED else ""
    return {"iri": node.value, "kind": kind, "names": called, "date": day}


def _neighbours(store: Store, node: Any) -> Iterator[Any]:
    """Return the nodes that a relation joins to this one, in the order of their IRIs."""
    seen: set[Any] = set()
    for scanned, quad in enumerate(_touching(store, node)):
        if scanned >= _SCANNED:
            break
        other = quad.object if quad.subject == node else quad.subject
        if quad.predicate.value not in _HIDDEN and isinstance(other, ox.NamedNode):
            seen.add(other)
    yield from sorted(seen - {node}, key=lambda n: n.value)


def _touching(store: Store, node: Any) -> Iterator[Any]:
    yield from store.engine.quads_for_pattern(node, None, None, DEFAULT)
    yield from store.engine.quads_for_pattern(None, None, node, DEFAULT)


def _share(by_kind: dict[str, dict[Any, None]]) -> tuple[list[Any], int]:
    """Choose neighbours so that every kind has its share."""
    waiting = [list(by_kind[kind]) for kind in SHOWN if kind in by_kind]
    total = sum(map(len, waiting))
    chosen: list[Any] = []
    for number in range(max(map(len, waiting), default=0)):
        for group in waiting:
            if number < len(group) and len(chosen) < NEAR:
                chosen.append(group[number])
    return chosen, total


def _edges(store: Store, nodes: list[Any], quads: Iterable[Any]) -> dict[str, Any]:
    """Return relations by the numbers of their ends and of their property, and the properties."""
    number = {node: n for n, node in enumerate(nodes)}
    found: set[tuple[int, str, int]] = set()
    for quad in quads:
        subject, object = number.get(quad.subject), number.get(quad.object)
        if subject is None or object is None or subject == object:
            continue
        if quad.predicate.value not in _HIDDEN:
            found.add((subject, quad.predicate.value, object))
    relations = sorted({predicate for _, predicate, _ in found})
    place = {predicate: n for n, predicate in enumerate(relations)}
    return {
        "edges": [[a, place[p], b] for a, p, b in sorted(found)],
        "relations": [
            {
                "iri": iri,
                "short": iri.rpartition("#")[2].rpartition("/")[2],
                "names": names(store, ox.NamedNode(iri)),
            }
            for iri in relations
        ],
    }


def _members(store: Store) -> Iterator[Any]:
    kind = ox.NamedNode(RDF.type)
    classes = [cls for cls, name in KINDS if name in SHOWN]
    order = {name: number for number, name in enumerate(SHOWN)}
    by_class = dict(KINDS)
    for cls in [SKOS.Concept, *sorted(classes, key=lambda c: order[by_class[c]])]:
        quads = store.engine.quads_for_pattern(None, kind, ox.NamedNode(cls), DEFAULT)
        yield from sorted(
            (q.subject for q in quads if isinstance(q.subject, ox.NamedNode)),
            key=lambda n: n.value,
        )
