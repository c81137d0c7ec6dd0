"""Stage 4: what words of the vocabulary and which cues stand where. One automaton pass for each.

Matching happens on the text (Aho-Corasick, leftmost-longest), not on tokens: see docs/decisions.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import islice

import ahocorasick_rs

from kg import ontology
from kg.cues import Row, compiled, rows
from kg.frames import frames
from kg.layers import Cue, Layers, Mention
from kg.lexicon import words
from kg.ontology import concepts

#: Longest label, in characters, that is looked for behind one that is none.
LONGEST = 16
#: What marks a thing of a sector, which names it only where its region's directives name none.
FAINT = "faint"
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
    """Cue words first, then verbs made of two parts, then the general list."""
    table: dict[str, tuple[str, ...]] = {}
    parts: dict[str, list[str]] = {"stem": [], "complement": [], "frame": []}
    general = words()
    blocked: list[str] = []
    apart: set[str] = set()
    for name in CUE_FILES:
        for row in rows(name):
            for word in row.words:
                if row.kind in parts:
                    parts[row.kind].append(word)
                elif row.value == "block":
                    blocked.append(word)
                elif row.value == "name":
                    table.setdefault(word, ("noun", ""))
                elif row.value == "apart":
                    apart.add(word)
                else:
                    table.setdefault(word, (row.kind, row.value))
    for word in blocked:
        table.setdefault(word, (general.get(word, "noun"), ""))
    singles = [w for w, (kind, _) in table.items() if kind == "single"]
    for frame in parts["frame"]:
        for verb in dict.fromkeys((*singles, *parts["stem"])):
            table.setdefault(frame.replace("@", verb), ("verb", "2"))
    for stem in parts["stem"]:
        for complement in parts["complement"]:
            if stem + complement not in general and stem + complement not in apart:
                table.setdefault(stem + complement, ("v", ""))
    for word, kind in general.items():
        if word in apart or (kind == "i" and _is_phrase(word, table, general)):
            continue
        table.setdefault(word, ("adverb" if kind == "d" else kind, ""))
    matcher = Matcher(table)
    return matcher, tuple((p[0], p[1]) for p in matcher.payload)


def _is_phrase(word: str, table: Mapping[str, tuple[str, ...]], general: Mapping[str, str]) -> bool:
    """全面推进 is an adverb and its verb, whatever a dictionary says; so is 不怕 + noun no word."""
    first, second = word[:2], word[2:]
    ahead = table.get(first, (general.get(first, ""),))[0]
    return (
        ahead in {"adverb", "dual", "d", "modal", "prep", "speech"}
        or table.get(second, ("",))[0] == "verb"
    )


#: Kinds of words that only keep what stands inside them from being seen.
UNSEEN = frozenset({"n", "noun"})


@cache
def strength_of() -> dict[str, int]:
    """The strength of every modal and adverb word."""
    return {
        w: r.strength
        for n in ("modality", "adverbs", "verbs")
        for r in rows(n)
        if r.strength
        for w in r.words
    }


def find_words(text: str) -> list[tuple[int, int, int]]:
    """Every word of cues and general list: what ``find_cues`` and ``find_mentions`` share."""
    return _cue_matcher()[0].find(text)


def find_cues(text: str, hits: list[tuple[int, int, int]] | None = None) -> list[Cue]:
    """Every cue word and verb of ``text`` in order; what stands inside a longer word is none.

    >>> [(c.word, c.kind, c.value) for c in find_cues('各企业要落实责任')]
    [('要', 'modal', 'obligation'), ('落实', 'verb', '2')]
    """
    matcher, payload = _cue_matcher()
    found = matcher.words
    return [
        Cue(start, end, payload[i][0], payload[i][1], found[i])
        for i, start, end in (matcher.find(text) if hits is None else hits)
        if payload[i][0] not in UNSEEN
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
        if not row.pattern:
            for word in row.words:
                table[word] = [(v, row.kind) for v in row.value.split()]
    matcher = Matcher(dict.fromkeys(table, ()))
    return matcher, tuple(tuple(v) for v in table.values())


@cache
def _thing_matcher() -> Matcher:
    """Words that name a sector only where nothing else does, apart from the labels: they hide none."""
    return Matcher(
        {word: (row.value,) for row in rows("things") if not row.pattern for word in row.words}
    )


#: What stands before an object: 对公路开展检查.
_COVERBS = frozenset("对把将向")


def _whole(
    hits: list[tuple[int, int, int]], mentions: list[tuple[int, int, int]]
) -> tuple[list[tuple[int, int, int]], list[tuple[int, int, int]]]:
    """Labels of two characters that no word cuts in two (改用|电能 names no 用电), and the others.

    A word that begins as a phrase of the object does is none there: 对|公路, not 对公|路.
    """
    starts = [h[1] for h in hits]
    words = _cue_matcher()[0].words
    whole: list[tuple[int, int, int]] = []
    cut: list[tuple[int, int, int]] = []
    for mention in mentions:
        at = bisect_left(starts, mention[1]) - 1
        halved = at >= 0 and hits[at][2] == mention[1] + 1 and mention[2] - mention[1] == 2
        halved = halved and words[hits[at][0]][0] not in _COVERBS
        (cut if halved else whole).append(mention)
    return whole, cut


def _labels(text: str, hits: list[tuple[int, int, int]]) -> Iterator[tuple[int, int, int]]:
    """Yield the labels in ``text``; where one that is none took the first character of another, that one.

    停用电梯 names 电梯, though 用电 begins before it.
    """
    matcher = _concept_matcher()[0]
    whole, cut = _whole(hits, matcher.find(text))
    yield from whole
    taken = {mention[1] for mention in whole}
    for _, start, end in cut:
        hidden = matcher.find(text[start + 1 : end + LONGEST])[:1]
        if hidden and hidden[0][1] + start + 1 < end:
            index, a, b = hidden[0]
            found = (index, a + start + 1, b + start + 1)
            if not taken & set(range(found[1], found[2])) and _whole(hits, [found])[0]:
                yield found


class Patterns:
    """Rows that have a pattern, each tried only where one of its words stands."""

    def __init__(self, table: Iterable[Row]) -> None:
        self.rows = [(compiled(row), row) for row in table if row.pattern]
        self._always = [i for i, (_, row) in enumerate(self.rows) if not row.words]
        by_word: dict[str, list[int]] = {}
        for i, (_, row) in enumerate(self.rows):
            for word in row.words:
                by_word.setdefault(word, []).append(i)
        self._of_word = list(by_word.values())
        self._automaton = ahocorasick_rs.AhoCorasick(list(by_word))

    def find(self, text: str, stretches: Sequence[tuple[int, int]]) -> list[tuple[int, int, Row]]:
        """Every match inside one of the stretches (sorted, apart), with its row; group 1 if any."""
        wanted: dict[tuple[int, int], None] = dict.fromkeys(
            (s, i) for s in range(len(stretches)) for i in self._always
        )
        at, last = 0, len(stretches)
        for word, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            while at < last and stretches[at][1] < end:
                at += 1
            if at == last:
                break
            if stretches[at][0] <= start:
                for i in self._of_word[word]:
                    wanted[at, i] = None
        found: list[tuple[int, int, Row]] = []
        for s, i in wanted:
            expression, row = self.rows[i]
            if row.unless and any(text.find(w, *stretches[s]) >= 0 for w in row.unless):
                continue
            for match in expression.finditer(text, *stretches[s]):
                found.append((*match.span(match.lastindex or 0), row))
        return found


@cache
def _patterns(name: str) -> Patterns:
    return Patterns((*rows(name), *frames()) if name == "terms" else rows(name))


def find_mentions(
    text: str,
    stretches: Sequence[tuple[int, int]] | None = None,
    hits: list[tuple[int, int, int]] | None = None,
) -> list[Mention]:
    """Every vocabulary concept named in ``text``, or in stretches of it, in order.

    Those that stand in the name of a body, a post or a law are marked with the reason.

    >>> [(m.concept, m.masked) for m in find_mentions('省消防救援总队要求加强尾矿库安全')]
    [('fire-safety', 'body'), ('tailings-pond', None)]
    """
    stretches = [(0, len(text))] if stretches is None else stretches
    payload = _concept_matcher()[1]
    hits = find_words(text) if hits is None else hits
    labels = list(_labels(text, hits))
    found = {
        (start, end, concept, scheme)
        for index, start, end in labels
        for concept, scheme in payload[index]
    }
    for start, end, row in _patterns("terms").find(text, stretches):
        found.update((start, end, value, row.kind) for value in row.value.split())
    taken = sorted({(a, b) for _, a, b in labels} | {m[:2] for m in found})
    faint = set(_faint(text, hits, taken))
    for start, end, row in _patterns("things").find(text, stretches):
        faint.add((start, end, row.value, row.kind))
    faint -= found
    mentions = sorted(found | faint)
    starts = [m[0] for m in mentions]
    with_mentions = [
        (begin, stop)
        for begin, stop in stretches
        if (at := bisect_left(starts, begin)) < len(starts) and starts[at] < stop
    ]
    masks = sorted(
        (a, b, row.value, row.kind) for a, b, row in _patterns("masks").find(text, with_mentions)
    )
    out: list[Mention] = []
    first = 0
    for start, end, concept, scheme in mentions:
        while first < len(masks) and masks[first][1] <= start:
            first += 1
        reason = _reason(masks, first, (start, end), scheme)
        if reason is None and (start, end, concept, scheme) in faint:
            reason = FAINT
        out.append(Mention(start, end, concept, scheme, reason))
    return out


def _faint(
    text: str, hits: list[tuple[int, int, int]], taken: list[tuple[int, int]]
) -> Iterator[tuple[int, int, str, str]]:
    """Things of a sector that lie in no label and across none; ``taken`` is in order."""
    matcher = _thing_matcher()
    starts = [span[0] for span in taken]
    for index, start, end in _whole(hits, matcher.find(text))[0]:
        before = bisect_left(starts, end) - 1
        if all(taken[i][1] <= start for i in range(max(before - 3, 0), before + 1)):
            yield start, end, matcher.payload[index][0], "hazard"


def _reason(
    masks: list[tuple[int, int, str, str]], first: int, span: tuple[int, int], scheme: str
) -> str | None:
    """Why a mention does not count: the first mask for its scheme, from ``first`` on, that covers it.

    A faint one only where no other does.
    """
    faint = None
    for start, end, reason, only in islice(masks, first, None):
        if start > span[0]:
            break
        if end >= span[1] and only in {"", scheme}:
            if reason != FAINT:
                return reason
            faint = FAINT
    return faint


def annotate(layers: Layers) -> None:
    """Fill the layers ``cues`` and ``mentions``."""
    hits = find_words(layers.text)
    layers.cues = find_cues(layers.text, hits)
    stretches = [(s.start, s.end) for s in layers.segments]
    layers.mentions = find_mentions(layers.text, stretches, hits)
    if layers.terms:
        found = [*layers.mentions, *_reviewed(layers)]
        layers.mentions = sorted(found, key=lambda m: (m.start, m.end))


def _reviewed(layers: Layers) -> Iterator[Mention]:
    """Yield what a reviewer mapped, where no longer word of the vocabulary holds it."""
    taken = [(m.start, m.end) for m in layers.mentions]
    matcher = _terms_matcher(tuple(sorted(layers.terms.items())))
    for index, start, end in matcher.find(layers.text):
        found = ontology.concept(matcher.payload[index][0])
        if not any(a <= start and end <= b for a, b in taken):
            yield Mention(start, end, found.id, found.scheme)


@lru_cache(maxsize=8)
def _terms_matcher(terms: tuple[tuple[str, str], ...]) -> Matcher:
    return Matcher({term: (name,) for term, name in terms})
