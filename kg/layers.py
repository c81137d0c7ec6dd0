"""What the stages add to a text, layer by layer. Offsets are in restored text unless said otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

LineKind = Literal[
    "title", "meta", "heading", "addressee", "body", "signature", "attachment", "tail", "blank"
]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the page and what it is for; only ``body`` and ``heading`` lines are read."""

    start: int
    end: int
    kind: LineKind


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch between punctuation marks, without them and without numbering."""

    start: int
    end: int
    closer: str
    """The punctuation that ended it (``，`` ``；`` ``。`` ``：`` or newline), in full width."""
    sentence: int
    line: int
    numbered: bool = False
    """True where numbering (一是, （二）, 3.) stood before it."""


def sentence_bounds(segments: Iterable[Segment]) -> dict[int, tuple[int, int]]:
    """Give where each sentence begins and ends, by its number.

    >>> sentence_bounds([Segment(0, 4, "，", 0, 0), Segment(5, 9, "。", 0, 0), Segment(10, 12, "。", 1, 0)])
    {0: (0, 9), 1: (10, 12)}
    """
    out: dict[int, tuple[int, int]] = {}
    for one in segments:
        start, end = out.get(one.sentence, (one.start, one.end))
        out[one.sentence] = (min(start, one.start), max(end, one.end))
    return out


class Cue(NamedTuple):
    """A word of ``ontology/cues``, or a verb of the general list, found in the text."""

    start: int
    end: int
    kind: str
    value: str
    word: str


@dataclass(frozen=True, slots=True)
class Mention:
    """A vocabulary concept named in the text."""

    start: int
    end: int
    concept: str
    scheme: str
    masked: str | None = None
    """Why it does not count (name of a body, title of a law, an accident, excluded), or None."""


@dataclass(frozen=True, slots=True)
class Name:
    """A named thing found by its form: a meeting, campaign, policy or incident."""

    start: int
    end: int
    kind: Literal["meeting", "campaign", "policy", "incident"]
    name: str


@dataclass(frozen=True, slots=True)
class Speaker:
    """From ``start`` on, ``region`` speaks (None: nobody known, or an enterprise)."""

    start: int
    region: str | None
    evidence: tuple[int, int] | None
    acts: bool = True
    """False where the region is only a point of reference (a dateline, a heading without a report)."""


@dataclass(slots=True)
class Layers:
    """All layers of one text; each stage fills its own and reads those before it."""

    text: str
    lines: list[Line] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    title: tuple[int, int] | None = None
    published: str | None = None
    cues: list[Cue] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    names: list[Name] = field(default_factory=list)
    terms: Mapping[str, str] = field(default_factory=dict)
    """What a reviewer mapped to a concept beyond the vocabulary: term to concept id."""
