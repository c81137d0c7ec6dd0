"""Does the graph keep the shapes of ontology/shapes.ttl? Checked notice by notice.

A notice keeps or breaks the shapes alone: its graph is checked beside what the concepts are, the
vocabulary's graph by itself. :mod:`kg.shapes` says in a millisecond where nothing is broken; pySHACL
looks at the others (0.1 s for 1,000 triples) and says what is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, Protocol

import pyoxigraph as ox

from kg import vocab
from kg.data import ONTOLOGY
from kg.errors import DataFileError
from kg.shapes import keeps
from kg.vocab import KG, RDF, RDFS, SKOS, XSD
from kg.vocabulary import vocabulary_quads

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

    Triple = tuple[Node, Node, Node]

Severity = Literal["Violation", "Warning", "Info"]
_RANK: Mapping[str, int] = {"Violation": 0, "Warning": 1, "Info": 2}
_KINDS = (KG.HazardSector, KG.ResponsibilityType, KG.MeasureType)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One thing that breaks a shape."""

    graph: str
    """The named graph it stands in (a notice's IRI), empty for a plain graph."""
    shape: str
    """Local name of the shape: ``StatementShape``."""
    focus: str
    """The node that breaks it."""
    path: str
    """The property concerned, prefixed (``kg:evidence``); empty for the node as a whole."""
    value: str
    """The offending value, empty where something is missing."""
    severity: Severity
    message: str
    message_zh: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All results, sorted by graph, severity, shape, focus."""

    results: tuple[Result, ...]
    graphs: int
    """How many graphs were checked."""

    @property
    def conforms(self) -> bool:
        """Whether there is no violation; warnings do not count."""
        return not any(r.severity == "Violation" for r in self.results)


class QuadStore(Protocol):
    """A store that gives its exported graphs one by one, as kg.store.Store does."""

    base: str

    def graphs(self) -> Iterable[str]:
        """Return the names of the graphs."""
        ...

    def quads(self, *graphs: str) -> Iterable[ox.Quad]:
        """Return the quads of these graphs."""
        ...


def validate(
    source: bytes | Graph | QuadStore | Iterable[ox.Quad],
    *,
    base: str | None = None,
    progress: Callable[[str], None] | None = None,
) -> Report:
    """Check N-Quads, quads, a store or an rdflib graph against the shapes.

    The concepts need not be among them: they are added. ``progress`` is called with the name of
    each graph before it is checked. Raises DataFileError if ontology/ itself is broken.

    >>> validate(b"").conforms
    True
    """
    if base is None:
        base = str(getattr(source, "base", None) or vocab.BASE)
    results: list[Result] = []
    checked = 0
    for name, graph in _graphs(source):
        if name == vocab.catalog_graph(base):
            continue
        if progress is not None:
            progress(name)
        alone = name == vocab.vocabulary_graph(base)
        checked += 1
        if alone or not isinstance(graph, bytes) or not keeps(graph, warnings=True):
            triples = _triples(graph) if isinstance(graph, bytes) else graph
            results += _check(name, triples, with_concepts=not alone)
    results.sort(key=lambda r: (r.graph, _RANK[r.severity], r.shape, r.focus, r.path, r.value))
    return Report(results=tuple(results), graphs=checked)


def violations(nquads: bytes, *, base: str = vocab.BASE) -> list[Result]:
    """Return what breaks a shape in the N-Quads of one notice; warnings left out.

    >>> violations(b"")
    []
    """
    if keeps(nquads):
        return []
    return [r for r in validate(nquads, base=base).results if r.severity == "Violation"]


def _graphs(source: Any) -> Iterator[tuple[str, bytes | list[Triple]]]:
    """Give the graphs one by one, sorted by name, as N-Quads; a plain graph has an empty name."""
    if hasattr(source, "namespace_manager"):
        yield "", list(source)
        return
    if hasattr(source, "graphs"):
        for name in sorted(source.graphs()):
            yield name, _lines(source.quads(name))
        return
    if isinstance(source, bytes):
        source = ox.parse(source, format=ox.RdfFormat.N_QUADS)
    found: dict[str, list[ox.Quad]] = defaultdict(list)
    for quad in source:
        name = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""
        found[name].append(quad)
    for name in sorted(found):
        yield name, _lines(found[name]) if name else [_triple(quad) for quad in found[name]]


def _lines(quads: Iterable[ox.Quad]) -> bytes:
    return "".join(sorted({f"{quad} .\n" for quad in quads})).encode("utf-8")


def _triples(nquads: bytes) -> list[Triple]:
    return [_triple(quad) for quad in ox.parse(nquads, format=ox.RdfFormat.N_QUADS)]


def _triple(quad: ox.Quad) -> Triple:
    return _term(quad.subject), _term(quad.predicate), _term(quad.object)


def _term(term: object) -> Node:
    from rdflib import BNode, Literal, URIRef

    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.Literal):
        if term.language:
            return Literal(term.value, lang=term.language)
        if term.datatype.value == XSD.string:  # as the shapes are parsed: rdflib tells them apart
            return Literal(term.value)
        return Literal(term.value, datatype=URIRef(term.datatype.value), normalize=False)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    raise TypeError(f"not a term of RDF 1.1: {term}")


def _check(name: str, triples: list[Triple], *, with_concepts: bool) -> Iterator[Result]:
    import pyshacl
    from rdflib import Graph

    data = Graph()
    for triple in triples:
        data.add(triple)
    if with_concepts:
        classes, concepts = _background()
        for triple in classes:
            data.add(triple)
        for node in {o for _, _, o in triples}:
            for triple in concepts.get(node, ()):
                data.add(triple)
    conforms, found, _ = pyshacl.validate(data, shacl_graph=_shapes()[0], inference="none")
    if not conforms:
        yield from _results(name, found)


def _results(name: str, found: Graph) -> Iterator[Result]:
    from rdflib import SH, URIRef

    owners = _shapes()[1]

    def local(term: object) -> str:
        return str(term).rpartition("#")[2]

    for node in found.subjects(SH.resultSeverity, None):
        messages = {
            str(getattr(m, "language", "")): str(m) for m in found.objects(node, SH.resultMessage)
        }
        path = found.value(node, SH.resultPath)
        yield Result(
            graph=name,
            shape=local(owners[found.value(node, SH.sourceShape)]),
            focus=str(found.value(node, SH.focusNode) or ""),
            path=_shown(path) if isinstance(path, URIRef) else "",
            value=str(found.value(node, SH.value) or ""),
            severity=_severity(local(found.value(node, SH.resultSeverity))),
            message=messages["en"],
            message_zh=messages["zh-Hans"],
        )


@cache
def _shapes() -> tuple[Graph, Mapping[object, object]]:
    """Return the shapes, and the node shape that each of their parts belongs to."""
    from rdflib import RDF as RDFLIB_RDF
    from rdflib import SH, Graph

    try:
        graph = Graph().parse(ONTOLOGY / "shapes.ttl", format="turtle")
    except Exception as error:  # rdflib's parser raises what it likes
        raise DataFileError(f"ontology/shapes.ttl: cannot be read: {error}") from error
    owners: dict[object, object] = {}
    for shape in graph.subjects(RDFLIB_RDF.type, SH.NodeShape):
        owners[shape] = shape
        owners |= dict.fromkeys(graph.objects(shape, SH.property), shape)
    return graph, owners


@cache
def _background() -> tuple[tuple[Triple, ...], Mapping[object, tuple[Triple, ...]]]:
    """Return what a notice's graph must know: subclasses of ours, and what each concept is.

    The concepts are not typed skos:Concept here: as such the vocabulary's graph is checked.
    """
    classes: list[Triple] = []
    concepts: dict[object, list[Triple]] = defaultdict(list)
    for quad in ox.parse(vocabulary_quads(), format=ox.RdfFormat.N_QUADS):
        predicate, value = quad.predicate.value, getattr(quad.object, "value", "")
        if predicate == RDFS.subClassOf and value.startswith(vocab.namespace(KG)):
            classes.append(_triple(quad))
        elif predicate == SKOS.inScheme or (predicate == RDF.type and value in _KINDS):
            triple = _triple(quad)
            concepts[triple[0]].append(triple)
    return tuple(classes), {node: tuple(said) for node, said in concepts.items()}


def _severity(name: str) -> Severity:
    return "Warning" if name == "Warning" else "Info" if name == "Info" else "Violation"


def _shown(iri: str) -> str:
    for prefix, namespace in vocab.prefixes().items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri
