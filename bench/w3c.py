"""The W3C's query evaluation tests through ``kg query --data``: python -m bench.w3c FOLDER.

FOLDER holds manifests (any depth), as the W3C publishes them or as the source archive of rdflib 7 has
them (``test/data/suites/w3c``). Each test runs as the command that a user would type; its output is
read by rdflib and compared with the expected one. Left out: entailment regimes, SERVICE, update,
syntax. Prints what fails, and a count for each folder; exit code 1 where anything fails.

Measured with pyoxigraph 0.5.13: 176 of 183 of SPARQL 1.1, 225 of 249 of SPARQL 1.0. What fails is the
engine's or RDF 1.1's: numbers are kept by value (``01`` is ``1``), language tags in small letters,
a plain literal is an xsd:string, BNODE("x") is one node in all rows, FROM and FROM NAMED of one file
share its blank nodes; agg-empty-group's answer has been corrected by the W3C since.
"""

from __future__ import annotations

import argparse
import logging
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote, urlparse

from rdflib import BNode, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.compare import isomorphic
from rdflib.namespace import RDF, XSD
from rdflib.query import Result
from typer.testing import CliRunner

from kg.cli import app

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
QT = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
RS = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/result-set#")
_FORMATS = {".srx": "xml", ".srj": "json", ".csv": "csv", ".tsv": "tsv"}
_NUMBERS = frozenset({XSD.integer, XSD.decimal, XSD.double, XSD.float})
_OUT = frozenset({"entailment", "service", "syntax-fed"})


@dataclass(frozen=True, slots=True)
class Case:
    """One test: what to ask of what, and where the answer stands."""

    name: str
    query: Path
    data: tuple[Path, ...]
    graphs: tuple[tuple[str, Path], ...]
    result: Path
    ordered: bool
    lax: bool


def cases(folder: Path) -> Iterator[Case]:
    """Find the query evaluation tests under a folder."""
    for file in sorted(folder.rglob("manifest.ttl")):
        if _OUT & set(file.parts):
            continue
        graph = Graph().parse(file, publicID=file.as_uri())
        for head in graph.objects(None, MF.entries):
            for entry in Collection(graph, head):
                if (entry, RDF.type, MF.QueryEvaluationTest) in graph or (
                    entry,
                    RDF.type,
                    MF.CSVResultFormatTest,
                ) in graph:
                    yield _case(graph, entry, file)


def _case(graph: Graph, entry: object, file: Path) -> Case:
    action = graph.value(entry, MF.action)
    named = []
    for node in graph.objects(action, QT.graphData):
        source = graph.value(node, QT.graph) if isinstance(node, BNode) else node
        label = graph.value(node, URIRef("http://www.w3.org/2000/01/rdf-schema#label"))
        named.append((str(label) if label else str(source), _path(source)))
    query = _path(graph.value(action, QT.query))
    return Case(
        name=f"{file.parent.name}/{graph.value(entry, MF.name)}",
        query=query,
        data=tuple(_path(node) for node in graph.objects(action, QT.data)),
        graphs=tuple(sorted(named)),
        result=_path(graph.value(entry, MF.result)),
        ordered="order by" in query.read_text("utf-8").casefold() and "sort" in file.parts,
        lax=(entry, MF.resultCardinality, MF.LaxCardinality) in graph,
    )


def _path(node: object) -> Path:
    return Path(unquote(urlparse(str(node)).path))


def answer(case: Case) -> bytes:
    """Run the command; raises AssertionError with its words where it fails."""
    text = case.query.read_text("utf-8")
    construct = not _asks(text)
    words = ["query", str(case.query), "-f", "ttl" if construct else "json"]
    for file in case.data:
        words += ["--data", str(file)]
    for name, file in case.graphs:
        words += ["--graph", f"{name}={file}"]
    if not case.data and not case.graphs:  # the query says itself of what it asks
        for iri in re.findall(r"(?i)\bFROM\s+(?:NAMED\s+)?<([^>]+)>", text):
            file = case.query.parent / iri
            words += ["--graph", f"{file.as_uri()}={file}"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.stderr.strip()[:300] or repr(done.exception)
    return done.stdout_bytes


def _asks(text: str) -> bool:
    from rdflib.plugins.sparql.parser import parseQuery

    return parseQuery(text)[1].name in {"SelectQuery", "AskQuery"}


def right(case: Case, got: bytes) -> bool:
    """Compare with the expected answer: rows as a multiset, blank nodes by their role."""
    if case.result.suffix in {".ttl", ".rdf", ".n3", ".nt"}:
        expected = Graph().parse(case.result, publicID=case.result.as_uri())
        if (None, RDF.type, RS.ResultSet) not in expected:
            return isomorphic(Graph().parse(data=got, format="turtle"), expected)
        wanted = _from_graph(expected)
    else:
        with case.result.open("rb") as file:
            wanted = Result.parse(file, format=_FORMATS[case.result.suffix])
    result = Result.parse(BytesIO(got), format="json")
    if wanted.type == "ASK" or result.type == "ASK":
        return bool(wanted.askAnswer) == bool(result.askAnswer)
    plain = case.result.suffix == ".csv"
    ours, theirs = _rows(result, plain=plain), _rows(wanted, plain=plain)
    if case.lax:
        return {_key(r) for r in ours} == {_key(r) for r in theirs}
    return isomorphic(_graph(ours, ordered=case.ordered), _graph(theirs, ordered=case.ordered))


def _rows(result: Result, *, plain: bool) -> list[dict[str, object]]:
    rows = [{str(k): v for k, v in b.items() if v is not None} for b in result.bindings]
    if plain:  # CSV knows no types
        rows = [
            {k: v if isinstance(v, BNode) else Literal(str(v)) for k, v in r.items() if str(v)}
            for r in rows
        ]
        return [
            {k: BNode(v[2:]) if str(v).startswith("_:") else v for k, v in r.items()} for r in rows
        ]
    return rows


def _plain(term: object) -> object:
    """Write equal values equally: numbers by value, xsd:string as RDF 1.1 has it."""
    if isinstance(term, Literal):
        if term.datatype == XSD.string:
            return Literal(str(term))
        if term.datatype in _NUMBERS:
            try:
                return Literal(f"{float(term):.9g}", datatype=term.datatype)
            except ValueError:
                return term
    return term


def _key(row: dict[str, object]) -> tuple[tuple[str, str], ...]:
    return tuple(
        sorted((k, "_" if isinstance(v, BNode) else repr(_plain(v))) for k, v in row.items())
    )


def _graph(rows: list[dict[str, object]], *, ordered: bool) -> Graph:
    graph = Graph()
    for number, row in enumerate(rows):
        node = BNode()
        graph.add((node, RDF.type, RS.ResultSolution))
        if ordered:
            graph.add((node, RS["index"], Literal(number)))
        for name, value in row.items():
            graph.add((node, URIRef(f"urn:var:{name}"), _plain(value)))
    return graph


def _from_graph(graph: Graph) -> Result:
    root = next(graph.subjects(RDF.type, RS.ResultSet))
    said = graph.value(root, RS.boolean)
    if said is not None:
        result = Result("ASK")
        result.askAnswer = bool(said.toPython())
        return result
    result = Result("SELECT")
    solutions = sorted(
        graph.objects(root, RS.solution), key=lambda s: int(graph.value(s, RS["index"]) or 0)
    )
    result.bindings = [
        {
            graph.value(b, RS.variable): graph.value(b, RS.value)
            for b in graph.objects(s, RS.binding)
        }
        for s in solutions
    ]
    return result


def main() -> int:
    """Run all; tell what fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder.resolve()
    logging.getLogger("rdflib").setLevel(logging.CRITICAL)  # tests have literals of no value
    counts: Counter[tuple[str, bool]] = Counter()
    for case in cases(folder):
        why = ""
        try:
            good = right(case, answer(case))
        except Exception as error:
            good, why = False, f"{type(error).__name__}: {error}"[:200].replace("\n", " ")
        counts[case.name.split("/")[0], good] += 1
        if not good:
            print(f"- {case.name} ({case.query}) {why}")
    for name in sorted({name for name, _ in counts}):
        print(f"{name:24} {counts[name, True]:4} of {counts[name, True] + counts[name, False]:4}")
    good, bad = (sum(n for (_, g), n in counts.items() if g is which) for which in (True, False))
    print(f"{'all':24} {good:4} of {good + bad:4}")
    return 1 if bad or not good else 0


if __name__ == "__main__":
    sys.exit(main())
