"""Which nodes a picture shows, and what it says of the others.

A picture of everything shows nothing: the best connected nodes of every kind stay, and the rest of a
kind becomes one node ("… 12 more") that keeps their relations.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import networkx as nx

#: Relations drawn for each node of the limit. At four, 300 nodes have 1,200 lines: the page stays
#: under 3 MB with its sentences, and Chromium draws a frame in some 30 ms without a graphics card.
EDGES_PER_NODE = 4

#: Share of a kind when there is not room for all nodes; 1 for a kind that is not named.
WEIGHTS: Mapping[str, int] = {"region": 3, "hazard": 3, "responsibility": 2, "measure": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The graph to draw, and what was left out of it."""

    graph: nx.MultiDiGraph
    """A node that gathers others carries ``members``: their attributes, the best connected first."""
    left_out: Mapping[str, int]
    """How many nodes of each kind are not drawn by themselves."""
    edges_left_out: int
    """How many relations are neither drawn nor part of one that is."""


def choose(graph: nx.MultiDiGraph, *, limit: int = 300) -> Choice:
    """Keep at most ``limit`` nodes, gathering nodes included, by degree centrality.

    Every kind gets a share (regions and sectors a larger one); what a kind does not need, the others
    get. Within a kind the node of higher centrality comes first, then the one that stands first in
    the graph.

    >>> import networkx as nx
    >>> star = nx.MultiDiGraph()
    >>> for n in range(9): star.add_node(n, iri=str(n), kind="hazard", order=n)
    >>> choice = choose(star, limit=4)
    >>> len(choice.graph), dict(choice.left_out)
    (4, {'hazard': 6})
    """
    import networkx as nx

    if limit < 1:
        raise ValueError("limit must be at least 1")
    by_kind: dict[str, list[Any]] = defaultdict(list)
    for node, kind in graph.nodes(data="kind"):
        by_kind[kind].append(node)
    if len(graph) > limit:
        central = nx.degree_centrality(graph)
        for nodes in by_kind.values():
            nodes.sort(key=lambda node: -central[node])
    share = _shares({kind: len(nodes) for kind, nodes in by_kind.items()}, limit)
    group: dict[Any, Any] = {}
    chosen = nx.MultiDiGraph(**graph.graph)
    left_out: dict[str, int] = {}
    for kind, nodes in by_kind.items():
        kept = set(nodes[: share[kind]])
        for node in graph:
            if node in kept:
                chosen.add_node(node, **graph.nodes[node])
        rest = [node for node in nodes if node not in kept]
        if rest:
            left_out[kind] = len(rest)
            name = f"more:{kind}"
            group.update(dict.fromkeys(rest, name))
            members = tuple(graph.nodes[node] for node in rest)
            chosen.add_node(name, iri="", kind=kind, members=members, order=len(graph))
    lost = _merge_edges(graph, chosen, group, EDGES_PER_NODE * limit)
    return Choice(
        graph=chosen,
        left_out=left_out,
        edges_left_out=lost,
    )


def _shares(sizes: Mapping[str, int], limit: int) -> dict[str, int]:
    """How many nodes of each kind stand by themselves.

    >>> _shares({"region": 10, "hazard": 500}, 100)
    {'region': 10, 'hazard': 89}
    """
    if sum(sizes.values()) <= limit:
        return dict(sizes)
    shares: dict[str, int] = {}
    room, weight = limit, sum(_weight(kind) for kind in sizes)
    for kind in sorted(sizes, key=lambda kind: (sizes[kind] / _weight(kind), kind)):
        fair = room * _weight(kind) // weight
        shares[kind] = sizes[kind] if sizes[kind] <= fair else max(fair - 1, 0)
        room -= min(sizes[kind], fair)
        weight -= _weight(kind)
    return {kind: shares[kind] for kind in sizes}


def _weight(kind: str) -> int:
    return WEIGHTS.get(kind, 1)


def _merge_edges(
    graph: nx.MultiDiGraph, chosen: nx.MultiDiGraph, group: Mapping[Any, Any], limit: int
) -> int:
    """Add the relations between what was chosen; those of gathered nodes become one each.

    The strongest ``limit`` are kept, and in any case one for every node. Return how many were not.
    """
    merged: dict[tuple[Any, Any, str], list[dict[str, Any]]] = defaultdict(list)
    for subject, obj, key, data in graph.edges(keys=True, data=True):
        ends = group.get(subject, subject), group.get(obj, obj)
        if ends[0] != ends[1]:
            merged[ends[0], ends[1], key].append(data)
    strength = {
        edge: (max(d["degree"] for d in data), sum(len(d["statements"]) for d in data))
        for edge, data in merged.items()
    }
    ranked = sorted(merged, key=lambda edge: strength[edge], reverse=True)
    uses: Counter[Any] = Counter()
    kept = set(ranked[:limit])
    uses.update(node for edge in kept for node in edge[:2])
    for edge in ranked[limit:]:
        if not (uses[edge[0]] and uses[edge[1]]):
            kept.add(edge)
            uses.update(edge[:2])
    for edge, data in merged.items():
        if edge in kept:
            chosen.add_edge(
                edge[0],
                edge[1],
                key=edge[2],
                predicate=edge[2],
                degree=strength[edge][0],
                statements=tuple(chain.from_iterable(d["statements"] for d in data)),
                quotes=tuple(chain.from_iterable(d["quotes"] for d in data)),
            )
    return sum(len(data) for edge, data in merged.items() if edge not in kept)
