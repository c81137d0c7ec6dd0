"""The page: what is in the file, and what a person sees and does with it in a browser."""

from __future__ import annotations

import re

import pytest

import kg
from kg.data import SEEDS
from kg.errors import QueryError, StoreError
from kg.graph import to_networkx
from kg.view import LIMIT, render, view
from tests import browser
from tests.pictures import crowd, small, stored

HOSTILE = "</script><img src=x onerror=alert(1)>"
OUTSIDE = re.compile(
    r"""(?:src|href|action|poster)\s*=\s*["']?\s*(?:https?:)?//|@import|url\(\s*["']?(?:https?:)?//""",
    re.I,
)


@pytest.fixture(scope="module")
def seed_page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("view")
    kg.build(SEEDS, store=folder / "store")
    with kg.open(folder / "store") as graph:
        view(graph.store, folder / "graph.html")
    return folder / "graph.html"


@pytest.fixture(scope="module")
def chromium():
    with browser.chromium() as running:
        yield running


# --- the file -------------------------------------------------------------------------------------


def test_the_file_asks_nothing_of_the_network(seed_page):
    text = seed_page.read_text(encoding="utf-8")
    markup = re.sub(r"<script>.*?</script>", "", text, flags=re.DOTALL)
    assert not OUTSIDE.search(markup)
    assert "<script src" not in text
    assert "<link" not in markup
    assert "Content-Security-Policy" in text


def test_equal_graphs_give_equal_bytes():
    assert render(to_networkx(stored(small()))) == render(to_networkx(stored(small())))


def test_words_of_a_notice_reach_the_page_escaped_only():
    record = small(
        f"黑龙江省召开会议{HOSTILE}，狠抓尾矿库安全风险防范{HOSTILE}。湖南省部署煤矿。", "x"
    )
    text = render(to_networkx(stored(record)), title=HOSTILE)
    assert HOSTILE not in text
    assert "<img" not in text


def test_a_large_graph_is_cut_and_says_so():
    graph = crowd(2000)
    text = render(graph, lang="en")
    drawn = int(re.search(r'"drawn":\s*(\d+)', text)[1]) if '"drawn"' in text else None
    assert drawn is None or drawn <= LIMIT
    notes = re.findall(r'data-note="\d+">([^<]+)<', text)
    assert any(f"{len(graph):,}" in note or str(len(graph)) in note for note in notes), notes


@pytest.mark.parametrize(("limit", "lang"), [(0, "zh"), (300, "fr")])
def test_what_cannot_be_drawn_is_told(limit, lang):
    with pytest.raises(QueryError):
        render(crowd(400), limit=limit, lang=lang)


def test_a_file_that_cannot_be_written_is_told(tmp_path):
    with pytest.raises(StoreError):
        view(stored(small()), tmp_path / "no" / "such" / "g.html")
    assert list(tmp_path.iterdir()) == []


# --- in Chromium ----------------------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.parametrize("size", [browser.DESKTOP, browser.PHONE], ids=["desktop", "phone"])
def test_the_page_is_drawn_without_a_complaint_or_a_request(chromium, seed_page, size):
    with browser.opened(chromium, seed_page, size) as opened:
        page = opened.page
        page.wait_for_selector("#mynetwork canvas")
        colours = page.evaluate(
            """() => { const c = document.querySelector('#mynetwork canvas');
            const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
            const seen = new Set(); for (let i = 0; i < d.length; i += 64)
              seen.add(d[i] + ',' + d[i+1] + ',' + d[i+2]); return seen.size; }"""
        )
        assert colours > 20
        assert page.evaluate("KG_NODES.length") > 80
        overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert overflow <= 0
        assert opened.complaints == []
        assert opened.requests == [seed_page.resolve().as_uri()]


@pytest.mark.browser
@pytest.mark.parametrize("word", ["尾矿库", "尾礦庫", "tailings"])
def test_search_finds_in_any_language_and_shows_the_sentence(chromium, seed_page, word):
    with browser.opened(chromium, seed_page) as opened:
        page = opened.page
        page.fill("#search", word)
        page.keyboard.press("Enter")
        page.wait_for_timeout(400)
        details = page.inner_text("#details")
        assert "狠抓尾矿库安全风险防范" in details
        assert "3476" in details
        assert opened.complaints == []


@pytest.mark.browser
def test_hovering_over_a_relation_shows_its_sentence(chromium, tmp_path):
    view(stored(small()), tmp_path / "g.html", hazard="尾矿库")
    with browser.opened(chromium, tmp_path / "g.html") as opened:
        page = opened.page
        box = page.locator("#mynetwork canvas").bounding_box()
        seen = set()
        for y in range(int(box["height"]) // 12):
            page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + y * 12)
            page.wait_for_timeout(15)
            if page.locator("#tip").is_visible():
                seen.add(page.inner_text("#tip"))
        assert any("尾矿库安全风险防范" in text for text in seen), seen


@pytest.mark.browser
def test_the_language_is_switched(chromium, seed_page):
    with browser.opened(chromium, seed_page) as opened:
        page = opened.page
        page.click("[data-lang-to=en]")
        assert "Legend" in page.inner_text("#legend")
        assert page.evaluate("document.documentElement.lang") == "en"


@pytest.mark.browser
def test_hostile_words_run_nothing(chromium, tmp_path):
    record = small(f"黑龙江省召开会议，狠抓尾矿库安全风险防范{HOSTILE}。湖南省部署煤矿。", "x")
    view(stored(record), tmp_path / "g.html", title=HOSTILE)
    with browser.opened(chromium, tmp_path / "g.html") as opened:
        opened.page.fill("#search", "尾矿库")
        opened.page.keyboard.press("Enter")
        opened.page.wait_for_timeout(300)
        assert opened.dialogs == []
        assert opened.complaints == []
        assert opened.page.locator("img").count() == 0


@pytest.mark.browser
def test_without_javascript_the_table_is_read(chromium, seed_page):
    with browser.opened(chromium, seed_page, javascript=False) as opened:
        assert "狠抓尾矿库安全风险防范" in opened.page.inner_text("#table")
