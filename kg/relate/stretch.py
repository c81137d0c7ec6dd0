"""A stretch of text with its cues, and what can be read off it around one place."""

from __future__ import annotations

from collections.abc import Sequence

from kg.cues import pattern, word_set
from kg.layers import Cue
from kg.lexicon import words

_QUOTED_VERB = pattern("clauses", "quoted-verb")
_MEANS_BY = pattern("clauses", "means-by")
_SPAN = pattern("clauses", "span")
_UNLESS = pattern("clauses", "ban-unless")
_FRAMED = pattern("clauses", "framed")
_AFTER_MODAL = pattern("clauses", "after-modal")
STEMS = word_set("verbs", "stems") | word_set("verbs", "single")
_NUMBERS = frozenset("一两二三四五六七八九十几0123456789")
#: Kinds of cues that can be a predicate.
VERBS = frozenset({"verb", "v", "dual", "single"})
#: All classes of the general list.
_ANY = frozenset("nvadi")


class Stretch:
    """The words of one segment, its cues in order."""

    def __init__(self, text: str, cues: Sequence[Cue], start: int, end: int) -> None:
        self.text = text
        self.cues = cues
        self.start = start
        self.end = end

    def parted(self, verb: Cue) -> Cue:
        """赶工|期 is 赶|工期: the first character governs where the second begins a word."""
        at, general = verb.end, words()
        if (
            len(verb.word) == 2
            and verb.word[0] != "不"  # 夜间不|住店
            and (verb.kind == "v" or (verb.kind == "verb" and verb.value == "1"))
            and general.get(self.text[at - 1 : at + 1]) in (_ANY if verb.kind == "v" else {"n"})
            and self.text[at : at + 2] not in general
            and not any(c.start == at for c in self.cues)
            and at < self.end
        ):
            return Cue(verb.start, at - 1, "single", "", verb.word[0])
        last = verb.kind == "single" and verb.end - verb.start == 1 and verb.end + 1 == self.end
        if last and self.text[verb.end] != "着":  # 手机二十四小时|开|着
            return Cue(verb.start, self.end, "v", "", self.text[verb.start : self.end])  # 清港
        return verb

    def ban_unless(self) -> Cue | None:
        """隐患不消除不复工, 救生衣未穿好不开船: the verb of the ban at the end."""
        if not self.cues or self.text.find("不", self.start, self.end) < 0:
            return None
        found = _UNLESS.search(self.text, self.start, self.end)
        if found is None:
            return None
        at = found.start(1)
        verb = next((c for c in self.cues if c.start == at and c.kind in VERBS), None)
        if verb is None and self.text[at] in STEMS and self.noun_at(at + 1):
            return Cue(at, at + 1, "single", "", self.text[at])
        return verb

    def by_means(self, verb: Cue) -> Cue | None:
        """采取“四不两直”方式检查煤矿: the verb behind the way in which it is done."""
        found = _MEANS_BY.match(self.text, verb.end, self.end)
        if found is None:
            return None
        following = next((c for c in self.cues if c.start == found.end()), None)
        if following is None or following.kind not in {"verb", "v"} or following.value >= "2":
            return None
        return following

    def two(self, at: int) -> Cue:
        """The verb that no list has: two characters, or what stands in quotation marks (“过筛子”)."""
        quoted = _QUOTED_VERB.match(self.text, at, self.end)
        if quoted is None and words().get(self.text[at : at + 2]) == "n":  # 鼓励职工“吹哨”
            mark = self.text.find("“", at, self.end)
            quoted = _QUOTED_VERB.fullmatch(self.text, mark, self.end) if mark > at else None
        alone = self.text[at + 1 : at + 2] in _NUMBERS or self.text[at] == "有"
        size = 1 if alone and at + 2 < self.end else 2  # 播|三遍, 有|积絮
        start, end = (quoted.start(1), quoted.end(1)) if quoted else (at, at + size)
        return Cue(start, end, "v", "", self.text[start:end])

    def framed(self) -> Cue | None:
        """柴草垛|移|到屋后, 今晚|修好: a verb that what stands behind it shows, whatever list lacks it."""
        found = _FRAMED.search(self.text, self.start, self.end)
        if found is None:
            return None
        at, end = found.span(found.lastgroup or 0)
        before = self.text[at - 1 : at + 1]
        if found.lastgroup == "times" and self.text[at] not in STEMS | {"来"}:
            return None
        known = next(
            (c for c in self.cues if c.end == end and c.kind in VERBS and c.end - c.start > 1), None
        )
        if known is not None:
            return known  # 训练|一次
        if at > self.start and words().get(before) not in {None, "d"}:
            return None  # 仓储|存在: the character ends another word
        return Cue(at, end, "v", "", self.text[at:end])

    def after_modal(self, at: int) -> Cue | None:
        """一分不能|省, 要“|查全、探清”: right behind a modal stands what is done, whatever word it is."""
        found = _AFTER_MODAL.match(self.text, at, self.end)
        if found is None:
            return None
        start, end = found.span(found.lastgroup or 0)
        return Cue(start, end, "v", "", self.text[start:end])

    def noun_at(self, at: int) -> bool:
        """Whether a word of the general list begins: 不准进|楼道."""
        general = words()
        return at + 2 <= self.end and any(self.text[at : at + n] in general for n in (2, 3, 4))

    def follows(self, cue: Cue, chars: str) -> bool:
        """Whether one of the characters stands right behind a cue."""
        return cue.end < self.end and self.text[cue.end] in chars

    def verb_ends(self, i: int, position: int) -> bool:
        """Whether the verb at ``position`` is the last word: 对照排查."""
        cue = self.cues[i] if i < len(self.cues) else None
        return cue is not None and cue.start == position and cue.end == self.end

    def timed(self, k: int) -> bool:
        """提前两小时发布: an adverb, how long, and the verb."""
        cue = self.cues[k]
        before = self.cues[k - 1] if k > 0 else None
        return (
            before is not None
            and before.kind == "adverb"
            and before.end < cue.start
            and _SPAN.fullmatch(self.text, before.end, cue.start) is not None
        )

    def before_or_after(self, cue: Cue, after: str) -> bool:
        """开放前清扫: 前 or 后 behind a verb, where no word begins with it (后续), or a verb follows."""
        if after[:1] not in {"前", "后"}:
            return False
        follows = any(c.start == cue.end + 1 and c.kind in VERBS for c in self.cues)
        return follows or after not in words()
