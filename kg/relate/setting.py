"""What stands around a word of a segment: what leads up to it, tells when, governs or refuses it."""

from __future__ import annotations

import re

from kg.cues import pattern, word_set
from kg.layers import Cue
from kg.lexicon import words
from kg.relate.stretch import STEMS, VERBS, Stretch

_AIM_STATE = pattern("clauses", "aim-state")
_TIME_TAIL = pattern("clauses", "time-tail")
_ADJECTIVE = pattern("clauses", "adjective-here")
_MADE_STRICT = pattern("clauses", "made-strict")
_PHRASE = pattern("clauses", "phrase-around")
_FIRST = re.compile(
    "(?<![首率优事预原早“按])先(?![生进行后期例锋])([一-鿿]{1,3}?)(?:[、，]?[后再]|起来再)[一-鿿]"
)
_SENT = pattern("clauses", "sent")
_AFTER_DUAL = frozenset({"verb", "dual", "prep", "object"})
#: Of the dual ones, those that say how before any verb: 错峰出行.
_HOW_DONE = frozenset({"到场", "错峰", "限时", "尽快", "抓紧", "主动", "牵头"})
#: 与旅客同船, 主动与气象部门对接: a partner stands before the verb.
_WITH = "与"
_OVER = "超"
_AFTER_MANNER = frozenset({"verb", "v", "dual", "manner", "single", "prep", "object"})
#: What is done about those that a relative clause names: 无证上岗的责令停止作业.
_SANCTIONS = word_set("clauses", "sanctions")
FILLERS = frozenset({"adverb", "link", "modal", "back"})
#: Adverbs between what is done with something and the something, named with a verb: 动火从严审批.
_STRICTLY = frozenset({"从严", "严格", "一律", "全部", "统一", "立即", "迅速"})
_AS_TIME = frozenset("中时后前")
_PERIODS = frozenset({"期间", "过程"})
_ON_THE_DAY = frozenset({"过程", "当天", "当日", "当晚", "期间", "首日", "第一"})
#: What a place or time before the verb ends with: 在渡口内停靠, 6月底前接入.
LOCALISERS = frozenset("前后内中上下里外起时间处日月年")
_RESULTS = frozenset("出好牢住清齐足稳")
#: What something is made, or where it is put, behind 把.
PUT = frozenset({"作为", "纳入", "列入", "列为", "当作", "当成", "融入", "贯穿", "转化"})
#: Behind 把 a verb with where it comes to: 统一到, 转移至, 张贴在. It may begin at any character.
_MOVED = re.compile("(?=([一-鿿]{2})(?:到|至|给|在)[一-鿿])")
#: Of the dual ones, those that leave what is done to the verb behind, whatever verb it is.
_WAYS_OF_DOING = frozenset({"主动", "联合", "协同", "集中", "抓紧", "加快", "尽快", "限时", "持续"})
#: An adverb that is also what one does.
_COMES_TO = frozenset({"上门", "靠前", "带队"})
_NOUN_HEAD = pattern("clauses", "noun-head")


class Setting(Stretch):
    """Looks to both sides of the words of one segment."""

    def one_character(self, i: int, position: int) -> bool:
        """不准|骑|电动自行车, 不带|带火|种: a verb of one character, and a word behind it."""
        here = self.text[position : position + 1]
        goes = here == "到" and not any(c.kind in VERBS for c in self.cues[i:])
        if not goes and (here not in STEMS or here == "过"):
            return False
        at = self.cues[i] if i < len(self.cues) and self.cues[i].start == position else None
        if at is not None:
            word = at.kind == "manner" and words().get(self.text[at.end - 1 : at.end + 1])
            return word == "n" and len(at.word) == 2
        return words().get(self.text[position : position + 2]) is None and self.noun_at(
            position + 1
        )

    def plain_ban(self, i: int, position: int) -> bool:
        """不留死角, 不乘坐超员车: 不 right before the verb, without 的 behind."""
        return (
            i < len(self.cues)
            and position < self.end
            and self.text[position] == "不"
            and _AIM_STATE.match(self.text, position, self.end) is None
            and self.cues[i].start == position + 1
            and self.cues[i].kind in {*VERBS, "prep", "object", "manner"}
            and "的" not in self.text[position : self.end]
        )

    def over(self, i: int) -> Cue | None:
        """严禁超核定人数载客: the verb behind what is not to be exceeded."""
        last = self.cues[-1]
        over = self.cues[i].word == _OVER and last.end == self.end and last.start > self.cues[i].end
        return last if over and last.kind in {"verb", "v"} else None

    def governor(self, i: int) -> str:
        """The modality of the modal before a cue."""
        return next((c.value for c in reversed(self.cues[:i]) if c.kind == "modal"), "")

    def fills(self, i: int) -> bool:
        """Whether a word only leads up to the verb."""
        cue = self.cues[i]
        if cue.kind in FILLERS:
            return cue.word != _WITH
        return cue.kind in {"manner", "dual"} and self.verb_follows(i)

    def verb_follows(self, i: int) -> bool:
        """Whether a verb, or what leads to one, stands right behind a word that says how."""
        cues = self.cues
        after = _AFTER_DUAL if cues[i].kind == "dual" else _AFTER_MANNER
        if cues[i].kind == "manner" and self.one_character(i, cues[i].start):
            return False
        if cues[i].word[0] == "严" and _MADE_STRICT.match(self.text, cues[i].start, self.end):
            return False
        if cues[i].word in _HOW_DONE:
            after = _AFTER_MANNER
        return (
            i + 1 < len(cues)
            and cues[i + 1].start == cues[i].end
            and (cues[i + 1].kind in after or cues[i + 1].word == _WITH)
        )

    def during(self, cue: Cue) -> bool:
        """检查中发现, 开工前清点: the first verb only tells when."""
        after = self.text[cue.end : min(cue.end + 2, self.end)]
        if self.text[cue.start - 1] == "先":  # 先施工后论证
            return False
        if cue.kind == "verb" and cue.value >= "2":
            later = any(c.start > cue.end and c.kind in VERBS for c in self.cues)
            return later and (after in _PERIODS or self.before_or_after(cue, after))
        if after in _ON_THE_DAY:
            return True
        if after[:1] in _AS_TIME:
            return after not in words()
        tail = _TIME_TAIL.match(self.text, cue.end, self.end)
        return tail is not None and any(
            c.start >= tail.end() and c.kind in VERBS for c in self.cues
        )

    def when(self, cue: Cue) -> bool:
        """开园前, 放假当天, 支护完成前: when, whatever verb it is."""
        after = self.text[cue.end : min(cue.end + 2, self.end)]
        if self.text[cue.start - 1] == "先":  # 先通风后检测
            return False
        if after in _ON_THE_DAY or self.before_or_after(cue, after):
            return True
        return _TIME_TAIL.match(self.text, cue.end, self.end) is not None

    def list_of_verbs(self, k: int) -> bool:
        """关闭、屏蔽 + noun, 先培训、后上岗: what a comma joins to the verb is a verb too."""
        at = self.cues[k].end + 1
        following = [c for c in self.cues[k + 1 : k + 3] if c.start == at]
        return bool(following) and (
            following[0].kind in VERBS or following[0].kind in {"adverb", "manner"}
        )

    def refused(self, k: int) -> bool:
        """不 right before the verb and how it is done: 不盲目施救."""
        at = self.cues[k].start
        while k > 0 and self.cues[k - 1].end == at and self.cues[k - 1].kind == "manner":
            k, at = k - 1, self.cues[k - 1].start
        return self.text[at - 1] == "不" and self.text[at - 2] != "并"

    def behind_phrase(self, i: int, position: int, found: list[int]) -> list[int]:
        """通过购买服务方式|聘请, 在落实措施后|组织: of some verbs those behind the phrase that one of them is in."""
        opener = self.cues[i - 1] if i > 0 else None
        if opener is None or opener.end != position or opener.kind not in {"prep", "object"}:
            return found
        phrase = _PHRASE.match(self.text, opener.start, self.end)
        if phrase is None:
            return found
        behind = [k for k in found if self.cues[k].start >= phrase.end()]
        return behind or found

    def put_somewhere(self, i: int, found: list[int]) -> Cue | None:
        """把安全整治提升|作为硬任务: behind 把 the verb that says what it is made or where it is put."""
        if i == 0 or self.cues[i - 1].word not in {"把", "将"}:
            return None
        put = next((c for c in (self.cues[k] for k in found[1:]) if c.word in PUT), None)
        if put is not None:
            return put
        for moved in _MOVED.finditer(self.text, self.cues[i - 1].end + 2, self.end):
            if words().get(moved[1]) == "v" or any(self.cues[k].word == moved[1] for k in found):
                return Cue(*moved.span(1), "verb", "2", moved[1])
        return None

    def first_of_all(self, position: int) -> Cue | None:
        """先断|道再除冰, 先|围挡后上报: the first of two deeds, where no list has it."""
        at = self.text.find("先", position, self.end)
        found = _FIRST.match(self.text, at, self.end) if at > 0 else None
        if found is None or any(c.start == at + 1 and c.kind in VERBS for c in self.cues):
            return None
        end = at + 2 if self.text[at + 1] in STEMS else found.end(1)
        return Cue(at + 1, end, "v", "", self.text[at + 1 : end])

    def sent(self, found: list[int]) -> Cue | None:
        """将自查总结|报县安委办备案: whatever verbs name what is sent, and what becomes of it."""
        if "报" not in self.text[self.start : self.end]:
            return None
        for k in found:
            if self.cues[k].word == "报" and _SENT.match(self.text, self.cues[k].start, self.end):
                return self.cues[k]
        return None

    def results(self, k: int) -> bool:
        """Whether a verb has its result in it: 留出, 备足."""
        cue = self.cues[k]
        return cue.kind == "v" and cue.end < self.end and cue.word[-1] in _RESULTS

    def last_behind(self, verb: Cue) -> Cue | None:
        """联合|发力, 主动|上门: what ends the segment right behind a word that says how."""
        last = self.cues[-1]
        if (
            verb.word not in _WAYS_OF_DOING
            or last.start != verb.end
            or last.end != self.end
            or len(last.word) < 2
        ):
            return None
        return last if last.kind in {"v", "verb"} or last.word in _COMES_TO else None

    def qualifies(self, k: int) -> bool:
        """摆在突出位置: what else singles out is an adjective here."""
        return _ADJECTIVE.match(self.text, self.cues[k].start, self.end) is not None

    def governs(self, cue: Cue) -> bool:
        """Whether a verb right behind 的 is the predicate, not what 的 speaks of (的落实情况)."""
        return (
            cue.kind == "verb"
            and cue.value >= "2"
            and (
                cue.word in _SANCTIONS
                or any(c.word == "对" and c.end < cue.start for c in self.cues)
            )
            and (cue.end < self.end or len(cue.word) == 4)
            and _NOUN_HEAD.match(self.text, cue.end, self.end) is None
        )

    def led(self, k: int) -> bool:
        """Right behind an adverb, or behind the end of a phrase of place or time."""
        cue = self.cues[k]
        if k > 0 and self.cues[k - 1].end == cue.start - (self.text[cue.start - 1] == "“"):
            before = self.cues[k - 1]
            return before.kind in {"adverb", "link"} or (
                before.kind == "dual" or (before.kind == "manner" and self.led(k - 1))
            )
        if self.text[cue.start - 1] in LOCALISERS:
            if cue.kind == "single":
                return self.text[cue.start - 1] == "时"
            return not self.compound(k)
        return self.timed(k)

    def is_due(self, at: int) -> bool:
        """三项短板年底前|补齐: a time limit stands right before."""
        return self.text[at - 1] in {"前", "内"} and self.text[at - 2] in "底日月天时周年"

    def compound(self, k: int) -> bool:
        """船上动火维修实行审批: a plain verb behind a place that a governing verb follows is a noun."""
        cue = self.cues[k]
        if cue.kind == "verb" and cue.value >= "2":
            return False
        at = cue.end
        for later in self.cues[k + 1 :]:
            if later.start == at and later.word in _STRICTLY and later.end < self.end:
                return any(c.start == later.end and c.kind in VERBS for c in self.cues)
            if later.start != at or later.kind not in {"verb", "v"}:
                return False
            if later.value >= "2":
                return later.end < self.end
            at = later.end
        return False
