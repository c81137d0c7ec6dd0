"""All layers -> the record of one notice."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import pairwise, zip_longest

from kg.annotate import FAINT, strength_of
from kg.cues import pattern
from kg.layers import Layers, Mention
from kg.model import (
    NATIONAL,
    Evidence,
    Measure,
    Meeting,
    Notice,
    Record,
    Region,
    Repaired,
    Responsibility,
    Stress,
)
from kg.names import find_incidents, find_meetings
from kg.relate import events
from kg.relate.clause import Clause
from kg.relate.clauses import find_clauses
from kg.relate.cutting import is_cutting, weigh
from kg.relate.meetings import meetings
from kg.relate.obligations import obligations
from kg.relate.statements import state
from kg.relate.topics import topics
from kg.resolve import Speakers

_DOCUMENT = pattern("titles", "document-title")
_REPORTS = pattern("titles", "report-title")
_NEWS = pattern("titles", "news-title")
#: What opens a phrase that says at what the demand behind it is aimed: 针对, 对.
_TOWARDS = frozenset("针对")


def is_document(layers: Layers) -> bool:
    """Whether the page is a formal notice, plan or letter, whose text directs by itself.

    Told by its title (关于…的通知), an addressee line, or 现通知如下.
    """
    title = layers.text[slice(*layers.title)] if layers.title else ""
    clean = re.sub(r"[（(][^）)]{0,12}[）)]$", "", title).strip()
    if _DOCUMENT.search(clean) and ("关于" in clean or not _NEWS.match(clean)):
        return True
    return any(line.kind == "addressee" for line in layers.lines)


def title_clause(layers: Layers) -> Clause | None:
    """关于加强尾矿库安全的通知 orders what it is about."""
    if layers.title is None:
        return None
    start, end = layers.title
    if _REPORTS.search(layers.text[start:end]):
        return None
    match = re.search(
        r"关于(?!印发(?!.*(?:方案|计划))|转发|批转|公布|成立|召开|调整)", layers.text[start:end]
    )
    if match is None:
        return None
    return Clause(start + match.end(), end, 0, 0, "topic", degree=2)


def mask_names(layers: Layers, spans: list[tuple[int, int]]) -> None:
    """What stands in the name of a meeting, a campaign or an accident is not stressed by it."""
    spans.sort()
    starts = [s[0] for s in spans]
    for index, mention in enumerate(layers.mentions):
        at = bisect_right(starts, mention.start) - 1
        if at >= 0 and spans[at][1] >= mention.end and mention.masked in {None, FAINT}:
            layers.mentions[index] = Mention(
                mention.start, mention.end, mention.concept, mention.scheme, "name"
            )


def relate(layers: Layers, speakers: Speakers, notice: Notice, repaired: Repaired) -> Record:
    """The record of one notice, all its statements with their places in the raw file."""
    text, to_raw = layers.text, repaired.alignment.to_input

    def proof(start: int, end: int) -> Evidence:
        a, b = to_raw(start, end)
        return Evidence(start=a, end=b, quote=text[start:end])

    document = is_document(layers)
    names = find_meetings(text, layers.segments)
    held = meetings(layers, speakers, proof, names)
    places = [(m.start, m.end) for m in speakers.mentions]
    told_of = find_incidents(text, layers.segments, places)
    accidents = events.incidents(layers, speakers, proof, told_of)
    mask_names(layers, [(n.start, n.end) for n in (*(m for m, _ in names), *told_of)])
    mask_names(layers, [(m.start, m.end) for m in speakers.mentions if m.full and not m.weak])
    acting = [b.start for a, b in pairwise(speakers.turns) if b.acts and b.region != a.region]
    named = {start for start, _ in places}
    clauses = find_clauses(layers, strength_of(), document=document, turns=acting, divisions=named)
    titled = title_clause(layers) if document else None
    if titled is not None:
        clauses.insert(0, titled)
    enterprise = speakers.enterprise
    _by_whom(clauses, speakers, text)
    if any(turn.region is not None for turn in speakers.turns):
        for clause in clauses:  # what nobody says who speaks for a division
            if speakers.at(clause.said) is None:
                clause.force = "told"
        if is_cutting(layers):
            weigh(layers, clauses, speakers)
    elif not enterprise:
        # what is done where no division acts, or a bystander says, is nobody's order
        for clause in clauses:
            if clause.force == "doing" or speakers.turn_at(clause.said) is not None:
                clause.force = "told"

    def region_at(position: int) -> str | None:
        return None if enterprise else speakers.at(position)

    def regions_at(position: int) -> tuple[str | None, ...]:
        return (None,) if enterprise else speakers.all_at(position)

    def meeting_at(position: int) -> str | None:
        region = speakers.at(position)
        name = None
        for meeting, at, _ in held:
            if at <= position and meeting.region == region:
                name = meeting.name
        return name

    stated = state(layers, clauses, regions_at, topics(layers, speakers, names, held, clauses))
    # Time limits count from the page's date; of a page without one, from the day of its meeting.
    day = layers.published or max((m.date for m, _, _ in held if m.date), default=None)
    stressed = {(f.region, f.concept) for f in stated if f.scheme == "hazard"}
    duties = obligations(layers, clauses, region_at, meeting_at, proof, day, stressed)
    active = {region_at(c.said) for c in clauses if _names_who_acts(layers, speakers, c)}
    title = re.sub(r"\s*\n\s*", "", text[slice(*layers.title)]).strip() if layers.title else None
    return Record(
        id=notice.id,
        title=notice.title or title,
        published=notice.published or layers.published,
        regions=_regions(speakers, active, [m for m, _, told in held if told], proof),
        meetings=tuple(m for m, _, _ in held),
        stresses=tuple(
            Stress(
                region=f.region,
                hazard=f.concept,
                degree=f.degree,
                evidence=tuple(proof(*p) for p in f.places),
                meeting=meeting_at(f.places[0][0]),
            )
            for f in stated
            if f.scheme == "hazard"
        ),
        responsibilities=tuple(
            Responsibility(
                region=f.region,
                type=f.concept,
                evidence=tuple(proof(*p) for p in f.places),
                meeting=meeting_at(f.places[0][0]),
            )
            for f in stated
            if f.scheme == "responsibility"
        ),
        measures=tuple(
            Measure(
                region=f.region,
                measure=f.concept,
                evidence=tuple(proof(*p) for p in f.places),
                meeting=meeting_at(f.places[0][0]),
            )
            for f in stated
            if f.scheme == "measure"
        ),
        campaigns=tuple(events.campaigns(layers, speakers, proof)),
        policies=tuple(events.policies(layers, proof)),
        incidents=tuple(accidents),
        obligations=tuple(duties),
        notice=notice,
        edits=repaired.edits,
        suspects=repaired.suspects,
    )


def _by_whom(clauses: Sequence[Clause], speakers: Speakers, text: str) -> None:
    """Note where the one takes the word who says a clause: behind a phrase of time, reason or aim that opens it."""
    for clause, following in zip_longest(clauses, clauses[1:]):
        clause.spoken_at = speakers.taken_in(clause.start, clause.end)
        aim = clause.force == "topic" and text[clause.start] in _TOWARDS
        if aim and following is not None and following.sentence == clause.sentence:
            clause.spoken_at = speakers.taken_in(clause.start, following.start + 1)


def _names_who_acts(layers: Layers, speakers: Speakers, clause: Clause) -> bool:
    """Whether a clause tells of its region as acting: not the head of a page that names no division."""
    if clause.force != "topic":
        return clause.force in {"order", "doing"}
    start, end = layers.title or (0, 0)
    body = next((ln.start for ln in layers.lines if ln.kind == "body"), 0)
    named = any(start <= m.start < end for m in speakers.mentions)
    return named or clause.start >= body


def _regions(
    speakers: Speakers,
    named: set[str | None],
    told: Sequence[Meeting],
    proof: Callable[[int, int], Evidence],
) -> tuple[Region, ...]:
    """Who acts or speaks; whoever's meeting is ``told`` of holds it, though nobody is said to."""
    if speakers.enterprise:
        return ()
    places: dict[str, list[Evidence]] = {}
    for name, span in speakers.acting:
        places.setdefault(name, []).append(proof(*span))
    for turn in speakers.turns:
        if turn.region is not None and turn.region in named and turn.evidence is not None:
            places.setdefault(turn.region, []).append(proof(*turn.evidence))
    for meeting in told:
        if meeting.region is not None and meeting.region not in places:
            places[meeting.region] = list(meeting.evidence)
    out = [
        Region(name=name, evidence=tuple(dict.fromkeys(found))) for name, found in places.items()
    ]
    out.sort(key=lambda r: (r.name != NATIONAL, r.evidence[0].start))
    return tuple(out)
