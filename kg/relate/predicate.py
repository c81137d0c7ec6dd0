"""The main verb of one segment, found by its place: behind the modal, the adverbs and the phrases before it.

See docs/decisions/0025.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.cues import pattern, word_set
from kg.layers import Cue
from kg.lexicon import words
from kg.relate.setting import Setting
from kg.relate.stretch import STEMS, VERBS

_NOUN_HEAD = pattern("clauses", "noun-head")
_APPOINTS = pattern("clauses", "appoints")
_CASE = pattern("clauses", "case")
_PRETEXT = pattern("clauses", "pretext")
#: 供电、供水、通信企业: verbs that only name what is listed.
_NOUN_LIST = re.compile(f"(?:、[一-鿿]{{2,4}}?)+(?:{_NOUN_HEAD.pattern})")
_BANS_IN_ROW = pattern("clauses", "bans-in-row")
_WHETHER = "是否"

#: Adverbs that only stand before a verb, known or not.
_ONLY_ADVERBS = word_set("clauses", "before-verbs")
#: Last characters of those to whom a ban is said.
_WHOM = frozenset("车船员人者户民机")
#: Where one is, as a predicate.
_AT_POST = frozenset({"在岗", "在位", "到岗", "到位", "在场", "值守", "驻守", "待命"})
#: How the subject before it is to act: 承接宴席的饭店按餐次留样.
_HOW = frozenset({"按", "按照", "依照", "依据", "根据"})
#: 与旅客同船, 主动与气象部门对接: a partner stands before the verb.
_WITH = "与"
#: Verbs whose object does what follows: 发动群众举报.
_PIVOTS = word_set("clauses", "pivots")
#: Signs of a state that behind a modal are what is asked for.
_HAS = frozenset({"具有", "设有", "建有", "拥有", "处于", "属于"})
#: Verbs before what is to be so: 做到隐患不除不生产.
_REACHED = frozenset({"做到", "确保", "坚持", "实现"})
#: So near the beginning they stand, in characters.
_NEAR = 4
_NAMES_WHOM = word_set("clauses", "names-whom")
#: What ends the name of those who act.
_WHOSE = frozenset({"企业", "单位", "人员", "部门", "公司", "场所", "车辆", "船舶", "工地", "项目"})
#: Verbs that tell when rather than what, where another is led: 达到限值立即分流.
_REACHES = frozenset({"达到", "进入", "占用", "出现", "发现", "接触"})
_LET = "让"
#: A verb of speech that else names a rule: 规定时间内.
_RULE = "规定"
_LEADS = "牵头"
#: An adverb that is also a verb: 要深入基层.
_DEEP = "深入"
#: Verbs of the way in which something is done.
_TAKE = "采取"
_QUALIFIES = word_set("clauses", "qualifies")
#: What lets somebody do what his verb says: 允许企业复工.
_LETS = frozenset({"permission", "recommendation"})
#: Phrases before a verb that no list may know: 与旅客同船, 在管道两侧取土.
_BEFORE = frozenset({"与", "在"})
#: What is a verb where none follows: 不能当“甩手掌柜”.
_ALSO_VERBS = frozenset({"当", "用", "给"})
#: 联合公安部门查处: with an agent behind it, no verb.
_JOINTLY = "联合"
#: What is done about those that a relative clause names: 无证上岗的责令停止作业.
_SANCTIONS = word_set("clauses", "sanctions")


class Finder(Setting):
    """Looks for the main verb of one segment."""

    def __init__(self, text: str, cues: Sequence[Cue], start: int, end: int) -> None:
        super().__init__(text, cues, start, end)
        self.at = 0
        """Where the words before the verb ended."""
        self.bans = False
        """A plain 不 forbids."""
        self.unless = False
        """The verb is what is not to be done before something else."""
        self.plain = False
        """The verb came at once."""
        self.adverbial = False
        self.weak = False
        self.coverb: Cue | None = None

    def main(self, position: int, *, bare: bool) -> Cue | None:
        """The main verb from ``position`` on; ``bare`` where no modal stands before it."""
        row = _BANS_IN_ROW.match(self.text, position, self.end) if bare else None
        if row is not None:
            self.plain = self.bans = True
            return Cue(*row.span(1), "v", "", row[1])
        reached = any(c.word in _REACHED and c.start - self.start <= _NEAR for c in self.cues)
        verb = self.ban_unless() if bare and not reached else None
        if verb is not None:
            self.adverbial = self.unless = True
            return verb
        verb = self._main(position, bare=bare)
        if bare and verb is not None and self.weak:
            verb = self._behind_object(verb) or verb
        if bare and (verb is None or self.weak):
            framed = self.framed()
            if framed is not None:
                self.adverbial, self.weak = True, False
                return framed
        if verb is None and not bare:
            return self._last_resort()
        if verb is None:
            return None
        if verb.word == _TAKE:
            return self.by_means(verb) or verb
        if verb.kind == "dual":
            return self.last_behind(verb) or verb
        return self.parted(verb)

    def _last_resort(self) -> Cue | None:
        """Behind a modal something is done: 与旅客同船, 通宵通电. Two characters that no list has."""
        at = self.at if self.end - self.at <= 8 else self.end
        opener = next((c for c in self.cues if c.start == self.at), None)
        if opener is not None and opener.word in _BEFORE:
            at = self.end - 2
        elif opener is not None and opener.word in _ALSO_VERBS:
            return Cue(opener.start, opener.end, "single", "", opener.word)
        elif opener is not None and opener.kind in {"prep", "object"}:
            return None
        if self.text[self.at : self.at + 1] in STEMS and self.noun_at(self.at + 1):
            return Cue(self.at, self.at + 1, "single", "", self.text[self.at])
        if at + 2 <= self.end and "的" not in self.text[at : self.end]:
            return self.two(at)
        return self.framed() or self.after_modal(self.at)

    def _main(self, position: int, *, bare: bool) -> Cue | None:
        cues, count = self.cues, len(self.cues)
        i = next((k for k, c in enumerate(cues) if c.start >= position), count)
        led = False
        while i < count and cues[i].start == position and self.fills(i):
            led = led or cues[i].kind in {"adverb", "dual"}
            position = cues[i].end
            i += 1
        asks = self.text.startswith("请", self.cues[i - 1].start) if i > 0 else False
        if asks and not bare and self.governor(i - 1) == "permission":
            self.plain = True  # 可以请物业上门
            return self.cues[i - 1]._replace(kind="verb", value="2")
        if bare and self.plain_ban(i, position):
            self.plain = self.bans = True
            return (
                self.cues[i] if self.cues[i].kind in VERBS else self._main(position + 1, bare=False)
            )
        self.at = position
        listed = (
            not bare and self.text[position + 2 : position + 3] == "、" and position + 2 < self.end
        )
        noun = words().get(self.text[position : position + 2]) == "n"
        listed = listed and not (noun and all(c.value != "prohibition" for c in cues[:i]))
        listed = listed and self.text[position + 1] not in _WHOM  # 严禁货车、拖拉机载人
        if listed and not any(
            position <= c.start < position + 2 and c.kind != "single" for c in cues[i : i + 2]
        ):
            return self.two(position)  # 不得迟报、漏报、瞒报
        if not bare and self.one_character(i, position):
            self.plain = True
            return Cue(position, position + 1, "single", "", self.text[position])
        if not bare and self.text.startswith("不", position) and self._all_of(i):
            self.plain = self.bans = True  # 无码的瓶子一律不充
            if i < len(self.cues) and self.cues[i].start == position + 1:
                return self.cues[i]
            return self.two(position + 1) if position + 3 <= self.end else self._last_one()
        if not bare and self.text[position : position + 1] in {"不", "无", "未"}:
            verb = self._second(i)  # 严禁无人监护进入塔器
            if verb is not None:
                return verb
        if not bare and i < count and self._has(i, position):
            self.plain = True  # 每个村寨要有水、有池
            return Cue(position, position + 1, "verb", "2", "有")
        if not bare and i < count and cues[i].start == position and cues[i].word in _HAS:
            self.plain = True  # 应具有大专以上学历
            return Cue(position, cues[i].end, "verb", "2", cues[i].word)
        agent = self._agent(i) if bare else None
        if agent is not None:
            self.adverbial = True
            return agent
        if i < count and cues[i].start == position:
            cue = cues[i]
            if (
                led and cue.word == "对照" and not self.verb_ends(i + 1, cue.end)
            ):  # 认真对照清单: a verb where an adverb leads it
                self.plain, self.at = True, cue.end
                return Cue(cue.start, cue.end, "verb", "1", cue.word)
            idiom = cue.kind == "i" and (led or not bare)
            if cue.word == _JOINTLY and self._scan(i + 1, cue.end) is not None:
                self.coverb = cue
                return self._scan(i + 1, cue.end)
            if (
                idiom
                or cue.kind in VERBS
                or (cue.kind == "speech" and len(cue.word) > 1 and cue.word != _RULE)
            ):
                inside = self._relative(i, cue) if bare else None
                if inside is None and bare and not led:
                    inside = self._behind(i, cue)
                if inside is not None:
                    return inside
                if not bare and cue.word in _QUALIFIES and self.governor(i) in _LETS:
                    mark = self.text.find("的", cue.end, self.end)
                    later = next((k for k, c in enumerate(cues) if c.start > mark), count)
                    which = self._scan(later, mark + 1) if mark > 0 and later < count else None
                    if which is not None:  # 允许符合条件的企业复工
                        return which
                over = self.over(i) if not bare else None
                if over is not None:
                    return over
                if not (bare and self.follows(cue, "的")) and not self.during(cue):
                    self.plain = True
                    return cue
            with_whom = cue.word == _WITH and not bare
            if cue.word == _LET and not bare:
                return cue
            pretext = _PRETEXT.match(self.text, cue.start, self.end)
            if pretext is not None:
                return self._main(pretext.end(), bare=False)
            if cue.kind in {"prep", "object"} or cue.word == _JOINTLY or with_whom:
                if len(cue.word) > 1:
                    self.coverb = cue
                return self._scan(i + 1, cue.end)
            if cue.kind == "manner" and not bare and self._scan(i + 1, cue.end) is None:
                return cue
        return self._scan(i, position)

    def _has(self, i: int, position: int) -> bool:
        """Whether 有 is what is asked for: no word begins with it, and no other verb stands behind."""
        cue = self.cues[i]
        if cue.start != position or cue.word != "有" or self.text.startswith("有人", position):
            return False
        if self.governor(i) in _LETS:
            return False  # 鼓励有条件的村组建专职队
        return all(c.kind not in {"verb", "v"} for c in self.cues[i + 1 :])

    def _behind_object(self, verb: Cue) -> Cue | None:
        """雪没落下来就先把防滑料|撒下去: what is done with the object that 把 puts first."""
        for k, cue in enumerate(self.cues):
            if cue.word == "把" and cue.start >= verb.end:
                found = self._scan(k + 1, cue.end)
                self.adverbial = self.adverbial or found is not None
                self.weak = self.weak and found is None
                return found
        return None

    def _all_of(self, i: int) -> bool:
        """Whether the word before is the one for all of them."""
        return i > 0 and self.cues[i - 1].word == "一律"

    def _last_one(self) -> Cue:
        return Cue(self.end - 1, self.end, "single", "", self.text[self.end - 1])

    def _second(self, i: int) -> Cue | None:
        """What must not be done without something else: the verb behind the first."""
        at = self.at
        lacks = i < len(self.cues) and self.cues[i].start == at + 1
        if not (lacks or self.text.startswith("无人", at)):
            return None
        verbs = [c for c in self.cues[i:] if c.kind in VERBS and c.kind != "single"]
        return verbs[1] if len(verbs) > 1 and "、" not in self.text[self.at : self.end] else None

    def _agent(self, i: int) -> Cue | None:
        """经劝导不挪的由交警拖移: what the agent behind …的 does."""
        for k in range(i, len(self.cues)):
            cue = self.cues[k]
            if cue.word != "由" or cue.start <= self.start:
                continue
            ahead = [c for c in self.cues[i:k] if c.kind in {"verb", "dual"} and c.value >= "2"]
            if self.text[cue.start - 1] == "的" or (i < k and not ahead):
                return self._scan(k + 1, cue.end)
        return None

    def _relative(self, i: int, first: Cue) -> Cue | None:
        """发现隐患的立即整改: the verb behind 的 + adverb, where the first verb is not the main one."""
        if first.kind == "verb" and first.value >= "2" and first.word not in {"发现", "存在"}:
            return None
        mark = self.text.find("的", first.end, self.end)
        if self.text[first.end : first.end + 1] == "不" and 0 < mark <= first.end + 3:
            dealt = next((c for c in self.cues if c.start == mark + 1), None)
            if dealt is not None and dealt.kind in VERBS:
                self.adverbial = True  # 销不了的|报镇里
                return dealt
        while mark >= 0:
            for k in range(i + 1, len(self.cues) - 1):
                cue = self.cues[k]
                if cue.start == mark + 1 and cue.kind == "adverb" and self.verb_follows(k):
                    self.adverbial = True
                    return self.cues[k + 1]
                following = self.cues[k + 1]
                named = _NOUN_HEAD.match(self.text, following.end, self.end) is not None
                if following.start == mark + 1 and following.word in _SANCTIONS and not named:
                    self.adverbial = True  # 整改不到位的|挂牌督办
                    return following
                if cue.start > mark + 2 and cue.kind == "prep" and cue.word in _HOW:
                    self.adverbial = True
                    return self._scan(k + 1, cue.end)
            mark = self.text.find("的", mark + 1, self.end)
        return None

    def _behind(self, i: int, first: Cue) -> Cue | None:
        """供热企业点火前完成检验: the verb behind a subject that begins with one that is no verb here."""
        strong = first.kind in {"verb", "dual"} and first.value >= "2"
        if first.word in _PIVOTS or (strong and first.word not in _REACHES):
            return None
        if _WHETHER in self.text[first.end : self.end]:
            return None
        rest = self.cues[i + 1 :]
        if any(c.kind == "link" for c in rest[:3]):
            return None
        compound = _NOUN_HEAD.match(self.text, first.end, self.end) is not None
        if not compound and self.follows(first, "、"):
            compound = _NOUN_LIST.match(self.text, first.end, self.end) is not None
        for k in range(i + 1, len(self.cues)):
            cue = self.cues[k]
            if cue.kind not in VERBS or self.follows(cue, "的"):
                continue
            if cue.kind == "single" and not (compound and self.led(k)):
                continue
            led = self.cues[k - 1].end == cue.start and self.cues[k - 1].kind == "adverb"
            led = led and self.cues[k - 1].start > first.end
            led = led and self.text[self.cues[k - 1].start - 1] != "、"
            due = cue.end == self.end and self.is_due(cue.start)
            whose = first.word in _NAMES_WHOM and self.text[cue.start - 2 : cue.start] in _WHOSE
            due = due or (whose and cue.kind == "verb" and cue.value >= "2")
            if led or due or (compound and self.led(k)) or self.refused(k) or self.timed(k):
                self.adverbial = True
                return cue
            if (
                compound
                and cue.start > first.end
                and not self.follows(cue, "、")
                and (self.text[cue.start - 1] not in "的、")
                and cue.kind in {"verb", "dual"}
                and (cue.value >= "2" or cue.end == self.end)
            ):
                return cue
        return None

    def _unknown(self, position: int) -> Cue | None:
        """The two characters behind the last modal or adverb, where no known verb is there."""
        if any(c.start == position and c.kind in {"prep", "object"} for c in self.cues):
            return None
        for cue in reversed(self.cues):
            if self.text.startswith("前", cue.end):
                continue  # 每周五前报送
            ahead = next((c for c in self.cues if c.start == cue.end), None)
            if ahead is not None and (ahead.kind in {"prep", "object"} or ahead.word == _WITH):
                return None
            sure = cue.kind == "modal" or cue.word in _ONLY_ADVERBS or cue.word[0] in "逐每"
            if sure or (cue.kind == "manner" and cue.start >= position):
                at = max(cue.end, self.at)  # behind 通宵 in 不要通宵通电; 深入 in 要深入基层
                if self.end - at < 2 or self.text.endswith(_DEEP, 0, at):
                    at = cue.end
                if 2 <= self.end - at <= 8 and "的" not in self.text[at : self.end]:
                    return self.two(at)
                return None
            behind = self.text[cue.end : min(cue.end + 2, self.end)]
            if cue.kind == "adverb" and (behind in _AT_POST or words().get(behind) == "v"):
                return self.two(cue.end)  # 亲自研究部署, 24小时在岗
        return None

    def _scan(self, i: int, position: int) -> Cue | None:
        """The verb behind a noun phrase: subject, object of 把/对, place, time."""
        text, cues = self.text, self.cues
        found = [
            k
            for k in range(i, len(cues))
            if cues[k].kind in VERBS
            and not (cues[k].kind == "dual" and (self.verb_follows(k) or self.qualifies(k)))
        ]
        if len(found) > 1 and cues[found[0]].word == _LEADS:
            found = found[1:]
        if not found:
            verb = self._unknown(position) or next(
                (c for c in cues[i:] if c.kind == "i" and c.end == self.end), None
            )
            self.adverbial = verb is not None
            return verb
        first = self.first_of_all(position)
        if first is not None:
            self.adverbial = True
            return first
        found = self.behind_phrase(i, position, found)
        put = self.sent(found) or self.put_somewhere(i, found)
        if put is not None:
            self.adverbial = True
            return put
        last = cues[found[-1]].start
        mark = text.rfind("的", position, last)
        if mark >= 0:
            behind = [k for k in found if cues[k].start > mark + 1]
            governs = [k for k in found if cues[k].start == mark + 1 and self.governs(cues[k])]
            if governs and position < mark:  # 对动态监控不达标的责令整改
                self.adverbial = True
                return cues[governs[0]]
            if not behind and cues[found[-1]].start == mark + 1:
                behind = [
                    k for k in found if cues[k].start < mark and not self._before(cues[k], mark)
                ]
            found = self._before_noun(found, behind, mark) or behind or found
        found = [k for k in found if not self.follows(cues[k], "的")]
        late = [k for k in found if not self.when(cues[k])]
        found = late or found
        many = [k for k in found if cues[k].kind != "single"]
        for k in found:
            if _APPOINTS.match(text, cues[k].start, self.end):
                self.adverbial = True
                return cues[k]
        for k in many:
            cue = cues[k]
            lists = self.follows(cue, "、和与") and not self.list_of_verbs(k)
            if self.led(k) and not lists:
                self.adverbial = True
                return cue
            strong = cue.kind in {"verb", "dual"} and cue.value >= "2"
            if strong and k + 1 < len(cues) and _case_follows(text, cue.end, self.end):
                continue  # 停产整顿情况报省厅, but 建立台账、限期销号
            if strong and not lists and text[cue.start - 1] not in "的、":
                return cue
        for k in found:
            if cues[k].kind == "single" and self.led(k):
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
        if k + 1 in pool and self.results(k + 1) and cues[k].end == cues[k + 1].start:
            return cues[k + 1]  # 给企业整改|留出时间
        while (
            k + 1 in pool
            and cues[k + 1].end == self.end
            and cues[k].end != cues[k + 1].start
            and "、" not in text[cues[k].end : cues[k + 1].start]  # 建立台账、限期销号
        ):
            k += 1
        return cues[k]

    def _before_noun(self, found: list[int], behind: list[int], mark: int) -> list[int]:
        """开展不打招呼的现场检查: a verb that ends the segment behind 的 and a noun is no predicate."""
        cues = self.cues
        if not behind or cues[behind[-1]].end != self.end or cues[behind[0]].value >= "2":
            return []
        if all(cues[k].kind == "single" for k in behind):  # 设立一个不少于五人的看火点
            ahead = [k for k in found if cues[k].end <= mark and cues[k].value >= "2"]
            return [k for k in ahead if cues[k].kind == "verb"][:1]
        if len(behind) > 1 or self.led(behind[0]):
            return []
        ahead = [k for k in found if cues[k].end <= mark]
        governs = [k for k in ahead if cues[k].kind == "verb" and cues[k].value >= "2"]
        return governs[:1] if governs and self.led(governs[0]) else []

    def _before(self, cue: Cue, mark: int) -> bool:
        return cue.end >= mark


def _case_follows(text: str, start: int, end: int) -> bool:
    """Whether what is reported or handed in is named (情况, 名单), and something is done with it."""
    named = _CASE.match(text, start, end)
    return named is not None and not text.startswith("、", named.end())
