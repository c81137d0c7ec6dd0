"""Who presides over a meeting and who speaks at it, by post: 市委副书记、市长, never the person."""

from __future__ import annotations

from dataclasses import dataclass

from kg.cues import pattern

_WORD = pattern("actors", "post-word")
_PRESIDES = pattern("actors", "presides")
_SPEAKS = pattern("actors", "speaks-at")
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
    presiding = {
        m.start(1): m[1] for p in (_PRESIDES, _CHAIRED) for m in p.finditer(text, start, end)
    }
    speaking = {m.start(1): m[1] for m in _SPEAKS.finditer(text, start, end)}
    return Posts(_each_once(presiding), _each_once(speaking))


def _each_once(found: dict[int, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(post for _, post in sorted(found.items())))
