"""Three nodes, of which one dies while records are searched and one while they are written."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from catalogue.cluster import PUBLIC, Spread
from catalogue.errors import IndexUnavailable
from catalogue.index import Query
from catalogue.indexing import open_index, sync
from tests.catalogue.index_records import FakeStore, some_changes
from tests.catalogue.reference_index import ReferenceIndex

pytestmark = [pytest.mark.services, pytest.mark.timeout(600)]

CHANGES = some_changes(600, seed=21)
EVERYTHING = Query(size=1000, sort="changed", counts=())
QUERIES = (
    Query(size=10, sort="newest"),
    Query(words="galaxy", sort="title", size=10),
    Query(words="galaxy OR neutron", size=0),
    Query(facets={"type": ("dataset",)}, size=0),
)


@pytest.fixture(scope="module")
def nodes(cluster_url) -> list[str]:
    """The addresses of the nodes, all of them up."""
    scheme, _, hosts = cluster_url.partition("://")
    return [f"{scheme}://{host}" for host in hosts.split(",")]


@pytest.fixture
def opened(cluster_url) -> Iterator:
    indexes = []

    def fresh(spread: Spread):
        indexes.append(open_index(f"{cluster_url}/test{uuid.uuid4().hex}", "", PUBLIC, spread))
        return indexes[-1]

    yield fresh
    for index in indexes:
        index.close()


def asked(node: str, path: str) -> dict:
    with urllib.request.urlopen(f"{node}/{path}", timeout=90) as answer:
        return json.load(answer)


def kill(node: str) -> None:
    """Ends the process of a node at once, as a power cut does."""
    (found,) = asked(node, "_nodes/_local/process")["nodes"].values()
    os.kill(found["process"]["id"], signal.SIGKILL)


def whole(nodes: list[str], seconds: float = 300) -> None:
    """Waits until all nodes are there and every shard has its copies."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            for node in nodes:
                health = asked(node, "_cluster/health?wait_for_status=green&wait_for_nodes=3&timeout=5s")
                assert not health["timed_out"]
            return
        except (OSError, AssertionError):
            time.sleep(1)
    raise AssertionError("the cluster did not become whole again")


def answers(index, query: Query) -> tuple:
    hits = index.search(query)
    return hits.total, [hit.id for hit in hits.hits], hits.facets


def reference_of(changes) -> ReferenceIndex:
    reference = ReferenceIndex()
    reference.apply(changes)
    return reference


@contextmanager
def searching(index, expected: list) -> Iterator[dict[str, int]]:
    """Searches all the time; counts what is right, wrong, and refused for now."""
    told = {"right": 0, "wrong": 0, "refused": 0}
    over = threading.Event()

    def go_on() -> None:
        while not over.is_set():
            for query, right in zip(QUERIES, expected):
                try:
                    told["right" if answers(index, query) == right else "wrong"] += 1
                except IndexUnavailable:
                    told["refused"] += 1

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield told
    finally:
        over.set()
        thread.join()


def test_a_node_dies_while_records_are_searched(nodes, opened):
    safe = opened(Spread(shards=3, replicas="1"))
    single = opened(Spread(shards=3, replicas="0", routing={"allocation.total_shards_per_node": "1"}))
    for index in (safe, single):
        index.apply(CHANGES)
    whole(nodes)
    reference = reference_of(CHANGES)
    expected = [answers(reference, query) for query in QUERIES]
    for index in (safe, single):
        assert [answers(index, query) for query in QUERIES] == expected
    with searching(safe, expected) as told, searching(single, expected) as told_single:
        time.sleep(2)
        before = told["right"]
        kill(nodes[1])
        time.sleep(5)
        # A copy of each shard is left: the answers go on, and they are whole.
        assert told["right"] > before
        assert [answers(safe, query) for query in QUERIES] == expected
        # Without copies a third of the records is out of reach: no answer is better than that one.
        with pytest.raises(IndexUnavailable):
            single.search(Query(counts=()))
        whole(nodes)
    assert told["wrong"] == told_single["wrong"] == 0
    assert told_single["refused"] > 0
    # The node that came back has its records, and is asked again.
    assert [answers(single, query) for query in QUERIES] == expected


def test_a_node_dies_while_records_are_written(nodes, opened):
    whole(nodes)
    index = opened(Spread(shards=3, replicas="1"))
    master = asked(nodes[0], "_cat/master?format=json")[0]["node"]
    refused = 0
    store = FakeStore(CHANGES)

    def step(applied: int) -> None:
        if applied and not killed.is_set():
            killed.set()
            kill(nodes[int(master.removeprefix("node"))])

    killed = threading.Event()
    # As a follower does: what failed is tried again from the position that is written down.
    while index_position(index) < CHANGES[-1].sequence and refused < 20:
        try:
            sync(store, index, batch=100, progress=step)
        except IndexUnavailable:
            refused += 1
            time.sleep(1)
    assert killed.is_set()
    reference = reference_of(CHANGES)
    assert answers(index, EVERYTHING) == answers(reference, EVERYTHING)
    for query in QUERIES:
        assert answers(index, query) == answers(reference, query)
    whole(nodes)
    assert answers(index, EVERYTHING) == answers(reference, EVERYTHING)


def index_position(index) -> int:
    try:
        return index.position()
    except IndexUnavailable:
        return -1


def test_a_cluster_without_room_is_written_to_in_small_pieces(nodes, opened):
    """The nodes take 200 kB at a time; a whole batch is several times that."""
    whole(nodes)
    index = opened(Spread(shards=2, replicas="1"))
    before = rejections(nodes[0])
    index.apply(CHANGES)
    assert rejections(nodes[0]) > before
    assert answers(index, EVERYTHING) == answers(reference_of(CHANGES), EVERYTHING)


def rejections(node: str) -> int:
    """How often the nodes have refused a request for want of room."""
    found = asked(node, "_nodes/stats/indexing_pressure")["nodes"].values()
    return sum(one["indexing_pressure"]["memory"]["total"]["coordinating_rejections"] for one in found)
