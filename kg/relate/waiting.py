"""What waits for the next segment: labels, conditions, those who are dealt with; told by what opens that segment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from kg.cues import pattern, word_set
from kg.layers import Cue, Segment
from kg.relate.parse import Parse
from kg.relate.stretch import VERBS

_AT_WORK = pattern("clauses", "at-work")
_UNMET = pattern("clauses", "unmet")
_NOT_SO = pattern("clauses", "not-so")
_LABEL = pattern("clauses", "label")
_ADDRESSEE = pattern("clauses", "addressee")
_ON_FINDING = pattern("clauses", "on-finding")
_HANDED_IN = pattern("clauses", "handed-in")
_DEALT_WITH = pattern("clauses", "dealt-with")
_CONDITION = pattern("clauses", "condition")
_TIME_LEAD = pattern("clauses", "time-lead")
#: Last characters of phrases of time.
_TIME_ENDS = frozenset("中期季段后前内时际束现间来下天日晚起份底末月夜")
#: Modals that open a clause by themselves, whatever stands before.
_OPENS = frozenset({"要", "必须", "务必", "应", "应当", "需", "须", "一要", "严禁", "不能", "禁止"})
#: Verbs of those who demand.
_DEMANDS = frozenset({"要求", "强调", "指出", "提出"})
_WITHOUT = pattern("clauses", "without")
_WITHIN = pattern("clauses", "within")
_COMES_UPON = pattern("clauses", "comes-upon")
#: What opens a phrase that says on what occasion something is to be done.
_UPON = frozenset({"遇", "遇到", "遇有"})
_REASON = pattern("clauses", "reason")
_WHICH_ONE = pattern("clauses", "which-one")
_DEALT_NOUN = pattern("clauses", "dealt-noun")
_QUALIFIES = word_set("clauses", "qualifies")
_OF_WHOM = frozenset({"对", "对于"})
_NOUN_HEAD = pattern("clauses", "noun-head")
_WHO = pattern("clauses", "bearer")


@dataclass(frozen=True, slots=True)
class Ahead:
    """What the cue that opens the next segment says of the one before."""

    dealt: bool = False
    """It says what is done with what this one names: 由, 可, 不得 …"""
    addressed: bool = False
    """It says what somebody is to do, or who speaks."""
    banned: bool = False
    """It bans."""
    asked: bool = False
    """It begins with 请."""
    refused: bool = False
    """It bans, perhaps behind a subject of its own."""
    orders: bool = False
    """A modal stands behind a subject of its own."""
    speaks: bool = False
    """Somebody may speak in it."""


def look_ahead(segment: Segment, cues: Sequence[Cue]) -> Ahead:
    """Look at the next segment."""
    orders = any(c.kind == "modal" and c.start > segment.start for c in cues)
    speaks = bool(cues) and cues[0].kind == "speech" and cues[0].word in _DEMANDS
    if not cues or cues[0].start != segment.start:
        refused = orders and _bans(cues)
        return Ahead(orders=orders, refused=refused, speaks=speaks) if orders or speaks else NOTHING
    first = cues[0]
    opens = first.kind == "modal" and first.word in _OPENS
    return Ahead(
        dealt=first.word == "由" or (first.kind == "modal" and not opens),
        addressed=first.kind == "speech" or opens,
        banned=first.word == "一律" or first.value == "prohibition",
        refused=first.kind != "link" and _bans(cues),
        asked=first.word == "请",
        speaks=speaks,
        orders=orders and first.kind not in {"modal", "speech", "past", "link"},
    )


def _bans(cues: Sequence[Cue]) -> bool:
    return any(c.kind == "modal" and c.value == "prohibition" for c in cues)


NOTHING = Ahead()


def is_label(text: str, parsed: Parse, ahead: Ahead) -> bool:
    """道路交通方面，要…; 对企业，要…: says of what, or to whom, the clause is said; no part of it."""
    if parsed.segment.closer not in "，：" or parsed.modal is not None:
        return False
    words = text[parsed.start : parsed.end]
    return _LABEL.search(words) is not None or (
        ahead.addressed and _ADDRESSEE.search(words) is not None
    )


def waits(text: str, parsed: Parse, ahead: Ahead) -> bool:
    """What the next segment speaks of: those dealt with, what is to be handed in."""
    if ahead.asked and _HANDED_IN.search(text, parsed.start, parsed.end):
        return parsed.segment.closer == "，" and parsed.modal is None
    if not (ahead.dealt or ahead.addressed):
        return False
    return _is_dealt_with(text, parsed) or _is_bearer_of(text, parsed)


def is_spoken_of(text: str, parsed: Parse, ahead: Ahead) -> bool:
    """50人以上的聚餐，主办人要报备; 对违规用火行为，群众可以举报: of what the next segment says who must or may."""
    if parsed.segment.closer != "，" or parsed.modal is not None:
        return False
    verb = parsed.verb
    mark = text.rfind("的", parsed.start, parsed.end)
    named = ahead.orders and mark > 0 and _WHO.search(text, mark, parsed.end) is not None
    if named and not parsed.adverbial and _is_bearer_of(text, parsed):
        return True  # 正常生产的煤矿，矿长必须在岗
    if ahead.dealt and _WHICH_ONE.search(text, parsed.start, parsed.end):
        qualifies = verb is None or verb.word in _QUALIFIES
        return qualifies or (not parsed.contiguous and verb is not None and verb.end < parsed.end)
    if not (ahead.orders or ahead.dealt):
        return False
    if verb is None or parsed.contiguous or parsed.past is not None or parsed.prep:
        return False
    if parsed.opener in _OF_WHOM and parsed.object_prep:
        noun = _DEALT_NOUN.search(text, parsed.start, parsed.end) is not None
        return noun and verb.value < "2" and verb.end < parsed.end
    led = any(c.end == verb.start and c.kind == "adverb" for c in parsed.cues)
    led = led or text[verb.start - 1] in {"不", "里"}  # 弯道不超车, 集中到棚子里充电
    nominal = verb.kind == "verb" and verb.end == parsed.end and not (led or parsed.bans)
    if not nominal or _WHO.search(text, parsed.start, verb.start):
        return False
    if any(c.kind in VERBS and c.start < verb.start for c in parsed.cues):
        return False
    return parsed.weak or "的" in text[parsed.start : verb.start]


def _is_dealt_with(text: str, parsed: Parse) -> bool:
    """排名末位的乡镇，由…约谈; 对无事故的企业，可以…: the one whom the next segment deals with."""
    return (
        parsed.segment.closer == "，"
        and parsed.modal is None
        and not (parsed.passive and parsed.adverbial)
        and not (parsed.contiguous and parsed.verb and _acts(text, parsed, parsed.verb))
        and not any(c.kind == "adverb" and c.start == parsed.start for c in parsed.cues)
        and (
            parsed.verb is None
            or parsed.verb.end <= parsed.end - 3
            or _NOUN_HEAD.fullmatch(text, parsed.verb.end, parsed.end) is not None
        )
        and _DEALT_WITH.search(text, parsed.start, parsed.end) is not None
    )


def _is_bearer_of(text: str, parsed: Parse) -> bool:
    """涉水施工的大桥、码头项目，要…: a noun that a relative clause tells more of, before a modal."""
    mark = text.rfind("的", parsed.start, parsed.end)
    if parsed.segment.closer != "，":
        return False
    if mark < 0 or not 2 <= parsed.end - mark - 1 <= 12 or parsed.copula:
        return False
    if parsed.adverbial and parsed.verb is not None and parsed.verb.start > mark + 1:
        return False  # 电动车集中到寨口的棚子里充电
    if parsed.prep or parsed.object_prep:
        return False
    if parsed.past is not None and (parsed.past.end > mark or parsed.past.value == "sentence"):
        return False
    if parsed.cues and parsed.cues[0].kind == "adverb" and parsed.cues[0].start == parsed.start:
        return False
    if parsed.modal is not None and (parsed.modal.word != "需" or parsed.modal.start > mark):
        return False
    behind = [c for c in parsed.cues if c.start > mark and c.kind in VERBS | {"adverb"}]
    if any(c.end < parsed.end or c.kind == "adverb" for c in behind):
        return False
    verb = next((c for c in parsed.cues if c.kind in VERBS), None)
    return verb is None or verb.start > parsed.start or verb.kind in {"v", "single"}


def _acts(text: str, parsed: Parse, verb: Cue) -> bool:
    """Whether a verb at the beginning governs; in 进入林区的车辆 it only tells which."""
    mark = text.find("的", verb.end, parsed.end)
    return verb.value >= "2" and not (
        mark > 0 and _WHO.search(text, mark + 1, parsed.end) is not None
    )


def is_condition(text: str, parsed: Parse, ahead: Ahead) -> bool:
    """Whether a segment is a condition, a time or a reason of what follows: …的，一旦…，…前，."""
    if parsed.segment.closer != "，":
        return False
    if text[parsed.end - 1] == "的":
        if parsed.copula:
            return False  # 昆山是付出过代价的
        bans = parsed.modal is not None and parsed.modal.value != "obligation"
        return not (bans and not parsed.prep and parsed.contiguous)
    if parsed.modal is not None or text[parsed.start : parsed.end].startswith("除"):
        return False
    if text.find("中", parsed.start, parsed.end) > 0 and _ON_FINDING.match(
        text, parsed.start, parsed.end
    ):
        return True
    if _REASON.match(text, parsed.start, parsed.end):
        return True
    if not parsed.copula and _tells_when(text[parsed.start : parsed.end]):
        return True
    if _WITHOUT.match(text, parsed.start, parsed.end):
        return True
    asked = ahead.asked or ahead.orders or ahead.addressed
    if asked and _AT_WORK.match(text, parsed.start, parsed.end):
        return True
    upon = _COMES_UPON.match(text, parsed.start, parsed.end) is not None
    if upon and _answers(text, parsed):
        return False
    if upon and (ahead.addressed or ahead.dealt or ahead.banned):
        return True
    if ahead.banned and _UNMET.search(text, parsed.start, parsed.end):
        return True
    if (ahead.banned or ahead.refused) and _NOT_SO.match(text, parsed.start, parsed.end):
        return True
    return bool(_CONDITION.match(text, parsed.start, parsed.end)) and not (
        parsed.verb is not None and not parsed.weak and parsed.adverbial and _led(text, parsed)
    )


def _tells_when(words: str) -> bool:
    """汛期来临前, 收尾阶段: a phrase of time; looked for only where one may end."""
    may = words[-1] in _TIME_ENDS or "阶段" in words or "第一" in words
    return may and _TIME_LEAD.search(words) is not None


def _answers(text: str, parsed: Parse) -> bool:
    """发现隐患立即处置, 遇大风停止作业: what is to be done on finding it stands in the same segment."""
    verb = parsed.verb
    if parsed.opener in _UPON and verb is not None and not parsed.weak:
        ahead = next((c.end for c in parsed.cues if c.word == parsed.opener), verb.start)
        if verb.kind == "verb" and verb.value >= "2" and verb.start >= ahead + 2:
            return True
    if _WITHIN.search(text, parsed.start, parsed.end):
        return True
    return any(
        ahead.kind == "adverb"
        and ahead.word != "有人"
        and ahead.start > parsed.start
        and ahead.end == cue.start
        and cue.kind in VERBS
        for ahead, cue in pairwise(parsed.cues)
    )


def _led(text: str, parsed: Parse) -> bool:
    """Whether what leads to a verb stands right before the main verb (发现隐患立即整改)."""
    at = parsed.verb.start if parsed.verb is not None else -1
    if text[at - 1] in {"内", "前"} and text[at - 2] in "天日周月年时底":
        return True
    return any(c.end == at and c.kind in {"adverb", "manner", "dual", "link"} for c in parsed.cues)
