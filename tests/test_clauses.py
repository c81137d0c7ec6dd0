"""Which clauses direct, with what main verb, force and kind: sentences written for the purpose."""

from __future__ import annotations

from pathlib import Path

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
        ("4月1日至5月31日开展排查", "2022-04-01/2022-05-31", "4月1日至5月31日"),
        ("4月至6月集中整治", "2022-04-01/2022-06-30", "4月至6月"),
        ("11月至2月开展巡查", "2022-11-01/2023-02-28", "11月至2月"),
        ("27日前完成摸排", "2022-03-27", "27日前"),
        ("2026年底前完成改造", "2026-12-31", "2026年底前"),
        ("明年底前完成改造", "2023-12-31", "明年底前"),
        ("明年6月底前完成改造", "2023-06-30", "明年6月底前"),
        ("今年底前完成改造", "2022-12-31", "今年底前"),
        ("年内完成改造", "2022-12-31", "年内"),
        ("下月10日前上报情况", "2022-04-10", "下月10日前"),
        ("每月25日前报送数据", None, "每月25日前"),
        ("3日前完成摸排", None, "3日前"),
        ("二季度末前建立台账", "2022-06-30", "二季度末前"),
        ("下半年内完成改造", "2022-12-31", "下半年内"),
        ("汛期前完成加固", None, "汛期前"),
        ("开展汛前检查", None, None),
        ("届满15日前提出书面申请", None, None),
    ],
)
def test_a_time_limit_is_a_date_or_a_period_where_it_can_be_known(clause, deadline, words):
    (duty,) = duties(f"{NEWS}会议要求，{clause}。")
    assert (duty.deadline, duty.deadline_text) == (deadline, words)


@pytest.mark.parametrize(
    ("clause", "bearer"),
    [
        ("各矿山企业1月10日前完成检查", "各矿山企业"),
        ("各乡镇27日前完成摸排", "各乡镇"),
        ("各企业6月底前完成整改", "各企业"),
        ("县应急局4月至6月开展检查", "县应急局"),
        ("各县区下月10日前上报情况", "各县区"),
        ("各镇街3月1日至5月31日开展排查", "各镇街"),
        ("6月底前各企业完成整改", "各企业"),
        ("规模以上企业2026年底前全部达标", "规模以上企业"),
        ("6月底前完成整改", None),
    ],
)
def test_who_is_to_act_ends_where_the_time_limit_begins(clause, bearer):
    (duty,) = duties(f"{NEWS}会议要求，{clause}。")
    assert duty.bearer == bearer


def test_a_limit_in_the_next_year_has_both_its_ends_there():
    text = "2023年12月18日，吉安市召开安全生产工作会议。" + (
        "会议要求，3月1日至5月31日开展排查；4月至6月集中整治；一季度末前建账。"
    )
    ends = ["2024-03-01/2024-05-31", "2024-04-01/2024-06-30", "2024-03-31"]
    assert [o.deadline for o in kg.extract(text).obligations] == ends


def test_without_a_date_of_the_page_limits_count_from_the_day_of_the_meeting():
    text = "2024年4月5日，吉安市召开安全生产工作会议。会议要求，27日前完成尾矿库排查；本月底前完成整改。"
    assert [o.deadline for o in kg.extract(text).obligations] == ["2024-04-27", "2024-04-30"]


def test_a_report_directs_only_in_the_sections_that_demand():
    text = (
        "灵丘县安全生产委员会\n关于渡口安全督查情况的通报\n灵安〔2022〕9号\n各乡镇人民政府：\n"
        "　　3月1日至4日，县安委会派出2个督查组。现通报如下：\n"
        "　　一、好的方面\n　　甲乡把渡口整治纳入考核，12处隐患全部整改。\n"
        "　　二、马上就改\n　　1.各乡镇要逐船核验救生衣。\n"
    )
    assert "各乡镇要逐船核验救生衣" in {o.quote for o in duties(text)}
    assert all("甲乡" not in o.quote and "12处" not in o.quote for o in duties(text))


#: Constructions of official Chinese, each with what a reader takes from it: action, modality, clause.
CONSTRUCTIONS = [
    (
        "对连续三年无事故的企业，可以减少检查频次",
        [("减少", "permission", "对连续三年无事故的企业，可以减少检查频次")],
    ),
    (
        "对整改不力的单位，由县安委办约谈负责人",
        [("约谈", "obligation", "对整改不力的单位，由县安委办约谈负责人")],
    ),
    (
        "排名末位的乡镇，由县长约谈主要负责人",
        [("约谈", "obligation", "排名末位的乡镇，由县长约谈主要负责人")],
    ),
    (
        "自4月1日起至6月30日，集中开展渡口整治",
        [("开展", "obligation", "自4月1日起至6月30日，集中开展渡口整治")],
    ),
    ("一旦出现管涌，立即组织群众转移", [("组织", "obligation", "一旦出现管涌，立即组织群众转移")]),
    (
        "遇六级以上大风，渡船可以停航避风",
        [("停航", "permission", "遇六级以上大风，渡船可以停航避风")],
    ),
    ("任何人发现火情，立即拨打119", [("拨打", "obligation", "任何人发现火情，立即拨打119")]),
    (
        "对顶风作案的从严查处，绝不手软",
        [("查处", "obligation", "对顶风作案的从严查处"), ("手软", "prohibition", "绝不手软")],
    ),
    (
        "锅炉压力应在开机前降到规定值以下，安全阀保持灵敏",
        [
            ("降到", "obligation", "锅炉压力应在开机前降到规定值以下"),
            ("保持", "obligation", "安全阀保持灵敏"),
        ],
    ),
    (
        "利用乡村大喇叭播报防火知识，营造群防群治的氛围",
        [
            ("播报", "obligation", "利用乡村大喇叭播报防火知识"),
            ("营造", "obligation", "营造群防群治的氛围"),
        ],
    ),
    (
        "认真对照反馈清单，逐条抓好整改",
        [("对照", "obligation", "认真对照反馈清单"), ("抓好", "obligation", "逐条抓好整改")],
    ),
    ("各矿不再审批新增采掘面", [("审批", "prohibition", "各矿不再审批新增采掘面")]),
    ("已验收的项目本次不再检查", []),
    ("民办幼儿园参照本方案执行", []),
    ("加油站检查另按行业规定进行", []),
    ("本通知由县应急局负责解释", []),
    ("本方案自印发之日起施行", []),
    ("燃气安全丝毫不得松懈", [("松懈", "prohibition", "燃气安全丝毫不得松懈")]),
    ("运营单位可视客流加开班次", [("加开", "permission", "运营单位可视客流加开班次")]),
    ("做到检查不走过场、整改不打折扣", [("做到", "obligation", "做到检查不走过场、整改不打折扣")]),
    ("当场不能改的停用", [("停用", "obligation", "当场不能改的停用")]),
    (
        "把危化品仓库盯住，把燃气管网管住",
        [("盯住", "obligation", "把危化品仓库盯住"), ("管住", "obligation", "把燃气管网管住")],
    ),
    ("兜住民生底线", [("兜住", "obligation", "兜住民生底线")]),
    ("把责任扛起来", [("扛", "obligation", "把责任扛起来")]),
    ("把岗位职责弄清楚", [("弄清楚", "obligation", "把岗位职责弄清楚")]),
    ("鼓励职工匿名举报隐患", [("举报", "recommendation", "鼓励职工匿名举报隐患")]),
    ("严禁工程整体转包", [("转包", "prohibition", "严禁工程整体转包")]),
    ("游乐设施每日开园前空载试运行", [("试运行", "obligation", "游乐设施每日开园前空载试运行")]),
    ("宿舍出口逐门试推", [("试推", "obligation", "宿舍出口逐门试推")]),
    ("水位超限的立即停产撤人", [("停产撤人", "obligation", "水位超限的立即停产撤人")]),
    ("承接宴席的饭店按餐次留样", [("留样", "obligation", "承接宴席的饭店按餐次留样")]),
    ("放假当天清空冷柜", [("清空", "obligation", "放假当天清空冷柜")]),
    ("抓紧抓实各项措施", [("抓紧抓实", "obligation", "抓紧抓实各项措施")]),
    ("公路部门要在垭口备足防滑料", [("备足", "obligation", "公路部门要在垭口备足防滑料")]),
    ("先断电、后检修", [("断电", "obligation", "先断电、后检修")]),
    ("不得在支护完成前组织掘进", [("组织", "prohibition", "不得在支护完成前组织掘进")]),
    ("允许经营户延期搬迁", [("搬迁", "permission", "允许经营户延期搬迁")]),
    ("有条件的村可以组建志愿队", [("组建", "permission", "有条件的村可以组建志愿队")]),
    ("支持企业购买第三方服务", [("购买", "recommendation", "支持企业购买第三方服务")]),
    ("倡导群众鲜花祭扫", [("祭扫", "recommendation", "倡导群众鲜花祭扫")]),
    ("未经培训的人员不得上岗", [("上岗", "prohibition", "未经培训的人员不得上岗")]),
    ("凡无证驾驶的，一律扣车", [("扣车", "obligation", "凡无证驾驶的，一律扣车")]),
    ("坚决杜绝瞒报", [("杜绝", "prohibition", "坚决杜绝瞒报")]),
    ("坚决遏制较大事故", [("遏制", "obligation", "坚决遏制较大事故")]),
    ("确保值班电话畅通", [("确保", "obligation", "确保值班电话畅通")]),
    ("加强监管，确保形势稳定", [("加强", "obligation", "加强监管")]),
    ("进入冬季，锅炉房要逐台检修", [("检修", "obligation", "锅炉房要逐台检修")]),
    ("当前农机作业繁忙，要严查拖拉机载人", [("严查", "obligation", "要严查拖拉机载人")]),
    ("安全生产是发展的底线", []),
    ("为节日营造良好环境", []),
    ("隐患不整改到位不得复产", [("复产", "prohibition", "隐患不整改到位不得复产")]),
    ("应急车道不准停车", [("停车", "prohibition", "应急车道不准停车")]),
    ("电工必须持证上岗", [("持证上岗", "obligation", "电工必须持证上岗")]),
    ("请各村于3月底前报送名单", [("报送", "obligation", "请各村于3月底前报送名单")]),
    ("检查情况请于20日前报县安委办", [("报", "obligation", "检查情况请于20日前报县安委办")]),
    ("消防车道要画线、立牌", [("画线", "obligation", "消防车道要画线、立牌")]),
    (
        "既要查现场，又要查台账",
        [("查", "obligation", "既要查现场"), ("查", "obligation", "又要查台账")],
    ),
    ("责令三家企业停业整顿", [("责令", "obligation", "责令三家企业停业整顿")]),
]


@pytest.mark.parametrize(("words", "expected"), CONSTRUCTIONS)
def test_a_construction_gives_its_duties(words, expected):
    found = duties(f"{NEWS}会议要求，{words}。")
    assert [(o.action, o.modality, o.quote) for o in found] == expected


@pytest.mark.parametrize(
    ("body", "quotes", "stressed", "told"),
    [
        (
            "会议要求，对夜市烧烤店开展燃气检查。",
            ["对夜市烧烤店开展燃气检查"],
            ["gas"],
            ["open-burning"],
        ),
        (
            "会议要求，加强粉尘作业人员职业健康体检。",
            ["加强粉尘作业人员职业健康体检"],
            [],
            ["dust-explosion"],
        ),
        ("会议要求，首次违规的教育后放行。", ["首次违规的教育后放行"], [], ["schools"]),
        ("会议要求，开设防火隔离带。", ["开设防火隔离带"], [], ["fire-safety"]),
        ("会议要求，住宅楼外墙要加固。", ["住宅楼外墙要加固"], [], ["old-residential"]),
        (
            "“今晚渔船一条不落全部回港，人员一个不留上岸！”县长叮嘱。",
            ["今晚渔船一条不落全部回港", "人员一个不留上岸"],
            [],
            [],
        ),
        ("县长问，这个烟感什么时候换？", [], [], ["fire-safety"]),
        ("会议要求，谁能保证明天不出事？煤矿要立即自查。", ["煤矿要立即自查"], ["coal-mine"], []),
        (
            "去年以来，全县煤矿查处隐患120条，尾矿库整治率达100%。",
            [],
            [],
            ["coal-mine", "tailings-pond"],
        ),
        (
            "会议通报，一季度烟花爆竹企业发生事故1起。会议要求，要抓好渡口安全。",
            ["要抓好渡口安全"],
            [],
            ["fireworks"],
        ),
        (
            "会议要求，深刻吸取某化工厂爆炸事故教训，抓好冷库安全。",
            ["深刻吸取某化工厂爆炸事故教训", "抓好冷库安全"],
            [],
            ["chemical-industry"],
        ),
        (
            "会议要求，要抓好道路交通安全，煤矿由省里统一检查，本次不再安排。",
            ["要抓好道路交通安全"],
            ["road-traffic"],
            ["coal-mine"],
        ),
        (
            "会议要求，地震灾区安置点要落实专人防火。",
            ["地震灾区安置点要落实专人防火"],
            [],
            ["earthquake"],
        ),
        ("会议要求，县消防大队要派员驻守。", ["县消防大队要派员驻守"], [], ["fire-safety"]),
        ("县煤矿安全监管局局长参加会议。会议要求，抓好防汛。", ["抓好防汛"], [], ["coal-mine"]),
    ],
)
def test_what_is_told_or_only_named_is_not_stressed(body, quotes, stressed, told):
    record = kg.extract(read_text(NEWS + body))
    hazards = {s.hazard for s in record.stresses}
    assert [o.quote for o in record.obligations] == quotes
    assert hazards.issuperset(stressed)
    assert hazards.isdisjoint(told)


def test_the_articles_of_an_order_are_cut_off_and_its_last_provisions_are_no_duties():
    text = (
        f"{NOTICE}　　第一条　各村落实属地责任。\n"
        "　　第二条　本办法由县应急局解释，自公布之日起施行。\n"
    )
    assert [o.quote for o in duties(text)] == ["各村落实属地责任"]


def test_the_rows_of_a_table_of_tasks_direct_and_its_other_columns_do_not():
    text = (
        "灵丘县2022年安全生产重点任务责任清单\n\n"
        "序号 | 重点任务 | 具体措施 | 牵头领导 | 责任单位 | 完成时限\n"
        "1 | 非煤矿山 | 对6座露天采石场逐座体检，边坡超高的降坡 | 副县长李平安 | 县应急局、县消防大队 | 5月底\n"
        "2 | 宣传教育 | 安全知识进社区宣讲 | 宣传部部长 | 县教育局 | 6月\n"
    )
    record = kg.extract(read_text(text))
    assert {s.hazard for s in record.stresses} == {"non-coal-mine", "quarry"}
    assert "education-training" in {m.measure for m in record.measures}


def _table() -> list[tuple[str, str]]:
    path = Path(__file__).with_name("clauses.tsv")
    lines = path.read_text(encoding="utf-8").splitlines()
    return [(a, b) for a, b in (w.split("\t") for w in lines if w and not w.startswith("#"))]


#: Sentences of each class of construction, with their duties; - where there is none.
CLASSES = _table()
MARKS = {"obligation": "", "prohibition": "!", "permission": "?", "recommendation": "~"}


def test_the_table_of_clauses_is_read():
    assert len(CLASSES) >= 190


@pytest.mark.parametrize(("words", "expected"), CLASSES)
def test_a_class_of_constructions_gives_its_duties(words, expected):
    found = duties(f"{NEWS}会议要求，{words}。")
    shown = (f"{o.action} {MARKS[o.modality]}{o.quote}" for o in found)
    assert " / ".join(shown) == ("" if expected == "-" else expected)


def _who_and_when() -> list[tuple[str, str]]:
    path = Path(__file__).with_name("duties.tsv")
    lines = path.read_text(encoding="utf-8").splitlines()
    return [(a, b) for a, b in (w.split("\t") for w in lines if w and not w.startswith("#"))]


#: Sentences with who is to act in each duty, and until when.
WHO_AND_WHEN = _who_and_when()


def test_the_table_of_who_and_when_is_read():
    assert len(WHO_AND_WHEN) >= 20


@pytest.mark.parametrize(("words", "expected"), WHO_AND_WHEN)
def test_a_duty_names_who_is_to_act_and_until_when(words, expected):
    shown = []
    for o in duties(f"{NEWS}会议要求，{words}。"):
        who = ("^" if o.bearer_inherited else "") + (o.bearer or "-")
        shown.append(f"{who} {o.deadline_text or '-'} {o.deadline or '-'}")
    assert " | ".join(shown) == expected


def test_a_heading_over_a_part_of_a_report_orders_nothing_though_it_has_a_modal():
    text = f"{NEWS}会议要求，各镇要管住火源。\n\n渡口要盯，大桥更要盯\n\n会议强调，渡船不得超员。\n"
    assert [o.quote for o in duties(text)] == ["各镇要管住火源", "渡船不得超员"]
