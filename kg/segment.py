"""Stage 3: text -> lines with their purpose -> segments between punctuation marks.

Page furniture (navigation, page data, credits, related headlines) is told apart by the rows of
``ontology/cues/structure.yaml``; only what remains is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from kg.cues import compiled, rows
from kg.layers import Layers, Line, LineKind, Segment

_STRIP = " \t\r　 |>●■★◆▲▪○·*#"
_HAN = re.compile(r"[一-鿿]")
_END = re.compile(r"[。！？；!?;][”’）)】]?\s*$")
#: The source behind the last sentence: …。（据《某省日报》）
_SOURCED = re.compile(r"。[\s　]*(?:[（(][^（）()：:]{3,24}[）)]|[—―－]{1,2}[^，。；：:]{3,24})$")
_ADDRESSEE = re.compile(
    r"^(?:各|有关|本县|本市|区|县|市|省|公司|机关|所属|集团)(?![^：:]*(?:要|如下|应当|必须|强调|指出))[^。；]{0,170}[^。；\d][：:]$"
)
_DATE = re.compile(
    r"(?<!\d)((?:19|20)\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?:日|(?!\d))"
)
_HAN_DATE = re.compile(
    r"([〇○零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日"
)
_HAN_DIGIT = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0}
_SUBTITLE = re.compile(r"[—―－–─]{1,2}\s*[^\s—]")
_HEAD = re.compile(
    r"(?!关于)[^，。：、“”]{2,34}(?:委员会|政府|办公室|指挥部|[局厅委办院网]|(?<!通)报|发布|融媒体?|中心|文件|公司|集团|在线|客户端|门户网站|版|头条)"
)
_PATH = re.compile(r"\S\s*(?:>>?|›|»|→)\s*\S|\s[|｜/]\s\S+\s[|｜/]\s|[A-D]?\d{2}版")
_SIGNER = re.compile(r"(?:政府|委员会|办公室|指挥部|[局厅委办院])$")
_PLAN = re.compile(r"^.{6,80}(?:方案|通知|意见|计划|办法|规定|要点|细则|通告|公告)$")
_NAMED = re.compile(r"名\s*称\s*[:：]\s*(\S[^\n　]{5,90}?)(?=\s{2,}|　|$)", re.MULTILINE)
#: A line above the body that begins with the page's date: [ 2024-02-21 ]　撰稿：质安部.
_DATED = re.compile(
    r"[\s　\[【（(]*(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}日?(?![一-鿿\d])"
)
_PUBLISHED = re.compile(r"(?:发布|发文|成文|印发|更新)?(?:时\s*间|日\s*期)\s*[:：]")
#: Of two days with labels that of publication counts: 成文日期：…　发布日期：…
_PUBLISHED_ON = re.compile(r"(?:发布|发文|公开)(?:时\s*间|日\s*期)\s*[:：]")
#: 今天是 is when the page was seen; 时间 above 地点 is when a meeting was held.
_SEEN, _WHEN, _WHERE = (
    re.compile(r"今天是"),
    re.compile(r"时\s*间\s*[:：]"),
    re.compile(r"[\s　]*地\s*点\s*[:：]"),
)
#: A report's head: 江华新闻网讯　2023-03-21（记者…）, and what a page says of its printing: 2022年3月21日印发.
_REPORT_HEAD = re.compile(
    r"[\s　]*[一-鿿]{2,14}[讯电][\s　]*((?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?)[\s　]*[（(]"
)
_PRINTED = re.compile(r"((?:19|20)\d\d年\d{1,2}月\d{1,2}日)印发[\s　]*[）)]?$")
_ISSUED = re.compile(r"((?:19|20)\d\d)年第\d+期.{0,10}?(\d{1,2}月\d{1,2}日)出版")

#: A stretch between punctuation marks; a quotation, title or bracket is taken whole. Digits keep the
#: comma that groups thousands and the colon of a clock time.
_SEGMENT = re.compile(
    r"(?:[^，,；;：:。！!？?\n“《（(【〔]+|“[^“”\n]{0,120}”|《[^《》\n]{0,120}(?:《[^《》\n]{0,80}》[^《》\n]{0,40})?》"
    r"|（[^（）\n]{0,80}）|\([^()\n]{0,80}\)|【[^【】\n]{0,40}】|〔[^〔〕\n]{0,20}〕"
    r"|(?<=\d)[,:](?=\d)|[“《（(【〔])+"
)
_NUMBER = re.compile(
    r"[\s　|●■★◆▲▪○·*]*(?:(?:[一二三四五六七八九十]{1,3}|\d{1,2})\s*[、.．](?!\d)"
    r"|[（(](?:[一二三四五六七八九十]{1,3}|\d{1,2})[)）]"
    r"|第[一二三四五六七八九十][，,、]|[①-⑳]|[一二三四五六七八九十]{1,2}是(?=[^一-鿿]|.))?[\s　|●■★◆▲▪○·*]*"
)
#: Marks of headlines in a list, and so many of them at least end a page.
_BULLETS = frozenset("·•▪◆◇●○■□★▶►※")
_HEADLINES = 2
#: A headline: somebody of a division does something. Not one that bids: ●不乱扔烟头.
_NEWS = re.compile(
    r".[\s　]*[^，。：]{1,10}[省市县区州旗盟局厅委办长记会队](?:召开|举行|开展|部署|启动|印发|出台"
    r"|发布|曝光|约谈|通报|公布|传达|调研|检查|督[查导]|暗访)"
)
_BIDS = re.compile("不|严禁|禁止|[勿请要应须]")
#: A line longer than this is body, in characters.
LONG = 300
#: Characters of a segment at most, so that the time goes with the length of the text whatever it is. The longest of the
#: 20,797 segments of our gold has 84.
LONGEST = 500
_CLOSERS = {",": "，", ";": "；", ":": "：", "!": "！", "?": "？"}
_STOPS = "。！？"


@cache
def _structure() -> tuple[tuple[re.Pattern[str], str, int], ...]:
    return tuple((compiled(row), row.kind, row.max) for row in rows("structure"))


def line_kind(line: str) -> str | None:
    """The kind of furniture a line is by the rows of ``structure.yaml``, or None.

    >>> line_kind('发布时间：2018-01-26　来源：某县安监局'), line_kind('会议强调，要抓好落实。')
    ('meta', None)
    """
    stripped = line.strip(_STRIP)
    if len(stripped) > LONG:
        return None
    sentence = _ends(stripped)
    for pattern, kind, longest in _structure():
        if longest and len(stripped) > longest:
            continue
        if pattern.match(stripped):
            if sentence and kind in {"meta", "tail"} and len(_HAN.findall(stripped)) > 8:
                continue
            return kind
    return None


def _ends(line: str) -> bool:
    """Whether a line ends a sentence."""
    return _END.search(line, max(0, len(line) - 6)) is not None


def _iso(match: re.Match[str]) -> str | None:
    year, month, day = (int(g) for g in match.groups())
    if 1 <= month <= 12 and 1 <= day <= 31:
        return f"{year:04d}-{month:02d}-{day:02d}"
    return None


def _han_number(text: str) -> int:
    if "十" in text:
        left, _, right = text.partition("十")
        return (_HAN_DIGIT[left] if left else 1) * 10 + (_HAN_DIGIT[right] if right else 0)
    return _HAN_DIGIT[text]


def find_date(text: str) -> str | None:
    """The first full date in ``text`` as ISO, in digits or in Chinese numerals.

    >>> find_date('二〇二三年九月十一日'), find_date('时间:[2020年4月13日]'), find_date('4月10日')
    ('2023-09-11', '2020-04-13', None)
    """
    match = _DATE.search(text)
    if match:
        return _iso(match)
    match = _HAN_DATE.search(text)
    if match:
        year = "".join(str(_HAN_DIGIT.get(c, 1)) for c in match[1])
        return f"{year}-{_han_number(match[2]):02d}-{_han_number(match[3]):02d}"
    return None


def _lines(layers: Layers) -> None:
    text, tail, attachment, seen_body = layers.text, False, False, False
    found: list[Line] = []
    position = 0
    for raw in text.split("\n"):
        start, end = position, position + len(raw)
        position = end + 1
        stripped = raw.strip(_STRIP)
        kind: LineKind
        furniture = None if tail or not stripped else line_kind(stripped)
        if not stripped:
            kind = "blank"
        elif tail:
            kind = "tail"
        elif len(stripped) > LONG:
            kind, seen_body = "body", True
        elif furniture == "tail":
            kind = "tail"
            tail = seen_body or layers.title is not None  # above the title: 上一篇：…
        elif furniture == "attachment":
            kind, attachment = "attachment", True
        elif furniture == "meta":
            kind = "meta"
        elif attachment and not _ends(stripped) and not _signs(stripped):
            kind = "attachment"
        elif _ADDRESSEE.match(stripped):
            kind = "addressee"
        elif layers.title is None and not seen_body and _is_title(stripped):
            kind = "title"
            inner = start + raw.index(stripped[0]) if stripped else start
            layers.title = (inner, inner + _title_length(stripped))
        elif layers.title and not seen_body and _heads(layers, found) and _is_title(stripped):
            kind = "title"  # what stood above it was the head of the page
            inner = start + raw.index(stripped[0])
            layers.title = (inner, inner + _title_length(stripped))
        elif layers.title and found and found[-1].kind == "title" and _SUBTITLE.match(stripped):
            kind = "title"
            layers.title = (layers.title[0], start + len(raw.rstrip(_STRIP)))
        elif len(stripped) < 24 and len(_HAN.findall(stripped)) < 2:
            kind = "meta" if _DATE.search(stripped) else "blank"
        elif len(stripped) > 45 or _ends(stripped) or _SOURCED.search(stripped):
            kind, seen_body = "body", True
        elif _HAN_DATE.match(stripped) or (_DATE.match(stripped) and len(stripped) < 14):
            kind = "signature"
        else:
            kind = "heading"
        found.append(Line(start, end, kind))
    layers.lines = _without_headlines(text, found)
    if layers.title is None:
        layers.title = _late_title(layers)


def _without_headlines(text: str, lines: list[Line]) -> list[Line]:
    """The lines, with those at the end of a page as its tail that are headlines with a bullet: · 某市部署防汛."""
    first, count, news = len(lines), 0, False
    for index in range(len(lines) - 1, -1, -1):
        line = lines[index]
        words = text[line.start : line.end].strip()
        if line.kind == "heading" and words[:1] in _BULLETS and not _BIDS.search(words):
            first, count = index, count + 1
            news = news or _NEWS.match(words) is not None
        elif line.kind not in {"blank", "tail", "meta"}:
            break
    if count < _HEADLINES or not news or all(ln.kind != "body" for ln in lines[:first]):
        return lines
    behind = [Line(ln.start, ln.end, "tail") if ln.kind != "blank" else ln for ln in lines[first:]]
    return lines[:first] + behind


def _heads(layers: Layers, lines: list[Line]) -> bool:
    """Whether what was taken for the title is only the head of a page: a site, an issuing body, a path."""
    if layers.title is None or any(line.kind == "addressee" for line in lines):
        return False
    above = next(layers.text[ln.start : ln.end] for ln in reversed(lines) if ln.kind == "title")
    return _HEAD.fullmatch(above.strip(_STRIP)) is not None or _PATH.search(above) is not None


def _signs(line: str) -> bool:
    """Whether a line under the attachments is the issuing body or the date."""
    return bool(_SIGNER.search(line)) or _HAN_DATE.match(line) is not None


def _title_length(line: str) -> int:
    """Where the title ends on its line: before cells of page data."""
    cell = re.search(r"\s*[|｜]", line)
    return cell.start() if cell and len(_HAN.findall(line[: cell.start()])) >= 4 else len(line)


def _late_title(layers: Layers) -> tuple[int, int] | None:
    """The heading of a plan that follows its covering letter, or the name in the page data."""
    text = layers.text
    for line in layers.lines:
        words = text[line.start : line.end]
        if line.kind == "heading" and _PLAN.search(words.rstrip(_STRIP)):
            start = line.start + len(words) - len(words.lstrip(_STRIP))
            return start, line.start + len(words.rstrip(_STRIP))
    for line in layers.lines:
        named = _NAMED.search(text, line.start, line.end) if line.kind == "meta" else None
        if named:
            return named.span(1)
    return None


def _is_title(line: str) -> bool:
    """Whether a line may be the title: not one with a full stop in it, which is text without a title."""
    if "。" in line or line[-1:] in "；;：:" or len(line) > 90:
        return False
    return len(_HAN.findall(line)) >= 5


def _published(layers: Layers) -> str | None:
    text = layers.text
    labelled = undated = None
    body = next((ln.start for ln in layers.lines if ln.kind == "body"), 0)
    for index, line in enumerate(layers.lines):
        above = line.kind == "heading" and line.start < body
        if line.kind in {"meta", "title"} or above:
            content = text[line.start : line.end]
            if _SEEN.search(content) or _is_of_a_meeting(layers, index):
                continue
            label = _PUBLISHED_ON.search(content)
            date = find_date(content[label.end() :] if label else content)
            if date and _PUBLISHED.search(content):
                labelled = labelled or date
            elif above and _DATED.match(content) is None:
                continue
            elif date:
                undated = undated or date
    if labelled or undated:
        return labelled or undated
    for line in reversed(layers.lines):
        content = text[line.start : line.end].strip(_STRIP)
        if line.kind == "signature" or (line.kind != "body" and len(content) < 24):
            date = None if _WHEN.match(content) else find_date(content)
            if date:
                return date
    return _told_of_itself(layers)


def _is_of_a_meeting(layers: Layers, index: int) -> bool:
    """时间：2022年12月8日下午 with 地点：… below it is when a meeting was held."""
    line = layers.lines[index]
    if _WHEN.match(layers.text[line.start : line.end].lstrip(_STRIP)) is None:
        return False
    following = layers.lines[index + 1 : index + 3]
    return any(_WHERE.match(layers.text[ln.start : ln.end]) for ln in following)


def _told_of_itself(layers: Layers) -> str | None:
    """The day in a report's head, or the day on which the page was printed."""
    for line in layers.lines:
        content = layers.text[line.start : line.end].rstrip(_STRIP)
        head = _REPORT_HEAD.match(content) or (len(content) < 90 and _PRINTED.search(content))
        if head:
            return find_date(head[1])
        issued = _ISSUED.search(content) if len(content) < 90 else None
        if issued:
            return find_date(f"{issued[1]}年{issued[2]}")
    return None


def _stretches(text: str, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """Yield what stands between punctuation marks; what is longer than any clause is cut (True)."""
    for match in _SEGMENT.finditer(text, start, end):
        first, last = match.span()
        while last - first > LONGEST:
            yield first, first + LONGEST, True
            first += LONGEST
        yield first, last, False


def _segments(layers: Layers) -> None:
    text, sentence = layers.text, 0
    out: list[Segment] = []
    for index, line in enumerate(layers.lines):
        if line.kind not in {"body", "heading", "title"}:
            continue
        sentence += 1
        for start, last, cut in _stretches(text, line.start, line.end):
            end = last
            closer = "，" if cut else text[end] if end < line.end else "\n"
            closer = _CLOSERS.get(closer, closer)
            number = _NUMBER.match(text, start, end)
            inner = number.end() if number else start
            while end > inner and text[end - 1] in " \t　|\r":
                end -= 1
            if end > inner:
                numbered = any(c not in " \t　|\r●■★◆▲▪○·*" for c in text[start:inner])
                out.append(Segment(inner, end, closer, sentence, index, numbered))
            if closer in _STOPS:
                sentence += 1
    layers.segments = out


def segment(layers: Layers) -> None:
    """Fill the layers ``lines``, ``title``, ``published`` and ``segments``."""
    _lines(layers)
    layers.published = _published(layers)
    _segments(layers)
