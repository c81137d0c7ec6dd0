"""Time limits of a clause: dates and periods, 10日内, 节前."""

from __future__ import annotations

import re
from datetime import date, timedelta

from kg.dates import find_deadline

_WITHIN = re.compile(
    r"(\d{1,3}|[一二两三四五六七八九十半]{1,3})(个?工作日|个?小时|日|天|周|个?月)之?内(?!部)"
)
_BEFORE = re.compile(
    r"“?(元旦|春节|清明|五一|端午|中秋|国庆|十一|两节|节)”?(?:节|假期|放假)?(?:之?前|以前)"
)
#: Feasts of the solar calendar; those of the lunar one have a limit in words only.
_FEASTS = {"元旦": (1, 1), "五一": (5, 1), "国庆": (10, 1), "十一": (10, 1)}
_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九十")} | {"两": 2}


def find_limit(text: str, published: str | None) -> tuple[str, str | None] | None:
    """The time limit in a clause: its words, and its ISO date or interval where it can be known.

    >>> find_limit("三日内把树障清除干净", "2020-04-03")
    ('三日内', '2020-04-03/2020-04-06')
    >>> find_limit("“五一”前完成检修", "2021-03-13")
    ('“五一”前', '2021-04-30')
    >>> find_limit("春节前装上视频监控", "2022-01-21")
    ('春节前', None)
    >>> find_limit("要于10月底前完成摸底", "2021-09-22")
    ('10月底前', '2021-10-31')
    >>> find_limit("年内未演练的，8月10日前必须补上", "2021-07-22")
    ('8月10日前', '2021-08-10')
    """
    condition = text.rfind("的，")  # its dates are not those of what is to be done
    if condition >= 0 and (found := find_limit(text[condition + 2 :], published)) is not None:
        return found
    if "月" in text or "年" in text:
        found = find_deadline(text, published)
        if found is not None:
            return found
    match = _WITHIN.search(text) if "内" in text else None
    if match is not None:
        return match[0], _within(_number(match[1]), match[2], published)
    match = _BEFORE.search(text) if "前" in text else None
    return None if match is None else (match[0], _eve(match[1], published))


def _number(written: str) -> int | None:
    if written.isdigit():
        return int(written)
    tens, mark, ones = written.rpartition("十")
    if any(c not in _DIGITS for c in tens + ones):
        return None
    if not mark:
        return _DIGITS[written] if len(written) == 1 else None
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)


def _within(count: int | None, unit: str, published: str | None) -> str | None:
    """The period from the page's date; working days and hours have no date."""
    if count is None or published is None or "工作" in unit or "小时" in unit:
        return None
    start = date.fromisoformat(published)
    if unit.endswith("月"):
        months = start.month - 1 + count
        year, month = start.year + months // 12, months % 12 + 1
        end = date(year, month, min(start.day, 28))
    else:
        end = start + timedelta(days=count * (7 if unit == "周" else 1))
    return f"{start.isoformat()}/{end.isoformat()}"


def _eve(feast: str, published: str | None) -> str | None:
    if feast not in _FEASTS or published is None:
        return None
    page = date.fromisoformat(published)
    day = date(page.year, *_FEASTS[feast])
    if day <= page:
        day = date(page.year + 1, *_FEASTS[feast])
    return (day - timedelta(days=1)).isoformat()
