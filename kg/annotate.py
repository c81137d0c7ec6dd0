"""Stage 4: what words of the vocabulary and which cues stand where. One automaton pass for each.

Matching happens on the text (Aho-Corasick, leftmost-longest), not on tokens: see docs/decisions.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache

import ahocorasick_rs

from kg.cues import Row, rows
from kg.layers import Cue, Layers, Mention
from kg.ontology import concepts

CUE_FILES = ("modality", "verbs", "adverbs", "background", "speech")


class Matcher:
    """Leftmost-longest matching of many words, each with its payload."""

    def __init__(self, table: dict[str, tuple[str, ...]]) -> None:
        self.words = list(table)
        self.payload = list(table.values())
        self._automaton = ahocorasick_rs.AhoCorasick(
            self.words, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest
        )

    def find(self, text: str) -> list[tuple[int, int, int]]:
        """``(pattern, start, end)`` of each hit, in order, never overlapping."""
        return self._automaton.find_matches_as_indexes(text)


@cache
def _cue_matcher() -> tuple[Matcher, tuple[tuple[str, str], ...]]:
    table: dict[str, tuple[str, ...]] = {}
    for name in CUE_FILES:
        for row in rows(name):
            for word in row.words:
                table.setdefault(word, (row.kind, row.value))
    matcher = Matcher(table)
    return matcher, tuple((p[0], p[1]) for p in matcher.payload)


@cache
def strength_of() -> dict[str, int]:
    """The strength of every modal and adverb word."""
    return {w: r.strength for n in ("modality", "adverbs") for r in rows(n) for w in r.words}


def find_cues(text: str) -> list[Cue]:
    """Every cue word of ``text`` in order; blocked longer words are left out.

    >>> [(c.word, c.value) for c in find_cues('主要企业要落实责任')]
    [('要', 'obligation'), ('落实', '2')]
    """
    matcher, payload = _cue_matcher()
    words = matcher.words
    return [
        Cue(start, end, payload[i][0], payload[i][1], words[i])
        for i, start, end in matcher.find(text)
        if payload[i][1] != "block" and payload[i][0] != "none"
    ]


@cache
def _concept_matcher() -> tuple[Matcher, tuple[tuple[tuple[str, str], ...], ...]]:
    table: dict[str, list[tuple[str, str]]] = {}
    for concept in concepts():
        for label in (concept.zh, *concept.alt, *concept.hidden):
            entry = table.setdefault(label, [])
            if (concept.id, concept.scheme) not in entry:
                entry.append((concept.id, concept.scheme))
    for row in rows("terms"):
        for word in row.words:
            table[word] = [(v, row.kind) for v in row.value.split()] if row.value else []
    matcher = Matcher({w: () for w in table})
    return matcher, tuple(tuple(v) for v in table.values())


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], Row], ...]:
    return tuple((re.compile(row.pattern), row) for row in rows("terms") if row.pattern)


@cache
def _masks() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(row.pattern), row.value) for row in rows("masks"))


def find_mentions(text: str) -> list[Mention]:
    """Every vocabulary concept named in ``text``; those that stand in the name of a body, a post or a law
    are marked with the reason.

    >>> [(m.concept, m.masked) for m in find_mentions('省消防救援总队要求加强尾矿库安全')]
    [('fire-safety', 'body'), ('tailings-pond', None)]
    """
    matcher, payload = _concept_matcher()
    found: list[tuple[int, int, str, str]] = []
    for index, start, end in matcher.find(text):
        for concept, scheme in payload[index]:
            found.append((start, end, concept, scheme))
    for pattern, row in _patterns():
        for match in pattern.finditer(text):
            group = match.lastindex or 0
            start, end = match.span(group)
            for value in row.value.split():
                found.append((start, end, value, row.kind))
    found.sort()
    masked: list[tuple[int, int, str]] = []
    for mask, reason in _masks():
        masked.extend((*m.span(), reason) for m in mask.finditer(text))
    masked.sort()
    starts = [m[0] for m in masked]
    out: list[Mention] = []
    for start, end, concept, scheme in found:
        reason = None
        index = bisect_right(starts, start) - 1
        while index >= 0 and index >= 0 and starts[index] > start - 120:
            if masked[index][1] >= end:
                reason = masked[index][2]
                break
            index -= 1
        mention = Mention(start, end, concept, scheme, reason)
        if not out or out[-1] != mention:
            out.append(mention)
    return out


def annotate(layers: Layers) -> None:
    """Fill the layers ``cues`` and ``mentions``."""
    layers.cues = find_cues(layers.text)
    layers.mentions = find_mentions(layers.text)
