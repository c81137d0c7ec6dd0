"""One segment parsed: its modal, its main verb, what stands before them, what speaks against an order.

The main verb is found by position, not by a list: after the modal, the adverbs and the phrases that
stand before a verb in Chinese (对…, 把…, 在…前, 由…). See docs/decisions/0025.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kg.cues import pattern
from kg.layers import Cue, Segment
from kg.lexicon import words
from kg.relate.predicate import Finder
from kg.relate.setting import FILLERS, PUT
from kg.relate.speech import says_at_end, speaks
from kg.relate.stretch import VERBS

_COPULA = pattern("clauses", "copula")
_WHO = pattern("clauses", "bearer")
_NOUN_HEAD = pattern("clauses", "noun-head")
_MARK = re.compile("[“《（(]")
_QUOTED = pattern("clauses", "quoted")
#: How much of it, behind a verb that governs it: 组建|一支不少于15人的消防队.
_SO_MUCH = re.compile("[一两二三四五六七八九十0-9]+[支个套名台座口条批处项份]")
_AT_ONCE_THEN = pattern("clauses", "then-at-once")
_SOMEBODY_THERE = pattern("clauses", "somebody-there")
_SUPREME = pattern("clauses", "supreme")
_NOUN_PREDICATE = pattern("clauses", "noun-predicate")
_FOREMOST = pattern("clauses", "foremost")
_BOUND = pattern("clauses", "bound-said")
_NO_BAN = pattern("clauses", "no-ban")
#: What one is told or asked to count, send or put somewhere: 将…纳入考核.
_PUT = PUT | {"报", "报送", "上报", "摆上"}


_SIGNS = frozenset({"past", "aim", "back", "adverb", "link", "modal", "dual"})
#: Bans that are the object of a verb before them: 做到整改不打折扣.
HOLD_VERB = frozenset({"不打折扣", "不走过场", "不搞", "不放过"})
#: Modals that also stand within what is spoken of: 不能整改的, 需要停产的.
_WEAK = frozenset({"不能", "不可", "应", "应当", "需", "需要", "须", "可", "可以"})
PLEASE = "请"
#: What makes an adjective with 被: 被困群众由镇里安置.
_BEFALLEN = frozenset("困淹埋毁骗")
#: Modals only where they open the clause, or a verb stands right behind: 请, 别, 宜.
_ONLY_FIRST = frozenset({PLEASE, "别", "宜"})
#: What is lit: 点明火, 点香烛.
_LIT = frozenset("火燃香烛灯炮蜡烟着明孔煤柴草鞭烧放焚供")
#: A modal that is also a surname: only where what is not to be done stands right behind.
_ALSO_NAME = "莫"
#: Bodies named with one character: 部将派出暗访组.
_BODIES = "部局厅委省市县区州旗镇乡"


@dataclass(slots=True)
class Parse:
    """What the cues of one segment say."""

    segment: Segment
    start: int
    """Where the clause proper begins (after a reporting 会议强调)."""
    cues: Sequence[Cue]
    modal: Cue | None = None
    verb: Cue | None = None
    """The main verb."""
    coverb: Cue | None = None
    """针对, 按照 … where no verb follows it in the segment."""
    weak: bool = False
    """The verb is only the last word that can be one, and may be a noun."""
    contiguous: bool = False
    """The verb (or modal) comes at once, after adverbs and links only."""
    adverbial: bool = False
    """The verb stands right behind an adverb, a phrase of place or time, or 由…/对…."""
    prep: bool = False
    """Opens with 按照, 针对, 在 …"""
    object_prep: bool = False
    """Opens with 把, 将, 对 …"""
    opener: str = ""
    """The word that opens the phrase before the verb."""
    then_prep: bool = False
    """A phrase before the verb follows the modal: 要以…为契机."""
    back: bool = False
    """Opens with 以及, 和 …: goes on with the clause before."""
    past: Cue | None = None
    hard: bool = False
    """Attendance or exclusion: tells, even with a modal."""
    copula: bool = False
    aim: bool = False
    topic: bool = False
    """A noun phrase with a relative clause, nothing behind it: what the next segment is about."""
    passive: bool = False
    """由 names who is to do it."""
    suffers: bool = False
    """被 before the verb: something happened to the subject."""
    purpose: bool = False
    """Opens with 为 and a verb: 为贯彻全省会议精神."""
    future: bool = False
    """Somebody plans it: 市安委办将组织督查."""
    bans: bool = False
    """A plain 不 before the verb, at the beginning or behind what is not met, forbids."""
    alone: bool = False
    """A turn of phrase that is a clause of its own: 该停的停."""
    strength: int = 1

    @property
    def end(self) -> int:
        """End of the segment."""
        return self.segment.end


def parse(text: str, segment: Segment, cues: Sequence[Cue], strengths: Mapping[str, int]) -> Parse:
    """Read a segment: modal and signs first, then the main verb by its place."""
    start = segment.start
    for cue in cues:
        if cue.kind == "speech" and speaks(text, cue, segment, cues):
            start = cue.end
    if start == segment.start and says_at_end(text, segment, cues) is not None:
        start = segment.end
    inner = [c for c in cues if c.start >= start and not _is_spot(text, c)]
    if _MARK.search(text, start, segment.end):
        inner = _outside_quotes(text, start, segment.end, inner)
    out = Parse(segment, start, inner)
    if start >= segment.end:
        return out
    first = next((c for c in inner if c.kind not in {"adverb", "link"}), None)
    head = start
    for cue in inner:
        if cue.start != head or cue.kind not in {"adverb", "link"}:
            break
        head = cue.end
    for cue in inner:
        if cue.kind in _SIGNS:
            _sign(out, cue, strengths)
    if first is not None and first.start == head:
        out.prep, out.object_prep = first.kind == "prep", first.kind == "object"
        out.opener = first.word
        after = next((c for c in inner if c.start == first.end), None)
        out.purpose = (
            after is not None and after.kind in {"verb", "v"} and first.word in {"为", "为了"}
        )
    out.modal = _modal(text, inner, head)
    finder = Finder(text, inner, start, segment.end)
    if out.modal is not None:
        out.contiguous = out.modal.start == head
        whole = out.modal.word in HOLD_VERB  # 不放过任何一个漏洞
        out.verb = None if whole else finder.main(out.modal.end, bare=False)
        if out.modal.word == PLEASE and out.contiguous and out.verb not in inner:
            out.verb, finder.adverbial = None, False  # 请各村|结合实际: nobody is a verb
        opener = next((c for c in inner if c.start == finder.at), None)
        if opener is not None and opener.kind in {"prep", "object"}:
            out.then_prep, out.opener = True, opener.word
    else:
        out.verb = finder.main(start, bare=True) or _bound(text, start, segment.end)
        if text[start] == "不" and not finder.unless and not _NO_BAN.match(text, start):
            finder.bans = True
            if finder.weak and text[start + 1] != "在":
                finder.adverbial = True  # 不往窨井扔鞭炮
            if out.verb is None and start + 2 <= segment.end:
                out.verb, finder.plain = _behind_not(text, start + 1, segment.end), True
            mark = text.find("的", start, segment.end) + 1
            if any(c.start == mark and c.kind in VERBS | {"adverb"} for c in inner):
                finder.bans = False  # 不达标的坚决关掉
            if out.verb is not None and finder.follows(out.verb, "的"):
                out.verb = next((c for c in reversed(inner) if c.kind in VERBS), out.verb)
        out.contiguous = out.verb is not None and finder.plain
        out.future = _future(text, inner, start)
        out.past = None if finder.unless else out.past
        stop = out.verb.start if out.verb is not None else segment.end
        if out.verb is not None and out.verb.value < "2" and _is_named(text, out.verb, segment.end):
            stop = segment.end
        out.copula = _is_copula(text, out, max(stop, start))
    if out.past is not None and out.past.value != "sentence":
        _forgive(out, text)
    stop = out.verb.start if out.verb is not None else segment.end
    if out.modal is None and text.find("被", start, stop) >= 0:
        out.suffers = any(
            c.word == "被"
            and c.start < stop
            and "的" not in text[c.end : stop]
            and text[c.end : c.end + 1] not in _BEFALLEN
            for c in inner
        )
    if text.find("由", start, stop) >= 0:
        out.passive = any(c.word == "由" and c.start < stop for c in inner)
    mark = text.rfind("的", start, segment.end)
    out.topic = (
        out.modal is None
        and mark >= 0
        and segment.end - mark <= 10
        and not finder.adverbial
        and not (out.verb is not None and _SO_MUCH.match(text, out.verb.end, mark))
        and (out.past is None or not (out.past.value == "sentence" or out.past.word[-1] == "了"))
        and (
            out.verb is None
            or (
                finder.weak
                and not any(c.kind == "object" and start < c.start < out.verb.start for c in inner)
                and not _WHO.search(text[start : out.verb.start])
            )
            or (
                not out.contiguous
                and not text.startswith("对", out.verb.end)  # 雨天加强对食材的查验
                and out.verb.end <= mark
                and not (out.prep or out.object_prep)
                and not any(c.kind == "object" and c.start < out.verb.start for c in inner)
                and not _WHO.search(text[start : out.verb.start])
            )
            or (
                out.contiguous
                and text[out.verb.end : out.verb.end + 1] in {"不", "未"}
                and not any(c.start == mark + 1 and c.kind in VERBS for c in inner)
            )
        )
        and not any(c.kind in VERBS and c.start > mark and c.end == segment.end for c in inner)
    )
    out.adverbial, out.weak, out.coverb = finder.adverbial, finder.weak, finder.coverb
    out.bans = finder.bans or finder.unless
    return out


def _forgive(out: Parse, text: str) -> None:
    """有覆冰就停; 灯房昼夜有僧人看: a sign of what is so that belongs to the occasion, or to who is to be there."""
    once = _AT_ONCE_THEN.search(text, out.start, out.end)
    there = _SOMEBODY_THERE.search(text, out.start, out.end)
    if there is not None and out.past is not None and out.past.start == there.start():
        out.past, out.adverbial = None, True
        if out.verb is None or out.verb.start < there.start():
            out.verb = Cue(*there.span(1), "v", "", there[1])
    elif once is not None and out.past is not None and out.past.end <= once.start():
        out.past = None


def _bound(text: str, start: int, end: int) -> Cue | None:
    """每人不少于8课时: the bound is the predicate where there is no verb."""
    found = _BOUND.search(text, start, end)
    return Cue(*found.span(1), "verb", "1", found[1]) if found else None


def _behind_not(text: str, at: int, end: int) -> Cue:
    """不闯红灯: what stands behind 不 is a verb, one character where two make no word."""
    size = 2 if at + 2 <= end and words().get(text[at : at + 2]) in {"v", "d", "i"} else 1
    return Cue(at, at + size, "single" if size == 1 else "v", "", text[at : at + size])


def _is_named(text: str, verb: Cue, end: int) -> bool:
    """加油|站: what stands behind a verb makes a noun of it."""
    return _NOUN_HEAD.match(text, verb.end, end) is not None


def _is_copula(text: str, out: Parse, stop: int) -> bool:
    """…是…, …为第一责任人; not 首要的是 + verb, which orders."""
    verb = out.verb
    found = _COPULA.search(text, out.start, stop)
    opens = verb is not None and (verb.start == out.start or text.startswith("是", verb.end))
    if found is None and verb is not None and verb.value < "2" and opens:
        found = _COPULA.match(text, verb.end, out.end)  # 发展|是安全的保障
        found = found or _SUPREME.search(text, verb.end, out.end)  # 维护稳定是头等大事
        stop = out.end if found is not None else stop
    if found is None:
        words = text[out.start : out.end]
        return ("为" in words or "是" in words) and _NOUN_PREDICATE.search(words) is not None
    if out.verb is not None and out.verb.start == stop and _FOREMOST.search(text, out.start, stop):
        out.contiguous = True
        return False
    return True


def _outside_quotes(text: str, start: int, end: int, cues: list[Cue]) -> list[Cue]:
    spans = [m.span() for m in _QUOTED.finditer(text, start, end)]
    led = {c.end for c in cues if c.kind == "adverb"}
    return [
        c
        for c in cues
        if not any(
            a < c.start and c.end < b and not (a in led and (a + 1, b - 1) == (c.start, c.end))
            for a, b in spans
        )
    ]


def _sign(out: Parse, cue: Cue, strengths: Mapping[str, int]) -> None:
    match cue.kind:
        case "past":
            out.past = out.past or cue
            out.hard = out.hard or cue.value == "hard"
        case "aim":
            out.aim = True
        case "back":
            out.back = out.back or cue.start == out.start
        case "adverb" | "link" | "modal" | "dual":
            strength = strengths.get(cue.word, 1)
            if strength > out.strength:
                out.strength = strength


def _modal(text: str, cues: Sequence[Cue], head: int) -> Cue | None:
    """The modal over the clause; one behind a relative clause (…的) governs, not one within it."""
    found: Cue | None = None
    at = 0
    verb_first = False
    for index, cue in enumerate(cues):
        if cue.kind in VERBS and cue.kind != "single" and cue.start == head:
            verb_first = True
        if cue.kind != "modal":
            continue
        if cue.word in _ONLY_FIRST and cue.start != head and not _asks(text, cues, index):
            continue
        if cue.word == _ALSO_NAME and not _warns(cues, index):
            continue
        if found is None:
            if verb_first and (cue.value == "recommendation" or cue.word in HOLD_VERB):
                continue
            if cue.word in _WEAK and _nominal(text, cues, index):
                continue
            found, at = cue, index
        elif text.find("的", found.end, cue.start) >= 0 or (
            cue.value == "prohibition"
            and all(c.kind in FILLERS for c in cues[at:index] if c.start >= found.end)
        ):
            found, at = cue, index
    return found


def _asks(text: str, cues: Sequence[Cue], index: int) -> bool:
    """家长请|戴好头盔, 遇到暗冰别|急刹: the word for asking stands right before what is asked for."""
    cue = cues[index]
    behind = next((c for c in cues[index + 1 :] if c.start == cue.end), None)
    return behind is not None and behind.kind in VERBS | {"adverb", "object"}


def _is_spot(text: str, cue: Cue) -> bool:
    """隐患|点, 晚上七|点: a place or an hour, unless something is lit."""
    return cue.word == "点" and text[cue.end : cue.end + 1] not in _LIT


def _warns(cues: Sequence[Cue], index: int) -> bool:
    """莫|把孩子单独留家, 莫|玩火: behind the modal stands a phrase, an adverb or a verb of two characters."""
    cue = cues[index]
    behind = next((c for c in cues[index + 1 :] if c.start == cue.end), None)
    if behind is None or behind.word == "让":
        return False  # 莫让电动车成为“火药桶”
    return behind.kind in {"prep", "object", "adverb"} or (
        behind.kind in VERBS and behind.end - behind.start > 1
    )


def _nominal(text: str, cues: Sequence[Cue], index: int) -> bool:
    """暂时不能改的|管住: the modal only says of what the verb behind 的 speaks."""
    mark = text.find("的", cues[index].end, cues[-1].start)
    if mark < 0 or any(c.kind in {"prep", "object"} for c in cues[index + 1 : index + 2]):
        return False
    last = cues[-1]
    return any(
        c.start == mark + 1 and (c.kind == "adverb" or (c.kind in VERBS and c is last))
        for c in cues[index + 1 :]
    )


def _future(text: str, cues: Sequence[Cue], start: int) -> bool:
    """X 将 + predicate: what somebody is going to do; 将 + noun + verb puts an object first."""
    for index, cue in enumerate(cues):
        if cue.word != "将" or (cue.start - start == 1 and text[start] not in _BODIES):
            continue
        following = cues[index + 1] if index + 1 < len(cues) else None
        if following is None or following.start != cue.end:
            continue
        if (
            following.kind == "object"
            and following.word in {"对", "把", "以"}
            and cue.start > start
        ):
            return True  # 市局将把…纳入考核: the other word puts the object first
        if any(c.word in _PUT for c in cues[index + 1 :]):
            continue
        acts = following.kind in VERBS and _only_verbs(cues[index + 1 :], cue.end, cues[-1].end)
        return (
            following.kind in {"adverb", "prep", "object", "link", "dual", "manner", "a"}
            or (following.kind == "verb" and following.value >= "2")
            or (acts and cue.start > start)
        )
    return False


def _only_verbs(cues: Sequence[Cue], start: int, end: int) -> bool:
    """跟踪督办: nothing but verbs, one after the other."""
    for cue in cues:
        if cue.start != start or cue.kind not in VERBS:
            return False
        start = cue.end
    return start == end and len(cues) > 1


def slice_of(cues: Sequence[Cue], starts: Sequence[int], segment: Segment) -> list[Cue]:
    """The cues that lie in a segment."""
    low, high = bisect_left(starts, segment.start), bisect_left(starts, segment.end)
    return [c for c in cues[low:high] if c.end <= segment.end]
