"""N-Quads on disk: a folder that holds the graphs of many notices, each replaced or removed whole.

A store is a folder with ``kg-store.json`` (format, base IRI) and ``rdf/``, a pyoxigraph database:

* one named graph a notice, and one for the vocabulary: what is exported;
* the default graph: the merge of all of them, each triple once, kept exact with every change.
  Queries run on it: pyoxigraph's own union repeats a triple for every graph that has it
  (docs/decisions/0020);
* the catalog graph: where each notice's file lies on this machine. Never merged, never exported.

Opened read-only a store is a snapshot that any number of readers share; one process writes.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pyoxigraph as ox

from kg.errors import StoreError
from kg.folder import (
    DATA,
    is_store,
    read_marker,
    readable_errors,
    refuse_other,
    snapshot,
    write_marker,
)
from kg.vocab import BASE, DCTERMS, KG, RDF, catalog_graph, check_base, prefixes, vocabulary_graph

_DEFAULT = ox.DefaultGraph()

Change = Literal["added", "changed", "unchanged"]
Triple = tuple[Any, Any, Any]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class StoredNotice:
    """What a store knows of a notice's file."""

    id: str
    iri: str
    filename: str = ""
    sha256: str = ""
    encoding: str = ""
    title: str | None = None
    published: str | None = None
    path: str | None = None
    """Where the file lay when it was stored; None for a text that was no file."""


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
        self, engine: ox.Store, *, base: str, path: Path | None = None, read_only: bool = False
    ) -> None:
        self._engine: ox.Store | None = engine
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
    def create(cls, path: Path | str, *, base: str = BASE, vocabulary: bytes = b"") -> Store:
        """Make a store on disk and open it for writing.

        The folder appears complete or not at all: it is filled under another name, then renamed.
        Raises StoreError where something is in the way or the folder cannot be written.
        """
        path, base = Path(path), check_base(base)
        if is_store(path):
            raise StoreError(f"{path}: there is a store already", hint="open it, or remove it")
        refuse_other(path)
        fresh = path.absolute().parent / f".{path.name}.{os.getpid()}.new"
        with readable_errors(path):
            try:
                fresh.mkdir(parents=True)
                new = cls(ox.Store(fresh / DATA), base=base, path=fresh)
                if vocabulary:
                    new.set_vocabulary(vocabulary)
                new.close()
                write_marker(fresh, base=base)
                with suppress(OSError):
                    path.rmdir()  # an empty folder is no obstacle
                fresh.rename(path)
            finally:
                shutil.rmtree(fresh, ignore_errors=True)
        return cls.open(path)

    @classmethod
    def open(cls, path: Path | str, *, read_only: bool = False) -> Store:
        """Open a store on disk; raises StoreError, which tells what is there instead."""
        path = Path(path)
        base = read_marker(path)
        with readable_errors(path):
            engine = snapshot(path) if read_only else ox.Store(path / DATA)
        return cls(engine, base=base, path=path, read_only=read_only)

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
        if self._engine is not None and self.path is not None and not self.read_only:
            with readable_errors(self.path):
                self._engine.flush()
        self._engine = None

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def engine(self) -> ox.Store:
        """The pyoxigraph store; raises StoreError when closed."""
        if self._engine is None:
            raise StoreError(f"{self._where}: the store is closed")
        return self._engine

    @property
    def _where(self) -> str:
        return str(self.path or "<memory>")

    # --- writing --------------------------------------------------------------------------------

    def replace(self, notice: str, nquads: bytes, *, path: str | None = None) -> Change:
        """Make a notice's graph hold exactly these N-Quads, in one transaction.

        ``path`` is where its file lies, for :mod:`kg.verify`; a notice that was read from there
        before, when the file had other content, is taken away. Every quad must stand in the
        notice's graph. Returns what happened; nothing is written where nothing differs.
        """
        graph = ox.NamedNode(notice)
        said, place = _parse(nquads, graph), ox.NamedNode(KG.localPath)
        held = self._held(graph)
        old, new = held | self._local(graph), said
        drop = []
        if path is not None:
            before = self.engine.quads_for_pattern(None, place, ox.Literal(path), self._catalog)
            drop = [q.subject for q in before if q.subject != graph]
            old = old.union(*(self._held(g) | self._local(g) for g in drop))
            new = said | {ox.Quad(graph, place, ox.Literal(path), self._catalog)}
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
            raise StoreError(f"{self._where}: the store is open for reading only")
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

    def query(self, sparql: str) -> Any:
        """Evaluate SPARQL over the merge of all graphs; pyoxigraph's result.

        The prefixes of ontology/prefixes.yaml are known. Raises SyntaxError as pyoxigraph does;
        what comes from a user goes through :func:`kg.query.run`.
        """
        return self.engine.query(sparql, prefixes=prefixes(self.base))

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
        return sum(1 for _ in self.merged())


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
