"""What a job writes: a head, then bytes, to whoever asked; nothing beyond the limits.

Frames on the wire are a kind (one byte), a length (four bytes) and so many bytes: a head (JSON with
``type``), data, an error (JSON with ``status``, ``message``, ``hint``), the end, or that the worker
is ready. Small answers leave in one write.
"""

from __future__ import annotations

import json
import os
from typing import IO, Any, cast

from kg.serve.errors import Refused, Unreadable

HEAD, DATA, ERROR, END, READY = b"H", b"D", b"E", b"Z", b"R"
PREFIX = 5
CHUNK = 1 << 16


def frame(kind: bytes, content: bytes = b"") -> bytes:
    r"""Write a frame.

    >>> frame(END)
    b'Z\x00\x00\x00\x00'
    """
    return kind + len(content).to_bytes(4, "big") + content


def failure(error: Refused) -> bytes:
    """Write the frame of an error."""
    said = {"status": error.status, "message": error.message, "hint": error.hint}
    if isinstance(error, Unreadable):
        said["unreadable"] = True
    return frame(ERROR, json.dumps(said).encode())


def send(descriptor: int, data: bytes) -> None:
    """Write all of it, however little the pipe takes at once."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


class Out:
    """The answer of one job, as a file that bytes are written to."""

    def __init__(self, descriptor: int, *, rows: int, size: int) -> None:
        self._descriptor = descriptor
        self._rows = rows
        self._size = size
        self._head = b""
        self._kept: list[bytes] = []
        self._length = 0
        self._counted = 0
        self._mark = b""
        self._tail = b""

    def start(self, type_: str, *, mark: bytes = b"", **more: Any) -> None:
        """Say what the answer is; ``mark`` is what stands in its bytes once a row."""
        head = {"type": type_, **more}
        self._head = frame(HEAD, json.dumps(head, separators=(",", ":")).encode())
        self._mark = mark

    def write(self, data: bytes) -> int:
        """Take bytes of the answer; raises Refused where it has more rows or bytes than allowed."""
        self._size -= len(data)
        if self._size < 0:
            raise Refused(400, "the answer is longer than this server sends", hint="add a LIMIT")
        self._kept.append(bytes(data))
        self._length += len(data)
        if self._length >= CHUNK:
            self._flush()
        return len(data)

    def count(self, rows: int) -> None:
        """Count rows or triples; raises Refused where there are more than allowed."""
        self._counted += rows
        if self._counted > self._rows:
            raise Refused(
                400, f"the answer has more than {self._rows} rows or triples", hint="add a LIMIT"
            )

    def flush(self) -> None:
        """Do nothing: the pool wants whole chunks (a file has this method)."""

    @property
    def file(self) -> IO[bytes]:
        """This, as what serialisers take: they call ``write`` and ``flush`` alone."""
        return cast("IO[bytes]", self)

    def end(self) -> None:
        """Send what is left."""
        self._flush(frame(END))

    def fail(self, error: Refused) -> None:
        """Send why there is no answer, or no more of it."""
        self._kept.clear()
        self._head = b""
        send(self._descriptor, failure(error))

    def _flush(self, after: bytes = b"") -> None:
        data = b"".join(self._kept)
        self._kept.clear()
        self._length = 0
        if self._mark and data:
            # Never too few: a text that holds the mark counts as a row more.
            self.count((self._tail + data).count(self._mark))
            self._tail = data[1 - len(self._mark) :] if len(self._mark) > 1 else b""
        send(self._descriptor, self._head + (frame(DATA, data) if data else b"") + after)
        self._head = b""
