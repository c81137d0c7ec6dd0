"""Reading web pages and Markdown: their text, and where it stands in the raw file."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kg.errors import InputError
from kg.read import html as html_format
from kg.read import markdown as markdown_format
from kg.read import read_path
from kg.read.markup import attributes, tokens
from kg.read.page import Page

SIMPLIFIED = (
    "4月10日上午，黑龙江省政府召开全省安全生产电视电话会议。会议强调，要狠抓尾矿库安全风险防范。"
)


def page(markup: str) -> Page:
    return html_format.read(markup.encode())


# --- web pages ---------------------------------------------------------------------------------

PAGE = """<!DOCTYPE html>
<html><head><meta charset="gb2312">
<title>各地加紧落实会议精神_安全要闻_某某应急管理网</title>
<meta name="PubDate" content="2020-04-13 09:12">
<script>var a = "<p>不是正文</p>";</script><style>p { color: red }</style></head>
<body class="has-sidebar">
<nav><a href="/">首页</a> | <a href="/a">要闻</a></nav>
<ul class="list"><li><a href=1>河北开展煤矿检查</a><li><a href=2>山西开展煤矿检查</a>
<li><a href=3>陕西开展煤矿检查</a></ul>
<div id="zoom"><h1>各地加紧落实会议精神</h1>
<p>会议强调，要狠抓<b>尾矿</b>&#24211;安全
风险防范&nbsp;&mdash;&mdash;严防&ldquo;溃坝&rdquo;。</p><p hidden>隐藏的话</p>
<table><tr><td>牵头单位<td>应急管理局</tr></table>
<ruby>礦<rt>kuàng</rt></ruby>山<br>安全 first<!-- 注 --></div>
<div class="mainNav">版权所有</div><footer>主办：某某局</footer></body></html>
"""


def test_html_gives_the_text_a_reader_sees() -> None:
    assert page(PAGE).text == (
        "各地加紧落实会议精神\n"
        "会议强调，要狠抓尾矿库安全风险防范\u00a0——严防“溃坝”。\n"
        "牵头单位\t应急管理局\n礦山\n安全 first"
    )


def test_html_takes_title_and_date_from_what_the_page_states() -> None:
    assert (page(PAGE).title, page(PAGE).published) == ("各地加紧落实会议精神", "2020-04-13")


@pytest.mark.parametrize(
    ("markup", "title", "published"),
    [
        ('<meta name=ArticleTitle content="通知一"><title>x</title>', "通知一", None),
        ("<title>关于开展检查的通知 - 某县人民政府</title>", "关于开展检查的通知", None),
        ("<title>办公厅</title>", "办公厅", None),
        ("<title>站点</title><h1>关于开展检查的通知</h1>", "站点", None),
        ("<h1>关于开展<br>检查的通知</h1>", "关于开展检查的通知", None),
        ("<p>x</p>", None, None),
        ('<meta name="pubdate" content="2021-02-30">', None, None),
        (
            '<meta property="article:published_time" content="2021-02-03T08:00:00+08:00">',
            None,
            "2021-02-03",
        ),
        ('<time itemprop="datePublished" datetime="2021-02-03">', None, "2021-02-03"),
        (
            '<script type="application/ld+json">{"@graph": [{"headline": "通知二", '
            '"datePublished": "2021-02-03"}]}</script>',
            "通知二",
            "2021-02-03",
        ),
        ('<script type="application/ld+json">{"headline": </script>', None, None),
        (f'<script type="application/ld+json">{"[" * 100_000}</script>', None, None),
    ],
)
def test_html_metadata(markup: str, title: str | None, published: str | None) -> None:
    assert (page(markup).title, page(markup).published) == (title, published)


def test_html_alignment_reaches_over_tags_and_entities() -> None:
    read = page(PAGE)
    start = read.text.index("尾矿库安全风险")
    begin, end = read.alignment.to_input(start, start + len("尾矿库安全风险"))
    assert read.raw[begin:end] == "尾矿</b>&#24211;安全\n风险"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>一<p>二", "一\n二"),
        ("<div><div><p>一</p></div></div>\n\n<p>二", "一\n二"),
        ("生<b>产</b>安 <i> 全</i>", "生产安 全"),
        ("安全\r\n   生产 A\nB", "安全生产 A B"),
        (
            "a &lt;b&gt; &amp;amp; &notit; &bogus; &#x4e00; &#0;",
            "a <b> &amp; ¬it; &bogus; 一 \ufffd",
        ),
        ("PM2.5<75 且 1 < 2", "PM2.5<75 且 1 < 2"),
        ("<pre>一\n  二</pre>三", "一\n  二\n三"),
        ("<p title='a>b'>一</p>", "一"),
        ('<p title="a>一</p>', "一"),
        ("一<!-- <p>二 -->三<!--四", "一三"),
        ("一<!DOCTYPE x><?php 二 ?>三</>", "一三"),
        ("<textarea>一</textarea>二<select><option>三</select>四", "二四"),
        ("<SCRIPT>一</script >二", "二"),
        ("<o:p/>一<svg><path/><text>二</text></svg>三", "一三"),
        ("一</div></p>二", "一\n二"),
        ("<article>一二三四五六</article><div>七八</div>", "一二三四五六"),
        ("<article>一</article><div>二三四五六七八</div>", "一\n二三四五六七八"),
        ("<div class=share>全文都在这里</div>", "全文都在这里"),
        ("<a name=x>一二三<p>四五六", "一二三\n四五六"),
        ("", ""),
    ],
)
def test_html_text_of_small_markup(markup: str, text: str) -> None:
    assert page(markup).text == text


def test_html_declared_charset_does_not_override_the_bytes(tmp_path: Path) -> None:
    file = tmp_path / "a.html"
    file.write_bytes(f'<meta charset="utf-8"><p>{SIMPLIFIED}</p>'.encode("gbk"))
    assert (read_path(file).encoding, read_path(file).text) == ("gb18030", SIMPLIFIED)


def test_html_attributes_are_read_as_browsers_do() -> None:
    written = next(tokens("""<a HREF='x"y' b=c/d e f = "g>h" b=z>""")).attributes
    assert attributes(written) == {"href": 'x"y', "b": "c/d", "e": "", "f": "g>h"}


PIECES = """尾矿 库 &lt; &nbsp; &#24211; &#xD800; &amp &notit; & < > <p> </p> <b> </b> <br/> </div>
<td> <tr> <!-- --> <script> </script> <title> </title> <pre> </pre> </a> <li> <ul> </ul> <nav>
</nav> <article> </article> <svg/> <rt> </rt> <main> <![CDATA[ ]]> <? \u3000 “ x 1<2 ' "
"""
SPACED = [" ", "\n", "\r\n\t", "<div class=nav>", "<a href=1>", "<p hidden>", '<p a="']
WORDS = st.sampled_from([*re.split("[ \n]", PIECES), *SPACED, "\ufeff"])


@given(st.lists(WORDS, max_size=60).map("".join) | st.text(max_size=80))
@example("<p>生\n<b> 产</b></p>&nbsp;<td>x")
def test_html_text_stands_in_the_raw_file_where_the_alignment_says(markup: str) -> None:
    try:
        read = page(markup)
    except InputError:
        return
    assert_aligned(read)


@given(
    st.lists(
        st.sampled_from(
            [
                "# ",
                "**",
                "*",
                "[",
                "](",
                ")",
                "\\",
                "`",
                "- ",
                "\n",
                "尾矿",
                "库",
                " ",
                "!",
                "---\n",
                "title: x",
            ]
        ),
        max_size=40,
    ).map("".join)
)
def test_markdown_text_stands_in_the_raw_file_where_the_alignment_says(text: str) -> None:
    assert_aligned(markdown_format.read(text.encode()))


def assert_aligned(read: Page) -> None:
    """Each character is what its raw span shows; the spans go forward."""
    before = 0
    covered = 0
    for out, start, out_length, raw_length in read.alignment.runs:
        assert (out, start >= before) == (covered, True)
        shown, written = read.text[out : out + out_length], read.raw[start : start + raw_length]
        if raw_length == 0:
            assert shown in ("\n", "\t")
        elif written.startswith("&") and out_length != raw_length:
            assert html.unescape(written) == shown
        else:
            for a, b in zip(shown, written, strict=True) if len(shown) == len(written) else ():
                assert a == b or (a == " " and b in "\t\r\n\f ")
            assert len(shown) == len(written) or (shown == " " and written.isspace())
        before, covered = start + raw_length, out + out_length
    assert (covered, before <= len(read.raw)) == (len(read.text), True)


LONG = {
    "a long article": f"<p>{SIMPLIFIED}</p>\n",
    "open tags": "<div>",
    "tags that never end": "<b ",
    "quotes that never end": '<a b="',
    "closing tags without opening": "<i></b>",
    "references": "&lt;&x",
    "comments": "<!-- <",
    "scripts": "<script><title>",
    "brackets": "<",
    "declarations": "<![CDATA[<!",
    "white space": "<b> \n ",
}


def grows_in_proportion(seconds: Callable[[int], float], size: int) -> bool:
    """Whether eight times the size takes less than 24 times as long; a busy machine has more tries."""
    small = max(min(seconds(size) for _ in range(3)), 0.01)
    return any(seconds(8 * size) < 24 * small for _ in range(4))


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(LONG))
def test_html_takes_linear_time_whatever_the_markup(name: str) -> None:
    unit = LONG[name]

    def seconds(size: int) -> float:
        data = (unit * (size // len(unit.encode()) + 1)).encode()
        start = time.process_time()
        html_format.read(data)
        return time.process_time() - start

    assert grows_in_proportion(seconds, 250_000)


@pytest.mark.slow
def test_html_reads_five_megabytes() -> None:
    markup = f"<p>{SIMPLIFIED}<b>尾矿</b>库</p>\n" * 33_000
    assert len(markup.encode()) > 5_000_000
    assert page(markup).text.count("尾矿库") == 66_000


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["*a ", "[](", "![a](", "**", "# ", "- ", "\\", "["])
def test_markdown_takes_linear_time_whatever_the_marks(unit: str) -> None:
    def seconds(times: int) -> float:
        start = time.process_time()
        markdown_format.read((unit * times).encode())
        return time.process_time() - start

    assert grows_in_proportion(seconds, 100_000)


# --- Markdown ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("# 关于检查的通知\n\n要狠抓**尾矿**库", "关于检查的通知\n\n要狠抓尾矿库"),
        ("> 引文\n- 一是*狠抓*落实\n* 二是", "引文\n一是狠抓落实\n二是"),
        ('见[《意见》](http://a.example/b "c")和![图](d.png)。', "见《意见》和。"),
        ("1\\. 第一条 `代码` 3*4*5 2*3", "1. 第一条 代码 345 2*3"),
        ("没有标记的通知", "没有标记的通知"),
    ],
)
def test_markdown_loses_its_marks_and_keeps_its_words(written: str, text: str) -> None:
    assert markdown_format.read(written.encode()).text == text


def test_markdown_front_matter_gives_title_and_date() -> None:
    read = markdown_format.read('---\ntitle: "通知"\ndate: 2020-04-13\n---\n会议强调'.encode())
    assert (read.title, read.published, read.text) == ("通知", "2020-04-13", "会议强调")
    assert read.alignment.to_input(0, 4) == (read.raw.index("会议"), len(read.raw))
