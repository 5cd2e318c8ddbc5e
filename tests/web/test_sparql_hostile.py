"""Queries that are meant to do harm, and queries while a harvest writes: each ends, in time, with a word."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from catalogue.errors import GraphTooCostly
from catalogue.graph import Asked, NamedGraph
from catalogue.graph_following import open_graph
from catalogue.opening import Catalogue
from catalogue.settings import load_settings
from tests.web.graphs import fill
from tests.web.observatory import harvest, observatory, record
from web import sparql
from web.app import create_app

SECONDS = 1.0
TIMEOUT = {"timeout": str(SECONDS)}
RECORDS = 60


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    """A catalogue with a graph of some thousand statements, more than a join of several may look at."""
    opened = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path_factory.mktemp("home"))}))
    harvest(
        opened, "observatory", [*observatory(), *(record(f"r{n}", f"Record {n}") for n in range(RECORDS))]
    )
    fill(opened)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def app(catalogue: Catalogue) -> Flask:
    """The application on it."""
    return create_app(catalogue)


@pytest.fixture
def client(app: Flask, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """A client that may ask often."""
    monkeypatch.setattr(sparql, "LIMITS", {"client": 10_000, "all": 10_000})
    return app.test_client()


MANY = " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(6))
ANY = "(<x:p>|!<x:p>)"
HOSTILE = {
    "cartesian product": f"SELECT (COUNT(*) AS ?n) {{ {MANY} }}",
    "cartesian product, sorted": f"SELECT * {{ {MANY} }} ORDER BY ?a1 ?a2",
    "cartesian product, distinct": f"SELECT DISTINCT ?a0 ?a1 ?a2 {{ {MANY} }}",
    "exponential join": "SELECT (COUNT(*) AS ?n) { "
    + " ".join(f"?x{n} ?p{n} ?o . ?x{n + 1} ?q{n} ?o ." for n in range(8)) + " }",
    "path over everything": f"SELECT (COUNT(*) AS ?n) {{ ?s {ANY}* ?o . ?o {ANY}* ?z . ?z {ANY}+ ?w }}",
    "path in both directions": f"SELECT (COUNT(*) AS ?n) {{ ?s ({ANY}|^{ANY})* ?o . ?a ({ANY}|^{ANY})* ?b }}",
    "long path": "SELECT * { ?s " + "/".join(["<x:p>?"] * 900) + " ?o }",
    "regex bomb": "SELECT * { BIND('" + "a" * 5000 + "b' AS ?t) ?s ?p ?o . ?x ?y ?z "
    "FILTER(REGEX(?t, '(a*)*(a*)*(a*)*$')) FILTER(REGEX(CONCAT(?t, STR(?z)), '(x+x+)+y')) }",
    "huge expression of a pattern": "SELECT (REGEX('a', '((a{1,100}){1,100}){1,100}') AS ?x) {}",
    "doubling strings": "SELECT (STRLEN(?z) AS ?n) { BIND('aaaaaaaaaaaaaaaa' AS ?x0) "
    + " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(40)) + " BIND(?x40 AS ?z) }",
    "huge VALUES": "SELECT * { VALUES ?a { " + "1 " * 40_000 + "} ?b ?c ?d . ?e ?f ?g . ?h ?i ?j }",
    "joined VALUES": "SELECT * { "
    + " ".join(f"VALUES ?v{n} {{ {'1 2 3 4 5 6 7 8 9 0 ' * 40}}}" for n in range(6)) + " }",
    "nested OPTIONAL": "SELECT * { " + "?s ?p ?o OPTIONAL { " * 40 + "}" * 40 + " }",
    "chain of OPTIONAL": "SELECT * { " + "OPTIONAL { ?s ?p ?o } " * 1900 + "}",
    "chain of MINUS": "SELECT * { ?s ?p ?o " + "MINUS { ?s ?p 1 } " * 1900 + "}",
    "chain of BIND": "SELECT * { " + " ".join(f"BIND(1 AS ?x{n})" for n in range(1900)) + " }",
    "long sum": "SELECT (" + "1+" * 1900 + "1 AS ?x) {}",
    "many negations": "SELECT (" + "!" * 1900 + "1 AS ?x) {}",
    "many triples": "SELECT * { " + "?s ?p ?o . " * 1900 + "}",
    "many blank nodes": "SELECT * { ?s ?p " + "[<a:b>" * 90 + "]" * 90 + " }",
    "long list": "SELECT * { ?s ?p (" + "1 " * 3000 + ") }",
    "sub-selects": "SELECT * { " + "{ SELECT * { ?s ?p ?o . ?a ?b ?c " * 40 + "} }" * 40 + " }",
    "groups of concatenations": "SELECT (GROUP_CONCAT(?a) AS ?x) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "EXISTS of EXISTS": "SELECT * { ?a ?b ?c FILTER EXISTS { ?d ?e ?f FILTER NOT EXISTS { "
    "?g ?h ?i . ?j ?k ?l FILTER(?i = ?k && ?a = ?l) } } }",
    "statements without end": "CONSTRUCT { ?a ?e ?i } { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "every graph with every graph": "SELECT * { GRAPH ?g { ?a ?b ?c } GRAPH ?h { ?d ?e ?f } "
    "GRAPH ?i { ?j ?k ?l } FILTER(?c = ?f) }",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_query_ends_with_a_word(client: FlaskClient, name: str) -> None:
    began = time.monotonic()
    answer = client.post("/sparql", data={"query": HOSTILE[name], **TIMEOUT})
    assert answer.status_code in {200, 400, 422}, answer.text
    assert time.monotonic() - began < 3 * SECONDS + 10
    if answer.status_code != 200:
        detail = answer.json["detail"]
        assert 20 < len(detail) < 400 and "Traceback" not in detail and "panic" not in detail
    assert client.get("/sparql", query_string={"query": "ASK { ?s ?p ?o }"}).json["boolean"] is True


@pytest.mark.parametrize(
    "part", ["OPTIONAL { ?s ?p ?o } ", "MINUS { ?s ?p 1 } ", "?s ?p ?o . ", "FILTER(!1) "]
)
def test_rows_of_parts_that_are_too_long(client: FlaskClient, part: str) -> None:
    answer = client.post("/sparql", data={"query": f"SELECT * {{ {part * 4000} }}"})
    assert answer.status_code == 400 and "VALUES" in answer.json["detail"]


@pytest.mark.parametrize("depth", [101, 40_000])
def test_brackets_that_are_too_deep(client: FlaskClient, depth: int) -> None:
    for opens, closes in ("{}", "()"):
        text = f"SELECT * {{ {opens * depth} ?s ?p ?o {closes * depth} }}"
        answer = client.post("/sparql", data={"query": text})
        assert answer.status_code == 400 and "deep" in answer.json["detail"]


def test_a_text_of_ten_megabytes(client: FlaskClient) -> None:
    answer = client.post("/sparql", data="ASK {" + " " * 10_000_000, content_type="application/sparql-query")
    assert answer.status_code == 413 and "100,000 characters" in answer.json["detail"]
    answer = client.post("/sparql", data="ASK {" + " " * 900_000, content_type="application/sparql-query")
    assert answer.status_code == 400 and "at most 100,000" in answer.json["detail"]


def test_many_at_once_leave_the_service_standing(client: FlaskClient, app: Flask) -> None:
    """More queries without end than there are places: each ends, and who comes after them is served."""
    found: list[int] = []

    def ask() -> None:
        query = {"query": HOSTILE["cartesian product"], **TIMEOUT}
        found.append(app.test_client().post("/sparql", data=query).status_code)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(found) == 8 and set(found) <= {422, 429, 503} and 422 in found
    assert client.get("/sparql", query_string={"query": "ASK {}"}).status_code == 200


def test_answers_hold_together_while_a_harvest_writes(client: FlaskClient, catalogue: Catalogue) -> None:
    """Each batch puts the same number into two graphs: no answer ever sees the one without the other."""
    stop, graph = threading.Event(), catalogue.graph
    batches = 0

    def write() -> None:
        nonlocal batches
        while not stop.is_set():
            batches += 1
            value = f'<x:s> <x:batch> "{batches}" .\n'.encode()
            graph.apply([NamedGraph(name="http://e.org/one", statements=value)], batches)
            graph.apply([NamedGraph(name="http://e.org/other", statements=value)], batches)
            graph.settle()

    text = (
        "SELECT ?one ?other { GRAPH <http://e.org/one> { <x:s> <x:batch> ?one } "
        "GRAPH <http://e.org/other> { <x:s> <x:batch> ?other } }"
    )
    writer = threading.Thread(target=write)
    writer.start()
    try:
        seen = []
        deadline = time.monotonic() + 15
        while len(set(seen)) < 5 and time.monotonic() < deadline:
            answer = client.get("/sparql", query_string={"query": text})
            assert answer.status_code == 200
            for row in answer.json["results"]["bindings"]:
                assert row["one"]["value"] == row["other"]["value"]
                seen.append(int(row["one"]["value"]))
    finally:
        stop.set()
        writer.join()
    assert seen == sorted(seen) and len(set(seen)) >= 5


@pytest.mark.services
@pytest.mark.parametrize("media_type", ["text/csv", "application/sparql-results+json"])
def test_a_real_server_that_stops_in_the_middle_has_not_answered(
    catalogue: Catalogue, fuseki_url: str, media_type: str
) -> None:
    """Fuseki begins with status 200, and says at the end of a file that it is not whole."""
    other = open_graph(replace(catalogue.settings, graph_url=fuseki_url))
    fill(catalogue, other)
    with pytest.raises(GraphTooCostly):
        other.query(
            Asked(text=HOSTILE["cartesian product, distinct"], media_type=media_type, seconds=SECONDS)
        )
    other.close()
