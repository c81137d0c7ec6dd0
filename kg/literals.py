"""Literals as N-Quads text, escaped as canonical N-Triples does."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date as calendar_date
from functools import cache
from typing import Any

from kg.vocab import XSD

_ESCAPES = {n: f"\\u{n:04X}" for n in (*range(0x20), 0x7F, 0xFFFE, 0xFFFF)} | {
    ord("\\"): "\\\\",
    ord('"'): '\\"',
    ord("\n"): "\\n",
    ord("\r"): "\\r",
    ord("\t"): "\\t",
    ord("\b"): "\\b",
    ord("\f"): "\\f",
}
_ESCAPED = re.compile(r'[\x00-\x1f\x7f"\\\ufffe\uffff]')
_SURROGATE = re.compile("[\ud800-\udfff]")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
#: Where OpenCC's standard form is not the usual one (龍岩, 赤峰).
_USUAL = str.maketrans("峯巖羣衆爲", "峰岩群眾為")
#: Divisions whose names OpenCC takes for other words (岳 for a mountain, 里 for inside).
_NAMES = {
    "岳塘区": "岳塘區",
    "岳普湖县": "岳普湖縣",
    "岳池县": "岳池縣",
    "岳西县": "岳西縣",
    "新干县": "新干縣",
    "湖里区": "湖里區",
}


def _escape(value: str) -> str:
    if _ESCAPED.search(value):
        value = value.translate(_ESCAPES)
    if not value.isascii() and _SURROGATE.search(value):
        value = _SURROGATE.sub("\ufffd", value)  # UTF-8 has no lone surrogates
    return value


def text(value: str) -> str:
    r"""Write words of a notice: simplified Chinese.

    >>> print(text('“安全”"第一"'))
    "“安全”\"第一\""@zh-hans
    """
    return f'"{_escape(value)}"@zh-hans'


def traditional(value: str) -> str:
    """Write the same in traditional characters.

    >>> traditional("龙岩市")
    '"龍岩市"@zh-hant'
    """
    return f'"{_escape(_to_traditional(value))}"@zh-hant'


def string(value: str) -> str:
    """Write characters that are no language's: codes, names of files, raw bytes as decoded."""
    return f'"{_escape(value)}"'


def integer(value: int) -> str:
    """Write an xsd:integer."""
    return f'"{value}"^^<{XSD.integer}>'


def boolean(value: bool) -> str:
    """Write an xsd:boolean."""
    return f'"{"true" if value else "false"}"^^<{XSD.boolean}>'


def date(value: str) -> str:
    """Write an xsd:date, or a plain string where the calendar has no such day.

    >>> date("2021-02-30")
    '"2021-02-30"'
    """
    if _ISO_DATE.fullmatch(value):
        with suppress(ValueError):
            return f'"{calendar_date.fromisoformat(value)}"^^<{XSD.date}>'
    return string(value)


@cache
def _converter() -> Any:
    import opencc

    return opencc.OpenCC("s2t")


def _to_traditional(value: str) -> str:
    return _NAMES.get(value) or str(_converter().convert(value)).translate(_USUAL)
