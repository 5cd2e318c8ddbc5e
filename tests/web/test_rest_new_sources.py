"""REST: registering a source."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from catalogue.opening import Catalogue
from catalogue.record import record_id
from catalogue.settings import load_settings
from tests.web.observatory import harvest
from tests.web.test_new_sources import repository
from web.app import create_app

TOKEN = {"Authorization": "Bearer secret-token"}
ONE = {"name": "one", "kind": "oai-pmh", "url": "https://lab.example.org/oai"}


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    opened = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path), "ALMAGEST_TOKEN": "secret-token"}))
    yield opened
    opened.close()


@pytest.fixture
def client(catalogue: Catalogue) -> FlaskClient:
    return create_app(catalogue).test_client()


def post(client: FlaskClient, body: Any, headers: dict[str, str] = TOKEN) -> Any:
    return client.post("/api/v1/sources", json=body, headers=headers)


def test_a_source_is_registered(client: FlaskClient, catalogue: Catalogue) -> None:
    options = {"token": "very-secret", "delay": "1"}
    answer = post(client, {**ONE, "sets": ["a"], "options": options, "schedule": "15 3 * * *"})
    assert answer.status_code == 201, answer.json
    assert client.get(answer.headers["Location"]).json == answer.json
    assert "very-secret" not in answer.text and answer.json["sets"] == ["a"]
    assert catalogue.sources.get("one").options == options


def test_of_a_preset_and_of_a_record(client: FlaskClient, catalogue: Catalogue) -> None:
    assert post(client, {"preset": "rodare", "options": {"delay": "2"}}).status_code == 201
    assert catalogue.sources.get("rodare").prefix == "oai_datacite"
    harvest(catalogue, "re3data", [repository("r1", "https://a.example/oai", "https://b.example/oai")])
    body = {"record": record_id("re3data", "r1"), "endpoint": 2, "name": "b"}
    assert post(client, body).json["url"] == "https://b.example/oai"


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic x"}])
def test_nothing_without_the_token(
    client: FlaskClient, catalogue: Catalogue, headers: dict[str, str]
) -> None:
    for body in (ONE, "no object", {"nonsense": 1}):
        answer = post(client, body, headers)
        assert answer.status_code == 401 and "Bearer" in answer.headers["WWW-Authenticate"]
    assert catalogue.sources.all() == []


def test_nobody_where_no_token_is_set(empty: Catalogue) -> None:
    answer = post(create_app(empty).test_client(), ONE, {"Authorization": "Bearer "})
    assert answer.status_code == 401 and "ALMAGEST_TOKEN is empty" in answer.json["detail"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({**ONE, "kind": "nonsense"}, 400),
        ({**ONE, "url": "file:///etc/passwd"}, 400),
        ({**ONE, "kind": "file", "url": "/etc"}, 400),
        ({**ONE, "kind": "codemeta", "url": "/etc/passwd"}, 400),
        ({**ONE, "name": "../x"}, 400),
        ({**ONE, "name": "test"}, 400),
        ({**ONE, "options": {"nonsense": "1"}}, 400),
        ({**ONE, "schedule": "sometimes"}, 400),
        ({**ONE, "nonsense": 1}, 400),
        ({"name": "one"}, 400),
        ([], 400),
        ({"preset": "nowhere"}, 404),
        ({"record": "nowhere"}, 404),
    ],
)
def test_what_is_wrong_is_said(client: FlaskClient, catalogue: Catalogue, body: Any, status: int) -> None:
    answer = post(client, body)
    assert answer.status_code == status and answer.json["detail"], answer.text
    assert catalogue.sources.all() == []


def test_a_name_that_is_taken(client: FlaskClient) -> None:
    assert post(client, ONE).status_code == 201
    assert post(client, ONE).status_code == 409


def test_it_is_documented_beside_the_list(client: FlaskClient) -> None:
    paths = client.get("/api/v1/openapi.json").json["paths"]
    assert {"get", "post"} <= set(paths["/api/v1/sources"])
    assert "/api/v1/sources/test" in paths
