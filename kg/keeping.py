"""Looking after a store: notices taken away, copies made and put back, space won back."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from kg import bulk
from kg.errors import QueryError, StoreError
from kg.folder import (
    DATA,
    Marker,
    is_store,
    new_data,
    read_marker,
    readable_errors,
    refuse_other,
    unfinished,
    write_marker,
)
from kg.parameters import resolve
from kg.snapshot import mark_used, snapshot
from kg.store import Store
from kg.stores import GraphStore


def remove(store: GraphStore, names: Sequence[str]) -> list[str]:
    """Take notices away, by id, IRI, or the path of their file or of a folder; return their IRIs.

    What other notices say too stays. A notice that was read from several files goes by its path only
    when no other of them is left. Raises QueryError, with nothing removed, for a name that is none.
    """
    by_path: dict[str, None] = {}
    by_name: dict[str, None] = {}
    for name in names:
        paths = _paths(store, name)
        if paths:
            by_path.update(dict.fromkeys(paths))
            continue
        found = resolve("notice", name, store=store)
        if len(found) > 1:
            iris = ", ".join(term.value for term in found)
            raise QueryError(
                f"{len(found)} notices are called '{name}'", hint=f"name one by its IRI: {iris}"
            )
        by_name[found[0].value] = None
    gone = [notice for path in by_path for notice in store.remove_path(path)]
    return gone + [notice for notice in by_name if store.remove(notice)]


def _paths(store: GraphStore, name: str) -> list[str]:
    """Return the paths of the store's files that a name is, or that lie in the folder it is."""
    path = name if "://" in name else str(Path(name).resolve())
    if store.read_from(path):
        return [path]
    if Path(name).is_dir() or name.endswith("/"):
        inside = path.rstrip("/") + "/"
        return sorted({p for p in store.all_paths() if p.startswith(inside)})
    return []


def backup(store: Path | str, target: Path | str) -> Path:
    """Copy a store as it is at this moment, beside readers and a writer; return where to.

    The copy is a store itself. On the same file system the files are shared until one side changes,
    so that it takes no time and no space; copy it to another disk to be safe from this one.
    """
    path, target = Path(store), Path(target)
    refuse_existing(target)
    with readable_errors(target):
        seen = snapshot(path)
        fresh = unfinished(target)
        try:
            fresh.mkdir(parents=True)
            seen.engine.backup(fresh / DATA)
            mark_used(fresh / DATA)
            write_marker(fresh, Marker(seen.marker.base))
            with suppress(OSError):
                target.rmdir()
            fresh.rename(target)
        finally:
            seen.release()
            shutil.rmtree(fresh, ignore_errors=True)
    return target


def refuse_existing(target: Path) -> None:
    """Raise unless nothing, or an empty folder, is there."""
    if is_store(target):
        raise StoreError(f"{target}: there is a store already", hint="name another folder")
    refuse_other(target)


def restore(source: Path | str, store: Path | str, *, wait: float = 0.0) -> None:
    """Make a store what a backup is; what it held before is gone. All at once or not at all."""
    path = Path(store)
    marker = read_marker(Path(source))
    if not is_store(path):
        backup(source, path)
        return
    if Path(source).resolve() == path.resolve():
        raise StoreError(f"{path}: a store is no backup of itself")
    with Store.open(path, wait=wait) as opened, readable_errors(path):
        name = new_data(path)
        seen = snapshot(Path(source))
        try:
            seen.engine.backup(path / name)
        except BaseException:
            shutil.rmtree(path / name, ignore_errors=True)
            raise
        finally:
            seen.release()
        opened.base = marker.base
        opened.exchange(name)


def compact(store: Path | str, *, wait: float = 0.0) -> tuple[int, int]:
    """Write a store anew, as if built at once; its bytes on disk before and after."""
    path = Path(store)
    with Store.open(path, wait=wait) as opened:
        before = size(path)
        bulk.rewrite(opened)
    return before, size(path)


def size(path: Path) -> int:
    """Count the bytes of the database in use."""
    data = path / read_marker(path).data
    total = 0
    for file in data.iterdir():
        with suppress(OSError):
            total += file.stat().st_size
    return total
