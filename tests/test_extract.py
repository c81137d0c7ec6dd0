"""What is read out of a notice: small notices written for the purpose, and the seed against its gold."""

from __future__ import annotations

from pathlib import Path

import pytest

import kg
from kg.evaluate import evaluate, find_gold
from kg.evaluate.baseline import Baseline, reached
from kg.read import read_text

GOLD = Path(__file__).parent / "gold"
SHARED = Path(__file__).resolve().parents[2] / "shared" / "gold"
HEAD = "黑龙江省召开安全生产会议\n发布时间：2021-05-06　来源：某报\n5月5日，黑龙江省政府召开全省安全生产视频会议。"


def said(text: str, layer: str, *fields: str) -> set[tuple[object, ...]]:
    record = kg.extract(read_text(text)).to_json()
    return {tuple(item[f] for f in fields) for item in record[layer]}


def stresses(body: str) -> set[str]:
    return {hazard for _, hazard in said(HEAD + body, "stresses", "region", "hazard")}


@pytest.mark.parametrize(
    ("body", "hazards"),
    [
        ("会议强调，要狠抓尾矿库安全风险防范。", {"tailings-pond"}),
        ("会议强调，要加强道路交通、建筑施工安全监管。", {"road-traffic", "construction"}),
        ("会议要求，强化老旧小区消防安全整治。", {"old-residential", "fire-safety"}),
        # told, counted, named, excluded: not stressed
        ("一季度，全省煤矿事故起数同比下降12%。", set()),
        ("会议通报了某煤矿透水事故情况。", set()),
        ("省消防救援总队、国家矿山安全监察局有关负责人参加会议。", set()),
        ("会议要求，认真学习《煤矿安全规程》。", set()),
        ("会议要求，除煤矿外，各行业要开展安全大检查。", set()),
    ],
)
def test_stressed_is_told_from_mentioned(body, hazards):
    assert stresses(body) == hazards


@pytest.mark.parametrize(
    ("clause", "modality"),
    [
        ("各企业必须落实值班值守制度", "obligation"),
        ("严禁带火种进山", "prohibition"),
        ("不得超员载客", "prohibition"),
        ("鼓励群众举报隐患", "recommendation"),
        ("加强值班值守", "obligation"),
        ("凡未整改到位的一律停产整顿", "obligation"),
    ],
)
def test_the_modality_of_a_clause(clause, modality):
    assert (modality,) in said(f"{HEAD}会议要求，{clause}。", "obligations", "modality")


def test_a_deadline_a_bearer_and_a_condition():
    text = HEAD + "会议要求，各市县要于10月底前完成摸底，对发现重大隐患的，一律停产整顿。"
    first, *rest = kg.extract(read_text(text)).obligations
    assert first.deadline == "2021-10-31"
    assert first.deadline_text == "10月底前"
    assert first.bearer is not None
    assert first.bearer.startswith("各市县")
    assert rest


def test_what_was_done_is_told_to_the_end_of_the_count():
    body = (
        "会议指出，去年以来全省共排查化工企业312家，整改隐患1560条。会议要求，要排查化工企业隐患。"
    )
    quotes = {quote for (quote,) in said(HEAD + body, "obligations", "quote")}
    assert quotes == {"要排查化工企业隐患"}


def test_a_deed_listed_behind_the_first_is_not_its_object():
    record = kg.extract(HEAD + "会议要求，见烟就查、见火就罚，要严查野外用火。")
    assert [(o.action, o.object) for o in record.obligations] == [
        ("查", None),
        ("严查", "野外用火"),
    ]


def test_meetings_have_date_and_region():
    (meeting,) = said(HEAD + "会议强调，要加强值守。", "meetings", "name", "date", "region")
    assert meeting == ("全省安全生产视频会议", "2021-05-05", "黑龙江省")


def test_the_year_turns_over():
    text = "省政府召开会议\n发布时间：2021-01-04　来源：贵州日报\n12月30日，贵州省召开全省煤矿安全视频会议。"
    assert ("2020-12-30",) in said(text, "meetings", "date")


def test_what_the_national_meeting_said_belongs_to_the_state():
    text = (
        "安徽省组织收看全国会议\n发布时间：2021-05-06\n5月5日，国务院安委会召开全国安全防范工作视频会议。"
        "会议强调，要狠抓煤矿安全整治。会后，安徽省接续召开会议，要求加强尾矿库安全监管。"
    )
    found = said(text, "stresses", "region", "hazard")
    assert ("全国", "coal-mine") in found
    assert ("安徽省", "tailings-pond") in found
    assert ("安徽省", "coal-mine") not in found


def test_an_enterprise_is_no_region():
    text = (
        "某某矿业有限公司召开安全生产例会\n2021-05-06 来源：公司网站\n"
        "5月5日，郴州市某某矿业有限公司召开安全生产例会。会议要求，要狠抓尾矿库安全。"
    )
    assert said(text, "regions", "name") == set()
    assert said(text, "stresses", "region", "hazard") == {(None, "tailings-pond")}


def test_page_furniture_is_not_read():
    tail = "\n责任编辑：王某\n相关阅读：\n湖南省部署烟花爆竹安全检查\n某市严查煤矿超产\n"
    assert stresses("会议强调，要狠抓尾矿库安全风险防范。" + tail) == {"tailings-pond"}


def test_every_quote_stands_in_the_text():
    text = HEAD + "会议强调，要狠抓尾矿库安全风险防范，压实企业主体责任，严禁违章作业。"
    record = kg.extract(read_text(text)).to_json()
    quotes = [
        e
        for items in record.values()
        if isinstance(items, list)
        for i in items
        for e in i["evidence"]
    ]
    assert len(quotes) >= 5
    for e in quotes:
        assert text[e["start"] : e["end"]] == e["quote"]


def test_the_seed_reaches_its_floors():
    (result,) = evaluate([GOLD]).notices
    f1 = {layer: count.f1 for layer, count in result.layers.items()}
    assert f1["regions"] == f1["meetings"] == 1.0
    for layer in ("stresses", "responsibilities", "measures", "campaigns", "policies", "incidents"):
        assert f1[layer] >= 0.98, layer
    assert f1["obligations"] >= 0.97


#: Read while the rules were written; the others of the folder were kept unseen.
SEEN = [
    *("a01", "a06", "a07", "a10", "a12", "a17", "a19", "b06", "b07", "b15", "b18", "b19"),
    *("b21", "b23", "c02", "c09", "c13", "c15"),
]
FLOORS = {
    "regions": 0.97,
    "meetings": 0.95,
    "stresses": 0.97,
    "responsibilities": 0.97,
    "measures": 0.95,
    "campaigns": 0.95,
    "policies": 0.99,
    "incidents": 0.88,
    "obligations": 0.96,
}


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared gold is not beside this checkout")
def test_notices_read_while_the_rules_were_written_reach_their_floors():
    result = evaluate([SHARED / f"{name}.json" for name in SEEN])
    assert len(result.notices) == len(SEEN)
    for layer, floor in FLOORS.items():
        f1 = result.layers[layer].f1
        assert f1 is not None
        assert f1 >= floor, layer


def test_a_district_named_after_its_city_is_whose_report_it_is():
    text = (
        "铜川市印台区召开安全生产工作会议\n来源：铜川日报 2022-07-08\n"
        "7月7日，印台区召开全区安全生产工作会议。会议强调，要狠抓煤矿安全。"
    )
    assert said(text, "meetings", "name", "date", "region") == {
        ("全区安全生产工作会议", "2022-07-07", "印台区")
    }


# --- floors ---------------------------------------------------------------------------------------

WRITTEN = Path(__file__).parent / "written"
UNSEEN = Path(__file__).parent / "unseen"
PASSAGES = Path(__file__).parent / "passages"


@pytest.mark.parametrize(
    ("folder", "notices"),
    [(GOLD, 1), (WRITTEN, 349), (UNSEEN, 131), (PASSAGES, 4), (UNSEEN / "passages", 3)],
    ids=lambda v: str(v)[-15:],
)
def test_the_floors_of_our_own_gold_hold(folder, notices):
    """Floors move up with ``kg eval FOLDER --baseline FOLDER/baseline.json --update``."""
    pairs, errors = find_gold([folder])
    assert (len(pairs), errors) == (notices, [])
    baseline = Baseline.read(folder / "baseline.json")
    assert baseline is not None
    assert baseline.broken(reached(evaluate([folder]), pairs)) == []
