"""Broken bytes: where they are suspected, what they hid, and whether that is decided.

Three conditions make an edit. The best reading holds nearly all of the probability; the forward model
makes the damaged characters from it exactly; and the page is one of the damaged ones. Everything else that looks
broken is listed as suspect and stays as it is.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from math import exp
from typing import Literal, NamedTuple

from kg.repair import alphabet, candidates, lattice, phrases, readings, script, words
from kg.repair.bytes import HALF, MARK_BYTES, VARIANTS, encode, forward
from kg.repair.candidates import Path, Reading, Search
from kg.repair.gloss import HAN, Glosses
from kg.repair.page import Page
from kg.repair.patches import Patch

#: Share of the probability that the decided reading must hold.
SURE = 0.93
#: Share that a reading must hold among those that differ from it in marks alone.
ALIKE = 0.75
#: A character that has left no byte at all is read only inside a word of the list as long as this: among so
#: many characters the true one may not have been met.
HOLDING, LONGEST_WORD = 3, 8
#: A suspicious mark that reads as text with this share is none.
PLAIN = 0.98
#: Nats per character from which text behind a mark is looked at: running text has 4-7, misread text 10-15.
ODD = 9.5
#: Text that begins with a word this common (nats) is not misread.
WORD = 12.5
#: Behind a full stop only text that begins with a rarer character (nats) is looked at.
RARE = 11.0
#: Suspicious places that are looked into; of more, which no notice has, the rest are only listed.
MOST = 300
#: How far quotation marks are looked for before and behind a passage.
LOOK = 400
#: How far a passage reaches (characters): back to a mark, on behind the last suspicious place; how near to
#: one another places share one, how long it gets, and how many it holds.
BACK, ON, JOIN, LONGEST, CROWD = 14, 60, 40, 400, 12
_MARK = re.compile("[!?;:,。]")
_BROKEN_GLOSS = re.compile(
    rf"\?[^\W\d_{HAN}]{{1,8}}[)）]|(?<![{HAN}])[(（][^\W\d_{HAN}]{{1,8}}[)）]"
)
_LETTERS = re.compile(f"[^\\W\\d_{HAN}]+")
#: Letters of other scripts in the middle of Chinese text.
_MISREAD = re.compile(f"[{HAN}]{{0,4}}[\u2500-\u257f\u3041-\u3129\u0370-\u04ff\u00e0-\u01dc]")
_ODD_CHAR = re.compile(
    "[\u2150-\u218f\u2190-\u25ff\u2460-\u24ff\u3040-\u3129\u0370-\u04ff\uff21-\uff5e]"
)
#: An ASCII character between Chinese ones may end a misread stretch that begins at a mark before it.
_BETWEEN = re.compile(f"(?<=[{HAN}])[@-~](?=[{HAN}(])")
FAR = 14
_QUOTE = re.compile("[“”]")
_STRETCH = re.compile(f"[{HAN}]{{0,5}}")


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken stretch ``text[patch.start:patch.end]`` and the best proposal for it."""

    patch: Patch
    """In the script of the page."""
    share: float
    """Share of the probability of the proposal."""
    reproduced: bool
    evidence: str
    decided: bool


@dataclass(frozen=True, slots=True)
class Spot:
    """A place that looks broken."""

    at: int
    certain: bool
    """No text reads so; it stays suspect even where no other reading is found."""


def find(text: str, simplified: str, glosses: Glosses, *, traditional: bool) -> list[Finding]:
    """Suspected stretches of a page, in order, each with its best proposal.

    ``simplified`` is the same page converted character for character. Findings without a proposal have
    an empty replacement and are never decided.
    """
    flat = _Flat.of(simplified, glosses)
    glossed = glosses.gated
    page = Page.of(flat.text, _everywhere(text, glosses))
    letters = alphabet.of_script(traditional)
    spots = sorted(
        {s.at: s for s in reversed([*_spots(text, flat, page, letters, glosses)])}.values(),
        key=lambda s: s.at,
    )
    if not spots:
        return []
    for spot in spots:
        page.forget(_literal(simplified, spot.at))
    passages, rest = list(_passages(text, spots[:MOST])), spots[MOST:]
    found: dict[int, list[Finding]] = {}
    texts: dict[int, str] = {}
    learned: set[str] = set()
    for passage in passages:
        found[passage.start], texts[passage.start] = _solve(
            passage, text, page, letters, glossed=glossed
        )
        for finding in found[passage.start]:
            if finding.decided:
                learned |= page.learn(_simple(finding.patch.after, letters.traditional))
    for passage in passages:  # what was restored may decide what was not
        undecided = any(f.patch.after and not f.decided for f in found[passage.start])
        if undecided and any(pair in texts[passage.start] for pair in learned):
            found[passage.start], _ = _solve(passage, text, page, letters, glossed=glossed)
    out = [f for fs in found.values() for f in fs]
    out.extend(_suspect(s.at, text, "one of very many") for s in rest if s.certain)
    return sorted(out, key=lambda f: f.patch.start)


def _simple(text: str, traditional: bool) -> str:
    return script.finish(script.convert(text)) if traditional else text


@dataclass(frozen=True, slots=True)
class _Flat:
    """A text without its fitting glosses."""

    text: str
    starts: tuple[int, ...]
    """Where each kept stretch starts here,"""
    origins: tuple[int, ...]
    """and there."""

    @classmethod
    def of(cls, text: str, glosses: Glosses) -> _Flat:
        pieces, starts, origins = [], [], []
        position = size = 0
        for gloss in glosses.damage:
            pieces.append(text[position : gloss.start])
            starts.append(size)
            origins.append(position)
            size += gloss.start - position
            position = gloss.end
        pieces.append(text[position:])
        return cls("".join(pieces), (*starts, size), (*origins, position))

    def origin(self, at: int) -> int:
        """Where a character stood."""
        index = bisect_right(self.starts, at) - 1
        return self.origins[index] + at - self.starts[index]


def _everywhere(text: str, glosses: Glosses) -> frozenset[str]:
    """Characters that carry their gloss (nearly) wherever they occur, twice at least."""
    counts = Counter(g.char for g in glosses.damage)
    all_counts = Counter(text)
    return frozenset(c for c, n in counts.items() if n > 1 and n >= 0.8 * all_counts[c])


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of a line that holds suspicious places (offsets in the text)."""

    start: int
    end: int
    spots: tuple[Spot, ...]


def _spots(
    text: str, flat: _Flat, page: Page, letters: alphabet.Alphabet, glosses: Glosses
) -> Iterator[Spot]:
    """Marks behind which the text looks misread, and glosses out of their place."""
    if glosses.gated:
        for gloss in glosses.found:
            if not gloss.fits and len(gloss.readings) == 1:
                yield Spot(gloss.start, certain=True)
        for match in _BROKEN_GLOSS.finditer(text):
            reading = _LETTERS.search(match[0])
            if reading and readings.is_syllable(reading[0]):
                yield Spot(match.start(), certain=True)
    read = flat.text
    for match in _MARK.finditer(read):
        at = match.start()
        verdict = _odd(read, at, page, letters)
        if verdict is not None:
            yield Spot(flat.origin(at), verdict)
    for match in _BETWEEN.finditer(read):
        at = max(read.rfind(mark, max(0, match.start() - FAR), match.start()) for mark in "!?;:,。")
        if at >= 0 and "\n" not in read[at : match.start()]:
            yield Spot(flat.origin(at), certain=False)


def _odd(read: str, at: int, page: Page, letters: alphabet.Alphabet) -> bool | None:
    """Whether the text behind a mark looks broken: True where no text reads so, None where it does not."""
    mark = read[at]
    following = read[at + 1 : at + 2]
    if mark == "!":
        return True
    if not following or following == "\n":
        return True if mark == "?" else None
    if following in "、。,;:!?":
        return True if mark != "。" else None
    if following < "\x80":  # it may have swallowed an ASCII byte: ;@, ?h
        behind = read[at + 2 : at + 3]
        letter = "@" <= following <= "~" and (behind > "\u2000" or behind in "((")
        if letter and ((following.isalpha() and mark in ":;") or following in "[]|"):
            return False
        return True if letter or mark == "?" else None
    pair = encode(following)
    if pair is None:
        return None
    if mark == "," and not letters.find(_COMMA, pair[0]):
        return None
    if (
        mark == "。"
        and words.single().get(following, 99.0) < RARE
        and not _MISREAD.match(read, at + 1)
    ):
        return None
    odd = _unlike(read, at, page)
    return odd if odd or mark == "?" else None


#: Lead byte of the character behind one that lost its lead to a comma.
_COMMA = frozenset((MARK_BYTES[","][1],))


def _unlike(read: str, at: int, page: Page) -> bool:
    """Whether the characters behind a mark do not read as text."""
    match = _STRETCH.match(read, at + 1)
    han = match[0] if match else ""
    after = read[at + 1 + len(han) : at + 2 + len(han)]
    if 0 < len(han) < 3 and "@" <= after <= "~":
        return True
    pair = read[at + 1 : at + 3]
    if page.pairs.get(pair, 0.0) > 1.1 and read.count(pair) > read.count(read[at : at + 3]):
        return False
    if len(han) > 1:
        cost = words.ending(words.beginning(han[0]).get(han[1]))
        if cost is not None and cost < WORD:
            return False
    if read[at] == "。" and _MISREAD.match(read, at + 1):
        return True
    if read[at] != "。" and len(han) < 5 and _ODD_CHAR.match(after or " "):
        return True
    if not han:
        return False
    return words.fluency(han) > ODD


def _literal(simplified: str, at: int) -> str:
    match = _NOT_ASCII.match(simplified, at + 1)
    return match[0][:40] if match else ""


_NOT_ASCII = re.compile("[^\x00-\x7f]*")


def _passages(text: str, spots: Sequence[Spot]) -> Iterator[Passage]:
    group: list[Spot] = []
    for spot in spots:
        if group and (
            spot.at - group[-1].at > JOIN
            or len(group) >= CROWD
            or spot.at - group[0].at > LONGEST
            or "\n" in text[group[-1].at : spot.at]
        ):
            yield _passage(text, group)
            group = []
        group.append(spot)
    if group:
        yield _passage(text, group)


def _passage(text: str, group: Sequence[Spot]) -> Passage:
    first, last = group[0].at, group[-1].at
    start = max(0, first - BACK)
    window = text[start:first]
    cut = max(window.rfind(c) for c in "\n!?;:,、。“《")
    if cut >= 0 and window[cut] != "\n":
        cut -= 1
    start += cut + 1
    window = text[start:first]
    opening, closing = window.find("("), window.find(")")
    if closing >= 0 and not 0 <= opening < closing:
        start += closing + 1
    end = text.find("\n", last, last + ON)
    return Passage(start, min(len(text), last + ON) if end < 0 else end + 1, tuple(group))


def _solve(
    passage: Passage, text: str, page: Page, letters: alphabet.Alphabet, *, glossed: bool
) -> tuple[list[Finding], str]:
    """Give the findings of a passage, and all its readings."""
    row = lattice.tokens(text, passage.start, passage.end, glossed=glossed)
    spots = {s.at for s in passage.spots}
    cuts = frozenset(i for i, t in enumerate(row) if t.start in spots and _may_be_cut(row, i))
    grid = lattice.Lattice(row, letters, cuts)
    last = max((i for i, t in enumerate(row) if t.start in spots), default=0)
    line = text.rfind("\n", max(0, passage.start - LOOK), passage.start) + 1
    quotes = _QUOTE.findall(text, max(line, passage.start - LOOK), passage.start)
    opened = "“" if quotes and quotes[-1] == "“" else ""
    found = Search(
        grid, page, opened=opened, last=last, after=_after(text), line=passage.start - line,
        closes=_closes(text),
    ).readings()  # fmt: skip
    if not found:
        return [_suspect(s.at, text, "no reading found") for s in passage.spots], ""
    spans = [_spans(grid, reading.path) for reading in found]
    said = [i for i, own in enumerate(spans) if not _ruled_out(own, spans, found[i], page, letters)]
    if said:
        found, spans = [found[i] for i in said], [spans[i] for i in said]
    shares = candidates.shares(found)
    out = []
    for span in spans[0]:
        share = sum(
            s for s, own in zip(shares, spans, strict=True) if any(span.same(o) for o in own)
        )
        finding = _finding(span, share, found[0], grid, text)
        rival = _rival(span, spans[1:], found[0], page, letters)
        if finding.decided and _marks_alike(span, found, spans) < ALIKE:
            said = f"{finding.patch.after}: which mark stands there is open"
            finding = replace(finding, evidence=said, decided=False)
        if finding.decided and found[0].unpaired and _PAIRED.search(span.text):
            finding = replace(finding, decided=False)
        if finding.decided and not _held(span, found[0].text, page, letters):
            finding = replace(finding, decided=False)
        if rival and finding.reproduced:
            said = f"{finding.patch.after} or {rival}: the bytes are the same"
            finding = replace(finding, evidence=said, decided=False)
        out.append(finding)
    for spot in passage.spots:
        if any(f.patch.start <= spot.at <= f.patch.end for f in out):
            continue
        plain = sum(
            s
            for s, own in zip(shares, spans, strict=True)
            if not any(o.start <= spot.at < o.end for o in own)
        )
        if spot.certain or plain < PLAIN:
            out.append(_suspect(spot.at, text, f"reads as it stands with {plain:.0%}"))
    return out, "\n".join(reading.text for reading in found)


def _marks_alike(span: Span, found: Sequence[Reading], spans: Sequence[Sequence[Span]]) -> float:
    """Share of a stretch among the readings that differ from the best in marks alone, by what holds everywhere.

    What official text puts side by side says little of which mark stands between two words.
    """
    best = _ANY_MARK.sub("，", found[0].text)
    own = total = 0.0
    for reading, hidden in zip(found, spans, strict=True):
        if _ANY_MARK.sub("，", reading.text) == best:
            weight = exp(found[0].cost + found[0].said - reading.cost - reading.said)
            total += weight
            own += weight if any(span.same(other) for other in hidden) else 0.0
    return own / total


_PAIRED = re.compile("[“”《》‘’（）]")
_ANY_MARK = re.compile("[，。、；：！？,;:!?]")


def _rival(
    span: Span,
    others: Sequence[Sequence[Span]],
    reading: Reading,
    page: Page,
    letters: alphabet.Alphabet,
) -> str:
    """Find a reading that says a little more or less (危化, 危化品) where neither the page nor the verb decides.

    How common a word is tells nothing of which of the two stood here.
    """
    for other in chain.from_iterable(others):
        if _longer(span, other, reading, page, letters) == "open":
            return other.text
    return ""


def _ruled_out(
    own: Sequence[Span],
    spans: Sequence[Sequence[Span]],
    reading: Reading,
    page: Page,
    letters: alphabet.Alphabet,
) -> bool:
    """Whether a reading has one of two such terms where the page or the verb speaks for the other."""
    return any(
        _longer(span, other, reading, page, letters) == "other"
        for span in own
        for other in chain.from_iterable(spans)
    )


def _longer(
    span: Span, other: Span, reading: Reading, page: Page, letters: alphabet.Alphabet
) -> Literal["", "open", "this", "other"]:
    """Which of two terms stood here, one the beginning of the other: what the page and the verb say."""
    if (other.begin, other.stop) != (span.begin, span.stop) or other.text == span.text:
        return ""
    text, rival = _simple(span.text, letters.traditional), _simple(other.text, letters.traditional)
    longer, shorter = sorted((text, rival), key=len, reverse=True)
    if (
        len(shorter) < 2
        or not longer.startswith(shorter)
        or not _HAN_ONLY.fullmatch(longer)
        or max(words.cost(longer), words.cost(shorter)) >= words.NONE
    ):
        return ""
    before = reading.text.partition(text)[0]
    told = page.says(longer, shorter)
    if before.endswith(phrases.things_after().get(longer, ())):
        told = True
    return "open" if told is None else "this" if told is (longer == text) else "other"


def _held(span: Span, reading: str, page: Page, letters: alphabet.Alphabet) -> bool:
    """Whether each character that left no byte stands in a word that the others show, or as on the page."""
    hidden = _simple(span.text, letters.traditional).translate(_HALF)
    begin = reading.translate(_HALF).find(hidden)
    for blind in span.blind:
        at = begin + blind
        if not _HAN_ONLY.fullmatch(reading, at, at + 1):
            continue
        around = (
            reading[low:high]
            for low in range(max(0, at + 1 - LONGEST_WORD), at + 1)
            for high in range(max(at + 1, low + HOLDING), min(len(reading), low + LONGEST_WORD) + 1)
        )
        if not any(words.cost(w) < words.NONE or w in page.triples for w in around):
            return False
    return True


_HALF = str.maketrans(dict(HALF))
_HAN_ONLY = re.compile(f"[{HAN}]+")


def _may_be_cut(row: Sequence[lattice.Token], at: int) -> bool:
    """Whether a cut before a mark is thinkable: `?` before another mark stands for a lost byte."""
    if row[at].kind != "mark":
        return False
    return not (row[at].text == "?" and at + 1 < len(row) and row[at + 1].kind == "mark")


def _suspect(at: int, text: str, evidence: str) -> Finding:
    return Finding(Patch(at, min(len(text), at + 1), ""), 0.0, False, evidence, False)


def _after(text: str) -> Callable[[int], str]:
    return lambda at: m[0] if (m := _QUOTE.search(text, at, _eol(text, at))) else ""


def _closes(text: str) -> Callable[[int], bool]:
    return lambda at: bool((m := _BRACKET.search(text, at, _eol(text, at))) and m[0] in ")）")


#: A bracket that is none of a gloss.
_BRACKET = re.compile(f"[（）]|[()](?![^\\W\\d_{HAN}]{{1,8}}[)）])(?<![a-zà-ǿ][)])")


def _eol(text: str, at: int) -> int:
    end = text.find("\n", at, at + LOOK)
    return min(len(text), at + LOOK) if end < 0 else end


class Span(NamedTuple):
    """A hidden stretch of a reading: tokens ``[begin, stop)``, ``text[start:end]``."""

    begin: int
    stop: int
    start: int
    end: int
    text: str
    pieces: tuple[tuple[int, int], ...]
    stream: tuple[lattice.Item, ...]
    blind: tuple[int, ...]
    """Characters of ``text`` that have left no byte."""

    def same(self, other: Span) -> bool:
        """Whether another reading says the same."""
        return (self.begin, self.stop, self.text) == (other.begin, other.stop, other.text)


_UNSEEN = frozenset(("lost", "orphan", "marked orphan"))


def _spans(grid: lattice.Lattice, path: Path) -> list[Span]:
    row = grid.row
    out: list[Span] = []
    begin = -1
    position = start = 0
    hidden: list[str] = []
    pieces: list[tuple[int, int]] = []
    items: list[lattice.Item] = []
    blind: list[int] = []
    for state, step, char, own in candidates.unroll(grid, path):
        if begin < 0:
            if step.kind == "shown":
                continue
            begin = state.inner if state.inner >= 0 else state.at
            position = start = row[begin].start
        stop = row[step.state.at].start if step.state.at < len(row) else row[-1].end
        if step.kind in _UNSEEN and state.lost:
            blind.append(sum(map(len, hidden)))
        hidden.append(HALF.get(char, char) + step.extra)
        size = (1 + len(step.extra), stop - position)
        if size[1] == 0 and pieces:
            pieces[-1] = (pieces[-1][0] + size[0], pieces[-1][1])
        else:
            pieces.append(size)
        items.extend(own)
        position = stop
        if step.state.leads is None:
            text = "".join(hidden)
            out.append(
                Span(
                    begin,
                    step.state.at,
                    start,
                    position,
                    text,
                    tuple(pieces),
                    tuple(items),
                    tuple(blind),
                )
            )
            begin, hidden, pieces, items, blind = -1, [], [], [], []
    return out


def _finding(
    span: Span, share: float, reading: Reading, grid: lattice.Lattice, text: str
) -> Finding:
    follows = grid.row[span.stop : span.stop + 1]
    tail = [b for t in follows if t.kind == "mark" and t.pair for b in t.pair]
    shown = text[span.start : span.end] + "".join(t.text for t in follows if t.kind == "mark")
    reproduced = any(forward([*span.stream, *tail], v) == shown for v in VARIANTS)
    term = _term(reading.text, _simple(span.text, grid.alphabet.traditional))
    evidence = f"vocabulary: {term}" if term else f"words of the general list in {reading.text!r}"
    patch = Patch(span.start, span.end, span.text, span.pieces)
    return Finding(patch, share, reproduced, evidence, share >= SURE and reproduced)


def _term(text: str, hidden: str) -> str:
    """Find the longest term of the vocabulary that a hidden stretch is part of."""
    at = text.find(hidden)
    special = words.special()
    best = ""
    for begin in range(max(0, at - 8), at + len(hidden)):
        for end in range(max(at + 1, begin + 2), min(len(text), begin + 12) + 1):
            low, high = special.range(text[begin:end], 0, len(special.words))
            if low < high and special.words[low] == text[begin:end] and end - begin > len(best):
                best = text[begin:end]
    return best
