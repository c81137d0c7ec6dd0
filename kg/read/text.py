"""Plain text: what lies in the file is what a reader sees."""

from __future__ import annotations

from kg.model import Alignment
from kg.read.encoding import decode
from kg.read.page import Page

SUFFIXES = (".txt",)


def read(data: bytes) -> Page:
    """Decode; text and raw are the same.

    >>> read("要狠抓煤矿安全".encode("utf-8-sig")).encoding
    'utf-8-sig'
    """
    raw, encoding = decode(data)
    return Page(raw=raw, encoding=encoding, text=raw, alignment=Alignment.identity(len(raw)))
