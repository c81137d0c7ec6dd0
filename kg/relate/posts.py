"""Who presides over a meeting and who speaks at it, by post: 市委副书记、市长, never the person."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg.cues import pattern

_WORD = pattern("actors", "post-word")
_PRESIDES = pattern("actors", "presides")
_SPEAKS = pattern("actors", "speaks-at")
_VERB = re.compile("主持|讲话|强调|要求|指出|发言|作部署|作报告|提出")
_MARKS = "，。；：\n,;:"
_CHAIRED = pattern("actors", "chaired-by")


@dataclass(frozen=True, slots=True)
class Posts:
    """Posts as the notice writes them, each once, in order."""

    presiding: tuple[str, ...] = ()
    speaking: tuple[str, ...] = ()


def find_posts(text: str, start: int, end: int) -> Posts:
    """Find the posts that preside and speak in a stretch that reports one meeting.

    >>> text = "省长王某某主持会议并讲话，省委常委、副省长李某强调，要抓好落实。会议由副市长张某主持。"
    >>> find_posts(text, 0, len(text))
    Posts(presiding=('省长', '副市长'), speaking=('省长', '省委常委、副省长'))
    """
    if _WORD.search(text, start, end) is None:
        return Posts()
    presiding: dict[int, str] = {}
    speaking: dict[int, str] = {}
    low = start
    for verb in _VERB.finditer(text, start, end):
        low = max(low, _clause(text, start, verb.start()))
        if _WORD.search(text, low, verb.end()) is None:
            continue
        if verb[0] == "主持":
            found = _CHAIRED.search(text, low, verb.end()) or _PRESIDES.search(
                text, low, verb.end()
            )
            if found:
                presiding[found.start(1)] = found[1]
        else:
            found = _SPEAKS.search(text, low, verb.end())
            if found:
                speaking[found.start(1)] = found[1]
    return Posts(_each_once(presiding), _each_once(speaking))


def _clause(text: str, start: int, end: int) -> int:
    """Where the clause that ends at ``end`` begins."""
    return max(text.rfind(mark, start, end) + 1 for mark in _MARKS) or start


def _each_once(found: dict[int, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(post for _, post in sorted(found.items())))
