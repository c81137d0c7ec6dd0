"""``kg repair``: a damaged page restored, as text, as a difference, or as a list of receipts."""

from __future__ import annotations

import json
from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from kg.cli.common import emit, fail, guarded, output, tell, write_text

if TYPE_CHECKING:
    from kg.model import Edit, Notice, Repaired

_AROUND = 12  # characters of context beside a change


class ReportFormat(StrEnum):
    """What ``kg repair --report`` writes."""

    text = "text"
    json = "json"


@guarded
def repair(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A notice.")],
    diff: Annotated[bool, typer.Option("--diff", help="Show each change in its place.")] = False,
    report: Annotated[
        bool, typer.Option("--report", help="List every change, and what decided it.")
    ] = False,
    format: Annotated[
        ReportFormat, typer.Option("--format", "-f", help="Of the report.")
    ] = ReportFormat.text,
    target: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the restored text there.")
    ] = None,
) -> None:
    """Restore a damaged page; what is only suspected is listed and left as it is."""
    if diff and report:
        fail("--diff or --report, not both")
    from kg.model import EditKind
    from kg.read import read_path
    from kg.repair import repair as restore

    notice = read_path(file)
    restored = restore(notice)
    if report:
        emit(_report(restored, format).encode("utf-8"))
    elif diff:
        _show(notice, restored)
    elif target is None:
        emit((restored.text.rstrip("\n") + "\n").encode("utf-8"))
    if target is not None:
        write_text(target, restored.text)
    counts = Counter(edit.kind for edit in restored.edits)
    done = ", ".join(f"{counts[kind]} {kind}" for kind in get_args(EditKind) if counts[kind])
    tell(f"{done or 'nothing'} restored, {len(restored.suspects)} passages suspected")


def _report(restored: Repaired, format: ReportFormat) -> str:
    edits = sorted([*restored.edits, *restored.suspects], key=lambda e: (e.start, e.end))
    if format is ReportFormat.json:
        return "".join(json.dumps(_as_json(e), ensure_ascii=False) + "\n" for e in edits)
    return "".join(_line(e) for e in edits)


def _as_json(edit: Edit) -> dict[str, object]:
    return {
        "start": edit.start,
        "end": edit.end,
        "before": edit.before,
        "after": edit.after,
        "kind": edit.kind,
        "applied": edit.applied,
        "reproduced": edit.reproduced,
        "evidence": edit.evidence,
    }


def _line(edit: Edit) -> str:
    from kg.results import safe

    state = edit.kind if edit.applied else "suspect"
    proof = {True: "reproduced", False: "not reproduced", None: ""}[edit.reproduced]
    cells = (safe(edit.before), safe(edit.after), safe(edit.evidence), proof)
    return "\t".join((f"{edit.start}-{edit.end}", state, *cells)).rstrip("\t") + "\n"


def _show(notice: Notice, restored: Repaired) -> None:
    """Show each stretch of changes with a little of the raw text around it."""
    from rich.text import Text

    from kg.results import safe

    console = output()
    for edit in sorted([*restored.edits, *restored.suspects], key=lambda e: (e.start, e.end)):
        before = notice.raw[max(0, edit.start - _AROUND) : edit.start]
        after = notice.raw[edit.end : edit.end + _AROUND]
        line = Text(f"{edit.start:>7}  {safe(before)}")
        line.append(f"[-{safe(notice.raw[edit.start : edit.end])}-]", style="red")
        if edit.applied:
            line.append(f"{{+{safe(edit.after)}+}}", style="green")
        else:
            line.append(f"{{?{safe(edit.after)}?}}", style="yellow")
        line.append(safe(after))
        console.print(line)


COMMANDS = {"repair": repair}
