"""RDF files asked without a store: their triples as the default graph, or in graphs by name.

What lies in no graph in a file is in the default graph; what lies in one (N-Quads, TriG, JSON-LD) stays
in it. Files given by name (``--graph IRI=FILE``, ``--named FILE``) become graphs of those names.
Relative IRIs are resolved against the file's URL, as RDF has it; blank nodes of two files differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyoxigraph as ox

from kg.errors import InputError
from kg.sparql import tokens
from kg.store import Store
from kg.vocab import BASE

#: Syntaxes by the ending of a file's name.
FORMATS: Mapping[str, Any] = MappingProxyType(
    {
        ".ttl": ox.RdfFormat.TURTLE,
        ".n3": ox.RdfFormat.N3,
        ".nt": ox.RdfFormat.N_TRIPLES,
        ".nq": ox.RdfFormat.N_QUADS,
        ".trig": ox.RdfFormat.TRIG,
        ".rdf": ox.RdfFormat.RDF_XML,
        ".rdfxml": ox.RdfFormat.RDF_XML,
        ".owl": ox.RdfFormat.RDF_XML,
        ".xml": ox.RdfFormat.RDF_XML,
        ".jsonld": ox.RdfFormat.JSON_LD,
        ".json": ox.RdfFormat.JSON_LD,
    }
)


def url(path: Path | str) -> str:
    """Return the URL of a file, which is also the base of its relative IRIs."""
    return Path(path).resolve().as_uri()


def is_rdf(path: Path | str) -> bool:
    """Whether a file's name ends as one of FORMATS.

    >>> is_rdf("graph.ttl"), is_rdf("notice.txt")
    (True, False)
    """
    return Path(path).suffix.lower() in FORMATS


def open_files(
    data: Iterable[Path | str],
    *,
    named: Mapping[str, Path | str] | Iterable[tuple[str, Path | str]] = (),
    query: str = "",
    base: str = BASE,
) -> Store:
    """Read RDF files into memory; raises InputError for one that is none, with the line.

    ``data`` go to the default graph, ``named`` to graphs of these IRIs. Where ``query`` has a FROM
    clause, each file is also a graph by its URL, so that the clause can name it.
    """
    store = Store(ox.Store(), base=base)
    paths = list(data)
    pairs = named.items() if isinstance(named, Mapping) else named
    for path in paths:
        _load(store.engine, path, None)
    for iri, path in pairs:
        _load(store.engine, path, _node(iri))
    if paths and any(t.kind == "word" and t.text.upper() == "FROM" for t in tokens(query)):
        for path in paths:
            _load(store.engine, path, ox.NamedNode(url(path)))
    return store


def _node(iri: str) -> ox.NamedNode:
    try:
        return ox.NamedNode(iri)
    except ValueError as error:
        raise InputError(f"'{iri}' is no IRI: {error}", hint="--graph IRI=FILE") from None


def _load(engine: ox.Store, path: Path | str, graph: ox.NamedNode | None) -> None:
    known = FORMATS.get(Path(path).suffix.lower())
    if known is None:
        raise InputError(
            f"{path}: its name's ending tells no RDF syntax", hint="one of " + " ".join(FORMATS)
        )
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None
    try:
        if graph is not None:
            engine.add_graph(graph)  # it is there, though nothing may stand in it
        if graph is None or not known.supports_datasets:
            engine.load(content, format=known, base_iri=url(path), to_graph=graph)
            return
        parsed: Iterator[Any] = ox.parse(
            content, format=known, base_iri=url(path), rename_blank_nodes=True
        )
        engine.extend(ox.Quad(q.subject, q.predicate, q.object, graph) for q in parsed)
    except SyntaxError as error:
        where = f":{error.lineno}" if error.lineno else ""
        raise InputError(f"{path}{where}: {error.msg}") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: {error}") from None


def merged(path: Path | str, *, base: str = BASE) -> Store:
    """Read a file as what kg exports: all its graphs as one."""
    store = open_files((), named=[("urn:kg:all", path)], base=base)
    everything: Iterator[Any] = store.engine.quads_for_pattern(None, None, None, None)
    store.engine.extend([ox.Quad(q.subject, q.predicate, q.object) for q in everything])
    with suppress(OSError):
        store.engine.remove_graph(ox.NamedNode("urn:kg:all"))
    return store
