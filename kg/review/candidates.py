"""Terms that the vocabulary may lack: unknown members of lists whose other members are known.

An enumeration (道路交通、建筑施工、民宿客栈和旅游) joins things of one kind. Where its neighbours are
concepts of a scheme and a member is not, the member is proposed, with the sentences in which it stands so. The
first member of a list is left out: the words before it cannot be told from it. So are divisions, and lists of bodies
(公安、交通、应急等部门), whose names are no terms.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kg import regions
from kg.layers import Mention, sentence_bounds
from kg.review.reading import Reading

SCHEMES = ("hazard", "responsibility", "measure")
#: Longest term proposed, in characters.
LONGEST = 10
#: Sentences kept as examples of a term.
EXAMPLES = 3

_SEPARATOR = re.compile("、|以及|[和与及暨]")
_TERM = re.compile(r"[\u3400-\u9fff（）()“”A-Za-z]+")
#: What ends a list: 等重点行业领域, 等.
_REST = re.compile(
    "(?:等|各?(?:重点|高危|关键|薄弱)?(?:行业|领域|场所|部位|环节|区域|单位|企业|方面)+)+.*$"
)
_BRACKETS = re.compile("[（(“][^）)”]*$|^[^（(“]*[）)”]")


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence in which a term stands beside known ones."""

    file: str
    start: int
    end: int
    """Raw offsets of the term."""
    sentence: str
    neighbours: tuple[str, ...]
    """Ids of the known concepts in the same list."""


@dataclass(slots=True)
class Candidate:
    """A term that may be lacking."""

    term: str
    scheme: str
    times: int = 0
    notices: set[str] = field(default_factory=set)
    beside: Counter[str] = field(default_factory=Counter)
    """Known neighbours by id."""
    examples: list[Example] = field(default_factory=list)


def candidates(readings: Iterable[Reading], *, known: Iterable[str] = ()) -> list[Candidate]:
    """Collect candidates, those of most notices first; ``known`` terms are not proposed again."""
    skip = set(known)
    found: dict[tuple[str, str], Candidate] = {}
    for page in readings:
        for scheme, term, start, end, beside, sentence in _unknown(page):
            if term in skip:
                continue
            one = found.setdefault((scheme, term), Candidate(term, scheme))
            one.times += 1
            one.notices.add(page.notice.id)
            one.beside.update(beside)
            if len(one.examples) < EXAMPLES:
                a, b = page.repaired.alignment.to_input(start, end)
                one.examples.append(Example(page.notice.filename, a, b, sentence, tuple(beside)))
    return sorted(found.values(), key=lambda c: (-len(c.notices), -c.times, c.scheme, c.term))


#: Kinds of words of the general list: they may stand in a term (蹦极, 飞行).
GENERAL = frozenset({"v", "a", "i", "single", "verb", "manner"})


def _unknown(page: Reading) -> Iterator[tuple[str, str, int, int, list[str], str]]:
    layers = page.layers
    text = layers.text
    by_scheme: dict[str, list[Mention]] = defaultdict(list)
    for mention in layers.mentions:
        if mention.masked is None:
            by_scheme[mention.scheme].append(mention)
    named = sorted(m.start for m in layers.mentions)
    cues = [
        c.start
        for c in layers.cues
        if c.kind not in GENERAL or (c.kind == "verb" and c.value >= "2")  # governs: in no term
    ]
    sentences = sentence_bounds(layers.segments)
    for segment in layers.segments:
        if "、" not in text[segment.start : segment.end]:
            continue
        members = list(_members(text, segment.start, segment.end))
        if len(members) < 3:
            continue
        for scheme in SCHEMES:
            mentions = by_scheme[scheme]
            starts = [m.start for m in mentions]
            known = [_inside(mentions, starts, a, b) for a, b in members]
            beside = list(dict.fromkeys(m.concept for some in known for m in some))
            if sum(bool(some) for some in known) < 2:
                continue
            for (a, b), some in list(zip(members, known, strict=True))[1:]:
                term = text[a:b]
                if some or not _is_term(term) or _has_cue(cues, a, b):
                    continue
                at = bisect_left(named, a)
                if (at < len(named) and named[at] < b) or regions.by_name(term):
                    continue
                begin, stop = sentences[segment.sentence]
                yield scheme, term, a, b, beside, text[begin:stop]


def _members(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut a list at its separators; what follows 等 belongs to no member.

    >>> text = "加强道路交通、民宿客栈和旅游景区等重点领域监管"
    >>> [text[a:b] for a, b in _members(text, 0, len(text))]
    ['加强道路交通', '民宿客栈', '旅游景区']
    """
    position = start
    cuts = [m.span() for m in _SEPARATOR.finditer(text, start, end)]
    for a, b in [*cuts, (end, end)]:
        rest = _REST.search(text, position, a)
        stop = rest.start() if rest else a
        if stop > position:
            yield position, stop
        position = b
        if rest and a != end and text[a:b] == "、":
            return


def _inside(mentions: list[Mention], starts: list[int], a: int, b: int) -> list[Mention]:
    return [m for m in mentions[bisect_left(starts, a) : bisect_left(starts, b)] if m.end <= b + 4]


def _is_term(term: str) -> bool:
    if term.startswith(("其他", "其它", "有关", "相关")):
        return False
    return 2 <= len(term) <= LONGEST and bool(_TERM.fullmatch(term)) and not _BRACKETS.search(term)


def _has_cue(cues: list[int], a: int, b: int) -> bool:
    at = bisect_left(cues, a)
    return at < len(cues) and cues[at] < b
