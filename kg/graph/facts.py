"""Look-ups in RDF, whether it lies in a store or in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Protocol, runtime_checkable

import pyoxigraph as ox


@runtime_checkable
class HasQuads(Protocol):
    """A store: kg's or pyoxigraph's."""

    def quads_for_pattern(
        self, subject: object, predicate: object, object: object, graph_name: object = None, /
    ) -> Iterator[ox.Quad]:
        """Find quads, by index."""
        ...


#: What a graph is made from: a store (kg's or pyoxigraph's), quads, or N-Quads as bytes.
Source = HasQuads | Iterable[ox.Quad] | bytes


class Facts(Protocol):
    """What RDF says, asked one property at a time; a literal comes with its language."""

    def pairs(self, predicate: str) -> Iterator[tuple[str, str, str]]:
        """Yield subject, object and graph of every triple of this property."""
        ...

    def subjects(self, predicate: str, value: str) -> Iterator[tuple[str, str]]:
        """Yield subject and graph of the triples that have this IRI as object."""
        ...

    def values(self, subject: str, predicate: str) -> list[tuple[str, str]]:
        """List the objects, sorted, each with its language."""
        ...


def _value(term: object) -> tuple[str, str]:
    """Give a term's text and language."""
    if isinstance(term, ox.Literal):
        return term.value, term.language or ""
    return (term.value, "") if isinstance(term, ox.NamedNode) else (str(term), "")


class _StoreFacts:
    """Look-ups in a store, each by its index."""

    def __init__(self, store: HasQuads) -> None:
        self._store = store

    def pairs(self, predicate: str) -> Iterator[tuple[str, str, str]]:
        for quad in self._store.quads_for_pattern(None, ox.NamedNode(predicate), None):
            yield _value(quad.subject)[0], _value(quad.object)[0], _value(quad.graph_name)[0]

    def subjects(self, predicate: str, value: str) -> Iterator[tuple[str, str]]:
        found = self._store.quads_for_pattern(
            None, ox.NamedNode(predicate), ox.NamedNode(value), None
        )
        for quad in found:
            yield _value(quad.subject)[0], _value(quad.graph_name)[0]

    def values(self, subject: str, predicate: str) -> list[tuple[str, str]]:
        try:
            node = ox.NamedNode(subject)
        except ValueError:  # a literal or a blank node: nothing that kg writes is said of it
            return []
        found = self._store.quads_for_pattern(node, ox.NamedNode(predicate), None)
        return sorted({_value(quad.object) for quad in found})


class _ListFacts:
    """The same over quads in memory."""

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        self._pairs: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
        self._subjects: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
        self._values: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
        for quad in quads:
            subject, graph = _value(quad.subject)[0], _value(quad.graph_name)[0]
            predicate, obj = quad.predicate.value, _value(quad.object)
            self._pairs[predicate].append((subject, obj[0], graph))
            self._subjects[predicate, obj[0]].append((subject, graph))
            self._values[subject, predicate].add(obj)

    def pairs(self, predicate: str) -> Iterator[tuple[str, str, str]]:
        return iter(self._pairs.get(predicate, ()))

    def subjects(self, predicate: str, value: str) -> Iterator[tuple[str, str]]:
        return iter(self._subjects.get((predicate, value), ()))

    def values(self, subject: str, predicate: str) -> list[tuple[str, str]]:
        return sorted(self._values.get((subject, predicate), ()))


def facts(source: Source) -> Facts:
    """Open a source for look-ups."""
    if isinstance(source, bytes):
        return _ListFacts(ox.parse(source, format=ox.RdfFormat.N_QUADS))
    if isinstance(source, HasQuads):
        return _StoreFacts(source)
    return _ListFacts(source)
