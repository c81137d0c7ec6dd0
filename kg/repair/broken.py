"""Broken bytes: where they are suspected, what they hid, and whether that is decided.

Three conditions make an edit. The best reading holds nearly all of the probability; the forward model
makes the damaged characters from it exactly; and the page is one of the damaged ones. Everything else that looks
broken is listed as suspect and stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from kg.repair import alphabet, candidates, lattice, script, words
from kg.repair.bytes import MARK_BYTES, VARIANTS, encode, forward, is_lead
from kg.repair.candidates import Path, Reading, Search
from kg.repair.gloss import GLOSS
from kg.repair.page import Page
from kg.repair.patches import Patch

#: Share of the probability that the decided reading must hold.
SURE = 0.9
#: Nats per character from which text after a mark is looked at: running text has 4-7, misread text 10-15.
ODD = 7.5
#: How far a passage reaches (characters): back to a mark, on behind the last suspicious mark.
BACK, ON, JOIN, LONGEST = 40, 90, 40, 400
_MARK = re.compile(r"[!?;:,、。]")
_HALF_GLOSS = re.compile(r"\?[^\W\d_]{1,8}[)）]")
_ODD_CHAR = re.compile(
    "[\u2150-\u218f\u2190-\u25ff\u2460-\u24ff\u3040-\u3129\u0370-\u04ff\uff21-\uff5e]"
)
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


def find(text: str, simplified: str, *, traditional: bool, glossed: bool) -> list[Finding]:
    """Suspected stretches of a page, in order, each with its best proposal.

    ``simplified`` is the same page converted character for character. Findings without a proposal have
    an empty replacement and are never decided.
    """
    flat = GLOSS.sub(r"\g<char>", simplified) if glossed else simplified
    page = Page.of(flat)
    spots = list(_spots(text, simplified, page, glossed=glossed))
    if not spots:
        return []
    letters = alphabet.of_script(traditional)
    for spot in spots:
        page.forget(_literal(simplified, spot))
    passages = list(_passages(text, spots))
    found: dict[tuple[int, int], list[Finding]] = {}
    for attempt in range(2):
        learned = 0
        for passage in passages:
            old = found.get((passage.start, passage.end))
            if attempt and old is not None and all(f.decided for f in old):
                continue
            new = _solve(passage, text, page, letters, glossed=glossed)
            found[passage.start, passage.end] = new
            for finding in new:
                if not attempt and finding.decided:
                    page.learn(_simple(finding.patch.after, letters.traditional))
                    learned += 1
        if not learned:
            break
    return sorted((f for fs in found.values() for f in fs), key=lambda f: f.patch.start)


def _simple(text: str, traditional: bool) -> str:
    return script.finish(script.convert(text)) if traditional else text


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of a line that holds suspicious marks (offsets in the text)."""

    start: int
    end: int
    spots: tuple[int, ...]


def _spots(text: str, simplified: str, page: Page, *, glossed: bool) -> Iterator[int]:
    """Marks (and half glosses) behind which the text looks misread."""
    seen = set()
    if glossed:
        for match in _HALF_GLOSS.finditer(text):
            seen.add(match.start())
            yield match.start()
    for match in _MARK.finditer(text):
        if match.start() not in seen and _odd(simplified, match.start(), page):
            yield match.start()


def _odd(simplified: str, at: int, page: Page) -> bool:
    mark = simplified[at]
    following = simplified[at + 1 : at + 2]
    if not following or following == "\n":
        return mark == "!"
    if mark in "、。":
        return bool(_ODD_CHAR.match(following)) or _unlike(simplified, at, page, 10.0)
    if following in "、。,;:!?":
        return mark in "!;"
    if following < "\x80":  # it may have swallowed an ASCII byte: ;@(yuán), ?h
        behind = simplified[at + 2 : at + 3]
        return "@" <= following <= "~" and (behind in "((" or behind > "\u3400")
    lead = MARK_BYTES[mark][1]
    pair = encode(following)
    if pair is None:
        return False
    if mark == "," and pair[0] > 0xA0:
        return False
    return _unlike(simplified, at, page, ODD) if is_lead(lead) else False


def _unlike(simplified: str, at: int, page: Page, limit: float) -> bool:
    """Whether the characters behind a mark do not read as text."""
    if page.pairs.get(simplified[at + 1 : at + 3], 0.0) > 1.1:
        return False
    stretch = re.match("[\u3400-\u9fff]*", simplified[at + 1 : at + 7])
    han = stretch[0] if stretch else ""
    after = simplified[at + 1 + len(han) : at + 2 + len(han)]
    if _ODD_CHAR.match(after or " "):
        return True
    if not han:
        return False
    return words.fluency(han) > limit


def _literal(simplified: str, at: int) -> str:
    match = re.compile("[^\x00-\x7f]*").match(simplified, at + 1)
    return match[0][:40] if match else ""


def _passages(text: str, spots: Sequence[int]) -> Iterator[Passage]:
    group: list[int] = []
    for spot in sorted(spots):
        if group and (
            spot - group[-1] > JOIN or spot - group[0] > LONGEST or "\n" in text[group[-1] : spot]
        ):
            yield _passage(text, group)
            group = []
        group.append(spot)
    if group:
        yield _passage(text, group)


def _passage(text: str, group: Sequence[int]) -> Passage:
    line = text.rfind("\n", 0, group[0]) + 1
    start = max(line, group[0] - BACK)
    for match in _MARK.finditer(text, start, group[0]):
        start = match.start()
    end = text.find("\n", group[-1])
    end = len(text) if end < 0 else end + 1
    return Passage(start, min(end, group[-1] + ON), tuple(group))


def _solve(
    passage: Passage, text: str, page: Page, letters: alphabet.Alphabet, *, glossed: bool
) -> list[Finding]:
    row = lattice.tokens(text, passage.start, passage.end, glossed=glossed)
    spots = frozenset(passage.spots)
    cuts = frozenset(i for i, t in enumerate(row) if t.kind == "mark" and t.start in spots)
    grid = lattice.Lattice(row, letters, cuts)
    last = max((i for i, t in enumerate(row) if t.start in spots), default=0)
    quotes = _QUOTE.findall(text, text.rfind("\n", 0, passage.start) + 1, passage.start)
    opened = "“" if quotes and quotes[-1] == "“" else ""
    found = Search(grid, page, opened=opened, last=last, after=_after(text)).readings()
    if not found:
        return []
    shares = candidates.shares(found)
    spans = [_spans(grid, reading.path) for reading in found]
    out = []
    for span in spans[0]:
        share = sum(s for s, own in zip(shares, spans, strict=True) if span in own)
        out.append(_finding(span, share, found[0], grid, text))
    if not spans[0] and any(spans[1:]):
        worst = 1.0 - sum(s for s, own in zip(shares, spans, strict=True) if not own)
        if worst > 0.05:
            begin = passage.spots[0]
            out.append(Finding(Patch(begin, begin + 1, ""), worst, False, "no reading", False))
    return out


def _after(text: str) -> Callable[[int], str]:
    return lambda at: m[0] if (m := _QUOTE.search(text, at, _eol(text, at))) else ""


def _eol(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


@dataclass(frozen=True, slots=True)
class Span:
    """A hidden stretch of a reading: tokens ``[begin, end)`` show ``text``."""

    begin: int
    end: int
    text: str
    simple: str
    pieces: tuple[tuple[int, int], ...]
    stream: tuple[lattice.Item, ...]


def _spans(grid: lattice.Lattice, path: Path) -> list[Span]:
    row = grid.row
    out: list[Span] = []
    begin = -1
    position = 0
    hidden: list[str] = []
    pieces: list[tuple[int, int]] = []
    items: list[lattice.Item] = []
    for state, step, char, own in candidates.unroll(grid, path):
        if begin < 0:
            if step.kind == "shown":
                continue
            begin = state.inner if state.inner >= 0 else state.at
            position = row[begin].start
        stop = row[step.state.at].start if step.state.at < len(row) else row[-1].end
        hidden.append(char + step.extra)
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
                Span(begin, step.state.at, text, _simple(text, grid.alphabet.traditional),
                     tuple(pieces), tuple(items))
            )  # fmt: skip
            begin, hidden, pieces, items = -1, [], [], []
    return out


def _finding(
    span: Span, share: float, reading: Reading, grid: lattice.Lattice, text: str
) -> Finding:
    row = grid.row
    start = row[span.begin].start
    end = row[span.end].start if span.end < len(row) else row[-1].end
    follows = row[span.end : span.end + 1]
    tail = [b for t in follows if t.kind == "mark" and t.pair for b in t.pair]
    shown = text[start:end] + "".join(t.text for t in follows if t.kind == "mark")
    reproduced = any(forward([*span.stream, *tail], v) == shown for v in VARIANTS)
    term = _term(reading.text, span.simple)
    evidence = f"vocabulary: {term}" if term else f"words of the general list in {reading.text!r}"
    patch = Patch(start, end, span.text, span.pieces)
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
