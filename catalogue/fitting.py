"""The order of fit: hits whose areas are the nearest to that of what is asked for are compared with it.

What fits is said by the regions as records hold them.  A search compares for less than a second; how many
of its hits were not compared it says.
"""

from __future__ import annotations

import time
from dataclasses import replace

from catalogue.asked_regions import region_to_fit
from catalogue.index import Index, Query
from catalogue.region_fit import DEEPEST_FIT, fit
from catalogue.sky import ranges_of
from catalogue.store import Store
from catalogue.stored_regions import stored_regions

MOST_SECONDS = 0.7
"""That one search compares for; what there is no time for comes behind, by its area."""


def fitted(store: Store, index: Index, query: Query) -> tuple[Query, int]:
    """The query that knows how well its hits fit, and how many hits were not compared."""
    end = time.monotonic() + MOST_SECONDS
    found = index.search(replace(query, cursor=None, size=DEEPEST_FIT, counts=(), fits={}))
    asked = ranges_of(region_to_fit(query))
    fits, compared = {}, 0
    for id, region in stored_regions(store, [hit.id for hit in found.hits], end):
        compared += 1
        if region is not None:
            fits[id] = fit(region, asked)
    return replace(query, fits=fits), found.total - compared
