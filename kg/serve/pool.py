"""The pool of worker processes, and what no question may do to the others.

At most ``workers`` short questions run at the same time, one a processor. One that has had a quarter
of a second of processor is no longer short: it leaves its place to the next, and goes on in turns
with others like it (:mod:`.lane`), standing still where short ones need the processors. It is killed
at the time limit, or when it takes too much memory. Where too many such are under way, the costliest
gives way.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import pickle
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from kg.serve.errors import Refused, Unreadable
from kg.serve.lane import LONG, Turns
from kg.serve.reply import Reply
from kg.serve.sandbox import resident
from kg.serve.settings import Settings
from kg.serve.wire import Worker

_TICK = 0.025
_SPARE = 1
"""Processes that stand ready beside those that may be at work."""
_SITS = 0.5
"""Seconds without any processor after which a question no longer counts as short: its reader is slow."""
_YIELDS = 4.0
"""Seconds that a long question has before it gives way to others."""
_KEPT = 800
"""Ticks after which one of the workers beyond these is let go: a new one begins with cold caches."""
_FULL = 4
"""A worker that keeps more than this part of the memory it may have is let go after its question."""
_START = 20.0
_TRIES = 3
"""How often a question is asked whose worker finds the database unreadable."""


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
        self._turns = Turns(settings.workers)

    # --- life -----------------------------------------------------------------------------------

    async def start(self) -> None:
        """Start the workers and wait until one is ready; raises Refused where none gets so."""
        self._start_nursery()
        for _ in range(self.settings.workers + _SPARE):
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
        for _ in range(self.settings.workers + _SPARE):
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

    def _order(self, what: str, worker: Worker) -> None:
        """Have a worker killed, stopped, or set going again."""
        assert self._control is not None
        with contextlib.suppress(OSError):
            self._control.send(json.dumps({what: worker.number}).encode())

    def _kill(self, worker: Worker) -> None:
        self._order("kill", worker)
        worker.close()

    # --- asking ---------------------------------------------------------------------------------

    async def run(
        self,
        function: Callable[..., None],
        /,
        *,
        seconds: float | None = None,
        again: bool = True,
        **arguments: Any,
    ) -> Reply:
        """Do a job and return its reply, of which the head or all is there.

        Where its worker finds that the database cannot be read, another one is asked, but not for a
        job that must not be done ``again``.

        Raises Refused: what the job says, 503 where too many wait, 504 where it took too long.
        """
        limit = min(self.settings.seconds, seconds or self.settings.seconds)
        data = pickle.dumps((function, arguments))
        job = len(data).to_bytes(4, "big") + data
        for left in reversed(range(_TRIES if again else 1)):
            worker = self._take() or await self._wait()
            reply = worker.ask(job, limit)
            if reply.ended:  # it was gone before it was asked
                self._release(worker)
            try:
                await reply.begun
            except Unreadable:
                if left:
                    continue
                raise
            except asyncio.CancelledError:
                self.drop(reply)
                raise
            return reply
        raise AssertionError("the last try returns or raises")

    def drop(self, reply: Reply) -> None:
        """Give up a job whose answer nobody reads.

        A short one goes on to its end, which costs less than a new worker; a long one is stopped.
        """
        if reply.worker is not None and not reply.ended:
            reply.abandon()
            if reply.worker.long:
                self._stop(reply.worker)

    def _stop(self, worker: Worker) -> None:
        self._cut(worker, "gone", Refused(499, "the client has gone"))

    def _take(self) -> Worker | None:
        """Return a worker for a short question, None where all places are taken."""
        if self._running() >= self.settings.workers:
            return None
        while self._idle:
            worker = self._idle.pop()  # the last to work has the warmest caches
            if worker.generation == self.generation or not self.ready:
                worker.taken = True
                return worker
            worker.close()
        return None

    async def _wait(self) -> Worker:
        if len(self._waiting) >= self.settings.queue or self._closing:
            raise self._busy()
        if self.problem is not None and not any(w.ready for w in self._workers.values()):
            raise self.problem
        future: asyncio.Future[Worker] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        try:
            async with asyncio.timeout(self.settings.patience):
                return await future
        except (TimeoutError, asyncio.CancelledError) as error:
            if future.done() and not future.cancelled():
                self._back(future.result())  # it came at the same moment
                self._serve()
            elif future in self._waiting:
                self._waiting.remove(future)
            if isinstance(error, TimeoutError):
                raise self._busy() from None
            raise

    def _busy(self) -> Refused:
        return Refused(503, "the server is busy; come again", headers=(("Retry-After", "2"),))

    def _running(self) -> int:
        """Count the short questions under way."""
        return sum(1 for w in self._workers.values() if w.taken and not w.long)

    def _serve(self) -> None:
        """Give free workers to questions that wait."""
        while self._waiting and (worker := self._take()) is not None:
            while self._waiting:
                future = self._waiting.popleft()
                if not future.done():
                    future.set_result(worker)
                    break
            else:
                self._back(worker)

    def _back(self, worker: Worker) -> None:
        """Take back a worker that was not asked."""
        self._release(worker)
        if worker.number in self._workers:
            self._idle.append(worker)

    def _release(self, worker: Worker) -> None:
        """Note that no question has a worker any more."""
        worker.taken = worker.long = False
        if worker.stopped:  # it had just finished when it was stopped
            self._order("go", worker)
            worker.stopped = False

    # --- what workers tell ------------------------------------------------------------------------

    def _on_ready(self, worker: Worker, told: dict[str, Any]) -> None:
        self.base = told["base"]
        self.sandboxed = told["sandboxed"]
        self.problem = None
        for other in [w for w in self._idle if w.generation != self.generation]:
            self._idle.remove(other)
            other.close()
        self._idle.append(worker)
        self._serve()

    def _on_done(self, worker: Worker) -> None:
        """Take a worker back, or let it go: its snapshot is old, or it holds too much memory."""
        long = worker.long
        self._release(worker)
        old = worker.generation != self.generation and self.ready
        if old or worker.unreadable or (long and self._swollen(worker)):
            worker.close()
        else:
            self._idle.append(worker)
        self._serve()

    def _swollen(self, worker: Worker) -> bool:
        size = resident(worker.pid)
        return size is not None and size > self.settings.memory // _FULL

    def _on_lost(self, worker: Worker, refused: Refused | None) -> None:
        self._workers.pop(worker.number, None)
        with contextlib.suppress(ValueError):
            self._idle.remove(worker)
        if refused is not None and not worker.ready:
            self.problem = refused
        if worker.crashed:
            self.killed["crash"] += 1
        if not self._closing:
            self._serve()

    # --- looking after them -----------------------------------------------------------------------

    async def _sweep(self) -> None:
        tick = 0
        while True:
            await asyncio.sleep(_TICK)
            tick += 1
            try:
                self._look(memory=tick % 8 == 0)
                if tick % _KEPT == 0 and len(self._idle) > self.settings.workers + _SPARE:
                    self._idle.popleft().close()
                if self.problem is None or tick % 40 == 0:
                    while self._wanted():
                        await self._fork()
            except Exception as error:  # the sweeper must not end before the server does
                sys.stderr.write(f"kg serve: {type(error).__name__}: {error}\n")

    def _wanted(self) -> bool:
        """Whether there are too few workers for the short questions that may come."""
        there = [w for w in self._workers.values() if w.generation == self.generation]
        short = sum(1 for w in there if not w.long)
        return short < self.settings.workers + _SPARE and len(there) < self.settings.most + _SPARE

    def _look(self, *, memory: bool) -> None:
        now = time.monotonic()
        for worker in list(self._workers.values()):
            if worker.reply is None or not worker.ready:
                continue
            worker.measure(now)
            if now - worker.since > worker.limit:
                words = f"the question took more than {worker.limit:g} seconds"
                self._cut(worker, "time", Refused(504, words, hint="ask for less"))
            elif memory and worker.used > LONG and self._too_large(worker):
                words = "the question needs more memory than it may have"
                self._cut(worker, "memory", Refused(503, words, hint="ask for less"))
            elif worker.reply.abandoned and worker.used > LONG:
                self._stop(worker)
            elif not worker.long and (worker.used > LONG or now - worker.moved > _SITS):
                worker.long = self._room(now)
        self._take_turns()
        self._serve()

    def _too_large(self, worker: Worker) -> bool:
        size = resident(worker.pid)
        return size is not None and size > self.settings.memory

    def _room(self, now: float) -> bool:
        """Whether one more long question has a place; where it has none, the costliest gives way."""
        long = [w for w in self._workers.values() if w.long]
        if len(long) < self.settings.most - self.settings.workers:
            return True
        old = [w for w in long if now - w.since > _YIELDS]
        if self._waiting and old:
            self._cut(max(old, key=lambda w: w.used), "crowd", self._busy())
            return True
        return False

    def _take_turns(self) -> None:
        """Let long questions run where short ones leave processors; the others stand still."""
        long = {w.number: w for w in self._workers.values() if w.long and w.reply is not None}
        if not long:
            return
        used = {number: worker.used for number, worker in long.items()}
        runs = self._turns.next(used, free=self.settings.workers - self._running())
        for number, worker in long.items():
            if worker.stopped and number in runs:
                self._order("go", worker)
                worker.stopped = False
            elif not worker.stopped and number not in runs:
                self._order("stop", worker)
                worker.stopped = True

    def _cut(self, worker: Worker, why: str, refused: Refused) -> None:
        self.killed[why] += 1
        worker.fail(refused)
        worker.taken = worker.long = False
        self._workers.pop(worker.number, None)  # it counts no more
        self._kill(worker)

    # --- figures ------------------------------------------------------------------------------------

    def counts(self) -> dict[str, int]:
        """Count workers by what they do, and questions that wait."""
        return {
            "busy": sum(1 for w in self._workers.values() if w.taken),
            "idle": len(self._idle),
            "long": sum(1 for w in self._workers.values() if w.long),
            "all": len(self._workers),
            "waiting": len(self._waiting),
        }
