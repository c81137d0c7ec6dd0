"""Writes, for who has the token: SPARQL Update at ``/sparql``, whole graphs at ``/graph``.

https://www.w3.org/TR/sparql11-http-rdf-update/ : ``/graph?graph=IRI`` by GET, HEAD, PUT, POST, DELETE; ``?default`` by
GET and HEAD. Reading needs no token.
"""

from __future__ import annotations

import asyncio
import hmac
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kg.serve import writing
from kg.serve.errors import Refused
from kg.serve.guard import Receive, Scope, Send, read_body, respond
from kg.serve.negotiate import GRAPHS, graph, not_acceptable
from kg.serve.protocol import fields, header

if TYPE_CHECKING:
    from kg.serve.answer import Desk
    from kg.serve.settings import Settings

_READ, _WRITE = "GET, HEAD", "GET, HEAD, PUT, POST, DELETE"
_FRESH = 30.0  # seconds that the writer waits for a snapshot with what it wrote


class Writes:
    """The two ways to write."""

    def __init__(self, desk: Desk, settings: Settings) -> None:
        self.desk = desk
        self.settings = settings
        self._one = asyncio.Lock()

    async def update(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Apply a SPARQL Update, which :mod:`.protocol` has read."""
        operation = scope["kg.operation"]
        self._authorise(scope)
        if operation.default or operation.named:
            raise Refused(400, "using-graph-uri is not known here", hint="write USING <…>")
        if len(operation.text) > self.settings.query_length:
            raise Refused(413, f"the update is longer than {self.settings.query_length} characters")
        status = await self._write(writing.update, text=operation.text)
        await respond(send, status, b"")

    async def graph_store(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read or write a graph."""
        scope["kg.route"] = "graph"
        method = scope["method"]
        allowed = _WRITE if self.settings.writable else _READ
        if method not in allowed.split(", "):
            raise Refused(405, f"use {allowed}", headers=(("allow", allowed),))
        asked = fields(scope["query_string"])
        if method not in _READ.split(", "):
            self._authorise(scope)
        names, default = asked.get("graph", []), "default" in asked
        if len(names) + default != 1:
            raise Refused(400, "name one graph", hint="/graph?graph=IRI or /graph?default")
        name = None if default else names[0]
        if method in _READ.split(", "):
            await self._read(name, scope, receive, send)
            return
        if name is None:
            raise Refused(400, "the default graph is the merge of the named ones: write to those")
        if method == "DELETE":
            status = await self._write(writing.delete, graph=name)
        else:
            format = _format(header(scope, b"content-type"))
            data = await read_body(scope, receive, self.settings.body)
            status = await self._write(
                writing.put, graph=name, data=data, format=format, add=method == "POST"
            )
        await respond(send, status, b"")

    async def _read(self, name: str | None, scope: Scope, receive: Receive, send: Send) -> None:
        format = graph(header(scope, b"accept"))
        if format is None:
            raise not_acceptable(tuple(GRAPHS))
        await self.desk.answer(
            scope,
            receive,
            send,
            writing.get,
            key=("graph", name, format),
            graph=name,
            format=format,
        )

    async def _write(self, job: Callable[..., None], **arguments: Any) -> int:
        """Have a job write; return the status when answers come from what it wrote.

        That is 202 where it is written but no worker could open it yet: they try until one does.
        """
        async with self._one:
            reply = await self.desk.pool.run(job, again=False, **arguments)
            await self.desk.pool.renew()
            until = time.monotonic() + _FRESH
            while not self.desk.pool.ready:
                if time.monotonic() > until:
                    return 202
                await asyncio.sleep(0.01)
        return int(reply.head.get("status", 204))

    def _authorise(self, scope: Scope) -> None:
        """Raise Refused (401) for who does not show the token."""
        token = self.settings.token
        kind, _, shown = (header(scope, b"authorization") or "").partition(" ")
        right = token is not None and hmac.compare_digest(
            shown.strip().encode("latin-1", "replace"), token.encode("utf-8")
        )
        if not right or kind.lower() != "bearer":
            raise Refused(
                401, "this needs the server's token", headers=(("www-authenticate", "Bearer"),)
            )


def _format(content_type: str | None) -> str:
    """Return the format of a graph that is sent; raises Refused (415) for what is none."""
    type_ = (content_type or "").partition(";")[0].strip().lower()
    if type_ not in GRAPHS or type_ in ("text/plain", "application/xml", "application/json"):
        offered = ", ".join(t for t in GRAPHS if "plain" not in t)
        raise Refused(415, "the body has a media type that is not understood", hint=offered)
    return GRAPHS[type_]
