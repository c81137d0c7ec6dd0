"""Named queries on other engines: python -m bench.engines [--notices 100 1000] [--queries NAME …] [--out DIR].

The same triples (the merge of a store of generated notices), the same text of each query, the same run: kg's
own store on disk, the Oxigraph server, Virtuoso 7. Each is asked in turns and the best time counts, rows
read to the last; answers are compared row by row. Writes engines.json.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import pytest

from bench.generate import notices
from kg.errors import KgError
from kg.loading import build
from kg.processes import default_jobs
from kg.query import named, run
from kg.remote import RemoteStore
from kg.store import Store
from tests.servers import oxigraph, virtuoso

#: Values for required parameters.
GIVEN = {"region": "广东省", "hazard": "煤矿", "concept": "煤矿", "regions": "广东省"}
CHUNK = 50_000  # triples in a request
TURNS = 3
LIMIT = 60.0  # seconds for one query


def main() -> None:
    """Measure, and print one table for each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notices", type=int, nargs="+", default=[100, 1000])
    parser.add_argument("--queries", nargs="*", help="default: all")
    parser.add_argument("--out", type=Path, default=Path("out/bench"))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    found = []
    for count in options.notices:
        with TemporaryDirectory(prefix="kg-bench-") as folder:
            found.append(measure(count, Path(folder), options.queries))
        show(found[-1])
    (options.out / "engines.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def measure(count: int, folder: Path, only: list[str] | None = None) -> dict[str, Any]:
    """Build, put on both servers, ask all named queries or these."""
    list(notices(count, folder / "notices"))
    build([folder / "notices"], store=folder / "store", jobs=default_jobs())
    said: dict[str, Any] = {"notices": count, "load": {}, "queries": {}}
    with ExitStack() as stack:
        local = stack.enter_context(Store.open(folder / "store", read_only=True))
        said["triples"] = len(local)
        stores: dict[str, Any] = {"kg": local}
        for name, start in (("oxigraph", oxigraph), ("virtuoso", _virtuoso)):
            try:
                server = stack.enter_context(start(folder / name))
            except pytest.skip.Exception as missing:
                sys.stderr.write(f"{name} is left out: {missing}\n")
                continue
            variables = {**server.environment, "KG_STORE_TIMEOUT": str(LIMIT)}
            with patch.dict(os.environ, {**variables, "KG_STORE_RETRIES": "0"}):
                stores[name] = stack.enter_context(RemoteStore.create(server.url, base=local.base))
            before = time.perf_counter()
            upload(local, stores[name])
            said["load"][name] = time.perf_counter() - before
        for query in named():
            if only and query.name not in only:
                continue
            given: dict[str, object] = {}
            for parameter in query.parameters:
                if parameter.required:
                    given[parameter.name] = GIVEN.get(parameter.kind) or local.notices()[0].iri
            said["queries"][query.name] = ask(stores, query.name, given)
            sys.stderr.write(f"{query.name} {said['queries'][query.name]}\n")
    return said


@contextmanager
def _virtuoso(folder: Path) -> Iterator[Any]:
    with virtuoso(folder, buffers=170_000) as server:  # 1.4 GB, as its manual has it for 2 GB free
        yield server


def upload(local: Store, remote: RemoteStore) -> None:
    """Put the merge on a server, by the Graph Store Protocol."""
    lines: list[str] = []
    for quad in local.merged():
        lines.append(f"{quad.subject} {quad.predicate} {quad.object} .\n")
        if len(lines) == CHUNK:
            remote.client.add_to_graph(remote.merged_graph, "".join(lines).encode())
            lines.clear()
    remote.client.add_to_graph(remote.merged_graph, "".join(lines).encode())


def ask(stores: dict[str, Any], name: str, given: dict[str, object]) -> dict[str, Any]:
    """Ask one query of every store, in turns; best times in seconds, and who answers otherwise."""
    best: dict[str, Any] = {}
    rows: dict[str, Any] = {}
    for _ in range(TURNS):
        for engine, store in stores.items():
            if isinstance(best.get(engine), str):
                continue
            before = time.perf_counter()
            try:
                rows[engine] = run(store, name, given).terms
            except KgError as error:
                best[engine] = str(error)[:120]
                continue
            best[engine] = min(best.get(engine, LIMIT), time.perf_counter() - before)
    same = {e: rows.get(e) == rows["kg"] for e in stores if e != "kg"}
    return {"rows": len(rows["kg"]), "seconds": best, "same": same}


def show(said: dict[str, Any]) -> None:
    """Print the table of one size."""
    print(f"{said['notices']} notices, {said['triples']:,} triples; loaded in s: {said['load']}")
    print("| query | rows | kg ms | oxigraph server | Virtuoso 7 | kg / Virtuoso | same rows |")
    print("|---|---|---|---|---|---|---|")
    for name, one in said["queries"].items():
        times = one["seconds"]
        cells = [
            f"{1000 * t:.1f}" if isinstance(t, float) else "–"
            for t in (times["kg"], times.get("oxigraph"), times.get("virtuoso"))
        ]
        other = times.get("virtuoso")
        ratio = f"{times['kg'] / other:.2f}" if isinstance(other, float) else "–"
        same = "yes" if all(one["same"].values()) else "NO"
        print(f"| {name} | {one['rows']} | {' | '.join(cells)} | {ratio} | {same} |")


if __name__ == "__main__":
    main()
