# ruff: noqa: N815 - terms are written as the vocabularies write them
"""IRIs as names, and :func:`mint`, the only maker of IRIs for what notices name.

A misspelt term fails where it is written (and under mypy), with the nearest right name:

>>> KG.Notice
'https://kg-safety.example/ns#Notice'
>>> KG.Notise
Traceback (most recent call last):
AttributeError: KG has no term 'Notise'; did you mean 'Notice'?
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache, lru_cache
from hashlib import sha256
from types import MappingProxyType
from typing import TYPE_CHECKING

import yaml

from kg.data import ONTOLOGY
from kg.errors import DataFileError, QueryError

if TYPE_CHECKING:
    from rdflib import Graph

#: Under which kg mints IRIs unless told otherwise; ``.example`` never resolves to somebody else.
BASE = "https://kg-safety.example/id/"


class _TermsMeta(type):
    if not TYPE_CHECKING:  # mypy would take this for "any name is a term"

        def __getattr__(cls, name: str) -> str:
            close = get_close_matches(name, [t for t in vars(cls) if t[0] != "_"], n=1)
            hint = f"; did you mean '{close[0]}'?" if close else ""
            raise AttributeError(f"{cls.__name__} has no term '{name}'{hint}")


class Terms(metaclass=_TermsMeta):
    """A namespace whose annotated names become IRIs: ``class EX(Terms, iri="…#"): Thing: str``."""

    _iri: str

    def __init_subclass__(cls, *, iri: str) -> None:
        cls._iri = iri
        for name in cls.__annotations__:
            setattr(cls, name, iri + name)


def terms(namespace: type[Terms]) -> dict[str, str]:
    """Each name of a namespace with its IRI, in the order written.

    >>> terms(PROV)["used"]
    'http://www.w3.org/ns/prov#used'
    """
    return {name: getattr(namespace, name) for name in namespace.__annotations__}


def namespace(terms_of: type[Terms]) -> str:
    """Return the IRI that the terms of a namespace begin with.

    >>> namespace(PROV)
    'http://www.w3.org/ns/prov#'
    """
    return terms_of._iri


class KG(Terms, iri="https://kg-safety.example/ns#"):
    """Classes, properties and individuals of ontology/safety.ttl."""

    Notice: str
    Region: str
    Meeting: str
    Organization: str
    Addressee: str
    Campaign: str
    Policy: str
    Incident: str
    Action: str
    Statement: str
    Emphasis: str
    Invocation: str
    MeasureOrder: str
    CampaignRun: str
    DeonticStatement: str
    Obligation: str
    Prohibition: str
    Permission: str
    Recommendation: str
    Evidence: str
    Damage: str
    Correction: str
    HazardSector: str
    ResponsibilityType: str
    MeasureType: str
    # individuals and the datatype of division codes
    HazardSectors: str
    ResponsibilityTypes: str
    MeasureTypes: str
    extractor: str
    GBT2260: str
    # region -> what it says
    stresses: str
    invokes: str
    orders: str
    runs: str
    held: str
    # notice -> what it names
    speaker: str
    reports: str
    cites: str
    mentions: str
    # of meetings, policies and incidents
    presidingPost: str
    speakingPost: str
    issuer: str
    dead: str
    missing: str
    hurt: str
    # of every statement
    notice: str
    region: str
    attributedTo: str
    meeting: str
    evidence: str
    concept: str
    campaign: str
    degree: str
    day: str
    # of deontic statements
    modality: str
    text: str
    bearer: str
    bearerInherited: str
    cue: str
    object: str
    condition: str
    deadline: str
    deadlineStart: str
    deadlineText: str
    strength: str
    aspect: str
    responsibility: str
    about: str
    urges: str
    demands: str
    forbids: str
    # of evidence, damage, notices, policies, regions, concepts, runs
    quote: str
    sentence: str
    namedBy: str
    damage: str
    before: str
    after: str
    kind: str
    corrected: str
    decision: str
    layer: str
    passage: str
    filename: str
    sha256: str
    encoding: str
    localPath: str
    localState: str
    localHash: str
    localBase: str
    localFormat: str
    documentNumber: str
    level: str
    within: str
    matches: str
    rejects: str
    ontologyVersion: str


class RDF(Terms, iri="http://www.w3.org/1999/02/22-rdf-syntax-ns#"):
    """RDF."""

    type: str
    langString: str


class RDFS(Terms, iri="http://www.w3.org/2000/01/rdf-schema#"):
    """RDF Schema."""

    label: str
    comment: str
    subClassOf: str


class XSD(Terms, iri="http://www.w3.org/2001/XMLSchema#"):
    """XML Schema datatypes."""

    boolean: str
    date: str
    integer: str
    string: str


class SKOS(Terms, iri="http://www.w3.org/2004/02/skos/core#"):
    """SKOS."""

    Concept: str
    ConceptScheme: str
    prefLabel: str
    altLabel: str
    hiddenLabel: str
    definition: str
    scopeNote: str
    notation: str
    broader: str
    broaderTransitive: str
    narrower: str
    inScheme: str
    topConceptOf: str
    hasTopConcept: str
    closeMatch: str
    exactMatch: str


class DCTERMS(Terms, iri="http://purl.org/dc/terms/"):
    """Dublin Core terms."""

    title: str
    issued: str
    identifier: str


class SCHEMA(Terms, iri="https://schema.org/"):
    """schema.org."""

    startDate: str
    organizer: str
    location: str
    containedInPlace: str
    position: str
    softwareVersion: str


class PROV(Terms, iri="http://www.w3.org/ns/prov#"):
    """PROV-O."""

    Activity: str
    SoftwareAgent: str
    used: str
    wasAssociatedWith: str
    specializationOf: str


class OA(Terms, iri="http://www.w3.org/ns/oa#"):
    """Web Annotation."""

    SpecificResource: str
    TextPositionSelector: str
    TextQuoteSelector: str
    hasSource: str
    hasSelector: str
    start: str
    end: str
    exact: str
    prefix: str
    suffix: str


class ODRL(Terms, iri="http://www.w3.org/ns/odrl/2/"):
    """ODRL."""

    action: str


class ELI(Terms, iri="http://data.europa.eu/eli/ontology#"):
    """European Legislation Identifier, for legal acts only."""

    LegalResource: str


class OWL(Terms, iri="http://www.w3.org/2002/07/owl#"):
    """OWL."""

    versionInfo: str


#: Where the concepts of each scheme live: fixed, whatever the base.
CONCEPTS: Mapping[str, str] = MappingProxyType(
    {
        "hazard": "https://kg-safety.example/hazard/",
        "responsibility": "https://kg-safety.example/responsibility/",
        "measure": "https://kg-safety.example/measure/",
    }
)

# --- prefixes -------------------------------------------------------------------------------------


@cache
def _table() -> tuple[Mapping[str, str], tuple[str, ...]]:
    path = ONTOLOGY / "prefixes.yaml"
    where = "ontology/prefixes.yaml"
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise DataFileError(f"{where}: cannot be read: {error}") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        raise DataFileError(f"{where}{line}: {getattr(error, 'problem', error)}") from error
    if not isinstance(data, dict) or set(data) != {"namespaces", "kinds"}:
        raise DataFileError(f"{where}:1: needs the keys 'namespaces' and 'kinds', nothing else")
    namespaces, kinds = data["namespaces"], data["kinds"]
    for kind in kinds:
        if kind in namespaces:
            raise DataFileError(f"{where}: prefix '{kind}' stands for two namespaces")
    return MappingProxyType(dict(namespaces)), tuple(kinds)


def prefixes(base: str = BASE) -> dict[str, str]:
    """Return the table of ontology/prefixes.yaml by prefix, the minted kinds under ``base``.

    >>> prefixes()["region"]
    'https://kg-safety.example/id/region/'
    """
    return dict(_prefixes(base))


@lru_cache(maxsize=8)
def _prefixes(base: str) -> Mapping[str, str]:
    namespaces, kinds = _table()
    return dict(sorted({**namespaces, **{kind: f"{base}{kind}/" for kind in kinds}}.items()))


def kinds() -> tuple[str, ...]:
    """Return the kinds of things that IRIs are minted for, as ontology/prefixes.yaml orders them.

    >>> kinds()[:3]
    ('notice', 'region', 'meeting')
    """
    return _table()[1]


def sparql_prologue(base: str = BASE) -> str:
    """Write the table as SPARQL ``PREFIX`` lines."""
    return "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in prefixes(base).items())


def bind(graph: Graph, base: str = BASE) -> None:
    """Bind every prefix of the table on an rdflib graph."""
    for name, iri in prefixes(base).items():
        graph.bind(name, iri, replace=True)


# --- minting --------------------------------------------------------------------------------------

#: Letters and digits that stay as they are. Left out: compatibility ideographs, which normalisation
#: changes; rare ideographs beyond U+FFFF and two full stops in one name, which pyoxigraph's SPARQL
#: takes in no prefixed name; and all that an IRI or a Turtle local name would have to escape.
_KEPT = "A-Za-z0-9\u3007\u3400-\u4dbf\u4e00-\u9fff"
_CLEAN = re.compile(rf"[{_KEPT}](?:[{_KEPT}-]*[{_KEPT}])?")
_OTHER = re.compile(rf"[^{_KEPT}-]+")
#: Characters of one part that stay readable before it is cut and hashed: the longest name of a
#: meeting, campaign, policy or incident among 87 of the annotated notices has 44.
MAX_PART = 64
#: Hexadecimal digits of a hash: at 48 bits a million names collide with a chance of 0.2 %.
HASH = 12
_BASE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]*[/#]")


def digest(*parts: str) -> str:
    """Hash some strings, their borders included, to HASH hexadecimal digits.

    >>> digest("黑龙江省", "tailings-pond") == digest("黑龙江省tailings-pond")
    False
    """
    data = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return sha256(data).hexdigest()[:HASH]


def slug(text: str) -> str:
    """Keep what a local name can hold of a text; other characters become a hyphen.

    The result leaves room in a part for a hyphen and a hash.

    >>> slug("000_c8ec 通知(扩大)")
    '000-c8ec-通知-扩大'
    """
    return _OTHER.sub("-", text)[: MAX_PART - HASH - 1].strip("-")


def mint(kind: str, *parts: str, base: str = BASE) -> str:
    """Make the IRI of the thing of this kind that these parts identify.

    A part of Chinese and ASCII letters, digits and ``-`` stays as it is, so that IRIs can be
    read and prefixes bind; another is cut down to such characters and marked by its hash, so that
    different parts never give the same IRI. Raises ValueError for an unknown kind or no part.

    >>> mint("region", "230000")
    'https://kg-safety.example/id/region/230000'
    >>> mint("campaign", "“生命通道”集中整治行动")
    'https://kg-safety.example/id/campaign/生命通道-集中整治行动-9b7f7ca61109'
    """
    if kind not in _table()[1]:
        close = get_close_matches(kind, _table()[1], n=1)
        hint = f"; did you mean '{close[0]}'?" if close else ""
        raise ValueError(f"unknown kind '{kind}'{hint}")
    if not parts:
        raise ValueError(f"nothing to mint a {kind} from")
    return f"{base}{kind}/{'_'.join([_part(part) for part in parts])}"


def _part(part: str) -> str:
    if len(part) <= MAX_PART and _CLEAN.fullmatch(part):
        return part
    kept = slug(part)
    return f"{kept}-{digest(part)}" if kept else digest(part)


def vocabulary_graph(base: str = BASE) -> str:
    """Name the graph of the ontology and the concept schemes."""
    return base + "vocabulary"


def catalog_graph(base: str = BASE) -> str:
    """Name the graph of local bookkeeping, which is never exported."""
    return base + "catalog"


def check_base(base: str) -> str:
    """Return ``base`` if IRIs can be minted under it; raise QueryError if not.

    >>> check_base("https://data.example.gov.cn/kg/")
    'https://data.example.gov.cn/kg/'
    """
    if not _BASE.fullmatch(base):
        raise QueryError(
            f"base IRI '{base}' cannot be used",
            hint="give an absolute IRI that ends in / or #, as in https://example.org/kg/",
        )
    return base
