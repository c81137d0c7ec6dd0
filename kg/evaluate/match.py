"""When two annotations say the same: names once normalised, clauses by common characters."""

from __future__ import annotations

import unicodedata
from collections import Counter, deque
from collections.abc import Sequence
from functools import lru_cache

#: A clause is found when the common characters are at least this share of the longer quote.
OVERLAP = 0.8

#: What NFKC leaves apart: brackets of all shapes are one pair, quotation marks one mark.
_SHAPES = str.maketrans(
    dict.fromkeys("〔［[【{｛", "(")
    | dict.fromkeys("〕］]】}｝", ")")
    | dict.fromkeys("“”„‟「」『』‘’‚‛'＇", '"')
    | {"。": ".", "、": ","}
)


@lru_cache(maxsize=65536)
def normal(text: str) -> str:
    """Write a name or quote as it is compared: one width, one shape of brackets, no space.

    Both sides go through it. Nothing is dropped but white space: a name with quotation marks is
    another name than the one without.

    >>> normal("国发〔2020〕3号，“三个必须” （试行）") == normal('国发[2020]3号,"三个必须"(试行)')
    True
    """
    return "".join(unicodedata.normalize("NFKC", text).translate(_SHAPES).split())


def overlap(a: str, b: str) -> float:
    """Give the share of the longer text's characters that stand in both, in the same order.

    >>> overlap("加大执法检查力度", "要加大执法检查力度")
    0.8888888888888888
    >>> overlap("", "")
    0.0
    """
    longer = max(len(a), len(b))
    return _common(a, b) / longer if longer else 0.0


def _common(a: str, b: str) -> int:
    """Length of the longest common subsequence, a row of bits a character (Hyyrö, 2004)."""
    places: dict[str, int] = {}
    for i, character in enumerate(a):
        places[character] = places.get(character, 0) | 1 << i
    every = row = (1 << len(a)) - 1
    for character in b:
        met = row & places.get(character, 0)
        row = (row + met | row - met) & every
    return len(a) - row.bit_count()


def pair(gold: Sequence[str], found: Sequence[str]) -> list[tuple[int, int]]:
    """Pair quotes one to one, as many as can be, each pair overlapping by OVERLAP or more.

    Of several partners the one with the greater overlap is preferred, then the earlier.

    >>> pair(["加强应急值守", "狠抓煤矿安全"], ["狠抓煤矿安全整治", "加强应急值守"])
    [(0, 1)]
    """
    partners = [_partners(quote, found) for quote in gold]
    owner: dict[int, int] = {}
    choice: dict[int, int] = {}
    for index in range(len(gold)):  # each an augmenting path (Kuhn, 1955), the shortest first
        came: dict[int, int] = {}
        queue = deque([index])
        while queue:
            asking = queue.popleft()
            for partner in partners[asking]:
                if partner not in came:
                    came[partner] = asking
                    if partner not in owner:
                        _switch(partner, came, owner, choice)
                        queue.clear()
                        break
                    queue.append(owner[partner])
    return sorted(choice.items())


def _switch(
    partner: int, came: dict[int, int], owner: dict[int, int], choice: dict[int, int]
) -> None:
    """Give everyone along the path that ended at a free partner the partner asked for."""
    step: int | None = partner
    while step is not None:
        asking = came[step]
        owner[step] = asking
        previous, choice[asking] = choice.get(asking), step
        step = previous


def _partners(quote: str, found: Sequence[str]) -> list[int]:
    letters = Counter(quote)
    scored = []
    for index, other in enumerate(found):
        longer = max(len(quote), len(other))
        if min(len(quote), len(other)) < OVERLAP * longer:
            continue
        if (letters & Counter(other)).total() >= OVERLAP * longer:
            share = overlap(quote, other)
            if share >= OVERLAP:
                scored.append((-share, index))
    return [index for _, index in sorted(scored)]
