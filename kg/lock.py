"""One writer a store: a lock that the system lets go when its process ends, however it ends."""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, NoReturn

from kg.errors import StoreError

try:
    import fcntl
except ImportError:  # Windows: the database's own lock is all there is
    fcntl = None  # type: ignore[assignment]

#: Lies in the store's folder; its text tells who writes. The lock is the system's, not the text.
LOCK = "writer.lock"
_PAUSE = 0.05  # seconds between two tries


class WriterLock:
    """Held from opening a store for writing until it is closed."""

    def __init__(self, folder: Path, *, wait: float = 0.0) -> None:
        """Take the lock, waiting up to ``wait`` seconds; StoreError tells who has it."""
        self._file: IO[str] | None = None
        if fcntl is None:
            return
        until = time.monotonic() + wait
        file = (folder / LOCK).open("a+", encoding="utf-8")
        try:
            while True:
                with suppress(BlockingIOError):
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                if time.monotonic() >= until:
                    _refuse(folder)
                time.sleep(min(_PAUSE, max(0.0, until - time.monotonic())))
            self._file = file
            self._sign(file)
        except BaseException:
            self._file = None
            file.close()
            raise

    def _sign(self, file: IO[str]) -> None:
        """Write down who has it; on a full disk the lock holds all the same."""
        since = datetime.now(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
        with suppress(OSError):
            file.truncate(0)
            file.write(json.dumps({"pid": os.getpid(), "since": since}) + "\n")
            file.flush()

    def release(self) -> None:
        """Let another process write."""
        if self._file is not None:
            with suppress(OSError):
                self._file.truncate(0)
            with suppress(OSError):
                self._file.close()
            self._file = None


def _refuse(folder: Path) -> NoReturn:
    raise StoreError(
        f"{folder}: another process is writing to this store{holder(folder)}",
        hint="wait until it is done: kg … --wait SECONDS",
    )


def holder(folder: Path) -> str:
    """Say who writes, in brackets: `` (process 4711 since …)``; empty where it is not known."""
    try:
        said: Any = json.loads((folder / LOCK).read_text(encoding="utf-8"))
        return f" (process {int(said['pid'])} since {str(said['since'])[:25]})"
    except (OSError, ValueError, KeyError, TypeError):
        return ""
