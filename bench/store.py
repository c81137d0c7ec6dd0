"""Build, load, ask, as ratios measured side by side: python -m bench.store [--notices 500 2000] [--out DIR].

Every measurement runs in a process of its own, so that peak memory is its own. What is measured as one
process, floors and build alike, has one processor to itself: the engine's threads would else take a second.
Floors: tokenising the same text with ``spacy.blank("zh")``, and pyoxigraph bulk-loading the same quads, nothing
else. Named queries are compared with the same text on bare pyoxigraph and (at the smallest size, with a limit of
time) on rdflib. Writes store.json; ``--charts`` draws from it (matplotlib, group ``bench``).
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

LIMIT = 120.0
"""Seconds for one query on one engine; longer is told as such."""
_PROCESSORS = "KG_BENCH_PROCESSORS"


# --- what runs in a process of its own ------------------------------------------------------------


def tokenise(folder: str) -> dict[str, Any]:
    """Tokenise the text of all notices with spaCy's own Chinese tokeniser."""
    import spacy

    nlp = spacy.blank("zh")
    texts = [p.read_text(encoding="utf-8") for p in sorted(Path(folder).rglob("*.txt"))]
    nlp.make_doc(texts[0])

    def run() -> None:
        for text in texts:
            nlp.make_doc(text)

    return timed(run)


def build(folder: str, store: str, jobs: str) -> dict[str, Any]:
    """Build a store from a folder."""
    import kg

    def run() -> None:
        found.append(kg.build(folder, store=store, jobs=int(jobs)))

    found: list[Any] = []
    said = timed(run)
    return {**said, "notices": found[0].notices, "failures": len(found[0].failures)}


def dump(store: str, file: str) -> dict[str, Any]:
    """Write the quads of a store for the floors; how many there are and what they take on disk.

    ``file`` gets those that are exported, ``file.all`` also the merge that queries run on: what a build
    loads.
    """
    from kg.keeping import size
    from kg.store import Store

    with (
        Store.open(store, read_only=True) as opened,
        Path(file).open("wb") as out,
        Path(f"{file}.all").open("wb") as everything,
    ):
        quads = 0
        for name in opened.graphs():
            data = opened.dump(name)
            quads += data.count(b"\n")
            out.write(data)
            everything.write(data)
            everything.write(data.replace(f" <{name}> .\n".encode(), b" .\n"))
        return {"quads": quads, "triples": len(opened), "bytes": size(Path(store))}


def bulk_load(file: str, target: str) -> dict[str, Any]:
    """Load quads with pyoxigraph and nothing else."""
    import pyoxigraph as ox

    engine = ox.Store(target)
    return timed(lambda: engine.bulk_load(path=file, format=ox.RdfFormat.N_QUADS))


def ask(store: str, name: str) -> dict[str, Any]:
    """Ask one named query, through kg and on bare pyoxigraph, in turns; best of five."""
    from kg.query import bind, find, run
    from kg.store import Store
    from kg.vocab import prefixes

    query = find(name)
    with Store.open(store, read_only=True) as opened:
        given = _given(opened, query)
        text, known = bind(query, given, store=opened), prefixes(opened.base)
        ours: list[float] = []
        bare: list[float] = []
        rows = 0
        for _ in range(5):
            start = time.perf_counter()
            rows = len(run(opened, query, given).terms)
            ours.append(time.perf_counter() - start)
            start = time.perf_counter()
            list(opened.engine.query(text, prefixes=known))
            bare.append(time.perf_counter() - start)
            if sum(ours) + sum(bare) > LIMIT / 4:
                break
    return {"kg": min(ours), "bare": min(bare), "rows": rows}


def ask_rdflib(file: str, store: str, *names: str) -> dict[str, Any]:
    """Ask rdflib the same; it reads the merge into memory first."""
    import kg
    from kg.query import bind, find
    from kg.store import Store
    from kg.vocab import prefixes

    del file
    with kg.open(store) as graph:
        everything = graph.to_rdflib()
    found: dict[str, Any] = {}
    with Store.open(store, read_only=True) as opened:
        for name in names:
            query = find(name)
            text = bind(query, _given(opened, query), store=opened)
            start = time.perf_counter()
            try:
                rows = len(list(everything.query(text, initNs=prefixes(opened.base))))
            except Exception as error:
                found[name] = {"error": f"{type(error).__name__}: {error}"[:120]}
                continue
            found[name] = {"seconds": time.perf_counter() - start, "rows": rows}
            sys.stderr.write(f"rdflib {name} {found[name]}\n")
    return found


def _given(store: Any, query: Any) -> dict[str, object]:
    """Choose values for required parameters: the region that says most, the commonest sector."""
    if not any(p.required for p in query.parameters):
        return {}

    def first(text: str) -> str:
        return next(iter(store.query(text)))["x"].value

    common = {
        "region": "SELECT ?x (COUNT(*) AS ?n) { ?s a kg:Emphasis ; kg:region ?x }"
        " GROUP BY ?x ORDER BY DESC(?n) ?x LIMIT 1",
        "hazard": "SELECT ?x (COUNT(*) AS ?n) { ?p kg:stresses ?x }"
        " GROUP BY ?x ORDER BY DESC(?n) ?x LIMIT 1",
        "concept": "SELECT ?x (COUNT(*) AS ?n) { ?p kg:stresses ?x }"
        " GROUP BY ?x ORDER BY DESC(?n) ?x LIMIT 1",
        "notice": "SELECT ?x { ?x a kg:Notice } ORDER BY ?x LIMIT 1",
    }
    return {
        p.name: first(common[p.kind]) if p.kind in common else "安全"
        for p in query.parameters
        if p.required
    }


def timed(act: Callable[[], Any]) -> dict[str, Any]:
    """Run it once: seconds on the clock, seconds of processors (children included), peak memory."""
    start, before = time.perf_counter(), _used()
    act()
    wall, after = time.perf_counter() - start, _used()
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return {"wall": wall, "cpu": after - before, "peak_mb": (own + children) / 1024}


def _used() -> float:
    both = (resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


TASKS = {f.__name__: f for f in (tokenise, build, dump, bulk_load, ask, ask_rdflib)}


# --- the whole ------------------------------------------------------------------------------------


def measure(
    task: str, *arguments: object, limit: float | None = None, processors: int = 0
) -> dict[str, Any]:
    """Run a task in a process of its own; ``{"error": …}`` where it takes too long or fails.

    ``processors`` are how many it may use, 0 for all.
    """
    command = [sys.executable, "-m", "bench.store", "--task", task, *map(str, arguments)]
    variables = {**os.environ, _PROCESSORS: str(processors)}
    try:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, check=True, timeout=limit, env=variables
        )
    except subprocess.TimeoutExpired:
        return {"error": f"longer than {limit} s"}
    except subprocess.CalledProcessError as error:
        return {"error": f"exit code {error.returncode}"}
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def at_size(count: int, work: Path, *, rdflib: bool, queries: Iterable[str]) -> dict[str, Any]:
    """Measure everything for so many notices."""
    from bench.generate import notices

    folder, one, two = work / f"n{count}", work / f"one{count}", work / f"two{count}"
    sum(1 for _ in notices(count, folder))
    said: dict[str, Any] = {"notices": count}
    said["tokenise"] = measure("tokenise", folder, processors=1)
    said["build"] = measure("build", folder, one, 1, processors=1)
    said["again"] = measure("build", folder, one, 1, processors=1)
    said["build_2"] = measure("build", folder, two, 2)
    said["store"] = measure("dump", one, work / f"{count}.nq")
    said["bulk_load"] = measure(
        "bulk_load", work / f"{count}.nq", work / f"bare{count}", processors=1
    )
    said["bulk_load_all"] = measure(
        "bulk_load", work / f"{count}.nq.all", work / f"all{count}", processors=1
    )
    said["queries"] = {name: measure("ask", one, name, limit=3 * LIMIT) for name in queries}
    if rdflib:
        said["rdflib"] = measure("ask_rdflib", "-", one, *queries, limit=20 * LIMIT)
    return said


def ratios(said: dict[str, Any]) -> dict[str, float]:
    """Compare: a build with the slower of its floors, two processes with one, and so on."""
    found: dict[str, float] = {}
    for clock in ("wall", "cpu"):
        for load, which in (("bulk_load_all", "with the merge"), ("bulk_load", "exported quads")):
            floor = max(said["tokenise"][clock], said[load][clock])
            found[f"build / slower floor, {which} ({clock})"] = said["build"][clock] / floor
        found[f"again / build ({clock})"] = said["again"][clock] / said["build"][clock]
    found["one process / two (wall)"] = said["build"]["wall"] / said["build_2"]["wall"]
    found["bytes per triple"] = said["store"]["bytes"] / said["store"]["triples"]
    found["peak MB, one process"] = said["build"]["peak_mb"]
    return found


def exponent(small: tuple[float, float], large: tuple[float, float]) -> float:
    """Estimate k of time = size ** k from two sizes and their times."""
    return math.log(large[1] / small[1]) / math.log(large[0] / small[0])


def table(found: list[dict[str, Any]]) -> str:
    """Write one table of everything."""
    sizes = [f"{s['store']['triples']:,} triples" for s in found]
    lines = ["| | " + " | ".join(sizes) + " | exponent |", "|---" * (len(found) + 2) + "|"]
    for key in ratios(found[0]):
        lines.append(f"| {key} | " + " | ".join(f"{ratios(s)[key]:.3g}" for s in found) + " | |")
    for key in ("build", "bulk_load_all", "bulk_load", "tokenise"):
        cells = " | ".join(f"{s[key]['wall']:.2f} s, cpu {s[key]['cpu']:.2f}" for s in found)
        lines.append(f"| {key} | {cells} | {_exponent(found, key)} |")
    for name in found[0]["queries"]:
        cells = []
        for said in found:
            one = said["queries"][name]
            if "error" in one:
                cells.append(one["error"])
                continue
            cell = f"{one['kg'] * 1e3:.1f} ms, × {one['kg'] / one['bare']:.2f} bare"
            other = said.get("rdflib", {}).get(name, {})
            if "seconds" in other:
                cell += f", rdflib × {other['seconds'] / one['kg']:.0f}"
                cell += "" if other["rows"] == one["rows"] else " (OTHER ROWS)"
            cells.append(cell)
        ends = [
            (s["store"]["triples"], s["queries"][name].get("kg")) for s in (found[0], found[-1])
        ]
        both = len(found) > 1 and ends[0][1] and ends[1][1]
        grown = f"{exponent(*ends):.2f}" if both else ""
        lines.append(f"| {name} | {' | '.join(cells)} | {grown} |")
    return "\n".join(lines) + "\n"


def _exponent(found: list[dict[str, Any]], key: str) -> str:
    if len(found) < 2:
        return ""
    ends = [(s["notices"], s[key]["cpu"]) for s in (found[0], found[-1])]
    return f"{exponent(*ends):.2f}"


def charts(found: list[dict[str, Any]], folder: Path) -> None:
    """Draw build and queries against size, as PNG and SVG."""
    import matplotlib as mpl

    mpl.use("Agg")
    mpl.rcParams["svg.hashsalt"] = "kg"
    from matplotlib import pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.5), layout="constrained")
    sizes = [s["store"]["triples"] for s in found]
    for key in ("build", "build_2", "bulk_load", "tokenise"):
        left.loglog(sizes, [s[key]["wall"] for s in found], marker="o", label=key)
    left.set(xlabel="triples", ylabel="seconds", title="build and its floors")
    left.legend()
    for name in found[0]["queries"]:
        times = [s["queries"][name].get("kg", math.nan) * 1e3 for s in found]
        right.loglog(sizes, times, marker=".", label=name)
    right.set(xlabel="triples", ylabel="milliseconds", title="named queries")
    right.legend(fontsize=5, ncols=2)
    for suffix in ("png", "svg"):
        figure.savefig(
            folder / f"store.{suffix}",
            dpi=120,
            metadata={"Date": None} if suffix == "svg" else None,
        )
    plt.close(figure)


def main() -> None:
    """Measure, print the table, keep the JSON."""
    if sys.argv[1:2] == ["--task"]:
        if processors := int(os.environ.get(_PROCESSORS, "0")):
            os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:processors])
        print(json.dumps(TASKS[sys.argv[2]](*sys.argv[3:])))
        return
    from kg.query import named

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notices", type=int, nargs="+", default=[100, 1000])
    parser.add_argument("--out", type=Path, default=Path("out/bench"))
    parser.add_argument("--queries", nargs="*", help="default: all")
    parser.add_argument("--no-rdflib", action="store_true")
    parser.add_argument("--charts", action="store_true")
    told = parser.parse_args()
    told.out.mkdir(parents=True, exist_ok=True)
    names = told.queries or [query.name for query in named()]
    found: list[dict[str, Any]] = []
    for count in told.notices:
        with TemporaryDirectory(prefix="kg-bench-") as work:
            rdflib = count == told.notices[0] and not told.no_rdflib
            found.append(at_size(count, Path(work), rdflib=rdflib, queries=names))
        text = json.dumps({"cores": os.cpu_count(), "sizes": found}, indent=1) + "\n"
        (told.out / "store.json").write_text(text, encoding="utf-8")
    if told.charts:
        charts(found, told.out)
    print(table(found))


if __name__ == "__main__":
    main()
