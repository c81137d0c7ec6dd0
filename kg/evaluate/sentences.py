"""The sentence that a miss or a false hit stands in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from kg.evaluate.match import normal, overlap
from kg.model import Record

_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?]?[”’）)]?")
_RANK = re.compile(r"(?<=..)(?:特别行政区|自治[区州县旗]|[省市县区旗州盟])$")
_MAX = 160  # characters of a sentence that are shown


@dataclass(frozen=True, slots=True)
class Sentences:
    """The sentences of a restored notice: ``(raw start, raw end, restored text)`` in order."""

    spans: tuple[tuple[int, int, str], ...]

    @classmethod
    def of(cls, record: Record) -> Sentences:
        """Cut the notice that a record was made of; none where the record does not know it."""
        from kg.repair import repair

        if record.notice is None:
            return cls(())
        repaired = repair(record.notice)
        spans = []
        for found in _SENTENCE.finditer(repaired.text):
            spans.append((*repaired.alignment.to_input(*found.span()), found[0].strip()))
        return cls(tuple(spans))

    def at(self, start: int) -> str:
        """Find the sentence over a raw offset.

        >>> Sentences(((0, 5, "一。"), (5, 9, "二。"))).at(5)
        '二。'
        """
        return next((_cut(text) for begin, end, text in self.spans if begin <= start < end), "")

    def mentioning(self, terms: Iterable[str], *, after: str = "") -> str:
        """Find the first sentence with one of the terms, if possible after a region is named.

        >>> spans = ((0, 5, "煤矿。"), (5, 9, "湖南"), (9, 12, "煤矿!"))
        >>> Sentences(spans).mentioning(["煤矿"], after="湖南省")
        '煤矿!'
        """
        words = [normal(term) for term in terms]
        place = short_name(after)
        hits = [i for i, (_, _, text) in enumerate(self.spans) if _has(text, words)]
        first = next((i for i, (_, _, text) in enumerate(self.spans) if place in text), 0)
        chosen = next((i for i in hits if i >= first), hits[0] if hits else None)
        return "" if chosen is None else _cut(self.spans[chosen][2], words)

    def like(self, quote: str) -> str:
        """Find the sentence that holds most of a quote.

        >>> Sentences(((0, 5, "会议强调,要狠抓煤矿。"), (5, 9, "完。"))).like("要狠抓煤矿")
        '会议强调,要狠抓煤矿。'
        """
        wanted = normal(quote)
        exact = next((text for _, _, text in self.spans if wanted in normal(text)), None)
        if exact is None:
            best = max(self.spans, key=lambda s: overlap(normal(s[2]), wanted), default=(0, 0, ""))
            exact = best[2] if overlap(normal(best[2]), wanted) > 0.3 else ""
        return _cut(exact, [wanted])


def short_name(region: str) -> str:
    """Write a region as texts often do, without its rank.

    >>> short_name("湖南省"), short_name("广西壮族自治区"), short_name("莒县")
    ('湖南', '广西壮族', '莒县')
    """
    return _RANK.sub("", region)


def _has(text: str, words: list[str]) -> bool:
    written = normal(text)
    return any(word in written for word in words)


def _cut(text: str, around: Iterable[str] = ()) -> str:
    """Shorten a long sentence to what stands around a word."""
    if len(text) <= _MAX:
        return text
    at = min((i for word in around if word and (i := text.find(word)) >= 0), default=0)
    begin = max(0, min(at - _MAX // 4, len(text) - _MAX))
    end = begin + _MAX
    return ("…" if begin else "") + text[begin:end] + ("…" if end < len(text) else "")
