"""The body of an answer, in pieces as it arrives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

import httpx

from kg.remote.failures import Failures

_CHUNK = 1 << 16
#: A boolean as Virtuoso writes it in JSON; no string can hold this, for its quotes are escaped.
_BOOLEAN = re.compile(
    rb'("datatype":\s*"http://www\.w3\.org/2001/XMLSchema#boolean",\s*"value":\s*)"([01])"'
)


class Body:
    """The body of an answer, read once and in pieces; closes itself at its end."""

    def __init__(self, response: httpx.Response, failures: Failures) -> None:
        self._response = response
        self._failures = failures
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
            raise self._failures.slow() from None
        except httpx.HTTPError as error:
            raise self._failures.broken(error) from None


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
