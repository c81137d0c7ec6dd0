"""Names -> meetings with date and region, campaigns with region, incidents and policies, each once."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace

from kg.cues import pattern
from kg.dates import DateMention, find_days
from kg.layers import Layers, Name, Segment
from kg.model import NATIONAL, Campaign, Evidence, Incident, Meeting, Policy
from kg.names import find_campaigns, find_incidents, find_meetings, find_policies
from kg.resolve import Speakers

Proof = Callable[[int, int], Evidence]

_PREFIX = pattern("names", "meeting-owner")
_CONTINUED = pattern("names", "meeting-continued")
_ORGAN = pattern("names", "meeting-organiser")
_ISSUE = pattern("names", "issue-year")
_VENUE = pattern("names", "meeting-venue")


def _subsequence(short: str, long: str) -> bool:
    rest = iter(long)
    return all(c in rest for c in short)


def _region(name: str, position: int, speakers: Speakers, high: int) -> str | None:
    speaker = speakers.at(position)
    match = _PREFIX.match(name)
    if match is None:
        return speaker
    word = match[1] or match[2]
    if word in {"国", "国务院"}:
        return NATIONAL
    own = speakers.of_level(word, speaker)
    if own is None:  # 自治区安委会…在南宁召开，广西壮族自治区主席…: named later in the sentence
        own = next(
            (
                m.candidates[0].name
                for m in speakers.mentions
                if position < m.start < high and m.full and m.candidates[0].name.endswith(word)
            ),
            None,
        )
    return own or speaker


def meetings(layers: Layers, speakers: Speakers, proof: Proof) -> list[tuple[Meeting, int]]:
    """The meetings that the notice names, each with the place where it was first reported."""
    text = layers.text
    days = find_days(text, layers.published, year=_issue_year(layers))
    starts = [d.start for d in days]
    spans: dict[int, tuple[int, int]] = {}
    for segment in layers.segments:
        first, last = spans.get(segment.sentence, (segment.start, segment.end))
        spans[segment.sentence] = (min(first, segment.start), max(last, segment.end))
    sentence_of = {id(s): s.sentence for s in layers.segments}
    found: list[tuple[Meeting, int, str]] = []
    for name, frame in find_meetings(text, layers.segments):
        segment = layers.segments[bisect_right([s.start for s in layers.segments], name.start) - 1]
        title = layers.lines[segment.line].kind == "title"
        low, high = spans[sentence_of[id(segment)]]
        region = _region(name.name, _owner(speakers, name, text, segment, high), speakers, high)
        date = _date(days, starts, low, high, name.start)
        if date is None and frame == "held" and found:
            before = text[low : name.start]
            if _CONTINUED.search(before):
                date = found[-1][0].date
            elif re.search(r"全国[^，]{0,20}会议?(?:结束)?(?:之)?后", before):
                date = next((m.date for m, _, _ in found if m.region == NATIONAL and m.date), None)
        organ = _ORGAN.search(text, segment.start, name.start)
        venue = _VENUE.search(text, segment.start, segment.end)
        found.append(
            (
                Meeting(
                    name=name.name,
                    date=date,
                    region=region,
                    evidence=(proof(name.start, name.end),),
                    organiser=organ[1] if organ else None,
                    venue=venue[1] if venue else None,
                ),
                name.start,
                "title" if title else frame,
            )
        )
    return _merge(found, days, layers, speakers)


def _issue_year(layers: Layers) -> int | None:
    """The year of 2024年第6期 in the head of a page without a date."""
    for line in layers.lines:
        if line.kind in {"meta", "heading", "title"}:
            found = _ISSUE.search(layers.text, line.start, line.end)
            if found:
                return int(found[1])
    return None


def _owner(speakers: Speakers, name: Name, text: str, segment: Segment, high: int) -> int:
    """Where to look for whose meeting it is: …会议上，烟台市要求 names the owner behind it."""
    if text[name.end : name.end + 1] in {"上", "中"} and segment.closer == "，":
        following = next((t for t in speakers.turns if segment.end < t.start < high), None)
        if following is not None and following.start <= segment.end + 2:
            return following.start
    return name.start


def _date(
    days: Sequence[DateMention], starts: list[int], low: int, high: int, position: int
) -> str | None:
    inside = days[bisect_left(starts, low) : bisect_left(starts, high)]
    before = [d for d in inside if d.end <= position]
    if before:
        return before[-1].iso
    return inside[0].iso if len(inside) == 1 else None


def _merge(
    found: list[tuple[Meeting, int, str]],
    days: Sequence[DateMention],
    layers: Layers,
    speakers: Speakers,
) -> list[tuple[Meeting, int]]:
    """Each meeting once, under its fullest name; a name in the title takes what the body says of it."""
    rank = {"held": 0, "subject": 0, "at": 1, "title": 2, "after": 3, "cited": 3, "other": 4}
    ordered = sorted(found, key=lambda f: (rank[f[2]], -len(f[0].name), f[1]))
    kept: list[tuple[Meeting, int]] = []
    for meeting, position, frame in ordered:
        for index, (known, at) in enumerate(kept):
            if known.region != meeting.region:
                continue
            if meeting.date and known.date and meeting.date != known.date:
                continue
            if _subsequence(meeting.name, known.name):
                kept[index] = (
                    _joined(known, meeting),
                    min(at, position) if frame != "title" else at,
                )
                break
            if frame != "title" and _subsequence(known.name, meeting.name):
                kept[index] = (_joined(meeting, known), min(at, position))
                break
        else:
            if frame == "title":
                day = meeting.date or _first_day(days, layers, speakers, meeting.region)
                kept.append((replace(meeting, date=day), position))
            else:
                kept.append((meeting, position))
    kept.sort(key=lambda item: item[1])
    return kept


def _joined(a: Meeting, b: Meeting) -> Meeting:
    return Meeting(
        name=a.name,
        date=a.date or b.date,
        region=a.region,
        evidence=tuple(sorted({*a.evidence, *b.evidence}, key=lambda e: (e.start, e.end))),
        organiser=a.organiser or b.organiser,
        venue=a.venue or b.venue,
    )


def _first_day(
    days: Sequence[DateMention], layers: Layers, speakers: Speakers, region: str | None
) -> str | None:
    """The day on which a region first acts in the body."""
    for turn in speakers.turns:
        if turn.region != region or not turn.acts:
            continue
        segment = next((s for s in layers.segments if s.start <= turn.start < s.end), None)
        if segment is None or layers.lines[segment.line].kind == "title":
            continue
        same = [s for s in layers.segments if s.sentence == segment.sentence]
        low, high = same[0].start, same[-1].end
        inside = [d for d in days if low <= d.start < high]
        if inside:
            return inside[0].iso
    return None


def campaigns(
    layers: Layers, speakers: Speakers, proof: Proof, told: Callable[[int], bool]
) -> list[Campaign]:
    """Campaigns of each region; one named only in the title gives way to its name in the body."""
    text = layers.text
    body: list[Name] = []
    heads: list[Name] = []
    for name in find_campaigns(text, layers.segments):
        clean = name.name
        for mention in speakers.mentions:
            if mention.start == name.start and mention.full:
                clean = clean.removeprefix(text[mention.start : mention.end])
        segment = layers.segments[bisect_right([s.start for s in layers.segments], name.start) - 1]
        target = heads if layers.lines[segment.line].kind == "title" else body
        target.append(Name(name.start, name.end, "campaign", clean))
    for name in heads:
        if not any(name.name[-4:] == other.name[-4:] for other in body):
            body.append(name)
    out: dict[tuple[str | None, str], list[Evidence]] = {}
    for name in body:
        if told(name.start):
            continue
        longer = next((o for o in body if o.name != name.name and o.name.endswith(name.name)), None)
        region = speakers.at(name.start)
        label = longer.name if longer else name.name
        out.setdefault((region, label), []).append(proof(name.start, name.end))
    return [
        Campaign(region=region, name=name, evidence=tuple(dict.fromkeys(proofs)))
        for (region, name), proofs in out.items()
    ]


def policies(layers: Layers, proof: Proof) -> list[Policy]:
    """Documents cited by title, each once."""
    out: dict[str, tuple[list[Evidence], str | None]] = {}
    for line in layers.lines:
        if line.kind not in {"body", "heading", "title"}:
            continue
        for name, number in find_policies(layers.text, line.start, line.end):
            proofs, known = out.setdefault(name.name, ([], number))
            proofs.append(proof(name.start, name.end))
            out[name.name] = (proofs, known or number)
    return [
        Policy(name=name, evidence=tuple(proofs), number=number)
        for name, (proofs, number) in out.items()
    ]


def incidents(layers: Layers, speakers: Speakers, proof: Proof) -> list[Incident]:
    """Particular accidents, each once."""
    places = [(m.start, m.end) for m in speakers.mentions]
    segments = [s for s in layers.segments if layers.lines[s.line].kind != "title"]
    out: dict[str, list[Evidence]] = {}
    for name in find_incidents(layers.text, segments, places):
        out.setdefault(name.name, []).append(proof(name.start, name.end))
    return [Incident(name=name, evidence=tuple(proofs)) for name, proofs in out.items()]
