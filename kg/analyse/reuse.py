"""Text reuse: which passages share words, how much of that is boilerplate, and what was changed.

Passages are compared by shingles of three characters (Broder, 1997). Where there are few pairs all
that share a shingle are looked at; where there are many, those that MinHash (``datasketch``) takes
for similar. What is kept is measured exactly in both cases, and aligned word by word.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Literal
from unicodedata import normalize

from kg.table import needs

WIDTH = 3  # characters of a shingle
#: Pairs of passages and shingles up to which every pair is looked at.
EXHAUSTIVE = 5_000_000
_HASHES = 128
#: MinHash's threshold lies below what is kept: a clause within a longer one has a low Jaccard index.
_THRESHOLD = 0.2
#: Of fewer documents than this, that all have a passage does not yet make it boilerplate.
FEW = 30
_LEFT_OUT = re.compile(r"[^\w]|_")

Op = Literal["same", "deleted", "inserted"]


def plain(text: str) -> str:
    """Reduce a passage to what is compared: letters and figures, in one width and case.

    >>> plain("狠抓“尾矿库”， ＡＢＣ。")
    '狠抓尾矿库abc'
    """
    return _LEFT_OUT.sub("", normalize("NFKC", text).casefold())


def shingles(text: str) -> frozenset[str]:
    """Return the shingles of a reduced passage.

    >>> sorted(shingles("尾矿库安全"))
    ['尾矿库', '库安全', '矿库安']
    """
    return frozenset(text[i : i + WIDTH] for i in range(len(text) - WIDTH + 1))


class Circulation:
    """In how many documents each shingle stands: what all of them have tells nothing."""

    def __init__(self, documents: Iterable[tuple[str, frozenset[str]]]) -> None:
        self._holders: dict[str, set[str]] = defaultdict(set)
        names = set()
        for name, held in documents:
            names.add(name)
            for shingle in held:
                self._holders[shingle].add(name)
        self.documents = len(names)

    def weight(self, shingle: str, one: str, two: str) -> float:
        """Weigh a shingle that two documents share: 1 if no other has it, near 0 if all do.

        The logarithm of the share of the other documents that have it, scaled to 1; they count as
        no fewer than FEW.
        """
        pair = {one, two}
        others = max(FEW, self.documents - len(pair))
        having = len(self._holders.get(shingle, set()) - pair)
        return log((others + 1) / (having + 1)) / log(others + 1)


def similar(
    sources: Mapping[int, frozenset[str]],
    targets: Mapping[int, frozenset[str]],
    *,
    exhaustive: bool | None = None,
) -> list[tuple[int, int]]:
    """List the pairs of source and target that may share enough to be measured, sorted.

    ``exhaustive`` forces all pairs with a shingle in common, or MinHash; None chooses by their
    number. MinHash needs the extra ``diffusion``.
    """
    postings: dict[str, list[int]] = defaultdict(list)
    for number, held in targets.items():
        for shingle in held:
            postings[shingle].append(number)
    if exhaustive is None:
        cost = sum(len(postings.get(s, ())) for held in sources.values() for s in held)
        exhaustive = cost <= EXHAUSTIVE
    if exhaustive:
        pairs = {
            (source, target)
            for source, held in sources.items()
            for shingle in held
            for target in postings.get(shingle, ())
        }
        return sorted(pairs)
    return _by_minhash(sources, targets)


def _by_minhash(
    sources: Mapping[int, frozenset[str]], targets: Mapping[int, frozenset[str]]
) -> list[tuple[int, int]]:
    datasketch = needs("datasketch", "diffusion")

    def sketch(held: frozenset[str]) -> object:
        made = datasketch.MinHash(num_perm=_HASHES, seed=1)
        made.update_batch([shingle.encode("utf-8", "surrogatepass") for shingle in sorted(held)])
        return made

    index = datasketch.MinHashLSH(threshold=_THRESHOLD, num_perm=_HASHES)
    for number, held in targets.items():
        index.insert(number, sketch(held))
    return sorted(
        (number, int(target))
        for number, held in sources.items()
        for target in index.query(sketch(held))
    )


# --- what was changed -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of words that is the same, only in the source, or only in the target."""

    op: Op
    text: str


def changes(source: str, target: str) -> tuple[Change, ...]:
    """Compare two passages word by word: the fewest words deleted and inserted.

    >>> [(c.op, c.text) for c in changes("全面排查尾矿库", "全面排查煤矿")]
    [('same', '全面排查'), ('deleted', '尾矿库'), ('inserted', '煤矿')]
    """
    from rapidfuzz.distance import Indel

    one, two = divide(source), divide(target)
    out: list[Change] = []
    gone, new = 0, 0  # where the stretch that differs begins in each
    ends = [(len(one), len(one), len(two), len(two))]
    same = [(o.src_start, o.src_end, o.dest_start, o.dest_end) for o in Indel.opcodes(one, two)
            if o.tag == "equal"]  # fmt: skip
    for start, end, begin, stop in same + ends:
        _join(out, "deleted", one[gone:start])
        _join(out, "inserted", two[new:begin])
        _join(out, "same", one[start:end])
        gone, new = end, stop
    return tuple(out)


def _join(out: list[Change], op: Op, words: Sequence[str]) -> None:
    text = "".join(words)
    if not text:
        return
    if out and out[-1].op == op:
        text = out.pop().text + text
    out.append(Change(op, text))


def divide(text: str) -> list[str]:
    """Divide a text into words: the likeliest division by the word list of repair.

    Nothing is lost: the words together are the text.

    >>> divide("全面排查尾矿库")
    ['全面', '排查', '尾矿库']
    """
    from kg.repair.words import general, single, special

    lists = (general(), special())
    costs = single()
    best = [0.0] + [float("inf")] * len(text)
    back = [0] * (len(text) + 1)
    for begin in range(len(text)):
        base = best[begin]
        alone = base + costs.get(text[begin], 17.0)
        if alone < best[begin + 1]:
            best[begin + 1], back[begin + 1] = alone, begin
        for words in lists:
            low, high = 0, len(words.words)
            for end in range(begin + 2, len(text) + 1):
                low, high = words.range(text[begin:end], low, high)
                if low == high:
                    break
                cost = base + words.cost(low)
                if words.words[low] == text[begin:end] and cost < best[end]:
                    best[end], back[end] = cost, begin
    out: list[str] = []
    end = len(text)
    while end:
        out.append(text[back[end] : end])
        end = back[end]
    return out[::-1]
