"""REST: decisions of curators, and how records show them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from catalogue.record import record_id
from tests.web.oai_repository import DC, Repository
from tests.web.page import read_page
from tests.web.test_products import listed, record
from web.app import create_app

TOKEN = {"Authorization": "Bearer secret-token"}
FIRST, SECOND, THIRD = record_id("zoo", "a"), record_id("farm", "b"), record_id("zoo", "c")
HOSTILE = "<script>alert(1)</script> Vera"


@pytest.fixture
def repository(tmp_path: Path) -> Any:
    """A catalogue of three records, two of which share an identifier."""
    opened = Repository(tmp_path, token="secret-token")
    opened.add_source("farm")
    opened.put(record("a", "Alpha", "10.5072/same"), record("c", "Gamma", "10.5072/other"))
    opened.put(record("b", "Beta", "10.5072/same"), source="farm")
    yield opened
    opened.catalogue.close()


@pytest.fixture
def client(repository: Repository) -> FlaskClient:
    return create_app(repository.catalogue).test_client()


def post(client: FlaskClient, path: str, body: Any, headers: dict[str, str] = TOKEN) -> Any:
    return client.post(f"/api/v1/{path}", json=body, headers=headers)


def test_a_correction_shows_everywhere_and_is_undone(client: FlaskClient, repository: Repository) -> None:
    body = {
        "kind": "correct",
        "records": [THIRD],
        "field": "titles",
        "value": [{"value": "Corrected <b>x</b>"}],
        "by": HOSTILE,
        "note": "secret reason",
    }
    made = post(client, "decisions", body)
    assert made.status_code == 201, made.json
    assert client.get(made.headers["Location"], headers=TOKEN).json == made.json
    found = client.get(f"/api/v1/records/{THIRD}").json
    assert found["titles"] == [{"value": "Corrected <b>x</b>"}]
    (correction,) = found["product"]["corrections"]
    assert (correction["field"], correction["by"], correction["decision"]) == ("titles", HOSTILE, 1)
    assert "secret reason" not in client.get(f"/api/v1/records/{THIRD}").text
    told = client.get(f"/api/v1/records/{THIRD}/source").json
    assert told["titles"][0]["value"] == "Gamma"
    page = read_page(client.get(f"/records/{THIRD}").text)
    assert not page.errors and [one.get("type") for one in page.all("script", tag=True)] == [
        "module",
        "application/ld+json",
        "application/ld+json",
    ]
    text = " ".join("".join(page.root.itertext()).split())
    assert f"Corrected here titles, by {HOSTILE} on" in text
    asked = repository.ask(verb="GetRecord", metadataPrefix="oai_dc", identifier=f"oai:x.org:{THIRD}")
    assert asked.findtext(f".//{DC}title") == "Corrected <b>x</b>"
    views = repository.ask(verb="ListRecords", metadataPrefix="oai_dc", set="source:zoo")
    assert listed(views)[f"zoo/{THIRD}"] == "Gamma"
    undone = post(client, "decisions/1/undo", {"by": "Annie"})
    assert undone.status_code == 201 and undone.json["stands"] is False
    assert client.get(f"/api/v1/records/{THIRD}").json["titles"][0]["value"] == "Gamma"
    assert post(client, "decisions/1/undo", {"by": "Annie"}).status_code == 409


def test_split_and_join_and_their_log(client: FlaskClient) -> None:
    assert post(client, "decisions", {"kind": "split", "records": [SECOND], "by": "Vera"}).status_code == 201
    assert client.get(f"/api/v1/records/{SECOND}").json["titles"][0]["value"] == "Beta"
    join = {"kind": "join", "records": [SECOND, THIRD], "by": "Vera"}
    assert post(client, "decisions", join).json["number"] == 2
    first = client.get("/api/v1/decisions?size=1", headers=TOKEN).json
    assert [one["kind"] for one in first["decisions"]] == ["join"]
    rest = client.get("/api/" + first["next"].partition("/api/")[2], headers=TOKEN).json
    assert [one["kind"] for one in rest["decisions"]] == ["split"]
    of_third = client.get(f"/api/v1/decisions?record={THIRD}&standing=true", headers=TOKEN).json
    assert [one["number"] for one in of_third["decisions"]] == [2]
    product = client.get(f"/api/v1/records/{THIRD}", follow_redirects=True).json["id"]
    of_product = client.get(f"/api/v1/decisions?record={product}", headers=TOKEN).json
    assert [one["number"] for one in of_product["decisions"]] == [2, 1]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}])
def test_nothing_without_the_token(client: FlaskClient, headers: dict[str, str]) -> None:
    body = {"kind": "split", "records": [SECOND], "by": "Vera"}
    assert post(client, "decisions", body, headers).status_code == 401
    assert client.get("/api/v1/decisions", headers=headers).status_code == 401
    assert post(client, "decisions/1/undo", {"by": "x"}, headers).status_code == 401
    assert client.get("/api/v1/decisions", headers=TOKEN).json["decisions"] == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"kind": "merge", "records": [FIRST], "by": "x"}, 400),
        ({"kind": "join", "records": [], "by": "x"}, 400),
        ({"kind": "join", "records": [FIRST, THIRD], "by": ""}, 400),
        ({"kind": "join", "records": [FIRST, THIRD], "by": "a\nb"}, 400),
        ({"kind": "join", "records": [FIRST, THIRD], "by": "x", "field": "titles"}, 400),
        ({"kind": "join", "records": [FIRST, "nothing"], "by": "x"}, 404),
        ({"kind": "correct", "records": [FIRST, THIRD], "by": "x", "field": "titles", "value": []}, 400),
        ({"kind": "correct", "records": [THIRD], "by": "x", "field": "titles"}, 400),
        ({"kind": "correct", "records": [THIRD], "by": "x", "field": "titles", "value": 5}, 400),
        ({"kind": "correct", "records": [THIRD], "by": "x", "field": "id", "value": 5}, 400),
        ({"kind": "split", "records": [THIRD], "by": "x"}, 400),
    ],
)
def test_what_is_wrong_is_said(client: FlaskClient, body: Any, status: int) -> None:
    answer = post(client, "decisions", body)
    assert answer.status_code == status, answer.json
    assert answer.json["detail"] and answer.mimetype == "application/problem+json"
    assert client.get("/api/v1/decisions", headers=TOKEN).json["decisions"] == []


def product_of(client: FlaskClient, id: str) -> str:
    return str(client.get(f"/api/v1/records/{id}", follow_redirects=True).json["id"])


def test_a_parted_product_leads_to_its_records(client: FlaskClient, repository: Repository) -> None:
    product = product_of(client, FIRST)
    assert post(client, "decisions", {"kind": "split", "records": [SECOND], "by": "Vera"}).status_code == 201
    answer = client.get(f"/api/v1/records/{product}")
    assert (answer.status_code, len(answer.json["records"])) == (410, 2), answer.json
    assert "was made of 2 records, which stand for themselves again since 20" in answer.json["detail"]
    for one in answer.json["records"]:
        assert client.get(one["record"].partition("localhost:8080")[2]).json["id"] == one["id"]
    for part in ("relations", "graph"):
        assert len(client.get(f"/api/v1/records/{product}/{part}").json["records"]) == 2
    answer = client.get(f"/records/{product}", headers={"Accept": "text/html"})
    page = read_page(answer.text)
    assert answer.status_code == 410 and not page.errors
    assert page.text_of("sentence").startswith("This was made of 2 records, which stand for themselves again")
    assert page.link("Alpha") == f"/records/{FIRST}" and page.link("Beta") == f"/records/{SECOND}"
    assert "withdrew" not in answer.text
    repository.put(record("b", "", "10.5072/same", deleted=True), source="farm")
    told = client.get(f"/api/v1/records/{product}").json
    assert [one["id"] for one in told["records"]] == [FIRST]
    assert "2 records, of which 1 stands for itself again" in told["detail"]
    repository.put(record("a", "", "10.5072/same", deleted=True))
    told = client.get(f"/api/v1/records/{product}").json
    assert "records" not in told and "was withdrawn on" in told["detail"]
    assert "withdrew this record" in client.get(f"/records/{product}").text


def test_parts_of_a_product_are_told_where_they_stand_now(client: FlaskClient) -> None:
    product = product_of(client, FIRST)
    assert post(client, "decisions", {"kind": "split", "records": [SECOND], "by": "Vera"}).status_code == 201
    join = {"kind": "join", "records": [THIRD, SECOND], "by": "Vera"}
    number = post(client, "decisions", join).json["number"]
    other = product_of(client, THIRD)
    assert other not in {product, SECOND, THIRD}
    told = client.get(f"/api/v1/records/{product}").json
    assert [one["id"] for one in told["records"]] == [FIRST, other]
    assert "2 records, which stand apart since" in told["detail"]
    assert read_page(client.get(f"/records/{product}").text).link("Gamma") == f"/records/{other}"
    assert post(client, f"decisions/{number}/undo", {"by": "Vera"}).status_code == 201
    told = client.get(f"/api/v1/records/{other}").json
    assert {one["id"] for one in told["records"]} == {SECOND, THIRD}
    assert "2 records, which stand for themselves again since" in told["detail"]


DECISION = {"kind": "join", "records": [FIRST, THIRD], "by": "Vera"}


@pytest.mark.parametrize(
    ("path", "body", "parameter", "detail"),
    [
        ("decisions", {"kind": "join", "records": [FIRST, THIRD]}, "by", "The field «by» is missing."),
        ("decisions", {**DECISION, "by": ""}, "by", "Field «by»: Length must be"),
        ("decisions", {**DECISION, "kind": "glue"}, "kind", "Field «kind»: Must be one of: join, split,"),
        ("decisions", {**DECISION, "records": FIRST}, "records", "Field «records»: Not a valid list."),
        ("decisions", {**DECISION, "records": [FIRST, 5]}, "records", "Field «records.1»: Not a valid str"),
        ("decisions", {"json": 1}, "json", "There is no field «json»; known are kind, records,"),
        ("decisions", {**DECISION, "_schema": 1}, "_schema", "There is no field «_schema»; known"),
        ("decisions", {}, "kind", "The field «kind» is missing."),
        ("decisions", [], "body", "The body must be a JSON object"),
        ("decisions/1/undo", {}, "by", "The field «by» is missing."),
        ("decisions/1/undo", {"by": "x", "who": 1}, "who", "There is no field «who»; known are by."),
        ("groups/mine/changes", {}, "by", "The field «by» is missing."),
        ("groups/mine/changes", {"by": "x"}, "change", "Give one of add, remove,"),
        ("groups/mine/changes", {"by": "x", "add": 1}, "add", "Field «add»: Not a valid list."),
        ("sources", {"options": {"a": 1}}, "options", "Field «options.a.value»: Not a valid string."),
    ],
)
def test_the_field_that_is_wrong_is_named(
    client: FlaskClient, path: str, body: Any, parameter: str, detail: str
) -> None:
    answer = post(client, path, body)
    assert (answer.status_code, answer.json["parameter"]) == (400, parameter), answer.json
    assert answer.json["detail"].startswith(detail)


@pytest.mark.parametrize(
    ("data", "media_type", "detail"),
    [
        (b'{"kind": ', "application/json", "The body is no JSON: "),
        (b"\xff", "application/json", "The body is no JSON: "),
        (b'{"by": "\\ud800"}', "application/json", "The body is no JSON: "),
        (b"[" * 100_000, "application/json", "The body is no JSON: "),
        (b"null", "application/json", "The body must be a JSON object"),
        (b"", "application/json", "The field «kind» is missing."),
        (b'{"kind": "join"}', "text/plain", "The body must be JSON, sent with «Content-Type: application/"),
    ],
)
def test_a_body_that_is_no_json_is_said_to_be_none(
    client: FlaskClient, data: bytes, media_type: str, detail: str
) -> None:
    answer = client.post("/api/v1/decisions", data=data, headers=TOKEN, content_type=media_type)
    assert answer.status_code == 400 and answer.json["detail"].startswith(detail), answer.json


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("titles", "A better title", [{"value": "A better title", "type": "main"}]),
        ("descriptions", "[sic] Words", [{"value": "[sic] Words", "type": "abstract"}]),
        ("subjects", "pulsars", [{"label": "pulsars"}]),
        ("version", "2", "2"),
    ],
)
def test_a_correction_may_be_a_plain_text(client: FlaskClient, field: str, value: str, expected: Any) -> None:
    body = {"kind": "correct", "records": [THIRD], "field": field, "value": value, "by": "Vera"}
    assert post(client, "decisions", body).json["value"] == expected
    assert client.get(f"/api/v1/records/{THIRD}").json[field] == expected


def test_a_value_that_is_nested_too_deep_is_refused(client: FlaskClient) -> None:
    body = b'{"kind": "correct", "records": ["%b"], "by": "x", "field": "titles", "value": %b}'
    deep = body % (THIRD.encode(), b"[" * 500 + b"]" * 500)
    answer = client.post("/api/v1/decisions", data=deep, headers=TOKEN, content_type="application/json")
    assert (answer.status_code, answer.json["parameter"]) == (400, "value"), answer.json


def test_it_is_documented(client: FlaskClient) -> None:
    paths = client.get("/api/v1/openapi.json").json["paths"]
    assert set(paths["/api/v1/decisions"]) >= {"get", "post"}
    assert "post" in paths["/api/v1/decisions/{number}/undo"]
