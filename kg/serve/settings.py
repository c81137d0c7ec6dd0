"""What a server is told: where the store is, who may ask, and how much of it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

MIB = 1 << 20
#: Names under which a loopback server is reached.
LOCAL = ("localhost", "127.0.0.1", "[::1]")


def _cpus() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The limits of a server; every size is in bytes, every time in seconds.

    >>> Settings(store=Path("kg-store")).seconds
    30.0
    """

    store: Path
    hosts: tuple[str, ...] = LOCAL
    """What a Host header may say, without port: against DNS rebinding."""
    token: str | None = field(default=None, repr=False)
    """The secret that writes need; None where the server is read-only."""
    workers: int = field(default_factory=lambda: max(2, _cpus()))
    """Short questions that are answered at the same time: as many as there are processors."""
    most_workers: int = 0
    """Questions under way at most, long ones included; 0: twelve more than ``workers``."""
    queue: int = 256
    """Questions that may wait for a worker; the next is told to come again."""
    seconds: float = 30.0
    """How long a question may take."""
    patience: float = 30.0
    """How long it may wait for its turn before that."""
    memory: int = 2048 * MIB
    """How much memory a worker may take beyond what the open store needs."""
    rows: int = 1_000_000
    """Rows or triples of one answer."""
    answer: int = 512 * MIB
    """Length of one answer."""
    body: int = 16 * MIB
    """Length of what a client sends."""
    query_length: int = 100_000
    """Characters of one query."""
    cache: int = 64 * MIB
    """Answers kept in memory; 0 keeps none."""
    rate: str | None = "50/second"
    """Requests that one client may make, as the ``limits`` package writes it; None: any number."""
    look: float = 2.0
    """How often to look whether the store was rebuilt."""
    log: bool = True
    """Whether each request is logged."""

    @property
    def most(self) -> int:
        """Questions under way at most."""
        return max(self.workers, self.most_workers or self.workers + 12)

    @property
    def writable(self) -> bool:
        """Whether writes are taken from who has the token."""
        return self.token is not None
