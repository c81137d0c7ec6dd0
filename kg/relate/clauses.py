"""Segments -> clauses: which stretches direct, with what force, and which only tell.

A clause ends at ，；。 where a new predicate begins (GUIDELINES, Obligations): a leading 按照/针对/
以…为/结合 phrase stays with what follows, a continuation by 以及 or without a verb stays with what
precedes, a condition (…的，一旦…) is kept apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Literal

from kg.cues import pattern
from kg.dates import find_deadline
from kg.layers import Cue, Layers, Segment
from kg.relate.parse import Parse, is_leading, parse, reported, slice_of

Force = Literal["order", "doing", "topic", "told"]
Mode = Literal["order", "tell", "document", "narrative"]

_CONDITION = pattern("clauses", "condition")
_HOLD = pattern("clauses", "hold")
_PREAMBLE_END = pattern("clauses", "preamble-end")
_COUNT = pattern("clauses", "count")
_BACKGROUND_SECTION = pattern("clauses", "background-section")
_LEFT_OUT = pattern("clauses", "left-out")
_GENERAL_STATE = pattern("clauses", "general-state")
_PROHIBITS = pattern("clauses", "prohibits")
#: Longest heading within the text, and longest afterthought without a verb, in characters.
SHORT = 14


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

    @property
    def begin(self) -> int:
        """Start with the condition."""
        return self.start if self.condition_at is None else self.condition_at


def find_clauses(layers: Layers, strengths: Mapping[str, int], *, document: bool) -> list[Clause]:
    """List the clauses of the body in order.

    ``document`` tells a formal notice, whose text directs by itself.
    """
    return _Reader(layers, strengths, document=document).run()


class _Reader:
    """Walks the segments, sentence by sentence, and keeps what waits for its predicate."""

    def __init__(self, layers: Layers, strengths: Mapping[str, int], *, document: bool) -> None:
        self.layers = layers
        self.text = layers.text
        self.strengths = strengths
        self.document = document
        self.preamble_end = _preamble_end(layers) if document else -1
        self.out: list[Clause] = []
        self.mode: Mode = "narrative"
        self.line = -1
        self.section = False
        """In a section whose heading says that it tells."""
        self.pending: list[Parse] = []
        """Leading phrases."""
        self.condition: tuple[int, int] | None = None
        self.last: Clause | None = None
        """The clause before in the sentence."""
        self.joined = False
        """Whether a comma parts it from what comes."""

    def run(self) -> list[Clause]:
        for sentence in self._sentences():
            counted = any(
                c.value == "sentence" and c.kind == "past" for _, cs in sentence for c in cs
            )
            self.pending, self.condition, self.last, self.joined = [], None, None, False
            for segment, cues in sentence:
                self._mode(segment, cues)
                parsed = parse(self.text, segment, cues, self.strengths)
                if parsed.start < segment.end:
                    alone = len(sentence) == 1
                    self._segment(parsed, counted=counted, alone=alone)
            _leave_out(self.out, sentence[0][0].sentence, self.text)
        return self.out

    def _sentences(self) -> Iterator[list[tuple[Segment, list[Cue]]]]:
        cues, lines = self.layers.cues, self.layers.lines
        starts = [c.start for c in cues]
        body = (s for s in self.layers.segments if lines[s.line].kind != "title")
        for _, group in groupby(body, key=lambda s: s.sentence):
            yield [(s, slice_of(cues, starts, s)) for s in group]

    def _mode(self, segment: Segment, cues: Sequence[Cue]) -> None:
        """Whether the passage directs or tells from this segment on."""
        if segment.line != self.line:
            self.section = self.section and self.document
            self.line = segment.line
            directs = self.document and segment.start >= self.preamble_end
            self.mode = "document" if directs else "narrative"
        spoken = reported(self.text, segment, cues)
        if spoken is not None:
            self.mode = "order" if spoken.value == "order" else "tell"
            self.pending, self.condition, self.last = [], None, None
        elif not self.document and _HOLD.search(self.text, segment.start, segment.end):
            self.mode = "narrative"
        if _BACKGROUND_SECTION.match(self.text[segment.start : segment.end]):
            self.section = True
        elif self.section and segment.numbered and segment.end - segment.start <= SHORT:
            self.section = False
            self.mode = "document" if self.document else self.mode
        if self.section:
            self.mode = "tell"

    def _segment(self, parsed: Parse, *, counted: bool, alone: bool) -> None:
        if parsed.back and self.last is not None and parsed.modal is None:
            self._extend(parsed)
        elif self._is_condition(parsed):
            self.condition, self.pending = (parsed.start, parsed.end), []
        elif is_leading(self.text, parsed):
            self.pending.append(parsed)
        else:
            self._clause(parsed, counted=counted, alone=alone)

    def _extend(self, parsed: Parse) -> None:
        """The segment goes on with the clause before it."""
        if self.last is not None:
            self.last.end = parsed.end
        self.joined = parsed.segment.closer == "，"

    def _is_condition(self, parsed: Parse) -> bool:
        if parsed.segment.closer != "，":
            return False
        if self.text[parsed.end - 1] == "的":
            return not (parsed.modal and not parsed.prep and parsed.contiguous)
        return parsed.modal is None and bool(_CONDITION.match(self.text, parsed.start, parsed.end))

    def _clause(self, parsed: Parse, *, counted: bool, alone: bool) -> None:
        words = self.text[parsed.start : parsed.end]
        force, why = self._force(parsed, words, counted=counted)
        if self._is_topic(parsed, alone=alone):
            force, why = "topic", ""
        if why == "no predicate" and not self.pending:
            if self.last and self.joined and self.last.force == "order" and len(words) <= SHORT:
                self._extend(parsed)
                return
            waits = parsed.segment.closer == "，" and self.condition is None
            if waits and self.mode in {"order", "document"} and not _limited(words):
                self.condition = (parsed.start, parsed.end)
                return
        if why == "no predicate" and self.mode in {"order", "document"} and _limited(words):
            force, why = "order", ""
        first = self.pending[0] if self.pending else parsed
        segment = parsed.segment
        clause = Clause(first.start, parsed.end, segment.sentence, segment.line, force, why=why)
        if self.condition is not None:
            clause.condition = self.text[slice(*self.condition)]
            clause.condition_at = self.condition[0]
        if any(p.hard for p in self.pending):
            clause.force, clause.why = "told", "left out"
        _fill(clause, parsed, self.pending, self.text)
        self.out.append(clause)
        self.last, self.joined = clause, segment.closer == "，"
        self.pending, self.condition = [], None

    def _force(self, parsed: Parse, words: str, *, counted: bool) -> tuple[Force, str]:
        """What a segment does, and why it does not direct."""
        modal, verb, past = parsed.modal, parsed.verb, parsed.past
        if parsed.hard:
            return "told", "left out"
        if modal is not None:
            tells = self.mode == "narrative" and modal.value == "permission"
            return ("told", "narrative") if tells else ("order", "")
        if past is not None:
            inside = verb is not None and parsed.contiguous and past.start > verb.start
            if not inside or past.value == "sentence":
                return "told", past.word
        if parsed.copula:
            return "told", "是"
        if verb is None:
            return "told", "no predicate"
        if parsed.aim or (verb.word == "确保" and _GENERAL_STATE.search(words)):
            return "told", "aim"
        if counted and not parsed.contiguous:
            return "told", "statistics"
        if self.mode in {"order", "document"}:
            return "order", ""
        if self.mode == "tell":
            return "told", "tell"
        return ("told", "count") if _COUNT.search(words) else ("doing", "")

    def _is_topic(self, parsed: Parse, *, alone: bool) -> bool:
        """A heading: a line of its own, or a numbered stretch that is a whole short sentence."""
        segment = parsed.segment
        if parsed.modal is not None:
            return False
        if self.layers.lines[segment.line].kind == "heading":
            return True
        short = segment.end - segment.start <= SHORT
        return segment.numbered and alone and segment.closer == "。" and short


def _limited(words: str) -> bool:
    return find_deadline(words, None) is not None


def _leave_out(clauses: list[Clause], sentence: int, text: str) -> None:
    """…由市级监管，此次未作安排: what is left out at the end was not ordered before."""
    tail = [c for c in clauses if c.sentence == sentence]
    for before, clause in pairwise(tail):
        if before.cue is None and _LEFT_OUT.search(text, clause.start, clause.end):
            before.force, before.why = "told", "left out"


def _preamble_end(layers: Layers) -> int:
    """In a formal notice everything before 通知如下 is reasons, not orders."""
    for segment in layers.segments:
        if layers.lines[segment.line].kind == "body" and _PREAMBLE_END.search(
            layers.text, segment.start, segment.end
        ):
            return segment.end
    return -1


def _fill(clause: Clause, parsed: Parse, pending: Sequence[Parse], text: str) -> None:
    modal, verb = parsed.modal, parsed.verb
    if modal is None:
        modal = next((p.modal for p in pending if p.modal is not None), None)
        if modal is not None and clause.why == "no predicate":
            clause.force, clause.why = "order", ""
    if modal is not None:
        clause.modality, clause.cue = modal.value, modal.word
    elif clause.force == "order" and _PROHIBITS.search(text, clause.start, clause.end):
        clause.modality = "prohibition"
    if modal is not None and verb is not None and verb.start < modal.start:
        verb = next((c for c in parsed.cues if c.kind == "verb" and c.start >= modal.end), verb)
    if verb is not None:
        clause.action, clause.action_at = verb.word, verb.start
        clause.degree = int(verb.value) if verb.kind == "verb" and verb.value.isdigit() else 1
    clause.strength = parsed.strength
    clause.subject = _subject(parsed, modal or verb)


def _subject(parsed: Parse, head: Cue | None) -> tuple[int, int] | None:
    """What stands before the head and its adverbs, if it is more than a character."""
    if head is None or parsed.contiguous:
        return None
    stop = next(
        (
            c.start
            for c in parsed.cues
            if parsed.start < c.start < head.start and c.kind in {"adverb", "prep", "object"}
        ),
        head.start,
    )
    return (parsed.start, stop) if stop - parsed.start >= 2 else None
