"""A question cut into what it says: the division with the fewest words, none of them left out.

What stands in no table is tried as a misspelling (one letter, or two in a long word; a Chinese
character that sounds the same), and the correction is told. What is left then is unknown.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache

from kg.question.days import Day, find_days
from kg.question.lexicon import Entry, join, key, lexicon, tidy, units

_MARKS = frozenset(",、;:?!.。")
_SLOT = re.compile(r"\{(\w+)\}")
_HAN = re.compile(r"[㐀-鿿]")
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
_SHORTEST = 4
"""Letters that a word must have to be taken for a misspelling."""

#: Looks a name up among the things that notices name; gives its kind and the names, or None.
Find = Callable[[str], Entry | None]


@dataclass(frozen=True, slots=True)
class Token:
    """A phrase of the question and what it means."""

    kind: str
    values: tuple[str, ...]
    text: str
    """As the tidy question has it."""
    day: Day | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """A word that was taken for another."""

    written: str
    meant: str


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
        unknown = [t for t in tokens if _strange(t)]
        if not unknown:
            break
        found = _correct(cells, tokens)
        if found is None:
            break
        corrected, correction = found
        fixed = _names(corrected, exact) if exact else {}
        better = _divide(corrected, fixed)
        if sum(map(_strange, better)) >= len(unknown):
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


@dataclass(frozen=True, slots=True)
class _Cell:
    """A unit, or a day or slot already understood."""

    unit: str
    token: Token | None = None
    written: str = ""
    """The word as it is written, not singular."""


def _cells(text: str, slots: Mapping[int, re.Match[str]]) -> list[_Cell]:
    days = {day.start: day for day in find_days(text)} if not slots else {}
    cells: list[_Cell] = []
    skip = 0
    for unit, start, end in units(text):
        if start < skip:
            continue
        day = next((d for s, d in days.items() if s <= start < d.end), None)
        slot = slots.get(start - 1)
        if day is not None:
            written = text[day.start : day.end].strip()
            cells.append(_Cell(unit, Token("day", (written,), written, day)))
            skip = day.end
        elif slot is not None:
            cells.append(_Cell(unit, Token("slot", (slot[1],), slot[0])))
            skip = slot.end()
        else:
            cells.append(_Cell(unit, written=text[start:end]))
    return cells


def _names(cells: list[_Cell], exact: Find) -> dict[tuple[int, int], Entry]:
    """Find whole names of at least six Chinese characters."""
    found: dict[tuple[int, int], Entry] = {}
    total = len(cells)
    begin = 0
    while begin + 6 <= total:
        for end in range(min(total, begin + 48), begin + 5, -1):
            part = cells[begin:end]
            if not (_HAN.match(part[0].unit) and _HAN.match(part[-1].unit)):
                continue
            entry = exact("".join(c.unit for c in part))
            if entry is not None:
                found[begin, end] = entry
                begin = end - 1
                break
        begin += 1
    return found


def _divide(cells: list[_Cell], fixed: Mapping[tuple[int, int], Entry]) -> list[Token]:
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
                plural = cells[begin + 1].written not in ("", cells[begin + 1].unit)
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
        if both and before and _HAN.match(token.text) and _HAN.match(before.text[-1]):
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
            and (_one(before) or (before.kind == "unknown" and _HAN.match(before.text)))
            and not (token.text in _PARTICLES and before.text in _PARTICLES)
            and not (token.text in _ASPECT and before.kind == "role")
            and (
                before.kind == "unknown"
                or token.kind == "unknown"
                or _is_word(before.text + token.text)
            )
            and (
                before.kind != "unknown"
                or token.kind == "unknown"
                or _is_word(before.text + token.text)
            )
            and (
                token.kind != "unknown"
                or before.kind == "unknown"
                or _is_word(before.text + token.text)
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
        and bool(_HAN.match(token.text))
    )


def _is_word(text: str) -> bool:
    from kg.repair.words import general

    listed = general().words
    at = bisect_left(listed, text)
    return at < len(listed) and listed[at] == text


# --- misspellings ---------------------------------------------------------------------------------


def _correct(cells: list[_Cell], tokens: list[Token]) -> tuple[list[_Cell], Correction] | None:
    """Correct the first word that nothing knows, or single outside word, that has one correction."""
    for token in tokens:
        if not _strange(token):
            continue
        if token.kind == "unknown" and not _HAN.match(token.text):
            found = _correct_word(cells, token.text)
        else:
            found = _correct_chinese(cells, token)
        if found is not None:
            return found
    return None


def _strange(token: Token) -> bool:
    """Whether nothing knows a word, or it is one character that makes no question (最, 更)."""
    outside = token.kind == "outside" and len(token.text) == 1
    return token.kind == "unknown" or (outside and bool(_HAN.match(token.text)))


def _correct_word(cells: list[_Cell], word: str) -> tuple[list[_Cell], Correction] | None:
    at = next(i for i, c in enumerate(cells) if c.unit == word and c.token is None)
    meant = _near_word(cells[at].written) or _near_word(word)  # stres is no plural
    if meant is None:
        return None
    new = [_Cell(unit) for unit, *_ in units(meant)]
    return cells[:at] + new + cells[at + 1 :], Correction(cells[at].written or word, meant)


@cache
def _near_word(word: str) -> str | None:
    """Find the one word that this is a misspelling of; two words written together count.

    >>> _near_word("heilongjang"), _near_word("coalmine"), _near_word("trombone")
    ('heilongjiang', 'coal mine', None)
    """
    from rapidfuzz.distance import OSA

    if not word.isascii() or not word.isalpha() or len(word) < _SHORTEST:
        return None
    for cut in range(3, len(word) - 2):
        two = f"{word[:cut]} {word[cut:]}"
        entry = lexicon().phrases.get(two)
        if entry is not None and entry.kind in ("theme", "region"):
            return two
    once = re.sub(r"(\w)\1", r"\1", word)
    entry = lexicon().phrases.get(once)
    if once != word and entry is not None and entry.kind in ("theme", "region"):
        return once  # gass, floood
    allowed = 2 if len(word) >= 9 else 1
    found: dict[str, int] = {}
    for known in lexicon().single:
        if len(known) < _SHORTEST or abs(len(known) - len(word)) > allowed:
            continue
        distance = OSA.distance(word, known, score_cutoff=allowed)
        if distance > allowed:
            continue
        # A short word with another letter in it is mostly another word: wine is no mine.
        swapped = len(known) == len(word) and sorted(known) != sorted(word)
        if swapped and (distance > 1 or len(word) < 7 or known[0] != word[0]):
            continue
        found[known] = distance
    if not found:
        return None
    least = min(found.values())
    near = sorted(known for known, distance in found.items() if distance == least)
    meant = {lexicon().phrases.get(known) for known in near}
    same = len(meant) == 1 and None not in meant  # mention and mentioned say the same
    return near[0] if len(near) == 1 or same else None


def _correct_chinese(
    cells: list[_Cell], token: Token
) -> tuple[list[_Cell], Correction] | None:
    """Replace one character, in a strange word or beside it, to make a name of a concept or division."""
    text = token.text
    row = [c.unit if c.token is None and _HAN.match(c.unit) else " " for c in cells]
    line = "".join(u if len(u) == 1 else " " for u in row)
    at = line.find(text)
    found: dict[tuple[int, int, str], None] = {}
    places = range(at, at + len(text)) if token.kind == "unknown" else ()
    for place in places:
        found |= _near_names(line, place, place)
        if found:
            break
    if not found:  # 非没矿山: the wrong character is a word of its own
        beside = [p for p in range(at - 3, at + len(text) + 3) if 0 <= p < len(line)]
        for place in beside:
            for name in _near_names(line, place, at):
                if name[1] > 3 and name[0] <= at and at + len(text) <= name[0] + name[1]:
                    found[name] = None
    if not found and len(text) == 2 and token.kind == "unknown" and not _is_word(text):
        found = _short_name(text, at)
    if not found:
        return None
    size = max(s for _, s, _ in found)
    best = [f for f in found if f[1] == size]
    heard = [
        f for f in best if all(_sound_alike(a, b) for a, b in zip(line[f[0] :], f[2], strict=False))
    ]
    best = heard or best
    if len({lexicon().phrases[name] for *_, name in best}) != 1:
        return None  # 烟花爆竹 and 烟花炮竹 are one thing
    begin, size, name = best[0]
    new = cells[:begin] + [_Cell(char) for char in name] + cells[begin + size :]
    return new, Correction(line[begin : begin + size], name)


def _near_names(line: str, place: int, at: int) -> dict[tuple[int, int, str], None]:
    """Find names around ``at`` that differ from what is written in the character of one place."""
    found: dict[tuple[int, int, str], None] = {}
    for size in range(8, 2, -1):
        for begin in range(max(0, place - size + 1), min(place, len(line) - size) + 1):
            if not begin <= at < begin + size:
                continue
            written = line[begin : begin + size]
            masked = written[: place - begin] + "?" + written[place - begin + 1 :]
            for name in _masked().get(masked, ()):
                if name == written:
                    continue
                if size > 3 or _sound_alike(written[place - begin], name[place - begin]):
                    found[begin, size, name] = None
    return found


def _short_name(text: str, at: int) -> dict[tuple[int, int, str], None]:
    """Find the names of two characters that sound as two unknown ones do, one of them right (煤旷)."""
    found: dict[tuple[int, int, str], None] = {}
    for place in (0, 1):
        for name in _masked().get(text[:place] + "?" + text[place + 1 :], ()):
            entry = lexicon().phrases[name]
            # Of divisions only provinces: with two characters most names sound like some county's.
            large = entry.kind == "theme" or entry.values[0].endswith(("省", "自治区"))
            if len(name) == 2 and large and _sound_alike(text[place], name[place]):
                found[at, 2, name] = None
    return found


@cache
def _masked() -> Mapping[str, tuple[str, ...]]:
    """Names with one character left out, and what they are."""
    out: dict[str, list[str]] = defaultdict(list)
    for phrase, entry in lexicon().phrases.items():
        if entry.kind in ("theme", "region") and 2 <= len(phrase) <= 8 and _all_han(phrase):
            for i in range(len(phrase)):
                out[phrase[:i] + "?" + phrase[i + 1 :]].append(phrase)
    return {masked: tuple(names) for masked, names in out.items()}


def _all_han(text: str) -> bool:
    return all(_HAN.match(c) for c in text)


def _sound_alike(one: str, other: str) -> bool:
    return one == other or bool(_sounds().get(one, frozenset()) & _sounds().get(other, frozenset()))


@cache
def _sounds() -> Mapping[str, frozenset[str]]:
    from kg.repair.readings import by_base

    out: dict[str, set[str]] = defaultdict(set)
    for syllable, chars in by_base().items():
        for char in chars:
            out[char].add(syllable)
    return {char: frozenset(found) for char, found in out.items()}


# --- things that notices name ---------------------------------------------------------------------


def _named_in_part(tokens: list[Token], within: Find) -> list[Token]:
    """Look unknown Chinese words up among the names of things, with as much beside them as fits."""
    out = list(tokens)
    at = 0
    while at < len(out):
        if out[at].kind == "unknown" and (_HAN.match(out[at].text) or out[at].text.isdigit()):
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
            if len(text) < _NAME or not _HAN.match(text[-1]) or any(
                t.kind in ("mark", "slot") for t in row
            ):
                continue
            entry = within(text)
            if entry is not None and entry.kind == "meeting":
                return first, end, entry
    spans = [(first, end) for first in range(max(0, at - 2), at + 1)
             for end in range(at + 1, min(len(tokens), at + 4) + 1)]  # fmt: skip
    for first, end in sorted(spans, key=lambda s: s[0] - s[1]):
        row = tokens[first:end]
        if any(t.kind in ("role", "mark", "slot", "day") or not _HAN.match(t.text) for t in row):
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
