"""What jobs for pages have in common: names of nodes, kinds, and where they lie in a notice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from kg.vocab import DCTERMS, KG, OA, RDF, RDFS, SKOS

if TYPE_CHECKING:
    from kg.store import Store

DEFAULT = ox.DefaultGraph()
#: Class of a node, the first that fits, and what pages call the kind.
KINDS: tuple[tuple[str, str], ...] = (
    (KG.Prohibition, "prohibition"),
    (KG.Permission, "permission"),
    (KG.Recommendation, "recommendation"),
    (KG.Obligation, "obligation"),
    (KG.Emphasis, "stresses"),
    (KG.Invocation, "invokes"),
    (KG.MeasureOrder, "orders"),
    (KG.CampaignRun, "runs"),
    (KG.Region, "region"),
    (KG.Meeting, "meeting"),
    (KG.Campaign, "campaign"),
    (KG.Policy, "policy"),
    (KG.Incident, "incident"),
    (KG.Notice, "notice"),
    (KG.Damage, "damage"),
    (KG.Addressee, "addressee"),
    (KG.Organization, "organization"),
    (KG.Action, "action"),
)
_SCHEMES = ("hazard", "responsibility", "measure")
#: Asked for only where a node has no other name.
_LAST = frozenset((DCTERMS.title, KG.text, KG.quote))
_NAMES = (SKOS.prefLabel, RDFS.label, DCTERMS.title, KG.text, KG.quote)


def objects(store: Store, subject: Any, predicate: str) -> list[Any]:
    """Return what a property of a node leads to, sorted."""
    found = store.engine.quads_for_pattern(subject, ox.NamedNode(predicate), None, DEFAULT)
    return sorted((q.object for q in found), key=str)


def value(store: Store, subject: Any, predicate: str) -> str | None:
    """Return the value of a property, None without any."""
    return next((o.value for o in objects(store, subject, predicate)), None)


def kind_of(store: Store, node: Any) -> str:
    """Return the kind of a node: a key of the words of pages; ``other`` for what has none."""
    classes = {o.value for o in objects(store, node, RDF.type)}
    for cls, kind in KINDS:
        if cls in classes:
            return kind
    if SKOS.Concept in classes:
        above = node.value.rpartition("/")[0].rpartition("/")[2]
        return above if above in _SCHEMES else "other"
    return "other"


def names(store: Store, node: Any) -> dict[str, str]:
    """Return what a node is called, by language, as :func:`kg.serve.pages.called` reads it."""
    found: dict[str, str] = {}
    for property in _NAMES:
        if found and property in _LAST:
            break
        for literal in objects(store, node, property):
            if isinstance(literal, ox.Literal):
                found.setdefault((literal.language or "").lower(), literal.value)
    if not found:
        for property in (KG.concept, KG.campaign):  # a statement is called by its topic
            for topic in objects(store, node, property):
                if isinstance(topic, ox.NamedNode):
                    return names(store, topic)
    return found


def position(store: Store, evidence: Any) -> tuple[int, int] | None:
    """Return the raw offsets of a piece of evidence."""
    for selector in objects(store, evidence, OA.hasSelector):
        start, end = value(store, selector, OA.start), value(store, selector, OA.end)
        if start is not None and end is not None:
            return int(start), int(end)
    return None


def proofs(store: Store, notice: str) -> Iterator[tuple[Any, Any]]:
    """Return the nodes that a notice has evidence of, and the evidence, sorted."""
    graph = ox.NamedNode(notice)
    quads = store.engine.quads_for_pattern(None, ox.NamedNode(KG.evidence), None, graph)
    yield from sorted(((q.subject, q.object) for q in quads), key=lambda p: (str(p[1]), str(p[0])))
