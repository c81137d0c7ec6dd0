"""Scores against hand-made gold whose figures were worked out by hand."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import InputError
from kg.evaluate import Evaluation, as_json, as_text, evaluate, find_gold, score
from kg.evaluate.match import OVERLAP, normal, overlap, pair
from kg.evaluate.sentences import Sentences
from kg.model import Evidence, Obligation, Record, Region, Stress
from kg.read import read_path, read_text

GOLD: dict[str, Any] = {
    "id": "a",
    "title": "t",
    "published": None,
    "regions": ["湖南省", "长沙市"],
    "meetings": [{"name": "全省电视电话会议", "date": "2020-04-10", "region": "湖南省"}],
    "stresses": [
        {"region": "湖南省", "hazard": "coal-mine"},
        {"region": "湖南省", "hazard": "tailings-pond"},
        {"region": "长沙市", "hazard": "fire-safety"},
    ],
    "responsibilities": [],
    "measures": [{"region": "湖南省", "measure": "law-enforcement"}],
    "campaigns": [{"region": "湖南省", "name": "安全生产专项整治三年行动"}],
    "policies": ["意见（试行）"],
    "incidents": ["“9·13”顶板事故"],
    "obligations": [
        {
            "region": "湖南省",
            "modality": "obligation",
            "action": "狠抓",
            "quote": "要狠抓煤矿安全整治",
            "hazards": [],
        },
        {
            "region": "湖南省",
            "modality": "prohibition",
            "action": "带电",
            "quote": "严禁带电作业",
            "hazards": [],
        },
        {
            "region": "湖南省",
            "modality": "obligation",
            "action": "加强",
            "quote": "加强应急值守",
            "hazards": [],
        },
        {
            "region": "长沙市",
            "modality": "recommendation",
            "action": "举报",
            "quote": "鼓励群众举报隐患",
            "hazards": [],
        },
    ],
}
FOUND: dict[str, Any] = {
    "regions": [{"name": "湖南省"}, {"name": "长沙市"}, {"name": "株洲市"}],
    # another date: a miss and a false hit
    "meetings": [{"name": "全省电视电话会议", "date": None, "region": "湖南省"}],
    # one right, one of another region, one too many, one twice
    "stresses": [
        {"region": "湖南省", "hazard": "coal-mine"},
        {"region": "湖南省", "hazard": "coal-mine"},
        {"region": "湖南省", "hazard": "fire-safety"},
    ],
    "responsibilities": [],
    "measures": [],
    "campaigns": [{"region": "湖南省", "name": "安全生产专项整治三年行动"}],
    "policies": [{"name": "意见(试行)"}],
    "incidents": [{"name": '"9·13"顶板事故'}],
    "obligations": [
        # 8 of 9 characters: found; the action differs
        {"region": "湖南省", "modality": "obligation", "action": "抓", "quote": "狠抓煤矿安全整治"},
        # found, another modality
        {"region": "湖南省", "modality": "obligation", "action": "带电", "quote": "严禁带电作业"},
        # 4 of 6 characters: too little
        {"region": "湖南省", "modality": "obligation", "action": "加强", "quote": "加强应急"},
        # another region
        {
            "region": "湖南省",
            "modality": "recommendation",
            "action": "举报",
            "quote": "鼓励群众举报隐患",
        },
    ],
}


def figures(name: str) -> tuple[int, int, int]:
    count = score(GOLD, FOUND).layers[name]
    return count.right, count.false, count.missed


@pytest.mark.parametrize(
    ("layer", "right", "false", "missed"),
    [
        ("regions", 2, 1, 0),
        ("meetings", 0, 1, 1),
        ("stresses", 1, 1, 2),
        ("responsibilities", 0, 0, 0),
        ("measures", 0, 0, 1),
        ("campaigns", 1, 0, 0),
        ("policies", 1, 0, 0),
        ("incidents", 1, 0, 0),
        ("obligations", 2, 2, 2),
    ],
)
def test_evaluate_counts_each_layer(layer: str, right: int, false: int, missed: int) -> None:
    assert figures(layer) == (right, false, missed)


def test_evaluate_gives_precision_recall_and_f1() -> None:
    layers = score(GOLD, FOUND).layers
    stresses = layers["stresses"]
    assert (stresses.precision, stresses.recall, stresses.f1) == (1 / 2, 1 / 3, 2 / 5)
    assert (layers["measures"].precision, layers["measures"].recall) == (None, 0.0)
    assert layers["responsibilities"].f1 is None


def test_evaluate_scores_modality_over_paired_and_unpaired_clauses() -> None:
    result = Evaluation(notices=(score(GOLD, FOUND),))
    # obligation: 1 right, 2 false (带电作业, 加强应急), 1 missed (加强应急值守): F1 = 2/(2+2+1)
    # prohibition: 0 right, 1 missed: 0; recommendation: 1 missed, 1 false: 0
    counts = {name: (c.right, c.false, c.missed) for name, c in result.modality.items()}
    assert counts == {
        "obligation": (1, 2, 1),
        "prohibition": (0, 0, 1),
        "recommendation": (0, 1, 1),
    }
    assert result.modality_macro_f1 == pytest.approx((2 / 5) / 3)
    assert result.action_accuracy == 1 / 2


def test_evaluate_sums_over_notices_and_leaves_out_layers_that_gold_leaves_out() -> None:
    bare = {"id": "b", "stresses": GOLD["stresses"]}
    totals = Evaluation(notices=(score(GOLD, FOUND), score(bare, {}))).layers
    assert (totals["stresses"].right, totals["stresses"].missed) == (1, 5)
    assert (totals["obligations"].right, totals["obligations"].missed) == (2, 2)


def test_evaluate_of_a_record_against_itself_is_perfect() -> None:
    result = Evaluation(notices=(score(GOLD, GOLD),))
    assert {c.f1 for c in result.layers.values()} == {1.0, None}
    assert (result.modality_macro_f1, result.action_accuracy) == (1.0, 1.0)
    assert result.notices[0].differences == ()


def test_evaluate_treats_an_enterprise_without_region_as_a_region_of_its_own() -> None:
    gold = {"id": "e", "stresses": [{"region": None, "hazard": "gas"}]}
    assert (
        score(gold, {"stresses": [{"region": None, "hazard": "gas"}]}).layers["stresses"].right == 1
    )
    assert (
        score(gold, {"stresses": [{"region": "湖南省", "hazard": "gas"}]}).layers["stresses"].right
        == 0
    )


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("意见（试行）", "意见(试行)", True),
        ("国发〔2020〕3号", "国发［2020］3号", True),
        ("“三年”行动", "「三年」行动", True),
        ("三年 行动\u3000计划", "三年行动计划", True),
        ("煤矿，非煤矿", "煤矿,非煤矿", True),
        ("２０２０年", "2020年", True),
        ("“三年”行动", "三年行动", False),
        ("三年行动", "三年计划", False),
    ],
)
def test_evaluate_ignores_widths_and_shapes_but_no_words(a: str, b: str, same: bool) -> None:
    assert (normal(a) == normal(b)) is same


@given(st.text("要狠抓煤矿安", max_size=12), st.text("要狠抓煤矿安", max_size=12))
def test_overlap_is_the_longest_common_subsequence(a: str, b: str) -> None:
    table = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            table[i + 1][j + 1] = (
                table[i][j] + 1 if x == y else max(table[i][j + 1], table[i + 1][j])
            )
    assert overlap(a, b) == (table[-1][-1] / max(len(a), len(b)) if a or b else 0.0)


@given(*[st.lists(st.text("要狠抓煤", min_size=1, max_size=6), max_size=4)] * 2)
def test_pairing_is_one_to_one_and_as_large_as_can_be(gold: list[str], found: list[str]) -> None:
    pairs = pair(gold, found)
    assert len({g for g, _ in pairs}) == len({f for _, f in pairs}) == len(pairs)
    assert all(overlap(gold[g], found[f]) >= OVERLAP for g, f in pairs)
    longer, shorter = sorted((gold, found), key=len, reverse=True)
    best = max(
        sum(overlap(a, b) >= OVERLAP for a, b in zip(order, shorter, strict=False))
        for order in permutations(longer)
    )
    assert len(pairs) == best


def test_pairing_stands_a_thousand_equal_clauses() -> None:
    assert len(pair(["加强应急值守"] * 1001, ["加强应急值守"] * 1000)) == 1000


# --- with files ----------------------------------------------------------------------------------

TEXT = "会议强调，湖南省要狠抓煤矿安全整治。长沙市鼓励群众举报隐患。要严查尾矿库。\x1b[31m"


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "a.json").write_text(json.dumps(GOLD, ensure_ascii=False), encoding="utf-8")
    return tmp_path


def extract(path: Path) -> Record:
    place = (Evidence(start=19, end=30, quote="鼓励群众举报隐患"),)
    return Record(
        id=path.stem,
        title=None,
        published=None,
        regions=(Region(name="株洲市", evidence=place),),
        stresses=(Stress(region="长沙市", hazard="fire-safety", evidence=place),),
        obligations=(
            Obligation(
                region="长沙市",
                modality="recommendation",
                action="举报",
                quote="鼓励群众举报隐患",
                hazards=(),
                evidence=place,
            ),
        ),
        notice=read_path(path),
    )


def test_evaluate_lists_each_miss_and_false_hit_with_its_sentence(gold: Path) -> None:
    (notice,) = evaluate([gold], extract=extract).notices
    listed = {(d.layer, d.kind, d.item): d.sentence for d in notice.differences}
    assert listed["regions", "false", "株洲市"] == "长沙市鼓励群众举报隐患。"
    assert listed["regions", "missed", "湖南省"] == "会议强调，湖南省要狠抓煤矿安全整治。"
    assert listed["stresses", "missed", "湖南省 · tailings-pond"] == "要严查尾矿库。"
    clause = "湖南省 · obligation · 狠抓 · 要狠抓煤矿安全整治"
    assert listed["obligations", "missed", clause] == "会议强调，湖南省要狠抓煤矿安全整治。"
    assert listed["policies", "missed", "意见（试行）"] == ""


def test_evaluate_reports_what_cannot_be_used_and_goes_on(gold: Path) -> None:
    (gold / "b.txt").write_text(TEXT, encoding="utf-8")
    (gold / "b.json").write_text("{", encoding="utf-8")
    (gold / "c.txt").write_text(TEXT, encoding="utf-8")
    (gold / "c.json").write_text('{"stresses": [{"region": null}]}', encoding="utf-8")
    (gold / "d.txt").write_text("", encoding="utf-8")
    (gold / "d.json").write_text('{"regions": []}', encoding="utf-8")
    result = evaluate([gold], extract=extract)
    assert [n.id for n in result.notices] == ["a"]
    messages = [str(e).removeprefix(f"{gold}/") for e in result.errors]
    assert messages[0].startswith("b.json: no gold can be read: ")
    assert messages[1:] == ["c.json: stresses[0] has no 'hazard'", "d.txt: it is empty"]


def test_find_gold_takes_files_and_folders_each_once(gold: Path) -> None:
    (gold / "floors.json").write_text("{}", encoding="utf-8")
    pairs, errors = find_gold([gold, gold / "a.json"])
    assert (pairs, errors) == ([(gold / "a.json", gold / "a.txt")], [])
    pairs, errors = find_gold([gold / "floors.json", gold / "no.json"])
    assert pairs == []
    assert [str(e) for e in errors] == [
        f"{gold / 'floors.json'}: no notice beside it",
        f"{gold / 'no.json'}: no such file",
    ]
    assert all(isinstance(e, InputError) for e in errors)


def test_passages_are_lines_of_a_file_and_a_broken_one_is_named(tmp_path: Path) -> None:
    text = "湖南省政府召开会议。会议要求，要狠抓尾矿库安全。"
    gold = {"text": text, "stresses": [{"region": "湖南省", "hazard": "tailings-pond"}]}
    lines = (
        json.dumps(gold, ensure_ascii=False),
        "",
        '{"stresses": []}',
        "{",
        '{"text": 1, "regions": []}',
    )
    passages = tmp_path / "passages.jsonl"
    passages.write_text("\n".join(lines), encoding="utf-8")
    result = evaluate([tmp_path])
    assert [notice.id for notice in result.notices] == ["passages-1"]
    assert result.layers["stresses"].f1 == 1.0
    assert [str(error).split(" ")[0] for error in result.errors] == [
        f"{passages}:{n}:" for n in (3, 4, 5)
    ]
    (tmp_path / "questions.jsonl").write_text('{"q": "哪些地区？"}\n', encoding="utf-8")
    assert find_gold([tmp_path]) == ([(passages, passages)], [])


def test_evaluation_as_text_shows_the_table_and_stays_printable(gold: Path) -> None:
    text = as_text(evaluate([gold], extract=extract))
    assert "regions               2      1      0      0.000   0.000  0.000" in text
    assert "stresses              3      1      1      1.000   0.333  0.500" in text
    assert "obligations           4      1      1      1.000   0.250  0.400" in text
    assert "modality, macro F1                                        0.333" in text
    assert "\x1b" not in text
    assert "missed" not in as_text(evaluate([gold], extract=extract), differences=False)


def test_evaluation_as_json_holds_the_same_figures(gold: Path) -> None:
    result = json.loads(as_json(evaluate([gold], extract=extract)))
    assert result["layers"]["stresses"] == {
        "right": 1,
        "false": 0,
        "missed": 2,
        "precision": 1.0,
        "recall": 1 / 3,
        "f1": 0.5,
        "f1_interval": None,
        "f1_related_half": 0.5,
    }
    assert result["modality"]["macro_f1"] == pytest.approx(1 / 3)
    assert result["notices"][0]["id"] == "a"
    assert result["errors"] == []


def test_sentences_are_found_in_a_damaged_notice_by_raw_offsets() -> None:
    notice = read_text(
        "會議強(qiáng)調(diào),要狠抓煤礦。強(qiáng)化責(zé)任落實,要嚴(yán)查尾礦庫。"
    )
    record = Record(id="t", title=None, published=None, notice=notice)
    assert Sentences.of(record).at(notice.raw.index("尾")) == "强化责任落实,要严查尾矿库。"


# --- the product's own gold ----------------------------------------------------------------------

ROOT = Path(__file__).resolve().parent.parent
OWN = ROOT / "tests" / "gold"
SHARED = ROOT.parent / "shared" / "gold" / "seed.json"


def test_own_gold_is_the_seed_as_two_readers_annotated_it() -> None:
    pairs, errors = find_gold([OWN])
    assert (len(pairs), errors) == (1, [])
    gold_path, notice = pairs[0]
    assert notice.read_bytes() == (ROOT / "seeds" / notice.name).read_bytes()
    own = json.loads(gold_path.read_text(encoding="utf-8"))
    assert own["id"] == gold_path.stem
    assert (len(own["stresses"]), len(own["obligations"])) == (64, 213)
    if not SHARED.exists():
        pytest.skip("../shared/gold/seed.json is not here to compare with")
    shared = json.loads(SHARED.read_text(encoding="utf-8"))
    assert own == {**shared, "id": own["id"]}
