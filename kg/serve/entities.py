"""A page, and RDF, for every thing: ``/entity/region/230000``, ``/entity?iri=…``.

The IRIs of a store begin with its base IRI, by default under ``kg-safety.example``, which never leads here.
On the server a thing is reached by its prefixed name, colon turned into a slash: ``hazard:flood`` is
``/entity/hazard/flood``; with ``.ttl``, ``.nt``, ``.jsonld`` or ``.rdf`` at the end it is that format whatever
Accept says. Any IRI is reached by ``?iri=``. Where the base IRI's own host leads here, its path
redirects (303) to these.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from kg.serve import jobs, views
from kg.serve.errors import Refused
from kg.serve.guard import Receive, Scope, Send, respond
from kg.serve.negotiate import page_or_graph
from kg.serve.protocol import fields, header
from kg.vocab import prefixes

if TYPE_CHECKING:
    from kg.serve.answer import Desk
    from kg.serve.pages import Pages

_ENDINGS = {".ttl": "ttl", ".nt": "nt", ".jsonld": "jsonld", ".rdf": "rdfxml", ".html": "html"}
_ROOT = "/entity/"


def path_of(iri: str, base: str) -> str:
    """Return where a thing is found on this server, as a path and query.

    >>> path_of("https://kg-safety.example/hazard/flood", "https://kg-safety.example/id/")
    '/entity/hazard/flood'
    >>> path_of("urn:x", "https://kg-safety.example/id/")
    '/entity?iri=urn%3Ax'
    """
    name = views.short(iri, prefixes(base))
    prefix, colon, local = name.partition(":")
    if name != iri and colon and local and not local.startswith("/") and "." not in local:
        return f"{_ROOT}{prefix}/{quote(local, safe='/')}"
    return f"/entity?iri={quote(iri, safe='')}"


def iri_of(path: str, base: str) -> str:
    """Return what thing a path means; raises Refused (404) for an unknown prefix.

    >>> iri_of("region/230000", "https://kg-safety.example/id/")
    'https://kg-safety.example/id/region/230000'
    """
    prefix, _, local = path.partition("/")
    namespace = prefixes(base).get(prefix)
    if namespace is None or not local:
        raise Refused(404, "there is no such thing", hint="as in /entity/region/230000")
    return namespace + local


class Entities:
    """``/entity…``, and the path of the base IRI."""

    def __init__(self, desk: Desk, pages: Pages) -> None:
        self.desk = desk
        self.pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a page or RDF."""
        scope["kg.route"] = "entity"
        if scope["method"] not in ("GET", "HEAD"):
            raise Refused(405, "use GET", headers=(("allow", "GET, HEAD"),))
        asked = fields(scope["query_string"])
        base = self.desk.pool.base
        format = None
        path = scope["path"]
        if path.rstrip("/") == _ROOT.rstrip("/"):
            named = asked.get("iri", [])
            if len(named) != 1:
                raise Refused(400, "name one thing", hint="/entity?iri=… or /entity/region/230000")
            iri = named[0]
        else:
            rest = path.removeprefix(_ROOT)
            for ending, known in _ENDINGS.items():
                if rest.endswith(ending):
                    rest, format = rest.removesuffix(ending), known
            iri = iri_of(rest, base)
        if len(iri) > 2000:
            raise Refused(400, "the IRI is longer than 2000 characters")
        format = format or page_or_graph(header(scope, b"accept"))
        if format == "html":
            await self._page(scope, send, iri, asked)
            return
        await self.desk.answer(
            scope,
            receive,
            send,
            jobs.described,
            key=("entity", iri, format),
            iri=iri,
            graph=format,
        )

    async def _page(self, scope: Scope, send: Send, iri: str, asked: dict[str, list[str]]) -> None:
        number = whole(asked, "page", 1, most=1_000_000)
        kept = await self.desk.fetch(
            views.entity, key=("entity page", iri, number), iri=iri, page=number
        )
        where = path_of(iri, self.desk.pool.base)
        links = [] if "?" in where else [where + e for e in _ENDINGS if e != ".html"]
        await self.pages.show(scope, send, "entity.html", kept.body, where=where, formats=links)

    async def dereference(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lead from the path that an IRI has under the base IRI to where the thing is."""
        scope["kg.route"] = "dereference"
        parts = urlsplit(self.desk.pool.base)
        iri = f"{parts.scheme}://{parts.netloc}{unquote(scope['path'])}"
        where = path_of(iri, self.desk.pool.base)
        await respond(send, 303, b"", headers=(("location", where),))


def whole(asked: dict[str, list[str]], name: str, default: int, *, most: int) -> int:
    """Read a whole number from 1 to ``most`` out of the parameters; raises Refused (400).

    >>> whole({"page": ["2"]}, "page", 1, most=9), whole({}, "page", 1, most=9)
    (2, 1)
    """
    given = asked.get(name)
    if not given:
        return default
    text = given[0]
    if len(given) > 1 or not (text.isascii() and text.isdigit()) or not 1 <= int(text[:12]) <= most:
        raise Refused(400, f"'{name}' must be one whole number from 1 to {most}")
    return int(text)
