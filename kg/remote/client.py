"""Requests to a SPARQL server: streamed, timed, tried again where that can do no harm.

A request is sent again when it was never taken (no connection, 429, 503); one that reads or that
replaces a whole graph also after the connection broke or a gateway failed. A slow answer is not asked
for twice. ``KG_STORE_TIMEOUT`` (seconds, 60) and ``KG_STORE_RETRIES`` (4) are the environment's to set.
"""

from __future__ import annotations

import os
import random
import ssl
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx

from kg.errors import StoreError
from kg.remote.body import Body
from kg.remote.credentials import Credentials, credentials
from kg.remote.endpoints import Endpoints
from kg.remote.failures import CONNECT, Failures, is_tls
from kg.results import safe

_TIMEOUT, _RETRIES = 60.0, 4
_PAUSE, _LONGEST = 0.5, 30.0  # seconds before the second try, doubled each time; at most
_REFUSED = (429, 503)
_GATEWAY = (500, 502, 504)

NTRIPLES = "application/n-triples"
ROWS = "application/sparql-results+json"
_TYPES: Mapping[str, tuple[str, ...]] = {
    NTRIPLES: (NTRIPLES, "text/plain"),
    ROWS: (ROWS, "application/json"),
}


class Client:
    """Sends requests to one server. Raises StoreError: what, where, what to do."""

    def __init__(
        self,
        endpoints: Endpoints,
        *,
        login: Credentials | None = None,
        timeout: float | None = None,
        retries: int | None = None,
        pause: float = _PAUSE,
    ) -> None:
        """``login``, ``timeout`` and ``retries`` come from the environment unless given."""
        self.endpoints = endpoints
        self.where = endpoints.where
        host = urlsplit(endpoints.query).hostname or ""
        self._login = credentials(host) if login is None else login
        self.timeout = _number("KG_STORE_TIMEOUT", _TIMEOUT) if timeout is None else timeout
        self._retries = int(_number("KG_STORE_RETRIES", _RETRIES)) if retries is None else retries
        self._pause = pause
        self._failures = Failures(self.where, self._login, self.timeout)
        self._jitter = random.Random()  # of its own: no data depends on it
        try:
            self._http = httpx.Client(
                auth=self._login,
                timeout=httpx.Timeout(self.timeout, connect=min(CONNECT, self.timeout)),
                limits=httpx.Limits(keepalive_expiry=5.0),
                headers={"User-Agent": "kg-safety"},
            )
        except (OSError, ssl.SSLError) as error:  # SSL_CERT_FILE leads nowhere
            raise StoreError(
                f"{self.where}: certificates cannot be read: {error}", hint="see SSL_CERT_FILE"
            ) from None

    def __repr__(self) -> str:
        return f"<Client of {self.where}>"

    def close(self) -> None:
        """Let the connections go."""
        self._http.close()

    # --- the three protocols ----------------------------------------------------------------------

    def query(
        self, sparql: str, *, default: str | None, named: tuple[str, ...] = (), accept: str = ROWS
    ) -> Body:
        """Send a query about one graph; its answer's body, to be read once."""
        form = [("query", sparql)]
        form += [] if default is None else [("default-graph-uri", default)]
        form += [("named-graph-uri", name) for name in named]
        url = self.endpoints.query_signed if self._login else self.endpoints.query
        return self._sent("POST", url, form=form, accept=accept, again=True)

    def update(self, sparql: str) -> None:
        """Send an update."""
        with self._sent("POST", self.endpoints.update, form=[("update", sparql)]) as body:
            body.drain()

    def graph(self, name: str) -> Body | None:
        """Fetch a graph as N-Triples; None where the server has none of this name."""
        url, params = self.endpoints.graphs, {"graph": name}
        return self._open("GET", url, params=params, accept=NTRIPLES, again=True, none=True)

    def put_graph(self, name: str, ntriples: bytes) -> None:
        """Make a graph hold exactly these triples."""
        self._write("PUT", name, ntriples, again=True)

    def add_to_graph(self, name: str, ntriples: bytes) -> None:
        """Add triples to a graph."""
        self._write("POST", name, ntriples)

    def delete_graph(self, name: str) -> None:
        """Take a graph away, if there is one."""
        self._write("DELETE", name, None, again=True)

    def _write(self, verb: str, name: str, data: bytes | None, *, again: bool = False) -> None:
        url, params = self.endpoints.graphs, {"graph": name}
        none = verb == "DELETE"
        body = self._open(verb, url, params=params, content=data, again=again, none=none)
        if body is not None:
            with body:
                body.drain()

    # --- sending ----------------------------------------------------------------------------------

    def _sent(self, verb: str, url: str, **given: Any) -> Body:
        body = self._open(verb, url, **given)
        assert body is not None, "only a graph may be missing"
        return body

    def _open(
        self,
        verb: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        form: list[tuple[str, str]] | None = None,
        content: bytes | None = None,
        accept: str | None = None,
        again: bool = False,
        none: bool = False,
    ) -> Body | None:
        """Send until it is answered; ``again``: repeating it does no harm, ``none``: 404 is None."""
        headers = {"Accept": ", ".join(_TYPES[accept]) if accept else "*/*"}
        if form is not None:
            content = urlencode(form).encode("ascii")
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        elif content is not None:
            headers["Content-Type"] = NTRIPLES
        for left in range(self._retries, -1, -1):
            wait = self._wait(self._retries - left)
            request = self._http.build_request(
                verb, url, params=params, content=content, headers=headers
            )
            try:
                response = self._http.send(request, stream=True)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                if left and not is_tls(error):
                    time.sleep(wait)
                    continue
                raise self._failures.unreachable(error) from None
            except httpx.TimeoutException:
                raise self._failures.slow() from None
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                if left and again and isinstance(error, httpx.TransportError):
                    time.sleep(wait)
                    continue
                raise self._failures.broken(error) from None
            if left and self._passing(response, again=again):
                wait = max(wait, _asked(response))
                response.close()
                time.sleep(wait)
                continue
            if response.status_code == 404 and none and verb in ("GET", "DELETE"):
                response.close()
                return None
            if not response.is_success:
                raise self._failures.refused(response)
            self._check(response, accept)
            return Body(response, self._failures)
        raise AssertionError("a loop that always returns or raises")

    def _wait(self, tried: int) -> float:
        return min(_LONGEST, self._pause * 2.0**tried) * self._jitter.uniform(0.5, 1.0)

    def _passing(self, response: httpx.Response, *, again: bool) -> bool:
        """Whether the same request may fare better later.

        A 500 with words tells of the query and not of the server: it would be told again.
        """
        status = response.status_code
        if status in _REFUSED:
            return True
        return (
            again and status in _GATEWAY and not (status == 500 and self._failures.said(response))
        )

    def _check(self, response: httpx.Response, accept: str | None) -> None:
        if accept is None or response.status_code == 204:
            return
        kind = response.headers.get("content-type", "").partition(";")[0].strip().casefold()
        if kind not in _TYPES[accept]:
            response.close()
            raise StoreError(
                f"{self._failures.url(response)}: answers with {safe(kind)[:60] or 'no type'}, "
                f"where {accept} was asked for",
                hint="is it the address of a SPARQL server? see docs/servers.md",
            )
        cut = response.headers.get("x-sparql-maxrows")
        if cut:
            response.close()
            raise StoreError(
                f"{self._failures.url(response)}: the server gives no more than {safe(cut)[:20]} rows",
                hint="raise ResultSetMaxRows in the [SPARQL] part of virtuoso.ini",
            )


def _asked(response: httpx.Response) -> float:
    """Return how many seconds a server asks to wait, within reason."""
    try:
        return max(0.0, min(_LONGEST, float(response.headers.get("retry-after", "0"))))
    except ValueError:
        return 0.0


def _number(name: str, usual: float) -> float:
    text = os.environ.get(name, "")
    try:
        value = float(text) if text else usual
    except ValueError:
        value = -1.0
    if not 0 <= value < 1e6 or (name == "KG_STORE_TIMEOUT" and value == 0):
        raise StoreError(f"{name}: '{safe(text)[:20]}' is no number of use", hint=f"as {usual:g}")
    return value
