"""The jobs of the service, whoever runs them: the scheduler of one machine, a worker, the command line."""

from __future__ import annotations

import contextlib
import threading
from collections import Counter
from collections.abc import Callable

from catalogue.errors import AlmagestError, RecordTooSlow, SettingsError
from catalogue.indexing import rebuild
from catalogue.opening import Catalogue
from catalogue.rules import Rules
from catalogue.runs import Run
from harvesters.reconciling import is_shrunken
from harvesters.run import harvest
from harvesters.watchdog import Watchdog
from mappings.base import read

REMAP_COUNTS = ("created", "updated", "unchanged", "deleted", "quarantined", "excluded")


class Halted(AlmagestError):
    """A job was told to stop before its end; what it has stored stays."""


def harvest_source(
    catalogue: Catalogue, name: str, stop: threading.Event, *, full: bool = False, tried: bool = False
) -> Run:
    """Harvest a source, which logs how it went; with ``full`` reconcile it with the source's full list.

    ``tried`` says that the same job has been tried before.
    Raises `NotFound` for a source that is no longer registered.
    """
    (run,) = harvest(catalogue, [name], full=full, stop=stop, tried=tried)
    return run


def check_remap(catalogue: Catalogue, name: str) -> None:
    """Raises `SettingsError` where the rules of a source would withdraw more than may vanish at once.

    Looks at the records as they are stored; nothing is mapped or written.
    """
    source = catalogue.sources.get(name)
    rules = Rules(name, source.options)
    if not rules.choose:
        return
    live = 0
    against: Counter[str] = Counter()
    for change in catalogue.store.walk(source=name):
        if change.record is not None:
            live += 1
            # What is too slow to be decided is decided record by record, and stays if need be.
            with contextlib.suppress(RecordTooSlow):
                why = rules.against_sets(change.record.provenance.sets) or rules.against(change.record)
                against.update([why] if why else ())
    if is_shrunken(against.total(), live, source.shrink):
        (rule, most), *_ = against.most_common(1)
        raise SettingsError(
            f"The rules of {name} would withdraw {against.total()} of its {live} records ({most} by "
            f"{rule}), more than the share of {source.shrink:g} that may vanish at once; look at the rules "
            f"(almagest source show {name}), and if that is meant say: almagest remap {name} --yes"
        )


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
