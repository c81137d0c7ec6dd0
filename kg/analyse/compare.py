"""Two regions side by side: what both name, and what only one of them does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from kg.analyse.facts import Lang, Passage, Place, Said, Topic, one_place, statements
from kg.analyse.page import words
from kg.errors import QueryError
from kg.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.api import Graph

Side = Literal["both", "first", "second"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One topic: how many statements of each region, and where they stand."""

    topic: Topic
    first: int
    second: int
    first_passages: tuple[Passage, ...]
    second_passages: tuple[Passage, ...]

    @property
    def side(self) -> Side:
        """Whose topic it is."""
        return "both" if self.first and self.second else "first" if self.first else "second"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison(Table):
    """Topics of two regions: first what both name, then what only one does."""

    first: Place
    second: Place
    lang: Lang
    lines: tuple[Line, ...]

    def of(self, side: Side) -> tuple[Line, ...]:
        """Return the topics of both regions, or of one only."""
        return tuple(line for line in self.lines if line.side == side)

    @property
    def columns(self) -> tuple[str, ...]:
        """Kind, topic, statements of each region, whose it is."""
        word = words()[self.lang]
        return word["kind"], word["name"], self.first.name, self.second.name, word["whose"]

    def cells(self) -> list[tuple[Any, ...]]:
        """A row a topic."""
        word = words()[self.lang]
        whose = {
            "both": word["both"],
            "first": f"{word['only']} {self.first.name}",
            "second": f"{word['only']} {self.second.name}",
        }
        return [
            (
                word[line.topic.scheme],
                line.topic.label(self.lang),
                line.first,
                line.second,
                whose[line.side],
            )
            for line in self.lines
        ]


def compare(
    graph: Graph, first: str, second: str, *, fold: bool = False, lang: Lang = "zh"
) -> Comparison:
    """Set what two regions stress, invoke, order and run side by side.

    ``fold`` counts narrower topics under the topmost: who says 煤矿 and who says 尾矿库 then agree on
    矿山. Raises QueryError for a region that is unknown, or of which no notice is held.
    """
    one, two = one_place(graph, first), one_place(graph, second)
    if one.iri == two.iri:
        raise QueryError(f"'{first}' and '{second}' are the same region")
    said = [gather(statements(graph, region=f"<{place.iri}>"), fold=fold) for place in (one, two)]
    lines = [
        Line(
            topic=topic,
            first=tally(said[0].get(topic, ())),
            second=tally(said[1].get(topic, ())),
            first_passages=said[0].get(topic, ()),
            second_passages=said[1].get(topic, ()),
        )
        for topic in sorted({*said[0], *said[1]}, key=lambda t: t.rank)
    ]
    order = {"both": 0, "first": 1, "second": 2}
    lines.sort(key=lambda line: order[line.side])
    return Comparison(first=one, second=two, lang=lang, lines=tuple(lines))


def gather(said: Iterable[Said], *, fold: bool = False) -> Mapping[Topic, tuple[Passage, ...]]:
    """Gather passages by topic, or by the topmost one above it."""
    found: dict[Topic, set[Passage]] = defaultdict(set)
    for one in said:
        found[one.topic.above[-1] if fold else one.topic].add(one.passage)
    return {topic: tuple(sorted(group)) for topic, group in found.items()}


def tally(passages: Iterable[Passage]) -> int:
    """Count the statements that passages are of: one may stand in several places."""
    return len({p.statement for p in passages})
