"""The graph as one interactive HTML page that needs no network.

kg.graph -> choose (at most 300 nodes) -> layout (lanes) -> page (pyvis) -> one file
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import QueryError, StoreError
from kg.graph import Source, around, to_networkx

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["render", "view"]

LIMIT = 300
"""Nodes of a picture by default: Chromium draws as many within half a second."""


def render(
    graph: nx.MultiDiGraph, *, title: str | None = None, limit: int = LIMIT, lang: str = "zh"
) -> str:
    """The page for a graph of :func:`kg.graph.to_networkx`; equal graphs give equal bytes.

    Of more than ``limit`` nodes the best connected are drawn, the others gathered by kind, and the
    page says so. ``lang`` (``zh``, ``zh-Hant`` or ``en``) is the language it opens in. Raises
    QueryError for a language or a limit that cannot be used.

    >>> import networkx
    >>> "<h1 data-title>尾矿库 &lt;1&gt;</h1>" in render(networkx.MultiDiGraph(), title="尾矿库 <1>")
    True
    """
    from kg.view.choose import choose
    from kg.view.content import LANGUAGES
    from kg.view.layout import layout
    from kg.view.page import write_page

    if lang not in LANGUAGES:
        raise QueryError(f"unknown language '{lang}'", hint="one of " + ", ".join(LANGUAGES))
    if limit < 1:
        raise QueryError(f"limit {limit} leaves nothing to draw", hint="give 1 or more")
    choice = choose(graph, limit=limit)
    return write_page(choice, layout(choice.graph), source=graph, title=title, lang=lang)


def view(
    store: Source,
    output_path: str | os.PathLike[str],
    *,
    region: str | None = None,
    hazard: str | None = None,
    query: Collection[str] | None = None,
    limit: int = LIMIT,
    title: str | None = None,
    lang: str = "zh",
) -> nx.MultiDiGraph:
    """Write the page for a store, or for a part of it, and return the graph that it is about.

    ``region`` and ``hazard`` take an IRI, an id or code, or a label in any language. ``query`` takes
    the IRIs that stand in the rows of a query's answer. The file is written whole or not at all.

    Raises QueryError where nothing in the store is called so, or where there is nothing to draw,
    and StoreError where the file cannot be written.
    """
    graph = to_networkx(store, region=region, hazard=hazard)
    if query is not None:
        graph = around(graph, query)
    if not graph:
        raise QueryError(
            "there is nothing to draw",
            hint="no statement fits; try without --region, --hazard or --query",
        )
    _write(Path(output_path), render(graph, title=title, limit=limit, lang=lang))
    return graph


def _write(path: Path, text: str) -> None:
    """Write a file in UTF-8, whole or not at all."""
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(
            dir=path.parent, prefix=f".{path.name}.", suffix=".new"
        )
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as out:
            out.write(text)
        mask = os.umask(0)
        os.umask(mask)
        Path(temporary).chmod(0o666 & ~mask)
        Path(temporary).replace(path)
    except OSError as error:
        if temporary is not None:
            with suppress(OSError):
                Path(temporary).unlink()
        raise StoreError(f"{path}: cannot be written: {error.strerror}") from error
