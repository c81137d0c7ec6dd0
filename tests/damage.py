"""Damages a clean text as the mirror pages do, from the mechanism in docs/damage.md.

The generator is written from the description, apart from kg/repair/bytes.py on purpose: a mistake in one
does not hide in the other. It knows the truth: which stretches of the clean text were broken.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from kg.repair import readings

#: Simplified characters that the mirrors' table leaves alone although OpenCC's s2tw changes them.
KEEP = frozenset(
    "后于范干制云松面系采克里只余并斗谷征御表冬出升卷吁咸回困布志折舍郁雕游占扎筑注涂了托尸岳家"
    "局弦才板借辟仆秋杰胡周念核欲床群淀伙吃岩帘梁凶呆杯向姜累秘"
)
OTHER = {"症": "癥", "签": "簽", "冲": "沖"}
MARKS = {",": "，", "!": "！", "?": "？", ";": "；", ":": "："}
HALF = {full: half for half, full in MARKS.items()}
#: Share of the pages whose search does not look for the full stop: there `。“` breaks as `確保”` does.
WITHOUT_STOP = 0.25
_BESIDE_HAN = re.compile("(?<=[\u3000-\u9fff“”’—…·])[,!?;:]|[,!?;:](?=[\u3000-\u9fff“”‘—…])")


@dataclass(frozen=True)
class Run:
    """A broken stretch: ``clean[clean_start:clean_end]`` is shown as ``text[start:end]``."""

    clean_start: int
    clean_end: int
    start: int
    end: int


@dataclass(frozen=True)
class Damaged:
    """A damaged twin."""

    clean: str
    """The clean text as the page would show it (marks beside Chinese in half width)."""
    text: str
    runs: tuple[Run, ...]
    origin: tuple[int, ...] = field(repr=False)
    """For each damaged character the clean one it shows, or -1 (gloss, or part of a run)."""


@cache
def traditional(char: str) -> str:
    """One character in the mirrors' traditional form."""
    if char in KEEP:
        return char
    if char in OTHER:
        return OTHER[char]
    got = _s2tw(char)
    return got if len(got) == 1 else char


@cache
def _s2tw(char: str) -> str:
    import opencc

    result: str = _tw().convert(char)
    del opencc
    return result


@cache
def _tw():  # type: ignore[no-untyped-def]
    import opencc

    return opencc.OpenCC("s2tw")


@cache
def _syllables() -> dict[str, tuple[str, ...]]:
    table: dict[str, list[str]] = {}
    for syllable, chars in readings.by_tone().items():
        for char in chars:
            table.setdefault(char, []).append(syllable)
    return {char: tuple(found) for char, found in table.items()}


def corrupt(
    clean: str,
    *,
    seed: int = 0,
    script: bool = True,
    glosses: int | None = None,
    hit: float | Mapping[str, float] | None = None,
    end_q: bool | None = None,
    swallow: bool | None = None,
    terms: Sequence[str] = (),
) -> Damaged:
    """A damaged twin of ``clean``; options left out are drawn from the seed.

    ``glosses`` is the number of distinct characters glossed; ``hit`` the chance that a match is cut (one for
    all marks, or one a mark; a mark left out is not looked for); ``end_q`` shows a lead byte left alone before a
    cut as ``?``; ``swallow`` lets one before a gloss eat the parenthesis; ``terms`` are put into the
    enumerations of the text first, one behind every third ``、``.
    """
    rng = random.Random(f"{seed}/{len(clean)}")
    if terms:
        clean = _enumerate(clean, terms, rng)
    clean = "".join(HALF.get(c, c) for c in clean)
    if end_q is None:
        end_q = rng.random() < 0.15
    if swallow is None:
        swallow = rng.random() < 0.7
    if hit is None:
        hit = _draw(rng)
    elif not isinstance(hit, Mapping):
        hit = dict.fromkeys("，！？；：、。", hit)
    shown = _BESIDE_HAN.sub(lambda m: MARKS[m[0]], clean)
    chars = [traditional(c) if script else c for c in shown]
    changed = sorted({t for c, t in zip(shown, chars, strict=True) if c != t and t in _syllables()})
    if glosses is None:
        glosses = rng.randint(12, 66) if script else 0
    rng.shuffle(changed)
    gloss_of = {}
    for char in changed[:glosses]:
        pair = char.encode("gbk", "ignore")
        if len(pair) == 2:
            gloss_of[pair] = f"({rng.choice(_syllables()[char])})"
    items = _stream(chars)
    items = _insert_glosses(items, gloss_of)
    items = _insert_cuts(items, rng, hit)
    return _decode(items, clean, end_q=end_q, swallow=swallow)


def breaking(terms: Iterable[str]) -> tuple[str, ...]:
    """Those of some terms that the search cuts inside, or at the mark behind them, in an enumeration.

    >>> breaking(["危化品", "煤矿", "学校"])
    ('危化品', '学校')
    """
    return tuple(t for t in terms if corrupt(f"、{t}、", glosses=0, hit=1.0).runs)


# An item is (kind, value, index of the clean character): "b" byte, "s" string shown as it is,
# "g" gloss, "c" cut.
Item = tuple[str, int | str, int]


def _stream(chars: list[str]) -> list[Item]:
    items: list[Item] = []
    for index, char in enumerate(chars):
        try:
            data = char.encode("gbk")
        except UnicodeEncodeError:
            items.append(("s", char, index))
            continue
        items.extend(("b", byte, index) for byte in data)
    return items


def _pair(items: list[Item], position: int) -> bytes:
    two = items[position : position + 2]
    if len(two) == 2 and two[0][0] == two[1][0] == "b":
        return bytes((int(two[0][1]), int(two[1][1])))
    return b""


def _insert_glosses(items: list[Item], gloss_of: dict[bytes, str]) -> list[Item]:
    out: list[Item] = []
    position = 0
    while position < len(items):
        gloss = gloss_of.get(_pair(items, position))
        if gloss:
            out.extend(items[position : position + 2])
            out.append(("g", gloss, -1))
            position += 2
        else:
            out.append(items[position])
            position += 1
    return out


def _draw(rng: random.Random) -> dict[str, float]:
    """What a page's search looks for and how often it cuts: most matches, those of ：less often."""
    page = rng.choice([0.6, 0.75, 0.9, 1.0])
    hit = dict.fromkeys("，！？；、。", page)
    hit["："] = page * rng.choice([0.0, 0.5, 1.0])
    if rng.random() < WITHOUT_STOP:
        del hit["。"]
    return hit


def _enumerate(clean: str, terms: Sequence[str], rng: random.Random) -> str:
    """Put terms into enumerations: `煤矿、消防` becomes `煤矿、危化品、消防`."""
    parts = clean.split("、")
    out = [parts[0]]
    for number, part in enumerate(parts[1:]):
        if number % 3 == 0:
            out.append(rng.choice(terms))
        out.append(part)
    return "、".join(out)


def _insert_cuts(items: list[Item], rng: random.Random, hit: Mapping[str, float]) -> list[Item]:
    """Search from left to right; a byte that one match holds cannot begin the next.

    So 。before 狠 (A1A3 BAxx) is found as 。and its A3 is spent, and `海、` (BAA3 A1A2) breaks at A3A1 or
    at A1A2, never at both. A match that is not taken spends nothing.
    """
    wanted = {mark.encode("gbk"): chance for mark, chance in hit.items()}
    out: list[Item] = []
    position = 0
    while position < len(items):
        if (chance := wanted.get(_pair(items, position))) and rng.random() < chance:
            out.append(("c", "", -1))
            out.extend(items[position : position + 2])
            position += 2
        else:
            out.append(items[position])
            position += 1
    return out


def _decode(items: list[Item], clean: str, *, end_q: bool, swallow: bool) -> Damaged:
    shown: list[
        tuple[str, tuple[int, ...]]
    ] = []  # what is shown, and the clean indexes of its bytes
    position = 0
    while position < len(items):
        kind, value, index = items[position]
        position += 1
        if kind == "c":
            continue
        if kind in "sg":
            shown.append((str(value), (index,) if kind == "s" else ()))
            continue
        byte = int(value)
        following = items[position] if position < len(items) else ("c", "", -1)
        if byte < 0x80:
            shown.append((chr(byte), (index,)))
        elif following[0] == "b" and _is_trail(int(following[1])):
            char = _read(byte, int(following[1]))
            shown.append((HALF.get(char, char), (index, following[2])))
            position += 1
        elif following[0] == "g" and swallow:
            shown.append(("?" + str(following[1])[1:], (index,)))
            position += 1
        elif end_q and (following[0] == "c" or following[1] == 0x0A):
            shown.append(("?", (index,)))
        else:
            shown.append(("", (index,)))
    return _align(shown, clean, Counter(index for _, _, index in items))


def _is_trail(byte: int) -> bool:
    return 0x40 <= byte <= 0xFE and byte != 0x7F


@cache
def _read(lead: int, trail: int) -> str:
    data = bytes((lead, trail)).decode("gbk", "ignore")
    return data if len(data) == 1 and data > "\x7f" else ""


def _align(
    shown: list[tuple[str, tuple[int, ...]]], clean: str, lengths: Mapping[int, int]
) -> Damaged:
    intact: dict[int, int] = {}  # clean index -> index in shown
    for number, (text, indexes) in enumerate(shown):
        # A character is intact where all its bytes, and no others, show it.
        if text and len(set(indexes)) == 1 and len(indexes) == lengths[indexes[0]]:
            intact[indexes[0]] = number
    starts, text, origin = [], "", []
    back = {number: index for index, number in intact.items()}
    for number, (piece, _) in enumerate(shown):
        starts.append(len(text))
        text += piece
        origin.extend([back.get(number, -1)] * len(piece))
    starts.append(len(text))
    runs = []
    index = 0
    while index < len(clean):
        if index in intact:
            index += 1
            continue
        end = index
        while end < len(clean) and end not in intact:
            end += 1
        first = intact[index - 1] + 1 if index else 0
        last = intact[end] if end < len(clean) else len(shown)
        while first < last and not shown[first][1]:  # the gloss of the intact character before
            first += 1
        runs.append(Run(index, end, starts[first], starts[last]))
        index = end
    return Damaged(clean, text, tuple(runs), tuple(origin))
