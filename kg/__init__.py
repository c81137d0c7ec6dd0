"""A knowledge graph of safety-policy entities and obligations in Chinese government notices.

    >>> import kg
    >>> record = kg.extract("湖南省政府召开全省安全生产会议。会议要求，要狠抓尾矿库安全。")
    >>> record.to_json()["id"]
    'text'

``kg.build`` puts notices into a store, ``kg.open`` opens it: see :func:`kg.open` for the whole way.
Names are loaded when first used, so that importing kg costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg.api import BuildReport, Failure, Graph, ask, build, extract, open
    from kg.errors import (
        DataFileError,
        InputError,
        KgError,
        QueryError,
        StoreError,
        VerifyError,
    )
    from kg.model import Notice, Record
    from kg.question.reply import Reply
    from kg.read import read_path, read_text
    from kg.results import Answer
    from kg.store import Store

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "BuildReport",
    "DataFileError",
    "Failure",
    "Graph",
    "InputError",
    "KgError",
    "Notice",
    "QueryError",
    "Record",
    "Reply",
    "Store",
    "StoreError",
    "VerifyError",
    "ask",
    "build",
    "extract",
    "open",
    "read_path",
    "read_text",
]

_HOMES = {
    "kg.api": ("BuildReport", "Failure", "Graph", "ask", "build", "extract", "open"),
    "kg.errors": (
        "DataFileError",
        "InputError",
        "KgError",
        "QueryError",
        "StoreError",
        "VerifyError",
    ),
    "kg.model": ("Notice", "Record"),
    "kg.question.reply": ("Reply",),
    "kg.read": ("read_path", "read_text"),
    "kg.results": ("Answer",),
    "kg.store": ("Store",),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'kg' has no attribute '{name}'")
    from importlib import import_module

    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
