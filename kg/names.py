"""Stage 4b: named things found by their form: meetings, campaigns, policies, incidents.

Left boundaries are found by the words that cannot belong to a name (召开, 开展, 吸取 …); names are given as
the guidelines want them: without date, place, quotation marks or region prefix.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache

from kg.cues import rows
from kg.layers import Name, Segment

_QUOTES = str.maketrans("", "", "“”\"‘’「」『』")


@cache
def _pattern(identifier: str) -> re.Pattern[str]:
    return next(re.compile(r.pattern) for r in rows("names") if r.id == identifier)


# ---- meetings ---------------------------------------------------------------------------------------
_HELD = re.compile(
    r"(?:组织召开|主持召开|接续召开|紧接着召开|立即召开|迅速召开|随即召开|套开|召开|召集|举行|举办|收听收看|收看|参加|部署召开|组织收听收看)了?"
)
_BEFORE_MEETING = re.compile(
    r"(?:召开的?|举行的?|收看了?|收听|参加|出席|贯彻|落实|传达|学习|按照|根据|通过|经|在|于|从|由|将|把|对|及|(?<=\d)日(?:上午|下午|晚)?|昨天|昨日|今天|今日|日前|近日|当天|当晚|上午|下午|结束后|会后|之后|了|的)"
)
_CITED = re.compile(r"(?:精神|部署|要求|讲话|安排|有关|决策)")
_ORDINARY = re.compile(r"^(?:全国|全省|全市|全县|全区|全州|兵团|自治区)")
_TIME_PREFIX = re.compile(
    r"^(?:20\d\d年)?(?:\d{1,2}月)?\d{1,2}日(?:上午|下午|晚上?|中午|凌晨)?的?|^(?:昨|今|前)[日天](?:上午|下午|晚)?|^(?:近日|日前)|^(?:上午|下午|晚)"
)


def find_meetings(text: str, segments: Sequence[Segment]) -> list[tuple[Name, str]]:
    """Meetings named in the text, each with its frame: ``held``, ``subject`` (X会议在…召开), ``at`` (…会议上) or
    ``cited`` (贯彻…会议精神).

    """
    head, bad, nameless = _pattern("meeting-head"), _pattern("meeting-not"), _pattern("meeting-nameless")
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
            elif re.match(r"(?:上|中)", after) or re.match(r"(?:审议通过|研究同意|研究通过|审议)", after):
                frame = "at"
            elif re.match(r"(?:结束)?(?:之)?后|结束|一结束", after):
                frame = "after"
            elif _CITED.match(after) or re.search(r"(?:贯彻|落实|传达|学习|按照|根据|套会)", words[:begin]):
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
                (Name(segment.start + begin, segment.start + end, "meeting", name.strip(" 　")), frame)
            )
    return out


# ---- campaigns --------------------------------------------------------------------------------------
_BEFORE_CAMPAIGN = re.compile(
    r"(?:持续|扎实|深入|全面|组织|集中|继续|强力|务实|抓紧|认真|迅速)*(?:开展|推进|推动|实施|启动|部署|制定|制订|深化|落实|打好|打响|抓好|对标|结合|围绕|纳入|参加|印发|进行|以|为|将|把|对|按照|根据|全力|做好|了|的|关于|在|等|和)(?:实施|为期\d+天的|全国|全省|全市|我省|我市|我县|全县|全区|全州|我区|我州)*|我省|我市|我县|我区|全省|全市|全县|全区|全州|全国|兵团|[，。；、：《》]"
)
_PREFIX = re.compile(r"^(?:全国|全省|全市|全县|全区|全州|兵团|我省|我市|我县|我区|省|市|县)(?!委|政府)")


def find_campaigns(text: str, segments: Sequence[Segment]) -> list[Name]:
    """Named programmes of action with bounds of their own: a quoted name, a term, a number, a region."""
    head, bound = _pattern("campaign-head"), _pattern("campaign-bound")
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
                if opened >= 0 and words.find("”", opened) >= stop.end() and words.find("”", opened) < limit:
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
    """Is this 和/的/对/为/等 inside a longer word (和谐, 目的), so that it bounds nothing?"""
    token = stop[0]
    if token in {"和", "等"}:
        return bool(re.match(r"(?:和谐|和平|等级)", words[stop.start() : stop.start() + 2]))
    if token == "对":
        return words[stop.start() : stop.start() + 2] in {"对应", "对策"}
    if token in {"为", "以", "在"}:
        return words[max(0, stop.start() - 1) : stop.start() + 2] in {"行为专", "作为"}
    return False


# ---- policies ---------------------------------------------------------------------------------------
_TITLE = re.compile(r"《([^《》\n]{2,120}(?:《[^《》\n]{2,80}》[^《》\n]{0,40})?)》")
_NUMBER = re.compile(r"\s*[（(]?([一-鿿]{1,10}[〔\[（(](?:19|20)\d\d[〕\])）]\d+号)")


def find_policies(text: str, start: int, end: int) -> list[tuple[Name, str | None]]:
    """Documents cited by title in 《》, with their document number where one follows."""
    film, paper = _pattern("film"), _pattern("newspaper")
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
_DAY = re.compile(r"[“\"](?:\d{4}[·.•]\s*)?\d{1,2}\s*[·.•・]\s*\d{1,2}[”\"]")
_BEFORE_INCIDENT = re.compile(
    r"(?:吸取|汲取|通报了?|总结|分析|其中|以及|特别是|针对|从|对|因|关于|围绕|但|了|等|和(?!平)|及|与|的(?=[一-鿿]{2,20}[“\"])|[、，。；：“”])"
)
_PLAIN = re.compile(
    r"([一-鿿]{0,20}(?:公司|集团|矿业|煤矿|煤业|矿|厂|医院|酒店|学校|市场|大厦|码头|基地|项目|隧道|大桥|高速|公寓|宾馆|商场|仓库|KTV|养老院|尾矿库)[一-鿿]{0,12}?(?:突发环境事件|(?<!生产安全)(?<!一般)事故|火灾|爆炸事件|坍塌事件))"
)
_NOT_PARTICULAR = re.compile(r"(?:各类|类似|此类|多起|等|发生|防范|预防|遏制|引发|导致|造成|杜绝|典型|亡人|不发生|企业|用火|隐患|风险|治理|防控|应急|处置|预案|调查|群死群伤)")


def find_incidents(
    text: str, segments: Sequence[Segment], places: Sequence[tuple[int, int]]
) -> list[Name]:
    """Particular accidents: with their day (“3·21”) or with a named place or body and a kind.

    ``places`` are the spans of administrative divisions named in the text, sorted.
    """
    tail = _pattern("incident-tail")
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
