"""A basket over REST: made, read and taken away; nothing is kept."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogue.opening import Catalogue
from catalogue.record import Distribution, record_id
from tests.web.observatory import harvest, record
from web.app import create_app
from web.basket import MOST_ITEMS, Basket, file_key, read_item
from web.packages.base import packagings

ONE, TWO = record_id("lab", "one"), record_id("lab", "two")
FILES = (
    Distribution(url="https://a.example.org/1.fits", size=1000),
    Distribution(url="https://a.example.org/2.fits", size=500, title="Two"),
    Distribution(url="root://eos.example.org//3.root"),
)
PART = f"{TWO}-{file_key(FILES[0])}"


@pytest.fixture
def client(empty: Catalogue) -> FlaskClient:
    harvest(
        empty, "lab", [record("one", "One", distributions=FILES), record("two", "Two", distributions=FILES)]
    )
    return create_app(empty).test_client()


def test_items_make_a_basket_that_is_read_again(client: FlaskClient) -> None:
    made = client.post("/api/v1/baskets", json={"items": [ONE, PART, "0" * 20]})
    assert made.status_code == 200
    answer = made.json
    assert client.get(f"/api/v1/baskets/{answer['basket']}").json == answer
    assert answer["gone"] == ["0" * 20]
    first, second = answer["records"]
    assert (first["id"], first["whole"], len(first["files"]), first["more"]) == (ONE, True, 3, 0)
    assert (second["whole"], [file["item"] for file in second["files"]]) == (False, [PART])
    assert first["files"][1] == {
        "url": FILES[1].url,
        "item": f"{ONE}-{file_key(FILES[1])}",
        "title": "Two",
        "size": 500,
        "protocol": "https",
    }
    assert answer["total"] == {"files": 4, "size": 2500, "unsized": 1}
    assert answer["protocols"] == [
        {"protocol": "https", "files": 3, "size": 2500, "unsized": 0},
        {"protocol": "root", "files": 1, "size": 0, "unsized": 1},
    ]


def test_every_package_is_taken_by_either_address(client: FlaskClient) -> None:
    answer = client.post("/api/v1/baskets", json={"items": [ONE]}).json
    assert [one["form"] for one in answer["packages"]] == list(packagings())
    for one in answer["packages"]:
        here = client.get(f"/api/v1/baskets/{answer['basket']}/{one['form']}")
        assert here.status_code == 200 and here.content_type == one["media_type"]
        assert "attachment" in here.headers["Content-Disposition"] and here.data
        assert client.get(one["url"].removeprefix("http://localhost:8080")).status_code == 200
    crate = client.get(f"/api/v1/baskets/{answer['basket']}/rocrate").data
    assert any(entity.get("@type") == "File" for entity in json.loads(crate)["@graph"])


@pytest.mark.parametrize(
    "body", [{}, {"items": []}, {"items": ["x"]}, {"items": [f"{n:020x}" for n in range(MOST_ITEMS + 1)]}, []]
)
def test_what_is_no_basket_is_refused(client: FlaskClient, body: object) -> None:
    answer = client.post("/api/v1/baskets", json=body)
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")


def test_unknown_forms_and_empty_baskets_are_refused(client: FlaskClient) -> None:
    text = str(Basket((read_item(ONE),)))
    assert "known are aria2" in client.get(f"/api/v1/baskets/{text}/tar").json["detail"]
    assert client.get("/api/v1/baskets/%20").status_code == 400


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(
    text=st.text(st.characters(exclude_characters="/", exclude_categories=["Cs"]), min_size=1, max_size=60)
)
def test_any_text_is_answered(client: FlaskClient, text: str) -> None:
    if text not in {".", ".."}:
        assert client.get("/api/v1/baskets/" + quote(text, safe="")).status_code in (200, 400)


def test_the_documentation_names_them(client: FlaskClient) -> None:
    paths = client.get("/api/v1/openapi.json").json["paths"]
    assert {"/api/v1/baskets", "/api/v1/baskets/{text}", "/api/v1/baskets/{text}/{form}"} <= set(paths)
    assert "/api/v1/baskets/{text}/{form}" in client.get("/api/v1/docs").text
