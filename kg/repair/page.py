"""What the rest of a page says for or against a reading: its own pairs and triples of characters."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from math import log

from kg.repair.bytes import after_stop

#: Only so much of a page is counted (characters); notices have 500-15,000.
ENOUGH = 60_000
#: Nats for a pair or a triple that the page has elsewhere, once, and for each doubling.
PAIR, TRIPLE, DOUBLING = 1.0, 1.5, 0.4
_PAIR = (0.0, *(PAIR + DOUBLING * log(n) for n in range(1, 100)))
_TRIPLE = (0.0, 0.0, *(TRIPLE + DOUBLING * log(n) for n in range(2, 100)))
#: Up to so many characters a page is searched for each pair that is asked for; a longer one is counted whole.
SHORT = 8_000
#: Nats for a full stop that stands unbroken where the search could have cut, and the most they weigh.
UNBROKEN, MOST = 1.5, 2.0
_UNBROKEN = re.compile(f"。(?=[{''.join(after_stop())}])")
#: A line that ends within a clause.
_WRAPPED = re.compile("[、，,][ \t]*\n")


class Worth(dict[str, float]):
    """Nats for the pairs (or triples) of characters that the page has, 0 for others: counted when asked for."""

    def __init__(self, size: int, worth: tuple[float, ...], text: str) -> None:
        super().__init__()
        self.size, self.worth, self.text = size, worth, text
        self.forgotten = ""
        self._all: Counter[str] | None = None

    def __missing__(self, part: str) -> float:
        if len(self.text) <= SHORT:
            number = self.text.count(part) - self.forgotten.count(part)
        else:
            if self._all is None:
                self._all = _parts(self.text, self.size)
                self._all.subtract(_parts(self.forgotten, self.size))
            number = self._all[part]
        got = self[part] = self.worth[max(0, min(number, 99))]
        return got


def _parts(text: str, size: int) -> Counter[str]:
    return Counter(text[i : i + size] for i in range(len(text) - size + 1))


def _none(size: int, worth: tuple[float, ...]) -> Worth:
    return Worth(size, worth, "")


@dataclass(slots=True)
class Page:
    """Pairs and triples of characters on the page, in simplified form, damage left out."""

    pairs: Worth = field(default_factory=lambda: _none(2, _PAIR))
    triples: Worth = field(default_factory=lambda: _none(3, _TRIPLE))
    glossed: frozenset[str] = frozenset()
    """Characters of the page that carry their gloss everywhere else."""
    stops: float = 0.0
    """Nats against a full stop that was broken: the page has others in such places, unbroken."""
    wrapped: bool = False
    """Lines end within clauses."""
    text: str = ""
    """The page, and behind it what was restored."""

    @classmethod
    def of(cls, text: str, glossed: frozenset[str] = frozenset()) -> Page:
        """Count a text that is simplified and free of glosses (pairs with a mark are never asked for)."""
        text = text[:ENOUGH]
        page = cls(Worth(2, _PAIR, text), Worth(3, _TRIPLE, text), glossed)
        page.text = text
        page.wrapped = bool(_WRAPPED.search(text))
        page.stops = min(MOST, UNBROKEN * len(_UNBROKEN.findall(text)))
        return page

    def forget(self, text: str) -> None:
        """Take back what a suspected stretch contributed."""
        for table in (self.pairs, self.triples):
            table.forgotten += "\n" + text
            table.clear()

    def learn(self, text: str) -> set[str]:
        """Count a stretch that was restored, as if it had stood on the page; give the pairs that are new."""
        self.text += "\n" + text
        new = {pair for i in range(1, len(text)) if not self.pairs[pair := text[i - 1 : i + 1]]}
        self.pairs.update(dict.fromkeys(new, PAIR))
        for i in range(2, len(text)):
            triple = text[i - 2 : i + 1]
            self.triples[triple] = self.triples[triple] or TRIPLE
        return new

    def says(self, longer: str, shorter: str) -> bool | None:
        """Whether the page writes the longer of two words wherever it writes one; None where it has neither or both.

        >>> page = Page.of("危化品运输、危化品仓库")
        >>> page.says("危化品", "危化"), page.says("高支模板", "高支模")
        (True, None)
        """
        for behind in ("(?=[、，,。；;等和及])", ""):  # as one of several things, or at all
            whole = len(re.findall(re.escape(longer) + behind, self.text))
            alone = len(
                re.findall(
                    f"{re.escape(shorter)}(?!{re.escape(longer[len(shorter) :])}){behind}",
                    self.text,
                )
            )
            if whole or alone:
                return None if whole and alone else bool(whole)
        return None

    def inside(self, text: str) -> float:
        """Nats in favour of a word, from its own pairs and triples."""
        total = 0.0
        for i in range(1, len(text)):
            pair = self.pairs[text[i - 1 : i + 1]]
            total += pair
            if i > 1 and pair:
                total += self.triples[text[i - 2 : i + 1]]
        return total

    def joint(self, before: str, text: str) -> float:
        """Nats in favour of ``text`` after ``before``, from what spans the two."""
        total = self.pairs[before[-1:] + text[:1]]
        if total:
            if len(before) > 1:
                total += self.triples[before[-2:] + text[:1]]
            if len(text) > 1:
                total += self.triples[before[-1:] + text[:2]]
        return total
