"""What one question may not do to the server, to others, to anything outside; a real server."""

from __future__ import annotations

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tests.serving import Running, serving
from tests.stores import on_disk

ASK = "ASK { ?s ?p ?o }"
#: Six times the whole graph with itself: it would take longer than anybody lives.
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n_ ?o }"
#: Every row is kept until the last is known.
GREEDY = (
    "SELECT ?a (GROUP_CONCAT(CONCAT(STR(?d), STR(?f), STR(?c))) AS ?all) "
    "{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } GROUP BY ?a"
)
LONG = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return on_disk(tmp_path_factory.mktemp("limits") / "store")


@pytest.fixture(scope="module")
def server(store, tmp_path_factory) -> Running:
    options = ("--seconds", "8", "--memory", "300", "--rows", "20000")
    folder = tmp_path_factory.mktemp("limited")
    with serving(store, folder, *options, "--cache", "0") as running:
        yield running


def test_an_endless_question_is_cut_at_its_limit(server):
    response = server.sparql(ENDLESS)
    assert response.status_code == 504
    assert "8 seconds" in response.text
    assert server.sparql(ASK).json()["boolean"] is True


def test_endless_questions_do_not_keep_others_from_their_answers(server):
    before = server.metric('kg_questions_cut_total{why="time"}')
    with ThreadPoolExecutor(10) as threads:
        endless = [threads.submit(server.sparql, ENDLESS) for _ in range(10)]
        answered = 0
        while not all(future.done() for future in endless):
            assert server.sparql(ASK).json()["boolean"] is True
            answered += 1
    assert answered > 20
    assert {future.result().status_code for future in endless} <= {504, 503}
    assert server.metric('kg_questions_cut_total{why="time"}') > before


def stopped(server) -> int:
    """Count the workers that stand still."""
    (nursery,) = children(server.process.pid)
    states = (Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2] for pid in children(nursery))
    return sum(state.split()[0] == "T" for state in states)


def children(pid: int) -> list[int]:
    return [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no /proc")
def test_endless_questions_stand_still_in_turns_and_one_that_ends_is_answered(store, tmp_path):
    options = ("--seconds", "30", "--workers", "1", "--cache", "0")
    with serving(store, tmp_path, *options) as running, ThreadPoolExecutor(8) as threads:
        endless = [threads.submit(running.sparql, ENDLESS) for _ in range(6)]
        most = 0
        while most < 4 and not any(future.done() for future in endless):
            with suppress(OSError):
                most = max(most, stopped(running))
        assert most >= 4
        ends = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?c }"
        assert running.sparql(ends).status_code == 200
        assert {future.result().status_code for future in endless} == {504}
        assert running.sparql(ASK).json()["boolean"] is True


def test_the_same_endless_question_is_asked_once(store, tmp_path):
    with serving(store, tmp_path, "--seconds", "3") as running, ThreadPoolExecutor(6) as threads:
        asked = [threads.submit(running.sparql, ENDLESS) for _ in range(6)]
        assert {future.result().status_code for future in asked} == {504}
        assert running.metric('kg_questions_cut_total{why="time"}') <= 2


def test_a_greedy_question_ends_at_its_memory_and_no_other_does(server):
    response = server.sparql(GREEDY)
    assert response.status_code in (503, 504)
    assert server.sparql(ASK).json()["boolean"] is True
    assert server.get("/healthz").status_code == 200


@pytest.mark.parametrize("accept", ["text/csv", "text/tab-separated-values", "*/*", "text/xml"])
def test_an_answer_with_too_many_rows_is_not_sent_as_if_it_were_whole(server, accept):
    import httpx

    try:
        response = server.sparql(LONG, accept)
    except httpx.RemoteProtocolError:
        return  # part of it had gone out: the connection is cut
    assert response.status_code == 400
    assert "20000 rows" in response.text


def test_a_long_answer_comes_whole(server):
    query = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 15000"
    rows = server.sparql(query, "text/csv").text.splitlines()
    assert len(rows) == 15001
    graph = "CONSTRUCT { ?a <urn:p> ?d } { ?a ?b ?c . ?d ?e ?f } LIMIT 15000"
    assert len(server.sparql(graph, "application/n-triples").text.splitlines()) > 100


def test_a_question_of_somebody_who_has_gone_is_stopped(server):
    before = server.metric('kg_questions_cut_total{why="gone"}')
    with closing(socket.create_connection(("127.0.0.1", server.client.base_url.port))) as raw:
        from urllib.parse import quote

        request = f"GET /sparql?query={quote(ENDLESS)} HTTP/1.1\r\nHost: localhost\r\n\r\n"
        raw.sendall(request.encode())
        for _ in range(400):
            if server.metric('kg_workers{state="busy"}'):
                break
            time.sleep(0.05)
    for _ in range(400):
        if server.metric('kg_questions_cut_total{why="gone"}') > before:
            return
        time.sleep(0.05)
    raise AssertionError("it runs on")


def test_who_finds_the_queue_full_is_told_when_to_come_again(store, tmp_path):
    options = ("--seconds", "3", "--workers", "1", "--queue", "1", "--cache", "0")
    with serving(store, tmp_path, *options) as running, ThreadPoolExecutor(40) as threads:
        asked = [threads.submit(running.sparql, ENDLESS) for _ in range(40)]
        answers = [future.result() for future in asked]
    busy = [a for a in answers if a.status_code == 503]
    assert busy
    assert all(int(a.headers["retry-after"]) > 0 for a in busy)
    assert {a.status_code for a in answers} <= {503, 504}


def test_a_client_that_asks_too_often_is_told_so(store, tmp_path):
    with serving(store, tmp_path, "--rate", "5/minute") as running:
        statuses = [running.sparql(ASK).status_code for _ in range(9)]
        assert statuses.count(429) == 4
        assert running.get("/healthz").status_code == 200


def test_what_is_too_long_is_refused(server):
    headers = {"content-type": "application/sparql-query"}
    long = "ASK { ?s ?p '" + "x" * 200_000 + "' }"
    assert server.client.post("/sparql", content=long, headers=headers).status_code == 413
    huge = b"#" * (17 << 20)
    assert server.client.post("/sparql", content=huge, headers=headers).status_code == 413
    parts = (b"#" * (1 << 20) for _ in range(17))
    assert server.client.post("/sparql", content=parts, headers=headers).status_code == 413


# --- other servers ------------------------------------------------------------------------------------


@pytest.fixture
def other_server():
    """A server that remembers whether anybody came."""
    came: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.1)
        stop = threading.Event()

        def listen() -> None:
            while not stop.is_set():
                try:
                    connection, _ = listening.accept()
                except TimeoutError:
                    continue
                with connection:
                    came.append(connection.recv(100))

        thread = threading.Thread(target=listen)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/sparql", came
        stop.set()
        thread.join()


SERVICES = (
    "SELECT * { SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { SERVICE SILENT <URL> { ?s ?p ?o } }",
    "SELECT * { service<URL>{ ?s ?p ?o } }",
    "PREFIX x: <URL> SELECT * { SERVICE x: { ?s ?p ?o } }",
    "PREFIX service: <URL> SELECT * { SERVICE service: { ?s ?p ?o } }",
    "SELECT * { BIND(<URL> AS ?u) SERVICE ?u { ?s ?p ?o } }",
    "SELECT * { { SELECT * { OPTIONAL { SERVICE <URL> { ?s ?p ?o } } } } }",
    "SELECT * { FILTER EXISTS { SERVICE <URL> { ?s ?p ?o } } }",
    "SELECT * { FILTER NOT EXISTS { ?a ?b 1SERVICE<URL>{ ?s ?p ?o } } }",
    "SELECT * { #\n SERVICE # <\n <URL> { ?s ?p ?o } }",
    r"SELECT * { \u0053ERVICE <URL> { ?s ?p ?o } }",
    "CONSTRUCT { ?s ?p ?o } { SERVICE <URL> { ?s ?p ?o } }",
    "DESCRIBE ?s { SERVICE <URL> { ?s ?p ?o } }",
    "ASK { ?x ?y 'SERVICE' . SERVICE <URL> { ?s ?p ?o } }",
    "LOAD <URL>",
    "LOAD SILENT <URL> INTO GRAPH <urn:g>",
)


@pytest.mark.parametrize("query", SERVICES)
def test_no_query_reaches_another_server(server, other_server, query):
    url, came = other_server
    response = server.sparql(query.replace("URL", url))
    assert response.status_code == 400
    assert came == []


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s ?p 'SERVICE <http://a/> { }' }",
        "SELECT * { ?s ?p ?service } # SERVICE <http://a/> {}",
        "SELECT * { ?s <http://example.org/SERVICE> ?o }",
        "PREFIX a: <urn:a> SELECT * { ?s a:service ?o }",
    ],
)
def test_the_word_alone_is_no_call(server, query):
    assert server.sparql(query).status_code == 200


def test_a_worker_can_open_no_socket_and_start_no_program():
    import subprocess
    import sys

    code = """
import socket, subprocess, sys
from kg.serve.sandbox import forbid_network
if not forbid_network():
    sys.exit(77)
import pyoxigraph
def socket_(): socket.socket()
def pair(): socket.socketpair()
def program(): subprocess.run(["/bin/true"])
def service(): list(pyoxigraph.Store().query("SELECT * { SERVICE <http://127.0.0.1:8/> {} }"))
for attempt in (socket_, pair, program, service):
    try:
        attempt()
    except PermissionError:
        continue
    sys.exit(attempt.__name__)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    if done.returncode == 77:
        pytest.skip("this kernel filters no system calls")
    assert done.returncode == 0, done.stderr


def test_the_workers_of_a_server_are_held_so(server):
    if not Path("/proc/self/stat").exists():
        pytest.skip("no /proc")
    (nursery,) = children(server.process.pid)
    workers = children(nursery)
    assert workers
    for worker in workers:
        status = Path(f"/proc/{worker}/status").read_text()
        assert "Seccomp:\t2" in status
        assert "NoNewPrivs:\t1" in status
