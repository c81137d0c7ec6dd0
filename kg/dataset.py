"""Which graphs a query sees: never the catalog, which knows where files lie on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from kg.errors import QueryError
from kg.sparql import tokens
from kg.vocab import catalog_graph

if TYPE_CHECKING:
    from kg.store import Store


@dataclass(frozen=True, slots=True)
class Dataset:
    """The graphs that a query may read."""

    whole: bool
    """Whether the query reads the default graph alone, so that nothing need be told."""
    default: list[Any]
    named: list[Any]


_DEFAULT_ONLY = Dataset(True, [], [])
_names: tuple[Store, list[Any]] | None = None


def dataset(
    store: Store,
    sparql: str,
    *,
    default: tuple[str, ...] = (),
    named: tuple[str, ...] = (),
    base_iri: str | None = None,
) -> Dataset:
    """Return the dataset of a query: what the request names, else what FROM names, else everything.

    Without any, the default graph is the merge of all graphs, and the named graphs are those that
    are exported. ``default`` and ``named`` are default-graph-uri and named-graph-uri.
    """
    if not default and not named:
        if _names_none(sparql):
            return _DEFAULT_ONLY  # as nearly always, and without a look at the tokens
        words = [t.text for t in tokens(sparql)]
        folds = [word.casefold() for word in words]
        if "from" not in folds:
            after = (b for a, b in zip(folds, [*words[1:], ""], strict=True) if a == "graph")
            if all(_is_other(word, catalog_graph(store.base)) for word in after):
                return _DEFAULT_ONLY
            return Dataset(False, [ox.DefaultGraph()], exported(store))
        default, named = _from(store, sparql, base_iri)
    hidden = catalog_graph(store.base)
    try:
        return Dataset(
            False,
            [ox.NamedNode(iri) for iri in default if iri != hidden],
            [ox.NamedNode(iri) for iri in named if iri != hidden],
        )
    except ValueError as error:
        raise QueryError(f"the name of a graph is no IRI: {error}") from error


@lru_cache(maxsize=128)
def _names_none(sparql: str) -> bool:
    """Whether no graph can be named in a query: it has none of the words for it."""
    folded = sparql.casefold()
    return "graph" not in folded and "from" not in folded


def _is_other(word: str, hidden: str) -> bool:
    """Whether what follows GRAPH is written out as an IRI, and is not the hidden one."""
    plain = word.startswith("<") and "://" in word and "\\" not in word and "/." not in word
    return plain and word[1:-1] != hidden


def exported(store: Store) -> list[Any]:
    """Return the graphs that may be seen; found once in the life of a snapshot."""
    if not store.read_only:
        return [ox.NamedNode(name) for name in store.graphs()]
    global _names  # noqa: PLW0603 - a worker has one store
    if _names is None or _names[0] is not store:
        _names = (store, [ox.NamedNode(name) for name in store.graphs()])
    return _names[1]


def _from(
    store: Store, sparql: str, base_iri: str | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Read the FROM clauses, which the engine forgets when graphs are named beside the query."""
    from rdflib.plugins.sparql import prepareQuery

    from kg.vocab import prefixes

    try:
        read = prepareQuery(sparql, initNs=prefixes(store.base), base=base_iri)
        clauses = read.algebra.datasetClause or ()
    except Exception as error:  # rdflib fails in many ways on what it cannot read
        # What is malformed is told as such by the engine's own parser.
        ox.Store().query(sparql, base_iri=base_iri, prefixes=prefixes(store.base))
        raise QueryError(
            f"the FROM clause cannot be read: {error}", hint="use default-graph-uri instead"
        ) from error
    default = tuple(str(c.default) for c in clauses if c.default is not None)
    named = tuple(str(c.named) for c in clauses if c.named is not None)
    return default, named
