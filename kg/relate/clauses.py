"""Segments -> clauses: which stretches direct, with what force, and which only tell.

A clause ends at ，；。 where a new predicate begins (GUIDELINES, Obligations): a leading 按照/针对/
以…为/结合 phrase stays with what follows, a continuation by 以及 or without a verb stays with what
precedes, a condition (…的，一旦…) is kept apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from kg.cues import pattern
from kg.dates import find_deadline
from kg.layers import Cue, Layers, Segment
from kg.lexicon import words as general_words
from kg.relate.clause import Clause, Force, fill
from kg.relate.headings import SHORT, Headings
from kg.relate.parse import Parse, is_leading, parse, slice_of
from kg.relate.passage import Passage
from kg.relate.quoted import spoken
from kg.relate.stretch import VERBS
from kg.relate.waiting import NOTHING, is_condition, is_label, is_spoken_of, look_ahead, waits

_COUNT = pattern("clauses", "count")
_LEFT_OUT = pattern("clauses", "left-out")
_GENERAL_STATE = pattern("clauses", "general-state")
_TOLD_SUBJECT = pattern("clauses", "told-subject")
_NOT_BEARER = pattern("clauses", "not-bearer")
_WHO = pattern("clauses", "bearer")
_OCCASION = pattern("clauses", "occasion")
_ORGAN = pattern("clauses", "organ-line")
_REASON = pattern("clauses", "reason")
_MAXIM = pattern("clauses", "maxim")
_SPEAKER = pattern("clauses", "speaker-before")
_TELLS_WHOLE = pattern("clauses", "tells-whole")
_ASSIGNS = pattern("clauses", "assigns")
_NOT_YET = pattern("clauses", "not-yet")
_QUALITY = pattern("clauses", "quality")
_REMINDS = pattern("clauses", "reminds")
_SETS_UP = pattern("clauses", "sets-up")
_SOME_DO = pattern("clauses", "some-do")
_IN_ALL = pattern("clauses", "in-all")
_CANNOT = pattern("clauses", "cannot")
_OF_HIMSELF = pattern("clauses", "of-himself")
_PLANS = pattern("clauses", "plans")
_DUE = pattern("clauses", "when-due")
_CONTACT = pattern("clauses", "contact")
#: 为…营造…, 为…提供…: aims.
_SERVES = frozenset({"营造", "创造", "提供", "奠定", "打下", "保驾护航"})
#: First characters of signs of tense and negation.
_TENSE = "已未曾正没"
#: Signs of tense that the predicates of a sentence share.
_ASPECTS = frozenset({"将", "表示", "正", "正在", "已", "曾"})
#: What opens a phrase that says at what a demand is aimed.
_TOWARDS = frozenset({"针对", "对", "对于"})
#: What stands in no name of a body: 进展情况报领导小组办公室.
_SENDS = frozenset({"报", "送", "报送", "上报", "将", "把", "向", "由"})
#: What a fact shows: 说明我们的监管还有漏洞.
_SHOWS = frozenset({"说明", "表明", "意味着"})
#: What one has, as part of what is done.
_HAS = frozenset({"有", "没有", "成效", "成绩"})
#: What somebody says of himself in a report.
_COMES = frozenset({"参加", "出席", "列席", "陪同"})
_AVOWS = frozenset({"表示", "表态", "承诺"})
_PASSIVE = pattern("clauses", "passive")
_ATTENDS = pattern("clauses", "attends")
_HOW_IT_IS = pattern("clauses", "how-it-is")
_AS_A_RULE = pattern("clauses", "as-a-rule")
_TEACHES = pattern("clauses", "teaches")
_IS_SO = pattern("clauses", "is-so")
_SO_THAT = pattern("clauses", "so-that")
_LAW_SAYS = pattern("clauses", "law-says")
_ABOUT_WHAT = pattern("clauses", "about-what")
_WHOSE_TASK = pattern("clauses", "whose-task")
_SAYING = pattern("clauses", "saying")
_COURTESY = pattern("clauses", "courtesy")
_STAGE = pattern("clauses", "stage")
_ONLY_WHEN = pattern("clauses", "only-when")
_WHEREVER = pattern("clauses", "wherever")


def find_clauses(
    layers: Layers, strengths: Mapping[str, int], *, document: bool, turns: Sequence[int] = ()
) -> list[Clause]:
    """List the clauses of the body in order.

    ``document`` tells a formal notice, whose text directs by itself; ``turns`` are the places where
    another division begins to act.
    """
    return _Reader(layers, strengths, document=document, turns=turns).run()


class _Reader:
    """Walks the segments, sentence by sentence, and keeps what waits for its predicate."""

    def __init__(
        self,
        layers: Layers,
        strengths: Mapping[str, int],
        *,
        document: bool,
        turns: Sequence[int],
    ) -> None:
        self.layers = layers
        self.text = layers.text
        self.strengths = strengths
        self.document = document
        self.passage = Passage(layers, document=document, turns=turns)
        self.headings = Headings(layers, self.passage)
        self.out: list[Clause] = []
        self.pending: list[Parse] = []
        """Leading phrases."""
        self.condition: tuple[int, int] | None = None
        self.last: Clause | None = None
        """The clause before in the sentence."""
        self.named = {m.end for m in layers.mentions}
        """Where names of the vocabulary end."""
        self.topics = {(m.start, m.end) for m in layers.mentions if m.scheme == "hazard"}
        """Where names of sectors stand: 消防，对高层建筑开展检测."""
        self.joined = False
        """Whether a comma parts it from what comes."""
        self.reasons = False
        """Whether the sentence ends with 通知如下."""
        self.purpose = False
        """Whether a purpose (为贯彻…) stands before in such a sentence."""
        self.cut: int | None = None
        """Where a reminder ends in the segment."""
        self.reminds = False
        """Whether a sentence of a report tells of reminders."""
        self.said = False
        """Whether somebody has spoken in the sentence."""
        self.ahead = NOTHING
        """What the next segment says of this one."""
        self.wherever = False
        """The sentence tells what somebody did wherever he came."""
        self.rest: list[str] = []
        """What comes in the half sentence behind the segment."""
        self.law_ends = -1
        """Where the words of a law that is quoted end."""

    def run(self) -> list[Clause]:
        for sentence in self._sentences():
            tells = (
                c
                for s, cs, _ in sentence
                for c in cs
                if c.kind == "past" and not self.text.startswith("的，", s.end - 1)
            )
            self.purpose = self.said = self.reminds = False
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
                    if "由" in self.text[segment.start : segment.start + 2] or self.pending
                    else []
                )
                self.ahead = NOTHING if last else look_ahead(*sentence[index + 1][:2])
                if parsed.start < segment.end:
                    alone = len(sentence) == 1
                    counted = since is not None and since < segment.end
                    self._segment(parsed, counted=counted, alone=alone)
            _leave_out(self.out, sentence[0][0].sentence, self.text, report=not self.document)
        return self.out

    def _sentences(self) -> Iterator[list[tuple[Segment, list[Cue], bool]]]:
        cues, lines = self.layers.cues, self.layers.lines
        starts = [c.start for c in cues]
        body = (s for s in self.layers.segments if lines[s.line].kind != "title")
        for _, group in groupby(spoken(self.text, body), key=lambda s: s[0].sentence):
            yield [(s, slice_of(cues, starts, s), demanded) for s, demanded in group]

    def _enter(self, segment: Segment, cues: Sequence[Cue], *, demanded: bool) -> None:
        spoken = self.passage.enter(segment, cues)
        if spoken is not None:
            if spoken.start == segment.start and not (self.document or self.said):
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
        if cites and _LAW_SAYS.search(self.text, segment.start, segment.end):
            self.law_ends = self._end_of_quote(segment)
        self.cut = self._reminded(segment, cues)
        if self.cut is not None and self.cut > segment.start:
            self.pending = []
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
        if self.last is not None and self._goes_on(parsed):
            self._extend(parsed)
        elif self.pending and _MAXIM.search(self.text[parsed.start : parsed.end]):
            self.pending.append(parsed)
        elif self._is_sector(parsed) or is_label(self.text, parsed, self.ahead):
            self._name(parsed)
        elif self._states(parsed):
            self._clause(parsed, counted=counted, alone=alone)
        elif is_condition(self.text, parsed, self.ahead):
            start = (
                self.pending[0].start if self.pending and self.pending[0].topic else parsed.start
            )
            self.condition, self.pending = (start, parsed.end), []
        elif (
            is_leading(self.text, parsed)
            or waits(self.text, parsed, self.ahead)
            or is_spoken_of(self.text, parsed, self.ahead)
            or self._assigns_task(parsed)
        ):
            self.pending.append(parsed)
        else:
            self._clause(parsed, counted=counted, alone=alone)

    def _assigns_task(self, parsed: Parse) -> bool:
        """由应急局牵头，消防大队配合，对…: whose task it is, of one clause with what follows."""
        if (
            parsed.segment.closer != "，"
            or parsed.modal is not None
            or self.passage.mode == "narrative"
        ):
            return False
        words = self.text[parsed.start : parsed.end]
        if _WHOSE_TASK.match(words) is None or not (words[0] == "由" or self.pending):
            return False
        return any(not _WHOSE_TASK.match(rest) for rest in self.rest)

    def _states(self, parsed: Parse) -> bool:
        """灾害往往发生在夜间: a fact, part of no order behind it."""
        return (
            parsed.verb is None
            and _AS_A_RULE.search(self.text[parsed.start : parsed.end]) is not None
        )

    def _name(self, parsed: Parse) -> None:
        """A label directs attention at what it names, as a heading does."""
        if self.passage.mode in {"order", "document"}:
            segment = parsed.segment
            self.out.append(
                Clause(parsed.start, parsed.end, segment.sentence, segment.line, "topic")
            )

    def _is_sector(self, parsed: Parse) -> bool:
        """消防，对高层建筑开展检测: the name of a sector is a label."""
        named = (parsed.start, parsed.end) in self.topics
        return named and parsed.segment.closer == "，" and parsed.modal is None

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
        force, why = self._force(parsed, words, counted=counted)
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

    def _force(self, parsed: Parse, words: str, *, counted: bool) -> tuple[Force, str]:
        """What a segment does, and why it does not direct."""
        modal, verb, past = parsed.modal, parsed.verb, parsed.past
        hard = parsed.hard and _DUE.search(words) is None
        if hard or _LEFT_OUT.search(words) or _TELLS_WHOLE.match(words):
            return "told", "left out"
        if parsed.start < self.law_ends:
            return "told", "law"
        if words[-1] == "的" and _IS_SO.search(words):
            return "told", "是"
        if ("越" in words or "满足" in words or "不可谓" in words) and _SAYING.search(words):
            return "told", "maxim"
        if modal is None and _ABOUT_WHAT.match(words):
            return "told", "about"
        if self.wherever:
            return "told", "wherever"
        if modal is not None:
            tells = self.passage.mode == "narrative" and modal.value == "permission"
            tells = tells or (self.passage.mode == "tell" and bool(self.passage.section))
            tells = tells or (self.passage.mode == "narrative" and self._did(modal))
            return ("told", "narrative") if tells else ("order", "")
        if past is not None and not self._inside(parsed, past):
            return "told", past.word
        if parsed.copula:
            return "told", "是"
        if self.passage.items == "cases" and parsed.segment.numbered:
            return "told", "case"
        if _MAXIM.search(words):
            return "told", "maxim"
        if parsed.segment.closer == "：" and _ASSIGNS.search(words):
            return "told", "announces"
        if parsed.future or any(p.future for p in self.pending):
            return "doing", "将"
        told = self._told_by_form(parsed, words)
        if told:
            return "told", told
        last = self.last
        if last is not None and self.joined and last.force in {"told", "doing"}:
            aspect = last.why in _ASPECTS or (last.why == "了" and not self.document)
            shares = (aspect and self.condition is None) and (
                parsed.contiguous
                or (
                    last.why in {"将", "了"}
                    and parsed.opener != "对"
                    and not self._has_subject(parsed)
                )
            )
            if shares or (last.why == "left out" and self.text[parsed.start] == "由"):
                return "told", last.why
        if self.reasons and self.purpose and parsed.segment.closer == "，":
            return "told", "aim"
        if verb is not None and verb.word in _AVOWS and not self.document:
            return "told", "表示"
        if parsed.suffers:
            return "told", "被"
        led = parsed.contiguous and verb is not None and verb.value >= "2"
        if words.endswith("的") and parsed.segment.closer != "，" and not led:
            return "told", "criterion"
        if words.endswith("如下"):
            return "told", "如下"
        if modal is None and self._signs(parsed, words):
            return "told", "signature"
        if words.endswith("了") or any(
            self.text.startswith("了", c.end) for c in parsed.cues if c.kind in VERBS
        ):
            return "told", "了"
        if verb is None:
            return "told", "no predicate"
        if self._is_quality(parsed, verb):
            return "told", "quality"
        serves = parsed.opener == "为" and parsed.prep and any(w in words for w in _SERVES)
        if parsed.aim or serves or (verb.word == "确保" and _GENERAL_STATE.search(words)):
            return "told", "aim"
        led = parsed.contiguous or parsed.prep or parsed.object_prep
        if counted and not led:
            return "told", "statistics"
        count = _COUNT.search(words)
        if count is not None and count.end() == len(words) and last is not None and last.why:
            return "told", "count"  # 去年共排查企业312家，整改隐患1560条
        if self.passage.mode in {"order", "document"}:
            return ("order", "") if self._directs(parsed, verb) else ("told", "statement")
        if self.passage.mode == "tell":
            return "told", "tell"
        if words[0] == "凡" and count is None:
            return "order", ""  # a rule, also in a report
        if verb.kind not in {"verb", "dual"} and not (parsed.contiguous and parsed.strength > 1):
            return "told", "narrative"
        done = count is not None and count.start() > verb.start
        return ("told", "count") if done else ("doing", "")

    def _did(self, modal: Cue) -> bool:
        """他走访了物流园，鼓励合作社发展订单农业: one of the things that somebody did."""
        last = self.last
        encourages = modal.value == "recommendation"
        return encourages and last is not None and last.force == "told" and self.joined

    def _told_by_form(self, parsed: Parse, words: str) -> str:
        """What the form of a clause without a modal says against an order; nothing where none does."""
        if not parsed.contiguous and not parsed.prep and _SETS_UP.search(words):
            return "" if _DUE.search(words) else "set up"
        if _SOME_DO.match(words):
            return "some"
        if _CANNOT.search(words):
            return "cannot"
        if _OF_HIMSELF.search(words) or (not self.document and _PLANS.match(words)):
            return "avowed"
        if _ATTENDS.search(words):
            return "attends"
        if _TEACHES.search(words):
            return "fact"
        governed = parsed.contiguous or parsed.adverbial
        if not governed and (_HOW_IT_IS.match(words) or _AS_A_RULE.search(words)):
            return "as a rule"
        if _SO_THAT.match(words) or (words[0] == "让" and self.last is not None):
            return "aim"
        if (not parsed.contiguous or words[0] in "请感祝") and _COURTESY.search(words):
            return "courtesy"
        if _STAGE.match(words):
            return "stage"
        if self.passage.goals and not (parsed.contiguous or parsed.prep):
            verb = parsed.verb
            ahead = self.text[parsed.start : verb.start] if verb is not None else words
            return "" if not ahead or _ONLY_WHEN.fullmatch(ahead) else "goal"
        if not self.document and _IN_ALL.search(words):
            return "count"
        return ""

    def _is_quality(self, parsed: Parse, verb: Cue) -> bool:
        """用火用电多: the last word is an adjective, the verb before it names something."""
        if parsed.object_prep or verb.end == parsed.end or verb.value >= "2":
            return False
        if any(c.end == parsed.end and c.end - c.start > 1 for c in parsed.cues):
            return False
        return _QUALITY.search(self.text[parsed.start : parsed.end]) is not None

    def _has_subject(self, parsed: Parse) -> bool:
        stop = parsed.verb.start if parsed.verb else parsed.end
        ahead = next((c.start for c in parsed.cues if c.kind in {"prep", "object", "adverb"}), stop)
        return bool(_WHO.search(self.text[parsed.start : min(ahead, stop)]))

    def _signs(self, parsed: Parse, words: str) -> bool:
        line = self.layers.lines[parsed.segment.line]
        if parsed.segment.numbered or not (line.kind == "heading" or parsed.weak):
            return False
        if any(c.word in _SENDS for c in parsed.cues):
            return False
        return bool(_ORGAN.search(words))

    def _inside(self, parsed: Parse, past: Cue) -> bool:
        """Whether a sign of background only belongs to the object, or to a relative clause before."""
        verb = parsed.verb
        if verb is None or past.value == "sentence" or past.word in _SHOWS:
            return False
        if "的" in self.text[past.end : verb.start]:
            return True
        if past.word[0] == "未" and _NOT_YET.match(self.text, past.start, verb.start):
            return True
        if past.word[0] in _TENSE and not (verb.kind == "verb" and verb.value >= "2"):
            return False
        if verb.kind == "verb" and verb.value >= "2":
            if parsed.opener in {"把", "将"} and parsed.object_prep and past.start < verb.start:
                return True  # 将整治成效纳入考核
            if past.word in _HAS and past.start >= verb.end:
                return True  # 火情信息实行有火必报
        governs = parsed.contiguous or (parsed.object_prep and not parsed.weak)
        return governs and past.start > verb.start

    def _directs(self, parsed: Parse, verb: Cue) -> bool:
        """Whether a clause without a modal is an imperative, not a statement of fact.

        A verb at once, or behind an adverb or a phrase before the verb, is one. Behind a subject it is
        one where the subject can bear a duty, or the verb is of those that govern.
        """
        if parsed.contiguous or parsed.adverbial or parsed.prep or parsed.object_prep:
            return True
        if parsed.passive:
            return True
        words = self.text[parsed.start : verb.start]
        if _TOLD_SUBJECT.search(words):
            return False
        if verb.kind in {"verb", "dual"} or not parsed.weak:
            return True
        if self.passage.mode == "document" or self.text[verb.start - 1] == "的":
            return True
        ahead = {"prep", "object", "adverb"}
        return any(c.kind in ahead and c.start < verb.start for c in parsed.cues) or (
            bool(_WHO.search(words)) and not _NOT_BEARER.search(words)
        )


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


def _leave_out(clauses: list[Clause], sentence: int, text: str, *, report: bool) -> None:
    """…由市级监管，此次未作安排: what is left out at the end was not ordered before."""
    tail = [c for c in clauses if c.sentence == sentence]
    if tail and tail[-1].why in {"attends", "left out"} and tail[-1].action in _COMES:
        for clause in tail[:-1]:  # 市安委会全体成员，各区分管负责人参加会议
            if clause.cue is None:
                clause.force, clause.why = "told", "attends"
    for before, clause in pairwise(tail):
        if (
            before.cue is None
            and before.action_at == before.start
            and _PASSIVE.match(text, clause.start)
            and "的" in text[before.start : before.end]
        ):
            before.force, before.why = "told", "object put first"
        done = (
            report
            and clause.why in {"了", "已", "count"}
            and before.force == "order"
            and before.strength < 3
        )
        if done and before.cue is None and before.subject is not None:
            before.force, before.why = "doing", "done"  # 有关单位设置展台，摆放了灭火器
        if before.cue is None and _LEFT_OUT.search(text, clause.start, clause.end):
            before.force, before.why = "told", "left out"
