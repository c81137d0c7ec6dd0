"""The nodes of the graph: their kinds, their attributes, their order, and the names they go by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from kg.errors import QueryError
from kg.graph.facts import Facts
from kg.model import NATIONAL, Concept
from kg.ontology import ancestors, concepts
from kg.vocab import DCTERMS, KG, RDF, RDFS, SKOS

if TYPE_CHECKING:
    import networkx as nx

#: Kind of node by RDF class, in the order in which nodes stand in the graph.
KINDS: Mapping[str, str] = MappingProxyType(
    {
        KG.Region: "region",
        KG.HazardSector: "hazard",
        KG.ResponsibilityType: "responsibility",
        KG.MeasureType: "measure",
        KG.Campaign: "campaign",
        KG.Meeting: "meeting",
        KG.Notice: "notice",
        KG.Policy: "policy",
        KG.Incident: "incident",
        KG.Addressee: "addressee",
    }
)
_ORDER = {kind: number for number, kind in enumerate([*KINDS.values(), "obligation"])}


@cache
def by_iri() -> Mapping[str, tuple[int, Concept]]:
    """Return each concept by IRI, with its place among all."""
    return {item.iri: (number, item) for number, item in enumerate(concepts())}


def narrower(hazards: frozenset[str] | None) -> frozenset[str] | None:
    """Return these concepts and all within them; None for None."""
    if hazards is None:
        return None
    ids = {by_iri()[iri][1].id for iri in hazards if iri in by_iri()}
    within = {c.iri for _, c in by_iri().values() if not ids.isdisjoint(ancestors(c.id))}
    return hazards | within


def describe(
    iri: str,
    kind: str,
    labels: Mapping[str, str],
    *,
    notation: str = "",
    category: str = "",
    date: str = "",
    order: int = 0,
) -> dict[str, object]:
    """Make a node's attributes; ``labels`` are by language tag in lower case.

    >>> describe("urn:x", "campaign", {"zh-hans": "百日攻坚行动"})["label_zh_hant"]
    '百日攻堅行動'
    """
    zh = labels.get("zh-hans") or labels.get("") or next(iter(labels.values()), "")
    zh = zh or notation or iri.rpartition("/")[2] or iri
    return {
        "iri": iri,
        "kind": kind,
        "label_zh": zh,
        "label_zh_hant": labels.get("zh-hant") or _traditional(zh),
        "label_en": labels.get("en") or zh,
        "notation": notation,
        "category": category,
        "date": date,
        "order": order,
    }


@cache
def _converter() -> Callable[[str], str]:
    import opencc

    convert: Callable[[str], str] = opencc.OpenCC("s2t").convert
    return convert


def _traditional(text: str) -> str:
    return text if text.isascii() else _converter()(text)


def ordered(graph: nx.MultiDiGraph) -> nx.MultiDiGraph:
    """Copy a graph with its nodes and edges in an order that does not tell how it was made."""
    import networkx as nx

    def rank(node: str) -> tuple[int, int, str, str, str]:
        data = graph.nodes[node]
        kind, notation = _ORDER.get(data["kind"], len(_ORDER)), data["notation"]
        if data["kind"] == "region":  # the State first, then by code, then those that have none
            notation = notation or ("" if data["label_zh"] == NATIONAL else "~")
        return kind, data["order"], notation, data["label_zh"], node

    nodes = sorted(graph, key=rank)
    place = {node: number for number, node in enumerate(nodes)}
    copied = nx.MultiDiGraph(**graph.graph)
    copied.add_nodes_from((node, graph.nodes[node]) for node in nodes)
    edges = graph.edges(keys=True, data=True)
    copied.add_edges_from(sorted(edges, key=lambda e: (place[e[0]], place[e[1]], e[2])))
    return copied


def resolve(facts: Facts, kind: str, value: str | None) -> frozenset[str] | None:
    """Find the things of a kind that are called ``value``; None for None.

    Raises QueryError, with the nearest name, where nothing is called so.
    """
    if value is None:
        return None
    names = _names(facts, kind)
    key = value.strip().casefold()
    if key not in names:
        close = get_close_matches(key, names, n=1, cutoff=0.5)
        hint = f"did you mean '{close[0]}'?" if close else None
        raise QueryError(f"unknown {kind} '{value}'", hint=hint)
    return frozenset(names[key])


def _names(facts: Facts, kind: str) -> dict[str, set[str]]:
    """List every name of the things of a kind, in lower case."""
    names: dict[str, set[str]] = defaultdict(set)
    for iri, (_, item) in by_iri().items():
        if item.scheme == kind:
            own = (iri, item.id, f"{kind}:{item.id}", item.zh, item.zh_hant, item.en)
            for name in (*own, *item.alt, *item.hidden, *item.alt_en):
                names[name.casefold()].add(iri)
    properties = (RDFS.label, SKOS.notation, DCTERMS.identifier, DCTERMS.title, KG.filename)
    for cls in (cls for cls, named in KINDS.items() if named == kind):
        for iri in {subject for subject, _ in facts.subjects(RDF.type, cls)}:
            names[iri.casefold()].add(iri)
            names[f"{kind}:{iri.rpartition('/')[2]}".casefold()].add(iri)
            for text, _ in (found for prop in properties for found in facts.values(iri, prop)):
                names[text.casefold()].add(iri)
    return names
