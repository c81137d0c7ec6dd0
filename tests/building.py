"""Folders of made-up notices, and what lies in a store: for the tests of building."""

from __future__ import annotations

from pathlib import Path

from bench.generate import notice
from kg.store import Store


def write(folder: Path, numbers, *, version: int = 1) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"n{number}.txt" for number in numbers]
    for number, path in zip(numbers, paths, strict=True):
        path.write_text(notice(number, seed=version), encoding="utf-8")
    return paths


def dump(store: Path) -> bytes:
    with Store.open(store, read_only=True) as opened:
        return opened.dump()


def merge_is_exact(store: Path) -> bool:
    with Store.open(store, read_only=True) as opened:
        merged = {f"{q.subject} {q.predicate} {q.object}" for q in opened.merged()}
        return merged == {f"{q.subject} {q.predicate} {q.object}" for q in opened.quads()}
