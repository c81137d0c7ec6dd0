"""Where a server takes queries, updates and graphs: derived from one address, or told.

============================================  =====================  ====================  ===========================
``--store``                                   queries                updates               graphs
============================================  =====================  ====================  ===========================
``http://HOST:7878`` (Oxigraph)               ``/query``             ``/update``           ``/store``
``http://HOST:3030/DATASET`` (Fuseki)         ``…/query``            ``…/update``          ``…/data``
``http://HOST:7200/repositories/R`` (GraphDB) as it is               ``…/statements``      ``…/rdf-graphs/service``
``http://HOST:8890/sparql`` (Virtuoso)        as it is               ``/sparql-auth``      ``/sparql-graph-crud-auth``
============================================  =====================  ====================  ===========================

Where a server has another path (behind a proxy, say) its kind is put after ``#``:
``https://HOST/kb/sparql#virtuoso``; or the three addresses, absolute or from the first:
``https://HOST/#query=/q&update=/u&graphs=/g``. With Virtuoso, queries go to ``…-auth`` too where
there are credentials.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from urllib.parse import parse_qsl, urljoin, urlsplit, urlunsplit

from kg.errors import StoreError

_HINT = "see docs/servers.md: how addresses are derived, or told after #"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """The addresses of one server."""

    where: str
    """What messages call it: what was given, without what stands after ``#``."""
    query: str
    update: str
    graphs: str
    """Of the Graph Store Protocol, to which ``?graph=…`` is put."""
    query_signed: str
    """Where queries go that come with credentials."""


#: By kind: what is put behind the address for queries, updates, graphs, queries with credentials.
_KINDS: Mapping[str, tuple[str, str, str, str]] = MappingProxyType(
    {
        "oxigraph": ("/query", "/update", "/store", "/query"),
        "fuseki": ("/query", "/update", "/data", "/query"),
        "graphdb": ("", "/statements", "/rdf-graphs/service", ""),
        "virtuoso": ("", "-auth", "-graph-crud-auth", "-auth"),
    }
)
_PARTS = ("query", "update", "graphs")


def endpoints(address: str) -> Endpoints:
    """Return where a server takes what; raises StoreError for an address that cannot be one.

    >>> endpoints("http://localhost:7878").update
    'http://localhost:7878/update'
    >>> endpoints("http://localhost:8890/sparql").graphs
    'http://localhost:8890/sparql-graph-crud-auth'
    >>> endpoints("https://example.org/#query=/q&update=/u&graphs=/g").query
    'https://example.org/q'
    """
    try:
        split = urlsplit(address)
        host, _ = split.hostname, split.port
    except ValueError:
        raise StoreError("--store is no address that can be understood", hint=_HINT) from None
    if split.username is not None or split.password is not None:
        # Not shown: it is in the list of processes already, and need not be in a log as well.
        raise StoreError(
            f"{split.scheme}://…@{host}: credentials do not belong in an address",
            hint="set KG_STORE_USER and KG_STORE_PASSWORD, or KG_STORE_TOKEN, or write a netrc",
        )
    where = urlunsplit((split.scheme, split.netloc, split.path.rstrip("/"), "", ""))
    if split.scheme not in ("http", "https") or not host:
        raise StoreError(f"{where}: is no http or https address of a server", hint=_HINT)
    if split.query:
        raise StoreError(f"{where}: the address of a store has no ?…", hint=_HINT)
    if "=" in split.fragment:
        return _told(where, address, split.fragment)
    kind = split.fragment or _kind(split.path.rstrip("/"))
    if kind not in _KINDS:
        near = get_close_matches(kind, _KINDS, n=1)
        hint = f"did you mean #{near[0]}?" if near else "known are #" + ", #".join(_KINDS)
        raise StoreError(f"{where}: unknown kind of server '{kind[:40]}'", hint=hint)
    query, update, graphs, signed = (where + behind for behind in _KINDS[kind])
    return Endpoints(where=where, query=query, update=update, graphs=graphs, query_signed=signed)


def _kind(path: str) -> str:
    if not path:
        return "oxigraph"
    if re.search(r"/repositories/[^/]+$", path):
        return "graphdb"
    return "virtuoso" if path.endswith("/sparql") else "fuseki"


def _told(where: str, address: str, fragment: str) -> Endpoints:
    told = dict(parse_qsl(fragment, keep_blank_values=True))
    for name in told:
        if name not in _PARTS:
            near = get_close_matches(name, _PARTS, n=1)
            hint = f"did you mean {near[0]}=…?" if near else "known are query=, update=, graphs="
            raise StoreError(f"{where}: unknown address '{name[:40]}=' after #", hint=hint)
    missing = [name for name in _PARTS if not told.get(name)]
    if missing:
        raise StoreError(f"{where}: after # there is no {missing[0]}=…", hint=_HINT)
    found = {name: urljoin(address.partition("#")[0], told[name]) for name in _PARTS}
    for url in found.values():
        if urlsplit(url).scheme not in ("http", "https") or "@" in urlsplit(url).netloc:
            raise StoreError(f"{where}: an address after # is no plain http or https", hint=_HINT)
    return Endpoints(
        where=where,
        query=found["query"],
        update=found["update"],
        graphs=found["graphs"],
        query_signed=found["query"],
    )
