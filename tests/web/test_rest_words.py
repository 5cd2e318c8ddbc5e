"""REST: highlights, notes, suggestions by group, more like this, and errors that point at the place."""

from __future__ import annotations

from flask.testing import FlaskClient

from catalogue.record import record_id
from tests.web.test_rest_records import SURVEY, path_of, titles


def test_highlights_are_ranges_of_characters(client: FlaskClient) -> None:
    plain = client.get("/api/v1/records?q=lensing").json
    assert "highlights" not in plain["hits"][0]
    answer = client.get("/api/v1/records?q=lensing+catalogues&highlight=true").json
    (hit,) = answer["hits"]
    found = {one["field"]: one for one in hit["highlights"]}
    title = found["titles"]
    assert title["text"] == hit["titles"][0]["value"] and title["index"] == 0
    assert [title["text"][start:end] for start, end in title["ranges"]] == ["lensing", "catalogue"]
    for one in hit["highlights"]:
        assert all(0 <= start < end <= len(one["text"]) for start, end in one["ranges"])


def test_the_next_page_is_highlighted_too(client: FlaskClient) -> None:
    answer = client.get("/api/v1/records?q=of+OR+the+OR+neutron+OR+muon&size=1&highlight=true").json
    assert answer["next"].endswith("&highlight=true")
    assert "highlights" in client.get(path_of(answer["next"])).json["hits"][0]
    assert client.get("/api/v1/records?highlight=perhaps").json["parameter"] == "highlight"


def test_values_that_no_record_bears_are_told(client: FlaskClient) -> None:
    answer = client.get("/api/v1/records?type=dataste").json
    (note,) = answer["notes"]
    assert answer["total"] == 0 and note["parameter"] == "type" and note["value"] == "dataste"
    assert note["nearest"] == ["Dataset"] and "«Dataset»" in note["text"]
    (note,) = client.get("/api/v1/records?q=type:datset").json["notes"]
    assert note["nearest"] == ["Dataset"]
    (note,) = client.get("/api/v1/records?type=dataset&type=foo").json["notes"]
    assert note["value"] == "foo" and note["nearest"]
    assert "notes" not in client.get("/api/v1/records?type=dataset&q=xyzzy").json


def test_suggestions_come_in_groups(client: FlaskClient) -> None:
    answer = client.get("/api/v1/suggest?q=neut").json
    assert set(answer["groups"]) == {"titles", "people", "subjects", "instruments", "facilities"}
    assert answer["groups"]["titles"] and answer["suggestions"]
    for title in answer["groups"]["titles"]:
        assert "neut" in title["label"].lower() and title["count"] == 1
        assert client.get(path_of(title["uri"])).status_code == 200
    short = client.get("/api/v1/suggest?q=ne").json
    assert short["suggestions"] and not any(short["groups"].values())


def test_more_like_this(client: FlaskClient) -> None:
    answer = client.get(f"/api/v1/records/{SURVEY}/similar?size=2").json
    assert answer["query"] and len(answer["hits"]) <= 2
    assert SURVEY not in [hit["id"] for hit in answer["hits"]]
    assert client.get(path_of(answer["search"])).json["total"] == answer["total"]
    assert client.get("/api/v1/records/0123456789abcdef0123/similar").status_code == 404
    assert client.get(f"/api/v1/records/{SURVEY}/similar?size=0").json["parameter"] == "size"


def test_errors_point_at_the_place(client: FlaskClient) -> None:
    for query in ("muon year:abc", "  muon year:abc"):
        answer = client.get("/api/v1/records", query_string={"q": query}).json
        assert query[answer["position"] :].startswith("abc") and answer["near"] == "abc"
    answer = client.get("/api/v1/records?q=muon+creator:").json
    assert (answer["position"], answer["near"]) == (5, "creator:")


def test_what_was_meant_is_said(client: FlaskClient) -> None:
    answer = client.get("/api/v1/records?q=lensnig").json
    assert answer["total"] == 0
    assert titles(client.get("/api/v1/records", query_string={"q": answer["did_you_mean"]}))


def test_a_concept_is_told_in_the_query(client: FlaskClient) -> None:
    understood = client.get("/api/v1/records?q=neutrino").json["query"]
    assert understood == 'neutrino OR concept:"Neutrino"'
    assert record_id("observatory", "survey:1") == SURVEY
