"""The characters that may hide behind broken bytes, found by their GBK bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TypeAlias

from kg.repair import official, phrases, readings, script, words
from kg.repair.bytes import encode, is_lead, lost_with

#: Simplified character to the character of the page that has the bytes.
Chars: TypeAlias = Mapping[str, str]
Leads: TypeAlias = frozenset[int]

BULLETS = "●■◆★▲○□△※"
#: Marks and their cost in nats (their rarity in running official text).
MARKS: Mapping[str, float] = {
    "、": 3.5, "，": 3.0, "。": 4.0, "“": 4.5, "”": 4.5, "《": 6.0, "》": 6.0, "；": 5.5, "：": 5.5,
    "（": 6.5, "）": 6.5, "—": 8.0, "…": 9.0, "·": 8.0, "！": 9.0, "？": 9.0, "‘": 9.0, "’": 9.0,
    **dict.fromkeys(BULLETS, 9.0),
    "【": 9.0, "】": 9.0, "\u3000": 6.0, "〔": 9.0, "〕": 9.0, "「": 9.0, "」": 9.0,
}  # fmt: skip
#: A Han character rarer than this (nats) is no candidate.
RAREST = 17.0
#: With an unknown trail byte only characters up to this cost are tried.
COMMON = 13.0
#: A character rarer than this is not looked for where a pair has vanished.
USUAL = 14.0
#: So many of the characters are taken for words of their own where the bytes allow more.
FEW = 12
_HAN = "".join(map(chr, range(0x4E00, 0x9FA6)))


#: The last byte of 、.
STOP = 0xA2


def _groups() -> tuple[tuple[Leads, Leads], ...]:
    """Which trail bytes vanish with which lead bytes behind them (taken for lead and trail), in a few groups.

    The user-defined rows make most of it; of the rows of symbols only A6-A9 have many gaps. Those of A2, the last byte
    of 、, count too.
    """
    table = lost_with()
    low = frozenset(range(0x81, 0xA1))
    rows = {lead: frozenset(filter(is_lead, trails)) for lead, trails in table.items()}
    groups: dict[Leads, set[int]] = {}
    for lead, trails in rows.items():
        parts = [trails]
        if 0xA1 <= lead <= 0xA7:
            parts = [low, trails - low] if lead >= 0xA6 or lead == STOP else [low]
        for part in parts:
            if len(part) > FEW or (part and lead == STOP):
                groups.setdefault(part, set()).add(lead)
    return tuple((frozenset(leads), after) for after, leads in groups.items())


#: Added to a character that is a word by itself, where such words are rare (row alone).
LONELY = 3.0


@cache
def lone(simple: str) -> float:
    """Cost of a hidden Han character that is a word by itself."""
    cost = words.single().get(simple, words.UNKNOWN)
    return cost if simple in phrases.alone() else cost + LONELY


_VANISHING = _groups()


@dataclass(frozen=True, slots=True)
class Alphabet:
    """Candidates of a page in one script, indexed by their bytes."""

    traditional: bool
    _by_trail: Mapping[int, tuple[tuple[int, str, str], ...]]
    _by_lead: Mapping[int, tuple[tuple[int, str, str], ...]]
    _cache: dict[tuple[Leads | None, int], Chars] = field(default_factory=dict)
    _vanishing: dict[Leads, tuple[tuple[Chars, Leads, bool], ...]] = field(default_factory=dict)
    _read_as: dict[tuple[Leads, tuple[str, ...]], Chars] = field(default_factory=dict)
    _cheapest: dict[int, tuple[Chars, tuple[tuple[str, str, float], ...]]] = field(
        default_factory=dict
    )

    def find(self, leads: Leads | None, trail: int) -> Chars:
        """Give the characters with one of ``leads`` (None: any) and this trail byte."""
        key = (leads, trail)
        got = self._cache.get(key)
        if got is None:
            rows = self._by_trail.get(trail, ())
            got = {simple: char for lead, simple, char in rows if leads is None or lead in leads}
            self._cache[key] = got
        return got

    def vanishing(self, leads: Leads) -> tuple[tuple[Chars, Leads, bool], ...]:
        """Characters with one of ``leads`` whose trail byte may vanish with the next lead.

        With them come those next leads, and whether the characters are marks.
        """
        got = self._vanishing.get(leads)
        if got is None:
            costs, known = words.single(), official.counts().grams
            table: dict[tuple[Leads, bool], dict[str, str]] = {}
            for trails, after in _VANISHING:
                for trail in trails:
                    for simple, char in self.find(leads, trail).items():
                        if simple in MARKS or simple in known or costs.get(simple, 99.0) <= USUAL:
                            table.setdefault((after, simple in MARKS), {})[simple] = char
            got = self._vanishing[leads] = tuple((c, *key) for key, c in table.items())
        return got

    def cheapest(self, chars: Chars) -> tuple[tuple[str, str, float], ...]:
        """Give the most common of some characters, with the page's form and the cost of each as a word of its own."""
        known = self._cheapest.get(id(chars))
        if known is None or known[0] is not chars:
            priced = sorted((MARKS.get(c) or lone(c), c, char) for c, char in chars.items())
            known = self._cheapest[id(chars)] = (
                chars,
                tuple((c, char, cost) for cost, c, char in priced[:FEW]),
            )
        return known[1]

    def unfinished(self, leads: Leads) -> Chars:
        """Give the common characters with one of ``leads`` whose trail byte could be left alone."""
        key = (leads, -1)
        got = self._cache.get(key)
        if got is None:
            costs, known = words.single(), official.counts().grams
            got = {
                simple: char
                for lead in leads
                for trail, simple, char in self._by_lead.get(lead, ())
                if trail >= 0x81
                and (simple in MARKS or simple in known or costs.get(simple, 99.0) <= COMMON)
            }
            self._cache[key] = got
        return got

    def read_as(self, leads: Leads, syllables: tuple[str, ...]) -> Chars:
        """Give those of ``unfinished`` that can be read so."""
        key = (leads, syllables)
        got = self._read_as.get(key)
        if got is None:
            got = self._read_as[key] = {
                simple: char
                for simple, char in self.unfinished(leads).items()
                if all(readings.reads(char, syllable) for syllable in syllables)
            }
        return got


@cache
def of_script(traditional: bool) -> Alphabet:
    """Make the candidates of a traditional or a simplified page.

    >>> "危" in of_script(True).find(None, 0xA3), "实" in of_script(True).find(None, 0xB5)
    (True, False)
    """
    simplified = script.convert(_HAN)
    costs = words.single()
    both = phrases.both_scripts()
    images = {s for c, s in zip(_HAN, simplified, strict=True) if c != s}
    by_trail: dict[int, list[tuple[int, str, str]]] = {}
    by_lead: dict[int, list[tuple[int, str, str]]] = {}

    def add(simple: str, char: str) -> None:
        pair = encode(char)
        if pair:
            by_trail.setdefault(pair[1], []).append((pair[0], simple, char))
            by_lead.setdefault(pair[0], []).append((pair[1], simple, char))

    for char, converted in zip(_HAN, simplified, strict=True):
        simple = ("着" if traditional else char) if char == "著" else converted
        if costs.get(simple, 99.0) > RAREST:
            continue
        foreign = char in images and char not in both if traditional else char != simple
        if not foreign:
            add(simple, char)
    for mark in MARKS:
        add(mark, mark)
    return Alphabet(
        traditional,
        {k: tuple(v) for k, v in by_trail.items()},
        {k: tuple(v) for k, v in by_lead.items()},
    )
