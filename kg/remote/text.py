"""What is written into requests: terms as pyoxigraph serialises them, never text put together."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import pyoxigraph as ox

from kg.errors import QueryError
from kg.sparql import Token

_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


def pattern(given: tuple[Any, ...]) -> str:
    """Write a triple pattern: terms as pyoxigraph serialises them, ``?s ?p ?o`` where there is none."""
    return " ".join(
        f"?{name}" if term is None else str(term) for term, name in zip(given, "spo", strict=True)
    )


def filled(given: tuple[Any, ...], row: Any) -> tuple[Any, Any, Any]:
    """Give the triple that a row of a pattern's answer stands for."""
    subject, predicate, object_ = (
        row[name] if term is None else term for term, name in zip(given, "spo", strict=True)
    )
    return subject, predicate, object_


def about(subject: str, predicate: str, value: str) -> Any:
    """Make a triple about an IRI with text as its object."""
    return ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), ox.Literal(value))


def line(triple: Any) -> str:
    """Write a triple as N-Triples has it, without the end of the line."""
    return f"{triple.subject} {triple.predicate} {triple.object} ."


def lines(triples: Iterable[Any]) -> bytes:
    """Write triples as sorted N-Triples: equal content, equal bytes."""
    return "".join(sorted(line(triple) + "\n" for triple in triples)).encode("utf-8")


def parse(nquads: bytes, graph: Any) -> set[Any]:
    """Read the N-Quads of one graph as triples; raises ValueError for one of another, or a blank node."""
    triples = set()
    for quad in ox.parse(nquads, format=ox.RdfFormat.N_QUADS):
        if quad.graph_name != graph:
            raise ValueError(f"a quad stands in {quad.graph_name}, not in {graph}")
        if any(isinstance(t, ox.BlankNode) for t in (quad.subject, quad.object)):
            raise ValueError(f"a blank node, which no server would keep: {quad}")
        triples.add(ox.Triple(quad.subject, quad.predicate, quad.object))
    return triples


def prologue(found: list[Token], known: dict[str, str], base_iri: str | None) -> str:
    """Write what a text takes for granted, on its first line: positions in it stay what they are."""
    declared = {
        after.text.partition(":")[0]
        for before, after in pairwise(found)
        if before.text.upper() == "PREFIX"
    }
    used = {t.text.partition(":")[0] for t in found if t.kind == "prefixed"}
    base = f"BASE {ox.NamedNode(base_iri)} " if base_iri is not None else ""
    return base + "".join(
        f"PREFIX {name}: <{known[name]}> " for name in sorted((used - declared) & known.keys())
    )


def refuse_builtins(found: list[Token]) -> None:
    """Refuse the names by which Virtuoso calls procedures of its own, files of the server's among them."""
    for token in found:
        text = _ESCAPE.sub(lambda m: chr(int(m[1] or m[2], 16)), token.text)
        if token.kind == "iri" and text[1:].strip().casefold().startswith(("bif:", "sql:")):
            raise QueryError(
                f"{text[:60]} is refused: a query may not call procedures of the server",
                hint="SPARQL 1.1 has functions of its own",
            )
