"""Hits by position, across the pages of an index."""

from __future__ import annotations

from dataclasses import replace

from catalogue.index import MAXIMUM_SIZE, Count, Hit, Hits, Query
from web.result_window import LAST_POSITION, window

TOTAL = LAST_POSITION + 500


class Pages:
    """A search over numbered hits, with the limits of a real index."""

    def __init__(self) -> None:
        self.asked: list[Query] = []

    def __call__(self, query: Query) -> Hits:
        self.asked.append(query)
        start = int(query.cursor or 0)
        stop = start + query.size
        assert query.size <= MAXIMUM_SIZE and stop <= LAST_POSITION
        hits = tuple(Hit(id=str(number), score=1.0) for number in range(start, min(stop, TOTAL)))
        facets = {name: (Count(value="a", label="A", count=1),) for name in query.counts}
        return Hits(
            total=TOTAL, hits=hits, facets=facets, cursor=str(stop) if query.size else None, understood=""
        )


def ids(found: Hits) -> list[int]:
    return [int(hit.id) for hit in found.hits]


def test_windows_anywhere() -> None:
    for skip, count in ((0, 10), (0, 0), (5, 10), (995, 10), (1000, 1), (3000, 2500), (LAST_POSITION - 1, 1)):
        assert ids(window(Pages(), Query(), skip, count)) == list(range(skip, skip + count))


def test_none_lies_beyond_the_last_position() -> None:
    assert ids(window(Pages(), Query(), LAST_POSITION - 3, 10)) == [
        LAST_POSITION - 3,
        LAST_POSITION - 2,
        LAST_POSITION - 1,
    ]
    assert ids(window(Pages(), Query(), LAST_POSITION + 5, 10)) == []


def test_facets_are_counted_once_and_the_cursor_goes_on_behind() -> None:
    search = Pages()
    found = window(search, replace(Query(counts=("type",)), cursor="77"), 1500, 100)
    assert found.total == TOTAL and found.cursor == "1600" and set(found.facets) == {"type"}
    assert [(query.cursor, query.size, query.counts) for query in search.asked] == [
        (None, 1000, ("type",)),
        ("1000", 600, ()),
    ]
