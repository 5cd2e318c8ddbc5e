"""The main flow: sources in parallel, pages fetched ahead, stored one transaction each.

A source has two threads: one asks the server and runs ahead, the other maps and stores.
Between them stands a queue that is bounded in bytes.  What is stored is always a whole
number of pages with the checkpoint after the last, so a run may end anywhere.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Protocol

import mappings.base
from catalogue.database import Database
from catalogue.errors import SourceBusy, SourceError, StoreError
from catalogue.record import Page
from catalogue.runs import Run, RunStatus, Sources, now
from catalogue.settings import Settings
from catalogue.sources import Source
from catalogue.store import Store
from harvesters.base import Harvester, harvester_of
from harvesters.politeness import Stopped
from harvesters.transport import Transport

log = logging.getLogger(__name__)

AHEAD = 8_000_000
"""Bytes of raw records that may wait to be stored; parsed, they take up to ten times as much."""
_WITHDRAWN_AT_ONCE = 500

Progress = Callable[[Run], None]


class Opened(Protocol):
    """What the flow needs of `catalogue.opening.Catalogue`."""

    @property
    def settings(self) -> Settings:
        """The settings in force."""

    @property
    def database(self) -> Database:
        """The database, for its locks."""

    @property
    def sources(self) -> Sources:
        """The registry."""

    @property
    def store(self) -> Store:
        """Where the records go."""


def harvest(
    catalogue: Opened,
    names: Sequence[str],
    *,
    full: bool = False,
    progress: Progress | None = None,
    stop: threading.Event | None = None,
) -> list[Run]:
    """Harvest these sources (none named: all), several at a time; their runs in the order of names.

    ``progress`` is called after each stored page, from the source's own thread.  ``stop``
    ends all runs after the page in work; the next harvest goes on from there.  A source
    that fails does so alone.  Raises `NotFound` for an unknown name before anything begins.
    """
    sources = [catalogue.sources.get(name) for name in names] if names else catalogue.sources.all()
    stop = stop or threading.Event()
    with ThreadPoolExecutor(max(catalogue.settings.workers, 1), thread_name_prefix="harvest") as pool:
        futures = [
            pool.submit(_SourceHarvest(catalogue, source, full, progress, stop).run) for source in sources
        ]
        try:
            return [future.result() for future in futures]
        except KeyboardInterrupt:
            stop.set()
            return [future.result() for future in futures]


class _SourceHarvest:
    """One run of one source, from its lock to its last line in the log."""

    def __init__(
        self,
        catalogue: Opened,
        source: Source,
        full: bool,
        progress: Progress | None,
        stop: threading.Event,
    ) -> None:
        self._catalogue = catalogue
        self._source = source
        self._full = full
        self._progress = progress or (lambda run: None)
        self._stop = stop
        self._begun = time.monotonic()

    def run(self) -> Run:
        """Harvest; every error of a source or of the database ends in the returned run."""
        try:
            with self._catalogue.database.source_lock(self._source.name):
                return self._locked()
        except (SourceBusy, StoreError) as error:
            return self._not_run(str(error))

    def _locked(self) -> Run:
        run = self._catalogue.sources.begin_run(self._source.name, full=self._full)
        log.info(
            "source=%s run=%d begins: %s%s",
            run.source,
            run.number,
            "full list" if run.since is None else f"changes since {run.since}",
            ", going on where the last one ended" if run.resumed else "",
        )
        try:
            with Transport(self._source, self._catalogue.settings, stop=self._stop) as transport:
                harvester = harvester_of(self._source, transport)
                for page in fetched_ahead(harvester, run, self._stop):
                    run = self._catalogue.store.put_page(run, page, mappings.base.read)
                    self._progress(run)
                return self._reconciled(run, harvester)
        except Stopped as error:
            return self._finished(run, "interrupted", error=str(error))
        except SourceError as error:
            return self._finished(run, "failed", error=str(error))

    def _reconciled(self, run: Run, harvester: Harvester) -> Run:
        status: RunStatus = "partial" if run.quarantined else "succeeded"
        since = _before(harvester.started or run.started, self._source.overlap)
        return self._finished(run, status, since=since)

    def _finished(
        self, run: Run, status: RunStatus, *, since: str | None = None, error: str | None = None
    ) -> Run:
        seconds = time.monotonic() - self._begun
        run = self._catalogue.sources.finish_run(run, status, since=since, seconds=seconds, error=error)
        log.info("source=%s run=%d %s: %d records", run.source, run.number, run.status, run.fetched)
        return run

    def _not_run(self, error: str) -> Run:
        return Run(
            number=0,
            source=self._source.name,
            source_number=0,
            started=now(),
            full=self._full,
            status="failed",
            finished=now(),
            error=error,
        )


def fetched_ahead(harvester: Harvester, run: Run, stop: threading.Event) -> Iterator[Page]:
    """The pages of a harvester, fetched by a thread of their own; raises what it raises."""
    yield from harvester.pages(run.since, run.checkpoint)


def _before(stamp: str, seconds: float) -> str:
    return (datetime.fromisoformat(stamp) - timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
