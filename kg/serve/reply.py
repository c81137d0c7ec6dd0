"""The answer of one job as it comes in: its head first, then bytes, perhaps many."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from kg.serve.errors import Refused

if TYPE_CHECKING:
    from kg.serve.wire import Worker

WHOLE = 1 << 18
"""Bytes up to which an answer is waited for before its head is sent, so that errors have a status."""
_HIGH, _LOW = 1 << 22, 1 << 20


class Reply:
    """What a worker answers; ``begun`` is done when all of it, or a good part, is there."""

    def __init__(self, worker: Worker, loop: asyncio.AbstractEventLoop) -> None:
        self.worker: Worker | None = worker
        self.generation = worker.generation
        self.head: dict[str, Any] = {}
        self.begun: asyncio.Future[None] = loop.create_future()
        self.ended = False
        self.abandoned = False
        """Whether nobody reads it any more."""
        self._error: Refused | None = None
        self._chunks: deque[bytes] = deque()
        self._length = 0
        self._more: asyncio.Event | None = None

    @property
    def type(self) -> str:
        """The media type."""
        return str(self.head.get("type", "application/octet-stream"))

    @property
    def whole(self) -> bytes | None:
        """All bytes of the answer, None where they are still coming."""
        return b"".join(self._chunks) if self.ended and self._more is None else None

    async def stream(self) -> AsyncIterator[bytes]:
        """Yield the bytes as they come; raises Refused where the job failed on the way."""
        self._more = asyncio.Event()
        while True:
            while self._chunks:
                chunk = self._chunks.popleft()
                self._length -= len(chunk)
                if self._length < _LOW and self.worker is not None:
                    self.worker.resume()
                yield chunk
            if self._error is not None:
                raise self._error
            if self.ended:
                return
            self._more.clear()
            await self._more.wait()

    # --- what the worker's socket tells ---------------------------------------------------------------

    def abandon(self) -> None:
        """Throw away what is there, and what comes."""
        self.abandoned = True
        self._chunks.clear()
        if self.worker is not None:
            self.worker.resume()

    def data(self, chunk: bytes) -> None:
        """Take bytes."""
        if self.abandoned:
            return
        self._chunks.append(chunk)
        self._length += len(chunk)
        if self._length > _HIGH and self.worker is not None:
            self.worker.pause()
        if self._length > WHOLE and not self.begun.done():
            self.begun.set_result(None)
        self._wake()

    def end(self) -> None:
        """All is there."""
        self.ended = True
        self.worker = None
        if not self.begun.done():
            self.begun.set_result(None)
        self._wake()

    def fail(self, error: Refused) -> None:
        """There is no more."""
        if self.ended:
            return
        self.ended = True
        self.worker = None
        self._error = error
        if not self.begun.done():
            self.begun.set_exception(error)
        self._wake()

    def _wake(self) -> None:
        if self._more is not None:
            self._more.set()
