"""How ``kg serve`` bears load, beside the Oxigraph server: python -m bench.serve [--seconds N].

Makes a store of a million triples (the seed's record under other names, dates and regions), asks a mix of
the named queries over 64 connections with wrk, of both servers in turn, and reports requests a second and
latencies: with and without the cache of answers, and with ten endless queries running beside. At the end
stands what was wanted, and whether it holds.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import math
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from hashlib import sha256
from itertools import cycle, islice
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from bench.servers import kg_serve, memory, oxigraph, processor, rest
from kg.data import SEEDS
from kg.model import Record
from kg.ontology import concepts
from kg.pipeline import extract_path
from kg.query import bind, find, named
from kg.regions.table import divisions
from kg.store import Store
from kg.triples import notice_iri, quads
from kg.vocab import sparql_prologue
from kg.vocabulary import vocabulary_quads

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
CONNECTIONS = 64


# --- the store ------------------------------------------------------------------------------------


def make_store(path: Path, triples: int) -> int:
    """Fill a store with copies of the seed until it has so many triples; return how many."""
    (seed,) = sorted(SEEDS.glob("*.txt"))
    record = extract_path(seed)
    with Store.create(path, vocabulary=vocabulary_quads()) as store:
        number = 0
        while number % 10 or len(store) < triples:
            copy = _copy(record, number)
            assert copy.notice is not None
            store.replace(notice_iri(copy.notice), quads(copy))
            number += 1
        return len(store)


def regions() -> list[str]:
    """Name the divisions of the first level."""
    return [d.name for d in divisions() if d.until is None and (d.code or "").endswith("0000")]


def hazards() -> list[str]:
    """Name the sectors at the top of the scheme."""
    return [c.zh for c in concepts() if c.scheme == "hazard" and c.broader is None]


def _copy(record: Record, number: int) -> Record:
    """Make the record of another notice that says the same, of other regions on another day."""
    name = f"copy-{number:05d}"
    names = [r.name for r in record.regions if r.name != "全国"]
    others = islice(cycle(regions()), number % len(regions()), None)
    place = {"全国": "全国", **dict(zip(names, others, strict=False))}
    day = f"20{10 + number // 336 % 15:02d}-{1 + number // 28 % 12:02d}-{1 + number % 28:02d}"

    def moved(item: Any) -> Any:
        changes: dict[str, Any] = {}
        if getattr(item, "region", None) in place:
            changes["region"] = place[item.region]
        if type(item).__name__ == "Region":
            changes["name"] = place.get(item.name, item.name)
        return dataclasses.replace(item, **changes) if changes else item

    fields = {
        f.name: tuple(map(moved, getattr(record, f.name)))
        for f in dataclasses.fields(record)
        if isinstance(getattr(record, f.name), tuple)
    }
    assert record.notice is not None
    notice = dataclasses.replace(
        record.notice,
        id=name,
        filename=f"{name}.txt",
        sha256=sha256(name.encode()).hexdigest(),
        published=day,
    )
    return dataclasses.replace(record, id=name, published=day, notice=notice, **fields)


def mix(path: Path) -> list[tuple[str, dict[str, str], str]]:
    """Return named queries with values for what they can be asked with: name, values, SPARQL."""
    found = []
    with Store.open(path, read_only=True) as store:
        held = store.notices()
        for number in range(10):
            values = {
                "hazard": hazards()[number],
                "region": regions()[number * 3],
                "modality": ("obligation", "prohibition")[number % 2],
                "notice": held[number * len(held) // 10].iri,
                "due": "2020-06-30",
            }
            for query in named():
                given = {p.name: values[p.name] for p in query.parameters if p.name in values}
                if all(p.name in given for p in query.parameters if p.required):
                    text = sparql_prologue() + bind(find(query.name), given, store=store)
                    if (query.name, given, text) not in found:
                        found.append((query.name, given, text))
    return found


# --- load -----------------------------------------------------------------------------------------

_LUA = """
local asked = {}
function init(arguments)
  for line in io.lines(os.getenv("KG_ASKED")) do
    local path, body = line:match("^([^\\t]*)\\t(.*)$")
    body = body:gsub("\\\\n", "\\n"):gsub("\\\\s", "\\\\")
    local headers = {Host = wrk.headers["Host"], Accept = "application/sparql-results+json"}
    if body == "" then
      asked[#asked + 1] = wrk.format("GET", path, headers)
    else
      headers["Content-Type"] = "application/sparql-query"
      asked[#asked + 1] = wrk.format("POST", path, headers, body)
    end
  end
end
local at = 0
function request()
  at = at + 1
  return asked[at % #asked + 1]
end
function done(summary, latency, requests)
  local e = summary.errors
  local form = '{"requests": %d, "seconds": %.3f, "p50": %.3f, "p99": %.3f, ' ..
    '"max": %.3f, "status": %d, "socket": %d}'
  io.write("RESULT " .. string.format(form, summary.requests, summary.duration / 1e6,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3,
    e.status, e.connect + e.read + e.write + e.timeout) .. "\\n")
end
"""

Asked = list[tuple[str, str]]
"""Requests: a path, and what is posted there, ``""`` where it is fetched."""


def load(url: str, asked: Asked, folder: Path, seconds: int) -> dict[str, float]:
    """Ask over 64 connections for some seconds; milliseconds and counts."""
    script, listed = folder / "load.lua", folder / "asked.tsv"
    script.write_text(_LUA)
    lines = (path + "\t" + body.replace("\\", "\\s").replace("\n", "\\n") for path, body in asked)
    listed.write_text("\n".join(lines) + "\n", encoding="utf-8")
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "60s", "--latency"]
    done = subprocess.run(
        [*command, "-s", str(script), url],
        env={**os.environ, "KG_ASKED": str(listed)},
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.search(r"RESULT (.*)", done.stdout)
    assert found, done.stdout + done.stderr
    result: dict[str, float] = json.loads(found[1])
    result["per second"] = result["requests"] / result["seconds"]
    return result


def tell(name: str, result: dict[str, float], more: str = "") -> None:
    """Print a line of figures."""
    print(
        f"{name:34} {result['per second']:9.0f}/s  median {result['p50']:8.1f} ms  "
        f"p99 {result['p99']:8.1f} ms ({result['p99'] / result['p50']:5.1f}×)  "
        f"errors {result['status'] + result['socket']:.0f}  {more}",
        flush=True,
    )


def endless(
    url: str, number: int, stop: threading.Event, statuses: list[int], times: list[float]
) -> None:
    """Ask what never ends, again and again; equal ones would be asked once."""
    query = f"{ENDLESS} # {number}"
    with httpx.Client(timeout=120) as client:
        while not stop.is_set():
            began = time.monotonic()
            statuses.append(client.get(f"{url}/sparql", params={"query": query}).status_code)
            times.append(time.monotonic() - began)


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--triples", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=int, default=60, help="of each server in each round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--store", type=Path, help="keep the store here")
    parser.add_argument("--limit", type=float, default=10.0, help="seconds of an endless query")
    parser.add_argument("--slowest", type=float, default=1.0, help="leave out slower queries (s)")
    parser.add_argument("--only", choices=["alone", "beside"], help="one half of it")
    arguments = parser.parse_args()
    if shutil.which("wrk") is None:
        sys.exit("wrk is not installed (apt install wrk)")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        path = arguments.store or folder / "store"
        if not path.exists():
            print(f"{make_store(path, arguments.triples):,} triples", flush=True)
        _measure(path, folder, arguments)


def _measure(path: Path, folder: Path, arguments: argparse.Namespace) -> None:
    kept = _bearable(path, mix(path), arguments.slowest)
    ours = [("/sparql", text) for _, _, text in kept]
    theirs = [("/query", text) for _, _, text in kept]
    names = [
        (
            f"/queries/{name}"
            + ("?" if given else "")
            + "&".join(f"{k}={quote(v)}" for k, v in given.items()),
            "",
        )
        for name, given, _ in kept
    ]
    verdict: list[tuple[str, str, bool]] = []
    if arguments.only != "beside":
        with (
            oxigraph(path) as (reference, other),
            kg_serve(path, "--cache", "0") as (bare, plain),
            kg_serve(path) as (full, keeping),
        ):
            runs = {
                REFERENCE: (reference, theirs, other),
                BARE: (bare, ours, plain),
                "kg serve, no cache, /queries/NAME": (bare, names, plain),
                "kg serve, cache": (full, ours, keeping),
                "kg serve, cache, /queries/NAME": (full, names, keeping),
            }
            verdict += _alternate(runs, folder, arguments)
    if arguments.only != "alone":
        limit = ("--seconds", str(arguments.limit))
        for name, options in {"no cache": ("--cache", "0"), "cache": ()}.items():
            with kg_serve(path, *limit, *options) as (url, _):
                verdict += _beside(name, url, ours, folder, arguments)
    print()
    for what, measured, holds in verdict:
        print(f"{'holds ' if holds else 'FAILS '} {what:66} {measured}", flush=True)


REFERENCE, BARE = "oxigraph serve-read-only", "kg serve, no cache"
Mix = list[tuple[str, dict[str, str], str]]


def _bearable(path: Path, asked: Mix, slowest: float) -> Mix:
    """Leave out named queries of which a variant takes longer than that; tell which, and the times.

    Each is asked twice: what counts is the better time.
    """
    took: dict[str, list[float]] = {}
    headers = {"content-type": "application/sparql-query"}
    with (
        kg_serve(path, "--cache", "0", "--seconds", str(10 * slowest)) as (url, _),
        httpx.Client(base_url=url, timeout=120, headers=headers) as client,
    ):
        for name, _, text in asked:
            times = took.setdefault(name, [])
            if times and times[-1] > slowest:
                continue
            best = math.inf
            for _ in range(2):
                began = time.perf_counter()
                try:
                    status = client.post("/sparql", content=text.encode()).status_code
                except httpx.RemoteProtocolError:  # cut at the limit when part had gone out
                    status = 504
                if status == 200:
                    best = min(best, time.perf_counter() - began)
            times.append(best)
    for name, times in took.items():
        mean = f"{len(times):3} variants, {sum(times) / len(times) * 1000:8.1f} ms each"
        print(f"  {name:28} {mean if max(times) <= slowest else 'left out'}", flush=True)
    kept = [one for one in asked if max(took[one[0]]) <= slowest]
    print(f"{len(kept)} of {len(asked)} queries", flush=True)
    cost = {
        (name, text): one
        for (name, times) in took.items()
        for text, one in zip((t for n, _, t in asked if n == name), times, strict=False)
    }
    return _mixed(sorted(kept, key=lambda one: cost[one[0], one[2]]))


def _mixed(ordered: Mix) -> Mix:
    """Order them so that each stretch, however short, costs about the same."""
    golden = (math.sqrt(5) - 1) / 2
    places = sorted(range(len(ordered)), key=lambda number: number * golden % 1)
    found = list(ordered)
    for one, place in zip(ordered, places, strict=True):
        found[place] = one
    return found


Runs = dict[str, tuple[str, Asked, "subprocess.Popen[bytes]"]]


def _alternate(
    runs: Runs, folder: Path, arguments: argparse.Namespace
) -> list[tuple[str, str, bool]]:
    """Measure the servers in turn, several times, so that a noisy machine is so to all of them."""
    for name, (url, asked, _) in runs.items():
        if ", cache" not in name:
            load(url, asked, folder, max(10, arguments.seconds // 2))
            continue
        headers = {
            "accept": "application/sparql-results+json",
            "content-type": "application/sparql-query",
        }
        with httpx.Client(base_url=url, timeout=120, headers=headers) as client:
            for path, body in asked:
                client.post(path, content=body.encode()) if body else client.get(path)
    before = {name: memory(process) for name, (_, _, process) in runs.items()}
    results: dict[str, list[dict[str, float]]] = {name: [] for name in runs}
    for number in range(arguments.rounds):
        for name, (url, every, process) in runs.items():
            start = number * len(every) // arguments.rounds
            asked = every[start:] + every[:start]
            for _, _, other in runs.values():
                rest(other)
            used = processor(process)
            result = load(url, asked, folder, arguments.seconds)
            result["processor"] = processor(process) - used
            results[name].append(result)
    verdict: list[tuple[str, str, bool]] = []
    reference = results[REFERENCE]
    for name, parts in results.items():
        total = _summed(parts)
        rates = [a["per second"] / b["per second"] for a, b in zip(parts, reference, strict=True)]
        wall = statistics.median(rates)
        work = total["per processor"] / _summed(reference)["per processor"]
        after = memory(runs[name][2])
        more = (
            f"{wall:.2f}× oxigraph ({min(rates):.2f} to {max(rates):.2f}), "
            f"{work:.2f}× a second of processor"
        )
        tell(name, total, f"{more}; {before[name]:.0f} → {after:.0f} MiB")
        if name == REFERENCE:
            continue
        errors, tail = total["status"] + total["socket"], total["p99"] / total["p50"]
        verdict.append((f"{name}: no error", f"{errors:.0f}", errors == 0))
        verdict.append((f"{name}: p99 at most 20× the median", f"{tail:.1f}", tail <= 20))
        verdict.append((f"{name}: throughput ≥ 0.8× Oxigraph's", f"{wall:.2f}", wall >= 0.8))
        grown = f"{before[name]:.0f} → {after:.0f} MiB"
        verdict.append(
            (f"{name}: memory grows by less than a tenth", grown, after < 1.1 * before[name])
        )
    return verdict


def _summed(parts: list[dict[str, float]]) -> dict[str, float]:
    """Put rounds together: counts summed, latencies the median of the rounds."""
    total = {key: sum(part[key] for part in parts) for key in parts[0]}
    for key in ("p50", "p99"):
        total[key] = statistics.median(part[key] for part in parts)
    total["per second"] = total["requests"] / total["seconds"]
    total["per processor"] = total["requests"] / max(total["processor"], 0.01)
    return total


def _beside(
    name: str, url: str, asked: Asked, folder: Path, arguments: argparse.Namespace
) -> list[tuple[str, str, bool]]:
    """Measure without and with ten endless queries, in turn, in one run."""
    stop, statuses, times = threading.Event(), list[int](), list[float]()
    part = arguments.seconds
    load(url, asked, folder, max(part, 10))
    alone, crowded = [], []
    for _ in range(arguments.rounds):
        alone.append({**load(url, asked, folder, part), "processor": 1.0})
        stop.clear()
        threads = [
            threading.Thread(target=endless, args=(url, number, stop, statuses, times))
            for number in range(10)
        ]
        for thread in threads:
            thread.start()
        time.sleep(1)
        crowded.append({**load(url, asked, folder, part), "processor": 1.0})
        stop.set()
        for thread in threads:
            thread.join()
    one, other = _summed(alone), _summed(crowded)
    shares = [b["per second"] / a["per second"] for a, b in zip(alone, crowded, strict=True)]
    share = statistics.median(shares)
    told = f"{share:.0%} of alone ({min(shares):.0%} to {max(shares):.0%})"
    tell(f"{name}, alone", one)
    tell(f"{name}, ten endless beside", other, told)
    cut = {status: statuses.count(status) for status in sorted(set(statuses))}
    spread = f"{min(times):.1f} to {max(times):.1f} s"
    print(f"  the endless: {cut}, {spread} each", flush=True)
    errors = other["status"] + other["socket"]
    waited = max(part["p99"] for part in crowded) / 1000
    in_time = set(cut) == {504} and max(times) < arguments.limit + waited + 3
    return [
        (f"{name}, ten endless beside: ≥ 50 % of throughput kept", f"{share:.0%}", share >= 0.5),
        (f"{name}, ten endless beside: no error", f"{errors:.0f}", errors == 0),
        (f"{name}: the endless are cut at the limit (and 3 s of waiting)", spread, in_time),
    ]


if __name__ == "__main__":
    main()
