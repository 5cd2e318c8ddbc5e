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
LATER_SECONDS = 1.5
"""That a later page has to compare as many as the first one did."""


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


def fitted(store: Store, index: Index, query: Query, most: int | None = None) -> tuple[Query, int, int]:
    """The query that knows how well its hits fit, how many were compared, and how many were not.

    Compared are the hits of the nearest areas: the first ``most``, else as many as there is time for.
    What the query knows already (`refining.py`) is not compared again.
    """
    end = time.monotonic() + (MOST_SECONDS if most is None else LATER_SECONDS)
    found = index.search(replace(query, cursor=None, size=DEEPEST_FIT, counts=(), fits={}))
    ids = [hit.id for hit in found.hits[:most]]
    fits = Fits(query)
    fits.known.update(query.fits)
    for id, region in stored_regions(store, [id for id in ids if id not in query.fits], end):
        fits.add(id, region)
    # Only an unbroken row from the nearest on can be said in a number, and be the same on the next page.
    compared = next((place for place, id in enumerate(ids) if id not in fits.known), len(ids))
    known = {id: fits.known[id] for id in ids[:compared]}
    return replace(query, fits=known), compared, found.total - compared
