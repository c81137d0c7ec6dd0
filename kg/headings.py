"""A division that heads a block of a page: on a line of its own, behind a bullet, before a colon or a blank."""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass

from kg import regions
from kg.cues import pattern
from kg.home import Home, lies_in
from kg.layers import Line, Segment
from kg.meant import Meant
from kg.regions import Division

_LEVEL_HEADING = pattern("actors", "level-heading")
_SPACED = pattern("actors", "spaced")
_MARK = pattern("actors", "head-mark")
_PART = pattern("actors", "head-part")
_LABEL = re.compile(r"[\s　]*【[^】\n]{1,16}】")
_NO_DIVISION = pattern("actors", "head-no-division")
#: Between the divisions of a path in a heading.
_APART = frozenset("·•/-—｜|")
_OPENING = frozenset("【〖（(“—[［「")
_CLOSING = frozenset("】〗）)]］」")
_DASHES = frozenset("—－")
_BULLETS = frozenset("●■★◆▲▪○·◎□▶►")
_BLANKS = frozenset(" 　")
#: 成都 2021年4月16日发: where and when a page was sent.
_ONLY_DAY = re.compile(r"[\s　]*(?:(?:19|20)\d\d年)?\d{1,2}月\d{1,2}日[发电讯]?[\s　]*")
_BEHIND = frozenset(" 　：:｜|】〗）)]］」\n—-，")


@dataclass(frozen=True, slots=True)
class Head:
    """Whose block begins, and the words that say so: the block's text begins behind them."""

    who: Division
    span: tuple[int, int]

    def behind(self, text: str) -> int:
        """Where the block's text begins: behind the brackets that close the heading."""
        end = self.span[1]
        while text[end : end + 1] in _CLOSING | _DASHES:
            end += 1
        return end


def head_of(
    segment: Segment,
    line: Line,
    text: str,
    place: Home,
    meant: Meant,
    *,
    new_line: bool,
    sentence: bool,
) -> Head | None:
    """The division that heads the block which a segment opens, if any."""
    opens, bullet = _opens(segment, text, new_line=new_line)
    if not (new_line or bullet or sentence):
        return None
    return (
        (_behind(line, text, place, meant) if line.kind == "heading" and new_line else None)
        or _spaced(text, opens, segment.end, meant)
        or _named(segment, line, text, opens, place, meant, new_line=new_line, bullet=bullet)
        or (_level(text, opens, segment.end, meant) if new_line or bullet else None)
    )


def _opens(segment: Segment, text: str, *, new_line: bool) -> tuple[int, bool]:
    """Where the name in a heading would begin, and whether a mark stands before it."""
    start = segment.start
    bullet = text[max(0, start - 1) : start] in _BULLETS
    mark = _MARK.match(text, start, segment.end) if new_line or bullet else None
    opens = mark.end() if mark else start
    bullet = bullet or (mark is not None and mark.end() > start)
    return opens + (text[opens : opens + 1] in _OPENING), bullet


Shape = tuple[str, bool, bool]
"""How a heading looks: its bracket, whether a mark stands before it, whether it is a line of its own."""


def shape_of(segment: Segment, line: Line, text: str) -> Shape:
    """How the heading that opens a segment at the beginning of a line looks."""
    opens, bullet = _opens(segment, text, new_line=True)
    bracket = text[opens - 1 : opens]
    return bracket if bracket in _OPENING else "", bullet, line.kind == "heading"


def stranger_of(segment: Segment, line: Line, text: str, shapes: Set[Shape]) -> int | None:
    """Where the text of a block begins that is headed as those of divisions are, but by a zone, a park, a firm."""
    shape = shape_of(segment, line, text)
    if shape not in shapes or not any(shape):
        return None
    opens, _ = _opens(segment, text, new_line=True)
    name = _NO_DIVISION.match(text, opens, line.end)
    if name is None or text[name.end() : name.end() + 1] not in {*_BEHIND, ""}:
        return None
    return name.end() + (text[name.end() : name.end() + 1] in _CLOSING)


def behind_label(segment: Segment, text: str, start: int) -> int:
    """Where a segment goes on behind a mark or a label in brackets: ◇县能源局检查, 【老旧小区】市住建局要求."""
    mark = _MARK.match(text, start, segment.end) if start == segment.start else None
    start = mark.end() if mark else start
    label = _LABEL.match(text, start, segment.end)
    return label.end() if label else start


def _behind(line: Line, text: str, place: Home, meant: Meant) -> Head | None:
    """水库“体检”忙（景德镇）: a place in brackets ends the heading."""
    end = line.start + len(text[line.start : line.end].rstrip())
    opened = max(text.rfind("（", line.start, end), text.rfind("(", line.start, end))
    mention = place.at(opened + 1) if opened >= 0 and text[end - 1 : end] in {"）", ")"} else None
    if mention is None or mention.person:
        return None
    last = meant.last_of_path(mention)
    who = meant.of(last) if last.end == end - 1 else None
    return Head(who, (mention.start, last.end)) if who is not None else None


def _spaced(text: str, opens: int, end: int, meant: Meant) -> Head | None:
    """河 北: a short name set with blanks."""
    spaced = _SPACED.match(text, opens, min(end, opens + 12))
    found = regions.by_name(re.sub(r"[ 　]", "", spaced[0])) if spaced else ()
    who = regions.choose(found, context=meant.context()) if found else None
    return Head(who, spaced.span()) if spaced and who is not None else None


def _named(
    segment: Segment,
    line: Line,
    text: str,
    opens: int,
    place: Home,
    meant: Meant,
    *,
    new_line: bool,
    bullet: bool,
) -> Head | None:
    mention = place.at(opens)
    if mention is None or mention.person:
        return None
    last = meant.last_of_path(mention)
    while text[last.end : last.end + 1] in _APART:
        below = place.at(last.end + 1)  # 江西·德兴
        if below is None or not lies_in(below, last):
            break
        last = meant.last_of_path(below)
    end = last.end
    part = _PART.match(text, end, segment.end)
    if part and text[part.end() : part.end() + 1] in _BEHIND:
        end = part.end()  # 德兴篇
    after = text[end : end + 1]
    if after in _BLANKS and _ONLY_DAY.fullmatch(text, end, line.end):
        return None
    if after == "。" and (segment.numbered or (bullet and new_line)) and end == segment.end:
        apart = True  # （一）青海省。
    elif after in _BEHIND and (after != "，" or (bullet and new_line)):
        apart = new_line or bullet or after in "：:　 】〗"
    else:
        apart = not after or (line.kind == "heading" and not last.weak and not last.part_of_name)
    who = meant.of(last) if apart else None
    told = (new_line or bullet) and not meant.out.home  # 公安：of a city's page is no county
    if who is not None and (not last.weak or meant.near(who) or told):
        return Head(who, (mention.start, last.end))
    return None


def _level(text: str, opens: int, end: int, meant: Meant) -> Head | None:
    """自治区： as a heading."""
    level = _LEVEL_HEADING.match(text, opens, end + 1)
    who = meant.level(level[1]) if level else None
    return Head(who, level.span(1)) if level and who is not None else None
