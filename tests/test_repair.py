"""Damaged pages restored, clean pages left alone, every character traced to the raw file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from bench.repair import measure
from kg.cli import app
from kg.data import SEEDS
from kg.model import Alignment, Notice, Repaired
from kg.read import read_path
from kg.repair import repair
from tests.damage import corrupt

SEED = SEEDS / "000_c8ec3da968c620af.txt"
SHARED = Path(__file__).resolve().parents[2] / "shared" / "gold"
CLEAN = """青川县召开安全生产工作会议
会议强调，各级各部门要深入贯彻落实安全生产责任制，严格执行领导带班制度，加强道路交通、建筑施工、烟花爆竹等行业领域的安全监管，
认真开展隐患排查治理，坚决遏制重特大事故发生。要加大执法检查力度，对发现的问题限期整改，确保各项措施落实到位。
会议要求，要加强应急值守，严格执行二十四小时值班制度，及时处置突发事件，做好森林防火、防汛抗旱、地质灾害防范等工作；
要强化宣传教育，增强群众的安全意识。县应急管理局、县公安局、县交通运输局等单位负责人参加会议。
"""


def notice(text: str) -> Notice:
    return Notice(
        id="t",
        filename="t.txt",
        path="t.txt",
        sha256="",
        encoding="utf-8",
        raw=text,
        text=text,
        alignment=Alignment.identity(len(text)),
    )


def traced(damaged: str, restored: Repaired) -> None:
    """Every restored character has a span of the raw text, in order."""
    last = 0
    for position in range(len(restored.text)):
        start, end = restored.alignment.to_input(position, position + 1)
        assert 0 <= start <= end <= len(damaged)
        assert start >= last
        last = start


# --- the seed -------------------------------------------------------------------------------------


def test_the_broken_places_of_the_seed_are_restored():
    source = read_path(SEED)
    restored = repair(source)
    broken = {(e.start, e.after) for e in restored.edits if e.kind == "bytes"}
    assert {after for _, after in broken} == {
        *("危化品", "危”", "保”工作目標", "危化品、人員", "氣", "危化品生產")
    }
    assert all(e.reproduced for e in restored.edits if e.kind == "bytes")
    assert restored.suspects == ()
    for words in ("“两客一危”", "“三坚决两确保”工作目标", "城市燃气、危化品生产"):
        assert words in restored.text
    traced(source.text, restored)


# --- left alone -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        CLEAN,
        "要抓好落实！注意安全？是的；对：好。“一岗双责”、《安全生产法》（试行）",
        "The meeting (held on 5 May) stressed: safety first; check! Why? (a)(b)(c)",
        "序号\t企业\t隐患\n1\t某公司\t3\n2\t某矿\t0\n",
        "和(hé)字读音如此。",
        "香港消防處表示，市民應注意家居防火，並定期檢查電器裝置（包括電線）；如有疑問！請致電。",
        "臺灣職業安全衛生署公告：事業單位應落實機械設備之安全檢查，違者處新臺幣三萬元以上罰鍰。",
        "",
    ],
)
def test_what_is_not_damaged_gets_no_byte_or_gloss_edit(text):
    restored = repair(notice(text))
    assert [e for e in restored.edits if e.kind != "script"] == []
    assert restored.suspects == ()
    if not any(e.kind == "script" for e in restored.edits):
        assert restored.text == text


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared gold is not beside this checkout")
def test_no_clean_notice_is_touched():
    paths = [p for p in sorted(SHARED.glob("*.txt")) if not p.stem.endswith("d")]
    paths = [p for p in paths if not p.stem.startswith("seed")]
    assert len(paths) >= 30
    for path in paths:
        source = read_path(path)
        restored = repair(source)
        assert restored.text == source.text, path.stem
        assert restored.edits == restored.suspects == (), path.stem


# --- damaged on purpose ---------------------------------------------------------------------------


def test_twins_are_restored_without_a_wrong_edit():
    tally = measure([CLEAN * 2], range(1, 13))
    assert tally.count["twins"] == 12
    assert tally.count["same"] / tally.count["characters"] > 0.97
    assert tally.count["wrong"] == 0


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 10_000))
def test_a_twin_is_traced_and_restoring_twice_changes_nothing(seed):
    damaged = corrupt(CLEAN, seed=seed).text
    restored = repair(notice(damaged))
    traced(damaged, restored)
    assert repair(notice(restored.text)).text == restored.text


PIECES = st.sampled_from(
    ["安全", "生產", "(chǎn)", "?", "!", ";", "危化品", "會議(yì)", "\n", "ab", "“", "、"]
)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=60).map("".join)))
def test_any_text_goes_through_and_is_traced(text):
    restored = repair(notice(text))
    traced(text, restored)


@pytest.mark.parametrize("piece", ["(a)", "!", "化(huà)", "?;", "會議(yì)!"])
def test_long_lines_are_done(piece):
    text = piece * (200_000 // len(piece))
    assert repair(notice(text)).text


# --- the command ----------------------------------------------------------------------------------


def kg(*arguments: object):
    return CliRunner().invoke(app, ["repair", *map(str, arguments)], prog_name="kg")


def test_the_command_writes_the_text(tmp_path):
    done = kg(SEED)
    assert done.exit_code == 0
    assert "“两客一危”" in done.stdout
    assert "6 bytes restored, 0 passages suspected" in done.stderr
    assert kg(SEED, "-o", tmp_path / "out.txt").stdout == ""
    assert "“两客一危”" in (tmp_path / "out.txt").read_text(encoding="utf-8")


def test_the_report_has_a_receipt_for_every_change():
    receipts = [json.loads(x) for x in kg(SEED, "--report", "-f", "json").stdout.splitlines()]
    raw = read_path(SEED).raw
    assert len(receipts) > 1000
    for receipt in receipts:
        assert raw[receipt["start"] : receipt["end"]]
        assert receipt["kind"] in {"gloss", "script", "bytes"}
        assert receipt["evidence"]
    lines = kg(SEED, "--report").stdout.splitlines()
    assert len(lines) == len(receipts)
    assert any("reproduced" in line and "两客一危" in line for line in lines)


def test_the_difference_shows_before_and_after():
    shown = kg(SEED, "--diff").stdout
    assert "[-;-]{+危化品+}" in shown


def test_wrong_calls(tmp_path):
    assert kg(tmp_path / "none.txt").exit_code == 1
    assert kg(SEED, "--diff", "--report").exit_code == 2
    assert kg(SEED, "-o", tmp_path / "no" / "x.txt").exit_code == 1
