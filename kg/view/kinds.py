"""How each kind of node looks, and on which side of the picture it stands.

Regions stand in the middle, hazard sectors on the left, everything else that regions invoke, order,
run or hold on the right, in the order of :data:`KINDS`. To give a new kind of node a look, add a row
here and its names to ``words.json``.
"""

from __future__ import annotations

from collections.abc import Mapping
from colorsys import hls_to_rgb
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Shape = Literal[
    "box", "circle", "diamond", "square", "triangle", "wedge", "hexagon", "pentagon", "page"
]

#: Outlines about the origin as SVG paths: the legend draws them as SVG, the graph on its canvas.
SHAPES: Mapping[Shape, str] = MappingProxyType(
    {
        "box": "M-1.2-.8H1.2V.8H-1.2Z",
        "circle": "M-1 0A1 1 0 1 1 1 0A1 1 0 1 1-1 0Z",
        "diamond": "M0-1.2L1.2 0L0 1.2L-1.2 0Z",
        "square": "M-.9-.9H.9V.9H-.9Z",
        "triangle": "M0-1.1L1.15.9H-1.15Z",
        "wedge": "M0 1.1L1.15-.9H-1.15Z",
        "hexagon": "M-.6-1H.6L1.15 0L.6 1H-.6L-1.15 0Z",
        "pentagon": "M0-1.15L1.1-.3L.7 1H-.7L-1.1-.3Z",
        "page": "M-.8-1.1H.25L.8-.55V1.1H-.8Z",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Colour, shape and side of one kind."""

    shape: Shape
    colour: str
    side: Literal[-1, 0, 1]
    """-1 left, 0 middle, 1 right."""


#: Colours have a contrast of 4.5 or more against white, so that labels can be written in them.
KINDS: Mapping[str, Look] = MappingProxyType(
    {
        "region": Look(shape="box", colour="#1f3a5f", side=0),
        "hazard": Look(shape="circle", colour="#46505c", side=-1),
        "responsibility": Look(shape="diamond", colour="#6a3fb5", side=1),
        "measure": Look(shape="square", colour="#00736b", side=1),
        "campaign": Look(shape="triangle", colour="#b0266f", side=1),
        "meeting": Look(shape="hexagon", colour="#2563a8", side=1),
        "policy": Look(shape="pentagon", colour="#7a5a13", side=1),
        "incident": Look(shape="wedge", colour="#a11212", side=1),
        "notice": Look(shape="page", colour="#5b6470", side=0),
        "obligation": Look(shape="page", colour="#44633f", side=1),
        "addressee": Look(shape="circle", colour="#5b6470", side=1),
        "other": Look(shape="circle", colour="#5b6470", side=1),
    }
)


def look(kind: str) -> Look:
    """The look of a kind; that of ``other`` for one that has none.

    >>> look("region").shape
    'box'
    """
    return KINDS.get(kind, KINDS["other"])


def category_colour(number: int) -> str:
    """The colour of the ``number``-th group of hazard sectors.

    Hues turn by the golden angle, so neighbours differ and any number of groups has colours; the
    lightness keeps a contrast of 4.5 against white.

    >>> category_colour(0)
    '#bf2e18'
    """
    hue = (8 + number * 137.508) % 360
    light = 0.30 if 45 <= hue <= 195 else 0.42
    rgb = hls_to_rgb(hue / 360, light, 0.62 if number % 2 else 0.78)
    return "#" + "".join(f"{round(part * 255):02x}" for part in rgb)
