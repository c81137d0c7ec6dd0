"""The folder that a store is: its marker, what else may lie there, and errors in words."""

from __future__ import annotations

import glob
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from kg.errors import StoreError

#: Written into each store; a store of a higher number is refused, one of a lower is read. Since 2
#: the marker names the folder of the database, so that a new one is put in its place at once.
FORMAT = 2
MARKER = "kg-store.json"
DATA = "rdf"
#: Where a large build keeps what is extracted until all of it is loaded.
PARTS = "parts"


@dataclass(frozen=True, slots=True)
class Marker:
    """What a store says of itself."""

    base: str
    data: str = DATA
    """Name of the folder that holds the database."""


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


def write_marker(path: Path, marker: Marker) -> None:
    """Make a folder a store of this format, base IRI and database, at once or not at all."""
    text = json.dumps({"format": FORMAT, "base": marker.base, "data": marker.data}) + "\n"
    fresh = path / f".{MARKER}.new"
    with fresh.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path / MARKER)


def read_marker(path: Path) -> Marker:
    """Read what a store says of itself; StoreError where it is none, or of a newer kg."""
    if not is_store(path):
        refuse_other(path)
        raise StoreError(
            f"{path}: there is no store", hint=f"make one: kg build NOTICES --store {path}"
        )
    try:
        marker = json.loads((path / MARKER).read_text(encoding="utf-8"))
        number, base = int(marker["format"]), str(marker["base"])
        data = str(marker.get("data", DATA))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{path / MARKER}: cannot be read: {error}") from error
    if number > FORMAT:
        raise StoreError(
            f"{path}: a newer kg made this store (format {number}; this one knows {FORMAT})",
            hint="upgrade kg, or build into another --store",
        )
    if not data or data != Path(data).name or not data.startswith(DATA):
        raise StoreError(f"{path / MARKER}: '{data}' is no database of this store")
    return Marker(base, data)


#: Names given by this process: an error may keep a database open that is gone from the disk.
_used: set[str] = set()


def new_data(path: Path) -> str:
    """Choose a name for a new database beside the one that there is."""
    taken = {p.name for p in path.iterdir()} | _used
    name = next(n for n in (f"{DATA}-{i}" for i in count(2)) if n not in taken)
    _used.add(name)
    return name


#: What the database says, and how a person would.
_SAYINGS = (
    ("lock file", "another process is writing to this store", "wait until it is done"),
    ("lock hold", "another process is writing to this store", "wait until it is done"),
    ("No space left", "no space is left on the disk", "free some; the store is as it was"),
    ("Permission denied", "no permission to use it", "check the folder's owner and rights"),
    ("quota", "the disk quota is used up", "free some; the store is as it was"),
    ("File too large", "a file may grow no further", "raise the limit; the store is as it was"),
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


def unfinished(path: Path) -> Path:
    """Name the folder beside ``path`` under which it is made; what killed processes left so is removed.

    >>> unfinished(Path("kg-store")).name.startswith(".kg-store.")
    True
    """
    parent = path.absolute().parent
    for left in parent.glob(f".{glob.escape(path.name)}.*.new"):
        pid = left.name.removeprefix(f".{path.name}.").removesuffix(".new")
        if pid.isdigit() and not _runs(int(pid)):
            shutil.rmtree(left, ignore_errors=True)
    return parent / f".{path.name}.{os.getpid()}.new"


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # somebody else's
    return True
