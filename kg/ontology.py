"""The concepts of ontology/*.ttl: three SKOS schemes, read with pyoxigraph and checked.

The Turtle files are edited by hand, so each complaint names file and line and, where something is
misspelt, the nearest right name.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Literal, NoReturn

import pyoxigraph as ox

from kg.data import DATA, ONTOLOGY
from kg.errors import DataFileError
from kg.model import Concept
from kg.vocab import CONCEPTS, KG, RDF, SKOS

Scheme = Literal["hazard", "responsibility", "measure"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemeFile:
    """Where a scheme is written, and the IRIs that its concepts must carry."""

    name: Scheme
    filename: str
    iri: str
    concept_class: str
    namespace: str


SCHEMES: Mapping[Scheme, SchemeFile] = {
    scheme.name: scheme
    for scheme in (
        SchemeFile(
            name="hazard",
            filename="hazard-sectors.ttl",
            iri=KG.HazardSectors,
            concept_class=KG.HazardSector,
            namespace=CONCEPTS["hazard"],
        ),
        SchemeFile(
            name="responsibility",
            filename="responsibility-types.ttl",
            iri=KG.ResponsibilityTypes,
            concept_class=KG.ResponsibilityType,
            namespace=CONCEPTS["responsibility"],
        ),
        SchemeFile(
            name="measure",
            filename="measure-types.ttl",
            iri=KG.MeasureTypes,
            concept_class=KG.MeasureType,
            namespace=CONCEPTS["measure"],
        ),
    )
}

#: Properties whose objects are words or sentences, and the languages that each may have.
_WORDS: Mapping[str, tuple[str, ...]] = {
    SKOS.prefLabel: ("zh-hans", "zh-hant", "en"),
    SKOS.altLabel: ("zh-hans", "zh-hant", "en"),
    SKOS.hiddenLabel: ("zh-hans",),
    SKOS.definition: ("zh-hans", "zh-hant", "en"),
    SKOS.scopeNote: ("zh-hans", "zh-hant", "en"),
    KG.matches: ("zh-hans",),
    KG.rejects: ("zh-hans",),
}
_LINKS = (
    RDF.type,
    SKOS.broader,
    SKOS.inScheme,
    SKOS.topConceptOf,
    SKOS.closeMatch,
    SKOS.exactMatch,
)
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(slots=True)
class _Block:
    """What one subject of the file says."""

    words: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    links: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    notation: list[str] = field(default_factory=list)


@cache
def concepts() -> tuple[Concept, ...]:
    """Return all concepts in file order: hazards, responsibilities, measures.

    Raises DataFileError for a broken file.

    >>> [c.zh for c in concepts() if c.id == "tailings-pond"]
    ['尾矿库']
    """
    found: list[Concept] = []
    home: dict[str, str] = {}
    for scheme in SCHEMES.values():
        path = ONTOLOGY / scheme.filename
        for item in read_scheme(path, scheme.name):
            if item.id in home:
                _Source(path).fail(item.id, f"id '{item.id}' is already used in {home[item.id]}")
            home[item.id] = scheme.filename
            found.append(item)
    return tuple(found)


@cache
def _by_id() -> Mapping[str, Concept]:
    return {item.id: item for item in concepts()}


def concept(id: str) -> Concept:
    """Return the concept of this id; raise DataFileError, with the nearest id, if there is none.

    >>> concept("tailings-pond").en
    'tailings ponds'
    """
    try:
        return _by_id()[id]
    except KeyError:
        raise DataFileError(
            f"{_shown(ONTOLOGY)}: no concept '{id}'", hint=_near(id, _by_id())
        ) from None


@cache
def ancestors(id: str) -> tuple[str, ...]:
    """Return the concept's id, then the ids of what it lies within, nearest first.

    >>> ancestors("chemical-park")
    ('chemical-park', 'chemical-industry', 'hazardous-chemicals')
    """
    found = [concept(id).id]
    while (broader := concept(found[-1]).broader) is not None:
        found.append(broader)
    return tuple(found)


def read_scheme(path: Path, scheme: Scheme) -> tuple[Concept, ...]:
    """Read and check one scheme's Turtle file; raise DataFileError (``file:line: …``) if broken."""
    source, expected = _Source(path), SCHEMES[scheme]
    blocks = dict(source.blocks(expected))
    if not blocks:
        source.fail(None, "no concepts", hint="delete the file or add a concept")
    found = tuple(
        _concept(source, expected, local, block, blocks) for local, block in blocks.items()
    )
    _check_labels(source, blocks)
    _check_hierarchy(source, found)
    return found


def _concept(
    source: _Source,
    scheme: SchemeFile,
    local: str,
    block: _Block,
    blocks: Mapping[str, _Block],
) -> Concept:
    def words(predicate: str, language: str) -> tuple[str, ...]:
        return tuple(block.words.get((predicate, language), ()))

    def label(language: str, tag: str) -> str:
        got = words(SKOS.prefLabel, language)
        if len(got) != 1:
            source.fail(
                local,
                f"'{local}' has {len(got)} skos:prefLabel @{tag}, not 1",
                hint="is the id used for two concepts?" if got else f'write "…"@{tag}',
            )
        return got[0]

    if not _ID.fullmatch(local):
        source.fail(local, f"id '{local}' is not lower-case words joined by hyphens")
    if block.notation != [local]:
        source.fail(local, f"'{local}' needs skos:notation \"{local}\", found {block.notation}")
    for predicate, name, iri in (
        (RDF.type, "a", scheme.concept_class),
        (RDF.type, "a", SKOS.Concept),
        (SKOS.inScheme, "skos:inScheme", scheme.iri),
    ):
        if iri not in block.links.get(predicate, ()):
            source.fail(local, f"'{local}' lacks {name} <{iri}>")
    broader = block.links.get(SKOS.broader, [])
    tops = block.links.get(SKOS.topConceptOf, [])
    if len(broader) + len(tops) != 1 or any(t != scheme.iri for t in tops):
        source.fail(
            local,
            f"'{local}' needs one skos:broader, or skos:topConceptOf <{scheme.iri}>",
        )
    above = broader[0].removeprefix(scheme.namespace) if broader else None
    if above is not None and above not in blocks:
        source.fail(
            local,
            f"'{local}' has unknown skos:broader '{above}'",
            hint=_near(above, blocks),
            at=above,
        )
    return Concept(
        id=local,
        scheme=scheme.name,
        iri=scheme.namespace + local,
        zh=label("zh-hans", "zh-Hans"),
        zh_hant=label("zh-hant", "zh-Hant"),
        en=label("en", "en"),
        alt=words(SKOS.altLabel, "zh-hans"),
        hidden=words(SKOS.hiddenLabel, "zh-hans"),
        alt_en=words(SKOS.altLabel, "en"),
        broader=above,
        matches=words(KG.matches, "zh-hans"),
        rejects=words(KG.rejects, "zh-hans"),
    )


def _check_labels(source: _Source, blocks: Mapping[str, _Block]) -> None:
    """Refuse a label that names two concepts in one language, whatever its letter case."""
    owner: dict[tuple[str, str], str] = {}
    for local, block in blocks.items():
        for (predicate, language), values in block.words.items():
            if predicate not in (SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel):
                continue
            for value in values:
                other = owner.setdefault((language, value.casefold()), local)
                if other != local:
                    source.fail(
                        local, f"label '{value}' of '{local}' already names '{other}'", at=value
                    )


def _check_hierarchy(source: _Source, found: tuple[Concept, ...]) -> None:
    """Refuse a concept that lies within itself."""
    above = {item.id: item.broader for item in found}
    for start in above:
        seen, step = {start}, above[start]
        while step is not None:
            if step in seen:
                source.fail(start, f"'{start}' lies within itself by skos:broader")
            seen.add(step)
            step = above[step]


class _Source:
    """One Turtle file: its statements by concept, and the lines that complaints point to."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise DataFileError(f"{_shown(path)}: cannot be read: {error}") from error

    def fail(
        self, local: str | None, what: str, *, hint: str | None = None, at: str | None = None
    ) -> NoReturn:
        """Raise DataFileError at the block of ``local``, at the line in it that holds ``at``."""
        raise DataFileError(f"{_shown(self.path)}{self._line(local, at)}: {what}", hint=hint)

    def _line(self, local: str | None, at: str | None) -> str:
        if local is None:
            return ""
        lines = self.text.splitlines()
        block = re.compile(rf"\S*[:/]{re.escape(local)}>?\s*$")
        head = max((n for n, line in enumerate(lines) if block.match(line)), default=None)
        if head is None:
            return ""
        if at is not None:
            head = next((n for n in range(head, len(lines)) if at in lines[n]), head)
        return f":{head + 1}"

    def blocks(self, scheme: SchemeFile) -> Iterator[tuple[str, _Block]]:
        """Return the concepts with what is said of them, in file order."""
        found: dict[str, _Block] = {}
        last: str | None = None
        for quad in self._quads():
            subject, predicate, obj = quad.subject, quad.predicate.value, quad.object
            if not isinstance(subject, ox.NamedNode):
                self.fail(None, "blank node; give the concept an IRI")
            if subject.value == scheme.iri:
                last = scheme.iri
                continue
            local = subject.value.removeprefix(scheme.namespace)
            if local == subject.value:
                self.fail(
                    None,
                    f"subject <{subject.value}> is not in <{scheme.namespace}>",
                    hint=f"the scheme itself is <{scheme.iri}>",
                )
            if local in found and last != subject.value:
                self.fail(local, f"id '{local}' has a second block")
            last = subject.value
            self._add(local, found.setdefault(local, _Block()), predicate, obj)
        return iter(found.items())

    def _quads(self) -> Iterator[ox.Quad]:
        try:
            yield from ox.parse(self.text, format=ox.RdfFormat.TURTLE)
        except SyntaxError as error:
            where = f":{error.lineno}" if error.lineno else ""
            raise DataFileError(f"{_shown(self.path)}{where}: {error.msg}") from error

    def _add(self, local: str, block: _Block, predicate: str, obj: object) -> None:
        if predicate in _WORDS:
            if not isinstance(obj, ox.Literal):
                self.fail(local, f"'{local}': <{predicate}> needs a text")
            language = (obj.language or "").lower()
            if language not in _WORDS[predicate]:
                self.fail(
                    local,
                    f"'{obj.value}' has language '{obj.language or ''}'",
                    hint="expected one of " + ", ".join(_WORDS[predicate]),
                    at=obj.value,
                )
            if not obj.value.strip():
                self.fail(local, f"'{local}' has an empty text for <{predicate}>")
            block.words[predicate, language].append(obj.value)
        elif predicate in _LINKS:
            if not isinstance(obj, ox.NamedNode):
                self.fail(local, f"'{local}': <{predicate}> needs an IRI")
            block.links[predicate].append(obj.value)
        elif predicate == SKOS.notation:
            block.notation.append(obj.value if isinstance(obj, ox.Literal) else str(obj))
        else:
            known = {_local(p): p for p in (*_WORDS, *_LINKS, SKOS.notation)}
            self.fail(
                local,
                f"'{local}' has unknown property <{predicate}>",
                hint=_near(_local(predicate), known),
                at=_local(predicate),
            )


def _local(iri: str) -> str:
    return re.split(r"[#/]", iri)[-1]


def _near(name: str, known: Mapping[str, object] | tuple[str, ...]) -> str | None:
    close = get_close_matches(name, list(known), n=1)
    return f"did you mean '{close[0]}'?" if close else None


def _shown(path: Path) -> str:
    """Return the path as a reader of the project knows it (``ontology/hazard-sectors.ttl``)."""
    return path.relative_to(DATA).as_posix() if path.is_relative_to(DATA) else str(path)
