"""The bridge to networkx: who does what, with which words, as a graph that algorithms take."""

from __future__ import annotations

import networkx as nx
import pytest

from kg.errors import QueryError
from kg.graph import around, to_networkx
from tests.pictures import TEXT, crowd, small, stored


@pytest.fixture(scope="module")
def store():
    return stored(small())


def edges(graph: nx.MultiDiGraph, predicate: str) -> set[tuple[str, str]]:
    name = graph.nodes(data="label_zh")
    return {(name[a], name[b]) for a, b, key in graph.edges(keys=True) if key == predicate}


def test_nodes_are_things_and_edges_are_relations(store):
    graph = to_networkx(store)
    assert ("黑龙江省", "尾矿库") in edges(graph, "stresses")
    assert ("湖南省", "煤矿") in edges(graph, "stresses")
    assert edges(graph, "runs")
    kinds = {kind for _, kind in graph.nodes(data="kind")}
    assert {"region", "hazard", "responsibility", "measure", "campaign", "notice"} <= kinds


def test_an_edge_carries_degree_statements_and_quotes(store):
    graph = to_networkx(store)
    name = graph.nodes(data="label_zh")
    (data,) = [
        d
        for a, b, k, d in graph.edges(keys=True, data=True)
        if (name[a], k, name[b]) == ("黑龙江省", "stresses", "尾矿库")
    ]
    assert data["degree"] in (1, 2, 3)
    assert data["statements"]
    for quote in data["quotes"]:
        assert TEXT[quote.start : quote.end] == quote.text


def test_a_region_a_hazard_a_notice_keep_their_part(store):
    only = to_networkx(store, region="湖南省")
    assert {a for a, _ in edges(only, "stresses")} == {"湖南省"}
    only = to_networkx(store, hazard="tailings ponds")
    assert {b for _, b in edges(only, "stresses")} == {"尾矿库"}
    assert edges(to_networkx(store, notice="small"), "stresses")
    with pytest.raises(QueryError):
        to_networkx(store, hazard="尾矿苦")


def test_around_keeps_what_an_answer_names(store):
    graph = to_networkx(store)
    iri = next(n for n, label in graph.nodes(data="label_zh") if label == "尾矿库")
    part = around(graph, {iri})
    assert iri in part
    assert 0 < len(part) < len(graph)


def test_the_order_is_fixed(store):
    first, second = to_networkx(store), to_networkx(stored(small()))
    assert list(first.nodes(data=True)) == list(second.nodes(data=True))
    assert list(first.edges(keys=True)) == list(second.edges(keys=True))


def test_algorithms_of_networkx_take_it():
    graph = crowd(400)
    ranks = nx.degree_centrality(graph)
    assert len(ranks) == len(graph)
