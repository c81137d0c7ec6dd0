"""The ratchet: F1 may not fall below what was reached, and the gold it was reached on is pinned.

After trafilatura's evaluation gate. A baseline is a small JSON file with the hash of the gold and a floor for each
layer; it moves up with ``--update`` and down only when somebody says so.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.errors import InputError
from kg.evaluate.score import Evaluation

MODALITY = "modality"
#: Floors are kept with so many digits, cut off and not rounded: a figure always reaches its own floor.
_DIGITS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """Floors of F1 by layer, and the gold they were measured on."""

    gold: str
    """Hash over the gold files and their notices."""
    floors: dict[str, float]

    @classmethod
    def read(cls, path: Path) -> Baseline | None:
        """Read a baseline file; None where there is none. InputError where it is none."""
        if not path.exists():
            return None
        try:
            value = json.loads(path.read_text(encoding="utf-8"))
            floors = {str(k): float(v) for k, v in value["floors"].items()}
            return cls(gold=str(value["gold"]), floors=floors)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError(f"{path}: no baseline can be read: {error!r}") from None

    def as_json(self) -> str:
        """Write it, layers in alphabetical order."""
        value = {"gold": self.gold, "floors": dict(sorted(self.floors.items()))}
        return json.dumps(value, indent=1) + "\n"

    def broken(self, now: Baseline) -> list[str]:
        """Say what does not hold any more, one line each; nothing if all holds."""
        lines = []
        if now.gold != self.gold:
            lines.append("the gold is not the one that the baseline was made on")
        for layer, floor in sorted(self.floors.items()):
            got = now.floors.get(layer)
            if got is None or got < floor:
                reached = "nothing" if got is None else f"{got:.4f}"
                lines.append(f"{layer}: {reached}, and the floor is {floor:.4f}")
        return lines

    def raised(self, now: Baseline) -> Baseline:
        """Take the higher of each floor; the gold is that of ``now``."""
        layers = {*self.floors, *now.floors}
        floors = {x: max(self.floors.get(x, 0.0), now.floors.get(x, 0.0)) for x in layers}
        return Baseline(gold=now.gold, floors=floors)


def reached(evaluation: Evaluation, pairs: Iterable[tuple[Path, Path]]) -> Baseline:
    """Make a baseline of an evaluation and the ``(gold, notice)`` files it was made of."""
    found: dict[str, Any] = {layer: count.f1 for layer, count in evaluation.layers.items()}
    found[MODALITY] = evaluation.modality_macro_f1
    scale = 10**_DIGITS
    floors = {x: int(rate * scale + 1e-9) / scale for x, rate in found.items() if rate is not None}
    digest = hashlib.sha256()
    for pair in sorted(pairs, key=lambda p: p[0].name):
        for path in pair:
            digest.update(path.name.encode("utf-8", "surrogateescape") + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return Baseline(gold=digest.hexdigest(), floors=floors)
