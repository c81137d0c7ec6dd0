"""What the commands share: options, exit codes, the streams, errors in words, progress."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, ParamSpec, Protocol

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from kg.errors import KgError

P = ParamSpec("P")

EPILOG = (
    "Data goes to standard output, words to standard error. "
    "Exit codes: 0 done; 1 bad input, or a graph that breaks a shape or a proof; 2 wrong usage; "
    "3 a question (kg ask) that is not answered."
)
#: As shells have it: 128 and the number of the signal (SIGINT, SIGPIPE).
INTERRUPTED, PIPE_CLOSED = 130, 141

StoreOption = Annotated[
    str,
    typer.Option(
        "--store",
        envvar="KG_STORE",
        help="The folder of the graph, or the address of a SPARQL server.",
        metavar="DIR|URL",
    ),
]
WaitOption = Annotated[
    float,
    typer.Option(
        "--wait", min=0.0, metavar="SECONDS", help="Wait so long for another process that writes."
    ),
]
BaseOption = Annotated[
    str | None,
    typer.Option("--base", envvar="KG_BASE", help="IRI under which IRIs are made.", metavar="IRI"),
]
#: As kg.api.STORE, which would cost an import.
STORE = "kg-store"


class Step(Protocol):
    """Tells a progress bar how far things are, and what is next."""

    def __call__(self, done: int, total: int, name: str = "", /) -> None:
        """Move the bar."""


def prepare_streams() -> None:
    """Make standard output and error able to carry Chinese whatever the locale."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            with suppress(ValueError, OSError):
                if not stream.isatty():
                    reconfigure(encoding="utf-8")
                reconfigure(errors="backslashreplace")


def guarded(command: Callable[P, None]) -> Callable[P, None]:
    """Turn what goes wrong in a command into one clear line and an exit code."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        from kg.errors import KgError

        try:
            command(*args, **kwargs)
            sys.stdout.flush()
        except KgError as error:
            tell_error(error)
            raise typer.Exit(1) from None
        except KeyboardInterrupt:
            tell("interrupted")
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            # The reader has gone (kg … | head): nothing more to say, nor to complain of at exit.
            with suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(PIPE_CLOSED) from None

    return run


def as_text(argument: str) -> str:
    """Return an argument as UTF-8 has it, where the locale could not read it.

    >>> as_text("尾".encode().decode("ascii", "surrogateescape"))
    '尾'
    """
    try:
        argument.encode("utf-8")
    except UnicodeEncodeError:
        return argument.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return argument


# --- words ----------------------------------------------------------------------------------------


def tell(text: str) -> None:
    """Write words for a person to standard error, each line made safe for a terminal."""
    from kg.results import safe

    for line in text.split("\n"):
        indent = line[: len(line) - len(line.lstrip(" "))]
        typer.echo(indent + safe(line[len(indent) :]), err=True)


def tell_error(error: KgError) -> None:
    """Say what went wrong, and after ``hint:`` what to do."""
    tell(f"error: {error}")
    if error.hint:
        tell(f"hint: {error.hint}")


def fail(message: str, hint: str | None = None) -> NoReturn:
    """End a command with exit code 2: it was called wrongly."""
    raise typer.BadParameter(message + (f" ({hint})" if hint else ""))


# --- data -----------------------------------------------------------------------------------------


def emit(data: bytes) -> None:
    """Write data to standard output: as it is, but made safe where a terminal shows it."""
    if sys.stdout.isatty():
        from kg.results import safe

        lines = data.decode("utf-8", "replace").split("\n")
        sys.stdout.write("\n".join("\t".join(map(safe, line.split("\t"))) for line in lines))
        return
    buffer = getattr(sys.stdout, "buffer", None)
    if buffer is None:
        sys.stdout.write(data.decode("utf-8"))
    else:
        rest = memoryview(data)
        while rest:  # PYTHONUNBUFFERED makes it a raw file, which may take a part only
            rest = rest[buffer.write(rest) or 0 :]


def write_text(path: Path, text: str) -> None:
    """Write a text file; StoreError says why it cannot be."""
    from kg.errors import StoreError

    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror}") from error


def output() -> Console:
    """Make a console for tables: as wide as the terminal, or as its text where there is none."""
    from rich.console import Console

    wide = None if sys.stdout.isatty() or "COLUMNS" in os.environ else 100_000
    return Console(width=wide, highlight=False, markup=False, emoji=False, soft_wrap=False)


@contextmanager
def progress(what: str) -> Iterator[Step | None]:
    """Show a bar on standard error while something long runs, if a person is there to see it."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    from kg.results import safe

    console = Console(stderr=True)
    rate = TextColumn("{task.fields[rate]}")
    columns: tuple[Any, ...] = (BarColumn(), MofNCompleteColumn(), rate, TimeRemainingColumn())
    with Progress("{task.description}", *columns, console=console, transient=True) as bar:
        task = bar.add_task(what, total=None, rate="")

        def step(done: int, total: int, name: str = "", /) -> None:
            text = Text(f"{what} {safe(name)}").markup
            speed = bar.tasks[task].speed
            rate = f"{speed:.1f}/s" if speed else ""
            bar.update(task, completed=done, total=total, description=text, rate=rate)

        yield step
