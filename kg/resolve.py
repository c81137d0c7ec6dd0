"""Stage 5: who speaks where.

Divisions of China named in the text, and from which place on each of them has the
word (GUIDELINES, Regions): by a heading, by a subject that acts, by 我省/全市/该县, by a person introduced with
the post; the State level is 全国.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field

from kg import regions
from kg.cues import pattern
from kg.layers import Layers, Segment
from kg.model import NATIONAL
from kg.regions import Division, RegionMention

BINGTUAN = "新疆生产建设兵团"


_LEVEL = pattern("actors", "level")
_NOT_LEVEL = pattern("actors", "not-level")
_POST = pattern("actors", "post")
_NAME_AFTER = pattern("actors", "name-after-post")
_PERSON_SPEAKS = pattern("actors", "person-speaks")
_SPACED = pattern("actors", "spaced")
_SUFFIX = {"省": "省", "市": "市", "县": "县", "区": "区", "州": "州", "旗": "旗", "盟": "盟"}


@dataclass(slots=True)
class Turn:
    """From ``start`` on ``region`` has the word."""

    start: int
    region: str | None
    evidence: tuple[int, int] | None
    acts: bool


@dataclass(slots=True)
class Speakers:
    """Who has the word, by position."""

    turns: list[Turn] = field(default_factory=list)
    acting: list[tuple[str, tuple[int, int]]] = field(default_factory=list)
    """Regions that act, each with the place that says so, in order."""
    divisions: dict[str, Division] = field(default_factory=dict)
    mentions: list[RegionMention] = field(default_factory=list)
    home: list[Division] = field(default_factory=list)
    """The divisions that the page itself belongs to, lowest first."""
    enterprise: bool = False

    def at(self, position: int) -> str | None:
        """The region that has the word at ``position``."""
        index = bisect_right([t.start for t in self.turns], position) - 1
        return self.turns[index].region if index >= 0 else None

    def of_level(self, word: str, speaker: str | None) -> str | None:
        """The division that 省, 市, 自治区 … means in the report of ``speaker``."""
        chain: list[Division] = []
        division = self.divisions.get(speaker or "")
        if division is not None:
            chain = [division, *regions.ancestors(division)]
        chain += self.home
        if word == "区":
            for d in chain:
                if d.name.endswith("区"):
                    return d.name
            return None
        if word == "兵团":
            return BINGTUAN
        return next((d.name for d in chain if d.name.endswith(word)), None)

    def turn_at(self, position: int) -> Turn | None:
        """The turn that covers ``position``."""
        index = bisect_right([t.start for t in self.turns], position) - 1
        return self.turns[index] if index >= 0 else None


class _Resolver:
    def __init__(self, layers: Layers, mentions: list[RegionMention], document: bool) -> None:
        self.layers = layers
        self.text = layers.text
        self.mentions = mentions
        self.starts = [m.start for m in mentions]
        self.out = Speakers(mentions=mentions)
        self.persons: dict[str, str] = {}
        self.current: Division | str | None = None
        self.document = document
        self.home = self.out.home
        self.national_home = False

    # -- where the page comes from --------------------------------------------------------------------
    def _add_home(self, division: Division | None) -> None:
        if division is None:
            return
        chain = [division, *regions.ancestors(division)]
        for known in self.home:
            if regions.within(known, division) or regions.within(division, known):
                break
        else:
            if self.home:
                return
        for one in chain:
            if one not in self.home and one.level in {
                "province",
                "prefecture",
                "county",
                "bingtuan",
            }:
                self.home.append(one)

    def _resolve(self, mention: RegionMention, *context: Division) -> Division | None:
        if len(mention.candidates) == 1:
            return mention.candidates[0]
        return regions.choose(
            mention.candidates, context=[*context, *self.context()], contested=mention.weak
        )

    def context(self) -> list[Division]:
        """The divisions whose report we are in, nearest first."""
        out: list[Division] = []
        if isinstance(self.current, Division):
            out = [self.current, *regions.ancestors(self.current)]
        return out + [d for d in self.home if d not in out]

    def find_home(self) -> None:
        text, lines = self.text, self.layers.lines
        order = {"title": 0, "signature": 1, "meta": 2, "heading": 3}
        found: list[tuple[int, RegionMention]] = []
        first_body = next((ln for ln in lines if ln.kind == "body"), None)
        for line in lines:
            rank = order.get(line.kind)
            if rank is None:
                continue
            stretch = text[line.start : line.end]
            if line.kind == "meta" and re.search(
                r"位置|首\s*页|抄|送\s*[:：]|编辑|校对|审核|记者|供稿|联系", stretch
            ):
                continue
            if line.kind == "heading" and not re.search(
                r"(?:政府|委员会|办公室|[局厅委办院])\s*$", stretch.strip()
            ):
                continue
            found.extend((rank, m) for m in self._between(line.start, line.end))
        if first_body is not None:
            dateline = re.match(
                r"[\s　]*(?:本报|本网)?[一-鿿]{2,10}(?:讯|电|消息)",
                text[first_body.start : first_body.start + 30],
            )
            if dateline:
                found.extend(
                    (2, m)
                    for m in self._between(first_body.start, first_body.start + dateline.end())
                )
        found.sort(key=lambda item: (item[0], item[1].start))
        for rank, mention in found:
            if mention.person:
                continue
            if rank == 0 and mention.weak and not self._title_subject(mention):
                continue
            if self._mention_at(mention.end) is not None:
                continue  # 铜川市印台区: the last of a path, with those above it
            self._add_home(self._resolve(mention))

    def _title_subject(self, mention: RegionMention) -> bool:
        after = self.text[mention.end : mention.end + 1]
        return mention.start == (self.layers.title or (0, 0))[0] or after in "：: 　"

    def _between(self, start: int, end: int) -> list[RegionMention]:
        low = bisect_right(self.starts, start - 1)
        high = bisect_right(self.starts, end - 1)
        return self.mentions[low:high]

    # -- words for a level -----------------------------------------------------------------------------
    def level(self, word: str) -> Division | None:
        """The division that 省, 市, 县 … stands for here."""
        context = self.context()
        if word == "兵团":
            return regions.by_name(BINGTUAN)[0]
        if word == "自治区":
            return next((d for d in context if d.name.endswith("自治区")), None)
        if word == "新区":
            return next((d for d in context if d.name.endswith("新区")), None)
        if word == "省":
            return next((d for d in context if d.name.endswith("省")), None)
        if word == "区":
            district = next(
                (d for d in context if d.name.endswith("区") and d.level == "county"), None
            )
            return district or next((d for d in context if d.name.endswith("自治区")), None)
        suffix = _SUFFIX[word]
        return next(
            (
                d
                for d in context
                if d.name.endswith(suffix) or (suffix == "县" and d.name.endswith("旗"))
            ),
            None,
        )

    # -- turns -----------------------------------------------------------------------------------------
    def give(
        self, start: int, who: Division | str | None, evidence: tuple[int, int], *, acts: bool
    ) -> None:
        name = who.name if isinstance(who, Division) else who
        if isinstance(who, Division):
            self.out.divisions[who.name] = who
        self.current = who
        self.out.turns.append(Turn(start, name, evidence, acts))
        if acts and name is not None:
            self.act(name, evidence)

    def act(self, name: str, evidence: tuple[int, int]) -> None:
        self.out.acting.append((name, evidence))

    def run(self) -> Speakers:
        """Walk the segments and give the word."""
        if self._by_enterprise():
            self.out.enterprise = True
            return self.out
        self.find_home()
        self._opening()
        previous: Segment | None = None
        for segment in self.layers.segments:
            kind = self.layers.lines[segment.line].kind
            if kind == "title":
                continue
            new_line = previous is None or previous.line != segment.line
            if self._heading(segment, new_line, kind) or kind == "heading":
                previous = segment
                if kind == "heading":
                    continue
            if not self._subject(segment):
                self._person(segment)
            self._posts(segment)
            previous = segment
        return self.out

    def _by_enterprise(self) -> bool:
        """Whether a company, a school or a hospital issued the page: no region speaks in it."""
        title = self.layers.title
        if title and pattern("actors", "enterprise-title").search(self.text[slice(*title)]):
            return True
        last = [ln for ln in self.layers.lines if ln.kind in {"heading", "signature"}][-2:]
        body = max((ln.start for ln in self.layers.lines if ln.kind == "body"), default=0)
        signed = pattern("actors", "enterprise-signature")
        return self.document and any(
            ln.start > body and signed.search(self.text[ln.start : ln.end]) for ln in last
        )

    def _opening(self) -> None:
        """Who has the word before anybody takes it."""
        title = self.layers.title
        words = self.text[slice(*title)] if title else ""
        state = pattern("actors", "state")
        named = state.match(words)
        if title and named:
            self.give(0, NATIONAL, (title[0], title[0] + named.end()), acts=self.document)
            self.national_home = True
            return
        if self.home:
            lowest = self.home[0]
            evidence = next(
                (
                    (m.start, m.end)
                    for m in self.mentions
                    if lowest in m.candidates and not m.person
                ),
                None,
            )
            if evidence is not None:
                self.give(0, lowest, evidence, acts=self.document)
            return
        if self.document:
            for line in reversed(self.layers.lines):
                if line.kind in {"heading", "signature", "meta"}:
                    found = state.search(self.text, line.start, line.end)
                    if found:
                        self.give(0, NATIONAL, found.span(), acts=True)
                        return

    def _heading(self, segment: Segment, new_line: bool, kind: str) -> bool:
        text = self.text
        bullet = text[max(0, segment.start - 1) : segment.start]
        opens = new_line or bullet in {"●", "■", "★", "◆", "▲", "▪", "○", "·"}
        if not opens:
            return False
        spaced = _SPACED.match(text, segment.start, min(segment.end, segment.start + 12))
        if spaced:
            name = re.sub(r"[ 　]", "", spaced[0])
            found = regions.by_name(name)
            if found:
                who = found[0] if len(found) == 1 else regions.resolve(name, context=self.context())
                if who is not None:
                    self.give(segment.start, who, spaced.span(), acts=False)
                    return True
        mention = self._mention_at(segment.start)
        if mention is None:
            return False
        after = text[mention.end : mention.end + 1]
        if after not in {" ", "　", "：", ":", "", "\n", "｜", "|"}:
            return False
        if mention.person:
            return False
        who = self._resolve(mention)
        if who is None:
            return False
        self.give(segment.start, who, (mention.start, mention.end), acts=False)
        return True

    def _mention_at(self, position: int) -> RegionMention | None:
        index = bisect_right(self.starts, position) - 1
        if index >= 0 and self.mentions[index].start == position:
            return self.mentions[index]
        return None

    def _skip_time(self, start: int, end: int) -> int:
        """The place where the subject begins: after dates, 会后, 另外 and the like."""
        time, text = pattern("actors", "time"), self.text
        position = start
        while position < end:
            match = time.match(text, position, end)
            if match and match.end() > position:
                position = match.end()
            elif text[position] in " 　，,、的":
                position += 1
            else:
                break
        return position

    def _acts(self, start: int, end: int) -> tuple[bool, bool]:
        """Whether an act, or only watching, follows a subject that ends at ``start``."""
        text = self.text
        act = pattern("actors", "act").search(text, start, end)
        watch = pattern("actors", "watch").search(text, start, end)
        first = act if act and (watch is None or act.start() < watch.start()) else watch
        if first is None:
            return False, False
        between = text[start : first.start()]
        if len(between) > 44 or pattern("actors", "not-a-subject").search(between):
            return False, False
        if (
            act is not None
            and text[act.start() : act.end()] == "组织"
            and watch is not None
            and watch.start() - act.end() < 8
        ):
            return False, True
        return (first is act), (first is watch)

    def _subject(self, segment: Segment) -> bool:
        text = self.text
        start = self._skip_time(segment.start, segment.end)
        if start >= segment.end:
            return False
        # the State level
        state = pattern("actors", "state").match(text, start, segment.end)
        national_meeting = re.compile(
            r"全国[^，。；：]{0,30}?会议?(?=上?(?:强调|要求|指出|部署|明确)|[^，。]{0,12}(?:召开|举行)$|在[^，。]{1,10}(?:召开|举行)|召开|$(?<=会议))"
        ).match(text, start, segment.end)
        if state:
            acts, _ = self._acts(state.end(), segment.end)
            listed = text[state.end() : state.end() + 1] in {"、", "　", "和"}
            if acts or listed:
                self.give(start, NATIONAL, state.span(), acts=True)
                return True
            return False
        if national_meeting and not re.match(
            r"(?:结束)?后|精神|结束", text[national_meeting.end() :]
        ):
            self.give(start, NATIONAL, (start, national_meeting.end()), acts=True)
            return True
        # a division by name
        mention = self._mention_at(start)
        if mention is None:
            for candidate in self._between(start, min(segment.end, start + 40)):
                before = text[segment.start : candidate.start]
                if re.search(r"(?:作为[^，]*|会议上|会上|日的?)[，,]?$", before) or re.fullmatch(
                    r"(?:记者从|据)?", before
                ):
                    mention = candidate
                break
        if mention is not None and not mention.person and self._may_act(mention, segment):
            last = self._last_of_path(mention)
            acts, watches = self._acts(last.end, segment.end)
            who = self._resolve(last)
            if who is not None and (acts or watches):
                if text[last.end : last.end + 1] == "、" and self._mention_at(last.end + 1):
                    return False
                span = (mention.start, last.end)
                if acts:
                    self.give(start, who, span, acts=True)
                elif (
                    "分会场" not in text[last.end : segment.end]
                    or "收" in text[last.end : segment.end]
                ):
                    self.out.divisions[who.name] = who
                    self.act(who.name, span)
                    self._watched_meeting(segment)
                return True
            return False
        # 我省, 市委, 县长 …
        level = _LEVEL.match(text, start, segment.end)
        if level and not _NOT_LEVEL.match(text, start):
            word = level[1] or level[2]
            who = self.level(word)
            if who is None:
                return False
            acts, watches = self._acts(level.end(), segment.end)
            if re.match(r"[、，]", text[level.end() : level.end() + 1]) and not acts:
                return False
            if acts:
                self.give(start, who, (start, level.end()), acts=True)
                return True
            if watches:
                self.out.divisions[who.name] = who
                self.act(who.name, (start, level.end()))
                self._watched_meeting(segment)
                return True
        return False

    def _watched_meeting(self, segment: Segment) -> None:
        """What is watched is somebody's meeting: what it says belongs to them."""
        words = self.text[segment.start : segment.end]
        match = re.search(
            r"(?:收看|收听|观看)了?(全国|国务院|全省|省|全市|市|全区|自治区|全州|州)", words
        )
        if not match:
            return
        word = match[1].removeprefix("全")
        span = (segment.start + match.start(1), segment.end)
        if word in {"国", "国务院"} or match[1] == "全国":
            self.give(segment.start, NATIONAL, span, acts=True)
            return
        who = self.level(word)
        if who is not None:
            self.give(segment.start, who, span, acts=True)

    def _last_of_path(self, mention: RegionMention) -> RegionMention:
        """In 山西省吕梁市方山县 the county acts."""
        last = mention
        while True:
            following = self._mention_at(last.end)
            if following is None:
                return last
            last = following

    def _may_act(self, mention: RegionMention, segment: Segment) -> bool:
        if not mention.weak and not mention.part_of_name:
            return True
        after = self.text[mention.end : mention.end + 14]
        return bool(pattern("actors", "organ").match(after)) or (
            any(d in self.home or d == self.current for d in mention.candidates)
        )

    # -- persons ---------------------------------------------------------------------------------------
    def _posts(self, segment: Segment) -> None:
        text = self.text
        for match in _POST.finditer(text, segment.start, segment.end):
            if match.end() - match.start() < 2:
                continue
            name = _NAME_AFTER.match(text, match.end(), min(segment.end, match.end() + 6))
            if name is None:
                continue
            word = match[1]
            if word == "国务院":
                self.persons.setdefault(name[1], NATIONAL)
                continue
            who = self.level(word) if word in {*_SUFFIX, "自治区", "兵团"} else None
            if who is None:
                who = self.current if isinstance(self.current, Division) else None
            if who is not None:
                self.out.divisions[who.name] = who
                self.persons.setdefault(name[1], who.name)

    def _person(self, segment: Segment) -> bool:
        start = self._skip_time(segment.start, segment.end)
        match = _PERSON_SPEAKS.match(self.text, start, segment.end)
        if match is None:
            return False
        for length in (4, 3, 2):
            name = match[1][:length]
            if name in self.persons:
                region = self.persons[name]
                who: Division | str = self.out.divisions.get(region, region)
                self.give(start, who, (start, start + len(name)), acts=True)
                return True
        return False


def resolve(layers: Layers, *, document: bool) -> Speakers:
    """Who has the word where in a segmented text; ``document`` tells a formal notice of an organ."""
    mentions = regions.find(layers.text)
    return _Resolver(layers, mentions, document).run()
