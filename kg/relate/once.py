"""Two reports of one meeting: whether they are, and what they tell together."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from kg.cues import pattern
from kg.model import Evidence, Meeting

_OWNER = pattern("names", "meeting-by-organ")


def only_one(
    kept: Sequence[tuple[Meeting, int]], frames: Sequence[str], titled: Meeting
) -> int | None:
    """The one meeting of its owner that the body tells of: what the title calls by another name."""
    own = [
        index
        for index, (known, _) in enumerate(kept)
        if titled.region in {known.region, None}
        and frames[index] in {"held", "subject"}
        and (known.date == titled.date or not (known.date and titled.date))
    ]
    return own[0] if len(own) == 1 else None


def _subsequence(short: str, long: str) -> bool:
    rest = iter(long)
    return all(c in rest for c in short)


def same_name(short: str, long: str) -> bool:
    """Whether one name is the other, shortened: 省政府紧急视频会议, 全省安全生产紧急视频会议."""
    return _subsequence(short, long) or _subsequence(_OWNER.sub("", short), long)


def by_place(titled: Meeting, known: Meeting) -> bool:
    """Whether a title only puts the place before the name: 汉寿县政府常务会议, in the body 县政府常务会议."""
    place, region = titled.name.removesuffix(known.name), known.region or ""
    return place != titled.name and region.startswith(place) and known.name[0] == region[-1:]


def joined(a: Meeting, b: Meeting) -> Meeting:
    """One meeting of two that were told of: the name of the first, what either knows."""
    return replace(
        a,
        date=a.date or b.date,
        evidence=_together(a.evidence, b.evidence),
        organiser=a.organiser or b.organiser,
        venue=a.venue or b.venue,
    )


def _together(some: tuple[Evidence, ...], more: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """Put the shorter of two sorted rows into the longer, for a name may be repeated thousands of times."""
    long, short = (some, more) if len(some) >= len(more) else (more, some)
    for one in short:
        at = bisect_left(long, (one.start, one.end), key=lambda e: (e.start, e.end))
        if at == len(long) or long[at] != one:
            long = (*long[:at], one, *long[at:])
    return long
