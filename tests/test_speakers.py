"""Whose page it is, and who has the word where."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kg
from kg.dates import find_days
from kg.layers import Layers
from kg.relate.record import is_document
from kg.resolve import resolve
from kg.segment import segment
from kg.subjects import deed
from kg.turns import Speakers, Turn


def regions(text: str) -> list[str]:
    return [r.name for r in kg.extract(text).regions]


def stressed(text: str) -> set[tuple[str | None, str]]:
    return {(s.region, s.hazard) for s in kg.extract(text).stresses}


# --- whose page it is -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "names"),
    [
        # the medium of a dateline
        ("桃源新闻网4月26日讯 今天上午，我县召开安全会议。会议要求，要抓好煤矿安全。", ["桃源县"]),
        # the source in the page data
        (
            "我县部署校车安全\n来源：桃源县应急管理局 2021-03-02\n县教育局要求，要加强校车安全。",
            ["桃源县"],
        ),
        # the line of the paper under the report
        (
            "我市召开安全生产会议\n昨天，我市召开会议，要求抓好水库安全度汛。\n吉安晚报 2018-04-11 第1版",
            ["吉安市"],
        ),
        # the signature of a notice without a place in its title
        (
            "关于做好防汛工作的通知\n各县（市、区）安委会：\n现通知如下：\n要加强水库巡查。\n承德市安全生产委员会办公室\n2023年6月8日",
            ["承德市"],
        ),
        # the one character of its number
        (
            "关于做好防汛工作的通知\n湘安办〔2021〕5号\n各市州安委会：\n现通知如下：\n要加强水库巡查。\n2021年6月8日",
            ["湖南省"],
        ),
        # an addressee that only the State has
        (
            "关于做好矿山安全工作的通知\n各省、自治区、直辖市安全生产委员会：\n要加强尾矿库巡查。\n国务院安委会办公室\n2021年6月8日",
            ["全国"],
        ),
        # the visitor in the title is not the host
        (
            "省安全生产督查组督查我市安全生产工作\n滁州市应急管理局 2021-03-18\n副市长李江要求，要加强煤矿安全监管。",
            ["滁州市"],
        ),
        # an accident in the title is somewhere else
        (
            "全市深刻吸取天津港“8·12”事故教训\n来源：铜陵市安监局 2015-08-20\n市安委办要求，要加强危险化学品管理。",
            ["铜陵市"],
        ),
        # companies and schools
        ("集团公司召开安全生产视频会议\n集团公司在沈阳召开会议，要求狠抓矿井瓦斯治理。", []),
        (
            "关于开展实验室检查的通知\n各二级学院、各部门：\n要加强危险化学品管理。\n西安某职业学院\n2021年5月8日",
            [],
        ),
    ],
)
def test_the_page_belongs_to(text, names):
    assert regions(text) == names


def test_a_district_with_namesakes_is_written_by_its_name_alone():
    text = "我区召开防火会议\n江北区融媒体中心　2022-07-09\n7月8日，我区召开全区防火工作会议，要求抓好森林防火。"
    assert regions(text) == ["江北区"]
    assert ("江北区", "forest-fire") in stressed(text)


# --- who has the word -----------------------------------------------------------------------------

WATCHED = (
    "1月15日，国务院安委会召开全国安全生产电视电话会议。平度市组织收听收看。会议强调，要加强烟花爆竹监管。"
    "会后，副市长王海阳要求，要紧盯煤矿安全。"
)


def test_what_a_county_watches_is_said_by_whose_meeting_it_is():
    assert regions(WATCHED) == ["全国", "平度市"]
    assert ("全国", "fireworks") in stressed(WATCHED)
    assert ("平度市", "coal-mine") in stressed(WATCHED)
    assert ("平度市", "fireworks") not in stressed(WATCHED)


def test_the_meeting_goes_on_behind_a_member_that_acts():
    text = "4月10日，湖南省召开全省安全生产视频会议。岳阳市派出3个组开展检查。会议要求，要紧盯烟花爆竹。"
    assert ("湖南省", "fireworks") in stressed(text)


def test_the_head_of_a_block_gives_way_to_who_acts_in_it():
    text = "浙 江 舟山市8月15日召开全市海上安全大会。会议要求，要加强渔业船舶监管。"
    assert regions(text) == ["舟山市"]


def test_each_report_of_a_correspondent_stands_for_itself():
    text = (
        "多地应对寒潮\n本报武汉1月4日电（记者 黄陂生）　湖北召开视频会商会，要求加强道路交通安全。\n"
        "本报西安1月4日电（记者 韩城）　渭南市1月4日召开推进会，要求加强尾矿库巡查。"
    )
    assert regions(text) == ["湖北省", "渭南市"]


def test_a_subject_may_do_its_deed_in_the_next_clause():
    text = "株洲：严查烟花爆竹\n4日爆炸发生后，株洲市委、市政府高度重视，立即召开紧急会议，要求烟花爆竹企业停产整顿。"
    assert regions(text) == ["株洲市"]


def test_each_of_several_subjects_acts():
    text = "昨天，昌吉州、昌吉市分别召开会议，要求加强煤矿安全。"
    assert set(regions(text)) == {"昌吉回族自治州", "昌吉市"}


def test_what_several_do_together_each_of_them_does():
    text = "8月1日，浙江省召开防台会议。温州、台州两市即日起实行领导带班值守，排查燃气隐患。"
    record = kg.extract(text)
    assert {m.region for m in record.measures} == {"温州市", "台州市"}
    assert {(s.region, s.hazard) for s in record.stresses if s.hazard == "gas"} == {
        ("温州市", "gas"),
        ("台州市", "gas"),
    }


def test_a_person_who_was_introduced_speaks_for_the_post_not_for_a_place_of_that_name():
    text = (
        "凉山州召开防火会议，州长雷波主持会议。雷波强调，要抓好森林防火。他要求，要加强加油站监管。"
    )
    assert regions(text) == ["凉山彝族自治州"]
    assert {r for r, _ in stressed(text)} == {"凉山彝族自治州"}


def test_the_whole_prefecture_is_not_a_county():
    assert regions("昨晚，全州防火会议召开，要求抓好森林防火。") == []


@pytest.mark.parametrize(
    "text",
    [
        "大方县个别乡镇干部责任悬空，要求不落实。",
        "盘州市两座加油站无证经营，当地组织检查不力。",
        "西昌城郊加油站实行专人盯守。",
        "金华市应急管理局派员到会指导。",
        "武汉市、宜昌市作了表态发言。",
    ],
)
def test_a_place_that_is_criticised_or_only_there_does_not_act(text):
    page = f"全省通报安全检查情况\n来源：贵州省安委办 2020-12-28\n{text}\n省安委办要求，要加强煤矿监管。"
    assert regions(page) == ["贵州省"]


def test_good_examples_do_not_act():
    text = "凉山州民爆工作简报\n典型做法：会理市推行三重锁，盐源县清退过期雷管。\n州经信局要求，要加强民爆物品监管。"
    assert regions(text) == ["凉山彝族自治州"]


def test_in_a_formal_notice_only_its_issuer_speaks():
    text = (
        "北京市安全生产委员会办公室关于排查燃气隐患的通知\n各区安委会：\n现通知如下：\n"
        "一、朝阳区、海淀区要加强老旧小区燃气排查。\n二、丰台区组织检查，督促燃气企业整改。"
    )
    assert regions(text) == ["北京市"]


@pytest.mark.parametrize(
    ("before", "meant"), [("广西壮族自治区", "广西壮族自治区"), ("南宁市青秀区", "青秀区")]
)
def test_quanqu_is_the_autonomous_region_or_the_district(before, meant):
    text = f"{before}召开安全会议。全区要紧盯煤矿安全。"
    assert stressed(text) == {(meant, "coal-mine")}


def test_a_chief_organ_is_a_subject_whatever_its_name_holds():
    assert deed("山东省应急管理厅印发通知", 3, 12, named=True).publishes
    assert not deed("某省应当召开会议", 2, 8).acts


NAMES = st.sampled_from(
    [
        "甲省",
        "会议强调，",
        "要抓好安全。",
        "湖南省",
        "：",
        "召开",
        "我市",
        "全区",
        "4月10日，",
        "长沙市",
        "副市长王海",
        "他要求，",
        "\n",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(NAMES, max_size=14).map("".join))
def test_turns_are_in_order_and_quote_the_text(text):
    layers = Layers(text)
    segment(layers)
    speakers = resolve(layers, document=False)
    assert speakers.starts == [t.start for t in speakers.turns] == sorted(speakers.starts)
    for turn in speakers.turns:
        if turn.evidence:
            start, end = turn.evidence
            assert 0 <= start < end <= len(text)


def test_who_speaks_is_looked_up_by_place():
    speakers = Speakers()
    speakers.give(Turn(3, "湖南省", None, True))
    assert [speakers.at(p) for p in (0, 3, 99)] == [None, "湖南省", "湖南省"]


# --- who speaks where, over many ways to write it ---------------------------------------------------


def table(name: str) -> list[list[str]]:
    lines = (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


PROBES = table("speakers.tsv")
TOLD = table("told.tsv")


def test_there_are_many_probes():
    assert len(PROBES) >= 120
    assert len(TOLD) >= 30


@pytest.mark.parametrize(("written", "names", "words"), PROBES, ids=[p[0][-40:] for p in PROBES])
def test_the_word_is_given_to(written, names, words):
    text = written.replace("|", "\n")
    assert set(regions(text)) == set(names.split()) - {"-"}
    layers = Layers(text)
    segment(layers)
    speakers = resolve(layers, document=is_document(layers))
    for marker, who in (word.split("=") for word in words.split() if word != "-"):
        assert text.count(marker) > 0
        found = None if speakers.enterprise else speakers.at(text.rfind(marker))
        assert (found or "-") == who, marker


@pytest.mark.parametrize(
    ("written", "meetings", "campaigns", "accidents"), TOLD, ids=[p[0][-40:] for p in TOLD]
)
def test_what_is_told_of(written, meetings, campaigns, accidents):
    def plain(words: str) -> set[str]:
        return set(words.translate(str.maketrans("", "", "“”")).split()) - {"-"}

    record = kg.extract(written.replace("|", "\n"))
    held = " ".join(f"{m.name}@{m.date or '-'}@{m.region or '-'}" for m in record.meetings)
    assert plain(held) == plain(meetings)
    assert plain(" ".join(f"{c.name}@{c.region or '-'}" for c in record.campaigns)) == plain(
        campaigns
    )
    assert plain(" ".join(i.name for i in record.incidents)) == plain(accidents)


def test_a_street_whose_name_is_that_of_a_division_ends_no_path():
    text = (
        "【紧急】天津市和平区南市街道办事处关于做好消防安全工作的通知\n各社区居委会：\n"
        "一、各社区要于12月25日前对老旧小区逐门栋检查一遍。\n天津市和平区南市街道办事处\n2021年12月20日"
    )
    record = kg.extract(text)
    assert [r.name for r in record.regions] == ["和平区"]
    assert {o.region for o in record.obligations} == {"和平区"}


def test_what_the_title_calls_by_another_name_is_the_one_meeting_that_the_body_tells_of():
    text = (
        "平川矿业集团召开三季度安全视频会\n发布时间：2019-07-09\n"
        "7月8日，平川矿业集团有限公司召开三季度安全生产工作会议。会议要求，要盯死瓦斯。"
    )
    (meeting,) = kg.extract(text).meetings
    assert (meeting.name, meeting.date) == ("三季度安全生产工作会议", "2019-07-08")
    assert len(meeting.evidence) == 2


def test_the_same_day_is_not_that_of_a_limit():
    text = "1月8日，省里开会，烟花企业1月20日前停产。兵团当日开会"
    assert [d.iso for d in find_days(text, "2021-01-12")] == [
        "2021-01-08",
        "2021-01-20",
        "2021-01-08",
    ]


COMMENT = """别让排查走过场
2023-06-14 来源：潍坊日报{author}
近日，潍坊市召开安全生产推进会。会议要求，各县市区要排查煤矿隐患。
排查贵在较真。专家不足，就该花钱请专家，对水库要逐座过筛子。
我们每个人都应当盯住消防通道。
潍坊市市长张某某强调，要管住危化品运输。这话说到了根子上，各部门要照着办。
"""


@pytest.mark.parametrize("author", [" 作者：本报评论员", "\n【短评】"])
def test_in_a_comment_only_who_is_quoted_demands(author):
    record = kg.extract(COMMENT.format(author=author))
    assert {s.hazard for s in record.stresses} == {"coal-mine", "hazmat-transport"}
    quotes = {e.quote for o in record.obligations for e in o.evidence}
    assert quotes == {"各县市区要排查煤矿隐患", "要管住危化品运输"}
    assert [r.name for r in record.regions] == ["潍坊市"]


def test_a_note_of_the_reporter_at_the_end_makes_no_comment_of_the_report():
    report = COMMENT.format(author=" 记者：李某")
    note = "\n记者手记\n我们每个人都应当盯住燃气管道。\n"
    assert stressed(report + note) == stressed(report)


def test_what_is_no_comment_is_read_as_a_report():
    record = kg.extract(COMMENT.format(author=" 记者：李某"))
    assert {"reservoirs"} <= {s.hazard for s in record.stresses}


def test_the_duties_of_a_letter_of_responsibility_direct_without_a_modal():
    text = (
        "2023年度安全生产目标管理责任书\n一、乙方职责\n1.每季度召开一次安全生产会议；\n"
        "2.完成临水临崖路段护栏安装；\n3.枯水期禁止夜航。\n"
    )
    assert {o.modality for o in kg.extract(text).obligations} == {"obligation", "prohibition"}
    assert len(kg.extract(text).obligations) == 3


def test_on_a_page_about_fires_of_woods_and_grass_the_words_for_fire_are_theirs():
    head = "某市\n关于做好森林草原防灭火工作的通知\n来源：吉安市林业局 2022-03-29\n各县区：\n现通知如下：\n"
    text = head + "要最大限度减少火灾损失，林区护林员要全员上岗，严禁野外用火。"
    assert stressed(text) == {("吉安市", "wildfire"), ("吉安市", "open-burning")}
    assert ("吉安市", "fire-safety") in stressed(
        text.replace("减少火灾损失", "减少火灾损失，同时抓好消防安全")
    )


def test_words_of_the_woods_name_forest_fires_where_nothing_wider_is_the_matter():
    text = (
        "我市部署春季工作\n来源：吉安日报 2022-03-29\n会议要求，要加强林区巡护，落实火灾防范措施。"
    )
    assert stressed(text) == {("吉安市", "forest-fire"), ("吉安市", "fire-safety")}


def test_a_page_of_a_firm_that_names_only_where_an_accident_was_is_of_no_division():
    told = "开机前逐项核对阀门、盲板和仪表，交接班要把隐患写进本子；"
    text = (
        "从事故中学安全\n\n红砂湾化工的班组长们上周看了山东临邑一起爆燃事故的短片，看完谁也没有出声。\n\n"
        "散会前，车间主任把规矩重新念了一遍：" + told * 14 + "动火作业必须有人监护。\n"
    )
    assert len(text) > 400
    assert kg.extract(text).regions == ()


def test_a_cutting_that_names_one_division_is_of_it():
    text = "入夜的株洲市天元区，城管队伍把井盖列为要事：窨井盖缺损的当晚换好，要逐条街道排查隐患。"
    assert [region.name for region in kg.extract(text).regions] == ["天元区"]
