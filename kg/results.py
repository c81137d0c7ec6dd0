"""What a query answered: rows of plain values, a yes or no, or triples; and its formats.

Nothing that a notice says reaches a terminal as a command to it: control characters and characters
that reverse the direction of writing are shown as escapes in tables.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

import pyoxigraph as ox

from kg.errors import QueryError
from kg.vocab import XSD

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

Value = str | int | float | bool | Decimal | date | None
Kind = Literal["rows", "boolean", "triples"]

_XSD = XSD._iri
_INTEGERS = frozenset(
    _XSD + name for name in ("integer", "int", "long", "short", "byte", "nonNegativeInteger")
)
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_BLANKS = re.compile(r"[ \t\r\n]+")

#: Machine formats of rows and booleans.
ROW_FORMATS: Mapping[str, Any] = MappingProxyType(
    {
        "csv": ox.QueryResultsFormat.CSV,
        "tsv": ox.QueryResultsFormat.TSV,
        "json": ox.QueryResultsFormat.JSON,
        "xml": ox.QueryResultsFormat.XML,
    }
)
FORMATS = ("table", *ROW_FORMATS, "ttl")


class Answer:
    """The answer to one query, read once from the store, kept when asked for as rows.

    >>> answer = Answer(ox.Store().query("SELECT (1 + 1 AS ?two) {}"))
    >>> answer.rows
    ({'two': 2},)
    """

    def __init__(
        self,
        result: Any,
        *,
        links: tuple[str, ...] = (),
        prefixes: Mapping[str, str] | None = None,
        name: str = "query",
    ) -> None:
        self._result = result
        self.links = links
        self.prefixes = dict(prefixes or {})
        self.name = name
        self.kind: Kind = (
            "rows"
            if isinstance(result, ox.QuerySolutions)
            else "boolean"
            if isinstance(result, ox.QueryBoolean)
            else "triples"
        )

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns; empty for a boolean, three for triples."""
        if self.kind == "rows":
            return tuple(v.value for v in self._result.variables)
        return ("subject", "predicate", "object") if self.kind == "triples" else ()

    @cached_property
    def terms(self) -> tuple[tuple[Any, ...], ...]:
        """The rows as RDF terms, None where unbound; triples sorted and each once."""
        with _evaluation(self.name):
            if self.kind == "triples":
                found = {(t.subject, t.predicate, t.object) for t in self._result}
                return tuple(sorted(found, key=lambda t: tuple(map(str, t))))
            if self.kind == "rows":
                return tuple(tuple(row) for row in self._result)
        return ()

    @cached_property
    def rows(self) -> tuple[dict[str, Value], ...]:
        """The rows as plain Python values: text, numbers, dates; an IRI is its text."""
        return tuple(dict(zip(self.columns, map(plain, row), strict=True)) for row in self.terms)

    def __iter__(self) -> Iterator[dict[str, Value]]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.terms)

    def __bool__(self) -> bool:
        """Return what ASK answered; for others, whether there is any row."""
        return bool(self._result) if self.kind == "boolean" else bool(self.terms)

    def __repr__(self) -> str:
        if self.kind == "boolean":
            return f"<Answer {bool(self)}>"
        return f"<Answer of {len(self)} {self.kind}: {', '.join(self.columns)}>"

    def serialise(self, format: str) -> bytes:
        """Write the answer in one of FORMATS but table, as the W3C's recommendations say.

        Raises QueryError for a format that this kind of answer has not.
        """
        if self.kind == "triples":
            if format != "ttl":
                raise QueryError(
                    f"CONSTRUCT and DESCRIBE answer with a graph, not with {format}",
                    hint="use --format ttl",
                )
            triples = [ox.Triple(*terms) for terms in self.terms]
            return ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=self._used()) or b""
        if format not in ROW_FORMATS:
            raise QueryError(
                f"SELECT and ASK answer with rows, not with {format}",
                hint="use one of " + ", ".join(("table", *ROW_FORMATS)),
            )
        if self.kind == "boolean" and format in ("csv", "tsv"):
            return b"true\n" if self else b"false\n"  # the recommendation leaves it open
        with _evaluation(self.name):
            result = self._again() if "terms" in self.__dict__ else self._result
            written: bytes = result.serialize(format=ROW_FORMATS[format])
        return written

    def _again(self) -> Any:
        """Give rows that were read already once more, for the engine to write."""
        if self.kind != "rows":
            return self._result
        if any(isinstance(term, ox.Triple) for row in self.terms for term in row):
            raise QueryError(
                f"{self.name}: a row holds a triple, and its rows were read already",
                hint="ask again, and write the answer before its rows are read",
            )
        lines = ["\t".join(f"?{name}" for name in self.columns)]
        lines += ["\t".join("" if t is None else str(t) for t in row) for row in self.terms]
        text = "".join(f"{line}\n" for line in lines)
        return ox.parse_query_results(text.encode(), format=ox.QueryResultsFormat.TSV)

    def _used(self) -> dict[str, str]:
        """Return the prefixes that the triples need."""
        iris = {
            getattr(part, "value", "")
            for terms in self.terms
            for term in terms
            for part in (term, getattr(term, "datatype", None))
        }
        return {
            prefix: namespace
            for prefix, namespace in self.prefixes.items()
            if any(iri.startswith(namespace) for iri in iris)
        }

    # --- for people -----------------------------------------------------------------------------

    def shown(self) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
        """Return headings and cells for a table: links left out, IRIs by prefix, text made safe."""
        keep = [i for i, name in enumerate(self.columns) if name not in self.links]
        keep = keep or list(range(len(self.columns)))
        cells = [tuple(self._cell(row[i]) for i in keep) for row in self.terms]
        return tuple(self.columns[i] for i in keep), cells

    def _cell(self, term: Any) -> str:
        if term is None:
            return ""
        if isinstance(term, ox.NamedNode):
            return safe(self._short(term.value))
        return safe(term.value if isinstance(term, ox.Literal) else str(term))

    def _short(self, iri: str) -> str:
        found = max(
            ((ns, p) for p, ns in self.prefixes.items() if iri.startswith(ns) and iri != ns),
            key=lambda pair: len(pair[0]),
            default=None,
        )
        return f"{found[1]}:{iri[len(found[0]) :]}" if found else f"<{iri}>"

    def print(self, console: Console) -> None:
        """Print the answer as a table, or row by row where the columns do not fit the width."""
        from rich.text import Text

        if self.kind == "boolean":
            console.print(Text("yes" if self else "no"))
            return
        headings, cells = self.shown()
        print_rows(console, headings, cells, self._numeric(headings))

    def to_pandas(self) -> pd.DataFrame:
        """Make a pandas table of the rows, links and all; needs the extra ``pandas``."""
        from kg.table import data_frame

        return data_frame(self.columns, [tuple(row.values()) for row in self.rows])

    def _repr_html_(self) -> str:
        from kg.table import html_table

        if self.kind == "boolean":
            return f"<p>{'yes' if self else 'no'}</p>"
        return html_table(*self.shown())

    def _numeric(self, headings: tuple[str, ...]) -> set[str]:
        return {
            name
            for name in headings
            for values in [[row[name] for row in self.rows if row[name] is not None]]
            if values and all(isinstance(v, (int, float, Decimal)) for v in values)
        }


def plain(term: Any) -> Value:
    """Turn an RDF term into a Python value: text, bool, int, float, Decimal, date or datetime.

    A literal whose characters its datatype does not allow stays text.

    >>> plain(ox.Literal("2020-04-10", datatype=ox.NamedNode(XSD.date)))
    datetime.date(2020, 4, 10)
    """
    if term is None:
        return None
    if not isinstance(term, ox.Literal):
        return term.value if isinstance(term, ox.NamedNode) else str(term)
    datatype = term.datatype.value
    if not datatype.startswith(_XSD) or datatype == XSD.string:
        return term.value
    convert = _CONVERT.get(datatype[len(_XSD) :])
    if datatype in _INTEGERS:
        convert = int
    try:
        return convert(term.value) if convert else term.value
    except (ValueError, ArithmeticError, KeyError):
        return term.value


_CONVERT: Mapping[str, Callable[[str], Value]] = MappingProxyType(
    {
        "boolean": {"true": True, "1": True, "false": False, "0": False}.__getitem__,
        "date": date.fromisoformat,
        "dateTime": datetime.fromisoformat,
        "decimal": Decimal,
        "double": float,
        "float": float,
    }
)


def safe(text: str) -> str:
    r"""Make text safe for a terminal: one line, nothing that a terminal would obey.

    >>> safe("尾矿库\x1b[31m\n安全")
    '尾矿库\\x1b[31m 安全'
    """
    text = _BLANKS.sub(" ", text)
    return _UNSAFE.sub(lambda m: m[0].encode("unicode_escape", "surrogatepass").decode(), text)


# --- tables ---------------------------------------------------------------------------------------

#: A text column narrower than this is no longer read but spelt.
_READABLE = 16


def print_rows(
    console: Console,
    headings: tuple[str, ...],
    cells: list[tuple[str, ...]],
    numeric: set[str] | frozenset[str] = frozenset(),
) -> None:
    """Print rows as a table, or one by one where the columns do not fit the width."""
    if not cells:
        return
    widths = [max(map(_width, column)) for column in zip(headings, *cells, strict=True)]
    if _fits(widths, console.width):
        _print_table(console, headings, cells, numeric)
    else:
        _print_records(console, headings, cells)


def _width(text: str) -> int:
    from rich.cells import cell_len

    return cell_len(text)


def _fits(widths: list[int], width: int) -> bool:
    """Whether every column can have its width, or at least one in which text can be read."""
    return sum(min(w, _READABLE) for w in widths) + 3 * len(widths) + 1 <= width


def _print_table(
    console: Console,
    headings: tuple[str, ...],
    cells: list[tuple[str, ...]],
    numeric: set[str] | frozenset[str],
) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, header_style="bold", pad_edge=False)
    for index, name in enumerate(headings):
        widest = max(_width(row[index]) for row in cells)
        short = widest <= _READABLE
        table.add_column(
            Text(name),
            justify="right" if name in numeric else "left",
            no_wrap=short,
            overflow="fold",
            min_width=min(widest, _READABLE),
        )
    for row in cells:
        table.add_row(*map(Text, row))
    console.print(table)


def _print_records(
    console: Console, headings: tuple[str, ...], cells: list[tuple[str, ...]]
) -> None:
    from rich.table import Table
    from rich.text import Text

    for number, row in enumerate(cells, 1):
        console.print(Text(f"{number}.", style="dim"))
        grid = Table.grid(padding=(0, 2, 0, 2))
        grid.add_column(style="bold", no_wrap=True)
        grid.add_column(overflow="fold")
        for name, value in zip(headings, row, strict=True):
            if value:
                grid.add_row(Text(name), Text(value))
        console.print(grid)


class _evaluation:  # noqa: N801 - a context manager reads as a verb
    """Turn what the engine raises while a query runs into QueryError."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, SyntaxError):  # of an answer that a server sent, not of the query
            raise QueryError(f"{self.name}: the answer breaks off: {error}") from error
        if isinstance(error, (RuntimeError, ValueError)) and not isinstance(error, QueryError):
            raise QueryError(f"{self.name}: cannot be answered: {error}") from error
