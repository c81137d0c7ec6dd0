"""``kg validate``, ``kg verify`` and ``kg eval``: whether the graph is well formed, true, right."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from kg.cli.common import STORE, StoreOption, emit, guarded, progress, tell, tell_error


@guarded
def validate(
    store: StoreOption = STORE,
    as_json: Annotated[bool, typer.Option("--json", help="Write the results as JSON.")] = False,
) -> None:
    """Check the graph against its SHACL shapes; exit code 1 when one is broken."""
    from kg.store import Store
    from kg.validate import validate as run

    with Store.open(store, read_only=True) as opened:
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
    from kg.store import Store
    from kg.verify import verify as run

    with Store.open(store, read_only=True) as opened, progress("proving") as step:
        proven = run(opened, progress=step)
    tell(f"{proven.quotes} quotes of {proven.notices} notices hold")


@guarded
def evaluate(
    gold: Annotated[
        list[Path],
        typer.Argument(metavar="GOLD…", help="<id>.json beside its <id>.txt; files or folders."),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Write the figures as JSON.")] = False,
    summary: Annotated[
        bool, typer.Option("--summary", help="Leave out the misses and false hits.")
    ] = False,
) -> None:
    """Precision, recall and F1 of each layer against notices that people annotated."""
    from kg.evaluate import as_json as to_json
    from kg.evaluate import as_text
    from kg.evaluate import evaluate as run

    result = run(gold)
    text = to_json(result) if as_json else as_text(result, differences=not summary)
    if result.notices or as_json:
        emit((text.rstrip("\n") + "\n").encode("utf-8"))
    for error in result.errors:
        tell_error(error)
    if result.errors:
        raise typer.Exit(1)


COMMANDS = {"validate": validate, "verify": verify, "eval": evaluate}
