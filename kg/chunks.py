"""Partitions that are extracted -> a store on disk: what each notice replaces, and what it changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from kg import bulk, partition, places
from kg.partition import Outcome
from kg.stores import Change

if TYPE_CHECKING:
    from kg.store import Store


def load_new(store: Store, places_: Iterator[str]) -> list[tuple[Outcome, Change]]:
    """Put the notices of partitions into a store that this build made, as they come."""
    changes: list[tuple[Outcome, Change]] = []
    loaded: list[str] = []
    seen: set[str] = set()

    def items() -> Iterator[bulk.Item]:
        for place in places_:
            loaded.append(place)
            for outcome, nquads in partition.nquads_of(place, partition.manifest(place)):
                notice = outcome.notice
                if notice is None:
                    continue
                known = notice in seen or notice in store  # another file, the same name and bytes
                seen.add(notice)
                changes.append((outcome, "unchanged" if known else "added"))
                quads = b"" if known else nquads
                yield bulk.Item(notice, quads, (places.resolved(outcome.path),), outcome.state())

    bulk.load(store, items())
    _drop(loaded)
    return changes


def load_all(store: Store, places_: Sequence[str]) -> list[tuple[Outcome, Change]]:
    """Put the notices of some partitions into the store in bulk; what that changed."""
    known = [(place, partition.manifest(place)) for place in places_]
    changes: list[tuple[Outcome, Change]] = []
    gone: set[str] = set()
    moved: set[tuple[str, str]] = set()
    lies: dict[str, set[str]] = {}
    for place, manifest in known:
        for outcome, nquads in partition.nquads_of(place, manifest):
            notice = outcome.notice
            if notice is None:
                continue
            path = places.resolved(outcome.path)
            change: Change = "added"
            for before in store.read_from(path):
                if before != notice:
                    if store.paths(before) == (path,):
                        gone.add(before)
                        change = "changed"
                    else:
                        moved.add((before, path))
            if notice not in lies:
                lies[notice] = set(store.paths(notice))
                if notice in store:
                    gone.add(notice)
                    same = change == "added" and store.dump(notice) == nquads
                    change = "unchanged" if same else "changed"
            elif change == "added":
                change = "unchanged"  # another file with the same name and bytes
            lies[notice].add(path)
            changes.append((outcome, change))
    gone -= {n for n in gone if n in lies and n not in store}

    def items() -> Iterator[bulk.Item]:
        for place, manifest in known:
            for outcome, nquads in partition.nquads_of(place, manifest):
                if outcome.notice in lies:
                    paths = tuple(sorted(lies.pop(outcome.notice)))
                    yield bulk.Item(outcome.notice, nquads, paths, outcome.state())

    bulk.load(store, items(), gone=gone, moved=moved)
    _drop(places_)
    return changes


def _drop(places_: Iterable[str]) -> None:
    for place in places_:
        for path in (place, f"{place}.json"):
            with suppress(OSError):
                Path(path).unlink()
