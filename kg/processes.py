"""Partitions made side by side, in processes of this machine, each whole or not at all."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from functools import partial
from multiprocessing import get_context

from kg import partition
from kg.review.corrections import NONE, Corrections

#: Times that a worker may die at a partition before it is made in this process.
_TRIES = 3


def in_processes(
    parts: Sequence[Sequence[str]],
    *,
    jobs: int,
    folder: str,
    base: str,
    validate: bool,
    suffix: str = partition.SUFFIX,
    corrections: Corrections = NONE,
) -> Iterator[str]:
    """Run ``process_partition`` in processes; yield the places in the order of the parts.

    A worker that dies (killed, out of memory) costs what it was doing: the pool is made anew, and
    a partition at which it dies three times is run here, so that its error is seen.
    """
    make = partial(
        partition.process_partition,
        folder=folder,
        base=base,
        validate=validate,
        suffix=suffix,
        corrections=corrections,
    )
    todo = deque(enumerate(parts))
    ready: dict[int, str] = {}
    tries: dict[int, int] = {}
    following = 0
    while todo or ready:
        with _pool(jobs) as pool:
            running: dict[int, Future[str]] = {}
            try:
                while todo or running:
                    while todo and len(running) < 2 * jobs:
                        number, part = todo.popleft()
                        running[number] = pool.submit(make, part)
                    number = min(running)
                    ready[number] = running[number].result()
                    del running[number]
                    while following in ready:
                        yield ready.pop(following)
                        following += 1
            except BrokenProcessPool:
                for number in sorted(running, reverse=True):
                    tries[number] = tries.get(number, 0) + 1
                    todo.appendleft((number, parts[number]))
                number, part = todo[0]
                if tries.get(number, 0) >= _TRIES:
                    todo.popleft()
                    ready[number] = make(part)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        while following in ready:
            yield ready.pop(following)
            following += 1


def here(
    parts: Sequence[Sequence[str]],
    *,
    jobs: int,
    folder: str,
    base: str,
    validate: bool,
    corrections: Corrections = NONE,
) -> Iterator[str]:
    """Do the same in this process."""
    del jobs
    for part in parts:
        yield partition.process_partition(
            part, folder=folder, base=base, validate=validate, corrections=corrections
        )


def _pool(jobs: int) -> Executor:
    # Not fork: the database has threads, and a lock that one of them holds stays locked in a child.
    return ProcessPoolExecutor(jobs, mp_context=get_context("spawn"))


def default_jobs() -> int:
    """How many processes this one may use at a time."""
    count: Callable[[], int] | None = getattr(os, "process_cpu_count", None)
    if count is not None:
        return count() or 1
    with suppress(AttributeError, OSError):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1
