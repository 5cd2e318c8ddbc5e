"""The graph as a follower of the catalogue: at once for a command, beside the others in a service."""

from __future__ import annotations

import time
from pathlib import Path

from catalogue.errors import GraphUnavailable
from catalogue.following import follow
from catalogue.graph import Asked
from catalogue.opening import Catalogue
from catalogue.settings import load_settings
from tests.web.observatory import harvest, record
from web.followers import followers
from web.graph_follower import GraphBeside, KeptGraph


def titles(catalogue: Catalogue) -> list[str]:
    """The titles of all that documents tell of."""
    text = (
        "PREFIX dct: <http://purl.org/dc/terms/> PREFIX foaf: <http://xmlns.com/foaf/0.1/> "
        "SELECT ?title { ?document foaf:primaryTopic ?thing . ?thing dct:title ?title }"
    )
    found = b"".join(catalogue.graph.query(Asked(text=text, media_type="text/csv")))
    return sorted(found.decode().split("\r\n")[1:-1])


def until_done(beside: GraphBeside) -> None:
    end = time.monotonic() + 60
    while beside._working is None or not beside._working.done():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_command_lets_it_follow_at_once(empty: Catalogue) -> None:
    harvest(empty, "lab", [record("1", "Muon lifetime"), record("2", "Muon decay")])
    told = {one.name: one for one in follow(empty, followers(empty, renew=False))}
    assert (told["graph"].changes, told["graph"].fault) == (2, None)
    assert titles(empty) == ["Muon decay", "Muon lifetime"]
    harvest(empty, "lab", [record("2", "Muon decay again")], deleted=["1"])
    assert KeptGraph(empty, wholly=False).follow() == 2
    assert titles(empty) == ["Muon decay again"]


def test_a_service_does_not_wait_for_it(empty: Catalogue, monkeypatch) -> None:
    harvest(empty, "lab", [record("1", "Muon lifetime")])
    beside = followers(empty, service=True)["graph"]
    assert isinstance(beside, GraphBeside)
    begun = time.monotonic()
    assert beside.follow() == 0 and time.monotonic() - begun < 0.5
    until_done(beside)
    assert beside.follow() == 1
    until_done(beside)
    assert "Muon lifetime" in titles(empty) and len(titles(empty)) > 1

    def fail(**_: object) -> int:
        raise GraphUnavailable("It sleeps.")

    monkeypatch.setattr(beside._following, "follow", fail)
    assert beside.follow() == 0
    until_done(beside)
    (told,) = [one for one in follow(empty, {"graph": beside}) if one.name == "graph"]
    assert told.fault == "It sleeps."


def test_it_ends_when_the_catalogue_is_closed(tmp_path: Path) -> None:
    catalogue = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path)}))
    harvest(catalogue, "lab", [record(str(number), "Muon lifetime") for number in range(100)])
    beside = GraphBeside(catalogue)
    beside.follow()
    catalogue.close()
    assert beside._working is not None and beside._working.done()
