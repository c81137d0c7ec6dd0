"""The JSON API: named queries, the matrix, notices; and its description in OpenAPI."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kg import __version__
from kg.errors import QueryError
from kg.query import NamedQuery, find, named
from kg.serve import jobs, views
from kg.serve.entities import whole
from kg.serve.errors import Refused
from kg.serve.guard import Receive, Scope, Send, respond
from kg.serve.negotiate import GRAPHS, ROWS, graph, not_acceptable, page_or_json, rows, wants_page
from kg.serve.protocol import fields, header

if TYPE_CHECKING:
    from kg.serve.answer import Desk
    from kg.serve.pages import Pages
    from kg.serve.pages.workbench import Workbench

_PAGE = 100
_QUESTION = 500  # characters of a question
_VALUES = 50  # values that one parameter may have in a request


def only_get(scope: Scope) -> None:
    """Raise Refused (405) for what is neither GET nor HEAD."""
    if scope["method"] not in ("GET", "HEAD"):
        raise Refused(405, "use GET", headers=(("allow", "GET, HEAD"),))


class Api:
    """``/queries``, ``/queries/NAME``, ``/matrix``, ``/ask``, ``/notices``, ``/notices/ID``, ``/openapi.json``."""

    def __init__(self, desk: Desk, pages: Pages, workbench: Workbench) -> None:
        self.desk = desk
        self.pages = pages
        self.workbench = workbench

    async def queries(self, scope: Scope, receive: Receive, send: Send) -> None:
        """List the named queries."""
        await self._both(scope, receive, send, "queries.html", views.queries, key=("queries",))

    async def named_query(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a named query; its parameters are those of the URL."""
        scope["kg.route"] = "query"
        only_get(scope)
        try:
            query = find(scope["path_params"]["name"])
        except QueryError as error:
            raise Refused(404, "there is no such query", hint="/queries lists them") from error
        given = _given(query, fields(scope["query_string"]))
        accept = header(scope, b"accept")
        if wants_page(accept):
            accept = "application/json"
        wanted = rows(accept), graph(accept)
        if wanted == (None, None):
            raise not_acceptable((*GRAPHS, *ROWS))
        await self.desk.answer(
            scope,
            receive,
            send,
            jobs.named_query,
            key=(
                "named",
                query.name,
                tuple(sorted((k, tuple(v)) for k, v in given.items())),
                wanted,
            ),
            name=query.name,
            parameters=given,
            rows=wanted[0],
            graph=wanted[1],
        )

    async def matrix(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Tell what each region stresses."""
        scope["kg.route"] = "matrix"
        only_get(scope)
        asked = fields(scope["query_string"])
        if page_or_json(header(scope, b"accept")) == "html":
            asked.pop("of", None)  # the page alone has it
            await self.workbench.matrix(scope, send, _given(find("sectors-by-region"), asked))
            return
        given = _given(find("sectors-by-region"), asked)
        key = ("matrix", tuple(sorted((k, tuple(v)) for k, v in given.items())))
        await self._both(
            scope, receive, send, "matrix.html", views.matrix, key=key, parameters=given
        )

    async def notices(self, scope: Scope, receive: Receive, send: Send) -> None:
        """List the notices, by pages."""
        asked = fields(scope["query_string"])
        page = whole(asked, "page", 1, most=1_000_000)
        size = whole(asked, "size", _PAGE, most=1000)
        key = ("notices", page, size)
        await self._both(
            scope, receive, send, "notices.html", views.notices, key=key, page=page, size=size
        )

    async def notice(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Show one notice with its statements."""
        name = scope["path_params"]["id"]
        only_get(scope)
        if page_or_json(header(scope, b"accept")) == "html":
            await self.workbench.notice(scope, send)
            return
        await self._both(
            scope, receive, send, "notice.html", views.notice, key=("notice", name), name=name
        )

    async def ask(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a question in plain words; without one, show a page to ask it in."""
        only_get(scope)
        asked = fields(scope["query_string"])
        questions = asked.get("q", [])
        if not questions and page_or_json(header(scope, b"accept")) == "html":
            scope["kg.route"] = "ask"
            await self.pages.show(scope, send, "ask.html", b"null")
            return
        if len(questions) != 1 or not questions[0].strip():
            raise Refused(400, "ask one question", hint="/ask?q=哪些地区强调了尾矿库？")
        if len(questions[0]) > _QUESTION:
            raise Refused(400, f"a question has at most {_QUESTION} characters")
        await self._both(
            scope,
            receive,
            send,
            "ask.html",
            views.asked,
            key=("ask", questions[0]),
            question=questions[0],
        )

    async def openapi(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Describe this API."""
        import json

        scope["kg.route"] = "openapi"
        only_get(scope)
        body = json.dumps(description(), ensure_ascii=False, indent=1).encode()
        await respond(send, 200, body, type="application/json")

    async def _both(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        template: str,
        job: Any,
        *,
        key: Any,
        **arguments: Any,
    ) -> None:
        """Answer with JSON, or with a page made of it."""
        scope["kg.route"] = template.removesuffix(".html")
        only_get(scope)
        if page_or_json(header(scope, b"accept")) == "json":
            await self.desk.answer(scope, receive, send, job, key=key, **arguments)
            return
        kept = await self.desk.fetch(job, key=key, **arguments)
        await self.pages.show(scope, send, template, kept.body)


def _given(query: NamedQuery, asked: dict[str, list[str]]) -> dict[str, list[str]]:
    """Return the values for a query's parameters; raises Refused (400) for what is none of them."""
    known = {p.name for p in query.parameters}
    astray = [name for name in asked if name not in known and name != "lang"]
    if astray:
        hint = f"it has {', '.join(sorted(known))}" if known else "it has none"
        raise Refused(400, f"{query.name} has no such parameter", hint=hint)
    for parameter in query.parameters:
        if parameter.required and parameter.default is None and parameter.name not in asked:
            raise Refused(400, f"{query.name} needs the parameter {parameter.name}")
    for name, values in asked.items():
        if len(values) > _VALUES or sum(map(len, values)) > 10_000:
            raise Refused(400, f"too many values for '{name}'")
    return {name: values for name, values in sorted(asked.items()) if name in known}


# --- OpenAPI --------------------------------------------------------------------------------------


def description() -> dict[str, Any]:
    """Describe the API in OpenAPI 3.1; each named query is an operation of its own."""
    paths: dict[str, Any] = {
        "/queries": _get("The named queries", "queries", _JSON),
        "/matrix": _get(
            "What each region stresses", "matrix", _JSON, _query_parameters("sectors-by-region")
        ),
        "/ask": _get(
            "An answer to a question in plain words",
            "ask",
            _JSON,
            [
                {
                    "name": "q",
                    "in": "query",
                    "required": True,
                    "schema": {"type": "string", "minLength": 1, "maxLength": _QUESTION},
                }
            ],
        ),
        "/notices": _get(
            "The notices",
            "notices",
            _JSON,
            [_integer("page", 1_000_000), _integer("size", 1000)],
        ),
        "/notices/{id}": _get(
            "One notice and its statements",
            "notice",
            _JSON,
            [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
        ),
        "/sparql": _sparql(),
    }
    for query in named():
        paths[f"/queries/{query.name}"] = _get(
            f"{query.title_en} / {query.title_zh}",
            query.name,
            _ROWS,
            _query_parameters(query.name),
        )
    return {
        "openapi": "3.1.0",
        "info": {"title": "kg", "version": __version__, "license": {"name": "Apache-2.0"}},
        "paths": paths,
    }


_JSON = {"application/json": {"schema": {}}, "text/html": {"schema": {"type": "string"}}}
_ROWS: dict[str, Any] = {
    "application/sparql-results+json": {
        "schema": {"type": "object", "required": ["head"], "properties": {"head": {}}}
    },
    "application/sparql-results+xml": {"schema": {"type": "string"}},
    "text/csv": {"schema": {"type": "string"}},
    "text/tab-separated-values": {"schema": {"type": "string"}},
}
_GRAPH: dict[str, Any] = {
    type_: {"schema": {"type": "string"}}
    for type_ in ("text/turtle", "application/n-triples", "application/rdf+xml")
} | {"application/ld+json": {"schema": {}}}
_ERRORS = {
    "400": "cannot be read or answered",
    "404": "is not there",
    "406": "no such format",
    "413": "too long",
    "415": "media type not understood",
    "422": "cannot be used",
    "429": "too many requests",
    "503": "busy, or the question needs too much; come again",
    "504": "the question took too long",
}


def _responses(content: dict[str, Any]) -> dict[str, Any]:
    errors = {
        status: {"description": words, "content": {"text/plain": {"schema": {"type": "string"}}}}
        for status, words in _ERRORS.items()
    }
    return {"200": {"description": "the answer", "content": content}, **errors}


def _get(
    summary: str, name: str, content: dict[str, Any], parameters: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    return {
        "get": {
            "summary": summary,
            "operationId": name,
            "parameters": parameters or [],
            "responses": _responses(content),
        }
    }


def _query_parameters(name: str) -> list[dict[str, Any]]:
    return [
        {
            "name": p.name,
            "in": "query",
            "required": p.required and p.default is None,
            "description": f"{p.kind}: an IRI, an id, or a name in any language",
            "style": "form",
            "explode": True,
            "schema": {"type": "array", "items": {"type": "string"}, "maxItems": _VALUES}
            | ({"minItems": 1} if p.required else {}),
        }
        for p in find(name).parameters
    ]


def _integer(name: str, most: int) -> dict[str, Any]:
    schema = {"type": "integer", "minimum": 1, "maximum": most}
    return {"name": name, "in": "query", "required": False, "schema": schema}


def _sparql() -> dict[str, Any]:
    text = {"type": "string"}
    iris = {"type": "array", "items": {"type": "string", "format": "iri"}}
    graphs = [
        {"name": name, "in": "query", "required": False, "explode": True, "schema": iris}
        for name in ("default-graph-uri", "named-graph-uri")
    ]
    responses = _responses({**_ROWS, **_GRAPH})
    form = {
        "type": "object",
        "required": ["query"],
        "properties": {"query": text, "default-graph-uri": iris, "named-graph-uri": iris},
    }
    return {
        "get": {
            "summary": "SPARQL 1.1 Protocol; without a query, the service description",
            "operationId": "query-by-get",
            "parameters": [
                {"name": "query", "in": "query", "required": False, "schema": text},
                *graphs,
            ],
            "responses": responses,
        },
        "post": {
            "summary": "SPARQL 1.1 Protocol",
            "operationId": "query-by-post",
            "parameters": graphs,
            "requestBody": {
                "required": True,
                "content": {
                    "application/sparql-query": {"schema": text},
                    "application/x-www-form-urlencoded": {"schema": form},
                },
            },
            "responses": {**responses, "403": {"description": "read-only"}},
        },
    }
