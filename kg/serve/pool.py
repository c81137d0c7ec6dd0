"""The pool of worker processes, and what no question may do to the others.

There are ``workers`` processes for short questions. One that is busy for long no longer counts as
one of them: another takes its place, up to ``most``; it goes on with less and less of the processor,
and is killed at the time limit, or when it takes too much memory. Where all are taken by long
questions, the oldest one gives way.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import pickle
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from kg.serve.errors import Refused
from kg.serve.reply import Reply
from kg.serve.sandbox import resident
from kg.serve.settings import Settings
from kg.serve.wire import Worker

_TICK = 0.025
LONG = 0.25
"""Seconds of processor after which a question no longer counts as short."""
_SITS = 1.0
"""Seconds after which it does not either: its reader is slow, or the machine laden by others."""
_NICE = ((3.0, 19), (0.6, 10))
"""Seconds of processor after which a worker leaves it to others, and how much (nice).

That cannot be taken back, so such a worker ends with its question: its successor begins with cold
caches, which costs about a tenth of a second.
"""
_CROWD = ((LONG, 15),)
"""The same while there are twice as many long questions as workers for short ones."""
_YIELDS = (4.0, 1.0)
"""Seconds, and seconds of processor, that a question has before it gives way to those that wait."""
_START = 20.0


class Pool:
    """Worker processes over one store; answers come from a snapshot of it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.base = ""
        self.generation = 0
        """Counts the snapshots: two answers of one generation are of one state of the store."""
        self.sandboxed = False
        self.problem: Refused | None = None
        """Why the last worker could not open the store."""
        self.killed: dict[str, int] = {"time": 0, "memory": 0, "crowd": 0, "gone": 0, "crash": 0}
        self._workers: dict[int, Worker] = {}
        self._idle: deque[Worker] = deque()
        self._waiting: deque[asyncio.Future[Worker]] = deque()
        self._number = 0
        self._nursery: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._sweeper: asyncio.Task[None] | None = None
        self._closing = False

    # --- life -----------------------------------------------------------------------------------

    async def start(self) -> None:
        """Start the workers and wait until one is ready; raises Refused where none gets so."""
        self._start_nursery()
        for _ in range(self.settings.workers):
            await self._fork()
        self._sweeper = asyncio.get_running_loop().create_task(self._sweep())
        until = time.monotonic() + _START
        while not self.ready and self.problem is None and time.monotonic() < until:
            await asyncio.sleep(0.01)

    @property
    def ready(self) -> bool:
        """Whether a worker of the present snapshot is there."""
        return any(w.ready and w.generation == self.generation for w in self._workers.values())

    async def close(self) -> None:
        """End all workers."""
        self._closing = True
        if self._sweeper is not None:
            self._sweeper.cancel()
        for worker in list(self._workers.values()):
            worker.close()
        if self._control is not None:
            self._control.close()
        if self._nursery is not None:
            await asyncio.to_thread(self._nursery.wait, 10)

    async def renew(self) -> None:
        """Take a new snapshot: new workers, while old ones finish what they do."""
        self.generation += 1
        self.problem = None
        for _ in range(self.settings.workers):
            await self._fork()

    def _start_nursery(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._nursery = subprocess.Popen(
                [sys.executable, "-m", "kg.serve.nursery", str(theirs.fileno())],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self._control = ours

    async def _fork(self) -> None:
        """Have a worker made; it counts at once, and is idle when it says that it is ready."""
        assert self._control is not None
        self._number += 1
        number = self._number
        worker = Worker(number, self.generation, self._on_ready, self._on_done, self._on_lost)
        self._workers[number] = worker
        ours, theirs = socket.socketpair()
        order = {
            "fork": number,
            "store": str(self.settings.store),
            "memory": self.settings.memory,
            "rows": self.settings.rows,
            "answer": self.settings.answer,
        }
        with theirs:
            try:
                socket.send_fds(self._control, [json.dumps(order).encode()], [theirs.fileno()])
            except OSError:
                self._revive()
        await asyncio.get_running_loop().create_unix_connection(lambda: worker, sock=ours)

    def _revive(self) -> None:
        """Start another nursery where the one there was is gone."""
        if self._nursery is not None and self._nursery.poll() is not None:
            self._start_nursery()

    def _kill(self, worker: Worker) -> None:
        assert self._control is not None
        with contextlib.suppress(OSError):
            self._control.send(json.dumps({"kill": worker.number}).encode())
        worker.close()

    # --- asking ---------------------------------------------------------------------------------

    async def run(
        self, function: Callable[..., None], /, *, seconds: float | None = None, **arguments: Any
    ) -> Reply:
        """Do a job and return its reply, of which the head or all is there.

        Raises Refused: what the job says, 503 where too many wait, 504 where it took too long.
        """
        limit = min(self.settings.seconds, seconds or self.settings.seconds)
        data = pickle.dumps((function, arguments))
        worker = self._take() or await self._wait()
        reply = worker.ask(len(data).to_bytes(4, "big") + data, limit)
        try:
            await reply.begun
        except asyncio.CancelledError:
            self.drop(reply)
            raise
        return reply

    def drop(self, reply: Reply) -> None:
        """Stop a job whose answer nobody reads."""
        worker = reply.worker
        if worker is not None and not reply.ended:
            self._cut(worker, "gone", Refused(499, "the client has gone"))

    def _take(self) -> Worker | None:
        while self._idle:
            worker = self._idle.pop()  # the last to work has the warmest caches
            if worker.generation == self.generation or not self.ready:
                return worker
            worker.close()
        return None

    async def _wait(self) -> Worker:
        if len(self._waiting) >= self.settings.queue or self._closing:
            raise self._busy()
        if self.problem is not None and not self.ready:
            raise self.problem
        future: asyncio.Future[Worker] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        try:
            async with asyncio.timeout(self.settings.seconds):
                return await future
        except (TimeoutError, asyncio.CancelledError) as error:
            if future.done() and not future.cancelled():
                self._free(future.result())  # it came at the same moment
            elif future in self._waiting:
                self._waiting.remove(future)
            if isinstance(error, TimeoutError):
                raise self._busy() from None
            raise

    def _busy(self) -> Refused:
        return Refused(503, "the server is busy; come again", headers=(("Retry-After", "2"),))

    # --- what workers tell ------------------------------------------------------------------------

    def _on_ready(self, worker: Worker, told: dict[str, Any]) -> None:
        self.base = told["base"]
        self.sandboxed = told["sandboxed"]
        self.problem = None
        for other in [w for w in self._idle if w.generation != self.generation]:
            self._idle.remove(other)
            other.close()
        self._free(worker)

    def _on_done(self, worker: Worker) -> None:
        """Take a worker back, or let it go: its snapshot is old, or it has lost its priority."""
        old = worker.generation != self.generation and self.ready
        if old or worker.nice:
            worker.close()
        else:
            self._free(worker)

    def _free(self, worker: Worker) -> None:
        while self._waiting:
            future = self._waiting.popleft()
            if not future.done():
                future.set_result(worker)
                return
        self._idle.append(worker)

    def _on_lost(self, worker: Worker, refused: Refused | None) -> None:
        self._workers.pop(worker.number, None)
        with contextlib.suppress(ValueError):
            self._idle.remove(worker)
        if refused is not None and not worker.ready:
            self.problem = refused
        if worker.crashed:
            self.killed["crash"] += 1

    # --- looking after them -----------------------------------------------------------------------

    def _short(self) -> int:
        """Count the workers that are free, starting, or busy for a short time only."""
        now = time.monotonic()
        return sum(
            1
            for w in self._workers.values()
            if w.generation == self.generation and not self._long(w, now)
        )

    def _long(self, worker: Worker, now: float) -> bool:
        """Whether it is busy with something long.

        On a laden machine everything takes long: what counts is the processor that it has had.
        """
        return worker.reply is not None and (worker.used > LONG or now - worker.since > _SITS)

    async def _sweep(self) -> None:
        tick = 0
        while True:
            await asyncio.sleep(_TICK)
            tick += 1
            try:
                self._look(memory=tick % 8 == 0)
                if tick % 40 == 0 and len(self._idle) > self.settings.workers:
                    self._idle.popleft().close()  # more than are needed, and for a while
                if self.problem is None or tick % 40 == 0:
                    while self._short() < self.settings.workers and self._room():
                        await self._fork()
            except Exception as error:  # the sweeper must not end before the server does
                sys.stderr.write(f"kg serve: {type(error).__name__}: {error}\n")

    def _room(self) -> bool:
        """Whether another worker may be made; where one is needed, the costliest question yields."""
        if len(self._workers) < self.settings.most:
            return True
        if self._waiting:
            now = time.monotonic()
            old, laden = _YIELDS
            heavy = [
                w
                for w in self._workers.values()
                if w.reply and now - w.since > old and w.used > laden
            ]
            if len(heavy) > self.settings.most - self.settings.workers:
                self._cut(max(heavy, key=lambda w: w.used), "crowd", self._busy())
        return False

    def _look(self, *, memory: bool) -> None:
        now = time.monotonic()
        for worker in self._workers.values():
            worker.measure()
        long = sum(1 for w in self._workers.values() if w.used > LONG and w.reply)
        levels = (*_NICE, *_CROWD) if long >= 2 * self.settings.workers else _NICE
        for worker in list(self._workers.values()):
            if worker.reply is None or not worker.ready:
                continue
            age = now - worker.since
            if age > worker.limit:
                words = f"the question took more than {worker.limit:g} seconds"
                self._cut(worker, "time", Refused(504, words, hint="ask for less"))
                continue
            for after, nice in levels:
                if worker.used > after and worker.nice < nice:
                    with contextlib.suppress(OSError):
                        os.setpriority(os.PRIO_PROCESS, worker.pid, nice)
                    worker.nice = nice
                    break
            if memory and worker.used > LONG:
                size = resident(worker.pid)
                if size is not None and size > self.settings.memory:
                    words = "the question needs more memory than it may have"
                    self._cut(worker, "memory", Refused(503, words, hint="ask for less"))

    def _cut(self, worker: Worker, why: str, refused: Refused) -> None:
        self.killed[why] += 1
        worker.fail(refused)
        self._kill(worker)

    # --- figures ------------------------------------------------------------------------------------

    def counts(self) -> dict[str, int]:
        """Count workers by what they do, and questions that wait."""
        busy = sum(1 for w in self._workers.values() if w.reply is not None)
        return {
            "busy": busy,
            "idle": len(self._idle),
            "long": len(self._workers) - self._short(),
            "all": len(self._workers),
            "waiting": len(self._waiting),
        }
