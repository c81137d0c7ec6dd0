"""Stage 5: who speaks where.

Divisions of China named in the text, and from which place on each of them has the
word (GUIDELINES, Regions): by a heading, by a subject that acts, by 我省/全市/该县, by a person introduced with
the post; the State level is 全国.
"""

from __future__ import annotations

from kg import regions
from kg.cues import pattern
from kg.headings import head_of
from kg.home import Home, by_enterprise
from kg.layers import Layers, Line, Segment
from kg.meant import Meant
from kg.model import NATIONAL
from kg.persons import Persons, Who
from kg.regions import Division, RegionMention
from kg.subjects import DOES, MEETS, NOTHING, deed, does, is_guest, skip_time
from kg.turns import Speakers, Turn

__all__ = ["Speakers", "Turn", "resolve"]

_AS_TOLD = pattern("actors", "as-told")
_CARES = pattern("actors", "cares")
_COMMENT = pattern("actors", "comment")
_CORRESPONDENT = pattern("actors", "correspondent")
_EXAMPLES = pattern("actors", "examples")
_GOES_ON = pattern("actors", "goes-on")
_GROUP = pattern("actors", "group")
_GROUP_NAMED = pattern("actors", "group-named")
_JOINTLY = pattern("actors", "jointly")
_LEVEL = pattern("actors", "level")
_MEETING_GOES_ON = pattern("actors", "meeting-goes-on")
_NATIONAL_MEETING = pattern("actors", "national-meeting")
_NOT_LEVEL = pattern("actors", "not-level")
_NUMBER_OF_PROVINCE = pattern("actors", "number-of-province")
_EVERYWHERE = pattern("actors", "everywhere")
_ORGAN = pattern("actors", "organ")
_OTHERS = pattern("actors", "others-speak")
_OWNS = pattern("actors", "owns-what-is-told")
_PRESIDED_BY = pattern("actors", "presided-by")
_SEVERAL_MORE = pattern("actors", "several-more")
_STATE = pattern("actors", "state")
_TO_PROVINCES = pattern("actors", "to-provinces")
_TO_COME = pattern("actors", "to-come")
_TOGETHER = pattern("actors", "together")
_WATCHED = pattern("actors", "watched")
_WATCHES_HERE = pattern("actors", "watches-here")
_STOPS = frozenset("。！？\n")


class _Resolver:
    def __init__(self, layers: Layers, *, document: bool) -> None:
        self.layers = layers
        self.text = layers.text
        self.document = document
        mentions = regions.find(layers.text)
        self.out = Speakers(mentions=mentions)
        self.place = Home(layers, mentions, document=document)
        self.meant = Meant(layers, self.out, self.place)
        self.persons = Persons(layers.text)
        self.meeting: tuple[Who, tuple[int, int]] | None = None
        """Whose meeting 会议强调 goes on from."""
        self.owner: Who | None = None
        """Who issued a formal notice: it speaks wherever nobody else is told to."""
        self.opened: tuple[int, int] = (0, 0)
        self.waiting: tuple[Who, tuple[int, int], int] | None = None
        """A subject whose deed comes in a later segment of the sentence (its number)."""
        self.roundup = False
        """A heading has named a region."""
        self.headed: tuple[int, int] | None = None
        """Where a heading has just opened a sentence, and which."""
        self.examples = False
        """In a passage that names divisions as examples."""
        self.opens_line = False
        """At the first segment of a paragraph."""
        self.hushed: tuple[Who | None, tuple[int, int] | None, int] | None = None
        """Who had the word before a sentence (its number) in which no division speaks."""
        self.group: tuple[Who, tuple[int, int]] | None = None
        """Who sent the group of inspectors that the text tells of."""
        self.comment = not document and _is_comment(layers)
        """The text is a comment: its author speaks, wherever nobody is quoted."""

    def run(self) -> Speakers:
        """Walk the segments and give the word."""
        if by_enterprise(self.layers, document=self.document):
            self.out.enterprise = True
            return self.out
        self.out.hints = self.place.hints()
        self.out.home = self.place.find(self.meant.of)
        self.out.hints = self.place.hints()
        self._opening()
        previous: Segment | None = None
        lines = self.layers.lines
        for segment in self.layers.segments:
            line = lines[segment.line]
            if line.kind == "title":
                continue
            new_line = previous is None or previous.line != segment.line
            self.opens_line = new_line and line.kind == "body"
            sentence = new_line or (previous is not None and previous.closer in _STOPS)
            previous = segment
            self.meant.sentence = segment.sentence
            if new_line and self.owner is not None and self.meant.current != self.owner:
                self._give(segment.start, self.owner, self.opened, acts=False)
            start = self._heading(segment, line, new_line=new_line, sentence=sentence)
            if new_line:
                start = self._correspondent(segment, start)
            self._speak_again(segment)
            if self.comment and sentence:
                self._comment(segment)
            self._example(segment, line, new_line=new_line)
            if line.kind == "heading":
                continue
            self._resume(segment)
            self._subject(segment, start)
            self.persons.remember(segment, self.meant.level, self.meant.ending, self.meant.current)
        return self.out

    # -- whose page it is ------------------------------------------------------------------------------
    def _opening(self) -> None:
        """Who has the word before anybody takes it."""
        title = self.layers.title
        words = self.text[slice(*title)] if title else ""
        state = _STATE
        named = state.match(words)
        if title and named:
            self._open(NATIONAL, (title[0], title[0] + named.end()))
            return
        if self.out.home:
            lowest = self.out.home[0]
            if self.place.tells_of_parts(lowest):
                return
            evidence = next(
                (
                    (m.start, m.end)
                    for m in self.out.mentions
                    if any(d.name == lowest.name for d in m.candidates) and not m.person
                ),
                None,
            )
            if evidence is None:
                number = _NUMBER_OF_PROVINCE.search(self.text)
                evidence = number.span(1) if number else None
            if evidence is not None:
                self._open(lowest, evidence)
            return
        if self.document:
            for line in reversed(self.layers.lines):
                if line.kind in {"heading", "signature", "meta", "addressee"}:
                    found = (
                        _TO_PROVINCES.search(self.text, line.start, line.end)
                        if line.kind == "addressee"
                        else state.search(self.text, line.start, line.end)
                    )
                    if found:
                        self._open(NATIONAL, found.span())
                        return

    def _open(self, who: Who, evidence: tuple[int, int]) -> None:
        self._give(0, who, evidence, acts=self.document)
        if self.document:
            self.owner, self.opened = who, evidence

    # -- turns -----------------------------------------------------------------------------------------
    def _give(
        self, start: int, who: Who, evidence: tuple[int, int], *, acts: bool, meets: bool = False
    ) -> None:
        if isinstance(who, Division):
            self.out.divisions[who.name] = who
        self.meant.current = who
        if self.headed is not None and self.meant.sentence == self.headed[1]:
            start = self.headed[0]  # 浙江 舟山市召开…: the city has the word from the head on
            self.out.take_back()
        self.headed = None
        self.out.give(Turn(start, _name(who), evidence, acts))
        if acts:
            self.out.acting.append((_name(who), evidence))
            if isinstance(who, Division):
                self._first(who)
            if meets or who in self.out.home or not self._below_meeting(who):
                self.meeting = (who, evidence)

    def _first(self, who: Division) -> None:
        """A page without a source belongs to the division that acts first, unless it is a roundup."""
        if not self.out.home and not self.roundup and len(self.out.divisions) <= 1:
            self.place.add(who)

    def _below_meeting(self, who: Who) -> bool:
        """Whether a division lies in the one whose meeting is being told."""
        if self.meeting is None or who == self.meeting[0] or not isinstance(who, Division):
            return False
        owner = self.meeting[0]
        return not isinstance(owner, Division) or regions.within(who, owner)

    def _resume(self, segment: Segment) -> None:
        """会议强调 goes on with the meeting, whoever had the word in between."""
        if self.meeting is None or self.meant.current == self.meeting[0]:
            return
        if self.text[segment.start] not in "会本这此":
            return
        if _MEETING_GOES_ON.match(self.text, segment.start, segment.end):
            self._give(segment.start, *self.meeting, acts=False)

    def _heading(self, segment: Segment, line: Line, *, new_line: bool, sentence: bool) -> int:
        """Give the word to the region that heads a block; the place where the block's text begins."""
        if self.owner is not None:
            return segment.start
        found = head_of(
            segment, line, self.text, self.place, self.meant, new_line=new_line, sentence=sentence
        )
        if found is None:
            return segment.start
        self._head(segment, found.who, found.span)
        return found.span[1]

    def _correspondent(self, segment: Segment, start: int) -> int:
        """本报武汉1月4日电（记者…）: the report begins behind it, and another one has ended."""
        head = _CORRESPONDENT.match(self.text, start, segment.end)
        if head is None or self.owner is not None:
            return start
        if self.out.turns and self.meeting is not None:
            self.meeting = None
        return head.end()

    def _example(self, segment: Segment, line: Line, *, new_line: bool) -> None:
        """Under 存在问题 or 典型做法 divisions are named and do not act."""
        label = line.kind == "heading" or segment.closer == "：" or segment.numbered
        if label and segment.end - segment.start < 20:
            self.examples = bool(_EXAMPLES.search(self.text, segment.start, segment.end))
        elif new_line and not self.document:
            self.examples = False

    def _head(self, segment: Segment, who: Division, evidence: tuple[int, int]) -> None:
        self.meeting, self.roundup = None, True
        self._give(segment.start, who, evidence, acts=False)
        if segment.end > evidence[1]:
            self.headed = (segment.start, segment.sentence)

    def _subject(self, segment: Segment, start: int) -> bool:
        """Give the word to the subject of a segment, if it acts; whether there was one."""
        start = skip_time(self.text, start, segment.end)
        if start >= segment.end:
            return False
        if self._goes_on(segment, start):
            return True
        if self._others(segment, start):
            return True
        self._told_in(segment, start)
        return (
            self._state(segment, start)
            or self._presided(segment, start)
            or self._person(segment, start)
            or self._grouped(segment, start)
            or self._named(segment, start)
            or self._level_subject(segment, start)
        )

    def _grouped(self, segment: Segment, start: int) -> bool:
        """检查组要求: the group of the province speaks for it wherever it inspects."""
        group = _GROUP.match(self.text, start, segment.end) if self.group else None
        if group is None or self.group is None or self.owner is not None:
            return False
        done = deed(self.text, group.end(), segment.end)
        if done is NOTHING and not does(self.text, group.end(), segment.end):
            return False
        who, span = self.group
        self._give(start, who, span, acts=True, meets=done.meets)
        return True

    def _sends(self, who: Who, span: tuple[int, int], end: int) -> None:
        """Keep in mind who sent a group that inspects."""
        if _GROUP_NAMED.match(self.text, span[1], min(end, span[1] + 24)):
            self.group = (who, span)

    def _goes_on(self, segment: Segment, start: int) -> bool:
        """市委高度重视，立即召开会议: the subject stands in the segment before."""
        if self.waiting is None:
            return False
        who, span, sentence = self.waiting
        if sentence != segment.sentence:
            self.waiting = None
            return False
        verb = _GOES_ON.match(self.text, start, segment.end)
        if verb is None:
            return False
        self.waiting = None
        done = deed(self.text, verb.start(1), segment.end)
        if done.acts:
            self._give(segment.start, who, span, acts=True, meets=done.meets)
        return done.acts

    def _others(self, segment: Segment, start: int) -> bool:
        """A company's man or a bystander speaks, or 各地 act, whom the State tells of: no division."""
        if self.owner is not None or self.hushed is not None:
            return False
        found = _OTHERS.match(self.text, start, segment.end)
        if found is None and self.meant.current in {None, NATIONAL}:
            found = _EVERYWHERE.match(self.text, start, segment.end)
        if found is None:
            return False
        before = self.out.turn_at(segment.start)
        self.hushed = (self.meant.current, before.evidence if before else None, segment.sentence)
        self.out.give(Turn(segment.start, None, None, acts=False))
        return True

    def _comment(self, segment: Segment) -> None:
        """The author of a comment speaks again, for no division."""
        if self.meant.current is not None:
            self.meant.current = None
            self.out.give(Turn(segment.start, None, None, acts=False))

    def _speak_again(self, segment: Segment) -> None:
        """Behind a sentence of somebody else the division that had the word has it again."""
        if self.hushed is None or self.hushed[2] == segment.sentence:
            return
        who, evidence, _ = self.hushed
        self.hushed = None
        if who is not None and self.meant.current == who:
            self.out.give(Turn(segment.start, _name(who), evidence, acts=False))

    def _wait(self, who: Who, span: tuple[int, int], segment: Segment) -> None:
        closed = self.owner is not None and who != self.owner
        cares = _CARES.search(self.text, span[1], segment.end)
        if segment.closer == "，" and not closed and cares:
            self.waiting = (who, span, segment.sentence)

    def _state(self, segment: Segment, start: int) -> bool:
        """The State level, or its meeting, as the subject."""
        text = self.text
        state = _STATE.match(text, start, segment.end)
        if state and (place := self.place.at(state.end())) is not None and not place.person:
            return self._named(segment, state.end())  # 国家矿山安全监察局山西局
        if state:
            done = deed(text, state.end(), segment.end)
            if done is NOTHING and does(text, state.end(), segment.end):
                done = DOES
            listed = text[state.end() : state.end() + 1] in {"、", "　", "和"}
            if done.meets if self.owner is not None else (done.acts or listed):
                self._give(start, NATIONAL, state.span(), acts=True, meets=done.meets)
                self._sends(NATIONAL, state.span(), segment.end)
            return True
        if not text.startswith("全国", start):
            return False
        meeting = _NATIONAL_MEETING.match(text, start, segment.end + 1)
        if meeting:
            self._give(start, NATIONAL, meeting.span(1), acts=True, meets=True)
        return meeting is not None

    def _presided(self, segment: Segment, start: int) -> bool:
        """会议由某市副市长主持: the meeting is the city's, where nobody had the word before."""
        if self.meant.current is not None:
            return False
        by = _PRESIDED_BY.match(self.text, start, segment.end)
        mention = self.place.at(by.end()) if by else None
        if mention is None or mention.person:
            return False
        last = self.meant.last_of_path(mention)
        who = self.meant.of(last)
        if who is None or not does(self.text, last.end, segment.end):
            return False
        self._give(start, who, (mention.start, last.end), acts=True, meets=True)
        return True

    def _told_in(self, segment: Segment, start: int) -> None:
        """在湖北，省应急厅…: what the sentence calls 省 lies there."""
        mention = self.place.at(start + 1) if self.text[start] == "在" else None
        if mention is None or mention.person or mention.part_of_name:
            return
        last = self.meant.last_of_path(mention)
        who = self.meant.of(last) if last.end == segment.end and segment.closer == "，" else None
        if who is not None:
            self.meant.scene = (who, segment.sentence)

    def _named(self, segment: Segment, start: int) -> bool:
        """A division by its name as the subject."""
        text = self.text
        mention = self.place.at(start)
        if mention is None:
            source = _AS_TOLD.match(text, start, segment.end)
            mention = self.place.at(source.end()) if source else None
        if mention is None or mention.person or not self._may_act(mention):
            return False
        if self.persons.named(mention.start):
            return False  # 市长蛟河清 … 蛟河清察看
        if self.examples and self.out.home:
            return False
        last = self.meant.last_of_path(mention)
        if text[last.end : last.end + 1] in {"、", "和"} and self.place.at(last.end + 1):
            return self._several(segment, mention)
        done = deed(text, last.end, segment.end, named=True)
        who = self.meant.of(last)
        if who is None or self._comes_as_guest(who, segment):
            return False
        if done is NOTHING and not last.host and does(text, last.end, segment.end):
            done = DOES
        if done is NOTHING and not last.weak and _OWNS.match(text, last.end, segment.end):
            done = MEETS  # 广东的会议开得更早
        if done is NOTHING:
            self._wait(who, (mention.start, last.end), segment)
            if self.opens_line and self.owner is None and text.startswith("的", last.end):
                self._give(start, who, (mention.start, last.end), acts=False)  # 某市的煤矿多，…
            return False
        if self.owner is not None and who != self.owner and not (done.meets or done.publishes):
            return False
        span = (mention.start, last.end)
        if done.acts:
            self._give(start, who, span, acts=True, meets=done.meets)
            self._sends(who, span, segment.end)
            self._together(last.end, segment)
        elif _WATCHES_HERE.search(text, last.end, segment.end):
            self._watch(who, span, segment)
        return True

    def _together(self, end: int, segment: Segment) -> None:
        """甲地区行署与乙市联合召开会议: the other acts too."""
        beside = _TOGETHER.match(self.text, end, segment.end)
        other = self.place.at(beside.end()) if beside else None
        if other is None or other.person or self.owner is not None:
            return
        last = self.meant.last_of_path(other)
        who = self.meant.of(last)
        if who is not None and _JOINTLY.match(self.text, last.end, segment.end):
            self.out.divisions[who.name] = who
            self.out.acting.append((who.name, (other.start, last.end)))

    def _several(self, segment: Segment, mention: RegionMention) -> bool:
        """甲市、乙县分别召开会议: each of several acts; the first has the word."""
        if self.owner is not None:
            return False
        text = self.text
        members: list[tuple[Division, tuple[int, int]]] = []
        following: RegionMention | None = mention
        end = mention.end
        while following is not None and not following.person:
            last = self.meant.last_of_path(following)
            end = last.end
            who = self.meant.of(last)
            if who is not None and (not last.weak or self.meant.near(who)):
                members.append((who, (following.start, end)))
            following = self.place.at(end + 1) if text[end : end + 1] in {"、", "和"} else None
        more = _SEVERAL_MORE.match(text, end, segment.end)
        begin = more.end() if more else end
        done = (
            NOTHING if _TO_COME.match(text, begin) else deed(text, begin, segment.end, named=True)
        )
        if not members or not (done.meets or done.publishes or done.watches):
            return False
        if done.watches and not _WATCHES_HERE.search(text, end, segment.end):
            return True
        for who, span in members[1:]:
            self.out.divisions[who.name] = who
            self.out.acting.append((who.name, span))
        who, span = members[0]
        if done.watches:
            self._watch(who, span, segment)
        else:
            self._give(segment.start, who, span, acts=True, meets=done.meets)
        return True

    def _person(self, segment: Segment, start: int) -> bool:
        """A person who was introduced with the post, by name alone."""
        speaks = self.persons.speaks(start, segment.end)
        if speaks is None:
            return False
        who, end = speaks
        self._give(start, who, (start, end), acts=True, meets=True)
        return True

    def _level_subject(self, segment: Segment, start: int) -> bool:
        """我省, 市委, 副县长 … as the subject."""
        text = self.text
        level = _LEVEL.match(text, start, segment.end)
        if level is None or _NOT_LEVEL.match(text, level.start(level.lastindex or 0)):
            return False
        word = level[level.lastindex or 0]
        that = level[0][0] == "该"
        who = self.meant.that(word, start) if that else self.meant.level(word)
        if who is None and level[0][0] == word[0]:
            who = self.meant.named_before(word, start)  # 黔东南州木房连片，州政府要求
        if who is None:
            return False
        done = deed(text, level.end(), segment.end)
        told = level[0][0] == "该" or self._in_the_block(who)
        if done is NOTHING and told and does(text, level.end(), segment.end):
            done = DOES
        span = (start, level.end())
        if text[level.end() : level.end() + 1] in {"、", "，"} and not done.acts:
            return False
        if done.acts and not self._comes_as_guest(who, segment):
            if self.owner is not None and who != self.owner and not done.meets:
                return False
            self._give(start, who, span, acts=True, meets=done.meets)
            self._sends(who, span, segment.end)
            return True
        if done.watches:
            self._watch(who, span, segment)
            return True
        if (
            level[0][0] in "全我"
            and who in self.out.home
            and self._is_above_home(self.meant.current, who)
        ):
            self._give(start, who, span, acts=False)  # the national meeting would not say 全县
            return True
        self._wait(who, span, segment)
        return False

    def _in_the_block(self, who: Division) -> bool:
        """Whether a division lies in the one whose block of a roundup it is named in."""
        current = self.meant.current
        if not self.roundup or not isinstance(current, Division) or who in self.out.home:
            return False
        return who != current and regions.within(who, current)

    def _is_above_home(self, current: Who | None, who: Division) -> bool:
        if current == who or current is None:
            return False
        return not isinstance(current, Division) or regions.within(who, current)

    def _comes_as_guest(self, who: Division, segment: Segment) -> bool:
        """A higher level at the meeting of a lower one."""
        if self.meeting is None or self.meeting[0] == who:
            return False
        owner = self.meeting[0]
        above = isinstance(owner, Division) and regions.within(owner, who)
        return above and is_guest(self.text, segment)

    def _watch(self, who: Division, span: tuple[int, int], segment: Segment) -> None:
        """It acts by watching; what it watches is somebody's meeting: what that says belongs to them."""
        self.out.divisions[who.name] = who
        self.out.acting.append((who.name, span))
        self._first(who)
        match = _WATCHED.search(self.text, segment.start, segment.end)
        if match is None:
            return
        evidence = (match.start(1), segment.end)
        word = match[1].removeprefix("全")
        owner: Who | None = NATIONAL if word in {"国", "国务院"} else self.meant.level(word)
        if owner is not None:
            self._give(segment.start, owner, evidence, acts=True, meets=True)

    def _may_act(self, mention: RegionMention) -> bool:
        if not mention.weak and not mention.part_of_name:
            return True
        if _ORGAN.match(self.text, mention.end, mention.end + 14):
            return True
        return any(d in self.out.home or d == self.meant.current for d in mention.candidates)


def _is_comment(layers: Layers) -> bool:
    """Whether the title or a line beside the text says that it is a comment."""
    return any(
        line.kind in {"title", "meta", "heading", "signature"}
        and line.end - line.start <= 60
        and _COMMENT.search(layers.text, line.start, line.end)
        for line in layers.lines
    )


def _name(who: Who) -> str:
    return who.name if isinstance(who, Division) else who


def resolve(layers: Layers, *, document: bool) -> Speakers:
    """Who has the word where in a segmented text; ``document`` tells a formal notice of an organ."""
    return _Resolver(layers, document=document).run()
