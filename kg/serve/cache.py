"""Answers kept in memory, the least recently used given up first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it goes to a client."""

    type: str
    body: bytes


class Cache:
    """Answers by what was asked; a key holds the snapshot's generation, so nothing old is found.

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
        self._kept: OrderedDict[Hashable, Kept] = OrderedDict()

    def get(self, key: Hashable) -> Kept | None:
        """Return an answer, None where there is none."""
        found = self._kept.get(key)
        if found is None:
            self.misses += 1
            return None
        self.hits += 1
        self._kept.move_to_end(key)
        return found

    def takes(self, length: int) -> bool:
        """Whether an answer of this length would be kept."""
        return length * self._PART <= self.size

    def put(self, key: Hashable, answer: Kept) -> None:
        """Keep an answer, unless it is too long."""
        if not self.takes(len(answer.body)):
            return
        before = self._kept.pop(key, None)
        if before is not None:
            self.used -= _cost(key, before)
        self._kept[key] = answer
        self.used += _cost(key, answer)
        while self.used > self.size and self._kept:
            old, gone = self._kept.popitem(last=False)
            self.used -= _cost(old, gone)

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()
        self.used = 0


def _cost(key: Hashable, answer: Kept) -> int:
    return len(answer.body) + len(repr(key))
