"""What a clause does: directs, or only tells, and why (the signs that speak against an order, one after the other)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from kg.cues import pattern, word_set
from kg.layers import Cue, Layers
from kg.relate.clause import Clause, Force
from kg.relate.parse import Parse
from kg.relate.passage import Passage
from kg.relate.stretch import VERBS

_COUNT = pattern("clauses", "count")
_FALLS_SHORT = pattern("clauses", "falls-short")
_SO_MANY = pattern("clauses", "so-many-at-least")
_SO_MANY_NAMED = pattern("clauses", "so-many-named")
_CHECKED = pattern("clauses", "checked-item")
_GENERAL_STATE = pattern("clauses", "general-state")
_TOLD_SUBJECT = pattern("clauses", "told-subject")
_NOT_BEARER = pattern("clauses", "not-bearer")
_WHO = pattern("clauses", "bearer")
_ORGAN = pattern("clauses", "organ-line")
_LEFT_OUT = pattern("clauses", "left-out")
_MAXIM = pattern("clauses", "maxim")
_AS_A_RULE = pattern("clauses", "as-a-rule")
_TELLS_WHOLE = pattern("clauses", "tells-whole")
_PLAN_LISTS = pattern("clauses", "plan-lists")
_ASSIGNS = pattern("clauses", "assigns")
_NOT_YET = pattern("clauses", "not-yet")
_QUALITY = pattern("clauses", "quality")
_SETS_UP = pattern("clauses", "sets-up")
_SOME_DO = pattern("clauses", "some-do")
_IN_ALL = pattern("clauses", "in-all")
_CANNOT = pattern("clauses", "cannot")
_OF_HIMSELF = pattern("clauses", "of-himself")
_PLANS = pattern("clauses", "plans")
_HAPPENS = pattern("clauses", "happens")
_OTHERS = pattern("clauses", "others-avow")
_NAMED_PLACE = pattern("clauses", "named-place")
_DUE = pattern("clauses", "when-due")
#: 为…营造…, 为…提供…: aims.
_SERVES = frozenset({"营造", "创造", "提供", "奠定", "打下", "保驾护航"})
#: First characters of signs of tense and negation.
_TENSE = "已未曾正没"
#: Signs of tense that the predicates of a sentence share.
_ASPECTS = frozenset({"将", "表示", "正", "正在", "已", "曾"})
#: What stands in no name of a body: 进展情况报领导小组办公室.
_SENDS = frozenset({"报", "送", "报送", "上报", "将", "把", "向", "由"})
#: What a fact shows: 说明我们的监管还有漏洞.
_SHOWS = frozenset({"说明", "表明", "意味着"})
#: What is looked into, as well as told.
_RESULTS = frozenset({"成效", "成绩", "存在", "暴露"})
#: What one has, as part of what is done.
_HAS = frozenset({"有", "没有", "成效", "成绩"})
#: What somebody says of himself in a report.
_AVOWS = frozenset({"表示", "表态", "承诺"})
_ATTENDS = pattern("clauses", "attends")
_QUALITIES = pattern("clauses", "qualities")
_SPOKE_ON = pattern("clauses", "spoke-on")
_BEFELL, _BEFALLS = pattern("clauses", "befell"), word_set("clauses", "befell")
_WHAT_IS = pattern("clauses", "what-is")
_NO_SLACK = pattern("clauses", "no-slack")
_HOW_IT_IS = pattern("clauses", "how-it-is")
_TEACHES = pattern("clauses", "teaches")
_GOES_ON = pattern("clauses", "goes-on")
_FACTS = pattern("clauses", "facts")
_NEWS = pattern("clauses", "news")
_NO_NEWS = pattern("clauses", "no-news")
_TOLD = (_FACTS, _GOES_ON)
_IS_SO = pattern("clauses", "is-so")
_SO_THAT = pattern("clauses", "so-that")
_ABOUT_WHAT = pattern("clauses", "about-what")
_SAYING = pattern("clauses", "saying")
_COURTESY = pattern("clauses", "courtesy")
_STAGE = pattern("clauses", "stage")
_ONLY_WHEN = pattern("clauses", "only-when")


class Judge:
    """What is known where a clause is judged: its passage, and what went before it in the sentence."""

    def __init__(
        self,
        layers: Layers,
        *,
        document: bool,
        turns: Sequence[int],
        divisions: Collection[int] = (),
    ) -> None:
        self.layers = layers
        self.text = layers.text
        self.document = document
        self.passage = Passage(layers, document=document, turns=turns)
        self.divisions = divisions
        """Where the name of a division begins."""
        self.modal = False
        """Whether a modal stands in the sentence."""
        self.pending: list[Parse] = []
        """Leading phrases."""
        self.condition: tuple[int, int] | None = None
        self.last: Clause | None = None
        """The clause before in the sentence."""
        self.joined = False
        """Whether a comma parts it from what comes."""
        self.said = False
        """Whether somebody has spoken in the sentence."""
        self.reasons = False
        """Whether the sentence ends with 通知如下."""
        self.purpose = False
        """Whether a purpose (为贯彻…) stands before in such a sentence."""
        self.wherever = False
        """The sentence tells what somebody did wherever he came."""
        self.law_ends = -1
        """Where the words of a law that is quoted end."""

    def force(self, parsed: Parse, words: str, *, counted: bool) -> tuple[Force, str]:
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
        if words.endswith("不得") and _NO_SLACK.search(words):
            return "topic", "maxim"  # 渡口的事一刻也松不得
        if modal is not None and "的是" in words and _WHAT_IS.search(words):
            return "topic", "是"
        if "就" in words and _SPOKE_ON.search(words):
            return "told", "spoke"
        if self.wherever:
            return "told", "wherever"
        if words[0] == "宁" and _MAXIM.search(words):
            return "told", "maxim"
        if modal is not None:
            line = self.layers.lines[parsed.segment.line]
            if line.kind == "heading" and not (self.document or parsed.segment.numbered):
                return "topic", "heading"  # 头顶上也要管, over a part of a report
            if self._ends_maxim(modal):
                return "told", "maxim"
            if self._goes_on_avowing(parsed):
                return "told", "表示"
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
        if self.passage.items == "checks" and (
            parsed.segment.closer == "：" or _CHECKED.search(words)
        ):
            return "topic", "case"
        if "、" in words and self._names_so_many(parsed):
            return "topic", "list"
        if _MAXIM.search(words):
            return "told", "maxim"
        if parsed.segment.closer == "：" and _PLAN_LISTS.search(words):
            return "doing", "lists"
        if parsed.segment.closer == "：" and _ASSIGNS.search(words):
            return "told", "announces"
        if parsed.future or any(p.future for p in self.pending):
            if self.states_fact(parsed, words):
                return "told", "fact"  # 旱情将进一步缓解
            avows = self.last is not None and self._of_others(self.last)
            return ("told", "表示") if avows else ("doing", "将")
        told = self._told_by_form(parsed, words)
        if told:
            return "told", told
        last = self.last
        if last is not None and self.joined and last.force in {"told", "doing"}:
            aspect = last.why in _ASPECTS or (last.why[-1:] == "了" and not self.document)
            shares = (aspect and self.condition is None) and (
                parsed.contiguous
                or (
                    last.why in {"将", "了"}
                    and parsed.opener != "对"
                    and not self._has_subject(parsed)
                )
            )
            if shares or (last.why == "left out" and self.text[parsed.start] == "由"):
                return ("doing" if shares and last.force == "doing" else "told"), last.why
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
        asked = self.last is not None and self.last.force == "order" and self.last.cue is not None
        if counted and not led and not asked:
            return "told", "statistics"
        count = _COUNT.search(words)
        if count is not None and count.end() == len(words):
            if last is not None and last.why:
                return "told", "count"  # 去年共排查企业312家，整改隐患1560条
            reached = verb.end <= parsed.start + count.start() and not _SO_MANY.search(words)
            if reached and not self.document:
                return "told", "count"  # 执法人员下达通知书3份
        if self._acts_by_name(parsed, words):
            return "doing", "named"
        if self.passage.mode in {"order", "document"}:
            return ("order", "") if self._directs(parsed, verb) else ("told", "statement")
        if self.passage.mode == "tell":
            return "told", "tell"
        if words[0] == "凡" and count is None:
            return "order", ""  # a rule, also in a report
        if verb.kind not in {"verb", "dual"} and not (parsed.contiguous and parsed.strength > 1):
            return "told", "narrative"
        done = count is not None and count.start() > verb.start
        if _HAPPENS.search(words):
            return "told", "happens"
        return ("told", "count") if done else ("doing", "")

    def _acts_by_name(self, parsed: Parse, words: str) -> bool:
        """大周镇把渡工请到一起: in a report, what a place that is named does, in a sentence without a demand."""
        if self.passage.mode != "order" or self.modal or self.said or "由" in words:
            return False
        if parsed.contiguous:
            return False
        return parsed.start in self.divisions or _NAMED_PLACE.match(words) is not None

    def _goes_on_avowing(self, parsed: Parse) -> bool:
        """老板当场表示，马上整改，绝不拖延: what he says of himself, whatever modal stands in it."""
        last = self.last
        avowed = last is not None and last.why == "表示" and self.joined and not self.document
        return avowed and parsed.contiguous

    def _names_so_many(self, parsed: Parse) -> bool:
        """要管住三类人：外来务工人员、留守儿童: behind the colon stands what was counted before it."""
        last = self.last
        if last is None or not self.text.startswith("：", parsed.start - 1):
            return False
        if parsed.contiguous or parsed.object_prep or parsed.prep:
            return False
        return _SO_MANY_NAMED.search(self.text, last.start, last.end) is not None

    def _ends_maxim(self, modal: Cue) -> bool:
        """宁可少装一列车，不可带险干一分钟: the second half of a saying."""
        last = self.last
        if last is None or last.why != "maxim" or modal.value != "prohibition":
            return False
        return self.joined and self.text[last.start] == "宁"

    def _did(self, modal: Cue) -> bool:
        """他走访了物流园，鼓励合作社发展订单农业: one of the things that somebody did."""
        last = self.last
        encourages = modal.value == "recommendation"
        return encourages and last is not None and last.force == "told" and self.joined

    @staticmethod
    def states_fact(parsed: Parse, words: str) -> bool:
        """冰雪旅游持续升温, 庙会期间人员高度聚集: how things are, with no verb or phrase that orders before it."""
        led = parsed.contiguous or parsed.object_prep or parsed.opener in {"针对", "为"}
        if led:
            return False
        news = _NEWS.search(words) is not None and _NO_NEWS.search(words) is None
        return news or any(form.search(words) is not None for form in _TOLD)

    def _of_others(self, clause: Clause) -> bool:
        """被约谈单位负责人表示: they speak for themselves, not for the division whose report it is."""
        return _OTHERS.search(self.text, clause.start, clause.end) is not None

    def _told_by_form(self, parsed: Parse, words: str) -> str:
        """What the form of a clause without a modal says against an order; nothing where none does."""
        each = words[0] in "每各"  # 每条街组建一支巡防队
        if not (parsed.contiguous or parsed.prep or each) and _SETS_UP.search(words):
            return "" if _DUE.search(words) else "set up"
        if _SOME_DO.match(words):
            return "some"
        if _CANNOT.search(words):
            return "cannot"
        if _FALLS_SHORT.match(words):
            return "falls short"
        if _OF_HIMSELF.search(words) or (not self.document and _PLANS.match(words)):
            return "avowed"
        if _ATTENDS.search(words):
            return "attends"
        if _TEACHES.search(words) or self.states_fact(parsed, words):
            return "fact"
        if words[-2:] in _BEFALLS and not parsed.contiguous and _BEFELL.match(words):
            return "fact"
        governed = parsed.contiguous or parsed.adverbial
        if not governed and (_HOW_IT_IS.match(words) or _AS_A_RULE.search(words)):
            return "as a rule"
        if "、" in words and _QUALITIES.fullmatch(words):
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
        if parsed.contiguous and parsed.start < verb.start and verb.end < past.start:
            return True  # 严厉查处违规穿越未开放区域行为
        if past.word[0] in _TENSE and not (verb.kind == "verb" and verb.value >= "2"):
            return False
        if verb.kind == "verb" and verb.value >= "2":
            if past.word in _RESULTS and parsed.opener == "对" and past.start < verb.start:
                return True  # 对整治成效开展回头看
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
        row = self.joined and self.last is not None and self.last.force == "order"
        if row and (self.modal or self.said or self.document):
            return True  # one more of a row of demands
        ahead = {"prep", "object", "adverb"}
        return any(c.kind in ahead and c.start < verb.start for c in parsed.cues) or (
            bool(_WHO.search(words)) and not _NOT_BEARER.search(words)
        )
