"""What a hostile client, page or notice tries on the server."""

from __future__ import annotations

import asyncio
import dataclasses
import re
import socket
from html.parser import HTMLParser
from pathlib import Path

import pytest

from kg.serve.cache import Cache
from kg.serve.errors import Refused
from kg.serve.guard import Guard
from kg.serve.metrics import Metrics
from kg.serve.pool import Pool
from kg.serve.settings import Settings
from kg.store import Store
from kg.triples import quads
from kg.vocabulary import vocabulary_quads
from tests.serving import Running, serving
from tests.stores import iri, on_disk, world

PAGES = ("/", "/matrix", "/notices", "/notices/a", "/queries", "/sparql", "/entity/region/230000")
HTML = {"accept": "text/html"}


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Running:
    folder = tmp_path_factory.mktemp("security")
    with serving(on_disk(folder / "store"), folder) as running:
        yield running


def raw(server: Running, request: str) -> str:
    """Send a request as it is written; httpx would tidy it."""
    with socket.create_connection(("127.0.0.1", server.client.base_url.port), 10) as connection:
        head = request.removesuffix("\r\n") + "Connection: close\r\n\r\n"
        connection.sendall(head.encode("latin-1"))
        parts = iter(lambda: connection.recv(65536), b"")
        return b"".join(parts).decode("utf-8", "replace")


# --- headers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", [*PAGES, "/nowhere", "/sparql?query=x", "/static/site.css", "/openapi.json", "/metrics"]
)
def test_every_answer_has_the_headers_that_keep_a_browser_safe(server, path):
    response = server.get(path, headers=HTML)
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "server" not in response.headers
    assert not [name for name in response.headers if name.startswith("access-control")]


@pytest.mark.parametrize("path", PAGES)
def test_pages_have_nothing_inline_and_load_nothing_from_elsewhere(server, path):
    found: list[tuple[str, dict[str, str | None]]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attrs):
            found.append((tag, dict(attrs)))

    response = server.get(path, headers=HTML)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    Reader().feed(response.text)
    assert len(found) > 10
    for tag, attributes in found:
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        assert tag != "style"
        assert tag != "script" or (attributes.get("src") or "").startswith("/static/")
        for name in ("src", "href", "action"):
            value = attributes.get(name) or "/"
            assert value[0] in "/?#" or value == "data:,", value
            assert not value.startswith("//")


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.", "", "a:b"]
)
@pytest.mark.parametrize("path", ["/", "/sparql?query=ASK%7B%7D", "/healthz", "/static/site.css"])
def test_a_host_that_is_not_ours_gets_nothing(server, host, path):
    response = server.get(path, headers={"host": host})
    assert response.status_code == 421
    assert "head" not in response.text


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1:1", "[::1]:8000"])
def test_the_names_of_the_loopback_are_ours(server, host):
    assert server.get("/healthz", headers={"host": host}).status_code == 200


def test_two_hosts_are_refused(server):
    request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n"
    assert raw(server, request).split()[1] == "400"


# --- paths and headers made of what a client says ----------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/..%2fapp.py",
        "/static/....//app.py",
        "/static/%2e%2e%2f%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "//etc/passwd",
        "/static//etc/passwd",
        "/static/\\..\\app.py",
        "/queries/..%2f..%2fpyproject",
        "/queries/../../../etc/passwd",
        "/notices/..%2f..%2f..%2fetc%2fpasswd",
        "/entity/region/..%2f..%2f..%2fetc%2fpasswd",
        "/entity/%00",
    ],
)
def test_no_path_leads_out_of_the_folder(server, path):
    answer = raw(server, f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert answer.split()[1] in ("400", "404"), answer
    assert "import" not in answer
    assert "root:" not in answer


@pytest.mark.parametrize(
    "path",
    [
        "/id/a%0d%0aSet-Cookie:%20x=1",
        "/id/a%0aSet-Cookie:%20x=1",
        "/entity?iri=urn:a%0d%0aSet-Cookie:%20x=1",
        "/matrix?lang=en%0d%0aSet-Cookie:%20x=1",
        "/id//evil.example/",
        "/queries?lang=%0d%0aSet-Cookie:x=1",
    ],
)
def test_no_header_is_made_of_what_a_client_says(server, path):
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n\r\n"
    head = raw(server, request).partition("\r\n\r\n")[0]
    assert not re.search(r"^set-cookie: x", head, re.IGNORECASE | re.MULTILINE)
    location = re.search(r"^location: (.*)$", head, re.IGNORECASE | re.MULTILINE)
    assert location is None or re.match(r"/entity[/?]", location[1])


# --- hostile notices ------------------------------------------------------------------------------------

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7*7}}"


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory) -> Running:
    """A store in which every text is an attack."""
    folder = tmp_path_factory.mktemp("poisoned")
    record = world()["a"]
    assert record.notice is not None
    notice = dataclasses.replace(record.notice, id=EVIL, filename=EVIL + ".txt")
    record = dataclasses.replace(
        record,
        id=EVIL,
        title=EVIL,
        notice=notice,
        regions=tuple(dataclasses.replace(r, name=EVIL) for r in record.regions),
        stresses=tuple(dataclasses.replace(s, region=EVIL) for s in record.stresses),
        meetings=tuple(dataclasses.replace(m, name=EVIL) for m in record.meetings),
        obligations=tuple(
            dataclasses.replace(o, quote=EVIL, action=EVIL, bearer=EVIL, region=EVIL)
            for o in record.obligations
        ),
    )
    with Store.create(folder / "store", vocabulary=vocabulary_quads()) as store:
        store.replace(iri(record), quads(record))
    with serving(folder / "store", folder) as running:
        yield running


def test_what_a_notice_says_reaches_pages_as_text_only(poisoned):
    rows = poisoned.sparql("SELECT DISTINCT ?s { ?s ?p ?o FILTER(ISIRI(?s)) }").json()
    things = [row["s"]["value"] for row in rows["results"]["bindings"]]
    own = [t for t in things if "/id/" in t]
    assert len(own) > 20
    listed = poisoned.get("/notices").json()["notices"]
    assert listed[0]["title"] == EVIL
    seen = 0
    for path, params in [
        ("/matrix", {}),
        ("/notices", {}),
        ("/notices/" + listed[0]["notice"].replace("/", "%2F"), {}),
        *(("/entity", {"iri": thing}) for thing in own),
    ]:
        response = poisoned.get(path, params=params, headers=HTML)
        if response.status_code == 404:
            continue
        assert response.status_code == 200, (path, params, response.text)
        assert "<script>alert" not in response.text
        assert "<img src=x" not in response.text
        assert "49" not in re.findall(r"onerror=alert\(2\)&gt;(\d+)", response.text)
        seen += "&lt;script&gt;" in response.text
    assert seen > 10


def test_what_a_client_says_reaches_pages_as_text_only(server):
    for path in ("/sparql", "/queries", "/entity/region/230000"):
        response = server.get(path, params={"query": EVIL, "page": "1"}, headers=HTML)
        assert "<script>alert" not in response.text
    bad = server.get("/entity", params={"iri": EVIL}, headers=HTML)
    assert bad.status_code == 400
    assert bad.headers["content-type"] == "text/plain; charset=utf-8"


def test_complaints_are_plain_text_whatever_is_accepted(server):
    response = server.get("/sparql", params={"query": EVIL}, headers={"accept": "application/json"})
    assert response.status_code == 400
    assert response.headers["content-type"].startswith("text/plain")


# --- what others may learn -------------------------------------------------------------------------------


def test_the_log_has_no_parameters(server):
    server.get("/sparql", params={"query": "ASK { ?s ?p 'a-secret-of-mine' }"})
    server.get("/queries/campaigns", params={"region": "a-secret-of-mine"})
    server.client.post("/sparql", data={"query": "ASK { ?s ?p 'a-secret-of-mine' }"})
    server.get("/nowhere%0a%7B%22status%22:200%7D")
    said = server.said()
    assert '"path": "/queries/campaigns"' in said
    assert "a-secret-of-mine" not in said
    assert '\n{"status":200}' not in said


def test_a_defect_tells_a_client_nothing():
    async def broken(scope, receive, send):
        raise ValueError("the password is in /etc/secret")

    settings = Settings(store=Path("none"), log=False)
    guard = Guard(broken, settings, Metrics(Pool(settings), Cache(0)))
    sent = []

    async def send(message):
        sent.append(message)

    async def receive():
        return {"type": "http.request", "body": b""}

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "query_string": b"",
        "headers": [(b"host", b"localhost")],
        "client": ("127.0.0.1", 1),
    }
    asyncio.run(guard(scope, receive, send))
    assert sent[0]["status"] == 500
    assert sent[1]["body"] == b"internal error\n"


def test_a_token_is_in_no_representation():
    settings = Settings(store=Path("none"), token="very-secret")
    assert "very-secret" not in repr(settings)
    assert "very-secret" not in str(Refused(403, "no"))
