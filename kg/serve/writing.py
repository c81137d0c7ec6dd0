"""Jobs that change the store: on a copy of the database, which takes its place when all went well.

A checkpoint of the database costs no more than links to its files. What is cut at its limit, or refused
on the way, leaves the store as it was; readers go on with what they have opened.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from kg.errors import KgError, QueryError
from kg.folder import new_data
from kg.serve.errors import Refused
from kg.serve.jobs import SYNTAXES, node_of, write_graph
from kg.serve.negotiate import TYPES
from kg.serve.refuse import refuse_loads
from kg.sparql import refuse_deep
from kg.store import Store
from kg.vocab import catalog_graph, prefixes

if TYPE_CHECKING:
    from kg.serve.out import Out

_DEFAULT = ox.DefaultGraph()
_WAIT = 5.0  # seconds for another writer


def update(store: Store, out: Out, *, text: str) -> None:
    """Apply a SPARQL Update to the named graphs, and what follows for their merge.

    The default graph is the merge of the named ones: an update that writes to it is refused (400).
    """
    known = prefixes(store.base)
    refuse_deep(text, name="update")
    refuse_loads(text)

    def change(before: ox.Store, engine: ox.Store) -> None:
        try:
            engine.update(text, prefixes=known)
        except SyntaxError as error:
            raise QueryError(f"update: malformed SPARQL Update: {error}") from error
        except (RuntimeError, ValueError) as error:
            raise QueryError(f"update: cannot be done: {error}") from error
        _refuse_default(before, engine, store.base)
        _merge(engine, store.base)

    _exchange(store, change)
    out.start(TYPES["text"])
    out.write(b"done\n")


def put(store: Store, out: Out, *, graph: str, data: bytes, format: str, add: bool) -> None:
    """Make a named graph hold these triples, or these too; says in ``status`` whether it is new."""
    _refuse_reserved(store, graph)
    try:
        triples = [q.triple for q in ox.parse(data, format=SYNTAXES[format], base_iri=graph)]
    except (SyntaxError, ValueError) as error:
        raise Refused(400, f"the graph cannot be read: {error}") from error
    name = node_of(graph)
    with Store.open(_path(store), wait=_WAIT) as writing:
        new = name.value not in writing
        if add:
            triples += [q.triple for q in writing.quads(graph)]
        lines = sorted({f"{ox.Quad(t.subject, t.predicate, t.object, name)} .\n" for t in triples})
        if lines:
            writing.replace(graph, "".join(lines).encode())
        else:
            writing.remove(graph)
    out.start(TYPES["text"], status=201 if new and lines else 204)


def delete(store: Store, out: Out, *, graph: str) -> None:
    """Take a named graph away; 404 where there is none."""
    _refuse_reserved(store, graph)
    node_of(graph)
    with Store.open(_path(store), wait=_WAIT) as writing:
        if not writing.remove(graph):
            raise Refused(404, "there is no such graph")
    out.start(TYPES["text"], status=204)


def get(store: Store, out: Out, *, graph: str | None, format: str) -> None:
    """Write a named graph, or the merge of all; 404 where there is none."""
    if graph is None:
        quads = store.engine.quads_for_pattern(None, None, None, _DEFAULT)
    elif graph == catalog_graph(store.base) or node_of(graph).value not in store:
        raise Refused(404, "there is no such graph")
    else:
        quads = store.engine.quads_for_pattern(None, None, None, node_of(graph))
    write_graph(out, (q.triple for q in quads), format, prefixes(store.base))


def _exchange(store: Store, change: Callable[[ox.Store, ox.Store], None]) -> None:
    """Change a checkpoint of the database, then let the store go on with it.

    What was there before is read from the writer, not from the snapshot that questions see: another
    process may have written since.
    """
    path = _path(store)
    with Store.open(path, wait=_WAIT) as writing:
        data = new_data(path)
        writing.engine.backup(str(path / data))
        engine = ox.Store(str(path / data))
        change(writing.engine, engine)
        engine.flush()
        del engine
        writing.exchange(data)


def _refuse_default(before: ox.Store, engine: ox.Store, base: str) -> None:
    """Raise where the default graph, or the catalog, is not what it was before the update."""
    for graph in (_DEFAULT, ox.NamedNode(catalog_graph(base))):
        count = 0
        for quad in before.quads_for_pattern(None, None, None, graph):
            count += 1
            if quad not in engine:
                raise _astray()
        after = sum(1 for _ in engine.quads_for_pattern(None, None, None, graph))
        if after != count:
            raise _astray()


def _astray() -> Refused:
    return Refused(
        400,
        "the default graph is the merge of the named graphs, and cannot be written to",
        hint="name the graph: INSERT DATA { GRAPH <…> { … } }, WITH <…>",
    )


def _merge(engine: ox.Store, base: str) -> None:
    """Make the default graph the merge of the exported graphs again."""
    catalog = ox.NamedNode(catalog_graph(base))
    engine.update(
        "DELETE { ?s ?p ?o } WHERE { ?s ?p ?o FILTER NOT EXISTS { GRAPH ?g { ?s ?p ?o } "
        f"FILTER(?g != {catalog}) }} }} ; "
        f"INSERT {{ ?s ?p ?o }} WHERE {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(?g != {catalog}) "
        "FILTER NOT EXISTS { ?s ?p ?o } }"
    )


def _refuse_reserved(store: Store, graph: str) -> None:
    if graph == catalog_graph(store.base):
        raise Refused(403, "this graph is the store's own")


def _path(store: Store) -> Any:
    if store.path is None:
        raise KgError("a store in memory is not written to by a server")
    return store.path
