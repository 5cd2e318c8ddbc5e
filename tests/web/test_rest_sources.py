"""REST: sources, runs and issues."""

from __future__ import annotations

import csv
import io
import json
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from catalogue.opening import Catalogue
from catalogue.record import record_id
from catalogue.sources import Source
from tests.web.observatory import harvest, record
from web.app import create_app


@pytest.fixture
def laboratory(empty: Catalogue) -> FlaskClient:
    """A source with 25 records that have no licence, harvested three times."""
    for _ in range(3):
        harvest(empty, "lab", [record(f"{number:02}", f"=Run {number}") for number in range(25)])
    return create_app(empty).test_client()


def test_sources_tell_their_state_but_never_their_options(empty: Catalogue) -> None:
    options = {"token": "tell-nobody", "token-env": "SECRET_NAME"}
    url = "https://user:password@lab.example.org/oai"
    empty.sources.add(Source(name="lab", kind="oai-pmh", url=url, options=options))
    client = create_app(empty).test_client()
    for path in ("/api/v1/sources", "/api/v1/sources/lab", "/sources", "/sources/lab", "/metrics"):
        text = client.get(path).text
        assert "lab" in text
        for secret in ("tell-nobody", "SECRET_NAME", "password"):
            assert secret not in text, path
    assert client.get("/api/v1/sources/lab").json["url"] == "https://lab.example.org/oai"


def test_a_source_with_counts_and_links(laboratory: FlaskClient) -> None:
    source = laboratory.get("/api/v1/sources/lab").json
    assert (source["records"], source["issues"], source["last_run"]["status"]) == (25, 25, "succeeded")
    assert laboratory.get("/api/v1/sources").json == {"sources": [source]}
    for url in source["links"].values():
        assert laboratory.get(urlsplit(url).path).status_code == 200


def test_runs_are_paged_newest_first(laboratory: FlaskClient) -> None:
    first = laboratory.get("/api/v1/sources/lab/runs?size=2").json
    rest = laboratory.get(first["next"]).json
    numbers = [run["number"] for run in first["runs"] + rest["runs"]]
    assert numbers == sorted(numbers, reverse=True) and len(numbers) == 3
    assert rest["next"] is None
    assert "checkpoint" not in first["runs"][0]


def test_issues_are_paged_in_every_form(laboratory: FlaskClient) -> None:
    url, found = "/api/v1/sources/lab/issues?size=10", []
    while url:
        page = laboratory.get(url).json
        found += [issue["identifier"] for issue in page["issues"]]
        url = page["next"]
    assert found == [f"{number:02}" for number in range(25)]
    lines = laboratory.get("/api/v1/sources/lab/issues.jsonl?size=10")
    assert len(lines.text.splitlines()) == 10
    assert json.loads(lines.text.splitlines()[0])["id"] == record_id("lab", "00")
    table = laboratory.get("/api/v1/sources/lab/issues", headers={"Accept": "text/csv"})
    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert [row["identifier"] for row in rows] == found
    assert rows[0]["reason"] == "The record has no licence."


def test_csv_and_json_lines_name_the_next_page(laboratory: FlaskClient) -> None:
    answer = laboratory.get("/api/v1/sources/lab/issues.csv?size=20")
    assert answer.headers["Link"].endswith('rel="next"')
    following = answer.headers["Link"].split(">")[0].strip("<")
    assert len(laboratory.get(following).text.splitlines()) == 1 + 5
    assert "Link" not in laboratory.get(following).headers


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/sources/nowhere", 404),
        ("/api/v1/sources/nowhere/runs", 404),
        ("/api/v1/sources/nowhere/issues", 404),
        ("/api/v1/sources/lab/issues.pdf", 404),
        ("/api/v1/sources/lab/issues?cursor=-1", 400),
        ("/api/v1/sources/lab/runs?cursor=²", 400),
        ("/api/v1/sources/lab/runs?size=0", 400),
        ("/api/v1/sources/lab/runs?colour=red", 400),
    ],
)
def test_what_is_wrong_is_a_problem(laboratory: FlaskClient, path: str, status: int) -> None:
    answer = laboratory.get(path)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    if status == 400:
        assert answer.json["parameter"] in path


def test_issues_in_no_known_form(laboratory: FlaskClient) -> None:
    answer = laboratory.get("/api/v1/sources/lab/issues", headers={"Accept": "image/png"})
    assert answer.status_code == 406
    assert {"media_type": "text/csv"} in answer.json["alternatives"]


def test_a_cell_is_never_a_formula(empty: Catalogue) -> None:
    harvest(empty, "lab", [record("=HYPERLINK(1)", "Muon lifetime")])
    answer = create_app(empty).test_client().get("/api/v1/sources/lab/issues.csv")
    (row,) = csv.DictReader(io.StringIO(answer.text))
    assert row["identifier"] == "'=HYPERLINK(1)"
