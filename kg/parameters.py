"""What a person writes for a region, a sector, a date, turned into RDF terms for a query.

A value is an IRI, a prefixed name, an id or code, or a name in any language and either script. A
name that several things bear (one meeting's name, said of two regions) gives all of them. Terms
reach a query only as pyoxigraph writes them, so no value can change what a query is.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import date
from difflib import get_close_matches
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

import pyoxigraph as ox

from kg.errors import QueryError
from kg.ontology import SCHEMES, concepts
from kg.vocab import DCTERMS, KG, RDF, RDFS, SKOS, XSD, mint, prefixes

if TYPE_CHECKING:
    from kg.stores import GraphStore

Term = ox.NamedNode | ox.Literal
#: Folded name -> the IRIs it stands for and the name as it is written.
Names = Mapping[str, tuple[frozenset[str], str]]

MODALITIES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "obligation": ("义务", "应当", "必须"),
        "prohibition": ("禁止", "严禁", "不得"),
        "permission": ("许可", "允许", "可以"),
        "recommendation": ("倡导", "建议", "鼓励"),
    }
)
#: The three layers that name concepts: the property from a region to what it says, and other names.
LAYERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Emphasis": (KG.stresses, "stresses", "强调"),
        "Invocation": (KG.invokes, "invokes", "落实"),
        "MeasureOrder": (KG.orders, "orders", "部署"),
    }
)
#: Class and naming properties of what is found in the store by name.
_NAMED: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        "region": (KG.Region, (RDFS.label, SKOS.notation)),
        "meeting": (KG.Meeting, (RDFS.label,)),
        "campaign": (KG.Campaign, (RDFS.label,)),
        "policy": (KG.Policy, (RDFS.label, KG.documentNumber)),
        "incident": (KG.Incident, (RDFS.label,)),
        "notice": (KG.Notice, (DCTERMS.identifier, KG.filename, DCTERMS.title)),
    }
)
_LABELS = (SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel, SKOS.notation)
_SEPARATORS = re.compile(r"[\s\-_·•“”‘’\"'《》〈〉「」『』()()]+")
_DATE = re.compile(r"(\d{4})(?:年|[-/.])(\d{1,2})(?:月|[-/.])(\d{1,2})日?")
_CLOSE = 0.5  # of two characters of three one may be wrong (尾矿苦); at 0.6 煤况 finds nothing


def resolve(kind: str, value: object, *, store: GraphStore) -> tuple[Term, ...]:
    """Return the terms that a value of this kind stands for, at least one, sorted.

    Raises QueryError for what nothing is called, with the nearest names.

    >>> from kg.store import Store
    >>> resolve("hazard", "Tailings pond", store=Store.memory())
    (<NamedNode value=https://kg-safety.example/hazard/tailings-pond>,)
    """
    if isinstance(value, (list, tuple, set, frozenset)):
        found = {term for one in value for term in resolve(kind, one, store=store)}
        return tuple(sorted(found, key=str))
    text = str(value).strip()
    if kind in _PLAIN:
        return (_PLAIN[kind](str(value)),)
    if not text:
        raise QueryError(f"the {kind} is empty")
    iri = _as_iri(text, store)
    if iri is not None:
        return (_held(kind, iri, store),)
    iris = _lookup(kind, text, store)
    return tuple(sorted((ox.NamedNode(i) for i in iris), key=str))


def resolve_one(kind: str, value: str, *, store: GraphStore) -> str:
    """Return the IRI of the one thing in the store that is called so; else raise QueryError."""
    found = resolve(kind, value, store=store)
    if len(found) > 1:
        names = ", ".join(term.value for term in found)
        raise QueryError(f"{len(found)} are called '{value}'", hint=f"name one by its IRI: {names}")
    node = ox.NamedNode(found[0].value)
    said = store.triples(node, None, None)
    named = store.triples(None, None, node)
    if next(said, None) is None and next(named, None) is None:
        raise QueryError(f"nothing in the store is about the {kind} '{value}'")
    return node.value


def kinds() -> tuple[str, ...]:
    """Name the kinds of parameters that queries can have.

    >>> "hazard" in kinds() and "date" in kinds()
    True
    """
    return (*sorted({*SCHEMES, *_NAMED, "concept"}), *sorted(_PLAIN))


def fold(text: str) -> str:
    """Reduce a name to what decides whether two are the same: case, width, spacing, plural.

    >>> fold("Tailings ponds") == fold("tailings-pond")
    True
    """
    text = normalize("NFKC", text).casefold()
    if text.isascii():
        words = re.findall(r"[a-z0-9]+", text)
        return " ".join(_singular(word) for word in words) or text
    return _SEPARATORS.sub("", text)


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


# --- IRIs -----------------------------------------------------------------------------------------


def _as_iri(text: str, store: GraphStore) -> str | None:
    """Return the IRI where the value is one, or a prefixed name (``hazard:tailings-pond``)."""
    if text.startswith("<") and text.endswith(">"):
        return text[1:-1]
    if "://" in text:
        return text
    prefix, colon, local = text.partition(":")
    namespace = prefixes(store.base).get(prefix) if colon else None
    return namespace + local if namespace else None


def _held(kind: str, iri: str, store: GraphStore) -> ox.NamedNode:
    try:
        node = ox.NamedNode(iri)
    except ValueError as error:
        raise QueryError(f"'{iri}' is no IRI: {error}") from error
    if kind in (*SCHEMES, "concept") and any(c.iri == iri for c in concepts()):
        return node
    if next(store.triples(node, None, None), None) is None:
        raise QueryError(f"unknown {kind} <{iri}>: nothing in the store has this IRI")
    return node


# --- names ----------------------------------------------------------------------------------------


def _lookup(kind: str, text: str, store: GraphStore) -> frozenset[str]:
    exact = _exactly(kind, text, store)
    if exact:
        return exact
    names: list[Names] = []
    keys: tuple[str, ...] = (fold(text),)
    for source in _sources(kind, store):
        names.append(source())
        if keys[0] in names[-1]:
            return names[-1][keys[0]][0]
    if not keys[0].isascii():  # once more in simplified characters
        keys += (fold(_simplified(text)),)
        for found in names:
            if keys[1] in found:
                return found[keys[1]][0]
    raise QueryError(f"unknown {kind} '{text}'", hint=_near(keys, names))


def _exactly(kind: str, text: str, store: GraphStore) -> frozenset[str]:
    """Find what the store calls exactly so, by index: there may be a million notices."""
    if kind not in _NAMED:
        return frozenset()
    cls, properties = _NAMED[kind]
    code = ox.NamedNode(KG.GBT2260)
    literals = [ox.Literal(text), ox.Literal(text, datatype=code)]
    literals += [ox.Literal(text, language=tag) for tag in ("zh-hans", "zh-hant")]
    found = {
        subject
        for literal in literals
        for prop in properties
        for subject, _, _ in store.triples(None, ox.NamedNode(prop), literal)
    }
    a, type_ = ox.NamedNode(RDF.type), ox.NamedNode(cls)
    return frozenset(
        node.value
        for node in found
        if isinstance(node, ox.NamedNode) and next(store.triples(node, a, type_), None) is not None
    )


def _sources(kind: str, store: GraphStore) -> tuple[Callable[[], Names], ...]:
    """Where names of a kind are looked for, in order; each is read only when reached."""
    if kind in SCHEMES:
        return (lambda: _concept_names(kind), lambda: _labels(kind, store))
    if kind == "concept":
        return tuple(source for scheme in SCHEMES for source in _sources(scheme, store))
    if kind == "region":
        return (lambda: _stored_names(kind, store), lambda: _gazetteer(store.base))
    if kind in _NAMED:
        return (lambda: _stored_names(kind, store),)
    raise QueryError(f"unknown kind of parameter '{kind}'", hint="one of " + ", ".join(kinds()))


def _collect(pairs: Iterable[tuple[str, str]]) -> Names:
    """Make an index of (name as written, IRI)."""
    iris: dict[str, set[str]] = defaultdict(set)
    written: dict[str, str] = {}
    for name, iri in pairs:
        key = fold(name)
        iris[key].add(iri)
        written.setdefault(key, name)
    return {key: (frozenset(found), written[key]) for key, found in iris.items()}


@cache
def _concept_names(kind: str) -> Names:
    return _collect(
        (name, c.iri)
        for c in concepts()
        if c.scheme == kind
        for name in (c.zh, c.id, c.en, c.zh_hant, *c.alt, *c.hidden, *c.alt_en)
    )


def _labels(kind: str, store: GraphStore) -> Names:
    """Return what the store's vocabulary has beside: traditional alternative labels."""
    members = _members(SCHEMES[kind].concept_class, store)  # type: ignore[index]
    return _collect(_said(members, _LABELS, store))


def _stored_names(kind: str, store: GraphStore) -> Names:
    cls, properties = _NAMED[kind]
    return _collect(_said(_members(cls, store), properties, store))


def _members(cls: str, store: GraphStore) -> Iterable[ox.NamedNode]:
    found = store.triples(None, ox.NamedNode(RDF.type), ox.NamedNode(cls))
    return (node for node, _, _ in found if isinstance(node, ox.NamedNode))


def _said(
    members: Iterable[ox.NamedNode], properties: tuple[str, ...], store: GraphStore
) -> Iterable[tuple[str, str]]:
    for node in members:
        for prop in properties:
            for _, _, value in store.triples(node, ox.NamedNode(prop), None):
                if isinstance(value, ox.Literal):
                    yield value.value, node.value


@cache
def _gazetteer(base: str) -> Names:
    """Return divisions by short and full name; a short name of several means the highest of them.

    A division of which the store has no notice is known all the same: its answer is empty.
    """
    from kg.regions.table import divisions, full_names, one_chain, short_names

    def iri(name: str, code: str | None) -> str:
        alone = len([d for d in full_names()[name] if d.until is None]) <= 1
        return mint("region", (code or name) if alone else name, base=base)

    pairs = [(d.name, iri(d.name, d.code)) for d in divisions() if d.until is None]
    pairs += [(d.code, iri(d.name, d.code)) for d in divisions() if d.code and d.until is None]
    for short, found in short_names().items():
        standing = [d for d in found if d.until is None]
        highest = one_chain(standing)
        for division in [highest] if highest is not None else standing:
            pairs.append((short, iri(division.name, division.code)))
    return _collect(pairs)


def _near(keys: tuple[str, ...], names: list[Names]) -> str | None:
    """Suggest the nearest names, in whatever script they were asked for."""
    known = {key: written for found in names for key, (_, written) in found.items()}
    close: dict[str, None] = {}
    for key in keys:
        for match in get_close_matches(key, known, n=3, cutoff=_CLOSE):
            close.setdefault(known[match])
    if not close:
        close = dict.fromkeys(
            written for key, written in known.items() if any(k in key for k in keys if len(k) > 1)
        )
    shown = list(close)[:3]
    return f"did you mean {' or '.join(f'{name!r}' for name in shown)}?" if shown else None


def _simplified(text: str) -> str:
    return str(_converter().convert(text))


@cache
def _converter() -> Any:
    import opencc

    return opencc.OpenCC("t2s")


# --- values ---------------------------------------------------------------------------------------


def _date(text: str) -> ox.Literal:
    match = _DATE.fullmatch(text.strip())
    if match:
        with suppress(ValueError):
            day = date(*map(int, match.groups()))
            return ox.Literal(day.isoformat(), datatype=ox.NamedNode(XSD.date))
    raise QueryError(f"'{text}' is no date", hint="write it as in 2020-04-10")


def _integer(text: str) -> ox.Literal:
    if not re.fullmatch(r"[0-9]{1,9}", text.strip()):
        raise QueryError(f"'{text}' is no whole number")
    return ox.Literal(int(text))


def _modality(text: str) -> ox.Literal:
    wanted = fold(text)
    for name, words in MODALITIES.items():
        if wanted in (name, *words):
            return ox.Literal(name)
    near = get_close_matches(wanted, MODALITIES, n=1)
    hint = f"did you mean '{near[0]}'?" if near else "one of " + ", ".join(MODALITIES)
    raise QueryError(f"unknown modality '{text}'", hint=hint)


def _text(text: str) -> ox.Literal:
    if re.search("[\ud800-\udfff]", text):
        raise QueryError("the text holds half a character (a surrogate)")
    return ox.Literal(text)


def _layer(text: str) -> ox.NamedNode:
    wanted = fold(text)
    for name, (iri, *words) in LAYERS.items():
        if wanted in {fold(name), *map(fold, words)} or text.strip(" <>") == iri:
            return ox.NamedNode(iri)
    raise QueryError(f"unknown layer '{text}'", hint="one of " + ", ".join(LAYERS))


_PLAIN: Mapping[str, Callable[[str], Term]] = MappingProxyType(
    {"date": _date, "integer": _integer, "layer": _layer, "modality": _modality, "text": _text}
)
