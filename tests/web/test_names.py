"""Names of things lead to the documents about them."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from catalogue.opening import Catalogue
from catalogue.record import record_id
from tests.web.observatory import harvest, record
from web.app import create_app

SURVEY = record_id("observatory", "survey:1")


@pytest.mark.parametrize(
    ("path", "document"),
    [
        (f"/id/records/{SURVEY}", f"/records/{SURVEY}"),
        (f"/id/records/{SURVEY}.ttl", f"/records/{SURVEY}.ttl"),
        ("/id/sources/observatory", "/sources/observatory"),
        ("/id/catalog", "/catalog"),
    ],
)
def test_a_name_leads_to_its_document(client: FlaskClient, path: str, document: str) -> None:
    for accept in ("text/html", "text/turtle", "*/*"):
        answer = client.get(path, headers={"Accept": accept})
        assert answer.status_code == 303
        assert answer.headers["Location"] == f"http://localhost:8080{document}"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
    turtle = client.get(urlsplit(answer.headers["Location"]).path, headers={"Accept": "text/turtle"})
    assert (turtle.status_code, turtle.mimetype) == (200, "text/turtle")
    # The document says that it is about the thing.
    assert f"<http://localhost:8080{path.removesuffix('.ttl')}>" in turtle.text


def test_names_of_nothing(client: FlaskClient) -> None:
    for path in ("/id/records/nothing", "/id/sources/nothing", "/id/records/%0d%0aX-Y:%201", "/id/planets/1"):
        assert client.get(path).status_code == 404, path


def test_the_name_of_what_is_withdrawn_leads_to_what_says_so(empty: Catalogue) -> None:
    harvest(empty, "lab", [record("1", "Muon lifetime")])
    harvest(empty, "lab", [], deleted=["1"])
    client, id = create_app(empty).test_client(), record_id("lab", "1")
    assert client.get(f"/id/records/{id}").status_code == 303
    assert client.get(f"/id/records/{id}", follow_redirects=True).status_code == 410
