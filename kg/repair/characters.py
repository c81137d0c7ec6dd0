"""Damage of single characters that is certain on any page: entities, invisible characters, widths, doubled marks.

None of it needs evidence from elsewhere on the page: official text does not write `&nbsp;`, a zero-width space
between Chinese characters, `２0２0年` or `，，`. What is lost for good (U+FFFD and the like) is told by
``kg.repair.lost``.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.entities import html5

from kg.model import EditKind
from kg.repair.patches import Patch
from kg.repair.phrases import private_use

_CJK = "\u2e80-\u303f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef\u2014\u2018-\u201d\u2026"
#: Characters that no reader sees; variation selectors and joiners of other scripts are not among them.
INVISIBLE = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
_INVISIBLE = re.compile(f"[{INVISIBLE}]+")
_BESIDE_CJK = re.compile(f"[{_CJK}]")
#: Scripts that use the zero-width joiner and non-joiner, and emoji, which join with it.
_JOINING = re.compile(
    "[\u0600-\u08ff\u0900-\u0dff\u1800-\u18af\ufb50-\ufdff\ufe70-\ufefe\ufe0f\u2600-\u27bf]"
    "|[\U0001f000-\U0001faff]"
)
#: An entity, its ampersand perhaps escaped again: &amp;nbsp;
_ENTITY = re.compile(
    r"&(?:amp;){0,4}(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
)
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd\ufffe\uffff\ud800-\udfff]")
_DIGITS = re.compile("[0-9\uff10-\uff19]{2,40}")
_LETTERS = re.compile("[A-Za-z\uff21-\uff3a\uff41-\uff5a]{2,40}")
_WIDE = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]")
_NARROW = re.compile("[0-9A-Za-z]")
#: The marks that are never doubled on purpose; three in a row stand for an ellipsis or a gap.
DOUBLED = ("，，", "、、", "；；", "：：", "。。")


@dataclass(frozen=True, slots=True)
class Certain:
    """A patch that needs no proof, and what it is."""

    patch: Patch
    kind: EditKind
    evidence: str


Step = Callable[[str], Iterator[Certain]]


def entities(text: str) -> Iterator[Certain]:
    """Find HTML entities left in the text, with what they stand for.

    >>> [(c.patch.start, c.patch.after) for c in entities("要&ldquo;一岗双责&amp;rdquo; AT&T;")]
    [(1, '“'), (12, '”')]
    """
    if "&" not in text:
        return
    for match in _ENTITY.finditer(text):
        name = match[1]
        if name.startswith("#") or f"{name};" in html5:
            meant = html.unescape(f"&{name};")
            if meant != f"&{name};" and not _NOT_TEXT.search(meant):
                patch = Patch(match.start(), match.end(), meant)
                yield Certain(patch, "entity", f"HTML entity {name}")


def invisible(text: str) -> Iterator[Certain]:
    r"""Find invisible characters beside Chinese ones.

    >>> [(c.patch.start, c.patch.end) for c in invisible("尾\u200b矿库 co\u00adoperate")]
    [(1, 2)]
    """
    if text.isascii():
        return
    for match in _INVISIBLE.finditer(text):
        before = text[match.start() - 1 : match.start()]
        after = text[match.end() : match.end() + 1]
        if _JOINING.match(before) or _JOINING.match(after):
            continue
        if _BESIDE_CJK.match(before) or _BESIDE_CJK.match(after):
            codes = " ".join(f"U+{ord(c):04X}" for c in match[0][:4])
            yield Certain(Patch(*match.span(), ""), "invisible", f"not visible: {codes}")


def private(text: str) -> Iterator[Certain]:
    r"""Find private-use characters that stand for one character by the tables of GB 18030.

    >>> [c.patch.after for c in private("要求如下\ue5e5一是")]
    ['\u3000']
    """
    table = private_use()
    for char in table:
        at = text.find(char)
        while at >= 0:
            evidence = f"U+{ord(char):04X} in older tables of GB 18030"
            yield Certain(Patch(at, at + 1, table[char]), "private", evidence)
            at = text.find(char, at + 1)


def width(text: str) -> Iterator[Certain]:
    """Find numbers and words written half in full width; all of one width is the writer's choice.

    >>> [(c.patch.start, c.patch.after) for c in width("２0２０年４月，ＡＢＣ，２０２１年")]
    [(0, '2'), (2, '20')]
    """
    if not _WIDE.search(text):
        return
    for pattern in (_DIGITS, _LETTERS):
        for match in pattern.finditer(text):
            if _WIDE.search(match[0]) and _NARROW.search(match[0]):
                for part in re.finditer(f"{_WIDE.pattern}+", match[0]):
                    start = match.start() + part.start()
                    after = unicodedata.normalize("NFKC", part[0])
                    pieces = tuple((1, 1) for _ in after)
                    patch = Patch(start, start + len(after), after, pieces)
                    yield Certain(patch, "width", f"two widths in {match[0]}")


def doubled(text: str) -> Iterator[Certain]:
    """Find a mark that stands twice.

    >>> [(c.patch.start, c.patch.after) for c in doubled("加强监管，，落实责任。。。")]
    [(4, '，')]
    """
    for pair in DOUBLED:
        mark = pair[0]
        at = text.find(pair)
        while at >= 0:
            end = at + 2
            while text[end : end + 1] == mark:
                end += 1
            if end - at == 2 and not text.startswith("…", end):
                yield Certain(Patch(at, end, mark), "mark", f"{mark} twice")
            at = text.find(pair, end)


#: Before the other repairs: entities and invisible characters would stand in the middle of their patterns.
FIRST: tuple[Step, ...] = (entities, private, invisible)
#: After them, when the marks are those that the page was written with.
LAST: tuple[Step, ...] = (width, doubled)
