"""Many notices at once: loaded in bulk into a database of their own, then put in its place.

The new database begins as a copy of the old one (files are shared, so it costs nothing), loses what
is to go, and takes the rest by ``bulk_load``, which sorts instead of writing twice. Until the marker
names it, the store is as it was: a process killed at any moment leaves only a folder that the next
writer removes.
"""

from __future__ import annotations

import os
import shutil
import traceback
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.errors import StoreError
from kg.folder import new_data, readable_errors
from kg.store import Store
from kg.vocab import KG, catalog_graph

#: So many bytes of N-Quads go to one call of ``bulk_load``. It holds up to a million quads before it
#: writes any (1.6 GB measured, whatever comes), and has no parameter for that; calls of 120 MB hold less (1.0 GB).
#: But each leaves files that the engine merges later: 4,000 notices took 245 s of processor time in calls
#: of 120 MB, 216 in calls of a GB.
BATCH = 600_000_000
#: Where more than this share of the notices is replaced, the others are copied one by one instead
#: of taking these away: a removal costs some four times a copy.
_MOSTLY = 0.25


@dataclass(frozen=True, slots=True)
class Item:
    """A notice to load: its graph's N-Quads, the files it is read from, what to keep beside it."""

    notice: str
    nquads: bytes
    paths: tuple[str, ...]
    state: str


def load(
    store: Store,
    items: Iterable[Item],
    *,
    gone: Iterable[str] = (),
    moved: Iterable[tuple[str, str]] = (),
) -> None:
    """Put notices into a store on disk, and take others out, all at once or not at all.

    ``gone`` are the graphs that are not to stay, those that ``items`` replace among them; ``moved``
    are notices and paths at which they lie no longer. Items are taken one by one and not kept.
    Raises StoreError with the store as it was.
    """
    if store.path is None:
        raise StoreError(f"{store.where}: only a store on disk is loaded in bulk")
    with readable_errors(store.path):
        name = new_data(store.path)
        fresh = store.path / name
        try:
            _fill(store, fresh, items, set(gone), set(moved))
        except BaseException as error:
            _let_go(error)
            shutil.rmtree(fresh, ignore_errors=True)
            raise
    store.exchange(name)


def rewrite(store: Store) -> None:
    """Write the database of a store anew, in the order that asking is quickest in."""
    if store.path is None:
        raise StoreError(f"{store.where}: only a store on disk is written anew")
    with readable_errors(store.path):
        name = new_data(store.path)
        fresh = store.path / name
        try:
            engine = ox.Store(fresh)
            _bulk_load(engine, _others(store, set(), set()))
            engine.optimize()
            engine.flush()
            del engine
        except BaseException as error:
            _let_go(error)
            shutil.rmtree(fresh, ignore_errors=True)
            raise
    store.exchange(name)


def settle(store: Store) -> None:
    """Merge the files that loads have left.

    A query that finds one run of each index, not several, takes a third of the time (2,000 notices; the merging
    is 7 % of their build).
    """
    with readable_errors(store.path):
        store.engine.optimize()


def _let_go(error: BaseException | None) -> None:
    """Free what the frames of an error hold: an engine that is still open writes into its folder."""
    while error is not None:
        traceback.clear_frames(error.__traceback__)
        error = error.__context__


def _fill(
    store: Store,
    fresh: Path,
    items: Iterable[Item],
    gone: set[str],
    moved: set[tuple[str, str]],
) -> None:
    held = sum(1 for _ in store.engine.named_graphs()) if gone else 0
    kept: Iterator[bytes] = iter(())
    if held and len(gone) > _MOSTLY * held:
        engine = ox.Store(fresh)
        kept = _others(store, gone, moved)
    else:
        store.engine.flush()
        store.engine.backup(fresh)
        engine = ox.Store(fresh)
        copy = Store(engine, base=store.base)
        for notice in gone:
            copy.remove(notice)
        for notice, path in moved - {(n, p) for n, p in moved if n in gone}:
            copy.forget(notice, path)
        copy.close()
    _bulk_load(engine, chain(kept, _new(items, store.base)))
    engine.flush()
    del engine


def _new(items: Iterable[Item], base: str) -> Iterator[bytes]:
    catalog = catalog_graph(base)
    for item in items:
        yield from _with_merge(item.notice, item.nquads)
        said = [(KG.localPath, path) for path in item.paths] + [(KG.localState, item.state)]
        for predicate, value in said:
            line = f"<{item.notice}> <{predicate}> {ox.Literal(value)} <{catalog}> .\n"
            yield line.encode("utf-8")


def _with_merge(graph: str, nquads: bytes) -> Iterator[bytes]:
    """Give the lines of a graph, and again without it, for the merge that queries see."""
    yield nquads
    yield nquads.replace(f" <{graph}> .\n".encode(), b" .\n")


def _others(store: Store, gone: set[str], moved: set[tuple[str, str]]) -> Iterator[bytes]:
    for name in store.graphs():
        if name not in gone:
            yield from _with_merge(name, store.dump(name))
    catalog = ox.NamedNode(catalog_graph(store.base))
    local: Iterator[Any] = store.engine.quads_for_pattern(None, None, None, catalog)
    for quad in local:
        subject = quad.subject.value
        if subject not in gone and (subject, quad.object.value) not in moved:
            yield f"{quad} .\n".encode()


def _bulk_load(engine: ox.Store, chunks: Iterable[bytes]) -> None:
    """Load N-Quads in batches, so that the engine's memory does not grow with what is loaded.

    What is broken off leaves some batches behind: only a database that is not in use is loaded so.
    """
    for batch in _batches(chunks):
        _load_batch(engine, batch)


def _batches(chunks: Iterable[bytes]) -> Iterator[Iterator[bytes]]:
    """Cut chunks into runs of some BATCH bytes, each to be used up before the next."""
    rest = iter(chunks)
    for first in rest:
        yield chain((first,), _until(rest, BATCH - len(first)))


def _until(chunks: Iterator[bytes], room: int) -> Iterator[bytes]:
    while room > 0 and (chunk := next(chunks, None)) is not None:
        room -= len(chunk)
        yield chunk


def _load_batch(engine: ox.Store, chunks: Iterable[bytes]) -> None:
    """Load N-Quads that a thread of ours makes while the engine's reads: all, or none.

    They go through a pipe, for a Python object that the engine reads from would wait for the
    interpreter's lock at every few kilobytes.
    """
    reading, writing = os.pipe()
    with ThreadPoolExecutor(1) as feeder:
        feeding = feeder.submit(_feed, writing, chunks)
        try:
            engine.bulk_load(path=f"/dev/fd/{reading}", format=ox.RdfFormat.N_QUADS)
        except BaseException:
            os.close(reading)
            reading = -1
            if (cause := feeding.exception()) is not None and not isinstance(
                cause, BrokenPipeError
            ):
                raise cause from None
            raise
        finally:
            if reading >= 0:
                os.close(reading)
        feeding.result()


def _feed(pipe: int, chunks: Iterable[bytes]) -> None:
    with os.fdopen(pipe, "wb", buffering=0) as file:
        try:
            for chunk in chunks:
                rest = memoryview(chunk)
                while rest:
                    rest = rest[file.write(rest) or 0 :]
        except BrokenPipeError:
            raise  # the engine has stopped, and tells why
        except BaseException:
            with suppress(OSError):
                file.write(b"\nbroken off\n")  # so that what came before is not taken for all
            raise
