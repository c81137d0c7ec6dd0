"""Where a page looks broken: marks behind which the text looks misread, and glosses out of their place."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from kg.repair import alphabet, readings, words
from kg.repair.bytes import MARK_BYTES, encode
from kg.repair.gloss import HAN, Glosses
from kg.repair.page import Page

#: Nats per character from which text behind a mark is looked at: running text has 4-7, misread text 10-15.
ODD = 9.5
#: Text that begins with a word this common (nats) is not misread.
WORD = 12.5
#: Behind a full stop only text that begins with a rarer character (nats) is looked at.
RARE = 11.0
_MARK = re.compile("[!?;:,。]")
_BROKEN_GLOSS = re.compile(
    rf"\?[^\W\d_{HAN}]{{1,8}}[)）]|(?<![{HAN}])[(（][^\W\d_{HAN}]{{1,8}}[)）]"
)
_LETTERS = re.compile(f"[^\\W\\d_{HAN}]+")
#: Letters of other scripts in the middle of Chinese text.
_MISREAD = re.compile(f"[{HAN}]{{0,4}}[\u2500-\u257f\u3041-\u3129\u0370-\u04ff\u00e0-\u01dc]")
_ODD_CHAR = re.compile(
    "[\u2150-\u218f\u2190-\u25ff\u2460-\u24ff\u3040-\u3129\u0370-\u04ff\uff21-\uff5e]"
)
#: An ASCII character between Chinese ones may end a misread stretch that begins at a mark before it.
_BETWEEN = re.compile(f"(?<=[{HAN}])[@-~](?=[{HAN}(])")
FAR = 14
_STRETCH = re.compile(f"[{HAN}]{{0,5}}")


@dataclass(frozen=True, slots=True)
class Spot:
    """A place that looks broken."""

    at: int
    certain: bool
    """No text reads so; it stays suspect even where no other reading is found."""


@dataclass(frozen=True, slots=True)
class Flat:
    """A text without its fitting glosses."""

    text: str
    starts: tuple[int, ...]
    """Where each kept stretch starts here,"""
    origins: tuple[int, ...]
    """and there."""

    @classmethod
    def of(cls, text: str, glosses: Glosses) -> Flat:
        """Leave the fitting glosses out."""
        pieces, starts, origins = [], [], []
        position = size = 0
        for gloss in glosses.damage:
            pieces.append(text[position : gloss.start])
            starts.append(size)
            origins.append(position)
            size += gloss.start - position
            position = gloss.end
        pieces.append(text[position:])
        return cls("".join(pieces), (*starts, size), (*origins, position))

    def origin(self, at: int) -> int:
        """Where a character stood."""
        index = bisect_right(self.starts, at) - 1
        return self.origins[index] + at - self.starts[index]


def find(
    text: str, flat: Flat, page: Page, letters: alphabet.Alphabet, glosses: Glosses
) -> Iterator[Spot]:
    """Marks behind which the text looks misread, and glosses out of their place."""
    if glosses.gated:
        for gloss in glosses.found:
            if not gloss.fits and len(gloss.readings) == 1:
                yield Spot(gloss.start, certain=True)
        for match in _BROKEN_GLOSS.finditer(text):
            reading = _LETTERS.search(match[0])
            if reading and readings.is_syllable(reading[0]):
                yield Spot(match.start(), certain=True)
    read = flat.text
    for match in _MARK.finditer(read):
        at = match.start()
        verdict = True if match[0] == "!" else _odd(read, at, page, letters)
        if verdict is not None:
            yield Spot(flat.origin(at), verdict)
    for match in _BETWEEN.finditer(read):
        at = max(read.rfind(mark, max(0, match.start() - FAR), match.start()) for mark in "!?;:,。")
        if at >= 0 and "\n" not in read[at : match.start()]:
            yield Spot(flat.origin(at), certain=False)


def _odd(read: str, at: int, page: Page, letters: alphabet.Alphabet) -> bool | None:
    """Whether the text behind a mark looks broken: True where no text reads so, None where it does not."""
    mark = read[at]
    following = read[at + 1 : at + 2]
    if not following or following == "\n":
        return True if mark == "?" else None
    if mark == "。" and read[max(0, at - 1) : at] in ("\u3000", "\n"):
        return True
    if following in "、。,;:!?":
        return True if mark != "。" else None
    if following < "\x80":  # it may have swallowed an ASCII byte: ;@, ?h
        behind = read[at + 2 : at + 3]
        letter = "@" <= following <= "~" and (behind > "\u2000" or behind in "((")
        if letter and ((following.isalpha() and mark in ":;") or following in "[]|"):
            return False
        return True if letter or mark == "?" else None
    pair = encode(following)
    if pair is None:
        return None
    if mark == "," and not letters.find(_COMMA, pair[0]):
        return None
    if (
        mark == "。"
        and words.single().get(following, 99.0) < RARE
        and not _MISREAD.match(read, at + 1)
    ):
        return None
    odd = _unlike(read, at, page)
    return odd if odd or mark == "?" else None


#: Lead byte of the character behind one that lost its lead to a comma.
_COMMA = frozenset((MARK_BYTES[","][1],))


def _unlike(read: str, at: int, page: Page) -> bool:
    """Whether the characters behind a mark do not read as text."""
    match = _STRETCH.match(read, at + 1)
    han = match[0] if match else ""
    after = read[at + 1 + len(han) : at + 2 + len(han)]
    if 0 < len(han) < 3 and "@" <= after <= "~":
        return True
    pair = read[at + 1 : at + 3]
    if page.pairs[pair] > 1.1 and read.count(pair) > read.count(read[at : at + 3]):
        return False
    if len(han) > 1:
        cost = words.ending(words.beginning(han[0]).get(han[1]))
        if cost is not None and cost < WORD:
            return False
    if read[at] == "。" and _MISREAD.match(read, at + 1):
        return True
    if read[at] != "。" and len(han) < 5 and _ODD_CHAR.match(after or " "):
        return True
    if not han:
        return False
    return words.fluency(han) > ODD
