"""What is to be done by when: directive clauses with a deadline, also as a calendar to import."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Literal

from kg.analyse.bearers import matcher
from kg.analyse.facts import Lang, Passage
from kg.analyse.page import words
from kg.analyse.timeline import day
from kg.results import safe
from kg.table import Table, needs

if TYPE_CHECKING:
    from kg.api import Graph

When = Literal["before", "by", "on", "after"]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Duty:
    """One directive clause, and the day by which it is to be done."""

    deadline: str
    """ISO date of the last day."""
    passage: Passage
    """The clause as restored, and its place."""
    begins: str = ""
    """First day, where the notice gives a period."""
    words: str = ""
    """The deadline as the notice puts it."""
    region: str = ""
    bearer: str = ""
    """Who is to act, in the notice's words; ``""`` where nobody is named."""
    modality: str = "obligation"
    action: str = ""
    object: str = ""
    condition: str = ""
    hazards: tuple[str, ...] = ()
    statement: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duties(Table):
    """Duties by deadline."""

    lang: Lang
    duties: tuple[Duty, ...]
    unnamed: int
    """How many were left out because they name no bearer, where one was asked for."""
    base: str

    @property
    def columns(self) -> tuple[str, ...]:
        """Deadline, region, bearer, modality, clause, place."""
        word = words()[self.lang]
        keys = (
            *("deadline", "begins", "deadline_words", "region", "bearer", "kind", "words"),
            *("condition", "hazard", "file", "from", "to"),
        )
        return tuple(word[key] for key in keys)

    def cells(self) -> list[tuple[Any, ...]]:
        """A row a duty."""
        word = words()[self.lang]
        return [
            (
                d.deadline,
                d.begins or None,
                d.words or None,
                d.region or None,
                d.bearer or None,
                word[f"modality_{d.modality}"],
                d.passage.quote,
                d.condition or None,
                " ".join(d.hazards) or None,
                d.passage.file,
                d.passage.start,
                d.passage.end,
            )
            for d in self.duties
        ]

    def to_markdown(self) -> str:
        """Write a list by day, with check boxes."""
        word = words()[self.lang]
        out = [f"# {word['duties']}\n"]
        last = ""
        for duty in self.duties:
            if duty.deadline != last:
                out.append(f"\n## {duty.deadline}\n\n")
                last = duty.deadline
            who = "".join(f"**{_md(part)}** " for part in (duty.region, duty.bearer) if part)
            period = f" ({word['begins']} {duty.begins})" if duty.begins else ""
            mode = (
                "" if duty.modality == "obligation" else f"[{word['modality_' + duty.modality]}] "
            )
            place = f"{duty.passage.file} {duty.passage.start}–{duty.passage.end}"
            out.append(f"- [ ] {who}{mode}{_md(duty.passage.quote)}{period} — {_md(place)}\n")
        return "".join(out)

    def to_icalendar(self) -> bytes:
        """Write a calendar (RFC 5545), a whole-day event on each last day.

        The same graph gives the same bytes: events are named by what is demanded, and stamped with
        the last day, not with now. Needs the extra ``calendar``.
        """
        icalendar = needs("icalendar", "calendar")
        word = words()[self.lang]
        calendar = icalendar.Calendar()
        calendar.add("prodid", "-//kg-safety//kg duties//ZH")
        calendar.add("version", "2.0")
        calendar.add("calscale", "GREGORIAN")
        calendar.add("method", "PUBLISH")
        for duty in self.duties:
            calendar.add_component(_event(icalendar, duty, word, self.base))
        written: bytes = calendar.to_ical()
        return written


def _event(icalendar: Any, duty: Duty, word: Any, base: str) -> Any:
    last = date.fromisoformat(duty.deadline)
    event = icalendar.Event()
    name = sha256(f"{duty.statement}\n{duty.deadline}".encode()).hexdigest()[:32]
    event.add("uid", f"{name}@kg-safety.example")
    stamp = icalendar.vDDDTypes(_midnight(last))
    event.add("dtstamp", stamp)
    event.add("dtstart", last)
    event.add("dtend", last + timedelta(days=1))
    summary = " ".join(filter(None, (duty.region, duty.bearer, duty.action + duty.object)))
    event.add("summary", safe(summary or duty.passage.quote)[:200])
    lines = [
        duty.passage.quote,
        f"{word['kind']}: {word['modality_' + duty.modality]}",
        *([f"{word['condition']}: {duty.condition}"] if duty.condition else ()),
        *([f"{word['deadline_words']}: {duty.words}"] if duty.words else ()),
        *([f"{word['begins']}: {duty.begins}"] if duty.begins else ()),
        f"{duty.passage.file} {duty.passage.start}–{duty.passage.end}",
    ]
    event.add("description", "\n".join(map(safe, lines)))
    if duty.hazards:
        event.add("categories", list(duty.hazards))
    event.add("transp", "TRANSPARENT")
    return event


def _midnight(day: date) -> Any:
    from datetime import UTC, datetime

    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _md(text: str) -> str:
    """Keep a notice's characters from being Markdown or HTML."""
    out = safe(text)
    for character in "\\`*_{}[]<>#|!":
        out = out.replace(character, "\\" + character if character != "<" else "&lt;")
    return out


def duties(
    graph: Graph,
    *,
    bearer: str | None = None,
    due: tuple[str, str] | None = None,
    region: str | None = None,
    hazard: str | None = None,
    lang: Lang = "zh",
) -> Duties:
    """List the directive clauses that have a deadline.

    ``bearer`` is a class (enterprise, government, department, official, individual: see
    ontology/bearers.yaml) or a word that the bearer's name must hold. ``due`` is a pair as in
    ``("before", "2021-01-01")``; also ``by`` and ``on`` that day, ``after`` it. Raises QueryError.
    """
    from kg.errors import QueryError

    given: dict[str, object] = {"due": "9999-12-31"}
    if region is not None:
        given["region"] = region
    if hazard is not None:
        given["hazard"] = hazard
    limits = {str(r["statement"]): r for r in graph.query("deadlines")}
    found: dict[str, Duty] = {}
    for row in graph.query("obligations", **given):
        statement = str(row["statement"])
        limit = limits.get(statement, {})
        one = Duty(
            deadline=str(row["deadline"]),
            passage=Passage(
                file=str(row["file"]),
                start=int(str(row["start"])),
                end=int(str(row["end"])),
                quote=str(row["quote"]),
                statement=statement,
            ),
            begins=str(limit.get("begins") or ""),
            words=str(limit.get("words") or ""),
            region=str(row["region"] or ""),
            bearer=str(row["bearer"] or ""),
            modality=str(row["modality"]),
            action=str(row["action"] or ""),
            object=str(row["object"] or ""),
            condition=str(row["condition"] or ""),
            hazards=tuple(str(row["hazards"] or "").split()),
            statement=statement,
        )
        found[statement] = min(found.get(statement, one), one)
    kept = sorted(d for d in found.values() if _valid(d.deadline))
    if due is not None:
        when, text = due
        limit_day = day(graph, text)
        tests = {
            "before": lambda d: d < limit_day,
            "by": lambda d: d <= limit_day,
            "on": lambda d: d == limit_day,
            "after": lambda d: d > limit_day,
        }
        if when not in tests:
            raise QueryError(f"unknown '{when}'", hint="one of " + ", ".join(tests))
        kept = [d for d in kept if tests[when](d.deadline)]
    unnamed = 0
    if bearer is not None:
        unnamed = sum(1 for d in kept if not d.bearer)
        wanted = matcher(bearer)
        kept = [
            d for d in kept if d.bearer and (wanted.has(d.bearer) if wanted else bearer in d.bearer)
        ]
    return Duties(lang=lang, duties=tuple(kept), unnamed=unnamed, base=graph.store.base)


def _valid(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
