"""The server's end of a worker's socket."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any, cast

from kg.serve.errors import Refused, Unreadable
from kg.serve.out import DATA, END, ERROR, HEAD, PREFIX, READY
from kg.serve.reply import Reply

_MOVES = 0.002  # seconds of processor that are more than none


class Worker(asyncio.Protocol):
    """One worker process, as the server sees it."""

    def __init__(
        self,
        number: int,
        generation: int,
        on_ready: Callable[[Worker, dict[str, Any]], None],
        on_done: Callable[[Worker], None],
        on_lost: Callable[[Worker, Refused | None], None],
    ) -> None:
        self.number = number
        self.generation = generation
        self.pid = 0
        self.ready = False
        self.crashed = False
        self.taken = False
        """Whether a question has it."""
        self.long = False
        """Whether that question no longer counts as short."""
        self.stopped = False
        self.unreadable = False
        """Whether it has found that its snapshot cannot be read."""
        self.reply: Reply | None = None
        self.since = 0.0
        self.limit = 0.0
        self.used = 0.0
        """Seconds of processor that the question has had, when last measured."""
        self.moved = 0.0
        """When it was last found to have had more."""
        self._clock = 0.0
        self._on = (on_ready, on_done, on_lost)
        self._refused: Refused | None = None
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None
        self._loop = asyncio.get_running_loop()
        self._closed = False

    def ask(self, job: bytes, limit: float) -> Reply:
        """Send a job."""
        reply = Reply(self, self._loop)
        if self._closed or self._transport is None:
            reply.fail(Unreadable("the worker has just gone; come again"))
            return reply
        self.reply = reply
        self.since = self.moved = time.monotonic()
        self.limit = limit
        self.used, self._clock = 0.0, processor(self.pid)
        self._transport.write(job)
        return reply

    def fail(self, refused: Refused) -> None:
        """Give up what it does."""
        reply, self.reply = self.reply, None
        if reply is not None:
            reply.fail(refused)

    def measure(self, now: float) -> None:
        """Find how much processor the question has had."""
        if self.reply is not None:
            used = processor(self.pid) - self._clock
            if used > self.used + _MOVES:
                self.used, self.moved = used, now

    def close(self) -> None:
        """Close the socket: an idle worker ends at that."""
        self._closed = True
        if self._transport is not None:
            self._transport.abort()

    def pause(self) -> None:
        """Read no more for now: who asked is slow."""
        if self._transport is not None:
            self._transport.pause_reading()

    def resume(self) -> None:
        """Read on."""
        if self._transport is not None:
            self._transport.resume_reading()

    # --- asyncio.Protocol ---------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by its class
        if self._closed:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """Take frames as they come."""
        if self._buffer:
            self._buffer += data
            data = bytes(self._buffer)
            self._buffer.clear()
        at, end = 0, len(data)
        while end - at >= PREFIX:
            start = at + PREFIX
            after = start + int.from_bytes(data[at + 1 : start], "big")
            if after > end:
                break
            self._frame(data[at : at + 1], data[start:after])
            at = after
        if at < end:
            self._buffer += data[at:]

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever waits that the worker is gone."""
        on_lost = self._on[2]
        self._closed = True
        if self.reply is not None:
            self.crashed = True
            words = "the question ended the process that answered it (it took too much memory?)"
            self.fail(Refused(503, words, hint="ask for less"))
        on_lost(self, self._refused)

    def _frame(self, kind: bytes, content: bytes) -> None:
        on_ready, on_done, _ = self._on
        reply = self.reply
        if kind == READY:
            told = json.loads(content)
            self.pid = told["pid"]
            self.ready = True
            on_ready(self, told)
        elif kind == ERROR:
            refused = refusal(json.loads(content))
            self.unreadable = isinstance(refused, Unreadable)
            if not self.ready:
                self._refused = refused
                return
            self.fail(refused)
            on_done(self)
        elif reply is None:
            return  # it was cut
        elif kind == HEAD:
            reply.head = json.loads(content)
        elif kind == DATA:
            reply.data(content)
        elif kind == END:
            self.reply = None
            reply.end()
            on_done(self)


def refusal(said: dict[str, Any]) -> Refused:
    """Return what a worker says as an error; the counterpart of :meth:`kg.serve.out.Out.fail`."""
    if said.get("unreadable"):
        return Unreadable(said["message"], hint=said["hint"])
    headers = (("Retry-After", "2"),) if said["status"] == 503 else ()
    return Refused(said["status"], said["message"], hint=said["hint"], headers=headers)


def processor(pid: int) -> float:
    """Return the seconds of processor that a process has had; the seconds that passed, if untold."""
    try:
        return time.clock_gettime(~pid << 3 | 2)  # its CPU clock: clock_getcpuclockid(3) of Linux
    except OSError:
        return time.monotonic()
