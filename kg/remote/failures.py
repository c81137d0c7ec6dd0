"""What goes wrong between here and a server, in words: what, where, what to do; never a secret."""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping
from contextlib import suppress

import httpx

from kg.errors import StoreError
from kg.remote.credentials import Credentials
from kg.results import safe

CONNECT = 10.0  # seconds within which there must be a connection
_SHOWN = 300  # characters of what a server says of an error
_READ = 1 << 18  # bytes of it that are looked at
_MARKUP = re.compile(r"<(title|style|script)\b.*?</\1>|<[^>]*>", re.DOTALL | re.IGNORECASE)

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
    404: (
        "there is nothing",
        "see docs/servers.md: how addresses are derived, or told after #",
    ),
    405: ("is not offered", "does the server allow writing? see docs/servers.md"),
    413: (
        "is too large for the server",
        "raise its limit for the size of requests, or the proxy's",
    ),
    429: ("has too much to do", "try again later"),
    503: ("has too much to do", "try again later"),
}


class Failures:
    """Makes the errors of one server."""

    def __init__(self, where: str, login: Credentials, timeout: float) -> None:
        self.where = where
        self._login = login
        self._timeout = timeout

    def url(self, response: httpx.Response) -> str:
        """Say what was asked, without what stands after ``?``."""
        url = response.request.url
        return safe(self._login.hide(f"{url.scheme}://{url.netloc.decode()}{url.path}"))

    def said(self, response: httpx.Response) -> str:
        """Return the first words of what a server says of an error, safe to show."""
        data: bytes | None = response.extensions.get("kg_said")
        if data is None:
            data = b""
            with suppress(httpx.HTTPError):
                for chunk in response.iter_bytes(_READ):
                    data += chunk
                    if len(data) >= _READ:
                        break
            response.extensions["kg_said"] = data
        text = data.decode("utf-8", "replace").partition("SPARQL query:")[0]
        if "html" in response.headers.get("content-type", ""):
            text = _MARKUP.sub(" ", text)
        return safe(self._login.hide(" ".join(text.split())))[:_SHOWN]

    def refused(self, response: httpx.Response) -> StoreError:
        """A status that is no success."""
        status, where = response.status_code, self.url(response)
        said = self.said(response)
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

    def unreachable(self, error: httpx.TransportError) -> StoreError:
        """There is no connection."""
        text = safe(self._login.hide(str(error)))
        if is_tls(error):
            return StoreError(
                f"{self.where}: no safe connection: {text}",
                hint="SSL_CERT_FILE names a file with the certificates to trust",
            )
        if isinstance(error, httpx.ConnectTimeout):
            return StoreError(
                f"{self.where}: cannot be reached within {min(CONNECT, self._timeout):g} s",
                hint="is the host right, and is there a way to it?",
            )
        return StoreError(
            f"{self.where}: cannot be reached: {text}",
            hint="is the server running, and --store its address?",
        )

    def slow(self) -> StoreError:
        """There is no answer in time."""
        return StoreError(
            f"{self.where}: no answer within {self._timeout:g} s",
            hint="KG_STORE_TIMEOUT=SECONDS waits longer",
        )

    def broken(self, error: Exception) -> StoreError:
        """The connection, or the answer, broke off."""
        return StoreError(
            f"{self.where}: the connection broke: {safe(self._login.hide(str(error)))}",
            hint="what was done so far is kept: do it again",
        )


def is_tls(error: BaseException | None) -> bool:
    """Whether it is about certificates: then trying again is in vain."""
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
