"""`/sparql` by the SPARQL 1.1 Protocol: its cases for queries, and what a client has to know besides."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import orjson
import pytest
import rdflib
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree

from catalogue.errors import GraphTooCostly, GraphUnavailable
from catalogue.opening import Catalogue
from catalogue.sparql_text import GRAPHS, RESULTS
from tests.web.graphs import fill
from tests.web.page import read_page
from web import sparql
from web.app import create_app
from web.sparql_description import DESCRIBED

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")

JSON, XML = RESULTS[:2]
FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
SELECT = "SELECT ?s WHERE { ?s a <http://www.w3.org/ns/dcat#Dataset> }"
CONSTRUCT = "CONSTRUCT { ?s a ?o } WHERE { ?s a ?o }"


@pytest.fixture(scope="module")
def app(shared_catalogue: Catalogue) -> Flask:
    """The application on the observatory's catalogue with its graph."""
    fill(shared_catalogue)
    return create_app(shared_catalogue)


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    """A client whose limit of rate is its own."""
    yield app.test_client()
    (app.extensions["almagest"].settings.home / "sparql-askings").unlink(missing_ok=True)


def graphs(client: FlaskClient) -> list[str]:
    """The names of two records' graphs."""
    text = "SELECT DISTINCT ?g { GRAPH ?g { ?s a <http://www.w3.org/ns/dcat#Dataset> } } ORDER BY ?g LIMIT 2"
    answer = client.get("/sparql", query_string={"query": text})
    return [row["g"]["value"] for row in answer.json["results"]["bindings"]]


# --- the cases of the protocol, for queries ------------------------------------------


def test_query_get(client: FlaskClient) -> None:
    answer = client.get(f"/sparql?query={quote('ASK {}')}")
    assert (
        answer.status_code == 200
        and answer.mimetype == JSON
        and answer.json
        == {
            "head": {},
            "boolean": True,
        }
    )


def test_query_post_form(client: FlaskClient) -> None:
    answer = client.post("/sparql", data={"query": "ASK {}"})
    assert answer.status_code == 200 and answer.json["boolean"] is True


@pytest.mark.parametrize("kind", [DIRECT, f"{DIRECT}; charset=utf-8", f"{DIRECT};charset=UTF-8"])
def test_query_post_direct(client: FlaskClient, kind: str) -> None:
    answer = client.post("/sparql", data="ASK {}", content_type=kind)
    assert answer.status_code == 200 and answer.json["boolean"] is True


@pytest.mark.parametrize("way", ["get", "form", "direct"])
def test_query_dataset(client: FlaskClient, way: str) -> None:
    """Each case with default-graph-uri and named-graph-uri, one and several, each way of sending."""
    one, other = graphs(client)

    def count(text: str, *dataset: tuple[str, str]) -> int:
        pairs = [("query", f"SELECT (COUNT(DISTINCT ?x) AS ?n) {{ {text} }}"), *dataset]
        if way == "get":
            answer = client.get(f"/sparql?{urlencode(pairs)}")
        elif way == "form":
            answer = client.post("/sparql", data=urlencode(pairs), content_type=FORM)
        else:
            answer = client.post(f"/sparql?{urlencode(pairs[1:])}", data=pairs[0][1], content_type=DIRECT)
        assert answer.status_code == 200, answer.text
        return int(answer.json["results"]["bindings"][0]["n"]["value"])

    default, named = "?x a <http://www.w3.org/ns/dcat#Dataset>", "GRAPH ?x { ?s ?p ?o }"
    assert count(default) > 2 and count(named) > 2
    assert count(default, ("default-graph-uri", one)) == 1
    assert count(default, ("default-graph-uri", one), ("default-graph-uri", other)) == 2
    assert count(named, ("default-graph-uri", one)) == 0
    assert count(named, ("named-graph-uri", one)) == 1
    assert count(named, ("named-graph-uri", one), ("named-graph-uri", other)) == 2
    assert count(default, ("named-graph-uri", one)) == 0
    both = [("default-graph-uri", one), ("named-graph-uri", other)]
    assert (count(default, *both), count(named, *both)) == (1, 1)
    assert count(default, ("default-graph-uri", "http://example.org/none")) == 0


def test_query_multiple_dataset(client: FlaskClient) -> None:
    """The dataset of the protocol wins over that of the query (section 2.1.4)."""
    one, other = graphs(client)
    text = f"SELECT ?s FROM <{one}> {{ ?s a <http://www.w3.org/ns/dcat#Dataset> }}"
    own = client.get("/sparql", query_string={"query": text}).json["results"]["bindings"]
    told = client.get("/sparql", query_string={"query": text, "default-graph-uri": other}).json
    assert [row["s"]["value"].rpartition("/")[2] for row in own] == [one.rpartition("/")[2]]
    assert [row["s"]["value"].rpartition("/")[2] for row in told["results"]["bindings"]] == [
        other.rpartition("/")[2]
    ]


def test_query_from_in_the_text(client: FlaskClient) -> None:
    one, other = graphs(client)
    text = f"SELECT DISTINCT ?g FROM NAMED <{one}> FROM NAMED <{other}> {{ GRAPH ?g {{ ?s ?p ?o }} }}"
    rows = client.get("/sparql", query_string={"query": text}).json["results"]["bindings"]
    assert {row["g"]["value"] for row in rows} == {one, other}


@pytest.mark.parametrize(
    ("text", "accepts", "kinds"),
    [
        (SELECT, f"{XML}, {JSON}, text/csv", RESULTS),
        ("ASK {}", f"{XML}, {JSON}", RESULTS[:2]),
        (
            "DESCRIBE ?s { ?s a <http://www.w3.org/ns/dcat#Dataset> } LIMIT 1",
            "text/turtle, application/rdf+xml",
            GRAPHS,
        ),
        (CONSTRUCT, "text/turtle, application/rdf+xml", GRAPHS),
    ],
)
def test_query_content_type(client: FlaskClient, text: str, accepts: str, kinds: tuple[str, ...]) -> None:
    answer = client.get("/sparql", query_string={"query": text}, headers={"Accept": accepts})
    assert answer.status_code == 200 and answer.mimetype in kinds
    for kind in kinds:
        answer = client.get("/sparql", query_string={"query": text}, headers={"Accept": kind})
        assert answer.status_code == 200 and answer.mimetype == kind, answer.text[:200]
        assert_is(answer.data, kind)


def assert_is(data: bytes, kind: str) -> None:
    """That an answer is what its media type says."""
    if kind == JSON:
        assert "head" in orjson.loads(data)
    elif kind == XML:
        assert etree.fromstring(data).tag == "{http://www.w3.org/2005/sparql-results#}sparql"
    elif kind in RESULTS:
        rows = list(csv.reader(io.StringIO(data.decode()), delimiter="," if kind == "text/csv" else "\t"))
        assert len(rows) > 2 and len({len(row) for row in rows}) == 1
    else:
        names = {"text/turtle": "turtle", "application/n-triples": "nt", "application/rdf+xml": "xml",
                 "application/ld+json": "json-ld", "application/n-quads": "nquads",
                 "application/trig": "trig"}  # fmt: skip
        assert len(rdflib.Dataset(default_union=True).parse(data=data, format=names[kind])) > 2


def test_bad_query_method(client: FlaskClient) -> None:
    answer = client.put("/sparql", query_string={"query": "ASK {}"})
    assert answer.status_code == 405 and {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


@pytest.mark.parametrize("way", ["get", "form", "mixed", "direct"])
def test_bad_multiple_queries(client: FlaskClient, way: str) -> None:
    twice = urlencode([("query", "ASK {}"), ("query", "SELECT * {}")])
    answer = {
        "get": lambda: client.get(f"/sparql?{twice}"),
        "form": lambda: client.post("/sparql", data=twice, content_type=FORM),
        "mixed": lambda: client.post(f"/sparql?{twice[:14]}", data=twice[:14], content_type=FORM),
        "direct": lambda: client.post(f"/sparql?{twice[:14]}", data="ASK {}", content_type=DIRECT),
    }[way]()
    assert answer.status_code == 400 and "more than one" in answer.json["detail"]


@pytest.mark.parametrize(
    ("data", "kind", "status"),
    [
        ("ASK {}", "text/plain", 415),  # bad_query_wrong_media_type
        ("query=ASK%20%7B%7D", None, 415),  # bad_query_missing_form_type
        ("ASK {}", None, 415),  # bad_query_missing_direct_type
        ("ASK {}".encode("utf-16"), f"{DIRECT}; charset=UTF-16", 415),  # bad_query_non_utf8
        (b"ASK { ?s ?p '\xff' }", DIRECT, 400),
        ("query=%FF", FORM, 400),
        ("ASK {", DIRECT, 400),  # bad_query_syntax
        ("query=ASK%20%7B", FORM, 400),
        ("INSERT DATA { <a:a> <a:b> <a:c> }", "application/sparql-update", 415),
        ("update=CLEAR%20ALL", FORM, 400),
        ("using-graph-uri=http://e.org/&query=ASK%20%7B%7D", FORM, 400),
        ("format=json", FORM, 400),
        ("&".join("a=b" for _ in range(600)), FORM, 400),
        ("query=" + "a" * 1_100_000, FORM, 413),
    ],
)
def test_bad_posts(client: FlaskClient, data: str | bytes, kind: str | None, status: int) -> None:
    answer = client.post("/sparql", data=data, content_type=kind)
    assert answer.status_code == status and answer.mimetype == "application/problem+json"
    assert answer.json["status"] == status and answer.json["detail"].endswith((".", ")", "»"))
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


# --- forms of the answer, faults, limits ---------------------------------------------


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        (SELECT, "json", JSON), (SELECT, "xml", XML), (SELECT, "CSV", "text/csv"),
        (SELECT, "tsv", "text/tab-separated-values"), (SELECT, JSON, JSON),
        (SELECT, "application/sparql-results json", JSON), (CONSTRUCT, "json", "application/ld+json"),
        (CONSTRUCT, "xml", "application/rdf+xml"), (CONSTRUCT, "ttl", "text/turtle"),
        (CONSTRUCT, "rdf xml", "application/rdf+xml"), (SELECT, "html", "text/html"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("parameter", ["format", "output"])
def test_format_wins_over_accept(
    client: FlaskClient, text: str, name: str, kind: str, parameter: str
) -> None:
    query = {"query": text, parameter: name}
    answer = client.get("/sparql", query_string=query, headers={"Accept": "image/png"})
    assert answer.status_code == 200 and answer.mimetype == kind


def test_what_cannot_be_given_names_the_alternatives(client: FlaskClient) -> None:
    for headers, more in (({"Accept": "image/png"}, {}), ({}, {"format": "turtle"})):
        answer = client.get("/sparql", query_string={"query": SELECT, **more}, headers=headers)
        assert answer.status_code == 406
        assert [one["media_type"] for one in answer.json["alternatives"]] == list(RESULTS)
    answer = client.get("/sparql", query_string={"query": SELECT, "format": "word"})
    assert answer.status_code == 400 and answer.json["parameter"] == "format"


@pytest.mark.parametrize(
    ("accepts", "text", "kind"),
    [
        ("application/json", SELECT, "application/json"),
        ("text/plain;q=0.9, text/n3", CONSTRUCT, "text/n3"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", SELECT, "text/html"),
        ("*/*", SELECT, JSON),
        ("", CONSTRUCT, "text/turtle"),
    ],
)
def test_older_names_of_media_types(client: FlaskClient, accepts: str, text: str, kind: str) -> None:
    answer = client.get("/sparql", query_string={"query": text}, headers={"Accept": accepts})
    assert (answer.status_code, answer.mimetype) == (200, kind) and "Accept" in answer.headers["Vary"]


@pytest.mark.parametrize(
    ("text", "says", "place"),
    [
        ("SELECT * { ?s ?p ?o }\nLIMIT x", "does not fit", (2, 7)),
        ("SELECT * {\n ?s foaf:name ?o }", "prefix «foaf:» is not declared", (2, 5)),
        ("SELECT * {\n SERVICE <http://e.org/> {} }", "Other endpoints", (2, 2)),
        ("SELECT * {\n ?s ?p ?o", "not closed", (1, 10)),
        ("LOAD <http://e.org/>", "Nothing can be changed", (1, 1)),
        ("", "no SELECT", (1, 1)),
        ("SELECT ?s ?s { ?s ?p ?o } LIMIT x", "does not fit", (1, 33)),
    ],
)
def test_a_fault_of_the_text_points_at_its_place(
    client: FlaskClient, text: str, says: str, place: tuple[int, int]
) -> None:
    answer = client.get("/sparql", query_string={"query": text})
    assert answer.status_code == 400 and says in answer.json["detail"], answer.json
    assert (answer.json["line"], answer.json["column"]) == place
    page = client.get("/sparql", query_string={"query": text}, headers={"Accept": "text/html"})
    assert page.status_code == 400 and says in read_page(page.text).by_id("fault").text_content()


def test_what_is_asked_twice_is_not_sent_twice(client: FlaskClient) -> None:
    first = client.get("/sparql", query_string={"query": SELECT})
    etag = first.headers["ETag"]
    assert first.headers["Cache-Control"] == "no-cache"
    again = client.get("/sparql", query_string={"query": SELECT}, headers={"If-None-Match": etag})
    assert again.status_code == 304 and not again.data
    for other in ("SELECT (NOW() AS ?n) {}", "SELECT (UUID() AS ?u) {}"):
        answer = client.get("/sparql", query_string={"query": other})
        assert "ETag" not in answer.headers and answer.headers["Cache-Control"] == "no-store"
    assert client.post("/sparql", data={"query": SELECT}).headers["Cache-Control"] == "no-store"
    assert client.head("/sparql", query_string={"query": SELECT}).headers["ETag"] == etag


def test_a_long_answer_is_streamed(client: FlaskClient) -> None:
    values = " ".join(f"'{'x' * 500}{number}'" for number in range(180))
    text = f"SELECT ?a ?b {{ VALUES ?a {{ {values} }} VALUES ?b {{ 1 2 3 4 5 6 7 8 9 10 11 12 }} }}"
    answer = client.post("/sparql", data={"query": text, "format": "csv"})
    assert answer.status_code == 200 and answer.text.count("\r\n") == 1 + 180 * 12
    assert "ETag" not in answer.headers and answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("wrong", ["soon", "0", "-1", "nan"])
def test_a_timeout_that_is_none(client: FlaskClient, wrong: str) -> None:
    answer = client.get("/sparql", query_string={"query": "ASK {}", "timeout": wrong})
    assert answer.status_code == 400 and answer.json["parameter"] == "timeout"


def test_a_timeout_only_lowers_the_limit(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    graph = client.application.extensions["almagest"].graph
    monkeypatch.setattr(type(graph), "query", lambda self, one: asked.append(one) or iter([b"{}"]))
    for given in ("2.5", "1000", ""):
        client.get("/sparql", query_string={"query": "ASK {}", "timeout": given})
    assert [one.seconds for one in asked] == [2.5, 10, 10]


@pytest.mark.parametrize("wrong", ["nothing", "/records/1", "http://e.org/a b", "http://e.org/<x>"])
def test_a_graph_whose_name_is_none(client: FlaskClient, wrong: str) -> None:
    for name in ("default-graph-uri", "named-graph-uri"):
        answer = client.get("/sparql", query_string={"query": "ASK {}", name: wrong})
        assert answer.status_code == 400 and answer.json["parameter"] == name


@pytest.mark.parametrize(
    ("error", "status", "is_later"),
    [(GraphTooCostly("Too long."), 422, False), (GraphUnavailable("Down."), 503, True)],
)
def test_what_goes_wrong_in_the_graph(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, is_later: bool
) -> None:
    def fails(self: object, asked: object) -> None:
        raise error

    monkeypatch.setattr(type(client.application.extensions["almagest"].graph), "query", fails)
    for accepts in ("*/*", "text/html"):
        answer = client.get("/sparql", query_string={"query": "ASK {}"}, headers={"Accept": accepts})
        assert answer.status_code == status and ("Retry-After" in answer.headers) is is_later
        assert str(error) in answer.text and answer.headers["Cache-Control"] == "no-store"


def test_who_asks_too_often_is_told_when_to_come_again(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sparql, "LIMITS", {"client": 2, "all": 10})
    answers = [client.get("/sparql", query_string={"query": "ASK {}"}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 0 < int(answers[2].headers["Retry-After"]) <= 61


def test_what_is_refused_counts_too(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sparql, "LIMITS", {"client": 2, "all": 10})
    answers = [client.get("/sparql", query_string={"query": "SELECT nonsense ("}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [400, 400, 429]


def test_a_thread_is_left_for_pages(client: FlaskClient) -> None:
    for _ in range(sparql.AT_ONCE):
        sparql._places.acquire()
    try:
        answer = client.get("/sparql", query_string={"query": "ASK {}"})
    finally:
        for _ in range(sparql.AT_ONCE):
            sparql._places.release()
    assert answer.status_code == 429 and "Retry-After" in answer.headers


def test_scripts_of_other_origins_may_ask(client: FlaskClient) -> None:
    origin = {"Origin": "https://elsewhere.example.org"}
    before = client.options(
        "/sparql", headers={**origin, "Access-Control-Request-Method": "POST",
                            "Access-Control-Request-Headers": "content-type"}
    )  # fmt: skip
    assert before.status_code == 204 and before.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in before.headers["Access-Control-Allow-Methods"]
    assert "content-type" in before.headers["Access-Control-Allow-Headers"].lower()
    for headers in (origin, {**origin, "Accept": "text/html"}):
        answer = client.get("/sparql", query_string={"query": SELECT}, headers=headers)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer.headers


# --- the service description ---------------------------------------------------------


@pytest.mark.parametrize("kind", DESCRIBED)
def test_the_service_describes_itself(client: FlaskClient, kind: str) -> None:
    answer = client.get("/sparql", headers={"Accept": kind})
    assert answer.status_code == 200 and answer.mimetype == kind
    names = {"application/n-triples": "nt", "application/rdf+xml": "xml", "application/ld+json": "json-ld",
             "application/n-quads": "nquads", "application/trig": "trig"}  # fmt: skip
    found = rdflib.Dataset(default_union=True).parse(data=answer.data, format=names.get(kind, "turtle"))
    sd = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
    service = next(iter(found.subjects(rdflib.RDF.type, sd.Service)))
    assert str(next(iter(found.objects(service, sd.endpoint)))) == "http://localhost:8080/sparql"
    assert sd.SPARQL11Query in set(found.objects(service, sd.supportedLanguage))
    assert len(set(found.objects(service, sd.resultFormat))) == len(RESULTS) + len(GRAPHS)
    assert sd.UnionDefaultGraph in set(found.objects(service, sd.feature))
    assert set(found.objects(None, sd.namedGraph))


def test_a_program_that_says_nothing_gets_the_description(client: FlaskClient) -> None:
    assert client.get("/sparql").mimetype == "text/turtle"
    assert client.get("/sparql", headers={"Accept": "text/html"}).mimetype == "text/html"


def test_the_functions_that_are_described_are_there(client: FlaskClient) -> None:
    from web.sparql_description import FUNCTIONS

    wkt = "'POINT(1 1)'^^<http://www.opengis.net/ont/geosparql#wktLiteral>"
    for function in FUNCTIONS:
        call = f"<http://www.opengis.net/def/function/geosparql/{function}>({wkt}, {wkt})"
        answer = client.get("/sparql", query_string={"query": f"SELECT ({call} AS ?x) {{}}"})
        assert answer.json["results"]["bindings"][0]["x"]["value"] in {"true", "false"}
