"""Meetings, campaigns, documents and accidents: by what name, on what day, whose."""

from __future__ import annotations

import pytest

import kg
from kg.dates import find_days
from kg.layers import Layers
from kg.names import canonical, find_meetings
from kg.relate.posts import find_posts
from kg.segment import segment


def met(text: str) -> list[tuple[str, str | None, str | None]]:
    return [(m.name, m.date, m.region) for m in kg.extract(text).meetings]


# --- meetings -------------------------------------------------------------------------------------


def names_in(text: str) -> list[tuple[str, str]]:
    layers = Layers(text)
    segment(layers)
    return [(name.name, frame) for name, frame in find_meetings(text, layers.segments)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("组织召开粉尘涉爆企业约谈培训会。", [("粉尘涉爆企业约谈培训会", "held")]),
        ("以视频形式召开全市防台工作会商会。", [("全市防台工作会商会", "held")]),
        ("召开全省低温冰冻灾害应对视频调度会。", [("全省低温冰冻灾害应对视频调度会", "held")]),
        (
            "传达学习全国、全省安全生产会议精神。",
            [("全国安全生产会议", "cited"), ("全省安全生产会议", "cited")],
        ),
        ("已经县安委会第二次全体会议审议通过。", [("县安委会第二次全体会议", "at")]),
        ("省委常委、副省长主持会议。", []),
        ("结合市政府常务会议要求，提示如下。", []),
        ("各地召开会议，召开新闻发布会。", []),
    ],
)
def test_meetings_are_named(text, found):
    assert names_in(text) == found


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("昨日，我省召开防火会议。", "2024-01-03"),
        ("12月30日，我省召开防火会议。", "2023-12-30"),
        ("本周一，我省召开防火会议。", "2024-01-01"),
        ("近日，我省召开防火会议。", None),
        ("2日，某厂发生爆炸后，我省召开防火会议。", None),
        ("1月2日，全国防火会议召开。全国会议一结束，我省接着召开防火会议。", "2024-01-02"),
    ],
)
def test_the_day_of_a_meeting(text, date):
    page = f"部署防火\n来源：湖南省林业局 2024-01-04\n{text}"
    assert [d for _, d, r in met(page) if r == "湖南省"] == [date]


def test_today_counts_from_the_dateline():
    days = find_days("某网4月26日讯 今天上午，开会。昨天还没有。", "2019-04-28")
    assert [d.iso for d in days] == ["2019-04-26", "2019-04-26", "2019-04-25"]


def test_a_level_that_nobody_told_is_not_guessed():
    page = "我区学习会议精神\n江北区政府 2022-07-09\n7月8日，我区召开防火会议，传达学习全市安全生产电视电话会议精神。"
    assert ("全市安全生产电视电话会议", None, None) in met(page)


def test_posts_preside_and_speak_never_persons():
    text = "市委副书记、市长王海阳主持会议并讲话。会议由副市长李某某主持。省长在主会场出席会议并讲话。省长张某出席。"
    posts = find_posts(text, 0, len(text))
    assert posts.presiding == ("市委副书记、市长", "副市长")
    assert posts.speaking == ("市委副书记、市长", "省长")


def test_the_record_of_a_meeting_has_level_organiser_and_venue():
    text = "4月10日，湖南省安委会召开全省安全生产视频会议，副省长李某主持。"
    (meeting,) = kg.extract(text).meetings
    assert meeting.level == "province"
    assert meeting.organiser == "湖南省安委会"
    assert meeting.presiding == ("副省长",)


def test_a_meeting_held_next_has_the_day_of_the_one_before():
    text = (
        "全国危险货物道路运输安全整治视频会召开\n2023-06-16\n6月15日，交通运输部召开危险货物道路运输安全整治视频会。"
        "会议强调，要严查挂靠车辆。\n浙江省随即召开全省道路运输安全工作视频会，要求各市严查超载。\n"
        "4日后，该省召开全省非煤矿山安全监管工作座谈会。"
    )
    assert met(text)[:2] == [
        ("全国危险货物道路运输安全整治视频会", "2023-06-15", "全国"),
        ("全省道路运输安全工作视频会", "2023-06-15", "浙江省"),
    ]
    assert met(text)[2][0] == "全省非煤矿山安全监管工作座谈会"


# --- campaigns, documents, accidents ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "page", "one"),
    [
        ("专项整治三年行动计划", None, "安全生产专项整治三年行动"),
        ("安全生产专项整治三年计划", None, "安全生产专项整治三年行动"),
        ("三年行动", "2021-03-01", "安全生产专项整治三年行动"),
        ("三年行动", "2025-03-01", "安全生产治本攻坚三年行动"),
        ("三年行动", None, "三年行动"),
        ("国企改革三年行动", "2021-03-01", "国企改革三年行动"),
    ],
)
def test_a_campaign_is_one_however_abbreviated(name, page, one):
    assert canonical(name, page) == one


def campaigns(text: str) -> list[str]:
    return [c.name for c in kg.extract(text).campaigns]


def test_a_campaign_needs_a_topic_or_bounds_of_its_own():
    assert campaigns("湖南省要求，深入开展村居消防安全大排查行动。") == ["村居消防安全大排查行动"]
    assert campaigns("湖南省要求，深入开展安全生产专项整治行动。") == []


@pytest.mark.parametrize(
    ("text", "one"),
    [
        ("湖南省开展“秋风”排查整治专项行动。“秋风”行动到月底结束。", "秋风排查整治专项行动"),
        ("湖南省扎实推进液化石油气“护瓶”行动\n\n　　省厅按照“护瓶”行动安排，抓好充装环节监管。", "液化石油气护瓶行动"),
        ("湖南省督查近期“固底”行动中的问题，要求立即整改。", "固底行动"),
        ("湖南省要求，巩固拓展并延伸“归零行动”成果。", "归零行动"),
        ("湖南省明确8月至11月开展粉尘涉爆专项整治，未设泄爆装置的责令停产。", "粉尘涉爆专项整治"),
        ("根据湖南省安排，全省煤矿专项整治“回头看”自5月起分三个阶段进行。", "煤矿专项整治回头看"),
        ("为期三个月的“蓝盾”水上交通安全整治在湖南省落下帷幕。", "蓝盾水上交通安全整治"),
        ("湖南省公安厅“固冬1号”清查行动首夜出动警力210人。", "固冬1号清查行动"),
        ("湖南省要求按照《湖南省安全生产“大起底”专项行动方案》倒排工期。", "安全生产大起底专项行动"),
        ("湖南省启动2024年度“净山林”可燃物清理专项行动。", "净山林可燃物清理专项行动"),
        ("湖南省组织渡口“查隐患、保畅通”专项整治，要求渡工持证上岗。", "渡口查隐患、保畅通专项整治"),
    ],
)  # fmt: skip
def test_a_campaign_is_called_by_its_fullest_name_in_the_notice_and_by_nothing_else(text, one):
    assert campaigns(text) == [one]


@pytest.mark.parametrize(
    "text",
    [
        "湖南省要求，加强煤矿专项整治，落实监管责任。",  # no bounds of its own
        "长沙市要求，按照《湖南省燃气安全“百日攻坚”行动方案》排查隐患。",  # another's
        "湖南省自7月起在沿海集中整治碰撞隐患。",
    ],
)
def test_what_is_no_campaign_of_who_speaks(text):
    assert campaigns(text) == []


def incidents(text: str) -> list[kg.model.Incident]:
    return list(kg.extract(text).incidents)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("去年浔江段曾发生“7·2”运砂船侧翻事故。", "“7·2”运砂船侧翻事故"),
        ("其中“鲁荣渔6177”碰撞事故造成5人失踪。", "“鲁荣渔6177”碰撞事故"),
        ("会议通报了四川宜宾恒达公司“7·12”重大爆炸着火事故情况。", "四川宜宾恒达公司“7·12”重大爆炸着火事故"),
        ("11月21日河南安阳市凯信达公司火灾事故损失重大。", "河南安阳市凯信达公司火灾事故"),
        ("分析登封“9·21”煤与瓦斯突出事故。", "登封“9·21”煤与瓦斯突出事故"),
        ("今年是青岛“11·22”管道爆炸事故三周年。", "青岛“11·22”管道爆炸事故"),
        ("吸取长沙自建房倒塌事故教训。", "长沙自建房倒塌事故"),
    ],
)  # fmt: skip
def test_an_accident_is_named_as_the_text_names_it(text, name):
    assert [i.name for i in incidents(text)] == [name]


@pytest.mark.parametrize(
    "text", ["长沙市道路交通事故起数下降。", "严防毕节煤矿瓦斯爆炸事故发生。", "全省发生火灾3起。"]
)
def test_accidents_in_general_are_none(text):
    assert incidents(text) == []


def test_an_accident_has_place_day_and_toll_where_they_are_told():
    (one,) = incidents("2019年江苏响水“3·21”爆炸事故造成78人死亡、76人受伤。")
    assert (one.place, one.date, one.dead, one.hurt, one.missing) == (
        "响水县",
        "2019-03-21",
        78,
        76,
        None,
    )
    (other,) = incidents("吸取江苏响水“3·21”爆炸事故教训。")
    assert other.date is None


def test_a_shorter_name_in_the_same_notice_is_the_same_accident():
    found = incidents("吸取和平区“9·11”仓库火灾教训。要从和平区仓库火灾中汲取教训。")
    assert [i.name for i in found] == ["和平区“9·11”仓库火灾"]
    assert len(found[0].evidence) == 2


def test_a_document_has_number_and_issuer_and_films_are_none():
    text = "根据省应急厅印发的《关于防汛的通知》（应急〔2021〕5号），观看警示教育片《警钟》，阅读《某某日报》。"
    (policy,) = kg.extract(text).policies
    assert (policy.name, policy.number, policy.issuer) == (
        "关于防汛的通知",
        "应急〔2021〕5号",
        "省应急厅",
    )
