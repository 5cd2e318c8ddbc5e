"""Browsing: values lead to the records they count, trees go down from the topmost concepts."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from catalogue.opening import Catalogue
from harvesters.presets import presets
from tests.web.observatory import harvest, record
from tests.web.page import read_page
from web.app import create_app
from web.pages_browse import BROWSED, ON_A_PAGE, TREES


def total(client: FlaskClient, url: str) -> int:
    found: int = client.get(url.replace("/?", "/api/v1/records?")).json["total"]
    return found


def test_each_value_leads_to_as_many_records_as_it_says(client: FlaskClient) -> None:
    page = read_page(client.get("/browse").text)
    assert page.errors == [] and page.repeated_ids() == []
    held = client.get("/api/v1/records").json["facets"]
    assert [node.get("id") for node in page.all("section", tag=True)] == [
        name for name in BROWSED if held[name]
    ]
    links = [part for node in page.all("values") for part in node if part.element.tag == "a"]
    assert len(links) > 10
    for link in links:
        label, _, count = link.text_content().rpartition(" ")
        assert label and total(client, str(link.get("href"))) == int(count)


@pytest.mark.parametrize("name", TREES)
def test_trees_are_valid_and_count_what_is_narrower(client: FlaskClient, name: str) -> None:
    page = read_page(client.get(f"/browse/{name}").text)
    assert page.errors == [] and page.repeated_ids() == []
    for link in [part for node in page.all("values") for part in node if part.element.tag == "a"]:
        if "narrower" not in link.text_content():
            assert str(total(client, str(link.get("href")))) in link.text_content()


def test_one_goes_down_to_a_technique_and_back_up(client: FlaskClient) -> None:
    address: str | None = "/browse/techniques"
    for _ in range(12):
        page = read_page(client.get(str(address)).text)
        assert page.errors == []
        held = [node for node in page.all("li", tag=True) if any(part.element.tag == "a" and (part.get("href")
                or "").startswith("/?") for part in node)]  # fmt: skip
        if not held:
            break
        deeper = [part.get("href") for part in held[0] if part.get("class") == "deeper"]
        if not deeper:
            assert held[0].text_content().startswith("neutron powder diffraction")
            break
        address = deeper[0]
    path = page.all("nav", tag=True)
    steps = next(node for node in path if node.get("aria-label") == "Path")
    ways = [part.get("href") for part in steps if part.element.tag == "a"]
    assert ways[:2] == ["/browse", "/browse/techniques"] and len(ways) > 2
    assert all(client.get(str(way)).status_code == 200 for way in ways)


def test_concepts_are_filtered_and_paged(client: FlaskClient) -> None:
    page = read_page(client.get("/browse/uat?contains=galaxy").text)
    labels = [node.text_content() for node in page.all("label")]
    assert len(labels) == ON_A_PAGE
    further = page.link("Next page")
    second = read_page(client.get(further).text)
    assert not {node.text_content() for node in second.all("label")} & set(labels)
    assert second.link("Previous page") == "/browse/uat?contains=galaxy&page=1"
    none = read_page(client.get("/browse/uat?contains=zzzz").text)
    assert none.link("All of UAT") == "/browse/uat"


@pytest.mark.parametrize(
    ("path", "status"),
    [("colour", 404), ("uat?concept=zzz", 404), ("uat?page=0", 404), ("uat?page=9999999999", 404),
     ("uat?page=²", 404), ("facility", 302), ("uat?contains=" + "x" * 5000, 200)],
)  # fmt: skip
def test_what_is_wrong_is_told(client: FlaskClient, path: str, status: int) -> None:
    assert client.get("/browse/" + path).status_code == status


def test_an_empty_catalogue_says_so(empty: Catalogue) -> None:
    page = read_page(create_app(empty).test_client().get("/browse").text)
    assert page.errors == [] and "Nothing has been harvested yet" in page.text_of("empty")


def test_the_community_of_a_known_source_is_told(empty: Catalogue) -> None:
    harvest(empty, "known", [record("x:1", "Muon")])
    known = next(iter(presets().values()))
    empty.sources.change(known.source("known"))
    page = read_page(create_app(empty).test_client().get("/browse").text)
    assert f"{known.title} · {known.community}" in page.text_of("values")


def test_deprecated_concepts_and_cycles_do_not_stop_anybody(client: FlaskClient) -> None:
    page = read_page(client.get("/browse/uat").text)
    assert len(page.all("deeper")) == 11
