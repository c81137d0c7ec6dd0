"""What a question is cut into: tokens, and the cells that they are made of."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

from kg.question.days import Day

HAN = re.compile(r"[㐀-鿿]")
"""A Chinese character."""


@dataclass(frozen=True, slots=True)
class Token:
    """A phrase of the question and what it means."""

    kind: str
    values: tuple[str, ...]
    text: str
    """As the tidy question has it."""
    day: Day | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """A word that was taken for another."""

    written: str
    meant: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A unit, or a day or slot already understood."""

    unit: str
    token: Token | None = None
    written: str = ""
    """The word as it is written, not singular."""


def is_word(text: str) -> bool:
    """Whether a text is a word of common Chinese."""
    from kg.repair.words import general

    listed = general().words
    at = bisect_left(listed, text)
    return at < len(listed) and listed[at] == text
