"""Who works and what waits, as the sources page, REST and `almagest queue` show it.

The same answer on one machine, where the scheduler harvests, and with a queue in PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from catalogue.asked_harvests import AskedHarvests
from catalogue.errors import SourceBusy
from catalogue.opening import Catalogue
from catalogue.runs import Run
from catalogue.sources import Source

if TYPE_CHECKING:
    from web.queue import Entry

SILENCE = 30.0
"""Seconds without a sign of life after which a worker is not called alive: it gives three in that time."""
_DIED = "It was stopped by the operator after its process had died."
LEADER = ".scheduler"
"""The lock of the process that leads; the name of a source cannot begin with a full stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A process that works; ``heartbeat`` is its last sign of life (UTC), where it gives one."""

    name: str
    alive: bool
    heartbeat: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A job that waits for a worker: ``position`` counts from 1, ``since`` is UTC.

    ``not_before`` is when a failed one is tried again.  ``source`` is ``None`` for a job
    about all records.  ``job`` is its number in the queue, where there is one.  ``waits_for``
    says in words what has to happen before it is taken.
    """

    source: str | None
    position: int
    since: str
    task: str = "harvest"
    waits_for: str | None = None
    not_before: str | None = None
    attempts: int = 0
    job: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A job that is being done since ``since`` (UTC); a ``stalled`` one has lost its worker.

    ``run`` is the run of the source as it was last stored.  A ``cancelled`` one is about to end.
    """

    source: str | None
    since: str
    task: str = "harvest"
    worker: str | None = None
    stalled: bool = False
    cancelled: bool = False
    run: Run | None = None
    job: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """When a source is harvested next by its schedule (UTC)."""

    source: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A job that was given up, with the time when it was (UTC) and why."""

    source: str | None
    since: str
    reason: str
    task: str = "harvest"
    job: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueState:
    """Workers, and the jobs that run, wait, have failed or are planned."""

    workers: tuple[Worker, ...]
    running: tuple[Running, ...]
    waiting: tuple[Waiting, ...]
    planned: tuple[Planned, ...]
    failed: tuple[Failed, ...] = ()


def queue_state(catalogue: Catalogue) -> QueueState:
    """What is known now; raises `StoreError`."""
    runs = catalogue.sources.latest()
    latest = {source.name: (source, runs.get(source.name)) for source in catalogue.sources.all()}
    if catalogue.database.is_sqlite:
        return _of_one_machine(catalogue, latest)
    return _of_queue(catalogue, latest)


Latest = dict[str, tuple[Source, Run | None]]


def _of_one_machine(catalogue: Catalogue, latest: Latest) -> QueueState:
    """What the runs tell: the scheduler has no queue that others could look into."""
    running = tuple(
        Running(source=name, since=run.started, run=run)
        for name, (_, run) in latest.items()
        if run is not None and run.status == "running" and catalogue.database.is_locked(name)
    )
    busy = {job.source for job in running}
    due = sorted((at, name) for name, at in _due(latest).items() if name not in busy)
    asked = [one for one in AskedHarvests(catalogue.database).all() if one.source in latest]
    moments = [(one.at, one.source) for one in asked]
    due = [*moments, *(pair for pair in due if pair[1] not in {name for _, name in moments})]
    workers = (Worker(name="scheduler", alive=True),) if catalogue.database.is_locked(LEADER) else ()
    return QueueState(
        workers=workers,
        running=running,
        waiting=tuple(
            Waiting(
                source=name,
                position=position,
                since=at,
                waits_for=None if workers else "almagest serve or almagest work: nobody works",
            )
            for position, (at, name) in enumerate(due, 1)
        ),
        planned=_planned(latest),
    )


def _of_queue(catalogue: Catalogue, latest: Latest) -> QueueState:
    """What the queue in PostgreSQL holds, and harvests that somebody runs on the command line."""
    from web.queue import shared_queue

    queue = shared_queue(catalogue)
    entries, workers = queue.entries(), queue.workers()
    running = [_running(entry, latest) for entry in entries if entry.status == "doing"]
    queued = {job.source for job in running if job.task == "harvest"}
    running += [
        Running(source=name, since=run.started, run=run)
        for name, (_, run) in latest.items()
        if run is not None
        and run.status == "running"
        and name not in queued
        and catalogue.database.is_locked(name)
    ]
    waiting = [entry for entry in entries if entry.status == "todo"]
    is_worked = any(_is_alive(beat) for _, beat in workers)
    failed = ((entry, _reason(entry, latest)) for entry in entries if entry.status == "failed")
    return QueueState(
        workers=tuple(
            Worker(name=f"worker {number}", alive=_is_alive(beat), heartbeat=_stamp(beat))
            for number, beat in workers
        ),
        running=tuple(running),
        waiting=tuple(
            _waiting(entry, position, _waits_for(entry, entries, is_worked))
            for position, entry in enumerate(waiting, 1)
        ),
        planned=_planned(latest),
        failed=tuple(
            Failed(
                source=entry.source, since=_stamp(entry.since), reason=reason, task=entry.task, job=entry.job
            )
            for entry, reason in failed
            if reason is not None
        ),
    )


def _running(entry: Entry, latest: Latest) -> Running:
    _, run = latest.get(entry.source or "", (None, None))
    return Running(
        source=entry.source,
        since=_stamp(entry.since),
        task=entry.task,
        worker=None if entry.worker is None else f"worker {entry.worker}",
        stalled=_is_stalled(entry),
        cancelled=entry.cancelled,
        run=run if run is not None and entry.task == "harvest" and run.status == "running" else None,
        job=entry.job,
    )


def _waiting(entry: Entry, position: int, waits_for: str) -> Waiting:
    return Waiting(
        source=entry.source,
        position=position,
        since=_stamp(entry.since),
        task=entry.task,
        waits_for=waits_for,
        not_before=None if entry.not_before is None else _stamp(entry.not_before),
        attempts=entry.attempts,
        job=entry.job,
    )


def _waits_for(entry: Entry, entries: Sequence[Entry], is_worked: bool) -> str:
    """What has to happen before a job is taken, in words."""
    if entry.not_before is not None and entry.not_before > datetime.now(UTC):
        return f"its next try at {_stamp(entry.not_before)}"
    if not is_worked:
        return "a worker: none is alive"
    rivals = [one for one in entries if entry.lock is not None and one.lock == entry.lock]
    holder = next((one for one in rivals if one.status == "doing"), None)
    if holder is not None:
        held = f"{holder.lock}, held by worker {holder.worker} for {holder.source or holder.task}"
        beat = "not known" if holder.heartbeat is None else _stamp(holder.heartbeat)
        takeover = ", which others take over once it is taken for dead" if _is_stalled(holder) else ""
        return f"{held} (last sign of life {beat}{takeover})"
    waiting = [one for one in rivals if one.status == "todo"]
    if waiting and waiting[0].job != entry.job:
        return f"{entry.lock}: {waiting[0].source or waiting[0].task} comes first"
    return "a worker that is free"


def _reason(entry: Entry, latest: Latest) -> str | None:
    """Why a job was given up; ``None`` where its source has been harvested well since."""
    _, run = latest.get(entry.source or "", (None, None))
    if entry.task == "harvest" and run is not None:
        if run.status in {"succeeded", "partial"} and (run.finished or "") >= _stamp(entry.since):
            return None
        if run.status == "failed" and run.error:
            return run.error
    return "the log of the worker tells why"


def _is_stalled(entry: Entry) -> bool:
    return entry.heartbeat is None or not _is_alive(entry.heartbeat)


def _is_alive(heartbeat: datetime) -> bool:
    return (datetime.now(UTC) - heartbeat).total_seconds() < SILENCE


def _due(latest: Latest) -> dict[str, str]:
    """The scheduled sources whose time has come, with the time when it came."""
    from web.scheduler import overdue_since

    moments = {name: overdue_since(source, run) for name, (source, run) in latest.items()}
    return {name: _stamp(moment) for name, moment in moments.items() if moment is not None}


def _planned(latest: Latest) -> tuple[Planned, ...]:
    from web.scheduler import next_harvest

    moments = [(next_harvest(source, datetime.now(UTC)), name) for name, (source, _) in latest.items()]
    known = sorted((moment, name) for moment, name in moments if moment is not None)
    return tuple(Planned(source=name, at=_stamp(moment)) for moment, name in known)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def stop_source(catalogue: Catalogue, source: Source) -> str:
    """End the harvest of a source after the page in work, and take it out of the queue; what was done.

    Raises `StoreError`.
    """
    cancelled: list[Entry] = []
    was_asked = AskedHarvests(catalogue.database).take(source.name) is not None
    if not catalogue.database.is_sqlite:
        from web.queue import shared_queue

        cancelled = shared_queue(catalogue).cancel_source(source.name)
    run = catalogue.sources.latest().get(source.name)
    if run is not None and run.status == "running":
        try:
            with catalogue.database.source_lock(source.name):
                catalogue.sources.finish_run(run, "interrupted", seconds=run.seconds, error=_DIED)
        except SourceBusy:
            catalogue.sources.ask_to_stop(run)
            return (
                f"The harvest of {source.name} ends after the page in work; the next one goes on from there."
            )
    for entry in cancelled:
        if entry.status == "doing":
            beat = f" (last sign of life {_stamp(entry.heartbeat)})" if entry.heartbeat else ""
            return (
                f"Nobody is harvesting {source.name}, although worker {entry.worker}{beat} has its job: "
                "the job is cancelled, and the next harvest goes on where this one was."
            )
    if cancelled or was_asked:
        return f"{source.name} no longer waits to be harvested."
    if run is not None and run.status == "running":
        return f"The process that harvested {source.name} has died; its next harvest goes on where it was."
    return f"{source.name} is not being harvested and does not wait to be."
