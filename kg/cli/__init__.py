"""The command line: ``kg build``, ``kg query`` and the rest, each a thin layer over kg.api.

Nothing heavy is imported here or in the command modules: ``kg --help`` answers in a tenth of a
second, and each command imports what it needs when it runs.
"""

from __future__ import annotations

from typing import Annotated

import typer

from kg.cli import analyse, ask, keep, look, make, mend, prove, question, serve
from kg.cli.common import EPILOG, prepare_streams

app = typer.Typer(
    name="kg",
    help="A knowledge graph of what Chinese safety notices demand: of whom, about what, by when.",
    epilog=EPILOG,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _module in (make, mend, question, ask, analyse, prove, look, keep, serve):
    for _name, _command in _module.COMMANDS.items():
        app.command(_name, epilog=EPILOG)(_command)
for _name, _group in {**analyse.GROUPS, **look.GROUPS}.items():
    app.add_typer(_group, name=_name)


def _show_version(wanted: bool) -> None:
    if wanted:
        from kg import __version__

        typer.echo(f"kg {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    del version  # its callback has done what there is to do


def main() -> None:
    """Run the command line (the ``kg`` script, ``python -m kg``)."""
    prepare_streams()
    app(prog_name="kg")
