"""Pinyin glosses: `產(chǎn)`. Removed only where the page shows that a machine put them there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from kg.repair import readings

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_LETTERS = "a-züǖǘǚǜāáǎàăēéěèĕêếềīíǐìĭōóǒòŏūúǔùŭńňǹḿɑɡ\u0300\u0301\u0304\u0308\u030c"
_SYLLABLE = f"[{_LETTERS}]{{1,8}}"
_BLANK = "[ \t\u00a0\u3000]"
#: One reading, or several parted by a mark. Every repetition is bounded, so a search is linear.
GLOSS = re.compile(
    f"(?P<char>[{HAN}])(?P<gloss>{_BLANK}?[(（]{_BLANK}{{0,2}}"
    f"(?P<readings>{_SYLLABLE}(?:{_BLANK}{{0,2}}[/,，、|;；]{_BLANK}{{0,2}}{_SYLLABLE}){{0,4}})"
    f"{_BLANK}{{0,2}}[)）])"
)
_PART = re.compile(_SYLLABLE)
#: Fitting glosses and repeated ones (a writer glosses a character once) that a page must show.
#: A traditional page needs less than a simplified one, where nothing else speaks of damage.
NEEDED = {True: (3, 1), False: (6, 3)}
#: So many characters are counted one by one.
FEW = 100
#: Share of the occurrences of the glossed characters that carry their gloss; machines reach 1.
COVERAGE = 0.6


class Gloss(NamedTuple):
    """A parenthesis of pinyin after a character: ``text[start:end]`` is the parenthesis alone."""

    start: int
    end: int
    char: str
    readings: tuple[str, ...]
    fits: bool
    """Every reading is one of the character's."""


@dataclass(frozen=True, slots=True)
class Glosses:
    """All glosses of a page, and the verdict whether a machine put them there."""

    found: tuple[Gloss, ...]
    gated: bool
    """True where the page shows the pattern: then fitting glosses are damage, not text."""

    damage: tuple[Gloss, ...] = ()
    """The glosses to remove: those that fit, where the page shows the pattern."""


def find(text: str, *, traditional: bool) -> Glosses:
    """Find the glosses of a page.

    >>> find("安全生產(chǎn)電視會議(yì),生產(chǎn)會議(yì)", traditional=True).gated
    True
    >>> find("汨(mì)罗江", traditional=False).gated
    False
    """
    if "(" not in text and "（" not in text:
        return Glosses((), gated=False)
    found = []
    known: dict[tuple[str, str], tuple[tuple[str, ...], bool]] = {}
    for match in GLOSS.finditer(text):
        char, letters = match["char"], match["readings"]
        got = known.get((char, letters))
        if got is None:
            parts = tuple(_PART.findall(letters))
            fit = all(readings.fits(char, part) for part in parts)
            got = known[char, letters] = (parts, fit)
        start, end = match.span("gloss")
        found.append(Gloss(start, end, char, *got))
    gated = _by_machine(text, found, traditional=traditional)
    return Glosses(tuple(found), gated, tuple(g for g in found if g.fits) if gated else ())


def _by_machine(text: str, found: list[Gloss], *, traditional: bool) -> bool:
    fitting = Counter(g.char for g in found if g.fits)
    total = fitting.total()
    needed, repeats = NEEDED[traditional]
    if total < needed or total - len(fitting) < repeats or total < len(found) / 2:
        return False
    return total >= COVERAGE * sum(occurrences(text, fitting).values())


def occurrences(text: str, chars: Collection[str]) -> Mapping[str, int]:
    """How often each of some characters stands in a text."""
    if len(chars) <= FEW:
        return {char: text.count(char) for char in chars}
    counts = Counter(text)
    return {char: counts[char] for char in chars}
