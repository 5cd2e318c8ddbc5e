"""Searches on the sky that are exact: what the index keeps roughly is looked at in the store.

An index keeps at most so many cells of a region (`moc.MOST_CELLS`); of a finer one it keeps larger cells that
cover it.  Such records among the hits are read, and those that do not overlap what is asked for are left out.
A search reads for about a second; how many were not looked at it says.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from catalogue.asked_regions import Asked, regions_of
from catalogue.index import Hits, Index, Query
from catalogue.moc import Region, region_of
from catalogue.sky import Ranges, cone, meet, ranges_of, stored_ranges
from catalogue.store import Store

MOST_REFINED = 1000
"""Records that are read for one search; of more the rest is found as the index keeps them."""
MOST_SECONDS = 1.0
"""That one search reads and compares for."""
_AT_ONCE = 20
_LEAST = 20
"""Records that are looked at however long it takes: the first ones load a library."""
_MOST_KEPT = 64_000_000
"""Bytes of regions that a process remembers."""


class _Memory:
    """Regions of records by a hash of their text, the last used ones."""

    def __init__(self) -> None:
        self._kept: OrderedDict[bytes, Ranges | None] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def region(self, text: str) -> Ranges | None:
        """The region of a MOC; ``None`` for what is none."""
        key = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        found = stored_ranges(text)
        with self._lock:
            if key not in self._kept:
                self._kept[key] = found
                self._size += _size(found)
            while self._size > _MOST_KEPT:
                self._size -= _size(self._kept.popitem(last=False)[1])
        return found


def _size(found: Ranges | None) -> int:
    return 200 + (0 if found is None else sum(part.nbytes for part in found))


_memory = _Memory()


def exact_search(store: Store, index: Index, query: Query) -> Hits:
    """Search; raises what `Index.search` raises, and `StoreError`."""
    asked, unread = _looked_at(store, index, query)
    found = index.search(asked)
    return replace(found, unrefined=min(unread, found.total)) if unread else found


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
    asked = {one: ranges_of(_region(one)) for one in regions}
    elsewhere, read = _elsewhere(store, [hit.id for hit in found.hits], asked, begun + MOST_SECONDS)
    refuted = tuple((one, tuple(ids)) for one, ids in elsewhere.items() if ids)
    return replace(query, refuted=refuted), found.total - read


def _region(asked: Asked) -> Region:
    field, text = asked
    return cone(text) if field == "sky" else region_of(text)


def _elsewhere(
    store: Store, ids: Sequence[str], asked: Mapping[Asked, Ranges], end: float
) -> tuple[dict[Asked, list[str]], int]:
    """For each region the records that do not overlap it, and how many were looked at until ``end``."""
    found: dict[Asked, list[str]] = {one: [] for one in asked}
    read = 0
    for start in range(0, len(ids), _AT_ONCE):
        changes = store.get_many(ids[start : start + _AT_ONCE])
        # What has gone meanwhile is nowhere.
        read += len(ids[start : start + _AT_ONCE]) - len(changes)
        for id, change in changes.items():
            if read >= _LEAST and time.monotonic() > end:
                return found, read
            read += 1
            coverage = change.record.coverage if change.record is not None else None
            text = coverage.sky.moc if coverage is not None and coverage.sky is not None else None
            # What the index does not know yet may be no MOC any more.
            region = _memory.region(text) if text else None
            if region is not None and len(region[0]):
                for one, sought in asked.items():
                    if not meet(region, sought):
                        found[one].append(id)
    return found, read
