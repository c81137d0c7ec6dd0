"""The graph on a server: one graph a notice, the merge that queries see, the catalog, a marker.

* Each notice has its named graph, and the vocabulary: what is exported, as on disk.
* ``BASE merged`` holds the merge, each triple once, kept exact with every change; queries are sent with
  it as their default graph, so that answers do not depend on what a server takes for one
  (docs/decisions/0075).
* ``BASE catalog`` tells of each notice the hash of what its graph holds, where its file lies, and with
  what it was read. The hash is written last: what has none is sent again.
* ``MARKER`` tells what the IRIs begin with.

A notice is sent as: its hash away, what only it says out of the merge; its graph (PUT); the merge; the
hash. Whatever of this is cut off, the merge holds nothing that no graph does, and the next build does
the rest. Literals reach a server as pyoxigraph writes them, never as text put together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyoxigraph as ox

from kg.errors import QueryError, StoreError
from kg.remote.client import NTRIPLES, ROWS, Client
from kg.remote.endpoints import endpoints
from kg.remote.text import about, filled, line, lines, parse, pattern, prologue, refuse_builtins
from kg.sparql import Token, tokens
from kg.stores import Change, StoredNotice
from kg.vocab import BASE, DCTERMS, KG, catalog_graph, check_base, prefixes, vocabulary_graph

#: The graph that says that kg keeps its graph on a server, and under which IRIs.
MARKER = "https://kg-safety.example/store"
FORMAT = "1"
_HASH, _PLACE, _STATE = KG.localHash, KG.localPath, KG.localState
_MANY = 1_000  # graphs that a query with GRAPH ?g may range over: each is named in the request

Triple = tuple[Any, Any, Any]


class RemoteStore:
    """The graphs of many notices on a server that speaks SPARQL 1.1; see :mod:`kg.stores`."""

    def __init__(self, client: Client, *, base: str, read_only: bool) -> None:
        self.client = client
        self.base = base
        self.read_only = read_only
        self._catalog = catalog_graph(base)
        self.merged_graph = base + "merged"
        self._vocabulary = vocabulary_graph(base)
        self._notices = base + "notice/"
        self._grammar = ox.Store()

    # --- opening ----------------------------------------------------------------------------------

    @classmethod
    def open(cls, where: Path | str, *, read_only: bool = False) -> Self:
        """Open what is there; raises StoreError where kg has put nothing, or nothing answers."""
        client = Client(endpoints(str(where)))
        try:
            base = _marked(client)
        except BaseException:
            client.close()
            raise
        if base is None:
            client.close()
            raise StoreError(
                f"{client.where}: there is no graph of kg's on this server",
                hint=f"kg build PATH… --store {client.where} puts one there",
            )
        return cls(client, base=base, read_only=read_only)

    @classmethod
    def exists(cls, where: Path | str) -> bool:
        """Whether kg keeps a graph on this server; raises StoreError where nothing answers."""
        client = Client(endpoints(str(where)))
        try:
            return _marked(client) is not None
        finally:
            client.close()

    @classmethod
    def create(cls, where: Path | str, *, base: str = BASE, vocabulary: bytes = b"") -> Self:
        """Begin a graph on a server and open it for writing; one that is there keeps its base."""
        client = Client(endpoints(str(where)))
        try:
            found = _marked(client)
            if found is None:
                said = {KG.localBase: check_base(base), KG.localFormat: FORMAT}
                client.put_graph(MARKER, lines(about(MARKER, p, v) for p, v in said.items()))
            new = cls(client, base=found or base, read_only=False)
            if vocabulary and new.base == base:
                new.set_vocabulary(vocabulary)
        except BaseException:
            client.close()
            raise
        return new

    @property
    def where(self) -> str:
        """What messages call it: its address."""
        return self.client.where

    def close(self) -> None:
        """Let the connections go."""
        self.client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    # --- asking -----------------------------------------------------------------------------------

    def query(self, sparql: str, *, base_iri: str | None = None) -> Any:
        """Evaluate SPARQL on the server, over the merge; rows are read as they arrive.

        Raises SyntaxError as pyoxigraph does, before anything is sent.
        """
        known = prefixes(self.base)
        found = list(tokens(sparql))
        refuse_builtins(found)
        local = self._grammar.query(sparql, base_iri=base_iri, prefixes=known)
        text = prologue(found, known, base_iri) + sparql
        words = [t.text.upper() for t in found if t.kind == "word"]
        default: str | None = self.merged_graph
        named: tuple[str, ...] = ()
        if "FROM" in words:
            default = None
        elif "GRAPH" in words:
            named = self._ranged(found)
        if isinstance(local, (ox.QuerySolutions, ox.QueryBoolean)):
            return self._rows(text, default=default, named=named)
        body = self.client.query(text, default=default, named=named, accept=NTRIPLES)
        return _triples(body, self.where)

    def _rows(self, text: str, *, default: str | None, named: tuple[str, ...] = ()) -> Any:
        body: Any = self.client.query(text, default=default, named=named, accept=ROWS)
        try:
            return ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
        except SyntaxError as error:
            raise StoreError(
                f"{self.where}: its answer is not what it should be: {error}"
            ) from None

    def _ranged(self, found: list[Token]) -> tuple[str, ...]:
        """Return the graphs that a query speaks of: those that it names, or all exported ones."""
        after = [b for a, b in pairwise(found) if a.text.upper() == "GRAPH"]
        if after and all(t.kind == "iri" and ":" in t.text and "\\" not in t.text for t in after):
            return tuple(dict.fromkeys(t.text[1:-1] for t in after))
        graphs = self.graphs()
        if len(graphs) > _MANY:
            raise QueryError(
                f"GRAPH ?g would range over {len(graphs)} graphs; on a server {_MANY} are the most",
                hint="name the graphs (GRAPH <…>), or ask the merge, without GRAPH",
            )
        return graphs

    def _select(self, graph: str, where: str) -> Iterator[Any]:
        """Ask one graph; the pattern holds terms as pyoxigraph writes them."""
        return iter(self._rows(f"SELECT * WHERE {{ {where} }}", default=graph))

    def triples(self, subject: Any, predicate: Any, object: Any, /) -> Iterator[Triple]:
        """Find triples of the merge."""
        return self._matching(self.merged_graph, subject, predicate, object)

    def _matching(self, graph: str, *given: Any) -> Iterator[Triple]:
        if all(term is not None for term in given):
            if self._rows(f"ASK {{ {pattern(given)} }}", default=graph):
                yield given[0], given[1], given[2]
            return
        for row in self._select(graph, pattern(given)):
            yield filled(given, row)

    def quads_for_pattern(
        self, subject: Any, predicate: Any, object: Any, graph_name: Any = None, /
    ) -> Iterator[Any]:
        """Find quads of exported graphs; without a graph, in all of them."""
        given = (subject, predicate, object)
        if isinstance(graph_name, ox.DefaultGraph):
            yield from (ox.Quad(*triple) for triple in self._matching(self.merged_graph, *given))
        elif graph_name is not None:
            for triple in self._matching(graph_name.value, *given):
                yield ox.Quad(*triple, graph_name)
        else:
            where = f"GRAPH ?g {{ {pattern(given)} }} {self._exported('?g')}"
            for row in self._rows(f"SELECT * WHERE {{ {where} }}", default=None):
                yield ox.Quad(*filled(given, row), row["g"])

    def _exported(self, graph: str) -> str:
        """Write the filter that keeps our notices' graphs and the vocabulary's."""
        return (
            f'FILTER(STRSTARTS(STR({graph}), "{self._notices}") || '
            f"{graph} = {ox.NamedNode(self._vocabulary)})"
        )

    def graphs(self) -> tuple[str, ...]:
        """Return the names of the exported graphs that are here whole, sorted."""
        rows = self._select(self._catalog, f"?n <{_HASH}> ?h")
        return tuple(sorted({row["n"].value for row in rows}))

    def quads(self, *graphs: str) -> Iterator[Any]:
        """Return the quads of these exported graphs, or of all."""
        for name in sorted(graphs) or self.graphs():
            if name == self._vocabulary or name.startswith(self._notices):
                graph = ox.NamedNode(name)
                for triple in self._graph(name):
                    yield ox.Quad(triple.subject, triple.predicate, triple.object, graph)

    def _graph(self, name: str) -> Iterator[Any]:
        body = self.client.graph(name)
        return iter(()) if body is None else _triples(body, self.where)

    def dump(self, *graphs: str) -> bytes:
        """Write these exported graphs, or all, as sorted N-Quads: equal content, equal bytes."""
        return "".join(sorted(f"{quad} .\n" for quad in self.quads(*graphs))).encode("utf-8")

    def merged(self) -> Iterator[Any]:
        """Return the triples that queries see, each once, as quads of no graph."""
        return self._graph(self.merged_graph)

    def __len__(self) -> int:
        """Count the triples that queries see."""
        rows = self._rows("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }", default=self.merged_graph)
        return sum(int(row["n"].value) for row in rows)

    def __bool__(self) -> bool:
        """A store that holds nothing is a store."""
        return True

    # --- notices ----------------------------------------------------------------------------------

    def __contains__(self, notice: str) -> bool:
        return bool(self._known(notice).hash)

    def notices(self) -> tuple[StoredNotice, ...]:
        """Return all notices by id, then IRI."""
        return self._stored("?n")

    def notice(self, iri: str) -> StoredNotice | None:
        """Return one notice, None if it is not held."""
        if iri not in self:
            return None
        found = self._stored(str(ox.NamedNode(iri)))
        return found[0] if found else None

    def _stored(self, node: str) -> tuple[StoredNotice, ...]:
        values: dict[str, dict[str, Any]] = {}
        bound = "" if node == "?n" else f" BIND({node} AS ?n)"
        rows = self._select(self.merged_graph, f"{node} a <{KG.Notice}> ; ?p ?v .{bound}")
        places = self._select(self._catalog, f"{node} <{_PLACE}> ?v .{bound}")
        for row in rows:
            name = _FIELDS.get(row["p"].value)
            said = values.setdefault(row["n"].value, {})
            if name is not None and not isinstance(row["v"], ox.Triple):
                said[name] = min(said.get(name, row["v"].value), row["v"].value)
        for row in places:
            if row["n"].value in values:
                said = values[row["n"].value]
                said["path"] = min(said.get("path", row["v"].value), row["v"].value)
        found = [StoredNotice(**{"id": "", **said}, iri=iri) for iri, said in values.items()]
        return tuple(sorted(found, key=lambda n: (n.id, n.iri)))

    def state(self, notice: str, path: str) -> str | None:
        """Return what was put down with a notice that was read from this file, None if nothing."""
        known = self._known(notice)
        return known.state if known.hash and path in known.places else None

    def read_from(self, path: str) -> tuple[str, ...]:
        """Return the notices that were read from a file, sorted."""
        rows = self._select(self._catalog, f"?n <{_PLACE}> {ox.Literal(path)}")
        return tuple(sorted({row["n"].value for row in rows}))

    def paths(self, notice: str) -> tuple[str, ...]:
        """Return where the files of a notice lie, sorted."""
        return tuple(sorted(self._known(notice).places))

    def all_paths(self) -> Iterator[str]:
        """Yield where the files of all notices lie; one more than once where several lie there."""
        return (row["v"].value for row in self._select(self._catalog, f"?n <{_PLACE}> ?v"))

    def _known(self, notice: str) -> _Known:
        known = _Known()
        for row in self._select(self._catalog, f"{ox.NamedNode(notice)} ?p ?v"):
            kind, value = row["p"].value, row["v"].value
            if kind == _HASH:
                known.hash = value
            elif kind == _STATE:
                known.state = value
            elif kind == _PLACE:
                known.places.add(value)
        return known

    # --- writing ----------------------------------------------------------------------------------

    def replace(
        self, notice: str, nquads: bytes, *, path: str | None = None, state: str | None = None
    ) -> Change:
        """Make a notice's graph hold exactly these N-Quads; what that changed.

        Cut off at any moment it is done again by the next call, and nothing is twice there.
        """
        said = parse(nquads, ox.NamedNode(notice))
        known = self._known(notice)
        places = known.places | {path} if path is not None else set()
        changed = self._send(notice, said, known, _Known("", state, places))
        dropped = False
        for before in self.read_from(path) if path is not None else ():
            if before != notice and path is not None:
                dropped = self._forget(before, path) or dropped
        if dropped or (changed and known.hash):
            return "changed"
        return "unchanged" if known.hash else "added"

    def set_vocabulary(self, nquads: bytes) -> bool:
        """Make the vocabulary graph hold exactly these N-Quads; whether anything differed."""
        said = parse(nquads, ox.NamedNode(self._vocabulary))
        return self._send(self._vocabulary, said, self._known(self._vocabulary), _Known())

    def remove(self, notice: str) -> bool:
        """Take a notice's graph away, but what other notices say too; False if it was not there."""
        held = bool(self._known(notice).hash)
        self._write()
        self.client.update(" ;\n".join(self._withdraw(notice)))
        self.client.delete_graph(notice)
        self.client.update(self._unknow(notice))
        return held

    def remove_path(self, path: str) -> tuple[str, ...]:
        """Take a file's notice away unless it lies elsewhere too; what was taken away."""
        return tuple(notice for notice in self.read_from(path) if self._forget(notice, path))

    def _forget(self, notice: str, path: str) -> bool:
        """A notice's file lies there no longer; whether it was the only one, and it is gone."""
        known = self._known(notice)
        if known.places - {path}:
            self._write()
            node, place = ox.NamedNode(notice), ox.Literal(path)
            self.client.update(
                f"DELETE DATA {{ GRAPH <{self._catalog}> {{ {node} <{_PLACE}> {place} }} }}"
            )
            return False
        return self.remove(notice)

    def _send(self, graph: str, triples: set[Any], before: _Known, after: _Known) -> bool:
        """Send what differs from what the catalog says; whether the content did."""
        ntriples = lines(triples)
        after.hash = hashlib.sha256(ntriples).hexdigest()
        differs = before.hash != after.hash
        if not differs and before == after:
            return False
        self._write()
        if differs:
            self.client.update(" ;\n".join(self._withdraw(graph)))
            self.client.put_graph(graph, ntriples)
            self.client.add_to_graph(self.merged_graph, ntriples)
        said = [about(graph, _HASH, after.hash)]
        said += [about(graph, _PLACE, place) for place in sorted(after.places)]
        said += [about(graph, _STATE, after.state)] if after.state is not None else []
        text = "\n".join(map(line, said))
        put = f"INSERT DATA {{ GRAPH <{self._catalog}> {{\n{text}\n}} }}"
        known = before.hash or before.places or before.state is not None
        self.client.update(f"{self._unknow(graph)} ;\n{put}" if known else put)
        return differs

    def _withdraw(self, graph: str) -> Iterator[str]:
        """Write the updates that make a graph unfinished, and leave the merge what others say."""
        node = ox.NamedNode(graph)
        yield f"DELETE WHERE {{ GRAPH <{self._catalog}> {{ {node} <{_HASH}> ?h }} }}"
        yield (
            f"DELETE {{ GRAPH <{self.merged_graph}> {{ ?s ?p ?o }} }} WHERE {{\n"
            f"  GRAPH {node} {{ ?s ?p ?o }}\n"
            f"  FILTER NOT EXISTS {{ GRAPH ?g {{ ?s ?p ?o }} "
            f"FILTER(?g != {node}) {self._exported('?g')} }}\n}}"
        )

    def _unknow(self, graph: str) -> str:
        return f"DELETE WHERE {{ GRAPH <{self._catalog}> {{ {ox.NamedNode(graph)} ?p ?o }} }}"

    def _write(self) -> None:
        if self.read_only:
            raise StoreError(f"{self.where}: the store is open for reading only")


class _Known:
    """What the catalog says of a graph."""

    def __init__(
        self, hash: str = "", state: str | None = None, places: Iterable[str] = ()
    ) -> None:
        self.hash = hash
        """Of its content, as sorted N-Triples; empty where it is not here whole."""
        self.state = state
        self.places = set(places)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Known) and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]


_FIELDS = {
    DCTERMS.identifier: "id",
    KG.filename: "filename",
    KG.sha256: "sha256",
    KG.encoding: "encoding",
    DCTERMS.title: "title",
    DCTERMS.issued: "published",
}


# --- what is sent and read ------------------------------------------------------------------------


def _marked(client: Client) -> str | None:
    """Return the base that the marker tells; None where there is none."""
    text = f"SELECT ?p ?v WHERE {{ <{MARKER}> ?p ?v }}"
    body: Any = client.query(text, default=MARKER)
    try:
        rows: Any = ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
        said = {row["p"].value: row["v"].value for row in rows}
    except SyntaxError as error:
        raise StoreError(f"{client.where}: its answer is no answer to a query: {error}") from None
    if not said:
        return None
    if said.get(KG.localFormat) != FORMAT:
        raise StoreError(
            f"{client.where}: its graph has another format than this kg's ({FORMAT})",
            hint="use the kg that wrote it, or a newer one",
        )
    return str(said.get(KG.localBase, BASE))


def _triples(body: Any, where: str) -> Iterator[Any]:
    """Read N-Triples as they arrive."""
    try:
        yield from ox.parse(body, format=ox.RdfFormat.N_TRIPLES)
    except SyntaxError as error:
        raise StoreError(f"{where}: its answer breaks off: {error}") from None
