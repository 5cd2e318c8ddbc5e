"""Every engine follows a store and is built anew beside itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from catalogue.index import FACETS, Change, Query
from catalogue.indexing import rebuild, sync
from tests.catalogue.index_engines import CHANGES, change, engine, found, reference
from tests.catalogue.index_records import FakeStore, latest
from tests.catalogue.reference_index import ReferenceIndex

__all__ = ["engine", "reference"]


def test_following_a_store_in_batches(engine, reference):
    index = engine()
    store = FakeStore(CHANGES[:150])
    steps: list[int] = []
    assert sync(store, index, batch=40, progress=steps.append) == len(store.rows) == sum(steps)
    assert index.position() == store.last_sequence()
    assert sync(store, index) == 0
    later = FakeStore(CHANGES)
    assert sync(later, index, batch=70) == len([c for c in later.rows if c.sequence > 150])
    everything = Query(size=1000, sort="changed")
    assert index.search(everything) == replace(
        reference.search(everything), cursor=index.search(everything).cursor
    )


def test_rebuilding_beside_while_searches_go_on(engine, reference):
    index = engine()
    index.apply([change(n) for n in range(1, 8)])
    seen: list[int] = []

    class Watched(FakeStore):
        def changes(self, after: int, limit: int = 1000) -> list[Change]:
            seen.append(index.search(Query(counts=())).total)
            return super().changes(after, limit)

    store = Watched(CHANGES)
    assert rebuild(store, index, batch=60) == len(store.rows)
    if not isinstance(index, ReferenceIndex):
        assert set(seen) == {7}
    assert index.position() == store.last_sequence()
    assert index.search(Query(counts=FACETS)).facets == reference.search(Query(counts=FACETS)).facets
    index.apply([replace(change(1, title="afterwards"), sequence=10_000)])
    assert found(index, "afterwards") == {1}


def test_a_rebuild_that_fails_leaves_the_index_as_it_was(engine):
    index = engine()
    index.apply([change(1), change(2)])

    def broken() -> Iterator[list[Change]]:
        yield [change(3)]
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError, match="went away"):
        index.rebuild(broken())
    assert found(index) == {1, 2}
    assert index.position() == 2
    index.rebuild([[change(5)]])
    assert found(index) == {5}


def test_a_rebuild_meets_records_that_change_meanwhile(engine):
    index = engine()
    index.rebuild([[change(1, title="before"), change(2)], [replace(change(1, title="after"), sequence=3)]])
    assert found(index) == {1, 2}
    assert found(index, "before") == set()
    assert index.position() == 3


def test_latest_is_what_the_store_gives_out():
    assert len(latest(CHANGES)) == 300
