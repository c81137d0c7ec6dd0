"""How likely a Chinese word is: the list of wordfreq (CC BY-SA 4.0; see data/README.md)."""

from __future__ import annotations

import gzip
from bisect import bisect_left
from collections.abc import Callable, Set
from dataclasses import dataclass
from functools import cache
from itertools import chain
from math import exp, log
from pathlib import Path
from typing import Any, TypeAlias

from kg.repair import official

_FILE = Path(__file__).resolve().parent / "data" / "words.txt.gz"
#: One step of the rarity byte is 4 centibels; in nats.
_STEP = 0.04 * log(10)
_BASE = log(10)
#: Cost of a character that is no word of the list, in nats.
UNKNOWN = 17.0
#: What is no word at all.
NONE = 999.0
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
    """The general list: words of up to eight characters that are not too rare.

    >>> words = general()
    >>> words.words[bisect_left(words.words, "常态")]
    '常态'
    """
    data = gzip.decompress(_FILE.read_bytes())
    text, _, rarity = data.partition(b"\0")
    return WordList(text.decode("utf-8").split("\n"), rarity)


@cache
def special() -> WordList:
    """The vocabulary of the domain: labels of the concepts and the phrases of repairs.yaml."""
    from kg import ontology
    from kg.repair import phrases

    table = dict(phrases.phrases())
    for concept in ontology.concepts():
        for label in (concept.zh, *concept.alt, *concept.hidden):
            if len(label) > 1 and all("\u4e00" <= c <= "\u9fff" for c in label):
                table.setdefault(label, phrases.LABEL_COST)
    ordered = sorted(table)
    return WordList(ordered, [table[word] for word in ordered])


#: Rarity of a division's name by its level, in nats.
NAME_COST = {"province": 9.0, "prefecture": 11.5, "county": 13.0}


@cache
def names() -> WordList:
    """Official names of the administrative divisions of China in force (`茂县` is too like `。县`).

    >>> "绥德县" in names().words
    True
    """
    from kg.regions.table import divisions

    table: dict[str, float] = {}
    for division in divisions():
        worth = NAME_COST.get(division.level)
        if worth is not None and division.until is None and len(division.name) > 2:
            table[division.name] = min(worth, table.get(division.name, NONE))
    ordered = sorted(table)
    return WordList(ordered, [table[word] for word in ordered])


@cache
def single() -> dict[str, float]:
    """The cost of each character that is a word by itself."""
    words = general()
    return {w: adapted(w, words.cost(i)) for i, w in enumerate(words.words) if len(w) == 1}


def adapted(word: str, general: float) -> float:
    """Cost of a word in official text: half that of the general list, half that of texts of our own."""
    own = official.costs().get(word)
    likely = official.SHARE * exp(-general)
    if own is not None:
        likely += (1 - official.SHARE) * exp(-own)
    return -log(likely)


def cost(word: str) -> float:
    """Cost of a word in the lists as they are, in nats, NONE where it is in none.

    >>> cost("安全") < cost("安检")
    True
    """
    found = [NONE]
    for lexicon in (general(), special(), names()):
        index = bisect_left(lexicon.words, word)
        if index < len(lexicon.words) and lexicon.words[index] == word:
            found.append(lexicon.cost(index))
    return min(UNKNOWN, *found) if len(word) == 1 else min(found)


#: A word list as a tree: a character leads to what may follow it; END leads to the cost of a word that ends
#: here. Where nothing follows, the cost stands in place of a tree (most words are two characters long, and
#: trees of plain costs are no burden for the garbage collector).
Tree: TypeAlias = dict[str, Any]
END = ""


@cache
def beginning(char: str) -> Tree:
    """All longer words of the general list, and names of divisions, that begin with a character: a tree."""
    return _tree(char, general(), names())


@cache
def special_beginning(char: str) -> Tree:
    """The vocabulary's words that begin with a character."""
    return _tree(char, special())


@cache
def _before(*lexicons: Callable[[], WordList]) -> dict[str, set[str]]:
    table: dict[str, set[str]] = {}
    for word in chain.from_iterable(lexicon().words for lexicon in lexicons):
        if len(word) > 1:
            table.setdefault(word[1], set()).add(word[0])
    return table


def before(char: str) -> Set[str]:
    """Characters that begin a word whose second character is this one.

    >>> "安" in before("全")
    True
    """
    return _before(general, names).get(char, _NONE)


def special_before(char: str) -> Set[str]:
    """Characters that begin a word of the vocabulary whose second character is this one."""
    return _before(special).get(char, _NONE)


@cache
def special_firsts() -> Set[str]:
    """Characters with which words of the vocabulary begin."""
    return frozenset(word[0] for word in special().words)


_NONE: Set[str] = frozenset()


def _tree(char: str, *lexicons: WordList) -> Tree:
    table: dict[str, float] = {}
    for lexicon in lexicons:
        for index in range(*lexicon.range(char, 0, len(lexicon.words))):
            word = lexicon.words[index]
            if len(word) > 1:
                worth = adapted(word, lexicon.cost(index))
                table[word] = min(worth, table.get(word, worth))
    tree = Tree()
    for word in sorted(table) if len(lexicons) > 1 else table:
        node = tree
        for c in word[1:-1]:
            deeper = node.get(c)
            if type(deeper) is not dict:
                node[c] = deeper = Tree() if deeper is None else {END: deeper}
            node = deeper
        node[word[-1]] = table[word]  # words are sorted: a longer one comes later
    return tree


def ending(node: Tree | float | None) -> float | None:
    """Cost of the word that ends at a place of a tree."""
    return node.get(END) if type(node) is dict else node  # type: ignore[return-value]


def fluency(text: str) -> float:
    """Nats per character of the best division of a text into words (running text has 4 to 7).

    >>> fluency("安全生产工作") < 7 < fluency("贰藛髂繕")
    True
    """
    size = len(text)
    best = [0.0] + [999.0] * size
    costs = single()
    for begin, char in enumerate(text):
        base = best[begin]
        alone = base + costs.get(char, UNKNOWN)
        if alone < best[begin + 1]:
            best[begin + 1] = alone
        for tree in (beginning(char), special_beginning(char)):
            node: Any = tree
            for end in range(begin + 1, size):
                node = node.get(text[end])
                cost = ending(node)
                if cost is not None and base + cost < best[end + 1]:
                    best[end + 1] = base + cost
                if type(node) is not dict:
                    break
    return best[-1] / max(1, size)
