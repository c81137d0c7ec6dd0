"""What kg does, as functions: extract a notice, build a store, open it and ask.

The command line is a thin layer over this; what one can do there, one can do here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import InputError, KgError, StoreError
from kg.model import Notice, Record
from kg.query import NamedQuery, named, run
from kg.results import Answer
from kg.store import Change, Store, StoredNotice
from kg.vocab import BASE, check_base

if TYPE_CHECKING:
    import networkx as nx
    import rdflib

    from kg.validate import Report
    from kg.verify import Verified

#: Where the command line and the functions keep the graph unless told otherwise.
STORE = "kg-store"

Paths = Path | str | Iterable[Path | str]
Progress = Callable[[int, int, str], None]
"""Called with how many files are done, how many there are, and the name of the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A file that could not be used, or that broke a shape, and why."""

    path: str
    reason: str
    hint: str | None = None


@dataclass(slots=True, kw_only=True)
class BuildReport:
    """What a build did, file by file and in sum."""

    store: Path
    changes: dict[str, Change] = field(default_factory=dict)
    """Path of each file that is now in the store, and whether it was added, changed or known."""
    regions: set[str] = field(default_factory=set)
    """Names of the regions that these notices are of."""
    statements: int = 0
    silent: list[str] = field(default_factory=list)
    """Paths of notices that produced no statement."""
    suspects: dict[str, int] = field(default_factory=dict)
    """Passages suspected of damage, by path."""
    failures: list[Failure] = field(default_factory=list)
    """What is not in the store: files that could not be read, notices that break a shape."""

    @property
    def notices(self) -> int:
        """How many notices of these paths the store now holds."""
        return len(self.changes)

    def count(self, change: Change) -> int:
        """Count the notices that were added, changed or unchanged."""
        return sum(1 for c in self.changes.values() if c == change)


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


def build(
    paths: Paths,
    *,
    store: Path | str = STORE,
    base: str | None = None,
    validate: bool = True,
    progress: Progress | None = None,
) -> BuildReport:
    """Read files and folders, extract, validate, and put each notice into a store on disk.

    A file that cannot be used does not stop the others: the report has it under ``failures``. With
    ``validate`` a notice that breaks a shape is not stored either. The store is made when the
    first notice is good; ``base`` (of minted IRIs) is settled then. Raises StoreError.
    """
    from kg.read import find

    report = BuildReport(store=Path(store))
    if base is not None:
        check_base(base)
    existing = Store.open(store) if Store.exists(store) else None
    try:
        if existing is not None and base not in (None, existing.base):
            raise StoreError(
                f"{store}: its IRIs begin with {existing.base}, not {base}",
                hint="leave --base out, or build into another --store",
            )
        files, errors = find([paths] if isinstance(paths, (str, Path)) else paths)
        report.failures += [Failure(path="", reason=str(e), hint=e.hint) for e in errors]
        opened = _Lazy(existing, Path(store), base or (existing.base if existing else BASE))
        existing = None
        with opened:
            for done, path in enumerate(files):
                if progress is not None:
                    progress(done, len(files), path.name)
                _add(path, report, opened, validate=validate)
            if progress is not None:
                progress(len(files), len(files), "")
    finally:
        if existing is not None:
            existing.close()
    return report


class _Lazy:
    """A store that is made when first written to, so that a build of nothing leaves nothing."""

    def __init__(self, store: Store | None, path: Path, base: str) -> None:
        self._store = store
        self._path = path
        self.base = base
        if store is not None:
            store.set_vocabulary(self._vocabulary())

    def _vocabulary(self) -> bytes:
        from kg.vocabulary import vocabulary_quads

        return vocabulary_quads(base=self.base)

    def get(self) -> Store:
        if self._store is None:
            vocabulary = self._vocabulary()
            self._store = Store.create(self._path, base=self.base, vocabulary=vocabulary)
        return self._store

    def __enter__(self) -> _Lazy:
        return self

    def __exit__(self, *_: object) -> None:
        if self._store is not None:
            self._store.close()


def _add(path: Path, report: BuildReport, store: _Lazy, *, validate: bool) -> None:
    """Put one file into the store, or say in the report why not."""
    from kg.pipeline import extract_path
    from kg.triples import notice_iri, quads

    try:
        record = extract_path(path)
        nquads = quads(record, base=store.base)
        if validate:
            _refuse_broken(path, nquads, store.base)
    except InputError as error:
        report.failures.append(Failure(path=str(path), reason=str(error), hint=error.hint))
        return
    except (KgError, ImportError):
        raise  # our own data files, or the installation: no other notice would fare better
    except Exception as error:  # one notice must not cost a folder of others
        reason = f"{path}: kg failed on it: {type(error).__name__}: {error}"
        hint = "this is a defect of kg; please report it with the notice"
        report.failures.append(Failure(path=str(path), reason=reason, hint=hint))
        return
    if record.notice is None:
        raise ValueError("a record of a file without its notice")
    iri = notice_iri(record.notice, base=store.base)
    report.changes[str(path)] = store.get().replace(iri, nquads, path=str(path.resolve()))
    report.regions |= {region.name for region in record.regions}
    report.statements += record.statements
    if not record.statements:
        report.silent.append(str(path))
    if record.suspects:
        report.suspects[str(path)] = len(record.suspects)


def _refuse_broken(path: Path, nquads: bytes, base: str) -> None:
    from kg.validate import validate

    broken = [r for r in validate(nquads, base=base).results if r.severity == "Violation"]
    if broken:
        first = broken[0]
        more = f" (and {len(broken) - 1} more)" if len(broken) > 1 else ""
        where = f"{first.shape} {first.path}".strip()
        raise InputError(
            f"{path}: what it gives breaks a shape: {where}: {first.message}{more}",
            hint="kg build --no-validate stores it all the same",
        )


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
    return Graph(Store.open(store, read_only=True))


class Graph:
    """An open store: ask it, hand it to rdflib or networkx, export, view, validate, verify it."""

    def __init__(self, store: Store) -> None:
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

    def to_rdflib(self) -> rdflib.Graph:
        """Copy all triples into an rdflib graph with the prefixes bound."""
        import rdflib

        from kg.vocab import bind

        graph = rdflib.Graph()
        bind(graph, self.store.base)
        lines = sorted(f"{q.subject} {q.predicate} {q.object} .\n" for q in self.store.merged())
        return graph.parse(data="".join(lines), format="nt")

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
