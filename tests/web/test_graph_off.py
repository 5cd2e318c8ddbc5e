"""An installation without a graph: nothing of it is made, and who asks for it learns how it comes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from catalogue.errors import GraphOff
from catalogue.following import follow
from catalogue.opening import Catalogue
from catalogue.record import record_id
from catalogue.settings import load_settings
from tests.web.command_line import Home
from tests.web.observatory import harvest, record
from tests.web.page import read_page
from web.app import create_app
from web.doctor import graph_state
from web.followers import followers

OFF = {"ALMAGEST_GRAPH_URL": "none"}


@pytest.fixture
def off(tmp_path: Path) -> Iterator[Catalogue]:
    opened = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path), **OFF}))
    harvest(opened, "lab", [record("1", "Muon")])
    yield opened
    opened.close()


@pytest.fixture
def client(off: Catalogue) -> FlaskClient:
    return create_app(off).test_client()


def test_nothing_follows_and_nothing_is_kept(off: Catalogue, tmp_path: Path) -> None:
    for service in (False, True):
        found = followers(off, service=service)
        assert "graph" not in found and len(found) == 2
    list(follow(off, followers(off)))
    assert not (tmp_path / "graph").exists() and not Path("none").exists()
    with pytest.raises(GraphOff, match="ALMAGEST_GRAPH_URL"):
        _ = off.graph


@pytest.mark.parametrize("path", ["/sparql", "/sparql?query=ASK%7B%7D"])
def test_sparql_says_how_it_is_switched_on(client: FlaskClient, path: str) -> None:
    page = client.get(path, headers={"Accept": "text/html"})
    assert (page.status_code, page.mimetype) == (404, "text/html")
    problem = client.get(path, headers={"Accept": "application/sparql-results+json"})
    assert (problem.status_code, problem.mimetype) == (404, "application/problem+json")
    for told in (page.text, problem.get_json(force=True)["detail"]):
        assert "switches it on by the setting ALMAGEST_GRAPH_URL" in told
    assert client.post("/sparql", data={"query": "ASK{}"}).status_code == 404


def test_nothing_leads_there(client: FlaskClient) -> None:
    for path in ("/", "/help", "/catalog", "/catalog.ttl", "/.well-known/void", "/.well-known/api-catalog"):
        assert "/sparql" not in client.get(path).text, path
    assert read_page(client.get("/").text).errors == []


def test_single_records_are_given_out_as_ever(client: FlaskClient) -> None:
    answer = client.get(f"/records/{record_id('lab', '1')}", headers={"Accept": "text/turtle"})
    assert answer.status_code == 200 and b"Muon" in answer.data


def test_it_is_no_fault(off: Catalogue, client: FlaskClient) -> None:
    ready = client.get("/health/ready").get_json()
    assert ready["checks"]["graph"] == "off" and ready["status"] == "ok"
    assert "graph_up" not in client.get("/metrics").text
    state = graph_state(off)
    assert state.ok and state.found.startswith("off")


def test_the_command_says_so(tmp_path: Path) -> None:
    home = Home(tmp_path, OFF)
    assert "switched off" in home("graph", "status").stdout
    assert home.json("graph", "status") == [{"graph": None}]
    failed = home("graph", "sync")
    assert failed.exit_code != 0 and "ALMAGEST_GRAPH_URL" in failed.stderr
