"""Who acts in a segment: the grammar of subjects (time, division, organ, post) and of what they do."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg.cues import pattern
from kg.layers import Segment
from kg.lexicon import words

_ACT = pattern("actors", "act")
_BEFORE_DEED = pattern("actors", "before-deed")
_DOES = pattern("actors", "does")
_GUEST = pattern("actors", "guest")
_LEADER = pattern("actors", "leader")
_MEETS = pattern("actors", "meets")
_NOT_A_SUBJECT = pattern("actors", "not-a-subject")
_NOT_DOING = pattern("actors", "not-doing")
_PUBLISHES = pattern("actors", "publishes")
_SUBJECT_BODY = pattern("actors", "subject-body")
_SUBJECT_GOES_ON = pattern("actors", "subject-goes-on")
_TIME = pattern("actors", "time")
_WATCH = pattern("actors", "watch")
_THEN_MEETS = pattern("actors", "then-meets")
#: So many characters may stand between a subject and what it does.
REACH = 44
#: A name behind a post has so many characters at most; a deed comes behind it.
LONGEST_NAME = 3
_BLANK = " 　，,、的"
#: Longest word that is looked up, in characters.
_LONGEST_WORD = 5
#: A segment that ends within so many characters holds one more word.
_ONE_WORD = 3
#: Classes of words that are what a subject does, and those that may stand before it.
_PREDICATES = frozenset("vi")
_BEFORE_PREDICATE = frozenset("d")


@dataclass(frozen=True, slots=True)
class Deed:
    """What a subject does."""

    acts: bool = False
    watches: bool = False
    """It only watches a meeting of somebody else."""
    meets: bool = False
    """It holds a meeting, or talks over what another one ordered."""
    publishes: bool = False
    """It issues a document."""


#: What a leader's name or post ends a segment with who speaks.
_SAYS = ("说", "称", "讲", "道")
#: Verbs of those who only are there, before the name of what others do.
_ATTENDS = ("参加", "列席", "出席", "接受", "参加了")
#: Words of what a leader visits: 市长来到一家煤矿.
_VISITED = frozenset({"一家", "一处", "两家", "多家", "几家", "企业", "公司"})
NOTHING = Deed()
DOES = Deed(acts=True)
MEETS = Deed(acts=True, meets=True)
_WATCHES = Deed(watches=True)


def skip_time(text: str, start: int, end: int) -> int:
    """The place where the subject begins: after dates, 会后, 另外 and the like.

    >>> skip_time("会后，1月25日上午，全县召开会议", 0, 16)
    11
    """
    time = _TIME
    position = start
    while position < end:
        if text[position] in _BLANK:
            position += 1
            continue
        match = time.match(text, position, end)
        if match and match.end() > position:
            position = match.end()
        else:
            break
    return position


def deed(text: str, start: int, end: int, *, named: bool = False) -> Deed:
    """What follows a subject that ends at ``start``: an act, only watching, or nothing of its own.

    ``named``: the subject is a division's name, which may be part of a longer one (西昌城郊加油站).

    >>> deed("县委召开会议", 1, 6).meets, deed("市一家公司召开会议", 1, 9).acts
    (True, False)
    >>> deed("县组织收听收看全国会议", 1, 11).watches
    True
    """
    act = _ACT.search(text, start, end)
    watch = _WATCH.search(text, start, end)
    first = act if act and (watch is None or act.start() < watch.start()) else watch
    if first is None or first.start() - start > REACH:
        return NOTHING
    if _denied(_NOT_A_SUBJECT, text, start, first.start()):
        return NOTHING
    if text.endswith(_ATTENDS, start, first.start()):
        return NOTHING  # 市政府负责人参加约谈
    if (
        named
        and first.start() > start
        and not _SUBJECT_GOES_ON.match(text, start)
        and not does(text, start, end)
    ):
        return NOTHING
    if (
        text[first.end() : first.end() + 1] == "的"
        or text[first.start() - 1 : first.start()] == "的"
    ):
        return NOTHING  # 自治区召开的会议上, 市委的部署
    if first is watch or act is None:
        return MEETS if _THEN_MEETS.search(text, first.end(), end) else _WATCHES
    if watch is not None and act[0] == "组织" and watch.start() - act.end() < 8:
        return _WATCHES
    return Deed(
        acts=True,
        meets=_MEETS.search(text, act.start(), end) is not None,
        publishes=_PUBLISHES.search(text, act.start(), end) is not None,
    )


def does(text: str, start: int, end: int) -> bool:
    """Whether what follows a division's name that ends at ``start`` is something that it does.

    No list of deeds: a body and a leader of the division may follow, then times and adverbs, then any verb or
    a phrase that opens one (把, 对, 为). Not what happens to a place, what it lacks, or a longer name.

    >>> does("市把渡口当作命门来守", 1, 10), does("市城郊加油站实行盯守", 1, 10)
    (True, False)
    >>> does("市发生火灾", 1, 5), does("市委书记王某走进煤矿", 1, 10), does("市长陪同检查", 0, 6)
    (False, True, False)
    """
    return _predicate(text, start, end) and not (
        text[start : start + 1] == "某" or _denied(_NOT_DOING, text, start, end)
    )


def _denied(form: re.Pattern[str], text: str, start: int, end: int) -> bool:
    """Whether words deny that a subject acts; where a leader is the subject, not those of what he visits."""
    body = _SUBJECT_BODY.match(text, start, end)
    leader = _LEADER.match(text, body.end() if body else start, end)
    behind = leader.end() if leader else end
    return any(
        found.start() < behind or found[0] not in _VISITED
        for found in form.finditer(text, start, end)
    )


def _predicate(text: str, start: int, end: int) -> bool:
    body = _SUBJECT_BODY.match(text, start, end)
    position = body.end() if body else start
    leader = _LEADER.match(text, position, end)
    if leader:
        rest = text[leader.end() : end]  # not only who it is: 市委书记李某，
        said = _DOES.match(text, leader.end(), end) is not None
        verb = any(words().get(rest[i:]) == "v" for i in range(len(rest)))
        return len(rest) > LONGEST_NAME or said or verb or rest.endswith(_SAYS)
    if body and _NOT_A_SUBJECT.search(text, start, position):
        return False
    lexicon = words()
    while position < end:
        time = _TIME.match(text, position, end)
        if time and time.end() > position:
            position = time.end()
            continue
        if _DOES.match(text, position, end):
            return True
        before = _BEFORE_DEED.match(text, position, end)
        if before:
            position = before.end()
            continue
        for length in range(min(_LONGEST_WORD, end - position), 0, -1):
            kind = lexicon.get(text[position : position + length])
            if kind is None:
                continue
            if kind in _PREDICATES:
                return length > 1 or body is not None
            if kind in _BEFORE_PREDICATE:
                position += length
                break
            return _ends(position, end, body is not None)
        else:
            return _ends(position, end, body is not None)
    return False


def _ends(position: int, end: int, body: bool) -> bool:
    """Whether one more word ends the segment, which behind a body is a verb: 市政府发文，…."""
    return body and 1 < end - position <= _ONE_WORD


def behind_body(text: str, start: int, end: int) -> int:
    """Where a body of the division whose name ends at ``start`` ends, else ``start``.

    >>> behind_body("县教育局今年的安排是", 1, 10)
    4
    """
    body = _SUBJECT_BODY.match(text, start, end)
    return body.end() if body else start


def is_guest(text: str, segment: Segment) -> bool:
    """Whether the subject only comes to somebody's meeting: 派员到会指导, 应邀出席."""
    return _GUEST.search(text, segment.start, segment.end) is not None
