"""Terms are names that fail when wrong; minted IRIs are accepted everywhere and never collide."""

from __future__ import annotations

import subprocess
import sys

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import example, given
from hypothesis import strategies as st

from kg import vocab
from kg.data import ONTOLOGY
from kg.errors import QueryError
from kg.vocab import CONCEPTS, KG, RDF, SKOS, Terms, check_base, digest, mint, prefixes, slug, terms
from tests.records import NASTY

KINDS = ("notice", "region", "meeting", "campaign", "policy", "incident", "org", "action", "stmt")
parts = st.one_of(st.sampled_from(NASTY), st.text(max_size=200), st.text("安全-._生产a1 （）"))


def test_a_misspelt_term_fails_and_names_the_right_one() -> None:
    with pytest.raises(AttributeError, match="KG has no term 'streses'; did you mean 'stresses'"):
        _ = KG.streses  # type: ignore[attr-defined]


def test_a_misspelt_kind_fails_and_names_the_right_one() -> None:
    with pytest.raises(ValueError, match="unknown kind 'meting'; did you mean 'meeting'"):
        mint("meting", "x")
    with pytest.raises(ValueError, match="nothing to mint"):
        mint("meeting")


def test_the_terms_of_kg_are_those_of_the_ontology_and_no_others() -> None:
    ontology = rdflib.Graph().parse(ONTOLOGY / "safety.ttl")
    namespace = vocab.namespace(KG)
    defined = {str(s) for s in ontology.subjects(unique=True) if str(s).startswith(namespace)}
    for name in ("hazard-sectors", "responsibility-types", "measure-types"):
        scheme = rdflib.Graph().parse(ONTOLOGY / f"{name}.ttl")
        defined |= {str(s) for s in scheme.subjects(RDF_TYPE, CONCEPT_SCHEME)}
    assert set(terms(KG).values()) == defined
    assert len(defined) >= 60


RDF_TYPE = rdflib.URIRef(RDF.type)
CONCEPT_SCHEME = rdflib.URIRef(SKOS.ConceptScheme)


def test_every_term_of_the_ontology_has_a_chinese_and_an_english_label() -> None:
    ontology = rdflib.Graph().parse(ONTOLOGY / "safety.ttl")
    for iri in ontology.subjects(unique=True):
        if str(iri).startswith(vocab.namespace(KG)):
            languages = {
                getattr(o, "language", "") for o in ontology.objects(iri, rdflib.RDFS.label)
            }
            assert languages == {"zh-Hans", "en"}, iri


def test_every_namespace_written_in_code_is_in_the_table_of_prefixes() -> None:
    known = set(prefixes().values())
    assert all(vocab.namespace(cls) in known for cls in Terms.__subclasses__())
    assert set(CONCEPTS.values()) <= known


def test_the_turtle_files_bind_prefixes_as_the_table_does() -> None:
    files = sorted(ONTOLOGY.glob("*.ttl"))
    assert len(files) >= 5
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.startswith("@prefix"):
                _, prefix, iri, _ = line.split()
                assert prefixes()[prefix.rstrip(":")] == iri.strip("<>"), f"{file.name}: {line}"


@given(st.sampled_from(KINDS), st.lists(parts, min_size=1, max_size=4))
@example("meeting", [""])
@example("meeting", [".", "-", "_"])
@example("policy", ["a" * 5000])
def test_every_minted_iri_is_accepted_and_written_short(kind: str, some: list[str]) -> None:
    iri = mint(kind, *some)
    node = ox.NamedNode(iri)
    assert rdflib.URIRef(iri).n3() == f"<{iri}>"
    local = iri.removeprefix(prefixes()[kind])
    assert len(local) <= 4 * (vocab.MAX_PART + 1)
    triple = ox.Triple(node, node, node)
    turtle = ox.serialize([triple], format=ox.RdfFormat.TURTLE, prefixes={kind: prefixes()[kind]})
    assert turtle is not None
    assert turtle.decode().splitlines()[-1] == f"{kind}:{local} {kind}:{local} {kind}:{local} ."
    (read,) = rdflib.Graph().parse(data=turtle, format="turtle")
    assert str(read[0]) == iri
    query = f"PREFIX {kind}: <{prefixes()[kind]}> ASK {{ {kind}:{local} ?p ?o }}"
    store = ox.Store()
    store.add(ox.Quad(node, node, node))
    assert bool(store.query(query))


@given(st.lists(parts, min_size=1, max_size=3), st.lists(parts, min_size=1, max_size=3))
@example(["a_b", "c"], ["a", "b_c"])
@example(["a b"], ["a-b"])
@example(["生命通道"], ["“生命通道”"])
@example(["a", ""], ["a"])
def test_different_things_never_share_an_iri(one: list[str], other: list[str]) -> None:
    assert (mint("meeting", *one) == mint("meeting", *other)) == (one == other)


@given(parts)
def test_a_minted_name_can_be_part_of_another(part: str) -> None:
    local = mint("notice", part).rpartition("/")[2]
    assert mint("ev", local, "0", "5") == f"{vocab.BASE}ev/{local}_0_5"


def test_chinese_names_stay_readable() -> None:
    assert mint("campaign", "安全生产专项整治三年行动").endswith(
        "/campaign/安全生产专项整治三年行动"
    )
    assert slug("通知(扩大)") == "通知-扩大"


def test_a_hash_tells_apart_what_concatenation_would_not() -> None:
    assert digest("ab", "c") != digest("a", "bc")
    assert len(digest("x")) == vocab.HASH


@pytest.mark.parametrize(
    "base", ["", "kg/", "https://a b/", "https://x.org/kg", "https://x.org/<>/", "javascript"]
)
def test_a_base_that_cannot_be_used_is_refused_with_the_remedy(base: str) -> None:
    with pytest.raises(QueryError) as caught:
        check_base(base)
    assert "https://example.org/kg/" in (caught.value.hint or "")


@pytest.mark.parametrize("base", ["https://example.org/kg/", "http://x/y#", "urn:x:kg/"])
def test_a_base_may_be_any_iri_that_ends_a_namespace(base: str) -> None:
    assert check_base(base) == base
    assert mint("region", "230000", base=base) == f"{base}region/230000"


def test_the_prologue_is_sparql() -> None:
    query = (
        vocab.sparql_prologue() + "SELECT * { ?s a kg:Region ; kg:stresses hazard:tailings-pond }"
    )
    assert list(ox.Store().query(query)) == []


def test_an_rdflib_graph_can_be_bound() -> None:
    graph = rdflib.Graph()
    vocab.bind(graph)
    graph.add((rdflib.URIRef(mint("region", "230000")), RDF_TYPE, rdflib.URIRef(KG.Region)))
    assert "region:230000 a kg:Region ." in graph.serialize(format="turtle")


def test_names_of_terms_cost_no_rdflib() -> None:
    code = "import sys, kg.vocab, kg.triples, kg.export; print('rdflib' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
