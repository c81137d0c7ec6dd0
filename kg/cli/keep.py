"""``kg remove``, ``diff``, ``backup``, ``restore``, ``compact``, ``doctor``: looking after a store."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.common import STORE, StoreOption, WaitOption, as_text, emit, guarded, progress, tell

if TYPE_CHECKING:
    from kg.changes import Change

FromArgument = Annotated[str, typer.Argument(metavar="A", help="A store, an export, or a notice.")]
ToArgument = Annotated[str, typer.Argument(metavar="B", help="What it is compared with.")]


class DiffFormat(StrEnum):
    """What ``kg diff`` writes."""

    text = "text"
    json = "json"


@guarded
def remove(
    names: Annotated[
        list[str],
        typer.Argument(metavar="ID|PATH…", help="Notices by id or IRI, files, or folders."),
    ],
    store: StoreOption = STORE,
    wait: WaitOption = 0.0,
) -> None:
    """Take notices out of the graph; what others say too stays."""
    from kg.keeping import remove as run
    from kg.stores import connect

    with connect(store, wait=wait) as opened:
        gone = run(opened, [as_text(name) for name in names])
    tell(f"{store}: {len(gone)} notice{'' if len(gone) == 1 else 's'} removed")


@guarded
def diff(
    old: FromArgument,
    new: ToArgument,
    format: Annotated[
        DiffFormat, typer.Option("--format", "-f", help="Lines, or one object a change.")
    ] = DiffFormat.text,
) -> None:
    """Show statements that B lost (-) or gained (+) against A, with their sentences."""
    from kg.changes import diff as run

    changes = run(as_text(old), as_text(new))
    write = _as_json if format is DiffFormat.json else _as_text
    emit("".join(map(write, changes)).encode("utf-8", "replace"))
    gained = sum(change.gained for change in changes)
    tell(f"{gained} gained, {len(changes) - gained} lost")


def _as_text(change: Change) -> str:
    from kg.results import safe

    fact = change.fact
    words = (fact.notice, fact.region, fact.relation, fact.what)
    line = f"{'+' if change.gained else '-'} {' '.join(safe(w) for w in words if w)}\n"
    for place in change.places:
        line += f"    {safe(place.quote)}  ({safe(place.file)} {place.start}-{place.end})\n"
    return line


def _as_json(change: Change) -> str:
    fact = change.fact
    said = {
        "change": "gained" if change.gained else "lost",
        "notice": fact.notice or None,
        "region": fact.region or None,
        "relation": fact.relation,
        "what": fact.what,
        "evidence": [
            {"file": p.file, "start": p.start, "end": p.end, "quote": p.quote}
            for p in change.places
        ],
    }
    return json.dumps(said, ensure_ascii=False) + "\n"


@guarded
def backup(
    target: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make.")],
    store: StoreOption = STORE,
) -> None:
    """Copy the store as it is now; building and asking may go on meanwhile."""
    from kg.keeping import backup as run

    _local(store)
    tell(f"{run(store, target)}: a copy of {store}")


@guarded
def restore(
    source: Annotated[Path, typer.Argument(metavar="DIR", help="What kg backup has made.")],
    store: StoreOption = STORE,
    wait: WaitOption = 0.0,
) -> None:
    """Make the store what a backup is; what it held before is gone."""
    from kg.keeping import restore as run

    _local(store)
    run(source, store, wait=wait)
    tell(f"{store}: restored from {source}")


@guarded
def compact(store: StoreOption = STORE, wait: WaitOption = 0.0) -> None:
    """Write the store anew: smaller after many changes, and quicker to ask."""
    from kg.keeping import compact as run

    _local(store)
    before, after = run(store, wait=wait)
    tell(f"{store}: {before:,} bytes before, {after:,} now")


@guarded
def doctor(store: StoreOption = STORE) -> None:
    """Check database, merge, vocabulary, files, quotes, shapes; exit 1 where something is wrong."""
    from kg.doctor import examine

    _local(store)
    sound = True
    with progress("checking") as step:

        def report(check: str, done: int, total: int) -> None:
            if step is not None:
                step(done, total, check)

        for finding in examine(store, progress=report):
            sound = sound and finding.sound
            tell(f"{finding.check}: {'sound' if finding.sound else 'something is wrong'}")
            for item in finding.wrong:
                tell(f"  {item}")
            if finding.more:
                tell(f"  and {finding.more} more")
            if finding.hint:
                tell(f"hint: {finding.hint}")
    if not sound:
        raise typer.Exit(1)


def _local(store: str) -> None:
    """Refuse a server: these commands work on a folder."""
    from kg.errors import StoreError
    from kg.stores import is_remote

    if is_remote(store):
        raise StoreError(
            f"{store}: this works on a folder, not on a server",
            hint="use the server's own means",
        )


COMMANDS = {
    "remove": remove,
    "diff": diff,
    "backup": backup,
    "restore": restore,
    "compact": compact,
    "doctor": doctor,
}
