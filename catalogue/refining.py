"""Searches on the sky that are exact: what the index keeps roughly is looked at in the store.

An index keeps at most so many cells of a region (`moc.MOST_CELLS`); of a finer one it keeps larger cells that
cover it.  Such records among the hits are read, and those that do not overlap what is asked for are left out.
A search reads for about a second; how many were not looked at it says.
"""

from __future__ import annotations

import time
from dataclasses import replace

from catalogue.asked_regions import Asked, region, regions_of
from catalogue.fitting import Fits, fitted
from catalogue.index import Hits, Index, Query
from catalogue.sky import meet, ranges_of
from catalogue.store import Store
from catalogue.stored_regions import stored_regions

MOST_REFINED = 1000
"""Records that are read for one search; of more the rest is found as the index keeps them."""
MOST_SECONDS = 1.0
"""That one search reads and compares for."""


def exact_search(store: Store, index: Index, query: Query) -> Hits:
    """Search; raises what `Index.search` raises, and `StoreError`."""
    asked, unread = _looked_at(store, index, query)
    asked, unfitted = fitted(store, index, asked) if query.sort == "fit" else (asked, 0)
    found = index.search(asked)
    return replace(found, unrefined=min(unread, found.total), unfitted=min(unfitted, found.total))


def exact(store: Store, index: Index, query: Query) -> Query:
    """The query without the records that the index finds only because it keeps their sky roughly."""
    return _looked_at(store, index, query)[0]


def _looked_at(store: Store, index: Index, query: Query) -> tuple[Query, int]:
    """The query that knows who is elsewhere, and how many might be that were not looked at."""
    regions = regions_of(query)
    if not regions:
        return query, 0
    begun = time.monotonic()
    rough = replace(query, rough=True, cursor=None, sort="changed", size=MOST_REFINED, counts=(), refuted=())
    found = index.search(rough)
    if not found.hits:
        return query, 0
    asked = {one: ranges_of(region(one)) for one in regions}
    elsewhere: dict[Asked, list[str]] = {one: [] for one in asked}
    fits, read = Fits(query), 0
    for id, there in stored_regions(store, [hit.id for hit in found.hits], begun + MOST_SECONDS):
        read += 1
        fits.add(id, there)
        if there is not None:
            for one, sought in asked.items():
                if not meet(there, sought):
                    elsewhere[one].append(id)
    refuted = tuple((one, tuple(ids)) for one, ids in elsewhere.items() if ids)
    return replace(query, refuted=refuted, fits=fits.known), found.total - read
