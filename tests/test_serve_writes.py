"""Writing over HTTP: only with the token, whole graphs or SPARQL Update, the merge kept exact."""

from __future__ import annotations

import pytest
import rdflib
from SPARQLWrapper import POST, SPARQLWrapper

from kg.folder import read_marker
from kg.store import Store
from kg.vocab import BASE, catalog_graph
from tests.serving import Running, serving
from tests.stores import iri, on_disk, world

TOKEN = "a-token-that-nobody-guesses-0123456789"
AUTH = {"authorization": f"Bearer {TOKEN}"}
GRAPH = "https://example.org/graph/one"
TURTLE = {"content-type": "text/turtle"}
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


@pytest.fixture
def server(tmp_path) -> Running:
    store = on_disk(tmp_path / "store")
    with serving(store, tmp_path, "--writable", token=TOKEN) as running:
        running.store = store
        yield running


def count(server: Running, query: str = COUNT) -> int:
    return int(server.sparql(query).json()["results"]["bindings"][0]["n"]["value"])


def update(server: Running, text: str, headers=AUTH):
    return server.client.post("/sparql", data={"update": text}, headers=headers)


def exact(server: Running) -> bool:
    """Whether the default graph on disk is the merge of the graphs."""
    with Store.open(server.store, read_only=True) as store:
        named = {(q.subject, q.predicate, q.object) for q in store.quads()}
        merged = [(q.subject, q.predicate, q.object) for q in store.merged()]
    return len(merged) == len(named) and set(merged) == named


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer wrong"},
        {"authorization": f"Basic {TOKEN}"},
        {"authorization": TOKEN},
        {"authorization": f"Bearer {TOKEN}x"},
    ],
)
def test_without_the_token_nothing_is_written(server, headers):
    before = count(server)
    answer = update(server, "INSERT DATA { GRAPH <urn:g> { <urn:s> <urn:p> 1 } }", headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    for method in ("PUT", "POST", "DELETE"):
        response = server.client.request(
            method, "/graph", params={"graph": GRAPH}, headers={**headers, **TURTLE}, content=b""
        )
        assert response.status_code == 401
    assert count(server) == before
    assert TOKEN not in server.said()


def test_a_server_that_is_read_only_takes_no_token(tmp_path):
    with serving(on_disk(tmp_path / "store"), tmp_path, token=TOKEN) as running:
        assert update(running, "DROP ALL").status_code == 403
        response = running.client.put("/graph", params={"graph": GRAPH}, headers=AUTH, content=b"")
        assert response.status_code == 405
        assert running.get("/graph?default").status_code == 200


def test_a_server_is_not_made_writable_by_a_weak_token(tmp_path):
    import os
    import subprocess
    import sys

    store = on_disk(tmp_path / "store")
    command = [sys.executable, "-m", "kg", "serve", "--writable", "--store", str(store)]
    environment = {k: v for k, v in os.environ.items() if k != "KG_TOKEN"}
    for token in ({}, {"KG_TOKEN": "short"}):
        done = subprocess.run(
            command, env={**environment, **token}, capture_output=True, timeout=60, check=False
        )
        assert done.returncode == 2
        assert b"KG_TOKEN" in done.stderr


def test_an_update_changes_named_graphs_and_their_merge(server):
    before = count(server)
    text = f"INSERT DATA {{ GRAPH <{GRAPH}> {{ <urn:s> <urn:p> 1, 2 }} }}"
    assert update(server, text).status_code == 204
    assert count(server) == before + 2
    assert exact(server)
    assert read_marker(server.store).data != "rdf"
    move = f"DELETE {{ GRAPH <{GRAPH}> {{ ?s ?p 1 }} }} WHERE {{ GRAPH <{GRAPH}> {{ ?s ?p 1 }} }}"
    headers = {"content-type": "application/sparql-update", **AUTH}
    assert server.client.post("/sparql", content=move, headers=headers).status_code == 204
    assert count(server) == before + 1
    assert exact(server)
    assert update(server, f"DROP GRAPH <{GRAPH}>").status_code == 204
    assert count(server) == before
    assert exact(server)


def test_what_another_graph_says_too_stays(server):
    a = iri(world()["a"])
    assert update(server, f"DROP GRAPH <{a}>").status_code == 204
    assert exact(server)
    assert server.sparql("ASK { region:230000 kg:stresses hazard:tailings-pond }").json()["boolean"]


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { <urn:s> <urn:p> 1 }",
        "DELETE WHERE { ?s ?p ?o }",
        "DROP ALL",
        "DROP DEFAULT",
        f"DROP GRAPH <{catalog_graph()}>",
        f"INSERT DATA {{ GRAPH <{catalog_graph()}> {{ <urn:s> <urn:p> 1 }} }}",
        "INSERT DATA {",
        "SELECT * { ?s ?p ?o }",
        "LOAD <http://127.0.0.1:8/>",
        "LOAD SILENT <http://127.0.0.1:8/> INTO GRAPH <urn:g>",
        "INSERT { GRAPH <urn:g> { ?s ?p ?o } } WHERE { SERVICE <http://127.0.0.1:8/> { ?s ?p ?o } }",
    ],
)
def test_an_update_that_is_refused_changes_nothing(server, text):
    before = server.get("/graph?default", headers={"accept": "application/n-triples"}).text
    assert update(server, text).status_code == 400
    after = server.get("/graph?default", headers={"accept": "application/n-triples"}).text
    assert after == before
    assert exact(server)


def test_graphs_are_put_added_to_read_and_deleted(server):
    before, where = count(server), {"graph": GRAPH}
    put = {**AUTH, **TURTLE}
    one, two = b"<urn:s> <urn:p> 1 .", b"<urn:s> <urn:p> 2 ."
    assert server.get("/graph", params=where).status_code == 404
    assert server.client.put("/graph", params=where, headers=put, content=one).status_code == 201
    assert server.client.put("/graph", params=where, headers=put, content=one).status_code == 204
    assert server.client.post("/graph", params=where, headers=put, content=two).status_code == 204
    graph = rdflib.Graph().parse(data=server.get("/graph", params=where).text, format="turtle")
    assert sorted(int(o) for o in graph.objects()) == [1, 2]
    assert count(server) == before + 2
    assert server.client.head("/graph", params=where).status_code == 200
    assert server.client.delete("/graph", params=where, headers=AUTH).status_code == 204
    assert server.client.delete("/graph", params=where, headers=AUTH).status_code == 404
    assert count(server) == before
    assert exact(server)


def test_who_writes_while_another_does_is_told_to_come_again(server):
    text = "INSERT DATA { GRAPH <urn:g> { <urn:s> <urn:p> 1 } }"
    with Store.open(server.store):
        refused = update(server, text)
        assert refused.status_code == 503
        assert "another process is writing" in refused.text
        assert int(refused.headers["retry-after"]) > 0
    assert update(server, text).status_code == 204
    assert exact(server)


def test_what_another_process_wrote_last_is_no_fault_of_an_update(server):
    with Store.open(server.store) as store:
        store.replace("urn:other", b"<urn:a> <urn:b> <urn:c> <urn:other> .\n")
    text = "INSERT DATA { GRAPH <urn:g> { <urn:s> <urn:p> 1 } }"
    assert update(server, text).status_code == 204
    assert server.sparql("ASK { <urn:a> <urn:b> <urn:c> }").json()["boolean"]
    assert exact(server)


def test_what_is_no_graph_is_refused(server):
    where = {"graph": GRAPH}

    def put(content: bytes, type_: str, **params) -> int:
        headers = {**AUTH, "content-type": type_}
        return server.client.put(
            "/graph", params=params or where, headers=headers, content=content
        ).status_code

    assert put(b"<urn:s> <urn:p>", "text/turtle") == 400
    assert put(b"", "text/plain") == 415
    assert put(b"", "text/turtle", default="") == 400
    assert put(b"", "text/turtle", graph="no iri") == 400
    assert put(b"<urn:s> <urn:p> 1 .", "text/turtle", graph=catalog_graph()) == 403
    assert server.get("/graph").status_code == 400
    assert server.get("/graph", params={"graph": catalog_graph()}).status_code == 404
    assert server.client.patch("/graph", params=where, headers=AUTH).status_code == 405


def test_sparqlwrapper_updates(server):
    client = SPARQLWrapper(server.url + "/sparql")
    client.setMethod(POST)
    client.addCustomHttpHeader("Authorization", f"Bearer {TOKEN}")
    client.setQuery(f"INSERT DATA {{ GRAPH <{GRAPH}> {{ <{BASE}x> <urn:p> 1 }} }}")
    client.query()
    assert count(server, f"SELECT (COUNT(*) AS ?n) {{ <{BASE}x> ?p ?o }}") == 1
