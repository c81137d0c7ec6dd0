"""Whether any string makes the endpoint fail: python -m bench.fuzz [--count N] [--store DIR].

Strings are the named queries and a few others, broken in many ways: tokens dropped, doubled, exchanged, put
among others; characters of all kinds; deep nesting; and plain noise. Every answer must be 200 or 4xx.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from kg.query import named
from kg.sparql import tokens
from tests.serving import serving
from tests.stores import on_disk

_OTHERS = (
    "ASK { ?s ?p ?o }",
    "DESCRIBE hazard:flood",
    "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 5",
    "SELECT * { ?s kg:stresses+/kg:within* ?o } LIMIT 5",
    "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o FILTER(REGEX(STR(?o), '矿', 'i')) }",
    "SELECT ?s { ?s ?p ?o MINUS { ?s a kg:Notice } } ORDER BY DESC(?s) LIMIT 3 OFFSET 2",
    "SELECT * { VALUES (?a ?b) { (1 2) (UNDEF 'x'@zh) } BIND(?a + 1 AS ?c) }",
    "SELECT * FROM <urn:g> { GRAPH ?g { ?s ?p ?o } }",
)
_WORDS = (
    "SELECT ASK WHERE FILTER OPTIONAL UNION MINUS BIND VALUES GRAPH SERVICE LOAD FROM NAMED GROUP BY "
    "HAVING ORDER LIMIT OFFSET DISTINCT EXISTS NOT IN AS BASE PREFIX a true 1 -1 1e999 99999999999999999999 "
    '\'x\' """ ?x $y <urn:x> <> kg: : _:b [] () { } ( ) [ ] . ; , | / ^ * + ? ! = != < > && || # \\ @zh ^^ '
    "xsd:date COUNT SUM AVG GROUP_CONCAT REGEX REPLACE SUBSTR STRLEN IRI BNODE UUID NOW RAND MD5 SHA512 "
    "LANG DATATYPE COALESCE IF SAMETERM INSERT DELETE DATA DROP ALL CLEAR"
)
_ODD = "\x00\x01\x1b\x7f\u00ad\u200b\u202e\ufeff\ufffd\uffff𠀀🚒é'\"\\`{}()<>#%\r\n\t "


def queries(count: int, *, seed: int) -> Iterator[str]:
    """Yield so many strings; equal seeds give equal strings."""
    chance = random.Random(seed)
    wholes = [*(query.sparql for query in named()), *_OTHERS]
    words = _WORDS.split()
    for _ in range(count):
        kind = chance.random()
        if kind < 0.1:
            yield "".join(chance.choice(_ODD + "abc?:") for _ in range(chance.randrange(60)))
        elif kind < 0.2:
            yield " ".join(chance.choice(words) for _ in range(chance.randrange(1, 40)))
        elif kind < 0.25:
            deep = chance.choice(("{", "(", "[", "!", "{ OPTIONAL {", "<<("))
            yield f"SELECT * {{ ?s ?p ?o FILTER({deep * chance.randrange(1, 20000)}"[:90_000]
        else:
            yield _broken(chance, chance.choice(wholes), words)


def _broken(chance: random.Random, text: str, words: list[str]) -> str:
    found = [token.text for token in tokens(text)]
    for _ in range(chance.choice((0, 1, 1, 2, 3, 8))):
        at = chance.randrange(len(found)) if found else 0
        match chance.randrange(5):
            case 0:
                del found[at : at + chance.randrange(1, 4)]
            case 1:
                found[at:at] = found[at : at + 3]
            case 2:
                found.insert(at, chance.choice(words))
            case 3:
                found[at : at + 1] = [chance.choice(words)]
            case _:
                found.insert(at, chance.choice(_ODD))
    return " ".join(found)


def main() -> None:
    """Ask them all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--store", type=Path)
    arguments = parser.parse_args()
    seen: Counter[int] = Counter()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        store = arguments.store or on_disk(folder / "store")
        with (
            serving(store, folder, "--cache", "0", "--no-log", "--seconds", "20") as server,
            ThreadPoolExecutor(8) as threads,
        ):

            def ask(text: str) -> tuple[int, str]:
                data = {"query": text.encode("utf-8", "replace").decode()}
                return server.client.post("/sparql", data=data).status_code, text

            for status, text in threads.map(ask, queries(arguments.count, seed=arguments.seed)):
                seen[status] += 1
                if status >= 500:
                    print(f"{status}: {text[:2000]!r}", flush=True)
            crashed = server.metric('kg_questions_cut_total{why="crash"}')
    print(
        f"{arguments.count} strings in {time.monotonic() - began:.0f} s: {dict(sorted(seen.items()))}"
    )
    print(f"workers that crashed: {crashed:.0f}")
    sys.exit(any(status >= 500 for status in seen))


if __name__ == "__main__":
    main()
