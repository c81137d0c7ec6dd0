"""A question cut into what it says: the division with the fewest words, none of them left out.

What stands in no table is tried as a misspelling (one letter, or two in a long word; a Chinese
character that sounds the same), and the correction is told. What is left then is unknown.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from kg.question.cells import HAN, Cell, Correction, Token, is_word
from kg.question.days import find_days
from kg.question.lexicon import Entry, join, key, lexicon, tidy, units
from kg.question.spelling import correct, strange

_MARKS = frozenset(",、;:?!.。")
_SLOT = re.compile(r"\{(\w+)\}")
#: Costs of the division: an unknown unit is worse than any reading; two words written as one, a bit.
_UNKNOWN, _TOGETHER, _PLURAL = 20.0, 1.2, 0.9
#: Particles that stand side by side without making a word.
_PARTICLES = frozenset(
    "的了吗呢吧啊呀在是有请对个都也和与及或不没未应须中里上些过着要还又就被由把将其所为向给做那这之需等哪"
)
#: Particles behind a verb: with it they are no other word (提了, 讲的).
_ASPECT = frozenset("了过着的")
_LONG = 4
"""Words that a name must have to be known with a comma in it."""
_NAME = 7
"""Characters of a name in part that may hold words of questions."""

#: Looks a name up among the things that notices name; gives its kind and the names, or None.
Find = Callable[[str], Entry | None]


@dataclass(frozen=True, slots=True)
class Reading:
    """The question's tokens, what was corrected, and the words that nothing knows."""

    tokens: tuple[Token, ...]
    corrections: tuple[Correction, ...] = ()
    unknown: tuple[str, ...] = ()


def read(question: str, *, exact: Find | None = None, within: Find | None = None) -> Reading:
    """Cut a question into tokens.

    ``exact`` finds a thing that notices name by its whole name, ``within`` by a part of it.

    >>> [(t.kind, *t.values) for t in read("Which regions stressed coal mines?").tokens]
    [('role', 'which'), ('role', 'region'), ('role', 'attend'), ('theme', 'coal-mine')]
    >>> read("哪些地区重视火锅").unknown
    ('火锅',)
    """
    text = tidy(question)
    slots = {match.start(): match for match in _SLOT.finditer(text)}
    cells = _cells(text, slots)
    fixed = _names(cells, exact) if exact else {}
    tokens, corrections = _divide(cells, fixed), []
    for _ in range(3):
        unknown = [t for t in tokens if strange(t)]
        if not unknown:
            break
        found = correct(cells, tokens)
        if found is None:
            break
        corrected, correction = found
        fixed = _names(corrected, exact) if exact else {}
        better = _divide(corrected, fixed)
        if sum(map(strange, better)) >= len(unknown):
            break  # the word that it was taken for makes no sense here either
        cells, tokens = corrected, better
        corrections.append(correction)
    if within and any(t.kind == "unknown" for t in tokens):
        tokens = _named_in_part(tokens, within)
    merged = [t for t in tokens if t.kind == "joined"]
    corrections += [Correction(t.text, t.values[0]) for t in merged]
    tokens = [
        replace(
            t,
            kind=lexicon().phrases[t.values[0]].kind,
            values=lexicon().phrases[t.values[0]].values,
        )
        if t.kind == "joined"
        else t
        for t in tokens
    ]
    while tokens and tokens[-1].kind == "mark":
        tokens.pop()
    return Reading(
        tuple(tokens),
        tuple(corrections),
        tuple(t.text for t in tokens if t.kind == "unknown"),
    )


def _cells(text: str, slots: Mapping[int, re.Match[str]]) -> list[Cell]:
    days = {day.start: day for day in find_days(text)} if not slots else {}
    cells: list[Cell] = []
    skip = 0
    for unit, start, end in units(text):
        if start < skip:
            continue
        day = next((d for s, d in days.items() if s <= start < d.end), None)
        slot = slots.get(start - 1)
        if day is not None:
            written = text[day.start : day.end].strip()
            cells.append(Cell(unit, Token("day", (written,), written, day)))
            skip = day.end
        elif slot is not None:
            cells.append(Cell(unit, Token("slot", (slot[1],), slot[0])))
            skip = slot.end()
        else:
            cells.append(Cell(unit, written=text[start:end]))
    return cells


def _names(cells: list[Cell], exact: Find) -> dict[tuple[int, int], Entry]:
    """Find whole names of at least six Chinese characters."""
    found: dict[tuple[int, int], Entry] = {}
    total = len(cells)
    begin = 0
    while begin + 6 <= total:
        for end in range(min(total, begin + 48), begin + 5, -1):
            part = cells[begin:end]
            if not (HAN.match(part[0].unit) and HAN.match(part[-1].unit)):
                continue
            entry = exact("".join(c.unit for c in part))
            if entry is not None:
                found[begin, end] = entry
                begin = end - 1
                break
        begin += 1
    return found


def _divide(cells: list[Cell], fixed: Mapping[tuple[int, int], Entry]) -> list[Token]:
    """Find the division of least cost; among equals the one with the longest phrase first."""
    table, longest = lexicon().phrases, lexicon().longest
    total = len(cells)
    best: list[tuple[float, int, Token | None]] = [(1e9, 0, None) for _ in range(total + 1)]
    best[0] = (0.0, 0, None)
    ends: dict[int, list[tuple[int, Entry]]] = defaultdict(list)
    for (begin, end), entry in fixed.items():
        ends[begin].append((end, entry))
    for begin in range(total):
        cost = best[begin][0]
        cell = cells[begin]

        def offer(
            end: int, token: Token, price: float, begin: int = begin, cost: float = cost
        ) -> None:
            if cost + price < best[end][0]:
                best[end] = (cost + price, begin, token)

        if cell.token is not None:
            offer(begin + 1, cell.token, 0.5)
            continue
        for end, entry in ends[begin]:
            text = "".join(c.unit for c in cells[begin:end])
            offer(end, Token(entry.kind, entry.values, text), 0.5)
        phrase, plain = "", ""
        for end in range(begin + 1, min(total, begin + longest) + 1):
            unit = cells[end - 1].unit
            if cells[end - 1].token is not None:
                break
            phrase = join((phrase, unit)) if phrase else unit
            known = table.get(phrase)
            if known is not None:
                offer(end, Token(known.kind, known.values, phrase), 1.0)
            if unit in _MARKS:
                continue
            plain = join((plain, unit)) if plain else unit
            if plain != phrase and plain.count(" ") + 1 >= _LONG and phrase.isascii():
                known = table.get(plain)  # one post, two duties
                if known is not None and known.kind in ("theme", "campaign", "policy"):
                    offer(end, Token(known.kind, known.values, plain), 1.0)
        if begin + 1 < total and cells[begin + 1].token is None:
            pair = cell.unit + cells[begin + 1].unit
            known = table.get(pair) if pair.isascii() and pair.isalpha() else None
            if known is not None and known.kind in ("theme", "region"):
                written = f"{cell.unit} {cells[begin + 1].unit}"
                apart = table.get(join((cell.unit, cells[begin + 1].unit)), known)
                plural = apart != known and cells[begin + 1].written != cells[begin + 1].unit
                price = _PLURAL if plural else _TOGETHER  # fire works are no fire work
                offer(begin + 2, Token("joined", (pair,), written), price)
        if cell.unit in _MARKS:
            offer(begin + 1, Token("mark", (), cell.unit), 0.1)
        else:
            offer(begin + 1, Token("unknown", (), cell.unit), _UNKNOWN)
    tokens: list[Token] = []
    at = total
    while at:
        _, before, token = best[at]
        if token is not None:
            tokens.append(token)
        at = before
    return _whole_words(_merge(tokens[::-1]))


def _merge(tokens: list[Token]) -> list[Token]:
    """Write unknown units side by side as one word."""
    out: list[Token] = []
    for token in tokens:
        before = out[-1] if out else None
        both = before is not None and before.kind == token.kind == "unknown"
        if both and before and HAN.match(token.text) and HAN.match(before.text[-1]):
            out[-1] = replace(before, text=before.text + token.text)
        else:
            out.append(token)
    return out


def _whole_words(tokens: list[Token]) -> list[Token]:
    """Take back single characters that together are some other word (市 and 场 are no 市场)."""
    out: list[Token] = []
    for token in tokens:
        before = out[-1] if out else None
        if (
            before is not None
            and _one(token)
            and (_one(before) or (before.kind == "unknown" and HAN.match(before.text)))
            and not (token.text in _PARTICLES and before.text in _PARTICLES)
            and not (token.text in _ASPECT and before.kind == "role")
            and (
                before.kind == "unknown"
                or token.kind == "unknown"
                or is_word(before.text + token.text)
            )
            and (
                before.kind != "unknown"
                or token.kind == "unknown"
                or is_word(before.text + token.text)
            )
            and (
                token.kind != "unknown"
                or before.kind == "unknown"
                or is_word(before.text + token.text)
            )
        ):
            out[-1] = Token("unknown", (), before.text + token.text)
        else:
            out.append(token)
    return out


def _one(token: Token) -> bool:
    return (
        len(token.text) == 1
        and token.kind in ("role", "noise", "unknown")
        and bool(HAN.match(token.text))
    )


# --- things that notices name ---------------------------------------------------------------------


def _named_in_part(tokens: list[Token], within: Find) -> list[Token]:
    """Look unknown Chinese words up among the names of things, with as much beside them as fits."""
    out = list(tokens)
    at = 0
    while at < len(out):
        if out[at].kind == "unknown" and (HAN.match(out[at].text) or out[at].text.isdigit()):
            found = _widest(out, at, within)
            if found is not None:
                first, end, entry = found
                text = "".join(t.text for t in out[first:end])
                out[first:end] = [Token(entry.kind, entry.values, text)]
                at = first
        at += 1
    return out


def _widest(tokens: list[Token], at: int, within: Find) -> tuple[int, int, Entry] | None:
    """Find the longest row of tokens around one that is part of a name.

    A long row may hold words of questions too (市安委会2020年第一次全体会议), but then of meetings.
    """
    for first in range(max(0, at - 4), at + 1):
        for end in range(min(len(tokens), at + 12), at + 1, -1):
            row = tokens[first:end]
            text = "".join(t.text for t in row)
            if (
                len(text) < _NAME
                or not HAN.match(text[-1])
                or any(t.kind in ("mark", "slot") for t in row)
            ):
                continue
            entry = within(text)
            if entry is not None and entry.kind == "meeting":
                return first, end, entry
    spans = [(first, end) for first in range(max(0, at - 2), at + 1)
             for end in range(at + 1, min(len(tokens), at + 4) + 1)]  # fmt: skip
    for first, end in sorted(spans, key=lambda s: s[0] - s[1]):
        row = tokens[first:end]
        if any(t.kind in ("role", "mark", "slot", "day") or not HAN.match(t.text) for t in row):
            continue
        text = "".join(t.text for t in row)
        entry = within(text) if len(text) > 1 else None
        if entry is not None:
            return first, end, entry
    return None


def words_of(tokens: Iterable[Token]) -> str:
    """Write tokens as words again."""
    return join(t.text for t in tokens)


__all__ = ["Correction", "Find", "Reading", "Token", "key", "read", "words_of"]
