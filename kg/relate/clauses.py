"""Segments -> clauses: which stretches direct, with what force, and which only tell.

A clause ends at ，；。 where a new predicate begins (GUIDELINES, Obligations): a leading 按照/针对/
以…为/结合 phrase stays with what follows, a continuation by 以及 or without a verb stays with what
precedes, a condition (…的，一旦…) is kept apart.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from kg.cues import pattern
from kg.dates import find_deadline
from kg.layers import Cue, Layers, Segment
from kg.lexicon import words as general_words
from kg.relate.clause import Clause, fill
from kg.relate.exclusion import leave_out
from kg.relate.force import Judge
from kg.relate.headings import SHORT, Headings
from kg.relate.leading import is_leading
from kg.relate.parse import Parse, parse, slice_of
from kg.relate.quoted import spoken
from kg.relate.stretch import VERBS
from kg.relate.waiting import NOTHING, is_condition, is_label, is_spoken_of, look_ahead, waits

_OCCASION = pattern("clauses", "occasion")
_REASON = pattern("clauses", "reason")
_MAXIM = pattern("clauses", "maxim")
_SPEAKER = pattern("clauses", "speaker-before")
_FOUND_SINCE = pattern("clauses", "found-since")
_REMINDS = pattern("clauses", "reminds")
_LAYS_DOWN = pattern("clauses", "lays-down")
_CHARGES = pattern("clauses", "charges")
_CONTACT = pattern("clauses", "contact")
#: What ends a clause of its own, behind from where one is to begin.
_FROM_THERE = frozenset({"抓起", "做起", "严起", "改起", "管起", "查起", "入手"})
#: What is no modal, though it begins with one.
_FETCHES = ("请到", "请来", "请进", "请出")
#: What stands before the words of a line: a dash, a label in brackets.
_OPENS_LINE = re.compile("(?:—+|【[^】]*】)(?=.)")
#: What opens a phrase that says at what a demand is aimed.
_TOWARDS = frozenset({"针对", "对", "对于"})
#: So near the beginning stands who charges somebody, in characters.
_NEAR = 12
#: What stands between the names of two sectors.
_AND = frozenset("、和与及")
_AS_A_RULE = pattern("clauses", "as-a-rule")
_STANDS_ALONE = pattern("clauses", "stands-alone")
#: Groups of it that ban, and those that are the verb whatever a list has.
_BANNED = ("banned", "barred", "left", "over", "denied", "offhand")
_ITS_VERB = frozenset(
    {
        "same",
        "first",
        "banned",
        "barred",
        "daily",
        "always",
        "left",
        "shift",
        "over",
        "denied",
        "from",
        "seen",
        "offhand",
    }
)
_TEACHES = pattern("clauses", "teaches")
_LAW_SAYS = pattern("clauses", "law-says")
_LAW_IN_NEWS = pattern("clauses", "law-in-news")
_WHOSE_TASK = pattern("clauses", "whose-task")
_WHEREVER = pattern("clauses", "wherever")


def find_clauses(
    layers: Layers,
    strengths: Mapping[str, int],
    *,
    document: bool,
    turns: Sequence[int] = (),
    divisions: Collection[int] = (),
) -> list[Clause]:
    """List the clauses of the body in order.

    ``document`` tells a formal notice, whose text directs by itself; ``turns`` are the places where
    another division begins to act, ``divisions`` those where the name of one begins.
    """
    reader = _Reader(layers, strengths, document=document, turns=turns, divisions=divisions)
    return reader.run()


class _Reader(Judge):
    """Walks the segments, sentence by sentence, and keeps what waits for its predicate."""

    def __init__(
        self,
        layers: Layers,
        strengths: Mapping[str, int],
        *,
        document: bool,
        turns: Sequence[int],
        divisions: Collection[int],
    ) -> None:
        super().__init__(layers, document=document, turns=turns, divisions=divisions)
        self.strengths = strengths
        self.headings = Headings(layers, self.passage)
        self.out: list[Clause] = []
        self.named = {
            m.end
            for m in layers.mentions
            if m.scheme != "responsibility" or self.text[m.end - 1] in "责任制"
        }
        """Where names of the vocabulary end; a whole sentence of who answers (谁审批谁管) is no name."""
        self.topics = {m.start: m.end for m in layers.mentions if m.scheme == "hazard"}
        """Where names of sectors stand: 消防，对高层建筑开展检测."""
        self.cut: int | None = None
        """Where a reminder ends in the segment."""
        self.reminds = False
        """Whether a sentence of a report tells of reminders."""
        self.said = False
        """Whether somebody has spoken in the sentence."""
        self.ahead = NOTHING
        """What the next segment says of this one."""
        self.rest: list[str] = []
        """What comes in the half sentence behind the segment."""

    def run(self) -> list[Clause]:
        for sentence in self._sentences():
            tells = (
                c
                for s, cs, _ in sentence
                for c in cs
                if c.kind == "past"
                and not self.text.startswith("的，", s.end - 1)
                and not (c.value == "sentence" and _FOUND_SINCE.search(self.text, s.start, s.end))
            )
            self.purpose = self.said = self.reminds = False
            self.modal = any(
                c.kind == "modal" and not self.text.startswith(_FETCHES, c.start)
                for _, cues, _ in sentence
                for c in cues
            )
            self.reasons = any(self.text.startswith("如下", s.end - 2) for s, _, _ in sentence)
            since = next((c.start for c in tells if c.value == "sentence"), None)
            self.pending, self.condition, self.last, self.joined = [], None, None, False
            opens = sentence[0][0].start
            self.wherever = not self.document and _WHEREVER.match(self.text, opens) is not None
            for index, (segment, cues, demanded) in enumerate(sentence):
                self._enter(segment, cues, demanded=demanded)
                if segment.closer == "？":
                    continue  # a question, also a rhetorical one
                parsed = parse(self.text, *self._cut(segment, cues), self.strengths)
                self.purpose = (self.purpose and index > 0) or parsed.purpose
                last = index + 1 == len(sentence)
                self.rest = (
                    _half(self.text, sentence[index:])
                    if "由" in self.text[segment.start : segment.start + 2]
                    or self.text.endswith("牵头", segment.start, segment.end)
                    or self.pending
                    else []
                )
                self.ahead = NOTHING if last else look_ahead(*sentence[index + 1][:2])
                if parsed.start < segment.end:
                    alone = len(sentence) == 1
                    counted = since is not None and since < segment.end
                    self._segment(parsed, counted=counted, alone=alone)
            leave_out(self.out, sentence[0][0].sentence, self.text, report=not self.document)
        return self.out

    def _sentences(self) -> Iterator[list[tuple[Segment, list[Cue], bool]]]:
        cues, lines = self.layers.cues, self.layers.lines
        starts = [c.start for c in cues]
        body = (self._bare(s) for s in self.layers.segments if lines[s.line].kind != "title")
        for _, group in groupby(spoken(self.text, body), key=lambda s: s[0].sentence):
            yield [(s, slice_of(cues, starts, s), demanded) for s, demanded in group]

    def _bare(self, segment: Segment) -> Segment:
        """The segment without the dash or label that opens its line: ——|紧盯火灾, 【居家篇】|出门前要关闭总阀."""
        opens = _OPENS_LINE.match(self.text, segment.start, segment.end)
        return replace(segment, start=opens.end()) if opens is not None else segment

    def _enter(self, segment: Segment, cues: Sequence[Cue], *, demanded: bool) -> None:
        spoken = self.passage.enter(segment, cues)
        if spoken is not None:
            ahead = self.text[segment.start : spoken.start]
            if ahead in {"", "并", "同时", "还"} and not (self.document or self.said):
                self._reported(segment.sentence)
            self.said = True
            # 对…，要求…: the phrase belongs to what is demanded, unless a speaker stands between
            alone = not self.document and all(p.opener not in _TOWARDS for p in self.pending)
            if spoken.start > segment.start or spoken.word[0] in "会通方意" or alone:
                for parsed in self.pending:
                    if parsed.opener in _TOWARDS:
                        self._name(parsed)
                self.pending = []
            self.condition, self.last = None, None
        cites = segment.closer in "，：" and self.text[segment.end - 1] in "定确"
        laws = (_LAW_SAYS,) if self.document else (_LAW_SAYS, _LAW_IN_NEWS)
        if cites and any(law.search(self.text, segment.start, segment.end) for law in laws):
            self.law_ends = self._end_of_quote(segment)
        self.cut = self._reminded(segment, cues)
        if self.cut is not None and self.cut > segment.start:
            self.pending = []
        told = self.passage.mode == "narrative" and not self.passage.section
        if told and self.text.find("责", segment.start, segment.start + _NEAR) >= 0:
            demanded |= _CHARGES.match(self.text, segment.start, segment.end) is not None
        if told and self.text.find("明确", segment.start, segment.start + 4) >= 0:
            demanded |= _LAYS_DOWN.match(self.text, segment.start, segment.end) is not None
        if (demanded or self.cut is not None) and not self.passage.section:
            self.passage.mode = "order"

    def _end_of_quote(self, segment: Segment) -> int:
        """Where the words of the law end: with the quotation, else with the half sentence."""
        start = segment.end + 1
        if self.text.startswith("“", start):
            stop = self.text.find("”", start)
            return stop if stop >= 0 else start
        ends = (self.text.find(mark, start) for mark in "；。\n")
        return min((e for e in ends if e >= 0), default=len(self.text))

    def _cut(self, segment: Segment, cues: list[Cue]) -> tuple[Segment, list[Cue]]:
        """The segment without the reminder that opens it."""
        if self.cut is None:
            return segment, cues
        return replace(segment, start=self.cut), [c for c in cues if c.start >= self.cut]

    def _reminded(self, segment: Segment, cues: Sequence[Cue]) -> int | None:
        """Where a reminder ends (安委会提醒，…; in a report also 提醒居民…): it speaks as 要求 does."""
        for cue in cues:
            if cue.start > segment.start:
                break
            if cue.word == "提醒" and (self.passage.mode == "narrative" or self.reminds):
                self.reminds = True
                return cue.end
        closed = segment.closer in "，："
        reminds = _REMINDS.search(self.text, segment.start, segment.end) if closed else None
        if reminds is not None:
            before = self.text[segment.start : reminds.start()]
            return segment.end if _SPEAKER.search(before) else None
        return None

    def _reported(self, sentence: int) -> None:
        """某县组织农机部门设点，要求…: what goes before the demand in a report was done."""
        for clause in reversed(self.out):
            if clause.sentence != sentence:
                break
            if clause.force == "order" and clause.cue is None:
                clause.force, clause.why = "doing", "reports"

    def _segment(self, parsed: Parse, *, counted: bool, alone: bool) -> None:
        if parsed.modal is None or parsed.modal.value == "obligation":
            self._stands_alone(parsed)
        if parsed.alone:
            self._clause(parsed, counted=counted, alone=alone)
        elif self.last is not None and self._goes_on(parsed):
            self._extend(parsed)
        elif self.pending and _MAXIM.search(self.text[parsed.start : parsed.end]):
            self.pending.append(parsed)
        elif self._is_sector(parsed) or is_label(self.text, parsed, self.ahead):
            self._name(parsed)
        elif self._states(parsed):
            self._clause(parsed, counted=counted, alone=alone)
        elif is_condition(self.text, parsed, self.ahead):
            start = (
                self.pending[0].start
                if self.pending and (self.pending[0].topic or self.pending[0].opener in _TOWARDS)
                else parsed.start
            )
            self.condition, self.pending = (start, parsed.end), []
        elif (
            (is_leading(self.text, parsed) and not self._begins_there(parsed))
            or waits(self.text, parsed, self.ahead)
            or is_spoken_of(self.text, parsed, self.ahead)
            or self._assigns_task(parsed)
            or self._spoken_about(parsed)
        ):
            self.pending.append(parsed)
        else:
            self._clause(parsed, counted=counted, alone=alone)

    def _begins_there(self, parsed: Parse) -> bool:
        """从源头抓起，装载单位不得…: where one is to begin is a clause where another goes on."""
        return self.ahead.orders and self.text[parsed.end - 2 : parsed.end] in _FROM_THERE

    def _spoken_about(self, parsed: Parse) -> bool:
        """对校外托管，邵辉要求…: about what somebody speaks in the next segment."""
        about = parsed.opener in _TOWARDS and parsed.object_prep and parsed.modal is None
        return about and parsed.segment.closer == "，" and self.ahead.speaks

    def _stands_alone(self, parsed: Parse) -> None:
        """该停的停, 查到一处、整改一处, 按周巡查: a clause that waits for nothing, and what it does."""
        found = _STANDS_ALONE.search(self.text[parsed.start : parsed.end])
        if found is None or self.passage.mode not in {"order", "document"}:
            return
        parsed.alone = parsed.contiguous = True
        parsed.topic = False
        parsed.bans = any(found[group] is not None for group in _BANNED)
        if found["same"]:
            parsed.modal = None
        named = next((g for g, words in found.groupdict().items() if words), None)
        counts = named == "done" and parsed.verb is not None and parsed.weak
        if named is not None and (counts or named in _ITS_VERB or parsed.verb is None):
            at, end = (parsed.start + place for place in found.span(named))
            led = next((c.end for c in parsed.cues if c.start == at and c.kind == "adverb"), at)
            at = led if led < end else at  # 能立即整改的立即整改
            parsed.verb = self._verb_at(parsed, at, self.text[at:end])
        elif parsed.verb is None:
            at = parsed.end - 2
            parsed.verb = self._verb_at(parsed, at, self.text[at : parsed.end])

    @staticmethod
    def _verb_at(parsed: Parse, at: int, words: str) -> Cue:
        """The verb that a list has there, else the words."""
        end = at + len(words)
        known = (
            c
            for c in parsed.cues
            if at in {c.start, c.end - 1} and end <= c.end and c.kind in VERBS
        )
        return next(known, Cue(at, at + len(words), "v", "", words))

    def _assigns_task(self, parsed: Parse) -> bool:
        """由应急局牵头，消防大队配合，对…: whose task it is, of one clause with what follows."""
        if (
            parsed.segment.closer != "，"
            or parsed.modal is not None
            or self.passage.mode == "narrative"
        ):
            return False
        words = self.text[parsed.start : parsed.end]
        verb = parsed.verb
        if verb is not None and any(
            c.kind == "adverb" and c.end == verb.start for c in parsed.cues
        ):
            return False  # 由市监所会同供气站挨家查软管
        leads = words[0] == "由" or words.endswith("牵头") or bool(self.pending)
        if not leads or _WHOSE_TASK.match(words) is None:
            return False
        return any(not _WHOSE_TASK.match(rest) for rest in self.rest)

    def _states(self, parsed: Parse) -> bool:
        """灾害往往发生在夜间: a fact, part of no order behind it."""
        words = self.text[parsed.start : parsed.end]
        if parsed.modal is None and (_TEACHES.search(words) or self.states_fact(parsed, words)):
            return True
        return parsed.verb is None and _AS_A_RULE.search(words) is not None

    def _name(self, parsed: Parse) -> None:
        """A label directs attention at what it names, as a heading does."""
        if self.passage.mode in {"order", "document"}:
            segment = parsed.segment
            self.out.append(
                Clause(parsed.start, parsed.end, segment.sentence, segment.line, "topic")
            )

    def _is_sector(self, parsed: Parse) -> bool:
        """消防，对高层建筑开展检测: the name of a sector is a label."""
        if parsed.segment.closer != "，" or parsed.modal is not None:
            return False
        at = parsed.start
        while at < parsed.end:  # 道路交通和运输
            stop = self.topics.get(at)
            if stop is None:
                return False
            at = stop + (stop < parsed.end and self.text[stop] in _AND)
        return at == parsed.end

    def _goes_on(self, parsed: Parse) -> bool:
        """以及…, 和…: goes on with the clause before; 与 + partner + verb is a clause of its own."""
        if not parsed.back or parsed.modal is not None:
            return False
        if self.text.startswith("以及", parsed.start):
            return True
        if parsed.adverbial:
            return False
        verb = parsed.verb
        return not (
            self.text[parsed.start] == "与"
            and verb is not None
            and not parsed.contiguous
            and verb.kind == "verb"
            and verb.value >= "2"
            and verb.end < parsed.end
        )

    def _extend(self, parsed: Parse) -> None:
        """The segment goes on with the clause before it."""
        if self.last is not None:
            self.last.end = parsed.end
        self.joined = parsed.segment.closer == "，"

    def _clause(self, parsed: Parse, *, counted: bool, alone: bool) -> None:
        words = self.text[parsed.start : parsed.end]
        force, why = self.force(parsed, words, counted=counted)
        names = force != "told" or why in {"no predicate", "aim", "narrative"}
        if names and self.headings.is_topic(parsed, alone=alone):
            orders = force == "order" and self.headings.orders(parsed)
            force, why = (force, why) if orders else ("topic", "")
        comma = parsed.segment.closer == "，"
        if comma and parsed.topic and not parsed.copula:
            force, why = "told", "no predicate"
        if why == "no predicate" and not self.pending:
            if self.last and self.joined and self.last.force == "order" and len(words) <= SHORT:
                self._extend(parsed)
                return
            waits = parsed.segment.closer == "，" and self.condition is None
            if waits and self.passage.mode in {"order", "document"} and not _limited(words):
                self._wait(parsed, words)
                return
        if why == "no predicate" and self.passage.mode in {"order", "document"} and _limited(words):
            force, why = "order", ""
        first = self.pending[0] if self.pending else parsed
        segment = parsed.segment
        contact = _CONTACT.search(self.text, parsed.start, parsed.end)
        end = contact.start() if contact is not None else parsed.end
        clause = Clause(first.start, end, segment.sentence, segment.line, force, why=why)
        clause.amid = self.passage.mode in {"order", "document"}
        if self.condition is not None:
            clause.condition = self.text[slice(*self.condition)]
            clause.condition_at = self.condition[0]
            bans = parsed.modal is not None and parsed.modal.value == "prohibition"
            once = bans and clause.condition.startswith("一旦")  # a ban holds without its occasion
            if not once and not _OCCASION.search(clause.condition):
                clause.start = self.condition[0]
        if any(p.hard for p in self.pending):
            clause.force, clause.why = "told", "left out"
        fill(clause, parsed, self.pending, self.text)
        if self.passage.items == "forbidden" and clause.cue is None:
            clause.modality = "prohibition"
        self.out.append(clause)
        if clause.force == "order" and self.passage.mode == "narrative":
            self.passage.mode = "order"
        self.last, self.joined = clause, segment.closer == "，"
        self.pending, self.condition = [], None

    def _wait(self, parsed: Parse, words: str) -> None:
        """A noun phrase that waits for its comment is its topic; a state is only the occasion."""
        cues = parsed.cues
        if words[0] in "不无":
            return
        tails = (self.text[parsed.end - n : parsed.end] for n in (2, 3, 4))
        if (
            not parsed.topic
            and parsed.end not in self.named
            and not any(general_words().get(t) == "n" for t in tails)
        ):
            return
        if (cues and cues[-1].kind == "a" and cues[-1].end == parsed.end) or _REASON.match(words):
            self.condition = (parsed.start, parsed.end)
        else:
            self.pending.append(parsed)


def _half(text: str, ahead: Sequence[tuple[Segment, list[Cue], bool]]) -> list[str]:
    """The segments behind the first of some, up to the end of the half sentence."""
    out: list[str] = []
    for before, (segment, _, _) in pairwise(ahead):
        if before[0].closer != "，":
            break
        out.append(text[segment.start : segment.end])
    return out


def _limited(words: str) -> bool:
    """Whether a limit stands in it, and more than that (完成时限：9月底前 is no task)."""
    found = find_deadline(words, None) if "月" in words or "年" in words else None
    return found is not None and len(words) > len(found[0]) + 1
