"""A notice with everything that the stages found in it, for those who look at what was not found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kg.errors import InputError
from kg.layers import Layers
from kg.model import Notice, Record, Repaired


@dataclass(frozen=True, slots=True)
class Reading:
    """One notice, read once."""

    notice: Notice
    repaired: Repaired
    layers: Layers
    record: Record


def reading(path: Path) -> Reading:
    """Read and extract one file, keeping the layers."""
    from kg.pipeline import understand
    from kg.read import read_path
    from kg.repair import repair

    notice = read_path(path)
    repaired = repair(notice)
    layers, record = understand(notice, repaired)
    return Reading(notice, repaired, layers, record)


def readings(paths: Iterable[Path], fail: Callable[[InputError], None]) -> Iterator[Reading]:
    """Read many files one after the other; what cannot be read goes to ``fail``."""
    for path in paths:
        try:
            yield reading(path)
        except InputError as error:
            fail(error)
