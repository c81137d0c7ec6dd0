"""What was not found: terms the vocabulary may lack, directive sentences that produced nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from kg.cli import app
from kg.review.candidates import candidates
from kg.review.coverage import coverage
from kg.review.reading import reading

HEAD = "黑龙江省召开安全生产会议\n发布时间：2021-05-06　来源：某报\n5月5日，黑龙江省政府召开全省安全生产视频会议。"


def run(*arguments: object) -> Any:
    return CliRunner().invoke(app, [str(a) for a in arguments])


@pytest.fixture
def write(tmp_path: Path):
    def write(body: str, name: str = "a") -> Path:
        path = tmp_path / f"{name}.txt"
        path.write_text(HEAD + body, encoding="utf-8")
        return path

    return write


def terms(path: Path) -> set[tuple[str, str]]:
    return {(c.scheme, c.term) for c in candidates([reading(path)])}


def test_an_unknown_member_of_a_list_of_sectors_is_proposed(write):
    path = write("会议强调，要加强道路交通、翼装飞行、建筑施工、热气球飞行等行业领域安全监管。")
    assert terms(path) == {("hazard", "翼装飞行"), ("hazard", "热气球飞行")}


@pytest.mark.parametrize(
    "body",
    [
        "会议强调，要加强道路交通、建筑施工、尾矿库安全监管。",  # all known
        "会议强调，要落实公安、交通、应急、气象等部门责任。",  # bodies
        "会议强调，要督促道路交通、建筑施工、大庆、鸡西、双鸭山抓好整改。",  # divisions
        "会议强调，要加强道路交通、翼装飞行安全监管。",  # one known neighbour is no list of a kind
        "会议强调，要抓好唱歌、跳舞、书法。",  # none known
    ],
)
def test_nothing_is_proposed_without_a_list_of_known_terms(write, body):
    assert terms(write(body)) == set()


def test_candidates_are_counted_over_notices_with_their_sentences(write, tmp_path):
    for name in "ab":
        write("会议强调，要加强道路交通、翼装飞行、建筑施工安全监管。", name)
    done = run("vocab", "candidates", tmp_path, "--format", "jsonl")
    (row,) = [json.loads(line) for line in done.stdout.splitlines()]
    assert (row["term"], row["times"], row["notices"]) == ("翼装飞行", 2, ["a", "b"])
    assert row["beside"] == {"road-traffic": 2, "construction": 2}
    example = row["examples"][0]
    text = (tmp_path / example["file"]).read_text(encoding="utf-8")
    assert text[example["start"] : example["end"]] == "翼装飞行"
    assert "0 terms proposed" in run("vocab", "candidates", tmp_path, "--least", 3).stderr
    shown = run("vocab", "candidates", tmp_path).stdout
    assert "翼装飞行  hazard  2x in 2 notices, beside construction, road-traffic" in shown


def test_a_directive_sentence_without_a_statement_is_listed_with_its_place(write):
    path = write("会议强调，要狠抓尾矿库安全。部分企业落实主体责任不到位。会议由省长主持。")
    found = coverage(reading(path))
    text = path.read_text(encoding="utf-8")
    assert any("落实主体责任不到位" in s.sentence for s in found.silent)
    assert all(text[s.start : s.end] == s.sentence and s.words for s in found.silent)
    assert all("尾矿库" not in s.sentence for s in found.silent)
    assert 0 < len(found.silent) < found.directive <= found.sentences
    assert 0 < found.covered < found.characters


def test_places_of_a_damaged_page_are_raw(tmp_path):
    body = "\n去年全省共檢(jiǎn)查企業(yè)120家,整改隱患300處,關(guān)停企業(yè)2家,檢(jiǎn)查學校企業(yè)8家。"
    path = tmp_path / "a.txt"
    path.write_text(HEAD + body, encoding="utf-8")
    (silent,) = coverage(reading(path)).silent
    raw = path.read_text(encoding="utf-8")
    assert raw[silent.start : silent.end] == body.strip().rstrip("。")
    assert "检查企业120家" in silent.sentence


def test_the_command_shows_shares_and_goes_on_after_a_bad_file(write, tmp_path):
    write("会议强调，要狠抓尾矿库安全。")
    (tmp_path / "b.txt").write_bytes(b"\x00\x01")
    done = run("coverage", tmp_path)
    assert done.exit_code == 1
    assert "a.txt: 100% of" in done.stdout
    assert "b.txt" in done.stderr
    rows = [json.loads(x) for x in run("coverage", tmp_path, "-f", "jsonl").stdout.splitlines()]
    assert [r["file"] for r in rows] == ["a.txt"]
