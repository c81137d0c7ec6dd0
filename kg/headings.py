"""A division that heads a block of a page: on a line of its own, behind a bullet, before a colon or a blank."""

from __future__ import annotations

import re
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
#: Between the divisions of a path in a heading.
_APART = frozenset("·•/-—｜|")
_OPENING = frozenset("【〖（(“—[［「")
_BULLETS = frozenset("●■★◆▲▪○·◎□▶►")
_BEHIND = frozenset(" 　：:｜|】〗）)]］」\n—-，")


@dataclass(frozen=True, slots=True)
class Head:
    """Whose block begins, and the words that say so: the block's text begins behind them."""

    who: Division
    span: tuple[int, int]


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
    start = segment.start
    bullet = text[max(0, start - 1) : start] in _BULLETS
    if not (new_line or bullet or sentence):
        return None
    mark = _MARK.match(text, start, segment.end) if new_line or bullet else None
    opens = mark.end() if mark else start
    bullet = bullet or (mark is not None and mark.end() > start)
    opens += text[opens : opens + 1] in _OPENING
    return (
        (_behind(line, text, place, meant) if line.kind == "heading" and new_line else None)
        or _spaced(text, opens, segment.end, meant)
        or _named(segment, line, text, opens, place, meant, new_line=new_line, bullet=bullet)
        or (_level(text, opens, segment.end, meant) if new_line or bullet else None)
    )


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
    if after == "。" and (segment.numbered or (bullet and new_line)) and end == segment.end:
        apart = True  # （一）青海省。
    elif after in _BEHIND and (after != "，" or (bullet and new_line)):
        apart = new_line or bullet or after in "：:　 "
    else:
        apart = not after or (line.kind == "heading" and not last.weak and not last.part_of_name)
    who = meant.of(last) if apart else None
    if who is not None and (not last.weak or meant.near(who) or new_line or bullet):
        return Head(who, (mention.start, last.end))
    return None


def _level(text: str, opens: int, end: int, meant: Meant) -> Head | None:
    """自治区： as a heading."""
    level = _LEVEL_HEADING.match(text, opens, end + 1)
    who = meant.level(level[1]) if level else None
    return Head(who, level.span(1)) if level and who is not None else None
