"""Whose turn it is among long questions: they have the processors that short ones leave.

Where short ones leave none, one long question (of every four processors) runs a third of the time.
The others stand still meanwhile; those that have had least come first, so that one of two seconds
does not wait for ten that never end.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

LONG = 0.25
"""Seconds of processor after which a question no longer counts as short."""
_WINDOW = 4
_SHARE = 3
"""Beside short questions on all processors, long ones run in one of three windows of four ticks."""
_TURN = 8
"""Ticks that a question runs before another one may take its place."""


class Turns:
    """Who of the long questions runs; asked once a tick.

    >>> turns = Turns(2)
    >>> sorted(turns.next({1: 0.3, 2: 9.0, 3: 0.4}, free=2))
    [1, 3]
    >>> sorted(turns.next({1: 0.3, 2: 9.0}, free=2))
    [1, 2]
    """

    def __init__(self, processors: int) -> None:
        self._least = max(1, processors // 4)
        self._tick = 0
        self._had: dict[int, int] = {}
        """Ticks of its present turn that each has had."""
        self._ran: dict[int, tuple[int, int]] = {}
        """The tick in which each ran last, and how many it ran."""

    def next(self, used: Mapping[int, float], *, free: int) -> set[int]:
        """Choose who runs until the next tick.

        ``used`` has the seconds of processor of each long question, ``free`` the number of
        processors that no short question has.
        """
        self._tick += 1
        for gone in self._ran.keys() - used.keys():
            del self._ran[gone], self._had[gone]
        places = free
        if self._tick // _WINDOW % _SHARE == 0:
            places = max(places, self._least)

        def rank(number: int) -> tuple[bool, int, tuple[int, int]]:
            level = int(math.log2(max(used[number], LONG) / LONG))
            return not 0 < self._had.get(number, 0) < _TURN, level, self._ran.get(number, (0, 0))

        chosen = sorted(used, key=rank)[: max(places, 0)]
        for number in chosen:
            had = self._had.get(number, 0)
            self._had[number] = 1 if had >= _TURN else had + 1
            self._ran[number] = self._tick, self._ran.get(number, (0, 0))[1] + 1
        return set(chosen)
