"""What the analyses count and show: places, topics, and passages, out of the named queries.

Only this module asks the store; all else works on these records. Everything comes sorted, so that
the same graph gives the same figures in the same order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from kg.errors import QueryError
from kg.model import NATIONAL
from kg.ontology import ancestors, concepts

if TYPE_CHECKING:
    from kg.api import Graph

Lang = Literal["zh", "en"]
#: Relation by scheme of its topics; campaigns are no scheme, their names are their ids.
RELATIONS: Mapping[str, str] = {
    "hazard": "stresses",
    "responsibility": "invokes",
    "measure": "orders",
    "campaign": "runs",
}
SCHEMES = {relation: scheme for scheme, relation in RELATIONS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A region, and how many notices are held in which it acts or speaks."""

    iri: str
    name: str
    code: str = ""
    level: str = ""
    notices: int = 0

    @property
    def held(self) -> bool:
        """Whether any notice of it is held: where not, that it said nothing means nothing."""
        return self.notices > 0

    @property
    def rank(self) -> tuple[str, str, str]:
        """What it is sorted by: the State first, then by code, then those that have none."""
        code = self.code or ("" if self.name == NATIONAL else "~")
        return code, self.name, self.iri


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A hazard sector, responsibility type, measure type, or campaign."""

    scheme: str
    id: str
    zh: str = field(compare=False)
    en: str = field(compare=False)

    def label(self, lang: Lang) -> str:
        """Its name in a language; what has no English is given in Chinese."""
        return self.en if lang == "en" else self.zh

    @property
    def rank(self) -> tuple[int, int, str]:
        """What it is sorted by: scheme, place in the vocabulary, name."""
        return list(RELATIONS).index(self.scheme), _order().get(self.id, 0), self.id

    @property
    def above(self) -> tuple[Topic, ...]:
        """Itself and the broader ones, upwards."""
        if self.scheme == "campaign":
            return (self,)
        return tuple(topic(self.scheme, id) for id in ancestors(self.id))


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How often a place names a topic in one notice."""

    place: str
    topic: Topic
    notice: str
    statements: int
    degree: int
    """The highest of the statements, 0 where the relation has none."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Passage:
    """Where a statement is said: the file, the code points in it, and the words as restored."""

    file: str
    start: int
    end: int
    quote: str
    degree: int = 0
    meeting: str = ""
    statement: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A passage, and what it is evidence of."""

    place: str
    topic: Topic
    passage: Passage
    meeting: str
    """IRI of the meeting, or ``""``."""
    notice: str
    published: str
    """ISO date of the notice, or ``""``."""


@cache
def _order() -> Mapping[str, int]:
    return {c.id: number for number, c in enumerate(concepts())}


@cache
def _topics() -> Mapping[str, Topic]:
    return {c.id: Topic(scheme=c.scheme, id=c.id, zh=c.zh, en=c.en) for c in concepts()}


def topic(scheme: str, id: str) -> Topic:
    """Return the topic of this scheme and id.

    >>> topic("hazard", "coal-mine").label("en"), topic("campaign", "百日行动").zh
    ('coal mines', '百日行动')
    """
    known = _topics().get(id) if scheme != "campaign" else None
    return known or Topic(scheme=scheme, id=id, zh=id, en=id)


def vocabulary(scheme: str) -> tuple[Topic, ...]:
    """All topics of a scheme, in its order."""
    return tuple(t for t in _topics().values() if t.scheme == scheme)


def counts(graph: Graph, scheme: str) -> tuple[Count, ...]:
    """Count what each region names of a scheme in each notice."""
    return tuple(
        Count(
            place=str(row["place"]),
            topic=topic(SCHEMES[str(row["relation"])], str(row["id"])),
            notice=str(row["notice"]),
            statements=_int(row["statements"]),
            degree=_int(row["degree"]),
        )
        for row in graph.query("topics-by-notice", relation=RELATIONS[scheme])
    )


def naming(graph: Graph) -> Mapping[Topic, frozenset[str]]:
    """Return which regions name each topic, by IRI: no passages are read for it."""
    found: dict[Topic, set[str]] = defaultdict(set)
    for row in graph.query("topics-by-region"):
        named = topic(SCHEMES[str(row["relation"])], str(row["id"]))
        found[named].add(str(row["place"]))
    return {named: frozenset(regions) for named, regions in found.items()}


def statements(graph: Graph, **given: object) -> tuple[Said, ...]:
    """Return every passage of every statement; ``given`` are parameters of the query."""
    return tuple(
        Said(
            place=str(row["place"]),
            topic=topic(SCHEMES[str(row["relation"])], str(row["id"])),
            passage=Passage(
                file=str(row["file"]),
                start=_int(row["start"]),
                end=_int(row["end"]),
                quote=str(row["quote"]),
                degree=_int(row["degree"]),
                meeting=_text(row["meeting"]),
                statement=str(row["statement"]),
            ),
            meeting=_text(row["held"]),
            notice=str(row["notice"]),
            published=_text(row["published"]),
        )
        for row in graph.query("statements", **given)
    )


def places(graph: Graph) -> tuple[Place, ...]:
    """Return the regions that act or speak in some notice, the State first, then by code."""
    found = {
        str(row["place"]): Place(
            iri=str(row["place"]),
            name=str(row["region"]),
            code=_text(row["code"]),
            level=_text(row["level"]),
            notices=_int(row["notices"]),
        )
        for row in graph.query("regions")
    }
    return tuple(sorted(found.values(), key=lambda p: p.rank))


def named_places(graph: Graph, names: Iterable[str]) -> tuple[Place, ...]:
    """Return regions by what a person calls them, also those of which no notice is held.

    Raises QueryError for what no region is called.
    """
    from kg.parameters import resolve

    known = {place.iri: place for place in places(graph)}
    out: dict[str, Place] = {}
    for name in names:
        for term in resolve("region", name, store=graph.store):
            out[term.value] = known.get(term.value) or _absent(term.value, name)
    return tuple(out.values())


def one_place(graph: Graph, name: str) -> Place:
    """Return the one region called so; raises QueryError where several are, or none is held."""
    found = named_places(graph, [name])
    held = [place for place in found if place.held]
    if len(held) == 1:
        return held[0]
    if not held:
        raise QueryError(
            f"no notice of the region '{name}' is held", hint="kg query regions lists those held"
        )
    names = ", ".join(place.iri for place in held)
    raise QueryError(f"{len(held)} are called '{name}'", hint=f"name one by its IRI: {names}")


def provinces(graph: Graph) -> tuple[Place, ...]:
    """Return all divisions of the first level, held or not, by code."""
    from kg.regions.table import divisions
    from kg.vocab import mint

    known = {place.iri: place for place in places(graph)}
    out = []
    for division in divisions():
        if division.level in ("province", "bingtuan") and division.until is None:
            iri = mint("region", division.code or division.name, base=graph.store.base)
            out.append(known.get(iri) or _absent(iri, division.name))
    return tuple(sorted(out, key=lambda p: p.rank))


def _absent(iri: str, called: str) -> Place:
    """Describe a region of which the store has nothing."""
    from kg.regions.table import by_code

    division = by_code(iri.rpartition("/")[2])
    if division is None:
        return Place(iri=iri, name=called)
    return Place(iri=iri, name=division.name, code=division.code or "", level=division.level)


def by_cell(said: Iterable[Said]) -> Mapping[tuple[str, Topic], tuple[Passage, ...]]:
    """Gather passages by place and topic, in the order of the files."""
    found: dict[tuple[str, Topic], set[Passage]] = defaultdict(set)
    for one in said:
        found[one.place, one.topic].add(one.passage)
    return {cell: tuple(sorted(group)) for cell, group in found.items()}


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _int(value: Any) -> int:
    return int(value or 0)
