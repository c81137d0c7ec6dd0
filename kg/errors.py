"""The tree of errors. Each is also the builtin one would catch.

    KgError
     ├── InputError(ValueError)          a notice that cannot be used: empty, binary, too large, not Chinese
     ├── DataFileError(ValueError)       a broken row under ontology/ or queries/ (file:line: what)
     ├── StoreError(OSError)             a folder that is no store, locked, read-only, of another version
     ├── QueryError(ValueError)          malformed SPARQL, unknown query, unknown or missing parameter
     └── VerifyError(ValueError)         a quote that the raw file does not bear out

A message says what, where, and (after ``hint:`` on a line of its own) what to do.
"""

from __future__ import annotations


class KgError(Exception):
    """Base of every error that kg raises on purpose; ``hint`` tells the remedy."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class InputError(KgError, ValueError):
    """A notice that cannot be used."""


class DataFileError(KgError, ValueError):
    """A broken row in a data file of ours; the message begins with ``file:line``."""


class StoreError(KgError, OSError):
    """A store that cannot be opened or written."""


class QueryError(KgError, ValueError):
    """A query or a parameter that cannot be used."""


class VerifyError(KgError, ValueError):
    """An evidence quote that does not hold."""
