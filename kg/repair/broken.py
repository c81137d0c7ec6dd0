"""Broken bytes: where they are suspected, what they hid, and whether that is decided.

Three conditions make an edit. The best reading holds nearly all of the probability; the forward model
makes the damaged characters from it exactly; and the page is one of the damaged ones. Everything else that looks
broken is listed as suspect and stays as it is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from kg.repair import alphabet, candidates, doubt, lattice, spots, words
from kg.repair.bytes import VARIANTS, forward
from kg.repair.candidates import Reading, Search
from kg.repair.doubt import Span
from kg.repair.gloss import HAN, Glosses, occurrences
from kg.repair.page import Page
from kg.repair.patches import Patch
from kg.repair.spots import Flat, Spot

#: Share of the probability that the decided reading must hold.
SURE = 0.93
#: A suspicious mark that reads as text with this share is none.
PLAIN = 0.98
#: Suspicious places that are looked into; of more, which no notice has, the rest are only listed.
MOST = 300
#: How far quotation marks are looked for before and behind a passage.
LOOK = 400
#: How far a passage reaches (characters): back to a mark, on behind the last suspicious place; how near to
#: one another places share one, how long it gets, and how many it holds.
BACK, ON, JOIN, LONGEST, CROWD = 14, 60, 40, 400, 12
_QUOTE = re.compile("[“”]")


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


def find(text: str, simplified: str, glosses: Glosses, *, traditional: bool) -> list[Finding]:
    """Suspected stretches of a page, in order, each with its best proposal.

    ``simplified`` is the same page converted character for character. Findings without a proposal have
    an empty replacement and are never decided.
    """
    flat = Flat.of(simplified, glosses)
    glossed = glosses.gated
    page = Page.of(flat.text, _everywhere(text, glosses))
    letters = alphabet.of_script(traditional)
    places = sorted(
        {s.at: s for s in reversed([*spots.find(text, flat, page, letters, glosses)])}.values(),
        key=lambda s: s.at,
    )
    if not places:
        return []
    for spot in places[:MOST]:
        page.forget(_literal(simplified, spot.at))
    passages, rest = list(_passages(text, places[:MOST])), places[MOST:]
    found: dict[int, list[Finding]] = {}
    texts: dict[int, str] = {}
    learned: set[str] = set()
    for passage in passages:
        found[passage.start], texts[passage.start] = _solve(
            passage, text, page, letters, glossed=glossed
        )
        for finding in found[passage.start]:
            if finding.decided:
                learned |= page.learn(doubt.simple(finding.patch.after, letters.traditional))
    for passage in passages:  # what was restored may decide what was not
        undecided = any(f.patch.after and not f.decided for f in found[passage.start])
        if undecided and any(pair in texts[passage.start] for pair in learned):
            found[passage.start], _ = _solve(passage, text, page, letters, glossed=glossed)
    out = [f for fs in found.values() for f in fs]
    out.extend(_together(text, [s.at for s in rest if s.certain]))
    return sorted(out, key=lambda f: f.patch.start)


def _everywhere(text: str, glosses: Glosses) -> frozenset[str]:
    """Characters that carry their gloss (nearly) wherever they occur, twice at least."""
    counts = Counter(g.char for g in glosses.damage)
    whole = occurrences(text, counts)
    return frozenset(c for c, n in counts.items() if n > 1 and n >= 0.8 * whole[c])


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of a line that holds suspicious places (offsets in the text)."""

    start: int
    end: int
    spots: tuple[Spot, ...]


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
    spans = [doubt.spans(grid, reading.path) for reading in found]
    kept = doubt.not_ruled_out(found, spans, page, traditional=letters.traditional)
    found, spans = [found[i] for i in kept], [spans[i] for i in kept]
    shares = candidates.shares(found)
    out = []
    for span in spans[0]:
        share = sum(
            s for s, own in zip(shares, spans, strict=True) if any(span.same(o) for o in own)
        )
        finding = _finding(span, share, found[0], grid, text)
        against = doubt.against(span, found, spans, page, traditional=letters.traditional)
        if against is not None:
            finding = replace(finding, decided=False, evidence=against or finding.evidence)
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


def _may_be_cut(row: Sequence[lattice.Token], at: int) -> bool:
    """Whether a cut before a mark is thinkable: `?` before another mark stands for a lost byte."""
    if row[at].kind != "mark":
        return False
    return not (row[at].text == "?" and at + 1 < len(row) and row[at + 1].kind == "mark")


def _together(text: str, places: Sequence[int]) -> Iterator[Finding]:
    """List very many suspicious places: neighbours of a line together."""
    begin = last = -1
    for at in places:
        if begin >= 0 and (at - begin > LONGEST or text.find("\n", last, at) >= 0):
            yield Finding(Patch(begin, last + 1, ""), 0.0, False, "among very many", False)
            begin = -1
        begin = at if begin < 0 else begin
        last = at
    if begin >= 0:
        yield Finding(Patch(begin, last + 1, ""), 0.0, False, "among very many", False)


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


def _finding(
    span: Span, share: float, reading: Reading, grid: lattice.Lattice, text: str
) -> Finding:
    follows = grid.row[span.stop : span.stop + 1]
    tail = [b for t in follows if t.kind == "mark" and t.pair for b in t.pair]
    shown = text[span.start : span.end] + "".join(t.text for t in follows if t.kind == "mark")
    reproduced = any(forward([*span.stream, *tail], v) == shown for v in VARIANTS)
    term = _term(reading.text, doubt.simple(span.text, grid.alphabet.traditional))
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
