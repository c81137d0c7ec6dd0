"""Particular accidents and disasters, by the day or the name in quotation marks, or a body and a kind."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from kg.cues import pattern
from kg.layers import Name, Segment

_ANCHOR = pattern("names", "incident-anchor")
_TAIL = pattern("names", "incident-tail")
_LEFT = pattern("names", "incident-left")
_PLAIN = pattern("names", "incident-plain")
_ROAD_BEFORE = pattern("names", "incident-road-before")
_ROAD = pattern("names", "incident-road")
_LEARNED = pattern("names", "incident-learned")
_GENERAL = pattern("names", "incident-general")
_STATISTICS = pattern("names", "incident-statistics")
_TIME = pattern("names", "incident-time")
_KIND = pattern("names", "incident-kind")
#: Longest name, in characters.
LONGEST = 44


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


def _in_words(words: str, places: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    taken = 0
    for anchor in _ANCHOR.finditer(words):
        if anchor.start() < taken:
            continue
        tail = _TAIL.match(words, anchor.end())
        if tail is None or _GENERAL.search(words, anchor.end(), tail.end()):
            continue
        begin = _left(words, taken, anchor.start(), places)
        if tail.end() - begin > LONGEST:
            begin = anchor.start()
        taken = tail.end()
        yield begin, taken
    for begin, _ in places:
        if begin < taken:
            continue
        plain = _PLAIN.match(words, begin) or _learned(words, begin)
        if plain is None or len(plain[0]) > LONGEST or _GENERAL.search(plain[0]):
            continue
        if _STATISTICS.match(words, plain.end()):
            continue
        road = _ROAD_BEFORE.search(words, max(taken, begin - 12), begin)
        taken = plain.end()
        yield (road.start() if road else begin), taken
    for road in _ROAD.finditer(words, taken):
        if _learned_from(words, road) and not _GENERAL.search(road[0]):
            yield road.span()


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


def _learned(words: str, begin: int) -> re.Match[str] | None:
    """A place and a special kind (长沙自建房倒塌事故), where a lesson is drawn or the event told."""
    found = _LEARNED.match(words, begin)
    return found if found is not None and _learned_from(words, found) else None


def _learned_from(words: str, found: re.Match[str]) -> bool:
    around = pattern("names", "incident-lesson")
    before = around.search(words, max(0, found.start() - 14), found.start())
    return bool(before or around.match(words, found.end()))
