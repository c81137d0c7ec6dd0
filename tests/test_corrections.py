"""A reviewer's corrections: read strictly, replayed on a record, told when they no longer apply."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from kg.api import open as connect
from kg.cli import app
from kg.errors import InputError
from kg.model import Record, Repaired
from kg.read import read_text
from kg.repair import repair
from kg.review.corrections import Corrections, apply, parse, read

TEXT = """黑龙江省召开安全生产会议
发布时间：2021-05-06　来源：某报
5月5日，黑龙江省政府召开全省安全生产视频会议。会议强调，要狠抓尾矿库安全风险防范。要加强采石场、煤矿安全监管。
"""


@pytest.fixture(scope="module")
def said() -> tuple[Record, Repaired]:
    from kg.pipeline import extract

    notice = read_text(TEXT, id="a")
    return extract(notice), repair(notice)


def corrections(tmp_path: Path, text: str) -> Corrections:
    path = tmp_path / "corrections.yaml"
    path.write_text(text, encoding="utf-8")
    return read(path)


def hazards(record: Record) -> dict[str, list[str]]:
    return {s.hazard: [e.quote for e in s.evidence] for s in record.stresses}


def test_a_statement_is_rejected_with_a_receipt(said, tmp_path):
    record, repaired = said
    assert set(hazards(record)) == {"tailings-pond", "quarry", "coal-mine"}
    rows = corrections(
        tmp_path,
        "- {action: reject, notice: a, layer: stresses, item: {hazard: coal-mine}, quote: 采石场、煤矿, why: 试}",
    ).of("a")
    done = apply(record, repaired, rows)
    stale = list(done.stale)
    assert set(hazards(done)) == {"tailings-pond", "quarry"}
    assert stale == []
    assert [(c.action, c.layer, c.quote, c.why) for c in done.corrections] == [
        ("reject", "stresses", "采石场、煤矿", "试")
    ]
    assert done.obligations == record.obligations


def test_a_statement_is_mapped_and_joins_the_one_that_says_the_same(said, tmp_path):
    record, repaired = said
    rows = corrections(
        tmp_path,
        "- {action: map, notice: a, layer: stresses, item: {hazard: quarry}, quote: 采石场,"
        " to: {hazard: tailings-pond}}",
    ).of("a")
    done = apply(record, repaired, rows)
    assert len(hazards(done)["tailings-pond"]) == 2
    assert "quarry" not in hazards(done)


def test_a_statement_is_accepted_with_its_place_in_the_raw_text(said, tmp_path):
    record, repaired = said
    rows = corrections(
        tmp_path,
        "- {action: accept, notice: a, layer: measures, quote: 加强采石场、煤矿安全监管,"
        " item: {region: 黑龙江省, measure: supervision-assessment}}\n"
        "- {action: accept, notice: a, layer: obligations, quote: 尾矿库安全风险防范,"
        " item: {region: 黑龙江省, modality: obligation, action: 防范}}",
    ).of("a")
    done = apply(record, repaired, rows)
    stale = list(done.stale)
    assert stale == []
    made = next(m for m in done.measures if m.measure == "supervision-assessment")
    assert TEXT[made.evidence[0].start : made.evidence[0].end] == "加强采石场、煤矿安全监管"
    assert done.obligations[-1].quote == "尾矿库安全风险防范"
    assert done.to_json()["obligations"][-1]["action"] == "防范"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("{action: reject, notice: a, layer: stresses, item: {hazard: schools}, quote: 学校}", "any more"),
        ("{action: reject, notice: a, layer: stresses, item: {hazard: coal-mine}, quote: 尾矿库}", "any more"),
        ("{action: accept, notice: a, layer: policies, item: {name: 法}, quote: 安全生产法}", "not in the notice"),
        ("{action: accept, notice: a, layer: policies, item: {name: 法}, quote: 安全}", "more than once"),
    ],
)  # fmt: skip
def test_what_no_longer_applies_changes_nothing_and_is_told_with_its_line(
    said, tmp_path, row, reason
):
    record, repaired = said
    rows = corrections(tmp_path, f"# a comment\n- {row}").of("a")
    done = apply(record, repaired, rows)
    stale = list(done.stale)
    assert hazards(done) == hazards(record)
    assert done.corrections == ()
    (told,) = stale
    assert f"{tmp_path / 'corrections.yaml'}:2: " in told
    assert reason in told


def test_rows_of_another_notice_are_not_its(tmp_path):
    found = corrections(
        tmp_path, "- {action: reject, notice: b, layer: regions, item: {name: 湖南省}, quote: 湖南}"
    )
    assert found.of("a") == ()
    assert len(found.of("b")) == 1


def test_terms_are_mapped_or_rejected(tmp_path):
    found = corrections(
        tmp_path, "- {action: map, term: 翼装飞行, to: tourism}\n- {action: reject, term: 区块链}"
    )
    assert found.terms == {"翼装飞行": "tourism"}
    assert found.rejected == {"区块链"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1", "not a list"),
        ("- 1", "a row is a mapping"),
        ("- {action: delete}", "action is 'delete'"),
        ("- {acton: reject}", "unknown key 'acton'"),
        ("- {action: reject, term: }", "it has no 'term'"),
        ("- {action: map, term: 甲乙}", "it has no 'to'"),
        ("- {action: map, term: 甲乙, to: tailing-pond}", "no concept 'tailing-pond'"),
        ("- {action: accept, term: 甲乙}", "mapped to a concept, or rejected"),
        ("- {action: reject, notice: a, layer: stress, item: {hazard: schools}, quote: q}", "unknown layer"),
        ("- {action: reject, notice: a, layer: stresses, item: {type: x}, quote: q}", "'item' of stresses"),
        ("- {action: reject, notice: a, layer: stresses, item: {hazard: x}, quote: q}", "no concept 'x'"),
        ("- {action: accept, notice: a, layer: stresses, item: {hazard: schools}, quote: q}", "its region is needed"),
        ("- {action: map, notice: a, layer: obligations, item: {action: x}, quote: q, to: {modality: must}}",
         "modality is one of"),
        ("- [", "parsing"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_understood_is_refused_with_its_place(tmp_path, text, message):
    with pytest.raises(InputError, match=message) as caught:
        corrections(tmp_path, text)
    assert str(caught.value).startswith(str(tmp_path / "corrections.yaml"))


def test_a_missing_or_empty_file(tmp_path):
    assert corrections(tmp_path, "# nothing yet\n") == Corrections()
    with pytest.raises(InputError, match="cannot be read"):
        read(tmp_path / "no.yaml")


_ROWS = st.lists(
    st.sampled_from(
        [
            "- {action: reject, notice: a, layer: stresses, item: {hazard: coal-mine}, quote: 煤矿}",
            "- {action: map, notice: a, layer: stresses, item: {hazard: coal-mine}, quote: 煤矿,"
            " to: {hazard: mining}}",
            "- {action: map, notice: a, layer: stresses, item: {hazard: mining}, quote: 煤矿,"
            " to: {hazard: coal-mine}}",
            "- {action: accept, notice: a, layer: stresses, quote: 采石场,"
            " item: {region: 黑龙江省, hazard: fireworks}}",
            "- {action: reject, notice: a, layer: regions, item: {name: 黑龙江省}, quote: 黑龙江}",
        ]
    ),
    max_size=6,
)


@settings(max_examples=40, deadline=None)
@given(_ROWS)
def test_any_rows_leave_statements_once_each_with_proof(said, rows):
    record, repaired = said
    record = apply(record, repaired, parse("\n".join(rows), "c.yaml").of("a"))
    keys = [(s.region, s.hazard) for s in record.stresses]
    assert len(keys) == len(set(keys))
    assert all(s.evidence for s in record.stresses)
    assert len(record.corrections) + len(record.stale) == len(rows)


# --- replayed by a build --------------------------------------------------------------------------


def kg(*arguments: object) -> Any:
    return CliRunner().invoke(app, [str(a) for a in arguments])


def stressed(store: Path) -> set[str]:
    with connect(store) as graph:
        return {str(row["sector"]) for row in graph.query("sectors-by-region").rows}


def test_every_build_replays_the_corrections_of_the_store(tmp_path):
    folder, store = tmp_path / "notices", tmp_path / "store"
    folder.mkdir()
    (folder / "a.txt").write_text(TEXT.replace("煤矿", "煤矿、翼装飞行"), encoding="utf-8")
    assert kg("build", folder, "--store", store).exit_code == 0
    before = stressed(store)
    assert "coal-mine" in before
    assert "tourism" not in before

    rows = store / "corrections.yaml"
    rows.write_text(
        "- {action: reject, notice: a, layer: stresses, item: {hazard: coal-mine}, quote: 煤矿, why: 试}\n"
        "- {action: map, term: 翼装飞行, to: tourism}\n"
        "- {action: reject, notice: a, layer: stresses, item: {hazard: schools}, quote: 学校}\n",
        encoding="utf-8",
    )
    done = kg("build", folder, "--store", store)
    assert "1 correction replayed" in done.stderr
    assert "correction not replayed" in done.stderr
    assert "1 changed" in done.stderr
    after = stressed(store)
    assert after == before - {"coal-mine"} | {"tourism"}
    with connect(store) as graph:
        told = graph.query(
            "SELECT ?layer ?passage ?why { ?n kg:corrected ?c . ?c kg:layer ?layer ;"
            " kg:passage ?passage ; rdfs:comment ?why }"
        ).rows
        assert told == ({"layer": "stresses", "passage": "煤矿", "why": "试"},)
        assert graph.validate().conforms
        assert graph.verify().notices == 1

    again = kg("build", folder, "--store", store)
    assert "1 as before" in again.stderr
    assert "1 correction replayed" in again.stderr
    rows.unlink()
    assert "1 changed" in kg("build", folder, "--store", store).stderr
    assert stressed(store) == before


def test_extract_and_candidates_take_corrections(tmp_path):
    path, rows = tmp_path / "a.txt", tmp_path / "c.yaml"
    path.write_text(TEXT.replace("煤矿", "翼装飞行、煤矿、建筑施工"), encoding="utf-8")
    rows.write_text("- {action: map, term: 翼装飞行, to: tourism}\n", encoding="utf-8")
    assert '"tourism"' not in kg("extract", path).stdout
    assert '"tourism"' in kg("extract", path, "--corrections", rows).stdout
    assert "翼装飞行" in kg("vocab", "candidates", path).stdout
    assert "翼装飞行" not in kg("vocab", "candidates", path, "--corrections", rows).stdout
    rows.write_text("- {action: delete}\n", encoding="utf-8")
    refused = kg("extract", path, "--corrections", rows)
    assert refused.exit_code == 1
    assert "action is 'delete'" in refused.stderr
