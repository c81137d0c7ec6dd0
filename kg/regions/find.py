"""Names of divisions in running text: found, and told from words, firms, roads and persons."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

import ahocorasick_rs

from kg.cues import compiled, read_rows
from kg.data import ONTOLOGY
from kg.regions.names import Form, names
from kg.regions.table import Division, within

#: So long is half of a name of two halves, in characters.
HALF = 2
#: So long is a place at most that is a person's name, in characters.
LONGEST_NAME = 3


@dataclass(frozen=True, slots=True)
class RegionMention:
    """A division named at ``text[start:end]``."""

    start: int
    end: int
    text: str
    candidates: tuple[Division, ...]
    """What the name can mean, narrowed by a division named right before it."""
    full: bool = False
    """The official name is written."""
    weak: bool = False
    """An ordinary word or a contested name: it counts only where the context says so."""
    part_of_name: bool = False
    """The place is part of a longer name: a firm's, a road's, a newspaper's."""
    person: bool = False
    """It begins the name of a person."""
    host: bool = False
    """It names a zone or a numbered division of 兵团, not the division that it belongs to."""


@cache
def _context(identifier: str) -> re.Pattern[str]:
    for row in read_rows(ONTOLOGY / "region-context.yaml"):
        if row.id == identifier:
            return compiled(row)
    raise KeyError(identifier)


@cache
def _automaton() -> tuple[ahocorasick_rs.AhoCorasick, tuple[tuple[str, Form | None], ...]]:
    table: dict[str, Form | None] = dict(names().forms)
    table.update(dict.fromkeys(names().traps))
    matcher = ahocorasick_rs.AhoCorasick(
        list(table), matchkind=ahocorasick_rs.MatchKind.LeftmostLongest
    )
    return matcher, tuple(table.items())


def find(text: str) -> list[RegionMention]:
    """Every division named in a text, from left to right, never overlapping.

    >>> [(m.text, m.candidates[0].code) for m in find("山西省吕梁市方山县要求，黄河南岸")]
    [('山西省', '140000'), ('吕梁市', '141100'), ('方山县', '141128')]
    >>> [m.part_of_name for m in find("郴州矿业有限公司召开会议")]
    [True]
    """
    matcher, table = _automaton()
    out: list[RegionMention] = []
    labelled = [m.span(1) for m in _context("person-label").finditer(text)]
    names: set[str] = set()
    for index, start, end in matcher.find_matches_as_indexes(text):
        word, form = table[index]
        if form is None or (out and start < out[-1].end) or _in_a_post(text, start, form):
            continue
        before = out[-1] if out and out[-1].end == start else None
        if not (form.full or form.host) and _is_town(text, end, form):
            continue
        mention = _mention(text, start, end, word, form, before)
        if not form.full and (
            any(a <= start and end <= b for a, b in labelled) or _half_of_name(text, start, end)
        ):
            mention = replace(mention, person=True)
        elif len(word) == 2 and not form.full and _ends_a_name(text, start):
            names.add(text[start - 1 : end])
        if before is not None and before.part_of_name and _inside(mention, before):
            out[-1] = replace(before, part_of_name=False)  # 台州市路桥区 is no road of 台州
        if form.alone or len(mention.candidates) < len(form.candidates) or _inside(mention, before):
            out.append(mention)
    out = _with_zones(text, out)
    if not names:
        return out
    return [replace(m, person=True) if text[m.start - 1 : m.end] in names else m for m in out]


def _with_zones(text: str, mentions: list[RegionMention]) -> list[RegionMention]:
    """江苏省连云港市徐圩新区 … 徐圩新区召开: the zone stands for the division in which the text says it lies."""
    zones: dict[str, Division] = {}
    for mention in mentions:
        if mention.full and not (mention.person or mention.part_of_name or mention.weak):
            zone = _context("own-zone").match(text, mention.end)
            if zone is not None and len(mention.candidates) == 1:
                zones.setdefault(zone[1], mention.candidates[0])
    zones = {name: where for name, where in zones.items() if text.count(name) > 1}
    if not zones:
        return mentions
    taken = {position for m in mentions for position in range(m.start, m.end)}
    found = [
        RegionMention(one.start(), one.end(), one[0], (zones[one[0]],), host=True)
        for one in re.finditer("|".join(map(re.escape, zones)), text)
        if taken.isdisjoint(range(*one.span()))
    ]
    return sorted((*mentions, *found), key=lambda m: m.start)


def _is_town(text: str, end: int, form: Form) -> bool:
    """鹿城镇 is a town of that name, wherever the district 鹿城区 lies."""
    counties = all(d.level == "county" for d in form.candidates)
    return counties and _context("town").match(text, end) is not None


def _ends_a_name(text: str, start: int) -> bool:
    """董事长顾临江: behind a post and a family name, a place ends the name of a person."""
    if start < 3 or _context("family-name").fullmatch(text, start - 1, start) is None:
        return False
    return _context("post-before").search(text, max(0, start - 5), start - 1) is not None


def _half_of_name(text: str, start: int, end: int) -> bool:
    """扎西尼玛, 尼玛才让: half of a name, the other half of which stands beside it."""
    if end - start != HALF:
        return False
    before = _context("half-of-name").fullmatch(text, max(0, start - HALF), start)
    return before is not None or _context("half-behind").match(text, end) is not None


def _inside(mention: RegionMention, before: RegionMention | None) -> bool:
    """Whether the division named right before it is above it."""
    return before is not None and any(
        _below(d, a) for d in mention.candidates for a in before.candidates
    )


def _mention(
    text: str, start: int, end: int, word: str, form: Form, before: RegionMention | None
) -> RegionMention:
    candidates, weak = form.candidates, form.weak
    if before is not None and not before.person:
        inside = tuple(d for d in candidates if any(_below(d, a) for a in before.candidates))
        if inside:
            candidates = inside
            weak = weak and not form.after_parent
    if weak and form.full and _context("organ").match(text, end):
        weak = False
    mention = RegionMention(start, end, word, candidates, full=form.full, weak=weak, host=form.host)
    zone = _context("zone").match(text, end)
    if zone is not None and not _names_division(text, end, zone.end()):
        return replace(
            mention, end=zone.end(), text=text[start : zone.end()], weak=False, host=True
        )
    if len(word) <= LONGEST_NAME and not form.full and _is_person(text, start, end):
        return replace(mention, person=True)
    if _context("part-of-name").match(text, end):
        return replace(mention, part_of_name=True)
    return mention


def _names_division(text: str, start: int, end: int) -> bool:
    """天津滨海新区: what looks like the kind of a zone is a division's name."""
    forms = names().forms
    return any(
        (form := forms.get(text[start:stop])) is not None and form.full
        for stop in range(start + 2, end + 1)
    )


def _below(division: Division, container: Division) -> bool:
    return division != container and within(division, container)


def _is_person(text: str, start: int, end: int) -> bool:
    post = _context("post-before").search(text, max(0, start - 4), start)
    return post is not None and _context("person-after").match(text, end) is not None


def _in_a_post(text: str, start: int, form: Form) -> bool:
    """副县长白云: the first character belongs to the post before it."""
    return (
        form.weak and text[start] == "长" and text[start - 1 : start] in set("省市县区州旗盟局厅")
    )
