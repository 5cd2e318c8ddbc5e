"""What a SPARQL server may do to us: refuse, be silent, answer nonsense; and where it is asked."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from catalogue.errors import GraphTooCostly, GraphUnavailable, QueryError, SettingsError
from catalogue.graph import STATE, NamedGraph
from catalogue.graph_following import open_graph
from catalogue.graph_server import ServerGraph, endpoint_of
from catalogue.settings import load_settings
from tests.catalogue.graph_engines import answer, record, rows

JSON = "application/sparql-results+json"


class Server(ThreadingHTTPServer):
    """A SPARQL server of which each test says what it answers."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.status, self.body, self.kind = 200, b"", JSON
        self.asked: list[tuple[str, dict[str, str], str]] = []

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    def tells(self, *found: dict[str, str]) -> None:
        """Answer with a table."""
        bindings = [
            {name: {"type": "literal", "value": value} for name, value in row.items()} for row in found
        ]
        self.body = json.dumps({"head": {"vars": []}, "results": {"bindings": bindings}}).encode()


class Handler(BaseHTTPRequestHandler):
    """Notes what is asked, and answers what it was told to."""

    server: Server

    def do_POST(self) -> None:
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.asked.append((self.path, dict(self.headers), text))
        self.send_response(self.server.status)
        self.send_header("Content-Type", self.server.kind)
        if self.server.status == 302:
            self.send_header("Location", "http://127.0.0.1:9/")
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Be quiet."""


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def graph(server: Server) -> Iterator[ServerGraph]:
    opened = ServerGraph(endpoint_of(f"http://me:s%40crit@{server.address}/almagest"))
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("url", "query", "update"),
    [
        ("http://h:3030/ds", "http://h:3030/ds/query", "http://h:3030/ds/update"),
        ("http://h:3030/ds/", "http://h:3030/ds/query", "http://h:3030/ds/update"),
        ("https://h/ds/query", "https://h/ds/query", "https://h/ds/update"),
        (
            "http://h:7200/repositories/a",
            "http://h:7200/repositories/a",
            "http://h:7200/repositories/a/statements",
        ),
        ("http://h/namespace/kb/sparql", "http://h/namespace/kb/sparql", "http://h/namespace/kb/sparql"),
    ],
)
def test_the_usual_addresses(url: str, query: str, update: str) -> None:
    found = endpoint_of(url)
    assert (found.query, found.update, found.account) == (query, update, None)


def test_an_address_of_updates_of_its_own() -> None:
    found = endpoint_of("http://h:8890/sparql", "http://h:8890/sparql-auth")
    assert (found.query, found.update) == ("http://h:8890/sparql", "http://h:8890/sparql-auth")


@pytest.mark.parametrize("url", ["http://", "http://h/?a=b", "http://h:x/", "http://h/#a"])
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(SettingsError, match="ALMAGEST_GRAPH_URL"):
        endpoint_of(url)


def test_user_and_password_are_sent_and_never_told(graph: ServerGraph, server: Server) -> None:
    server.tells()
    assert graph.position() == 0
    path, headers, _ = server.asked[0]
    assert path == "/almagest/query"
    assert base64.b64decode(headers["Authorization"].removeprefix("Basic ")) == b"me:s@crit"
    server.status = 401
    with pytest.raises(GraphUnavailable, match="does not let us in") as refused:
        graph.position()
    assert "crit" not in str(refused.value) and server.address in str(refused.value)


def test_a_token_is_sent(server: Server, tmp_path) -> None:
    environ = {
        "ALMAGEST_HOME": str(tmp_path),
        "ALMAGEST_GRAPH_URL": f"http://{server.address}/almagest",
        "ALMAGEST_GRAPH_TOKEN": "abc.DEF",
    }
    settings = load_settings(environ)
    assert "abc.DEF" not in repr(settings)
    opened = open_graph(settings)
    server.tells()
    assert opened.edition() == ""
    assert server.asked[0][1]["Authorization"] == "Bearer abc.DEF"
    opened.close()
    with pytest.raises(SettingsError, match="ALMAGEST_GRAPH_TOKEN") as wrong:
        load_settings(environ | {"ALMAGEST_GRAPH_TOKEN": "no token"})
    assert "no token" not in str(wrong.value)


def test_a_query_goes_by_the_protocol(graph: ServerGraph, server: Server) -> None:
    server.tells({"p": f"{STATE}#edition", "o": "1"})
    assert answer(graph, "ASK { ?s ?p ?o }", default_graphs=("urn:a", "urn:b"), named_graphs=("urn:c",))
    _, headers, text = server.asked[-1]
    form = parse_qs(text)
    assert headers["Content-Type"] == "application/x-www-form-urlencoded" and headers["Accept"] == JSON
    assert form["query"] == ["ASK { ?s ?p ?o }"]
    assert form["default-graph-uri"] == ["urn:a", "urn:b"] and form["named-graph-uri"] == ["urn:c"]


@pytest.mark.parametrize(
    ("status", "body", "error", "told"),
    [
        (400, b"Parse error:\n at line 1", QueryError, "Parse error: at line 1"),
        (403, b"", GraphUnavailable, "does not let us in"),
        (404, b"<html>", GraphUnavailable, "has nothing there"),
        (302, b"", GraphUnavailable, "HTTP 302"),
        (500, b"java.lang.NullPointerException", GraphUnavailable, "HTTP 500: java.lang"),
        (503, b"Query timed out", GraphTooCostly, "longer than 10 seconds"),
        (503, b"Overloaded", GraphUnavailable, "Overloaded"),
    ],
)
def test_refusals(
    graph: ServerGraph, server: Server, status: int, body: bytes, error: type, told: str
) -> None:
    server.tells({"p": f"{STATE}#edition", "o": "1"})
    rows(graph, "SELECT ?p { ?s ?p ?o }")
    server.status, server.body = status, body
    with pytest.raises(error, match=told):
        answer(graph, "SELECT ?p { ?s ?p ?o }")


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"results": {"bindings": [{"p": 3}]}}', b"\xff"])
def test_nonsense(graph: ServerGraph, server: Server, body: bytes) -> None:
    server.body = body
    with pytest.raises(GraphUnavailable, match="something else"):
        graph.position()
    server.tells({"p": f"{STATE}#position", "o": "many"})
    with pytest.raises(GraphUnavailable, match="tells no number"):
        graph.position()


def test_a_server_that_does_not_look_into_named_graphs(graph: ServerGraph, server: Server) -> None:
    class Alone(Handler):
        def do_POST(self) -> None:
            self.server.tells()
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if "GRAPH" in text:
                self.server.tells({"p": f"{STATE}#edition", "o": "1"})
            self.send_response(200)
            self.end_headers()
            self.wfile.write(self.server.body)

    server.RequestHandlerClass = Alone
    with pytest.raises(GraphUnavailable, match="unionDefaultGraph"):
        answer(graph, "ASK { ?s ?p ?o }")


def test_nobody_is_there() -> None:
    graph = ServerGraph(endpoint_of("http://127.0.0.1:9/almagest"))
    with pytest.raises(GraphUnavailable, match="does not answer"):
        graph.position()
    with pytest.raises(GraphUnavailable, match="does not answer"):
        graph.apply([record(1)], 1)
    graph.close()


def test_the_position_comes_with_the_last_records(graph: ServerGraph, server: Server, monkeypatch) -> None:
    server.tells({"p": f"{STATE}#edition", "o": "1"})
    monkeypatch.setattr("catalogue.graph_server._AT_ONCE", 1500)
    gone = NamedGraph(name="urn:gone", statements=b"")
    graph.apply([record(1), record(2), record(3), gone], 7)
    updates = [text for path, _, text in server.asked if path.endswith("/update")]
    assert len(updates) == 3
    assert ['#position> "7"' in text for text in updates] == [False, False, True]
    for text in updates:
        assert text.index("DROP SILENT GRAPH") < text.index("INSERT DATA")
    assert "DROP SILENT GRAPH <urn:gone>" in updates[2] and '"1"' in updates[2]
