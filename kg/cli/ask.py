"""``kg query``, ``kg view`` and ``kg export``: what the graph knows, as answers, page, file."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.common import STORE, StoreOption, as_text, emit, fail, guarded, output, tell

if TYPE_CHECKING:
    from kg.stores import GraphStore

ParamOption = Annotated[
    list[str] | None,
    typer.Option(
        "--param",
        "-p",
        metavar="NAME=VALUE",
        help="A value for a parameter: an IRI, an id, or a name in any language. Repeatable.",
    ),
]


class AnswerFormat(StrEnum):
    """What ``kg query`` writes."""

    table = "table"
    csv = "csv"
    tsv = "tsv"
    json = "json"
    xml = "xml"
    ttl = "ttl"


class GraphFormat(StrEnum):
    """What ``kg export`` writes."""

    ttl = "ttl"
    nt = "nt"
    nq = "nq"
    trig = "trig"
    jsonld = "jsonld"
    rdfxml = "rdfxml"
    graphml = "graphml"
    csv = "csv"


class Language(StrEnum):
    """The language that a page opens in."""

    zh = "zh"
    zh_hant = "zh-Hant"
    en = "en"


@guarded
def query(
    questions: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NAME|FILE.rq|-", help="A named query, a file of SPARQL, or - to read it."
        ),
    ] = None,
    param: ParamOption = None,
    format: Annotated[
        AnswerFormat | None,
        typer.Option("--format", "-f", help="table; ttl for CONSTRUCT and DESCRIBE."),
    ] = None,
    list_: Annotated[
        bool, typer.Option("--list", "-l", help="List the named queries and their parameters.")
    ] = False,
    data: Annotated[
        list[Path] | None,
        typer.Option(
            "--data",
            metavar="FILE",
            help="Ask RDF files instead of a store, as the default graph: --data FILE… QUERY.",
        ),
    ] = None,
    named: Annotated[
        list[Path] | None,
        typer.Option("--named", metavar="FILE", help="The same, as the graph named by its URL."),
    ] = None,
    graph: Annotated[
        list[str] | None,
        typer.Option("--graph", metavar="IRI=FILE", help="The same, as the graph of this name."),
    ] = None,
    store: StoreOption = STORE,
) -> None:
    """Ask the graph: a named query, or SPARQL 1.1 that only reads."""
    if list_:
        _list()
        return
    *files, question = questions or [""]
    if not question:
        fail("which query? NAME, FILE.rq or -", hint="kg query --list names them")
    if files and not data:
        fail(f"one query, not {len(files) + 1}", hint="RDF files come after --data")
    paths = [*(data or ()), *map(Path, files)]
    text, name = _sparql(question)
    given = _given(param)

    from kg.query import run

    base_iri = None
    if name == question or paths:
        from kg.files import url

        base_iri = url(question if name == question else paths[0])
    with _asked(store, paths, named or [], graph or [], text) as opened:
        answer = run(opened, text, given, name=name, base_iri=base_iri)
        wanted = format or (AnswerFormat.ttl if answer.kind == "triples" else AnswerFormat.table)
        if wanted is not AnswerFormat.table:
            emit(answer.serialise(wanted.value))
            return
        answer.print(output())
    if answer.kind != "boolean":
        rows = len(answer)
        tell(f"{rows or 'no'} row{'' if rows == 1 else 's'}")


def _asked(
    store: str, data: list[Path], named: list[Path], graph: list[str], query: str
) -> GraphStore:
    """Open what is asked: a store, or files."""
    if not (data or named or graph):
        from kg.stores import connect

        return connect(store, read_only=True)
    from kg.files import open_files, url

    pairs: list[tuple[str, Path]] = [(url(path), path) for path in named]
    for item in graph:
        iri, equals, file = as_text(item).rpartition("=")
        if not equals or not iri:
            fail(f"--graph takes IRI=FILE, not '{item}'", hint="as in --graph urn:g=graph.ttl")
        pairs.append((iri, Path(file)))
    return open_files(data, named=pairs, query=query)


def _sparql(question: str) -> tuple[str, str | None]:
    """Return a query's name or text, and what complaints call a text."""
    from kg.errors import QueryError

    if question == "-":
        stdin = getattr(sys.stdin, "buffer", None)
        data = stdin.read() if stdin is not None else sys.stdin.read().encode("utf-8")
        where = "<stdin>"
    elif question.endswith(".rq") or "/" in question.split("{")[0].split("<")[0]:
        where = question
        try:
            data = Path(question).read_bytes()
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise QueryError(f"{question}: cannot be read: {reason}") from None
    else:
        return as_text(question), None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise QueryError(f"{where}: it is not UTF-8 (byte {error.start})") from None
    # A text is told from a name by a blank: an empty one is SPARQL all the same, and malformed.
    return text if text.strip() else " ", where


def _given(param: list[str] | None) -> dict[str, object]:
    given: dict[str, list[str]] = {}
    for item in param or ():
        name, equals, value = item.partition("=")
        if not equals or not name.strip():
            fail(f"--param takes NAME=VALUE, not '{item}'", hint="as in --param hazard=尾矿库")
        given.setdefault(as_text(name.strip()), []).append(as_text(value))
    return {name: values[0] if len(values) == 1 else values for name, values in given.items()}


def _list() -> None:
    from rich.table import Table
    from rich.text import Text

    from kg.query import named

    console = output()
    if console.width < 100:
        for item in named():
            console.print(Text(item.name, style="bold"))
            lines = (item.title_en, item.title_zh, ", ".join(map(str, item.parameters)))
            for line in filter(None, lines):
                console.print(Text(f"  {line}"))
        return
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("name", "what it tells", "", "parameters"):
        table.add_column(heading)
    for item in named():
        parameters = ", ".join(map(str, item.parameters))
        cells = (item.name, item.title_en, item.title_zh, parameters)
        table.add_row(*map(Text, cells))
    console.print(table)


@guarded
def view(
    output_path: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE", help="The page to write.")
    ],
    region: Annotated[
        str | None, typer.Option(help="Only what this region says.", metavar="R")
    ] = None,
    hazard: Annotated[
        str | None,
        typer.Option(help="Only what is said of this sector, or a narrower one.", metavar="H"),
    ] = None,
    query: Annotated[
        str | None, typer.Option(help="Only what this query answers.", metavar="NAME|FILE.rq")
    ] = None,
    param: ParamOption = None,
    limit: Annotated[int, typer.Option(help="How many nodes to draw.", min=1)] = 300,
    lang: Annotated[
        Language, typer.Option(help="The language that the page opens in.")
    ] = Language.zh,
    title: Annotated[str | None, typer.Option(help="A heading for the page.")] = None,
    store: StoreOption = STORE,
) -> None:
    """Write the graph as one interactive page that needs no network."""
    given = _given(param)
    if given and query is None:
        fail("--param belongs to --query")
    text = None if query is None else _sparql(query)[0]

    from kg.api import Graph
    from kg.stores import connect

    with Graph(connect(store, read_only=True)) as graph:
        drawn = graph.view(
            output_path,
            region=region and as_text(region),
            hazard=hazard and as_text(hazard),
            query=text,
            parameters=given,
            limit=limit,
            lang=lang.value,
            title=title,
        )
    tell(f"{output_path}: {len(drawn)} nodes, {drawn.number_of_edges()} relations")


@guarded
def export(
    output_path: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE", help="The file to write; - for none.")
    ],
    format: Annotated[
        GraphFormat | None,
        typer.Option("--format", "-f", help="If the file's name does not tell."),
    ] = None,
    notice: Annotated[
        str | None, typer.Option(help="Only this notice: its id or IRI.", metavar="ID")
    ] = None,
    store: StoreOption = STORE,
) -> None:
    """Write the graph, or one notice's part of it, to a file."""
    from kg.api import Graph
    from kg.stores import connect

    with Graph(connect(store, read_only=True)) as graph:
        if str(output_path) == "-":
            from kg.export import render
            from kg.parameters import resolve_one

            iri = None if notice is None else resolve_one("notice", notice, store=graph.store)
            emit(render(graph.store, (format or GraphFormat.ttl).value, notice=iri))
            return
        written = graph.export(output_path, format=format and format.value, notice=notice)
    tell(f"{written}: {written.stat().st_size:,} bytes")


COMMANDS = {"query": query, "view": view, "export": export}
