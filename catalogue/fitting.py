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
from catalogue.sky import Ranges, ranges_of
from catalogue.store import Store
from catalogue.stored_regions import stored_regions

MOST_SECONDS = 0.5
"""That one search compares for; what there is no time for comes behind, by its area."""


class Fits:
    """How well records fit what a query in the order of fit asks for; of another query nothing is known."""

    def __init__(self, query: Query) -> None:
        region = region_to_fit(query) if query.sort == "fit" else ()
        self._asked = ranges_of(region) if region else None
        self.known: dict[str, float] = {}

    def add(self, id: str, region: Ranges | None) -> None:
        """Compare a record; one that has no region (any more) does not fit."""
        if self._asked is not None:
            self.known[id] = 0.0 if region is None else fit(region, self._asked)


def fitted(store: Store, index: Index, query: Query) -> tuple[Query, int]:
    """The query that knows how well its hits fit, and how many hits were not compared.

    What it knows already (`refining.py`) is not compared again.
    """
    end = time.monotonic() + MOST_SECONDS
    found = index.search(replace(query, cursor=None, size=DEEPEST_FIT, counts=(), fits={}))
    fits = Fits(query)
    fits.known.update((hit.id, query.fits[hit.id]) for hit in found.hits if hit.id in query.fits)
    unknown = [hit.id for hit in found.hits if hit.id not in query.fits]
    for id, region in stored_regions(store, unknown, end):
        fits.add(id, region)
    return replace(query, fits=fits.known), found.total - len(fits.known)
