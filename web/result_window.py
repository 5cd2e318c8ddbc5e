"""Hits by their position, for protocols that page by offset: read from the index by its cursors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from catalogue.index import MAXIMUM_SIZE, Hits, Query
from catalogue.search_plan import DEEPEST

LAST_POSITION = DEEPEST
"""Hits up to this position can be had; what lies beyond needs a narrower search, or REST's cursors."""


def window(search: Callable[[Query], Hits], query: Query, skip: int, count: int) -> Hits:
    """The hits after the first ``skip``, at most ``count``, none beyond `LAST_POSITION`.

    Facets are counted as the query says; its size and cursor are not regarded.  Raises what
    ``search`` raises.
    """
    stop = min(skip + count, LAST_POSITION)
    first = search(replace(query, size=min(stop, MAXIMUM_SIZE), cursor=None))
    hits, cursor = list(first.hits), first.cursor
    while cursor is not None and len(hits) < stop:
        size = min(stop - len(hits), MAXIMUM_SIZE)
        page = search(replace(query, size=size, cursor=cursor, counts=()))
        hits += page.hits
        cursor = page.cursor
    return replace(first, hits=tuple(hits[skip:stop]), cursor=cursor)
