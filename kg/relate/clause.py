"""A clause and what it says: its modality, its action, whom it names as the one who acts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from kg.cues import pattern
from kg.layers import Cue
from kg.relate.parse import HOLD_VERB, PLEASE, Parse

Force = Literal["order", "doing", "topic", "told"]

_PROHIBITS = pattern("clauses", "prohibits")
_NOT_AHEAD = pattern("clauses", "not-ahead")
_BOUNDS = pattern("clauses", "bounds")
_PLACED = pattern("clauses", "placed")
_MOVED = pattern("clauses", "moved")
#: First characters of verbs that put something somewhere; last characters of where a verb leads.
_PUTS, _WAYS = "摆放落拖悬停统撤设扛挂记抓写贴刻举拿握做", "来去"
#: 一律不充: what is done to all of them, or not done.
_ALL = "一律"
#: What lets somebody do it, or would have him do it.
_LETS = frozenset({"permission", "recommendation"})
#: Kinds of cues that stand between a subject and its verb.
_AHEAD = frozenset({"adverb", "prep", "object", "modal"})
#: Adverbs that also stand before a noun: 全市重点企业, 现场人员.
_ATTRIBUTES = frozenset(
    {"重点", "专项", "专题", "现场", "专职", "综合", "全员", "日常", "常态", "书面", "线上", "线下"}
)
_TAKEN_AS = "作为"
#: What frames of four characters around a verb begin with: 应撤尽撤, 逢车必查.
_FRAMES = "应能该逢凡有"


@dataclass(slots=True)
class Clause:
    """A stretch with one predicate."""

    start: int
    end: int
    sentence: int
    line: int
    force: Force
    """order: directs; doing: reported as being done; topic: a numbered heading; told: background."""
    modality: str = "obligation"
    cue: str | None = None
    action: str = ""
    action_at: int = 0
    degree: int = 1
    strength: int = 1
    subject: tuple[int, int] | None = None
    condition: str | None = None
    condition_at: int | None = None
    """Where the condition (…的，) begins, when one stands before the clause."""
    why: str = ""
    """What made it background, or nothing."""
    spoken_at: int | None = None
    """Where in it, or behind it, somebody takes the word who says it: 针对近期形势，某市要求…."""
    amid: bool = False
    """Whether it stands in a passage that directs."""

    @property
    def begin(self) -> int:
        """Start with the condition."""
        return self.start if self.condition_at is None else self.condition_at

    @property
    def said(self) -> int:
        """The place at which the one has the word who says it."""
        return self.start if self.spoken_at is None else self.spoken_at


def fill(clause: Clause, parsed: Parse, pending: Sequence[Parse], text: str) -> None:
    """Set modality, action, degree, strength and subject from what was parsed."""
    modal, verb = parsed.modal, parsed.verb
    if modal is None:
        modal = next((p.modal for p in pending if p.modal is not None), None)
        if modal is not None and clause.why == "no predicate":
            clause.force, clause.why = "order", ""
    if modal is not None:
        clause.modality, clause.cue = modal.value, modal.word
    all_or_none = modal is None or modal.word == _ALL
    if (
        all_or_none
        and clause.force == "order"
        and _PROHIBITS.search(text, parsed.start, parsed.end)
    ):
        clause.modality = "prohibition"
    if (
        verb is not None
        and (modal is None or modal.word == _ALL)
        and clause.force == "order"
        and (parsed.bans or _refused(parsed, verb, text))
    ):
        clause.modality = "prohibition"
    verb = verb or parsed.coverb
    if verb is not None:
        clause.action, clause.action_at = verb.word, verb.start
        moved = placed = None
        if verb.word[-1] in _WAYS or text[verb.end : verb.end + 1] in {"来", "去"}:
            moved = _MOVED.fullmatch(text, verb.start, verb.end + 1) or _MOVED.fullmatch(verb.word)
        if moved is not None:
            clause.action = moved[1]  # 扛起来, as 扛
        elif verb.word[0] in _PUTS:
            placed = _PLACED.match(verb.word)
        if placed is not None:
            clause.action = placed[1]  # 摆在首位, as 摆
        elif verb.word.startswith(_TAKEN_AS) and len(verb.word) > len(_TAKEN_AS):
            clause.action = _TAKEN_AS  # 作为重中之重
        elif len(verb.word) == 4 and verb.word[1] == verb.word[3] and verb.word[0] in _FRAMES:
            clause.action, clause.action_at = verb.word[3], verb.end - 1  # 应撤尽撤, as 撤
        clause.degree = int(verb.value) if verb.value.isdigit() else 1
    elif modal is not None and modal.word in HOLD_VERB:  # 不放过
        clause.action, clause.action_at = modal.word[1:], modal.start + 1
    clause.strength = parsed.strength
    head = verb if parsed.passive else parsed.modal or verb
    clause.subject = _subject(parsed, head)
    if clause.subject is None:  # 各镇街根据实际，细化预案
        clause.subject = next((s for p in pending if (s := _leader(p)) is not None), None)


def _refused(parsed: Parse, verb: Cue, text: str) -> bool:
    """出事不盲目施救: a plain 不 before the main verb forbids."""
    at = verb.start
    if text.find("不", parsed.start, at) >= 0 and _NOT_AHEAD.search(text[parsed.start : at]):
        return True
    for cue in reversed(parsed.cues):
        if cue.end == at and cue.kind == "manner":
            at = cue.start
    bounds = _BOUNDS.match(text, at, parsed.end) is not None
    return at > parsed.start and text[at - 1] == "不" and not bounds


def _subject(parsed: Parse, head: Cue | None) -> tuple[int, int] | None:
    """What stands before the head and its adverbs, if it is more than a character."""
    if head is None:
        return None
    stop = parsed.verb.start if parsed.verb is not None else head.start
    agent = next((c for c in parsed.cues if c.word == "由" and c.start < stop), None)
    if parsed.contiguous and not parsed.alone and agent is None:
        return _asked(parsed)
    if agent is not None:
        return (agent.end, _stop(parsed, agent.end, parsed.verb or head))
    if parsed.prep or parsed.object_prep:
        return None
    stop = _stop(parsed, parsed.start, head)
    if parsed.alone and stop == head.start:
        return None  # 各店台账一日一清
    return (parsed.start, stop) if stop - parsed.start >= 2 else None


def _asked(parsed: Parse) -> tuple[int, int] | None:
    """请各单位开展自查, 鼓励企业投保: who is asked, encouraged or let do it stands behind the modal."""
    modal, verb = parsed.modal, parsed.verb
    if modal is None or verb is None or verb.start < modal.end + 2:
        return None
    if modal.word != PLEASE and modal.value not in _LETS:
        return None
    return (modal.end, _stop(parsed, modal.end, verb))


def _leader(parsed: Parse) -> tuple[int, int] | None:
    """Who stands at the beginning of a phrase that leads to the predicate of another segment."""
    if not parsed.cues or parsed.copula:
        return None
    first = parsed.cues[0]
    if first.word == "由" and first.start == parsed.start:
        return _subject(parsed, parsed.verb or parsed.cues[-1])
    leads = parsed.modal or next((c for c in parsed.cues if c.kind in _AHEAD), None)
    return None if leads is None or leads.start < parsed.start + 2 else _subject(parsed, leads)


def _stop(parsed: Parse, start: int, head: Cue) -> int:
    """Where the subject that begins at ``start`` ends: before the adverbs and phrases of the verb."""
    for index, cue in enumerate(parsed.cues):
        if not start < cue.start < head.start or cue.kind not in _AHEAD:
            continue
        after = parsed.cues[index + 1] if index + 1 < len(parsed.cues) else None
        if cue.word in _ATTRIBUTES and (after is None or after.start != cue.end):
            continue
        return cue.start
    return head.start
