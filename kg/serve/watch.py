"""Notices when a store was rebuilt or changed, so that new answers come from its new state."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import StoreError
from kg.folder import MARKER, read_marker

if TYPE_CHECKING:
    from kg.serve.pool import Pool

Signature = tuple[tuple[str, int, int, int], ...]
#: Files of the database that say nothing of its content.
_NOISE = ("LOG", "LOCK", "OPTIONS")


def signature(store: Path) -> Signature:
    """Return what changes when a store does: its files with sizes, times and inodes."""
    found = []
    try:
        data = store / read_marker(store).data
    except StoreError:
        return ()  # it is being swapped: the next look sees it
    for folder, wanted in ((store, (MARKER,)), (data, None)):
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if wanted is not None and entry.name not in wanted:
                        continue
                    if entry.name.startswith(_NOISE):
                        continue
                    status = entry.stat()
                    found.append((entry.name, status.st_size, status.st_mtime_ns, status.st_ino))
        except OSError:
            continue
    return tuple(sorted(found))


async def watch(pool: Pool, every: float) -> None:
    """Have the pool take a new snapshot when the store has changed, at most each ``every`` seconds.

    A change is taken when two looks find the same, or, while a writer goes on and on, each tenth.
    """
    store = pool.settings.store
    taken = await asyncio.to_thread(signature, store)
    before, waited = taken, 0
    while True:
        await asyncio.sleep(every)
        try:
            now = await asyncio.to_thread(signature, store)
            waited = waited + 1 if now != taken else 0
            if now and now != taken and (now == before or waited >= 10):
                await pool.renew()
                taken, waited = now, 0
            before = now
        except Exception as error:  # the watch must not end before the server does
            sys.stderr.write(f"kg serve: {type(error).__name__}: {error}\n")
