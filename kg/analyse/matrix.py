"""Who stressed what: regions by topics, in numbers, each with the passages behind it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from kg.analyse.facts import (
    Count,
    Lang,
    Passage,
    Place,
    Topic,
    by_cell,
    counts,
    named_places,
    places,
    provinces,
    statements,
    vocabulary,
)
from kg.errors import QueryError
from kg.table import Table

if TYPE_CHECKING:
    from rich.console import Console

    from kg.api import Graph

Rows = Literal["regions", "provinces"]
Columns = Literal["hazards", "responsibilities", "measures"]
Cells = Literal["statements", "notices", "degree"]

#: Steps of colour, apart from nought.
SHADES = 5
_SCHEME: Mapping[str, str] = {
    "hazards": "hazard",
    "responsibilities": "responsibility",
    "measures": "measure",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What a region says of a topic: how many statements, in how many notices, how strongly."""

    statements: int = 0
    notices: int = 0
    degree: int = 0
    """The highest, 3 singled out to 1 one of a list; 0 for responsibilities and measures."""
    passages: tuple[Passage, ...] = ()

    def value(self, cells: Cells) -> int:
        """The number that is shown."""
        return int(getattr(self, cells))


EMPTY = Cell()


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix(Table):
    """Regions by topics. A place that is not ``held`` has no cells: nothing is known of it."""

    cols: Columns
    cells_show: Cells
    folded: bool
    lang: Lang
    places: tuple[Place, ...]
    topics: tuple[Topic, ...]
    largest: int
    """The largest number shown."""
    values: Mapping[tuple[str, str], Cell]
    """By IRI of the place and id of the topic; what is not in it is nought."""

    def cell(self, place: Place, topic: Topic) -> Cell | None:
        """What a region says of a topic; None where no notice of the region is held."""
        return self.values.get((place.iri, topic.id), EMPTY) if place.held else None

    def value(self, place: Place, topic: Topic) -> int | None:
        """The number shown; None where no notice of the region is held."""
        cell = self.cell(place, topic)
        return None if cell is None else cell.value(self.cells_show)

    @property
    def columns(self) -> tuple[str, ...]:
        """Region, code, notices held, then a column a topic."""
        first = ("地区", "代码", "通知") if self.lang == "zh" else ("region", "code", "notices")
        return (*first, *(topic.label(self.lang) for topic in self.topics))

    def cells(self) -> list[tuple[Any, ...]]:
        """A row a region; None where no notice of it is held."""
        return [
            (
                place.name,
                place.code,
                place.notices,
                *(self.value(place, topic) for topic in self.topics),
            )
            for place in self.places
        ]

    def shade(self, value: int) -> int:
        """How dark a number is shown, 0 to 5: small numbers as they are, others by the largest."""
        return -(-value * SHADES // max(SHADES, self.largest))

    def totals(self) -> tuple[int, ...]:
        """How many regions name each topic."""
        return tuple(
            sum(1 for place in self.places if self.value(place, topic)) for topic in self.topics
        )

    def print(self, console: Console) -> None:
        """Print a table; a dash stands where no notice of the region is held."""
        from kg.table import print_table

        rows = [tuple("–" if v is None else v for v in row) for row in self.cells()]
        print_table(console, self.columns, rows)

    def _repr_html_(self) -> str:
        from kg.analyse.matrix_page import fragment

        return fragment(self, embedded=True)


def matrix(
    graph: Graph,
    *,
    rows: Rows = "regions",
    cols: Columns = "hazards",
    cells: Cells = "statements",
    fold: bool = False,
    every: bool = False,
    regions: Iterable[str] | None = None,
    evidence: bool = True,
    lang: Lang = "zh",
) -> Matrix:
    """Count what each region says of each topic.

    ``rows`` are the regions that the store has, or all provinces, held or not; ``regions`` names
    them instead. ``fold`` counts narrower topics under the topmost; else each counts its own
    statements only. ``every`` keeps topics that no row has. ``evidence=False`` leaves the passages
    out, which is faster. Raises QueryError for unknown names.
    """
    _check("rows", rows, Rows)
    _check("cols", cols, Columns)
    _check("cells", cells, Cells)
    scheme = _SCHEME[cols]
    if regions is not None:
        chosen = named_places(graph, regions)
    else:
        chosen = provinces(graph) if rows == "provinces" else places(graph)
    wanted = {place.iri for place in chosen}
    found = [c for c in counts(graph, scheme) if c.place in wanted]
    shown = {
        c: c.topic.above[-1] if fold else c.topic
        for c in sorted(found, key=lambda c: (c.place, c.topic.rank, c.notice))
    }
    quotes: dict[tuple[str, Topic], set[Passage]] = defaultdict(set)
    if evidence:
        for (place, topic), group in by_cell(statements(graph)).items():
            quotes[place, topic.above[-1] if fold else topic] |= set(group)
    gathered: dict[tuple[str, Topic], list[Count]] = defaultdict(list)
    for count, topic in shown.items():
        gathered[count.place, topic].append(count)
    values = {
        (place, topic.id): Cell(
            statements=sum(c.statements for c in group),
            notices=len({c.notice for c in group}),
            degree=max(c.degree for c in group),
            passages=tuple(sorted(quotes[place, topic])),
        )
        for (place, topic), group in gathered.items()
    }
    used = set(shown.values())
    topics = (
        t for t in vocabulary(scheme) if t in used or (every and (not fold or t.above[-1] == t))
    )
    return Matrix(
        cols=cols,
        cells_show=cells,
        folded=fold,
        lang=lang,
        places=chosen,
        topics=tuple(topics),
        largest=max((cell.value(cells) for cell in values.values()), default=0),
        values=values,
    )


def _check(name: str, value: str, allowed: Any) -> None:
    if value not in get_args(allowed):
        raise QueryError(f"unknown {name} '{value}'", hint="one of " + ", ".join(get_args(allowed)))
