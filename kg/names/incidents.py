"""Particular accidents and disasters, by the day or the name in quotation marks, or a body and a kind."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from kg.cues import pattern
from kg.layers import Name, Segment

_ANCHOR = pattern("names", "incident-anchor")
_TAIL = pattern("names", "incident-tail")
_LEFT = pattern("names", "incident-left")
_PLAIN = pattern("names", "incident-plain")
_ROAD_BEFORE = pattern("names", "incident-road-before")
#: Accidents whose name begins with no division: of a road, of a body that is not named, abroad.
_ELSEWHERE = tuple(
    pattern("names", row)
    for row in (
        "incident-road",
        "incident-highway",
        "incident-some",
        "incident-abroad",
        "incident-firm",
    )
)
_BARE = pattern("names", "incident-bare")
_ALONE = pattern("names", "incident-alone")
_LEARNED = pattern("names", "incident-learned")
_GENERAL = pattern("names", "incident-general")
_STATISTICS = pattern("names", "incident-statistics")
_TIME = pattern("names", "incident-time")
_KIND = pattern("names", "incident-kind")
#: Longest name, in characters.
LONGEST = 44
#: So many characters at least lead to a day that stands for the accident: 天津港“8·12”.
LEAST = 3
#: What goes on in a list of accidents, and so far behind one of them the lesson is named.
_LISTED = frozenset("、和及等")
LIST = 24


def find_incidents(
    text: str, segments: Sequence[Segment], places: Sequence[tuple[int, int]]
) -> list[Name]:
    """Find particular accidents: with their day (“3·21”) or with a named place or body and a kind.

    ``places`` are the spans of administrative divisions named in the text, sorted.

    >>> from kg.layers import Layers
    >>> from kg.segment import segment
    >>> layers = Layers("会议通报，去年甲县曾发生“7·2”货船侧翻事故，乙公司火灾事故造成2人死亡。")
    >>> segment(layers)
    >>> [n.name for n in find_incidents(layers.text, layers.segments, [(7, 9)])]
    ['“7·2”货船侧翻事故']
    """
    starts = [p[0] for p in places]
    out: list[Name] = []
    for segment in segments:
        words = text[segment.start : segment.end]
        if _KIND.search(words) is None:
            continue
        first = bisect_left(starts, segment.start)
        last = bisect_left(starts, segment.end)
        inside = [(a - segment.start, b - segment.start) for a, b in places[first:last]]
        out.extend(
            Name(segment.start + a, segment.start + b, "incident", words[a:b].strip(" 　"))
            for a, b in _in_words(words, inside)
        )
    return out


def _in_words(words: str, places: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    taken = 0
    for anchor in _ANCHOR.finditer(words):
        if anchor.start() < taken:
            continue
        tail = _TAIL.match(words, anchor.end()) or _ALONE.match(words, anchor.end())
        if tail is None or _GENERAL.search(words, anchor.end(), tail.end()):
            continue
        begin = _left(words, taken, anchor.start(), places)
        if tail.end() - begin > LONGEST:
            begin = anchor.start()
        if tail.end() == anchor.end() and anchor.start() - begin < LEAST:
            continue  # “5·12”、“9·18”: days, no accidents
        taken = tail.end()
        found.append((begin, taken))
    for begin, _ in places:
        if begin < taken:
            continue
        listed = begin > 0 and begin - 1 == taken and words[begin - 1] in "、和"
        plain = _PLAIN.match(words, begin) or _learned(words, begin, listed=listed)
        if plain is None or len(plain[0]) > LONGEST or _GENERAL.search(plain[0]):
            continue
        if _STATISTICS.match(words, plain.end()):
            continue
        road = _ROAD_BEFORE.search(words, max(taken, begin - 12), begin)
        taken = plain.end()
        found.append((road.start() if road else begin, taken))
    for form in _ELSEWHERE:
        for one in form.finditer(words):
            apart = all(one.end() <= a or one.start() >= b for a, b in found)
            if apart and _learned_from(words, one) and not _GENERAL.search(one[0]):
                begin = one.start()
                while (above := next((a for a, b in places if b == begin), None)) is not None:
                    begin = above  # 上海某场所火灾
                found.append((begin, one.end()))
    return found


def _left(words: str, taken: int, at: int, places: Sequence[tuple[int, int]]) -> int:
    """Where the name begins that leads to its day: behind the last word that cannot belong to it."""
    begin = taken
    starts = [p[0] for p in places]
    for stop in _LEFT.finditer(words, taken, at):
        index = bisect_right(starts, stop.start()) - 1
        if index >= 0 and places[index][1] > stop.start():
            continue  # 和 in 和平区
        begin = stop.end()
    time = _TIME.match(words, begin, at)
    return time.end() if time else begin


def _learned(words: str, begin: int, *, listed: bool) -> re.Match[str] | None:
    """A place and a special kind (长沙自建房倒塌事故), where a lesson is drawn or the event told.

    ``listed``: another accident was named right before, in the same list.
    """
    for form in (_LEARNED, _BARE):
        found = form.match(words, begin)
        if found is not None and (listed or _learned_from(words, found)):
            return found
    return None


def _learned_from(words: str, found: re.Match[str]) -> bool:
    around = pattern("names", "incident-lesson")
    if around.search(words, max(0, found.start() - 14), found.start()):
        return True
    end = found.end()
    listed = words[end : end + 1] in _LISTED  # 甲火灾、乙火灾等教训
    after = around.search(words, end, end + LIST) if listed else around.match(words, end)
    return after is not None
