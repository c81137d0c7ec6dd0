"""``kg coverage`` and ``kg vocab candidates``: what was not found, for those who can mend it."""

from __future__ import annotations

import json
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.common import EPILOG, emit, guarded, progress, tell, tell_error

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.errors import InputError
    from kg.review.reading import Reading

PathsArgument = Annotated[
    list[Path], typer.Argument(metavar="PATH…", help="Notices, or folders of notices.")
]


#: Characters of a sentence that are shown to read; the machine format has all.
_SHOWN = 100


class LookFormat(StrEnum):
    """What these commands write."""

    text = "text"
    jsonl = "jsonl"


FormatOption = Annotated[LookFormat, typer.Option("--format", "-f", help="To read, or to use.")]


@guarded
def coverage(paths: PathsArgument, format: FormatOption = LookFormat.text) -> None:
    """List the sentences with directive words that produced nothing."""
    from kg.results import safe
    from kg.review.coverage import coverage as measure

    errors: list[InputError] = []
    directive = silent = notices = 0
    for page in _readings(paths, errors):
        found = measure(page)
        notices += 1
        directive += found.directive
        silent += len(found.silent)
        if format is LookFormat.jsonl:
            emit((json.dumps(asdict(found), ensure_ascii=False) + "\n").encode())
            continue
        share = "–" if found.share is None else f"{found.share:.0%}"
        lines = [
            f"{safe(found.file)}: {share} of {found.directive} directive sentences say something"
        ]
        lines += [f"  {s.start}-{s.end}  {_around(s.sentence)}" for s in found.silent]
        emit(("\n".join(lines) + "\n").encode("utf-8", "backslashreplace"))
    tell(f"{silent} of {directive} directive sentences in {notices} notices produced nothing")
    _finish(errors)


@guarded
def candidates(
    paths: PathsArgument,
    least: Annotated[
        int, typer.Option("--least", min=1, help="Only terms of so many notices.")
    ] = 1,
    format: FormatOption = LookFormat.text,
    corrections: Annotated[
        Path | None,
        typer.Option(
            envvar="KG_CORRECTIONS", metavar="FILE", help="Leave out terms that it maps or rejects."
        ),
    ] = None,
) -> None:
    """Propose terms that stand in lists beside known ones and are unknown."""
    from kg.results import safe
    from kg.review.candidates import candidates as collect
    from kg.review.corrections import NONE, read

    errors: list[InputError] = []
    reviewed = NONE if corrections is None else read(corrections)
    pages = _readings(paths, errors)
    terms = collect(pages, known={*reviewed.terms, *reviewed.rejected})
    found = [c for c in terms if len(c.notices) >= least]
    for one in found:
        if format is LookFormat.jsonl:
            value = {
                "term": one.term,
                "scheme": one.scheme,
                "times": one.times,
                "notices": sorted(one.notices),
                "beside": dict(one.beside.most_common()),
                "examples": [asdict(e) for e in one.examples],
            }
            emit((json.dumps(value, ensure_ascii=False) + "\n").encode())
            continue
        beside = ", ".join(
            name for name, _ in sorted(one.beside.items(), key=lambda b: (-b[1], b[0]))[:4]
        )
        lines = [
            f"{safe(one.term)}  {one.scheme}  {one.times}x in {len(one.notices)} notices, beside {beside}"
        ]
        lines += [
            f"  {safe(e.file)} {e.start}-{e.end}  {_around(e.sentence, one.term)}"
            for e in one.examples
        ]
        emit(("\n".join(lines) + "\n").encode("utf-8", "backslashreplace"))
    tell(f"{len(found)} terms proposed")
    _finish(errors)


def _around(sentence: str, word: str = "") -> str:
    """Show a sentence on a line, cut to what stands around a word."""
    from kg.results import safe

    begin = max(0, sentence.find(word) - _SHOWN // 2) if word else 0
    end = begin + _SHOWN
    cut = ("…" if begin else "") + sentence[begin:end] + ("…" if end < len(sentence) else "")
    return safe(cut)


def _readings(paths: list[Path], errors: list[InputError]) -> Iterator[Reading]:
    from kg.read import find
    from kg.review.reading import readings

    files, problems = find(paths)
    errors += problems
    with progress("reading") as step:
        for done, page in enumerate(readings(files, errors.append)):
            if step is not None:
                step(done, len(files), page.notice.filename)
            yield page


def _finish(errors: list[InputError]) -> None:
    for error in errors:
        tell_error(error)
    if errors:
        raise typer.Exit(1)


vocab = typer.Typer(help="The vocabulary: what it may lack.", no_args_is_help=True, epilog=EPILOG)
vocab.command("candidates", epilog=EPILOG)(candidates)

COMMANDS = {"coverage": coverage}
GROUPS = {"vocab": vocab}
