"""The graph follows the change sequence, and the standing graphs what they tell of."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from catalogue.errors import GraphBusy, GraphCorrupt, SettingsError, SourceBusy
from catalogue.graph import NamedGraph
from catalogue.graph_embedded import EmbeddedGraph
from catalogue.graph_following import Descriptions, Following, open_graph
from catalogue.index import Change
from catalogue.settings import load_settings
from tests.catalogue.graph_engines import DCT, name_of, record, rows

VERSIONS = f"SELECT ?s ?v {{ ?s <{DCT}hasVersion> ?v }}"


class Changes:
    """A change sequence in memory: the latest state of each record."""

    def __init__(self) -> None:
        self._latest: dict[int, Change] = {}
        self._last = 0

    def put(self, *numbers: int, live: bool = True) -> None:
        for number in numbers:
            self._last += 1
            # The record itself is of no matter here: its presence is.
            self._latest[number] = Change(
                sequence=self._last, id=str(number), source="a", datestamp="", record=live or None
            )

    def changes(self, after: int, limit: int, *, until: int | None = None) -> list[Change]:
        found = sorted(
            (one for one in self._latest.values() if one.sequence > after), key=lambda one: one.sequence
        )
        return found[:limit]

    def last_sequence(self) -> int:
        return self._last


@dataclass
class Stands:
    name: str
    fingerprint: str
    made: int = 0

    def make(self) -> NamedGraph:
        self.made += 1
        text = f'<urn:thing> <{DCT}description> "{self.fingerprint}" .\n'
        return NamedGraph(name=self.name, statements=text.encode())


def describe(change: Change) -> NamedGraph:
    if change.record is None:
        return NamedGraph(name=name_of(int(change.id)), statements=b"")
    return record(int(change.id), change.sequence)


@pytest.fixture
def graph(tmp_path: Path) -> Iterator[EmbeddedGraph]:
    opened = EmbeddedGraph(tmp_path / "graph")
    yield opened
    opened.close()


@pytest.fixture
def standing() -> list[Stands]:
    return [Stands("urn:sources", "one"), Stands("urn:colours", "red")]


@pytest.fixture
def store() -> Changes:
    store = Changes()
    store.put(*range(10))
    return store


@pytest.fixture
def following(store: Changes, graph: EmbeddedGraph, standing: list[Stands], monkeypatch) -> Following:
    monkeypatch.setattr("catalogue.graph_following.BATCH", 3)
    monkeypatch.setattr("catalogue.graph_following._LOOK_AFTER", 0.0)
    descriptions = Descriptions(edition="1 here", describe=describe, standing=lambda: standing)
    return Following(store, graph, descriptions, contextlib.nullcontext)


def said(graph: EmbeddedGraph) -> list[tuple[str, ...]]:
    return rows(graph, f"SELECT ?g ?d {{ GRAPH ?g {{ ?s <{DCT}description> ?d }} }}")


def test_nothing_is_built_of_nothing(following, graph, store) -> None:
    store.__init__()
    assert following.follow() == 0
    assert graph.edition() == ""


def test_it_is_built_and_then_follows(following, graph, store, standing) -> None:
    told: list[int] = []
    assert following.follow(progress=told.append) == 10 and sum(told) == 10 and len(told) == 4
    assert (graph.position(), graph.edition()) == (10, "1 here")
    assert len(rows(graph, VERSIONS)) == 10
    assert said(graph) == [("urn:colours", "red"), ("urn:sources", "one")]
    store.put(3, 11)
    store.put(4, live=False)
    assert following.follow() == 3
    assert graph.position() == 13
    found = {thing.rpartition("r")[2]: version for thing, version in rows(graph, VERSIONS)}
    assert found["3"] == "11" and found["11"] == "12" and "4" not in found and len(found) == 10
    assert [one.made for one in standing] == [1, 1]
    assert following.follow() == 0


def test_standing_graphs_are_made_when_they_have_changed(following, graph, standing) -> None:
    following.follow()
    standing[0] = replace(standing[0], fingerprint="two", made=0)
    assert following.follow() == 0
    assert said(graph) == [("urn:colours", "red"), ("urn:sources", "two")]
    assert [one.made for one in standing] == [1, 1]
    del standing[1]
    following.follow()
    assert said(graph) == [("urn:sources", "two")]


def test_a_single_command_leaves_standing_graphs_and_editions_to_the_service(
    following, graph, store, standing
) -> None:
    assert following.follow(wholly=False) == 10
    assert said(graph) == [] and graph.position() == 10
    following._descriptions = replace(following._descriptions, edition="2 elsewhere")
    store.put(3)
    assert following.follow(wholly=False) == 0
    assert (graph.position(), graph.edition()) == (10, "1 here")
    assert following.follow() == 10
    assert (graph.position(), graph.edition()) == (11, "2 elsewhere")
    assert said(graph) == [("urn:colours", "red"), ("urn:sources", "one")]


def test_a_graph_of_another_database(following, graph, store) -> None:
    following.follow()
    store.__init__()
    store.put(1)
    with pytest.raises(GraphCorrupt, match="almagest graph rebuild"):
        following.follow()


def test_only_one_process_at_a_time(following, graph, store) -> None:
    @contextlib.contextmanager
    def taken():
        raise SourceBusy("taken")
        yield

    following._alone = taken
    with pytest.raises(GraphBusy, match="let it finish"):
        following.follow()
    assert graph.position() == 0


def test_addresses_of_graphs(tmp_path) -> None:
    for url in ("nonsense", "embedded:", "ftp://example.org"):
        with pytest.raises(SettingsError, match="ALMAGEST_GRAPH_URL"):
            open_graph(load_settings({"ALMAGEST_HOME": str(tmp_path), "ALMAGEST_GRAPH_URL": url}))
    assert not (tmp_path / "graph").exists()


def test_it_can_be_stopped(following, graph, store) -> None:
    following.follow()
    store.put(*range(20, 40))
    following.stop()
    assert following.follow() == 0
    with pytest.raises(GraphBusy, match="begins anew"):
        following.rebuild()
    assert graph.position() == 10 and len(rows(graph, VERSIONS)) == 10
