"""Searches on the sky that are exact: what the index keeps roughly is looked at in the store.

An index keeps at most so many cells of a region (`moc.MOST_CELLS`); of a finer one it keeps larger cells that
cover it.  Such records among the hits are read, and those that do not overlap what is asked for are left out.
A search reads for about a second; how many were not looked at it says.
"""

from __future__ import annotations

import re
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
LATER_SECONDS = 3.0
"""That a later page has to do as much as the first one did."""


_LOOKED = re.compile(r"(\d{1,4})-(\d{1,4})~")
"""What stands before a cursor of a search with a region: how many records were read, how many compared."""


def exact_search(store: Store, index: Index, query: Query) -> Hits:
    """Search; raises what `Index.search` raises, and `StoreError`.

    A page looks at the records that the page before it has looked at, neither more nor fewer: else hits
    would come twice or never.  Its cursor says how many.
    """
    query, read, compared = _begun(query)
    asked, read, unread = _looked_at(store, index, query, read)
    unfitted = 0
    if query.sort == "fit":
        asked, compared, unfitted = fitted(store, index, asked, compared)
    found = index.search(asked)
    if found.cursor is not None and regions_of(query):
        found = replace(found, cursor=f"{read}-{compared or 0}~{found.cursor}")
    return replace(found, unrefined=min(unread, found.total), unfitted=min(unfitted, found.total))


def exact(store: Store, index: Index, query: Query) -> Query:
    """The query without the records that the index finds only because it keeps their sky roughly."""
    return _looked_at(store, index, query)[0]


def _begun(query: Query) -> tuple[Query, int | None, int | None]:
    """The query with the index's own cursor, and how many records the page before has read and compared."""
    looked = _LOOKED.match(query.cursor or "")
    if looked is None or query.cursor is None:
        return query, None, None
    return replace(query, cursor=query.cursor[looked.end() :]), int(looked[1]), int(looked[2])


def _looked_at(store: Store, index: Index, query: Query, most: int | None = None) -> tuple[Query, int, int]:
    """The query that knows who is elsewhere; how many were read, and how many that may be were not.

    Read are the first ``most``, else as many as there is time for.
    """
    regions = regions_of(query)
    if not regions:
        return query, 0, 0
    end = time.monotonic() + (MOST_SECONDS if most is None else LATER_SECONDS)
    rough = replace(query, rough=True, cursor=None, sort="changed", size=MOST_REFINED, counts=(), refuted=())
    found = index.search(rough)
    if not found.hits:
        return query, 0, 0
    asked = {one: ranges_of(region(one)) for one in regions}
    elsewhere: dict[Asked, list[str]] = {one: [] for one in asked}
    fits, read = Fits(query), 0
    for id, there in stored_regions(store, [hit.id for hit in found.hits[:most]], end):
        read += 1
        fits.add(id, there)
        if there is not None:
            for one, sought in asked.items():
                if not meet(there, sought):
                    elsewhere[one].append(id)
    refuted = tuple((one, tuple(ids)) for one, ids in elsewhere.items() if ids)
    return replace(query, refuted=refuted, fits=fits.known), read, found.total - read
