"""The main verb of one segment, found by its place: behind the modal, the adverbs and the phrases before it.

See docs/decisions/0025.
"""

from __future__ import annotations

from collections.abc import Sequence

from kg.cues import pattern
from kg.layers import Cue
from kg.lexicon import words

_NOUN_HEAD = pattern("clauses", "noun-head")
_WHETHER = "是否"

VERBS = frozenset({"verb", "v", "dual", "single"})
#: Adverbs that only stand before a verb, known or not.
_ONLY_ADVERBS = frozenset(
    {
        "全部",
        "一律",
        "立即",
        "限期",
        "当场",
        "当日",
        "及时",
        "先",
        "暂缓",
        "提前",
        "抓紧",
        "陆续",
        "即刻",
        "定期",
        "至少",
    }
)
#: How the subject before it is to act: 承接宴席的饭店按餐次留样.
_HOW = frozenset({"按", "按照", "依照", "依据", "根据"})
_AFTER_DUAL = frozenset({"verb", "dual", "prep", "object"})
#: 联合公安部门查处: with an agent behind it, no verb.
_JOINTLY = "联合"
_AFTER_MANNER = frozenset({"verb", "v", "dual", "manner"})
#: What is done about those that a relative clause names: 无证上岗的责令停止作业.
_SANCTIONS = frozenset(
    {"责令", "实行", "停止", "暂停", "取消", "吊销", "追究", "移送", "纳入", "列入", "启动", "采取"}
)
FILLERS = frozenset({"adverb", "link", "modal", "back"})
_ON_THE_DAY = frozenset({"当天", "当日", "当晚", "期间", "首日", "第一"})
#: What a place or time before the verb ends with: 在渡口内停靠, 6月底前接入.
LOCALISERS = frozenset("前后内中上下里外起时间处日月年")


class Finder:
    """Looks for the main verb of one segment."""

    def __init__(self, text: str, cues: Sequence[Cue], end: int) -> None:
        self.text = text
        self.cues = cues
        self.end = end
        self.at = 0
        """Where the words before the verb ended."""
        self.plain = False
        """The verb came at once."""
        self.adverbial = False
        self.weak = False
        self.coverb: Cue | None = None

    def main(self, position: int, *, bare: bool) -> Cue | None:
        """The main verb from ``position`` on."""
        cues, count = self.cues, len(self.cues)
        i = next((k for k, c in enumerate(cues) if c.start >= position), count)
        led = False
        while i < count and cues[i].start == position and self._fills(i):
            led = led or cues[i].kind == "adverb"
            position = cues[i].end
            i += 1
        self.at = position
        agent = self._agent(i) if bare else None
        if agent is not None:
            self.adverbial = True
            return agent
        if i < count and cues[i].start == position:
            cue = cues[i]
            if (
                led and cue.word == "对照" and not self._verb_ends(i + 1, cue.end)
            ):  # 认真对照清单: a verb where an adverb leads it
                self.plain, self.at = True, cue.end
                return Cue(cue.start, cue.end, "verb", "1", cue.word)
            idiom = cue.kind == "i" and (led or not bare)
            if cue.word == _JOINTLY and self._scan(i + 1, cue.end) is not None:
                self.coverb = cue
                return self._scan(i + 1, cue.end)
            if idiom or cue.kind in VERBS or (cue.kind == "speech" and len(cue.word) > 1):
                inside = self._relative(i, cue) if bare else None
                if inside is None and bare and not led:
                    inside = self._behind(i, cue)
                if inside is not None:
                    return inside
                if not (bare and self._follows(cue, "的")) and not self._during(cue):
                    self.plain = True
                    return cue
            if cue.kind in {"prep", "object"} or cue.word == _JOINTLY:
                if len(cue.word) > 1:
                    self.coverb = cue
                return self._scan(i + 1, cue.end)
            if cue.kind == "manner" and not bare and self._scan(i + 1, cue.end) is None:
                return cue
        return self._scan(i, position)

    def _agent(self, i: int) -> Cue | None:
        """经劝导不挪的由交警拖移: what the agent behind …的 does."""
        for k in range(i, len(self.cues)):
            cue = self.cues[k]
            if cue.word == "由" and self.text[cue.start - 1] == "的":
                return self._scan(k + 1, cue.end)
        return None

    def _fills(self, i: int) -> bool:
        """Whether a word only leads up to the verb."""
        cue = self.cues[i]
        if cue.kind in FILLERS:
            return True
        return cue.kind in {"manner", "dual"} and self._verb_follows(i)

    def _verb_follows(self, i: int) -> bool:
        cues = self.cues
        after = _AFTER_DUAL if cues[i].kind == "dual" else _AFTER_MANNER
        return i + 1 < len(cues) and cues[i + 1].start == cues[i].end and cues[i + 1].kind in after

    def _verb_ends(self, i: int, position: int) -> bool:
        """Whether the verb at ``position`` is the last word: 对照排查."""
        cue = self.cues[i] if i < len(self.cues) else None
        return cue is not None and cue.start == position and cue.end == self.end

    def _follows(self, cue: Cue, chars: str) -> bool:
        return cue.end < self.end and self.text[cue.end] in chars

    def _relative(self, i: int, first: Cue) -> Cue | None:
        """发现隐患的立即整改: the verb behind 的 + adverb, where the first verb is not the main one."""
        if first.kind == "verb" and first.value >= "2" and first.word not in {"发现", "存在"}:
            return None
        mark = self.text.find("的", first.end, self.end)
        while mark >= 0:
            for k in range(i + 1, len(self.cues) - 1):
                cue = self.cues[k]
                if cue.start == mark + 1 and cue.kind == "adverb" and self._verb_follows(k):
                    self.adverbial = True
                    return self.cues[k + 1]
                if cue.start > mark + 2 and cue.kind == "prep" and cue.word in _HOW:
                    self.adverbial = True
                    return self._scan(k + 1, cue.end)
            mark = self.text.find("的", mark + 1, self.end)
        return None

    def _behind(self, i: int, first: Cue) -> Cue | None:
        """供热企业点火前完成检验: the verb behind a subject that begins with one that is no verb here."""
        if first.kind in {"verb", "dual"} and first.value >= "2":
            return None
        if _WHETHER in self.text[first.end : self.end]:
            return None
        rest = self.cues[i + 1 :]
        if any(c.kind == "link" for c in rest[:3]):
            return None
        compound = _NOUN_HEAD.match(self.text, first.end, self.end) is not None
        for k in range(i + 1, len(self.cues)):
            cue = self.cues[k]
            if cue.kind not in VERBS or cue.kind == "single" or self._follows(cue, "的"):
                continue
            led = self.cues[k - 1].end == cue.start and self.cues[k - 1].kind == "adverb"
            led = led and self.cues[k - 1].start > first.end
            led = led and self.text[self.cues[k - 1].start - 1] != "、"
            if led or (compound and self._led(k)) or self._refused(k):
                self.adverbial = True
                return cue
            if (
                compound
                and cue.start > first.end
                and not self._follows(cue, "、")
                and (self.text[cue.start - 1] not in "的、")
                and cue.kind in {"verb", "dual"}
                and cue.value >= "2"
            ):
                return cue
        return None

    def _during(self, cue: Cue) -> bool:
        """检查中发现, 开工前清点: the first verb only tells when."""
        if cue.kind == "verb" and cue.value >= "2":
            return False
        if self.text[cue.end : min(cue.end + 2, self.end)] in _ON_THE_DAY:
            return True
        if not self._follows(cue, "中时后前"):
            return False
        return self.text[cue.end : cue.end + 2] not in words()

    def _when(self, cue: Cue) -> bool:
        """开园前, 放假当天, 支护完成前: when, whatever verb it is."""
        after = self.text[cue.end : min(cue.end + 2, self.end)]
        if after in _ON_THE_DAY:
            return not (cue.kind == "verb" and cue.value >= "2")
        return after[:1] in {"前", "后"} and after not in words()

    def _list_of_verbs(self, k: int) -> bool:
        """关闭、屏蔽 + noun, 先培训、后上岗: what a comma joins to the verb is a verb too."""
        at = self.cues[k].end + 1
        following = [c for c in self.cues[k + 1 : k + 3] if c.start == at]
        return bool(following) and (
            following[0].kind in VERBS or following[0].kind in {"adverb", "manner"}
        )

    def _refused(self, k: int) -> bool:
        """不 right before the verb and how it is done: 不盲目施救."""
        at = self.cues[k].start
        while k > 0 and self.cues[k - 1].end == at and self.cues[k - 1].kind == "manner":
            k, at = k - 1, self.cues[k - 1].start
        return self.text[at - 1] == "不" and self.text[at - 2] != "并"

    def _unknown(self, position: int) -> Cue | None:
        """The two characters behind the last modal or adverb, where no known verb is there."""
        if any(c.start == position and c.kind in {"prep", "object"} for c in self.cues):
            return None
        for cue in reversed(self.cues):
            if any(c.start == cue.end and c.kind in {"prep", "object"} for c in self.cues):
                return None
            sure = cue.kind == "modal" or cue.word in _ONLY_ADVERBS or cue.word[0] in "逐每"
            if sure or (cue.kind == "manner" and cue.start >= position):
                rest = self.end - cue.end
                if 2 <= rest <= 8 and "的" not in self.text[cue.end : self.end]:
                    return Cue(cue.end, cue.end + 2, "v", "", self.text[cue.end : cue.end + 2])
                return None
        return None

    def _scan(self, i: int, position: int) -> Cue | None:
        """The verb behind a noun phrase: subject, object of 把/对, place, time."""
        text, cues = self.text, self.cues
        found = [
            k
            for k in range(i, len(cues))
            if cues[k].kind in VERBS and not (cues[k].kind == "dual" and self._verb_follows(k))
        ]
        if not found:
            verb = self._unknown(position) or next(
                (c for c in cues[i:] if c.kind == "i" and c.end == self.end), None
            )
            self.adverbial = verb is not None
            return verb
        last = cues[found[-1]].start
        mark = text.rfind("的", position, last)
        if mark >= 0:
            behind = [k for k in found if cues[k].start > mark + 1]
            governs = [k for k in found if cues[k].start == mark + 1 and self._governs(cues[k])]
            if governs and position < mark:  # 对动态监控不达标的责令整改
                self.adverbial = True
                return cues[governs[0]]
            if not behind and cues[found[-1]].start == mark + 1:
                behind = [
                    k for k in found if cues[k].start < mark and not self._before(cues[k], mark)
                ]
            found = behind or found
        found = [k for k in found if not self._follows(cues[k], "的")]
        late = [k for k in found if not self._when(cues[k])]
        found = late or found
        many = [k for k in found if cues[k].kind != "single"]
        for k in many:
            cue = cues[k]
            lists = self._follows(cue, "、和与") and not self._list_of_verbs(k)
            if self._led(k) and not lists:
                self.adverbial = True
                return cue
            strong = cue.kind in {"verb", "dual"} and cue.value >= "2"
            if strong and not lists and text[cue.start - 1] not in "的、":
                return cue
        for k in found:
            if cues[k].kind == "single" and self._led(k):
                self.adverbial = True
                return cues[k]
        if not many:
            verb = self._unknown(position)
            if verb is not None:
                self.adverbial = True
                return verb
        pool = many or found
        if not pool:
            return None
        self.weak = True
        heads = [k for k in pool if not _NOUN_HEAD.match(text, cues[k].end, self.end)]
        if not heads:
            heads = [k for k in found if cues[k].kind == "single"][:1]
        k = (heads or pool)[0]
        while k + 1 in pool and cues[k + 1].end == self.end and cues[k].end != cues[k + 1].start:
            k += 1
        return cues[k]

    def _governs(self, cue: Cue) -> bool:
        """Whether a verb right behind 的 is the predicate, not what 的 speaks of (的落实情况)."""
        return (
            cue.kind == "verb"
            and cue.value >= "2"
            and cue.end < self.end
            and (
                cue.word in _SANCTIONS
                or any(c.word == "对" and c.end < cue.start for c in self.cues)
            )
            and _NOUN_HEAD.match(self.text, cue.end, self.end) is None
        )

    def _before(self, cue: Cue, mark: int) -> bool:
        return cue.end >= mark

    def _led(self, k: int) -> bool:
        """Right behind an adverb, or behind the end of a phrase of place or time."""
        cue = self.cues[k]
        if k > 0 and self.cues[k - 1].end == cue.start:
            before = self.cues[k - 1]
            return before.kind in {"adverb", "link"} or (
                before.kind == "dual" or (before.kind == "manner" and self._led(k - 1))
            )
        return self.text[cue.start - 1] in LOCALISERS and cue.kind != "single"
