"""N-Quads on disk: a folder that holds the graphs of many notices, each replaced or removed whole.

A store is a folder with ``kg-store.json`` (format, base IRI, which database) and ``rdf/``, a
pyoxigraph database:

* one named graph a notice, and one for the vocabulary: what is exported;
* the default graph: the merge of all of them, each triple once, kept exact with every change.
  Queries run on it: pyoxigraph's own union repeats a triple for every graph that has it
  (docs/decisions/0020);
* the catalog graph: where each notice's files lie on this machine, and what they were read with.
  Never merged, never exported.

Opened read-only a store is a snapshot that any number of readers share; one process writes, and
holds ``writer.lock`` meanwhile. :mod:`kg.stores` says what of this every store has.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.dataset import dataset
from kg.errors import StoreError
from kg.folder import (
    DATA,
    Marker,
    is_store,
    read_marker,
    readable_errors,
    refuse_other,
    unfinished,
    write_marker,
)
from kg.lock import WriterLock
from kg.snapshot import Snapshot, mark_used, snapshot, tidy
from kg.stores import Change, StoredNotice
from kg.vocab import BASE, DCTERMS, KG, RDF, catalog_graph, check_base, prefixes, vocabulary_graph

__all__ = ["Change", "Store", "StoredNotice"]

_DEFAULT = ox.DefaultGraph()
_PLACE, _STATE = ox.NamedNode(KG.localPath), ox.NamedNode(KG.localState)

Triple = tuple[Any, Any, Any]


class Store:
    """The graphs of many notices, on disk or (for tests and single answers) in memory.

    >>> store = Store.memory()
    >>> notice = store.base + "notice/a"
    >>> store.replace(notice, f'<urn:r> <urn:stresses> <urn:h> <{notice}> .'.encode())
    'added'
    >>> [str(row["r"]) for row in store.query("SELECT ?r { ?r <urn:stresses> <urn:h> }")]
    ['<urn:r>']
    """

    def __init__(
        self,
        engine: ox.Store,
        *,
        base: str,
        path: Path | None = None,
        read_only: bool = False,
        held: WriterLock | Snapshot | None = None,
    ) -> None:
        self._engine: ox.Store | None = engine
        self._kept = held
        self.base = base
        self.path = path
        self.read_only = read_only
        self._catalog = ox.NamedNode(catalog_graph(base))

    # --- opening --------------------------------------------------------------------------------

    @classmethod
    def memory(cls, *, base: str = BASE, vocabulary: bytes = b"") -> Store:
        """Make a store that is gone with the process."""
        store = cls(ox.Store(), base=check_base(base))
        if vocabulary:
            store.set_vocabulary(vocabulary)
        return store

    @classmethod
    def create(
        cls, path: Path | str, *, base: str = BASE, vocabulary: bytes = b"", wait: float = 0.0
    ) -> Store:
        """Make a store on disk and open it for writing.

        The folder appears complete or not at all: it is filled under another name, then renamed.
        Raises StoreError where something is in the way or the folder cannot be written.
        """
        path, base = Path(path), check_base(base)
        if is_store(path):
            raise StoreError(f"{path}: there is a store already", hint="open it, or remove it")
        refuse_other(path)
        fresh = unfinished(path)
        with readable_errors(path):
            try:
                fresh.mkdir(parents=True)
                new = cls(ox.Store(fresh / DATA), base=base, path=fresh)
                if vocabulary:
                    new.set_vocabulary(vocabulary)
                new.close()
                mark_used(fresh / DATA)
                write_marker(fresh, Marker(base))
                with suppress(OSError):
                    path.rmdir()  # an empty folder is no obstacle
                fresh.rename(path)
            finally:
                shutil.rmtree(fresh, ignore_errors=True)
        return cls.open(path, wait=wait)

    @classmethod
    def open(cls, path: Path | str, *, read_only: bool = False, wait: float = 0.0) -> Store:
        """Open a store on disk; raises StoreError, which tells what is there instead.

        A second writer waits up to ``wait`` seconds for the first.
        """
        path = Path(path)
        marker = read_marker(path)
        with readable_errors(path):
            if read_only:
                seen = snapshot(path)
                base = seen.marker.base
                return cls(seen.engine, base=base, path=path, read_only=True, held=seen)
            lock = WriterLock(path, wait=wait)
            try:
                marker = read_marker(path)  # the writer before may have put another in place
                tidy(path, marker)
                engine = ox.Store(path / marker.data)
                mark_used(path / marker.data)
            except BaseException:
                lock.release()
                raise
        return cls(engine, base=marker.base, path=path, held=lock)

    @classmethod
    def exists(cls, path: Path | str) -> bool:
        """Whether a store can be opened there; False where one could be created.

        Raises StoreError where neither is so: a file, a folder of other things.
        """
        path = Path(path)
        if is_store(path):
            return True
        refuse_other(path)
        return False

    def close(self) -> None:
        """Let go of the folder; the store cannot be used after."""
        try:
            if self._engine is not None and self.path is not None and not self.read_only:
                with readable_errors(self.path):
                    self._engine.flush()
        finally:
            self._engine = None  # the database first, then what keeps others from it
            kept, self._kept = self._kept, None
            if kept is not None:
                kept.release()

    def exchange(self, data: str) -> None:
        """Go on with another database of the folder, as kg.bulk has made it."""
        if self.path is None or self.read_only:
            raise StoreError(f"{self.where}: the store is open for reading only")
        with readable_errors(self.path):
            mark_used(self.path / data)
            self.engine.flush()
            self._engine = None
            marker = Marker(self.base, data)
            write_marker(self.path, marker)
            self._engine = ox.Store(self.path / data)
            tidy(self.path, marker)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def engine(self) -> ox.Store:
        """The pyoxigraph store; raises StoreError when closed."""
        if self._engine is None:
            raise StoreError(f"{self.where}: the store is closed")
        return self._engine

    @property
    def where(self) -> str:
        """What messages call it: its folder."""
        return str(self.path or "<memory>")

    # --- writing --------------------------------------------------------------------------------

    def replace(
        self, notice: str, nquads: bytes, *, path: str | None = None, state: str | None = None
    ) -> Change:
        """Make a notice's graph hold exactly these N-Quads, in one transaction.

        ``path`` is where its file lies, for :mod:`kg.verify`; a notice that was read from there
        before, when the file had other content, is taken away, unless another file has it too.
        ``state`` is what :meth:`state` shall return. Every quad must stand in the notice's graph.
        Returns what happened; nothing is written where nothing differs.
        """
        graph = ox.NamedNode(notice)
        said, held = _parse(nquads, graph), self._held(graph)
        local = self._local(graph)
        old, new = held | local, set(said)
        drop: list[Any] = []
        if path is not None:
            new |= {q for q in local if q.predicate == _PLACE}
            new.add(ox.Quad(graph, _PLACE, ox.Literal(path), self._catalog))
            for before in self._read_from(path):
                if before != graph:
                    gone = self._without(before, path)
                    old |= gone
                    drop += [before] if len(gone) > 1 else []
        if state is not None:
            new.add(ox.Quad(graph, _STATE, ox.Literal(state), self._catalog))
        self._swap(old, new, drop=drop)
        if drop or (held and held != said):
            return "changed"
        return "unchanged" if held else "added"

    def remove(self, notice: str) -> bool:
        """Take a notice's graph away, but what other notices say too; False if it was not there."""
        graph = ox.NamedNode(notice)
        held = self._held(graph)
        self._swap(held | self._local(graph), set(), drop=[graph])
        return bool(held)

    def read_from(self, path: str) -> tuple[str, ...]:
        """Return the notices that were read from a file, sorted; more than one only after a fault."""
        return tuple(sorted(node.value for node in self._read_from(path)))

    def _read_from(self, path: str) -> set[Any]:
        found = self.engine.quads_for_pattern(None, _PLACE, ox.Literal(path), self._catalog)
        return {q.subject for q in found}

    def paths(self, notice: str) -> tuple[str, ...]:
        """Return where the files of a notice lie, sorted."""
        node = ox.NamedNode(notice)
        found: Iterator[Any] = self.engine.quads_for_pattern(node, _PLACE, None, self._catalog)
        return tuple(sorted(q.object.value for q in found))

    def all_paths(self) -> Iterator[str]:
        """Yield where the files of all notices lie; one more than once where several lie there."""
        found: Iterator[Any] = self.engine.quads_for_pattern(None, _PLACE, None, self._catalog)
        return (q.object.value for q in found)

    def remove_path(self, path: str) -> tuple[str, ...]:
        """Take a file's notice away unless it lies elsewhere too; what was taken away."""
        gone: list[str] = []
        for notice in self.read_from(path):
            if self.paths(notice) == (path,):
                self.remove(notice)
                gone.append(notice)
            else:
                self.forget(notice, path)
        return tuple(gone)

    def forget(self, notice: str, path: str) -> None:
        """A notice's file lies there no longer; it has others."""
        node = ox.NamedNode(notice)
        self._swap({ox.Quad(node, _PLACE, ox.Literal(path), self._catalog)}, set())

    def _without(self, notice: Any, path: str) -> set[Any]:
        """Return what goes when a notice's file is no longer there: all, if it was the only one."""
        local = self._local(notice)
        places = {q for q in local if q.predicate == _PLACE}
        gone = {q for q in places if q.object.value == path}
        return gone if places - gone else self._held(notice) | local

    def state(self, notice: str, path: str) -> str | None:
        """Return what was put down with a notice that was read from this file, None if nothing."""
        node = ox.NamedNode(notice)
        place = ox.Quad(node, _PLACE, ox.Literal(path), self._catalog)
        if place not in self.engine:
            return None
        found: Iterator[Any] = self.engine.quads_for_pattern(node, _STATE, None, self._catalog)
        return next((q.object.value for q in found), None)

    def set_vocabulary(self, nquads: bytes) -> bool:
        """Make the vocabulary graph hold exactly these N-Quads; whether anything differed."""
        graph = ox.NamedNode(vocabulary_graph(self.base))
        return self._swap(self._held(graph), _parse(nquads, graph))

    def _held(self, graph: Any) -> set[Any]:
        return set(self.engine.quads_for_pattern(None, None, None, graph))

    def _local(self, notice: Any) -> set[Any]:
        return set(self.engine.quads_for_pattern(notice, None, None, self._catalog))

    def _swap(self, old: set[Any], new: set[Any], *, drop: Iterable[Any] = ()) -> bool:
        """Delete and insert quads, and what follows for the merge, as one transaction."""
        gone, come = old - new, new - old
        if not gone and not come:
            return False
        if self.read_only:
            raise StoreError(f"{self.where}: the store is open for reading only")
        merged = [ox.Quad(*_triple(q), _DEFAULT) for q in come if q.graph_name != self._catalog]
        with readable_errors(self.path):
            if not gone:
                self.engine.extend([*come, *merged])
                return True
            lost = {_triple(q) for q in gone if not self._stays(q, gone)}
            steps = [
                _data("DELETE", {ox.Quad(*t, _DEFAULT) for t in lost} | gone),
                *(f"DROP SILENT GRAPH {graph}" for graph in drop),
                _data("INSERT", {*come, *merged}),
            ]
            self.engine.update(" ;\n".join(s for s in steps if s))  # all of it, or nothing
        return True

    def _stays(self, quad: Any, gone: set[Any]) -> bool:
        """Whether an exported graph still holds the triple, so that the merge must keep it."""
        if quad.graph_name == self._catalog:
            return True  # it never was in the merge
        found = self.engine.quads_for_pattern(*_triple(quad), None)
        return any(q not in gone and q.graph_name not in (self._catalog, _DEFAULT) for q in found)

    # --- reading --------------------------------------------------------------------------------

    def query(self, sparql: str, *, base_iri: str | None = None) -> Any:
        """Evaluate SPARQL over the merge of all graphs; pyoxigraph's result.

        The named graphs of GRAPH and FROM are those that are exported: never the catalog. The
        prefixes of ontology/prefixes.yaml are known. Raises SyntaxError as pyoxigraph does;
        what comes from a user goes through :func:`kg.query.run`.
        """
        known = prefixes(self.base)
        seen = dataset(self, sparql, base_iri=base_iri) if self._has_catalog() else None
        if seen is None or seen.whole:
            return self.engine.query(sparql, base_iri=base_iri, prefixes=known)
        return self.engine.query(
            sparql,
            base_iri=base_iri,
            prefixes=known,
            default_graph=seen.default,
            named_graphs=seen.named,
        )

    def _has_catalog(self) -> bool:
        return self.engine.contains_named_graph(self._catalog)

    def triples(
        self, subject: Any, predicate: Any, object: Any, /
    ) -> Iterator[tuple[Any, Any, Any]]:
        """Find triples of the merge, as queries see them."""
        found = self.engine.quads_for_pattern(subject, predicate, object, _DEFAULT)
        return (_triple(quad) for quad in found)

    def quads_for_pattern(
        self, subject: Any, predicate: Any, object: Any, graph_name: Any = None, /
    ) -> Iterator[ox.Quad]:
        """Find exported quads; without a graph, in all named graphs."""
        for quad in self.engine.quads_for_pattern(subject, predicate, object, graph_name):
            if graph_name is not None or quad.graph_name not in (_DEFAULT, self._catalog):
                yield quad

    def notices(self) -> tuple[StoredNotice, ...]:
        """Return all notices by id, then IRI."""
        return tuple(sorted(self._notice(iri) for iri in self._notice_iris()))

    def notice(self, iri: str) -> StoredNotice | None:
        """Return one notice, None if it is not held."""
        return self._notice(iri) if iri in self else None

    def _notice_iris(self) -> Iterator[str]:
        kind = ox.NamedNode(KG.Notice)
        for quad in self.engine.quads_for_pattern(None, ox.NamedNode(RDF.type), kind, _DEFAULT):
            if isinstance(quad.subject, ox.NamedNode):
                yield quad.subject.value

    def _notice(self, iri: str) -> StoredNotice:
        node = ox.NamedNode(iri)

        def first(predicate: str, graph: Any = _DEFAULT) -> str | None:
            found = self.engine.quads_for_pattern(node, ox.NamedNode(predicate), None, graph)
            values = (q.object.value for q in found if not isinstance(q.object, ox.Triple))
            return min(values, default=None)

        return StoredNotice(
            id=first(DCTERMS.identifier) or "",
            iri=iri,
            filename=first(KG.filename) or "",
            sha256=first(KG.sha256) or "",
            encoding=first(KG.encoding) or "",
            title=first(DCTERMS.title),
            published=first(DCTERMS.issued),
            path=first(KG.localPath, self._catalog),
        )

    def __contains__(self, notice: str) -> bool:
        return self.engine.contains_named_graph(ox.NamedNode(notice))

    def graphs(self) -> tuple[str, ...]:
        """Return the names of the exported graphs, sorted: the notices' and the vocabulary's."""
        names = (g.value for g in self.engine.named_graphs())
        return tuple(sorted(name for name in names if name != self._catalog.value))

    def quads(self, *graphs: str) -> Iterator[ox.Quad]:
        """Return the quads of these exported graphs, or of all."""
        for name in sorted(graphs) or self.graphs():
            if name != self._catalog.value:
                yield from self.engine.quads_for_pattern(None, None, None, ox.NamedNode(name))

    def dump(self, *graphs: str) -> bytes:
        """Write these exported graphs, or all, as sorted N-Quads: equal content, equal bytes."""
        lines = sorted(f"{quad} .\n" for quad in self.quads(*graphs))
        return "".join(lines).encode("utf-8")

    def merged(self) -> Iterator[ox.Quad]:
        """Return the triples that queries see, each once, in no graph."""
        return self.engine.quads_for_pattern(None, None, None, _DEFAULT)

    def __len__(self) -> int:
        """Count the triples that queries see."""
        rows: Any = self.engine.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
        (row,) = rows
        return int(row["n"].value)

    def __bool__(self) -> bool:
        """A store that holds nothing is a store."""
        return True


# --- quads ----------------------------------------------------------------------------------------


def _triple(quad: Any) -> Triple:
    return quad.subject, quad.predicate, quad.object


def _parse(nquads: bytes, graph: Any) -> set[Any]:
    quads = set(ox.parse(nquads, format=ox.RdfFormat.N_QUADS))
    astray = next((q for q in quads if q.graph_name != graph), None)
    if astray is not None:
        raise ValueError(f"a quad stands in {astray.graph_name}, not in {graph}")
    return quads


def _data(verb: str, quads: Iterable[Any]) -> str:
    """Write quads as a SPARQL Update step, every term by pyoxigraph's own serialisation."""
    lines = sorted(
        f"{q.subject} {q.predicate} {q.object} ."
        if q.graph_name == _DEFAULT
        else f"GRAPH {q.graph_name} {{ {q.subject} {q.predicate} {q.object} }}"
        for q in quads
    )
    return f"{verb} DATA {{\n" + "\n".join(lines) + "\n}" if lines else ""
