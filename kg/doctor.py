"""Is a store sound? Its database, the merge that queries see, its files, quotes and shapes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kg.errors import KgError, VerifyError
from kg.folder import DATA, PARTS, read_marker
from kg.snapshot import in_use
from kg.store import Store
from kg.validate import validate
from kg.verify import verify_notice
from kg.vocabulary import vocabulary_quads

_SHOWN = 20  # findings of one check; the rest are counted


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found: nothing, or what is wrong and what to do."""

    check: str
    wrong: tuple[str, ...] = ()
    more: int = 0
    hint: str | None = None

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.wrong


def examine(
    path: Path | str, *, progress: Callable[[str, int, int], None] | None = None
) -> Iterator[Finding]:
    """Check a store, one thing after another; raises StoreError where it cannot be opened.

    ``progress`` is called with the check, how many graphs are done, and how many there are.
    """
    path = Path(path)
    with Store.open(path, read_only=True) as store:

        def tell(check: str, done: int, total: int) -> None:
            if progress is not None:
                progress(check, done, total)

        yield _gather("folder", _folder(path), "the next kg build tidies it up")
        hint = "kg compact writes the merge anew"
        yield _gather("merge", _merge(store, tell), hint)
        yield _gather("vocabulary", _vocabulary(store), "the next kg build renews it")
        yield _gather("files and quotes", _quotes(store, tell), "build again from the files")
        yield _gather("shapes", _shapes(store, tell), "kg validate tells more")


def _gather(check: str, found: Iterator[str], hint: str) -> Finding:
    wrong: list[str] = []
    more = 0
    for item in found:
        if len(wrong) < _SHOWN:
            wrong.append(item)
        else:
            more += 1
    return Finding(check, tuple(wrong), more, hint if wrong else None)


def _folder(path: Path) -> Iterator[str]:
    marker = read_marker(path)
    for inside in sorted(path.iterdir()):
        if inside.name == PARTS:
            yield f"{inside}: left by a build that was broken off; the same build goes on from it"
        elif inside.name.startswith(DATA) and inside.name != marker.data and not in_use(inside):
            yield f"{inside}: a database that is not in use"


def _merge(store: Store, tell: Callable[[str, int, int], None]) -> Iterator[str]:
    """Compare the graphs with their merge, without holding either in memory."""
    names = store.graphs()
    for done, name in enumerate(names):
        tell("merge", done, len(names))
        for quad in store.quads(name):
            if ox.Quad(quad.subject, quad.predicate, quad.object) not in store.engine:
                yield f"{name}: queries do not see {quad.triple}"
    for quad in store.merged():
        held = store.quads_for_pattern(quad.subject, quad.predicate, quad.object)
        if next(held, None) is None:
            yield f"queries see what no notice says: {quad.triple}"


def _vocabulary(store: Store) -> Iterator[str]:
    from kg.vocab import vocabulary_graph

    if store.dump(vocabulary_graph(store.base)) != vocabulary_quads(base=store.base):
        yield "the vocabulary is not that of this kg"


def _quotes(store: Store, tell: Callable[[str, int, int], None]) -> Iterator[str]:
    notices = store.notices()
    for done, notice in enumerate(notices):
        tell("files and quotes", done, len(notices))
        try:
            verify_notice(store, notice)
        except (VerifyError, KgError) as error:
            yield str(error)


def _shapes(store: Store, tell: Callable[[str, int, int], None]) -> Iterator[str]:
    names = store.graphs()
    done = iter(range(len(names) + 1))
    report = validate(
        store, base=store.base, progress=lambda name: tell("shapes", next(done), len(names))
    )
    for result in report.results:
        if result.severity == "Violation":
            where = f"{result.shape} {result.path}".strip()
            yield f"{result.focus}: {where}: {result.message}"
