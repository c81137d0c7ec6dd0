"""A question in words, answered from a store, or refused with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pyoxigraph as ox

from kg.errors import QueryError
from kg.ontology import concepts
from kg.query import NamedQuery, bind, run
from kg.question.doubts import name_of
from kg.question.forms import alone, as_it_is, first_rows, how_many, is_brief
from kg.question.frame import frame
from kg.question.match import Way, echoes, match, nearest, written
from kg.question.named import named
from kg.question.reply import Reply, Understood, evidence_of
from kg.question.things import Things
from kg.question.tokens import Correction, Reading, Token, read
from kg.question.understood import Frame
from kg.regions.english import english
from kg.results import plain
from kg.stores import GraphStore
from kg.vocab import KG, RDF, RDFS, SCHEMA

#: Ends of a period of which only one is said.
_FIRST, _LAST = "0001-01-01", "9999-12-31"
#: All days that the graph holds.
_DAYS = "SELECT DISTINCT ?day { ?x schema:startDate|dcterms:issued|kg:deadline ?day FILTER(ISLITERAL(?day)) }"
PAGE = 200
"""Rows, each a passage, that a reply has unless more are asked for."""
FILES = 30
"""Files that are read again for the sentences of such a page."""
_LONGEST = 200
"""Characters that a question may have."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question understood, not yet run; a follow-up changes it."""

    reading: Reading
    frame: Frame


def ask(
    question: str,
    *,
    store: GraphStore,
    before: Asked | None = None,
    limit: int | None = PAGE,
) -> Reply:
    """Answer a question in words; ``before`` is what was asked before it, for follow-ups.

    ``limit`` is how many rows with their passages to give, None for all. Never guesses: a word that
    is not understood, two readings, a place or day that the graph does not hold give a Reply whose
    ``answer`` is None and whose ``why`` says so.
    """
    asked = understand(question, store=store, before=before)
    return reply(question, asked, store=store, limit=limit)


def understand(question: str, *, store: GraphStore, before: Asked | None = None) -> Asked:
    """Read a question: its tokens and its frame."""
    if len(question) > _LONGEST:
        refused = Frame(why=f"a question has at most {_LONGEST} characters")
        return Asked(Reading(()), refused)
    names = Things(store)
    reading = read(question, exact=names.exact, within=names.within)
    tokens = named(reading.tokens, names)
    strange = tuple(t.text for t in tokens if t.kind == "unknown")
    reading = replace(reading, tokens=tuple(tokens), unknown=strange)
    if before is not None:
        reading = follow(before.reading, reading)
    if reading.unknown:
        said = ", ".join(f"'{word}'" for word in reading.unknown)
        outside = next((t for t in reading.tokens if t.kind == "outside"), None)
        why = (
            f"'{outside.text}': the graph says nothing of {outside.values[0]}"
            if outside
            else f"not understood: {said}"
        )
        made = frame([t for t in reading.tokens if t.kind not in ("unknown", "outside")])
        made.why = why
        return Asked(reading, made)
    no_year = any(t.day is not None and t.day.year is None for t in reading.tokens)
    return Asked(reading, frame(reading.tokens, years=_years(store) if no_year else ()))


def reply(question: str, asked: Asked, *, store: GraphStore, limit: int | None = PAGE) -> Reply:
    """Run what was understood."""
    made = asked.frame
    chinese = any("\u4e00" <= c <= "\u9fff" for c in question)

    def refuse(why: str) -> Reply:
        near = made.readings or tuple(written(way, made) for way in nearest(made, chinese))
        return Reply(question=question, why=why, nearest=tuple(dict.fromkeys(near)))

    if not question.strip():
        return Reply(question=question, why="no question")
    if made.why:
        return refuse(made.why)
    way = match(made)
    if way is None:
        return refuse(
            "there is no question of this form"
            if asked.reading.tokens
            else "no word of it is understood"
        )
    if made.what and not made.count and echoes(way, made):
        name = name_of(made.themes[0])
        made.readings = (f"Which sentences mention {name}?", f"What must be done about {name}?")
        return refuse(f"{name} has no narrower kinds that could be told")
    try:
        given, slots = _fill(way, made, store)
        if made.count and way.query.answer == "sentence":
            limit = None  # they are counted when they are read
        sparql = bind(way.query, given, store=store)
        brief = is_brief(way.query, given)
        said = _alone(way.query, given, store, counted=made.count) if brief else None
        rows, more = _rows(way.query, given, store, limit) if said != ([], 0) else ([], False)
    except _RefusedError as refusal:
        return refuse(str(refusal))
    except QueryError as error:
        return refuse(str(error))
    if way.query.answer == "sentence":
        from kg.question.sentences import add_sentences

        rows, cut = add_sentences(rows, store, files=FILES if limit == PAGE else None)
        more = more or cut
    several = _places(given) if len(_places(given)) > 1 else []
    if not rows or several or "not" in made.shape:
        why = _why_empty(made, given, store, rows=bool(rows))
        if why:
            return refuse(why)
    counted = made.count
    if said is not None:
        found, total = said
    elif more and way.query.answer != "sentence":
        found, total = _alone(way.query, given, store, counted=counted)
    else:
        found, total = _from_rows(way.query, rows)
    return Reply(
        question=question,
        understood=Understood(
            kind=way.query.name,
            slots=slots,
            corrections=(
                *((c.written, c.meant) for c in asked.reading.corrections),
                *made.told,
                *_told(way, several),
            ),
            counted=counted,
        ),
        query=way.query.name,
        sparql=sparql,
        answer=total if counted else tuple(found),
        rows=tuple(rows),
        more=more,
        evidence=evidence_of(rows, way.query.answer),
        labels=_labels(found, chinese),
    )


class _RefusedError(Exception):
    """What a question names is not in the graph."""


def _told(way: Way, several: list[str]) -> tuple[tuple[str, str], ...]:
    """Tell what an answer is of, where its question could mean another."""
    if way.query.name == "not-stressed":
        who = "none of them names" if several else "it does not name"
        return (("not", f"all of the vocabulary that {who}, nor anything narrower"),)
    if several:
        names = " and ".join(several)
        return (
            (
                names,
                f"each of {names}, together: the evidence tells whose; 'in common' asks for both",
            ),
        )
    return ()


# --- from a query to its answer -----------------------------------------------------------------------


def _rows(
    query: NamedQuery, given: Mapping[str, object], store: GraphStore, limit: int | None
) -> tuple[list[dict[str, Any]], bool]:
    """Return the rows of a query, or so many of them, and whether there are more."""
    if limit is None:
        return [dict(row) for row in run(store, query, given).rows], False
    text, more = first_rows(query, given, limit, store=store)
    found = [dict(row) for row in run(store, as_it_is(query, text)).rows]
    return (found, True) if more else (found[:limit], len(found) > limit)


def _alone(
    query: NamedQuery, given: Mapping[str, object], store: GraphStore, *, counted: bool
) -> tuple[list[str], int]:
    """Ask for the answers alone, sorted; where they are counted, only how many there are."""
    text = (how_many if counted else alone)(query, given, store=store)
    if text is None:
        return _from_rows(query, [dict(row) for row in run(store, query, given).rows])
    said = [row[0] for row in run(store, as_it_is(query, text)).terms]
    if counted:
        return [], int(said[0].value)
    return sorted({_text(plain(term)) for term in said if term is not None}), 0


def _from_rows(query: NamedQuery, rows: list[dict[str, Any]]) -> tuple[list[str], int]:
    """Take the answers out of all rows: sorted, and how many there are of what is counted.

    Sentences are no part of the graph: of these only those that were read are answers.
    """
    answers = (row[query.answer] for row in rows)
    total = len({_text(row[query.counts]) for row in rows})
    return sorted({_text(value) for value in answers if value is not None}), total


# --- from what a question names to parameters -------------------------------------------------------


def _fill(way: Way, made: Frame, store: GraphStore) -> tuple[dict[str, object], dict[str, object]]:
    """Give each slot of a query its value; refuse what the query cannot be restricted to."""
    query, given = way.query, dict(way.template.given)
    declared = {p.name: p.kind for p in query.parameters}
    out: dict[str, object] = dict(given)
    regions = [_held(names, store) for names in made.regions]
    for slot in way.slots:
        kind = declared.get(slot, "")
        if slot == "themes":
            found = {
                "themes": [*made.all, *made.any],
                "all": made.all if len(made.all) > 1 else [],
                "none": made.none,
            }
            out |= {name: ids for name, ids in found.items() if ids}
        elif slot in ("regions",):
            out[slot] = regions
        elif slot == "without":
            out[slot] = _held(made.without[0], store)
        elif kind == "region":
            out[slot] = regions[0] if len(regions) == 1 else regions
        elif slot == "bearer":
            out[slot] = made.bearers[0] if len(made.bearers) == 1 else list(made.bearers)
        elif slot in made.names:
            if len(made.names[slot]) > 1:
                raise _RefusedError(f"more than one {slot} is named: ask of them one by one")
            called = made.names[slot][0].split("|")  # Yichun: 伊春 or 宜春
            out[slot] = called if called[1:] else called[0]
        else:
            out[slot] = [*made.all, *made.any]
    wanted: dict[str, object] = {}
    if made.since or made.until:
        _in_range(made, store)
        wanted |= {"since": made.since or _FIRST, "until": made.until or _LAST}
    if made.exact:
        wanted["itself"] = "yes"
    if made.level:
        wanted["level"] = list(made.level)
    if made.ending:
        wanted["ending"] = made.ending
    if made.excluded:
        wanted["except"] = [_held(names, store) for names in made.excluded]
    if made.among:
        wanted["among"] = [_held(names, store) for names in made.among]
    for name, value in wanted.items():
        if name not in declared:
            raise _RefusedError(f"this question cannot be restricted by {_ADJUNCTS[name]}")
        out[name] = value
    return out, dict(out)


_ADJUNCTS = {
    "since": "day", "until": "day", "itself": "itself or only", "level": "provinces or cities", "ending": "cities",
    "except": "regions that are left out", "among": "some regions",
}  # fmt: skip


def _held(names: tuple[str, ...], store: GraphStore) -> str:
    """Choose the division that the graph has notices of; refuse where it has none, or several."""
    held = [name for name in names if _speaks(name, store)]
    if len(held) == 1:
        return held[0]
    if held:
        raise _RefusedError(f"which is meant: {' or '.join(held)}?")
    raise _RefusedError(f"the graph holds no notice in which {' or '.join(names)} speaks")


def _speaks(name: str, store: GraphStore) -> bool:
    speaker, label = ox.NamedNode(KG.speaker), ox.NamedNode(RDFS.label)
    named = store.triples(None, label, ox.Literal(name, language="zh-hans"))
    return any(next(store.triples(None, speaker, quad[0]), None) for quad in named)


def _in_range(made: Frame, store: GraphStore) -> None:
    """Refuse days of which the graph holds nothing at all."""
    days = _days(store)
    if not days:
        raise _RefusedError("the graph holds no dates")
    since, until = made.since or _FIRST, made.until or _LAST
    if until < days[0] or since > days[-1]:
        raise _RefusedError(
            f"the graph holds nothing of that time: it reaches from {days[0]} to {days[-1]}"
        )


def _days(store: GraphStore) -> list[str]:
    found = store.query(_DAYS)
    return sorted({row["day"].value for row in found if len(row["day"].value) == len(_FIRST)})


def _years(store: GraphStore) -> tuple[int, ...]:
    return tuple(sorted({int(day[:4]) for day in _days(store)}))


def _why_empty(
    made: Frame, given: Mapping[str, object], store: GraphStore, *, rows: bool
) -> str | None:
    """Say why nothing was found, where that is no answer: a region that demands nothing at all.

    One of several regions can be so although ``rows`` were found of the others.
    """
    if _is_old(store):
        return "the graph was built by an earlier version: kg build makes it anew"
    for place in _places(given):
        if not _demands(place, store) and not made.names.get("meeting"):
            return f"the notices report nothing that {place} demands"
        if (made.since or made.until) and not _spoke(place, made, store):
            return f"the graph holds nothing of {place} of that time"
    if not rows and given.get("hazard") and "measure" in made.shape:
        return (
            "no clause of the notices holds both a measure and that sector; its duties can be asked"
        )
    if not rows and made.shape & {"who", "when", "where"}:
        return "the notices do not say"
    return None


def _places(given: Mapping[str, object]) -> list[str]:
    """List the regions that a question is asked of."""
    place = given.get("region")
    several = place if isinstance(place, list) else [place]
    return [name for name in several if isinstance(name, str)]


def _spoke(place: str, made: Frame, store: GraphStore) -> bool:
    """Whether a region said anything in the period, or a meeting of it or a deadline falls in it."""
    region, label = ox.NamedNode(KG.region), ox.NamedNode(RDFS.label)
    days = [ox.NamedNode(p) for p in (KG.day, SCHEMA.startDate, KG.deadline)]
    since, until = made.since or _FIRST, made.until or _LAST
    return any(
        since <= day[2].value <= until
        for quad in store.triples(None, label, ox.Literal(place, language="zh-hans"))
        for said in store.triples(None, region, quad[0])
        for predicate in days
        for day in store.triples(said[0], predicate, None)
        if isinstance(day[2], ox.Literal)
    )


def _is_old(store: GraphStore) -> bool:
    """Whether its obligations lack what questions look for (kg:demands, kg:forbids)."""
    lacks = (KG.demands, KG.forbids, KG.day)
    if any(next(store.triples(None, ox.NamedNode(p), None), None) for p in lacks):
        return False
    return next(store.triples(None, ox.NamedNode(KG.modality), None), None) is not None


def _demands(place: str, store: GraphStore) -> bool:
    region, label = ox.NamedNode(KG.region), ox.NamedNode(RDFS.label)
    statement, kind = ox.NamedNode(KG.Statement), ox.NamedNode(RDF.type)
    for quad in store.triples(None, label, ox.Literal(place, language="zh-hans")):
        for said in store.triples(None, region, quad[0]):
            if next(store.triples(said[0], kind, statement), None):
                return True
    return False


# --- follow-ups -----------------------------------------------------------------------------------


def follow(before: Reading, reading: Reading) -> Reading:
    """Put what a follow-up names in the place of its like in the question before.

    Only a question that asks for nothing itself (and Hunan? 湖南呢？) is a follow-up.
    """
    said = [t for t in reading.tokens if t.kind not in ("noise", "mark")]
    words = [
        t for t in said if t.kind == "role" and t.values[0] not in ("and", "which", "but", "or")
    ]
    named = [t for t in said if t.kind in ("theme", "region", "day", "campaign", "bearer")]
    if not named or words or reading.unknown or len(named) > 1:
        return reading
    new = named[0]
    like = [i for i, t in enumerate(before.tokens) if t.kind == new.kind]
    tokens = list(before.tokens)
    if len(like) == 1:
        tokens[like[0]] = new
    elif new.kind == "region" and not like:
        nouns = [
            i
            for i, t in enumerate(tokens)
            if t.kind == "role" and t.values[0] in ("region", "province", "city")
        ]
        if len(nouns) != 1:
            return reading
        at = nouns[0]
        while at > 0 and (
            tokens[at - 1].kind == "role" and tokens[at - 1].values[0] in ("which", "count")
        ):
            del tokens[at - 1]
            at -= 1
        tokens[at] = new
    else:
        return reading
    return Reading(tuple(tokens), (*before.corrections, *reading.corrections), ())


# --- for people -----------------------------------------------------------------------------------


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _labels(answers: list[str], chinese: bool) -> dict[str, str]:
    known = {c.id: c.zh if chinese else c.en for c in concepts()}
    places = {} if chinese else english()
    out = {}
    for answer in answers:
        if answer in known:
            out[answer] = f"{known[answer]} ({answer})"
        elif answer in places:
            out[answer] = f"{answer} ({places[answer][0]})"
    return out


def correction_words(corrections: tuple[Correction, ...]) -> str:
    """Say what was taken for what."""
    return "; ".join(f"'{c.written}' read as '{c.meant}'" for c in corrections)


__all__ = ["Asked", "Token", "ask", "correction_words", "follow", "reply", "understand"]
