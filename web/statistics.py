"""The catalogue in numbers, counted at most every ten minutes: meanwhile the last are shown."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import current_app

from catalogue.errors import IndexError_
from catalogue.index import Count, Query
from catalogue.opening import Catalogue
from catalogue.registry import now
from catalogue.reports import Reports
from catalogue.runs import SourceState
from catalogue.statistics import DayOfSource, days_of_sources
from web.context import catalogue
from web.outages import words_of

SHARES = ("type", "licence", "access")
"""Facets whose values are drawn as shares of all records."""

MOST_VALUES = 20
KEPT_SECONDS = 600
FILE = "growth.json"
"""Where the data directory keeps what came and went on days gone by."""
_EXTENSION = "almagest-statistics"


@dataclass(frozen=True, slots=True, kw_only=True)
class Completeness:
    """How many records of a source tell what: value of the facet «has» → records.

    A record that several sources tell of is one of each, with what all of them tell.
    """

    source: str
    total: int
    told: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """All numbers as they were ``at`` (UTC); ``fault`` says why those of the index are missing."""

    at: str
    days: tuple[DayOfSource, ...]
    states: tuple[SourceState, ...]
    total: int = 0
    shares: Mapping[str, Sequence[Count]]
    completeness: tuple[Completeness, ...] = ()
    fault: str | None = None


def statistics() -> Statistics:
    """The numbers of the catalogue that this application serves; raises `StoreError`."""
    kept: _Kept = current_app.extensions.setdefault(_EXTENSION, _Kept(catalogue()))
    return kept.get()


def count(opened: Catalogue) -> Statistics:
    """Count everything now; where the index does not answer its numbers are left out."""
    at, days = now(), days_of_sources(opened.database, opened.settings.home / FILE)
    states = tuple(Reports(opened.database).states())
    try:
        index = opened.index
        whole = index.search(Query(size=1, counts=(*SHARES, "has"), counts_size=MOST_VALUES))
        told = tuple(_completeness(opened, state.source.name) for state in states)
    except IndexError_ as error:
        return Statistics(at=at, days=days, states=states, shares={}, fault=words_of(error))
    return Statistics(
        at=at,
        days=days,
        states=states,
        total=whole.total,
        shares=whole.facets,
        completeness=tuple(one for one in told if one.total),
    )


def _completeness(opened: Catalogue, source: str) -> Completeness:
    query = Query(facets={"source": (source,)}, size=1, counts=("has",), counts_size=MOST_VALUES)
    found = opened.index.search(query)
    return Completeness(
        source=source, total=found.total, told={one.value: one.count for one in found.facets["has"]}
    )


class _Kept:
    """The numbers last counted; one thread at a time counts anew."""

    def __init__(self, opened: Catalogue) -> None:
        self._catalogue = opened
        self._lock = threading.Lock()
        self._last: Statistics | None = None
        self._counted = 0.0

    def get(self) -> Statistics:
        """The last numbers; waits only where there are none yet."""
        last = self._last
        if last is None or last.fault is not None:
            with self._lock:
                if self._last is None or self._last.fault is not None:
                    self._count()
                assert self._last is not None
                return self._last
        if time.monotonic() - self._counted > KEPT_SECONDS and self._lock.acquire(blocking=False):
            threading.Thread(target=self._renew, daemon=True).start()
        return last

    def _renew(self) -> None:
        try:
            self._count()
        finally:
            self._lock.release()

    def _count(self) -> None:
        self._last = count(self._catalogue)
        self._counted = time.monotonic()
