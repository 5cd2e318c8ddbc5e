"""Opening an index by its URL, and following the database."""

from __future__ import annotations

import pytest

from catalogue.errors import IndexCorrupt, IndexUnavailable, SettingsError
from catalogue.index import Query
from catalogue.indexing import open_index, rebuild, sync
from tests.catalogue.index_records import FakeStore, some_changes
from tests.catalogue.reference_index import ReferenceIndex

CHANGES = some_changes(40, seed=9)


@pytest.mark.parametrize("url", ["", "embedded:", "sqlite:///x", "ftp://x", "http://", "http://host/a/b"])
def test_urls_that_name_no_index(url):
    with pytest.raises(SettingsError, match="ALMAGEST_INDEX_URL must be"):
        open_index(url)


def test_a_password_is_not_repeated():
    with pytest.raises(SettingsError) as caught:
        open_index("http://user:hidden@host/a/b")
    assert "hidden" not in str(caught.value)


def test_an_index_that_is_ahead_of_its_database_is_refused(tmp_path):
    index = open_index(f"embedded:{tmp_path}/index")
    sync(FakeStore(CHANGES), index)
    earlier = FakeStore(CHANGES[:10])
    with pytest.raises(IndexCorrupt, match=r"do not belong together\. Run `almagest index rebuild`"):
        sync(earlier, index)
    rebuild(earlier, index)
    assert index.position() == 10
    assert index.search(Query()).total == 10


def test_an_outage_is_caught_up_with():
    class Failing(ReferenceIndex):
        settled = 0

        def apply(self, changes):
            if self.applied >= 20 and not self.settled:
                raise IndexUnavailable("down")
            super().apply(changes)

        def settle(self):
            self.settled += 1

    index, store = Failing(), FakeStore(CHANGES)
    with pytest.raises(IndexUnavailable):
        sync(store, index, batch=10)
    assert index.settled == 1
    missing = [change for change in store.rows if change.sequence > index.position()]
    assert 0 < len(missing) < len(store.rows)
    assert sync(store, index, batch=10) == len(missing)
    assert index.position() == store.last_sequence()
    assert index.settled == 2


def test_cursors_are_sealed_with_the_secret(tmp_path):
    url = f"embedded:{tmp_path}/index"
    index = open_index(url, "one")
    sync(FakeStore(CHANGES), index)
    cursor = index.search(Query(size=5)).cursor
    assert open_index(url, "one").search(Query(size=5, cursor=cursor)).hits
    with pytest.raises(Exception, match="does not belong"):
        open_index(url, "two").search(Query(size=5, cursor=cursor))
