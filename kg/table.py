"""Rows under headings, whatever they are of: to CSV, to pandas, to a notebook, to a terminal."""

from __future__ import annotations

import csv
import io
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

#: Rows that a notebook shows.
SHOWN = 100


class Table(ABC):
    r"""What has ``columns`` and ``cells`` can be written in all these ways.

    >>> class Two(Table):
    ...     columns = ("region", "n")
    ...     def cells(self):
    ...         return [("湖南省", 2)]
    >>> Two().to_csv()
    'region,n\r\n湖南省,2\r\n'
    """

    __slots__ = ()

    @property
    @abstractmethod
    def columns(self) -> tuple[str, ...]:
        """Names of the columns."""

    @abstractmethod
    def cells(self) -> Sequence[tuple[Any, ...]]:
        """The rows, of plain values."""

    def to_csv(self) -> str:
        """Write CSV (RFC 4180); what a spreadsheet would run as a formula gets an apostrophe."""
        return csv_text(self.columns, self.cells())

    def to_pandas(self) -> pd.DataFrame:
        """Make a pandas table; needs the extra ``pandas``."""
        return data_frame(self.columns, self.cells())

    def print(self, console: Console) -> None:
        """Print a table, or row by row where the columns do not fit the width."""
        print_table(console, self.columns, self.cells())

    def _repr_html_(self) -> str:
        return html_table(self.columns, self.cells())


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Write rows as CSV."""
    from kg.flat import guarded

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(guarded(c) for c in columns)
    writer.writerows(
        [guarded(v) if isinstance(v, str) else "" if v is None else v for v in row] for row in rows
    )
    return out.getvalue()


def data_frame(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> pd.DataFrame:
    """Make a pandas table."""
    pandas = needs("pandas", "pandas")
    frame: pd.DataFrame = pandas.DataFrame(list(rows), columns=list(columns))
    return frame


def html_table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Make the table that a notebook shows: the first hundred rows, everything escaped."""
    head = "".join(f"<th>{escape(shown(c))}</th>" for c in columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(shown(v))}</td>" for v in row) + "</tr>\n"
        for row in rows[:SHOWN]
    )
    more = len(rows) - SHOWN
    note = f"<p>… {more} more rows</p>" if more > 0 else ""
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>{note}"


def shown(value: Any) -> str:
    """Show a value on one line, without what a terminal or a reader's eye would obey.

    >>> shown(None), shown(0.5), shown(2)
    ('', '0.500', '2')
    """
    from kg.results import safe

    if value is None:
        return ""
    return safe(f"{value:.3f}" if isinstance(value, float) else str(value))


def print_table(console: Console, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print rows to a terminal."""
    from kg.results import print_rows

    numeric = {
        name
        for name, values in zip(columns, zip(*rows, strict=True), strict=False)
        if all(v is None or isinstance(v, (int, float)) for v in values)
    }
    print_rows(console, tuple(columns), [tuple(map(shown, row)) for row in rows], numeric)


def needs(module: str, extra: str) -> Any:
    """Import what an extra brings, or say which extra that is.

    >>> needs("json", "none").__name__
    'json'
    """
    from importlib import import_module

    from kg.errors import KgError

    try:
        return import_module(module)
    except ImportError:
        raise KgError(
            f"this needs the Python package {module.partition('.')[0]}",
            hint=f"pip install 'kg-safety[{extra}]'",
        ) from None
