"""Who is to act, by class: what stands for 企业 in a notice's words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from functools import cache
from typing import Any

from kg.data import ONTOLOGY
from kg.errors import DataFileError

_FILE = "bearers.yaml"
_CUTS = re.compile("[、，,；;/\\s]|以及|和|及|与|或")
_TAIL = re.compile(r"[（(][^（）()]*[）)]$|等$")


@dataclass(frozen=True, slots=True, kw_only=True)
class BearerClass:
    """A row of ontology/bearers.yaml."""

    id: str
    zh: str
    en: str
    words: tuple[str, ...]
    matches: tuple[str, ...]
    rejects: tuple[str, ...]

    def has(self, name: str) -> bool:
        """Whether a name, or a part of it, is of this class.

        >>> classes()["enterprise"].has("危险化学品企业"), classes()["enterprise"].has("企业主管部门")
        (True, False)
        """
        parts = (_TAIL.sub("", part.strip()) for part in _CUTS.split(name))
        return any(part.endswith(self.words) for part in parts if part)


@cache
def classes() -> Mapping[str, BearerClass]:
    """Return the classes by id; raises DataFileError for a broken row."""
    import yaml

    rows: Any = yaml.safe_load((ONTOLOGY / _FILE).read_text(encoding="utf-8"))
    known = [field.name for field in fields(BearerClass)]
    found: dict[str, BearerClass] = {}
    if not isinstance(rows, list) or not rows:
        raise DataFileError(f"ontology/{_FILE}: no rows")
    for number, row in enumerate(rows, 1):
        where = f"ontology/{_FILE}: row {number}:"
        if not isinstance(row, dict):
            raise DataFileError(f"{where} is no row of {', '.join(known)}")
        for key in row:
            if key not in known:
                near = get_close_matches(str(key), known, n=1)
                hint = f"did you mean '{near[0]}'?" if near else None
                raise DataFileError(f"{where} unknown key '{key}'", hint=hint)
        missing = [key for key in known if not row.get(key)]
        if missing:
            raise DataFileError(f"{where} has no {', '.join(missing)}")
        values = {k: tuple(map(str, v)) if isinstance(v, list) else str(v) for k, v in row.items()}
        one = BearerClass(**values)  # type: ignore[arg-type]
        if one.id in found:
            raise DataFileError(f"{where} '{one.id}' stands twice")
        found[one.id] = one
    return found


def matcher(text: str) -> BearerClass | None:
    """Return the class that a person means, by id or name in either language; None for a word.

    >>> matcher("企业").id, matcher("enterprises").id, matcher("各区县")
    ('enterprise', 'enterprise', None)
    """
    from kg.parameters import fold

    wanted = fold(text)
    for one in classes().values():
        if wanted in (fold(one.id), fold(one.zh), fold(one.en)):
            return one
    return None
