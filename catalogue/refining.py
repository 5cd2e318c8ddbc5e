"""Searches on the sky that are exact: what the index keeps roughly is looked at in the store.

An index keeps at most so many cells of a region (`moc.MOST_CELLS`); of a finer one it keeps larger cells that
cover it.  Such records among the hits are read, and those that do not overlap what is asked for are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from catalogue.index import Hits, Index, Query
from catalogue.moc import Region, overlap, region_of
from catalogue.sky import cone, stored_region
from catalogue.store import Store

MOST_REFINED = 1000
"""Records that are read for one search; of more the rest is found as the index keeps them."""
MOST_READ = 20_000_000
"""Characters of their MOCs, of which each may have a million: a second's work."""
_AT_ONCE = 20


def exact_search(store: Store, index: Index, query: Query) -> Hits:
    """Search; raises what `Index.search` raises, and `StoreError`."""
    return index.search(exact(store, index, query))


def exact(store: Store, index: Index, query: Query) -> Query:
    """The query without the records that the index finds only because it keeps their sky roughly."""
    if not query.sky and not query.moc:
        return query
    rough = replace(query, rough=True, cursor=None, sort="changed", size=MOST_REFINED, counts=(), refuted=())
    hits = index.search(rough).hits
    if not hits:
        return query
    asked = [cone(query.sky)] if query.sky else []
    asked += [region_of(query.moc)] if query.moc else []
    return replace(query, refuted=_elsewhere(store, [hit.id for hit in hits], asked))


def _elsewhere(store: Store, ids: Sequence[str], asked: Sequence[Region]) -> tuple[str, ...]:
    """Those of these records that do not overlap all of the regions."""
    found: list[str] = []
    read = 0
    for start in range(0, len(ids), _AT_ONCE):
        for id, change in store.get_many(ids[start : start + _AT_ONCE]).items():
            coverage = change.record.coverage if change.record is not None else None
            text = coverage.sky.moc if coverage is not None and coverage.sky is not None else None
            read += len(text or "")
            if read > MOST_READ:
                return tuple(found)
            # What the index does not know yet may be no MOC any more.
            region = stored_region(text) if text else None
            if region and not all(overlap(region, one) for one in asked):
                found.append(id)
    return tuple(found)
