"""Answers kept in memory, the least recently used given up first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from hashlib import blake2b


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it goes to a client."""

    type: str
    body: bytes


class Cache:
    """Answers by what was asked; a key holds the snapshot's generation, so nothing old is found.

    The same bytes are kept once, however they were asked for.

    >>> cache = Cache(100)
    >>> cache.put("a", Kept("text/csv", b"x" * 20))
    >>> cache.get("a").type, cache.get("b")
    ('text/csv', None)
    """

    _PART = 4  # an answer may take a quarter of the whole at most

    def __init__(self, size: int) -> None:
        self.size = size
        self.used = 0
        self.hits = self.misses = 0
        self._kept: OrderedDict[Hashable, tuple[Kept, bytes]] = OrderedDict()
        self._bodies: dict[bytes, tuple[bytes, int]] = {}
        """Bytes of answers by their digest, and how many keys lead to them."""

    def get(self, key: Hashable) -> Kept | None:
        """Return an answer, None where there is none."""
        found = self._kept.get(key)
        if found is None:
            self.misses += 1
            return None
        self.hits += 1
        self._kept.move_to_end(key)
        return found[0]

    def takes(self, length: int) -> bool:
        """Whether an answer of this length would be kept."""
        return length * self._PART <= self.size

    def put(self, key: Hashable, answer: Kept) -> None:
        """Keep an answer, unless it is too long."""
        if not self.takes(len(answer.body)):
            return
        self._drop(key)
        digest = blake2b(answer.body, digest_size=16).digest()
        body, count = self._bodies.get(digest, (answer.body, 0))
        self._bodies[digest] = body, count + 1
        self._kept[key] = Kept(answer.type, body), digest
        self.used += len(repr(key)) + (0 if count else len(body))
        while self.used > self.size and self._kept:
            self._drop(next(iter(self._kept)))

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()
        self._bodies.clear()
        self.used = 0

    def _drop(self, key: Hashable) -> None:
        found = self._kept.pop(key, None)
        if found is None:
            return
        digest = found[1]
        self.used -= len(repr(key))
        body, count = self._bodies.pop(digest)
        if count > 1:
            self._bodies[digest] = body, count - 1
        else:
            self.used -= len(body)
