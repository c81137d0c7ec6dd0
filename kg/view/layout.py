"""Where each node stands: regions in the middle, sectors to their left, the rest to their right.

Force-directed layouts of such graphs were tried first and give a hairball: most concepts are shared
by several regions (docs/decisions/0050). In lanes every label has a line of its own, and the lines
between lanes can be followed. Positions are computed here, once, from the graph alone, in units that
are pixels at the scale at which the page opens; the page stretches the distance between the lanes to
the shape of the window.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

from kg.view.kinds import KINDS, look

if TYPE_CHECKING:
    import networkx as nx

ROW = 16
"""Height of a row with a label."""
GAP = 7
"""Between two groups of hazard sectors."""
HEADING = 25
"""Above the first row of a kind, where its heading stands."""
SPREAD = 2.2
"""How far at most the rows of a short lane are spread to make it as tall as the tallest."""
SHORTEST = 380
"""A picture is as tall as that where :data:`SPREAD` allows."""
REGION_ROW = 42
"""Height of a region's box with the space around it."""
NOTICE_ROW = 60
"""The same for a notice, whose title takes up to three lines."""
REGION_SPREAD = 2.8
"""The same as ``SPREAD`` for regions."""
LANE = 300
"""From the outermost region to the first lane on either side."""
NEXT_LANE = {-1: 140, 1: 210}
"""From one lane to the next on a side: the width of its labels."""
REGION_LANE = 130
"""From one column of regions to the next."""
MOST_NOTICES = 6
"""More notices than that do not stand among the regions but on the right."""
WINDOW = (960, 790)
"""Pixels that the picture has in a window of 1280×800; lanes are split so as to fill it best."""


@dataclass(frozen=True, slots=True)
class Place:
    """The middle of a node's mark."""

    x: int
    y: int
    side: int
    """-1: its label stands to the left of the mark; 0: inside; 1: to the right."""


@dataclass(frozen=True, slots=True)
class Heading:
    """The name of a kind above its rows."""

    kind: str
    x: int
    y: int
    side: int


@dataclass(frozen=True, slots=True)
class Layout:
    """Places by node, and headings."""

    places: dict[Any, Place]
    headings: tuple[Heading, ...]


_Box = tuple[Any, int]
"""A node in the middle, and the height of its box with the space around it."""


@dataclass(slots=True)
class _Row:
    node: Any
    kind: str
    gap: int
    """Space above it, before its own height."""


def layout(graph: nx.MultiDiGraph) -> Layout:
    """Place every node of the graph.

    >>> import networkx as nx
    >>> g = nx.MultiDiGraph()
    >>> g.add_node("r", kind="region", order=0)
    >>> g.add_node("h", kind="hazard", order=3, category="c")
    >>> places = layout(g).places
    >>> places["h"].x < places["r"].x
    True
    """
    sides: dict[int, dict[str, list[Any]]] = {-1: {}, 0: {}, 1: {}}
    for kind in KINDS:
        nodes = [node for node, data in graph.nodes(data=True) if _kind(data) == kind]
        if nodes:
            many = kind == "notice" and len(nodes) > MOST_NOTICES
            sides[1 if many else look(kind).side][kind] = nodes
    rows = {
        side: [row for kind, nodes in sides[side].items() for row in _rows(graph, kind, nodes)]
        for side in (-1, 1)
    }
    middle = [
        (node, NOTICE_ROW if kind == "notice" else REGION_ROW)
        for kind, nodes in sides[0].items()
        for node in nodes
    ]
    return max((_arrange(rows, middle, height) for height in _heights(rows, middle)), key=_scale)


def _heights(rows: Mapping[int, Sequence[_Row]], middle: Sequence[_Box]) -> Iterable[int]:
    """The heights worth trying: each splits some side into a different number of lanes."""
    tall = {side: _height(rows[side]) for side in rows} | {0: sum(row for _, row in middle)}
    heights = {ceil(height / lanes) for height in tall.values() for lanes in range(1, 7) if height}
    return sorted(heights) or [ROW]


def _scale(layout: Layout) -> float:
    """The scale at which the layout fits the window."""
    x = [place.x for place in layout.places.values()] or [0]
    y = [place.y for place in layout.places.values()] or [0]
    width = max(x) - min(x) + sum(NEXT_LANE.values())
    return min(WINDOW[0] / width, WINDOW[1] / (max(y) - min(y) + HEADING + ROW))


def _arrange(rows: Mapping[int, Sequence[_Row]], middle: Sequence[_Box], height: int) -> Layout:
    """Place everything in lanes not much taller than ``height``."""
    places: dict[Any, Place] = {}
    headings: list[Heading] = []
    lanes = {side: _split(rows[side], height) for side in (-1, 1)}
    tallest = max((_height(lane) for side in (-1, 1) for lane in lanes[side]), default=0)
    tallest = max(tallest, SHORTEST, min(height, sum(row for _, row in middle)))
    edge = _middle(middle, tallest, places)
    for side in (-1, 1):
        for number, lane in enumerate(lanes[side]):
            x = side * (edge + LANE + number * NEXT_LANE[side])
            spread = min(SPREAD, tallest / _height(lane))
            _stack(lane, x, side, spread, places, headings)
    return Layout(places, tuple(headings))


def _height(lane: Sequence[_Row]) -> int:
    return sum(row.gap + ROW for row in lane) + (HEADING - lane[0].gap) if lane else 0


def _kind(data: dict[str, Any]) -> str:
    return data["kind"] if data["kind"] in KINDS else "other"


def _rows(graph: nx.MultiDiGraph, kind: str, nodes: Sequence[Any]) -> Iterable[_Row]:
    """The rows of one kind: sectors by group, within it the best connected first."""
    wanted = set(nodes)
    degree: Counter[Any] = Counter()
    for *ends, key in graph.edges(keys=True):
        degree.update(end for end in ends if end in wanted and key != "within")
    groups: dict[int, list[Any]] = defaultdict(list)
    categories = graph.graph.get("categories", {})
    for node in nodes:
        data = graph.nodes[node]
        number = categories.get(data.get("category"), {}).get("order", len(categories) + 1000)
        groups[number if kind == "hazard" else 0].append(node)
    first = True
    for number in sorted(groups):
        gathering_last = sorted(
            groups[number], key=lambda node: ("members" in graph.nodes[node], -degree[node])
        )
        for place, node in enumerate(gathering_last):
            yield _Row(node, kind, HEADING if first else GAP if place == 0 else 0)
            first = False


def _split(rows: Sequence[_Row], height: int) -> list[list[_Row]]:
    """The rows in as few lanes as keep each about ``height`` high, evenly filled."""
    total = _height(rows)
    lanes = max(1, ceil(total / height))
    split: list[list[_Row]] = []
    filled = total / lanes
    for row in rows:
        if filled >= total / lanes - ROW / 2 and len(split) < lanes:
            split.append([])
            filled = 0.0
        split[-1].append(row)
        filled += row.gap + ROW
    return split


def _stack(
    lane: Sequence[_Row],
    x: int,
    side: int,
    spread: float,
    places: dict[Any, Place],
    headings: list[Heading],
) -> None:
    """Place the rows of a lane one under the other, ``spread`` times as far, about the middle."""
    y = -_height(lane) / 2
    for number, row in enumerate(lane):
        gap = row.gap if number else HEADING
        if gap == HEADING:
            headings.append(Heading(row.kind, x, round(spread * (y + HEADING)) - 7, side))
        y += gap + ROW
        places[row.node] = Place(x, round(spread * (y - ROW / 2)), side)


def _middle(boxes: Sequence[_Box], tallest: int, places: dict[Any, Place]) -> int:
    """Place regions and notices in columns, in the graph's order; how far the outermost is out."""
    if not boxes:
        return 0
    total, last = sum(row for _, row in boxes), boxes[-1][1]
    columns = max(1, ceil((total - last) / max(tallest, last)))
    rows = ceil(len(boxes) / columns)
    for column in range(columns):
        held = boxes[column * rows : (column + 1) * rows]
        if not held:
            continue
        height = sum(row for _, row in held)
        spread = min(REGION_SPREAD, max(1.0, 0.94 * tallest / height))
        x = (column - (columns - 1) / 2) * REGION_LANE
        y = -spread * height / 2
        for node, row in held:
            y += spread * row / 2
            places[node] = Place(round(x), round(y), 0)
            y += spread * row / 2
    return (columns - 1) * REGION_LANE // 2
