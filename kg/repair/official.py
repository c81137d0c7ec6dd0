"""What official Chinese of work safety puts side by side: counts of words, pairs and triples of characters.

From texts of the project's own (data/official.txt and notices; see data/README.md). A pair counts by how
much likelier its second character is behind the first than anywhere; so clause ends and beginnings count too.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from math import log
from pathlib import Path

_FILE = Path(__file__).resolve().parent / "data" / "pairs.txt.gz"
#: Texts of the general kind that one official text stands against: weights of the two in the cost of a word.
SHARE = 0.5
#: How many times a character (a pair) must be seen before what follows it weighs half; and how much all weighs.
ONCE, TWICE, WEIGHT = 140.0, 24.0, 0.7
#: The most that a seam can speak for or against a text, in nats.
FOR, AGAINST = 5.0, -2.0
#: Marks shown in half width and paired marks count as one.
_SAME = str.maketrans(",!?;:", "，！？；：")


@dataclass(slots=True)
class Counts:
    """How often words, characters, pairs and triples occur."""

    words: dict[str, int]
    grams: dict[str, int]
    """Characters, pairs and triples."""
    total: int
    """Characters counted."""
    spoken: int
    """Words counted."""
    _seams: dict[tuple[str, str], float] = field(default_factory=dict)

    def seam(self, before: str, text: str) -> float:
        """Nats in favour of ``text`` behind ``before`` (two characters of each are looked at).

        >>> counts().seam("烟花", "爆竹") > 1 > counts().seam("烟花", "现将")
        True
        """
        key = (before[-2:], text[:2])
        got = self._seams.get(key)
        if got is None:
            got = self._seams[key] = self._seam(*key)
        return got

    def _seam(self, before: str, text: str) -> float:
        before, text = before.translate(_SAME), text.translate(_SAME)
        total = self._follows(before, text[:1])
        if len(text) > 1:
            total += self._third(before[-1:] + text[:1], text[1])
        return max(AGAINST, min(FOR, WEIGHT * total))

    def _follows(self, before: str, char: str) -> float:
        """Log of how much likelier a character is behind one or two others than anywhere."""
        grams = self.grams
        last = before[-1:]
        share = (grams.get(char, 0) + 0.5) / self.total
        ratio = (grams.get(last + char, 0) / share + ONCE) / (grams.get(last, 0) + ONCE)
        return log(ratio) + (self._third(before, char) if len(before) > 1 else 0.0)

    def _third(self, pair: str, char: str) -> float:
        """Log of how much likelier a character is behind a pair than behind the second of it alone."""
        grams = self.grams
        seen = grams.get(pair, 0)
        if not seen:
            return 0.0
        share = (grams.get(char, 0) + 0.5) / self.total
        last = pair[-1]
        behind = (grams.get(last + char, 0) + ONCE * share) / (grams.get(last, 0) + ONCE)
        return log((grams.get(pair + char, 0) / behind + TWICE) / (seen + TWICE))


@cache
def counts() -> Counts:
    """Read the counts."""
    words, grams = gzip.decompress(_FILE.read_bytes()).decode("utf-8").split("\n\n")
    table = _table(grams)
    spoken = _table(words)
    total = sum(n for gram, n in table.items() if len(gram) == 1)
    return Counts(spoken, table, total, sum(spoken.values()))


def _table(block: str) -> dict[str, int]:
    out: dict[str, int] = {}
    for line in block.splitlines():
        number, _, items = line.partition(" ")
        out.update(dict.fromkeys(items.split(" "), int(number)))
    return out


@cache
def costs() -> Mapping[str, float]:
    """Give each word's cost in nats in official text alone."""
    known = counts()
    return {word: -log(number / known.spoken) for word, number in known.words.items()}
