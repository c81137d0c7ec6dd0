"""What the rest of a page says for or against a reading: its own pairs and triples of characters."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from math import log
from operator import add

from kg.repair.bytes import after_stop

#: Only so much of a page is counted (characters); notices have 500-15,000.
ENOUGH = 60_000
#: Nats for a pair or a triple that the page has elsewhere, once, and for each doubling.
PAIR, TRIPLE, DOUBLING = 1.0, 1.5, 0.4
_MORE = (0.0, *(DOUBLING * log(n) for n in range(1, 100)))
#: Nats for a full stop that stands unbroken where the search could have cut, and the most they weigh.
UNBROKEN, MOST = 1.5, 2.0
_UNBROKEN = re.compile("。(?=[%s])" % "".join(after_stop()))


@dataclass(frozen=True, slots=True)
class Page:
    """Pairs and triples of Han characters on the page, in simplified form, damage left out."""

    pairs: dict[str, float] = field(default_factory=dict)
    triples: dict[str, float] = field(default_factory=dict)
    glossed: frozenset[str] = frozenset()
    """Characters of the page that carry their gloss everywhere else."""

    stops: float = 0.0
    """Nats against a full stop that was broken: the page has others in such places, unbroken."""

    @classmethod
    def of(cls, text: str, glossed: frozenset[str] = frozenset()) -> Page:
        """Count a text that is simplified and free of glosses (pairs with a mark are never asked for)."""
        text = text[:ENOUGH]
        twos = list(map(add, text, text[1:]))
        pairs = Counter(twos)
        triples = Counter(map(add, twos, text[2:]))
        return cls(
            {k: PAIR + _MORE[min(n, 99)] for k, n in pairs.items()},
            {k: TRIPLE + _MORE[min(n, 99)] for k, n in triples.items() if n > 1},
            glossed,
            min(MOST, UNBROKEN * len(_UNBROKEN.findall(text))),
        )

    def forget(self, text: str) -> None:
        """Take back what a suspected stretch contributed (its pairs, once each)."""
        for a, b in pairwise(text):
            value = self.pairs.get(a + b)
            if value is not None and value < PAIR + DOUBLING * log(2):
                del self.pairs[a + b]

    def learn(self, text: str) -> set[str]:
        """Count a stretch that was restored, as if it had stood on the page; give the pairs that are new."""
        new = {text[i - 1 : i + 1] for i in range(1, len(text))} - self.pairs.keys()
        self.pairs.update(dict.fromkeys(new, PAIR))
        for i in range(2, len(text)):
            self.triples.setdefault(text[i - 2 : i + 1], TRIPLE)
        return new

    def inside(self, text: str) -> float:
        """Nats in favour of a word, from its own pairs and triples."""
        total = 0.0
        for i in range(1, len(text)):
            total += self.pairs.get(text[i - 1 : i + 1], 0.0)
            if i > 1:
                total += self.triples.get(text[i - 2 : i + 1], 0.0)
        return total

    def joint(self, before: str, text: str) -> float:
        """Nats in favour of ``text`` after ``before``, from what spans the two."""
        total = self.pairs.get(before[-1:] + text[:1], 0.0)
        if total:
            total += self.triples.get(before[-2:] + text[:1], 0.0)
            if len(text) > 1:
                total += self.triples.get(before[-1:] + text[:2], 0.0)
        return total
