"""Stage 5: who speaks where.

Divisions of China named in the text, and from which place on each of them has the
word (GUIDELINES, Regions): by a heading, by a subject that acts, by 我省/全市/该县, by a person introduced with
the post; the State level is 全国.
"""

from __future__ import annotations

from collections.abc import Sequence

from kg import regions
from kg.acting import Acting
from kg.cues import pattern
from kg.floor import Floor
from kg.headings import Shape, behind_label, head_of, shape_of, stranger_of
from kg.home import by_enterprise
from kg.layers import Layers, Line, Segment
from kg.lone import CUTTING, directs, only_division
from kg.model import NATIONAL
from kg.persons import Persons, Who
from kg.regions import Division, RegionMention
from kg.turns import Speakers, Turn, of_level

__all__ = ["Speakers", "Turn", "resolve"]

_COMMENT = pattern("actors", "comment")
_CORRESPONDENT = pattern("actors", "correspondent")
_EXAMPLES = pattern("actors", "examples")
_HELD_THERE = pattern("actors", "held-there")
_NUMBER_OF_PROVINCE = pattern("actors", "number-of-province")
_STATE = pattern("actors", "state")
_VENUE = pattern("actors", "venue")
_TO_PROVINCES = pattern("actors", "to-provinces")
_STOPS = frozenset("。！？\n")


#: So long is what stands above a division in its path (张家口市|崇礼区), in characters.
PATH = 12


class _Resolver:
    def __init__(self, layers: Layers, *, document: bool) -> None:
        self.layers = layers
        self.text = layers.text
        self.document = document
        self.floor = Floor(layers, regions.find(layers.text), document=document)
        self.out = self.floor.out
        self.place = self.floor.place
        self.meant = self.floor.meant
        self.persons = Persons(layers.text)
        self.acting = Acting(self.floor, self.persons)
        self.shapes: set[Shape] = set()
        """How the headings look under which divisions report."""
        self.comment = len(layers.text) if document else _comment_from(layers)
        """From here on the text is a comment: its author speaks, wherever nobody is quoted."""

    def run(self, only: RegionMention | None = None) -> Speakers:
        """Walk the segments and give the word; ``only``: the division that the page must belong to."""
        if by_enterprise(self.layers, document=self.document):
            self.out.enterprise = True
            return self.out
        self.out.hints = self.place.hints()
        if only is None:
            self.out.home = self.place.find(self.meant.of)
            self.out.hints = self.place.hints()
            self._opening()
        elif (who := self._of_only(only)) is not None:
            self.acting.only = True
            self.place.add(who)
            self._open(who, (only.start, only.end))
        self._walk()
        return self.out

    def _of_only(self, only: RegionMention) -> Division | None:
        """The only division that a text names, or that above it whose meeting is held there (全省会议在昆明召开)."""
        who = self.meant.of(only)
        held = _HELD_THERE.search(self.text, 0, only.end + 4)
        if who is None or held is None or not 0 <= only.start - held.end() <= PATH:
            return who
        return of_level(held[1], [who, *regions.ancestors(who)]) or who

    def _walk(self) -> None:
        previous: Segment | None = None
        lines = self.layers.lines
        for segment in self.layers.segments:
            line = lines[segment.line]
            if line.kind == "title":
                continue
            new_line = previous is None or previous.line != segment.line
            self.acting.opens_line = new_line and line.kind == "body"
            sentence = new_line or (previous is not None and previous.closer in _STOPS)
            previous = segment
            self.meant.sentence, self.meant.line = segment.sentence, segment.line
            if new_line and self.floor.owner is not None and self.meant.current != self.floor.owner:
                self.floor.give(segment.start, self.floor.owner, self.floor.opened, acts=False)
            start = self._heading(segment, line, new_line=new_line, sentence=sentence)
            if new_line:
                start = self._correspondent(segment, start)
            self.floor.speak_again(segment)
            if sentence and segment.start >= self.comment:
                self._comment(segment)
            self._example(segment, line, new_line=new_line)
            self.acting.saying.note(segment, new_line=new_line)
            headed = self.floor.headed is not None and self.floor.headed[1] == segment.sentence
            if line.kind == "heading" and not headed:
                continue
            self.floor.resume(segment)
            self.acting.subject(segment, behind_label(segment, self.text, start))
            self.persons.remember(segment, self.meant.level, self.meant.ending, self.meant.current)

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
        self.floor.give(0, who, evidence, acts=self.document)
        if self.document:
            self.floor.owner, self.floor.opened = who, evidence

    def _heading(self, segment: Segment, line: Line, *, new_line: bool, sentence: bool) -> int:
        """Give the word to the region that heads a block; the place where the block's text begins."""
        if self.floor.owner is not None:
            return segment.start
        found = head_of(
            segment, line, self.text, self.place, self.meant, new_line=new_line, sentence=sentence
        )
        if found is None:
            begin = stranger_of(segment, line, self.text, self.shapes) if new_line else None
            if begin is not None:
                self.floor.head_stranger(segment)
                self.persons.last = None
            return segment.start if begin is None else begin
        if new_line:
            self.shapes.add(shape_of(segment, line, self.text))
        begin = found.behind(self.text)
        self.floor.head(segment, found.who, found.span, begin)
        self.persons.last = found.who  # 他 was somebody of the block before
        return begin

    def _correspondent(self, segment: Segment, start: int) -> int:
        """本报武汉1月4日电（记者…）: the report begins behind it, and another one has ended."""
        head = _CORRESPONDENT.match(self.text, start, segment.end)
        if head is None or self.floor.owner is not None:
            return start
        if self.out.turns and self.floor.meeting is not None:
            self.floor.meeting = None
        return head.end()

    def _example(self, segment: Segment, line: Line, *, new_line: bool) -> None:
        """Under 存在问题 or 典型做法 divisions are named and do not act."""
        label = line.kind == "heading" or segment.closer == "：" or segment.numbered
        if label and segment.end - segment.start < 20:
            self.acting.examples = bool(_EXAMPLES.search(self.text, segment.start, segment.end))
        elif new_line and not self.document:
            self.acting.examples = False

    def _comment(self, segment: Segment) -> None:
        """The author of a comment speaks again, for no division."""
        if self.meant.current is not None:
            self.meant.current = None
            self.out.give(Turn(segment.start, None, None, acts=False))


def _comment_from(layers: Layers) -> int:
    """Where a comment begins, as the title or a line beside the text says; the end of the text where none does.

    A heading behind what is reported (记者手记 at the end of a page) makes no comment of the report.
    """
    told = False
    for line in layers.lines:
        told = told or line.kind == "body"
        if (
            line.kind in {"title", "meta", "heading", "signature"}
            and line.end - line.start <= 60
            and _COMMENT.search(layers.text, line.start, line.end)
        ):
            return line.start if told and line.kind == "heading" else 0
    return len(layers.text)


def resolve(layers: Layers, *, document: bool) -> Speakers:
    """Who has the word where in a segmented text; ``document`` tells a formal notice of an organ."""
    found = _Resolver(layers, document=document).run()
    if found.enterprise or any(turn.region is not None for turn in found.turns):
        return found
    if len(layers.text) > CUTTING:  # a page: where nobody of a division acts there, none does
        return found
    held = {m.end() for m in _HELD_THERE.finditer(layers.text)}  # 全省会议在昆明召开 tells which 省
    venues = [m.span() for m in _VENUE.finditer(layers.text)]
    only = _outside(found, venues) or _outside(found, [v for v in venues if v[0] + 1 not in held])
    if only is None:
        return found
    second = _Resolver(layers, document=document).run(only)
    return second if second.acting or directs(layers, found.mentions, only) else found


def _outside(found: Speakers, venues: Sequence[tuple[int, int]]) -> RegionMention | None:
    """The one division that a text names, but for where a meeting is held."""
    return only_division([m for m in found.mentions if not any(a < m.start < b for a, b in venues)])
