"""Who asks: from the environment or a netrc, sent only where the server asks for it, never shown.

``KG_STORE_TOKEN`` is sent as a bearer token. ``KG_STORE_USER`` and ``KG_STORE_PASSWORD``, or else the
netrc's entry for the host (``NETRC`` names the file, ``~/.netrc`` is the usual one), answer the
server's challenge, Digest before Basic.
"""

from __future__ import annotations

import base64
import netrc
import os
from collections.abc import Generator, Mapping
from pathlib import Path
from urllib.parse import quote, quote_plus

import httpx

from kg.errors import StoreError

_HINT = "set both KG_STORE_USER and KG_STORE_PASSWORD, or KG_STORE_TOKEN"


class Credentials(httpx.Auth):
    """How requests prove who sends them; its text tells nothing.

    >>> Credentials(user="reader", password="secret")
    <Credentials>
    """

    def __init__(self, *, user: str = "", password: str = "", token: str = "") -> None:
        self._secrets: tuple[str, ...] = tuple(s for s in (password, token) if s)
        self._header: str | None = None
        self._digest: httpx.DigestAuth | None = None
        self._use_digest = False
        self._basic: str | None = None
        if token:
            self._header = f"Bearer {token}"
        elif user or password:
            pair = base64.b64encode(f"{user}:{password}".encode()).decode("ascii")
            self._secrets += (pair,)
            self._basic = f"Basic {pair}"
            self._digest = httpx.DigestAuth(user.encode("utf-8"), password.encode("utf-8"))

    def __repr__(self) -> str:
        return "<Credentials>"

    def __reduce__(self) -> str:
        raise TypeError("credentials are not written down")

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._secrets)

    def hide(self, text: str) -> str:
        """Take every secret out of a text that shall be shown.

        >>> Credentials(user="reader", password="secret").hide("secret? no")
        '***? no'
        """
        for secret in self._secrets:
            for form in {secret, quote(secret, safe=""), quote_plus(secret)}:
                text = text.replace(form, "***")
        return text

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Send a request, and again with proof where the server asks for it."""
        if self._header is not None:
            request.headers["Authorization"] = self._header
            yield request
            return
        if self._digest is not None and self._use_digest:
            yield from self._digest.auth_flow(request)
            return
        response = yield request
        if response.status_code != 401 or self._digest is None:
            return
        asked = [c.strip().casefold() for c in response.headers.get_list("www-authenticate")]
        if any(challenge.startswith("digest") for challenge in asked):
            self._use_digest = True
            yield from self._digest.auth_flow(request)
        elif self._basic and any("basic" in challenge for challenge in asked):
            self._header = self._basic
            request.headers["Authorization"] = self._basic
            yield request


def credentials(host: str, environment: Mapping[str, str] | None = None) -> Credentials:
    """Find the credentials for a host; raises StoreError for half of them, or a broken netrc."""
    given = os.environ if environment is None else environment
    token = given.get("KG_STORE_TOKEN", "")
    if token:
        if not token.isascii() or not token.isprintable():
            raise StoreError("KG_STORE_TOKEN: holds characters that no token may have")
        return Credentials(token=token)
    user, password = given.get("KG_STORE_USER", ""), given.get("KG_STORE_PASSWORD", "")
    if user and password:
        return Credentials(user=user, password=password)
    if user or password:
        name, other = ("KG_STORE_USER", "KG_STORE_PASSWORD")[:: 1 if user else -1]
        raise StoreError(f"{name} is set, but {other} is not", hint=_HINT)
    return _from_netrc(host, given)


def _from_netrc(host: str, given: Mapping[str, str]) -> Credentials:
    named = given.get("NETRC", "")
    try:
        path = Path(named) if named else Path("~/.netrc").expanduser()
        if not named and not path.is_file():
            return Credentials()
        found = netrc.netrc(str(path)).authenticators(host)
    except netrc.NetrcParseError as error:
        # Its message may hold what stands in the file.
        raise StoreError(f"{path}:{error.lineno}: cannot be understood", hint=_HINT) from None
    except (OSError, UnicodeDecodeError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or "no text"
        raise StoreError(f"{named or '~/.netrc'}: cannot be read: {reason}") from None
    if found is None:
        return Credentials()
    return Credentials(user=found[0] or "", password=found[2] or "")
