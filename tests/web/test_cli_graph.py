"""`almagest graph`, and what a harvest makes of a graph that is not well."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from catalogue.graph import Asked
from catalogue.opening import Catalogue
from catalogue.settings import load_settings
from tests.web.command_line import FAST, PATHS, Home, one_sentence, sample_server
from web.demo.server import SampleServer


@pytest.fixture(scope="module")
def samples() -> Iterator[SampleServer]:
    """The sample sources, before their next day."""
    with sample_server() as server:
        yield server


@pytest.fixture
def home(samples: SampleServer, tmp_path: Path) -> Home:
    """An empty catalogue with one source."""
    home = Home(tmp_path, {})
    home("source", "add", "library", "--kind", "oai-pmh", "--url", samples.address + PATHS["library"], *FAST)
    return home


def counted(home: Home, pattern: str) -> int:
    catalogue = Catalogue(load_settings({"ALMAGEST_HOME": str(home.path)}))
    try:
        text = f"PREFIX skos: <http://www.w3.org/2004/02/skos/core#> SELECT (COUNT(*) AS ?n) {{ {pattern} }}"
        return int(b"".join(catalogue.graph.query(Asked(text=text, media_type="text/csv"))).split()[1])
    finally:
        catalogue.close()


THINGS = (
    "?document <http://xmlns.com/foaf/0.1/primaryTopic> ?thing FILTER CONTAINS(STR(?thing), '/id/records/')"
)


def test_it_follows_each_harvest(home: Home) -> None:
    assert "has applied change 0 of 0" in home("graph", "status").stdout
    home("harvest")
    (status,) = home.json("graph", "status", "--count")
    assert status["behind"] == 0 and status["position"] == status["newest"] > 0 and status["error"] is None
    live = len(home.json("records"))
    assert counted(home, THINGS) == live > 10 and status["statements"] > 20 * live
    assert "statements" in home("graph", "status", "--count").stdout


def test_sync_builds_the_graph_of_an_empty_catalogue_too(home: Home) -> None:
    (synced,) = home.json("graph", "sync")
    assert synced["applied"] == synced["position"] == 0
    assert counted(home, "?narrow skos:broader ?broad") > 1000
    home("harvest")
    assert counted(home, THINGS) > 10


def test_what_a_harvest_leaves_to_the_service_is_done_by_sync(home: Home) -> None:
    home("harvest")
    assert counted(home, "?narrow skos:broader ?broad") == 0
    (synced,) = home.json("graph", "sync")
    assert synced["applied"] == 0
    assert counted(home, "?narrow skos:broader ?broad") > 1000
    assert counted(home, "?source <http://purl.org/dc/terms/identifier> 'library'") == 1
    (rebuilt,) = home.json("graph", "rebuild")
    assert rebuilt["applied"] == rebuilt["position"] > 10
    assert counted(home, "?narrow skos:broader ?broad") > 1000
    assert counted(home, THINGS) == len(home.json("records"))


def test_a_corrupt_graph_is_rebuilt(home: Home) -> None:
    home("harvest")
    for path in (home.path / "graph").rglob("*"):
        if path.is_file():
            path.unlink()
            path.write_bytes(b"rubbish")
    status = home("graph", "status")
    assert status.exit_code == 1 and "almagest graph rebuild" in one_sentence(status)
    found = [finding for finding in home.json("doctor") if finding["check"] == "graph"]
    assert not found[0]["ok"]
    assert home("graph", "rebuild").exit_code == 0
    assert counted(home, THINGS) == len(home.json("records"))
    assert home.json("graph", "status")[0]["behind"] == 0


def test_a_graph_that_another_process_writes(home: Home) -> None:
    other = Catalogue(load_settings({"ALMAGEST_HOME": str(home.path)}))
    other.graph.apply([], 0)
    try:
        harvested = home("harvest")
        assert harvested.exit_code == 0 and "graph" not in harvested.stderr
        busy = home("graph", "sync")
        assert busy.exit_code == 1 and "is being written by another process" in one_sentence(busy)
    finally:
        other.close()
    assert home.json("graph", "sync")[0]["applied"] > 10


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/almagest", "nonsense"])
def test_a_graph_that_is_down_hinders_no_harvest(home: Home, url: str) -> None:
    down = Home(home.path, {"ALMAGEST_GRAPH_URL": url})
    harvested = down("harvest")
    assert harvested.exit_code == 0 and "The graph is not up to date: " in harvested.stderr
    assert down.json("index", "status")[0]["behind"] == 0
    status = down("graph", "status")
    assert status.exit_code in {1, 2} and "Traceback" not in status.output
    (synced,) = home.json("graph", "sync")
    assert synced["applied"] == synced["position"] > 10
