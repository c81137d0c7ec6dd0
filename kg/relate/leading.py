"""Which segment only leads to the predicate of the next: 按照…, 以…为契机, 县级领导按照包联分工."""

from __future__ import annotations

import re

from kg.cues import pattern
from kg.relate.parse import PLEASE, Parse
from kg.relate.stretch import VERBS

#: No end of a leading phrase is longer.
_LONGEST_END = 8
_LEADING_END = pattern("clauses", "leading-end")
_AFTER = pattern("clauses", "after")
_SHORT_TIME = pattern("clauses", "short-time")
_AS = pattern("clauses", "taken-as")
_TAKEN_BY = pattern("clauses", "taken-by")
_PARTNERS = pattern("clauses", "partners")
_BY_MEANS = pattern("clauses", "by-means")
_MOVES = re.compile("[把将]")
_NAMED_ACTION = pattern("clauses", "named-action")
#: What opens a phrase that is no predicate whatever verbs stand in it.
_ABOUT = frozenset({"针对", "面对", "鉴于", "除", "除了", "随着", "由于", "在", "自", "从"})
#: What puts the object before its verb: a clause by itself.
_FOR = frozenset({"为", "给", "向", "由", "用", "对", "与", "同"})
_MOVERS = frozenset({"把", "将"})
_NOUN_HEAD = pattern("clauses", "noun-head")
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
_WITH_WHOM = frozenset({"会同", "联合"})
#: 须经专家论证: behind a modal, what is done to it.
_BY = "经"
_MEANS_OF = frozenset(
    ["结合", "按照", "依照", "根据", "依据", "针对", "围绕", "对照", "以", "本着"]
)
_GO_BY = frozenset({"会同", "按照", "依照", "根据", "依据", "结合", "围绕", "针对", "对照", "本着"})
_ACCORDING = frozenset({"按照", "依照", "根据", "依据", "遵照"})
#: What leads to its means, with a predicate of its own behind: 利用喇叭播报知识.
_MEANS = frozenset({"利用", "通过", "依托", "借助"})


def is_leading(text: str, parsed: Parse) -> bool:
    """Whether it is a phrase that waits for the predicate of the next segment."""
    if parsed.segment.closer != "，":
        return False
    if parsed.modal is not None and parsed.modal.value != "obligation":
        may = parsed.modal.value == "permission" and parsed.opener in _MEANS_OF
        return may and (parsed.verb is None or parsed.verb.end == parsed.end)
    written = text[parsed.start : parsed.end]
    if _BY_MEANS.search(written):
        return True
    if parsed.modal is None and _AFTER.search(written):
        return True
    ends = _LEADING_END.search(written[-_LONGEST_END:]) is not None and "作为" not in written
    if "为" in written and _TAKEN_BY.match(written):
        return True
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
        ahead = parsed.opener in {"对", "向"} and parsed.verb.end == parsed.end
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
    asks = parsed.modal is not None and parsed.modal.word == PLEASE
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
