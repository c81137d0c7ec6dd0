"""The bridge to networkx: who stresses, invokes, orders, runs, held what, and where it is said.

A node is an IRI with its labels; an edge is one relation between two nodes, whatever the number of
statements behind it. Statement and evidence nodes of the RDF do not appear as nodes: an edge
carries them as attributes, which is the form that centrality and pictures need.

Node attributes:

* ``iri``, and ``kind``: ``region``, ``hazard``, ``responsibility``, ``measure``, ``campaign``, …
* ``label_zh``, ``label_zh_hant``, ``label_en``; a name that has no English is given in Chinese
* ``notation``: division code, concept id, file stem or document number, ``""`` where none
* ``category``: IRI of the topmost broader concept, or of the division it lies in, ``""`` if none
* ``date``: ISO date or ``""``; ``order``: place of a concept in its scheme, 0 for others

Edge attributes:

* ``predicate``, also the edge's key: ``stresses``, ``invokes``, ``orders``, ``runs``, ``held``, …
* ``degree``: the highest degree of the statements (1 to 3), 0 where the relation has none
* ``statements``: their IRIs; ``quotes``: the evidence, as :class:`Quote`, by file and offset
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from kg.graph.build import Build, Keep, Quote
from kg.graph.facts import Source, facts
from kg.graph.nodes import narrower, ordered, resolve

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["Quote", "Source", "around", "to_networkx"]


def to_networkx(
    source: Source,
    *,
    region: str | None = None,
    hazard: str | None = None,
    notice: str | None = None,
    obligations: bool = False,
    max_quotes: int | None = None,
) -> nx.MultiDiGraph:
    """Make the graph of what regions do with concepts, meetings and campaigns, in a fixed order.

    ``region``, ``hazard`` and ``notice`` keep what is stated by that region, on that hazard or a
    narrower one, in that notice; each takes an IRI, an id or code, or a label in any language.
    ``obligations`` adds a node for each directive clause. ``max_quotes`` bounds the quotes that an
    edge carries. ``graph.graph`` tells how many ``obligations`` there are, the labels of the
    ``categories`` of hazards and of the ``places`` that regions lie in, and what it is ``about``
    where it is restricted.

    Raises QueryError for a region, hazard or notice that nothing in the store is called.

    >>> line = '<urn:r> <{0}stresses> <https://kg-safety.example/hazard/tailings-pond> .'
    >>> graph = to_networkx(line.format("https://kg-safety.example/ns#").encode())
    >>> [graph.nodes[o]["label_en"] for _, o in graph.edges()]
    ['tailings ponds']
    """
    found = facts(source)
    asked = resolve(found, "hazard", hazard)
    keep = Keep(
        regions=resolve(found, "region", region),
        asked=asked,
        hazards=narrower(asked),
        notices=resolve(found, "notice", notice),
    )
    build = Build(found, keep, max_quotes=max_quotes)
    build.read(obligations=obligations)
    return build.graph()


def around(graph: nx.MultiDiGraph, iris: Iterable[str]) -> nx.MultiDiGraph:
    """Cut out the part of a graph about these nodes or statements, as a query's rows name them.

    A statement stands for the relation that it bears out. Nodes that are related to none of the
    others are shown with all that they are related to, but with directive clauses only where these
    are asked for.
    """
    wanted = set(iris)
    edges: list[tuple[str, str, str]] = []
    near: list[tuple[str, str, str]] = []
    for subject, obj, key, data in graph.edges(keys=True, data=True):
        if (subject in wanted and obj in wanted) or not wanted.isdisjoint(data["statements"]):
            edges.append((subject, obj, key))
        elif all(
            graph.nodes[end]["kind"] != "obligation" or end in wanted for end in (subject, obj)
        ):
            near.append((subject, obj, key))
    related = {end for *ends, key in edges if key != "within" for end in ends}
    alone = {node for node in wanted if node in graph} - related
    edges += [edge for edge in near if not alone.isdisjoint(edge[:2])]
    kept = graph.edge_subgraph(edges).copy()
    for node in sorted(alone - set(kept)):
        kept.add_node(node, **graph.nodes[node])
    return ordered(kept)
