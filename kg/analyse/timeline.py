"""What happened when: meetings, and the deadlines that notices set."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.analyse.facts import Lang, Passage
from kg.analyse.page import words
from kg.table import Table

if TYPE_CHECKING:
    from kg.api import Graph


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Event:
    """A meeting, or the day by which something is to be done."""

    date: str
    """ISO date; ``""`` for a meeting whose day no notice tells."""
    kind: str
    """``meeting`` or ``deadline``."""
    region: str
    what: str
    begins: str = ""
    """First day of a period that ends on ``date``."""
    thing: str = ""
    place: str = ""
    passages: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline(Table):
    """Events by date; the undated are counted, not placed."""

    lang: Lang
    events: tuple[Event, ...]
    undated: int

    @property
    def columns(self) -> tuple[str, ...]:
        """Date, begin of a period, kind, region, what, and the first passage."""
        word = words()[self.lang]
        keys = ("date", "begins", "kind", "region", "what", "file", "from", "to")
        return tuple(word[key] for key in keys)

    def cells(self) -> list[tuple[Any, ...]]:
        """A row an event."""
        word = words()[self.lang]
        return [
            (
                event.date,
                event.begins or None,
                word[event.kind],
                event.region or None,
                event.what,
                event.passages[0].file,
                event.passages[0].start,
                event.passages[0].end,
            )
            for event in self.events
        ]


def events(graph: Graph, *, region: str | None = None) -> tuple[Event, ...]:
    """Return all meetings and deadlines, by date, the undated first."""
    given = {} if region is None else {"region": region}
    found: dict[Event, set[Passage]] = defaultdict(set)
    for row in graph.query("events", **given):
        event = Event(
            date=str(row["date"] or ""),
            kind=str(row["kind"]),
            region=str(row["region"] or ""),
            what=str(row["what"]),
            begins=str(row["begins"] or ""),
            thing=str(row["thing"]),
            place=str(row["place"] or ""),
        )
        found[event].add(
            Passage(
                file=str(row["file"]),
                start=int(str(row["start"])),
                end=int(str(row["end"])),
                quote=str(row["quote"]),
                statement=event.thing if event.kind == "deadline" else "",
            )
        )
    return tuple(
        Event(
            date=e.date, kind=e.kind, region=e.region, what=e.what, begins=e.begins,
            thing=e.thing, place=e.place, passages=tuple(sorted(group)),
        )
        for e, group in sorted(found.items())
    )  # fmt: skip


def timeline(
    graph: Graph,
    *,
    region: str | None = None,
    kind: str | None = None,
    since: str | None = None,
    until: str | None = None,
    lang: Lang = "zh",
) -> Timeline:
    """Put meetings and deadlines in order of time.

    ``since`` and ``until`` are days, both included. Raises QueryError for an unknown region or date.
    """
    first, last = day(graph, since), day(graph, until)
    found = [e for e in events(graph, region=region) if kind in (None, e.kind)]
    return Timeline(
        lang=lang,
        events=tuple(
            e for e in found if e.date and (first or e.date) <= e.date <= (last or e.date)
        ),
        undated=sum(1 for e in found if not e.date),
    )


def day(graph: Graph, text: str | None) -> str | None:
    """Read a date as the queries do: 2020-04-10, 2020年4月10日; raises QueryError."""
    from kg.parameters import resolve

    return None if text is None else resolve("date", text, store=graph.store)[0].value
