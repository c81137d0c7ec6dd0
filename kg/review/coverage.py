"""What produced nothing: sentences with directive words that no statement rests on."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from kg.layers import sentence_bounds
from kg.model import Evidence
from kg.review.reading import Reading

#: Kinds of cue that make a sentence directive.
DIRECTIVE = frozenset(("modal", "verb"))


@dataclass(frozen=True, slots=True)
class Silent:
    """A directive sentence without a statement."""

    file: str
    start: int
    end: int
    """Raw offsets."""
    sentence: str
    words: tuple[str, ...]
    """The directive words in it."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of one notice says something in the graph."""

    file: str
    sentences: int
    directive: int
    """Sentences with directive words."""
    silent: tuple[Silent, ...]
    characters: int
    """Of the sentences."""
    covered: int
    """Of these, characters that some statement rests on."""

    @property
    def share(self) -> float | None:
        """Share of the directive sentences that some statement rests on; None without any."""
        return 1 - len(self.silent) / self.directive if self.directive else None


def coverage(page: Reading) -> Coverage:
    """Measure one notice."""
    text = page.layers.text
    to_raw = page.repaired.alignment.to_input
    places = sorted((e.start, e.end) for e in _evidence(page))
    spans = _merged(places)
    starts = [a for a, _ in spans]
    sentences = sentence_bounds(page.layers.segments)
    cues = [c for c in page.layers.cues if c.kind in DIRECTIVE]
    words: dict[int, list[str]] = defaultdict(list)
    keys = sorted(sentences, key=lambda k: sentences[k])
    begins = [sentences[k][0] for k in keys]
    for cue in cues:
        at = bisect_left(begins, cue.start + 1) - 1
        if at >= 0 and cue.end <= sentences[keys[at]][1]:
            words[keys[at]].append(cue.word)
    silent = []
    characters = covered = 0
    for key in keys:
        begin, stop = sentences[key]
        a, b = to_raw(begin, stop)
        over = _overlap(spans, starts, a, b)
        characters += b - a
        covered += over
        if words[key] and not over:
            said = tuple(dict.fromkeys(words[key]))
            silent.append(Silent(page.notice.filename, a, b, text[begin:stop], said))
    return Coverage(
        page.notice.filename, len(keys), sum(bool(words[k]) for k in keys), tuple(silent),
        characters, covered,
    )  # fmt: skip


def _evidence(page: Reading) -> Iterator[Evidence]:
    record = page.record
    for layer in (
        record.stresses, record.responsibilities, record.measures, record.campaigns,
        record.obligations, record.meetings, record.policies, record.incidents,
    ):  # fmt: skip
        for item in layer:
            yield from item.evidence


def _merged(places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    for a, b in places:
        if out and a <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], b))
        else:
            out.append((a, b))
    return out


def _overlap(spans: list[tuple[int, int]], starts: list[int], a: int, b: int) -> int:
    total = 0
    for begin, stop in spans[max(0, bisect_left(starts, a) - 1) :]:
        if begin >= b:
            break
        total += max(0, min(stop, b) - max(begin, a))
    return total
