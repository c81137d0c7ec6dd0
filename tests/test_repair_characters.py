"""Damage of single characters, repaired where certain, told where lost; receipts and offsets."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.model import Alignment, Notice
from kg.pipeline import extract
from kg.read import read_path
from kg.repair import repair

SHARED = Path(__file__).resolve().parents[2] / "shared" / "gold"
SENTENCE = "会议强调，要狠抓尾矿库安全风险防范，全面排查危化品企业隐患。"


def notice(text: str) -> Notice:
    length = len(text)
    return Notice(
        id="t", filename="t.txt", path="t.txt", sha256="", encoding="utf-8", raw=text, text=text,
        alignment=Alignment.identity(length),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("damaged", "restored", "kind"),
    [
        ("狠抓&ldquo;两客一危&rdquo;监管", "狠抓“两客一危”监管", "entity"),
        ("狠抓&amp;amp;ldquo;头顶库&#8221;", "狠抓“头顶库”", "entity"),
        ("矿山&nbsp;企业", "矿山\u00a0企业", "entity"),
        ("尾\u200b矿\u200c库", "尾矿库", "invisible"),
        ("\ufeff要求\u2060：", "要求：", "invisible"),
        ("要求如下\ue5e5一是", "要求如下\u3000一是", "private"),
        ("２0２０年4月１0日", "2020年4月10日", "width"),
        ("ＣNＧ加气站", "CNG加气站", "width"),
        ("加强监管，，落实责任。。", "加强监管，落实责任。", "mark"),
        ("道路、、水路", "道路、水路", "mark"),
    ],
)
def test_what_is_certain_is_repaired_with_a_receipt(damaged, restored, kind):
    done = repair(notice(damaged))
    assert done.text == restored
    assert {e.kind for e in done.edits} == {kind}
    assert all(damaged[e.start : e.end] == e.before and e.applied for e in done.edits)
    assert done.suspects == ()
    assert repair(notice(done.text)).text == done.text


@pytest.mark.parametrize(
    ("text", "kind", "before"),
    [
        ("加强危\ufffd\ufffd品监管", "lost", "\ufffd\ufffd"),
        ("\uf0b7 狠抓煤矿安全", "private", "\uf0b7"),
        ("对某__公司立案调查", "masked", "__"),
        ("对王😀飞的处理", "masked", "😀"),
        ("Vivo县人民政府召开会议", "word", "Vivo"),
    ],
)
def test_what_is_lost_is_told_and_left_alone(text, kind, before):
    done = repair(notice(text))
    assert done.text == text
    assert [(s.kind, s.before, s.applied) for s in done.suspects] == [(kind, before, False)]


def test_a_word_that_a_mirror_replaced_is_told_with_what_belongs_there():
    page = "某县召开Gucci生产电视电话会议。管行业必须管Gucci，开展Gucci隐患排查，保障群众生命财产Gucci。"
    suspects = repair(notice(page)).suspects
    assert {(s.before, s.after, s.kind) for s in suspects} == {("Gucci", "安全", "word")}
    assert len(suspects) == page.count("Gucci")
    chinese = page.replace("Gucci", "万达")
    assert {s.before for s in repair(notice(chinese)).suspects} == {"万达"}
    assert repair(notice(page + "安全第一。")).suspects == (), "a mirror replaces every occurrence"


@pytest.mark.parametrize(
    "text",
    [
        SENTENCE,
        "Q&A: R&D at AT&T; see <a href='x?a=1&b=2'>",
        "co\u00adoperate, zero\u200bwidth in English",
        "قازاق\u200cستان 👨\u200d👩\u200d👧 ᠮᠣᠩ\u180eᠭᠣᠯ",
        "２０２０年４月１０日，ＡＢＣ公司，5G基站",
        "他说。。。然后……；！！？？",
        "姓名____　日期____年__月__日 __init__",
        "A县人民政府、XX市安委会、××区",
        "农业生产责任制、农业生产大检查、农业生产月",
        "⚠ 注意安全！ ☆ 一、总体要求",
        "",
    ],
)
def test_what_writers_mean_is_left_alone(text):
    done = repair(notice(text))
    assert (done.text, done.edits, done.suspects) == (text, (), ())


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared gold is not beside this checkout")
def test_no_clean_notice_has_anything_to_report():
    paths = [p for p in sorted(SHARED.glob("*.txt")) if not p.stem.endswith("d")]
    paths = [p for p in paths if not p.stem.startswith("seed")]
    assert len(paths) >= 30
    touched = 0
    for path in paths:
        done = repair(read_path(path))
        touched += bool(done.edits or done.suspects)
    assert touched == 0


def test_extraction_is_that_of_the_clean_text_and_quotes_stand_in_the_raw_file():
    damaged = "某市安委会办公室通知：要狠抓尾\u200b矿库安全风险防范，，严禁&ldquo;三违&rdquo;作业。"
    clean = "某市安委会办公室通知：要狠抓尾矿库安全风险防范，严禁“三违”作业。"
    got, want = extract(notice(damaged)), extract(notice(clean))
    assert (
        [s.hazard for s in got.stresses] == [s.hazard for s in want.stresses] == ["tailings-pond"]
    )
    place = got.stresses[0].evidence[0]
    assert "尾\u200b矿库" in damaged[place.start : place.end]
    assert [o.quote for o in got.obligations] == [o.quote for o in want.obligations]


_PIECES = st.sampled_from(
    ["尾矿库", "安全", "，", "，，", "。", "。。", "&amp;", "amp;", "&", "nbsp;", "#65;", "&ldquo;", "\u200b",
     "\ufeff", "２", "0", "Ａ", "b", "\ufffd", "\ue5e5", "\uf0b7", "__", "年", "Vivo", "县人民", "\n", " ",
     "生产责任制", "(chǎn)", "產"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(_PIECES, max_size=25).map("".join))
def test_any_mixture_is_traced_and_settles_at_once(text):
    done = repair(notice(text))
    last = 0
    for position in range(len(done.text)):
        start, end = done.alignment.to_input(position, position + 1)
        assert last <= start <= end <= len(text)
        last = start
    for edit in (*done.edits, *done.suspects):
        assert 0 <= edit.start <= edit.end <= len(text)
    again = repair(notice(done.text))
    assert again.text == done.text
    assert again.edits == ()


@pytest.mark.parametrize(
    "unit",
    ["&amp;", "&", "，，", "\u200b", "尾\ufffd", "２0", "__尾", "Ab", "生产责任制", "\ue5e5"],
)
def test_a_page_of_nothing_else_is_done(unit):
    text = unit * (200_000 // len(unit))  # a quadratic step would take minutes
    done = repair(notice(text))
    assert done.alignment.to_input(0, len(done.text))[1] <= len(text)
