"""SPARQL 1.1 Protocol: ``/sparql`` by GET and both forms of POST.

https://www.w3.org/TR/sparql11-protocol/ : 400 for what is malformed, 405, 406, 415; 403 for an update
where the server is read-only; without a query, the service description.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from kg.serve import jobs
from kg.serve.errors import Refused
from kg.serve.guard import Receive, Scope, Send, read_body, respond
from kg.serve.negotiate import GRAPHS, ROWS, graph, not_acceptable, page_or_graph, rows, wants_page

if TYPE_CHECKING:
    from kg.serve.answer import Desk
    from kg.serve.guard import App
    from kg.serve.settings import Settings

_FORM = "application/x-www-form-urlencoded"
_QUERY = "application/sparql-query"
_UPDATE = "application/sparql-update"
_ALLOWED = "GET, HEAD, POST, OPTIONS"


@dataclass(frozen=True, slots=True)
class Operation:
    """What a client asks of the endpoint."""

    text: str | None
    """A query, an update, None where neither is given."""
    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    update: bool = False


class Endpoint:
    """``/sparql``; ``page`` shows a form to browsers, ``describe`` tells tools what this is."""

    def __init__(
        self,
        desk: Desk,
        settings: Settings,
        *,
        page: App,
        describe: App,
        update: App | None = None,
    ) -> None:
        self.desk = desk
        self.settings = settings
        self.page = page
        self.describe = describe
        self.update = update

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        scope["kg.route"] = "sparql"
        method = scope["method"]
        if method == "OPTIONS":
            await respond(send, 204, b"", headers=(("allow", _ALLOWED),))
            return
        if method not in ("GET", "HEAD", "POST"):
            raise Refused(405, "use GET or POST", headers=(("allow", _ALLOWED),))
        accept = header(scope, b"accept")
        if method != "POST" and wants_page(accept):
            await self.page(scope, receive, send)
            return
        if method == "POST":
            operation = await self._posted(scope, receive)
        else:
            operation = _operation(fields(scope["query_string"]), {}, may_update=False)
        if operation.update:
            if self.update is None:
                raise Refused(403, "this server is read-only: updates are refused")
            scope["kg.operation"] = operation
            await self.update(scope, receive, send)
        elif operation.text is None:
            if method == "POST":
                raise Refused(400, "no query", hint="give one as the parameter 'query'")
            await self.describe(scope, receive, send)
        else:
            await self._answer(operation, accept, scope, receive, send)

    async def _answer(
        self, asked: Operation, accept: str | None, scope: Scope, receive: Receive, send: Send
    ) -> None:
        text = asked.text or ""
        if len(text) > self.settings.query_length:
            raise Refused(413, f"the query is longer than {self.settings.query_length} characters")
        wanted = rows(accept), graph(accept)
        if wanted == (None, None):
            raise not_acceptable((*GRAPHS, *ROWS))
        await self.desk.answer(
            scope,
            receive,
            send,
            jobs.sparql,
            key=("sparql", text, wanted, asked.default, asked.named),
            text=text,
            rows=wanted[0],
            graph=wanted[1],
            default=asked.default,
            named=asked.named,
        )

    async def _posted(self, scope: Scope, receive: Receive) -> Operation:
        type_, _, rest = (header(scope, b"content-type") or "").partition(";")
        type_ = type_.strip().lower()
        if type_ not in (_FORM, _QUERY, _UPDATE):
            raise Refused(
                415,
                "the body has a media type that is not understood here",
                hint=f"send {_QUERY}, {_UPDATE} or {_FORM}",
            )
        charset = _charset(rest)
        if charset not in ("", "utf-8", "utf8"):
            raise Refused(415, "the body must be UTF-8")
        body = await read_body(scope, receive, self.settings.body)
        in_url = fields(scope["query_string"])
        if type_ == _FORM:
            return _operation(in_url, fields(body), may_update=True)
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError as error:
            raise Refused(400, f"the body is not UTF-8 (byte {error.start})") from None
        if "query" in in_url or "update" in in_url:
            raise Refused(400, "there is a query in the URL and one in the body")
        if type_ == _QUERY:
            return _operation(in_url, {"query": [text]}, may_update=False)
        return _operation(in_url, {"update": [text]}, may_update=True)


def _operation(
    in_url: Mapping[str, list[str]], in_body: Mapping[str, list[str]], *, may_update: bool
) -> Operation:
    """Make sense of the parameters of a request; raises Refused (400) where there is none."""
    queries = [*in_url.get("query", ()), *in_body.get("query", ())]
    updates = [*in_url.get("update", ()), *in_body.get("update", ())]
    if len(queries) + len(updates) > 1:
        raise Refused(400, "more than one query or update")
    if in_url.get("update") or (updates and not may_update):
        raise Refused(400, "an update must be sent by POST, in the body")

    def graphs(*names: str) -> tuple[str, ...]:
        return tuple(
            iri for name in names for iri in (*in_url.get(name, ()), *in_body.get(name, ()))
        )

    if updates:
        return Operation(
            updates[0], graphs("using-graph-uri"), graphs("using-named-graph-uri"), update=True
        )
    return Operation(
        queries[0] if queries else None, graphs("default-graph-uri"), graphs("named-graph-uri")
    )


def fields(encoded: bytes) -> dict[str, list[str]]:
    """Read a query string or a form; raises Refused (400) for what is no UTF-8.

    >>> fields(b"query=ASK+%7B%7D&x=1")
    {'query': ['ASK {}'], 'x': ['1']}
    """
    try:
        return parse_qs(
            encoded.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=200
        )
    except (UnicodeDecodeError, ValueError) as error:
        words = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
        raise Refused(400, f"the parameters cannot be read: {words}") from None


def header(scope: Scope, name: bytes) -> str | None:
    """Return a header; several of the name are one list."""
    found = [value for key, value in scope["headers"] if key == name]
    return b", ".join(found).decode("latin-1") if found else None


def _charset(parameters: str) -> str:
    """Return the charset of a Content-Type, empty where none is told."""
    for part in parameters.split(";"):
        name, _, value = part.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip("\"'").lower()
    return ""


def describing(accept: str | None) -> str:
    """Return the format of graphs for a description; a browser that asks for a page gets Turtle."""
    found = page_or_graph(accept)
    return "ttl" if found == "html" else found
