"""What every store can do, and where one is opened: a folder here, a server elsewhere.

``kg.api``, ``kg.query``, ``kg.validate``, ``kg.verify``, ``kg.graph`` and the commands know stores by
this interface alone. ``kg.store.Store`` is the embedded one; another kind needs a class with these
methods and a line in :func:`connect`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Protocol, Self

Change = Literal["added", "changed", "unchanged"]


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


class GraphStore(Protocol):
    """The graphs of many notices: each replaced or removed whole, all of them asked as one.

    Terms are pyoxigraph's, whoever answers. Raises StoreError for what goes wrong with the store.
    """

    base: str
    """What the IRIs of its notices begin with."""

    @property
    def where(self) -> str:
        """What messages call it; never with a password."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...

    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None: ...

    # --- reading

    def query(self, sparql: str, *, base_iri: str | None = None) -> Any:
        """Evaluate SPARQL over the merge of all exported graphs, each triple once.

        Relative IRIs of the query are resolved against ``base_iri``.

        Returns pyoxigraph's QuerySolutions, QueryBoolean or QueryTriples (for a server:
        ``ox.parse_query_results``). The prefixes of ontology/prefixes.yaml are known. Raises
        SyntaxError for what is no SPARQL.
        """
        ...

    def triples(
        self, subject: Any, predicate: Any, object: Any, /
    ) -> Iterator[tuple[Any, Any, Any]]:
        """Find triples of the merge; None matches anything."""
        ...

    def quads_for_pattern(
        self, subject: Any, predicate: Any, object: Any, graph_name: Any = None, /
    ) -> Iterator[Any]:
        """Find quads of exported graphs; without a graph, in all of them."""
        ...

    def graphs(self) -> tuple[str, ...]:
        """Return the names of the exported graphs, sorted: the notices' and the vocabulary's."""
        ...

    def quads(self, *graphs: str) -> Iterator[Any]:
        """Return the quads of these exported graphs, or of all."""
        ...

    def dump(self, *graphs: str) -> bytes:
        """Write these exported graphs, or all, as sorted N-Quads: equal content, equal bytes."""
        ...

    def merged(self) -> Iterator[Any]:
        """Return the triples that queries see, each once, as quads of no graph."""
        ...

    def __len__(self) -> int:
        """Count the triples that queries see."""
        ...

    def __contains__(self, notice: str) -> bool:
        """Whether a graph of this name is held."""
        ...

    def notices(self) -> tuple[StoredNotice, ...]:
        """Return all notices by id, then IRI."""
        ...

    def notice(self, iri: str) -> StoredNotice | None:
        """Return one notice, None if it is not held."""
        ...

    # --- writing

    def replace(
        self, notice: str, nquads: bytes, *, path: str | None = None, state: str | None = None
    ) -> Change:
        """Make a notice's graph hold exactly these N-Quads, all or nothing; what that changed.

        ``path`` and ``state`` are kept where no export and no query sees them. A notice that was
        read from ``path`` before, and from nowhere else, is taken away.
        """
        ...

    def remove(self, notice: str) -> bool:
        """Take a notice's graph away, but what other notices say too; False if it was not there."""
        ...

    def set_vocabulary(self, nquads: bytes) -> bool:
        """Make the vocabulary graph hold exactly these N-Quads; whether anything differed."""
        ...

    def state(self, notice: str, path: str) -> str | None:
        """Return the ``state`` of a notice that was read from ``path``; None where it was not."""
        ...

    def all_paths(self) -> Iterator[str]:
        """Yield where the files of all notices lie."""
        ...

    def remove_path(self, path: str) -> tuple[str, ...]:
        """Take a file's notice away unless it lies elsewhere too; what was taken away."""
        ...

    def read_from(self, path: str) -> tuple[str, ...]:
        """Return the notices that were read from a file."""
        ...


def is_remote(where: Path | str) -> bool:
    """Whether this names a server and not a folder.

    >>> is_remote("https://example.org/sparql"), is_remote("kg-store")
    (True, False)
    """
    return str(where).startswith(("http://", "https://"))


def connect(
    where: Path | str | os.PathLike[str], *, read_only: bool = False, wait: float = 0.0
) -> GraphStore:
    """Open the store that is there; raises StoreError where there is none.

    ``wait``: how many seconds to wait for another process that writes.
    """
    if is_remote(str(where)):
        from kg.remote import RemoteStore

        return RemoteStore.open(str(where), read_only=read_only)
    from kg.store import Store

    return Store.open(Path(where), read_only=read_only, wait=wait)
