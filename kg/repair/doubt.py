"""What speaks against a proposal that the words favour, and the hidden stretches of a reading.

How common words are tells neither which of two terms of the same bytes stood in a place, nor which mark, nor what
a character was that left no byte.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain
from math import exp
from typing import Literal, NamedTuple

from kg.repair import candidates, lattice, phrases, script, words
from kg.repair.bytes import HALF
from kg.repair.candidates import Path, Reading
from kg.repair.gloss import HAN
from kg.repair.page import Page

#: Share that a reading must hold among those that differ from it in marks alone.
ALIKE = 0.75
#: A character that has left no byte at all is read only inside a word of the list as long as this: among so
#: many characters the true one may not have been met.
HOLDING, LONGEST_WORD = 3, 8


class Span(NamedTuple):
    """A hidden stretch of a reading: tokens ``[begin, stop)``, ``text[start:end]``."""

    begin: int
    stop: int
    start: int
    end: int
    text: str
    pieces: tuple[tuple[int, int], ...]
    stream: tuple[lattice.Item, ...]
    blind: tuple[int, ...]
    """Characters of ``text`` that have left no byte."""

    def same(self, other: Span) -> bool:
        """Whether another reading says the same."""
        return (self.begin, self.stop, self.text) == (other.begin, other.stop, other.text)


_UNSEEN = frozenset(("lost", "orphan", "marked orphan"))


def spans(grid: lattice.Lattice, path: Path) -> list[Span]:
    """Give the hidden stretches of a reading."""
    row = grid.row
    out: list[Span] = []
    begin = -1
    position = start = 0
    hidden: list[str] = []
    pieces: list[tuple[int, int]] = []
    items: list[lattice.Item] = []
    blind: list[int] = []
    for state, step, char, own in candidates.unroll(grid, path):
        if begin < 0:
            if step.kind == "shown":
                continue
            begin = state.inner if state.inner >= 0 else state.at
            position = start = row[begin].start
        stop = row[step.state.at].start if step.state.at < len(row) else row[-1].end
        if step.kind in _UNSEEN and state.lost:
            blind.append(sum(map(len, hidden)))
        hidden.append(HALF.get(char, char) + step.extra)
        size = (1 + len(step.extra), stop - position)
        if size[1] == 0 and pieces:
            pieces[-1] = (pieces[-1][0] + size[0], pieces[-1][1])
        else:
            pieces.append(size)
        items.extend(own)
        position = stop
        if step.state.leads is None:
            text = "".join(hidden)
            out.append(
                Span(
                    begin,
                    step.state.at,
                    start,
                    position,
                    text,
                    tuple(pieces),
                    tuple(items),
                    tuple(blind),
                )
            )
            begin, hidden, pieces, items, blind = -1, [], [], [], []
    return out


def simple(text: str, traditional: bool) -> str:
    """Give a text of the page in simplified characters."""
    return script.finish(script.convert(text)) if traditional else text


def not_ruled_out(
    found: Sequence[Reading], spans: Sequence[Sequence[Span]], page: Page, *, traditional: bool
) -> list[int]:
    """Find the readings without a term where the page or the verb speaks for its like; all, if none is left."""
    kept = [
        index
        for index, (reading, own) in enumerate(zip(found, spans, strict=True))
        if not any(
            _longer(span, other, reading, page, traditional) == "other"
            for span in own
            for other in chain.from_iterable(spans)
        )
    ]
    return kept or list(range(len(found)))


def against(
    span: Span,
    found: Sequence[Reading],
    spans: Sequence[Sequence[Span]],
    page: Page,
    *,
    traditional: bool,
) -> str | None:
    """What speaks against a stretch of the first reading: None if nothing; empty where the words need not be said."""
    best = found[0]
    for other in chain.from_iterable(spans[1:]):
        if _longer(span, other, best, page, traditional) == "open":
            return f"{span.text} or {other.text}: the bytes are the same"
    if _marks_alike(span, found, spans) < ALIKE:
        return f"{span.text}: which mark stands there is open"
    if (best.unpaired and _half(span.text)) or not _held(span, best, page, traditional):
        return ""
    return None


def _marks_alike(span: Span, found: Sequence[Reading], spans: Sequence[Sequence[Span]]) -> float:
    """Share of a stretch among the readings that differ from the best in marks alone, by what holds everywhere.

    What official text puts side by side says little of which mark stands between two words.
    """
    best = _ANY_MARK.sub("，", found[0].text)
    own = total = 0.0
    for reading, hidden in zip(found, spans, strict=True):
        if _ANY_MARK.sub("，", reading.text) == best:
            weight = exp(found[0].cost + found[0].said - reading.cost - reading.said)
            total += weight
            own += weight if any(span.same(other) for other in hidden) else 0.0
    return own / total


def _half(text: str) -> bool:
    """Whether a text has one half of a pair of marks."""
    return any(text.count(pair[0]) != text.count(pair[1]) for pair in _PAIRS)


_PAIRS = ("“”", "《》", "‘’", "（）")
_ANY_MARK = re.compile("[，。、；：！？,;:!?]")


def _longer(
    span: Span, other: Span, reading: Reading, page: Page, traditional: bool
) -> Literal["", "open", "this", "other"]:
    """Which of two terms stood here, one the beginning of the other: what the page and the verb say."""
    if (other.begin, other.stop) != (span.begin, span.stop) or len(other.text) == len(span.text):
        return ""
    if not (other.text.startswith(span.text) or span.text.startswith(other.text)):
        return ""
    text, rival = simple(span.text, traditional), simple(other.text, traditional)
    longer, shorter = sorted((text, rival), key=len, reverse=True)
    if (
        len(shorter) < 2
        or not longer.startswith(shorter)
        or not _HAN_ONLY.fullmatch(longer)
        or max(words.cost(longer), words.cost(shorter)) >= words.NONE
    ):
        return ""
    before = reading.text.partition(text)[0]
    told = page.says(longer, shorter)
    if before.endswith(phrases.things_after().get(longer, ())):
        told = True
    return "open" if told is None else "this" if told is (longer == text) else "other"


def _held(span: Span, best: Reading, page: Page, traditional: bool) -> bool:
    """Whether each character that left no byte stands in a word that the others show, or as on the page."""
    reading = best.text
    hidden = simple(span.text, traditional).translate(_HALF)
    begin = reading.translate(_HALF).find(hidden)
    for blind in span.blind:
        at = begin + blind
        if not _HAN_ONLY.fullmatch(reading, at, at + 1):
            continue
        around = (
            reading[low:high]
            for low in range(max(0, at + 1 - LONGEST_WORD), at + 1)
            for high in range(max(at + 1, low + HOLDING), min(len(reading), low + LONGEST_WORD) + 1)
        )
        if not any(words.cost(w) < words.NONE or (len(w) == 3 and page.triples[w]) for w in around):
            return False
    return True


_HALF = str.maketrans(dict(HALF))
_HAN_ONLY = re.compile(f"[{HAN}]+")
