"""The application: routes, and what lives as long as the server does."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from starlette.routing import Mount, Route, Router
from starlette.staticfiles import StaticFiles

from kg.serve import describe, metrics
from kg.serve.answer import Desk
from kg.serve.api import Api, only_get
from kg.serve.cache import Cache
from kg.serve.entities import Entities
from kg.serve.errors import Refused
from kg.serve.guard import Guard, Receive, Scope, Send, respond
from kg.serve.pages import Pages
from kg.serve.pages.workbench import Workbench
from kg.serve.pool import Pool
from kg.serve.protocol import Endpoint, describing, header
from kg.serve.settings import Settings
from kg.serve.watch import watch
from kg.serve.writes import Writes

STATIC = Path(__file__).parent / "static"


class Raw:
    """An ASGI function as a route's endpoint: Starlette hands it the request as it is."""

    def __init__(self, function: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
        self.function = function

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        await self.function(scope, receive, send)


class Server:
    """Everything that a running server has."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.pool = Pool(settings)
        self.cache = Cache(settings.cache)
        self.desk = Desk(self.pool, self.cache)
        self.metrics = metrics.Metrics(self.pool, self.cache)
        self.pages = Pages(self.pool)
        self.workbench = Workbench(self.desk, self.pages)
        self.api = Api(self.desk, self.pages, self.workbench)
        self.entities = Entities(self.desk, self.pages)
        self.writes = Writes(self.desk, settings)
        self.endpoint = Endpoint(
            self.desk,
            settings,
            page=self._sparql_page,
            describe=self._service,
            update=self.writes.update if settings.writable else None,
        )
        self.router = Router(routes=self._routes(), lifespan=self._life)
        self.app = Guard(self._dispatch, settings, self.metrics)

    def _routes(self) -> list[Any]:
        from kg.store import Store

        with Store.open(self.settings.store, read_only=True) as store:
            base = urlsplit(store.base).path
        routes: list[Any] = [
            Route("/", Raw(self._home)),
            Route("/sparql", self.endpoint),
            Route("/queries", Raw(self.api.queries)),
            Route("/queries/{name}", Raw(self.api.named_query)),
            Route("/matrix", Raw(self.api.matrix)),
            Route("/ask", Raw(self.api.ask)),
            Route("/notices", Raw(self.api.notices)),
            Route("/notices/{id}", Raw(self.api.notice)),
            Route("/entity", self.entities),
            Route("/entity/{path:path}", self.entities),
            Route("/sentences", Raw(self.workbench.sentences)),
            Route("/duties", Raw(self.workbench.duties)),
            Route("/duties.ics", Raw(self.workbench.calendar)),
            Route("/coverage", Raw(self.workbench.coverage)),
            Route("/explore", Raw(self.workbench.explore)),
            Route("/explore/{what}", Raw(self.workbench.explored)),
            Route("/graph", Raw(self.writes.graph_store)),
            Route("/openapi.json", Raw(self.api.openapi)),
            Route("/.well-known/void", Raw(self._void)),
            Route("/healthz", Raw(self._healthy)),
            Route("/readyz", Raw(self._ready)),
            Route("/metrics", Raw(self._metrics)),
            Mount("/static", StaticFiles(directory=STATIC), name="static"),
        ]
        if base.strip("/"):
            # Where the host of the base IRI leads here, its IRIs lead to the things.
            routes.append(Route(base + "{path:path}", Raw(self.entities.dereference)))
        return routes

    async def _dispatch(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == "/sparql":
            await self.endpoint(scope, receive, send)  # the busiest, without a look at routes
            return
        await self.router(scope, receive, send)

    @contextlib.asynccontextmanager
    async def _life(self, app: Any) -> AsyncIterator[None]:
        await self.pool.start()
        gc.collect()
        gc.freeze()  # what stays is not looked at again: no request waits for that
        watching = asyncio.create_task(watch(self.pool, self.settings.look))
        try:
            yield
        finally:
            watching.cancel()
            await self.pool.close()

    # --- small answers --------------------------------------------------------------------------

    async def _home(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.api.matrix(scope, receive, send)

    async def _sparql_page(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.workbench.sparql(scope, send)

    async def _service(self, scope: Scope, receive: Receive, send: Send) -> None:
        format, url = describing(header(scope, b"accept")), address(scope, "/sparql")
        await self.desk.answer(
            scope,
            receive,
            send,
            describe.service,
            key=("service", url, format),
            url=url,
            graph=format,
            writable=self.settings.writable,
        )

    async def _void(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["kg.route"] = "void"
        only_get(scope)
        format = describing(header(scope, b"accept"))
        url, endpoint = address(scope, "/.well-known/void"), address(scope, "/sparql")
        await self.desk.answer(
            scope,
            receive,
            send,
            describe.void,
            key=("void", url, format),
            url=url,
            endpoint=endpoint,
            graph=format,
        )

    async def _healthy(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["kg.route"] = "health"
        await respond(send, 200, b"ok\n")

    async def _ready(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["kg.route"] = "ready"
        if not self.pool.ready:
            raise self.pool.problem or Refused(503, "no worker is ready")
        await respond(send, 200, f"ready: snapshot {self.pool.generation}\n".encode())

    async def _metrics(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["kg.route"] = "metrics"
        await respond(send, 200, self.metrics.text(), type=metrics.TYPE)


def address(scope: Scope, path: str) -> str:
    """Return the absolute address of a path here; the Host header has been checked."""
    return f"{scope.get('scheme', 'http')}://{header(scope, b'host')}{path}"


def build(settings: Settings) -> Server:
    """Make a server; raises StoreError where there is no store."""
    return Server(settings)


def serve(settings: Settings, *, host: str, port: int, proxies: str | None = None) -> None:
    """Serve until SIGINT or SIGTERM; what is being answered then is finished first."""
    import uvicorn

    server = build(settings)
    uvicorn.run(
        server.app,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=True,
        ws="none",
        lifespan="on",
        proxy_headers=proxies is not None,
        forwarded_allow_ips=proxies or "",
        limit_concurrency=2000,
        backlog=1024,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=10,
        h11_max_incomplete_event_size=64 * 1024,
    )
