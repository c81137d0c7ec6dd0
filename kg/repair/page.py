"""What the rest of a page says for or against a reading: its own pairs and triples of characters."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from math import log
from operator import add

from kg.repair.bytes import after_stop

#: Only so much of a page is counted (characters); notices have 500-15,000.
ENOUGH = 60_000
#: Nats for a pair or a triple that the page has elsewhere, once, and for each doubling.
PAIR, TRIPLE, DOUBLING = 1.0, 1.5, 0.4
_PAIR = (0.0, *(PAIR + DOUBLING * log(n) for n in range(1, 100)))
_TRIPLE = (0.0, *(TRIPLE + DOUBLING * log(n) for n in range(1, 100)))
#: Nats for a full stop that stands unbroken where the search could have cut, and the most they weigh.
UNBROKEN, MOST = 1.5, 2.0
_UNBROKEN = re.compile(f"。(?=[{''.join(after_stop())}])")
#: A line that ends within a clause.
_WRAPPED = re.compile("[、，,][ \t]*\n")


@dataclass(slots=True)
class Page:
    """Pairs and triples of characters on the page, in simplified form, damage left out."""

    pairs: dict[str, float] = field(default_factory=dict)
    triples: dict[str, float] = field(default_factory=dict)
    glossed: frozenset[str] = frozenset()
    """Characters of the page that carry their gloss everywhere else."""
    stops: float = 0.0
    """Nats against a full stop that was broken: the page has others in such places, unbroken."""
    wrapped: bool = False
    """Lines end within clauses."""
    text: str = ""
    """The page, and behind it what was restored."""
    _counts: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, text: str, glossed: frozenset[str] = frozenset()) -> Page:
        """Count a text that is simplified and free of glosses (pairs with a mark are never asked for)."""
        text = text[:ENOUGH]
        twos = list(map(add, text, text[1:]))
        counts = Counter(twos)
        page = cls({k: _PAIR[min(n, 99)] for k, n in counts.items()})
        triples = Counter(map(add, twos, text[2:]))
        page.triples = {k: _TRIPLE[min(n, 99)] for k, n in triples.items() if n > 1}
        counts.update(triples)
        page._counts = counts
        page.text = text
        page.glossed = glossed
        page.wrapped = bool(_WRAPPED.search(text))
        page.stops = min(MOST, UNBROKEN * len(_UNBROKEN.findall(text)))
        return page

    def forget(self, text: str) -> None:
        """Take back what a suspected stretch contributed."""
        counts = self._counts
        for size, table, worth in ((2, self.pairs, _PAIR), (3, self.triples, _TRIPLE)):
            for i in range(len(text) - size + 1):
                part = text[i : i + size]
                counts[part] = number = max(0, counts[part] - 1)
                if number >= size - 1:
                    table[part] = worth[min(number, 99)]
                else:
                    table.pop(part, None)

    def learn(self, text: str) -> set[str]:
        """Count a stretch that was restored, as if it had stood on the page; give the pairs that are new."""
        self.text += "\n" + text
        new = {text[i - 1 : i + 1] for i in range(1, len(text))} - self.pairs.keys()
        self.pairs.update(dict.fromkeys(new, PAIR))
        for i in range(2, len(text)):
            self.triples.setdefault(text[i - 2 : i + 1], TRIPLE)
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
