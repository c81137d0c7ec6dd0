"""Misspelt words of a question, and the one thing that each was meant to be.

A word of other letters is one letter away from it (two, where it is long), or two words written as
one. A Chinese name has one other character, of the same sound where it is short; the character can
be a word of its own (非没矿山 is 非煤矿山, 春更春播 is 春耕春播).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache

from kg.question.cells import HAN, Cell, Correction, Token, is_word
from kg.question.lexicon import lexicon, units

_SHORTEST = 4
"""Letters that a word must have to be taken for a misspelling."""


def correct(cells: list[Cell], tokens: list[Token]) -> tuple[list[Cell], Correction] | None:
    """Correct the first word that nothing knows, or single outside word, that has one correction."""
    for token in tokens:
        if not strange(token):
            continue
        if token.kind == "unknown" and not HAN.match(token.text):
            found = _correct_word(cells, token.text)
        else:
            found = _correct_chinese(cells, token)
        if found is not None:
            return found
    return None


def strange(token: Token) -> bool:
    """Whether nothing knows a word, or it is one character that makes no question (最, 更)."""
    outside = token.kind == "outside" and len(token.text) == 1
    return token.kind == "unknown" or (outside and bool(HAN.match(token.text)))


def _correct_word(cells: list[Cell], word: str) -> tuple[list[Cell], Correction] | None:
    at = next(i for i, c in enumerate(cells) if c.unit == word and c.token is None)
    meant = _near_word(cells[at].written) or _near_word(word)  # stres is no plural
    if meant is None:
        return None
    new = [Cell(unit) for unit, *_ in units(meant)]
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


def _correct_chinese(cells: list[Cell], token: Token) -> tuple[list[Cell], Correction] | None:
    """Replace one character, in a strange word or beside it, to make a name of a concept or division."""
    text = token.text
    row = [c.unit if c.token is None and HAN.match(c.unit) else " " for c in cells]
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
            for near in _near_names(line, place, at):
                if near[1] > 3 and near[0] <= at and at + len(text) <= near[0] + near[1]:
                    found[near] = None
    if not found and len(text) == 2 and token.kind == "unknown" and not is_word(text):
        found = _short_name(text, at)
    if not found and len(text) == 1 and token.kind == "unknown":  # 防讯, where 防 is known
        for begin in (max(at - 1, 0), at):
            pair = line[begin : begin + 2]
            if len(pair) == 2 and " " not in pair and not is_word(pair):
                found |= {f: None for f in _short_name(pair, begin) if f[2][at - begin] != text}
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
    new = cells[:begin] + [Cell(char) for char in name] + cells[begin + size :]
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
                free = size > 3 and place == at and not _in_word(line, place)
                if free or _sound_alike(written[place - begin], name[place - begin]):
                    found[begin, size, name] = None
    return found


def _in_word(line: str, place: int) -> bool:
    """Whether the character of a place makes a word with one beside it (非法 is no 非煤)."""
    pairs = (line[place : place + 2], line[max(place - 1, 0) : place + 1])
    return any(len(pair) == 2 and is_word(pair) for pair in pairs)


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
        if (
            entry.kind in ("theme", "region", "campaign")
            and 2 <= len(phrase) <= 8
            and _all_han(phrase)
        ):
            for i in range(len(phrase)):
                out[phrase[:i] + "?" + phrase[i + 1 :]].append(phrase)
    return {masked: tuple(names) for masked, names in out.items()}


def _all_han(text: str) -> bool:
    return all(HAN.match(c) for c in text)


def _sound_alike(one: str, other: str) -> bool:
    return one == other or bool(_sounds().get(one, frozenset()) & _sounds().get(other, frozenset()))


def _heard(syllable: str) -> str:
    """Write a syllable as many speak it: zh as z, -ng as -n.

    >>> _heard("zhang"), _heard("pin") == _heard("ping")
    ('zan', True)
    """
    once = re.sub(r"^([zcs])h", r"\1", syllable)
    return once.removesuffix("g") if once.endswith("ng") else once


@cache
def _sounds() -> Mapping[str, frozenset[str]]:
    from kg.repair.readings import by_base

    out: dict[str, set[str]] = defaultdict(set)
    for syllable, chars in by_base().items():
        for char in chars:
            out[char].add(_heard(syllable))
    return {char: frozenset(found) for char, found in out.items()}
