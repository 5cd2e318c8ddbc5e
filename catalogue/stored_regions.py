"""The regions of the sky of records as the store holds them, for those that look at many of them at once."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Sequence

from catalogue.sky import Ranges, stored_ranges
from catalogue.store import Store

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


def stored_regions(store: Store, ids: Sequence[str], end: float) -> Iterator[tuple[str, Ranges | None]]:
    """Records and their regions, until ``end`` (of `time.monotonic`); ``None`` for who has none any more."""
    read = 0
    for start in range(0, len(ids), _AT_ONCE):
        batch = ids[start : start + _AT_ONCE]
        changes = store.get_many(batch)
        for id in batch:
            if read >= _LEAST and time.monotonic() > end:
                return
            read += 1
            record = changes[id].record if id in changes else None
            coverage = record.coverage if record is not None else None
            text = coverage.sky.moc if coverage is not None and coverage.sky is not None else None
            # What the index does not know yet may be no MOC any more.
            region = _memory.region(text) if text else None
            yield id, region if region is not None and len(region[0]) else None
