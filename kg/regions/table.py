"""The table of divisions: ontology/regions.tsv as records, and the tree that they make."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from kg.data import ONTOLOGY
from kg.errors import DataFileError

Level = Literal["national", "bingtuan", "province", "prefecture", "county"]
RANK: dict[str, int] = {"national": 0, "bingtuan": 1, "province": 1, "prefecture": 2, "county": 3}
_COLUMNS = ["code", "name", "level", "parent", "short", "since", "until", "successors", "former"]


@dataclass(frozen=True, slots=True)
class Division:
    """A division by its official name; two carry no code: 全国 and 新疆生产建设兵团.

    >>> by_code("231281").name
    '安达市'
    """

    code: str | None
    """Six digits of GB/T 2260."""
    name: str
    level: Level
    parent: str | None
    """Code of the division above it; None for provinces and the two without a code."""
    short: tuple[str, ...] = ()
    """Names without their kind (木里县, 木里), not always unambiguous."""
    since: int | None = None
    """First year in force, None before 2000 (or unknown)."""
    until: int | None = None
    """Year of abolition, None while in force."""
    successors: tuple[str, ...] = ()
    """Codes of what it became."""
    former: tuple[str, ...] = ()
    """Codes that it had before."""

    def existed(self, year: int) -> bool:
        """Whether it was in force at some time of that year."""
        return (self.since or 0) <= year <= (self.until or 9999)


CHINA = Division(None, "全国", "national", None)
BINGTUAN = Division(None, "新疆生产建设兵团", "bingtuan", None, ("兵团",))


@cache
def divisions() -> tuple[Division, ...]:
    """All of the table in order of code, then 全国 and 新疆生产建设兵团.

    >>> sum(d.level == "prefecture" and d.until is None for d in divisions())
    333
    """
    path = ONTOLOGY / "regions.tsv"
    lines = path.read_text(encoding="utf-8").splitlines()
    out: list[Division] = []
    header = False
    for number, line in enumerate(lines, 1):
        if line.startswith("#") or not line:
            continue
        cells = line.split("\t")
        if not header:
            if cells != _COLUMNS:
                raise DataFileError(f"{path.name}:{number}: columns must be {' '.join(_COLUMNS)}")
            header = True
            continue
        try:
            code, name, level, parent, short, since, until, successors, former = cells
            out.append(
                Division(
                    code,
                    name,
                    level,  # type: ignore[arg-type]
                    parent or None,
                    tuple(short.split("|")) if short else (),
                    int(since) if since else None,
                    int(until) if until else None,
                    tuple(successors.split("|")) if successors else (),
                    tuple(former.split("|")) if former else (),
                )
            )
        except ValueError as error:
            raise DataFileError(f"{path.name}:{number}: {error}") from error
        if level not in RANK:
            raise DataFileError(f"{path.name}:{number}: unknown level {level!r}")
    if not out:
        raise DataFileError(f"{path.name}:1: no divisions", hint="run scripts/build_regions.py")
    return (*out, CHINA, BINGTUAN)


@cache
def _codes() -> dict[str, Division]:
    out: dict[str, Division] = {}
    for division in divisions():
        for code in division.former:
            out.setdefault(code, division)
    for division in divisions():
        if division.code and (division.until is None or division.code not in out):
            out[division.code] = division
    return out


def by_code(code: str) -> Division | None:
    """Look a division up by its six-digit code, also of a former code; in force before abolished.

    >>> by_code("230000").name, by_code("110103").until, by_code("999999")
    ('黑龙江省', 2010, None)
    """
    return _codes().get(code)


@cache
def full_names() -> dict[str, tuple[Division, ...]]:
    """Official name -> divisions that bear it, in force first."""
    out: dict[str, list[Division]] = defaultdict(list)
    for division in divisions():
        out[division.name].append(division)
    return {k: tuple(sorted(v, key=_in_force_first)) for k, v in out.items()}


@cache
def short_names() -> dict[str, tuple[Division, ...]]:
    """Short name -> divisions that may be called so: in force and large first."""
    out: dict[str, list[Division]] = defaultdict(list)
    for division in divisions():
        for name in division.short:
            out[name].append(division)
    return {k: tuple(sorted(v, key=_in_force_first)) for k, v in out.items()}


def _in_force_first(division: Division) -> tuple[bool, int, str]:
    return division.until is not None, RANK[division.level], division.code or ""


def parent(division: Division) -> Division | None:
    """Tell the division directly above, None at the top."""
    return by_code(division.parent) if division.parent else None


@cache
def ancestors(division: Division) -> tuple[Division, ...]:
    """List the divisions above it, nearest first; empty for a province.

    >>> [d.name for d in ancestors(by_code("340523"))]
    ['马鞍山市', '安徽省']
    """
    out: list[Division] = []
    above = parent(division)
    while above is not None and above not in out:
        out.append(above)
        above = parent(above)
    return tuple(out)


def path_name(division: Division) -> str:
    """Write the name with those above it, as an address begins.

    >>> path_name(by_code("340523"))
    '安徽省马鞍山市和县'
    """
    return "".join(d.name for d in (*reversed(ancestors(division)), division))


def within(division: Division, container: Division) -> bool:
    """Whether it is the container, lies in it, or did under a former code.

    The cities of the 兵团 (659xxx) lie both in 新疆 and in 新疆生产建设兵团.

    >>> within(by_code("659001"), BINGTUAN)
    True
    """
    if division == container or container.level == "national":
        return True
    if container.level == "bingtuan":
        return bool(division.code and division.code.startswith("659"))
    if container in ancestors(division):
        return True
    if container.code is None:
        return False
    stem = container.code.rstrip("0") if container.code.endswith("00") else container.code
    stem = container.code[:2] if container.code.endswith("0000") else stem
    stem = container.code[:4] if container.level == "prefecture" else stem
    if container.level == "county":
        return False
    return any(code.startswith(stem) for code in division.former)


def one_chain(candidates: Iterable[Division]) -> Division | None:
    """Take the highest of divisions that all lie in one another (吉林省, 吉林市), else None.

    >>> one_chain([by_code("220000"), by_code("220200")]).name
    '吉林省'
    """
    ordered = sorted(candidates, key=lambda d: RANK[d.level])
    if ordered and all(within(d, ordered[0]) for d in ordered):
        return ordered[0]
    return None
