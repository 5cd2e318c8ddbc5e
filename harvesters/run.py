"""The main flow: sources in parallel, pages fetched ahead, stored in one transaction each.

A source has two threads: one asks its server and runs ahead, the other maps and stores.
What is stored is always a whole number of pages with the checkpoint after the last, so
that a run may end at any moment and the next one goes on.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Protocol

import mappings.base
from catalogue.database import Database
from catalogue.errors import (
    AlmagestError,
    SourceBusy,
    SourceProtocolError,
    SourceUnreachable,
    StoreError,
)
from catalogue.record import Page
from catalogue.runs import Run, RunStatus, Sources, now
from catalogue.settings import Settings
from catalogue.sources import Source, check_source
from catalogue.store import Store
from harvesters.ahead import fetched_ahead
from harvesters.base import Harvester, harvester_of, reads_all
from harvesters.notices import tell
from harvesters.politeness import Stopped
from harvesters.reconciling import Shrunken, Verdict, reconciled
from harvesters.transport import Transport
from harvesters.watchdog import Watchdog

log = logging.getLogger(__name__)

_LOST_AT_ONCE = 200
"""So many records that earlier runs could not get are asked for again in one run."""
_LOOK_EVERY = 2.0
"""Seconds after which a run looks again whether an operator has asked for its end."""
_STOPPED = "It was stopped before it began."

Watcher = Callable[[Run], None]
Connect = Callable[..., Transport]


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
    progress: Watcher | None = None,
    stop: threading.Event | None = None,
    connect: Connect = Transport,
    told: bool = False,
    tried: bool = False,
) -> list[Run]:
    """Harvest these sources (none named: all that are not paused), several at a time; runs in that order.

    ``progress`` is called after each stored page with the run so far, from the source's own
    thread.  ``stop``, like Ctrl-C, ends all runs after the page in work; the next harvest
    goes on from there.  A source that fails does so alone, in its run's ``error``.
    ``full`` reads the full list: from its beginning, unless it was cut off during the last day by
    anything but a failure; ``tried`` says that this is the same harvest tried again, which goes on
    after a failure too.  ``connect`` makes the transport of a source.  ``told`` says that the caller
    tells how the runs went: the log then does not warn of it once more.
    Raises `NotFound` for an unknown name before anything begins.
    """
    names = list(dict.fromkeys(names))
    sources = [catalogue.sources.get(name) for name in names] if names else _unpaused(catalogue)
    stop = stop or threading.Event()
    with (
        _RARE_COLLECTION,
        ThreadPoolExecutor(catalogue.settings.workers, thread_name_prefix="harvest") as pool,
    ):
        futures = [
            pool.submit(
                _SourceHarvest(catalogue, source, full, full and not tried, progress, stop, connect, told).run
            )
            for source in sources
        ]
        try:
            return [future.result() for future in futures]
        except KeyboardInterrupt:
            stop.set()
            return [future.result() for future in futures]


def _unpaused(catalogue: Opened) -> list[Source]:
    return [source for source in catalogue.sources.all() if not source.is_paused]


class _RareCollection:
    """Let Python look for cycles seldom: records are trees, and looking takes a fifth of a harvest.

    A scheduler harvests several sources at a time: the last to end sets back what the first found.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._usual = gc.get_threshold()

    def __enter__(self) -> None:
        with self._lock:
            self._inside += 1
            if self._inside == 1:
                self._usual = gc.get_threshold()
                gc.freeze()
                gc.set_threshold(100_000, 50, 100)

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside:
                gc.set_threshold(*self._usual)
                gc.unfreeze()


_RARE_COLLECTION = _RareCollection()


class _SourceHarvest:
    """One run of one source, from its lock to its last line in the log."""

    def __init__(
        self,
        catalogue: Opened,
        source: Source,
        full: bool,
        anew: bool,
        progress: Watcher | None,
        stop: threading.Event,
        connect: Connect,
        told: bool,
    ) -> None:
        self._catalogue = catalogue
        self._source = source
        self._full = full
        self._anew = anew
        self._progress = progress
        self._stop = stop
        self._connect = connect
        self._warning = logging.INFO if told else logging.WARNING
        self._begun = time.monotonic()
        self._seconds_before = 0.0
        self._run: Run | None = None
        self._end = _End(stop, self._begun, self._is_asked_to_stop)

    def run(self) -> Run:
        """Harvest; whatever the source or the database does wrong is told by the returned run.

        One that has not begun is transient where another process or the database stands in its way.
        """
        if self._stop.is_set():
            return self._not_begun("interrupted", _STOPPED)
        try:
            with self._catalogue.database.source_lock(self._source.name):
                return self._locked()
        except AlmagestError as error:
            log.log(self._warning, "source=%s not harvested: %s", self._source.name, error)
            passes = isinstance(error, SourceBusy | StoreError)
            return replace(self._not_begun("failed", str(error)), transient=passes)

    def _locked(self) -> Run:
        full = self._full or reads_all(self._source)
        run = self._catalogue.sources.begin_run(self._source.name, full=full, anew=self._anew)
        self._seconds_before = run.seconds
        what = "the full list" if run.since is None else f"changes since {run.since}"
        again = ", going on where the last run was cut off" if run.resumed else ""
        log.info("source=%s run=%d begins: %s%s", run.source, run.number, what, again)
        self._run = run
        run = self._to_its_end(run)
        tell(self._catalogue.database, self._catalogue.settings, self._source, run, self._connect)
        return run

    def _to_its_end(self, run: Run) -> Run:
        try:
            return self._pages(run)
        except Stopped as error:
            why = self._out_of_time() if self._end.is_late and not self._stop.is_set() else str(error)
            return self._finished(run, "interrupted", error=why)
        except Shrunken as error:
            return self._finished(run, "failed", error=str(error), begin_anew=True)
        except (SourceUnreachable, SourceProtocolError, StoreError) as error:
            return replace(self._finished(run, "failed", error=str(error)), transient=True)
        except AlmagestError as error:
            return self._finished(run, "failed", error=str(error))
        except Exception as bug:
            # A bug that one source brings to light must not cost the others their harvest.
            log.exception("source=%s run=%d failed by a bug", run.source, run.number)
            reason = f"Almagest has a bug ({type(bug).__name__}: {bug}); please report it with the log."
            return self._finished(run, "failed", error=reason)

    def _pages(self, run: Run) -> Run:
        check_source(self._source)
        self._end.limit(self._source.run_timeout)
        reader = Watchdog(mappings.base.read, self._source.record_timeout)
        cancelled = threading.Event()
        begun = run
        try:
            with self._connect(
                self._source, self._catalogue.settings, run=run.number, stop=cancelled
            ) as transport:
                harvester = self._harvester(transport)
                harvester.memory = self._catalogue.sources.memory(self._source.name)
                pages = fetched_ahead(lambda: self._asked(harvester, begun), self._end, self._source.name)
                with contextlib.closing(pages), reader as read:
                    for page in pages:
                        run = self._catalogue.store.put_page(replace(run, seconds=self._seconds), page, read)
                        log.debug("source=%s run=%d page %d stored", run.source, run.number, run.pages)
                        if self._progress is not None:
                            self._progress(run)
        finally:
            cancelled.set()
        run = self._catalogue.sources.note_phase(replace(run, seconds=self._seconds), "reconciling")
        verdict = reconciled(self._catalogue.sources, self._catalogue.store, self._source, run, harvester)
        return self._finished(verdict.run, verdict.status, error=verdict.error, verdict=verdict)

    def _harvester(self, transport: Transport) -> Harvester:
        """The one of its kind; of a source that is only asked, what was picked of it is read again."""
        if self._source.live != "only":
            return harvester_of(self._source, transport)
        from harvesters.live.picking import Picked

        return Picked(self._source, transport, self._catalogue.store.live_identifiers(self._source.name))

    def _asked(self, harvester: Harvester, run: Run) -> Iterator[Page]:
        """The pages of the run; then what earlier runs could not get, as no list of changes has it."""
        yield from harvester.pages(run.since, run.checkpoint)
        if not run.full:
            yield from harvester.again(self._catalogue.sources.lost(run.source, _LOST_AT_ONCE))

    def _finished(
        self,
        run: Run,
        status: RunStatus,
        *,
        error: str | None = None,
        begin_anew: bool = False,
        verdict: Verdict | None = None,
    ) -> Run:
        seconds = self._seconds
        try:
            run = self._catalogue.sources.finish_run(
                run,
                status,
                seconds=seconds,
                error=error,
                begin_anew=begin_anew,
                since=None if verdict is None else verdict.since,
                repeat=False if verdict is None else verdict.repeat,
                memory=None if verdict is None else verdict.memory,
                confirmed=None if verdict is None else verdict.confirmed,
            )
        except StoreError as failure:
            # The database still says that it runs: the next harvest goes on with it.
            run = replace(run, status="failed", finished=now(), seconds=seconds, error=error or str(failure))
        level = logging.INFO if run.status == "succeeded" else self._warning
        log.log(
            level,
            "source=%s run=%d %s: fetched=%d created=%d updated=%d unchanged=%d deleted=%d quarantined=%d "
            "excluded=%d%s",
            run.source,
            run.number,
            run.status,
            run.fetched,
            run.created,
            run.updated,
            run.unchanged,
            run.deleted,
            run.quarantined,
            run.excluded,
            f" error={run.error}" if run.error else "",
        )
        return run

    def _is_asked_to_stop(self) -> bool:
        # A database that is down ends the harvest by itself.
        with contextlib.suppress(StoreError):
            return self._run is not None and self._catalogue.sources.is_to_stop(self._run)
        return False

    def _out_of_time(self) -> str:
        return (
            f"The run was ended after the {self._source.run_timeout:g} s of the option run-timeout; "
            "the next harvest goes on where it was. If that happens again and again, raise the option."
        )

    @property
    def _seconds(self) -> float:
        """How long the run takes already, with the time of the process that it goes on from."""
        return self._seconds_before + time.monotonic() - self._begun

    def _not_begun(self, status: RunStatus, error: str) -> Run:
        return Run(
            number=0,
            source=self._source.name,
            source_number=0,
            started=now(),
            full=self._full,
            status=status,
            finished=now(),
            error=error,
        )


class _End(threading.Event):
    """Set once the harvest is stopped, by its process or by an operator, or the time of the run is over."""

    def __init__(self, stop: threading.Event, begun: float, asked: Callable[[], bool]) -> None:
        super().__init__()
        self._stop = stop
        self._begun = begun
        self._deadline: float | None = None
        self._asked = asked
        self._looked = begun

    def limit(self, seconds: float | None) -> None:
        """Let the run take so many seconds from its beginning (``None``: as long as it takes)."""
        self._deadline = None if seconds is None else self._begun + seconds

    @property
    def is_late(self) -> bool:
        """Whether the time of the run is over."""
        return self._deadline is not None and time.monotonic() >= self._deadline

    def is_set(self) -> bool:
        """Whether the run is to end after the page in work."""
        if time.monotonic() - self._looked >= _LOOK_EVERY and not super().is_set():
            self._looked = time.monotonic()
            if self._asked():
                self.set()
        return super().is_set() or self._stop.is_set() or self.is_late
