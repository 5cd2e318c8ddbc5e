"""The page of SPARQL: valid, safe, says where a query is wrong; tables, charts and files of answers."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient

from catalogue.opening import Catalogue
from tests.web.graphs import fill
from tests.web.page import Page, foreign, read_page
from web.app import create_app
from web.sparql_table import MOST_CHARACTERS, MOST_ROWS, Table, table

XSD = "http://www.w3.org/2001/XMLSchema#"
BASE = "https://here.example.org"


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


def asked(client: FlaskClient, query: str, status: int = 200, **more: str) -> Page:
    """The page with the answer to a query, which is valid and runs no script but ours."""
    answer = client.get(
        "/sparql", query_string={"query": query, **more}, headers={"Accept": "text/html,*/*;q=0.8"}
    )
    page = read_page(answer.text)
    assert answer.status_code == status and page.errors == [] and page.repeated_ids() == []
    scripts = [node.get("src") for node in read_page(foreign(answer.text)).all("script", tag=True)]
    assert scripts == ["/static/sparql.js"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    return page


def test_the_page_of_somebody_who_has_not_asked_yet(client: FlaskClient) -> None:
    answer = client.get("/sparql", headers={"Accept": "text/html"})
    page = read_page(answer.text)
    assert page.errors == [] and page.repeated_ids() == []
    text = "".join(page.by_id("query").element.itertext())
    assert client.get("/sparql", query_string={"query": text}).json["results"]["bindings"]
    assert {"PREFIX dcat: <http://www.w3.org/ns/dcat#>"} <= {
        node.get("data-prefix") for node in page.all("code", tag=True)
    }


def test_every_question_of_the_gallery_is_a_link_that_asks_it(client: FlaskClient) -> None:
    page = read_page(client.get("/sparql", headers={"Accept": "text/html"}).text)
    links = page.links_in("gallery")
    assert len(links) >= 24
    for link in links[::6]:
        answer = client.get(link)
        assert answer.status_code == 200 and answer.mimetype == "text/html"


def test_a_table_with_links_and_files(client: FlaskClient) -> None:
    page = asked(
        client,
        "PREFIX dcat: <http://www.w3.org/ns/dcat#> PREFIX dct: <http://purl.org/dc/terms/> "
        "SELECT ?s ?title { ?s a dcat:Dataset; dct:title ?title } ORDER BY ?s",
    )
    rows = page.texts_in("answer", "td")
    assert any("hear" in row for row in rows)
    ours = [link for link in page.links_in("answer") if "/id/records/" in link]
    assert len(ours) >= 2
    kinds = {}
    for link in page.links_in("downloads"):
        answer = client.get(link)
        assert answer.status_code == 200
        kinds[parse_qs(urlsplit(link).query)["format"][0]] = answer.mimetype
    assert len(kinds) == 4 and all(name == kind for name, kind in kinds.items())


def test_truths_and_statements(client: FlaskClient) -> None:
    assert asked(client, "ASK {}").by_id("answer-title").text_content() == "Yes"
    assert asked(client, "ASK { FILTER(false) }").by_id("answer-title").text_content() == "No"
    page = asked(
        client, "CONSTRUCT { ?s a <http://e.org/x> } WHERE { ?s a <http://www.w3.org/ns/dcat#Dataset> }"
    )
    assert "<http://e.org/x>" in page.first("answer").find("pre").text_content()
    assert len(page.links_in("downloads")) == 6


def test_a_dataset_of_the_protocol_is_kept(client: FlaskClient) -> None:
    page = asked(client, "SELECT * { ?s ?p ?o }", **{"default-graph-uri": "http://e.org/none"})
    assert page.by_id("answer-title").text_content() == "0 rows"
    assert [
        node.get("value") for node in page.all("input", tag=True) if node.get("name") == "default-graph-uri"
    ] == ["http://e.org/none"]
    assert all("default-graph-uri=http" in link for link in page.links_in("downloads"))


def test_a_fault_stands_where_it_is(client: FlaskClient) -> None:
    page = asked(client, "SELECT * {\r\n ?s foaf:name ?o\r\n}", 400)
    box = page.by_id("query")
    assert box.get("aria-describedby") == "fault" and box.get("data-position") == "15"
    assert page.first("place").text_content() == "line 2 ?s foaf:name ?o"
    assert page.first("mark").text_content() == "f"
    assert "PREFIX foaf: <http://xmlns.com/foaf/0.1/>" in page.by_id("fault").text_content()


@pytest.mark.parametrize("hostile", ["</textarea><script>alert(1)</script>", "<img src=x onerror=alert(1)>"])
def test_what_was_asked_or_harvested_is_only_text(client: FlaskClient, hostile: str) -> None:
    asked(client, f"SELECT * {{ ?s ?p {hostile} }}", 400)
    page = asked(client, f"SELECT ('{hostile}' AS ?x) (IRI('javascript:alert(1)') AS ?y) {{}}")
    assert hostile in page.texts_in("answer", "td")
    assert not [link for link in page.links_in("answer") if link.startswith("javascript")]
    asked(client, f"CONSTRUCT {{ <http://e.org/> <http://e.org/p> '{hostile}' }} {{}}")
    asked(client, "SELECT ?x {}", 400, format="html", timeout=hostile)


def test_a_long_query_has_no_address_but_its_files_are_had(client: FlaskClient) -> None:
    query = f"SELECT ('{'x' * 7000}' AS ?x) {{}}"
    answer = client.post("/sparql", data={"query": query, "format": "html"})
    page = read_page(answer.text)
    assert answer.status_code == 200 and not page.links_in("downloads")
    files = [node.get("value") for node in page.all("button", tag=True) if node.get("name") == "format"]
    assert len(files) == 4
    assert any("…" in text for text in page.texts_in("answer", "td"))


# --- tables and charts ---------------------------------------------------------------


def answer_of(names: list[str], rows: list[list[object]]) -> Table:
    """The table of an answer: strings, numbers, ready bindings, or nothing."""

    def value(one: object) -> object:
        if isinstance(one, int | float):
            kind = "integer" if isinstance(one, int) else "double"
            return {"type": "literal", "value": str(one), "datatype": XSD + kind}
        return {"type": "literal", "value": one} if isinstance(one, str) else one

    bindings = [
        {name: value(one) for name, one in zip(names, row, strict=True) if one is not None} for row in rows
    ]
    data = orjson.dumps({"head": {"vars": names}, "results": {"bindings": bindings}})
    found = table(data, {"dct": "http://purl.org/dc/terms/"}, BASE)
    assert isinstance(found, Table)
    return found


def test_values_are_written_as_people_read_them() -> None:
    long = "http://e.org/" + "x" * 2 * MOST_CHARACTERS
    found = answer_of(
        ["v"],
        [
            [{"type": "uri", "value": f"{BASE}/id/records/1"}],
            [{"type": "uri", "value": "http://purl.org/dc/terms/title"}],
            [{"type": "uri", "value": "urn:x:y"}],
            [{"type": "uri", "value": long}],
            [{"type": "bnode", "value": "b0"}],
            [{"type": "literal", "value": "Licht", "xml:lang": "de"}],
            [{"type": "literal", "value": "2020", "datatype": XSD + "gYear"}],
            [{"type": "literal", "value": "NaN", "datatype": XSD + "double"}],
            [None],
        ],
    )  # fmt: skip
    cells = [row[0] for row in found.rows]
    assert (cells[0].is_ours, cells[0].href) == (True, f"{BASE}/id/records/1")  # type: ignore[union-attr]
    assert [cell and cell.text for cell in cells[1:3]] == ["dct:title", "urn:x:y"]
    assert cells[2].href is None and cells[3].href is None  # type: ignore[union-attr]
    assert len(cells[3].text) == MOST_CHARACTERS + 1  # type: ignore[union-attr]
    assert [cell and (cell.text, cell.note) for cell in cells[4:7]] == [
        ("_:b0", ""), ("Licht", "@de"), ("2020", XSD + "gYear"),
    ]  # fmt: skip
    assert cells[7].number is None and cells[8] is None  # type: ignore[union-attr]


def test_numbers_are_drawn_as_bars_and_by_time_as_columns() -> None:
    bars = answer_of(["kind", "n"], [["a", 3], ["b", 1.5], ["b2", None]]).chart
    assert bars is not None and bars.title == "n by kind" and bars.rows == (("a", 3.0), ("b", 1.5))
    years = answer_of(["year", "n"], [["2021", 3], ["2020", 1]]).chart
    assert years is not None and years.lines and years.rows[0] == ("2020", 1.0)
    several = answer_of(["source", "licence", "n"], [["s", "x", 1], ["s", "y", 2]]).chart
    assert several is not None and [row[0] for row in several.rows] == ["s · x", "s · y"]


@pytest.mark.parametrize(
    ("names", "rows"),
    [
        (["a"], [["x"], ["y"]]),
        (["n"], [[1], [2]]),
        (["a", "n"], [["x", 1]]),
        (["a", "n"], [["x", 0], ["y", 0]]),
        (["a", "n"], [["x", -1], ["y", 2]]),
        (["a", "n"], []),
    ],
)
def test_what_is_no_chart(names: list[str], rows: list[list[object]]) -> None:
    assert answer_of(names, rows).chart is None


def test_a_long_answer_is_cut_and_says_so(client: FlaskClient) -> None:
    assert len(answer_of(["n"], [[number] for number in range(MOST_ROWS + 5)]).rows) == MOST_ROWS
    ten = "0 1 2 3 4 5 6 7 8 9"
    page = asked(client, f"SELECT * {{ VALUES ?a {{ {ten} }} VALUES ?b {{ {ten} }} VALUES ?c {{ {ten} }} }}")
    said = page.first("answer").text_content().replace("\u202f", " ")
    assert "1 000 rows" in said and f"The first {MOST_ROWS} rows are shown; the files have all 1 000." in said


@pytest.mark.parametrize("depth", [400, 1800])
def test_statements_within_statements_do_not_break_the_page(client: FlaskClient, depth: int) -> None:
    steps = " ".join(f"BIND(TRIPLE(<a:b>,<a:c>,?x{n})AS?x{n + 1})" for n in range(depth))
    query = f"SELECT ?x{depth} {{ BIND(1 AS ?x0) {steps} }}"
    answer = client.post("/sparql", data={"query": query, "format": "html"})
    assert answer.status_code in {200, 400}, answer.text
    assert "…" in answer.text if answer.status_code == 200 else "too deep" in answer.text


def test_the_page_speaks_german(client: FlaskClient) -> None:
    text = client.get("/sparql?lang=de", headers={"Accept": "text/html"}).text
    assert "Welches sind die größten Daten?" in text and "Das fragt eine Bibliothekarin." in text
    query = "SELECT ?a WHERE { ?a foo:b ?c }"
    refused = client.get(
        "/sparql", query_string={"query": query, "lang": "de"}, headers={"Accept": "text/html"}
    )
    assert "Das Präfix „foo:“ ist nicht vereinbart" in refused.text
    for_machines = client.get("/sparql", query_string={"query": query}, headers={"Accept-Language": "de"})
    assert "The prefix «foo:» is not declared" in for_machines.json["detail"]
