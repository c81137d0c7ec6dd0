"""What a page lost for good: told, never guessed.

Characters that a decoder replaced (U+FFFD), private-use characters that no table knows, words masked by
underscores, emoji in the middle of a name, and words that a mirror replaced by a brand.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from kg.model import EditKind
from kg.repair.phrases import frames, private_use

_HAN = "[\u3400-\u9fff]"
_REPLACED = re.compile("\ufffd+")
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]+")
_MASKED = re.compile(f"(?<={_HAN})_{{2,12}}(?={_HAN})(?![年月日号元人万])")
_EMOJI = re.compile(f"(?<={_HAN})[\U0001f300-\U0001faff\u2600-\u27bf]\ufe0f?(?={_HAN})")
#: A Latin name where an administrative division has its own: `Vivo县人民政府`.
_BRANDED_PLACE = re.compile(
    "(?<![A-Za-z])(?P<word>[A-Za-z][A-Za-z' -]{1,18}[A-Za-z])"
    "(?=[省市县区旗]|自治[区州县旗])(?=.{1,3}(?:委|政府|人民|安委|应急|各|党|领导|安全))"
)
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9&'.-]{1,18}")
_LATIN_BEFORE = re.compile(r"[A-Za-z][A-Za-z0-9&'.-]{1,18}\Z")
_HAN_ONLY = re.compile(f"{_HAN}+")
_PLACEHOLDER = re.compile(r"([A-Za-z])\1*")
#: Frames of one word in which the same foreign word must stand (each frame is a fixed expression).
FRAMES_NEEDED = 3


class Lost(NamedTuple):
    """A passage ``text[start:end]`` and why it is suspected."""

    start: int
    end: int
    kind: EditKind
    evidence: str
    proposal: str = ""


def find(text: str) -> list[Lost]:
    r"""Find what is lost on a page, in order.

    >>> [(x.kind, x.start, x.end) for x in find("加强危\ufffd\ufffd品监管，某__公司")]
    [('lost', 3, 5), ('masked', 10, 12)]
    """
    return sorted((*_characters(text), *_replaced_words(text)))


def _characters(text: str) -> Iterator[Lost]:
    if "\ufffd" in text:
        for match in _REPLACED.finditer(text):
            yield Lost(*match.span(), "lost", "U+FFFD: a decoder could not read these bytes")
    known = private_use()
    for match in _PRIVATE.finditer(text):
        if not all(c in known for c in match[0]):
            codes = " ".join(f"U+{ord(c):04X}" for c in match[0][:4])
            yield Lost(*match.span(), "private", f"private use, its font unknown: {codes}")
    if "__" in text:
        for match in _MASKED.finditer(text):
            yield Lost(*match.span(), "masked", "underscores in the place of a word")
    for match in _EMOJI.finditer(text):
        yield Lost(*match.span(), "masked", "an emoji inside a name")


def _replaced_words(text: str) -> Iterator[Lost]:
    for match in _BRANDED_PLACE.finditer(text):
        if not _PLACEHOLDER.fullmatch(match["word"]):
            evidence = "a Latin name in the place of a division's"
            yield Lost(*match.span("word"), "word", evidence)
    for word, expressions in frames().items():
        if word not in text:  # a mirror replaces every occurrence
            yield from _foreign(text, word, expressions)


def _foreign(text: str, word: str, expressions: tuple[str, ...]) -> Iterator[Lost]:
    """Find one string that stands in several fixed expressions where ``word`` belongs."""
    spans: dict[str, set[tuple[int, int]]] = defaultdict(set)
    frames_of: dict[str, set[str]] = defaultdict(set)
    for expression in expressions:
        before, _, after = expression.partition("_")
        fixed = after or before
        at = text.find(fixed)
        while at >= 0:
            for start, end in _slots(text, at if after else at + len(fixed), left=bool(after)):
                spans[text[start:end]].add((start, end))
                frames_of[text[start:end]].add(expression)
            at = text.find(fixed, at + 1)
    named = [
        w
        for w, used in frames_of.items()
        if len(used) >= FRAMES_NEEDED and len({_head(frame) for frame in used}) > 1
    ]
    for foreign in named:
        if any(foreign != other and foreign in other for other in named):
            continue  # a part of the name only
        evidence = f"{foreign} stands where official text has {word}, which is nowhere on the page"
        for start, end in sorted(spans[foreign]):
            yield Lost(start, end, "word", evidence, word)


def _head(frame: str) -> str:
    """What a frame begins or ends with: 农业 has many frames in _生产…, and no other."""
    return frame[:3] if frame.startswith("_") else frame


def _slots(text: str, at: int, *, left: bool) -> Iterator[tuple[int, int]]:
    """Yield what may be one name that ends (or begins) at ``at``."""
    latin = _LATIN_BEFORE.search(text, max(0, at - 20), at) if left else _LATIN.match(text, at)
    if latin:
        yield latin.span()
    for length in (2, 3, 4):
        start, end = (at - length, at) if left else (at, at + length)
        if start >= 0 and _HAN_ONLY.fullmatch(text, start, end):
            yield start, end
