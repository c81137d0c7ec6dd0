"""Traditional to simplified: OpenCC's t2s, and what it leaves alone (ontology/repairs.yaml)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from operator import ne
from typing import TYPE_CHECKING

from kg.data import ONTOLOGY
from kg.errors import DataFileError

if TYPE_CHECKING:
    import opencc

_FILE = ONTOLOGY / "repairs.yaml"
#: Share of the characters that conversion changes from which a page counts as traditional. Real
#: pages and mirror pages have 0.2-0.4; simplified ones that quote a name, below 0.02.
TRADITIONAL = 0.08
_HAN = re.compile("[\u3400-\u9fff]+")


@dataclass(frozen=True, slots=True)
class ScriptRule:
    """A character that t2s leaves alone although simplified Chinese writes another."""

    source: str
    target: str
    keep_in: tuple[str, ...]
    examples: tuple[tuple[str, str], ...]


@cache
def rules() -> tuple[ScriptRule, ...]:
    """Read the rows ``script`` of ontology/repairs.yaml.

    Raises DataFileError where a row is incomplete.
    """
    import yaml

    rows = yaml.safe_load(_FILE.read_text(encoding="utf-8")).get("script") or ()
    out = []
    for number, row in enumerate(rows, 1):
        unknown = set(row) - {"from", "to", "keep_in", "examples"}
        if unknown or not all(len(str(row.get(k, ""))) == 1 for k in ("from", "to")):
            raise DataFileError(
                f"ontology/repairs.yaml: script row {number}: needs one character each in 'from' "
                f"and 'to'{', unknown ' + ', '.join(sorted(unknown)) if unknown else ''}",
                hint="copy the row of 著",
            )
        examples = tuple((row.get("examples") or {}).items())
        out.append(ScriptRule(row["from"], row["to"], tuple(row.get("keep_in") or ()), examples))
    if not out:
        raise DataFileError("ontology/repairs.yaml: no rows under 'script'")
    return tuple(out)


@cache
def _converter() -> opencc.OpenCC:
    import opencc

    return opencc.OpenCC("t2s")


def convert(text: str) -> str:
    """OpenCC's t2s, held to one character for one.

    >>> convert("安全生產與應急處置")
    '安全生产与应急处置'
    """
    converted: str = _converter().convert(text)
    if len(converted) == len(text):
        return converted
    lines = []
    for line in text.split("\n"):
        got = _converter().convert(line)
        lines.append(got if len(got) == len(line) else "".join(map(char, line)))
    return "\n".join(lines)


@cache
def char(character: str) -> str:
    """One character in simplified form (without its context)."""
    converted: str = _converter().convert(character)
    return converted if len(converted) == 1 else character


def is_traditional(text: str, converted: str) -> bool:
    """Whether a page is written in traditional characters, given what conversion makes of it.

    >>> is_traditional("著作", convert("著作")), is_traditional("電話會議", convert("電話會議"))
    (False, True)
    """
    if text == converted:
        return False
    changed: int = sum(map(ne, text, converted))
    han = len(text) - len(_HAN.sub("", text))
    return changed >= TRADITIONAL * han


def finish(converted: str) -> str:
    """Apply the rules of ontology/repairs.yaml to a text that was converted.

    >>> finish("著力防范,成效显著,紧接著")
    '着力防范,成效显著,紧接着'
    """
    for rule in rules():
        position = converted.find(rule.source)
        if position < 0:
            continue
        chars = list(converted)
        while position >= 0:
            if not any(_stands_in(converted, position, rule.source, word) for word in rule.keep_in):
                chars[position] = rule.target
            position = converted.find(rule.source, position + 1)
        converted = "".join(chars)
    return converted


def _stands_in(text: str, position: int, source: str, word: str) -> bool:
    offset = word.find(source)
    return position >= offset and text.startswith(word, position - offset)
