"""In whose saying a segment stands: a speech that goes on, numbered items that are demanded, answers at a talk."""

from __future__ import annotations

from collections.abc import Sequence

from kg import regions
from kg.cues import pattern
from kg.home import Home
from kg.layers import Segment
from kg.meant import Meant
from kg.model import NATIONAL
from kg.regions import Division

_ANSWERS = pattern("actors", "answers")
_ITEMS_OPEN = pattern("actors", "items-open")
_ONLY_TOLD = pattern("actors", "only-told")
_PLEDGES = pattern("actors", "pledges")
_SPEECH_OPENS = pattern("actors", "speech-opens")
_PROMISES = pattern("actors", "promises")
_SPOKE = pattern("actors", "spoke")
_SUMMONS = pattern("actors", "summons")


class Saying:
    """Keeps in mind what is being said, as the reading goes on."""

    def __init__(self, text: str, place: Home, meant: Meant) -> None:
        self.text = text
        self.place = place
        self.meant = meant
        self.summoned: set[Division] = set()
        """Who was summoned to a talk: what they declare there they will do is their own."""
        self.speech: int | None = None
        """The sentence (its number) that goes on with what a meeting or somebody says."""
        self.items = False
        """In the numbered items of what a meeting or a document demands."""
        self.within = False
        """The segment stands in such a sentence or item."""

    def note(self, segment: Segment, *, new_line: bool) -> None:
        """Notice where numbered items begin that somebody demands, and where they end."""
        if new_line and not segment.numbered:
            self.items = False
        colon = self.text[segment.end : segment.end + 1] in {"：", ":"}
        if colon and _ITEMS_OPEN.search(self.text, segment.start, segment.end):
            self.items = True

    def enter(self, segment: Segment, start: int) -> None:
        """Take up a segment whose subject would begin at ``start``."""
        self._summons(segment)
        if self.speech not in {None, segment.sentence}:
            self.speech = None
        self.within = self.speech is not None or self.items
        if segment.closer == "，" and _SPEECH_OPENS.match(self.text, start, segment.end):
            self.speech = segment.sentence

    def tells_of(self, who: Division) -> bool:
        """会议指出，某市建立了“路长制”: the one who has the word tells of a division below."""
        current = self.meant.current
        if not self.within or current == who:
            return False
        return current == NATIONAL or (
            isinstance(current, Division) and regions.within(who, current)
        )

    def answers(self, who: Division, end: int, segment: Segment) -> bool:
        """某县负责人作表态发言，表示将…: one who is summoned says what will be done, in the next segment."""
        if who not in self.summoned or segment.closer != "，":
            return False
        promised = _PROMISES.match(self.text, segment.end + 1) is not None
        return promised and _ANSWERS.search(self.text, end, segment.end) is not None

    def answer(self, members: Sequence[tuple[Division, tuple[int, int]]], segment: Segment) -> bool:
        """甲县、乙区政府负责人作表态发言，表示将…: several who are summoned say so together."""
        return bool(members) and all(
            self.answers(who, members[-1][1][1], segment) for who, _ in members
        )

    def only_told(self, who: Division, start: int, end: int) -> bool:
        """会上，甲县、乙区作了经验介绍: in the report of one division others only speak, are praised, have agreed."""
        home = self.meant.out.home
        other = bool(home) and who not in home and who not in self.summoned
        return other and _ONLY_TOLD.match(self.text, start, end) is not None

    def pledges(self, start: int, at: int, end: int) -> bool:
        """Whether one of those who were said to speak at a meeting only says what it will do."""
        said = _SPOKE.search(self.text, max(0, start - 24), start)
        return said is not None and _PLEDGES.match(self.text, at, end) is not None

    def _summons(self, segment: Segment) -> None:
        """对甲县、乙区政府分管负责人进行约谈: those divisions answer for themselves."""
        if _SUMMONS.search(self.text, segment.start, segment.end) is None:
            return
        for mention in self.place.inside(segment.start, segment.end):
            who = None if mention.person else self.meant.of(self.meant.last_of_path(mention))
            if who is not None and who not in self.meant.out.home:
                self.summoned.add(who)
