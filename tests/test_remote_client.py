"""Requests to a server that fails in every way: what is tried again, what is said, what is never said."""

from __future__ import annotations

import base64
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from kg.errors import StoreError
from kg.remote.client import Client
from kg.remote.credentials import Credentials, credentials
from kg.remote.endpoints import endpoints
from tests.servers import free_port

SECRET = "s3cret/p@ss word"
EMPTY = b'{"head": {"vars": ["p", "v"]}, "results": {"bindings": []}}'
JSON = {"Content-Type": "application/sparql-results+json"}


class Fake:
    """A server on loopback that answers as told, in turn; the last answer stays."""

    def __init__(self, *answers: tuple[int, dict[str, str], bytes] | Callable) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {k.casefold(): v for k, v in self.headers.items()}
                fake.asked.append((self.command, self.path, headers, body))
                now = fake.answers.pop(0) if len(fake.answers) > 1 else fake.answers[0]
                if callable(now):
                    now(self)
                    self.close_connection = True
                    return
                status, more, data = now
                self.send_response(status)
                for name, value in more.items():
                    self.send_header(name, value)
                if "Content-Length" not in more:
                    self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self) -> Fake:
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


_opened: list[Client] = []


@pytest.fixture(autouse=True)
def closed(monkeypatch):
    """Nothing of the machine's own credentials gets in, and no connection is left open."""
    for name in ("KG_STORE_USER", "KG_STORE_PASSWORD", "KG_STORE_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NETRC", os.devnull)
    yield
    while _opened:
        _opened.pop().close()


def client(url: str, **options) -> Client:
    if "KG_STORE_TOKEN" not in os.environ:
        options.setdefault("login", Credentials(user="u", password=SECRET))
    _opened.append(Client(endpoints(url), **{"pause": 0.001, "timeout": 5.0, **options}))
    return _opened[-1]


def said(error: pytest.ExceptionInfo[StoreError]) -> str:
    """What a person is shown, which holds no secret in any form."""
    text = f"{error.value}\n{error.value.hint}\n{error.value!r}"
    pair = base64.b64encode(f"u:{SECRET}".encode()).decode()
    for secret in (SECRET, pair, "s3cret"):
        assert secret not in text
    return text


def silent(handler: BaseHTTPRequestHandler) -> None:
    """Break the connection without a word."""
    handler.connection.shutdown(socket.SHUT_RDWR)


# --- what is tried again --------------------------------------------------------------------------


def test_a_server_that_is_busy_is_asked_again_whatever_was_asked():
    with Fake((503, {}, b""), (429, {"Retry-After": "0"}, b""), (200, {}, b"")) as fake:
        client(fake.url).update("INSERT DATA { <urn:a> <urn:b> <urn:c> }")
        assert len(fake.asked) == 3


def test_what_reads_or_replaces_is_sent_again_when_the_connection_broke():
    for ask in (
        lambda c: c.query("ASK {}", default=None).read(),
        lambda c: c.put_graph("urn:g", b""),
        lambda c: c.delete_graph("urn:g"),
        lambda c: c.graph("urn:g").read(),
    ):
        answer = (200, {"Content-Type": "application/n-triples"}, b"")
        if ask.__code__.co_names[0] == "query":
            answer = (200, JSON, EMPTY)
        with Fake(silent, (502, {}, b""), answer) as fake:
            ask(client(fake.url))
            assert len(fake.asked) == 3


def test_what_may_have_been_done_is_not_done_twice():
    for ask in (
        lambda c: c.update("DELETE WHERE { ?s ?p ?o }"),
        lambda c: c.add_to_graph("urn:g", b""),
    ):
        with Fake(silent) as fake:
            with pytest.raises(StoreError, match="the connection broke") as error:
                ask(client(fake.url))
            assert "do it again" in said(error)
            assert len(fake.asked) == 1


def test_it_gives_up_after_so_many_tries_and_says_why():
    with Fake((503, {"Content-Type": "text/plain"}, b"too many clients")) as fake:
        with pytest.raises(StoreError, match=r"\(503\): too many clients"):
            client(fake.url, retries=2).query("ASK {}", default=None)
        assert len(fake.asked) == 3


def test_a_query_that_the_server_cannot_answer_is_not_asked_again():
    with Fake((500, {"Content-Type": "text/plain"}, b"Virtuoso 42000 Error: why")) as fake:
        with pytest.raises(
            StoreError, match=r"the server failed \(500\): Virtuoso 42000 Error: why"
        ):
            client(fake.url).query("ASK {}", default=None)
        assert len(fake.asked) == 1


def test_a_slow_answer_is_not_asked_for_twice():
    stop = threading.Event()
    with Fake(lambda _: stop.wait(20)) as fake:
        with pytest.raises(StoreError, match=r"no answer within 0\.2 s") as error:
            client(fake.url, timeout=0.2).query("ASK {}", default=None)
        stop.set()
        assert "KG_STORE_TIMEOUT" in said(error)
        assert len(fake.asked) == 1


def test_an_answer_that_breaks_off_is_an_error_and_not_a_short_answer():
    def cut(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/sparql-results+json\r\n")
        handler.wfile.write(b"Content-Length: 5000\r\n\r\n" + EMPTY[:40])

    with Fake(cut) as fake:
        body = client(fake.url).query("SELECT * {}", default=None)
        with pytest.raises(StoreError, match="the connection broke") as error:
            body.read()
        assert "do it again" in said(error)


# --- what is said ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "headers", "words"),
    [
        (301, {"Location": "https://elsewhere/x"}, "leads elsewhere (301): https://elsewhere/x"),
        (401, {"WWW-Authenticate": 'Basic realm="x"'}, "does not accept the credentials (401)"),
        (403, {}, "is not allowed (403)"),
        (404, {}, "there is nothing (404)"),
        (405, {}, "is not offered (405)"),
        (413, {}, "is too large for the server (413)"),
        (418, {}, "refused (418)"),
    ],
)
def test_a_refusal_says_what_where_and_what_to_do(status, headers, words):
    with Fake((status, headers, b"")) as fake:
        with pytest.raises(StoreError) as error:
            client(fake.url).put_graph("urn:g", b"")
        text = said(error)
        assert words in text
        assert f"{fake.url}/store" in text
        assert error.value.hint or status == 418


def test_what_a_server_says_is_shown_short_without_markup_and_without_secrets():
    page = f"<html><title>x</title><p>no, {SECRET}\x1b[31m</p>{'y' * 5000}</html>"
    with Fake((400, {"Content-Type": "text/html"}, page.encode())) as fake:
        with pytest.raises(StoreError) as error:
            client(fake.url).query("ASK {}", default=None)
        text = str(error.value)
        assert "(400): no, ***\\x1b[31m yyy" in text
        assert len(text) < 500


def test_a_page_where_an_answer_should_be_is_told():
    with Fake((200, {"Content-Type": "text/html"}, b"<p>welcome</p>")) as fake:
        with pytest.raises(StoreError, match="answers with text/html, where") as error:
            client(fake.url).query("ASK {}", default=None)
        assert "is it the address of a SPARQL server?" in said(error)


def test_nobody_there_is_told():
    with pytest.raises(StoreError, match="cannot be reached") as error:
        client(f"http://127.0.0.1:{free_port()}", retries=1).query("ASK {}", default=None)
    assert "is the server running" in said(error)


def test_a_server_without_a_certificate_is_told():
    with Fake((200, JSON, EMPTY)) as fake:
        with pytest.raises(StoreError, match="no safe connection") as error:
            client(fake.url.replace("http:", "https:")).query("ASK {}", default=None)
        assert "SSL_CERT_FILE" in said(error)


# --- credentials ----------------------------------------------------------------------------------


def test_credentials_are_sent_only_where_they_are_asked_for():
    with Fake((200, JSON, EMPTY)) as fake:
        client(fake.url).query("ASK {}", default=None).read()
        assert "authorization" not in fake.asked[0][2]
    challenge = {"WWW-Authenticate": 'Basic realm="x"'}
    with Fake((401, challenge, b""), (200, JSON, EMPTY)) as fake:
        one = client(fake.url)
        one.query("ASK {}", default=None).read()
        one.query("ASK {}", default=None).read()
        signs = [headers.get("authorization", "") for _, _, headers, _ in fake.asked]
        pair = base64.b64encode(f"u:{SECRET}".encode()).decode()
        assert signs == ["", f"Basic {pair}", f"Basic {pair}"]


def test_a_digest_is_answered_without_sending_the_password():
    challenge = {"WWW-Authenticate": 'Digest realm="S", nonce="n1", qop="auth", algorithm=MD5'}
    with Fake((401, challenge, b""), (401, challenge, b""), (200, JSON, EMPTY)) as fake:
        client(fake.url).query("ASK {}", default=None).read()
        sign = fake.asked[-1][2]["authorization"]
        assert sign.startswith('Digest username="u"')
        assert "s3cret" not in sign


def test_a_token_is_sent_as_a_bearer(monkeypatch):
    monkeypatch.setenv("KG_STORE_TOKEN", "t0ken")
    with Fake((200, JSON, EMPTY)) as fake:
        client(fake.url).query("ASK {}", default=None).read()
        assert fake.asked[0][2]["authorization"] == "Bearer t0ken"


def test_a_redirect_is_not_followed_with_credentials():
    with Fake((200, JSON, EMPTY)) as other:
        there = (307, {"Location": f"{other.url}/query"}, b"")
        with Fake(there) as fake, pytest.raises(StoreError, match="leads elsewhere"):
            client(fake.url).query("ASK {}", default=None)
        assert other.asked == []


def test_credentials_show_nothing_and_are_not_written_down():
    import pickle

    login = Credentials(user="u", password=SECRET)
    assert repr(login) == str(login) == "<Credentials>"
    assert SECRET not in repr(client("http://h"))
    with pytest.raises(TypeError):
        pickle.dumps(login)


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"KG_STORE_USER": "u"}, "KG_STORE_USER is set, but KG_STORE_PASSWORD is not"),
        ({"KG_STORE_PASSWORD": SECRET}, "KG_STORE_PASSWORD is set, but KG_STORE_USER is not"),
        ({"KG_STORE_TOKEN": "a\nb"}, "KG_STORE_TOKEN: holds characters"),
        ({"NETRC": "/nowhere/netrc"}, "/nowhere/netrc: cannot be read"),
    ],
)
def test_half_credentials_are_told(environment, words):
    with pytest.raises(StoreError) as error:
        credentials("h", environment)
    assert words in said(error)


def test_a_broken_netrc_is_told_without_what_stands_in_it(tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text(f"machine h login u passwort {SECRET}\n")
    with pytest.raises(StoreError, match="netrc:1: cannot be understood") as error:
        credentials("h", {"NETRC": str(netrc)})
    assert "passwort" not in said(error)


def test_credentials_in_an_address_are_refused_and_not_repeated():
    done = subprocess.run(
        [sys.executable, "-m", "kg", "query", "regions", "--store", "https://me:s3cret@h/x"],
        capture_output=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "NETRC": os.devnull},
    )
    assert done.returncode == 1
    assert "https://…@h: credentials do not belong in an address" in done.stderr
    assert "s3cret" not in done.stdout + done.stderr


# --- addresses ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://", "is no http or https address"),
        ("http://h:port/", "no address that can be understood"),
        ("http://h/x?default-graph-uri=y", "has no ?…"),
        ("http://h/x#fuseky", "did you mean #fuseki?"),
        ("http://h/#query=/q", "there is no update=…"),
        ("http://h/#query=/q&update=/u&graph=/g", "did you mean graphs=…?"),
        ("http://h/#query=ftp://x&update=/u&graphs=/g", "no plain http or https"),
    ],
)
def test_an_address_that_cannot_be_one_is_told(address, words):
    with pytest.raises(StoreError) as error:
        endpoints(address)
    assert words in f"{error.value} {error.value.hint}"
