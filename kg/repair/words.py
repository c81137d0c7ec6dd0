"""How likely a Chinese word is: the list of wordfreq (CC BY-SA 4.0; see data/README.md)."""

from __future__ import annotations

import gzip
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache
from math import log
from pathlib import Path

_FILE = Path(__file__).resolve().parent / "data" / "words.txt.gz"
#: One step of the rarity byte is 4 centibels; in nats.
_STEP = 0.04 * log(10)
_BASE = log(10)
#: What sorts after every character of a word.
LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class WordList:
    """Sorted words and their rarity in nats (the negative logarithm of the frequency)."""

    words: list[str]
    rarity: bytes | list[float]

    def cost(self, index: int) -> float:
        """Rarity of the word at ``index``, in nats."""
        value = self.rarity[index]
        return value if isinstance(value, float) else _BASE + value * _STEP

    def range(self, prefix: str, low: int, high: int) -> tuple[int, int]:
        """Find the part of ``[low, high)`` whose words begin with ``prefix``."""
        low = bisect_left(self.words, prefix, low, high)
        if low == high or not self.words[low].startswith(prefix):
            return low, low
        return low, bisect_left(self.words, prefix + LAST, low, high)


@cache
def general() -> WordList:
    """The general list: 297 thousand words of up to eight characters.

    >>> words = general()
    >>> words.words[bisect_left(words.words, "危化品")]
    '危化品'
    """
    data = gzip.decompress(_FILE.read_bytes())
    text, _, rarity = data.partition(b"\0")
    return WordList(text.decode("utf-8").split("\n"), rarity)


@cache
def special() -> WordList:
    """The vocabulary of the domain: labels of the concepts and the phrases of repairs.yaml."""
    from kg import ontology
    from kg.repair import phrases

    table = dict.fromkeys(phrases.phrases(), phrases.COST)
    for concept in ontology.concepts():
        for label in (concept.zh, *concept.alt, *concept.hidden):
            if len(label) > 1 and all("\u4e00" <= c <= "\u9fff" for c in label):
                table[label] = phrases.LABEL_COST
    ordered = sorted(table)
    return WordList(ordered, [table[word] for word in ordered])


@cache
def single() -> dict[str, float]:
    """The cost of each character that is a word by itself."""
    words = general()
    return {w: words.cost(i) for i, w in enumerate(words.words) if len(w) == 1}


def fluency(text: str) -> float:
    """Nats per character of the best division of a text into words (running text has 4 to 7).

    >>> fluency("安全生产工作") < 7 < fluency("贰藛髂繕")
    True
    """
    lists = (general(), special())
    best = [0.0] + [999.0] * len(text)
    costs = single()
    for begin in range(len(text)):
        base = best[begin]
        best[begin + 1] = min(best[begin + 1], base + costs.get(text[begin], 17.0))
        for words in lists:
            low, high = 0, len(words.words)
            for end in range(begin + 2, len(text) + 1):
                low, high = words.range(text[begin:end], low, high)
                if low == high:
                    break
                if words.words[low] == text[begin:end]:
                    best[end] = min(best[end], base + words.cost(low))
    return best[-1] / max(1, len(text))
