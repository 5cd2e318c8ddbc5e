"""The application as a whole: it finds its parts, describes itself, and may live below a path."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator

from catalogue.opening import Catalogue
from catalogue.record import record_id
from catalogue.settings import load_settings
from harvesters.object_groups import ObjectGroups
from tests.web.observatory import harvest, observatory
from web.app import create_app, web_modules
from web.basket import Basket, Item

SURVEY = record_id("observatory", "survey:1")


def test_every_module_with_a_blueprint_is_registered(app: Flask) -> None:
    names = {module.blueprint.name for module in web_modules()}
    assert names <= set(app.blueprints)
    assert {"records", "sources", "vocabularies", "pages", "record_pages", "source_pages", "docs"} <= names


def test_the_openapi_document_is_valid(client: FlaskClient) -> None:
    document = client.get("/api/v1/openapi.json").json
    assert document["openapi"] == "3.1.0"
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


NAMES = {"/api/v1/vocabularies": "licences", "/api/v1/facets": "type"}
"""What «name» may be, where it is not that of a source or a group."""


def test_every_documented_endpoint_answers(client: FlaskClient, shared_catalogue: Catalogue) -> None:
    if "observatory" not in [group.name for group in ObjectGroups(shared_catalogue).all()]:
        ObjectGroups(shared_catalogue).create("observatory", "Observed", [SURVEY], by="ada")
    document = client.get("/api/v1/openapi.json").json
    values = {
        "id": SURVEY,
        "text": str(Basket((Item(SURVEY),))),
        "form": "csv",
        "suffix": "csv",
        "number": "1",
        "code": "MIT",
    }
    queries = {"suggest": {"q": "neut"}, "test": {"url": "http://127.0.0.1:8009/oai"}}
    queries["export"] = {"format": "csv"}
    assert len(document["paths"]) >= 12
    for path, operations in document["paths"].items():
        values["name"] = next((name for part, name in NAMES.items() if path.startswith(part)), "observatory")
        if "get" not in operations:
            continue
        answer = client.get(path.format(**values), query_string=queries.get(path.rpartition("/")[2], {}))
        if "401" in operations["get"]["responses"]:
            assert answer.status_code == 401, path
            continue
        assert answer.status_code == 200, path
        content = operations["get"]["responses"]["200"].get("content", {})
        assert answer.mimetype in content or "*/*" in content, path


def test_every_endpoint_is_documented(app: Flask, client: FlaskClient) -> None:
    document = client.get("/api/v1/openapi.json").json
    rules = {
        re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") and rule.endpoint.split(".")[0] not in {"docs", "api-docs"}
    }
    assert rules == set(document["paths"])


def test_the_docs_page_names_every_path_and_schema(client: FlaskClient) -> None:
    document = client.get("/api/v1/openapi.json").json
    page = client.get("/api/v1/docs").text
    for path, operations in document["paths"].items():
        for method in set(operations) & {"get", "post", "delete"}:
            assert f"{method.upper()} {path}" in page
    for name in document["components"]["schemas"]:
        assert f'id="schema-{name}"' in page


@pytest.mark.parametrize(
    ("accept", "description"),
    [("", "openapi.json"), ("application/json", "openapi.json"), ("text/turtle", "openapi.json"),
     ("text/html,*/*;q=0.8", "docs")],
)  # fmt: skip
def test_the_root_of_the_api_leads_to_its_description(
    client: FlaskClient, accept: str, description: str
) -> None:
    answer = client.get("/api/v1", headers={"Accept": accept} if accept else {})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/api/v1/{description}")
    assert "Accept" in answer.vary
    assert client.get(answer.headers["Location"]).status_code == 200


@pytest.mark.parametrize("kept", [True, False])
def test_the_service_may_live_below_a_path(tmp_path: Path, kept: bool) -> None:
    environ = {"ALMAGEST_HOME": str(tmp_path), "ALMAGEST_BASE_URL": "https://example.org/catalogue"}
    catalogue = Catalogue(load_settings(environ))
    harvest(catalogue, "observatory", observatory())
    client = create_app(catalogue).test_client()
    before = "/catalogue" if kept else ""
    page = client.get(f"{before}/?q=lensing").text
    assert f'href="/catalogue/records/{SURVEY}"' in page
    assert 'href="/catalogue/static/almagest.css"' in page
    assert 'href="/catalogue/?q=lensing' in page
    hit = client.get(f"{before}/api/v1/records?q=lensing").json["hits"][0]
    assert hit["links"]["html"] == f"https://example.org/catalogue/records/{SURVEY}"
    catalogue.close()


def test_two_applications_do_not_share_anything(empty: Catalogue, app: Flask) -> None:
    assert create_app(empty).test_client().get("/api/v1/records").json["total"] == 0
    assert app.test_client().get("/api/v1/records").json["total"] == 7


def test_a_huge_body_is_refused(client: FlaskClient) -> None:
    answer = client.post("/api/v1/records", data=b"x" * 2_000_000)
    assert answer.status_code in {405, 413}
