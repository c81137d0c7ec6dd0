"""One region on one page: what it held, stressed, demanded, against the average of regions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.analyse.compare import gather, tally
from kg.analyse.facts import Lang, Passage, Place, Topic, naming, one_place, places, statements
from kg.analyse.page import words
from kg.analyse.timeline import events
from kg.model import NATIONAL
from kg.table import Table

if TYPE_CHECKING:
    from kg.api import Graph

#: What is counted, in the order in which it is shown.
NUMBERS = (
    *("notices_n", "meetings_n", "sectors", "responsibilities_n"),
    *("measures_n", "campaigns_n", "obligations_n"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A count of the region, and the mean of it over all regions held but the State."""

    key: str
    here: int
    mean: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A topic that the region names, and the share of regions (but the State) that do."""

    topic: Topic
    statements: int
    share: float
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Held:
    """A meeting of the region."""

    date: str
    name: str
    organiser: str = ""
    iri: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """A directive clause of the region."""

    modality: str
    bearer: str
    deadline: str
    passage: Passage


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile(Table):
    """What a region held, stressed and demanded."""

    place: Place
    lang: Lang
    regions: int
    """How many regions the means and shares are of."""
    numbers: tuple[Number, ...]
    topics: tuple[Named, ...]
    meetings: tuple[Held, ...]
    duties: tuple[Duty, ...]

    def of(self, scheme: str) -> tuple[Named, ...]:
        """Return its topics of one scheme, those with most statements first."""
        return tuple(n for n in self.topics if n.topic.scheme == scheme)

    @property
    def modalities(self) -> dict[str, int]:
        """How many clauses oblige, prohibit, permit, recommend."""
        found = Counter(duty.modality for duty in self.duties)
        order = ("obligation", "prohibition", "permission", "recommendation")
        return {name: found[name] for name in order if found[name]}

    @property
    def columns(self) -> tuple[str, ...]:
        """Section, name, number, what it is compared with."""
        word = words()[self.lang]
        return word["kind"], word["name"], word["here"], word["average"]

    def cells(self) -> list[tuple[Any, ...]]:
        """All numbers, then all topics, then the meetings."""
        word = words()[self.lang]
        rows: list[tuple[Any, ...]] = [
            (word["numbers"], word[n.key], n.here, n.mean) for n in self.numbers
        ]
        rows += [
            (word[n.topic.scheme], n.topic.label(self.lang), n.statements, n.share)
            for n in self.topics
        ]
        rows += [(word["meetings"], m.name, m.date or word["undated"], None) for m in self.meetings]
        rows += [
            (word["obligations"], word[f"modality_{name}"], number, None)
            for name, number in self.modalities.items()
        ]
        return rows

    def _repr_html_(self) -> str:
        from kg.analyse.profile_page import fragment

        return fragment(self, embedded=True)


def profile(graph: Graph, region: str, *, lang: Lang = "zh") -> Profile:
    """Describe one region: numbers, topics, meetings and directive clauses, each with its place.

    Means and shares are over the regions held, the State (全国) not among them. Raises QueryError
    for a region that is unknown, or of which no notice is held.
    """
    place = one_place(graph, region)
    everywhere = places(graph)
    others = [p for p in everywhere if p.name != NATIONAL]
    own = gather(statements(graph, region=f"<{place.iri}>"))
    regions = naming(graph)
    inside = {p.iri for p in others}
    topics = [
        Named(
            topic=topic,
            statements=tally(found),
            share=len(regions.get(topic, frozenset()) & inside) / len(others) if others else 0.0,
            passages=found,
        )
        for topic, found in own.items()
    ]
    topics.sort(key=lambda n: (n.topic.rank[0], -n.statements, n.topic.rank))
    counted = _counts(graph, regions)
    return Profile(
        place=place,
        lang=lang,
        regions=len(others),
        numbers=tuple(
            Number(
                key=key,
                here=counted[key][place.iri],
                mean=sum(counted[key][p.iri] for p in others) / len(others) if others else 0.0,
            )
            for key in NUMBERS
        ),
        topics=tuple(topics),
        meetings=_meetings(graph, place),
        duties=_duties(graph, place),
    )


def _counts(graph: Graph, named: Mapping[Topic, frozenset[str]]) -> dict[str, Counter[str]]:
    """Count for every region what a profile compares, by key of NUMBERS and IRI."""
    counted: dict[str, Counter[str]] = {key: Counter() for key in NUMBERS}
    for row in graph.query("regions"):
        iri = str(row["place"])
        for key, column in (
            ("notices_n", "notices"),
            ("sectors", "sectors"),
            ("responsibilities_n", "responsibilities"),
            ("measures_n", "measures"),
            ("obligations_n", "obligations"),
        ):
            counted[key][iri] = int(str(row[column] or 0))
    for topic, regions in named.items():
        if topic.scheme == "campaign":
            counted["campaigns_n"].update(regions)
    held = {(one.place, one.thing) for one in events(graph) if one.kind == "meeting"}
    counted["meetings_n"].update(iri for iri, _ in held if iri)
    return counted


def _meetings(graph: Graph, place: Place) -> tuple[Held, ...]:
    found = {
        Held(
            date=str(row["date"] or ""),
            name=str(row["meeting"]),
            organiser=str(row["organiser"] or ""),
            iri=str(row["about"]),
        )
        for row in graph.query("meetings", region=f"<{place.iri}>")
    }
    return tuple(sorted(found))


def _duties(graph: Graph, place: Place) -> tuple[Duty, ...]:
    found: dict[str, Duty] = {}
    for row in graph.query("obligations", region=f"<{place.iri}>"):
        found.setdefault(
            str(row["statement"]),
            Duty(
                modality=str(row["modality"]),
                bearer=str(row["bearer"] or ""),
                deadline=str(row["deadline"] or ""),
                passage=Passage(
                    file=str(row["file"]),
                    start=int(str(row["start"])),
                    end=int(str(row["end"])),
                    quote=str(row["quote"]),
                    statement=str(row["statement"]),
                ),
            ),
        )
    return tuple(sorted(found.values(), key=lambda d: d.passage))
