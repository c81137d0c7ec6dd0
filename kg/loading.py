"""Files -> store: what is new is extracted, in processes if there is much, and put in.

What lies in the store already is known by the hash of the file's bytes and by the program and data
that read it (:func:`kg.partition.fingerprint`); it is not read again. Few notices go in one by one,
each a transaction; many go in bulk, some thousand at a time (:mod:`kg.bulk`).
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from queue import SimpleQueue
from stat import S_ISREG
from typing import TYPE_CHECKING, Protocol

from kg import partition, places, vocab
from kg.errors import StoreError
from kg.folder import PARTS
from kg.partition import Outcome
from kg.processes import here, in_processes
from kg.read import MAX_BYTES, find, notice_id
from kg.review.corrections import NONE, Corrections
from kg.stores import Change, GraphStore, connect, is_remote
from kg.vocab import BASE, check_base, mint, slug

if TYPE_CHECKING:
    from kg.store import Store

Paths = Path | str | Iterable[Path | str]

#: From so many notices on they are loaded in bulk: below, the transactions are faster than making
#: a database (measured: 60 notices a second against 0.4 s and 110 a second).
BULK = 64
#: Notices that go in at once in bulk, so that little is lost when a build is killed, and memory
#: does not grow with the folder.
CHUNK = 2_000
#: Where a bulk load brings more than this share of what the store then holds, its files are merged
#: at the end. Less is left to the engine, so that a store that grows pays for each notice but a few times.
_WORTH_SETTLING = 0.2
#: A process more is started for each so many notices: it takes a second to be ready.
_WORTH = 100


class Progress(Protocol):
    """Told how far a build is."""

    def __call__(self, done: int, total: int, name: str, /) -> None:
        """``done`` files of ``total`` are finished; ``name`` is the next, and what failed so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A file that could not be used, or that broke a shape, and why."""

    path: str
    reason: str
    hint: str | None = None


@dataclass(slots=True, kw_only=True)
class BuildReport:
    """What a build did, file by file and in sum."""

    store: Path | str
    changes: dict[str, Change] = field(default_factory=dict)
    """Path of each file that is now in the store, and whether it was added, changed or known."""
    regions: set[str] = field(default_factory=set)
    """Names of the regions that these notices are of."""
    statements: int = 0
    silent: list[str] = field(default_factory=list)
    """Paths of notices that produced no statement."""
    suspects: dict[str, int] = field(default_factory=dict)
    """Passages suspected of damage, by path."""
    corrections: int = 0
    """A reviewer's corrections that were replayed on these notices."""
    stale: list[str] = field(default_factory=list)
    """Corrections that changed nothing any more, and why."""
    failures: list[Failure] = field(default_factory=list)
    """What is not in the store: files that could not be read, notices that break a shape."""

    @property
    def notices(self) -> int:
        """How many notices of these paths the store now holds."""
        return len(self.changes)

    def count(self, change: Change) -> int:
        """Count the notices that were added, changed or unchanged."""
        return sum(1 for c in self.changes.values() if c == change)

    def note(self, outcome: Outcome, change: Change | None) -> None:
        """Take down what became of one file; None where it is not in the store."""
        if outcome.failure is not None or change is None:
            reason = outcome.failure or "nothing came of it"
            self.failures.append(Failure(path=outcome.path, reason=reason, hint=outcome.hint))
            return
        self.changes[outcome.path] = change
        self.regions.update(outcome.regions)
        self.statements += outcome.statements
        if not outcome.statements:
            self.silent.append(outcome.path)
        self.corrections += outcome.corrections
        self.stale += outcome.stale
        if outcome.suspects:
            self.suspects[outcome.path] = outcome.suspects


def build(
    paths: Paths,
    *,
    store: Path | str = "kg-store",
    base: str | None = None,
    validate: bool = True,
    jobs: int = 1,
    wait: float = 0.0,
    corrections: Corrections = NONE,
    progress: Progress | None = None,
) -> BuildReport:
    """Read files and folders, extract, validate, and put each notice into a store on disk.

    A file that cannot be used does not stop the others: the report has it under ``failures``. With
    ``validate`` a notice that breaks a shape is not stored either. The store is made when the
    first notice is good; ``base`` (of minted IRIs) is settled then. ``jobs`` processes extract
    (a script that asks for more than one needs the usual ``if __name__ == "__main__"``); ``wait``
    is how many seconds to wait for another process that writes; ``corrections`` are replayed on what is
    extracted (:func:`kg.review.corrections.read`), and notices that they concern are read again
    where they changed. Raises StoreError.
    """
    report = BuildReport(store=store if is_remote(store) else Path(store))
    if base is not None:
        check_base(base)
    with _Target(store, base, wait=wait) as target:
        files, errors = find([paths] if isinstance(paths, (str, Path)) else paths)
        report.failures += [Failure(path="", reason=str(e), hint=e.hint) for e in errors]
        _Build(
            files,
            report,
            target,
            validate=validate,
            jobs=jobs,
            corrections=corrections,
            progress=progress,
        ).run()
    return report


class _Target:
    """A store that is made when first written to, so that a build of nothing leaves nothing."""

    def __init__(self, where: Path | str, base: str | None, *, wait: float) -> None:
        self.where = where
        self._wait = wait
        self.store: GraphStore | None = None
        if _exists(where):
            self.store = connect(where, wait=wait)
            if base not in (None, self.store.base):
                held = self.store.base
                self.store.close()
                raise StoreError(
                    f"{where}: its IRIs begin with {held}, not {base}",
                    hint="leave --base out, or build into another --store",
                )
        self.base = base or BASE if self.store is None else self.store.base
        self.made = self.store is None

    def _vocabulary(self) -> bytes:
        from kg.vocabulary import vocabulary_quads

        return vocabulary_quads(base=self.base)

    def __enter__(self) -> _Target:
        if self.store is not None:
            try:
                self.store.set_vocabulary(self._vocabulary())
            except BaseException:
                self.store.close()
                raise
        return self

    def get(self) -> GraphStore:
        if self.store is None and is_remote(self.where):
            from kg.remote import RemoteStore

            vocabulary = self._vocabulary()
            self.store = RemoteStore.create(self.where, base=self.base, vocabulary=vocabulary)
        if self.store is None:
            from kg.store import Store

            self.store = Store.create(
                self.where, base=self.base, vocabulary=self._vocabulary(), wait=self._wait
            )
        return self.store

    def __exit__(self, *_: object) -> None:
        if self.store is not None:
            self.store.close()


def _exists(where: Path | str) -> bool:
    """Whether there is a store to go on with."""
    if is_remote(where):
        from kg.remote import RemoteStore

        return RemoteStore.exists(where)
    from kg.store import Store

    return Store.exists(where)


class _Build:
    """One run of :func:`build`."""

    def __init__(
        self,
        files: Sequence[Path],
        report: BuildReport,
        target: _Target,
        *,
        validate: bool,
        jobs: int,
        corrections: Corrections,
        progress: Progress | None,
    ) -> None:
        self.files = files
        self.report = report
        self.target = target
        self.validate = validate
        self.jobs = max(1, jobs)
        self.corrections = corrections
        self.progress = progress
        self.done = 0

    def run(self) -> None:
        """Take in every file."""
        todo = [path for path in self.files if not self._known(path)]
        if not self.files:
            self._tell("")
        from kg.store import Store

        local = not is_remote(self.target.where)
        if local and len(todo) >= BULK:
            store = self.target.get()
            assert isinstance(store, Store)
            self._in_bulk(store, todo)
            if self.target.made and not self.report.changes:
                self._unmake(store)
        else:
            for outcome, nquads in self._extracted(todo):
                self._one(outcome, nquads)
            if local and self.target.store is not None:  # of one killed when all was loaded
                shutil.rmtree(Path(self.target.where) / PARTS, ignore_errors=True)
        self._tell("")

    def _tell(self, name: str) -> None:
        if self.progress is not None:
            if self.report.failures:
                name = f"{name} (failures: {len(self.report.failures)})".lstrip()
            self.progress(self.done, len(self.files), name)

    # --- what is there already --------------------------------------------------------------------

    def _known(self, path: Path) -> bool:
        """Whether a file is in the store as it is, read by this program; then it is noted."""
        store = self.target.store
        if store is None:
            return False
        hashed = _hash(path)
        if hashed is None:
            return False
        stem = slug(notice_id(path)) or "notice"
        notice = mint("notice", f"{stem}-{hashed[: vocab.HASH]}", base=self.target.base)
        said = store.state(notice, places.resolved(str(path)))
        try:
            known = json.loads(said) if said else {}
            if known.get("by") != partition.fingerprint():
                return False
            if known.get("corrected", "") != self.corrections.key(notice_id(path)):
                return False
            outcome = Outcome(
                path=str(path),
                notice=notice,
                regions=tuple(known["regions"]),
                statements=int(known["statements"]),
                suspects=int(known["suspects"]),
                corrections=int(known.get("corrections", 0)),
                stale=tuple(known.get("stale", ())),
            )
        except (ValueError, KeyError, TypeError):
            return False
        self._tell(path.name)
        self.report.note(outcome, "unchanged")
        self.done += 1
        return True

    # --- extraction -------------------------------------------------------------------------------

    def _extracted(self, todo: Sequence[Path]) -> Iterator[tuple[Outcome, bytes]]:
        """Yield what becomes of each file, in their order, one at a time."""
        for path in todo:
            self._tell(path.name)
            yield partition.process_one(
                str(path),
                base=self.target.base,
                validate=self.validate,
                corrections=self.corrections,
            )
            self.done += 1

    def _one(self, outcome: Outcome, nquads: bytes) -> None:
        if outcome.notice is None:
            self.report.note(outcome, None)
            return
        change = self.target.get().replace(
            outcome.notice, nquads, path=places.resolved(outcome.path), state=outcome.state()
        )
        self.report.note(outcome, change)

    # --- many -------------------------------------------------------------------------------------

    def _in_bulk(self, store: Store, todo: Sequence[Path]) -> None:
        """Extract partitions, and load them by the thousand meanwhile.

        Into a new store each goes as soon as it is there; where something may have to go, it must be
        known first of all notices that come in its place.
        """
        folder = Path(self.target.where) / PARTS
        made = self._partitions(todo, str(folder))
        with ThreadPoolExecutor(1) as loader:
            if self.target.made:
                self._as_they_come(loader, store, made)
            else:
                self._in_chunks(loader, store, made)
        shutil.rmtree(folder, ignore_errors=True)
        from kg import bulk

        brought = self.report.notices - self.report.count("unchanged")
        if brought > _WORTH_SETTLING * sum(1 for _ in store.engine.named_graphs()):
            bulk.settle(store)

    def _as_they_come(self, loader: Executor, store: Store, made: Iterator[str]) -> None:
        from kg import chunks

        before: Future[list[tuple[Outcome, Change]]] | None = None
        for first in made:
            feed: SimpleQueue[str | BaseException | None] = SimpleQueue()
            loading = loader.submit(chunks.load_new, store, iter(partial(_next, feed), None))
            try:
                feed.put(first)
                for place in islice(made, _per_chunk() - 1):
                    feed.put(place)
                    if loading.done():  # it has failed: no use to extract more
                        self._settle(loading)
                self._settle(before)
            except BaseException as error:
                feed.put(error)  # nothing of this chunk is stored
                raise
            feed.put(None)
            before = loading
        self._settle(before)

    def _in_chunks(self, loader: Executor, store: Store, made: Iterator[str]) -> None:
        from kg import chunks

        loading: Future[list[tuple[Outcome, Change]]] | None = None
        while chunk := list(islice(made, _per_chunk())):
            self._settle(loading)
            loading = loader.submit(chunks.load_all, store, chunk)
        self._settle(loading)

    def _settle(self, loading: Future[list[tuple[Outcome, Change]]] | None) -> None:
        """Wait until a chunk is in the store, and take down what became of its notices."""
        for outcome, change in loading.result() if loading is not None else ():
            self.report.note(outcome, change)

    def _partitions(self, todo: Sequence[Path], folder: str) -> Iterator[str]:
        """Yield the places of the partitions, in order, each as soon as it is extracted."""
        places.make_folder(folder)
        parts = list(partition.partitions(map(str, todo)))
        jobs = min(self.jobs, max(1, len(todo) // _WORTH))
        made = in_processes if jobs > 1 else here
        places_ = made(
            parts,
            jobs=jobs,
            folder=folder,
            base=self.target.base,
            validate=self.validate,
            corrections=self.corrections,
        )
        self._tell(todo[0].name)
        for part, place in zip(parts, places_, strict=True):
            known = partition.manifest(place)
            for outcome in known.outcomes:
                if outcome.notice is None:
                    self.report.note(outcome, None)
            self.done += len(part)
            self._tell(Path(part[-1]).name)
            yield place

    def _unmake(self, store: Store) -> None:
        """Remove a store that was made for a build of which nothing came."""
        store.close()
        self.target.store = None
        shutil.rmtree(self.target.where, ignore_errors=True)


def _per_chunk() -> int:
    """How many partitions go in at once."""
    return max(1, CHUNK // partition.SIZE)


def _next(feed: SimpleQueue[str | BaseException | None]) -> str | None:
    """Wait for what comes next; raises what went wrong where it is made."""
    found = feed.get()
    if isinstance(found, BaseException):
        raise StoreError("the build was broken off") from found
    return found


def _hash(path: Path) -> str | None:
    """Hash a file's bytes; None where it cannot be read, or is none that kg.read would take."""
    try:
        about = path.stat()
        if not S_ISREG(about.st_mode) or about.st_size > MAX_BYTES:
            return None
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None
