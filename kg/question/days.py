"""Days, months and years as questions write them."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_NAME = "|".join(f"{m}|{m[:3]}" for m in _MONTHS) + "|sept"
_FORMS = tuple(
    re.compile(form)
    for form in (
        r"(?P<y>(?:19|20)\d\d)\s?[-/.年]\s?(?P<m>\d{1,2})\s?[-/.月]\s?(?P<d>\d{1,2})(?:\s?[日号])?(?!\d)",
        r"(?P<y>(?:19|20)\d\d)\s?[-/年]\s?(?P<m>\d{1,2})(?:\s?月份?)?(?!\d|\s?[-/])",
        rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<n>{_NAME})\.?,? (?P<y>(?:19|20)\d\d)\b",
        rf"\b(?P<n>{_NAME})\.? (?P<d>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y>(?:19|20)\d\d)\b",
        rf"\b(?P<n>{_NAME})\.?,? (?:of )?(?P<y>(?:19|20)\d\d)\b",
        rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<n>{_NAME})\b(?! \d)",
        rf"\b(?P<n>{_NAME})\.? (?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?! \d)",
        r"(?P<m>\d{1,2})\s?月\s?(?P<d>\d{1,2})\s?[日号]?",
        r"(?P<y>(?:19|20)\d\d)\s?年?(?![\d年])(?!\s?第)",
        r"(?P<m>\d{1,2})月份?",
    )
)


@dataclass(frozen=True, slots=True)
class Day:
    """A day, month or year, or one of which the year is not said (``year`` None)."""

    year: int | None
    month: int | None
    day: int | None
    start: int
    end: int

    def bounds(self, year: int | None = None) -> tuple[date, date] | None:
        """Give the first and last day, None where the calendar has none or no year is known."""
        year = self.year or year
        if year is None:
            return None
        try:
            first = date(year, self.month or 1, self.day or 1)
        except ValueError:
            return None
        if self.day:
            return first, first
        month = self.month or 12
        return first, date(year, month, monthrange(year, month)[1])


def find_days(text: str) -> list[Day]:
    """Find the days that a tidy text names, in order.

    >>> [d.bounds() for d in find_days("on 10 april 2020")]
    [(datetime.date(2020, 4, 10), datetime.date(2020, 4, 10))]
    >>> find_days("2020年4月")[0].bounds()[1].day, find_days("三年行动")
    (30, [])
    """
    found: list[Day] = []
    taken: list[tuple[int, int]] = []
    for form in _FORMS:
        for match in form.finditer(text):
            span = match.span()
            if any(span[0] < end and start < span[1] for start, end in taken):
                continue
            taken.append(span)
            part = match.groupdict()
            name = part.get("n")
            month = next(i for i, m in enumerate(_MONTHS, 1) if m[:3] == name[:3]) if name else None
            found.append(
                Day(
                    int(part["y"]) if part.get("y") else None,
                    month or (int(part["m"]) if part.get("m") else None),
                    int(part["d"]) if part.get("d") else None,
                    *span,
                )
            )
    return sorted(found, key=lambda d: d.start)
