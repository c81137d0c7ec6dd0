"""Campaigns: named programmes of action with bounds of their own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.cues import compiled, pattern, rows
from kg.layers import Name, Segment, sentence_bounds

_QUOTES = str.maketrans("", "", '“”"‘’「」『』')
_SEVERAL = pattern("names", "campaigns-several")
_QUOTED = re.compile(r"“([^“”]+)”")
#: “安全生产月”期间: only when something is to be done.
_AS_TIME = re.compile(r"(?<=月)”?(?:活动)?(?:期间|来临|到来)")
_BEFORE_NAME = re.compile(
    r"^(?:本次|此次|这次|上述|.*?(?:(?:19|20)\d\d年|\d月|[一二三四五六七八九十]月)(?:全国)?(?=安全生产月$))"
)
_BEFORE_CAMPAIGN = pattern("names", "campaign-left")
_OBJECT = pattern("names", "campaign-object")
_PREFIX = pattern("names", "campaign-region")
_TERM = pattern("names", "campaign-term")
_WHEN = pattern("names", "campaign-when")


def find_campaigns(text: str, segments: Sequence[Segment]) -> list[Name]:
    """Named programmes of action with bounds of their own: a quoted name, a term, a number, a region."""
    head, bound = pattern("names", "campaign-head"), pattern("names", "campaign-bound")
    topical = pattern("names", "campaign-topical")
    kind, word = pattern("names", "campaign-kind"), pattern("names", "campaign-word")
    generic, dated = pattern("names", "campaign-generic"), pattern("names", "campaign-dated")
    out: list[Name] = []
    bounds = sentence_bounds(segments)
    for segment in segments:
        words = text[segment.start : segment.end]
        if word.search(words) is None:
            continue
        within = _TERM.search(text, *bounds[segment.sentence]) is not None
        several = _SEVERAL.search(words)
        if several:
            out += _each(several, segment.start)
        for match in (*head.finditer(words), *(dated.finditer(words) if within else ())):
            if several and several.start() <= match.start() < several.end():
                continue
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
            if quoted_from and words[quoted_from - 1] == "”" and begin < quoted_from:
                begin = quoted_from  # “安全生产月”“安全生产万里行”
            name = words[begin : match.end()]
            end = match.end()
            if "“" in name and "”" not in name[name.rfind("“") :]:
                close = words.find("”", end)
                if close < 0 or close > end + 6:
                    continue
                name, end = words[begin : close + 1], close + 1
            name = _WHEN.sub("", _PREFIX.sub("", name))
            clean = name.translate(_QUOTES).strip(" 　")
            if clean.endswith("行动计划"):
                clean = clean.removesuffix("计划")
            clean = _BEFORE_NAME.sub("", clean)
            if len(clean) < 4 or len(clean) > 34:
                continue
            if not (
                bound.search(name)
                or regional
                or kind.match(clean)
                or (match.re is dated and topical.match(clean))
            ):
                continue
            if generic.search(clean) or _OBJECT.search(name) or _AS_TIME.match(words, match.end()):
                continue
            start = segment.start + end - len(words[begin:end])
            out.append(Name(start, segment.start + end, "campaign", clean))
    return out


def _each(several: re.Match[str], start: int) -> list[Name]:
    """The campaigns of “雷霆”“利剑”等专项行动, each with the word that they share."""
    shared = several[2]
    return [
        Name(start + one.start(), start + one.end(), "campaign", one[1] + shared)
        for one in _QUOTED.finditer(several.string, several.start(1), several.end(1))
    ]


def titled_campaign(text: str, start: int, end: int) -> Name | None:
    """The campaign that a plan is called after: 关于印发《某市…专项整治行动方案》的通知.

    >>> titled_campaign("关于印发《有限空间作业安全专项整治行动方案》的通知", 0, 26).name
    '有限空间作业安全专项整治行动'
    """
    found = pattern("names", "campaign-titled").search(text[start:end])
    if found is None:
        return None
    begin, end = start + found.start(1), start + found.end(1)
    clean = _PREFIX.sub("", found[1]).translate(_QUOTES).strip(" 　")
    generic = pattern("names", "campaign-generic").search(clean)
    if len(clean) < 6 or generic or not re.search("[一-鿿]{4}", clean):
        return None
    return Name(begin, end, "campaign", clean)


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


def canonical(name: str, published: str | None) -> str:
    """The name under which a campaign is one, however it is abbreviated.

    Rows of ``names.yaml`` of kind ``same`` give it; a form as short as 三年行动 only within the months in
    which one campaign was called so, told by the date of the page.

    >>> canonical("专项整治三年行动", None), canonical("三年行动", "2021-05-06")
    ('安全生产专项整治三年行动', '安全生产专项整治三年行动')
    >>> canonical("三年行动", None), canonical("清零 行动方案", None)
    ('三年行动', '清零行动')
    """
    clean = "".join(name.translate(_QUOTES).split())
    for row in rows("names"):
        if row.kind != "same":
            continue
        full, *months = row.value.split()
        if months and not (published and months[0] <= published[:7] <= months[1]):
            continue
        if compiled(row).fullmatch(clean):
            return full
    return clean.removesuffix("方案").removesuffix("工作") or clean
