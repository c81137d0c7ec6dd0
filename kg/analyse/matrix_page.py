"""The matrix as HTML: a fragment to put into any page, and a page of its own."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from kg.analyse.facts import Passage, Place, Topic
from kg.analyse.page import clean, fill, shell, style, words

if TYPE_CHECKING:
    from kg.analyse.matrix import Matrix

#: Passages that are listed for a cell; the page says how many more there are.
LISTED = 20


@dataclass(frozen=True, slots=True)
class _Cell:
    topic: Topic
    value: int | None
    shade: int = 0
    id: str = ""
    passages: tuple[Passage, ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    held: bool
    cells: tuple[_Cell, ...]


def fragment(matrix: Matrix, *, prefix: str = "kgm", embedded: bool = False) -> str:
    """Make the table with its passages as HTML to put into a page.

    Numbers link to their passages, which CSS shows; no script is needed, and ids begin with
    ``prefix``. The page needs ``kg.analyse.page.style()``, and ``script()`` for sorting;
    ``embedded`` brings the style along, as a notebook wants it.
    """
    rows = [
        _Row(
            clean(place.name, 60),
            place.held,
            tuple(
                _cell(matrix, place, topic, f"{prefix}-{p}-{t}")
                for t, topic in enumerate(matrix.topics)
            ),
        )
        for p, place in enumerate(matrix.places)
    ]
    body = fill("matrix.html", m=matrix, rows=rows, totals=matrix.totals())
    return f"<style>{style()}</style>\n{body}" if embedded else body


def _cell(matrix: Matrix, place: Place, topic: Topic, id: str) -> _Cell:
    found = matrix.cell(place, topic)
    value = None if found is None else found.value(matrix.cells_show)
    if not found or not value:
        return _Cell(topic, value)
    listed = tuple(
        Passage(
            file=clean(p.file, 80),
            start=p.start,
            end=p.end,
            quote=clean(p.quote),
            degree=p.degree,
            meeting=clean(p.meeting, 80),
        )
        for p in found.passages[:LISTED]
    )
    more = len(found.passages) - len(listed)
    return _Cell(topic, value, matrix.shade(value), id, listed, more)


def page(matrix: Matrix, *, title: str | None = None) -> str:
    """Make a whole page of the matrix, which needs no network."""
    title = title or words()[matrix.lang]["matrix"]
    return shell(fragment(matrix), title=title, lang=matrix.lang)


def svg(matrix: Matrix) -> str:
    """Draw the matrix as SVG, with the numbers in it."""
    size, left, top = 26, 170, 190
    width = left + size * len(matrix.topics) + 110
    height = top + size * len(matrix.places) + 16
    fills = ("#ffffff", "#dbe8f5", "#b3cfe9", "#7fadd8", "#2f6ba8", "#173f6b")
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-size="12" '
        'font-family="Noto Sans CJK SC, Noto Sans SC, PingFang SC, Microsoft YaHei, sans-serif">',
        '<defs><pattern id="absent" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="6" height="6" fill="#fbfbfc"/>'
        '<rect width="3" height="6" fill="#e2e6ea"/></pattern></defs>',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    ]
    for t, topic in enumerate(matrix.topics):
        x = left + size * t + size // 2 + 4
        out.append(
            f'<text transform="translate({x},{top - 8}) rotate(-60)">'
            f"{escape(clean(topic.label(matrix.lang), 26))}</text>"
        )
    for p, place in enumerate(matrix.places):
        y = top + size * p
        out.append(
            f'<text x="{left - 8}" y="{y + 17}" text-anchor="end">'
            f"{escape(clean(place.name, 13))}</text>"
        )
        for t, topic in enumerate(matrix.topics):
            x = left + size * t
            cell = _cell(matrix, place, topic, "")
            paint = "url(#absent)" if cell.value is None else fills[cell.shade]
            out.append(
                f'<rect x="{x}" y="{y}" width="{size}" height="{size}" fill="{paint}" '
                'stroke="#d7dde4"/>'
            )
            if cell.value:
                ink = "#ffffff" if cell.shade > 3 else "#17202b"
                out.append(
                    f'<text x="{x + size // 2}" y="{y + 17}" text-anchor="middle" '
                    f'fill="{ink}">{cell.value}</text>'
                )
    return "\n".join([*out, "</svg>\n"])
