"""SPARQL 1.1 Protocol, case by case, against a real server; clients that others wrote."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import httpx
import pytest
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, JSON, POST, TURTLE, XML, SPARQLWrapper

from kg.serve.negotiate import best, page_or_graph
from kg.vocab import BASE, KG, catalog_graph, vocabulary_graph
from tests.serving import Running, serving
from tests.stores import iri, on_disk, world

SELECT = "SELECT ?r { ?r kg:stresses hazard:tailings-pond } ORDER BY ?r"
ASK = "ASK { ?s ?p ?o }"
CONSTRUCT = "CONSTRUCT { ?r kg:stresses ?h } WHERE { ?r kg:stresses ?h }"
DESCRIBE = "DESCRIBE hazard:tailings-pond"
REGION = BASE + "region/230000"
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Running:
    folder = tmp_path_factory.mktemp("serve")
    with serving(on_disk(folder / "store"), folder) as running:
        yield running


def regions(response: httpx.Response) -> list[str]:
    assert response.status_code == 200, response.text
    return [row["r"]["value"] for row in response.json()["results"]["bindings"]]


# --- the three ways to send a query -----------------------------------------------------------------


def test_a_query_is_sent_by_get(server):
    assert regions(server.sparql(SELECT)) == [REGION]


def test_a_query_is_sent_as_a_form(server):
    assert regions(server.client.post("/sparql", data={"query": SELECT})) == [REGION]


@pytest.mark.parametrize("more", ["", "; charset=utf-8", ";charset=UTF-8"])
def test_a_query_is_sent_as_the_body(server, more):
    headers = {"content-type": "application/sparql-query" + more}
    assert regions(server.client.post("/sparql", content=SELECT, headers=headers)) == [REGION]


def test_head_is_get_without_the_body(server):
    response = server.client.head("/sparql", params={"query": ASK})
    assert response.status_code == 200
    assert response.content == b""


def test_chinese_goes_both_ways(server):
    query = 'SELECT ?r { ?r rdfs:label "黑龙江省"@zh-Hans }'
    assert regions(server.sparql(query)) == [REGION]
    headers = {"content-type": "application/sparql-query"}
    assert regions(server.client.post("/sparql", content=query.encode(), headers=headers)) == [
        REGION
    ]


# --- formats ----------------------------------------------------------------------------------------

ROWS = {
    "application/sparql-results+json": "application/sparql-results+json",
    "application/json": "application/sparql-results+json",
    "application/sparql-results+xml": "application/sparql-results+xml",
    "application/xml": "application/sparql-results+xml",
    "text/csv": "text/csv; charset=utf-8",
    "text/tab-separated-values": "text/tab-separated-values; charset=utf-8",
    "*/*": "application/sparql-results+json",
    "text/csv;q=0.2, application/sparql-results+xml;q=0.9": "application/sparql-results+xml",
    "text/turtle, text/csv;q=0.1": "text/csv; charset=utf-8",
}


@pytest.mark.parametrize("accept", ROWS)
@pytest.mark.parametrize("query", [SELECT, ASK], ids=["SELECT", "ASK"])
def test_rows_and_booleans_come_in_the_format_that_is_accepted(server, accept, query):
    response = server.sparql(query, accept)
    assert response.status_code == 200
    assert response.headers["content-type"] == ROWS[accept]
    assert response.headers["vary"] == "Accept"
    text = response.text
    if "json" in ROWS[accept]:
        assert ("boolean" in json.loads(text)) == (query is ASK)
    elif "xml" in ROWS[accept]:
        assert ElementTree.fromstring(text).tag.endswith("sparql")
    elif query is ASK:
        assert text == "true\n"
    else:
        assert text.split()[0] in ("r", "?r")
        assert REGION in text


GRAPHS = {
    "text/turtle": ("text/turtle; charset=utf-8", "turtle"),
    "application/n-triples": ("application/n-triples", "nt"),
    "application/rdf+xml": ("application/rdf+xml", "xml"),
    "application/ld+json": ("application/ld+json", "json-ld"),
    "*/*": ("text/turtle; charset=utf-8", "turtle"),
    "text/csv, application/n-triples;q=0.1": ("application/n-triples", "nt"),
}


@pytest.mark.parametrize("accept", GRAPHS)
@pytest.mark.parametrize("query", [CONSTRUCT, DESCRIBE], ids=["CONSTRUCT", "DESCRIBE"])
def test_graphs_come_in_the_format_that_is_accepted(server, accept, query):
    type_, parser = GRAPHS[accept]
    response = server.sparql(query, accept)
    assert response.status_code == 200
    assert response.headers["content-type"] == type_
    graph = rdflib.Graph().parse(data=response.text, format=parser)
    plain = rdflib.Graph().parse(
        data=server.sparql(query, "application/n-triples").text, format="nt"
    )
    assert len(graph) > 3
    assert set(graph) == set(plain)


def test_equal_questions_have_equal_bytes(server, tmp_path):
    with serving(on_disk(tmp_path / "again"), tmp_path) as other:
        for accept in ("text/turtle", "application/rdf+xml", "application/ld+json"):
            one, two = (s.sparql(CONSTRUCT, accept).content for s in (server, other))
            assert one == two


@pytest.mark.parametrize(
    ("query", "accept"),
    [(SELECT, "image/png"), (SELECT, "text/turtle"), (CONSTRUCT, "text/csv"), (ASK, "video/*")],
)
def test_what_is_not_offered_is_not_acceptable(server, query, accept):
    response = server.sparql(query, accept)
    assert response.status_code == 406
    assert "one of" in response.text


def test_a_format_that_is_refused_is_not_given():
    offered = ("text/csv", "application/json")
    assert best(offered, "text/csv, application/json;q=0") == "text/csv"
    assert page_or_graph("text/html;q=0, */*;q=0.1") == "ttl"


# --- errors -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", ["", "SELECT", "SELECT * {", "SELECT ?x { ?x nope:y ?z }", "\x00"])
def test_what_is_malformed_is_a_bad_request_with_the_place(server, bad):
    response = server.sparql(bad)
    assert response.status_code == 400
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert re.match(r"query:\d+:\d+: ", response.text)


def test_a_body_of_another_media_type_is_unsupported(server):
    for type_ in (
        "text/plain",
        "application/json",
        "application/sparql",
        "multipart/form-data",
        "",
    ):
        response = server.client.post("/sparql", content=SELECT, headers={"content-type": type_})
        assert response.status_code == 415, type_
    latin = {"content-type": "application/sparql-query; charset=latin-1"}
    assert server.client.post("/sparql", content=SELECT, headers=latin).status_code == 415


def test_a_body_that_is_no_utf8_is_a_bad_request(server):
    headers = {"content-type": "application/sparql-query"}
    response = server.client.post("/sparql", content=b"ASK { ?s ?p '\xff' }", headers=headers)
    assert response.status_code == 400
    assert server.get("/sparql?query=%FF").status_code == 400


def test_more_than_one_query_is_a_bad_request(server):
    assert server.get("/sparql?query=ASK%20%7B%7D&query=ASK%20%7B%7D").status_code == 400
    both = server.client.post("/sparql?query=ASK%20%7B%7D", data={"query": ASK})
    assert both.status_code == 400
    headers = {"content-type": "application/sparql-query"}
    response = server.client.post("/sparql?query=ASK%20%7B%7D", content=ASK, headers=headers)
    assert response.status_code == 400


def test_a_form_without_a_query_is_a_bad_request(server):
    assert server.client.post("/sparql", data={"q": ASK}).status_code == 400
    assert server.client.post("/sparql", content=b"", headers=FORM).status_code == 400


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE"])
def test_other_methods_are_not_allowed(server, method):
    response = server.client.request(method, "/sparql")
    assert response.status_code == 405
    assert "GET" in response.headers["allow"]


def test_options_tells_the_methods_and_gives_no_leave_to_other_origins(server):
    response = server.client.options("/sparql", headers={"origin": "https://elsewhere.example"})
    assert response.status_code == 204
    assert "POST" in response.headers["allow"]
    assert not [name for name in response.headers if name.startswith("access-control")]


def test_an_update_is_forbidden_here(server):
    drop = "DROP ALL"
    headers = {"content-type": "application/sparql-update"}
    assert server.client.post("/sparql", content=drop, headers=headers).status_code == 403
    assert server.client.post("/sparql", data={"update": drop}).status_code == 403
    assert server.get("/sparql", params={"update": drop}).status_code == 400
    assert server.sparql(drop).status_code == 400
    assert server.sparql(ASK).json()["boolean"] is True


# --- datasets ---------------------------------------------------------------------------------------


def count(server: Running, query: str, **params) -> int:
    response = server.get("/sparql", params={"query": query, **params})
    assert response.status_code == 200, response.text
    return int(response.json()["results"]["bindings"][0]["n"]["value"])


ALL = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
NAMED = "SELECT (COUNT(DISTINCT ?g) AS ?n) { GRAPH ?g { ?s ?p ?o } }"


def test_default_graph_uri_and_named_graph_uri_make_the_dataset(server):
    notice = iri(world()["a"])
    inside = count(server, f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{notice}> {{ ?s ?p ?o }} }}")
    assert 0 < inside < count(server, ALL)
    assert count(server, ALL, **{"default-graph-uri": notice}) == inside
    two = [notice, iri(world()["c"])]
    assert count(server, NAMED, **{"named-graph-uri": two}) == 2
    assert count(server, ALL, **{"named-graph-uri": two}) == 0
    form = {"query": ALL, "default-graph-uri": notice}
    rows = server.client.post("/sparql", data=form).json()["results"]["bindings"]
    assert int(rows[0]["n"]["value"]) == inside
    url = httpx.URL("/sparql", params={"default-graph-uri": notice})
    headers = {"content-type": "application/sparql-query"}
    rows = server.client.post(url, content=ALL, headers=headers).json()["results"]["bindings"]
    assert int(rows[0]["n"]["value"]) == inside


def test_from_makes_the_dataset_unless_the_request_does(server):
    a, c = iri(world()["a"]), iri(world()["c"])
    inside = count(server, ALL, **{"default-graph-uri": a})
    query = ALL.replace("{ ?s", f"FROM <{a}> WHERE {{ ?s")
    assert count(server, query) == inside
    other = count(server, ALL, **{"default-graph-uri": c})
    assert other != inside
    assert count(server, query, **{"default-graph-uri": c}) == other
    assert count(server, NAMED.replace("{ GRAPH", f"FROM NAMED <{a}> WHERE {{ GRAPH")) == 1


def test_the_paths_of_this_machine_are_seen_by_no_query(server):
    catalog = catalog_graph()
    paths = (
        f"ASK {{ GRAPH <{catalog}> {{ ?s ?p ?o }} }}",
        f"ASK FROM <{catalog}> {{ ?s ?p ?o }}",
        f"ASK FROM NAMED <{catalog}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
        f"BASE <{BASE}> ASK FROM <catalog> {{ ?s ?p ?o }}",
        f"PREFIX c: <{BASE}cata> ASK FROM c:log {{ ?s ?p ?o }}",
        f"PREFIX c: <{BASE}cata> ASK {{ GRAPH c:log {{ ?s ?p ?o }} }}",
        f"ASK {{ ?s <{KG.localPath}> ?o }}",
        f"ASK {{ GRAPH ?g {{ ?s <{KG.localPath}> ?o }} }}",
        f"ASK {{ gRaPh ?g {{ ?s <{KG.localPath}> ?o }} }}",
    )
    for query in paths:
        response = server.sparql(query)
        assert response.status_code in (200, 400), query
        if response.status_code == 200:
            assert response.json()["boolean"] is False, query
    for name in ("default-graph-uri", "named-graph-uri"):
        query = "ASK { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
        answer = server.get("/sparql", params={"query": query, name: catalog})
        assert answer.json()["boolean"] is False


# --- descriptions -----------------------------------------------------------------------------------

SD = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
VOID = rdflib.Namespace("http://rdfs.org/ns/void#")


@pytest.mark.parametrize("accept", ["text/turtle", "application/rdf+xml", "*/*", None])
def test_without_a_query_the_service_describes_itself(server, accept):
    response = server.get("/sparql", headers={"accept": accept} if accept else {})
    parser = "xml" if accept == "application/rdf+xml" else "turtle"
    graph = rdflib.Graph().parse(data=response.text, format=parser)
    (service,) = graph.subjects(rdflib.RDF.type, SD.Service)
    assert graph.value(service, SD.endpoint) == rdflib.URIRef(server.url + "/sparql")
    assert set(graph.objects(service, SD.supportedLanguage)) == {
        SD.SPARQL10Query,
        SD.SPARQL11Query,
    }
    assert SD.UnionDefaultGraph in set(graph.objects(service, SD.feature))
    assert list(graph.objects(None, SD.name)) == [rdflib.URIRef(vocabulary_graph())]


def test_void_counts_what_is_there(server):
    graph = rdflib.Graph().parse(data=server.get("/.well-known/void").text, format="turtle")
    (dataset,) = graph.subjects(VOID.sparqlEndpoint, rdflib.URIRef(server.url + "/sparql"))
    assert int(graph.value(dataset, VOID.triples)) == count(server, ALL)
    parts = {
        str(graph.value(part, VOID.property)): int(graph.value(part, VOID.triples))
        for part in graph.objects(dataset, VOID.propertyPartition)
    }
    assert sum(parts.values()) == count(server, ALL)
    assert parts[KG.stresses] == count(server, "SELECT (COUNT(*) AS ?n) { ?s kg:stresses ?o }")


# --- clients that others wrote ------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_sparqlwrapper_works(server, method):
    client = SPARQLWrapper(server.url + "/sparql")
    client.setMethod(method)
    client.setQuery(SELECT)
    client.setReturnFormat(JSON)
    assert client.queryAndConvert()["results"]["bindings"][0]["r"]["value"] == REGION
    client.setReturnFormat(XML)
    assert REGION in client.queryAndConvert().toxml()
    client.setReturnFormat(CSV)
    assert REGION in client.queryAndConvert().decode()
    client.setQuery(CONSTRUCT)
    client.setReturnFormat(TURTLE)
    graph = rdflib.Graph().parse(data=client.queryAndConvert(), format="turtle")
    assert (rdflib.URIRef(REGION), None, None) in graph


def test_sparqlwrapper_sends_the_body_directly(server):
    client = SPARQLWrapper(server.url + "/sparql")
    client.setMethod(POST)
    client.setRequestMethod("postdirectly")
    client.setQuery(SELECT)
    client.setReturnFormat(JSON)
    assert client.queryAndConvert()["results"]["bindings"][0]["r"]["value"] == REGION


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflib_reads_the_endpoint_as_a_store(server, method):
    store = SPARQLStore(server.url + "/sparql", method=method)
    graph = rdflib.Graph(store, identifier=rdflib.graph.DATASET_DEFAULT_GRAPH_ID)
    stressed = set(graph.objects(rdflib.URIRef(REGION), rdflib.URIRef(KG.stresses)))
    assert rdflib.URIRef("https://kg-safety.example/hazard/tailings-pond") in stressed
    assert len(graph) == count(server, ALL)
