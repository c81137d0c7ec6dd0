"""Passages: whether the text directs or tells at a place, by its kind, its headings, tables and who speaks."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Literal

from kg.cues import pattern
from kg.layers import Cue, Layers, Segment
from kg.relate.speech import reported

Items = Literal["", "forbidden", "cases", "checks"]
Mode = Literal["order", "tell", "document", "narrative"]

_DUE = pattern("clauses", "when-due")
_REACTS = pattern("clauses", "reacts")
_ASSIGNS = pattern("clauses", "assigns")
_BANS_ITEMS = pattern("clauses", "bans-items")
_CHECKS_ITEMS = pattern("clauses", "checks-items")
_CASES_ITEMS = pattern("clauses", "cases-items")
_HOLD = pattern("clauses", "hold")
_PREAMBLE_END = pattern("clauses", "preamble-end")
_BACKGROUND_SECTION = pattern("clauses", "background-section")
_LAMENT = pattern("clauses", "lament")
_GOALS = pattern("clauses", "goals-section")
_TELLS_ANEW = pattern("clauses", "tells-anew")
_COPIED_TO = pattern("clauses", "copied-to")
_TABLE_ROW = pattern("clauses", "table-row")
_TASKS = pattern("clauses", "task-table")
_NARRATES = pattern("clauses", "narrates")
_REPORTS = pattern("titles", "report-title")
_DEMANDS = pattern("clauses", "demands")
#: What a verb of speech makes of what follows it.
_SPOKEN: dict[str, Mode] = {"order": "order", "pledge": "narrative"}
_RANKS = tuple(pattern("clauses", f"rank-{n}") for n in ("one", "two", "three"))


class Passage:
    """Walks along with the reader of clauses and knows what kind of passage it is in."""

    def __init__(self, layers: Layers, *, document: bool, turns: Sequence[int] = ()) -> None:
        self.layers = layers
        self.turns = turns
        """Where another division begins to act."""
        self.text = layers.text
        self.document = document
        title = layers.text[slice(*layers.title)] if layers.title else ""
        self.reports = document and _REPORTS.search(title) is not None
        """A notice that reports (…情况的通报): its sections direct only under a heading that does."""
        self.preamble_end = _preamble_end(layers) if document else -1
        self.mode: Mode = "narrative"
        self.line = -1
        self.section = 0
        """The rank of the heading that says that its section tells; 0 outside of such."""
        self.tasks = False
        """In the rows of a table of tasks, which directs."""
        self.table = False
        """In the rows of a table that tells."""
        self.items: Items = ""
        """What the stem before a list makes of its items."""
        self.stem = 0
        """The rank of the line of that stem."""
        self.sentence = -1
        """The sentence before."""
        self.goals = 0
        """The rank of the heading that says that its section sets goals; 0 outside of such."""

    def enter(self, segment: Segment, cues: Sequence[Cue]) -> Cue | None:
        """Set the mode from this segment on; give the verb of speech that set it, if one did."""
        if segment.line != self.line:
            self._line(segment)
        if self.mode == "order" and not self.document and self._turned(segment):
            self.mode = "narrative"
        spoken = reported(self.text, segment, cues)
        if self.section:
            spoken = None
        if spoken is not None:
            self.mode = _SPOKEN.get(spoken.value, "tell")
        elif (
            segment.closer == "："
            and not self.document
            and _ASSIGNS.search(self.text, segment.start, segment.end)
        ):
            self.mode = "order"
        elif not self.document and (
            _HOLD.search(self.text, segment.start, segment.end)
            or _REACTS.match(self.text[segment.start : segment.end])
        ):
            due = self.mode == "order" and _DUE.search(self.text, segment.start, segment.end)
            self.mode = "order" if due else "narrative"
        elif (
            self.mode == "order"
            and segment.sentence != self.sentence
            and not self.document
            and _TELLS_ANEW.match(self.text[segment.start : segment.end])
        ):
            self.mode = "narrative"
        self.sentence = segment.sentence
        if segment.numbered:
            self._heading(segment, cues)
        if self.section or self.table:
            self.mode = "tell"
        if segment.closer == "：" or segment.numbered:
            self._stem(segment)
        return spoken

    def _turned(self, segment: Segment) -> bool:
        """Whether another division begins to act in a segment: what it does is told first."""
        index = bisect_left(self.turns, segment.start)
        return index < len(self.turns) and self.turns[index] < segment.end

    def _stem(self, segment: Segment) -> None:
        """禁止下列行为：, 有下列情形之一的，…：: what follows in a list is forbidden, or a case."""
        line = self.layers.lines[segment.line]
        if _BANS_ITEMS.search(self.text, segment.start, segment.end):
            self.items, self.stem = "forbidden", self._rank(line.start, line.end)
        elif _CHECKS_ITEMS.match(self.text[segment.start : segment.end]):
            self.items, self.stem = "checks", self._rank(line.start, line.end)
        elif _CASES_ITEMS.search(self.text, line.start, segment.end):
            self.items, self.stem = "cases", self._rank(line.start, line.end)

    def _rank(self, start: int, end: int) -> int:
        words = self.text[start:end]
        found = (n for n, form in enumerate(_RANKS, 1) if form.match(words))
        return next(found, len(_RANKS) + 1)

    def _line(self, segment: Segment) -> None:
        """A line begins: in a formal notice it directs; in a report it goes on unless it narrates."""
        self.line = segment.line
        line = self.layers.lines[segment.line]
        words = self.text[line.start : line.end]
        goes_on = self.mode == "order" and line.kind == "body" and not _NARRATES.search(words)
        directs = self.document and segment.start >= self.preamble_end
        self.mode = "document" if directs else "order" if goes_on else "narrative"
        if self.items and self._rank(line.start, line.end) <= self.stem:
            self.items = ""
        bars = words.count("|") >= 3
        row = line.end - line.start < 200 and (bars or _TABLE_ROW.match(words) is not None)
        self.tasks = bars and (self.tasks or _TASKS.search(words) is not None)
        self.table = row and not self.tasks and (self.table or not _TASKS.search(words))
        self.table = self.table or _COPIED_TO.match(words) is not None
        if self.tasks:
            self.mode = "document"

    def _heading(self, segment: Segment, cues: Sequence[Cue]) -> None:
        line = self.layers.lines[segment.line]
        rank = self._rank(line.start, line.end)
        words = self.text[segment.start : segment.end]
        opens = _opens(segment, cues)
        if _GOALS.match(words):
            self.goals = rank
        elif self.goals and rank <= self.goals:
            self.goals = 0
        laments = len(words) <= 24 and not opens and _LAMENT.search(words) is not None
        if laments or _BACKGROUND_SECTION.match(words):
            self.section = self.section if 0 < self.section < rank else rank
        elif self.reports and rank == 1 and not (opens or _DEMANDS.search(words)):
            self.section = rank
        elif self.section and rank <= self.section:
            self.section = 0
            if self.document:
                self.mode = "document"


def _opens(segment: Segment, cues: Sequence[Cue]) -> bool:
    """Whether a heading begins with an imperative: 补齐短板, 严肃追责."""
    return (
        bool(cues)
        and cues[0].start == segment.start
        and cues[0].kind in {"verb", "v", "dual", "adverb", "modal"}
    )


def _preamble_end(layers: Layers) -> int:
    """In a formal notice everything before 通知如下, or before its first section, is reasons."""
    first = -1
    for segment in layers.segments:
        line = layers.lines[segment.line]
        if line.kind not in {"body", "heading"}:
            continue
        if _PREAMBLE_END.search(layers.text, segment.start, segment.end):
            return segment.end
        if segment.numbered and first < 0:
            first = segment.start
            if _RANKS[0].match(layers.text[line.start : line.end]) is None:
                break
    return first
