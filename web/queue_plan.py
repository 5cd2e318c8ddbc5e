"""What is to be put into the queue: harvests whose time has come, and the jobs of dead workers."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from procrastinate import App, exceptions
from procrastinate.jobs import Job, Status

from catalogue.errors import AlmagestError, SettingsError, SourceBusy
from catalogue.opening import Catalogue
from catalogue.runs import Run
from catalogue.sources import Source
from catalogue.takeovers import Takeovers
from harvesters.notices import tell
from web.queue import HARVEST, harvest_job
from web.scheduler import next_harvest

log = logging.getLogger(__name__)

TURN = ".planner"
"""The lock of the worker that looks; the name of a source cannot begin with a full stop."""
MOST_DEATHS = 8
"""So many workers in a row may die of a job that comes no further; then it is what kills them."""
_BACK = (timedelta(hours=1), timedelta(days=1), timedelta(days=8), timedelta(days=32), timedelta(days=367))
_DEADLY = (
    f"{MOST_DEATHS} workers in a row died in this harvest without storing one more page, as they do when "
    "memory runs out; look into the log of the system, then give the workers more memory or the source a "
    "smaller page-size. The next harvest goes on where this one was."
)


def due_tick(source: Source, last: Run | None, now: datetime) -> int | None:
    """The newest moment (seconds since 1970) for which a scheduled source is still to be harvested.

    One that was never harvested is due at once, and again each day until it is; one whose run was
    killed is due at once, and again at each of its times.  One that was stopped by the operator
    waits for its next time.  Raises `SettingsError` for what is no schedule.
    """
    if next_harvest(source, now) is None:
        return None
    if last is None:
        return int(now.replace(hour=0, minute=0, second=0, microsecond=0).timestamp())
    done = datetime.fromisoformat(last.finished or last.started)
    due = _newest_tick(source, done, now)
    if due is None and last.status == "running":
        due = done
    return None if due is None else int(due.timestamp())


def _newest_tick(source: Source, done: datetime, now: datetime) -> datetime | None:
    """The last time of the schedule since a run has ended."""
    latest = None
    for back in _BACK:
        for moment in _ticks(source, max(done, now - back), now):
            latest = moment
        if latest is not None or now - back < done:
            break
    return latest


def _ticks(source: Source, after: datetime, now: datetime) -> Iterator[datetime]:
    moment = next_harvest(source, after + timedelta(seconds=1))
    while moment is not None and moment <= now:
        yield moment
        moment = next_harvest(source, moment + timedelta(seconds=1))


def _now() -> datetime:
    return datetime.now(UTC)


class Planner:
    """Looks again and again what is to be put into the queue; one worker at a time."""

    def __init__(self, catalogue: Catalogue, app: App, stalled_after: float) -> None:
        self._catalogue = catalogue
        self._app = app
        self._manager = app.job_manager
        self._stalled_after = stalled_after
        self._takeovers = Takeovers(catalogue.database)
        self._faults: dict[str, str] = {}

    async def look(self) -> None:
        """Do what is to be done, unless another worker is at it; raises `StoreError`."""
        turn = self._catalogue.database.source_lock(TURN)
        try:
            await asyncio.to_thread(turn.__enter__)
        except SourceBusy:
            return
        try:
            await self._take_over()
            await self._put_due()
        finally:
            turn.__exit__(None, None, None)

    async def _take_over(self) -> None:
        """Put the jobs of dead workers back; a harvest goes on at its checkpoint.

        Cancelled ones end with their worker, and so do those that have killed too many.
        """
        stalled = await self._manager.get_stalled_jobs(seconds_since_heartbeat=self._stalled_after)
        cancelled = set(await self._manager.list_jobs_to_abort_async()) if stalled else set()
        for job in stalled:
            assert job.id is not None
            if job.id in cancelled:
                # Tried again it would end as failed.
                await self._manager.finish_job_by_id_async(job.id, Status.ABORTED, delete_job=False)
                log.info("job %d (%s), which was cancelled, has ended with its worker", job.id, job.task_name)
                continue
            waits = job.queueing_lock and await self._manager.list_jobs_async(
                queueing_lock=job.queueing_lock, status="todo"
            )
            if waits:
                await self._manager.finish_job_by_id_async(job.id, Status.FAILED, delete_job=True)
            elif await self._kills(job):
                await self._give_up(job)
                continue
            else:
                await self._manager.retry_job_by_id_async(job.id, retry_at=datetime.now(UTC))
            log.warning("job %d (%s) is taken over from a worker that died", job.id, job.task_name)
        await self._manager.prune_stalled_workers(self._stalled_after)

    async def _kills(self, job: Job) -> bool:
        """Whether so many workers have died of a job that nobody should try it any more."""
        assert job.id is not None
        others = {one.id for one in await self._manager.list_jobs_async(status="doing")}
        others |= {one.id for one in await self._manager.list_jobs_async(status="todo")}
        progress = await asyncio.to_thread(self._progress, job)
        jobs = {number for number in others if number is not None}
        return await asyncio.to_thread(self._takeovers.note, job.id, progress, jobs) >= MOST_DEATHS

    def _progress(self, job: Job) -> str:
        """How far a harvest has come; other jobs are short.

        A run that died before its first page is stored is followed by another one, no further than it was.
        """
        run = self._run_of(job)
        return f"run {run.number} page {run.pages}" if run is not None and run.pages else ""

    def _run_of(self, job: Job) -> Run | None:
        source = job.task_kwargs.get("source")
        return self._catalogue.sources.latest().get(str(source)) if job.task_name == HARVEST else None

    async def _give_up(self, job: Job) -> None:
        assert job.id is not None
        await self._manager.finish_job_by_id_async(job.id, Status.FAILED, delete_job=False)
        log.error(
            "job %d (%s) is given up: %d workers in a row died of it, and it came no further",
            job.id,
            job.task_name,
            MOST_DEATHS,
        )
        try:
            await asyncio.to_thread(self._fail_run, job)
        except AlmagestError as error:
            log.error("job %d: its run is not marked as failed: %s", job.id, error)

    def _fail_run(self, job: Job) -> None:
        """Let the run say why nobody goes on with it; raises `SourceBusy` where somebody does."""
        run = self._run_of(job)
        if run is None or run.status != "running":
            return
        catalogue, sources = self._catalogue, self._catalogue.sources
        with catalogue.database.source_lock(run.source):
            run = sources.finish_run(run, "failed", seconds=run.seconds, error=_DEADLY)
            tell(catalogue.database, catalogue.settings, sources.get(run.source), run)

    async def _put_due(self) -> None:
        # In this order: a harvest that ends in between is seen as a run that has been.
        active: set[object] = {
            job.task_kwargs.get("source")
            for status in ("todo", "doing")
            for job in await self._manager.list_jobs_async(task=HARVEST, status=status)
        }
        for source, tick in await asyncio.to_thread(self._due, active):
            job = harvest_job(self._app, source).make_new_job(timestamp=tick)
            with contextlib.suppress(exceptions.AlreadyEnqueued):
                put = await self._manager.defer_periodic_job(job, source.name, tick)
                if put is not None:
                    log.info("its time has come: job %d", put, extra={"source": source.name})

    def _due(self, active: set[object]) -> list[tuple[Source, int]]:
        found = []
        now = _now()
        runs = self._catalogue.sources.latest()
        for source in self._catalogue.sources.all():
            if source.plan is None or source.name in active:
                continue
            last = runs.get(source.name)
            if (
                last is not None
                and last.status == "running"
                and self._catalogue.database.is_locked(source.name)
            ):
                continue
            try:
                tick = due_tick(source, last, now)
            except SettingsError as error:
                self._tell_once(source.name, str(error))
                continue
            if tick is not None:
                found.append((source, tick))
        return found

    def _tell_once(self, name: str, fault: str) -> None:
        if self._faults.get(name) != fault:
            log.error("%s", fault, extra={"source": name})
        self._faults[name] = fault
