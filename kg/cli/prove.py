"""``kg validate``, ``kg verify`` and ``kg eval``: whether the graph is well formed, true, right."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.common import (
    STORE,
    StoreOption,
    emit,
    fail,
    guarded,
    progress,
    tell,
    tell_error,
    write_text,
)

if TYPE_CHECKING:
    from kg.evaluate import Evaluation


@guarded
def validate(
    store: StoreOption = STORE,
    as_json: Annotated[bool, typer.Option("--json", help="Write the results as JSON.")] = False,
) -> None:
    """Check the graph against its SHACL shapes; exit code 1 when one is broken."""
    from kg.stores import connect
    from kg.validate import validate as run

    with connect(store, read_only=True) as opened:
        total = len(opened.graphs())
        with progress("checking") as step:
            done = iter(range(total + 1))

            def report(name: str) -> None:
                if step is not None:
                    step(next(done), total, name)

            found = run(opened, base=opened.base, progress=report)
    if as_json:
        lines = [json.dumps(asdict(r), ensure_ascii=False) for r in found.results]
        emit("".join(f"{line}\n" for line in lines).encode("utf-8"))
    else:
        for result in found.results:
            value = f" ({result.value})" if result.value else ""
            where = f"{result.shape} {result.path}".strip()
            line = f"{result.severity}: {where}: {result.message}{value}\n  {result.focus}\n"
            emit(line.encode("utf-8", "backslashreplace"))
    broken = sum(r.severity == "Violation" for r in found.results)
    tell(
        f"{found.graphs} graphs: {'conforms' if not broken else f'{broken} violations'}"
        f"{f', {w} warnings' if (w := len(found.results) - broken) else ''}"
    )
    if not found.conforms:
        raise typer.Exit(1)


@guarded
def verify(store: StoreOption = STORE) -> None:
    """Prove every quote against the raw characters of its file; exit 1 at the first that fails."""
    from kg.stores import connect
    from kg.verify import verify as run

    with connect(store, read_only=True) as opened, progress("proving") as step:
        proven = run(opened, progress=step)
    tell(f"{proven.quotes} quotes of {proven.notices} notices hold")


@guarded
def evaluate(
    gold: Annotated[
        list[Path],
        typer.Argument(
            metavar="GOLD…",
            help="<id>.json beside its <id>.txt, or a .jsonl of passages; files or folders.",
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Write the figures as JSON.")] = False,
    summary: Annotated[
        bool, typer.Option("--summary", help="Leave out the misses and false hits.")
    ] = False,
    phenomena: Annotated[
        bool, typer.Option("--phenomena", help="Also F1 for each thing that is hard.")
    ] = False,
    page: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="Write misses and false hits as a page."),
    ] = None,
    baseline: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Floors of F1; exit 1 where one is not reached."),
    ] = None,
    update: Annotated[
        bool, typer.Option("--update", help="Raise the floors to what was reached.")
    ] = False,
    allow_regression: Annotated[
        bool, typer.Option("--allow-regression", help="With --update: lower them too.")
    ] = False,
    rules: Annotated[
        bool, typer.Option("--rules", help="List cue rows that fire on no or one notice.")
    ] = False,
) -> None:
    """Precision, recall and F1 of each layer against notices that people annotated."""
    from kg.evaluate import as_html, as_text, find_gold
    from kg.evaluate import as_json as to_json
    from kg.evaluate import evaluate as run

    if (update or allow_regression) and baseline is None:
        fail("--update needs --baseline FILE")
    result = run(gold)
    shown = as_text(result, differences=not summary, intervals=True, phenomena=phenomena)
    text = to_json(result) if as_json else shown
    if result.notices or as_json:
        emit((text.rstrip("\n") + "\n").encode("utf-8"))
    if page is not None:
        write_text(page, as_html(result))
        tell(f"{page}: {sum(len(n.differences) for n in result.notices)} differences")
    if rules:
        from kg.evaluate.rules import as_text as rules_text
        from kg.evaluate.rules import fired

        notices = [notice for _, notice in find_gold(gold)[0]]
        emit(("\n" + rules_text(fired(notices), len(result.notices)) + "\n").encode("utf-8"))
    for error in result.errors:
        tell_error(error)
    held = baseline is None or _holds(baseline, result, gold, update, allow_regression)
    if result.errors or not held:
        raise typer.Exit(1)


def _holds(
    path: Path, result: Evaluation, gold: list[Path], update: bool, allow_regression: bool
) -> bool:
    """Compare with the floors, and move them where that is asked for."""
    from kg.evaluate import find_gold
    from kg.evaluate.baseline import Baseline, reached

    now = reached(result, find_gold(gold)[0])
    before = Baseline.read(path)
    if update:
        kept = now if before is None or allow_regression else before.raised(now)
        write_text(path, kept.as_json())
        tell(f"{path}: floors of {len(kept.floors)} layers")
        before = kept
    if before is None:
        tell(f"{path}: no baseline yet; --update makes it")
        return False
    broken = before.broken(now)
    for line in broken:
        tell(f"{path}: {line}")
    return not broken


COMMANDS = {"validate": validate, "verify": verify, "eval": evaluate}
