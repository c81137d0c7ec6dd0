"""``kg build`` and ``kg extract``: from files to the graph, or to records on standard output."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.common import (
    STORE,
    BaseOption,
    StoreOption,
    WaitOption,
    emit,
    fail,
    guarded,
    progress,
    tell,
    tell_error,
)

if TYPE_CHECKING:
    from kg.loading import BuildReport
    from kg.model import Record
    from kg.review.corrections import Corrections

PathsArgument = Annotated[
    list[Path],
    typer.Argument(
        metavar="PATH…", help="Notices, or folders of notices (.txt, .md, .html, .docx, .pdf)."
    ),
]
PlacesArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="PATH…", help="Notices, or folders of notices (.txt, .md, .html, .docx, .pdf)."
    ),
]
CorrectionsOption = Annotated[
    Path | None,
    typer.Option(
        "--corrections",
        envvar="KG_CORRECTIONS",
        metavar="FILE",
        help="A reviewer's corrections (YAML), replayed; by default corrections.yaml in the store.",
    ),
]
_MANY = 5  # names listed one by one in the summary


class RecordFormat(StrEnum):
    """What ``kg extract`` writes."""

    jsonl = "jsonl"
    ttl = "ttl"
    trig = "trig"
    nq = "nq"


@guarded
def build(
    paths: PlacesArgument,
    store: StoreOption = STORE,
    base: BaseOption = None,
    validate: Annotated[
        bool, typer.Option("--validate/--no-validate", help="Refuse what breaks a SHACL shape.")
    ] = True,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", "-j", min=1, metavar="N", help="Processes; as many as cores."),
    ] = None,
    wait: WaitOption = 0.0,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="DIR|URL",
            help="Write files of N-Quads there instead, to load in bulk; no store is made.",
        ),
    ] = None,
    engine: Annotated[
        str, typer.Option(help="What runs it, with --output: local (processes), ray (a cluster).")
    ] = "local",
    address: Annotated[
        str | None,
        typer.Option(metavar="HOST:PORT", help="The cluster; none: one is started here."),
    ] = None,
    corrections: CorrectionsOption = None,
) -> None:
    """Read notices, extract what they demand, and put it into the graph."""
    if output is not None:
        reviewed = _corrections(corrections)
        _write(paths, output, engine, address, base, jobs, validate=validate, corrections=reviewed)
        return
    if engine != "local" or address is not None:
        fail(
            "--engine and --address are of --output",
            hint="kg build PATH… --output DIR --engine ray",
        )
    from kg.loading import build as build_graph
    from kg.processes import default_jobs

    with progress("reading") as step:
        report = build_graph(
            paths,
            store=store,
            base=base,
            validate=validate,
            jobs=jobs or default_jobs(),
            wait=wait,
            corrections=_corrections(corrections, store),
            progress=step,
        )
    _summarise(report)
    if report.failures:
        raise typer.Exit(1)


def _corrections(path: Path | None, store: str | None = None) -> Corrections:
    """Read the corrections that are named, or that lie in the store's folder."""
    from kg.review.corrections import FILE, NONE, read
    from kg.stores import is_remote

    if path is None and store is not None and not is_remote(store):
        beside = Path(store) / FILE
        path = beside if beside.is_file() else None
    return NONE if path is None else read(path)


def _write(
    paths: list[str],
    output: str,
    engine: str,
    address: str | None,
    base: str | None,
    jobs: int | None,
    *,
    validate: bool,
    corrections: Corrections,
) -> None:
    from kg.engines import ENGINES, write
    from kg.processes import default_jobs

    if engine not in ENGINES:
        fail(f"there is no engine '{engine}'", hint=f"known are {', '.join(ENGINES)}")
    with progress("reading") as step:
        written = write(
            paths,
            output,
            engine=engine,
            address=address,
            base=base,
            jobs=jobs or default_jobs(),
            validate=validate,
            corrections=corrections,
            progress=step,
        )
    tell(
        f"{written.folder}: {_of(written.notices, 'notice')}, {_of(written.quads, 'quad')} "
        f"in {_of(written.files, 'file')}"
    )
    if written.failures:
        tell(f"not written: {_of(len(written.failures), 'file')}")
        for failure in written.failures:
            tell(f"error: {failure.reason}")
        raise typer.Exit(1)


def _summarise(report: BuildReport) -> None:
    changed = ", ".join(
        f"{count} {words}"
        for words, count in (
            ("new", report.count("added")),
            ("changed", report.count("changed")),
            ("as before", report.count("unchanged")),
        )
        if count
    )
    tell(
        f"{report.store}: {_of(report.notices, 'notice')}{f' ({changed})' if changed else ''}, "
        f"{_of(len(report.regions), 'region')}, {_of(report.statements, 'statement')}"
    )
    if report.silent:
        tell(f"nothing found in {_some(report.silent)}")
    if report.suspects:
        places = [f"{path} ({count})" for path, count in report.suspects.items()]
        tell(
            f"{_of(sum(report.suspects.values()), 'passage')} suspected of damage "
            f"in {_some(places)}; kg query damage lists them"
        )
    if report.corrections or report.stale:
        tell(f"{_of(report.corrections, 'correction')} replayed")
    for line in report.stale:
        tell(f"correction not replayed: {line}")
    if report.failures:
        tell(f"not stored: {_of(len(report.failures), 'file')}")
    hints: dict[str, None] = {}
    for failure in report.failures:
        tell(f"error: {failure.reason}")
        if failure.hint:
            hints.setdefault(failure.hint)
    for hint in hints:
        tell(f"hint: {hint}")


def _of(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _some(names: list[str]) -> str:
    more = len(names) - _MANY
    return ", ".join(names[:_MANY]) + (f" and {more} more" if more > 0 else "")


@guarded
def extract(
    paths: PathsArgument,
    format: Annotated[
        RecordFormat, typer.Option("--format", "-f", help="Records, or RDF.")
    ] = RecordFormat.jsonl,
    base: BaseOption = None,
    corrections: CorrectionsOption = None,
) -> None:
    """Write what notices say to standard output; no store is made."""
    from kg.errors import InputError
    from kg.pipeline import extract_path
    from kg.read import find
    from kg.vocab import BASE, check_base

    base = check_base(base or BASE)
    replayed = _corrections(corrections)
    files, errors = find(paths)
    collected: list[bytes] = []
    with progress("reading") as step:
        for done, path in enumerate(files):
            if step is not None:
                step(done, len(files), path.name)
            try:
                record = extract_path(path, corrections=replayed)
            except InputError as error:
                errors.append(error)
                continue
            if format in (RecordFormat.jsonl, RecordFormat.nq):
                emit(_line(record, format, base))
            else:
                collected.append(_line(record, format, base))
    if collected:
        from kg.export import render

        emit(render(b"".join(collected), format.value, base=base))
    for problem in errors:
        tell_error(problem)
    if errors:
        raise typer.Exit(1)


def _line(record: Record, format: RecordFormat, base: str) -> bytes:
    if format is RecordFormat.jsonl:
        return (json.dumps(record.to_json(), ensure_ascii=False) + "\n").encode("utf-8")
    from kg.triples import quads

    return quads(record, base=base)


COMMANDS = {"build": build, "extract": extract}
