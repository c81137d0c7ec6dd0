"""Several divisions in a list as the subject of a segment: 甲市、乙县分别召开会议."""

from __future__ import annotations

from dataclasses import dataclass

from kg import regions
from kg.cues import pattern
from kg.home import Home
from kg.layers import Segment
from kg.meant import Meant
from kg.regions import Division, RegionMention
from kg.subjects import DOES, NOTHING, Deed, deed, does

_EACH_DOES = pattern("actors", "each-does")
_LISTED_BODY = pattern("actors", "listed-body")
_NOT_DOING = pattern("actors", "not-doing")
_SEVERAL_MORE = pattern("actors", "several-more")
_TO_COME = pattern("actors", "to-come")
_TOWN = pattern("actors", "town")
_WATCHES_HERE = pattern("actors", "watches-here")
#: Between the names of several divisions.
_LISTS = frozenset("、和与及")
#: So long a body may be behind each of them, in characters.
_BODY = 16

Member = tuple[Division, tuple[int, int]]
"""A division and the place that names it."""


@dataclass(frozen=True, slots=True)
class Several:
    """Who stands in a list, and what they do together."""

    members: list[Member]
    done: Deed
    acts: bool
    """Whether each of them acts, if only by watching."""


def goes_on(text: str, end: int, place: Home) -> bool:
    """Whether another division follows in a list."""
    return text[end : end + 1] in _LISTS and place.at(end + 1) is not None


def member_end(text: str, end: int, place: Home) -> int:
    """Where a member of a list of divisions ends, its body or town with it: 甲省文旅厅、乙省文旅厅."""
    for form in (_LISTED_BODY, _TOWN):
        behind = form.match(text, end, end + _BODY)
        if behind and goes_on(text, behind.end(), place):
            return behind.end()
    return end


def several_of(
    text: str, segment: Segment, mention: RegionMention, place: Home, meant: Meant, *, within: bool
) -> Several:
    """The list that begins with ``mention`` and what it does; ``within``: somebody acts in the sentence already.

    They act if they meet, publish or watch, and by any other deed if that is not told of the one that acts in the
    sentence (甲市启动响应，乙、丙两县转移群众) and is no mere result.
    """
    members, end = _members(text, mention, place, meant)
    more = _SEVERAL_MORE.match(text, end, segment.end)
    begin = more.end() if more else end
    if not members or _TO_COME.match(text, begin):
        return Several(members, NOTHING, acts=False)
    done = deed(text, begin, segment.end, named=True)
    if done is NOTHING and _EACH_DOES.match(text, end, segment.end):
        done = DOES if does(text, begin, segment.end) else NOTHING
    told = done.meets or done.publishes or done.watches
    result = text.startswith("已", begin) or _NOT_DOING.search(text, begin, segment.end)
    if not told and (within or result):
        return Several(members, NOTHING, acts=False)
    only = done.watches and not _WATCHES_HERE.search(text, end, segment.end)
    return Several(members, done, acts=done is not NOTHING and not only)


def _members(
    text: str, mention: RegionMention, place: Home, meant: Meant
) -> tuple[list[Member], int]:
    """The divisions of a list, and where it ends; one that has namesakes is told by its neighbours."""
    found: list[tuple[RegionMention, RegionMention]] = []
    following: RegionMention | None = mention
    end = mention.end
    while following is not None and not following.person:
        last = meant.last_of_path(following)
        found.append((following, last))
        end = member_end(text, last.end, place)
        following = place.at(end + 1) if text[end : end + 1] in _LISTS else None
    sure = [
        who for _, last in found if (who := meant.of(last)) and (not last.weak or meant.near(who))
    ]
    out: list[Member] = []
    for first, last in found:
        beside = [
            d
            for d in last.candidates
            if any(d == s or regions.parent(d) == regions.parent(s) for s in sure)
        ]
        who = meant.of(last) if not last.weak or not beside else beside[0]
        if who is not None and (beside or not last.weak or meant.near(who)):
            out.append((who, (first.start, last.end)))
    return out, end
