"""What a format module gives back, before the file's name and hash make it a Notice."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from kg.model import Alignment

_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One file's characters and the text a reader sees in them."""

    raw: str
    encoding: str
    """The Python codec that makes ``raw`` of the bytes."""
    text: str
    alignment: Alignment
    """From ``text`` to ``raw``."""
    title: str | None = None
    published: str | None = None


def iso_date(text: str) -> str | None:
    """Find the first date in ``text``: ISO 8601, or None where the calendar has no such day.

    >>> iso_date("发布时间：2020年4月13日 09:12"), iso_date("2020-02-30")
    ('2020-04-13', None)
    """
    found = _DATE.search(text)
    if found is None:
        return None
    try:
        return date(*(int(part) for part in found.groups())).isoformat()
    except ValueError:
        return None
