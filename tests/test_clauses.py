"""Which clauses direct, with what main verb, force and kind: sentences written for the purpose."""

from __future__ import annotations

import pytest

import kg
from kg.read import read_text

NEWS = (
    "灵丘县召开安全生产会议\n发布时间：2022-03-06　来源：某报\n3月5日，灵丘县召开全县安全生产会议。"
)
NOTICE = (
    "灵丘县安全生产委员会关于加强安全生产工作的通知\n灵安〔2022〕7号\n各乡镇人民政府，县直各部门：\n"
    "　　近期天气转暖，事故易发。现就有关事项通知如下：\n"
)


def duties(text: str) -> list[kg.model.Obligation]:
    return list(kg.extract(read_text(text)).obligations)


def said(body: str) -> list[tuple[str, str]]:
    return [(o.action, o.quote) for o in duties(f"{NEWS}会议要求，{body}")]


@pytest.mark.parametrize(
    ("clause", "action"),
    [
        ("严禁以打卡代替巡查", "代替"),
        ("危桥不得带病通行", "通行"),
        ("鼓励养殖户加装监控", "加装"),
        ("由镇长负责河道清障", "负责"),
        ("各村要对危房逐户登记", "登记"),
        ("塔吊应于5月底前接入平台", "接入"),
        ("把易燃杂物清走", "清走"),
        ("发现漏电的立即断电", "断电"),
        ("楼道堆物当场清理", "清理"),
        ("备足沙袋、水泵", "备足"),
        ("企业应当按照规程配齐气体检测仪", "配齐"),
        ("对拒不整改的一律停产整顿", "停产整顿"),
        ("可以采用无人机巡河", "采用"),
        ("突出抓好校园食堂", "抓好"),
        ("统筹发展和安全", "统筹"),
        ("作业人员一律不得夜宿", "夜宿"),
        ("逐库排查整治", "排查整治"),
    ],
)
def test_the_action_is_the_main_verb(clause, action):
    assert said(clause + "。") == [(action, clause)]


@pytest.mark.parametrize(
    ("clause", "quotes"),
    [
        ("坝体渗水的，一律停用", ["坝体渗水的，一律停用"]),
        ("接到预警，立即停航", ["接到预警，立即停航"]),
        ("春节期间，各乡镇要加强巡查", ["各乡镇要加强巡查"]),
        ("按照省里部署，扎实开展排查", ["按照省里部署，扎实开展排查"]),
        ("考虑到道路结冰，检查可以改为线上", ["检查可以改为线上"]),
        ("加强煤矿监管，以及周边小窑", ["加强煤矿监管，以及周边小窑"]),
        ("要压实责任，强化值守；严禁脱岗", ["要压实责任", "强化值守", "严禁脱岗"]),
    ],
)
def test_a_clause_has_its_condition_and_its_lead_but_not_its_occasion(clause, quotes):
    assert [quote for _, quote in said(clause + "。")] == quotes


@pytest.mark.parametrize(
    "told",
    [
        "县应急局将组织开展抽查",
        "渡口安全由海事部门另行部署",
        "全县已关闭小煤窑12处",
        "该矿去年发生透水事故",
        "会议听取了消防工作汇报",
        "部分企业主体责任不落实",
    ],
)
def test_what_is_planned_left_to_others_done_or_lamented_is_no_duty(told):
    assert duties(f"{NEWS}{told}。") == []


def test_a_section_that_laments_tells_and_the_next_directs():
    text = (
        NOTICE.replace("工作的通知", "检查情况的通报").replace("通知如下", "通报如下")
        + "　　一、存在的主要问题\n　　（一）企业主体责任不落实。甲化工公司动火作业未办票，液氨储罐超装。\n"
        "　　二、下一步工作要求\n　　（一）抓整改。各企业要加强冷库管理。\n"
        "附：问题清单\n1 乙镇 某酒店 电梯超期未检 立即\n"
    )
    record = kg.extract(read_text(text))
    assert {s.hazard for s in record.stresses}.isdisjoint({"hot-work", "elevators", "fire-safety"})
    assert "各企业要加强冷库管理" in {o.quote for o in record.obligations}
    assert all("未办票" not in o.quote and "超期" not in o.quote for o in record.obligations)


def test_a_numbered_heading_that_orders_is_a_duty_and_one_that_names_is_none():
    text = (
        f"{NOTICE}　　一、检查范围\n　　全县非煤矿山。\n　　二、逐库排查整治。重点检查排洪设施。\n"
    )
    assert [o.quote for o in duties(text)] == ["逐库排查整治", "重点检查排洪设施"]


def test_a_report_goes_on_directing_until_it_narrates():
    text = (
        f"{NEWS}\n会议要求，要强化值守。\n各乡镇要清理河道，养殖网箱6月底前全部上岸。\n"
        "会前，与会人员观看了警示片。\n"
    )
    assert [o.action for o in duties(text)][1:] == ["清理", "上岸"]


@pytest.mark.parametrize(
    ("clause", "kind"),
    [
        ("要在4月底前拆除违规夹层", "achievement"),
        ("组织一次疏散演练", "achievement"),
        ("严格落实24小时值班制度", "state"),
        ("严禁私拉电线", "state"),
        ("牢固树立安全发展理念", "slogan"),
        ("时刻绷紧安全这根弦", "slogan"),
    ],
)
def test_an_achievement_a_state_and_a_slogan_are_told_apart(clause, kind):
    (duty,) = duties(f"{NEWS}会议要求，{clause}。")
    assert duty.kind == kind


@pytest.mark.parametrize(
    ("clause", "bearer"),
    [
        ("各乡镇要加强巡查", "各乡镇"),
        ("塌方路段由公路部门逐处封闭", "公路部门"),
        ("对小作坊开展检查", None),
    ],
)
def test_who_bears_the_duty(clause, bearer):
    (duty,) = duties(f"{NEWS}会议要求，{clause}。")
    assert duty.bearer == bearer


def test_a_duty_names_the_responsibilities_that_it_invokes():
    (duty,) = duties(f"{NEWS}会议要求，督促企业落实主体责任。")
    assert duty.responsibilities == ("enterprise-principal",)


@pytest.mark.parametrize(
    ("clause", "modality"),
    [
        ("出事不盲目施救", "prohibition"),
        ("凡存在隐患的一律不得开工", "prohibition"),
        ("场地不够的可利用空地", "permission"),
        ("支持渔民参保", "recommendation"),
        ("休渔船舶须集中停靠", "obligation"),
    ],
)
def test_the_force_of_a_clause(clause, modality):
    (duty,) = duties(f"{NEWS}会议要求，{clause}。")
    assert duty.modality == modality


@pytest.mark.parametrize(
    ("clause", "deadline", "words"),
    [
        ("10日内拆除违建", "2022-03-06/2022-03-16", "10日内"),
        ("“五一”前完成检修", "2022-04-30", "“五一”前"),
        ("春节前装上视频监控", None, "春节前"),
        ("6月底前接入平台", "2022-06-30", "6月底前"),
        ("自即日起至4月30日开展排查", "2022-03-06/2022-04-30", "自即日起至4月30日"),
    ],
)
def test_a_time_limit_is_a_date_or_a_period_where_it_can_be_known(clause, deadline, words):
    (duty,) = duties(f"{NEWS}会议要求，{clause}。")
    assert (duty.deadline, duty.deadline_text) == (deadline, words)


def test_a_report_directs_only_in_the_sections_that_demand():
    text = (
        "灵丘县安全生产委员会\n关于渡口安全督查情况的通报\n灵安〔2022〕9号\n各乡镇人民政府：\n"
        "　　3月1日至4日，县安委会派出2个督查组。现通报如下：\n"
        "　　一、好的方面\n　　甲乡把渡口整治纳入考核，12处隐患全部整改。\n"
        "　　二、马上就改\n　　1.各乡镇要逐船核验救生衣。\n"
    )
    assert "各乡镇要逐船核验救生衣" in {o.quote for o in duties(text)}
    assert all("甲乡" not in o.quote and "12处" not in o.quote for o in duties(text))
