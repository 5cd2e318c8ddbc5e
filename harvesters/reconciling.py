"""The end of a run: what came beside what was announced and what is stored, and where the next one begins."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from catalogue.errors import SourceError
from catalogue.runs import Run, RunStatus, Sources
from catalogue.sources import Source
from catalogue.store import Store
from harvesters.base import EVERYTHING, Harvester

log = logging.getLogger(__name__)

_WITHDRAWN_AT_ONCE = 500
_PARTS_TOLD = 10
_FEW = 3
"""So few records may vanish at once from the smallest list, unless the option shrink is 0."""


class Shrunken(SourceError):
    """A full list lacks more records than may vanish at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How a run that has read its list to the end has ended; the names are those of `Sources.finish_run`."""

    run: Run
    status: RunStatus
    error: str | None
    since: str
    repeat: bool
    memory: dict[str, Any]
    confirmed: str | None


def reconciled(sources: Sources, store: Store, source: Source, run: Run, harvester: Harvester) -> Verdict:
    """Compare what came with what was announced and with what is stored, and withdraw what is gone.

    Raises `Shrunken` where too much is, and `StoreError`.
    """
    parts = [run, *_cut_off_before(sources, run)]
    fetched = sum(part.fetched for part in parts)
    missing = max(harvester.missing, (run.expected or 0) - fetched, 0)
    _warn_of_nothing(sources, run, fetched, harvester.when_empty)
    errors = []
    repeat = False
    if missing:
        repeat = not sources.fell_short_before(run, missing)
        is_list = run.full or bool(harvester.whole)
        errors.append(_short(run.expected or fetched + missing, missing, is_list=is_list, repeat=repeat))
    elif (run.full or harvester.whole) and harvester.deletes_by_absence:
        run = _without_the_absent(store, source, run, harvester)
    errors += _told(harvester.unread)
    is_whole = not errors and not any(part.quarantined for part in parts)
    return Verdict(
        run=run,
        status="succeeded" if is_whole else "partial",
        error=" ".join(errors) or None,
        since=source.next_since(harvester.started or run.started),
        repeat=repeat,
        memory=harvester.memory,
        confirmed=None if errors else min(part.started for part in parts),
    )


def _cut_off_before(sources: Sources, run: Run) -> list[Run]:
    """The failed runs whose list this run has read to its end."""
    found: list[Run] = []
    if run.resumed:
        for earlier in sources.runs(run.source, 100):
            same = (earlier.full, earlier.since, earlier.raws_before)
            if earlier.number < run.number and same == (run.full, run.since, run.raws_before):
                if earlier.status in {"succeeded", "partial"}:
                    break
                found.append(earlier)
    return found


def _warn_of_nothing(sources: Sources, run: Run, fetched: int, when_empty: str) -> None:
    if run.full and not fetched:
        log.warning("source=%s run=%d %s", run.source, run.number, when_empty)
    if run.full and run.excluded and not sources.state(run.source).records:
        told = "source=%s run=%d its rules take in none of its %d records; check its include-… options"
        log.warning(told, run.source, run.number, run.fetched)


def _short(announced: int, missing: int, *, is_list: bool, repeat: bool) -> str:
    """That a list has given less than it announced, and what follows from it."""
    told = f"Incomplete: {max(announced - missing, 0)} of {announced} records came"
    kept = "; nothing was withdrawn" if is_list else ""
    after = (
        "the next harvest asks for the same again"
        if repeat
        else "that is no news, so its source is taken to count wrong, and the next harvest goes on from here"
    )
    return f"{told}{kept}; {after}."


def _told(unread: Mapping[str, str]) -> Iterator[str]:
    """Sentences about the parts of a list that could not be read."""
    if unread:
        yield f"{len(unread)} parts of its list could not be read and keep their records:"
    for part, why in list(unread.items())[:_PARTS_TOLD]:
        yield f"{part}: {why}"
    if len(unread) > _PARTS_TOLD:
        yield f"and {len(unread) - _PARTS_TOLD} more; the log names them all."


def _without_the_absent(store: Store, source: Source, run: Run, harvester: Harvester) -> Run:
    """Withdraw what a full list has lacked for the time of grace; raises `Shrunken`.

    What belongs to an unread part of the list is not absent, nor what is in none of the parts
    that were read in full.
    """
    is_everything = run.full or EVERYTHING in harvester.whole
    among = None if is_everything else frozenset(harvester.whole)
    unread = frozenset(harvester.unread)
    absence = store.absence(run, grace_days=source.grace, note=False, spared=unread, among=among)
    if is_shrunken(absence.missing, absence.live, source.shrink):
        raise Shrunken(
            f"{absence.missing} of {absence.live} records are no longer in the source's list, more than "
            f"the share of {source.shrink:g} that may vanish at once: refusing to withdraw them. If they "
            f"are gone indeed, raise the option shrink and run «almagest harvest {source.name} --full»."
        )
    due = store.absence(run, grace_days=source.grace, note=True, spared=unread, among=among).due
    withdrawn = 0
    for start in range(0, len(due), _WITHDRAWN_AT_ONCE):
        withdrawn += store.withdraw(run.source, due[start : start + _WITHDRAWN_AT_ONCE])
    if absence.missing:
        told = "source=%s run=%d %d records are missing, %d withdrawn"
        log.info(told, run.source, run.number, absence.missing, withdrawn)
    return replace(run, deleted=run.deleted + withdrawn)


def is_shrunken(missing: int, live: int, shrink: float) -> bool:
    """Whether more has vanished than may at once.

    A few records may always, as long as at least half of them stay: of three, one is a third.
    """
    if shrink > 0 and missing <= _FEW and 2 * missing <= live:
        return False
    return missing > shrink * live
