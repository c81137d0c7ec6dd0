"""The compiled shapes say yes only where pySHACL finds nothing, and no where it finds something."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.shapes import _compiled, keeps
from kg.triples import quads
from kg.validate import _check, _triples
from tests.records import record
from tests.stores import world

CASES = sorted((Path(__file__).parent / "shapes").glob("*/*.ttl"))
GRAPH = "urn:g"


def reference(nquads: bytes, *, warnings: bool = False) -> bool:
    """What pySHACL says."""
    found = _check("", _triples(nquads), with_concepts=True)
    return not [r for r in found if warnings or r.severity == "Violation"]


def lines(path: Path) -> bytes:
    graph = rdflib.Graph().parse(path, format="turtle")
    text = graph.serialize(format="nt", encoding="utf-8")
    found = ox.parse(text, format=ox.RdfFormat.N_TRIPLES)
    return "".join(sorted(f"{q.triple} <{GRAPH}> .\n" for q in found)).encode()


def test_every_shape_is_compiled():
    assert _compiled(False) is not None
    assert _compiled(True) is not None


def test_there_are_as_many_cases_as_shapes_need():
    assert len(CASES) >= 60


@pytest.mark.parametrize("path", CASES, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_on_the_cases_of_each_shape_it_agrees_with_pyshacl(path):
    nquads = lines(path)
    if keeps(nquads):
        assert reference(nquads)
    if keeps(nquads, warnings=True):
        assert reference(nquads, warnings=True)
    assert path.stem == "pass" or not keeps(nquads)


def test_it_certifies_what_the_extractor_writes():
    assert keeps(quads(record()))
    for one in world().values():
        assert keeps(quads(one))
    assert not keeps(quads(world()["d"]), warnings=True)  # it has no title


@cache
def _sources() -> tuple[tuple[str, ...], ...]:
    notices = (record(), *world().values())
    return tuple(tuple(quads(r).decode().splitlines(keepends=True)) for r in notices)


def _damage(line: str, how: str) -> str:
    subject, predicate, rest = line.split(" ", 2)
    obj, graph = rest.rsplit(" <", 1)
    changed = {
        "empty": '""',
        "plain": '"x"',
        "english": '"x"@en',
        "number": '"7"^^<http://www.w3.org/2001/XMLSchema#integer>',
        "negative": '"-1"^^<http://www.w3.org/2001/XMLSchema#integer>',
        "no number": '"x"^^<http://www.w3.org/2001/XMLSchema#integer>',
        "date": '"2020-02-30"^^<http://www.w3.org/2001/XMLSchema#date>',
        "iri": "<urn:x>",
        "subject": subject,
    }[how]
    del obj
    return f"{subject} {predicate} {changed} <{graph}"


HOW = ("empty", "plain", "english", "number", "negative", "no number", "date", "iri", "subject")


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_on_damaged_graphs_it_agrees_with_pyshacl(data):
    source = list(data.draw(st.sampled_from(_sources())))
    for _ in range(data.draw(st.integers(1, 2))):
        at = data.draw(st.integers(0, len(source) - 1))
        match data.draw(st.sampled_from(("drop", "change", "add"))):
            case "drop":
                del source[at]
            case "change":
                source[at] = _damage(source[at], data.draw(st.sampled_from(HOW)))
            case "add":
                source.append(_damage(source[at], data.draw(st.sampled_from(HOW))))
    nquads = "".join(sorted(set(source))).encode()
    if keeps(nquads):
        assert reference(nquads)
    elif "-1" not in nquads.decode():  # and it does not cry wolf, bar what it cannot tell
        assert not reference(nquads)
