"""What two graphs say differently: statements gained and lost, each with its sentences.

Statements are compared by what they say (notice, region, relation, object), not by IRIs, which hold the
hash of the file: so two versions of a notice can be compared, and two builds by different programs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.errors import InputError
from kg.files import is_rdf, merged
from kg.folder import is_store
from kg.store import Store
from kg.stores import GraphStore, connect, is_remote
from kg.vocab import BASE

_STATEMENTS = """
SELECT ?id ?region ?relation ?what ?quote ?file ?start ?end {
  VALUES (?class ?relation ?property) {
    (kg:Emphasis "stresses" kg:concept) (kg:Invocation "invokes" kg:concept)
    (kg:MeasureOrder "orders" kg:concept) (kg:CampaignRun "runs" kg:campaign)
    (kg:Obligation "obligation" kg:text) (kg:Prohibition "prohibition" kg:text)
    (kg:Permission "permission" kg:text) (kg:Recommendation "recommendation" kg:text)
  }
  ?statement a ?class ; kg:notice ?notice ; ?property ?thing ; kg:evidence ?evidence .
  ?notice dcterms:identifier ?id .
  OPTIONAL { ?thing skos:notation ?notation }
  OPTIONAL { ?thing rdfs:label ?label }
  BIND(COALESCE(?notation, ?label, ?thing) AS ?what)
  OPTIONAL { ?statement kg:region ?place . ?place rdfs:label ?region .
             FILTER(LANGMATCHES(LANG(?region), "zh-Hans")) }
  OPTIONAL { ?evidence kg:quote ?quote }
  OPTIONAL { ?evidence oa:hasSelector ?at . ?at oa:start ?start ; oa:end ?end }
  OPTIONAL { ?notice kg:filename ?file }
}
"""
_NAMED = """
SELECT ?id ?relation ?what ?date ?quote ?file ?start ?end {
  VALUES (?property ?relation) {
    (kg:speaker "speaks") (kg:reports "reports") (kg:cites "cites") (kg:mentions "mentions")
  }
  ?notice ?property ?thing ; dcterms:identifier ?id .
  ?thing rdfs:label ?what . FILTER(LANGMATCHES(LANG(?what), "zh-Hans"))
  OPTIONAL { ?thing schema:startDate ?date }
  OPTIONAL { ?thing kg:evidence ?evidence . ?evidence oa:hasSource ?notice
             OPTIONAL { ?evidence kg:quote ?quote }
             OPTIONAL { ?evidence oa:hasSelector ?at . ?at oa:start ?start ; oa:end ?end } }
  OPTIONAL { ?notice kg:filename ?file }
}
"""


@dataclass(frozen=True, slots=True, order=True)
class Fact:
    """What is said, whatever its IRI: whose notice, who, which relation, what."""

    notice: str
    region: str
    relation: str
    what: str


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A sentence that says it: file, code points in the raw file, restored text."""

    file: str
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Change:
    """A fact that only one side has, with its sentences."""

    gained: bool
    fact: Fact
    places: tuple[Place, ...]


def diff(old: str | Path, new: str | Path) -> list[Change]:
    """Compare two stores, exported files, or versions of a notice; lost and gained, by fact.

    Of two notices (files that are no RDF) the names do not matter: they are taken for one. Raises
    InputError for a file that is neither, StoreError for a folder that is no store.
    """
    before, after = _facts(old), _facts(new)
    if _is_notice(old) and _is_notice(new):
        before, after = _anonymous(before), _anonymous(after)
    changes = [Change(False, fact, before[fact]) for fact in before.keys() - after.keys()]
    changes += [Change(True, fact, after[fact]) for fact in after.keys() - before.keys()]
    return sorted(changes, key=lambda change: (change.fact, change.gained))


def _is_notice(side: str | Path) -> bool:
    return not is_remote(side) and not Path(side).is_dir() and not is_rdf(side)


def _anonymous(facts: Mapping[Fact, tuple[Place, ...]]) -> dict[Fact, tuple[Place, ...]]:
    return {Fact("", f.region, f.relation, f.what): places for f, places in facts.items()}


def _facts(side: str | Path) -> dict[Fact, tuple[Place, ...]]:
    with _opened(side) as store:
        found: dict[Fact, set[Place]] = defaultdict(set)
        for query in (_STATEMENTS, _NAMED):
            for fact, place in _rows(store, query):
                found[fact].add(place)
    return {fact: tuple(sorted(p for p in places if p.quote)) for fact, places in found.items()}


def _opened(side: str | Path) -> GraphStore:
    path = Path(side)
    if is_remote(side) or path.is_dir() or is_store(path):
        return connect(side, read_only=True)
    if is_rdf(path):
        return merged(path)
    if not path.exists():
        raise InputError(f"{side}: no such file or folder")
    from kg.pipeline import extract_path
    from kg.triples import notice_iri, quads
    from kg.vocabulary import vocabulary_quads

    record = extract_path(path)
    store = Store.memory(base=BASE, vocabulary=vocabulary_quads())
    if record.notice is not None:
        store.replace(notice_iri(record.notice), quads(record))
    return store


def _rows(store: GraphStore, query: str) -> Iterator[tuple[Fact, Place]]:
    answer = store.query(query)
    names = [variable.value for variable in answer.variables]
    for row in answer:
        said = {name: _text(row[name]) for name in names}
        date = said.get("date")
        what = f"{said['what']} ({date})" if date else said["what"]
        fact = Fact(said["id"], said.get("region", ""), said["relation"], what)
        yield (
            fact,
            Place(said["file"], int(said["start"] or 0), int(said["end"] or 0), said["quote"]),
        )


def _text(term: Any) -> str:
    return "" if term is None else str(term.value)
