"""What the analyses let one choose: formats, layers, languages; and the options they share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


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


class TableFormat(StrEnum):
    """What tables are written as."""

    table = "table"
    csv = "csv"


class PageFormat(StrEnum):
    """What tables that are also pages are written as."""

    table = "table"
    csv = "csv"
    html = "html"


class DutyFormat(StrEnum):
    """What ``kg duties`` writes."""

    table = "table"
    csv = "csv"
    md = "md"
    ics = "ics"


class StatsFormat(StrEnum):
    """What ``kg graph stats`` writes."""

    table = "table"
    csv = "csv"
    json = "json"


class NetworkFormat(StrEnum):
    """What ``kg graph export`` writes."""

    graphml = "graphml"
    gexf = "gexf"


class NetworkScheme(StrEnum):
    """The topics of a network."""

    hazard = "hazard"
    responsibility = "responsibility"
    measure = "measure"


class NetworkSide(StrEnum):
    """The nodes of an exported network."""

    both = "both"
    regions = "regions"
    topics = "topics"


class EventKind(StrEnum):
    """What ``kg timeline`` can be restricted to."""

    meeting = "meeting"
    deadline = "deadline"


LangOption = Annotated[Lang, typer.Option("--lang", help="Labels in Chinese or English.")]
OutputOption = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="FILE", help="A file instead of stdout.")
]
FormatOption = Annotated[TableFormat, typer.Option("--format", "-f", help="To read, or to use.")]
PageOption = Annotated[PageFormat, typer.Option("--format", "-f", help="html is a page offline.")]
FoldOption = Annotated[bool, typer.Option("--fold", help="Count narrower ones under the topmost.")]
RegionArgument = Annotated[str, typer.Argument(metavar="R", help="A region: name or code.")]
OneRegionOption = Annotated[
    str | None, typer.Option("--region", metavar="R", help="Only of this region.")
]
