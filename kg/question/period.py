"""The period that a question names: one day, month or year, or two and what lies between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kg.question.doubts import role
from kg.question.tokens import Token

_TIMES = frozenset({"before", "until", "after", "since", "between"})
_ONE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """First and last day as ISO dates, None where it has no end; and the tokens that are left."""

    rest: tuple[Token, ...]
    since: str | None = None
    until: str | None = None
    why: str = ""
    """Why it is refused."""
    readings: tuple[str, ...] = ()


def period(tokens: Sequence[Token], years: Sequence[int] = ()) -> Period:
    """Take the period out of a question.

    ``years`` are those that the graph speaks of: a day without a year is of the only one.
    """
    everything = tuple(tokens)
    places = [i for i, t in enumerate(tokens) if t.kind == "day"]
    if not places:
        return Period(everything)
    if len(places) > 2:
        return Period(everything, why="more than two days are named")
    bounds = []
    for place in places:
        day = tokens[place].day
        found = day.bounds(years[0] if len(years) == 1 else None) if day else None
        if found is None:
            no_year = day is not None and day.year is None and len(years) != 1
            what = "of which year?" if no_year else "that is no day of the calendar"
            return Period(everything, why=f"'{tokens[place].text}': {what}")
        bounds.append(found)
    near, used = _beside(tokens, places)
    if len(places) == 2 and not near & {"between", "until", "since"}:
        return Period(
            everything, why="two days, and nothing says that a period between them is meant"
        )
    since, until = _ends(bounds[0][0], bounds[-1][1], near, two=len(places) == 2)
    why = ""
    readings: tuple[str, ...] = ()
    if since and until and since > until:
        why = "the period ends before it begins"
    elif since is None and any(role(t) == "must" for t in tokens):
        why, readings = "said by that day, or due by then?", (_due(tokens, places[-1]),)
    return Period(
        rest=tuple(t for i, t in enumerate(tokens) if i not in used),
        since=since.isoformat() if since else None,
        until=until.isoformat() if until else None,
        why=why,
        readings=readings,
    )


def _beside(tokens: Sequence[Token], places: Sequence[int]) -> tuple[set[str], set[int]]:
    """Find the words that say how days bound a period, and which tokens are used up."""
    used, near = set(places), set()
    for place in places:
        for beside in (place - 1, place + 1):
            word = role(tokens[beside]) if 0 <= beside < len(tokens) else ""
            if word in _TIMES or (len(places) == 2 and word == "and"):
                near.add(word)
                used.add(beside)
    between = {i for i, t in enumerate(tokens) if role(t) == "between"}
    return near | ({"between"} if between else set()), used | between


def _ends(first: date, last: date, near: set[str], *, two: bool) -> tuple[date | None, date | None]:
    if two:
        return first, last
    if "until" in near:
        return None, last
    if "before" in near:
        return None, first - _ONE
    if "since" in near:
        return first, None
    if "after" in near:
        return last + _ONE, None
    return first, last


def _due(tokens: Sequence[Token], place: int) -> str:
    """Write the other reading of what must be done by a day: which deadlines there are."""
    day = tokens[place].text
    chinese = any("\u4e00" <= c <= "\u9fff" for t in tokens for c in t.text)
    return f"{day}之前的期限有哪些？" if chinese else f"Which deadlines are there before {day}?"
