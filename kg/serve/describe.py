"""What the service is and what the graph holds: SPARQL service description and VoID.

https://www.w3.org/TR/sparql11-service-description/, https://www.w3.org/TR/void/ . The statistics are counted when
first asked for, once for a snapshot of the store.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.serve.jobs import write_graph
from kg.vocab import RDF, XSD, prefixes, vocabulary_graph

if TYPE_CHECKING:
    from kg.serve.out import Out
    from kg.store import Store

SD = "http://www.w3.org/ns/sparql-service-description#"
VOID = "http://rdfs.org/ns/void#"
_FORMATS = "http://www.w3.org/ns/formats/"
_WRITES = (
    "SPARQL_Results_JSON",
    "SPARQL_Results_XML",
    "SPARQL_Results_CSV",
    "SPARQL_Results_TSV",
    "Turtle",
    "N-Triples",
    "JSON-LD",
    "RDF_XML",
)


def service(store: Store, out: Out, *, url: str, graph: str, writable: bool) -> None:
    """Write the description of the endpoint at ``url``."""
    this, dataset = ox.NamedNode(url), ox.NamedNode(url + "#dataset")
    default = ox.NamedNode(url + "#default-graph")

    def triples() -> Iterator[ox.Triple]:
        yield _a(this, SD + "Service")
        yield _link(this, SD + "endpoint", url)
        languages = ["SPARQL10Query", "SPARQL11Query", *(["SPARQL11Update"] if writable else [])]
        for language in languages:
            yield _link(this, SD + "supportedLanguage", SD + language)
        yield _link(this, SD + "feature", SD + "UnionDefaultGraph")
        for format in _WRITES:
            yield _link(this, SD + "resultFormat", _FORMATS + format)
        yield _link(this, SD + "defaultDataset", dataset.value)
        yield _a(dataset, SD + "Dataset")
        yield _link(dataset, SD + "defaultGraph", default.value)
        yield _a(default, SD + "Graph")
        yield _a(default, VOID + "Dataset")
        yield _number(default, VOID + "triples", _count(store))
        vocabulary = ox.NamedNode(url + "#vocabulary")
        yield _link(dataset, SD + "namedGraph", vocabulary.value)
        yield _a(vocabulary, SD + "NamedGraph")
        yield _link(vocabulary, SD + "name", vocabulary_graph(store.base))

    _write(store, out, triples(), graph)


def void(store: Store, out: Out, *, url: str, endpoint: str, graph: str) -> None:
    """Write statistics of the graph: triples, subjects, objects, by class and by property."""
    this = ox.NamedNode(url + "#dataset")

    def triples() -> Iterator[ox.Triple]:
        yield _a(ox.NamedNode(url), VOID + "DatasetDescription")
        yield _link(ox.NamedNode(url), "http://xmlns.com/foaf/0.1/primaryTopic", this.value)
        yield _a(this, VOID + "Dataset")
        yield _link(this, VOID + "sparqlEndpoint", endpoint)
        yield ox.Triple(this, ox.NamedNode(VOID + "uriSpace"), ox.Literal(store.base))
        for iri in sorted(prefixes(store.base).values()):
            yield _link(this, VOID + "vocabulary", iri)
        yield from _figures(store, this)

    _write(store, out, triples(), graph)


def _figures(store: Store, this: ox.NamedNode) -> Iterator[ox.Triple]:
    yield _number(this, VOID + "triples", _count(store))
    for name, variable in (("distinctSubjects", "?s"), ("distinctObjects", "?o")):
        (row,) = store.query(f"SELECT (COUNT(DISTINCT {variable}) AS ?n) {{ ?s ?p ?o }}")
        yield _number(this, VOID + name, int(row["n"].value))
    classes = list(store.query("SELECT ?c (COUNT(?s) AS ?n) { ?s a ?c } GROUP BY ?c ORDER BY ?c"))
    yield _number(this, VOID + "classes", len(classes))
    properties = list(
        store.query("SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p ORDER BY ?p")
    )
    yield _number(this, VOID + "properties", len(properties))
    parts = ("class", "classPartition", "entities", classes), (
        "property", "propertyPartition", "triples", properties,
    )  # fmt: skip
    for what, partition, counted, rows in parts:
        for number, (thing, count) in enumerate(rows, 1):
            part = ox.NamedNode(f"{this.value}-{what}-{number}")
            yield _link(this, VOID + partition, part.value)
            yield ox.Triple(part, ox.NamedNode(VOID + what), thing)
            yield _number(part, VOID + counted, int(count.value))


def _count(store: Store) -> int:
    (row,) = store.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    return int(row["n"].value)


def _a(node: ox.NamedNode, kind: str) -> ox.Triple:
    return _link(node, RDF.type, kind)


def _link(node: ox.NamedNode, predicate: str, iri: str) -> ox.Triple:
    return ox.Triple(node, ox.NamedNode(predicate), ox.NamedNode(iri))


def _number(node: ox.NamedNode, predicate: str, number: int) -> ox.Triple:
    value = ox.Literal(str(number), datatype=ox.NamedNode(XSD.integer))
    return ox.Triple(node, ox.NamedNode(predicate), value)


def _write(store: Store, out: Out, triples: Iterator[ox.Triple], graph: str) -> None:
    write_graph(out, triples, graph, {"sd": SD, "void": VOID, **prefixes(store.base)})
