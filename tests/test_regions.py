"""Divisions of China: the table, their names in running text, and which namesake is meant."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import regions
from kg.cues import compiled, read_rows
from kg.data import ONTOLOGY
from kg.regions import BINGTUAN, CHINA, ancestors, by_code, by_name, divisions, find, resolve

IN_FORCE = [d for d in divisions() if d.until is None]


# --- the table ------------------------------------------------------------------------------------


def test_the_table_has_what_is_in_force():
    count = Counter(d.level for d in IN_FORCE)
    assert count["province"] == 34
    assert count["prefecture"] == 333
    assert 2800 < count["county"] < 2900


def test_codes_in_force_are_unique_and_parents_exist():
    in_force = [d.code for d in IN_FORCE if d.code]
    assert len(in_force) == len(set(in_force))
    assert all(by_code(d.parent) for d in divisions() if d.parent)
    assert CHINA.code is BINGTUAN.code is None


def test_every_official_name_means_itself_under_its_parents():
    wrong = [
        d.name
        for d in IN_FORCE
        if d.code and resolve(d.name, context=[d, *ancestors(d)]) not in (d, None)
    ]
    assert wrong == []


def test_every_name_with_one_bearer_needs_no_context():
    names = Counter(d.name for d in IN_FORCE)
    wrong = [d.name for d in IN_FORCE if d.code and names[d.name] == 1 and resolve(d.name) != d]
    assert wrong == []


# --- which is meant -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "context", "meant"),
    [
        ("湖南", (), "湖南省"),
        ("内蒙古", (), "内蒙古自治区"),
        ("长春", (), "长春市"),
        ("吉林", (), "吉林省"),
        ("吉林市", (), "吉林市"),
        ("兵团", (), "新疆生产建设兵团"),
        ("和平区", (), None),
        ("和平区", ("沈阳市",), "和平区"),
        ("鼓楼区", (), None),
        ("朝阳", (), None),
        ("前郭县", (), "前郭尔罗斯蒙古族自治县"),
        ("火星", (), None),
    ],
)
def test_a_name_means(name, context, meant):
    found = resolve(name, context=[by_name(c)[0] for c in context])
    assert (found.name if found else None) == meant


def test_an_abolished_division_is_meant_at_its_time():
    found = resolve("大足县", date="2010-05-01")
    assert found is not None
    assert found.until == 2011


# --- in running text ------------------------------------------------------------------------------


def strong(text: str) -> list[str]:
    return [m.candidates[0].name for m in find(text) if not (m.weak or m.person or m.part_of_name)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("山西省吕梁市方山县召开会议", ["山西省", "吕梁市", "方山县"]),
        ("长沙、株洲、湘潭三市要求", ["长沙市", "株洲市", "湘潭市"]),
        ("第八师石河子市召开会议", ["石河子市"]),
        ("新疆生产建设兵团部署", ["新疆生产建设兵团"]),
        ("济南高新区要求", ["济南市"]),
        ("天津经开区管委会", ["滨海新区"]),
        ("木里藏族自治县开展检查", ["木里藏族自治县"]),
        ("恩施州、凉山州", ["恩施土家族苗族自治州", "凉山彝族自治州"]),
        ("黄河南岸要加强巡查", []),
        ("疏散通道要畅通", []),
        ("保平安、促稳定", []),
        ("长治久安", []),
        ("郴州矿业有限公司召开会议", []),
        ("长春大学开展演练", []),
        ("影响较大连续发生", []),
        ("沈阳路施工", []),
        ("副县长安康指出", []),
        ("省市县三级", []),
        ("要打通消防通道、清理资源", []),
        ("安徽宿州泗县", ["安徽省", "宿州市", "泗县"]),
    ],
)
def test_names_are_told_from_what_only_looks_like_one(text, names):
    assert strong(text) == names


def test_an_ordinary_word_is_a_place_behind_its_parent():
    assert strong("怀化市通道县") == ["怀化市", "通道侗族自治县"]
    assert [m.weak for m in find("通道") if m.text == "通道"] in ([True], [])


NAMES = st.sampled_from(
    [d.name for d in IN_FORCE] + ["要求", "、", "，", "公司", "的", "高新区", "兵团"]
)


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(NAMES, max_size=12).map("".join)))
def test_mentions_are_in_order_apart_and_quote_the_text(text):
    mentions = find(text)
    assert mentions == find(text)
    last = 0
    for mention in mentions:
        assert last <= mention.start < mention.end <= len(text)
        assert text[mention.start : mention.end] == mention.text
        assert mention.candidates
        last = mention.end


@pytest.mark.parametrize("row", read_rows(ONTOLOGY / "region-context.yaml"), ids=lambda r: r.id)
def test_the_rows_of_context_keep_their_examples(row):
    expression = compiled(row)
    look = expression.search if row.value == "before" else expression.match
    assert all(look(example) for example in row.matches)
    assert not any(look(example) for example in row.rejects)


def test_every_form_means_a_division():
    forms = regions.names.names().forms
    assert len(forms) > 6000
    assert all(form.candidates for form in forms.values())
