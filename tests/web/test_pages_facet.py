"""All values of a facet: as a page, over REST."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from tests.web.page import read_page


def test_the_page_lists_all_values_and_leads_back(client: FlaskClient) -> None:
    answer = client.get("/facets/creator?type=dataset")
    assert answer.status_code == 200
    page = read_page(answer.text)
    assert page.errors == [] and page.repeated_ids() == []
    told = client.get("/api/v1/facets/creator?type=dataset").json
    assert [" ".join((one["label"], str(one["count"]))) for one in told["values"]] == page.texts_in(
        "facets", "a"
    )
    for url, one in zip(page.links_in("facets"), told["values"]):
        found = client.get(url.replace("/?", "/api/v1/records?")).json
        assert found["total"] == one["count"]


def test_the_filter_keeps_the_search_and_the_order(client: FlaskClient) -> None:
    page = read_page(client.get("/facets/creator?q=southern&type=dataset&order=name&contains=OKAFOR").text)
    given = {node.get("name"): node.get("value") for node in page.all("input", tag=True) if node.get("name")}
    assert given == {"contains": "OKAFOR", "q": "southern", "type": "dataset", "order": "name"}
    assert page.texts_in("facets", "a") == ["Okafor, Ngozi 1"]
    assert page.texts_in("orders", "a") == ["most records", "name"]


def test_pages_of_values_follow_each_other(client: FlaskClient) -> None:
    path: str | None = "/api/v1/facets/creator?size=2&order=name"
    values: list[str] = []
    while path:
        answer = client.get(path).json
        values += [one["value"] for one in answer["values"]]
        parts = urlsplit(answer["next"]) if answer["next"] else None
        path = f"{parts.path}?{parts.query}" if parts else None
    assert values == sorted(set(values)) and len(values) == answer["total"] > 4 and answer["complete"] is True
    path = "/facets/creator?size=2&order=name"
    seen: list[str] = []
    while path:
        page = read_page(client.get(path).text)
        seen += page.texts_in("facets", "a")
        path = page.find_link("Next page")
    assert len(seen) == len(values)


def test_what_nothing_contains_is_said(client: FlaskClient) -> None:
    page = read_page(client.get("/facets/creator?contains=zzz").text)
    assert page.link("All values") == "/facets/creator"
    assert client.get("/api/v1/facets/creator?contains=zzz").json["values"] == []


@pytest.mark.parametrize(
    ("path", "status"),
    [("colour", 404), ("creator?order=size", 400), ("creator?cursor=x", 400),
     ("creator?contains=" + "x" * 201, 400), ("creator?size=0", 400),
     ("creator?sky=nowhere", 400), ("creator?colour=red", 400)],
)  # fmt: skip
def test_what_is_wrong_is_told(client: FlaskClient, path: str, status: int) -> None:
    assert client.get("/facets/" + path).status_code == status
    answer = client.get("/api/v1/facets/" + path)
    assert answer.status_code == status and answer.json["detail"]


def test_long_facets_of_the_search_page_have_a_filter(client: FlaskClient) -> None:
    page = read_page(client.get("/").text)
    assert page.errors == []
    for form in page.all("filter"):
        assert (form.get("action") or "").startswith("/facets/")


def test_names_of_parameters_are_told_and_suggested(client: FlaskClient) -> None:
    told = client.get("/api/v1/parameters").json
    names = [one["name"] for one in told["parameters"]]
    assert names and told["total"] == len(names)
    for one in told["parameters"]:
        assert one["count"] >= 1 and all(unit["count"] <= one["count"] for unit in one["units"])
    begun = client.get(f"/api/v1/parameters?prefix={names[0][:4]}").json["parameters"]
    assert begun and all(names[0][:4] in one["name"] for one in begun)
    page = read_page(client.get("/").text)
    options = [node.get("value") for node in page.all("option", tag=True)]
    assert options == [f"{name} = " for name in names]
    first = client.get("/api/v1/parameters?size=1&type=dataset").json
    assert len(first["parameters"]) == 1 and (first["next"] is None) == (first["total"] == 1)
    assert client.get("/api/v1/parameters?cursor=x").status_code == 400


def test_a_value_that_no_record_bears_is_said_with_the_nearest(client: FlaskClient) -> None:
    page = read_page(client.get("/?type=datset").text)
    assert "No record has the type «datset»" in page.text_of("absence")
    assert page.links_in("absence")[0] == "/?type=dataset"
    assert read_page(client.get("/?type=dataset").text).all("absence") == []


def test_rest_gives_trees_when_asked(client: FlaskClient) -> None:
    plain = client.get("/api/v1/records").json["facets"]
    assert all("broader" not in value for values in plain.values() for value in values)
    answer = client.get("/api/v1/records?trees=true&size=1").json
    assert answer["next"].endswith("&trees=true")
    grown = answer["facets"]
    assert any("broader" in value for value in grown["subject"])
    for name, values in grown.items():
        known = {value["value"] for value in values}
        assert known >= {value["value"] for value in plain[name]}
        for value in values:
            assert set(value.get("broader", ())) <= known
