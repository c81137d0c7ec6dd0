"""Surface forms of divisions, from the table and ``ontology/region-names.yaml``."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import yaml

from kg.data import ONTOLOGY
from kg.errors import DataFileError
from kg.regions.table import (
    BINGTUAN,
    Division,
    ancestors,
    full_names,
    short_names,
)

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_KEYS = {
    "abbreviations", "aliases", "bingtuan", "zones", "contested", "words", "never_after_parent",
    "risky", "only_after_parent", "traps",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write a division."""

    candidates: tuple[Division, ...]
    full: bool = False
    """The official name."""
    weak: bool = False
    """An ordinary word, or a short name that several places have."""
    after_parent: bool = True
    """Whether the name of a division before it makes a place of a weak form."""
    alone: bool = True
    """Whether it is a place at all where no division above it stands before it."""
    risky: bool = False
    """An official name like 城区: where it stands alone, only one in force is meant."""
    host: bool = False
    """A zone, or a numbered division of 兵团: it stands for the division that it belongs to."""


@dataclass(frozen=True, slots=True)
class Names:
    """All surface forms, and the words that only look like one."""

    forms: dict[str, Form] = field(default_factory=dict)
    traps: frozenset[str] = frozenset()
    abbreviations: dict[str, Division] = field(default_factory=dict)


@cache
def names() -> Names:
    """Read the table and the file of names; a division that does not exist is refused.

    >>> [d.name for d in names().forms["前郭"].candidates]
    ['前郭尔罗斯蒙古族自治县']
    """
    path = ONTOLOGY / "region-names.yaml"
    where = f"ontology/{path.name}"
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except (OSError, yaml.YAMLError) as error:
        raise DataFileError(f"{where}: {error}") from error
    if not isinstance(data, dict) or set(data) != _KEYS:
        wrong = sorted(set(data or ()) ^ _KEYS)
        raise DataFileError(f"{where}: missing or unknown: {', '.join(wrong)}")
    lines = path.read_text(encoding="utf-8").splitlines()

    def line_of(word: str) -> int:
        alone = re.compile(rf"(?<![一-鿿]){re.escape(word)}(?![一-鿿])")
        return next((n for n, line in enumerate(lines, 1) if alone.search(line)), 0)

    def named(text: str) -> Division:
        found = _named(text)
        if found is None:
            raise DataFileError(
                f"{where}:{line_of(text)}: no division is called {text!r}, or several are",
                hint="write the official name, with the one above it before a slash",
            )
        return found

    found: dict[str, list[Division]] = defaultdict(list)
    for name, several in short_names().items():
        found[name].extend(several)
    for name, several in short_names().items():  # 酉阳自治县, 秀山县
        for division in several:
            kind = next(
                (k for k in ("自治县", "自治州", "自治旗") if division.name.endswith(k)), None
            )
            if kind is None or len(name) < 2:
                continue
            for written in (name + kind, name + kind[-1]):
                if written not in full_names():
                    found[written] = [division]
    for name, target in data["aliases"].items():
        found[name] = [named(target)]
    for name in (*data["bingtuan"]["names"], BINGTUAN.name):
        found[name] = [BINGTUAN]
    hosts: dict[str, Division] = {name: named(target) for name, target in data["zones"].items()}
    for name, target in data["bingtuan"]["divisions"].items():
        city = named(target)
        hosts |= dict.fromkeys((f"第{name}", f"兵团第{name}", f"兵团{name}"), city)
        if city is not BINGTUAN:
            for before in (name, f"第{name}", f"兵团第{name}", f"兵团{name}"):
                for written in (city.name, *city.short):
                    found[before + written] = [city]
    for key in ("contested", "words", "never_after_parent", "risky", "only_after_parent"):
        for word in data[key]:
            if word not in found and word not in hosts and word not in full_names():
                raise DataFileError(
                    f"{where}:{line_of(word)}: {key}: no division is called {word!r}",
                    hint="correct the name, or take it out",
                )
    weak = {*data["words"], *data["contested"], *data["risky"]}
    never, apart = set(data["never_after_parent"]), set(data["only_after_parent"])
    forms = {
        name: Form(
            _in_force(several),
            weak=name in weak,
            after_parent=name not in never,
            alone=name not in apart,
        )
        for name, several in found.items()
        if len(name) > 1
    }
    forms |= {name: Form((division,), host=True) for name, division in hosts.items()}
    for name, several in full_names().items():
        if name in {"全国", BINGTUAN.name}:
            continue
        forms[name] = Form(
            _in_force(list(several)),
            full=True,
            weak=name in weak,
            alone=name not in apart,
            risky=name in data["risky"],
        )
    return Names(
        forms,
        frozenset(data["traps"]),
        {char: named(target) for char, target in data["abbreviations"].items()},
    )


def _in_force(several: list[Division]) -> tuple[Division, ...]:
    """Those in force, or where there are none the abolished ones, each once."""
    unique = tuple(dict.fromkeys(several))
    return tuple(d for d in unique if d.until is None) or unique


def _named(text: str) -> Division | None:
    if text == BINGTUAN.name:
        return BINGTUAN
    parent, _, name = text.rpartition("/")
    several = _in_force(list(full_names().get(name, ())))
    if parent:
        several = tuple(d for d in several if any(a.name == parent for a in ancestors(d)))
    return several[0] if len(several) == 1 else None


def abbreviation(char: str) -> Division | None:
    """Tell the province that a document number calls by one character.

    >>> abbreviation("湘").name
    '湖南省'
    """
    return names().abbreviations.get(char)


def by_name(name: str) -> tuple[Division, ...]:
    """List the divisions that a name can mean, those in force if any; ``()`` for an unknown one.

    >>> [d.code for d in by_name("和平区")]
    ['120101', '210102']
    >>> by_name("兵团")[0].name, by_name("某地")
    ('新疆生产建设兵团', ())
    """
    if name == BINGTUAN.name:
        return (BINGTUAN,)
    form = names().forms.get(name)
    return form.candidates if form else ()


def is_doubtful(name: str) -> bool:
    """Whether a name is also an ordinary word, or one that several places have.

    >>> is_doubtful("东湖"), is_doubtful("芜湖")
    (True, False)
    """
    form = names().forms.get(name)
    return form is None or form.weak
