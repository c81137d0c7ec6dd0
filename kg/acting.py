"""Who acts in a segment: the State, a division by its name, its organ or its leader, several together."""

from __future__ import annotations

from kg import regions
from kg.cues import pattern
from kg.floor import Floor
from kg.layers import Segment
from kg.model import NATIONAL
from kg.persons import Persons, Who
from kg.regions import Division, RegionMention
from kg.saying import Saying
from kg.several import goes_on, member_end, several_of
from kg.subjects import DOES, MEETS, NOTHING, behind_body, deed, does, skip_time

_AS_FOR = pattern("actors", "as-for")
_AS_TOLD = pattern("actors", "as-told")
_CARES = pattern("actors", "cares")
_COUNTS = pattern("actors", "only-counts")
_EVERYWHERE = pattern("actors", "everywhere")
_SPEAKER_LABEL = pattern("actors", "speaker-label")
_REPORTS_TO = pattern("actors", "reports-to")
_ONLY_THERE = pattern("actors", "only-there")
_HAPPENS = pattern("actors", "happens")
_GOES_ON = pattern("actors", "goes-on")
_BIDDEN = pattern("actors", "bidden")
_GROUP = pattern("actors", "group")
_GROUP_NAMED = pattern("actors", "group-named")
_JOINTLY = pattern("actors", "jointly")
_LEVEL = pattern("actors", "level")
_NATIONAL_MEETING = pattern("actors", "national-meeting")
_NOT_LEVEL = pattern("actors", "not-level")
_ORGAN = pattern("actors", "organ")
_OTHERS = pattern("actors", "others-speak")
_OWNS = pattern("actors", "owns-what-is-told")
_PRESIDED_BY = pattern("actors", "presided-by")
_STATE = pattern("actors", "state")
_WAY = pattern("actors", "owns-its-way")
_ONLY_AFTER = pattern("actors", "only-after")
_TOWN = pattern("actors", "town")
_QUOTED = pattern("actors", "quoted-sentence")
_TURNS_TO = pattern("actors", "turns-to")
_OF_THE_PLACE = pattern("actors", "of-the-place")
_AT_OWN_MEETING = pattern("actors", "at-own-meeting")
_OWN_BODY = pattern("actors", "own-body")
_EPITHET = pattern("actors", "epithet")
_ACT = pattern("actors", "act")
_TOGETHER = pattern("actors", "together")
_WATCHES_HERE = pattern("actors", "watches-here")
#: So long is what stands before the subject of a sentence that tells a result, in characters.
PAST = 30


class Acting:
    """Finds the subject of a segment and gives it the word, if it acts."""

    def __init__(self, floor: Floor, persons: Persons) -> None:
        self.floor = floor
        self.text = floor.text
        self.out = floor.out
        self.place = floor.place
        self.meant = floor.meant
        self.persons = persons
        self.waiting: tuple[Who, tuple[int, int], int] | None = None
        """A subject whose deed comes in a later segment of the sentence (its number)."""
        self.group: tuple[Who, tuple[int, int]] | None = None
        """Who sent the group of inspectors that the text tells of."""
        self.placed: tuple[Division, tuple[int, int], int] | None = None
        """Of what place a sentence (its number) says that it tells."""
        self.saying = Saying(floor.text, floor.place, floor.meant)
        self.examples = False
        """In a passage that names divisions as examples."""
        self.only = False
        """The text names one division: whoever is called by its level acts by any verb."""
        self.opens_line = False
        """At the first segment of a paragraph."""

    def subject(self, segment: Segment, start: int) -> bool:
        """Give the word to the subject of a segment, if it acts; whether there was one."""
        self.saying.enter(segment, start)
        quoted = _QUOTED.match(self.text, start, segment.end)
        begin = skip_time(self.text, quoted.end() if quoted else start, segment.end)
        if begin >= segment.end:
            return False
        found = self._acts(segment, begin)
        if found and quoted and self.text[start - 1 : start] not in {"：", ":"}:
            self.out.back_to(begin, segment.start)  # “…。”某市市长说: the quotation is what he says
        return found

    def _acts(self, segment: Segment, start: int) -> bool:
        if self._goes_on(segment, start):
            return True
        if self._others(segment, start):
            return True
        if self._told_in(segment, start):
            return False
        return (
            self._state(segment, start)
            or self._in_the_place(segment, start)
            or self._at_own_meeting(segment, start)
            or self._presided(segment, start)
            or self._person(segment, start)
            or self._grouped(segment, start)
            or self._named(segment, start)
            or self._level_subject(segment, start)
            or self._own_body(segment, start)
        )

    def _grouped(self, segment: Segment, start: int) -> bool:
        """检查组要求: the group of the province speaks for it wherever it inspects."""
        group = _GROUP.match(self.text, start, segment.end) if self.group else None
        if group is None or self.group is None or self.floor.owner is not None:
            return False
        done = deed(self.text, group.end(), segment.end)
        if done is NOTHING and not does(self.text, group.end(), segment.end):
            return False
        who, span = self.group
        self.floor.give(start, who, span, acts=True, meets=done.meets)
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
            self.floor.give(segment.start, who, span, acts=True, meets=done.meets)
        return done.acts

    def _others(self, segment: Segment, start: int) -> bool:
        """A company's man or a bystander speaks, or 各地 act, whom the State tells of: no division."""
        if self.floor.owner is not None or self.floor.hushed is not None:
            return False
        found = _OTHERS.match(self.text, start, segment.end)
        if found is None and self.meant.current in {None, NATIONAL}:
            found = _EVERYWHERE.match(self.text, start, segment.end)
        if found is None:
            return False
        self.floor.hush(segment)
        return True

    def _wait(self, who: Who, span: tuple[int, int], segment: Segment) -> None:
        closed = self.floor.owner is not None and who != self.floor.owner
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
            behind = text[state.end() : state.end() + 1]
            listed = behind in {"、", "　", "和"} or (
                behind in {"：", ":"} and (self.opens_line or segment.numbered)
            )
            if done.meets if self.floor.owner is not None else (done.acts or listed):
                self.floor.give(start, NATIONAL, state.span(), acts=True, meets=done.meets)
                self._sends(NATIONAL, state.span(), segment.end)
            return True
        if not text.startswith("全国", start):
            return False
        meeting = _NATIONAL_MEETING.match(text, start, segment.end + 1)
        if meeting:
            self.floor.give(start, NATIONAL, meeting.span(1), acts=True, meets=True)
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
        self.floor.give(start, who, (mention.start, last.end), acts=True, meets=True)
        return True

    def _told_in(self, segment: Segment, start: int) -> bool:
        """在湖北，省应急厅…: what the sentence calls 省 lies there."""
        turn = _TURNS_TO.match(self.text, start, segment.end)
        mention = self.place.at(turn.end() if turn else start)
        if mention is None or mention.person or mention.part_of_name:
            return False
        if turn is None and mention.weak:
            return False
        last = self.meant.last_of_path(mention)
        town = _TOWN.match(self.text, last.end, segment.end)
        if (town.end() if town else last.end) != segment.end or segment.closer != "，":
            return False
        who = self.meant.of(last)
        if who is None or self.floor.owner is not None:
            return False
        self.meant.scene = (who, segment.sentence)
        self.meant.topic = (who, segment.line)
        self.placed = (who, (mention.start, last.end), segment.sentence)
        return True

    def _in_the_place(self, segment: Segment, start: int) -> bool:
        """在某市，当地…, 在某市，7月9日召开的市安委会会议提出: it is told of that place."""
        if self.placed is None or self.placed[2] != segment.sentence:
            return False
        who, span, _ = self.placed
        self.placed = None
        text = self.text
        held = text.startswith(("召开的", "举行的"), start)
        level = _LEVEL.match(text, start + 3 if held else start, segment.end)
        if level is not None and self.meant.level(level[level.lastindex or 0]) == who:
            end = level.end() + text.startswith("里", level.end())
            plain = deed(text, end, segment.end) is NOTHING
            done = DOES if plain and does(text, end, segment.end) else NOTHING
            done = MEETS if held else done
        elif local := _OF_THE_PLACE.match(text, start, segment.end):
            told = does(text, local.end(), segment.end) or _ACT.search(text, start, segment.end)
            done = DOES if told else NOTHING
        else:
            done = NOTHING
        if done.acts:
            self.floor.give(segment.start, who, span, acts=True, meets=done.meets)
        return done.acts

    def _at_own_meeting(self, segment: Segment, start: int) -> bool:
        """在随后召开的县会议上，王某强调: who watched holds a meeting of its own."""
        meeting = _AT_OWN_MEETING.match(self.text, segment.start, segment.end)
        who = self.meant.level(meeting[1]) if meeting else None
        if (
            meeting is None
            or who is None
            or who not in self.out.home
            or self.floor.owner is not None
        ):
            return False
        self.floor.give(segment.start, who, meeting.span(1), acts=True, meets=True)
        return True

    def _own_body(self, segment: Segment, start: int) -> bool:
        """我局组织…, 局党委书记要求…: the body speaks for the division to which the page belongs."""
        body = _OWN_BODY.match(self.text, start, segment.end) if self.out.home else None
        if body is None or self.floor.owner is not None or self.floor.roundup:
            return False
        told = self.meant.current not in {None, *self.out.home}
        if told and self.meant.acted == segment.line:
            return False  # 武威市应急管理局组织演练，局长说
        done = deed(self.text, body.end(), segment.end)
        if not done.acts and not does(self.text, body.end(), segment.end):
            return False
        self.floor.give(start, self.out.home[0], body.span(), acts=True, meets=done.meets)
        return True

    def _named(self, segment: Segment, start: int, *, skip: int = 0) -> bool:
        """A division by its name as the subject, behind ``skip`` characters that only say where it lies."""
        text = self.text
        mention = self.place.at(start + skip)
        if mention is None:
            source = _AS_TOLD.match(text, start, segment.end) or _EPITHET.match(
                text, start, segment.end
            )
            mention = self.place.at(source.end()) if source else None
        if mention is None or mention.person:
            return False
        if not self._may_act(mention):
            if mention.full and mention.part_of_name and (who := self.meant.of(mention)):
                self._topic(who, mention, segment)  # 赣州市山多林密
            return False
        if self.persons.named(mention.start):
            return False  # 市长蛟河清 … 蛟河清察看
        if self.examples and self.out.home:
            return False
        last = self.meant.last_of_path(mention)
        if goes_on(text, member_end(text, last.end, self.place), self.place):
            return self._several(segment, mention)
        done = deed(text, last.end, segment.end, named=True)
        who = self.meant.of(last)
        if who is None or self.floor.comes_as_guest(who, segment):
            return False
        if self.saying.only_told(who, last.end, segment.end):
            return False
        if self.meant.current not in {None, who} and _REPORTS_TO.match(text, last.end, segment.end):
            self.floor.hush(segment)
            return True
        guest = self.floor.below_meeting(who) and who not in self.saying.summoned
        if guest and self.saying.pledges(start, last.end, segment.end):
            return True
        if done is NOTHING and does(text, last.end, segment.end):
            done = DOES
        if done is NOTHING and not last.weak and _OWNS.match(text, last.end, segment.end):
            done = MEETS  # 广东的会议开得更早
        if done is NOTHING and _WAY.match(text, last.end, segment.end):
            done = DOES
        if done is NOTHING and self.saying.answers(who, last.end, segment):
            done = DOES
        if done is NOTHING:
            self._topic(who, last, segment)
            self._wait(who, (mention.start, last.end), segment)
            if self.opens_line and self.floor.owner is None and text.startswith("的", last.end):
                self.floor.give(
                    start, who, (mention.start, last.end), acts=False
                )  # 某市的煤矿多，…
            return False
        if (
            self.floor.owner is not None
            and who != self.floor.owner
            and not (done.meets or done.publishes)
        ):
            return False
        span = (mention.start, last.end)
        told = done.acts and not (done.meets or done.publishes)
        if told and (self.saying.tells_of(who) or self._only_counts(segment)):
            return True
        if done.acts:
            self.floor.give(start, who, span, acts=True, meets=done.meets)
            if done.publishes:
                self.floor.document = (who, span)
            self._sends(who, span, segment.end)
            self._together(last.end, segment)
        elif _WATCHES_HERE.search(text, last.end, segment.end):
            self._watch(who, span, segment)
        return True

    def _only_counts(self, segment: Segment) -> bool:
        """条例施行以来，某市查处4千起: a sentence of a past time that ends in a count tells what came of it."""
        if self.floor.owner is not None or segment.closer not in "。；，":
            return False
        start = max(self.text.rfind(mark, 0, segment.start) for mark in "。；！？\n") + 1
        if segment.start - start > PAST:
            return False
        return _COUNTS.match(self.text, start, segment.end) is not None

    def _topic(self, who: Division, last: RegionMention, segment: Segment) -> None:
        """赣州市山多林密。市森防指要求…: what is told of a division opens the report of it."""
        if last.weak or self.floor.owner is not None:
            return
        if _ONLY_THERE.search(self.text, last.end, segment.end):
            return
        told_before = self.meant.acted == segment.line
        if not (told_before and _HAPPENS.search(self.text, last.end, segment.end)):
            self.meant.topic = (who, segment.line)

    def _watch(self, who: Division, span: tuple[int, int], segment: Segment) -> None:
        """甲县收看会议后，立即召开…: who watched may hold a meeting of its own in the same sentence."""
        self.floor.watch(who, span, segment)
        if segment.closer == "，":
            self.waiting = (who, span, segment.sentence)

    def _together(self, end: int, segment: Segment) -> None:
        """甲地区行署与乙市联合召开会议: the other acts too."""
        beside = _TOGETHER.match(self.text, end, segment.end)
        other = self.place.at(beside.end()) if beside else None
        if other is None or other.person or self.floor.owner is not None:
            return
        last = self.meant.last_of_path(other)
        who = self.meant.of(last)
        if who is not None and _JOINTLY.match(self.text, last.end, segment.end):
            self.out.divisions[who.name] = who
            self.out.acting.append((who.name, (other.start, last.end)))

    def _bidden(self, segment: Segment, mention: RegionMention) -> bool:
        """会议强调，…，甲、乙等县市严防外火: those below whoever has the word are told what to do."""
        who, current = self.meant.of(self.meant.last_of_path(mention)), self.meant.current
        if who is None or not isinstance(current, Division) or who == current:
            return False
        told = _BIDDEN.search(self.text, mention.end, segment.end)
        return told is not None and regions.within(who, current)

    def _several(self, segment: Segment, mention: RegionMention) -> bool:
        """甲市、乙县分别召开会议: each of several acts; the first has the word."""
        if self.floor.owner is not None:
            return False
        within = self.floor.given == segment.sentence or self._bidden(segment, mention)
        found = several_of(self.text, segment, mention, self.place, self.meant, within=within)
        if not found.acts and not self.saying.answer(found.members, segment):
            return found.done.watches
        who, (_, end) = found.members[-1]
        if self.saying.only_told(who, end, segment.end):
            return False
        done = found.done
        told = not (done.meets or done.publishes or done.watches)
        if told and self.saying.tells_of(found.members[0][0]):
            return True  # 会议强调，甲、乙等县严防火情: they are told to
        for who, span in found.members[1:]:
            self.out.divisions[who.name] = who
            self.out.acting.append((who.name, span))
        who, span = found.members[0]
        if found.done.watches:
            self._watch(who, span, segment)
        else:
            self.floor.give(segment.start, who, span, acts=True, meets=found.done.meets)
            self.out.joined(other.name for other, _ in found.members[1:])
        return True

    def _person(self, segment: Segment, start: int) -> bool:
        """A person who was introduced with the post, by name alone."""
        speaks = self.persons.speaks(start, segment.end)
        if speaks is None:
            return False
        who, end = speaks
        self.floor.give(start, who, (start, end), acts=True, meets=True)
        return True

    def _level_subject(self, segment: Segment, start: int) -> bool:
        """我省, 市委, 副县长 … as the subject."""
        text = self.text
        level = _LEVEL.match(text, start, segment.end)
        if level is None or _NOT_LEVEL.match(text, level.start(level.lastindex or 0)):
            return False
        word = level[level.lastindex or 0]
        that = level[0][0] == "该"
        if self.place.at(start + 1 + len(word)) is not None and level[0][0] in "该我":
            return self._named(segment, start, skip=1 + len(word))  # 该市长安区应急管理局
        who = self.meant.that(word, start) if that else self.meant.level(word)
        if who is None and level[0][0] == word[0]:
            who = self.meant.named_before(word, start)  # 黔东南州木房连片，州政府要求
        if who is None:
            return False
        done = deed(text, level.end(), segment.end)
        if self.opens_line and _SPEAKER_LABEL.match(text, level.end(), segment.end + 1):
            done = MEETS  # 县长：首先要摸清底数
        if done.meets and _ONLY_AFTER.search(text, level.end(), segment.end):
            return False  # 全省会议召开后，某县…
        told = (
            self.only or level[0][0] == "该" or self._in_the_block(who) or self.meant.is_topic(who)
        )
        does_so = told and (
            does(text, level.end() - level[0].endswith("长"), segment.end)
            or _WAY.match(text, behind_body(text, level.end(), segment.end), segment.end)
        )
        if done is NOTHING and does_so:
            done = DOES
        span = (start, level.end())
        if text[level.end() : level.end() + 1] in {"、", "，"} and not done.acts:
            return False
        if done is DOES and self._only_counts(segment):
            return False
        if done.acts and not self.floor.comes_as_guest(who, segment):
            if self.floor.owner is not None and who != self.floor.owner and not done.meets:
                return False
            self.floor.give(start, who, span, acts=True, meets=done.meets)
            if done.publishes:
                self.floor.document = (who, span)
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
            self.floor.give(start, who, span, acts=False)  # the national meeting would not say 全县
            return True
        self._wait(who, span, segment)
        return False

    def _in_the_block(self, who: Division) -> bool:
        """Whether a division lies in the one whose block of a roundup it is named in."""
        current = self.meant.current
        if not self.floor.roundup or not isinstance(current, Division) or who in self.out.home:
            return False
        return who != current and regions.within(who, current)

    def _is_above_home(self, current: Who | None, who: Division) -> bool:
        if current == who or current is None:
            return False
        return not isinstance(current, Division) or regions.within(who, current)

    def _may_act(self, mention: RegionMention) -> bool:
        if not mention.weak and not mention.part_of_name:
            return True
        if _ORGAN.match(self.text, mention.end, mention.end + 14):
            return True
        if goes_on(self.text, mention.end, self.place):
            return not mention.part_of_name
        if mention.weak and not mention.part_of_name and _AS_FOR.match(self.text, mention.end):
            return True
        return any(d in self.out.home or d == self.meant.current for d in mention.candidates)
