"""What kg does, as functions: extract a notice, build a store, open it and ask.

The command line is a thin layer over this; what one can do there, one can do here.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.loading import BuildReport, Failure, build
from kg.model import Notice, Record
from kg.query import NamedQuery, named, run
from kg.results import Answer
from kg.stores import GraphStore, StoredNotice, connect

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd
    import rdflib

    from kg.question.reply import Reply
    from kg.validate import Report
    from kg.verify import Verified

__all__ = ["BuildReport", "Failure", "Graph", "build", "extract", "open"]

#: Where the command line and the functions keep the graph unless told otherwise.
STORE = "kg-store"


def extract(source: Notice | Path | str) -> Record:
    """Find what a notice says, with the place in the raw file that says it.

    ``source`` is a notice, a path, or a text. A string that names a file is a path. Raises
    InputError for what is no Chinese text.

    >>> record = extract("湖南省政府召开全省安全生产会议。会议要求，要狠抓尾矿库安全。")
    >>> record.id
    'text'
    """
    from kg.pipeline import extract as run_pipeline
    from kg.read import read_path, read_text

    if isinstance(source, Notice):
        return run_pipeline(source)
    if isinstance(source, Path) or _names_file(source):
        return run_pipeline(read_path(Path(source)))
    return run_pipeline(read_text(source))


def _names_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except (OSError, ValueError):  # too long for a name, or a NUL in it: a text
        return False


# --- asking ---------------------------------------------------------------------------------------


def open(store: Path | str = STORE) -> Graph:
    """Open a store for reading; raises StoreError where there is none.

    The example builds a graph, asks, and shows one row; ``with`` closes the store.

    >>> import tempfile, kg
    >>> from kg.data import SEEDS
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     report = kg.build(SEEDS, store=folder)
    ...     with kg.open(folder) as graph:
    ...         answer = graph.query("regions-stressing", hazard="尾矿库")
    >>> answer.rows[0]["region"]
    '黑龙江省'
    """
    return Graph(connect(store, read_only=True))


class Graph:
    """An open store: ask it, hand it to rdflib or networkx, export, view, validate, verify it."""

    def __init__(self, store: GraphStore) -> None:
        self.store = store

    def close(self) -> None:
        """Let go of the store."""
        self.store.close()

    def __enter__(self) -> Graph:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __len__(self) -> int:
        """Count the triples, each once, however many notices say it."""
        return len(self.store)

    @property
    def notices(self) -> tuple[StoredNotice, ...]:
        """The notices that it holds, by id."""
        return self.store.notices()

    @property
    def queries(self) -> tuple[NamedQuery, ...]:
        """The named queries that it can be asked."""
        return named()

    def query(self, query: str, /, **parameters: object) -> Answer:
        """Answer a named query or SPARQL text; parameters as :mod:`kg.parameters` reads them.

        The answer's ``rows`` are dicts of plain values. Raises QueryError.
        """
        answer = run(self.store, query, parameters)
        _ = answer.terms  # read while the store is open
        return answer

    def ask(self, question: str, *, limit: int | None = 200) -> Reply:
        """Answer a question in plain words, Chinese or English; see :func:`kg.ask`."""
        from kg.question.answer import ask

        return ask(question, store=self.store, limit=limit)

    def to_rdflib(self) -> rdflib.Graph:
        """Copy all triples into an rdflib graph with the prefixes bound."""
        import rdflib

        from kg.vocab import bind

        graph = rdflib.Graph()
        bind(graph, self.store.base)
        lines = sorted(f"{q.subject} {q.predicate} {q.object} .\n" for q in self.store.merged())
        return graph.parse(data="".join(lines), format="nt")

    def to_pandas(self) -> pd.DataFrame:
        """Make a pandas table with a row a statement, as ``kg export -f csv``; extra ``pandas``."""
        import io

        from kg.export import render
        from kg.table import needs

        pandas = needs("pandas", "pandas")
        data = render(self.store, "csv")
        frame: pd.DataFrame = pandas.read_csv(
            io.BytesIO(data),
            encoding="utf-8-sig",
            dtype={"region_code": str},
            keep_default_na=False,
        )
        return frame

    def to_networkx(
        self,
        *,
        region: str | None = None,
        hazard: str | None = None,
        notice: str | None = None,
        obligations: bool = False,
    ) -> nx.MultiDiGraph:
        """Return who stresses, invokes, orders, runs, held what: :func:`kg.graph.to_networkx`."""
        from kg.graph import to_networkx

        return to_networkx(
            self.store,
            region=self._iri("region", region),
            hazard=self._iri("hazard", hazard),
            notice=self._iri("notice", notice),
            obligations=obligations,
        )

    def view(
        self,
        path: Path | str,
        *,
        region: str | None = None,
        hazard: str | None = None,
        query: str | None = None,
        parameters: Mapping[str, object] | None = None,
        **options: Any,
    ) -> nx.MultiDiGraph:
        """Write an interactive page of the graph, or of a part of it; see :func:`kg.view.view`.

        ``query`` (a name or SPARQL) restricts it to what stands in the answer's rows.
        """
        import pyoxigraph as ox

        from kg.view import view

        iris: list[str] | None = None
        if query is not None:
            answer = run(self.store, query, parameters)
            iris = [t.value for row in answer.terms for t in row if isinstance(t, ox.NamedNode)]
        return view(
            self.store,
            path,
            region=self._iri("region", region),
            hazard=self._iri("hazard", hazard),
            query=iris,
            **options,
        )

    def export(
        self, path: Path | str, *, format: str | None = None, notice: str | None = None
    ) -> Path:
        """Write the graph, or one notice's, to a file; the format is guessed from its name."""
        from kg.export import export

        return export(self.store, path, format=format, notice=self._iri("notice", notice))

    def validate(self) -> Report:
        """Check every notice against the SHACL shapes of ontology/shapes.ttl."""
        from kg.validate import validate

        return validate(self.store, base=self.store.base)

    def verify(self) -> Verified:
        """Prove every quote against its file; VerifyError at the first that does not hold."""
        from kg.verify import verify

        return verify(self.store)

    def _iri(self, kind: str, value: str | None) -> str | None:
        """Turn what a person calls a thing into its IRI."""
        from kg.parameters import resolve_one

        return None if value is None else resolve_one(kind, value, store=self.store)


def ask(
    question: str, *, store: GraphStore | Graph | Path | str = STORE, limit: int | None = 200
) -> Reply:
    """Answer a question in plain words, Chinese (either script) or English.

    Nothing is guessed: a question with a word that is not understood, or with two readings, has
    ``answer`` None, the reason in ``why`` and questions that can be answered in ``nearest``. The
    reply knows its query, SPARQL, rows and evidence; Jupyter shows it as a table. The answer is whole;
    of the passages that prove it at most ``limit`` are given (None: all). An open store or
    :class:`Graph` saves opening a folder for each question. Raises StoreError where there is none.

    >>> import tempfile, kg
    >>> from kg.data import SEEDS
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     report = kg.build(SEEDS, store=folder)
    ...     with kg.open(folder) as graph:
    ...         reply = kg.ask("Which regions stressed tailing ponds?", store=graph)
    ...         refused = kg.ask("Which regions stressed love?", store=graph)
    >>> reply.answer, reply.evidence[0].quote, refused.why
    (('黑龙江省',), '狠抓尾矿库安全风险防范', "not understood: 'love'")
    """
    from kg.question.answer import ask

    if isinstance(store, Graph):
        return store.ask(question, limit=limit)
    if not isinstance(store, (str, Path)):
        return ask(question, store=store, limit=limit)
    with connect(store, read_only=True) as opened:
        return ask(question, store=opened, limit=limit)
