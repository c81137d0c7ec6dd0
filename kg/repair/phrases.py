"""The rows of ontology/repairs.yaml that speak for a reading of broken bytes."""

from __future__ import annotations

from functools import cache
from typing import Any

from kg.data import ONTOLOGY
from kg.errors import DataFileError

_FILE = ONTOLOGY / "repairs.yaml"
#: Rarity of a phrase and of a label of the vocabulary, in nats, as if it were a common word. Swept
#: 8-14 on damaged twins: flat from 9 to 12.
COST = 11.0
LABEL_COST = 11.0


@cache
def rows() -> dict[str, Any]:
    """Read ontology/repairs.yaml whole."""
    import yaml

    got = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    if not isinstance(got, dict):
        raise DataFileError("ontology/repairs.yaml: not a mapping of row kinds")
    return got


@cache
def phrases() -> frozenset[str]:
    """Expressions of safety administration.

    >>> "两客一危" in phrases()
    True
    """
    return frozenset(p for line in rows().get("phrases", {}).values() for p in line.split())


@cache
def both_scripts() -> frozenset[str]:
    """Simplified characters that traditional text has as well."""
    return frozenset(rows().get("both_scripts", ""))
