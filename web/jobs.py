"""The jobs of the service, whoever runs them: the scheduler of one machine, a worker, the command line."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable

from catalogue.errors import AlmagestError
from catalogue.indexing import rebuild
from catalogue.opening import Catalogue
from catalogue.runs import Run
from harvesters.run import harvest
from harvesters.watchdog import Watchdog
from mappings.base import read

log = logging.getLogger(__name__)

REMAP_COUNTS = ("created", "updated", "unchanged", "deleted", "quarantined", "excluded")


class Halted(AlmagestError):
    """A job was told to stop before its end; what it has stored stays."""


def harvest_source(catalogue: Catalogue, name: str, stop: threading.Event, *, full: bool = False) -> Run:
    """Harvest a source and log how it went; with ``full`` reconcile it with the source's full list.

    Raises `NotFound` for a source that is no longer registered.
    """
    (run,) = harvest(catalogue, [name], full=full, stop=stop)
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
