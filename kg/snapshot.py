"""What a reader sees of a database that another process may be writing: its files at one moment.

RocksDB opened read-only on a database in use is no snapshot: files are opened when they are first
needed, and the writer removes them meanwhile. Measured beside a writer: files missing, half a
notice, a process that asked for 23 GB. So a reader links the files into a folder of its own (which
costs no copy: they never change once written) and opens that.

What makes the links one moment's state:

* the marker names the same database before and after, so nobody was removing it;
* the same write-ahead logs are there before and after, so what was not yet in a table is in a log;
* the list of tables (``MANIFEST``) is copied, and the engine refuses it where a table is missing.

Where any of it fails, the reader looks again. Where links cannot be made (a read-only file system,
somebody else's files) the database is opened as it lies; no writer that respects ``.in-use`` removes
it then, but one that writes into it may disturb.
"""

from __future__ import annotations

import atexit
import os
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import IO

import pyoxigraph as ox

from kg.folder import DATA, Marker, read_marker

try:
    import fcntl
except ImportError:  # Windows, where a folder in use cannot be removed anyway
    fcntl = None  # type: ignore[assignment]

_IN_USE = ".in-use"
_CURRENT = "CURRENT"
_FOR_GOOD = (".sst", ".log", ".blob")
"""Files that are never changed (a log grows, and what is whole of it is read when it is opened)."""
_OWN = "~"
"""In the name of a reader's folder, between the database and who reads."""
_PAUSE = 0.025  # seconds
_LOOKS, _FAULTS = 400, 40
_numbers = count(1)


class Snapshot:
    """A database as it was when it was opened, and what keeps it so until it is released."""

    def __init__(
        self, engine: ox.Store, marker: Marker, held: IO[bytes] | None, own: Path | None
    ) -> None:
        self._engine: ox.Store | None = engine
        self.marker = marker
        self._held, self._own, self._process = held, own, os.getpid()
        if own is not None:
            _open.add(self)

    @property
    def engine(self) -> ox.Store:
        """The database, until it is released."""
        if self._engine is None:
            raise ValueError("the snapshot is released")
        return self._engine

    def release(self) -> None:
        """Let go of the files; the engine must not be used after."""
        _open.discard(self)
        self._engine = None
        if self._own is not None and self._process == os.getpid():
            shutil.rmtree(self._own, ignore_errors=True)
        if self._held is not None:
            self._held.close()
            self._held = None


#: Those of this process: what nobody released goes when it ends.
_open: set[Snapshot] = set()


@atexit.register
def _release_all() -> None:
    for snapshot in tuple(_open):
        snapshot.release()


def snapshot(path: Path) -> Snapshot:
    """Open the database of a store for reading, as it is now.

    Raises OSError, RuntimeError or StoreError where it cannot be opened however often it is tried.
    """
    _sweep(path)
    faults = 0
    for _ in range(_LOOKS):
        marker = read_marker(path)
        try:
            return _linked(path, marker)
        except _Changed:
            pass
        except _NoLinks:
            return _as_it_lies(path, marker)
        except (RuntimeError, OSError):
            faults += 1
            if faults == _FAULTS:
                break
        time.sleep(_PAUSE)
    return _as_it_lies(path, read_marker(path))


class _Changed(Exception):  # noqa: N818 - no error: look again
    """The database became another while it was looked at."""


class _NoLinks(Exception):  # noqa: N818 - no error: there is another way
    """Here no links can be made."""


def _linked(path: Path, marker: Marker) -> Snapshot:
    """Open links to the files of the database, in a folder of our own."""
    if fcntl is None:
        raise _NoLinks
    own = path / f"{marker.data}{_OWN}{os.getpid()}-{next(_numbers)}"
    try:
        own.mkdir()
    except OSError as error:
        raise _NoLinks from error
    held = None
    try:
        held = _mark(own)
        _link(path, marker, own)
        engine = ox.Store.read_only(str(own))
    except BaseException:
        shutil.rmtree(own, ignore_errors=True)
        if held is not None:
            held.close()
        raise
    return Snapshot(engine, marker, held, own)


def _mark(own: Path) -> IO[bytes]:
    """Show other processes that this folder is used."""
    try:
        held = (own / _IN_USE).open("xb")
        fcntl.flock(held, fcntl.LOCK_SH)
    except FileNotFoundError as error:
        raise _Changed from error  # swept before it was locked
    except OSError as error:
        raise _NoLinks from error
    if not (own / _IN_USE).exists():
        held.close()
        raise _Changed
    return held


def _link(path: Path, marker: Marker, own: Path) -> None:
    data = path / marker.data
    try:
        before = _logs(data)
        current = (data / _CURRENT).read_text("ascii").strip()
        if not current or current != Path(current).name:
            raise _Changed
        for name in (current, _CURRENT):  # its tables may be gone in a moment: the engine will tell
            shutil.copyfile(data / name, own / name)
        for file in data.iterdir():
            if file.suffix in _FOR_GOOD:
                (own / file.name).hardlink_to(file)
        same = (data / _CURRENT).read_text("ascii").strip() == current and _logs(data) == before
    except (FileNotFoundError, UnicodeError) as error:
        if (data / _CURRENT).exists():
            raise _Changed from error
        raise FileNotFoundError(f"{data / _CURRENT} is missing") from error
    except OSError as error:
        raise _NoLinks from error
    if not same or read_marker(path).data != marker.data:
        raise _Changed


def _logs(data: Path) -> set[str]:
    return {file.name for file in data.iterdir() if file.suffix == ".log"}


def _as_it_lies(path: Path, marker: Marker) -> Snapshot:
    data = path / marker.data
    held = None
    if fcntl is not None:
        with suppress(OSError):
            held = (data / _IN_USE).open("rb")
            fcntl.flock(held, fcntl.LOCK_SH)
    try:
        return Snapshot(ox.Store.read_only(str(data)), marker, held, None)
    except BaseException:
        if held is not None:
            held.close()
        raise


# --- what is left behind --------------------------------------------------------------------------


def mark_used(data: Path) -> None:
    """Prepare a database for readers that cannot make links."""
    with suppress(OSError):
        (data / _IN_USE).touch()


def tidy(path: Path, marker: Marker) -> None:
    """Remove databases that are no longer, or never became, the store's; not those being read.

    Only who holds the writer's lock may call it.
    """
    for old in path.iterdir():
        if old.name != marker.data and old.name.startswith(DATA) and old.is_dir():
            _remove_unused(old)


def _sweep(path: Path) -> None:
    """Remove what readers left that were killed."""
    for old in path.glob(f"{DATA}*{_OWN}*"):
        _remove_unused(old)


def in_use(data: Path) -> bool:
    """Whether a process reads this database, as far as that is shown."""
    return not _while_unused(data, lambda _: None)


def _remove_unused(old: Path) -> None:
    _while_unused(old, lambda data: shutil.rmtree(data, ignore_errors=True))


def _while_unused(data: Path, do: Callable[[Path], None]) -> bool:
    """Do something with a database that nobody reads, and let nobody begin meanwhile."""
    if fcntl is not None:
        try:
            file = (data / _IN_USE).open("rb")
        except FileNotFoundError:
            pass  # if its maker lives, he makes another
        except OSError:
            return False
        else:
            with file:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError:
                    return False
                do(data)
            return True
    do(data)
    return True
