"""SPARQL of one's own: what is malformed is pointed at, what must not run is refused."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import QueryError
from kg.query import run
from kg.sparql import excerpt, refuse_service
from kg.store import Store
from kg.vocab import catalog_graph
from tests.stores import damaged, iri, world


@pytest.fixture(scope="module")
def store() -> Store:
    return damaged()


@pytest.mark.parametrize(
    ("text", "where", "caret"),
    [
        ("SELECT * {\n  ?s ?p }\n", "q:2:3", "?"),
        ("SELECT * { ?s ?p ?o } LIMIT x", "q:1:23", "L"),
        ("SELECT ?矿 { ?矿 a }", "q:1:13", "?"),
        ("SELECT ?s {\n\t?s ?p ?o .\n\tFILTR(?o = 1)\n}", "q:3:2", "F"),
        ("SELEC ?s { ?s ?p ?o }", "q:1:1", "S"),
        ("SELECT ?s { ?s ?p ?o }}", "q:1:23", "}"),
        ("SELECT ?s (COUNT(?o) AS ?n) { ?s ?p ?o }", "q:1:40", "}"),
        ("SELECT * { ?s foo:bar ?o }", "q:1:15", "f"),
        ("SELECT * {", "q:1:11", ""),
    ],
)
def test_malformed_sparql_is_pointed_at(text, where, caret, store):
    with pytest.raises(QueryError) as caught:
        run(store, text, name="q")
    first, shown, mark = str(caught.value).split("\n")
    assert first.startswith(where)
    column = int(first.split(":")[2])
    line = text.split("\n")[int(where.split(":")[1]) - 1]
    assert shown.strip() == line.strip()
    assert line[column - 1 : column] == caret
    assert mark.endswith("^")


def test_an_unknown_prefix_is_named_with_the_near_one(store):
    with pytest.raises(QueryError, match="unknown prefix 'hazards:'") as caught:
        run(store, "ASK { ?s ?p hazards:flood }")
    assert "'hazard:'" in (caught.value.hint or "")


def test_the_caret_stands_under_the_column_whatever_the_width():
    shown, mark = excerpt("尾矿库 x" + "y" * 200, 1, 5).split("\n")
    assert len(shown) < 90
    assert mark.index("^") == 2 + 3 * 2 + 1


@pytest.mark.parametrize(
    "update",
    [
        "INSERT DATA { <urn:a> <urn:b> <urn:c> }",
        "DELETE WHERE { ?s ?p ?o }",
        "CLEAR ALL",
        "LOAD <http://127.0.0.1:1/x>",
        "PREFIX : <urn:x> DROP ALL",
        "WITH <urn:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
    ],
)
def test_an_update_is_refused_and_changes_nothing(update, store):
    before = store.dump()
    with pytest.raises(QueryError, match="is refused: queries only read"):
        run(store, update)
    assert store.dump() == before


@pytest.fixture(scope="module")
def listener():
    """A server on loopback that counts who calls."""
    server = socket.create_server(("127.0.0.1", 0))
    calls: list[int] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            calls.append(1)
            connection.sendall(b"HTTP/1.1 500 no\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            connection.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}/", calls
    server.close()


def test_the_listener_would_notice(listener):
    url, calls = listener
    before = len(calls)
    with pytest.raises(OSError, match="500"):
        list(ox.Store().query(f"SELECT * {{ SERVICE <{url}> {{ ?s ?p ?o }} }}"))
    assert len(calls) == before + 1


@pytest.mark.parametrize(
    "pattern",
    [
        "SERVICE <U> { ?s ?p ?o }",
        "service<U>{?s ?p ?o}",
        "SERVICE SILENT <U> { ?s ?p ?o }",
        "SERVICESILENT<U>{?s ?p ?o}",
        "SERVICE # '\n <U> { ?s ?p ?o }",
        "SERVICE:x{?s ?p ?o}",
        "SERVICE :x { ?s ?p ?o }",
        "?s ?p 1SERVICE<U>{?s ?p ?o}",
        "?s ?p trueSERVICE:x{?s ?p ?o}",
        "?s ?p :a.SERVICE<U>{?s ?p ?o}",
        "?s ?p :a\\' SERVICE <U> {?s ?p ?o} ?s ?p :b\\'",
        "FILTER(1<2)SERVICE<U>{?s ?p ?o}",
        "FILTER(?a<?b)SERVICE?v{?s ?p ?o}",
        "VALUES ?v { <U> } SERVICE ?v { ?s ?p ?o }",
        "FILTER EXISTS { SERVICE <U> { ?s ?p ?o } }",
        "{ SELECT * { SERVICE <U> { ?s ?p ?o } } }",
        "OPTIONAL { GRAPH ?g { MINUS { SERVICE <U> { } } } }",
        "?s ?p '''a'b\\''' SERVICE''' . SERVICE <U> { ?s ?p ?o }",
        "?s ?p <U#> . SERVICE <U> { ?s ?p ?o }",
    ],
)
@pytest.mark.parametrize("frame", ["SELECT * { % }", "ASK { % }", "CONSTRUCT WHERE { % }"])
def test_no_query_calls_another_server(pattern, frame, listener):
    url, calls = listener
    before = len(calls)
    text = f"PREFIX : <{url}>\n" + frame.replace("%", pattern.replace("U", url))
    store = Store.memory()
    with pytest.raises(QueryError, match=r"SERVICE is refused|malformed"):
        run(store, text)
    assert len(calls) == before


_PIECES = [
    "SERVICE", "service ", "SILENT", " ", "\n", ".", ";", ",", "{", "}", "{?s ?p ?o}", "<U>",
    ":x", "?v", "?s ?p 1", "?s ?p ''", "'''", '"', "'", "#", "\\'", ":a", "<", ">", "FILTER(1<2)",
    "1", "@en", "?s a :C", "^^", "_:b", "VALUES ?v {<U>}", "OPTIONAL", "UNION", "a", "true",
    "p:q.r", "GRAPH ?g",
]  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(_PIECES), min_size=2, max_size=9))
def test_no_mixture_of_pieces_calls_another_server(listener, pieces):
    url, calls = listener
    before = len(calls)
    text = (
        f"PREFIX : <{url}> PREFIX p: <{url}> SELECT * {{ "
        + "".join(pieces).replace("U", url)
        + " }"
    )
    with suppress(QueryError):
        _ = run(Store.memory(), text).rows
    assert len(calls) == before


@pytest.mark.parametrize(
    "text",
    [
        "ASK { ?s ?p 'SERVICE <x> {' }",
        "ASK { ?service ?p $SERVICE }",
        "ASK { ?s ?p <http://example.org/SERVICE> } # SERVICE <x> {}",
        "PREFIX service: <urn:s> ASK { ?s service:of ?o }",
        "ASK { ?s ?p ''@en-service }",
        'ASK { ?s ?p """a "service" b""" }',
    ],
)
def test_the_word_may_stand_where_it_is_no_keyword(text):
    refuse_service(text)
    assert run(Store.memory(), text).kind == "boolean"


def test_from_names_are_of_this_store_and_nothing_is_fetched(listener, store):
    url, calls = listener
    before = len(calls)
    assert len(run(store, f"SELECT ?s FROM <{url}x> {{ ?s ?p ?o }}")) == 0
    one = iri(world()["c"])
    assert run(store, f"SELECT (COUNT(*) AS ?n) FROM <{one}> {{ ?s a kg:Emphasis }}").rows == (
        {"n": 2},
    )
    assert len(calls) == before


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("SELECT * { GRAPH ?g { ?s ?p ?o } }", 1),
        ("SELECT * { { GRAPH ?g { ?s ?p ?o } } UNION { GRAPH <NOTICE> { ?s ?p ?o } } }", 2),
        ("SELECT * { GRAPH <HIDDEN> { ?s ?p ?o } }", 0),
        ("SELECT * FROM <HIDDEN> { ?s ?p ?o }", 0),
        ("SELECT * FROM NAMED <HIDDEN> { GRAPH ?g { ?s ?p ?o } }", 0),
        ("BASE <BASE> SELECT * { GRAPH <catalog> { ?s ?p ?o } }", 0),
        ("PREFIX c: <BASE> SELECT * { GRAPH c:catalog { ?s ?p ?o } }", 0),
        ("SELECT * { GRAPH <BASEx/../catalog> { ?s ?p ?o } }", 0),
        ("SELECT * { GRAPH <BASE\\u0063atalog> { ?s ?p ?o } }", 0),
        ("SELECT * FROM <NOTICE> { ?s ?p ?o }", 1),
        ("SELECT * FROM NAMED <NOTICE> { GRAPH ?g { ?s ?p ?o } }", 1),
        ("SELECT * { GRAPH <NOTICE> { ?s ?p ?o } }", 1),
    ],
)
def test_where_files_lie_on_this_machine_no_query_sees(text, found):
    store = Store.memory()
    notice, hidden = f"{store.base}notice/a", catalog_graph(store.base)
    assert hidden.endswith("/catalog")
    store.replace(notice, f'<urn:s> <urn:p> "said" <{notice}> .'.encode(), path="/x", state="{}")
    for name, iri_ in (("NOTICE", notice), ("HIDDEN", hidden), ("BASE", hidden[:-7])):
        text = text.replace(f"<{name}", f"<{iri_}")
    answer = run(store, text)
    assert len(answer) == found
    assert all("/x" not in map(str, row.values()) for row in answer)
