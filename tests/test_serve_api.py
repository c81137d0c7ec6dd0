"""The JSON API, things at their own URLs, and a server that lives: rebuilt stores, probes, an end."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import threading
import time

import pytest
import rdflib
from rdflib.namespace import RDF

from kg.query import named, run
from kg.serve.api import description
from kg.store import Store
from kg.triples import quads
from kg.vocab import BASE, KG
from tests.serving import Running, serving
from tests.stores import iri, on_disk, world

REGION = BASE + "region/230000"
HTML = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return on_disk(tmp_path_factory.mktemp("api") / "store")


@pytest.fixture(scope="module")
def server(store, tmp_path_factory) -> Running:
    with serving(store, tmp_path_factory.mktemp("api-log")) as running:
        yield running


# --- the JSON API -----------------------------------------------------------------------------------


def test_every_named_query_is_listed_and_answered_as_kg_query_does(server, store):
    listed = server.get("/queries").json()
    assert [q["name"] for q in listed] == [q.name for q in named()]
    assert len(listed) >= 19
    given = {"hazard": "尾矿库", "region": "黑龙江", "notice": "a", "themes": "尾矿库"}
    given |= {"none": "防汛", "campaign": "三年行动"}
    with Store.open(store, read_only=True) as opened:
        for query in named():
            values = {p.name: given[p.name] for p in query.parameters if p.required}
            response = server.get(f"/queries/{query.name}", params=values)
            assert response.status_code == 200, response.text
            expected = run(opened, query.name, values).serialise("json")
            assert response.json() == json.loads(expected)


def test_a_parameter_given_twice_means_either(server):
    def regions(*hazards: str) -> set[str]:
        response = server.get(
            "/queries/regions-stressing", params={"hazard": list(hazards)}, headers={}
        )
        rows = response.json()["results"]["bindings"]
        return {row["region"]["value"] for row in rows}

    both = regions("tailings-pond", "防汛")
    assert both == regions("tailings-pond") | regions("防汛")
    assert len(both) > len(regions("tailings-pond"))


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/queries/nowhere", 404),
        ("/queries/campaigns?colour=red", 400),
        ("/queries/regions-stressing", 400),
        ("/queries/regions-stressing?hazard=", 400),
        ("/queries/regions-stressing?hazard=爱情", 400),
        ("/queries/deadlines?due=tomorrow", 400),
        ("/matrix?region=亚特兰蒂斯", 400),
        ("/matrix?colour=red", 400),
        ("/notices?page=0", 400),
        ("/notices?page=x", 400),
        ("/notices?size=100000", 400),
        ("/notices/nowhere", 404),
        ("/ask", 400),
        ("/ask?q=" + "x" * 501, 400),
        ("/entity", 400),
        ("/entity?iri=urn:nothing", 404),
        ("/entity?iri=no%20iri", 400),
        ("/entity/nowhere/1", 404),
        ("/entity/region/999999", 404),
        ("/entity/region/230000?page=-1", 200),
        ("/nowhere", 404),
    ],
)
def test_what_cannot_be_answered_is_told(server, path, status):
    assert server.get(path).status_code == status
    assert server.client.post(path.partition("?")[0]).status_code in (404, 405)


def test_the_matrix_counts_what_regions_stress(server):
    matrix = server.get("/matrix").json()
    cells = {(c["region"], c["sector"]): c for c in matrix["cells"]}
    cell = cells[REGION, "https://kg-safety.example/hazard/tailings-pond"]
    assert cell["notices"] == 2
    assert {c["region"] for c in matrix["cells"]} == {r["iri"] for r in matrix["regions"]}
    assert {c["sector"] for c in matrix["cells"]} == {s["iri"] for s in matrix["sectors"]}
    one = server.get("/matrix", params={"region": "湖南"}).json()
    assert [r["name"] for r in one["regions"]] == ["湖南省"]


def test_notices_come_by_pages_and_never_say_where_their_files_lie(server):
    whole = server.get("/notices").json()
    assert whole["total"] == 4
    parts = [server.get("/notices", params={"page": n, "size": 3}).json() for n in (1, 2)]
    assert [len(p["notices"]) for p in parts] == [3, 1]
    assert parts[0]["notices"] + parts[1]["notices"] == whole["notices"]
    one = server.get("/notices/a").json()
    assert one["title"] == "通知a"
    assert one["statements"]
    assert "path" not in one
    assert server.get("/notices/" + iri(world()["a"]).replace("/", "%2F")).status_code == 404
    assert server.get("/notices/a.txt").json() == one


def test_a_question_is_answered_or_refused_with_the_reason(server):
    reply = server.get("/ask", params={"q": "哪些地区强调了尾矿库？"}).json()
    assert reply["answer"] == ["黑龙江省"]
    assert reply["evidence"][0]["file"]
    refused = server.get("/ask", params={"q": "哪些地区强调了爱情？"}).json()
    assert refused["answer"] is None
    assert refused["why"]
    page = server.get("/ask", params={"q": "哪些地区强调了尾矿库？"}, headers=HTML)
    assert "黑龙江省" in page.text
    assert server.get("/ask", headers=HTML).status_code == 200


# --- things -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accept", "parser"),
    [
        ("text/turtle", "turtle"),
        ("*/*", "turtle"),
        ("application/rdf+xml", "xml"),
        ("application/ld+json", "json-ld"),
        ("application/n-triples", "nt"),
    ],
)
def test_a_thing_is_described_in_the_format_that_is_accepted(server, accept, parser):
    response = server.get("/entity/region/230000", headers={"accept": accept})
    graph = rdflib.Graph().parse(data=response.text, format=parser)
    node = rdflib.URIRef(REGION)
    assert (node, RDF.type, rdflib.URIRef(KG.Region)) in graph
    assert all(node in (s, o) for s, _, o in graph)
    assert any(o == node for _, _, o in graph)


def test_a_browser_gets_a_page_with_links_to_the_data(server):
    page = server.get("/entity/region/230000", headers=HTML)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "黑龙江省" in page.text
    assert 'href="/entity/hazard/tailings-pond"' in page.text
    assert server.get("/entity/region/230000", headers={"accept": "text/csv"}).status_code == 406
    by_iri = server.get("/entity", params={"iri": REGION}, headers={"accept": "text/turtle"})
    for ending, type_ in ((".ttl", "text/turtle"), (".jsonld", "ld+json"), (".rdf", "rdf+xml")):
        assert f'href="/entity/region/230000{ending}"' in page.text
        data = server.get("/entity/region/230000" + ending, headers=HTML)
        assert type_ in data.headers["content-type"]
        if ending == ".ttl":
            assert data.content == by_iri.content


def test_every_thing_of_the_graph_is_found_at_its_link(server):
    rows = server.sparql("SELECT DISTINCT ?s { ?s a ?c }").json()["results"]["bindings"]
    things = sorted(row["s"]["value"] for row in rows)
    assert len(things) > 200
    from kg.serve.entities import path_of

    for thing in random.Random(7).sample(things, 60):
        response = server.get(path_of(thing, BASE), headers={"accept": "application/n-triples"})
        assert response.status_code == 200
        assert f"<{thing}>" in response.text


def test_the_path_of_an_iri_leads_to_the_thing(server):
    response = server.get("/id/region/230000")
    assert response.status_code == 303
    assert response.headers["location"] == "/entity/region/230000"


@pytest.mark.parametrize(
    ("headers", "query", "lang"),
    [
        ({}, "", "zh"),
        ({"accept-language": "en-GB,en;q=0.9"}, "", "en"),
        ({"accept-language": "fr,zh-CN;q=0.8,en;q=0.5"}, "", "zh"),
        ({"accept-language": "zh"}, "?lang=en", "en"),
        ({"accept-language": "zh", "cookie": "a=b; lang=en"}, "", "en"),
    ],
)
def test_a_page_is_in_the_language_of_its_reader(server, headers, query, lang):
    page = server.get("/matrix" + query, headers={**HTML, **headers})
    assert f'<html lang="{lang}">' in page.text
    assert page.headers["content-language"] == lang
    assert ("set-cookie" in page.headers) == bool(query)


# --- what others make of it -----------------------------------------------------------------------------


def test_the_api_is_described_in_openapi(server):
    told = server.get("/openapi.json").json()
    assert told == description()
    assert {f"/queries/{q.name}" for q in named()} <= set(told["paths"])


def test_schemathesis_finds_no_server_error(server, tmp_path):
    command = [sys.executable, "-m", "schemathesis.cli", "run", server.url + "/openapi.json"]
    options = ["--checks", "not_a_server_error,content_type_conformance", "--max-examples", "8"]
    done = subprocess.run(
        [*command, *options, "--seed", "1", "--phases", "examples,fuzzing", "--no-color"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
    assert "cases" in done.stdout or "passed" in done.stdout


def test_no_string_makes_the_endpoint_fail(server):
    from bench.fuzz import queries

    seen: dict[int, int] = {}
    for text in queries(300, seed=3):
        status = server.client.post("/sparql", data={"query": text}).status_code
        seen[status] = seen.get(status, 0) + 1
    assert set(seen) <= {200, 400, 413}
    assert seen[200] > 10
    assert seen[400] > 10


# --- a server that lives ----------------------------------------------------------------------------------

NOTICES = "SELECT (COUNT(*) AS ?n) { ?s a kg:Notice }"


def notices(server: Running) -> int:
    return int(server.sparql(NOTICES).json()["results"]["bindings"][0]["n"]["value"])


def wait_for(server: Running, wanted: int) -> None:
    for _ in range(200):
        if notices(server) == wanted:
            return
        time.sleep(0.1)
    raise AssertionError(notices(server))


def test_a_store_that_changes_is_answered_from_without_a_restart(tmp_path):
    path = on_disk(tmp_path / "store")
    with serving(path, tmp_path) as running:
        assert notices(running) == 4
        with Store.open(path) as writing:
            writing.remove(iri(world()["c"]))
        wait_for(running, 3)
        with Store.open(path) as writing:
            writing.replace(iri(world()["c"]), quads(world()["c"]))
        wait_for(running, 4)


def test_a_store_that_is_built_anew_is_answered_from_without_a_restart(tmp_path):
    path = on_disk(tmp_path / "store")
    with serving(path, tmp_path) as running:
        assert notices(running) == 4
        with Store.create(tmp_path / "fresh") as fresh:
            fresh.replace(iri(world()["a"]), quads(world()["a"]))
        path.rename(tmp_path / "old")
        assert notices(running) == 4  # what is open stays open
        (tmp_path / "fresh").rename(path)
        wait_for(running, 1)
        assert running.get("/readyz").status_code == 200


def test_probes_and_figures_tell_how_it_is(server):
    assert server.get("/healthz").text == "ok\n"
    assert server.get("/readyz").status_code == 200
    server.sparql(NOTICES)
    hits = server.metric('kg_cache_lookups_total{found="yes"}')
    server.sparql(NOTICES)
    assert server.metric('kg_cache_lookups_total{found="yes"}') == hits + 1
    assert server.metric('kg_requests_total{route="sparql",status="200"}') >= 2
    assert server.metric('kg_workers{state="all"}') >= 1


def test_a_server_that_ends_finishes_what_it_answers(tmp_path):
    slow = "SELECT (COUNT(*) AS ?n) { { SELECT * { ?a ?b ?c } LIMIT 1000 } ?d ?e ?f }"
    with serving(on_disk(tmp_path / "store"), tmp_path, "--cache", "0") as running:
        answers = []
        thread = threading.Thread(target=lambda: answers.append(running.sparql(slow)))
        thread.start()
        while thread.is_alive() and not running.metric('kg_workers{state="busy"}'):
            time.sleep(0.01)
        running.process.send_signal(signal.SIGTERM)
        thread.join()
        assert running.process.wait(30) in (0, -signal.SIGTERM)
    assert answers[0].status_code in (200, 504)
    assert "Traceback" not in running.said()


def test_a_server_without_a_store_says_so(tmp_path):
    command = [sys.executable, "-m", "kg", "serve", "--store", str(tmp_path / "nowhere")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "there is no store" in done.stderr
    assert "Traceback" not in done.stderr
