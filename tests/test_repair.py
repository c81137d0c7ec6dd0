"""Damaged pages restored, clean pages left alone, every character traced to the raw file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from bench.repair import measure, measure_terms, measure_twins
from kg.cli import app
from kg.data import ONTOLOGY, SEEDS
from kg.model import Alignment, Notice, Repaired
from kg.read import read_path
from kg.repair import repair
from tests.damage import breaking, corrupt

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


HONG_KONG = """消防處提醒市民慎防火警！近日多宗住宅火警與電器使用不當有關，市民離家前應關掉爐火；切勿讓電線超出負荷。
「安全第一」是每位僱主的責任：僱主須為僱員提供安全的工作環境、合適的訓練（包括密閉空間作業），以及個人防護裝備。
甚麼是高空工作？離地兩米或以上的工作都是高空工作！承建商須搭建合規格的棚架，違例者最高可處罰款二十萬港元及監禁十二個月。
海上工程須由合資格人士監督；保險、醫療及停工安排，請參閱勞工處網頁。危險品倉庫的牌照每年續期一次，申請人應於期滿前一個月提出。
"""
TAIWAN = """職業安全衛生署呼籲事業單位落實承攬管理！鋼構、屋頂等高處作業應設置安全網或使勞工確實使用安全帶。
局限空間作業前，應先測定氧氣、硫化氫濃度；未確認安全前，不得使勞工進入。違反規定者，處新臺幣三萬元以上三十萬元以下罰鍰。
颱風季節即將來臨，工地應做好防颱準備：固定施工架、清理排水溝、撤離低窪處機具。如何申請輔導？請洽各地勞動檢查機構！
"""


@pytest.mark.parametrize("text", [HONG_KONG, TAIWAN])
def test_traditional_text_in_its_own_right_keeps_its_marks(text):
    restored = repair(notice(text))
    assert {e.kind for e in restored.edits} <= {"script"}
    assert restored.suspects == ()
    assert len(restored.text) == len(text)


def test_ten_thousand_characters_of_other_clean_text_are_left_alone():
    root = ONTOLOGY.parent
    paths = [
        root / "README.zh-CN.md",
        *sorted(ONTOLOGY.glob("*.yaml")),
        *sorted(ONTOLOGY.glob("*.ttl")),
    ]
    texts = [
        p.read_text(encoding="utf-8") for p in paths if p.name != "repairs.yaml" and p.exists()
    ]
    chinese = [
        line
        for text in texts
        for line in text.splitlines()
        if any("\u4e00" <= c <= "\u9fff" for c in line)
    ]
    text = "\n".join(chinese)
    assert sum("\u4e00" <= c <= "\u9fff" for c in text) > 10_000
    for start in range(0, len(text), 5_000):
        part = text[start : start + 5_000]
        restored = repair(notice(part))
        assert [e for e in restored.edits if e.kind in ("bytes", "gloss", "script")] == []
        assert [e for e in restored.suspects if e.kind == "bytes"] == []


# --- the generator --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clean", "hit", "shown"),
    [
        ("危化品、人员", {"；": 1.0}, ";贰⑷藛T"),
        ("确保”工作目标", {"！": 1.0}, "確!惫ぷ髂繕"),
        ("保“十一”黄", {"！": 1.0}, "!笆弧秉S"),
        ("。“我们", {"！": 1.0}, "!拔覀"),
        ("危化品、烟花", {"；": 1.0, "、": 1.0}, ";、煙花"),
        ("东海、黄海", {"！": 1.0, "、": 1.0}, "東!ⅫS海"),
    ],
)
def test_the_generator_makes_what_pages_show(clean, hit, shown):
    damaged = corrupt(clean, glosses=0, hit=hit, end_q=False)
    assert damaged.text.startswith(shown)
    assert len(damaged.runs) == 1


def test_a_stop_that_the_search_finds_is_not_cut_again():
    assert corrupt("工作。“我们", glosses=0, hit=1.0).runs == ()


def test_the_generator_is_seeded_and_knows_the_truth():
    assert corrupt(CLEAN, seed=3) == corrupt(CLEAN, seed=3)
    assert corrupt(CLEAN, seed=3).text != corrupt(CLEAN, seed=4).text
    for seed in range(1, 20):
        damaged = corrupt(CLEAN * 2, seed=seed, terms=breaking(["危化品", "煤矿"]))
        covered = {i for r in damaged.runs for i in range(r.clean_start, r.clean_end)}
        shown = {i for i in damaged.origin if i >= 0}
        assert not covered & shown
        assert covered | shown == set(range(len(damaged.clean)))


# --- damaged on purpose ---------------------------------------------------------------------------


def test_twins_are_restored_without_a_wrong_edit():
    tally, _ = measure([CLEAN * 2], range(1, 13))
    assert tally.count["twins"] == 12
    assert tally.count["same"] / tally.count["characters"] > 0.999
    assert tally.count["wrong"] == tally.count["missed"] == 0


#: Of all runs: what is asked for is 0.70 and 0.01 (docs/damage.md has what was measured).
EXACT, WRONG = 0.72, 0.01
#: Notices that were read while writing; the bench measures all.
READ = ("a01", "a06", "a12", "a17", "b06", "b18", "c01", "c02", "c06", "c07", "c11")


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared gold is not beside this checkout")
def test_figures_on_twins_do_not_fall():
    texts = [read_path(SHARED / f"{stem}.txt").text for stem in READ]
    tally, _ = measure(texts, (1, 2))
    count = tally.count
    assert count["runs"] > 50
    assert count["same"] >= 0.999 * count["characters"]
    assert count["outside"] == 0
    assert count["exact"] >= EXACT * count["runs"]
    assert count["wrong"] <= WRONG * count["runs"]
    assert count["missed"] <= 0.01 * count["runs"]


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared gold is not beside this checkout")
def test_figures_on_terms_in_enumerations_do_not_fall():
    texts = [read_path(SHARED / f"{stem}.txt").text for stem in READ]
    tally, shared = measure_terms(texts, (1, 2))
    assert tally.count["runs"] > 80
    assert tally.count["exact"] >= 0.95 * tally.count["runs"]
    assert tally.count["missed"] <= 0.01 * tally.count["runs"]
    assert tally.count["wrong"] <= 0.01 * tally.count["runs"]
    assert shared.count["missed"] == 0


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared gold is not beside this checkout")
def test_figures_on_the_twins_of_the_shared_folder_do_not_fall():
    count = measure_twins(SHARED).count
    assert count["twins"] >= 4
    assert count["same"] >= 0.999 * count["characters"]
    assert count["exact"] >= 0.68 * count["runs"]
    assert count["wrong"] == count["missed"] == 0


@pytest.mark.slow
def test_figures_on_notices_that_no_rule_was_made_from_do_not_fall():
    paths = sorted((Path(__file__).parent / "written").glob("[mn]*[02468].txt"))
    texts = [read_path(p).text for p in paths]
    clean = [t for t in texts if not repair(notice(t)).edits and not repair(notice(t)).suspects]
    assert len(clean) >= 20
    count = measure(clean, (21, 22, 23))[0].count
    assert count["runs"] > 50
    assert count["exact"] >= 0.66 * count["runs"]
    assert count["wrong"] <= 0.015 * count["runs"]
    assert count["outside"] == 0


GLOSSED = "安全生產(chǎn)電視會議(yì),生產(chǎn)會議(yì),緊盯生產(chǎn)安全。"


def bytes_of(text: str) -> tuple[list[str], list[str]]:
    """What was restored on a page that has glosses, and what is told of the rest."""
    restored = repair(notice(GLOSSED + text))
    return (
        [e.after for e in restored.edits if e.kind == "bytes"],
        [e.evidence for e in restored.suspects if e.kind == "bytes"],
    )


def test_two_terms_of_the_same_bytes_are_told_apart_by_the_page_or_not_at_all():
    broken = "盯緊煤礦、;、建築施工等行業。"
    edits, told = bytes_of(broken)
    assert edits == []
    assert told == ["危化品 or 危化: the bytes are the same"]
    assert bytes_of("檢查危化品、煙花爆竹企業。" + broken)[0] == ["危化品"]
    assert bytes_of("檢查危化、煙花爆竹企業。" + broken)[0] != ["危化品"]


def test_a_verb_that_only_things_follow_decides_between_them():
    assert bytes_of("庫區存放;、民爆物品的,須轉運至高處。") == (["危化品"], [])


def test_a_paragraph_does_not_end_within_an_enumeration():
    restored = repair(notice(GLOSSED + "有關企業不得以任何理由要求職工提供擔!\n會議還通報了情況。"))
    assert not any(e.after.endswith("、") for e in restored.edits)


def test_an_unpaired_quotation_is_not_put_in():
    _, told = bytes_of("沿海各地筑牢漁船出!鞍踩\n")
    assert told


def test_a_simplified_page_without_glosses_is_opened_by_two_decided_stretches():
    clean = (SHARED / "c06.txt") if SHARED.is_dir() else None
    if clean is None:
        pytest.skip("the shared gold is not beside this checkout")
    text = read_path(clean).text
    opened = 0
    for seed in range(1, 6):
        damaged = corrupt(text, seed=seed, script=False)
        restored = repair(notice(damaged.text))
        decided = [e for e in restored.edits if e.kind == "bytes"]
        assert len(decided) != 1
        assert {e.kind for e in restored.edits} <= {"bytes"}
        opened += bool(decided)
    assert opened


def test_a_clean_page_that_writes_its_marks_in_half_width_is_left_alone():
    half = CLEAN.translate(str.maketrans("，；：！？", ",;:!?"))
    restored = repair(notice(half))
    assert restored.text == half
    assert restored.edits == restored.suspects == ()


def test_receipts_are_edits_in_order():
    restored = repair(notice(GLOSSED))
    edits = list(restored.edits)
    assert len(edits) == len(restored.edits) > 5
    assert [(e.start, e.end) for e in edits] == sorted((e.start, e.end) for e in edits)
    assert restored.edits[0] == edits[0]
    assert restored.edits[1:3] == tuple(edits[1:3])
    assert all(GLOSSED[e.start : e.end] == e.before for e in edits if e.kind == "gloss")


def test_a_gloss_that_is_not_of_its_character_is_told_on_a_page_of_glosses():
    restored = repair(notice(GLOSSED + "各地要和(cān / yù)加強監管。"))
    assert [(e.kind, e.before) for e in restored.suspects] == [("gloss", "(cān / yù)")]
    assert "和(cān / yù)加强监管" in restored.text


def test_characters_without_another_traditional_form_are_found_on_traditional_pages():
    from kg.repair.alphabet import of_script

    letters = of_script(True)
    for char in "查教真即既":
        lead, trail = char.encode("gbk")
        assert char in letters.find(frozenset((lead,)), trail)


def test_a_broken_number_of_a_section_is_restored():
    clean = CLEAN + "\u3000\u3000（三）专项检查。全面排查隐患。\n"
    for seed in range(1, 40):
        damaged = corrupt(clean, seed=seed, hit={"。": 1.0}, end_q=False)
        restored = repair(notice(damaged.text))
        if any(clean[r.clean_start : r.clean_end].startswith("\u3000（三") for r in damaged.runs):
            assert "\u3000（三）专项检查" in restored.text
            return
    raise AssertionError("no seed breaks the number")


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 10_000))
def test_every_byte_edit_is_proved(seed):
    restored = repair(notice(corrupt(CLEAN * 2, seed=seed).text))
    assert all(e.reproduced for e in restored.edits if e.kind == "bytes")


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


@pytest.mark.parametrize("piece", ["(a)", "!", "化(huà)", "?;", "會議(yì)!", "會議(yì),;鄡?liǎng)"])
def test_long_lines_are_done(piece):
    text = piece * (40_000 // len(piece))
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
