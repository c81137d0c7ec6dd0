"""Headings: whether a line or a numbered stretch orders by itself (压实包保责任) or names what follows (检查范围)."""

from __future__ import annotations

from kg.cues import pattern
from kg.layers import Cue, Layers
from kg.relate.parse import Parse
from kg.relate.passage import Passage
from kg.relate.stretch import VERBS

_TASK_CELL = pattern("clauses", "task-cell")
_BARE_HEADING = pattern("clauses", "bare-heading")
_NAMED_HEADING = pattern("clauses", "named-heading")
_NOUN_HEAD = pattern("clauses", "noun-head")
_ORGAN = pattern("clauses", "organ-line")
#: Adverbs that only an order has before its verb: 合理安排作业时间.
_WELL = frozenset({"合理", "科学", "及时", "切实", "认真", "扎实", "妥善", "有序", "积极", "广泛"})
#: Longest heading within the text, and longest afterthought without a verb, in characters.
SHORT = 14


class Headings:
    """Looks at the stretches of a notice as headings."""

    def __init__(self, layers: Layers, passage: Passage) -> None:
        self.layers = layers
        self.text = layers.text
        self.passage = passage
        self.follows = -1
        """Where the second half of a numbered heading begins."""

    def orders(self, parsed: Parse) -> bool:
        """Whether a heading is an imperative of its own (压实包保责任), not a name (检查范围)."""
        line = self.layers.lines[parsed.segment.line]
        if parsed.verb is None or not (parsed.contiguous or parsed.adverbial or parsed.object_prep):
            return False
        numbered = parsed.segment.numbered or parsed.segment.start == self.follows
        if line.kind == "heading" and not (self.passage.document and numbered):
            return False
        if line.kind == "heading" and parsed.segment.closer == "，":
            self.follows = parsed.end + 1  # 一、高度重视，加强领导
        words = self.text[parsed.verb.start : parsed.end]
        if self._names(parsed, parsed.verb):
            return False
        bare = parsed.contiguous and not parsed.adverbial and parsed.strength == 1
        if parsed.verb.end == parsed.end and bare:
            return False  # 停产, 值守: names its section
        governs = parsed.verb.kind in {"verb", "dual"} and parsed.verb.value >= "2"
        stressed = parsed.strength > 2 and parsed.verb.start > parsed.start  # 严格监管执法
        stressed = stressed or (parsed.cues[0].word in _WELL and parsed.verb.end < parsed.end)
        governs = (governs or stressed) and not (parsed.verb.word == "组织" and len(words) <= 4)
        return governs or not _BARE_HEADING.search(words)

    def _names(self, parsed: Parse, verb: Cue) -> bool:
        """实施步骤, 作业场所, 旅游安全管控: a verb that begins a name."""
        if _NAMED_HEADING.search(self.text[parsed.start : parsed.end]):
            return True
        if parsed.adverbial or not parsed.contiguous or verb.value >= "2":
            return False
        if verb.start > parsed.start or verb.kind != "verb":
            return False
        last = parsed.cues[-1]
        ends = last.end == parsed.end and last.start >= verb.end and last.kind in {*VERBS, "a"}
        return ends or _NOUN_HEAD.fullmatch(self.text, verb.end, parsed.end) is not None

    def is_topic(self, parsed: Parse, *, alone: bool) -> bool:
        """A heading: a line of its own, or a numbered stretch that is a whole short sentence."""
        segment = parsed.segment
        if parsed.modal is not None or self.passage.mode == "tell":
            return False
        heading = self.layers.lines[segment.line].kind == "heading"
        short = segment.end - segment.start <= SHORT
        if not (heading or short or self.passage.tasks):
            return False
        words = self.text[segment.start : segment.end]
        if not segment.numbered and _ORGAN.search(words):
            return False
        if self.passage.tasks:
            return not (words.startswith("序号") or _TASK_CELL.search(words))
        if heading:
            return True
        if words[0] in "〇○◆◇▲△□■●★☆" and short:
            return True
        return segment.numbered and alone and segment.closer in "。\n" and short
