"""REST: sources, runs and issues."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from catalogue.issues import SourceIssue
from catalogue.opening import Catalogue
from catalogue.record import Page, RawRecord, record_id
from catalogue.sources import Source
from tests.web.observatory import harvest, record
from web.app import create_app
from web.issue_tables import cell, csv_lines


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


# --- whole downloads, groups, single runs


def many_issues(empty: Catalogue, count: int) -> FlaskClient:
    harvest(empty, "lab", [record(f"{number:05}", f"Run {number}") for number in range(count)])
    return create_app(empty).test_client()


@pytest.mark.parametrize(("suffix", "head"), [("csv", 1), ("jsonl", 0)])
def test_all_issues_come_in_one_download(empty: Catalogue, suffix: str, head: int) -> None:
    client = many_issues(empty, 2345)
    answer = client.get(f"/api/v1/sources/lab/issues.{suffix}")
    lines = answer.text.splitlines()
    assert len(lines) == 2345 + head
    assert "Link" not in answer.headers
    assert answer.headers["Content-Disposition"] == f'attachment; filename="lab-issues.{suffix}"'
    assert "02344" in lines[-1]
    other = client.get("/api/v1/sources/lab/issues", headers={"Accept": answer.mimetype})
    assert other.text == answer.text
    assert client.get(f"/api/v1/sources/nowhere/issues.{suffix}").status_code == 404


def test_a_download_is_sent_while_it_is_read(empty: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    client = many_issues(empty, 3000)
    asked: list[int] = []
    read = empty.sources.issues

    def counted(name: str, *, after: int = 0, limit: int = 1000) -> object:
        asked.append(after)
        return read(name, after=after, limit=limit)

    monkeypatch.setattr(empty.sources, "issues", counted)
    answer = client.get("/api/v1/sources/lab/issues.jsonl", buffered=False)
    blocks = iter(answer.iter_encoded())
    next(blocks)
    assert len(asked) == 1
    assert 0 < sum(block.count(b"\n") for block in blocks) < 3000
    assert len(asked) == 4


def test_cells_are_no_formulas_and_stay_whole() -> None:
    assert [cell(text) for text in ("=1+1", "+1", "-1", "@x", "\t=1", " =1", "1=1", "", None)] == [
        "'=1+1",
        "'+1",
        "'-1",
        "'@x",
        "'\t=1",
        "' =1",
        "1=1",
        "",
        "",
    ]
    awkward = SourceIssue(
        id="1",
        identifier='a"b,c',
        path="line\nbreak",
        rule="crosswalk",
        reason="é",
        value=None,
        since="2026",
        seen="2027",
    )
    (row,) = csv.DictReader(io.StringIO(b"".join(csv_lines([awkward])).decode()))
    assert (row["identifier"], row["path"], row["value"], row["seen"]) == ('a"b,c', "line\nbreak", "", "2027")


def test_groups_of_issues(laboratory: FlaskClient) -> None:
    (group,) = laboratory.get("/api/v1/sources/lab/issues/groups").json["groups"]
    assert (group["records"], group["reason"], group["rule"]) == (
        25,
        "The record has no licence.",
        "crosswalk",
    )
    assert group["examples"] == ["00", "01", "02"] and group["first"] <= group["last"]
    assert laboratory.get("/api/v1/sources/nowhere/issues/groups").status_code == 404


def test_a_single_run_and_how_far_it_is(empty: Catalogue) -> None:
    harvest(empty, "lab", [record("1", "Run 1")])
    client = create_app(empty).test_client()
    done = client.get("/api/v1/sources/lab").json["last_run"]
    assert client.get(f"/api/v1/sources/lab/runs/{done['number']}").json == done
    assert done["excluded"] == 0 and "phase" not in done and "eta" not in done
    run = empty.sources.begin_run("lab")
    assert client.get(f"/api/v1/sources/lab/runs/{run.number}").json["phase"] == "connecting"
    run = replace(run, seconds=2.0)
    raws = tuple(RawRecord(identifier=f"x{n}", format="zzz", data=b"x") for n in range(10))
    empty.store.put_page(run, Page(records=raws, expected=50), lambda raw, provenance: 1 / 0)  # type: ignore[arg-type,return-value]
    now = client.get(f"/api/v1/sources/lab/runs/{run.number}").json
    assert (now["status"], now["phase"], now["fetched"], now["expected"]) == ("running", "fetching", 10, 50)
    assert (now["rate"], now["eta"]) == (5.0, 8.0)
    assert now["beat"] >= now["started"]
    assert client.get("/api/v1/sources/lab/runs/99999").status_code == 404


@pytest.mark.parametrize(
    "path", ["sources", "sources/none", "groups", "vocabularies", "records/none/history"]
)
def test_a_parameter_that_nobody_knows_is_refused(client: FlaskClient, path: str) -> None:
    answer = client.get(f"/api/v1/{path}?siez=5")
    assert answer.status_code == 400 and answer.mimetype == "application/problem+json"
    told = answer.get_json(force=True)
    assert told["parameter"] == "siez"
    assert told["detail"] == "There is no parameter «siez»; this address takes none."
    assert (
        client.get("/api/v1/records/none?siez=5").get_json(force=True)["detail"].endswith("known are style.")
    )
