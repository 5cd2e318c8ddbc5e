"""Records and files are put aside, seen, passed on and taken away, without script."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from catalogue.opening import Catalogue
from catalogue.record import Distribution, record_id
from catalogue.settings import load_settings
from harvesters.object_groups import id_of
from tests.web.observatory import harvest, record
from tests.web.page import read_page
from tests.web.test_pages_record import ATTACK
from web.app import create_app
from web.basket import Basket, Item, file_key
from web.packages.base import packagings

ONE, TWO = record_id("lab", "one"), record_id("lab", "two")
FILES = tuple(Distribution(url=f"https://a.example.org/{n}.fits", size=1000) for n in (1, 2, 3))
FROM_HERE = {"Sec-Fetch-Site": "same-origin", "Referer": "http://localhost:8080/?q=pulsar&page=2"}


@pytest.fixture
def visitor(empty: Catalogue) -> FlaskClient:
    harvest(
        empty,
        "lab",
        [record("one", f"One {ATTACK}", distributions=FILES), record("two", "Two", distributions=FILES[:1])],
    )
    return create_app(empty).test_client()


def put(visitor: FlaskClient, **form: Any) -> Any:
    return visitor.post("/basket", data=form, headers=FROM_HERE)


def test_what_is_put_in_is_there_and_the_visitor_is_where_they_were(visitor: FlaskClient) -> None:
    answer = put(visitor, item=ONE)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/?q=pulsar&page=2")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
    put(visitor, item=f"{TWO}-{file_key(FILES[0])}")
    page = read_page(visitor.get("/basket").text)
    assert page.errors == []
    assert ATTACK in page.first("basket").text_content()
    assert "2 records, 4 files, 4" in " ".join(node.text_content() for node in page.all("p", tag=True))
    assert "Take out of the basket" in visitor.get(f"/records/{ONE}").text
    assert "Basket 2" in page.all("nav", tag=True)[0].text_content()


def test_items_are_taken_out_and_all_at_once(visitor: FlaskClient) -> None:
    put(visitor, item=[ONE, TWO])
    put(visitor, item=ONE, action="remove")
    page = visitor.get("/basket").text
    assert f"/records/{TWO}" in page and f"/records/{ONE}" not in page
    put(visitor, action="empty")
    assert "The basket is empty" in visitor.get("/basket").text


def test_a_basket_is_passed_on_and_taken_over(visitor: FlaskClient) -> None:
    put(visitor, item=[ONE, TWO])
    link = read_page(visitor.get("/basket").text).link("Address of this basket")
    other = visitor.application.test_client()
    page = other.get(link).text
    assert "A basket that was passed on" in page and "The basket is empty" in other.get("/basket").text
    put(other, items=link.partition("items=")[2])
    assert f"/records/{TWO}" in other.get("/basket").text


def test_other_sites_put_nothing_in(visitor: FlaskClient) -> None:
    assert visitor.post("/basket", data={"item": ONE}).status_code == 403
    evil = {"Origin": "https://evil.example.org", "Sec-Fetch-Site": "cross-site"}
    assert visitor.post("/basket", data={"item": ONE}, headers=evil).status_code == 403
    assert "The basket is empty" in visitor.get("/basket").text


def test_nobody_is_led_elsewhere(visitor: FlaskClient) -> None:
    for referer in ("https://evil.example.org/x", "http://localhost:8080//evil.example.org", "javascript:x"):
        headers = {**FROM_HERE, "Referer": referer}
        assert visitor.post("/basket", data={"item": ONE}, headers=headers).headers["Location"] == "/basket"


def test_damage_is_said_and_gone_records_are_named(visitor: FlaskClient) -> None:
    assert visitor.get("/basket?items=%F0%9F%98%80").status_code == 400
    put(visitor, item=["0" * 20, ONE])
    assert "1 record of it is no longer here" in visitor.get("/basket").text
    visitor.set_cookie("basket", "nonsense!")
    assert "The basket is empty" in visitor.get("/basket").text


def test_every_packaging_is_offered_and_given(visitor: FlaskClient) -> None:
    put(visitor, item=[ONE, TWO])
    page = read_page(visitor.get("/basket").text)
    for packaging in packagings().values():
        answer = visitor.get(page.link(packaging.title))
        assert answer.status_code == 200, packaging.name
        assert packaging.file_name in answer.headers["Content-Disposition"]
        assert answer.data
    assert visitor.get("/basket/take/tar?items=").status_code == 400


def test_a_script_is_told_what_is_in_it(visitor: FlaskClient) -> None:
    asked = {**FROM_HERE, "Accept": "application/json"}
    told = visitor.post("/basket", data={"item": ONE}, headers=asked)
    assert told.get_json() == {"held": 1, "items": [ONE]}
    assert visitor.get("/basket", headers={"Accept": "application/json"}).get_json()["items"] == [ONE]


@pytest.fixture
def operator(tmp_path: Path) -> Iterator[FlaskClient]:
    """A visitor of a catalogue that has an operator's token, with two records in the basket."""
    opened = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path), "ALMAGEST_TOKEN": "sesame"}))
    harvest(opened, "lab", [record("one", "One"), record("two", "Two")])
    client = create_app(opened).test_client()
    put(client, item=[ONE, TWO])
    yield client
    opened.close()


GROUP = {"name": "flares", "title": f"Flares {ATTACK}", "description": "", "by": "ada", "token": "sesame"}


def store(client: FlaskClient, **given: str) -> Any:
    items = str(Basket((Item(ONE), Item(TWO, "00000001"))))
    return client.post("/basket/group", data={"items": items, **GROUP, **given}, headers=FROM_HERE)


def test_a_basket_is_stored_as_a_group_with_its_own_page(operator: FlaskClient) -> None:
    page = read_page(operator.get("/basket").text)
    assert page.errors == [] and "Store as an object group" in page.first("group").text_content()
    answer = store(operator)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/records/{id_of('flares')}")
    group = read_page(operator.get(answer.headers["Location"]).text)
    assert group.first("h1").text_content() == GROUP["title"]
    members = operator.get("/api/v1/groups/flares").json["members"]
    assert [member["title"] for member in members] == ["One", "Two"]


@pytest.mark.parametrize(
    ("given", "status", "said"),
    [
        ({"token": "guess"}, 401, "This is not the operator's token"),
        ({"token": ""}, 401, "needs the operator's token"),
        ({"name": "No Name!"}, 400, "cannot be a group's name"),
        ({"title": " "}, 400, "needs a title"),
        ({"by": ""}, 400, "Say who makes this change"),
    ],
)
def test_what_cannot_be_stored_is_said_and_nothing_typed_is_lost(
    operator: FlaskClient, given: dict[str, str], status: int, said: str
) -> None:
    answer = store(operator, **given)
    page = read_page(answer.text)
    assert answer.status_code == status and page.errors == []
    assert said in page.first("fault").text_content()
    values = {node.get("name"): node.get("value") for node in page.all("input", tag=True)}
    assert values["by"] == {**GROUP, **given}["by"] and not values.get("token")
    assert operator.get("/api/v1/groups").json == {"groups": []}


def test_a_name_that_is_taken_and_a_form_from_elsewhere(operator: FlaskClient) -> None:
    store(operator)
    assert store(operator).status_code == 409
    assert operator.post("/basket/group", data=GROUP).status_code == 403


def test_without_a_token_nobody_is_offered_to_store(visitor: FlaskClient) -> None:
    put(visitor, item=ONE)
    assert "object group" not in visitor.get("/basket").text
    assert store(visitor).status_code == 401


def test_totals_by_protocol_are_a_table(visitor: FlaskClient) -> None:
    put(visitor, item=ONE)
    rows = read_page(visitor.get("/basket").text).texts_in("totals", "td")
    assert [cell.replace("\u202f", " ") for cell in rows] == ["3", "3 kB", ""]
