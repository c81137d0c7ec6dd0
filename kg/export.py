"""The graph as a file: RDF in six syntaxes, a table, a network. Equal graphs give equal bytes.

Quads are sorted as N-Quads text before anything is written, prefixes come from
ontology/prefixes.yaml, a file appears whole or not at all, and the catalog graph with the paths of
this machine never leaves the store.
"""

from __future__ import annotations

import json
import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Protocol

import pyoxigraph as ox

from kg import flat, vocab
from kg.errors import QueryError, StoreError
from kg.vocab import DCTERMS, RDF, XSD


class QuadStore(Protocol):
    """What can be exported: a kg.store.Store, or anything that gives its quads by graph."""

    base: str

    def quads(self, *graphs: str) -> Iterable[ox.Quad]:
        """Return the quads of these named graphs, or of all."""
        ...


Source = QuadStore | bytes | Iterable[ox.Quad]


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write the graph."""

    title: str
    suffixes: tuple[str, ...]
    """Endings of file names from which the format is guessed."""
    write: Callable[[list[bytes], str], bytes]
    """From sorted N-Quads lines and the base IRI."""


def export(
    source: Source,
    path: Path | str,
    *,
    format: str | None = None,
    notice: str | None = None,
    base: str | None = None,
) -> Path:
    """Write the graph, or what one notice says, to a file; return its path.

    The format is guessed from the file's name if not given. ``notice`` is an IRI or a file's stem.
    Raises QueryError for an unknown format or notice, StoreError where the file cannot be written.
    """
    target = Path(path)
    data = render(source, format or guess(target), notice=notice, base=base)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(data)
        temporary.replace(target)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        raise StoreError(
            f"{target}: cannot be written: {error.strerror or error}",
            hint="is it a folder, or does its folder not exist?",
        ) from error
    return target


def render(
    source: Source, format: str, *, notice: str | None = None, base: str | None = None
) -> bytes:
    """Write the graph, or what one notice says, in one of FORMATS.

    >>> quad = '<urn:s> <https://kg-safety.example/ns#runs> <urn:o> <urn:g> .'
    >>> print(render(quad.encode(), "ttl").decode())
    @prefix kg: <https://kg-safety.example/ns#> .
    <BLANKLINE>
    <urn:s> kg:runs <urn:o> .
    """
    if format not in FORMATS:
        close = get_close_matches(format, list(FORMATS), n=1)
        raise QueryError(
            f"unknown format '{format}'",
            hint=f"did you mean '{close[0]}'?" if close else "one of " + ", ".join(FORMATS),
        )
    if base is None:
        base = vocab.BASE if isinstance(source, bytes) else getattr(source, "base", vocab.BASE)
    lines = _lines(source, base)
    if notice is not None:
        lines = _only(lines, notice)
    return FORMATS[format].write(lines, base)


def guess(path: Path) -> str:
    """Guess the format from the ending of a file's name; raise QueryError where it tells nothing.

    >>> guess(Path("out/graph.ttl"))
    'ttl'
    """
    for name, known in FORMATS.items():
        if path.suffix.lower() in known.suffixes:
            return name
    raise QueryError(
        f"{path}: the name's ending tells no format",
        hint="name it with --format: " + ", ".join(FORMATS),
    )


# --- quads as sorted text -------------------------------------------------------------------------


def _lines(source: Source, base: str) -> list[bytes]:
    """Return the N-Quads lines of all named graphs but the catalog, sorted, each once."""
    if isinstance(source, bytes):
        quads: Iterable[ox.Quad] = ox.parse(source, format=ox.RdfFormat.N_QUADS)
    elif hasattr(source, "quads"):
        quads = source.quads()
    else:
        quads = source
    catalog = ox.NamedNode(vocab.catalog_graph(base))
    hidden = (catalog, ox.DefaultGraph())
    return sorted({f"{q} .\n".encode() for q in quads if q.graph_name not in hidden})


_GRAPH = re.compile(rb" (<[^<> \"]*>) \.\n\Z")


def _graph_of(line: bytes) -> bytes:
    found = _GRAPH.search(line)
    assert found is not None, line  # _lines lets only named graphs through
    return found[1]


def _only(lines: list[bytes], notice: str) -> list[bytes]:
    """Keep one notice's graph, by its IRI or its identifier (the file's stem)."""
    graphs = {_graph_of(line) for line in lines}
    wanted = f"<{notice}>".encode()
    if wanted not in graphs:
        names = _identifiers(lines)
        found = names.get(notice, [])
        if len(found) != 1:
            close = get_close_matches(notice, list(names), n=1)
            hint = f"did you mean '{close[0]}'?" if close else None
            raise QueryError(
                f"{len(found)} notices are called '{notice}'" if found else f"no notice '{notice}'",
                hint="name it by its IRI: " + ", ".join(found) if found else hint,
            )
        wanted = f"<{found[0]}>".encode()
    return [line for line in lines if _graph_of(line) == wanted]


def _identifiers(lines: list[bytes]) -> dict[str, list[str]]:
    predicate = f"> <{DCTERMS.identifier}> ".encode()
    names: dict[str, list[str]] = defaultdict(list)
    some = b"".join(line for line in lines if predicate in line)
    for quad in ox.parse(some, format=ox.RdfFormat.N_QUADS):
        if quad.subject == quad.graph_name:
            names[quad.object.value].append(quad.subject.value)
    return names


#: Sorts before every predicate and occurs nowhere: a quotation mark in a literal is escaped.
_TYPE, _TYPE_FIRST = f"> <{RDF.type}> ".encode(), b'> !"! '


def _triples(lines: Iterable[bytes], base: str) -> list[bytes]:
    """Drop the graphs: N-Triples lines, each once, as one reads them.

    Notices come first, then regions, meetings and so on, the vocabulary last; a subject's classes
    before the rest.
    """
    start = f"<{base}".encode()
    ranks = {f"{kind}/".encode(): number for number, kind in enumerate(vocab.kinds())}

    def key(line: bytes) -> tuple[int, bytes]:
        if not line.startswith(start):
            return len(ranks), line
        kind = line[len(start) : line.find(b"/", len(start)) + 1]
        return ranks.get(kind, len(ranks)), line

    bare = {_GRAPH.sub(b" .\n", line).replace(_TYPE, _TYPE_FIRST, 1) for line in lines}
    return [line.replace(_TYPE_FIRST, _TYPE, 1) for line in sorted(bare, key=key)]


def _used_prefixes(lines: list[bytes], base: str) -> dict[str, str]:
    text = b"".join(lines).replace(_TYPE, b"> ")  # which is written as "a"
    return {name: iri for name, iri in vocab.prefixes(base).items() if f"<{iri}".encode() in text}


# --- the syntaxes ---------------------------------------------------------------------------------


def _ntriples(lines: list[bytes], base: str) -> bytes:
    return b"".join(sorted({_GRAPH.sub(b" .\n", line) for line in lines}))


def _nquads(lines: list[bytes], base: str) -> bytes:
    return b"".join(lines)


def _turtle(lines: list[bytes], base: str) -> bytes:
    triples = b"".join(_triples(lines, base))
    return _spaced(
        ox.serialize(
            (q.triple for q in ox.parse(triples, format=ox.RdfFormat.N_TRIPLES)),
            format=ox.RdfFormat.TURTLE,
            prefixes=_used_prefixes(lines, base),
        )
    )


def _trig(lines: list[bytes], base: str) -> bytes:
    by_graph: dict[bytes, list[bytes]] = defaultdict(list)
    for line in lines:
        by_graph[_graph_of(line)].append(line)
    ordered = b"".join(
        triple[:-2] + graph + b" .\n"
        for graph in sorted(by_graph)
        for triple in _triples(by_graph[graph], base)
    )
    return _spaced(
        ox.serialize(
            ox.parse(ordered, format=ox.RdfFormat.N_QUADS),
            format=ox.RdfFormat.TRIG,
            prefixes=_used_prefixes(lines, base),
        )
    )


def _spaced(text: bytes | None) -> bytes:
    """Sort the prefixes, and set a subject apart from the next by an empty line.

    No literal holds a bare line end, so a line that ends in a full stop ends a subject.
    """
    lines = (text or b"").splitlines(keepends=True)
    prefixes = [line for line in lines if line.startswith(b"@prefix")]
    body = b"".join(lines[len(prefixes) :])
    return b"".join(sorted(prefixes)) + re.sub(rb"(?: \.|\})\n(?!\}|\Z)", rb"\g<0>\n", b"\n" + body)


#: What XML 1.0 cannot hold at all (section 2.2); everything else that it would change is escaped.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def _rdfxml(lines: list[bytes], base: str) -> bytes:
    def triples() -> Iterator[ox.Triple]:
        for quad in ox.parse(b"".join(_triples(lines, base)), format=ox.RdfFormat.N_TRIPLES):
            node = quad.object
            if isinstance(node, ox.Literal) and _NOT_XML.search(node.value):
                value = _NOT_XML.sub("\ufffd", node.value)
                kind = None if node.language else node.datatype
                node = ox.Literal(value, language=node.language, datatype=kind)
            yield ox.Triple(quad.subject, quad.predicate, node)

    written = ox.serialize(
        triples(), format=ox.RdfFormat.RDF_XML, prefixes=_used_prefixes(lines, base)
    )
    return (written or b"").replace(b"\r", b"&#13;") + b"\n"


def _jsonld(lines: list[bytes], base: str) -> bytes:
    """Write one object a graph, compact by a context of prefixes alone."""
    context = _used_prefixes(lines, base)
    quads = list(ox.parse(b"".join(lines), format=ox.RdfFormat.N_QUADS))
    taken = {t.value.partition(":")[0] for q in quads for t in _nodes(q)}
    context = {name: iri for name, iri in context.items() if name not in taken}
    shorten = _shortener(context)
    graphs: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for quad in quads:
        nodes = graphs[shorten(quad.graph_name.value)]
        subject = shorten(quad.subject.value)
        node = nodes.setdefault(subject, {"@id": subject})
        if quad.predicate.value == RDF.type:
            node.setdefault("@type", []).append(shorten(quad.object.value))
        else:
            said = node.setdefault(shorten(quad.predicate.value), [])
            said.append(_json_value(quad.object, shorten))
    document = {
        "@context": context,
        "@graph": [{"@id": name, "@graph": list(graphs[name].values())} for name in sorted(graphs)],
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _nodes(quad: ox.Quad) -> Iterator[ox.NamedNode]:
    for term in (quad.subject, quad.predicate, quad.object, quad.graph_name):
        if isinstance(term, ox.NamedNode):
            yield term


def _json_value(term: Any, shorten: Callable[[str], str]) -> dict[str, str]:
    if isinstance(term, ox.NamedNode):
        return {"@id": shorten(term.value)}
    if term.language:
        return {"@language": term.language, "@value": term.value}
    if term.datatype.value == XSD.string:
        return {"@value": term.value}
    return {"@type": shorten(term.datatype.value), "@value": term.value}


def _shortener(context: Mapping[str, str]) -> Callable[[str], str]:
    known: dict[str, str] = {}
    namespaces = sorted(((iri, name) for name, iri in context.items()), reverse=True)

    def shorten(iri: str) -> str:
        short = known.get(iri)
        if short is None:
            short = iri
            for namespace, name in namespaces:
                if iri.startswith(namespace) and not iri.startswith("//", len(namespace)):
                    short = f"{name}:{iri[len(namespace) :]}"
                    break
            known[iri] = short
        return short

    return shorten


def _index(lines: list[bytes]) -> flat.Graph:
    return flat.Graph(ox.parse(b"".join(lines), format=ox.RdfFormat.N_QUADS))


#: Every format that works, by its name: what --format offers and the docs list.
FORMATS: Mapping[str, Format] = {
    "ttl": Format("Turtle", (".ttl",), _turtle),
    "nt": Format("N-Triples", (".nt",), _ntriples),
    "nq": Format("N-Quads", (".nq",), _nquads),
    "trig": Format("TriG", (".trig",), _trig),
    "jsonld": Format("JSON-LD", (".jsonld", ".json"), _jsonld),
    "rdfxml": Format("RDF/XML", (".rdf", ".xml", ".owl"), _rdfxml),
    "graphml": Format(
        "GraphML, for Gephi or yEd", (".graphml",), lambda lines, base: flat.graphml(_index(lines))
    ),
    "csv": Format(
        "one row a statement", (".csv",), lambda lines, base: flat.csv_table(_index(lines))
    ),
}
