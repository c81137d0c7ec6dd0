"""Clauses + mentions + speakers -> what each region stresses, invokes and orders."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from kg import ontology
from kg.annotate import FAINT
from kg.cues import pattern, word_set
from kg.layers import Layers, Mention
from kg.model import Evidence
from kg.relate.clause import Clause
from kg.relate.deeds import deeds
from kg.relate.topics import Topic, Wild

_EXCLUDED = pattern("clauses", "excluded")
#: What masks a mention of a thing that may stand anywhere.
SLIGHT = "slight"
#: What masks a mention of a word that stands for a narrower sector where that is named.
BROAD = "broad"
#: A learned lesson stresses nothing by itself; its directive does (GUIDELINES, Stresses).
_WANTING = pattern("clauses", "found-wanting")
_LESSON = pattern("clauses", "lesson")
#: What a meeting decides is ordered, though it is told: 会议同意列支860万元.
_DECIDES = pattern("clauses", "decides")
#: Signs of what is being done: 该县正对隧道项目开展专项检查.
_UNDER_WAY = frozenset({"正", "正在"})
_LEFT = pattern("clauses", "left-to-others")
#: Main verbs of visits: what is told to be looked at is not ordered.
LOOKS = word_set("deeds", "looked-at")
#: Sectors that only gather narrower ones: a topic on 矿山安全 whose demands speak of coal mines is on those.
UMBRELLAS = word_set("titles", "umbrellas")


#: Region, scheme, concept.
Key = tuple[str | None, str, str]


@dataclass(slots=True)
class Found:
    """A statement found: region, concept and where."""

    region: str | None
    concept: str
    scheme: str
    degree: int
    places: list[tuple[int, int]] = field(default_factory=list)
    named: bool = False
    """By a word of its own, not only by things that stand anywhere (灭火器, 国道)."""
    broad: bool = False
    """By a word that may stand for a narrower sector (交通安全)."""
    faint: bool = False
    """By a thing that names its sector only where the region's directives name none (避难层)."""


def excluded_spans(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Stretches of a clause that take something out: 除煤矿外, 不涉及尾矿库, 以…名义."""
    return [m.span() for m in _EXCLUDED.finditer(text, start, end)]


def mentions_of(mentions: list[Mention], starts: list[int], start: int, end: int) -> list[Mention]:
    """The mentions that lie wholly in ``[start, end)``."""
    return [
        m for m in mentions[bisect_left(starts, start) : bisect_left(starts, end)] if m.end <= end
    ]


def degree_of(clause: Clause, mention: Mention, text: str) -> int:
    """3 singled out, 2 the object of its own verb, 1 one of a list or by the way."""
    listed = text[mention.end : mention.end + 1] in {"、", "和", "与", "及"} or text[
        mention.start - 1 : mention.start
    ] in {"、", "和", "与", "及"}
    if clause.degree >= 3:
        return 3
    return 1 if listed else min(2, clause.degree)


def state(
    layers: Layers,
    clauses: Iterable[Clause],
    regions_at: Callable[[int], Sequence[str | None]],
    topics: Iterable[Topic] = (),
) -> list[Found]:
    """Every hazard, responsibility and measure that a clause directs, with its region and places.

    Things that stand anywhere say nothing where no other word names their sector. A topic stresses its
    sectors; one that only gathers others, where its region's clauses name none of those.
    """
    text = layers.text
    starts = [m.start for m in layers.mentions]
    wild = Wild(layers)
    found: dict[Key, Found] = {}

    def add(clause: Clause, scheme: str, concept: str, degree: int) -> Iterator[Found]:
        for region in regions_at(clause.said):
            key = (region, scheme, concept)
            entry = found.setdefault(key, Found(region, concept, scheme, degree))
            entry.degree = max(entry.degree, degree)
            if (clause.begin, clause.end) not in entry.places:
                entry.places.append((clause.begin, clause.end))
            yield entry

    clauses = list(clauses)
    left = {c.sentence for c in clauses if _LEFT.fullmatch(text, c.start, c.end)}
    for clause in clauses:
        if clause.sentence in left and clause.cue is None:
            continue  # 煤矿的检查，按既有安排执行，本通知不再部署
        for measure in deeds(clause, text):
            for entry in add(clause, "measure", measure, clause.degree):
                entry.named = True
        inside = mentions_of(layers.mentions, starts, clause.begin, clause.end)
        if not inside:
            continue
        decided = _DECIDES.match(text[clause.start : clause.end])
        excluded = excluded_spans(text, clause.begin, clause.end)
        lessons = [m.span() for m in _LESSON.finditer(text, clause.start, clause.end)]
        for mention in inside:
            if mention.masked not in {None, SLIGHT, BROAD, FAINT} or wild.holds(mention):
                continue
            if any(a <= mention.start and mention.end <= b for a, b in excluded):
                continue
            if not counts(clause, mention, text) and not (decided and mention.scheme == "measure"):
                continue
            if mention.scheme == "hazard" and any(
                a <= mention.start and mention.end <= b for a, b in lessons
            ):
                continue
            degree = degree_of(clause, mention, text)
            for entry in add(clause, mention.scheme, mention.concept, degree):
                entry.named = entry.named or mention.masked is None
                entry.broad = entry.broad or mention.masked == BROAD
                entry.faint = entry.faint or mention.masked == FAINT
    found = _grounded(found)
    for region, start, end in topics:
        said = {r.concept for r in found.values() if r.region == region and r.scheme == "hazard"}
        said.discard("open-burning")  # what causes such fires is no narrower kind of them
        particular = {above for concept in said for above in ontology.ancestors(concept)}
        for mention in mentions_of(layers.mentions, starts, start, end):
            whole = (mention.start, mention.end) == (start, end)
            if mention.scheme != "hazard" or not (
                whole or mention.masked in {None, "name", "title"}
            ):
                continue
            if mention.concept not in particular or mention.concept not in UMBRELLAS:
                key = (region, mention.scheme, mention.concept)
                entry = found.setdefault(key, Found(region, mention.concept, "hazard", 2))
                if all(start < a or b < end for a, b in entry.places):
                    entry.places.append((start, end))
    return list(found.values())


def _grounded(found: dict[Key, Found]) -> dict[Key, Found]:
    """What more than a slight word names, a broad one where nothing narrower is, a faint one where no sector is."""
    named = {(entry.region, entry.concept) for entry in found.values() if entry.named}
    told = {entry.region for entry in found.values() if entry.named and entry.scheme == "hazard"}
    above = {(region, wide) for region, concept in named for wide in ontology.ancestors(concept)}
    return {
        key: entry
        for key, entry in found.items()
        if entry.named
        or (entry.broad and (entry.region, entry.concept) not in above)
        or (entry.faint and entry.region not in told)
    }


#: Why clauses order nothing that yet state who answers for what.
_STATED = frozenset({"maxim", "no predicate", "有"})
#: What is shorter, in characters, is a name of a duty and says nothing of it.
PHRASE = 4


def counts(clause: Clause, mention: Mention, text: str) -> bool:
    """Whether a mention in this clause makes a statement."""
    if clause.force == "doing" and clause.action in LOOKS and mention.scheme == "measure":
        return False
    if clause.why == "将" and mention.scheme == "responsibility" and clause.condition is None:
        return False  # what somebody will do invokes none; what follows on something does
    if clause.force in {"order", "doing", "topic"}:
        return True
    if clause.why in _UNDER_WAY and mention.scheme != "responsibility":
        return True
    if clause.why == "set up" and mention.scheme == "measure":
        return True  # 派出4个督导组
    if mention.scheme == "responsibility" and clause.amid and clause.why in _STATED:
        words = text[mention.start : mention.end]  # 谁主管、谁负责; 人人肩上有担子: no bare name
        lacks = _WANTING.search(text, clause.start, clause.end) is not None
        return clause.why == "maxim" or (len(words) >= PHRASE and "任" not in words and not lacks)
    # 企业主要负责人是第一责任人, 企业是责任主体: a doctrine is invoked by stating it
    return (
        mention.scheme == "responsibility"
        and clause.why == "是"
        and mention.concept in {"principal-leader", "enterprise-principal", "full-staff"}
    )


def evidence(
    layers: Layers, to_raw: Callable[[int, int], tuple[int, int]], start: int, end: int
) -> Evidence:
    """The evidence record of a restored span."""
    a, b = to_raw(start, end)
    return Evidence(start=a, end=b, quote=layers.text[start:end])
