"""Networks of regions and topics: by hand, against plain counting, and in files for Gephi."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from itertools import combinations

import networkx as nx
import pytest
from hypothesis import given, settings

from kg.analyse.network import bipartite, communities, network, projection, stats, write
from kg.errors import QueryError
from tests.analysed import graph, seed, worlds
from tests.records import spoilt
from tests.stores import on_disk


def test_the_seeds_network_has_the_numbers_counted_by_hand():
    with seed() as opened:
        found = stats(opened)
        projected = network(opened, of="regions")
    assert (found.regions, found.topics, found.edges) == (7, 38, 6 + 23 + 12 + 5 + 7 + 11)
    assert found.density == pytest.approx(64 / (7 * 38))
    assert found.components == 2  # 全国 stresses nothing and stands alone
    first = found.central[0]
    assert (first.topic.id, first.regions) == ("forest-fire", 5)
    assert first.share == pytest.approx(5 / 7)
    shared = {
        tuple(sorted((projected.nodes[a]["label_zh"], projected.nodes[b]["label_zh"]))): data
        for a, b, data in projected.edges(data=True)
    }
    # 森林防火 and 防汛 of 12 and 5
    assert shared["江西省", "黑龙江省"] == {"shared": 2, "weight": 2 / 15}
    with seed() as opened:
        both = network(opened)
    tops = [n for n, side in both.nodes(data="side") if side == "topic"]
    between = nx.bipartite.betweenness_centrality(both, tops)
    close = nx.bipartite.closeness_centrality(both, tops)
    for one in found.central:
        assert one.betweenness == pytest.approx(between[one.topic.id])
        assert one.closeness == pytest.approx(close[one.topic.id])
    names = sorted(name for c in found.communities for name in c.regions)
    assert names == sorted(["长春市", "黑龙江省", "江西省", "湖南省", "广东省", "新疆生产建设兵团"])


@given(worlds())
@settings(max_examples=30, deadline=None)
def test_any_network_and_its_projections_are_what_plain_counting_gives(records):
    with graph(records) as opened:
        found = bipartite(opened)
        numbers = stats(opened)
    label = nx.get_node_attributes(found, "label_zh")
    edges = {(label[a], b): d["statements"] for a, b, d in found.edges(data=True)}
    said = {
        (s.region, s.hazard, n)
        for n, record in enumerate(records)
        for s in record.stresses
        if s.region is not None
    }
    assert edges == {
        (r, h): sum((r, h) == (x, y) for x, y, _ in said) for r, h in {(r, h) for r, h, _ in said}
    }
    own = {r: {h for x, h, _ in said if x == r} for r, _, _ in said}
    regions = projection(found, "regions")
    got = {
        frozenset((label[a], label[b])): (d["shared"], pytest.approx(d["weight"]))
        for a, b, d in regions.edges(data=True)
    }
    assert got == {
        frozenset((a, b)): (len(own[a] & own[b]), len(own[a] & own[b]) / len(own[a] | own[b]))
        for a, b in combinations(own, 2)
        if own[a] & own[b]
    }
    by_topic = {h: {r for r in own if h in own[r]} for _, h, _ in said}
    topics = projection(found, "topics")
    assert {frozenset(e) for e in topics.edges()} == {
        frozenset((a, b)) for a, b in combinations(by_topic, 2) if by_topic[a] & by_topic[b]
    }
    assert {c.topic.id: c.regions for c in numbers.central} == {
        h: len(rs) for h, rs in by_topic.items()
    }
    groups, _ = communities(regions)
    assert sorted(n for group in groups for n in group) == sorted(
        n for n in regions if regions.degree[n]
    )


def test_two_cliques_of_regions_are_two_communities():
    cliques = nx.Graph()
    for first, second in (*combinations("abc", 2), *combinations("xyz", 2)):
        cliques.add_edge(first, second, weight=1.0)
    cliques.add_edge("a", "x", weight=0.1)
    groups, modularity = communities(cliques)
    assert [set(g) for g in groups] == [set("abc"), set("xyz")]
    assert modularity > 0.4
    with pytest.raises(QueryError, match="not above 0"):
        communities(cliques, resolution=0)


@pytest.mark.parametrize("format", ["graphml", "gexf"])
def test_a_file_for_gephi_holds_all_and_nothing_that_breaks_it(format, tmp_path):
    with graph([spoilt("\x00\x1b]]></x>")]) as opened:
        hostile = write(network(opened), format)
    ET.fromstring(hostile)
    with seed() as opened:
        found = network(opened)
        data = write(found, format)
    file = tmp_path / f"g.{format}"
    file.write_bytes(data)
    read = nx.read_graphml(file) if format == "graphml" else nx.read_gexf(file)
    assert set(read.nodes) == set(found.nodes)
    assert read.number_of_edges() == 64
    assert b"lastmodified" not in data


def test_the_same_store_gives_the_same_bytes_whatever_the_seed_of_hashes(tmp_path):
    store = on_disk(tmp_path / "s")
    out = []
    for number in ("0", "1"):
        env = {**os.environ, "PYTHONHASHSEED": number}
        file = tmp_path / f"{number}.gexf"
        done = [
            subprocess.run(
                [sys.executable, "-m", "kg", "graph", *args, "--store", str(store)],
                capture_output=True,
                env=env,
                check=True,
            ).stdout
            for args in (("stats", "-f", "json"), ("export", "-o", str(file), "--of", "topics"))
        ]
        out.append((done[0], file.read_bytes()))
    assert out[0] == out[1]
    assert json.loads(out[0][0])["regions"] == 4
