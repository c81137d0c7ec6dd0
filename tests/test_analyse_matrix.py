"""Who stressed what: against figures counted by hand, against counting anew, and in a browser."""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from hypothesis import given, settings

from kg.analyse.chart import png
from kg.analyse.matrix import matrix
from kg.analyse.matrix_page import fragment, page, svg
from kg.analyse.page import shell
from kg.errors import KgError, QueryError
from kg.ontology import ancestors
from tests import browser
from tests.analysed import from_gold, graph, seed, shared, worlds
from tests.records import record, spoilt
from tests.stores import on_disk

#: Read off the annotated seed by hand: regions, and under each topmost sector how many sectors.
SEED_BY_HAND = {
    "广东省": {
        "hazardous-chemicals": 1, "fire-safety": 1, "wildfire": 1, "transport": 1,
        "construction": 1, "natural-disaster": 1,
    },
    "黑龙江省": {
        "mining": 3, "wildfire": 1, "agriculture": 1, "natural-disaster": 1, "transport": 1,
        "construction": 1, "hazardous-chemicals": 1, "fire-safety": 1, "public-venues": 1,
        "epidemic": 1,
    },
    "江西省": {"natural-disaster": 3, "wildfire": 2},
    "全国": {},
}  # fmt: skip


def numbers(found, region):
    (place,) = [p for p in found.places if p.name == region]
    return {t.id: v for t in found.topics if (v := found.value(place, t))}


def test_the_seeds_matrix_has_the_numbers_counted_by_hand():
    with seed() as opened:
        folded = matrix(opened, fold=True)
        plain = matrix(opened)
        doctrines = matrix(opened, cols="responsibilities", fold=True)
    assert [p.name for p in folded.places] == [
        *("全国", "长春市", "黑龙江省", "江西省", "湖南省", "广东省", "新疆生产建设兵团"),
    ]
    for region, wanted in SEED_BY_HAND.items():
        assert numbers(folded, region) == wanted
    sums = {p.name: sum(numbers(plain, p.name).values()) for p in plain.places}
    assert sums == {
        "全国": 0, "广东省": 6, "湖南省": 23, "黑龙江省": 12, "江西省": 5,
        "新疆生产建设兵团": 7, "长春市": 11,
    }  # fmt: skip
    assert numbers(plain, "黑龙江省")["tailings-pond"] == 1
    assert "mining" not in numbers(plain, "黑龙江省")
    # 三个必须 itself, and its three parts
    assert numbers(doctrines, "江西省")["three-musts"] == 4


def test_two_notices_add_up_as_counted_by_hand():
    records = [from_gold(shared(name)) for name in ("b06", "c06")]
    with graph(records) as opened:
        plain, notices = matrix(opened), matrix(opened, cells="notices")
    # 浙江省: 5 in one notice and 1 in the other; 渔船 of 全国 only in the second
    assert sum(numbers(plain, "浙江省").values()) == 6
    assert numbers(plain, "全国") == {
        "self-built-houses": 1, "gas": 1, "coal-mine": 1, "fishing-vessels": 1,
    }  # fmt: skip
    # 海南省、北海市、福建省、舟山市、荣成市、大连市、曹妃甸区, 浙江省 in the other, and 全国
    column = [t.id for t in plain.topics].index("fishing-vessels")
    assert plain.totals()[column] == 9
    (zhejiang,) = [p for p in notices.places if p.name == "浙江省"]
    assert zhejiang.notices == 2


@given(worlds())
@settings(max_examples=40, deadline=None)
def test_any_matrix_is_what_counting_record_by_record_gives(records):
    with graph(records) as opened:
        plain = matrix(opened)
        folded = matrix(opened, fold=True)
        many = matrix(opened, fold=True, cells="notices")
        degrees = matrix(opened, cells="degree", evidence=False)
    assert {p.name: p.notices for p in plain.places} == {
        name: sum(any(r.name == name for r in record.regions) for record in records)
        for record in records
        for name in (region.name for region in record.regions)
    }
    said = {
        (s.region, s.hazard, record.id)
        for record in records
        for s in record.stresses
        if s.region is not None
    }
    for place in plain.places:
        own = [(h, n) for region, h, n in said if region == place.name]
        for topic in plain.topics:
            assert plain.value(place, topic) == sum(h == topic.id for h, _ in own)
            cell = plain.cell(place, topic)
            assert bool(cell.passages) == bool(cell.statements)
            assert degrees.value(place, topic) == max(
                (
                    s.degree
                    for record in records
                    for s in record.stresses
                    if (s.region, s.hazard) == (place.name, topic.id)
                ),
                default=0,
            )
        for topic in folded.topics:
            within = [(h, n) for h, n in own if topic.id in ancestors(h)]
            assert folded.value(place, topic) == len(within)
            assert many.value(place, topic) == len({n for _, n in within})
    assert {t.id for t in plain.topics} == {h for _, h, _ in said}
    assert {t.id for t in folded.topics} == {ancestors(h)[-1] for _, h, _ in said}


def test_nothing_said_is_not_the_same_as_no_notice_held():
    with seed() as opened:
        found = matrix(opened, regions=["全国", "西藏", "黑龙江"])
        everywhere = matrix(opened, rows="provinces")
    silent, unknown, speaking = found.places
    topic = next(t for t in found.topics if t.id == "tailings-pond")
    assert [found.value(p, topic) for p in (silent, unknown, speaking)] == [0, None, 1]
    assert unknown.name == "西藏自治区"
    lines = found.to_csv().splitlines()
    assert lines[1].startswith("全国,,1,0")
    assert lines[2].startswith("西藏自治区,540000,0,,")
    assert len(everywhere.places) == 35  # 34 divisions of the first level, and 兵团
    assert sum(p.held for p in everywhere.places) == 5
    with seed() as opened, pytest.raises(QueryError, match="乌有省"):
        matrix(opened, regions=["乌有省"])
    with seed() as opened, pytest.raises(QueryError, match="unknown cols 'hazard'"):
        matrix(opened, cols="hazard")


def test_the_same_graph_gives_the_same_bytes():
    makers = (page, svg, png, lambda m: m.to_csv())
    first, second = [
        [make(matrix(opened, rows="provinces")) for make in makers] for opened in (seed(), seed())
    ]
    assert first == second
    assert first[2].startswith(b"\x89PNG")
    ET.fromstring(first[1])


def test_a_notebook_and_pandas_show_it():
    with seed() as opened:
        found = matrix(opened, lang="en", regions=["西藏", "黑龙江"])
        answer = opened.query("regions")
    assert "tailings ponds" in found._repr_html_()
    frame = found.to_pandas()
    assert list(frame["region"]) == ["西藏自治区", "黑龙江省"]
    assert frame["tailings ponds"].isna().tolist() == [True, False]
    assert answer.to_pandas().shape[0] == 7
    assert "<td>黑龙江省</td>" in answer._repr_html_()


def test_a_graph_to_pandas_has_a_row_a_statement():
    with seed() as opened:
        frame = opened.to_pandas()
        answer = opened.query("statements")
    emphases = frame[frame["kind"] == "emphasis"]
    assert len(emphases) == 6 + 23 + 12 + 5 + 7 + 11
    assert set(emphases[emphases["region"] == "黑龙江省"]["region_code"]) == {"230000"}
    assert len(answer) == len(frame[~frame["kind"].isin(["obligation", "prohibition",
                                                          "permission", "recommendation"])])  # fmt: skip


def test_what_an_extra_brings_is_named_where_it_is_missing(monkeypatch):
    with seed() as opened:
        found = matrix(opened)
    for module, extra, use in (
        ("pandas", "pandas", found.to_pandas),
        ("matplotlib.figure", "charts", lambda: png(found)),
    ):
        monkeypatch.setitem(sys.modules, module, None)
        with pytest.raises(KgError, match="needs the Python package") as caught:
            use()
        assert caught.value.hint == f"pip install 'kg-safety[{extra}]'"


HOSTILE = "</script><img src=x onerror=alert(1)>省"


def test_words_of_a_notice_reach_page_and_chart_escaped_only():
    bad = replace(
        record("x"),
        regions=tuple(replace(r, name=HOSTILE) for r in record().regions),
        stresses=tuple(replace(s, region=HOSTILE) for s in record().stresses),
    )
    with graph([bad, spoilt("$\\frac{1}{0}$")]) as opened:
        found = matrix(opened)
    for text in (page(found), svg(found), found._repr_html_()):
        assert "<img" not in text
    ET.fromstring(svg(found))
    assert png(found)


@pytest.fixture(scope="module")
def chromium():
    with browser.chromium() as running:
        yield running


@pytest.mark.browser
@pytest.mark.parametrize("size", [browser.DESKTOP, browser.PHONE])
def test_the_page_sorts_filters_drills_down_and_asks_nothing_of_the_network(
    chromium, tmp_path, size
):
    file = tmp_path / "matrix.html"
    with seed() as opened:
        found = matrix(opened, rows="provinces", fold=True)
        file.write_text(page(found), encoding="utf-8")
    with browser.opened(chromium, file, size) as shown:
        tab = shown.page
        assert tab.evaluate("document.documentElement.scrollWidth") <= size[0]
        tab.click("thead th:nth-child(2) button")
        first = tab.inner_text("tbody tr:first-child th")
        assert first == "黑龙江省"  # three of 矿山, the most
        last = tab.get_attribute("tbody tr:last-child", "class")
        assert last == "kg-row-absent"  # unknown is not least: it stands apart
        tab.click("thead th:nth-child(2) button")
        assert tab.inner_text("tbody tr:first-child th") == "江西省"
        tab.click("tbody td a >> nth=0")
        assert tab.is_visible(".kg-drill section:target blockquote")
        tab.click(".kg-drill section:target .kg-close")
        assert tab.locator(".kg-drill section:visible").count() == 0
        tab.click("text=English")
        assert "mining" in tab.inner_text("thead")
        tab.fill(".kg-filter", "广东")
        assert tab.locator("tbody tr:visible").count() == 1
        assert shown.complaints == []
        assert [r for r in shown.requests if not r.startswith("file:")] == []


@pytest.mark.browser
def test_the_page_is_read_without_scripts_and_two_fragments_share_a_page(chromium, tmp_path):
    with seed() as opened:
        parts = [
            fragment(matrix(opened, fold=True), prefix="a"),
            fragment(matrix(opened, cols="measures"), prefix="b"),
        ]
    file = tmp_path / "two.html"
    file.write_text(shell("".join(parts), title="<两张>", lang="zh"), encoding="utf-8")
    with browser.opened(chromium, file, javascript=False) as shown:
        tab = shown.page
        tab.click(".kg-matrix >> nth=1 >> tbody td a >> nth=0")
        assert tab.get_attribute(".kg-drill section:target", "id").startswith("b-")
        assert tab.title() == "<两张>"


def run(*args):
    return subprocess.run(
        [sys.executable, "-m", "kg", *map(str, args)], capture_output=True, check=False
    )


def test_the_command_writes_every_format(tmp_path):
    store = on_disk(tmp_path / "s")
    for format, begins in (
        ("csv", "地区".encode()),
        ("html", b"<!doctype html>"),
        ("svg", b"<svg"),
        ("png", b"\x89PNG"),
    ):
        done = run("matrix", "--store", store, "-f", format)
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith(begins)
        file = tmp_path / f"m.{format}"
        assert run("matrix", "--store", store, "-f", format, "-o", file).returncode == 0
        assert file.read_bytes() == done.stdout
    table = run(
        "matrix", "--store", store, "--region", "西藏", "--region", "黑龙江", "--lang", "en"
    )
    assert "–" in table.stdout.decode()
    assert "of 1 no notice is held" in table.stderr.decode()
    bad = run("matrix", "--store", store, "--region", "乌有省")
    assert bad.returncode == 1
    assert b"unknown region" in bad.stderr
