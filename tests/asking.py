"""A store of the seed notice, for the tests of questions."""

from __future__ import annotations

import shutil
from pathlib import Path

import kg
from kg.data import SEEDS


def seed_store(place: Path) -> Path:
    """Make a store with the seed notice, under the name that the questions call it by."""
    (seed,) = (p for p in SEEDS.iterdir() if p.suffix in (".txt", ".html", ".md"))
    shutil.copy(seed, place / f"seed{seed.suffix}")
    kg.build(place / f"seed{seed.suffix}", store=place / "store")
    return place / "store"
