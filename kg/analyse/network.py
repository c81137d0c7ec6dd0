"""Regions and topics as a network: projections, communities of regions, central topics.

All of it is networkx on one bipartite graph. Nodes are numbered before anything random is done with
them, and what is random is seeded, so that the same graph gives the same answer.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from kg.analyse.facts import Lang, Topic, counts, places, topic
from kg.analyse.page import words
from kg.errors import QueryError
from kg.table import Table

if TYPE_CHECKING:
    import networkx as nx

    from kg.api import Graph

Scheme = Literal["hazard", "responsibility", "measure"]
Side = Literal["both", "regions", "topics"]
Format = Literal["graphml", "gexf"]
SEED = 0
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def bipartite(graph: Graph, *, scheme: Scheme = "hazard", fold: bool = False) -> nx.Graph:
    """Make the graph of regions and topics, an edge where a region names a topic.

    Nodes are IRIs of regions and ids of topics, with ``side`` (``region`` or ``topic``),
    ``label_zh``, ``label_en`` and, for regions, ``code``. Edges have ``weight`` and ``statements``
    (how many), ``notices`` and ``degree``. Regions that name nothing are nodes without edges.
    """
    import networkx as nx

    if scheme not in get_args(Scheme):
        raise QueryError(f"unknown scheme '{scheme}'", hint="one of " + ", ".join(get_args(Scheme)))
    network = nx.Graph(scheme=scheme, folded=fold)
    held = places(graph)
    for place in held:
        network.add_node(
            place.iri,
            side="region",
            label_zh=place.name,
            label_en=place.name,
            code=place.code,
        )
    cells: dict[tuple[str, Topic], list[Any]] = defaultdict(list)
    for count in counts(graph, scheme):
        shown = count.topic.above[-1] if fold else count.topic
        cells[count.place, shown].append(count)
    for found in sorted({t for _, t in cells}, key=lambda t: t.rank):
        network.add_node(found.id, side="topic", label_zh=found.zh, label_en=found.en, code="")
    rank = {place.iri: number for number, place in enumerate(held)}
    for (iri, found), group in sorted(cells.items(), key=lambda c: (rank[c[0][0]], c[0][1].rank)):
        total = sum(c.statements for c in group)
        network.add_edge(
            iri,
            found.id,
            weight=total,
            statements=total,
            notices=len({c.notice for c in group}),
            degree=max(c.degree for c in group),
        )
    return network


def side(network: nx.Graph, name: str) -> list[str]:
    """List the nodes of one side, ``region`` or ``topic``, in their order."""
    return [node for node, data in network.nodes(data=True) if data["side"] == name]


def projection(network: nx.Graph, of: Literal["regions", "topics"]) -> nx.Graph:
    """Project onto one side: an edge where two regions share topics, or two topics regions.

    Edges have ``shared`` (how many) and ``weight``, the Jaccard index: shared of all that either
    has.
    """
    import networkx as nx

    nodes = side(network, of.removesuffix("s"))
    own = {node: set(network[node]) for node in nodes}
    out = nx.Graph(**network.graph, projection=of)
    out.add_nodes_from((node, network.nodes[node]) for node in nodes)
    for first, second in sorted(_pairs(network, nodes)):
        one, two = nodes[first], nodes[second]
        shared = len(own[one] & own[two])
        out.add_edge(one, two, shared=shared, weight=shared / len(own[one] | own[two]))
    return out


def _pairs(network: nx.Graph, nodes: list[str]) -> set[tuple[int, int]]:
    """Find the pairs that share a neighbour, by number: not all pairs there are."""
    number = {node: n for n, node in enumerate(nodes)}
    found: set[tuple[int, int]] = set()
    for other in network:
        if other not in number:
            near = sorted(number[node] for node in network[other])
            found.update((a, b) for n, a in enumerate(near) for b in near[n + 1 :])
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Central:
    """A topic: how many regions name it, and how it stands between them."""

    topic: Topic
    regions: int
    share: float
    """Of all regions: its degree centrality in the bipartite graph."""
    betweenness: float
    closeness: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Community:
    """Regions that name much the same, and the topics most theirs."""

    regions: tuple[str, ...]
    topics: tuple[tuple[Topic, float], ...]
    """With the share of its regions that name it less the share of all others that do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats(Table):
    """The network in numbers."""

    scheme: str
    lang: Lang
    regions: int
    topics: int
    edges: int
    density: float
    """Edges of those that there could be."""
    components: int
    modularity: float
    communities: tuple[Community, ...]
    central: tuple[Central, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Topic, regions, share, betweenness, closeness."""
        word = words()[self.lang]
        keys = ("name", "regions_n", "share", "betweenness", "closeness")
        return tuple(word[key] for key in keys)

    def cells(self) -> list[tuple[Any, ...]]:
        """A row a topic, the most central first."""
        return [
            (c.topic.label(self.lang), c.regions, c.share, c.betweenness, c.closeness)
            for c in self.central
        ]

    def as_json(self) -> dict[str, Any]:
        """Everything, as plain values."""
        return {
            "scheme": self.scheme,
            "regions": self.regions,
            "topics": self.topics,
            "edges": self.edges,
            "density": self.density,
            "components": self.components,
            "modularity": self.modularity,
            "communities": [
                {"regions": list(c.regions), "topics": {t.id: lift for t, lift in c.topics}}
                for c in self.communities
            ],
            "central": [
                {
                    "topic": c.topic.id,
                    "regions": c.regions,
                    "share": c.share,
                    "betweenness": c.betweenness,
                    "closeness": c.closeness,
                }
                for c in self.central
            ],
        }


def stats(
    graph: Graph,
    *,
    scheme: Scheme = "hazard",
    fold: bool = False,
    resolution: float = 1.0,
    lang: Lang = "zh",
) -> Stats:
    """Measure the network of regions and topics.

    Communities are Louvain's (seeded) on the projection onto regions, weighted by the Jaccard
    index; ``resolution`` above 1 makes them smaller. Regions that name nothing are in none.
    """
    import networkx as nx

    network = bipartite(graph, scheme=scheme, fold=fold)
    numbered = nx.convert_node_labels_to_integers(network, label_attribute="name")
    regions, topics = (
        [node for node, data in numbered.nodes(data=True) if data["side"] == name]
        for name in ("region", "topic")
    )
    between = _between(numbered, topics)
    close = nx.bipartite.closeness_centrality(numbered, topics) if topics else {}
    central = [
        Central(
            topic=topic(scheme, numbered.nodes[node]["name"]),
            regions=numbered.degree[node],
            share=numbered.degree[node] / len(regions),
            betweenness=round(between[node], 9),
            closeness=round(close[node], 9),
        )
        for node in topics
    ]
    central.sort(key=lambda c: (-c.regions, -c.betweenness, c.topic.rank))
    groups, modularity = communities(projection(network, "regions"), resolution=resolution)
    return Stats(
        scheme=scheme,
        lang=lang,
        regions=len(regions),
        topics=len(topics),
        edges=numbered.number_of_edges(),
        density=numbered.number_of_edges() / (len(regions) * len(topics)) if topics else 0.0,
        components=nx.number_connected_components(numbered) if len(numbered) else 0,
        modularity=modularity,
        communities=tuple(_describe(network, group, scheme) for group in groups),
        central=tuple(central),
    )


def _between(numbered: nx.Graph, topics: list[int]) -> dict[int, float]:
    """Betweenness of topics, of the most that one could have (Borgatti and Halgin, 2011).

    networkx's bipartite function does the same, but divides by zero where a side has one node.
    """
    import networkx as nx

    found = nx.betweenness_centrality(numbered, normalized=False)
    n, m = len(topics), len(numbered) - len(topics)
    s, t = divmod(n - 1, m) if m else (0, 0)
    most = (m**2 * (s + 1) ** 2 + m * (s + 1) * (2 * t - s - 1) - t * (2 * s - t + 3)) / 2
    return {node: found[node] / most if most else 0.0 for node in topics}


def communities(
    projected: nx.Graph, *, resolution: float = 1.0
) -> tuple[tuple[tuple[str, ...], ...], float]:
    """Divide a projection by Louvain's method, largest first, and tell the modularity."""
    import networkx as nx

    if resolution <= 0:
        raise QueryError(f"resolution {resolution} is not above 0")
    nodes = [node for node in projected if projected.degree[node]]
    if not nodes:
        return (), 0.0
    part = nx.convert_node_labels_to_integers(projected.subgraph(nodes), label_attribute="name")
    order = {node: n for n, node in enumerate(projected)}
    plain = nx.Graph()
    plain.add_nodes_from(order[part.nodes[n]["name"]] for n in part)
    renamed = {n: order[part.nodes[n]["name"]] for n in part}
    plain.add_nodes_from(sorted(renamed.values()))
    plain.add_weighted_edges_from(
        sorted(
            (min(renamed[a], renamed[b]), max(renamed[a], renamed[b]), w)
            for a, b, w in part.edges(data="weight")
        )
    )
    groups = nx.community.louvain_communities(plain, resolution=resolution, seed=SEED)
    modularity = nx.community.modularity(plain, groups, resolution=resolution)
    names = list(projected)
    ordered = sorted((sorted(group) for group in groups), key=lambda g: (-len(g), g))
    return tuple(tuple(names[n] for n in group) for group in ordered), round(modularity, 9)


def _describe(network: nx.Graph, group: tuple[str, ...], scheme: str) -> Community:
    """Name a community's regions and its most telling topics."""
    inside = set(group)
    others = [node for node in side(network, "region") if node not in inside and network[node]]
    lifts = []
    for node in side(network, "topic"):
        near = set(network[node])
        lift = len(near & inside) / len(inside)
        lift -= sum(1 for other in others if other in near) / len(others) if others else 0.0
        if lift > 0:
            lifts.append((topic(scheme, node), round(lift, 9)))
    lifts.sort(key=lambda pair: (-pair[1], pair[0].rank))
    return Community(
        regions=tuple(network.nodes[node]["label_zh"] for node in group), topics=tuple(lifts[:5])
    )


def write(network: nx.Graph, format: Format) -> bytes:
    """Write a network for Gephi: GraphML, or GEXF without the day on which it is written."""
    import networkx as nx

    clean = nx.Graph()
    clean.add_nodes_from(
        (_xml(node), {**{k: _xml(v) for k, v in data.items()}, "label": _xml(data["label_zh"])})
        for node, data in network.nodes(data=True)
    )
    clean.add_edges_from((_xml(a), _xml(b), data) for a, b, data in network.edges(data=True))
    if format == "graphml":
        text = "\n".join(nx.generate_graphml(clean))
    elif format == "gexf":
        text = re.sub(r' lastmodifieddate="[^"]*"', "", "\n".join(nx.generate_gexf(clean)))
    else:
        raise QueryError(f"unknown format '{format}'", hint="one of graphml, gexf")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


def _xml(value: Any) -> Any:
    """Replace what XML 1.0 cannot hold (section 2.2)."""
    return _NOT_XML.sub("\ufffd", value) if isinstance(value, str) else value


def network(
    graph: Graph, *, scheme: Scheme = "hazard", fold: bool = False, of: Side = "both"
) -> nx.Graph:
    """Make the bipartite graph, or its projection onto regions or topics."""
    if of not in get_args(Side):
        raise QueryError(f"unknown side '{of}'", hint="one of " + ", ".join(get_args(Side)))
    found = bipartite(graph, scheme=scheme, fold=fold)
    return found if of == "both" else projection(found, of)
