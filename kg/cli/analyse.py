"""``kg matrix`` and the other analyses: tables, pages, calendars and charts out of the graph."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.choices import (
    DutyFormat,
    EventKind,
    FoldOption,
    FormatOption,
    Lang,
    LangOption,
    MatrixCells,
    MatrixColumns,
    MatrixFormat,
    MatrixRows,
    NetworkFormat,
    NetworkScheme,
    NetworkSide,
    OneRegionOption,
    OutputOption,
    PageFormat,
    PageOption,
    RegionArgument,
    StatsFormat,
    TableFormat,
)
from kg.cli.common import (
    EPILOG,
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


@guarded
def compare(
    first: RegionArgument,
    second: Annotated[str, typer.Argument(metavar="R", help="Another region.")],
    fold: FoldOption = False,
    format: FormatOption = TableFormat.table,
    output_path: OutputOption = None,
    lang: LangOption = Lang.zh,
    store: StoreOption = STORE,
) -> None:
    """Set two regions side by side: what both name, and what only one does."""
    from kg.analyse.compare import compare as compute

    with _open(store) as graph:
        found = compute(graph, as_text(first), as_text(second), fold=fold, lang=lang.value)
    _rows(found, format.value, output_path)
    both, one, two = (len(found.of(side)) for side in ("both", "first", "second"))
    tell(f"{both} in both, {one} only {found.first.name}, {two} only {found.second.name}")


@guarded
def profile(
    region: RegionArgument,
    format: PageOption = PageFormat.table,
    output_path: OutputOption = None,
    lang: LangOption = Lang.zh,
    store: StoreOption = STORE,
) -> None:
    """Describe one region on one page, against the average of regions."""
    from kg.analyse.profile import profile as compute

    with _open(store) as graph:
        found = compute(graph, as_text(region), lang=lang.value)
    if format is PageFormat.html:
        from kg.analyse.profile_page import page

        _write(page(found).encode(), output_path)
    else:
        _rows(found, format.value, output_path)
    tell(f"{found.place.name}: {len(found.topics)} topics, {len(found.duties)} obligations")


@guarded
def gaps(
    against: Annotated[
        str, typer.Option("--against", metavar="R|MEETING", help="Whose themes: 全国, a meeting.")
    ] = "全国",
    region: Annotated[
        list[str] | None,
        typer.Option("--region", metavar="R", help="Ask about this region. Repeatable."),
    ] = None,
    format: FormatOption = TableFormat.table,
    output_path: OutputOption = None,
    lang: LangOption = Lang.zh,
    store: StoreOption = STORE,
) -> None:
    """List themes of a meeting or the State that regions did not take up, and what they added."""
    from kg.analyse.gaps import gaps as compute

    with _open(store) as graph:
        found = compute(
            graph,
            against=as_text(against),
            regions=[as_text(r) for r in region] if region else None,
            lang=lang.value,
        )
    _rows(found, format.value, output_path)
    since = f" since {found.since}" if found.since else ""
    tell(f"{len(found.themes)} themes, {len(found.regions)} regions{since}")


@guarded
def timeline(
    region: OneRegionOption = None,
    kind: Annotated[
        EventKind | None, typer.Option("--kind", help="Only meetings, or only deadlines.")
    ] = None,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="From this day on.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Up to this day.")] = None,
    format: FormatOption = TableFormat.table,
    output_path: OutputOption = None,
    lang: LangOption = Lang.zh,
    store: StoreOption = STORE,
) -> None:
    """Put meetings and deadlines in order of time."""
    from kg.analyse.timeline import timeline as compute

    with _open(store) as graph:
        found = compute(
            graph,
            region=region and as_text(region),
            kind=kind and kind.value,
            since=since and as_text(since),
            until=until and as_text(until),
            lang=lang.value,
        )
    _rows(found, format.value, output_path)
    undated = f"; {found.undated} without a date" if found.undated else ""
    tell(f"{len(found.events)} events{undated}")


@guarded
def duties(
    bearer: Annotated[
        str | None,
        typer.Option(
            metavar="CLASS|WORD",
            help="enterprise, government, department, official, individual; or a word.",
        ),
    ] = None,
    due: Annotated[
        tuple[str, str] | None,
        typer.Option("--due", metavar="before|by|on|after DATE", help="When they are due."),
    ] = None,
    region: OneRegionOption = None,
    hazard: Annotated[
        str | None, typer.Option(metavar="H", help="Only about this sector, or a narrower one.")
    ] = None,
    format: Annotated[
        DutyFormat,
        typer.Option("--format", "-f", help="ics (a calendar) needs the extra calendar."),
    ] = DutyFormat.table,
    output_path: OutputOption = None,
    lang: LangOption = Lang.zh,
    store: StoreOption = STORE,
) -> None:
    """List what is to be done by when, also as a calendar to import."""
    from kg.analyse.duties import duties as compute

    with _open(store) as graph:
        found = compute(
            graph,
            bearer=bearer and as_text(bearer),
            due=due and (as_text(due[0]), as_text(due[1])),
            region=region and as_text(region),
            hazard=hazard and as_text(hazard),
            lang=lang.value,
        )
    if format is DutyFormat.ics:
        _write(found.to_icalendar(), output_path)
    elif format is DutyFormat.md:
        _write(found.to_markdown().encode("utf-8", "backslashreplace"), output_path)
    else:
        _rows(found, format.value, output_path)
    unnamed = f"; {found.unnamed} more name no bearer" if found.unnamed else ""
    tell(f"{len(found.duties)} duties with a deadline{unnamed}")


@guarded
def diffusion(
    source: Annotated[
        str,
        typer.Option("--from", metavar="R|NOTICE|MEETING", help="Whose clauses to look for."),
    ] = "全国",
    least: Annotated[
        float,
        typer.Option(metavar="0…1", help="Lowest score: share that returns, less boilerplate."),
    ] = 0.4,
    format: PageOption = PageFormat.table,
    output_path: OutputOption = None,
    lang: LangOption = Lang.zh,
    store: StoreOption = STORE,
) -> None:
    """Find clauses that return in other regions' texts, verbatim or adapted, and who was first."""
    from kg.analyse.diffusion import diffusion as compute

    with _open(store) as graph:
        found = compute(graph, source=as_text(source), least=least, lang=lang.value)
    if format is PageFormat.html:
        from kg.analyse.diffusion_page import page

        _write(page(found).encode(), output_path)
    else:
        _rows(found, format.value, output_path)
    groups = found.by_clause()
    earlier = sum(1 for one in found.returns if one.earlier)
    tell(
        f"{len(groups)} of {found.clauses} clauses return in {len(found.returns)} places"
        + (f", {earlier} of them older" if earlier else "")
        + f" ({found.compared} clauses compared)"
    )


@guarded
def graph_stats(
    scheme: Annotated[
        NetworkScheme, typer.Option(help="What regions are related to.")
    ] = NetworkScheme.hazard,
    fold: FoldOption = False,
    resolution: Annotated[
        float, typer.Option(help="Above 1: smaller communities; below 1: larger ones.")
    ] = 1.0,
    format: Annotated[
        StatsFormat, typer.Option("--format", "-f", help="json has everything.")
    ] = StatsFormat.table,
    output_path: OutputOption = None,
    lang: LangOption = Lang.zh,
    store: StoreOption = STORE,
) -> None:
    """Measure the network of regions and topics: central topics, communities of regions."""
    from kg.analyse.network import stats

    with _open(store) as graph:
        found = stats(graph, scheme=scheme.value, fold=fold, resolution=resolution, lang=lang.value)
    if format is StatsFormat.json:
        import json

        text = json.dumps(found.as_json(), ensure_ascii=False, indent=1)
        _write((text + "\n").encode("utf-8", "backslashreplace"), output_path)
    else:
        _rows(found, format.value, output_path)
    tell(
        f"{found.regions} regions, {found.topics} topics, {found.edges} relations "
        f"({found.density:.1%} of all), {found.components} components"
    )
    for number, group in enumerate(found.communities, 1):
        names = "、".join(group.regions)
        telling = "、".join(topic.label(lang.value) for topic, _ in group.topics)
        tell(f"community {number}: {names} — {telling}")
    tell(f"modularity {found.modularity:.3f}")


@guarded
def graph_export(
    output_path: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE", help="The file to write.")
    ],
    scheme: Annotated[
        NetworkScheme, typer.Option(help="What regions are related to.")
    ] = NetworkScheme.hazard,
    of: Annotated[
        NetworkSide, typer.Option("--of", help="Both sides, or a projection onto one.")
    ] = NetworkSide.both,
    fold: FoldOption = False,
    format: Annotated[
        NetworkFormat | None,
        typer.Option("--format", "-f", help="If the file's name does not tell."),
    ] = None,
    store: StoreOption = STORE,
) -> None:
    """Write the network of regions and topics, or a projection of it, for Gephi."""
    ending = output_path.suffix.removeprefix(".").lower()
    chosen = format.value if format else ending
    if chosen not in list(NetworkFormat):
        fail(f"'{output_path}' does not tell the format", hint="--format graphml or gexf")
    from kg.analyse.network import network, write

    with _open(store) as graph:
        found = network(graph, scheme=scheme.value, fold=fold, of=of.value)
    _write(write(found, NetworkFormat(chosen).value), output_path)
    tell(f"{output_path}: {len(found)} nodes, {found.number_of_edges()} relations")


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


graph = typer.Typer(
    help="Regions and topics as a network (networkx).", no_args_is_help=True, epilog=EPILOG
)
graph.command("stats", epilog=EPILOG)(graph_stats)
graph.command("export", epilog=EPILOG)(graph_export)

COMMANDS = {
    "matrix": matrix,
    "compare": compare,
    "profile": profile,
    "gaps": gaps,
    "timeline": timeline,
    "duties": duties,
    "diffusion": diffusion,
}
GROUPS = {"graph": graph}
