"""Requests to a SPARQL server: streamed, timed, tried again where that can do no harm.

A request is sent again when it was never taken (no connection, 429, 503); one that reads or that
replaces a whole graph also after the connection broke or a gateway failed. A slow answer is not asked
for twice. ``KG_STORE_TIMEOUT`` (seconds, 60) and ``KG_STORE_RETRIES`` (4) are the environment's to set.
"""

from __future__ import annotations

import os
import random
import re
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx

from kg.errors import StoreError
from kg.remote.credentials import Credentials, credentials
from kg.remote.endpoints import Endpoints
from kg.results import safe

_CONNECT = 10.0  # seconds
_TIMEOUT, _RETRIES = 60.0, 4
_PAUSE, _LONGEST = 0.5, 30.0  # seconds before the second try, doubled each time; at most
_CHUNK = 1 << 16
_SHOWN = 300  # characters of what a server says of an error
_REFUSED = (429, 503)
_GATEWAY = (500, 502, 504)

NTRIPLES = "application/n-triples"
ROWS = "application/sparql-results+json"
_TYPES: Mapping[str, tuple[str, ...]] = {
    NTRIPLES: (NTRIPLES, "text/plain"),
    ROWS: (ROWS, "application/json"),
}
_MARKUP = re.compile(r"<(title|style|script)\b.*?</\1>|<[^>]*>", re.DOTALL | re.IGNORECASE)
#: A boolean as Virtuoso writes it in JSON; no string can hold this, for its quotes are escaped.
_BOOLEAN = re.compile(
    rb'("datatype":\s*"http://www\.w3\.org/2001/XMLSchema#boolean",\s*"value":\s*)"([01])"'
)


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
        self._jitter = random.Random()  # of its own: no data depends on it  # noqa: S311
        try:
            self._http = httpx.Client(
                auth=self._login,
                timeout=httpx.Timeout(self.timeout, connect=min(_CONNECT, self.timeout)),
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
        form += [("default-graph-uri", default)] if default is not None else []
        form += [("named-graph-uri", name) for name in named]
        url = self.endpoints.query_signed if self._login else self.endpoints.query
        return self._open("POST", url, form=form, accept=accept, again=True)

    def update(self, sparql: str) -> None:
        """Send an update."""
        with self._open("POST", self.endpoints.update, form=[("update", sparql)]) as body:
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
    ) -> Any:
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
                if left and not _hopeless(error):
                    time.sleep(wait)
                    continue
                raise self._unreachable(error) from None
            except httpx.TimeoutException:
                raise self._slow() from None
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                if left and again and isinstance(error, httpx.TransportError):
                    time.sleep(wait)
                    continue
                raise self._broken(error) from None
            if response.status_code in _REFUSED or (again and response.status_code in _GATEWAY):
                if left and not self._final(response):
                    wait = max(wait, _asked(response))
                    response.close()
                    time.sleep(wait)
                    continue
            if response.status_code == 404 and none and verb in ("GET", "DELETE"):
                response.close()
                return None
            if not response.is_success:
                raise self._refused(response)
            self._check(response, accept)
            return Body(response, self)
        raise AssertionError("a loop that always returns or raises")

    def _wait(self, tried: int) -> float:
        return min(_LONGEST, self._pause * 2**tried) * self._jitter.uniform(0.5, 1.0)

    def _final(self, response: httpx.Response) -> bool:
        """Whether a 500 tells of the query and not of the server: asked again it says the same."""
        return response.status_code == 500 and bool(self._said(response))

    def _check(self, response: httpx.Response, accept: str | None) -> None:
        if accept is None or response.status_code == 204:
            return
        kind = response.headers.get("content-type", "").partition(";")[0].strip().casefold()
        if kind not in _TYPES[accept]:
            response.close()
            raise StoreError(
                f"{self._url(response)}: answers with {safe(kind)[:60] or 'no type'}, "
                f"where {accept} was asked for",
                hint="is it the address of a SPARQL server? see kg.remote.endpoints",
            )
        cut = response.headers.get("x-sparql-maxrows")
        if cut:
            response.close()
            raise StoreError(
                f"{self._url(response)}: the server gives no more than {safe(cut)[:20]} rows",
                hint="raise ResultSetMaxRows in the [SPARQL] part of virtuoso.ini",
            )

    # --- what goes wrong --------------------------------------------------------------------------

    def _url(self, response: httpx.Response) -> str:
        url = response.request.url
        return safe(self._login.hide(f"{url.scheme}://{url.netloc.decode()}{url.path}"))

    def _said(self, response: httpx.Response) -> str:
        """Return the first words of what a server says of an error, safe to show."""
        data: bytes | None = response.extensions.get("kg_said")
        if data is None:
            data = b""
            with suppress(httpx.HTTPError):
                for chunk in response.iter_bytes(_CHUNK):
                    data += chunk
                    if len(data) >= 4 * _CHUNK:
                        break
            response.extensions["kg_said"] = data
        text = data.decode("utf-8", "replace").partition("SPARQL query:")[0]
        if "html" in response.headers.get("content-type", ""):
            text = _MARKUP.sub(" ", text)
        return safe(self._login.hide(" ".join(text.split())))[:_SHOWN]

    def _refused(self, response: httpx.Response) -> StoreError:
        status, where = response.status_code, self._url(response)
        said = self._said(response)
        response.close()
        behind = f": {said}" if said else ""
        if 300 <= status < 400:
            to = safe(response.headers.get("location", "?"))[:200]
            return StoreError(
                f"{where}: leads elsewhere ({status}): {to}", hint="give --store that address"
            )
        if status == 401 and self._login:
            return StoreError(
                f"{where}: does not accept the credentials (401)",
                hint="see KG_STORE_USER, KG_STORE_PASSWORD, KG_STORE_TOKEN, or the netrc",
            )
        words, hint = _STATUS.get(
            status,
            ("the server failed", "see the server's log; what was done so far is kept: do it again")
            if status >= 500
            else ("refused", None),
        )
        return StoreError(f"{where}: {words} ({status}){behind}", hint=hint)

    def _unreachable(self, error: httpx.TransportError) -> StoreError:
        text = safe(self._login.hide(str(error)))
        if _is_tls(error):
            return StoreError(
                f"{self.where}: no safe connection: {text}",
                hint="SSL_CERT_FILE names a file with the certificates to trust",
            )
        if isinstance(error, httpx.ConnectTimeout):
            return StoreError(
                f"{self.where}: cannot be reached within {min(_CONNECT, self.timeout):g} s",
                hint="is the host right, and is there a way to it?",
            )
        return StoreError(
            f"{self.where}: cannot be reached: {text}",
            hint="is the server running, and --store its address?",
        )

    def _slow(self) -> StoreError:
        return StoreError(
            f"{self.where}: no answer within {self.timeout:g} s",
            hint="KG_STORE_TIMEOUT=SECONDS waits longer",
        )

    def _broken(self, error: Exception) -> StoreError:
        return StoreError(
            f"{self.where}: the connection broke: {safe(self._login.hide(str(error)))}",
            hint="what was done so far is kept: do it again",
        )


_STATUS: Mapping[int, tuple[str, str | None]] = {
    400: ("refused", None),
    401: (
        "asks for credentials",
        "set KG_STORE_USER and KG_STORE_PASSWORD, or KG_STORE_TOKEN, or write a netrc",
    ),
    403: (
        "is not allowed",
        "may this user read and write? (Virtuoso: the role SPARQL_UPDATE; see KG_STORE_USER)",
    ),
    404: ("there is nothing", "see kg.remote.endpoints: how addresses are derived, or told after #"),
    405: ("is not offered", "does the server allow writing? see kg.remote.endpoints"),
    413: ("is too large for the server", "raise its limit for the size of requests, or the proxy's"),
    429: ("has too much to do", "try again later"),
    503: ("has too much to do", "try again later"),
}


class Body:
    """The body of an answer, read once and in pieces; closes itself at its end."""

    def __init__(self, response: httpx.Response, client: Client) -> None:
        self._response = response
        self._client = client
        self._chunks: Iterator[bytes] | None = None
        self._rest, self._at = b"", 0

    def __enter__(self) -> Body:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        with suppress(Exception):
            self.close()

    def close(self) -> None:
        """Read no further."""
        self._response.close()

    def read(self, size: int = -1) -> bytes:
        """Return up to ``size`` bytes, nothing at the end."""
        if size is None or size < 0:
            rest, self._rest = self._rest[self._at :], b""
            self._at = 0
            return rest + b"".join(iter(self._next, b""))
        if self._at >= len(self._rest):
            self._rest, self._at = self._next(), 0
        taken = self._rest[self._at : self._at + size]
        self._at += len(taken)
        return taken

    def drain(self) -> None:
        """Read what is left, so that the connection can be used again."""
        while self._next():
            pass

    def _next(self) -> bytes:
        if self._chunks is None:
            chunks = self._response.iter_bytes(_CHUNK)
            virtuoso = "virtuoso" in self._response.headers.get("server", "").casefold()
            self._chunks = _booleans(chunks) if virtuoso else chunks
        try:
            return next(self._chunks, b"")
        except httpx.TimeoutException:
            raise self._client._slow() from None
        except httpx.HTTPError as error:
            raise self._client._broken(error) from None


def _booleans(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Write booleans as ``true`` and ``false``, as they were put in: Virtuoso's JSON has 1 and 0."""
    rest = b""
    for chunk in chunks:
        head, newline, rest = (rest + chunk).rpartition(b"\n")
        if newline:
            yield _BOOLEAN.sub(_truth, head + newline)
    if rest:
        yield _BOOLEAN.sub(_truth, rest)


def _truth(match: re.Match[bytes]) -> bytes:
    return match[1] + (b'"true"' if match[2] == b"1" else b'"false"')


def _is_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _hopeless(error: BaseException) -> bool:
    """Whether trying again is in vain: a certificate stays what it is."""
    return _is_tls(error)


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
