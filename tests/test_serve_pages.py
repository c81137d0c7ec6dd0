"""The pages of ``kg serve``, driven in Chromium as an analyst would."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

import kg
from tests.browser import DESKTOP, PHONE, chromium
from tests.serving import Running, serving
from tests.visiting import visiting

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ROOT = Path(__file__).parent.parent
SEED = ROOT / "seeds" / "000_c8ec3da968c620af.txt"
QUESTION = "哪些地区强调了尾矿库？"
REGION = "https://kg-safety.example/id/region/230000"
HOSTILE = (
    "<script>alert('title')</script>关于\"><img src=x onerror=alert(1)>安全生产的通知\n"
    "2020年4月12日，江西省召开'\"><svg onload=alert(2)>安全生产会议。\n"
    "江西省要求，要狠抓尾矿库安全</textarea><script>alert(3)</script>，"
    "严禁</div><a href=javascript:alert(4)>瞒报{{7*7}}</a>。\n"
)
PATHS = {
    "matrix": "/",
    "measures": "/matrix?of=measures",
    "ask": f"/ask?q={quote(QUESTION)}",
    "refused": f"/ask?q={quote('哪些地区强调了爱情？')}",
    "notices": "/notices",
    "reader": f"/notices/{SEED.stem}",
    "hostile": "/notices/hostile",
    "gone": "/notices/gone",
    "explore": f"/explore?from={quote(REGION, safe='')}",
    "search": f"/explore?q={quote('尾矿')}",
    "region": "/entity/region/230000",
    "sector": "/entity/hazard/tailings-pond",
    "duties": "/duties",
    "coverage": "/coverage",
    "queries": "/queries",
    "sparql": "/sparql",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Running:
    folder = tmp_path_factory.mktemp("pages")
    files = folder / "files"
    files.mkdir()
    (files / SEED.name).write_bytes(SEED.read_bytes())
    (files / "hostile.txt").write_text(HOSTILE, encoding="utf-8")
    gone = files / "gone.txt"
    gone.write_text("湖南省要求，要狠抓烟花爆竹安全，2020年6月底前完成排查。", encoding="utf-8")
    kg.build(files, store=folder / "store")
    gone.unlink()
    with serving(folder / "store", folder) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Any:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def shots(tmp_path_factory) -> Path:
    kept = os.environ.get("KG_SCREENSHOTS")
    return Path(kept) if kept else tmp_path_factory.mktemp("screenshots")


def text_of(page, selector: str) -> str:
    """Return the text that is marked, without what repair took out."""
    script = """selector => [...document.querySelectorAll(selector)].map(e => {
      const copy = e.cloneNode(true);
      copy.querySelectorAll('.was').forEach(w => w.remove());
      return copy.textContent; }).join('')"""
    return page.evaluate(script, selector)


# --- the way of an analyst ----------------------------------------------------------------------------


def test_a_question_leads_to_its_very_words_in_the_notice(server, browser, shots):
    raw = SEED.read_text(encoding="utf-8")
    with visiting(browser, server.url) as visit:
        visit.go("/")
        page = visit.page
        page.get_by_role("searchbox").fill(QUESTION)
        page.keyboard.press("Enter")
        page.wait_for_url("**/ask?**")
        assert "黑龙江省" in page.locator(".answers").inner_text()
        assert "SELECT" in page.locator("pre").text_content()
        row = page.locator("tr", has_text="黑龙江省").first
        quoted = row.locator("td").nth(1).inner_text()
        row.locator("a.evidence").click()
        page.wait_for_url("**/notices/**")
        start, end = map(int, parse_qs(urlsplit(page.url).query)["at"][0].split("-"))
        assert text_of(page, ".restored .target") == quoted
        assert text_of(page, ".raw .target") == raw[start:end]
        target = page.locator(".restored .target").first
        assert target.is_visible()
        box = target.bounding_box()
        assert 0 <= box["y"] < DESKTOP[1]
        assert page.locator(".nodes li.chosen").count() >= 1
        visit.shot(shots / "reader-at-1280.png")
        visit.clean()


def test_the_reader_links_the_text_and_its_nodes_both_ways(server, browser, shots):
    with visiting(browser, server.url) as visit:
        visit.go(PATHS["reader"])
        page = visit.page
        piece = page.locator(".restored a.m.k-stresses").first
        number = piece.get_attribute("data-n").split()[0]
        piece.hover()
        assert "on" in piece.get_attribute("class").split()
        piece.click()
        item = page.locator(f"#n{number}")
        assert "chosen" in item.get_attribute("class")
        place = item.locator("a.to-text").first
        place.click()
        spot = page.locator(f"#t{place.get_attribute('data-start')}")
        assert 0 <= spot.bounding_box()["y"] <= DESKTOP[1]
        node = item.locator("a.node").get_attribute("href")
        assert server.get(node, headers={"accept": "text/turtle"}).status_code == 200
        # Repairs: hidden until asked for, each with its receipt.
        was = page.locator(".was").first
        assert not was.is_visible()
        page.locator("#show-repairs").check()
        assert was.is_visible()
        receipt = was.get_attribute("data-e").split()[0]
        row = page.locator(f"#e{receipt}")
        assert was.inner_text() in row.text_content()
        page.locator("#view-both").check()
        assert page.locator(".raw").first.is_visible()
        assert page.locator(".restored").first.is_visible()
        visit.shot(shots / "reader-both-1280.png")
        page.locator(".contents a").nth(1).click()
        visit.clean()


def test_every_statement_is_marked_at_its_characters(server, browser):
    raw = SEED.read_text(encoding="utf-8")
    with visiting(browser, server.url) as visit:
        visit.go(PATHS["reader"])
        said = visit.page.evaluate("""() => {
          const out = {};
          for (const piece of document.querySelectorAll('.raw a.m'))
            for (const n of piece.dataset.n.split(' ')) out[n] = (out[n] ?? '') + piece.textContent;
          return out; }""")
        wanted = visit.page.evaluate("""() => [...document.querySelectorAll('.nodes li')].map(item =>
          [item.id.slice(1), [...item.querySelectorAll('.to-text')].map(a => a.textContent)])""")
    assert len(wanted) > 300
    for number, places in wanted:
        spans = sorted(tuple(map(int, place.split("–"))) for place in places)
        covered = sorted({i for a, b in spans for i in range(a, b)})
        assert said[number] == "".join(raw[i] for i in covered).replace("\r", ""), number


def test_the_graph_is_walked_by_clicks(server, browser, shots):
    with visiting(browser, server.url) as visit:
        visit.go("/explore")
        page = visit.page
        assert page.locator("#canvas").is_hidden()  # never opens on a hairball
        page.locator(".side input[type=search]").fill("黑龙江省")
        page.keyboard.press("Enter")
        page.wait_for_url("**/explore?q=**")
        page.locator(f'a[data-open="{REGION}"]').first.click()
        page.wait_for_selector("#explore[data-settled]", timeout=60_000)
        before = page.evaluate("kgExplorer.graph.order")
        assert 10 < before <= 61
        hazard = "https://kg-safety.example/hazard/tailings-pond"
        at = page.evaluate("node => kgExplorer.at(node)", hazard)
        box = page.locator("#canvas").bounding_box()
        page.mouse.click(box["x"] + at["x"], box["y"] + at["y"])
        page.wait_for_function("n => kgExplorer.graph.order > n", arg=before)
        assert "尾矿库" in page.locator("#node-name").inner_text()
        page.wait_for_selector("#explore[data-settled]", timeout=60_000)
        visit.shot(shots / "explore-walked-1280.png")
        page.locator("#twin summary").click()
        rows = page.locator("#table tbody tr")
        assert rows.count() == page.evaluate("Math.min(500, kgExplorer.graph.size)")
        assert "尾矿库" in page.locator("#table").inner_text()
        page.locator("#filters input[value=obligation]").uncheck()
        page.locator("#clear").click()
        assert page.evaluate("kgExplorer.graph.order") == 0
        page.locator("#all").click()
        page.wait_for_selector("#explore[data-settled]", timeout=120_000)
        kinds = page.evaluate("[...new Set(kgExplorer.graph.mapNodes((n, a) => a.kind))]")
        assert "obligation" not in kinds
        assert "hazard" in kinds
        visit.clean()


def test_sparql_is_run_completed_and_shared(server, browser, shots):
    with visiting(browser, server.url) as visit:
        visit.go("/sparql")
        page = visit.page
        page.wait_for_selector("#yasgui[data-ready]")
        page.locator(".yasqe_queryButton").click()
        page.wait_for_selector(".yasr table td")
        assert "黑龙江省" in page.locator(".yasr_results").inner_text()
        visit.shot(shots / "sparql-answered-1280.png")
        shared = page.url
        assert "edit=" in shared
        page.goto("about:blank")
        page.goto(shared)
        page.wait_for_selector("#yasgui[data-ready]")
        assert "hazard:tailings-pond" in page.locator(".CodeMirror-code").inner_text()
        page.evaluate("""() => {
          const editor = document.querySelector('.CodeMirror').CodeMirror;
          editor.setValue('PREFIX kg: <https://kg-safety.example/ns#>\\nSELECT * { ?s kg:stre }');
          editor.setCursor({line: 1, ch: 21}); editor.focus(); }""")
        page.keyboard.press("Control+Space")
        page.wait_for_selector(".CodeMirror-hints li", timeout=20_000)
        assert "stresses" in page.locator(".CodeMirror-hints").inner_text()
        visit.go("/sparql?example=regions")
        page.wait_for_selector("#yasgui[data-ready]")
        page.locator(".yasqe_queryButton").click()
        page.wait_for_selector(".yasr table td")
        visit.clean()


STRESSED = """PREFIX kg: <https://kg-safety.example/ns#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
CONSTRUCT { ?region kg:stresses ?hazard . ?region rdfs:label ?name . ?hazard skos:prefLabel ?called }
{ ?region kg:stresses ?hazard ; rdfs:label ?name . ?hazard skos:prefLabel ?called }"""


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["1280", "390"])
@pytest.mark.parametrize(("locale", "scheme"), [("zh-CN", "dark"), ("en", "light")])
def test_what_sparql_finds_is_a_table_a_map_of_cells_and_a_graph(
    server, browser, shots, size, locale, scheme
):
    rows = server.get(
        "/queries/sectors-by-region", headers={"accept": "application/sparql-results+json"}
    ).json()["results"]["bindings"]
    said: dict[tuple[str, str], int] = {}
    for row in rows:
        at = (row["region"]["value"], row["sector"]["value"])
        said[at] = said.get(at, 0) + int(row["statements"]["value"])
    assert len(said) > 40
    with visiting(browser, server.url, size, locale=locale, scheme=scheme) as visit:
        visit.go("/sparql?example=sectors-by-region")
        page, mark = visit.page, f"{size[0]}-{locale}-{scheme}"
        page.locator(".yasqe_queryButton").click()
        page.locator(".yasr table.dataTable").wait_for()
        page.locator(".select_cells").click()
        page.locator("table.cells").wait_for()
        script = """table => { const [head, ...rows] = [...table.rows].map(r => [...r.cells].map(
          c => c.textContent)); return rows.flatMap(row => row.slice(1).map(
          (n, i) => [row[0], head[i + 1], n]).filter(([, , n]) => n)); }"""
        cells = page.locator("table.cells").evaluate(script)
        assert {(row, column): int(n) for row, column, n in cells} == said
        visit.shot(shots / f"sparql-cells-{mark}.png", whole=True)
        page.locator(".result-fields select").nth(1).select_option("")
        assert page.locator("table.cells thead th").count() == 2
        page.locator(".select_drawn").click()
        page.locator(".result-graph[data-nodes]").wait_for()
        nodes = {row[end]["value"] for row in rows for end in ("place", "concept")}
        assert page.locator(".result-graph").get_attribute("data-nodes") == str(len(nodes))
        visit.shot(shots / f"sparql-graph-{mark}.png", whole=True)
        visit.go("/sparql?edit=" + quote(STRESSED))
        page.locator(".yasqe_queryButton").click()
        page.locator(".select_drawn").click()
        page.locator(".result-graph[data-nodes]").wait_for()
        assert int(page.locator(".result-graph").get_attribute("data-nodes")) > 20
        visit.clean()


def test_the_editor_speaks_the_language_of_the_page_and_keeps_results_as_they_are(server, browser):
    query = quote("SELECT ('Table' AS ?Response) ('Simple view' AS ?b) {}")
    words = {"zh-CN": ("表格", "简洁", "原始响应"), "en": ("Table", "Simple view", "Response")}
    for locale, (table, simple, raw) in words.items():
        with visiting(browser, server.url, locale=locale) as visit:
            visit.go("/sparql?edit=" + query)
            page = visit.page
            page.locator(".yasqe_queryButton").click()
            page.locator(".yasr table.dataTable tbody td").first.wait_for()
            page.locator(".yasr_header", has_text=simple).wait_for()
            assert page.locator(".select_table").inner_text().strip() == table
            assert page.locator(".select_response").inner_text().strip() == raw
            cells = page.locator(".yasr tbody td").all_inner_texts()
            assert [c.strip().strip('"') for c in cells[1:]] == ["Table", "Simple view"]
            assert "Response" in page.locator(".yasr thead").inner_text()
            visit.clean()


def test_the_editor_is_dark_where_the_page_is(server, browser):
    bright = (
        "e => getComputedStyle(e).backgroundColor.match(/\\d+/g).slice(0, 3).every(n => n > 200)"
    )
    for scheme in ("light", "dark"):
        with visiting(browser, server.url, scheme=scheme) as visit:
            visit.go("/sparql")
            found = [
                visit.page.locator(part).first.evaluate(bright)
                for part in ("body", "#yasgui", ".CodeMirror", ".CodeMirror-gutters")
            ]
            assert found == [scheme == "light"] * 4


def test_duties_are_downloaded_as_a_calendar(server, browser, tmp_path):
    import icalendar

    with visiting(browser, server.url, locale="en") as visit:
        visit.go("/duties?since=2020-05-01")
        shown = visit.page.locator("table.list tbody tr").count()
        with visit.page.expect_download() as download:
            visit.page.get_by_role("link", name="Calendar (.ics)").click()
        assert download.value.suggested_filename == "duties.ics"
        download.value.save_as(tmp_path / "duties.ics")
        visit.clean()
    data = (tmp_path / "duties.ics").read_bytes()
    events = icalendar.Calendar.from_ical(data).walk("VEVENT")
    assert 0 < len(events) == shown
    assert min(event["dtstart"].dt.isoformat() for event in events) >= "2020-05-01"
    assert server.get("/duties.ics?since=2020-05-01&lang=en").content == data
    assert server.get("/duties.ics").headers["content-type"].startswith("text/calendar")
    assert server.get("/duties.ics?since=never").status_code == 400
    assert server.client.post("/duties.ics").status_code == 405


def test_the_matrix_is_sorted_and_leads_to_sentences(server, browser, shots):
    with visiting(browser, server.url) as visit:
        visit.go("/")
        page = visit.page
        page.get_by_role("button", name="合计").focus()
        page.keyboard.press("Enter")
        sums = [int(s) for s in page.locator("tbody td.sum").all_inner_texts()]
        assert sums == sorted(sums, reverse=True)
        assert len(sums) > 3
        cell = page.locator("a[data-drill]").first
        count = int(cell.inner_text())
        cell.click()
        page.wait_for_selector("dialog[open] blockquote")
        assert page.locator("dialog .quotes li").count() >= count
        visit.shot(shots / "matrix-drilled-1280.png")
        page.keyboard.press("Escape")
        assert not page.locator("dialog").is_visible()
        visit.clean()


def test_the_language_follows_the_browser_and_is_switched(server, browser):
    with visiting(browser, server.url, locale="en-GB") as visit:
        visit.go("/")
        page = visit.page
        assert page.evaluate("document.documentElement.lang") == "en"
        assert page.locator("h1").inner_text() == "What each region demands for work safety"
        page.get_by_role("link", name="中文").click()
        page.wait_for_url("**/?lang=zh")
        assert page.evaluate("document.documentElement.lang") == "zh"
        visit.go("/duties")
        assert page.locator("h1").inner_text() == "期限"
        visit.clean()


# --- every page ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["1280", "390"])
@pytest.mark.parametrize("name", PATHS)
def test_a_page_is_quiet_fits_and_has_no_barrier(server, browser, shots, name, size):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    locale = "en-GB" if name in ("measures", "duties", "search") else "zh-CN"
    scheme = "dark" if name in ("ask", "coverage", "region") else "light"
    with visiting(browser, server.url, size, locale=locale, scheme=scheme) as visit:
        assert visit.go(PATHS[name]).status == 200
        if name in ("explore", "sparql"):
            visit.page.wait_for_selector("[data-ready]")
        if name == "explore":
            visit.page.wait_for_selector("#explore[data-settled]", timeout=60_000)
        visit.shot(shots / f"{name}-{size[0]}.png")
        shown = visit.page.locator("body").inner_text()
        assert not re.search(r"built-in method|\bundefined\b|\[object|\bNone\b", shown)
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= size[0]
        visit.clean()
        # YASGUI's own widgets are not ours to mend; the page around them is.
        found = axe.run(visit.page, context={"exclude": [["#yasgui"]]})
        barriers = [
            (v["id"], v["nodes"][0]["html"][:200], v["nodes"][0].get("failureSummary", "")[:300])
            for v in found.response["violations"]
            if v["impact"] in ("serious", "critical")
        ]
        assert barriers == []


def test_pages_are_read_without_scripts(server, browser):
    with visiting(browser, server.url, javascript=False) as visit:
        page = visit.page
        visit.go("/")
        page.locator("a[data-drill]").first.click()
        page.wait_for_url("**/sentences?**")
        page.locator(".quotes a").first.click()
        page.wait_for_url("**/notices/**")
        assert page.locator(".restored .target").first.is_visible()
        page.locator("#view-raw").check()
        assert page.locator(".raw .target").first.is_visible()
        visit.go(PATHS["explore"])
        assert page.locator("#table tbody tr").count() > 10
        page.locator("#table a").nth(1).click()
        page.wait_for_url("**/explore?from=**")
        visit.go("/sparql?example=regions")
        assert "SELECT" in page.locator("textarea").input_value()
        visit.clean()


# --- what a notice, or a stranger, may try -----------------------------------------------------------------


@pytest.mark.parametrize("javascript", [True, False])
def test_what_a_hostile_notice_says_is_only_text(server, browser, javascript):
    with visiting(browser, server.url, javascript=javascript) as visit:
        visit.go("/notices/hostile")
        page = visit.page
        raw = page.evaluate("document.querySelector('.text').textContent")
        assert "onerror=alert(1)" in raw
        assert page.locator(".text script, .text img, .text svg").count() == 0
        assert page.locator('a[href^="javascript:"]').count() == 0
        for path in ("/notices", "/coverage", "/", "/duties"):
            visit.go(path)
            assert page.locator("main img, main svg").count() == 0
        visit.clean()


ATTACK = "'\"><img src=x onerror=alert(9)></textarea><script>alert(9)</script>{{7*7}}"


@pytest.mark.parametrize(
    "path",
    ["/ask?q=", "/explore?q=", "/explore?from=", "/duties?region=", "/duties?bearer=", "/sparql?edit=",
     "/sentences?region=urn:x&topic=urn:", "/notices/", "/entity?iri=urn:x"],
)  # fmt: skip
def test_what_an_address_says_is_only_text(server, browser, path):
    with visiting(browser, server.url) as visit:
        visit.go(path + quote(ATTACK, safe=""))
        visit.page.wait_for_timeout(300)
        assert visit.dialogs == []
        assert visit.page.locator("img[src=x]").count() == 0
        noise = re.compile("Failed to load resource")  # a refusal is an answer too
        assert [c for c in visit.complaints if not noise.search(c)] == []


def test_a_notice_whose_file_is_gone_shows_what_the_graph_holds(server):
    page = server.get("/notices/gone", headers={"accept": "text/html"}).text
    assert "找不到这份通知的文件" in page
    assert "烟花爆竹安全" in page
    assert str(server.log.parent) not in page


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/notices/nowhere", 404), ("/notices/hostile?at=5", 400), ("/notices/hostile?at=0-999999999", 200),
        ("/notices/hostile?at=9-2", 200), ("/matrix?of=x", 400), ("/explore?kind=x", 400),
        ("/explore?since=never", 400), ("/explore/near", 404), ("/explore/near?iri=urn:none", 404),
        ("/explore/all?region=nowhere", 400), ("/explore/all?kind=hazard&kind=region", 200),
        ("/sentences", 400), ("/sentences?region=urn:a&topic=urn:b", 404), ("/duties?since=x", 200),
        ("/duties?page=0", 400), ("/sparql?example=nothing", 404), ("/duties?region=" + "x" * 301, 400),
    ],
)  # fmt: skip
def test_parameters_that_make_no_sense_are_refused(server, path, status):
    assert server.get(path, headers={"accept": "text/html"}).status_code == status
