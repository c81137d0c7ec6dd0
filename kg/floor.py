"""Who has the word as the reading goes on, and whose meeting is being told."""

from __future__ import annotations

from collections.abc import Sequence

from kg import regions
from kg.cues import pattern
from kg.home import Home
from kg.layers import Layers, Segment
from kg.meant import Meant
from kg.model import NATIONAL
from kg.persons import Who
from kg.regions import Division, RegionMention
from kg.subjects import is_guest, skip_time
from kg.turns import Speakers, Turn

_DOCUMENT_GOES_ON = pattern("actors", "document-goes-on")
_MEETING_GOES_ON = pattern("actors", "meeting-goes-on")
_WATCHED = pattern("actors", "watched")


class Floor:
    """Gives the word, and remembers who had it."""

    def __init__(
        self, layers: Layers, mentions: Sequence[RegionMention], *, document: bool
    ) -> None:
        self.text = layers.text
        self.out = Speakers(mentions=list(mentions))
        self.place = Home(layers, mentions, document=document)
        self.meant = Meant(layers, self.out, self.place)
        self.meeting: tuple[Who, tuple[int, int]] | None = None
        """Whose meeting 会议强调 goes on from."""
        self.document: tuple[Who, tuple[int, int]] | None = None
        """Who issued the document that 通知要求 goes on from."""
        self.owner: Who | None = None
        """Who issued a formal notice: it speaks wherever nobody else is told to."""
        self.opened: tuple[int, int] = (0, 0)
        self.given = -1
        """The last sentence (its number) in which somebody acts."""
        self.roundup = False
        """A heading has named a region."""
        self.headed: tuple[int, int, int] | None = None
        """Where a heading has just opened a sentence, which, and where the heading ends."""
        self.hushed: tuple[Who | None, tuple[int, int] | None, int] | None = None
        """Who had the word before a sentence (its number) in which no division speaks."""

    def give(
        self, start: int, who: Who, evidence: tuple[int, int], *, acts: bool, meets: bool = False
    ) -> None:
        """Give the word from ``start`` on; ``meets``: 会议强调 goes on from this one's meeting."""
        if isinstance(who, Division):
            self.out.divisions[who.name] = who
        self.meant.current = who
        if self.headed is not None and self._gives_way(self.headed, start):
            start = self.headed[0]  # 浙江 舟山市召开…: the city has the word from the head on
            self.out.take_back()
        self.headed = None
        self.out.give(Turn(start, name_of(who), evidence, acts))
        if self.meant.topic is not None and self.meant.topic[0] != who:
            self.meant.topic = None
        if acts:
            self.given, self.meant.acted = self.meant.sentence, self.meant.line
            self.out.acting.append((name_of(who), evidence))
            if isinstance(who, Division):
                self.first(who)
            if meets or who in self.out.home or not self.below_meeting(who):
                self.meeting = (who, evidence)

    def _gives_way(self, headed: tuple[int, int, int], start: int) -> bool:
        """Whether a heading only says where the one lies who acts: behind a province, or right behind it."""
        if self.meant.sentence != headed[1]:
            return False
        head = self.out.turn_at(headed[0])
        division = self.out.divisions.get(head.region or "") if head else None
        above = division is None or division.level == "province"
        return above or skip_time(self.text, headed[2], start) >= start

    def first(self, who: Division) -> None:
        """A page without a source belongs to the division that acts first, unless it is a roundup."""
        if not self.out.home and not self.roundup and len(self.out.divisions) <= 1:
            self.place.add(who)

    def below_meeting(self, who: Who) -> bool:
        """Whether a division lies in the one whose meeting is being told."""
        if self.meeting is None or who == self.meeting[0] or not isinstance(who, Division):
            return False
        owner = self.meeting[0]
        return not isinstance(owner, Division) or regions.within(who, owner)

    def head(self, segment: Segment, who: Division, evidence: tuple[int, int], begin: int) -> None:
        """Give the word to the division that heads a block of a roundup, whose text begins at ``begin``."""
        self.meeting = self.document = None
        self.roundup = True
        self.give(segment.start, who, evidence, acts=False)
        if segment.end > begin:
            self.headed = (segment.start, segment.sentence, begin)

    def head_stranger(self, segment: Segment) -> None:
        """A block of a zone or a firm: it is of the page's own division below the province, else nobody's."""
        self.meeting = self.headed = self.hushed = None
        own = self.out.home[0] if self.out.home else None
        if own is not None and own.level == "province":
            own = None
        before = self.out.turn_at(0)
        evidence = before.evidence if own is not None and before is not None else None
        self.meant.current = own
        self.out.give(Turn(segment.start, own.name if own else None, evidence, acts=False))

    def resume(self, segment: Segment) -> None:
        """会议强调, 方案要求 go on with the meeting or the document, whoever had the word in between."""
        issued = self.document
        if (
            self.owner is None
            and issued is not None
            and issued[0] != self.meant.current
            and _DOCUMENT_GOES_ON.match(self.text, segment.start, segment.end)
        ):
            self.give(segment.start, *issued, acts=False)
            return
        if self.meeting is None or self.meant.current == self.meeting[0]:
            return
        if self.text[segment.start] not in "会本这此":
            return
        if _MEETING_GOES_ON.match(self.text, segment.start, segment.end):
            self.give(segment.start, *self.meeting, acts=False)

    def hush(self, segment: Segment) -> None:
        """Nobody has the word in this sentence; behind it, who had it before."""
        before = self.out.turn_at(segment.start)
        self.hushed = (self.meant.current, before.evidence if before else None, segment.sentence)
        self.out.give(Turn(segment.start, None, None, acts=False))

    def speak_again(self, segment: Segment) -> None:
        """Behind a sentence of somebody else the division that had the word has it again."""
        if self.hushed is None or self.hushed[2] == segment.sentence:
            return
        who, evidence, _ = self.hushed
        self.hushed = None
        if who is not None and self.meant.current == who:
            self.out.give(Turn(segment.start, name_of(who), evidence, acts=False))

    def watch(self, who: Division, span: tuple[int, int], segment: Segment) -> None:
        """It acts by watching; what it watches is somebody's meeting: what that says belongs to them."""
        self.out.divisions[who.name] = who
        self.out.acting.append((who.name, span))
        self.first(who)
        match = _WATCHED.search(self.text, segment.start, segment.end)
        if match is None:
            return
        evidence = (match.start(1), segment.end)
        word = match[1].removeprefix("全")
        owner: Who | None = NATIONAL if word in {"国", "国务院"} else self.meant.level(word)
        if owner is not None:
            self.give(segment.start, owner, evidence, acts=True, meets=True)

    def comes_as_guest(self, who: Division, segment: Segment) -> bool:
        """A higher level at the meeting of a lower one."""
        if self.meeting is None or self.meeting[0] == who:
            return False
        owner = self.meeting[0]
        above = isinstance(owner, Division) and regions.within(owner, who)
        return above and is_guest(self.text, segment)


def name_of(who: Who) -> str:
    """The name of a division, or that of the State level."""
    return who.name if isinstance(who, Division) else who
