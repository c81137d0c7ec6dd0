"""What ``kg eval`` tells beyond the figures: intervals, phenomena, floors, rules, and the page of misses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from kg.cli import app
from kg.errors import InputError
from kg.evaluate import Evaluation, as_html, as_text, score
from kg.evaluate.baseline import Baseline
from kg.evaluate.resample import intervals
from kg.evaluate.rules import as_text as rules_text
from kg.evaluate.rules import fired
from tests import browser

TEXT = """黑龙江省召开安全生产会议
发布时间：2021-05-06　来源：某报
5月5日，黑龙江省政府召开全省安全生产视频会议。会议强调，要狠抓尾矿库安全风险防范，加强道路交通安全监管。
"""
GOLD: dict[str, Any] = {
    "id": "n",
    "phenomena": ["meeting-news", "person-name:张三", "list(甲、乙)"],
    "regions": ["黑龙江省"],
    "stresses": [
        {"region": "黑龙江省", "hazard": "tailings-pond"},
        {"region": "黑龙江省", "hazard": "transport"},
        {"region": "黑龙江省", "hazard": "fireworks"},
    ],
    "obligations": [
        {"region": "黑龙江省", "modality": "obligation", "action": "狠抓", "quote": "要狠抓尾矿库安全风险防范"}
    ],
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "gold"
    place.mkdir()
    for name in ("n", "m"):
        (place / f"{name}.txt").write_text(TEXT, encoding="utf-8")
        (place / f"{name}.json").write_text(json.dumps({**GOLD, "id": name}), encoding="utf-8")
    return place


def run(*arguments: object) -> Any:
    return CliRunner().invoke(app, ["eval", *map(str, arguments)])


def notice(right: int, false: int, missed: int) -> Any:
    wanted = [{"region": None, "hazard": f"h{i}"} for i in range(right + missed)]
    got = [*wanted[:right], *({"region": None, "hazard": f"f{i}"} for i in range(false))]
    return score({"id": "x", "stresses": wanted}, {"stresses": got})


# --- intervals, near hits, phenomena --------------------------------------------------------------


def test_half_a_point_is_given_for_a_broader_concept_of_the_same_region():
    found = {"stresses": [{"region": "甲", "hazard": "road-traffic"}]}
    near = score({"id": "a", "stresses": [{"region": "甲", "hazard": "transport"}]}, found)
    elsewhere = score({"id": "a", "stresses": [{"region": "乙", "hazard": "transport"}]}, found)
    assert (near.related["stresses"], elsewhere.related["stresses"]) == (1, 0)
    assert Evaluation(notices=(near,)).near_f1("stresses") == 0.5
    assert Evaluation(notices=(near,)).layers["stresses"].f1 == 0.0


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(*[st.integers(0, 6)] * 3), min_size=2, max_size=12))
def test_an_interval_lies_in_the_unit_and_repeats(counts):
    evaluation = Evaluation(notices=tuple(notice(*c) for c in counts))
    found = intervals(evaluation, draws=200)
    assert found == intervals(evaluation, draws=200)
    for low, high in found.values():
        assert 0 <= low <= high <= 1


def test_an_interval_of_equal_notices_is_a_point_and_of_one_notice_none():
    assert (
        intervals(Evaluation(notices=(notice(3, 1, 0),) * 5))["stresses"]
        == (pytest.approx(6 / 7, abs=1e-6),) * 2
    )
    assert intervals(Evaluation(notices=(notice(3, 1, 0),))) == {}


def test_phenomena_are_named_without_what_is_particular_to_one_notice(folder):
    done = run(folder, "--summary", "--phenomena")
    rows = [line.split()[:2] for line in done.stdout.split("phenomenon")[1].splitlines()[1:]]
    assert rows == [["list", "2"], ["meeting-news", "2"], ["person-name", "2"]]


# --- floors ---------------------------------------------------------------------------------------


def test_floors_move_up_and_never_down_unless_it_is_said(folder, tmp_path):
    floors = tmp_path / "floors.json"
    assert run(folder, "--baseline", floors).exit_code == 1
    assert run(folder, "--baseline", floors, "--update").exit_code == 0
    first = json.loads(floors.read_text(encoding="utf-8"))
    assert first["floors"]["regions"] == 1.0
    assert run(folder, "--baseline", floors).exit_code == 0

    worse = {**GOLD, "id": "n", "regions": ["黑龙江省", "湖南省", "广东省"]}
    (folder / "n.json").write_text(json.dumps(worse), encoding="utf-8")
    done = run(folder, "--baseline", floors)
    assert done.exit_code == 1
    assert "the gold is not the one" in done.stderr
    assert "regions: 0.6666, and the floor is 1.0000" in done.stderr
    assert run(folder, "--baseline", floors, "--update").exit_code == 1
    assert json.loads(floors.read_text(encoding="utf-8"))["floors"] == first["floors"]
    assert run(folder, "--baseline", floors, "--update", "--allow-regression").exit_code == 0
    assert json.loads(floors.read_text(encoding="utf-8"))["floors"]["regions"] == 0.6666


def test_a_floor_is_always_reached_by_what_made_it():
    low = Baseline(gold="g", floors={"regions": 0.5})
    assert low.broken(Baseline(gold="g", floors={"regions": 0.5})) == []
    assert low.broken(Baseline(gold="g", floors={})) == [
        "regions: nothing, and the floor is 0.5000"
    ]
    assert low.raised(Baseline(gold="h", floors={"regions": 0.4})).floors == {"regions": 0.5}


def test_a_broken_baseline_and_update_without_one_are_told(folder, tmp_path):
    bad = tmp_path / "bad.json"
    bad.write_text("[]", encoding="utf-8")
    assert "no baseline can be read" in run(folder, "--baseline", bad).stderr
    assert run(folder, "--update").exit_code == 2
    with pytest.raises(InputError):
        Baseline.read(bad)


# --- rules ----------------------------------------------------------------------------------------


def test_rows_that_fire_are_told_from_rows_that_do_not(folder):
    found = {(r.file, r.row): r for r in fired([folder / "n.txt", folder / "m.txt"])}
    assert len(found) >= 100
    assert found["modality", "shall"].notices == 2
    assert found["structure", "page-data"].notices == 2, "发布时间"
    assert found["modality", "encourage"].notices == 0
    text = rules_text(found.values(), 2)
    assert "modality.yaml  encourage" in text
    assert "modality.yaml  shall" not in text


# --- the page -------------------------------------------------------------------------------------


def test_the_page_escapes_what_a_notice_or_a_gold_file_holds():
    hostile = '"><script>alert(1)</script>'
    result = score({"id": hostile, "regions": [hostile], "phenomena": [hostile]}, {"regions": []})
    page = as_html(Evaluation(notices=(result, result)))
    assert "<script>alert" not in page
    assert page.count("<script>") == 1
    assert "&lt;script&gt;alert" in page


@pytest.fixture(scope="module")
def chromium():
    with browser.chromium() as opened:
        yield opened


@pytest.mark.browser
@pytest.mark.parametrize("size", [browser.DESKTOP, browser.PHONE], ids=["desktop", "phone"])
def test_the_page_filters_and_marks_without_a_request(chromium, folder, tmp_path, size):
    path = tmp_path / "errors.html"
    assert run(folder, "--summary", "--html", path).exit_code == 0
    with browser.opened(chromium, path, size) as opened:
        page = opened.page
        everything = page.locator("article:visible").count()
        assert everything == page.locator("article").count() >= 4
        page.select_option("select[name=kind]", "missed")
        page.select_option("select[name=notice]", "n")
        shown = page.locator("article:visible")
        assert 0 < shown.count() < everything
        assert page.locator("#count").inner_text() == f"{shown.count()} shown"
        assert "fireworks" in " ".join(shown.all_inner_texts())
        page.fill("input[name=words]", "道路交通")
        marked = page.locator("article.false mark").first.text_content()
        assert marked.startswith("道路交通")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert opened.complaints == []
        assert opened.requests == [path.resolve().as_uri()]


def test_text_without_intervals_is_as_it_was(folder):
    result = score(GOLD, {"regions": [{"name": "黑龙江省"}]})
    assert "interval" not in as_text(Evaluation(notices=(result,)))


def test_rows_are_watched_on_passages_and_by_their_words(tmp_path: Path) -> None:
    text = "3月5日，安远县召开会议。会议要求，初期坝上严禁堆物，流动加油车一律查扣，住宿人员三日内全部清退。"
    passages = tmp_path / "passages.jsonl"
    passages.write_text(
        json.dumps({"text": text, "regions": []}, ensure_ascii=False), encoding="utf-8"
    )
    rows = {(row.file, row.row): row.notices for row in fired([passages])}
    assert rows["clauses", "done-to"] == 1
    assert sum(count for (file, _), count in rows.items() if file == "things") == 1
    assert rows["terms", "plain-filling"] == 1
