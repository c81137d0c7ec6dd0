"""Divisions of China: the table (GB/T 2260), their names in text, and which is meant.

table -> names (all surface forms) -> find (mentions) -> resolve (one of the namesakes)
"""

from kg.regions.find import RegionMention, find
from kg.regions.names import abbreviation, by_name, is_doubtful
from kg.regions.resolve import choose, resolve
from kg.regions.table import (
    BINGTUAN,
    CHINA,
    Division,
    ancestors,
    by_code,
    divisions,
    full_names,
    parent,
    path_name,
    within,
)

__all__ = [
    "BINGTUAN",
    "CHINA",
    "Division",
    "RegionMention",
    "abbreviation",
    "ancestors",
    "by_code",
    "by_name",
    "choose",
    "divisions",
    "find",
    "full_names",
    "is_doubtful",
    "parent",
    "path_name",
    "resolve",
    "within",
]
