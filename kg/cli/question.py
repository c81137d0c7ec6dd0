"""``kg ask``: questions in plain words, Chinese or English."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.common import STORE, StoreOption, as_text, emit, fail, guarded, tell

if TYPE_CHECKING:
    from kg.question.reply import Reply

#: Exit code where a question is not answered.
REFUSED = 3


class ReplyFormat(StrEnum):
    """What ``kg ask`` writes."""

    text = "text"
    json = "json"
    csv = "csv"


@guarded
def ask(
    question: Annotated[
        str | None, typer.Argument(metavar="QUESTION", help="In Chinese or English, in quotes.")
    ] = None,
    format: Annotated[
        ReplyFormat, typer.Option("--format", "-f", help="csv has the rows of evidence.")
    ] = ReplyFormat.text,
    explain: Annotated[
        bool,
        typer.Option(
            "--explain", help="Show how it was understood, and the SPARQL with its comments."
        ),
    ] = False,
    interactive: Annotated[
        bool, typer.Option("--interactive", "-i", help="Ask one after another; follow-ups work.")
    ] = False,
    limit: Annotated[
        int, typer.Option("--limit", min=1, metavar="N", help="So many passages as proof.")
    ] = 200,
    every: Annotated[bool, typer.Option("--all", help="All passages.")] = False,
    store: StoreOption = STORE,
) -> None:
    """Ask in plain words: an answer with its sentences, or a refusal (exit code 3); no guessing."""
    if interactive == (question is not None):
        fail("ask one question, or -i", hint='as in kg ask "Which regions stressed flood control?"')

    from kg.stores import connect

    most = None if every else limit
    with connect(store, read_only=True) as opened:
        if interactive:
            from kg.question.talk import talk

            talk(opened, show=lambda reply: show(reply, format, explain=explain), limit=most)
            return
        from kg.question.answer import ask as answer

        reply = answer(as_text(question or ""), store=opened, limit=most)
        show(reply, format, explain=explain)
    if not reply:
        sys.stdout.flush()
        raise typer.Exit(REFUSED)


def show(reply: Reply, format: ReplyFormat, *, explain: bool) -> None:
    """Write a reply: the answer to standard output, words about it to standard error."""
    if format is ReplyFormat.json:
        emit((reply.to_json() + "\n").encode("utf-8"))
    elif reply:
        for written, meant in reply.understood.corrections if reply.understood else ():
            tell(f"'{written}' is read as '{meant}'")
        emit(_csv(reply) if format is ReplyFormat.csv else _text(reply, explain=explain))
    if reply.more:
        tell(_what_is_left(reply))
    if not reply:
        tell(f"not answered: {reply.why}")
        if reply.nearest:
            tell("what can be asked:")
        for near in reply.nearest:
            tell(f"  {near}")


def _what_is_left(reply: Reply) -> str:
    shown = f"{len(reply.evidence)} passages, and there are more: --all gives all"
    if reply.query == "passages":
        return shown
    many = reply.answer if isinstance(reply.answer, int) else len(reply.answer or ())
    return f"the answer is whole ({many}); of what proves it, {shown}"


def _text(reply: Reply, *, explain: bool) -> bytes:
    from kg.results import safe

    lines: list[str] = []
    if isinstance(reply.answer, int):
        lines.append(str(reply.answer))
    else:
        lines += [safe(reply.labels.get(a, a)) for a in reply.answer or ()] or ["none"]
    if reply.evidence:
        lines.append("")
    for item in reply.evidence:
        where = f"{item.file}:{item.start}-{item.end}"
        lines.append(safe(f"  {item.region or ''}  {item.quote}  [{where}]".replace("    ", "  ")))
    if explain and reply.understood is not None:
        lines += ["", f"# queries/{reply.query}.rq"]
        lines += [safe(f"# {name} = {value}") for name, value in reply.understood.slots.items()]
    lines += ["", *_code(reply.sparql or "", whole=explain)]
    return ("\n".join(lines).rstrip("\n") + "\n").encode("utf-8")


def _code(sparql: str, *, whole: bool) -> list[str]:
    """Return the lines of a query, without comments unless the whole is wanted."""
    from kg.results import safe

    kept = [line.rstrip() for line in sparql.split("\n")]
    if not whole:
        kept = [line for line in kept if line and not line.lstrip().startswith(("#", "PREFIX"))]
    return [line[: len(line) - len(line.lstrip())] + safe(line.lstrip()) for line in kept]


def _csv(reply: Reply) -> bytes:
    import csv
    from io import StringIO

    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    columns = list(reply.rows[0]) if reply.rows else ["answer"]
    writer.writerow(columns)
    for row in reply.rows:
        writer.writerow(["" if row[c] is None else row[c] for c in columns])
    return out.getvalue().encode("utf-8")


COMMANDS = {"ask": ask}
