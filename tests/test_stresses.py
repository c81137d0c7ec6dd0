"""Which sectors a sentence stresses, by the role that each has in it, and what the topic of a page or body adds."""

from __future__ import annotations

from pathlib import Path

import pytest

import kg
from kg.read import read_text

NEWS = (
    "灵丘县召开安全生产会议\n发布时间：2022-03-06　来源：某报\n3月5日，灵丘县召开全县安全生产会议。"
)


def stressed(text: str) -> set[tuple[str | None, str]]:
    return {(s.region, s.hazard) for s in kg.extract(read_text(text)).stresses}


def _table(name: str) -> list[tuple[str, str]]:
    path = Path(__file__).with_name(name)
    lines = path.read_text(encoding="utf-8").splitlines()
    return [(a, b) for a, b in (w.split("\t") for w in lines if w and not w.startswith("#"))]


ROLES = _table("stresses.tsv")
REPORTS = _table("reports.tsv")


def test_the_tables_are_read():
    assert len(ROLES) >= 80
    assert len(REPORTS) >= 60


@pytest.mark.parametrize(("words", "expected"), REPORTS)
def test_a_report_stresses_what_its_region_directs_attention_at(words, expected):
    text = f"灵丘县安全动态\n发布时间：2022-03-06　来源：灵丘县政府网\n{words}\n"
    found = {hazard for _, hazard in stressed(text)}
    assert found == set(() if expected == "-" else expected.split())


@pytest.mark.parametrize(("words", "expected"), ROLES)
def test_a_sector_is_stressed_by_its_role_in_the_sentence(words, expected):
    found = {hazard for _, hazard in stressed(f"{NEWS}会议要求，{words}。\n")}
    assert found == set(() if expected == "-" else expected.split())


def test_what_may_stand_anywhere_counts_where_its_sector_is_named_otherwise():
    alone = f"{NEWS}会议要求，客车要配备灭火器。\n"
    beside = f"{NEWS}会议要求，要抓好消防安全。客车要配备灭火器。\n"
    assert ("灵丘县", "fire-safety") not in stressed(alone)
    record = kg.extract(read_text(beside))
    fire = next(s for s in record.stresses if s.hazard == "fire-safety")
    assert [e.quote for e in fire.evidence] == ["要抓好消防安全", "客车要配备灭火器"]


def test_what_a_body_for_one_sector_demands_is_on_that_sector():
    text = (
        "灵丘县加强值守\n发布时间：2022-07-06　来源：某报\n"
        "7月5日，灵丘县防汛抗旱指挥部下发通知，要求各乡镇落实堤段包保责任制，加密巡查。\n"
    )
    assert ("灵丘县", "flood") in stressed(text)
    assert ("灵丘县", "flood") not in stressed(text.replace("防汛抗旱指挥部", "安委会办公室"))


def test_a_topic_that_gathers_others_gives_way_to_them_and_one_of_its_own_does_not():
    body = "来源：某报 2022-07-06\n7月5日，灵丘县召开全县{}工作会议。会议要求，{}。\n"
    mines = stressed("灵丘县召开会议\n" + body.format("矿山安全", "要对煤矿逐矿检查"))
    roads = stressed("灵丘县召开会议\n" + body.format("道路交通安全", "要严查货车超载"))
    assert ("灵丘县", "mining") not in mines
    assert ("灵丘县", "road-traffic") in roads


@pytest.mark.parametrize(
    ("told", "hazard"),
    [
        ("县长王某调研尾矿库安全生产工作。他强调，要压实企业主体责任。", "tailings-pond"),
        ("灵丘县印发《关于加强校车安全管理的通知》，要求各校落实主体责任。", "school-bus"),
        ("县长王某说，对我县而言，第一位的是渡口渡船安全。他要求抓好落实。", "water-transport"),
        ("县长王某在一处烟花爆竹零售点，当即责令整改，并要求各乡镇举一反三。", "fireworks"),
    ],
)
def test_what_is_looked_into_issued_or_ranked_first_is_a_topic(told, hazard):
    text = f"灵丘县安全动态\n发布时间：2022-03-06　来源：灵丘县政府网\n3月5日，灵丘县{told}\n"
    assert ("灵丘县", hazard) in stressed(text.replace("灵丘县灵丘县", "灵丘县"))


def test_what_is_only_looked_into_is_none():
    text = "灵丘县安全动态\n来源：灵丘县政府网 2022-03-06\n3月5日，灵丘县县长王某调研尾矿库安全生产工作。\n"
    assert stressed(text) == set()


#: What a leader or a team looks at on a tour of inspection, with the sectors stressed by it.
TOURS = [
    (
        "先后来到一处加油站、客运站和一处养老院，检查安全生产工作",
        "elderly-care oil-gas-storage passenger-transport",
    ),
    ("检查了城南水库和武灵镇福利院", "elderly-care reservoirs"),
    (
        "一行深入商场、医院、学校，实地查看消防设施运行情况",
        "commercial-complex fire-safety hospitals schools",
    ),
    ("带队检查安全生产工作。在一处涉氨冷库，李平仔细查看报警装置", "ammonia-refrigeration"),
    ("带队检查安全生产工作。检查组还对夜市燃气使用情况进行了抽查", "gas"),
    ("参观了新建的医院和学校", ""),
    ("来到医院看望伤员，检查安全生产工作", ""),
    ("深入工业园区，检查安全生产工作", ""),
    ("听取了煤矿、渡口安全情况汇报", ""),
]


@pytest.mark.parametrize(("tour", "hazards"), TOURS)
def test_what_is_looked_at_on_a_tour_of_inspection_is_stressed(tour, hazards):
    text = (
        "灵丘县安全动态\n发布时间：2022-03-06　来源：灵丘县政府网\n"
        f"3月5日，灵丘县县长李平{tour}。他强调，要压实责任。\n"
    )
    assert {hazard for _, hazard in stressed(text)} == set(hazards.split())


#: What is said of a sector before a demand in the same sentence, with the sectors stressed by it.
FAULTS = [
    ("山区道路摩托车载人、酒驾屡禁不止，交警要设卡劝导", "road-traffic"),
    ("城区电梯老化问题突出，市场监管部门要逐台建档", "elevators"),
    ("我县露天采石场数量多、边坡高，必须逐座体检", "quarry"),
    ("校车安全无小事，要落实跟车制度", "school-bus"),
    ("去年全县火灾起数上升，要层层压实责任", ""),
    ("全县没有烟花爆竹批发企业，要压实责任", ""),
    ("煤矿隐患依然突出，不能盲目乐观", ""),
    ("个别加油站卸油作业不规范，要举一反三", ""),
]


@pytest.mark.parametrize(("words", "hazards"), FAULTS)
def test_the_fault_named_before_a_demand_is_what_is_demanded_about(words, hazards):
    found = {hazard for _, hazard in stressed(f"{NEWS}会议强调，{words}。\n")}
    assert found == set(hazards.split())


def test_a_duty_is_about_sectors_that_its_region_stresses():
    text = f"{NEWS}会议要求，渔船要全部回港，由镇村干部在码头把守。摩托车要在排气管上装防火帽。\n"
    record = kg.extract(read_text(text))
    duties = {o.quote: o.hazards for o in record.obligations}
    assert duties["渔船要全部回港"] == ("fishing-vessels",)
    assert duties["摩托车要在排气管上装防火帽"] == ()
    assert {s.hazard for s in record.stresses} == {"fishing-vessels"}
