"""An open state of the embedded index, and what is kept of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import tantivy
from tantivy import Query as Tantivy

from catalogue.conditions import Condition
from catalogue.facet_counts import CountRequest, Counts
from catalogue.index import Hit
from catalogue.kept_counts import Kept

MARKER = "position"
"""The id of the document that holds the position, and its field."""

Found = tuple[int, tuple[Hit, ...], int | str | None]
"""A page of hits: their total, one more than the page holds, and the key of the last."""

_KEPT = 1_000_000
_KEPT_PAGES = 100_000
"""Hits and terms of the pages that are kept, of some 200 bytes each."""


@dataclass(frozen=True, slots=True)
class Frequent:
    """The values that most documents hold, and at most how many do so; no other has more than the last."""

    position: int
    values: tuple[str, ...]
    most: tuple[int, ...]

    def at(self, position: int) -> Frequent:
        """What still holds after further changes."""
        since = position - self.position
        return Frequent(position, self.values, tuple(most + since for most in self.most))


@dataclass
class Opened:
    """An open build: which one, its state on disk when it was last read, and a searcher.

    What was found and counted is kept as long as this state lasts; ``frequent`` also beyond it.
    """

    build: Path
    index: tantivy.Index
    stamp: tuple[int, int]
    searcher: tantivy.Searcher
    pages: Kept[tuple[object, ...], Found] = field(default_factory=lambda: Kept(_KEPT_PAGES))
    counts: Kept[tuple[Condition, str, CountRequest], Counts] = field(default_factory=lambda: Kept(_KEPT))
    concepts: Kept[str, list[str]] = field(default_factory=lambda: Kept(_KEPT))
    totals: Kept[tuple[Condition, Condition], int] = field(default_factory=lambda: Kept(_KEPT))
    frequent: dict[str, Frequent] = field(default_factory=dict)

    @cached_property
    def position(self) -> int:
        """The sequence number of the last change in it; 0 when new."""
        marker = Tantivy.term_query(self.index.schema, "id", MARKER, "basic")
        found = self.searcher.search(marker, limit=1).hits
        return int(self.searcher.doc(found[0][1])[MARKER][0]) if found else 0

    def reloaded(self, stamp: tuple[int, int]) -> Opened:
        """The same build in its present state."""
        self.index.reload()
        return Opened(self.build, self.index, stamp, self.index.searcher(), frequent=dict(self.frequent))


def total_of(result: Any) -> int:
    """The number of hits; the type stubs of tantivy forgot it."""
    return int(result.count)
