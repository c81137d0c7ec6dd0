"""Each shape of ontology/shapes.ttl passes what it should and reports what breaks it."""

from __future__ import annotations

from pathlib import Path

import pytest
import rdflib
from rdflib import RDF, RDFS, SH

from kg.data import ONTOLOGY
from kg.validate import validate
from kg.vocab import KG, namespace

CASES = Path(__file__).parent / "shapes"
SHAPES = rdflib.Graph().parse(ONTOLOGY / "shapes.ttl")
NODE_SHAPES = sorted(str(s).partition("#")[2] for s in SHAPES.subjects(RDF.type, SH.NodeShape))


def load(shape: str, name: str) -> rdflib.Graph:
    return rdflib.Graph().parse(CASES / shape / name, format="turtle")


def test_there_are_as_many_shapes_as_were_written() -> None:
    assert len(NODE_SHAPES) >= 30


def test_every_shape_has_its_cases_and_every_case_its_shape() -> None:
    assert sorted(p.name for p in CASES.iterdir()) == NODE_SHAPES
    assert all(
        sorted(p.name for p in (CASES / shape).iterdir()) == ["fail.ttl", "pass.ttl"]
        for shape in NODE_SHAPES
    )


def test_every_class_of_the_ontology_has_a_shape() -> None:
    ontology = rdflib.Graph().parse(ONTOLOGY / "safety.ttl")
    classes = set(ontology.subjects(RDF.type, rdflib.OWL.Class))
    assert len(classes) >= 20
    assert classes <= set(SHAPES.objects(None, SH.targetClass))


@pytest.mark.parametrize("shape", NODE_SHAPES)
def test_a_shape_passes_what_keeps_it(shape: str) -> None:
    graph = load(shape, "pass.ttl")
    target = SHAPES.value(rdflib.URIRef(namespace(KG) + shape), SH.targetClass)
    assert (None, RDF.type, target) in graph, "the case has nothing for the shape to look at"
    assert [r for r in validate(graph).results if r.severity == "Violation"] == []


@pytest.mark.parametrize("shape", NODE_SHAPES)
def test_a_shape_and_no_other_reports_what_breaks_it(shape: str) -> None:
    report = validate(load(shape, "fail.ttl"))
    assert not report.conforms
    assert {r.shape for r in report.results if r.severity == "Violation"} == {shape}


@pytest.mark.parametrize("shape", NODE_SHAPES)
def test_every_message_stands_in_chinese_and_english(shape: str) -> None:
    node = rdflib.URIRef(namespace(KG) + shape)
    parts = [*SHAPES.objects(node, SH.property)]
    if (node, SH.xone, None) in SHAPES:
        parts.append(node)
    assert parts
    for part in parts:
        languages = {str(getattr(m, "language", "")) for m in SHAPES.objects(part, SH.message)}
        assert languages == {"zh-Hans", "en"}, SHAPES.value(part, SH.path)


def test_every_statement_needs_evidence_a_region_and_a_concept() -> None:
    whole = (CASES / "EmphasisShape" / "pass.ttl").read_text(encoding="utf-8")
    for line in ("    kg:evidence ev:n_0_3 ;\n", "    kg:region region:230000 ;\n"):
        broken = rdflib.Graph().parse(data=whole.replace(line, ""), format="turtle")
        assert {r.shape for r in validate(broken).results} == {"StatementShape"}, line
    broken = rdflib.Graph().parse(
        data=whole.replace("    kg:concept hazard:tailings-pond ;\n", ""), format="turtle"
    )
    assert {r.shape for r in validate(broken).results} == {"EmphasisShape"}


def test_a_statement_may_stand_without_region_when_it_is_attributed_to_its_notice() -> None:
    whole = (CASES / "EmphasisShape" / "pass.ttl").read_text(encoding="utf-8")
    attributed = whole.replace("kg:region region:230000", "kg:attributedTo notice:n")
    assert attributed != whole
    assert validate(rdflib.Graph().parse(data=attributed, format="turtle")).conforms
    both = whole.replace(
        "    kg:region region:230000 ;\n",
        "    kg:region region:230000 ;\n    kg:attributedTo notice:n ;\n",
    )
    report = validate(rdflib.Graph().parse(data=both, format="turtle"))
    assert [r.shape for r in report.results] == ["StatementShape"]


def test_the_shapes_use_no_property_that_the_ontology_does_not_declare() -> None:
    ontology = rdflib.Graph().parse(ONTOLOGY / "safety.ttl")
    declared = set(ontology.subjects(RDFS.label, None))
    used = {p for p in SHAPES.objects(None, SH.path) if str(p).startswith(namespace(KG))}
    assert len(used) >= 20
    assert used <= declared
