"""RDF -> networkx: gather the statements of each relation, then describe the nodes it has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from kg.graph.facts import Facts
from kg.graph.nodes import KINDS, by_iri, describe, ordered
from kg.ontology import ancestors, concept
from kg.vocab import DCTERMS, KG, OA, RDF, RDFS, SCHEMA, SKOS

if TYPE_CHECKING:
    import networkx as nx

#: Relation by class of statement, and the property of the statement that names its object.
_STATEMENTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        KG.Emphasis: ("stresses", KG.concept),
        KG.Invocation: ("invokes", KG.concept),
        KG.MeasureOrder: ("orders", KG.concept),
        KG.CampaignRun: ("runs", KG.campaign),
    }
)
_DEONTIC = (KG.Obligation, KG.Prohibition, KG.Permission, KG.Recommendation)
#: Relations that RDF states directly, without a statement node.
_DIRECT: Mapping[str, str] = MappingProxyType(
    {
        KG.held: "held",
        KG.speaker: "speaker",
        KG.reports: "reports",
        KG.cites: "cites",
        KG.mentions: "mentions",
    }
)


@dataclass(frozen=True, slots=True, order=True)
class Quote:
    """A passage that bears a statement out: file, code points in the raw file, restored text."""

    file: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Keep:
    """What a view is restricted to; None where it is not."""

    regions: frozenset[str] | None = None
    asked: frozenset[str] | None = None
    """The hazards asked for."""
    hazards: frozenset[str] | None = None
    """These and all within them."""
    notices: frozenset[str] | None = None


@dataclass(slots=True)
class _Relation:
    """What is gathered for one edge."""

    degree: int = 0
    statements: set[str] = field(default_factory=set)
    evidence: set[str] = field(default_factory=set)


class Build:
    """One run of :func:`kg.graph.to_networkx`."""

    def __init__(self, facts: Facts, keep: Keep, *, max_quotes: int | None) -> None:
        self.facts = facts
        self.keep = keep
        self.max_quotes = max_quotes
        self.relations: dict[tuple[str, str, str], _Relation] = defaultdict(_Relation)
        self.deontic: set[str] = set()
        self._quotes: dict[str, Quote | None] = {}
        self._kinds: dict[str, str] = {}

    def read(self, *, obligations: bool) -> None:
        """Gather the relations that are to be kept."""
        chosen = self._chosen()
        meetings: set[str] = set()
        for cls, (predicate, prop) in _STATEMENTS.items():
            for statement in self._of_class(cls, chosen):
                meetings |= self._state(statement, predicate, self._first(statement, prop))
        for cls in _DEONTIC:
            for statement in self._of_class(cls, chosen):
                if self._admits(statement, self._iris(statement, KG.about)):
                    self.deontic.add(statement)
                    if obligations:
                        self._oblige(statement)
        self._direct(meetings)
        if self.keep == Keep():
            for predicate, _ in _STATEMENTS.values():
                for subject, obj, _graph in self.facts.pairs(getattr(KG, predicate)):
                    _ = self.relations[subject, obj, predicate]
        self._hierarchy()

    def _chosen(self) -> set[str] | None:
        """Look up the statements that the restrictions point to, or None for all."""
        chosen: set[str] | None = None
        for prop, iris in (
            (KG.region, self.keep.regions),
            (KG.notice, self.keep.notices),
        ):
            if iris is not None:
                found = {s for iri in iris for s, _ in self.facts.subjects(prop, iri)}
                chosen = found if chosen is None else chosen & found
        if self.keep.hazards is not None:
            found = {
                s
                for prop in (KG.concept, KG.about)
                for iri in self.keep.hazards
                for s, _ in self.facts.subjects(prop, iri)
            }
            chosen = found if chosen is None else chosen & found
        return chosen

    def _of_class(self, cls: str, chosen: set[str] | None) -> Iterator[str]:
        if chosen is None:
            return iter({s for s, _ in self.facts.subjects(RDF.type, cls)})
        return (s for s in chosen if (cls, "") in self.facts.values(s, RDF.type))

    def _admits(self, statement: str, hazards: Iterable[str]) -> bool:
        """Tell whether a statement about these hazards meets the restriction on hazards."""
        return self.keep.hazards is None or not self.keep.hazards.isdisjoint(hazards)

    def _state(self, statement: str, predicate: str, obj: str) -> set[str]:
        """Add a statement to its relation; return the meetings it was said at."""
        if not obj or not self._admits(statement, [obj]):
            return set()
        for subject in self._speakers(statement):
            relation = self.relations[subject, obj, predicate]
            relation.statements.add(statement)
            relation.degree = max(relation.degree, int(self._first(statement, KG.degree) or 0))
            relation.evidence.update(self._iris(statement, KG.evidence))
        return set(self._iris(statement, KG.meeting))

    def _oblige(self, statement: str) -> None:
        for subject in self._speakers(statement):
            relation = self.relations[subject, statement, "obliges"]
            relation.statements.add(statement)
            relation.degree = int(self._first(statement, KG.strength) or 0)
            relation.evidence.update(self._iris(statement, KG.evidence))
        for prop, predicate in ((KG.about, "about"), (KG.bearer, "bearer")):
            for obj in self._iris(statement, prop):
                self.relations[statement, obj, predicate].statements.add(statement)

    def _speakers(self, statement: str) -> list[str]:
        return self._iris(statement, KG.region) or self._iris(statement, KG.attributedTo)

    def _direct(self, said_at: set[str]) -> None:
        """Add what RDF states without statement nodes, as far as the restrictions concern it."""
        keep = self.keep
        acting = {subject for subject, _, _ in self.relations}
        for prop, predicate in _DIRECT.items():
            for subject, obj, graph in self.facts.pairs(prop):
                if keep.notices is not None and graph not in keep.notices:
                    continue
                if (keep.regions, keep.hazards) != (None, None):
                    # what a notice names is not one region's or about one sector; a meeting may be
                    if predicate != "held" or (keep.regions and subject not in keep.regions):
                        continue
                    if keep.hazards is not None and (subject not in acting or obj not in said_at):
                        continue
                relation = self.relations[subject, obj, predicate]
                relation.evidence.update(self._evidence_in(obj, graph))

    def _evidence_in(self, thing: str, graph: str) -> Iterator[str]:
        """Yield the evidence that a notice gives for a thing it names."""
        for iri in self._iris(thing, KG.evidence):
            if (graph, "") in self.facts.values(iri, OA.hasSource):
                yield iri

    def _hierarchy(self) -> None:
        """Relate divisions and concepts to the nearest one in the graph that they lie in."""
        nodes = {node for subject, obj, _ in self.relations for node in (subject, obj)}
        for node in sorted(nodes):
            for above in self._above(node):
                if above in nodes:
                    _ = self.relations[node, above, "within"]
                    break

    def _above(self, node: str) -> Iterator[str]:
        if node in by_iri():
            item = by_iri()[node][1]
            yield from (concept(above).iri for above in ancestors(item.id)[1:])
            return
        seen = {node}
        step = self._first(node, SCHEMA.containedInPlace)
        while step and step not in seen:
            seen.add(step)
            yield step
            step = self._first(step, SCHEMA.containedInPlace)

    # --- the networkx graph ---

    def graph(self) -> nx.MultiDiGraph:
        """Make the networkx graph of what has been gathered."""
        import networkx as nx

        graph = nx.MultiDiGraph()
        for subject, obj, predicate in self.relations:
            relation = self.relations[subject, obj, predicate]
            graph.add_edge(
                subject,
                obj,
                key=predicate,
                predicate=predicate,
                degree=relation.degree,
                statements=tuple(sorted(relation.statements)),
                quotes=self._passages(relation.evidence),
            )
        for node in graph:
            graph.nodes[node].update(self._attributes(node))
        labels = ("label_zh", "label_zh_hant", "label_en")
        tops = [
            item.iri
            for _, item in by_iri().values()
            if item.scheme == "hazard" and item.broader is None
        ]
        regions = [node for node, kind in graph.nodes(data="kind") if kind == "region"]
        about = sorted((self.keep.regions or set()) | (self.keep.asked or set()))

        def described(nodes: Iterable[str], *names: str) -> dict[str, dict[str, object]]:
            return {n: {k: v for k, v in self._attributes(n).items() if k in names} for n in nodes}

        graph.graph["obligations"] = len(self.deontic)
        graph.graph["categories"] = described(tops, *labels, "order")
        graph.graph["places"] = described(
            sorted({above for region in regions for above in self._above(region)}),
            *labels,
            "category",
        )
        graph.graph["about"] = described(about, *labels)
        return ordered(graph)

    def _passages(self, evidence: set[str]) -> tuple[Quote, ...]:
        chosen = sorted(evidence)[: self.max_quotes]
        return tuple(sorted({q for iri in chosen if (q := self._quote(iri)) is not None}))

    def _quote(self, evidence: str) -> Quote | None:
        if evidence not in self._quotes:
            self._quotes[evidence] = self._read_quote(evidence)
        return self._quotes[evidence]

    def _read_quote(self, evidence: str) -> Quote | None:
        source = self._first(evidence, OA.hasSource)
        for selector in self._iris(evidence, OA.hasSelector):
            start, end = self._first(selector, OA.start), self._first(selector, OA.end)
            if start and end:
                text = self._first(evidence, KG.sentence) or self._first(evidence, KG.quote)
                file = self._first(source, KG.filename) or source
                return Quote(file, int(start), int(end), text)
        return None

    def _attributes(self, node: str) -> dict[str, object]:
        if node in by_iri():
            number, item = by_iri()[node]
            return describe(
                node,
                item.scheme,
                {"zh-hans": item.zh, "zh-hant": item.zh_hant, "en": item.en},
                notation=item.id,
                category=concept(ancestors(item.id)[-1]).iri,
                order=number,
            )
        kind = self._kind(node)
        labels: dict[str, str] = {}
        for prop in (RDFS.label, SKOS.prefLabel, DCTERMS.title, KG.text):
            for text, language in self.facts.values(node, prop):
                labels.setdefault(language.lower(), text)
        return describe(
            node,
            kind,
            labels,
            notation=next(
                (
                    got
                    for prop in (SKOS.notation, DCTERMS.identifier, KG.documentNumber)
                    if (got := self._first(node, prop))
                ),
                "",
            ),
            category=next(self._above(node), "") if kind == "region" else "",
            date=self._first(node, SCHEMA.startDate) or self._first(node, DCTERMS.issued),
        )

    def _kind(self, node: str) -> str:
        if node not in self._kinds:
            if node in self.deontic:
                kind = "obligation"
            else:
                classes = {cls for cls, _ in self.facts.values(node, RDF.type)}
                kind = next((k for cls, k in KINDS.items() if cls in classes), "other")
            self._kinds[node] = kind
        return self._kinds[node]

    def _first(self, subject: str, predicate: str) -> str:
        got = self.facts.values(subject, predicate) if subject else []
        return got[0][0] if got else ""

    def _iris(self, subject: str, predicate: str) -> list[str]:
        return [value for value, _ in self.facts.values(subject, predicate)]
