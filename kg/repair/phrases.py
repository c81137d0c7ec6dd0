"""The rows of ontology/repairs.yaml that speak for a reading of broken bytes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from kg.data import ONTOLOGY
from kg.errors import DataFileError

_FILE = ONTOLOGY / "repairs.yaml"
#: Rarity of a frequent phrase, of another one, and of a label of the vocabulary, in nats.
FREQUENT_COST = 7.5
COST = 9.0
LABEL_COST = 9.0


@cache
def rows() -> dict[str, Any]:
    """Read ontology/repairs.yaml whole."""
    import yaml

    got = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    if not isinstance(got, dict):
        raise DataFileError("ontology/repairs.yaml: not a mapping of row kinds")
    return got


@cache
def phrases() -> Mapping[str, float]:
    """Expressions of safety administration, and their cost in nats.

    >>> phrases()["两客一危"] < phrases()["高支模"]
    True
    """
    themes = rows().get("phrases", {})
    table = {p: COST for line in themes.values() for p in line.split()}
    return table | dict.fromkeys(themes.get("frequent", "").split(), FREQUENT_COST)


#: Themes of phrases that are no things: they stand in no list of sectors, bodies and dangers.
_NO_THINGS = ("frequent", "duties", "actions", "documents", "dates")


@cache
def not_listed() -> frozenset[str]:
    """Phrases that say what is done, by whom or when; what stands in lists is a thing.

    >>> "叫停" in not_listed(), "尾矿库" in not_listed()
    (True, False)
    """
    themes = rows().get("phrases", {})
    things = {p for name, line in themes.items() if name not in _NO_THINGS for p in line.split()}
    return frozenset(
        p for name in _NO_THINGS[1:] for p in themes.get(name, "").split() if p not in things
    )


@cache
def things_after() -> Mapping[str, tuple[str, ...]]:
    """Terms that name things, where a shorter term of the same bytes names a trade, by the words before them.

    >>> "存放" in things_after()["危化品"]
    True
    """
    return {longer: tuple(line.split()) for longer, line in rows().get("things_after", {}).items()}


@cache
def no_end() -> frozenset[str]:
    """Characters that hardly end a clause."""
    return frozenset(rows().get("no_end", ""))


@cache
def no_begin() -> frozenset[str]:
    """Characters that hardly begin a clause."""
    return frozenset(rows().get("no_begin", ""))


@cache
def alone() -> frozenset[str]:
    """Characters that are words by themselves."""
    return frozenset(rows().get("alone", ""))


@cache
def opening() -> frozenset[str]:
    """Characters that are words by themselves and begin clauses."""
    return frozenset(rows().get("opening", ""))


@cache
def both_scripts() -> frozenset[str]:
    """Simplified characters that traditional text has as well."""
    return frozenset(rows().get("both_scripts", ""))


@cache
def private_use() -> Mapping[str, str]:
    """Private-use characters of the older GB 18030 tables, and what the standard has now.

    >>> private_use()["\ue5e5"]
    '\u3000'
    """
    table = {}
    for code, char in rows().get("private_use", {}).items():
        if not (len(char) == 1 and re.fullmatch("E[0-9A-F]{3}|F[0-8][0-9A-F]{2}", str(code))):
            raise DataFileError(
                f"ontology/repairs.yaml: private_use {code}: needs a code point from E000 to F8FF and one character"
            )
        table[chr(int(str(code), 16))] = char
    return table


@cache
def frames() -> Mapping[str, tuple[str, ...]]:
    """Fixed expressions in which one word alone can stand, by that word; ``_`` is its place.

    >>> "_生产责任制" in frames()["安全"]
    True
    """
    out = {}
    for word, expressions in rows().get("frames", {}).items():
        wrong = [e for e in expressions if not (e.startswith("_") ^ e.endswith("_"))]
        if wrong or len(expressions) < 3:
            raise DataFileError(
                f"ontology/repairs.yaml: frames of {word}: three at least, each with _ at one end"
            )
        out[word] = tuple(expressions)
    return out
