"""Back-pressure: what a cluster refuses is sent again, slower and in smaller pieces, and nothing is lost."""

from __future__ import annotations

import random
import uuid

import pytest

from catalogue import elasticsearch_bulk
from catalogue.cluster import cluster_of
from catalogue.errors import IndexUnavailable
from catalogue.index import Query
from catalogue.index_elasticsearch import ElasticsearchIndex
from tests.catalogue.elasticsearch_gate import CUT, HALF, LOST, Gate
from tests.catalogue.index_records import some_changes
from tests.catalogue.reference_index import ReferenceIndex

pytestmark = pytest.mark.services

CHANGES = some_changes(200, seed=11)
EVERYTHING = Query(size=1000, sort="changed", counts=())


@pytest.fixture
def gate(elasticsearch_url):
    gate = Gate(elasticsearch_url)
    yield gate
    gate.close()


@pytest.fixture
def waits():
    return []


@pytest.fixture
def index(gate, waits):
    index = ElasticsearchIndex(cluster_of(f"{gate.url}/test{uuid.uuid4().hex}"))
    index._bulk._waits = waits.append
    yield index
    index.close()


def assert_complete(index):
    reference = ReferenceIndex()
    reference.apply(CHANGES)
    expected = [hit.id for hit in reference.search(EVERYTHING).hits]
    assert [hit.id for hit in index.search(EVERYTHING).hits] == expected
    assert index.position() == CHANGES[-1].sequence


def test_documents_that_are_refused_are_sent_again(gate, index, waits):
    chance = random.Random(5)
    gate.refuse = lambda number, document: chance.random() < 0.4
    index.apply(CHANGES)
    assert_complete(index)
    assert len(waits) >= 3
    assert min(gate.bulks) < len(CHANGES) // 2


def test_requests_that_are_refused_are_sent_again_in_smaller_pieces(gate, index, waits):
    gate.spoil = lambda method, path, body: (429, {}) if "_bulk" in path and len(body) > 40_000 else None
    index.apply(CHANGES)
    assert_complete(index)
    assert len(waits) >= 2
    assert all(0 < wait <= elasticsearch_bulk.LONGEST_WAIT for wait in waits)


def test_the_wait_that_is_advised_is_kept(gate, index, waits):
    answers = [(503, {"Retry-After": "7"}), (429, {"Retry-After": "900"})]
    gate.spoil = lambda method, path, body: answers.pop() if "_bulk" in path and answers else None
    index.apply(CHANGES)
    assert_complete(index)
    assert waits == [elasticsearch_bulk.LONGEST_WAIT, 7.0]


def test_too_large_a_request_is_cut(gate, index):
    gate.spoil = lambda method, path, body: (413, {}) if "_bulk" in path and len(body) > 30_000 else None
    index.apply(CHANGES)
    assert_complete(index)


@pytest.mark.parametrize("fault", [CUT, LOST, HALF])
def test_answers_that_do_not_come_or_come_by_halves(gate, index, fault):
    chance = random.Random(fault)
    gate.spoil = lambda method, path, body: fault if "_bulk" in path and chance.random() < 0.5 else None
    for start in range(0, len(CHANGES), 50):
        index.apply(CHANGES[start : start + 50])
    assert_complete(index)


def test_a_cluster_that_takes_nothing_is_told_and_what_waits_comes_later(gate, index, waits, monkeypatch):
    index.apply(CHANGES[:50])
    now = [0.0]
    monkeypatch.setattr(index._bulk, "_clock", lambda: now[0])
    monkeypatch.setattr(index._bulk, "_waits", lambda seconds: now.__setitem__(0, now[0] + seconds))
    gate.refuse = lambda number, document: True
    with pytest.raises(IndexUnavailable, match=r"taken nothing for 60 s \(429, es_rejected_execution"):
        index.apply(CHANGES[50:])
    assert elasticsearch_bulk.PATIENCE <= now[0] <= elasticsearch_bulk.PATIENCE + 30
    assert index.position() == CHANGES[49].sequence
    gate.refuse = None
    index.apply(CHANGES[50:])
    assert_complete(index)
    assert index._bulk.most > elasticsearch_bulk.FEWEST
