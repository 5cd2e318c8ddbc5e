"""Making a source of a described repository with one click."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from catalogue.opening import Catalogue
from catalogue.record import record_id
from catalogue.settings import load_settings
from tests.harvesters.misbehaving import Repository, Server, some
from tests.web.observatory import harvest, record
from tests.web.page import read_page
from tests.web.test_new_sources import repository
from web import endpoint_test
from web.app import create_app

ID = record_id("re3data", "r1")
OURS = {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}
FORM = {"from": ID, "endpoint": "1", "name": "muons", "token": "secret-token"}


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(Repository(some(25))) as running:
        yield running


@pytest.fixture
def catalogue(tmp_path: Path, server: Server) -> Iterator[Catalogue]:
    """A catalogue with a described repository, whose first endpoint really answers."""
    environ = {"ALMAGEST_TOKEN": "secret-token", "ALMAGEST_ALLOW_PRIVATE": "yes"}
    opened = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path), **environ}))
    described = repository("r1", server.url, "https://b.example/oai")
    harvest(opened, "re3data", [described, record("r2", "A dataset")])
    yield opened
    opened.close()


@pytest.fixture
def client(catalogue: Catalogue) -> FlaskClient:
    return create_app(catalogue).test_client()


def registered(catalogue: Catalogue) -> list[str]:
    return [source.name for source in catalogue.sources.all() if source.name != "re3data"]


def test_from_the_record_to_the_source(client: FlaskClient, catalogue: Catalogue, server: Server) -> None:
    page = read_page(client.get(f"/records/{ID}").text)
    assert page.errors == [] and "Make a source of it" in page.text_of("actions")
    assert "Make a source" not in client.get(f"/records/{record_id('re3data', 'r2')}").text
    text = client.get("/sources/new", query_string={"from": ID}).text
    assert read_page(text).errors == []
    for part in ("Test repository", "20 of 20 can be read", server.url, 'value="archive-of-muon-physics"'):
        assert part in text, part
    assert f"almagest source add archive-of-muon-physics --from-record {ID}" in text
    assert "secret-token" not in text and registered(catalogue) == []
    answer = client.post("/sources/new", data={**FORM, "sets": "a b", "schedule": "0 3 * * *"}, headers=OURS)
    assert answer.status_code == 303 and answer.headers["Location"].endswith("/sources/muons")
    source = catalogue.sources.get("muons")
    assert (source.url, source.sets, source.schedule) == (server.url, ("a", "b"), "0 3 * * *")


def test_another_endpoint_is_chosen(
    client: FlaskClient, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.pages_source_new.limited_test", lambda *given, **more: None)
    text = client.get("/sources/new", query_string={"from": ID, "endpoint": "2"}).text
    assert "--endpoint 2" in text and "<strong>oai-pmh https://b.example/oai</strong>" in text
    for nonsense in ("99", "-1", "x", "٣"):
        answer = client.get("/sources/new", query_string={"from": ID, "endpoint": nonsense})
        assert answer.status_code == 200 and "--endpoint" not in answer.text
    assert client.post("/sources/new", data={**FORM, "endpoint": "2"}, headers=OURS).status_code == 303
    assert catalogue.sources.get("muons").url == "https://b.example/oai"


@pytest.mark.parametrize(
    ("form", "headers", "status", "why"),
    [
        ({"token": ""}, OURS, 401, "needs the operator"),
        ({"token": "wrong"}, OURS, 401, "not the operator"),
        ({}, {}, 403, "page of ours"),
        ({}, {"Origin": "https://evil.example"}, 403, "another site|page of ours"),
        ({}, {"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"}, 403, "another site"),
        ({"name": "../etc"}, OURS, 400, "cannot be a source"),
        ({"name": "test"}, OURS, 400, "cannot be called"),
        ({"schedule": "sometimes"}, OURS, 400, "no schedule"),
        ({"name": "re3data"}, OURS, 409, "already"),
        ({"endpoint": "9"}, OURS, 400, "names 2 endpoints"),
    ],
)
def test_nothing_is_registered_where_something_is_wrong(
    client: FlaskClient,
    catalogue: Catalogue,
    form: dict[str, str],
    headers: dict[str, str],
    status: int,
    why: str,
) -> None:
    answer = client.post("/sources/new", data={**FORM, **form}, headers=headers)
    assert answer.status_code == status
    assert any(part in answer.text for part in why.split("|")), answer.text
    assert read_page(answer.text).errors == [] and "secret-token" not in answer.text
    assert registered(catalogue) == []


def test_without_a_token_only_the_command_line(empty: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.pages_source_new.limited_test", lambda *given, **more: None)
    harvest(empty, "re3data", [repository("r1", "https://a.example/oai")])
    client = create_app(empty).test_client()
    text = client.get("/sources/new", query_string={"from": ID}).text
    assert "ALMAGEST_TOKEN" in text and 'name="token"' not in text and "almagest source add" in text
    assert client.post("/sources/new", data={**FORM, "token": ""}, headers=OURS).status_code == 401


def test_records_that_are_not_there_or_have_no_endpoint(client: FlaskClient) -> None:
    for id in ("nowhere", "", record_id("re3data", "r2")):
        assert client.get("/sources/new", query_string={"from": id}).status_code == 404
        assert client.post("/sources/new", data={**FORM, "from": id}, headers=OURS).status_code == 404


def test_where_too_many_tests_were_made_the_form_is_there(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoint_test, "LIMITS", {"client": 1, "host": 9, "all": 9})
    client.get("/sources/new", query_string={"from": ID})
    answer = client.get("/sources/new", query_string={"from": ID})
    assert answer.status_code == 200 and "The endpoint was not tested" in answer.text
    assert "Register the source" in answer.text


def test_a_private_endpoint_in_a_record_is_not_asked(tmp_path: Path, server: Server) -> None:
    catalogue = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path / "other")}))
    try:
        harvest(catalogue, "re3data", [repository("r1", server.url)])
        asked: Any = create_app(catalogue).test_client().get("/sources/new", query_string={"from": ID})
        assert "private address" in asked.text and server.asked == []
    finally:
        catalogue.close()
