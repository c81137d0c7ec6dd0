"""What a meeting or the State asked for that a region did not take up, and what it added."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from kg.analyse.compare import gather, tally
from kg.analyse.facts import Lang, Passage, Place, Said, Topic, named_places, places, statements
from kg.analyse.page import words
from kg.errors import QueryError
from kg.model import NATIONAL
from kg.table import Table

if TYPE_CHECKING:
    from kg.api import Graph

Status = Literal["taken", "broader", "missed", "added"]
_ORDER: Mapping[Status, int] = {"missed": 0, "broader": 1, "taken": 2, "added": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """What became of one topic in one region."""

    place: Place
    topic: Topic
    status: Status
    """``taken`` up itself or by a narrower topic; only a ``broader`` one named; ``missed``; or
    ``added`` by the region."""
    passages: tuple[Passage, ...]
    """The region's; the reference's where it is missed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps(Table):
    """The topics of a reference, region by region."""

    against: str
    lang: Lang
    themes: tuple[Topic, ...]
    since: str
    """Day from which notices count, ``""`` where the reference has no date."""
    regions: tuple[Place, ...]
    gaps: tuple[Gap, ...]

    def of(self, region: str, status: Status) -> tuple[Topic, ...]:
        """Return the topics of a region, by its name, that have this status."""
        return tuple(
            gap.topic for gap in self.gaps if gap.place.name == region and gap.status == status
        )

    @property
    def columns(self) -> tuple[str, ...]:
        """Region, status, kind, topic, statements, first passage."""
        word = words()[self.lang]
        keys = ("region", "status", "kind", "name", "count", "words", "file", "from", "to")
        return tuple(word[key] for key in keys)

    def cells(self) -> list[tuple[Any, ...]]:
        """A row a region and topic."""
        word = words()[self.lang]
        return [
            (
                gap.place.name,
                word[f"status_{gap.status}"],
                word[gap.topic.scheme],
                gap.topic.label(self.lang),
                0 if gap.status == "missed" else tally(gap.passages),
                *_first(gap.passages),
            )
            for gap in self.gaps
        ]


def _first(passages: tuple[Passage, ...]) -> tuple[Any, ...]:
    return (passages[0].quote, passages[0].file, passages[0].start, passages[0].end)


def gaps(
    graph: Graph,
    *,
    against: str = NATIONAL,
    regions: Iterable[str] | None = None,
    lang: Lang = "zh",
) -> Gaps:
    """Compare what regions say with the themes of a reference: a region (全国) or a meeting.

    Themes are all topics that the reference's statements name. Asked about are the regions within
    the reference's, and those that speak in the same notices; ``regions`` names them instead. A
    theme is asked of a region as far as it says something in the same notice, or in one that is not
    older than the theme (the meeting's day, or the first notice with it); what has no date counts.
    Raises QueryError where the reference is unknown or says nothing.
    """
    everything = statements(graph)
    reference, day = _reference(graph, against, everything)
    themes: dict[Topic, list[Said]] = defaultdict(list)
    for one in reference:
        themes[one.topic].append(one)
    since = day or _earliest(reference)
    sources = {one.notice for one in reference}
    speakers = {one.place for one in reference}
    own: dict[str, list[Said]] = defaultdict(list)
    near = set()
    for one in everything:
        if one.place not in speakers and _counts(one, sources, since):
            own[one.place].append(one)
            if one.notice in sources:
                near.add(one.place)
    if regions is None:
        known = places(graph)
        above = [p for p in known if p.iri in speakers]
        chosen = tuple(
            p for p in known if p.iri in own and (p.iri in near or any(within(p, a) for a in above))
        )
    else:
        chosen = named_places(graph, regions)
        absent = [p.name for p in chosen if not p.held]
        if absent:
            raise QueryError(f"no notice is held of {', '.join(absent)}")
    return Gaps(
        against=against,
        lang=lang,
        themes=tuple(sorted(themes, key=lambda t: t.rank)),
        since=since,
        regions=chosen,
        gaps=tuple(gap for place in chosen for gap in _region(place, themes, own[place.iri], day)),
    )


def _earliest(said: Iterable[Said]) -> str:
    """Return the first day of these notices; ``""`` where one has no date, and may be the first."""
    return min((one.published for one in said), default="")


def _counts(one: Said, sources: set[str], since: str) -> bool:
    """Whether a statement may answer what those notices said on that day."""
    return one.notice in sources or not one.published or one.published >= since


def within(place: Place, above: Place) -> bool:
    """Whether a division lies in another, by their codes; all lie in the State.

    >>> city = Place(iri="urn:1", name="长春市", code="220100")
    >>> within(city, Place(iri="urn:2", name="吉林省", code="220000"))
    True
    """
    if above.name == NATIONAL:
        return True
    stem = above.code[:2] if above.code.endswith("0000") else above.code[:4]
    lower = above.code.endswith("00") and place.code != above.code
    return bool(stem) and lower and place.code.startswith(stem)


def _reference(graph: Graph, against: str, said: Iterable[Said]) -> tuple[list[Said], str]:
    """Find the statements compared against, and the day from which others count."""
    from kg.parameters import resolve, resolve_one

    try:
        iris = {term.value for term in resolve("region", against, store=graph.store)}
        found = [one for one in said if one.place in iris]
    except QueryError as unknown:
        try:
            meeting = resolve_one("meeting", against, store=graph.store)
        except QueryError as error:
            if "called" in str(error):
                raise
            raise QueryError(
                f"neither a region nor a meeting is called '{against}'",
                hint=error.hint or unknown.hint,
            ) from None
        found = [one for one in said if one.meeting == meeting]
        days = [str(r["date"]) for r in graph.query("events") if str(r["thing"]) == meeting]
        since = next((d for d in days if d != "None"), "")
        if found:
            return found, since
    if not found:
        raise QueryError(
            f"nothing is held of what '{against}' said",
            hint="its notices only name it; kg query sectors-by-region shows who said something",
        )
    return found, ""


def _region(
    place: Place, themes: Mapping[Topic, list[Said]], own: list[Said], day: str
) -> list[Gap]:
    """Tell for each theme what became of it, and what the region added.

    A theme that is younger than all notices of the region is not asked about: nothing is known.
    """
    out = []
    for theme, said in themes.items():
        sources = {one.notice for one in said}
        answers = [one for one in own if _counts(one, sources, day or _earliest(said))]
        if not answers:
            continue
        taken = [one for one in answers if theme in one.topic.above]
        broader = [one for one in answers if one.topic in theme.above]
        status: Status = "taken" if taken else "broader" if broader else "missed"
        proof = {one.passage for one in taken or broader or said}
        out.append(Gap(place=place, topic=theme, status=status, passages=tuple(sorted(proof))))
    for topic, passages in gather(own).items():
        if not any(theme in topic.above or topic in theme.above for theme in themes):
            out.append(Gap(place=place, topic=topic, status="added", passages=passages))
    return sorted(out, key=lambda g: (_ORDER[g.status], g.topic.rank))
