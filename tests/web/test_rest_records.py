"""REST: searching and reading records, against a real database and a real index."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
import sqlalchemy
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from catalogue.index import COUNTED
from catalogue.opening import Catalogue
from catalogue.record import record_id
from catalogue.schema import json_schema
from mappings.base import formats
from tests.web.observatory import harvest, observatory, record
from web.app import create_app
from web.search_parameters import COVERED

SURVEY = record_id("observatory", "survey:1")


def path_of(url: str) -> str:
    parts = urlsplit(url)
    assert f"{parts.scheme}://{parts.netloc}" == "http://localhost:8080"
    return parts.path + ("?" + parts.query if parts.query else "")


def titles(answer: Any) -> list[str]:
    return [hit["titles"][0]["value"] for hit in answer.json["hits"]]


@contextmanager
def counted(catalogue: Catalogue) -> Iterator[list[str]]:
    """The SELECT statements that are sent meanwhile."""
    asked: list[str] = []

    def count(connection: object, cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("SELECT"):
            asked.append(statement)

    sqlalchemy.event.listen(catalogue.database.engine, "before_cursor_execute", count)
    yield asked
    sqlalchemy.event.remove(catalogue.database.engine, "before_cursor_execute", count)


# --- search --------------------------------------------------------------------------


def test_an_answer_has_the_shape_of_the_interface(client: FlaskClient) -> None:
    answer = client.get("/api/v1/records?q=lensing")
    assert answer.status_code == 200
    assert set(answer.json) == {"total", "hits", "facets", "histogram", "next", "query", "uncovered"}
    assert answer.json["total"] == 1
    (hit,) = answer.json["hits"]
    assert hit["id"] == SURVEY
    links = hit.pop("links")
    assert set(links) == {"self", "html", "formats", "raw", "history", "relations", "graph", "source"}
    Draft202012Validator(json_schema()).validate(hit)
    assert answer.json["next"] is None
    assert answer.json["query"] == "lensing"


def test_every_link_of_a_hit_leads_somewhere(client: FlaskClient) -> None:
    links = client.get("/api/v1/records?q=lensing").json["hits"][0]["links"]
    for url in [links["self"], links["html"], links["raw"], links["history"], links["source"]]:
        assert client.get(path_of(url)).status_code == 200, url
    for url in links["formats"].values():
        assert client.get(path_of(url)).status_code == 200, url


def test_facets_narrow_and_keep_their_own_alternatives(client: FlaskClient) -> None:
    answer = client.get("/api/v1/records?messenger=neutrino&messenger=photon")
    assert answer.json["total"] == 3
    counts = {value["value"]: value["count"] for value in answer.json["facets"]["messenger"]}
    assert counts == {"photon": 2, "neutrino": 1}
    narrowed = client.get("/api/v1/records?messenger=photon&access=open")
    assert titles(narrowed) == ["Weak lensing shear catalogue of the southern sky, third release"]
    assert {value["value"] for value in narrowed.json["facets"]["messenger"]} == {"photon"}
    assert set(answer.json["facets"]) == set(COUNTED)


def test_facet_values_carry_label_and_uri(client: FlaskClient) -> None:
    (value,) = client.get("/api/v1/records?q=neutron").json["facets"]["technique"]
    assert value == {
        "value": "neutron powder diffraction",
        "label": "Neutron powder diffraction",
        "count": 1,
        "uri": "http://purl.org/pan-science/PaNET/PaNET01099",
    }


@pytest.mark.parametrize(
    ("published", "years"),
    [
        ("2022/", [2024, 2023, 2022]),
        ("/2018", [2018]),
        ("2019/2020-06-29", [2019]),
        ("2021", [2021]),
        ("..%2F2019", [2019, 2018]),
    ],
)
def test_dates_of_publication(client: FlaskClient, published: str, years: list[int]) -> None:
    answer = client.get(f"/api/v1/records?published={published}&sort=newest")
    found = [int(hit["dates"][0]["start"][:4]) for hit in answer.json["hits"]]
    assert found == years


def test_following_next_gives_every_record_once(client: FlaskClient) -> None:
    for sort in ("newest", "oldest", "title", "changed", "relevance"):
        url: str | None = f"/api/v1/records?size=2&sort={sort}"
        seen: list[str] = []
        while url:
            answer = client.get(url)
            seen += [hit["id"] for hit in answer.json["hits"]]
            url = answer.json["next"] and path_of(answer.json["next"])
        expected = {record_id("observatory", known.provenance.identifier) for known in observatory()}
        assert len(seen) == len(expected) and set(seen) == expected, sort


def test_a_page_of_results_costs_one_query(client: FlaskClient, shared_catalogue: Catalogue) -> None:
    client.get("/api/v1/records")
    for size in (2, 7):
        with counted(shared_catalogue) as asked:
            assert client.get(f"/api/v1/records?size={size}").status_code == 200
        assert len(asked) == 1, asked


def test_records_that_went_after_the_index_was_read_are_left_out(empty: Catalogue) -> None:
    harvest(empty, "lab", [record("1", "Muon lifetime"), record("2", "Muon decay")])
    client = create_app(empty).test_client()
    assert client.get("/api/v1/records?q=muon").json["total"] == 2
    empty.store.withdraw("lab", [record_id("lab", "1")])
    assert titles(client.get("/api/v1/records?q=muon")) == ["Muon decay"]


# --- what is wrong with a request --------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("colour=red", "colour"),
        ("size=0", "size"),
        ("size=1001", "size"),
        ("size=ten", "size"),
        ("q=a&q=b", "q"),
        ("q=" + "a" * 1001, "q"),
        ("sort=best", "sort"),
        ("published=yesterday", "published"),
        ("published=2020/2019", "published"),
        ("published=2019-02-29", "published"),
        ("published=/", "published"),
        ("cursor=abc", "cursor"),
        ("&".join(f"year={year}" for year in range(101)), "year"),
        *((f"{name}=nonsense", name) for name in COVERED if name != "place"),
    ],
)
def test_a_bad_parameter_is_named(client: FlaskClient, query: str, parameter: str) -> None:
    answer = client.get(f"/api/v1/records?{query}")
    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"
    assert answer.json["parameter"] == parameter
    assert answer.json["detail"].endswith(".")
    assert answer.json["status"] == 400


def test_a_query_error_points_at_the_place(client: FlaskClient) -> None:
    problem = client.get("/api/v1/records?q=(title:").json
    assert problem["parameter"] == "q"
    assert problem["position"] == 1


def test_empty_parameters_count_as_absent(client: FlaskClient) -> None:
    answer = client.get("/api/v1/records?q=&type=&sort=&size=&cursor=&published=")
    assert answer.json["total"] == 7


text = st.text(max_size=40)
VALUES = ("1", "a:b", '"', "-", "(", "2019/", "1,2,3", "6/1", "1 keV/", "a > 1")
names = st.sampled_from(["q", "published", "sort", "size", "cursor", *COUNTED, *COVERED])
pairs = st.lists(
    st.tuples(
        names | text,
        text | st.sampled_from(VALUES),
    ),
    max_size=5,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pairs)
def test_no_query_string_breaks_the_service(client: FlaskClient, query: list[tuple[str, str]]) -> None:
    for path in ("/api/v1/records", "/", "/api/v1/suggest", "/api/v1/sources/observatory/issues"):
        answer = client.get(path, query_string=query)
        assert answer.status_code in {200, 302, 400}, (path, query, answer.text)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=40))
def test_no_raw_query_string_breaks_the_service(client: FlaskClient, raw: bytes) -> None:
    quoted = "".join(chr(byte) if 0x21 <= byte < 0x7F and byte != 0x23 else f"%{byte:02x}" for byte in raw)
    for path in ("/api/v1/records", "/"):
        assert client.get(f"{path}?{quoted}").status_code in {200, 302, 400}


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1, max_size=30))
def test_no_path_breaks_the_service(client: FlaskClient, name: str) -> None:
    for path in ("/records/{}", "/api/v1/records/{}", "/api/v1/records/{}/raw", "/sources/{}",
                 "/api/v1/sources/{}/runs", "/api/v1/vocabularies/{}"):  # fmt: skip
        answer = client.get(path.format(name))
        assert answer.status_code < 500, (path, name)


# --- one record ------------------------------------------------------------------------


def test_a_record_is_conditional(client: FlaskClient) -> None:
    first = client.get(f"/api/v1/records/{SURVEY}")
    assert first.status_code == 200
    assert first.headers["ETag"] and first.headers["Last-Modified"]
    again = client.get(f"/api/v1/records/{SURVEY}", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    since = client.get(
        f"/api/v1/records/{SURVEY}", headers={"If-Modified-Since": first.headers["Last-Modified"]}
    )
    assert since.status_code == 304
    other = client.get(f"/api/v1/records/{SURVEY}", headers={"If-None-Match": '"other"'})
    assert other.status_code == 200


def test_the_etag_changes_with_the_record(empty: Catalogue) -> None:
    client = create_app(empty).test_client()
    url = f"/api/v1/records/{record_id('lab', '1')}"
    harvest(empty, "lab", [record("1", "Muon lifetime")])
    before = client.get(url).headers["ETag"]
    harvest(empty, "lab", [record("1", "Muon lifetime, corrected")])
    answer = client.get(url, headers={"If-None-Match": before})
    assert answer.status_code == 200
    assert answer.headers["ETag"] != before


def test_every_writable_format_has_a_suffix_of_its_own(client: FlaskClient) -> None:
    links = client.get(f"/api/v1/records/{SURVEY}").json["links"]["formats"]
    writable = [form.prefix for form in formats().values() if form.write is not None]
    assert set(links) == {"json", *writable}
    assert len(set(links.values())) == len(links)
    for prefix in writable:
        answer = client.get(path_of(links[prefix]))
        assert answer.mimetype == formats()[prefix].media_type.split(";")[0]
        if formats()[prefix].is_xml:
            assert answer.data.startswith(b"<?xml")


def test_a_citation_comes_in_the_style_that_is_asked_for(client: FlaskClient) -> None:
    url = f"/api/v1/records/{SURVEY}"
    headers = {"Accept": "text/x-bibliography"}
    usual, numeric = (client.get(url + style, headers=headers) for style in ("", "?style=numeric"))
    assert usual.status_code == numeric.status_code == 200
    assert usual.data == client.get(url + "?style=author-date", headers=headers).data != numeric.data
    assert client.get(f"/records/{SURVEY}.citation.txt?style=numeric").data == numeric.data
    answer = client.get(url + "?style=loud", headers=headers)
    assert answer.status_code == 404
    assert "known are author-date, numeric" in answer.json["detail"]


def test_accept_chooses_the_form(client: FlaskClient) -> None:
    url = f"/api/v1/records/{SURVEY}"
    assert client.get(url).mimetype == "application/json"
    assert client.get(url, headers={"Accept": "*/*"}).mimetype == "application/json"
    assert client.get(url, headers={"Accept": "text/html"}).status_code == 406
    xml = next(form for form in formats().values() if form.is_xml and form.write is not None)
    answer = client.get(url, headers={"Accept": f"{xml.media_type}, application/json;q=0.5"})
    assert answer.mimetype == xml.media_type
    assert "Accept" in answer.headers["Vary"].split(", ")
    assert 'rel="alternate"' in answer.headers["Link"]


def test_406_lists_the_alternatives(client: FlaskClient) -> None:
    answer = client.get(f"/api/v1/records/{SURVEY}", headers={"Accept": "audio/midi"})
    assert answer.status_code == 406
    for other in answer.json["alternatives"]:
        assert client.get(path_of(other["href"])).mimetype == other["media_type"].split(";")[0]


def test_unknown_and_withdrawn_records(empty: Catalogue) -> None:
    harvest(empty, "lab", [record("1", "Muon lifetime")])
    harvest(empty, "lab", [], deleted=["1"])
    client, id = create_app(empty).test_client(), record_id("lab", "1")
    assert client.get("/api/v1/records/unknown").status_code == 404
    for path in (f"/api/v1/records/{id}", f"/api/v1/records/{id}/raw", f"/records/{id}.json"):
        gone = client.get(path, headers={"Accept": "application/json"})
        assert gone.status_code == 410, path
        assert gone.json["since"] in gone.json["detail"]
    history = client.get(f"/api/v1/records/{id}/history").json
    assert [version["deleted"] for version in history["versions"]] == [True, False]


def test_history_tells_what_changed(empty: Catalogue) -> None:
    harvest(empty, "lab", [record("1", "Muon lifetime")])
    harvest(empty, "lab", [record("1", "Muon lifetime, corrected", version="2")])
    history = create_app(empty).test_client().get(f"/api/v1/records/{record_id('lab', '1')}/history").json
    assert history["total"] == 2
    assert [version["changed"] for version in history["versions"]] == [["titles", "version"], []]
    assert history["versions"][1]["record"]["titles"][0]["value"] == "Muon lifetime"


def test_the_original_comes_byte_for_byte(client: FlaskClient, shared_catalogue: Catalogue) -> None:
    answer = client.get(f"/api/v1/records/{SURVEY}/raw")
    assert answer.data == shared_catalogue.store.raw(SURVEY).data
    assert answer.mimetype == "application/json"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_originals_stay_where_the_source_says_so(empty: Catalogue) -> None:
    harvest(empty, "lab", [record("1", "Muon lifetime")])
    source = empty.sources.get("lab")
    empty.sources.change(dataclasses.replace(source, options={"originals": "no"}))
    client = create_app(empty).test_client()
    answer = client.get(f"/api/v1/records/{record_id('lab', '1')}/raw")
    assert answer.status_code == 403
    assert answer.content_type == "application/problem+json"
    assert b"Original of the source" not in client.get(f"/records/{record_id('lab', '1')}").data


def test_suggestions(client: FlaskClient) -> None:
    found = client.get("/api/v1/suggest?q=neut").json["suggestions"]
    assert {"neutron", "neutrino"} <= {value["value"] for value in found}
    assert client.get("/api/v1/suggest").status_code == 400
    assert client.get("/api/v1/suggest?q=x&size=1000").json["parameter"] == "size"


def test_other_origins_may_read(client: FlaskClient) -> None:
    answer = client.get("/api/v1/records", headers={"Origin": "https://elsewhere.example"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    preflight = client.options(
        "/api/v1/records",
        headers={"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "GET"},
    )
    assert preflight.status_code == 200
    assert "GET" in preflight.headers["Access-Control-Allow-Methods"]
    assert "If-None-Match" in preflight.headers["Access-Control-Allow-Headers"]


def test_the_api_is_read_only(app: Flask) -> None:
    answer = app.test_client().post("/api/v1/records", json={})
    assert answer.status_code == 405
    assert answer.content_type == "application/problem+json"
    assert "GET" in answer.headers["Allow"]
