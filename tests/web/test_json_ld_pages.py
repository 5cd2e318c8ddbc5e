"""JSON-LD in pages: of records, of the site, of the catalogue, and where a page stands."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from catalogue.opening import Catalogue
from catalogue.record import record_id
from catalogue.settings import load_settings
from tests.mappings.test_schema_page import SHAPES
from tests.web.observatory import harvest, record
from tests.web.page import read_page
from web.app import create_app


def documents(text: str) -> dict[str, Any]:
    """What a page says in JSON-LD, by type."""
    nodes = read_page(text).all("script", tag=True)
    found = [json.loads(node.text_content()) for node in nodes if node.get("type") == "application/ld+json"]
    return {document["@type"]: document for document in found}


def test_every_record_is_told_to_search_engines(client: FlaskClient) -> None:
    ids = [hit["id"] for hit in client.get("/api/v1/records").get_json()["hits"]]
    assert len(ids) == 7
    for id in ids:
        answer = client.get(f"/records/{id}")
        found = documents(answer.text)
        trail = found.pop("BreadcrumbList")["itemListElement"]
        assert [step["position"] for step in trail] == [1, 2, 3]
        assert trail[1]["item"] == "http://localhost:8080/sources/observatory"
        assert trail[2]["item"] == f"http://localhost:8080/records/{id}"
        (document,) = found.values()
        assert [error.message for error in SHAPES.iter_errors(document)] == []
        # What only tells something is never run: our policy need not allow it.
        assert "script-src 'self';" in answer.headers["Content-Security-Policy"]


def test_the_first_page_tells_how_to_search(client: FlaskClient) -> None:
    site = documents(client.get("/").text)["WebSite"]
    template = site["potentialAction"]["target"]["urlTemplate"]
    assert template == "http://localhost:8080/?q={search_term_string}"
    assert (
        client.get(
            template.removeprefix("http://localhost:8080").format(search_term_string="muon")
        ).status_code
        == 200
    )
    assert documents(client.get("/?q=muon").text) == {}


@pytest.mark.parametrize("path", ["/catalog", "/sources/observatory"])
def test_catalogues_are_told(client: FlaskClient, path: str) -> None:
    found = documents(client.get(path).text)["DataCatalog"]
    assert found["url"] == f"http://localhost:8080{path}" and len(found["description"]) >= 50
    assert found["@id"].startswith("http://localhost:8080/id/")


def test_below_a_path_all_addresses_are_there(tmp_path: Any) -> None:
    environ = {"ALMAGEST_HOME": str(tmp_path), "ALMAGEST_BASE_URL": "https://example.org/cat"}
    catalogue = Catalogue(load_settings(environ))
    harvest(catalogue, "lab", [record("1", "Muon lifetime")])
    id = record_id("lab", "1")
    answer = create_app(catalogue).test_client().get(f"/cat/records/{id}")
    found = documents(answer.text)
    assert found["Dataset"]["url"] == f"https://example.org/cat/records/{id}"
    assert found["BreadcrumbList"]["itemListElement"][1]["item"] == "https://example.org/cat/sources/lab"
    assert f"<https://example.org/cat/records/{id}/linkset>" in answer.headers["Link"]
    assert f'href="/cat/records/{id}.ttl"' in answer.text
    catalogue.close()
