"""Reading: encodings, refusals, the text of web pages and Markdown, offsets into the raw file."""

from __future__ import annotations

import html
import os
import re
import time
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kg.errors import InputError
from kg.model import Notice
from kg.read import MAX_BYTES, find, formats, read_path, read_text
from kg.read import html as html_format
from kg.read import markdown as markdown_format
from kg.read.encoding import decode
from kg.read.markup import attributes, tokens
from kg.read.page import Page

ROOT = Path(__file__).resolve().parent.parent
SEED = ROOT / "seeds" / "000_c8ec3da968c620af.txt"

SIMPLIFIED = (
    "4月10日上午，黑龙江省政府召开全省安全生产电视电话会议。会议强调，要狠抓尾矿库安全风险防范。"
)
TRADITIONAL = (
    "4月10日上午，黑龍江省政府召開全省安全生產電視電話會議。會議強調，要狠抓尾礦庫安全風險防範。"
)


def page(markup: str) -> Page:
    return html_format.read(markup.encode())


# --- encodings ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("codec", "text", "named"),
    [
        ("utf-8", SIMPLIFIED, "utf-8"),
        ("utf-8-sig", SIMPLIFIED, "utf-8-sig"),
        ("utf-16", SIMPLIFIED, "utf-16"),
        ("utf-16-le", SIMPLIFIED, "utf-16-le"),
        ("utf-16-be", SIMPLIFIED, "utf-16-be"),
        ("utf-32", SIMPLIFIED, "utf-32"),
        ("gbk", SIMPLIFIED, "gb18030"),
        ("gb18030", SIMPLIFIED, "gb18030"),
        ("gb18030", TRADITIONAL, "gb18030"),
        ("utf-8", TRADITIONAL, "utf-8"),
        ("big5", TRADITIONAL, "big5hkscs"),
        ("utf-16-le", TRADITIONAL.replace("4", "四").replace("10", "十"), "utf-16-le"),
    ],
)
def test_read_detects_the_encoding_and_loses_no_character(
    tmp_path: Path, codec: str, text: str, named: str
) -> None:
    file = tmp_path / "notice.txt"
    file.write_bytes(text.encode(codec))
    notice = read_path(file)
    assert (notice.encoding, notice.raw, notice.text) == (named, text, text)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "gb18030"])
def test_read_reads_the_seed_alike_in_every_encoding(tmp_path: Path, codec: str) -> None:
    text = SEED.read_bytes().decode()
    file = tmp_path / "seed.txt"
    file.write_bytes(text.encode(codec))
    assert read_path(file).raw == text


def test_read_does_not_translate_line_ends(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes("会议要求\r\n狠抓尾矿库\r安全\n".encode())
    assert read_path(file).raw == "会议要求\r\n狠抓尾矿库\r安全\n"


def test_read_counts_offsets_after_the_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(SIMPLIFIED.encode("utf-8-sig"))
    assert read_path(file).raw[0] == "4"


def test_read_takes_two_words_that_are_also_valid_utf8_for_the_chinese_they_are() -> None:
    assert decode("联通".encode("gbk")) == ("联通", "gb18030")


def test_read_marks_a_cut_character_instead_of_refusing_a_whole_notice() -> None:
    text, encoding = decode((SIMPLIFIED * 20).encode()[:-1])
    assert encoding == "utf-8"
    assert text == (SIMPLIFIED * 20)[:-1] + "\ufffd"


@pytest.mark.parametrize("codec", ["utf-8", "gb18030", "big5hkscs", "utf-16-le", "utf-16-be"])
@given(cut=st.integers(0, 80), junk=st.binary(max_size=2))
def test_decoding_is_what_the_named_codec_makes_of_the_bytes(
    codec: str, cut: int, junk: bytes
) -> None:
    whole = (TRADITIONAL * 20).encode(codec)
    data = whole[:cut] + junk + whole[cut:]
    try:
        text, encoding = decode(data)
    except InputError:
        return
    assert data.decode(encoding, "replace") == text


@given(st.binary(max_size=400))
def test_decoding_never_crashes_on_any_bytes(data: bytes) -> None:
    try:
        text, encoding = decode(data)
    except InputError:
        return
    assert data.decode(encoding, "replace") == text


# --- refusals ----------------------------------------------------------------------------------

REFUSALS = {
    "empty.txt": (b"", "it is empty"),
    "blank.txt": (b" \r\n\t ", "only white space"),
    "mark.txt": (b"\xef\xbb\xbf", "holds no text"),
    "wide.txt": ("\u3000\u3000\n".encode(), "holds no text"),
    "nul.txt": (SIMPLIFIED.encode() + b"\x00", "NUL"),
    "noise.txt": (bytes(range(256)) * 40, "it is binary"),
    "control.txt": ("安\x01全\x02生\x03产\x04".encode(), "control characters"),
    "english.txt": (b"All mines must be inspected before the flood season. " * 20, "not Chinese"),
    "russian.txt": ("Все шахты должны быть проверены до паводка. " * 20).encode(),
    "korean.txt": ("모든 사업장에서 안전 관리 규정을 지켜야 한다. " * 20).encode(),
    "korean-old.txt": ("모든 사업장에서 안전 관리 규정을 지켜야 한다. " * 20).encode("euc_kr"),
    "japanese.txt": (
        "鉱山の安全を確保するため、すべての事業場を点検しなければならない。" * 9
    ).encode(),
    "latin.txt": ("Toutes les mines doivent être inspectées. " * 20).encode("latin-1"),
    "pdf.txt": (b"%PDF-1.7 ...", "a PDF"),
    "zip.txt": (b"PK\x03\x04....", "a zip archive"),
    "doc.txt": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "an old Office"),
    "png.html": (b"\x89PNG\r\n", "a PNG picture"),
    "notice.pdf": (SIMPLIFIED.encode(), "a broken PDF"),
    "notice.docx": (SIMPLIFIED.encode(), "cannot be unpacked as a Word document"),
    "notice.doc": (SIMPLIFIED.encode(), "an old Word document"),
    "notice.eml": (SIMPLIFIED.encode(), "an e-mail"),
    "notice.zip": (SIMPLIFIED.encode(), "a zip archive"),
    "half.txt": (b"\xff\xfe" + SIMPLIFIED.encode("utf-16-le") + b"\x89", "broken"),
    "script.html": (f"<script>{SIMPLIFIED}</script>".encode(), "holds no text"),
}


@pytest.mark.parametrize("name", sorted(REFUSALS))
def test_read_refuses_in_one_line_that_names_the_file(tmp_path: Path, name: str) -> None:
    case = REFUSALS[name]
    data, message = case if isinstance(case, tuple) else (case, "Chinese")
    (tmp_path / name).write_bytes(data)
    with pytest.raises(InputError, match=message) as caught:
        read_path(tmp_path / name)
    assert str(caught.value).startswith(f"{tmp_path / name}: ")
    assert "\n" not in str(caught.value)


def test_read_refuses_a_file_larger_than_the_limit_without_reading_it_all(tmp_path: Path) -> None:
    file = tmp_path / "large.txt"
    with file.open("wb") as out:
        out.write(SIMPLIFIED.encode())
        out.truncate(MAX_BYTES + 1)
    with pytest.raises(InputError, match="larger than 20 MB"):
        read_path(file)


def test_read_refuses_a_missing_file_a_folder_and_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.txt"
    os.mkfifo(pipe)
    for path, message in (
        (tmp_path / "no.txt", "No such file"),
        (tmp_path, "no regular file"),
        (pipe, "no regular file"),
    ):
        with pytest.raises(InputError, match=message):
            read_path(path)


def test_read_refuses_a_file_without_permission(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.txt"
    file.write_text(SIMPLIFIED, encoding="utf-8")

    def refuse(*_: object) -> None:  # as root, a mode of 0 refuses nothing
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError, match="Permission denied"):
        read_path(file)


def test_read_escapes_a_hostile_file_name_in_its_message(tmp_path: Path) -> None:
    file = tmp_path / "a\n\x1b[31m\u202ebad.txt"
    file.write_bytes(b"")
    with pytest.raises(InputError) as caught:
        read_path(file)
    assert "a\\n\\x1b[31m\\u202ebad.txt: it is empty" in str(caught.value)


def test_read_replaces_what_utf8_cannot_write_in_a_file_name(tmp_path: Path) -> None:
    file = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.txt"))
    file.write_text(SIMPLIFIED, encoding="utf-8")
    assert (read_path(file).id, read_path(file).filename) == ("\ufffd", "\ufffd.txt")


def test_read_accepts_the_few_characters_of_a_single_demand() -> None:
    assert read_text("狠抓煤矿").raw == "狠抓煤矿"
    with pytest.raises(InputError, match="not Chinese"):
        read_text("煤矿")


def test_read_text_refuses_half_a_character() -> None:
    with pytest.raises(InputError, match="surrogate"):
        read_text("狠抓煤矿\ud800安全")


def test_read_keeps_an_escape_code_that_a_notice_contains() -> None:
    assert "\x1b[31m" in read_text(SIMPLIFIED + "\x1b[31m").raw


# --- finding -----------------------------------------------------------------------------------


def test_find_takes_readable_files_of_a_folder_sorted_and_each_once(tmp_path: Path) -> None:
    for name in ("b.txt", "a.html", "c.json", ".hidden.txt", "sub/d.MD", ".git/e.txt", "x.zip"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(SIMPLIFIED, encoding="utf-8")
    (tmp_path / "again.txt").symlink_to(tmp_path / "b.txt")
    found, errors = find([tmp_path, tmp_path / "b.txt", str(tmp_path / "c.json")])
    assert errors == []
    names = [p.relative_to(tmp_path).as_posix() for p in found]
    assert names in (
        ["a.html", "b.txt", "c.json", "sub/d.MD"],
        ["a.html", "again.txt", "c.json", "sub/d.MD"],
    )


def test_find_reports_what_is_missing_and_still_finds_the_rest(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(SIMPLIFIED, encoding="utf-8")
    (tmp_path / "scans").mkdir()
    (tmp_path / "scans" / "b.zip").write_bytes(b"PK")
    found, errors = find([tmp_path / "no", tmp_path / "scans", tmp_path / "a.txt"])
    assert [p.name for p in found] == ["a.txt"]
    assert [str(e) for e in errors] == [
        f"{tmp_path / 'no'}: no such file or folder",
        f"{tmp_path / 'scans'}: no notices in this folder (there are 1 .zip)",
    ]
    assert all(e.hint for e in errors[1:])


def test_find_does_not_run_in_circles(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "up").symlink_to(tmp_path)
    (tmp_path / "sub" / "a.txt").write_text(SIMPLIFIED, encoding="utf-8")
    assert [p.name for p in find([tmp_path])[0]] == ["a.txt"]


def test_every_format_is_found_by_its_suffixes() -> None:
    assert sorted(formats()) == [
        ".docm", ".docx", ".htm", ".html", ".markdown", ".md", ".pdf", ".shtml", ".txt", ".xhtml",
    ]  # fmt: skip


# --- the notice --------------------------------------------------------------------------------


def test_read_path_names_the_notice_by_the_files_stem() -> None:
    notice = read_path(SEED)
    assert notice.id == "000_c8ec3da968c620af"
    assert notice.filename == "000_c8ec3da968c620af.txt"
    assert notice.text == notice.raw == SEED.read_bytes().decode()
    assert notice.alignment.to_input(100, 200) == (100, 200)
    assert isinstance(notice, Notice)


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


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(LONG))
def test_html_takes_linear_time_whatever_the_markup(name: str) -> None:
    unit = LONG[name]

    def seconds(size: int) -> float:
        data = (unit * (size // len(unit.encode()) + 1)).encode()
        start = time.process_time()
        html_format.read(data)
        return time.process_time() - start

    small = min(seconds(250_000) for _ in range(3))
    assert seconds(2_000_000) < 8 * 3 * max(small, 0.01)


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

    small = min(seconds(100_000) for _ in range(3))
    assert seconds(800_000) < 8 * 3 * max(small, 0.01)


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
