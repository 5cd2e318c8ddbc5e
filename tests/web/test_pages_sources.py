"""The pages of the sources."""

from __future__ import annotations

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
    assert lab.startswith("lab oai-pmh in order") and lab.endswith("2 0 2")
    assert new == "new oai-pmh not harvested yet never 0 0 0"


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
    assert page.texts_in("issues", "li")[0].startswith("3 records: The record has no licence. at /rights")
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
