"""Stage 4b: named things found by their form: meetings, campaigns, policies, incidents.

Left boundaries are found by the words that cannot belong to a name (召开, 开展, 吸取 …); names are given as
the guidelines want them: without date, place, quotation marks or region prefix.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from kg.cues import pattern
from kg.layers import Name, Segment

_QUOTES = str.maketrans("", "", '“”"‘’「」『』')


# ---- meetings ---------------------------------------------------------------------------------------
_HELD = pattern("names", "held")
_BEFORE_MEETING = pattern("names", "meeting-left")
_CITED = pattern("names", "meeting-cited")
_ORDINARY = pattern("names", "meeting-full-prefix")
_TIME_PREFIX = pattern("names", "meeting-time")


def find_meetings(text: str, segments: Sequence[Segment]) -> list[tuple[Name, str]]:
    """Find the meetings named in the text, each with its frame.

    Frames: ``held``, ``subject`` (X会议在…召开), ``at`` (…会议上), ``after``, ``cited`` (贯彻…会议精神), ``other``.
    """
    head, bad, nameless = (
        pattern("names", "meeting-head"),
        pattern("names", "meeting-not"),
        pattern("names", "meeting-nameless"),
    )
    out: list[tuple[Name, str]] = []
    for segment in segments:
        words = text[segment.start : segment.end]
        if "会" not in words:
            continue
        position = 0
        for match in head.finditer(words):
            if match.start() < position:
                continue
            end = match.end()
            if words[end : end + 1] == "暨":
                continue
            if bad.search(words, max(0, match.start() - 3), min(len(words), end + 2)):
                continue
            begin = position
            for stop in _BEFORE_MEETING.finditer(words, position, match.start() + 1):
                if stop.end() <= match.start() or stop[0].startswith(("召开", "举行")):
                    begin = max(begin, stop.end())
            held = None
            for hold in _HELD.finditer(words, 0, match.start() + 2):
                if hold.end() <= match.start() + 1:
                    held = hold
            if held is not None and held.end() >= begin:
                begin = held.end()
            name = words[begin:end]
            shift = _TIME_PREFIX.match(name)
            if shift:
                begin += shift.end()
                name = name[shift.end() :]
            after = words[end:]
            if held is not None and held.end() <= begin + 1 and held.end() <= end:
                frame = "held"
            elif re.match(r"(?:在[^，]{1,12}|视频)?(?:召开|举行)|.{0,10}?(?:召开|举行)$", after):
                frame = "subject"
            elif re.match(r"(?:上|中)", after) or re.match(
                r"(?:审议通过|研究同意|研究通过|审议)", after
            ):
                frame = "at"
            elif re.match(r"(?:结束)?(?:之)?后|结束|一结束", after):
                frame = "after"
            elif _CITED.match(after) or re.search(
                r"(?:贯彻|落实|传达|学习|按照|根据|套会)", words[:begin]
            ):
                frame = "cited"
            else:
                frame = "other"
            position = end
            if len(name) < 3 or nameless.match(name):
                continue
            if frame in {"other", "cited", "after"} and (
                not _ORDINARY.match(name) or len(name) < 9
            ):
                continue
            out.append(
                (
                    Name(segment.start + begin, segment.start + end, "meeting", name.strip(" 　")),
                    frame,
                )
            )
    return out


# ---- campaigns --------------------------------------------------------------------------------------
_BEFORE_CAMPAIGN = pattern("names", "campaign-left")
_PREFIX = pattern("names", "campaign-region")


def find_campaigns(text: str, segments: Sequence[Segment]) -> list[Name]:
    """Named programmes of action with bounds of their own: a quoted name, a term, a number, a region."""
    head, bound = pattern("names", "campaign-head"), pattern("names", "campaign-bound")
    out: list[Name] = []
    for segment in segments:
        words = text[segment.start : segment.end]
        for match in head.finditer(words):
            begin = 0
            depth_open = words.rfind("“", 0, match.end())
            inside = depth_open >= 0 and words.find("”", depth_open, match.start()) < 0
            quoted_from = depth_open if inside else None
            limit = quoted_from if quoted_from is not None else match.start()
            regional = False
            for stop in _BEFORE_CAMPAIGN.finditer(words, 0, limit):
                opened = words.rfind("“", 0, stop.start())
                if (
                    opened >= 0
                    and words.find("”", opened) >= stop.end()
                    and words.find("”", opened) < limit
                ):
                    continue
                if _blocked(words, stop):
                    continue
                begin = stop.end()
                regional = bool(re.search(r"(?:我[省市县区州]|全[省市县区州]|兵团)$", stop[0]))
            name = words[begin : match.end()]
            end = match.end()
            if "“" in name and "”" not in name[name.rfind("“") :]:
                close = words.find("”", end)
                if close < 0 or close > end + 6:
                    continue
                name, end = words[begin : close + 1], close + 1
            name = _PREFIX.sub("", name)
            clean = name.translate(_QUOTES).strip(" 　")
            if clean.endswith("行动计划"):
                clean = clean.removesuffix("计划")
            clean = re.sub(r"^(?:本次|此次|这次|上述)", "", clean)
            if len(clean) < 4 or len(clean) > 34:
                continue
            if not (bound.search(name) or regional):
                continue
            if clean.startswith(("应急", "迅速", "立即")) or clean in {"专项行动", "集中整治行动"}:
                continue
            start = segment.start + end - len(words[begin:end])
            out.append(Name(start, segment.start + end, "campaign", clean))
    return out


def _blocked(words: str, stop: re.Match[str]) -> bool:
    """Whether 和/的/对/为/等 stands inside a longer word (和谐, 目的) and bounds nothing."""
    token = stop[0]
    if token in {"和", "等"}:
        return bool(re.match(r"(?:和谐|和平|等级)", words[stop.start() : stop.start() + 2]))
    if token == "对":
        return words[stop.start() : stop.start() + 2] in {"对应", "对策"}
    if token in {"为", "以", "在"}:
        return words[max(0, stop.start() - 1) : stop.start() + 2] in {"行为专", "作为"}
    return False


# ---- policies ---------------------------------------------------------------------------------------
_TITLE = pattern("names", "title")
_NUMBER = pattern("names", "document-number")


def find_policies(text: str, start: int, end: int) -> list[tuple[Name, str | None]]:
    """Documents cited by title in 《》, with their document number where one follows."""
    film, paper = pattern("names", "film"), pattern("names", "newspaper")
    out: list[tuple[Name, str | None]] = []
    for match in _TITLE.finditer(text, start, end):
        if film.match(text, match.end() - 1) or paper.search(match[1]):
            continue
        number = _NUMBER.match(text, match.end())
        out.append(
            (Name(match.start(), match.end(), "policy", match[1]), number[1] if number else None)
        )
    return out


# ---- incidents --------------------------------------------------------------------------------------
_DAY = pattern("names", "incident-day")
_BEFORE_INCIDENT = pattern("names", "incident-left")
_PLAIN = pattern("names", "incident-plain")
_NOT_PARTICULAR = pattern("names", "incident-general")


def find_incidents(
    text: str, segments: Sequence[Segment], places: Sequence[tuple[int, int]]
) -> list[Name]:
    """Particular accidents: with their day (“3·21”) or with a named place or body and a kind.

    ``places`` are the spans of administrative divisions named in the text, sorted.
    """
    tail = pattern("names", "incident-tail")
    starts = [p[0] for p in places]
    out: list[Name] = []
    for segment in segments:
        words = text[segment.start : segment.end]
        taken = 0
        for day in _DAY.finditer(words):
            end_match = tail.match(words, day.end())
            if end_match is None:
                continue
            begin = taken
            for stop in _BEFORE_INCIDENT.finditer(words, taken, day.start()):
                begin = stop.end()
            name = words[begin : end_match.end()]
            if day.start() - begin < 2:
                continue
            taken = end_match.end()
            out.append(_incident(segment, begin, end_match.end(), name))
        index = bisect_left(starts, segment.start)
        while index < len(places) and places[index][0] < segment.end:
            begin = places[index][0] - segment.start
            index += 1
            if begin < taken:
                continue
            match = re.compile(r"[一-鿿]{0,14}?").match(words, begin)
            plain = _PLAIN.match(words, begin) if match else None
            if plain is None or len(plain[0]) > 40:
                continue
            if _NOT_PARTICULAR.search(plain[0]):
                continue
            taken = plain.end()
            out.append(_incident(segment, begin, plain.end(), plain[0]))
    return out


def _incident(segment: Segment, begin: int, end: int, name: str) -> Name:
    return Name(segment.start + begin, segment.start + end, "incident", name.strip(" 　"))
