"""Searches on the sky that are exact: what the index keeps roughly is looked at in the store.

An index keeps at most so many cells of a region (`moc.MOST_CELLS`); of a finer one it keeps larger cells that
cover it.  Such records among the hits are read, and those that do not overlap what is asked for are left out.
"""

from __future__ import annotations

from dataclasses import replace

from catalogue import moc
from catalogue.index import Hits, Index, Query
from catalogue.sky import cone
from catalogue.store import Store

MOST_REFINED = 1000
"""Records that are read for one search; of more the rest is found as the index keeps them."""


def exact_search(store: Store, index: Index, query: Query) -> Hits:
    """Search; raises what `Index.search` raises, and `StoreError`."""
    if not query.sky and not query.moc:
        return index.search(query)
    rough = replace(query, rough=True, cursor=None, sort="changed", size=MOST_REFINED, counts=(), refuted=())
    hits = index.search(rough).hits
    if not hits:
        return index.search(query)
    asked = [cone(query.sky)] if query.sky else []
    asked += [moc.region_of(query.moc)] if query.moc else []
    refuted = []
    for id, change in store.get_many([hit.id for hit in hits]).items():
        coverage = change.record.coverage if change.record is not None else None
        if coverage is not None and coverage.sky is not None and coverage.sky.moc:
            region = moc.region_of(coverage.sky.moc)
            if not all(moc.overlap(region, one) for one in asked):
                refuted.append(id)
    return index.search(replace(query, refuted=tuple(refuted)))
