"""The ontology and the concept schemes as N-Quads, with the closure that queries join on."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pyoxigraph as ox

from kg import vocab
from kg.data import ONTOLOGY
from kg.errors import DataFileError
from kg.model import Concept
from kg.ontology import SCHEMES, Scheme, ancestors, concept, concepts
from kg.vocab import KG, OWL, SCHEMA, SKOS, XSD

_FILES = ("safety.ttl", *(scheme.filename for scheme in SCHEMES.values()))
#: Examples for tests: they stay in the source.
_UNPUBLISHED = (KG.matches, KG.rejects)


@cache
def vocabulary_quads(*, base: str = vocab.BASE) -> bytes:
    """Write the ontology and the three schemes as sorted N-Quads in the vocabulary graph.

    What queries need beside what is written in ontology/: inverses (skos:narrower, hasTopConcept),
    skos:broaderTransitive, kg:within, from each concept to itself and to all it lies within, and
    schema:position, where it stands in its scheme: an order that an engine sorts by without reading texts.
    Raises DataFileError for a broken file.
    """
    graph = f" <{vocab.vocabulary_graph(base)}> .\n"
    lines = {
        f"{s} <{p}> {o}{graph}" for f in _FILES for s, p, o in _turtle(f) if p not in _UNPUBLISHED
    }
    for item in concepts():
        lines |= {f"{line}{graph}" for line in _closure(item)}
    lines |= {f"{line}{graph}" for scheme in SCHEMES for line in _positions(scheme)}
    return "".join(sorted(lines)).encode("utf-8")


def _closure(item: Concept) -> Iterator[str]:
    node = f"<{item.iri}>"
    for step in ancestors(item.id):
        above = f"<{concept(step).iri}>"
        yield f"{node} <{KG.within}> {above}"
        if step != item.id:
            yield f"{node} <{SKOS.broaderTransitive}> {above}"
        if step == item.broader:
            yield f"{above} <{SKOS.narrower}> {node}"
    if item.broader is None:
        yield f"<{SCHEMES[item.scheme].iri}> <{SKOS.hasTopConcept}> {node}"


def _positions(scheme: Scheme) -> Iterator[str]:
    """Number the concepts of a scheme from 1: each before what is narrower, sisters by id."""
    below: dict[str | None, list[Concept]] = {}
    for item in sorted(
        (c for c in concepts() if c.scheme == scheme), key=lambda c: c.id, reverse=True
    ):
        below.setdefault(item.broader, []).append(item)
    todo, position = list(below.get(None, ())), 0
    while todo:
        item, position = todo.pop(), position + 1
        yield f'<{item.iri}> <{SCHEMA.position}> "{position}"^^<{XSD.integer}>'
        todo += below.get(item.id, ())


@cache
def ontology_version() -> str:
    """Read owl:versionInfo of ontology/safety.ttl."""
    found = [o for _, p, o in _turtle("safety.ttl") if p == OWL.versionInfo]
    if len(found) != 1:
        raise DataFileError(f"ontology/safety.ttl: {len(found)} owl:versionInfo, not 1")
    return found[0].strip('"')


@cache
def _turtle(filename: str) -> tuple[tuple[str, str, str], ...]:
    """Parse a file of ontology/ to subject (a term), predicate (an IRI), object (a term)."""
    try:
        parsed = ox.parse(path=ONTOLOGY / filename, format=ox.RdfFormat.TURTLE)
        return tuple((str(q.subject), q.predicate.value, str(q.object)) for q in parsed)
    except OSError as error:
        raise DataFileError(f"ontology/{filename}: cannot be read: {error}") from error
    except SyntaxError as error:
        raise DataFileError(f"ontology/{filename}:{error.lineno}: {error.msg}") from error
