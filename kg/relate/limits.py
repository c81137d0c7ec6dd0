"""Time limits of a clause: dates and periods, 10日内, 节前."""

from __future__ import annotations

import re
from datetime import date, timedelta

from kg.dates import coming_year, find_deadline, month_end

_WITHIN = re.compile(
    r"(\d{1,3}|[一二两三四五六七八九十半]{1,3})(个?工作日|个?小时|日|天|周|个?月)之?内(?!部)"
)
_BEFORE = re.compile(
    r"“?(元旦|春节|清明|五一|端午|中秋|国庆|十一|两节|节)”?(?:节|假期|放假)?(?:之?前|以前)"
)
#: 27日前, 下月10日前, 每月25日前: a month that is not named. 3日前 alone can be three days ago, 届满15日前 counts
#: from something else.
_OF_MONTH = re.compile(
    r"(?<![\d月年、至到—~./满期前始行施束-])(?:(?P<when>下个?月|次月|本月|当月|每个?月|每季度末?月?)的?)?"
    r"(?P<day>[12]\d|3[01]|0?[1-9])日(?:之?前|以前)(?![期年])"
)
#: 二季度末前, 上半年内, 第三季度内.
_PART = re.compile(
    r"(?:(?P<y>(?:19|20)\d\d)年)?(?:第?(?P<q>[一二三四])季度|(?P<half>[上下]半年))(?:[末底]之?前|[末底]?以?[前内](?=[^一-鿿]|完|要|全|基|实|建|必))"
)
#: 4月至6月: whole months in which something goes on.
_MONTHS = re.compile(
    r"(?<![\d月年])(?:(?P<y>(?:19|20)\d\d)年)?(?P<a>1[0-2]|[1-9])月?份?[至到—-](?P<b>1[0-2]|[1-9])月(?:份|底)?(?![\d初中上下日末前])"
)
#: Seasons and times of the year without a day.
_SEASON = re.compile(
    r"(?:主?汛期?|入汛|雨季|台风季|入冬|入夏|冬季|开学|高考|采暖期|采暖季|供暖|供热|复工|复产|开工|通车|投用|投入使用|封冻|开航)之?前"
    r"(?=[，,]|(?:要|须|应|必须|务必)?(?:全部|全面|基本)?(?:完成|完工|建成|整改|修复|加固|处置|到位|落实|配齐|清理|拆除))"
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
    if match is not None:
        return match[0], _eve(match[1], published)
    match = _OF_MONTH.search(text) if "日" in text else None
    if match is not None:
        return match[0], _of_month(match["when"] or "", int(match["day"]), published)
    match = _PART.search(text) if "季度" in text or "半年" in text else None
    if match is not None:
        return match[0], _end_of_part(match, published)
    match = _MONTHS.search(text) if "月" in text else None
    if match is not None:
        return match[0], _whole_months(match, published)
    match = _SEASON.search(text) if "前" in text else None
    return None if match is None else (match[0], None)


def _of_month(when: str, day: int, published: str | None) -> str | None:
    """The next such day after the page's; none of each month, nor where it can be so many days ago."""
    if published is None or when.startswith("每") or (not when and day < 10):
        return None
    page = date.fromisoformat(published)
    later = when[:1] in ("下", "次") or (not when and day < page.day)
    months = page.month - 1 + later
    try:
        return date(page.year + months // 12, months % 12 + 1, day).isoformat()
    except ValueError:
        return None


def _end_of_part(match: re.Match[str], published: str | None) -> str | None:
    """The last day of a quarter or of half a year."""
    month = 3 * _DIGITS[match["q"]] if match["q"] else 6 if match["half"][0] == "上" else 12
    year = _year(match["y"], month, published)
    return None if year is None else month_end(year, month)


def _whole_months(match: re.Match[str], published: str | None) -> str | None:
    """The first and the last day of some months; over the end of a year, into the next."""
    first, last = int(match["a"]), int(match["b"])
    year = _year(match["y"], first, published)
    if year is None:
        return None
    return f"{year}-{first:02d}-01/{month_end(year + (last < first), last)}"


def _year(written: str | None, month: int, published: str | None) -> int | None:
    if written is None and published is None:
        return None
    return int(written) if written else coming_year(month, date.fromisoformat(published or ""))


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
