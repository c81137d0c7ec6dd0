"""What every request goes through: hosts, rates, sizes, headers, and one line of log.

Plain ASGI and thin: it runs for each request, also for those that the cache answers.
"""

from __future__ import annotations

import json
import sys
import time
import traceback
from collections.abc import Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.exceptions import HTTPException

from kg.serve.errors import Refused

if TYPE_CHECKING:
    from kg.serve.metrics import Metrics
    from kg.serve.settings import Settings

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

#: Nothing from elsewhere, nothing inline; pages bring their own scripts and styles as files.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
SECURITY = [
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
]
_PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
_URL = 64 * 1024


class Guard:
    """Wraps the application; see the module."""

    def __init__(self, app: App, settings: Settings, metrics: Metrics) -> None:
        self.app = app
        self.settings = settings
        self.metrics = metrics
        self._hosts = frozenset(host.lower() for host in settings.hosts)
        self._rate = parse(settings.rate) if settings.rate else None
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), *SECURITY]
            await send(message)

        try:
            self._check(scope)
            await self.app(scope, receive, sending)
        except Refused as error:
            await self._refuse(scope, error, sending, started=status != 0)
        except HTTPException as error:  # Starlette's: no such file, no such method
            plain = Refused(error.status_code, error.detail)
            await self._refuse(scope, plain, sending, started=status != 0)
        except Exception:
            # For those who run the server; a client learns nothing of our code.
            sys.stderr.write(traceback.format_exc())
            hidden = Refused(500, "internal error")
            await self._refuse(scope, hidden, sending, started=status != 0)
        finally:
            seconds = time.perf_counter() - began
            self.metrics.seen(scope.get("kg.route", "other"), status, seconds)
            if self.settings.log:
                _log(scope, status, seconds)

    def _check(self, scope: Scope) -> None:
        """Raise Refused for what shall not be answered at all."""
        host, length = None, 0
        for name, value in scope["headers"]:
            if name == b"host":
                if host is not None:
                    raise Refused(400, "more than one Host header")
                host = value.decode("latin-1")
            elif name == b"content-length":
                length = int(value) if value.isdigit() else self.settings.body + 1
        if host is None or (_name(host) not in self._hosts and "*" not in self._hosts):
            raise Refused(
                421,
                "the server does not know itself by this Host",
                hint="kg serve --allow-host NAME",
            )
        if len(scope["query_string"]) > _URL + 3 * self.settings.query_length:
            raise Refused(414, "the URL is too long", hint="use POST")
        if length > self.settings.body:
            raise Refused(413, f"the body is longer than {self.settings.body} bytes")
        if self._rate is not None and scope["path"] not in _PROBES:
            client = scope.get("client") or ("",)
            if not self._limiter.hit(self._rate, client[0]):
                raise Refused(
                    429,
                    f"more than {self.settings.rate} requests",
                    headers=(("Retry-After", str(self._rate.get_expiry())),),
                )

    async def _refuse(self, scope: Scope, error: Refused, send: Send, *, started: bool) -> None:
        """Say why there is no answer; cut the connection where half of one has gone out."""
        if started:
            raise ConnectionAbortedError("the answer could not be completed")
        await respond(send, error.status, error.text.encode(), headers=error.headers)


def _name(host: str) -> str:
    """Return a Host without its port.

    >>> _name("[::1]:8000"), _name("Localhost:80"), _name("a")
    ('[::1]', 'localhost', 'a')
    """
    if host.startswith("["):
        return host.partition("]")[0].lower() + "]"
    return host.partition(":")[0].lower()


def _log(scope: Scope, status: int, seconds: float) -> None:
    """Write one line of JSON: never the query string, which may hold what is nobody's business."""
    client = scope.get("client") or ("",)
    line = {
        "at": round(time.time(), 3),
        "client": client[0],
        "method": scope["method"],
        "path": quote(scope["path"][:300]),
        "status": status,
        "ms": round(seconds * 1000, 1),
    }
    sys.stderr.write(json.dumps(line) + "\n")


async def respond(
    send: Send,
    status: int,
    body: bytes,
    *,
    type: str = "text/plain; charset=utf-8",
    headers: tuple[tuple[str, str], ...] = (),
) -> None:
    """Send a whole answer."""
    sent = [
        (b"content-type", type.encode("latin-1")),
        (b"content-length", str(len(body)).encode()),
        *((name.lower().encode(), value.encode("latin-1")) for name, value in headers),
    ]
    await send({"type": "http.response.start", "status": status, "headers": sent})
    await send({"type": "http.response.body", "body": body})


async def read_body(scope: Scope, receive: Receive, limit: int) -> bytes:
    """Read what a client sends; raises Refused (413) where it is longer than allowed."""
    parts, length = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refused(400, "the client has gone")
        part = message.get("body", b"")
        length += len(part)
        if length > limit:
            raise Refused(413, f"the body is longer than {limit} bytes")
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)
