"""What a page or a meeting is on: its title and the names of the meetings it tells of, with whose topic it is.

A page titled 县长调研森林草原防灭火工作 is about that sector even where its demands only speak of fire and forests.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise, zip_longest

from kg.cues import pattern
from kg.layers import Layers, Mention, Name, Segment
from kg.model import Meeting
from kg.relate.clause import Clause
from kg.resolve import Speakers

_TURNS_TO = pattern("titles", "turns-to")
#: A meeting on several matters.
_SEVERAL = re.compile("[暨和与及、]")
_SPEAKS_TO = pattern("clauses", "speaks-to")
_SPEAKS_ON = pattern("clauses", "speaks-on")
#: What a segment ends in that may tell what is spoken on.
_SPEAKS_ENDS = frozenset({"强调", "安排", "部署", "要求"})
_DECREE = pattern("titles", "decree")
_MINUTES = pattern("titles", "minutes")
_COMES_FIRST = pattern("clauses", "comes-first")
_IS_AFTER = pattern("clauses", "is-after")
_TAKES_UP = pattern("clauses", "takes-up")
_LOOKS_INTO = pattern("clauses", "looks-into")
_VISITED = pattern("clauses", "visited")
_BODY_ORDERS = pattern("clauses", "body-orders")
_INSPECTS = pattern("clauses", "inspects")
_TOURED = pattern("clauses", "toured")
_STANDS_IN = pattern("clauses", "stands-in")
_LOOKS_ROUND = pattern("clauses", "looks-round")
_CALLS_ON = pattern("clauses", "calls-on")
_AT_FAULT = pattern("clauses", "at-fault")
_PASSED = pattern("clauses", "passed")
_MIND = pattern("clauses", "mind")
_FIRE = pattern("titles", "fire-words")
_WOODS = pattern("titles", "forest-words")
_BOATS = pattern("titles", "boat-words")
_WILD = frozenset({"wildfire", "forest-fire", "grassland-fire"})
#: Where one of these is the matter, words of the woods name no fires of forests alone.
_GRASS = frozenset({"wildfire", "grassland-fire"})

#: Sectors that are also where something lies, and who governs there.
_ZONES = frozenset({"industrial-parks"})
#: Longest label of an order, in characters.
LABEL = 16
#: Whose topic, and the stretch that names it.
Topic = tuple[str, int, int]


def _any_between(starts: Sequence[int], start: int, end: int) -> bool:
    """Whether one of these places, in order, lies in the stretch."""
    at = bisect_left(starts, start)
    return at < len(starts) and starts[at] < end


class Wild:
    """What the words for fire and woods mean where fires of forests and grass are the matter.

    On a page titled for them 火灾 and 防火措施 are theirs and no matter of fire safety; 林区 and 护林员 name no
    narrower sector on a page, or in a paragraph, on 森林草原防灭火. So 船舶 and 码头 are no matter of shipping
    in a paragraph on fishing boats.
    """

    def __init__(self, layers: Layers) -> None:
        self.text = layers.text
        start, end = layers.title or (0, 0)
        titled = {m.concept for m in layers.mentions if start <= m.start < end}
        self.fires = bool(titled & _WILD) and "fire-safety" not in titled
        both = [m for m in layers.mentions if m.concept in _GRASS]
        everywhere = any(start <= m.start < end or m.masked == "name" for m in both)
        lines = [(ln.start, ln.end) for ln in layers.lines] if both else []
        if not everywhere:
            lines = [s for s in lines if any(s[0] <= m.start < s[1] for m in both)]
        own = [m for m in layers.mentions if m.concept == "forest-fire" and not self._is(_WOODS, m)]
        self.lines = [s for s in lines if not any(s[0] <= m.start < s[1] for m in own)]
        boats = [
            m.start for m in layers.mentions if m.concept == "fishing-vessels" and not m.masked
        ]
        self.fishing = [
            (ln.start, ln.end) for ln in layers.lines if _any_between(boats, ln.start, ln.end)
        ]

    def holds(self, mention: Mention) -> bool:
        """Whether a mention only speaks of the fires that the page is on."""
        if mention.concept == "fire-safety":
            return self.fires and self._is(_FIRE, mention)
        if mention.concept == "water-transport" and self._is(_BOATS, mention):
            return any(a <= mention.start < b for a, b in self.fishing)
        if mention.concept != "forest-fire" or not self._is(_WOODS, mention):
            return False
        return any(a <= mention.start < b for a, b in self.lines)

    def _is(self, words: re.Pattern[str], mention: Mention) -> bool:
        return words.match(self.text, mention.start, mention.end) is not None


def topics(
    layers: Layers,
    speakers: Speakers,
    names: Iterable[tuple[Name, str]],
    held: Iterable[tuple[Meeting, int, bool]],
    clauses: Iterable[Clause],
) -> list[Topic]:
    """The topics of the page's title, of meetings on one matter, of speeches, and labels of orders."""
    if speakers.enterprise:
        return []
    owners = {meeting.name: meeting.region for meeting, _, told in held if told}
    return [
        *_of_title(layers, speakers),
        *_of_meetings(names, owners),
        *_of_speeches(layers, speakers),
        *_of_bodies(layers, speakers),
        *_of_listeners(layers, speakers),
        *_of_what_is_looked_into(layers, speakers, clauses),
        *_of_what_comes_first(layers, speakers),
        *_of_visits(layers, speakers, clauses),
        *_of_tours(layers, speakers),
        *_of_faults(layers, speakers, clauses),
        *_of_labels(layers, speakers, clauses),
        *_of_lists(layers, speakers, clauses),
        *_of_announced(speakers, clauses),
        *_of_taken_up(layers, speakers, clauses),
        *_of_plans(speakers, clauses),
    ]


def _of_title(layers: Layers, speakers: Speakers) -> Iterator[Topic]:
    if layers.title is None or not speakers.home:
        return
    start, end = layers.title
    whose = speakers.at(start)
    titles = (p.search(layers.text, start, end) for p in (_TURNS_TO, _DECREE, _MINUTES))
    found = next((t for t in titles if t is not None), None)
    if whose is not None and found is not None:
        yield whose, found.start(1), end


def _of_speeches(layers: Layers, speakers: Speakers) -> Iterator[Topic]:
    for segment in layers.segments:
        if layers.text[segment.end - 2 : segment.end] not in _SPEAKS_ENDS:
            continue
        found = _SPEAKS_ON.search(layers.text, segment.start, segment.end)
        whose = speakers.at(segment.start) if found else None
        if found is not None and whose is not None:
            yield whose, found.start(1), found.end(1)


def _of_listeners(layers: Layers, speakers: Speakers) -> Iterator[Topic]:
    """县长对各煤矿矿长说: what is said is on what they have in hand."""
    for segment in layers.segments:
        if segment.closer not in "，：。":
            continue
        found = _SPEAKS_TO.search(layers.text, segment.start, segment.end)
        whose = speakers.at(segment.start) if found else None
        if found is not None and whose is not None:
            for mention in layers.mentions:
                if found.start(1) <= mention.start and mention.end <= found.end(1):
                    yield whose, mention.start, mention.end


def _of_bodies(layers: Layers, speakers: Speakers) -> Iterator[Topic]:
    """该市防汛抗旱指挥部下发通知: what a body demands is on the one sector that it is there for."""
    for segment in layers.segments:
        found = _BODY_ORDERS.search(layers.text, segment.start, segment.end)
        whose = speakers.at(found.start()) if found else None
        if found is not None and whose is not None:
            yield whose, found.start(1), found.end(1)


def _of_what_is_looked_into(
    layers: Layers, speakers: Speakers, clauses: Iterable[Clause]
) -> Iterator[Topic]:
    """县长调研尾矿库安全生产工作, 印发《关于…的通知》, where the same division demands afterwards."""
    orders = [(c.start, speakers.at(c.said)) for c in clauses if c.force == "order"]
    for segment in layers.segments:
        found = _LOOKS_INTO.search(layers.text, segment.start, segment.end)
        whose = speakers.at(segment.start) if found else None
        if found is None or whose is None:
            continue
        if any(at > segment.start and who == whose for at, who in orders):
            yield whose, *found.span(found.lastindex or 0)


def _of_what_comes_first(layers: Layers, speakers: Speakers) -> Iterator[Topic]:
    """对我市而言，第一位的是渡口渡船安全: who ranks it so directs attention at it."""
    for segment in layers.segments:
        if layers.text.find("是", segment.start, segment.end) < 0:
            continue
        found = _COMES_FIRST.search(layers.text, segment.start, segment.end)
        found = found or _IS_AFTER.search(layers.text, segment.start, segment.end)
        whose = speakers.at(segment.start) if found else None
        if found is not None and whose is not None:
            yield whose, *found.span(found.lastindex or 0)


def _of_taken_up(layers: Layers, speakers: Speakers, clauses: Iterable[Clause]) -> Iterator[Topic]:
    """粮库的熏蒸、养殖场的沼气池，样样都要过手: a list, and what takes it up again and directs."""
    text = layers.text
    for before, clause in pairwise(clauses):
        if before.sentence != clause.sentence or before.force != "told":
            continue
        if clause.force not in {"order", "doing"} or "、" not in text[before.start : before.end]:
            continue
        whose = speakers.at(clause.said)
        if whose is not None and _TAKES_UP.search(text[clause.start : clause.end]):
            yield whose, before.start, before.end


def _of_plans(speakers: Speakers, clauses: Iterable[Clause]) -> Iterator[Topic]:
    """工作要点列了三块：一是矿山，含…；二是…: what a plan names behind the colon, to the end of the sentence."""
    clauses = list(clauses)
    ends = {c.sentence: c.end for c in clauses}
    for clause in clauses:
        whose = speakers.at(clause.said) if clause.why == "lists" else None
        if whose is not None:
            yield whose, clause.end, ends[clause.sentence]


def _of_visits(layers: Layers, speakers: Speakers, clauses: Iterable[Clause]) -> Iterator[Topic]:
    """在一处烟花爆竹零售点，县长当即责令停业整改: what is demanded on the spot is on it."""
    ordered = {c.sentence for c in clauses if c.force == "order"}
    for segment in layers.segments:
        if segment.closer != "，" or segment.sentence not in ordered:
            continue
        found = _VISITED.search(layers.text, segment.start, segment.end)
        whose = speakers.at(segment.start) if found else None
        if found is not None and whose is not None:
            yield whose, found.start(1), found.end(1)


def _of_tours(layers: Layers, speakers: Speakers) -> Iterator[Topic]:
    """县长先后来到加油站和养老院检查安全生产: whoever inspects looks at what matters to him.

    From the sentence on that tells of an inspection for safety; a zone is only where that is.
    """
    text = layers.text
    starts = [m.start for m in layers.mentions]
    sentences = [list(group) for _, group in groupby(layers.segments, key=lambda s: s.sentence)]
    began = False
    for sentence in sentences:
        start, end = sentence[0].start, sentence[-1].end
        if layers.lines[sentence[0].line].kind != "body":
            continue
        began = began or _INSPECTS.search(text, start, end) is not None
        if not began or _CALLS_ON.search(text, start, end):
            continue
        for segment, following in zip_longest(sentence, sentence[1:]):
            found = _TOURED.search(text, segment.start, segment.end)
            if found is None and following is not None:
                here = _STANDS_IN.fullmatch(text, segment.start, segment.end)
                round_ = _LOOKS_ROUND.match(text, following.start, following.end)
                found = here if here is not None and round_ is not None else None
            whose = speakers.at(segment.start) if found is not None else None
            if found is None or whose is None:
                continue
            for mention in _inside(layers.mentions, starts, *found.span(found.lastindex or 0)):
                if mention.concept not in _ZONES:
                    yield whose, mention.start, mention.end


def _of_faults(layers: Layers, speakers: Speakers, clauses: Iterable[Clause]) -> Iterator[Topic]:
    """农村面包车超员屡禁不止，交警要设点劝导: the fault named first is what is demanded about.

    How the sector is now, not what happened or how much of it there was; a demand, not only to be on one's guard.
    """
    text = layers.text
    starts = [m.start for m in layers.mentions]
    for _, group in groupby(clauses, key=lambda c: c.sentence):
        sentence = list(group)
        for index, clause in enumerate(sentence):
            if clause.force != "told" or text[clause.end : clause.end + 1] != "，":
                continue
            stretch = (clause.start, clause.end)
            if _AT_FAULT.search(text, *stretch) is None or _PASSED.search(text, *stretch):
                continue
            demand = next((c for c in sentence[index + 1 :] if c.force != "told"), None)
            if demand is None or demand.force != "order" or demand.cue is None:
                continue
            if demand.modality == "permission" or _MIND.search(text, demand.start, demand.end):
                continue
            whose = speakers.at(clause.said)
            if whose is not None:
                for mention in _inside(layers.mentions, starts, *stretch):
                    yield whose, mention.start, mention.end


def _inside(
    mentions: Sequence[Mention], starts: Sequence[int], start: int, end: int
) -> Iterator[Mention]:
    """The sectors that a stretch names by words of their own."""
    for mention in mentions[bisect_left(starts, start) :]:
        if mention.start >= end:
            break
        if mention.end <= end and mention.masked is None and mention.scheme == "hazard":
            yield mention


def _of_labels(layers: Layers, speakers: Speakers, clauses: Iterable[Clause]) -> Iterator[Topic]:
    """1.矿山：重点整治…: what stands before the colon is what the orders behind it are on."""
    ordered = {c.start for c in clauses if c.force in {"order", "doing"}}
    previous: Segment | None = None
    for segment in layers.segments:
        if previous is not None and previous.closer == "：" and segment.line == previous.line:
            label = previous.numbered and previous.end - previous.start <= LABEL
            whose = speakers.at(previous.start) if label else None
            if whose is not None and segment.start in ordered:
                yield whose, previous.start, previous.end
        previous = segment


def _of_announced(speakers: Speakers, clauses: Iterable[Clause]) -> Iterator[Topic]:
    """迁安市对铁矿提出一条硬杠杠：…: what a task is announced on, where orders follow in the sentence."""
    clauses = list(clauses)
    last = {c.sentence: c.start for c in clauses if c.force in {"order", "doing"}}
    for clause in clauses:
        ordered = clause.why == "announces" and last.get(clause.sentence, -1) > clause.start
        whose = speakers.at(clause.said) if ordered else None
        if whose is not None:
            yield whose, clause.start, clause.end


def _of_lists(layers: Layers, speakers: Speakers, clauses: Iterable[Clause]) -> Iterator[Topic]:
    """排查四类隐患：餐馆的燃气、民宿的消防、…: what is listed behind the colon is what is done before it."""
    text = layers.text
    for before, clause in pairwise(clauses):
        lists = clause.sentence == before.sentence and text[before.end : before.end + 1] in {
            "：",
            ":",
        }
        if not lists or before.force not in {"order", "doing"} or clause.why != "no predicate":
            continue
        whose = speakers.at(clause.said)
        if (
            whose is not None
            and clause.start == before.end + 1
            and "、" in text[clause.start : clause.end]
        ):
            yield whose, clause.start, clause.end


def _of_meetings(
    names: Iterable[tuple[Name, str]], owners: dict[str, str | None]
) -> Iterator[Topic]:
    for name, frame in names:
        whose = owners.get(name.name)
        if whose is not None and frame in {"held", "subject"} and not _SEVERAL.search(name.name):
            yield whose, name.start, name.end
