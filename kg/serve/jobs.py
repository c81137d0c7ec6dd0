"""What workers do: functions of an open store that write an answer.

The server names a job by its function and passes plain arguments; nothing else touches the store.
A job raises KgError or :class:`kg.serve.errors.Refused` for what the client did wrong.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from kg.dataset import Dataset, dataset
from kg.errors import QueryError
from kg.query import bind, find
from kg.serve.errors import Refused
from kg.serve.negotiate import GRAPHS, ROWS, TYPES, not_acceptable
from kg.serve.refuse import refuse_calls
from kg.sparql import malformed, refuse_deep
from kg.vocab import prefixes

if TYPE_CHECKING:
    from kg.serve.out import Out
    from kg.store import Store

RESULTS = {
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
}
SYNTAXES = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdfxml": ox.RdfFormat.RDF_XML,
}
_SORTED = 20_000
"""Triples up to which a graph is sorted before it is written."""
#: What stands once a row, or more often, in each format of rows.
_MARKS = {"csv": b"\n", "tsv": b"\n", "json": b"},{", "xml": b"<result>"}


def sparql(
    store: Store,
    out: Out,
    *,
    text: str,
    rows: str | None,
    graph: str | None,
    default: tuple[str, ...] = (),
    named: tuple[str, ...] = (),
    name: str = "query",
) -> None:
    """Answer SPARQL in the format of rows, or of graphs, that the client takes."""
    known = _prefixes(store.base)
    refuse_deep(text, name=name)
    refuse_calls(text, name=name)
    try:
        seen = dataset(store, text, default=default, named=named)
        result = _evaluate(store, text, seen, known)
    except SyntaxError as error:
        raise malformed(text, error, prefixes=known, name=name) from error
    except QueryError:
        raise
    except (RuntimeError, ValueError) as error:
        raise QueryError(f"{name}: cannot be answered: {error}") from error
    try:
        if isinstance(result, ox.QueryTriples):
            _write_graph(out, result, graph, known)
        else:
            _write_rows(out, result, rows)
    except RuntimeError as error:
        # What the engine met while it went on; an OSError is of the store or the socket.
        raise QueryError(f"{name}: cannot be answered: {error}") from error


def named_query(
    store: Store,
    out: Out,
    *,
    name: str,
    parameters: Mapping[str, object],
    rows: str | None,
    graph: str | None,
) -> None:
    """Answer a named query with values for its parameters."""
    query = find(name)
    text = bind(query, parameters, store=store)
    sparql(store, out, text=text, rows=rows, graph=graph, name=name)


def described(store: Store, out: Out, *, iri: str, graph: str) -> None:
    """Write what the graph says of a thing: the triples that it begins or ends; 404 where none."""
    triples = _about(store, iri)
    first = next(triples, None)
    if first is None:
        raise Refused(404, "nothing in the graph has this IRI")
    write_graph(out, chain((first,), triples), graph, _prefixes(store.base))


def _about(store: Store, iri: str) -> Iterator[ox.Triple]:
    node, default = node_of(iri), ox.DefaultGraph()
    for subject, object in ((node, None), (None, node)):
        for quad in store.engine.quads_for_pattern(subject, None, object, default):
            yield quad.triple


def node_of(iri: str) -> ox.NamedNode:
    """Return the node of an IRI; raises Refused where it is none."""
    try:
        return ox.NamedNode(iri)
    except ValueError:
        raise Refused(400, "this is no IRI") from None


def _evaluate(store: Store, text: str, seen: Dataset, known: Mapping[str, str]) -> Any:
    if seen.whole:
        return store.engine.query(text, prefixes=dict(known))
    return store.engine.query(
        text, prefixes=dict(known), default_graph=seen.default, named_graphs=seen.named
    )


def _write_rows(out: Out, result: Any, format: str | None) -> None:
    if format is None:
        raise not_acceptable(tuple(ROWS))
    if isinstance(result, ox.QueryBoolean) and format in ("csv", "tsv"):
        out.start(TYPES[format])
        out.write(b"true\n" if result else b"false\n")
        return
    out.start(TYPES[format], mark=_MARKS[format])
    result.serialize(out.file, format=RESULTS[format])


def _write_graph(
    out: Out, triples: Iterable[ox.Triple], format: str | None, known: Mapping[str, str]
) -> None:
    if format is None:
        raise not_acceptable(tuple(GRAPHS))
    write_graph(out, triples, format, known)


def write_graph(
    out: Out, triples: Iterable[ox.Triple], format: str, known: Mapping[str, str]
) -> None:
    """Write triples: sorted, each once, IRIs by prefix, if they are few; a long graph as it comes."""
    coming = iter(triples)
    first = list(islice(coming, _SORTED + 1))
    out.start(TYPES[format])
    out.count(len(first))
    if len(first) > _SORTED:
        rest = chain(first, _counted(coming, out))
        ox.serialize(rest, out.file, format=SYNTAXES[format])
        return
    few = sorted(set(first), key=str)
    prefixes = _used(few, known) if format == "ttl" else {}
    written = ox.serialize(few, format=SYNTAXES[format], prefixes=prefixes) or b""
    # The engine writes the prefixes in an order of its own, another one each time.
    lines = written.split(b"\n")
    out.write(b"\n".join([*sorted(lines[: len(prefixes)]), *lines[len(prefixes) :]]))


def _used(triples: list[ox.Triple], known: Mapping[str, str]) -> dict[str, str]:
    """Return the prefixes that some triples need."""
    iris = {
        getattr(part, "value", "")
        for triple in triples
        for term in triple
        for part in (term, getattr(term, "datatype", None))
    }
    return {
        prefix: namespace
        for prefix, namespace in known.items()
        if any(iri.startswith(namespace) for iri in iris)
    }


def _counted(triples: Iterable[ox.Triple], out: Out) -> Iterator[ox.Triple]:
    for triple in triples:
        out.count(1)
        yield triple


def to_json(out: Out, value: Any) -> None:
    """Write JSON as an answer."""
    out.start(TYPES["plain-json"])
    out.write(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")


@cache
def _prefixes(base: str) -> dict[str, str]:
    return prefixes(base)
