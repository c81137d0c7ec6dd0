"""The sentence around a clause, read from the file that the clause came from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from kg.errors import KgError
from kg.stores import GraphStore

_STOP = re.compile(r"[。！？!?\n]+[”’」』]?")


def add_sentences(
    rows: Iterable[Mapping[str, Any]], store: GraphStore, *, files: int | None = None
) -> tuple[list[dict[str, Any]], bool]:
    """Put the sentence around each row's quote in its column ``sentence``.

    Where the file has gone, or is another one now, the clause itself stays there. Rows of more than
    so many ``files`` are left out; returns whether any were.
    """
    out: list[dict[str, Any]] = []
    read: set[str] = set()
    for row in rows:
        source = str(row["source"])
        read.add(source)
        if files is not None and len(read) > files:
            return out, True
        text = _restored(store, source)
        found = sentence_around(text, str(row["quote"]), int(row["start"]), _starts(store, source))
        out.append({**row, "sentence": found or row["quote"]})
    return out, False


def sentence_around(text: str | None, quote: str, start: int, to_restored: Any) -> str | None:
    """Cut the sentence out of the restored text that holds the quote, nearest to its raw place."""
    if not text:
        return None
    places = [m.start() for m in re.finditer(re.escape(quote), text)]
    if not places:
        return None
    wanted = to_restored(start) if to_restored is not None else 0
    at = min(places, key=lambda p: abs(p - wanted))
    begin = 0
    for stop in _STOP.finditer(text):
        if stop.end() <= at:
            begin = stop.end()
        elif stop.start() >= at + len(quote) - 1:
            return text[begin : stop.end()].strip()
    return text[begin:].strip()


def _restored(store: GraphStore, notice: str) -> str | None:
    page = _page(*_place(store, notice))
    return None if page is None else page[0]


def _starts(store: GraphStore, notice: str) -> Any:
    page = _page(*_place(store, notice))
    return None if page is None else page[1]


def _place(store: GraphStore, notice: str) -> tuple[str | None, str]:
    stored = store.notice(notice)
    return (stored.path, stored.sha256) if stored is not None else (None, "")


@lru_cache(maxsize=32)
def _page(path: str | None, sha256: str) -> tuple[str, Any] | None:
    from kg.read import read_path
    from kg.repair import repair

    if path is None:
        return None
    try:
        notice = read_path(Path(path))
    except KgError:
        return None
    if notice.sha256 != sha256:
        return None
    repaired = repair(notice)
    runs = repaired.alignment.runs

    def to_restored(raw: int) -> int:
        before = [run for run in runs if run[1] <= raw]
        return before[-1][0] + (raw - before[-1][1]) if before else 0

    return repaired.text, to_restored
