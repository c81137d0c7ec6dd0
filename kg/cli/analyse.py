"""``kg matrix`` and the other analyses: tables, pages, calendars and charts out of the graph."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.common import (
    STORE,
    StoreOption,
    as_text,
    emit,
    fail,
    guarded,
    output,
    tell,
)

if TYPE_CHECKING:
    from kg.api import Graph
    from kg.table import Table


class Lang(StrEnum):
    """The language of headings and labels."""

    zh = "zh"
    en = "en"


class MatrixFormat(StrEnum):
    """What ``kg matrix`` writes."""

    table = "table"
    csv = "csv"
    html = "html"
    png = "png"
    svg = "svg"


class MatrixRows(StrEnum):
    """The rows of ``kg matrix``."""

    regions = "regions"
    provinces = "provinces"


class MatrixColumns(StrEnum):
    """The columns of ``kg matrix``."""

    hazards = "hazards"
    responsibilities = "responsibilities"
    measures = "measures"


class MatrixCells(StrEnum):
    """The numbers of ``kg matrix``."""

    statements = "statements"
    notices = "notices"
    degree = "degree"


LangOption = Annotated[Lang, typer.Option("--lang", help="Labels in Chinese or English.")]
OutputOption = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="FILE", help="A file instead of stdout.")
]


@guarded
def matrix(
    rows: Annotated[
        MatrixRows, typer.Option(help="The regions held, or all provinces, held or not.")
    ] = MatrixRows.regions,
    cols: Annotated[MatrixColumns, typer.Option(help="What they say.")] = MatrixColumns.hazards,
    cells: Annotated[MatrixCells, typer.Option(help="What is counted.")] = MatrixCells.statements,
    fold: Annotated[
        bool, typer.Option("--fold", help="Count narrower ones under the topmost.")
    ] = False,
    every: Annotated[
        bool, typer.Option("--every", help="Also columns that no row has anything in.")
    ] = False,
    region: Annotated[
        list[str] | None,
        typer.Option("--region", metavar="R", help="Only this region. Repeatable."),
    ] = None,
    format: Annotated[
        MatrixFormat, typer.Option("--format", "-f", help="png needs the extra charts.")
    ] = MatrixFormat.table,
    output_path: OutputOption = None,
    lang: LangOption = Lang.zh,
    store: StoreOption = STORE,
) -> None:
    """Count who stresses (invokes, orders) what: regions by topics.

    A dash, or a hatched cell, means that no notice of that region is held: nothing is known of it.
    """
    from kg.analyse.matrix import matrix as compute

    with _open(store) as graph:
        found = compute(
            graph,
            rows=rows.value,
            cols=cols.value,
            cells=cells.value,
            fold=fold,
            every=every,
            regions=[as_text(r) for r in region] if region else None,
            evidence=format is MatrixFormat.html,
            lang=lang.value,
        )
    if format is MatrixFormat.html:
        from kg.analyse.matrix_page import page

        _write(page(found).encode(), output_path)
    elif format is MatrixFormat.svg:
        from kg.analyse.matrix_page import svg

        _write(svg(found).encode(), output_path)
    elif format is MatrixFormat.png:
        from kg.analyse.chart import png

        _write(png(found), output_path, binary=True)
    else:
        _rows(found, format.value, output_path)
    absent = sum(1 for place in found.places if not place.held)
    tell(
        f"{len(found.places)} regions by {len(found.topics)} topics"
        + (f"; of {absent} no notice is held" if absent else "")
    )


# --- what they share ------------------------------------------------------------------------------


def _open(store: str) -> Graph:
    from kg.api import open as open_store

    return open_store(store)


def _rows(table: Table, format: str, path: Path | None) -> None:
    """Write a table to read, or as CSV."""
    if format == "csv":
        _write(table.to_csv().encode("utf-8", "backslashreplace"), path)
    elif path is not None:
        fail("--output belongs to a format other than table")
    else:
        table.print(output())


def _write(data: bytes, path: Path | None, *, binary: bool = False) -> None:
    """Write to a file, or to standard output; bytes that are no text never reach a terminal."""
    if path is None:
        if binary and sys.stdout.isatty():
            fail("an image does not go to a terminal", hint="-o FILE.png")
        emit(data)
        return
    from kg.errors import StoreError

    try:
        path.write_bytes(data)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror}") from error


COMMANDS = {"matrix": matrix}
