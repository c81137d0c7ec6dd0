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
from kg.relate.predicate import FILLERS, Finder
from kg.relate.speech import says_at_end, speaks
from kg.relate.stretch import VERBS

_COPULA = pattern("clauses", "copula")
#: No end of a leading phrase is longer.
_LONGEST_END = 8
_LEADING_END = pattern("clauses", "leading-end")
_AFTER = pattern("clauses", "after")
_SHORT_TIME = pattern("clauses", "short-time")
_WHO = pattern("clauses", "bearer")
_AS = pattern("clauses", "taken-as")
_PARTNERS = pattern("clauses", "partners")
_NOUN_HEAD = pattern("clauses", "noun-head")
_BY_MEANS = pattern("clauses", "by-means")
_MOVES = re.compile("[把将]")
_MARK = re.compile("[“《（(]")
_QUOTED = pattern("clauses", "quoted")
_NOUN_PREDICATE = pattern("clauses", "noun-predicate")
_FOREMOST = pattern("clauses", "foremost")
_BOUND = pattern("clauses", "bound-said")
_NO_BAN = pattern("clauses", "no-ban")
_NAMED_ACTION = pattern("clauses", "named-action")
#: What one is told or asked to count, send or put somewhere: 将…纳入考核.
_PUT = frozenset(
    ["纳入", "列入", "作为", "融入", "报", "报送", "上报", "贯穿", "转化", "摆上", "列为"]
)


#: What opens a phrase that is no predicate whatever verbs stand in it.
_ABOUT = frozenset({"针对", "面对", "鉴于", "除", "除了", "随着", "由于", "在", "自", "从"})
#: What puts the object before its verb: a clause by itself.
_FOR = frozenset({"为", "给", "向", "由", "用", "对", "与", "同"})
_SIGNS = frozenset({"past", "aim", "back", "adverb", "link", "modal", "dual"})
_MOVERS = frozenset({"把", "将"})
#: Bans that are the object of a verb before them: 做到整改不打折扣.
HOLD_VERB = frozenset({"不打折扣", "不走过场", "不搞", "不放过"})
#: Modals that also stand within what is spoken of: 不能整改的, 需要停产的.
_WEAK = frozenset({"不能", "不可", "应", "应当", "需", "需要", "须", "可", "可以"})
#: What leads to its means, with a predicate of its own behind: 利用喇叭播报知识.
#: Verbs that name what they do where they end a phrase.
_NAMES = frozenset(
    [
        "行动",
        "部署",
        "安排",
        "督查",
        "督导",
        "检查",
        "整治",
        "治理",
        "演练",
        "培训",
        "研判",
        "评估",
        "建设",
        "规划",
    ]
)
_PLEASE = "请"
#: What makes an adjective with 被: 被困群众由镇里安置.
_BEFALLEN = frozenset("困淹埋毁骗")
#: Modals only where they open the clause: 请, 别.
_ONLY_FIRST = frozenset({_PLEASE, "别"})
#: Bodies named with one character: 部将派出暗访组.
_BODIES = "部局厅委省市县区州旗镇乡"
_WITH_WHOM = frozenset({"会同", "联合"})
#: 须经专家论证: behind a modal, what is done to it.
_BY = "经"
_MEANS_OF = frozenset(
    ["结合", "按照", "依照", "根据", "依据", "针对", "围绕", "对照", "以", "本着"]
)
_GO_BY = frozenset({"会同", "按照", "依照", "根据", "依据", "结合", "围绕", "针对", "对照", "本着"})
_ACCORDING = frozenset({"按照", "依照", "根据", "依据", "遵照"})
_MEANS = frozenset({"利用", "通过", "依托", "借助"})


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
    inner = list(cues) if start == segment.start else [c for c in cues if c.start >= start]
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
        if out.modal.word == _PLEASE and out.contiguous and out.verb not in inner:
            out.verb, finder.adverbial = None, False  # 请各村|结合实际: nobody is a verb
        opener = next((c for c in inner if c.start == finder.at), None)
        if opener is not None and opener.kind in {"prep", "object"}:
            out.then_prep, out.opener = True, opener.word
    else:
        out.verb = finder.main(start, bare=True) or _bound(text, start, segment.end)
        if text[start] == "不" and not finder.unless and not _NO_BAN.match(text, start):
            finder.bans = True
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
            or (out.contiguous and text[out.verb.end : out.verb.end + 1] in {"不", "未"})
        )
        and not any(c.kind in VERBS and c.start > mark and c.end == segment.end for c in inner)
    )
    out.adverbial, out.weak, out.coverb = finder.adverbial, finder.weak, finder.coverb
    out.bans = finder.bans or finder.unless
    return out


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
    found = _COPULA.search(text, out.start, stop)
    if found is None:
        words = text[out.start : out.end]
        return "为" in words and _NOUN_PREDICATE.search(words) is not None
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
    verb_first = False
    for index, cue in enumerate(cues):
        if cue.kind in VERBS and cue.kind != "single" and cue.start == head:
            verb_first = True
        if cue.kind != "modal":
            continue
        if cue.word in _ONLY_FIRST and cue.start != head and not _asks(text, cues, index):
            continue
        if found is None:
            if verb_first and (cue.value == "recommendation" or cue.word in HOLD_VERB):
                continue
            if cue.word in _WEAK and _nominal(text, cues, index):
                continue
            found = cue
        elif "的" in text[found.end : cue.start] or (
            cue.value == "prohibition"
            and all(c.kind in FILLERS for c in cues[:index] if c.start >= found.end)
        ):
            found = cue
    return found


def _asks(text: str, cues: Sequence[Cue], index: int) -> bool:
    """家长请|戴好头盔, 遇到暗冰别|急刹: the word for asking stands right before what is asked for."""
    cue = cues[index]
    behind = next((c for c in cues[index + 1 :] if c.start == cue.end), None)
    return behind is not None and behind.kind in VERBS | {"adverb", "object"}


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


def is_leading(text: str, parsed: Parse) -> bool:
    """Whether it is a phrase that waits for the predicate of the next segment."""
    if parsed.segment.closer != "，":
        return False
    if parsed.modal is not None and parsed.modal.value != "obligation":
        return False
    written = text[parsed.start : parsed.end]
    if _BY_MEANS.search(written):
        return True
    if parsed.modal is None and _AFTER.search(written):
        return True
    ends = _LEADING_END.search(written[-_LONGEST_END:]) is not None and "作为" not in written
    if parsed.opener == "以" and _AS.search(written):
        return True
    if parsed.then_prep and parsed.verb is not None and parsed.adverbial and not parsed.weak:
        goes_by = parsed.opener in _ACCORDING and parsed.verb.value < "2"
        return ends and (goes_by or "的" in text[parsed.verb.end : parsed.end])
    if parsed.then_prep and (parsed.opener == _BY or _governs_behind(text, parsed)):
        return False
    if parsed.then_prep:
        last = parsed.opener in _MEANS_OF and (
            _is_noun_here(parsed, text) or _NAMED_ACTION.search(written) is not None
        )
        last = last or (
            parsed.opener in _WITH_WHOM
            and (parsed.verb is None or parsed.verb.value < "2")
            and _PARTNERS.search(written) is not None
        )
        return parsed.opener not in _MOVERS and (ends or last or parsed.verb is None)
    if parsed.opener == "为" and parsed.prep and parsed.purpose:
        return True
    if parsed.verb is not None and _MOVES.search(written) and _moves(parsed):
        return False
    if parsed.opener == "对" and parsed.modal is None and _is_of(text, parsed):
        return True
    if parsed.prep or parsed.object_prep:
        governs = (
            parsed.verb is not None
            and not parsed.weak
            and parsed.verb.kind in {"verb", "dual"}
            and parsed.verb.value >= "2"
            and not (parsed.prep and _is_noun_here(parsed, text))
        )
        deals = parsed.opener == "从" or (parsed.opener == "针对" and parsed.adverbial)
        deals = deals and parsed.verb is not None and "的" not in text[parsed.verb.end : parsed.end]
        if ends and not (governs and (deals or parsed.opener not in _ABOUT)):
            return True
        if parsed.verb is None:
            return True
        ahead = parsed.opener == "对" and parsed.verb.end == parsed.end
        acts = ahead or (parsed.opener in _FOR and parsed.verb.end < parsed.end - 1)
        mark = text.rfind("的", parsed.start, parsed.verb.start)
        acts = acts and (mark < 0 or (ahead and parsed.verb.start - mark > 4))
        acts = acts and text[parsed.verb.end : parsed.verb.end + 1] not in {"性", "式", "型", "类"}
        noun = parsed.weak and _NOUN_HEAD.fullmatch(text, parsed.verb.end, parsed.end) is not None
        acts = acts and not noun
        means = next((c for c in parsed.cues if c.word == parsed.opener), None)
        if means is not None and means.word in _MEANS:
            acts = means.end + 2 <= parsed.verb.start and parsed.verb.end < parsed.end - 1
        return parsed.weak and parsed.opener not in _MOVERS and not acts
    asks = parsed.modal is not None and parsed.modal.word == _PLEASE
    if (parsed.modal is None or asks) and not parsed.adverbial and _by_means(text, parsed):
        return True
    if parsed.modal is None and parsed.verb is None:
        return len(written) <= 4 and bool(_SHORT_TIME.search(written))
    return parsed.verb is None and parsed.coverb is not None


def _governs_behind(text: str, parsed: Parse) -> bool:
    """要对照分工细化措施: behind the phrase and what it names stands a verb that governs."""
    verb = parsed.verb
    return (
        verb is not None
        and verb.kind in {"verb", "dual"}
        and verb.value >= "2"
        and verb.end < parsed.end
        and "的" not in text[verb.end : parsed.end]
        and not any(c.end == verb.start and c.kind in {"prep", "object"} for c in parsed.cues)
    )


def _moves(parsed: Parse) -> bool:
    return any(c.word in _MOVERS for c in parsed.cues)


def _is_of(text: str, parsed: Parse) -> bool:
    """对整改不力的镇（街道）: 对 and a noun that a relative clause tells more of."""
    mark = text.rfind("的", parsed.start, parsed.end)
    return (
        0 < parsed.end - mark - 1 <= 8
        and mark > parsed.start
        and (parsed.verb is None or parsed.verb.end <= mark)
        and not any(c.kind in VERBS and c.start > mark for c in parsed.cues)
    )


def _is_noun_here(parsed: Parse, text: str) -> bool:
    """结合专项整治行动: a verb that ends the phrase before the predicate and names something."""
    verb = parsed.verb
    if verb is not None and text[verb.start - 1] in "》”":
        return False  # 对照《标准》检查
    if verb is None or verb.end != parsed.end or parsed.adverbial:
        return verb is not None and parsed.weak and verb.kind == "single"
    return verb.word in _NAMES


def _by_means(text: str, parsed: Parse) -> bool:
    """县级领导按照包联分工: a subject and what it goes by; the predicate is in the next segment."""
    verb = parsed.verb
    for cue in parsed.cues:
        if cue.word in _GO_BY and cue.start > parsed.start:
            named = verb is not None and verb.start >= cue.end and verb.value < "2"
            named = named and verb is not None and _is_name(text, verb.end, parsed.end)
            last = verb is None or verb.start < cue.start or _is_noun_here(parsed, text) or named
            own = verb is not None and verb.start < cue.start and not parsed.weak
            own = own and verb is not None and verb.value >= "2"
            return last and not own and "的" not in text[parsed.start : cue.start]
    return False


def _is_name(text: str, start: int, end: int) -> bool:
    """包联|名单: what stands behind a verb makes a name of it."""
    return _NOUN_HEAD.fullmatch(text, start, end) is not None


def slice_of(cues: Sequence[Cue], starts: Sequence[int], segment: Segment) -> list[Cue]:
    """The cues that lie in a segment."""
    low, high = bisect_left(starts, segment.start), bisect_left(starts, segment.end)
    return [c for c in cues[low:high] if c.end <= segment.end]
