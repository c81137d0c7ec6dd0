"""The graph without RDF: a table with one row a statement, and a network for graph programs."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import pyoxigraph as ox

from kg.model import Concept
from kg.ontology import concepts
from kg.vocab import DCTERMS, KG, OA, ODRL, RDF, RDFS, SCHEMA, SKOS, namespace

#: Kind of statement by class, as the table names it.
KINDS: Mapping[str, str] = {
    KG.Emphasis: "emphasis",
    KG.Invocation: "invocation",
    KG.MeasureOrder: "measure",
    KG.CampaignRun: "campaign",
    KG.Obligation: "obligation",
    KG.Prohibition: "prohibition",
    KG.Permission: "permission",
    KG.Recommendation: "recommendation",
}
COLUMNS = (
    "notice",
    "region",
    "region_code",
    "kind",
    "concept",
    "label",
    "label_en",
    "degree",
    "meeting",
    "meeting_date",
    "action",
    "bearer",
    "deadline",
    "text",
    "quote",
    "start",
    "end",
    "evidence",
    "statement",
)


class Graph:
    """Subject -> property -> values, over all graphs given; concepts are known without them."""

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        self._said: dict[str, dict[str, set[tuple[str, str]]]] = defaultdict(
            lambda: defaultdict(set)
        )
        for quad in quads:
            subject: Any = quad.subject
            term: Any = quad.object
            language = (term.language or "") if isinstance(term, ox.Literal) else ""
            self._said[subject.value][quad.predicate.value].add((term.value, language))

    def subjects(self) -> list[str]:
        """Return everything that something is said of, sorted."""
        return sorted(self._said)

    def all(self, subject: str, predicate: str) -> list[str]:
        """Return the values of a property, sorted."""
        return sorted({value for value, _ in self._said.get(subject, {}).get(predicate, ())})

    def first(self, subject: str, predicate: str) -> str:
        """Return the first value of a property, empty if there is none."""
        return next(iter(self.all(subject, predicate)), "")

    def label(self, node: str, *, english: bool = False) -> str:
        """Return what a thing is called in Chinese or English, empty if it has no such name."""
        known = _concepts().get(node)
        if known is not None:
            return known.en if english else known.zh
        for predicate in (RDFS.label, SKOS.prefLabel, DCTERMS.title, KG.text, DCTERMS.identifier):
            said = sorted(self._said.get(node, {}).get(predicate, ()))
            for wanted in ("en",) if english else ("zh-hans", ""):
                found = next((value for value, language in said if language == wanted), None)
                if found is not None:
                    return found
        return ""

    def kind(self, node: str) -> str:
        """Return the kind of a statement, empty for another thing."""
        classes = self.all(node, RDF.type)
        return next((KINDS[c] for c in classes if c in KINDS), "")


@cache
def _concepts() -> Mapping[str, Concept]:
    return {item.iri: item for item in concepts()}


# --- the table ------------------------------------------------------------------------------------

#: What a spreadsheet would take for a formula (OWASP, CSV injection).
_FORMULA = re.compile(r"[=+\-@\t\r]")


def csv_table(graph: Graph) -> bytes:
    """Write one row a statement, by notice and place: UTF-8 with a byte order mark, for Excel.

    Quote, start and end are of the first place that proves it; ``evidence`` counts the places.
    A text that a spreadsheet would run as a formula gets an apostrophe before it.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    rows = [_row(graph, node, kind) for node in graph.subjects() if (kind := graph.kind(node))]
    rows.sort(key=lambda r: (r["notice"], int(r["start"] or 0), r["kind"], r["statement"]))
    for row in rows:
        writer.writerow([guarded(row[column]) for column in COLUMNS])
    return out.getvalue().encode("utf-8-sig")


def guarded(value: str) -> str:
    """Put an apostrophe before what a spreadsheet would run as a formula."""
    return f"'{value}" if _FORMULA.match(value) and not value.lstrip("-").isdigit() else value


def _row(graph: Graph, node: str, kind: str) -> dict[str, str]:
    region = graph.first(node, KG.region)
    meeting = graph.first(node, KG.meeting)
    about = graph.all(node, KG.concept) or graph.all(node, KG.about)
    named = about or graph.all(node, KG.campaign)
    places = sorted(_places(graph, node))
    start, end, quote = places[0] if places else ("", "", "")
    deadline = [graph.first(node, p) for p in (KG.deadlineStart, KG.deadline)]
    return {
        "notice": graph.first(graph.first(node, KG.notice), DCTERMS.identifier),
        "region": graph.label(region),
        "region_code": graph.first(region, SKOS.notation),
        "kind": kind,
        "concept": "|".join(_id(item) for item in about),
        "label": "|".join(graph.label(item) for item in named),
        "label_en": "|".join(graph.label(item, english=True) for item in about),
        "degree": graph.first(node, KG.degree) or graph.first(node, KG.strength),
        "meeting": graph.label(meeting),
        "meeting_date": graph.first(meeting, SCHEMA.startDate),
        "action": graph.label(graph.first(node, ODRL.action)),
        "bearer": graph.label(graph.first(node, KG.bearer)),
        "deadline": "/".join(d for d in deadline if d),
        "text": graph.first(node, KG.text),
        "quote": quote,
        "start": str(start),
        "end": str(end),
        "evidence": str(len(places)),
        "statement": node,
    }


def _id(concept: str) -> str:
    known = _concepts().get(concept)
    return known.id if known else concept


def _places(graph: Graph, node: str) -> Iterator[tuple[int, int, str]]:
    for evidence in graph.all(node, KG.evidence):
        for selector in graph.all(evidence, OA.hasSelector):
            start, end = graph.first(selector, OA.start), graph.first(selector, OA.end)
            if start and end:
                yield int(start), int(end), graph.first(evidence, KG.quote)


# --- the network ----------------------------------------------------------------------------------

#: Properties that become edges, from regions, notices and what obliges; the rest are details.
_EDGES: Mapping[str, str] = {
    KG.stresses: "stresses",
    KG.invokes: "invokes",
    KG.orders: "orders",
    KG.runs: "runs",
    KG.held: "held",
    KG.speaker: "speaker",
    KG.reports: "reports",
    KG.cites: "cites",
    KG.mentions: "mentions",
    KG.about: "about",
    KG.bearer: "bearer",
    ODRL.action: "action",
    SCHEMA.containedInPlace: "contained in",
    SCHEMA.organizer: "organised by",
    SKOS.broader: "broader",
}
_NODE_KEYS = ("label", "label_en", "kind", "code", "date", "text")
_EDGE_KEYS = ("predicate", "degree", "evidence")
#: Which statements stand behind an edge from a region, and where their object is.
_BEHIND: Mapping[str, tuple[str, str]] = {
    KG.Emphasis: (KG.stresses, KG.concept),
    KG.Invocation: (KG.invokes, KG.concept),
    KG.MeasureOrder: (KG.orders, KG.concept),
    KG.CampaignRun: (KG.runs, KG.campaign),
}
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def graphml(graph: Graph) -> bytes:
    """Write the things and their relations as a directed network, quotes on the edges.

    Regions, concepts, meetings, campaigns, documents, incidents, notices and obligations are nodes;
    the other statements, the evidence and provenance are not: they stand behind the edges.
    """
    behind = _statements(graph)
    edges: list[tuple[str, str, str]] = []
    for subject in graph.subjects():
        for predicate in _EDGES:
            edges += [(subject, predicate, value) for value in graph.all(subject, predicate)]
        if graph.all(subject, KG.text) and (region := graph.first(subject, KG.region)):
            edges.append((region, KG.region, subject))
    nodes = sorted({node for source, _, target in edges for node in (source, target)})
    out = ['<?xml version="1.0" encoding="UTF-8"?>']
    out.append('<graphml xmlns="http://graphml.graphdrawing.org/xmlns">')
    for owner, keys in (("node", _NODE_KEYS), ("edge", _EDGE_KEYS)):
        for key in keys:
            kind = "int" if key == "degree" else "string"
            out.append(
                f'<key id="{owner}-{key}" for="{owner}" attr.name="{key}" attr.type="{kind}"/>'
            )
    out.append('<graph id="kg" edgedefault="directed">')
    for node in nodes:
        out.append(f"<node id={_attribute(node)}>")
        out += _data("node", _NODE_KEYS, _details(graph, node))
        out.append("</node>")
    for number, (source, predicate, target) in enumerate(edges):
        out.append(f'<edge id="e{number}" source={_attribute(source)} target={_attribute(target)}>')
        degree, quotes = behind.get((source, predicate, target), (0, []))
        details = {
            "predicate": _EDGES.get(predicate, "says"),
            "degree": str(degree or ""),
            "evidence": " … ".join(quotes),
        }
        out += _data("edge", _EDGE_KEYS, details)
        out.append("</edge>")
    out += ["</graph>", "</graphml>", ""]
    return "\n".join(out).encode("utf-8")


def _statements(graph: Graph) -> dict[tuple[str, str, str], tuple[int, list[str]]]:
    """Collect, for each edge that statements stand behind, the highest degree and the quotes."""
    found: dict[tuple[str, str, str], tuple[int, list[str]]] = {}
    for node in graph.subjects():
        for cls, (predicate, property_) in _BEHIND.items():
            if cls not in graph.all(node, RDF.type):
                continue
            edge = (graph.first(node, KG.region), predicate, graph.first(node, property_))
            degree, quotes = found.get(edge, (0, []))
            degree = max(degree, int(graph.first(node, KG.degree) or 0))
            found[edge] = degree, [*quotes, *(quote for *_, quote in sorted(_places(graph, node)))]
    return found


def _details(graph: Graph, node: str) -> dict[str, str]:
    classes = (c for c in graph.all(node, RDF.type) if c.startswith(namespace(KG)))
    general = (KG.Statement, KG.DeonticStatement)
    known = _concepts().get(node)
    kind = next((c for c in classes if c not in general), "")
    return {
        "label": graph.label(node) or node,
        "label_en": graph.label(node, english=True),
        "kind": kind.rpartition("#")[2] or (known.scheme if known else ""),
        "code": known.id if known else graph.first(node, SKOS.notation),
        "date": graph.first(node, SCHEMA.startDate) or graph.first(node, DCTERMS.issued),
        "text": graph.first(node, KG.text),
    }


def _data(owner: str, keys: tuple[str, ...], values: Mapping[str, str]) -> Iterator[str]:
    for key in keys:
        if values[key]:
            yield f'<data key="{owner}-{key}">{escape(_xml(values[key]))}</data>'


def _attribute(value: str) -> str:
    return quoteattr(_xml(value))


def _xml(value: str) -> str:
    """Replace what XML 1.0 cannot hold (section 2.2)."""
    return _NOT_XML.sub("\ufffd", value).replace("\r", "\n")
