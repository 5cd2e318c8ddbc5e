"""The pages of the sources."""

from __future__ import annotations

from typing import cast

import pytest

from catalogue.opening import Catalogue
from catalogue.runs import RunStatus
from catalogue.sources import Source
from tests.web.observatory import harvest, record
from tests.web.page import read_page
from tests.web.test_rest_records import counted
from web.app import create_app


def test_all_sources_in_a_table(empty: Catalogue) -> None:
    harvest(empty, "lab", [record("1", "Muon lifetime"), record("2", "Muon decay")])
    empty.sources.add(Source(name="new", kind="oai-pmh", url="https://new.example.org/oai"))
    page = read_page(create_app(empty).test_client().get("/sources").text)
    _, lab, new = page.texts_in("sources", "tr")
    assert lab.startswith("lab oai-pmh in order") and lab.endswith("2 2 when asked for")
    assert new == "new oai-pmh not harvested yet never 0 0 when asked for"


def test_a_source_with_records_that_cannot_be_read_is_not_in_order(empty: Catalogue) -> None:
    harvest(empty, "lab", [record("1", "Muon lifetime")])
    with empty.database.write() as connection:
        connection.exec_driver_sql("UPDATE raw_record SET state = 'quarantined'")
    client = create_app(empty).test_client()
    assert "1 record not readable" in read_page(client.get("/sources").text).texts_in("sources", "tr")[1]
    assert "1 record not readable" in client.get("/sources/lab").text


def test_a_source_has_a_title_and_all_of_its_addresses(empty: Catalogue) -> None:
    options = {"title": "SciCat of <all>", "urls": "https://b.example.org/ https://c.example.org/"}
    empty.sources.add(Source(name="fed", kind="scicat", url="https://a.example.org/", options=options))
    client = create_app(empty).test_client()
    assert "SciCat of &lt;all&gt;" in client.get("/sources").text
    text = client.get("/sources/fed").text
    assert "SciCat of &lt;all&gt;" in text
    assert all(f"https://{one}.example.org/" in text for one in "abc")


def test_red_only_where_somebody_must_act(empty: Catalogue) -> None:
    for name, status in (
        ("bad", "failed"),
        ("lost", "partial"),
        ("cut", "interrupted"),
        ("good", "succeeded"),
    ):
        empty.sources.add(Source(name=name, kind="oai-pmh", url="https://lab.example.org/oai"))
        empty.sources.finish_run(empty.sources.begin_run(name), cast(RunStatus, status), error="No answer.")
    page = read_page(create_app(empty).test_client().get("/sources").text)
    assert page.errors == []
    assert page.text_of("needed") == "Somebody must act: bad"
    assert [row.text_content() for row in page.all("failed")] == ["Somebody must act", "last harvest failed"]


def test_next_runs_workers_and_queue(empty: Catalogue) -> None:
    for name, schedule in (("daily", "15 3 * * *"), ("never", None), ("done", "15 3 1 1 *")):
        source = Source(name=name, kind="oai-pmh", url="https://lab.example.org/oai", schedule=schedule)
        empty.sources.add(source)
    empty.sources.finish_run(empty.sources.begin_run("done"), "succeeded")
    client = create_app(empty).test_client()
    page = read_page(client.get("/sources").text)
    rows = {row.split()[0]: row for row in page.texts_in("sources", "tr")[1:]}
    assert rows["daily"].endswith("waits, no. 1") and rows["never"].endswith("when asked for")
    assert rows["done"].endswith("-01-01 03:15:00 UTC")
    assert "Nobody works" in page.text_of("queue") and "almagest work" in page.text_of("queue")
    assert "It waits, no. 1 in the queue" in client.get("/sources/daily").text
    with empty.database.source_lock(".scheduler"):
        queue = read_page(client.get("/sources").text).text_of("queue")
    assert "Nobody works" not in queue and "scheduler: at work" in queue


def test_a_source_that_is_being_harvested_leads_to_its_run(empty: Catalogue) -> None:
    empty.sources.add(Source(name="lab", kind="oai-pmh", url="https://lab.example.org/oai"))
    client = create_app(empty).test_client()
    with empty.database.source_lock("lab"):
        run = empty.sources.begin_run("lab")
        page = read_page(client.get("/sources").text)
        assert page.texts_in("sources", "tr")[1].endswith("now")
        assert page.link("harvest running") == f"/sources/lab/runs/{run.number}"
        assert (
            read_page(client.get("/sources/lab").text).link("It runs now")
            == f"/sources/lab/runs/{run.number}"
        )


def test_a_hundred_sources_cost_as_much_as_one(empty: Catalogue) -> None:
    client = create_app(empty).test_client()
    costs = []
    for count in (1, 12):
        for number in range(count):
            harvest(empty, f"lab{count}-{number}", [record("1", "Muon lifetime")])
        with counted(empty) as asked:
            assert client.get("/sources").status_code == 200
        costs.append(len(asked))
    assert costs[0] == costs[1]


def test_issues_are_sentences_and_records_behind_them(empty: Catalogue) -> None:
    harvest(empty, "lab", [record(str(number), "Muon lifetime") for number in range(3)])
    client = create_app(empty).test_client()
    page = read_page(client.get("/sources/lab").text)
    assert page.errors == []
    text = page.texts_in("issues", "li")[0]
    assert text.startswith("3 records: The record has no licence. at /rights")
    assert "first seen" in text and "last seen" in text and "State a licence" in text
    assert sum(example in text for example in ("lab:0", "0")) >= 1
    for suffix in ("CSV", "JSON Lines", "JSON"):
        assert client.get(page.link(suffix)).status_code == 200
    assert client.get(page.link("2")).status_code == 200


@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        ("partial", "some records were lost"),
        ("failed", "last harvest failed"),
        ("running", "harvest running"),
    ],
)
def test_the_state_is_a_word(empty: Catalogue, status: RunStatus, meaning: str) -> None:
    empty.sources.add(Source(name="lab", kind="oai-pmh", url="https://lab.example.org/oai"))
    run = empty.sources.begin_run("lab")
    if status != "running":
        empty.sources.finish_run(run, status, error="The source <b>answered</b> with HTML.")
    text = create_app(empty).test_client().get("/sources/lab").text
    assert meaning in text
    assert ("&lt;b&gt;answered" in text) == (status != "running")


def test_no_sources_and_unknown_sources(empty: Catalogue) -> None:
    client = create_app(empty).test_client()
    assert "almagest source add" in client.get("/sources").text
    answer = client.get("/sources/nowhere")
    assert answer.status_code == 404
    assert "none is registered" in answer.text
