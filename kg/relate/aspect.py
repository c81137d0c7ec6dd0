"""What kind of duty a clause states: an achievement with an end, a state to keep up, or a slogan."""

from __future__ import annotations

from functools import cache
from re import Pattern
from typing import get_args

from kg.cues import compiled, rows
from kg.model import Kind

KINDS: tuple[str, ...] = get_args(Kind)


@cache
def _rows() -> tuple[tuple[Pattern[str], Kind], ...]:
    return tuple((compiled(row), row.value) for row in rows("aspects"))  # type: ignore[misc]


def kind_of(words: str, modality: str, *, dated: bool, concrete: bool) -> Kind:
    """The kind of duty in a clause.

    ``dated``: it has a time limit; ``concrete``: it names a sector, a measure or a number. A ban or a
    permission is kept up.

    >>> kind_of("要在6月底前完成整改", "obligation", dated=True, concrete=False)
    'achievement'
    >>> kind_of("牢固树立安全发展理念", "obligation", dated=False, concrete=False)
    'slogan'
    >>> kind_of("加强尾矿库安全监管", "obligation", dated=False, concrete=True)
    'state'
    """
    if modality in {"prohibition", "permission"}:
        return "state"
    if dated:
        return "achievement"
    for pattern, kind in _rows():
        if pattern.search(words) and not (kind == "slogan" and concrete):
            return kind
    return "state"
