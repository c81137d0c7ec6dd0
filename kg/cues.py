"""The only reader of ``ontology/cues``: rows of words or patterns, each with its own examples.

A file is a YAML list of rows. Unknown keys, empty files, broken patterns and duplicate ids are refused with
``file:line``. The examples (``matches``, ``rejects``) are run by the test suite, not at run time.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from kg.data import ONTOLOGY
from kg.errors import DataFileError

#: libyaml's loader where it is there: ten times quicker, same result.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a cue file."""

    id: str
    kind: str = ""
    """What a hit means; the file's stage knows the kinds."""
    value: str = ""
    """A detail of the kind: a modality, a concept id, a level."""
    words: tuple[str, ...] = ()
    """Literal words, found longest first."""
    pattern: str = ""
    """A Python regular expression."""
    frame: tuple[str, ...] = ()
    """Classes of words and gaps, in their order (see ``kg.frames``)."""
    unless: tuple[str, ...] = ()
    """Words or classes beside which a frame names nothing."""
    max: int = 0
    """Longest line in characters that the row applies to; 0 for any."""
    strength: int = 0
    matches: tuple[str, ...] = ()
    rejects: tuple[str, ...] = ()


_KEYS = tuple(f.name for f in fields(Row))


@cache
def read_rows(path: Path) -> tuple[Row, ...]:
    """Read a file of rows; a mistake raises DataFileError with file and line."""
    where = f"ontology/cues/{path.name}" if path.parent.name == "cues" else path.name
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except (OSError, yaml.YAMLError) as error:
        raise DataFileError(
            f"{where}: {error}", hint="a cue file is a YAML list of rows"
        ) from error
    if not isinstance(node, yaml.SequenceNode) or not node.value:
        raise DataFileError(f"{where}: no rows", hint="delete the file or add a row")
    rows: list[Row] = []
    seen: set[str] = set()
    for item in node.value:
        line = item.start_mark.line + 1
        if not isinstance(item, yaml.MappingNode):
            raise DataFileError(f"{where}:{line}: a row is a mapping that begins with 'id:'")
        values: dict[str, Any] = {}
        for key, value in item.value:
            if key.value not in _KEYS:
                near = difflib.get_close_matches(key.value, _KEYS, 1)
                raise DataFileError(
                    f"{where}:{key.start_mark.line + 1}: unknown key {key.value!r}",
                    hint=f"did you mean {near[0]!r}?"
                    if near
                    else f"known keys: {', '.join(_KEYS)}",
                )
            if key.value in values:
                raise DataFileError(
                    f"{where}:{key.start_mark.line + 1}: {key.value!r} stands twice in a row of the file",
                    hint="a row has each key once",
                )
            values[key.value] = (
                tuple(str(v.value) for v in value.value)
                if isinstance(value, yaml.SequenceNode)
                else int(value.value)
                if key.value in {"max", "strength"}
                else str(value.value)
            )
        if "id" not in values or values["id"] in seen:
            raise DataFileError(f"{where}:{line}: missing or repeated id", hint="ids are unique")
        for name in ("words", "matches", "rejects", "unless"):
            if isinstance(values.get(name), str):
                values[name] = tuple(values[name].split())
        if isinstance(values.get("frame"), str):
            values["frame"] = (values["frame"],)
        row = Row(**values)
        try:
            compiled(row)
        except re.error as error:
            raise DataFileError(f"{where}:{line}: pattern of {row.id!r}: {error}") from error
        seen.add(row.id)
        rows.append(row)
    return tuple(rows)


@cache
def rows(name: str) -> tuple[Row, ...]:
    """The rows of ``ontology/cues/<name>.yaml``.

    >>> rows("structure")[0].id
    'navigation'
    """
    return read_rows(ONTOLOGY / "cues" / f"{name}.yaml")


def compiled(row: Row) -> re.Pattern[str]:
    """The row's expression; ``@words@`` in it stands for its words, longest first.

    >>> compiled(Row(id="a", pattern="(?:@words@)$", words=("会", "大会"))).pattern
    '(?:大会|会)$'
    """
    if "@words@" not in row.pattern:
        return re.compile(row.pattern)
    words = sorted(row.words, key=lambda word: (-len(word), word))
    return re.compile(row.pattern.replace("@words@", "|".join(map(re.escape, words))))


@cache
def word_set(name: str, identifier: str) -> frozenset[str]:
    """The words of one row of ``ontology/cues/<name>.yaml``.

    >>> "发动" in word_set("clauses", "pivots")
    True
    """
    return frozenset(_row(name, identifier).words)


@cache
def pattern(name: str, identifier: str) -> re.Pattern[str]:
    """The expression of one row of ``ontology/cues/<name>.yaml``.

    Raises DataFileError where the row is missing.

    >>> pattern("clauses", "condition").match("一旦发生险情") is not None
    True
    """
    return compiled(_row(name, identifier))


def _row(name: str, identifier: str) -> Row:
    for row in rows(name):
        if row.id == identifier:
            return row
    raise DataFileError(
        f"ontology/cues/{name}.yaml: no row with id {identifier!r}",
        hint="the program needs it; put it back",
    )
