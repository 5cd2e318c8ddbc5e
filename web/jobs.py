"""The jobs of the service, whoever runs them: the scheduler of one machine, a worker, the command line."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable

from catalogue.errors import AlmagestError, StoreError
from catalogue.indexing import rebuild
from catalogue.opening import Catalogue
from catalogue.runs import Run
from harvesters.run import harvest
from harvesters.watchdog import Watchdog
from mappings.base import read

log = logging.getLogger(__name__)

_LOOK_EVERY = 2.0
REMAP_COUNTS = ("created", "updated", "unchanged", "deleted", "quarantined")


class Halted(AlmagestError):
    """A job was told to stop before its end; what it has stored stays."""


class _Stop(threading.Event):
    """Set when the process is to end, or an operator has asked for the end of this source's run."""

    def __init__(self, catalogue: Catalogue, name: str, ending: threading.Event) -> None:
        super().__init__()
        self._catalogue = catalogue
        self._name = name
        self._ending = ending
        self._looked = time.monotonic()

    def is_set(self) -> bool:
        """Whether the harvest is to end after the page in work."""
        if time.monotonic() - self._looked > _LOOK_EVERY and not super().is_set():
            self._looked = time.monotonic()
            # A database that is down ends the harvest by itself.
            with contextlib.suppress(StoreError):
                if self._is_asked():
                    self.set()
        return super().is_set() or self._ending.is_set()

    def _is_asked(self) -> bool:
        last = self._catalogue.sources.runs(self._name, 1)
        return bool(last) and last[0].status == "running" and self._catalogue.sources.is_to_stop(last[0])


def harvest_source(catalogue: Catalogue, name: str, stop: threading.Event, *, full: bool = False) -> Run:
    """Harvest a source and log how it went; with ``full`` reconcile it with the source's full list.

    Raises `NotFound` for a source that is no longer registered.
    """
    (run,) = harvest(catalogue, [name], full=full, stop=_Stop(catalogue, name, stop))
    log.log(
        logging.INFO if run.status == "succeeded" else logging.WARNING,
        "harvest %s: %d fetched, %d created, %d updated, %d deleted, %d quarantined%s",
        run.status,
        run.fetched,
        run.created,
        run.updated,
        run.deleted,
        run.quarantined,
        f"; {run.error}" if run.error else "",
        extra={"source": run.source, "run": run.number},
    )
    return run


def remap_records(
    catalogue: Catalogue,
    name: str,
    stop: threading.Event,
    *,
    after: int = 0,
    until: int | None = None,
    progress: Callable[[Counter[str]], None] | None = None,
) -> Counter[str]:
    """Map the originals of a source again, those numbered after one up to another; how they fared.

    Nobody harvests the source meanwhile, but others may map other ranges of it.  Raises
    `SourceBusy` where it is being harvested, `Halted` when told to stop.
    """
    counts: Counter[str] = Counter()
    position: int | None = None
    timeout = catalogue.sources.get(name).record_timeout
    with catalogue.database.source_lock(name, shared=True), Watchdog(read, timeout) as reader:
        while position != 0:
            if stop.is_set():
                raise Halted(f"The mapping of {name} was stopped.")
            begin = after if position is None else position
            position, batch = catalogue.store.remap(name, reader, after=begin, until=until)
            counts.update(batch)
            if progress is not None:
                progress(counts)
    return counts


def reindex(catalogue: Catalogue, stop: threading.Event) -> int:
    """Build the search index anew in this process; how many changes it took.  Raises `Halted`."""

    def look(_: int) -> None:
        if stop.is_set():
            raise Halted("The building of the search index was stopped; the present one stays.")

    return rebuild(catalogue.store, catalogue.index, progress=look)
