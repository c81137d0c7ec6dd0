"""Dates in running Chinese text, resolved against the page's date: 1月3日, 昨日, 今天上午, 年底前, 自即日起至…."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_DAY = re.compile(
    r"(?:(?P<y>(?:19|20)\d\d)年)?(?P<m>1[0-2]|0?[1-9]|元)月(?P<d>[12]\d|3[01]|0?[1-9])(?:日|号(?![楼井矿库线路台车令文店院机炉船]))"
    r"|(?P<rel>昨(?:[（(]\d\d?[）)])?[日天晚]|今(?:[（(]\d\d?[）)])?[日天晚](?!后)|(?<![日天以之])前[日天]|前一[日天]|当[日天晚]|同[日天](?!津)|[次翌]日|[上本]?(?:周|星期)[一二三四五六日天](?![一-鿿]{0,2}至))"
    r"|(?:(?P<cy>[一二][〇○零一二三四五六七八九]{3})年)?(?P<cm>十[一二]?|[一二三四五六七八九])月(?P<cd>三十一?|二?十[一二三四五六七八九]?|二十|[一二三四五六七八九])[日号]"
    r"|(?P<lm>上个?月)(?P<ld>[12]\d|3[01]|[1-9])日"
    r"|(?:(?<=[本当]月)|(?<![\d月年、至到—–~-]))(?P<od>[12]\d|3[01]|[1-9])日(?=[上下晚凌中傍清深早夜午]|一早|[，,]|在|召开|举行|同[时步]|主持|组织|紧急|专题|连夜|印发|收[看听]|[，,]?[一-鿿]{2,12}召开)"
)
#: A day in the furniture of a page, which tells the year of the days that leave it out.
_STAMP = re.compile(
    r"(?<!\d)((?:19|20)\d\d)(?:[-/.]\d{1,2}[-/.]\d{1,2}(?!\d)|年\d{1,2}月\d{1,2}日(?=第?\s*\d*[版期刊]))"
)
#: The day of a speech, on a line of its own under its title: what 今天 is there.
_SPOKEN = re.compile(
    r"^[\s　]*[（(]((?:19|20)\d\d)年(\d{1,2})月(\d{1,2})日[）)][\s　]*$", re.MULTILINE
)
#: So far from the beginning of the text that line stands, in characters.
HEAD = 160
_ACCIDENT = re.compile(r"事故|爆炸|火灾|坍塌|灾害|发生")
_NATURE = re.compile(
    r"水位|汛限|降[雨雪水]|暴[雨雪]|台风|登陆|气象|预[计报]|洪峰|寒潮|大风|降温|洪水"
)
_TRIGGER = re.compile(
    r"[0-9元昨今前当同次翌上本周星](?:[0-9]+)?|[一二][〇○零一二三四五六七八九]{3}年|[一二三四五六七八九十]{1,2}月(?=[一二三四五六七八九十])"
)
#: Digits of a year and numbers of a month or a day in characters.
_DIGITS = {c: str(i) for i, c in enumerate("〇一二三四五六七八九")} | {"○": "0", "零": "0"}
#: What stands before the first word of a sentence.
_OPENS = frozenset("。！？；\n 　）)】讯电")
_LAST_YEAR = ("去年", "上年")
_RELATIVE = {"昨": -1, "今": 0, "前": -2}
#: What follows the day of a dateline, from which 昨日 and 今天 count.
_DATELINE = frozenset("讯电")


@dataclass(frozen=True, slots=True)
class DateMention:
    """A day named in the text; ``iso`` is None where the year cannot be known."""

    start: int
    end: int
    iso: str | None
    same_day: bool = False
    """当天, 当日: the day named before."""


def _month(word: str) -> int:
    """The number of a month; 元月 is January."""
    return 1 if word == "元" else int(word)


def _number(word: str) -> int:
    """A number below a hundred in characters.

    >>> [_number(w) for w in ("二", "十", "十二", "二十", "三十一")]
    [2, 10, 12, 20, 31]
    """
    tens, ten, ones = word.rpartition("十")
    return (int(_DIGITS[tens or "一"]) * 10 if ten else 0) + (int(_DIGITS[ones]) if ones else 0)


def _safe(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def with_year(month: int, day: int, published: str | None, year: int | None = None) -> str | None:
    """The ISO date of a day without year: the last one not after the page's date (roll-over included).

    >>> with_year(12, 30, '2012-01-03'), with_year(1, 3, '2012-01-03')
    ('2011-12-30', '2012-01-03')
    """
    if year is not None:
        return _safe(year, month, day)
    if published is None:
        return None
    page = date.fromisoformat(published)
    guess = page.year
    if (month, day) > (page.month, page.day) and (month - page.month) * 31 + day - page.day > 45:
        guess -= 1
    return _safe(guess, month, day)


def _written(match: re.Match[str]) -> tuple[int | None, int, int]:
    """Year, month and day as written, in figures or in characters."""
    if match["cm"]:
        year = "".join(_DIGITS[c] for c in match["cy"]) if match["cy"] else ""
        return int(year) if year else None, _number(match["cm"]), _number(match["cd"])
    return int(match["y"]) if match["y"] else None, _month(match["m"]), int(match["d"])


def _days(text: str) -> Iterator[re.Match[str]]:
    """Every match of a day, tried only where one can begin: the trigger scans ten times as fast."""
    last = 0
    for trigger in _TRIGGER.finditer(text):
        if trigger.start() < last:
            continue
        match = _DAY.match(text, trigger.start())
        if match is not None:
            last = match.end()
            yield match
        elif trigger[0][0].isdigit():
            last = trigger.end()


def spoken_day(text: str) -> str | None:
    r"""The day under the title of a speech as ISO.

    >>> spoken_day("在全市会议上的讲话\n（2022年5月6日）\n同志们："), spoken_day("2022年5月6日，全市会议召开")
    ('2022-05-06', None)
    """
    found = _SPOKEN.search(text, 0, HEAD)
    return _safe(*(int(g) for g in found.groups())) if found else None


def find_days(text: str, published: str | None, *, year: int | None = None) -> list[DateMention]:
    """Every day named in ``text`` in order; 昨日 and the like count from ``published``.

    >>> [d.iso for d in find_days('昨日召开会议，此前的12月28日', '2024-01-01')]
    ['2023-12-31', '2023-12-28']
    >>> [d.iso for d in find_days('某网4月26日讯 昨日，市里开会，27日上午，县里开会', '2019-04-28')]
    ['2019-04-26', '2019-04-25', '2019-04-27']
    >>> [d.iso for d in find_days('某网讯　2023-03-21（记者 某某）3月20日，县里开会', None)]
    ['2023-03-20']
    >>> [d.iso for d in find_days('6月13日爆炸事故伤亡重大。15日，国务院开会。事故发生当天，省里开会', '2021-06-17')]
    ['2021-06-13', '2021-06-15', '2021-06-13']
    >>> [d.iso for d in find_days('7月6日，县长巡堤。水库7月5日超汛限。当天下午，县里会商', '2020-07-07')][-1]
    '2020-07-06'
    >>> [d.iso for d in find_days('定于2023年2月9日（星期四）', None)]
    ['2023-02-09', '2023-02-09']
    >>> [d.iso for d in find_days('二〇二一年七月二日召开会议，去年8月1日起，上月30日', '2021-07-05')]
    ['2021-07-02', '2020-08-01', '2021-06-30']
    """
    out: list[DateMention] = []
    year_seen = year
    today = spoken_day(text) or published
    if year is None and published is None:
        stamped = {m[1] for m in _STAMP.finditer(text)}
        year_seen = int(stamped.pop()) if len(stamped) == 1 else None
    for match in _days(text):
        relative = match["rel"]
        if match["od"]:
            out.append(DateMention(*match.span(), _of_month(int(match["od"]), out, today)))
        elif match["lm"]:
            out.append(DateMention(*match.span(), _last_month(int(match["ld"]), today)))
        elif relative is None:
            own, month, day = _written(match)
            if own is None and published and text.startswith(_LAST_YEAR, match.start() - 2):
                own = int(published[:4]) - 1
            year_seen = own or year_seen
            iso = with_year(month, day, published, own)
            if iso is None and published is None and year_seen is not None:
                iso = _safe(year_seen, month, day)
            out.append(DateMention(match.start(), match.end(), iso))
            if iso and text[match.end() : match.end() + 1] in _DATELINE:
                today = iso
        elif relative[0] in "当同":
            told = text.endswith("发生", 0, match.start())
            opens = _opens(text, match.start())
            last = None if told else _last_told(text, out[-20:], published, opens=opens)
            iso = _of_accident(text, out[-20:]) if told else last
            out.append(DateMention(match.start(), match.end(), iso, same_day=True))
        elif (
            relative[0] in "周星"
            and text[match.start() - 1] in "（("
            and _ends_at(out, match.start() - 1)
        ):
            out.append(DateMention(*match.span(), out[-1].iso))  # 2月9日（星期四）
        elif relative[0] in "上本周星":
            out.append(DateMention(*match.span(), _weekday(relative, today)))
        elif relative[0] in "次翌" or relative.startswith("前一"):
            last = out[-1].iso if out else None
            step = timedelta(days=1 if relative[0] in "次翌" else -1)
            iso = (date.fromisoformat(last) + step).isoformat() if last else None
            out.append(DateMention(match.start(), match.end(), iso))
        else:
            base = date.fromisoformat(today) if today else None
            iso = (base + timedelta(days=_RELATIVE[relative[0]])).isoformat() if base else None
            out.append(DateMention(match.start(), match.end(), iso))
    return out


def _ends_at(days: list[DateMention], end: int) -> bool:
    """Whether the last day named ends at a place."""
    return bool(days) and days[-1].end == end


def _opens(text: str, start: int) -> bool:
    """Whether a day opens a sentence: 7月6日，…, 在26日下午召开的会上，…."""
    if text[max(0, start - 1) : start] in {"在", "于"}:
        start -= 1
    return start == 0 or text[start - 1] in _OPENS


def _of_nature(text: str, day: DateMention) -> bool:
    """Whether the sentence of a day only tells what weather and water did: 水库7月5日20时超汛限水位."""
    begin = text.rfind("。", 0, day.start) + 1
    end = text.find("。", day.end)
    return _NATURE.search(text, begin, end if end >= 0 else len(text)) is not None


def _last_told(
    text: str, days: list[DateMention], published: str | None, *, opens: bool
) -> str | None:
    """The ISO date of 当日: the last day named that is no limit (1月20日前) and not after the page's own.

    Where it ``opens`` a sentence it goes on from no day of the weather: 7月6日，县长巡堤。水库7月5日超汛限。当天，….
    """
    told = [
        day
        for day in days
        if day.iso
        and not (published and day.iso > published)
        and text[day.end : day.end + 1] not in {"前", "起", "至", "之"}
    ]
    if opens:
        told = [d for d in told if _opens(text, d.start) or not _of_nature(text, d)] or told
    return (told or days)[-1].iso if days else None


def _of_accident(text: str, days: list[DateMention]) -> str | None:
    """The ISO date of 事故发生当天: the first day of which an accident is told, else the last one named."""
    for day in days:
        stop = text.find("。", day.end, day.end + 60)
        if _ACCIDENT.search(text, day.end, stop if stop >= 0 else day.end + 60):
            return day.iso
    return days[-1].iso if days else None


def _weekday(words: str, today: str | None) -> str | None:
    """The ISO date of 本周一, 上周五 or 周三, the last one up to today where no week is named.

    >>> _weekday("本周一", "2020-12-24"), _weekday("上周五", "2020-12-24"), _weekday("周日", "2020-12-24")
    ('2020-12-21', '2020-12-18', '2020-12-20')
    """
    if today is None:
        return None
    page = date.fromisoformat(today)
    day = "一二三四五六日".index(words[-1].replace("天", "日"))
    found = page - timedelta(days=page.weekday() - day)
    if words[0] == "上" or (words[0] != "本" and found > page):
        found -= timedelta(days=7)
    return found.isoformat()


def _of_month(day: int, before: list[DateMention], today: str | None) -> str | None:
    """The ISO date of 10日 without month: in the month named before, else the last one up to today."""
    known = next((d.iso for d in reversed(before) if d.iso), None)
    if known:
        return _safe(int(known[:4]), int(known[5:7]), day)
    if today is None:
        return None
    page = date.fromisoformat(today)
    if day <= page.day:
        return _safe(page.year, page.month, day)
    last = page.replace(day=1) - timedelta(days=1)
    return _safe(last.year, last.month, day)


def _last_month(day: int, today: str | None) -> str | None:
    """The ISO date of 上月25日.

    >>> _last_month(25, "2023-01-09")
    '2022-12-25'
    """
    if today is None:
        return None
    page = date.fromisoformat(today)
    return _safe(page.year - (page.month == 1), page.month - 1 or 12, day)


_DEADLINE = re.compile(
    r"(?P<interval>(?:自|从)?(?P<now>即日)起?(?:到|至)"
    r"|(?:自|从)?(?P<from>(?:(?:19|20)\d\d年)?\d{1,2}月\d{1,2}日)起?[到至—-])?"
    r"(?:(?:(?:(?P<y>(?:19|20)\d\d)|(?P<ny>[今本明次]))(?:年的?|(?=年[底末内])))?"
    r"(?:(?P<m>1[0-2]|0?[1-9])月(?:(?P<d>[12]\d|3[01]|0?[1-9])日|(?P<part>底|末|上旬|中旬|下旬|份)?)"
    r"|(?P<year_end>年底|年末|(?<![半一二两三四五六七八九十0-9])年内)|(?P<month_end>月底|本月底|月末)))"
    r"(?P<before>前后|之?前|以前|止|结束|期间|内)?"
)


def find_deadline(text: str, published: str | None) -> tuple[str, str | None] | None:
    """A time limit in a clause: its words and its ISO date or interval (``start/end``).

    >>> find_deadline('要于10月底前完成摸底', '2021-09-22')
    ('10月底前', '2021-10-31')
    >>> find_deadline('6月前完成', '2022-03-01'), find_deadline('6月20日前后', '2022-03-01')
    (('6月前', '2022-05-31'), None)
    >>> find_deadline('自2021年1月4日起至3月31日，集中开展', '2020-12-31')
    ('自2021年1月4日起至3月31日', '2021-01-04/2021-03-31')
    """
    for match in _DEADLINE.finditer(text):
        limited = match["before"] in {"前", "之前", "以前", "止", "结束"} or match["interval"]
        if not limited and match["year_end"] != "年内":
            continue
        iso = _deadline_iso(match, published)
        return match[0], iso
    return None


def _deadline_iso(match: re.Match[str], published: str | None) -> str | None:
    page = date.fromisoformat(published) if published else None
    year = int(match["y"]) if match["y"] else None
    if year is None and match["ny"] and page:
        year = page.year + (1 if match["ny"] in {"明", "次"} else 0)
    begin_year = re.match(r"(\d{4})年", match["from"] or "")
    if begin_year and year is None:
        year = int(begin_year[1])
    month = int(match["m"]) if match["m"] else None
    if match["month_end"]:
        if page is None:
            return None
        month = page.month
        end = month_end(page.year, month)
    elif match["year_end"]:
        if year is None and page is None:
            return None
        end = f"{year or (page.year if page else 0)}-12-31"
    elif month is not None:
        if year is None:
            if page is None:
                return None
            year = coming_year(month, page)
        if match["d"]:
            end = _safe(year, month, int(match["d"])) or ""
        elif match["part"] == "上旬":
            end = f"{year}-{month:02d}-10"
        elif match["part"] == "中旬":
            end = f"{year}-{month:02d}-20"
        elif not match["part"] and match["before"] in {"前", "之前", "以前"}:  # 6月前: with May
            end = month_end(year - (month == 1), month - 1 or 12)
        else:
            end = month_end(year, month)
    else:
        return None
    if not end:
        return None
    start = published if match["now"] else _begin(match["from"], int(end[:4]), end)
    return f"{start}/{end}" if start and start < end else end


def coming_year(month: int, page: date) -> int:
    """The year of a month in which something is asked for: the page's, or the next where it is long past.

    >>> coming_year(3, date(2023, 12, 18)), coming_year(10, date(2023, 12, 18))
    (2024, 2023)
    """
    return page.year + (1 if month < page.month - 3 else 0)


def _begin(words: str | None, year: int, end: str) -> str | None:
    """The day on which a period begins that ends on a known one, in its year or the one before."""
    found = re.fullmatch(r"(?:(\d{4})年)?(\d{1,2})月(\d{1,2})日", words or "")
    if found is None:
        return None
    day = _safe(int(found[1] or year), int(found[2]), int(found[3]))
    late = day is not None and day > end and not found[1]
    return _safe(year - 1, int(found[2]), int(found[3])) if late else day


def month_end(year: int, month: int) -> str:
    """The last day of a month, as an ISO date."""
    return f"{year}-{month:02d}-{monthrange(year, month)[1]:02d}"
