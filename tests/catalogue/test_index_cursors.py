"""Cursors of every engine: they meet everything once, and last while records change."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from catalogue.errors import QueryError
from catalogue.index import Query
from tests.catalogue.index_engines import change, engine, filled, reference
from tests.catalogue.reference_index import ReferenceIndex

__all__ = ["engine", "filled", "reference"]


@pytest.mark.parametrize("sort", ["newest", "oldest", "title", "changed", "relevance"])
@pytest.mark.parametrize("words", ["", "galaxy OR neutron"])
def test_cursors_walk_through_everything_once(filled, reference, sort, words):
    query = Query(words=words, sort=sort, size=17, counts=())
    walked: list[str] = []
    cursor = None
    while True:
        hits = filled.search(replace(query, cursor=cursor))
        walked += [hit.id for hit in hits.hits]
        cursor = hits.cursor
        if cursor is None:
            break
    expected = [hit.id for hit in reference.search(replace(query, size=1000)).hits]
    assert len(walked) == len(set(walked)) == hits.total == len(expected)
    if sort != "relevance":
        assert walked == expected
    assert set(walked) == set(expected)


def test_cursors_walk_through_odd_titles(engine):
    index, reference, chance = engine(), ReferenceIndex(), random.Random(6)
    signs = "aZ0 -_.!*:TO\u00a0éαЖ天ก्अ١ⅷ²ﬁ\u0301\u200d😀"
    titles = ["…", "", "to", "TO *", "*", "[a", "or", "NOT"] + [
        "".join(chance.choices(signs, k=chance.randint(1, 12))) for _ in range(60)
    ]
    changes = [change(n, title=title) for n, title in enumerate(titles, 1)]
    index.apply(changes)
    reference.apply(changes)
    walked: list[str] = []
    cursor = None
    while len(walked) < 100:
        hits = index.search(Query(sort="title", size=1, cursor=cursor, counts=()))
        walked += [hit.id for hit in hits.hits]
        cursor = hits.cursor
        if cursor is None:
            break
    assert walked == [hit.id for hit in reference.search(Query(sort="title", size=100, counts=())).hits]


def test_no_cursor_after_a_last_page_that_is_full(engine):
    index = engine()
    index.apply([change(n) for n in range(1, 5)])
    assert index.search(Query(size=4, sort="newest")).cursor is None
    assert index.search(Query(size=0)).cursor is None
    assert index.search(Query(size=0)).total == 4


def test_a_cursor_lasts_while_records_change(engine):
    index = engine()
    index.apply([change(n, title=f"Title {n:02d}") for n in range(1, 11)])
    first = index.search(Query(sort="title", size=5))
    index.apply([replace(change(3, title="Title 03"), sequence=11), change(12, title="Title 00")])
    second = index.search(Query(sort="title", size=5, cursor=first.cursor))
    assert [int(hit.id[6:]) for hit in second.hits] == [6, 7, 8, 9, 10]


def test_a_cursor_belongs_to_its_query(filled):
    cursor = filled.search(Query(words="galaxy", size=2, sort="newest")).cursor
    assert filled.search(Query(words="galaxy", size=50, sort="newest", cursor=cursor)).hits
    for other in (Query(words="star", sort="newest"), Query(words="galaxy", sort="title")):
        with pytest.raises(QueryError, match="does not belong to this search"):
            filled.search(replace(other, cursor=cursor))
