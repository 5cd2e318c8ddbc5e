"""The index on Elasticsearch as a service: outages, the alias, what an interruption leaves."""

from __future__ import annotations

import socket
import time
import uuid

import pytest
from elasticsearch import Elasticsearch

from catalogue.cluster import PUBLIC, Spread, cluster_of
from catalogue.errors import IndexCorrupt, IndexUnavailable
from catalogue.index import Query
from catalogue.index_document import VERSION
from catalogue.index_elasticsearch import ElasticsearchIndex
from catalogue.indexing import open_index, rebuild, sync
from tests.catalogue.index_records import FakeStore, some_changes
from tests.catalogue.reference_index import ReferenceIndex

CHANGES = some_changes(60, seed=4)
EVERYTHING = Query(size=1000, sort="changed", counts=())


def ids(index) -> list[str]:
    return [hit.id for hit in index.search(EVERYTHING).hits]


def expected() -> list[str]:
    return ids_after(len(CHANGES))


def ids_after(count: int) -> list[str]:
    reference = ReferenceIndex()
    reference.apply(CHANGES[:count])
    return ids(reference)


def test_an_address_where_nothing_listens():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    index = open_index(f"http://127.0.0.1:{port}/records")
    for ask in (
        index.position,
        lambda: index.search(Query()),
        lambda: index.suggest("a"),
        lambda: index.apply(CHANGES[:1]),
        lambda: index.rebuild([CHANGES]),
    ):
        with pytest.raises(IndexUnavailable, match=r"at 127\.0\.0\.1 does not answer; start it or check"):
            ask()


@pytest.fixture
def alias() -> str:
    return f"test{uuid.uuid4().hex}"


@pytest.fixture
def client(elasticsearch_url):
    with Elasticsearch(elasticsearch_url) as client:
        yield client


@pytest.fixture
def index(elasticsearch_url, alias):
    index = ElasticsearchIndex(cluster_of(f"{elasticsearch_url.rstrip('/')}/{alias}"))
    yield index
    index.close()


@pytest.mark.services
class TestWithAServer:
    def test_a_rebuild_swaps_the_alias_and_leaves_one_index(self, index, alias, client):
        index.apply(CHANGES[:20])
        (before,) = client.indices.get_alias(name=f"{alias}-v{VERSION}")
        rebuild(FakeStore(CHANGES), index)
        (after,) = client.indices.get_alias(name=f"{alias}-v{VERSION}")
        assert before != after
        assert list(client.indices.get(index=f"{alias}*")) == [after]
        assert ids(index) == expected()

    def test_changes_that_are_applied_twice_have_the_same_effect(self, index):
        for batch in (CHANGES[:50], CHANGES[20:60], CHANGES[30:]):
            index.apply(batch)
        assert ids(index) == expected()
        assert index.position() == CHANGES[-1].sequence

    def test_an_older_state_never_overwrites_a_newer_one(self, index):
        index.apply(CHANGES)
        index.apply(CHANGES[:30])
        assert ids(index) == expected()
        assert index.position() == CHANGES[-1].sequence

    def test_what_was_written_without_its_position_is_applied_again(self, index, monkeypatch):
        index.apply(CHANGES[:20])

        def cut_off(*_, **__):
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(index, "_mark", cut_off)
            with pytest.raises(KeyboardInterrupt):
                index.apply(CHANGES[20:40])
        assert index.position() == 20
        sync(FakeStore(CHANGES), index)
        assert ids(index) == expected()

    def test_an_index_that_a_rebuild_took_away_does_not_come_back(
        self, index, alias, client, elasticsearch_url, monkeypatch
    ):
        index.apply(CHANGES[:20])
        other = ElasticsearchIndex(cluster_of(f"{elasticsearch_url.rstrip('/')}/{alias}"))
        resolved = index._concrete()
        rebuild(FakeStore(CHANGES[:10]), other)
        monkeypatch.setattr(index, "_concrete", lambda: resolved)
        index.apply(CHANGES[20:30])
        monkeypatch.undo()
        # The fresh index knows that it lacks the changes 11 to 20.
        assert index.position() == 10
        assert len(list(client.indices.get(index=f"{alias}*"))) == 1
        sync(FakeStore(CHANGES), index)
        assert ids(index) == expected()

    def test_an_index_of_another_version_must_be_rebuilt(self, index, alias, client):
        client.indices.create(
            index=f"{alias}-20200101", mappings={"_meta": {"version": 0}}, aliases={alias: {}}
        )
        for ask in (index.position, lambda: index.apply(CHANGES), lambda: index.search(Query())):
            with pytest.raises(IndexCorrupt, match=r"beside it\. Run `almagest index rebuild`"):
                ask()
        rebuild(FakeStore(CHANGES), index)
        assert ids(index) == expected()

    def test_two_versions_work_beside_each_other(self, elasticsearch_url, alias, client):
        cluster = cluster_of(f"{elasticsearch_url.rstrip('/')}/{alias}")
        old = ElasticsearchIndex(cluster, version=VERSION - 1)
        new, another = ElasticsearchIndex(cluster), ElasticsearchIndex(cluster)
        sync(FakeStore(CHANGES[:20]), old)
        with pytest.raises(IndexCorrupt, match=f"another version of Almagest .«{alias}-v{VERSION - 1}»"):
            sync(FakeStore(CHANGES[:30]), new)
        build = new.begin_build()
        new.fill_build(build, CHANGES[:30])
        # While the new one is being filled the old one answers and follows, and nobody reads half of the new.
        sync(FakeStore(CHANGES[:40]), old)
        assert ids(old) == ids_after(40)
        with pytest.raises(IndexCorrupt, match="goes on serving that version"):
            another.search(EVERYTHING)
        new.finish_build(build, CHANGES[29].sequence)
        # Then each has its own, and both follow.
        for index in (old, another):
            sync(FakeStore(CHANGES), index)
            assert ids(index) == expected()
        rebuild(FakeStore(CHANGES[:50]), old)
        assert (ids(old), ids(new)) == (ids_after(50), expected())
        (dropped,) = new.drop_older()
        assert dropped.startswith(f"{alias}-v{VERSION - 1}-")
        assert list(client.indices.get_alias(index=f"{alias}-*")) == list(
            client.indices.get_alias(name=f"{alias}-v{VERSION}")
        )
        assert ids(new) == expected()
        with pytest.raises(IndexCorrupt):
            old.search(EVERYTHING)
        assert new.drop_older() == ()

    def test_a_template_keeps_indices_from_coming_back_by_a_write(self, elasticsearch_url, alias, client):
        spread = Spread(shards=2, replicas="0", routing={"allocation.total_shards_per_node": "5"})
        index = ElasticsearchIndex(cluster_of(f"{elasticsearch_url.rstrip('/')}/{alias}", PUBLIC, spread))
        build = index.begin_build()
        settings = client.indices.get_settings(index=build)[build]["settings"]["index"]
        assert (settings["number_of_shards"], settings["max_result_window"]) == ("2", "20000")
        assert settings["routing"]["allocation"]["total_shards_per_node"] == "5"
        client.indices.delete(index=build)
        with pytest.raises(IndexUnavailable, match="no longer has the index"):
            index.fill_build(build, CHANGES[:2])
        with pytest.raises(IndexUnavailable, match="was rebuilt just now"):
            index._write(build, CHANGES[:2])
        assert not client.indices.exists(index=build)

    def test_a_copy_for_which_there_is_no_node_holds_up_nothing(self, elasticsearch_url, alias):
        spread = Spread(shards=2, replicas="1")
        index = ElasticsearchIndex(cluster_of(f"{elasticsearch_url.rstrip('/')}/{alias}", PUBLIC, spread))
        begun = time.monotonic()
        rebuild(FakeStore(CHANGES), index)
        assert ids(index) == expected()
        assert time.monotonic() - begun < 60

    def test_an_index_in_the_place_of_the_alias(self, index, alias, client):
        client.indices.create(index=f"{alias}-v{VERSION}")
        with pytest.raises(IndexCorrupt, match=f"index «{alias}-v{VERSION}» where Almagest needs an alias"):
            index.position()
        client.indices.delete(index=f"{alias}-v{VERSION}")

    def test_a_very_long_query_is_answered(self, index):
        index.apply(CHANGES)
        groups = (" OR ".join(f"word{n}" for n in range(start, start + 60)) for start in range(0, 240, 60))
        words = " ".join(f"({group} OR galaxy)" for group in groups)
        reference = ReferenceIndex()
        reference.apply(CHANGES)
        assert index.search(Query(words=words)).total == reference.search(Query(words=words)).total > 0
