"""What one parameter of SHACL Core asks of values: functions over terms in N-Triples' own writing.

A function says True only where it is certain; of a value that it does not understand it says False, and
pySHACL is asked (:mod:`kg.shapes`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from kg.vocab import KG, RDF, XSD

_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_INTEGER = re.compile("0|-?[1-9][0-9]*").fullmatch
_PLAIN = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}

Said = Mapping[str, list[str]]
"""What a subject says: objects by predicate, all as N-Triples text."""
Types = Mapping[str, frozenset[str]]
"""The classes of a node, those above them included."""
Test = Callable[[Said, Types], bool]
"""Whether what a subject says is certain to keep a constraint."""


class Unknown(Exception):  # noqa: N818 - no error: a shape for pySHACL alone
    """A shape says what is not compiled."""


def _literal(term: str) -> tuple[str, str, str] | None:
    """Split a literal into its characters, language and datatype; None for an IRI."""
    if term[0] != '"':
        return None
    at = term.rindex('"')
    value, tail = term[1:at], term[at + 1 :]
    if "\\" in value:
        value = _ESCAPE.sub(_character, value)
    if not tail:
        return value, "", XSD.string
    return (value, tail[1:].lower(), RDF.langString) if tail[0] == "@" else (value, "", tail[3:-1])


def _character(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    return chr(int(code, 16)) if code else _PLAIN.get(match[3], match[3])


def _string(term: str) -> str:
    """Return what sh:pattern and sh:minLength look at."""
    literal = _literal(term)
    return term[1:-1] if literal is None else literal[0]


def _is_integer(value: str) -> bool:
    return _INTEGER(value) is not None


def _is_date(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


#: Characters that a value of a datatype may have; of others nothing is certain.
_WELL_FORMED: Mapping[str, Callable[[str], bool]] = {
    XSD.string: lambda value: True,
    RDF.langString: lambda value: True,
    KG.GBT2260: lambda value: True,
    XSD.integer: _is_integer,
    XSD.boolean: lambda value: value in ("true", "false"),
    XSD.date: _is_date,
}


def _datatype(wanted: str) -> Callable[[str], bool]:
    well_formed = _WELL_FORMED.get(wanted)
    if well_formed is None:
        raise Unknown(wanted)

    ends = {XSD.string: '"', RDF.langString: "@"}.get(wanted, f'"^^<{wanted}>')
    certain = wanted in (XSD.string, RDF.langString, KG.GBT2260)

    def test(term: str) -> bool:
        if term[0] != '"':
            return False
        if certain and ends != "@":
            return term.endswith(ends)
        literal = _literal(term)
        return literal is not None and literal[2] == wanted and well_formed(literal[0])

    return test


def _number(term: str) -> int | None:
    literal = _literal(term)
    if literal is None or literal[2] != XSD.integer or not _is_integer(literal[0]):
        return None
    return int(literal[0])


def _bound(compare: Callable[[int, int], bool]) -> Callable[[str], Callable[[str], bool]]:
    def make(limit: str) -> Callable[[str], bool]:
        wanted = int(limit)
        return lambda term: (found := _number(term)) is not None and compare(found, wanted)

    return make


def _length(least: int, most: int) -> Callable[[str], bool]:
    return lambda term: least <= len(_string(term)) <= most


def _matching(pattern: str) -> Callable[[str], bool]:
    search = re.compile(pattern).search
    return lambda term: search(_string(term)) is not None


#: Parameters that ask each value by itself.
VALUE_TESTS: Mapping[str, Callable[[str], Callable[[str], bool]]] = {
    "datatype": _datatype,
    "pattern": _matching,
    "minLength": lambda n: _length(int(n), 1 << 30),
    "maxLength": lambda n: _length(0, int(n)),
    "minInclusive": _bound(lambda found, limit: found >= limit),
    "maxInclusive": _bound(lambda found, limit: found <= limit),
}


def among(allowed: frozenset[str]) -> Callable[[str], bool]:
    """Ask that a value is one of these."""
    return lambda term: term in allowed


def language(tags: list[str]) -> Callable[[str], bool]:
    """Ask that a value is in one of these languages."""

    def test(term: str) -> bool:
        literal = _literal(term)
        return literal is not None and any(
            literal[1] == tag or literal[1].startswith(f"{tag}-") for tag in tags
        )

    return test


def has(path: str, value: str) -> Test:
    """Ask that a value is among those of a path."""
    return lambda said, types: value in said.get(path, ())


def unique(path: str) -> Test:
    """Ask that no language comes twice."""

    def test(said: Said, types: Types) -> bool:
        del types
        objects = said.get(path, ())
        tags = [literal[1] for term in objects if (literal := _literal(term)) and literal[1]]
        return len(tags) == len(set(tags))

    return test


def disjoint(path: str, other: str) -> Test:
    """Ask that two paths have no value in common."""
    return lambda said, types: not set(said.get(path, ())) & set(said.get(other, ()))


def before(path: str, other: str, *, equal: bool) -> Test:
    """Compare dates with dates and integers with integers; of others nothing is certain."""

    def key(term: str) -> tuple[int, Any] | None:
        number = _number(term)
        if number is not None:
            return 0, number
        literal = _literal(term)
        if literal is not None and literal[2] == XSD.date and _is_date(literal[0]):
            return 1, literal[0]
        return None

    def test(said: Said, types: Types) -> bool:
        del types
        for one in map(key, said.get(path, ())):
            for two in map(key, said.get(other, ())):
                if one is None or two is None or one[0] != two[0]:
                    return False
                if not (one[1] < two[1] or (equal and one[1] == two[1])):
                    return False
        return True

    return test
