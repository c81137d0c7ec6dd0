"""The folder that a store is: its marker, what else may lie there, and errors in words."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pyoxigraph as ox

from kg.errors import StoreError

#: Written into each store; a store of a higher number is refused.
FORMAT = 1
MARKER = "kg-store.json"
DATA = "rdf"
_LOOKS, _PAUSE = 40, 0.025  # seconds


def is_store(path: Path) -> bool:
    """Whether the folder says that it is a store."""
    return (path / MARKER).is_file()


def refuse_other(path: Path) -> None:
    """Raise unless nothing, or an empty folder, is there."""
    if path.is_dir():
        with readable_errors(path):
            if any(path.iterdir()):
                raise StoreError(
                    f"{path}: this folder is not a kg store (it has no {MARKER})",
                    hint="name another folder with --store",
                )
    elif os.path.lexists(path):
        raise StoreError(
            f"{path}: a store is a folder, this is a file", hint="name a folder with --store"
        )


def write_marker(path: Path, *, base: str) -> None:
    """Make a folder a store of this format and base IRI."""
    marker = {"format": FORMAT, "base": base}
    (path / MARKER).write_text(json.dumps(marker) + "\n", encoding="utf-8")


def read_marker(path: Path) -> str:
    """Return the base IRI of a store; raise StoreError where it is none, or of a newer kg."""
    if not is_store(path):
        refuse_other(path)
        raise StoreError(
            f"{path}: there is no store", hint=f"make one: kg build NOTICES --store {path}"
        )
    try:
        marker = json.loads((path / MARKER).read_text(encoding="utf-8"))
        number, base = int(marker["format"]), str(marker["base"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{path / MARKER}: cannot be read: {error}") from error
    if number > FORMAT:
        raise StoreError(
            f"{path}: a newer kg made this store (format {number}; this one knows {FORMAT})",
            hint="upgrade kg, or build into another --store",
        )
    return base


def snapshot(path: Path) -> ox.Store:
    """Open for reading; where a writer tidies its files at that moment, look again.

    Measured beside a writer that has just opened: each first look failed, each third one succeeded.
    """
    for _ in range(_LOOKS):
        with suppress(RuntimeError):
            return ox.Store.read_only(str(path / DATA))
        time.sleep(_PAUSE)
    return ox.Store.read_only(str(path / DATA))


#: What the database says, and how a person would.
_SAYINGS = (
    ("lock", "another process is writing to this store", "wait until it is done"),
    ("No space left", "no space is left on the disk", "free some; the store is as it was"),
    ("Permission denied", "no permission to use it", "check the folder's owner and rights"),
    ("Read-only file system", "it lies on a read-only file system", None),
    ("CURRENT", "the store's database is missing", "restore the folder, or build it anew"),
    ("Corruption", "the store is damaged", "restore a copy, or build it anew"),
)


@contextmanager
def readable_errors(path: Path | None) -> Iterator[None]:
    """Turn an OSError of the database or the file system into a StoreError for people."""
    try:
        yield
    except StoreError:
        raise
    except (OSError, RuntimeError) as error:
        said = str(error)
        for needle, words, hint in _SAYINGS:
            if needle.casefold() in said.casefold():
                raise StoreError(f"{path}: {words}", hint=hint) from error
        raise StoreError(f"{path}: {getattr(error, 'strerror', None) or said}") from error
