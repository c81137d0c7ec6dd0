"""Which format to answer in: the media types that kg writes, and what a client accepts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

import mimeparse

from kg.serve.errors import Refused

HTML = "text/html"
#: Media types of answers of SELECT and ASK, the preferred last, and their formats.
ROWS: Mapping[str, str] = MappingProxyType(
    {
        "text/tab-separated-values": "tsv",
        "text/csv": "csv",
        "text/xml": "xml",
        "application/xml": "xml",
        "application/sparql-results+xml": "xml",
        "application/json": "json",
        "application/sparql-results+json": "json",
    }
)
#: Media types of graphs: of CONSTRUCT and DESCRIBE, of entities, of descriptions of the service.
GRAPHS: Mapping[str, str] = MappingProxyType(
    {
        "application/xml": "rdfxml",
        "application/rdf+xml": "rdfxml",
        "application/json": "jsonld",
        "application/ld+json": "jsonld",
        "text/plain": "nt",
        "application/n-triples": "nt",
        "text/turtle": "ttl",
    }
)
#: What an answer says that it is.
TYPES: Mapping[str, str] = MappingProxyType(
    {
        "json": "application/sparql-results+json",
        "xml": "application/sparql-results+xml",
        "csv": "text/csv; charset=utf-8",
        "tsv": "text/tab-separated-values; charset=utf-8",
        "ttl": "text/turtle; charset=utf-8",
        "nt": "application/n-triples",
        "jsonld": "application/ld+json",
        "rdfxml": "application/rdf+xml",
        "html": "text/html; charset=utf-8",
        "text": "text/plain; charset=utf-8",
        "problem": "application/problem+json",
        "plain-json": "application/json",
        "calendar": "text/calendar; charset=utf-8",
    }
)


@lru_cache(maxsize=512)
def best(offered: tuple[str, ...], accept: str | None) -> str | None:
    """Return which of the media types a client wants most; among equals, the last.

    >>> best(tuple(ROWS), "text/csv, application/sparql-results+xml;q=0.5")
    'text/csv'
    >>> best(tuple(ROWS), None), best(tuple(ROWS), "image/png")
    ('application/sparql-results+json', None)
    """
    if accept is None or not accept.strip():
        return offered[-1]
    if len(accept) > 2000:
        raise Refused(400, "the Accept header is longer than 2000 characters")
    try:
        return mimeparse.best_match(offered, accept) or None
    except (mimeparse.MimeTypeParseException, ValueError) as error:
        raise Refused(400, f"the Accept header cannot be read: {error}") from None


def rows(accept: str | None) -> str | None:
    """Return the format of rows that a client accepts, None where it takes none of ours."""
    found = best(tuple(ROWS), accept)
    return ROWS[found] if found else None


def graph(accept: str | None) -> str | None:
    """Return the format of graphs that a client accepts, None where it takes none of ours.

    >>> graph("application/ld+json"), graph("text/csv")
    ('jsonld', None)
    """
    found = best(tuple(GRAPHS), accept)
    return GRAPHS[found] if found else None


def page_or_graph(accept: str | None) -> str:
    """Return ``html`` or a format of graphs; raise Refused (406) where neither will do.

    Who names no type, or any, gets Turtle; a browser names text/html first.
    """
    found = best((HTML, *GRAPHS), accept)
    if found is None:
        raise not_acceptable((HTML, *GRAPHS))
    return "html" if found == HTML else GRAPHS[found]


def page_or_json(accept: str | None) -> str:
    """Return ``html`` or ``json``; raise Refused (406) where neither will do."""
    found = best((HTML, "application/json"), accept)
    if found is None:
        raise not_acceptable((HTML, "application/json"))
    return "html" if found == HTML else "json"


def wants_page(accept: str | None) -> bool:
    """Tell whether a client would rather have HTML than any data of ours: a browser does.

    >>> wants_page("text/html,application/xhtml+xml,*/*;q=0.8"), wants_page("*/*")
    (True, False)
    """
    return accept is not None and best((HTML, *GRAPHS, *ROWS), accept) == HTML


def not_acceptable(offered: tuple[str, ...]) -> Refused:
    """Make the refusal that names what there is."""
    names = ", ".join(dict.fromkeys(reversed(offered)))
    return Refused(406, "none of the media types of Accept is offered", hint=f"one of {names}")
