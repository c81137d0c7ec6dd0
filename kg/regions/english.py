"""English names of divisions: ontology/region-english.tsv."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from kg.data import ONTOLOGY
from kg.errors import DataFileError


@cache
def english() -> Mapping[str, tuple[str, ...]]:
    """English names of divisions by the official name, the one to show first.

    >>> english()["新疆生产建设兵团"][0]
    'Xinjiang Corps'
    """
    path = ONTOLOGY / "region-english.tsv"
    out: dict[str, tuple[str, ...]] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("#") or line == "name\tenglish":
            continue
        name, tab, ways = line.partition("\t")
        if not tab or not ways:
            raise DataFileError(f"ontology/{path.name}:{number}: not 'name<tab>english|…'")
        out[name] = tuple(ways.split("|"))
    return out


def in_english(name: str) -> str:
    """Name a division in English, its own name after it; only that, where there is no English one.

    >>> in_english("广东省"), in_english("郧西县")
    ('Guangdong 广东省', '郧西县')
    """
    ways = english().get(name)
    return f"{ways[0]} {name}" if ways else name
