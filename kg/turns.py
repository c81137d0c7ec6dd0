"""Who has the word, by position: the turns that stage 5 (kg.resolve) gives."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from kg import regions
from kg.model import NATIONAL
from kg.regions import Division, RegionMention

BINGTUAN = regions.BINGTUAN.name
#: What the name of a division ends in that a word for a level can mean.
_ENDINGS: dict[str, tuple[str, ...]] = {
    "县": ("县", "自治县", "旗"),
    "旗": ("旗", "自治旗"),
    "州": ("州",),
    "市": ("市",),
    "师市": ("市",),
    "省": ("省",),
    "盟": ("盟",),
    "区": ("区",),
    "新区": ("新区",),
    "自治区": ("自治区",),
    "自治州": ("自治州",),
    "自治县": ("自治县",),
    "特区": ("特区",),
    "地区": ("地区",),
}


@dataclass(frozen=True, slots=True)
class Turn:
    """From ``start`` on ``region`` has the word."""

    start: int
    region: str | None
    evidence: tuple[int, int] | None
    acts: bool
    beside: tuple[str, ...] = ()
    """Others that do the same: 甲、乙两市加强值守."""


@dataclass(slots=True)
class Speakers:
    """Who has the word, by position."""

    turns: list[Turn] = field(default_factory=list)
    acting: list[tuple[str, tuple[int, int]]] = field(default_factory=list)
    """Regions that act, each with the place that says so, in order."""
    divisions: dict[str, Division] = field(default_factory=dict)
    mentions: list[RegionMention] = field(default_factory=list)
    home: list[Division] = field(default_factory=list)
    """The divisions that the page itself belongs to, lowest first."""
    hints: list[Division] = field(default_factory=list)
    """Divisions that the text is about, likely ones first: what 全市 means where nothing else tells."""
    enterprise: bool = False
    starts: list[int] = field(default_factory=list)
    """Where the turns begin."""

    def give(self, turn: Turn) -> None:
        """Add a turn; they come in the order of their starts."""
        self.turns.append(turn)
        self.starts.append(turn.start)

    def take_back(self) -> None:
        """Take the last turn back: its heading gives way to who acts right behind it."""
        self.turns.pop()
        self.starts.pop()

    def back_to(self, start: int, earlier: int) -> None:
        """Let the last turn begin earlier, where it began at ``start``."""
        if self.turns and self.turns[-1].start == start and self.starts[-2:-1] < [earlier]:
            self.turns[-1] = replace(self.turns[-1], start=earlier)
            self.starts[-1] = earlier

    def at(self, position: int) -> str | None:
        """The region that has the word at ``position``."""
        turn = self.turn_at(position)
        return turn.region if turn else None

    def joined(self, regions: Iterable[str]) -> None:
        """Let others do what the last turn tells."""
        self.turns[-1] = replace(self.turns[-1], beside=tuple(regions))

    def all_at(self, position: int) -> tuple[str | None, ...]:
        """The region that has the word at ``position``, and those that do the same."""
        turn = self.turn_at(position)
        return (turn.region, *turn.beside) if turn else (None,)

    def turn_at(self, position: int) -> Turn | None:
        """The turn that covers ``position``."""
        index = bisect_right(self.starts, position) - 1
        return self.turns[index] if index >= 0 else None

    def taken_in(self, start: int, end: int) -> int | None:
        """The last place behind ``start`` and before ``end`` at which a region takes the word, if any."""
        index = bisect_right(self.starts, end - 1) - 1
        if index < 0 or self.starts[index] <= start or self.turns[index].region is None:
            return None
        return self.starts[index]

    def of_level(self, word: str, speaker: str | None) -> str | None:
        """The division that 省, 市, 自治区 … means in the report of ``speaker``."""
        if word in {"国", "国务院"}:
            return NATIONAL
        own = self.divisions.get(speaker or "")
        chain = [own, *regions.ancestors(own)] if own is not None else []
        found = of_level(word, [*chain, *self.home], self.hints)
        return found.name if found else None


def of_level(
    word: str, context: Sequence[Division], hints: Sequence[Division] = ()
) -> Division | None:
    """The division that a word for a level stands for, in the report of ``context`` (nearest first).

    Where none of ``context`` is of that level, the ``hints`` decide, if they name one of that level,
    or most of them lie in one.

    >>> from kg.regions import by_name, ancestors
    >>> beihai = by_name("北海市")[0]
    >>> of_level("区", [beihai, *ancestors(beihai)]).name, of_level("县", [beihai])
    ('广西壮族自治区', None)
    """
    if word == "兵团":
        return regions.BINGTUAN
    endings = _ENDINGS.get(word)
    if endings is None:
        return None
    found = next((d for d in context if d.name.endswith(endings)), None)
    if found is not None or word in {"新区", "特区"}:
        return found
    return _most(hints, endings, context)


def _most(
    hints: Iterable[Division], endings: tuple[str, ...], context: Sequence[Division]
) -> Division | None:
    """The one of a level in which, or above, most of the hints lie; None where two are as likely."""
    votes: dict[Division, int] = {}
    total = 0
    for hint in hints:
        if context and not any(regions.within(hint, c) or regions.within(c, hint) for c in context):
            continue
        total += 1
        for division in (hint, *regions.ancestors(hint)):
            if division.name.endswith(endings):
                votes[division] = votes.get(division, 0) + 1
                break
    if not votes:
        return None
    best = max(votes.values())
    first = [d for d, n in votes.items() if n == best]
    return first[0] if len(first) == 1 and best * 2 > total else None
