"""Time limits of a clause: dates and periods, 10日内, 节前."""

from __future__ import annotations

import re
from datetime import date, timedelta

from kg.dates import coming_year, find_deadline, month_end

_WITHIN = re.compile(
    r"(?P<since>自[^，。；]{2,16}?(?:之日|之时|当日)起)?(?P<count>\d{1,3}|[一二两三四五六七八九十半]{1,3})"
    r"(?P<unit>个?工作日|个?小时|分钟|日|天|周|个?月|(?<!半)年)(?:之|以)?内(?!部|容)"
)
#: 7月24日18时前, 3月10日（星期四）下午5时前, 3月20号前, 不迟于4月5日: a day, perhaps with the hour.
_HOUR = (
    r"(?:[（(](?:星期|周)[一二三四五六日天][）)])?(?:凌晨|清晨|早上|上午|中午|下午|晚上?|夜间)?"
    r"(?:[0-2]?\d|[一二三四五六七八九十]{1,3})(?:[时点](?:\d{1,2}分?|半)?|[:：]\d\d)"
)
_DAY = re.compile(
    r"(?:(?P<y>(?:19|20)\d\d)年)?(?P<m>1[0-2]|0?[1-9])月(?P<d>[12]\d|3[01]|0?[1-9])[日号]"
    rf"(?:{_HOUR}|[（(](?:星期|周)[一二三四五六日天][）)])?(?:之?前(?![后期夕])|以前)"
    r"|(?:不[迟晚]于|最迟|至迟)(?:(?P<y2>(?:19|20)\d\d)年)?(?P<m2>1[0-2]|0?[1-9])月(?P<d2>[12]\d|3[01]|0?[1-9])[日号]"
)
#: 今晚12时前, 明天中午前, 本周五前, 凌晨2时前: counted from a day that the page's date need not be.
_SOON = re.compile(
    r"(?:[今明后当次翌][天日晚晨早]|(?:本|下|这)?(?:周|星期)[一二三四五六日天]|今夜|当夜)"
    rf"(?:{_HOUR}|(?:早上|上午|中午|下午|晚上|天黑|天亮|傍晚|下班|收工)?)(?:之?前(?![后期夕])|以前)|(?:(?<![\d月])[123]?\d日)?{_HOUR}(?:之?前(?![后期夕])|以前)"
)
_DAY_ALONE = re.compile(r"(\d+)日")
#: 到2025年底, 到6月底: by when something is to be reached.
_UP_TO = re.compile(
    r"(?:^|[，,力])(?:力争)?到(?:(?P<y>(?:19|20)\d\d)年)?(?:(?P<m>1[0-2]|0?[1-9])月)?[底末](?=[，,]|[一-鿿])(?!前)"
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
    r"(?<![\d月年])(?:(?P<y>(?:19|20)\d\d)年)?(?P<a>1[0-2]|[1-9])月?份?[至到—-]"
    r"(?:(?P<y2>(?:19|20)\d\d)年|[次明]年)?(?P<b>1[0-2]|[1-9])月(?:份|底)?(?![\d初中上下日末前])"
)
#: Seasons and times of the year without a day.
_SEASON = re.compile(
    r"(?:主?汛期?|入汛|雨季|台风季|入冬|入夏|入春|冬季|春耕|春播|秋收|麦收|三夏|开学|高考|中考|采暖期|采暖季|供暖|供热|复工|复产|开工|通车|投用|投入使用|封冻|开航|春运|元宵)"
    r"(?:来临|到来|开始)?之?前(?=[，,]|(?:要|须|应|必须|务必)?(?:全部|全面|基本)?(?:完成|完工|建成|整改|修复|加固|处置|到位|落实|配齐|清理|拆除|检修))"
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
    >>> find_limit("7月24日18时前渔船全部回港，今晚12时前人员上岸", "2022-07-23")
    ('7月24日18时前', '2022-07-24')
    >>> find_limit("今晚12时前人员上岸", "2022-07-23"), find_limit("到2025年底全部达标", "2022-07-23")
    (('今晚12时前', None), ('到2025年底', '2025-12-31'))
    >>> find_limit("自收到通知之日起30日内报备案", "2022-07-23")
    ('自收到通知之日起30日内', None)
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
        found = find_deadline(text, published) or _of_day(text, published)
        if found is not None:
            return found
    found = (
        _by_the_hour(text, published) if "前" in text or "迟" in text or "晚于" in text else None
    )
    if found is not None:
        return found
    match = _UP_TO.search(text) if "到" in text else None
    if match is not None and (match["y"] or match["m"]):
        return match[0].lstrip("，,力"), _end_of_month(match, published)
    match = _WITHIN.search(text) if "内" in text else None
    if match is not None:
        since = match["since"] is not None  # 自收到通知之日起: nobody knows when
        return match[0], None if since else _within(
            _number(match["count"]), match["unit"], published
        )
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


def _of_day(text: str, published: str | None) -> tuple[str, str | None] | None:
    """A day of a month with its hour, or not later than a day."""
    match = _DAY.search(text)
    if match is None:
        return None
    month, day = int(match["m"] or match["m2"]), int(match["d"] or match["d2"])
    year = _year(match["y"] or match["y2"], month, published)
    try:
        return match[0], None if year is None else date(year, month, day).isoformat()
    except ValueError:
        return match[0], None


def _by_the_hour(text: str, published: str | None) -> tuple[str, str | None] | None:
    """今晚12时前, 24日18时前: words only, but for a day of the month."""
    match = _SOON.search(text)
    if match is None:
        return None
    day = _DAY_ALONE.match(match[0])
    return match[0], None if day is None else _of_month("", int(day[1]), published)


def _end_of_month(match: re.Match[str], published: str | None) -> str | None:
    month = int(match["m"]) if match["m"] else 12
    year = _year(match["y"], month, published)
    return None if year is None else month_end(year, month)


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
    if count is None or published is None or "工作" in unit or "小时" in unit or "分" in unit:
        return None
    start = date.fromisoformat(published)
    if unit[-1] in {"月", "年"}:
        months = start.month - 1 + count * (12 if unit == "年" else 1)
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
