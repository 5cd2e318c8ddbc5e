"""A worker of the queue: any number of them, on any number of machines, over one PostgreSQL.

Each runs jobs, and when it is its turn puts due harvests into the queue, takes over the jobs
of workers that died, and lets index and representations follow.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

from procrastinate import App, BaseRetryStrategy, JobContext, RetryDecision, exceptions
from procrastinate.jobs import Job

from catalogue.errors import AlmagestError, IndexError_, NotFound, SourceBusy, StoreError
from catalogue.following import follow
from catalogue.index import SharedIndex
from catalogue.indexing import fill
from catalogue.opening import Catalogue
from web import jobs
from web.digests import send_until
from web.dumps import dump_until
from web.followers import followers
from web.queue import (
    GIVEN_UP,
    HARVEST,
    REINDEX,
    REINDEX_END,
    REINDEX_PART,
    REMAP,
    REMAP_PART,
    Queue,
    open_app,
)
from web.queue_plan import Planner
from web.queue_state import LEADER
from web.scheduler import Faults

log = logging.getLogger(__name__)

PART = 10_000
"""So many records are mapped or indexed by one job."""
_BUSY = 15.0
_NOTICE = 0.2
_HEARTBEAT = 10.0
_LOOK_FOR_JOBS = 1.0
_KEPT_HOURS = 7 * 24
_JOIN = 60.0


class Again(AlmagestError):
    """The job is to be done again, soon; nothing has failed."""

    def __init__(self, reason: str, seconds: float) -> None:
        super().__init__(reason)
        self.seconds = seconds


class Failed(AlmagestError):
    """The job has failed and is tried again some times, each time later."""


class GivenUp(AlmagestError):
    """The job has failed in a way that trying again would not mend."""


class Retries(BaseRetryStrategy):
    """When a job is tried again: ``after`` seconds, then four times that, at most ``times`` times."""

    def __init__(self, after: float, times: int) -> None:
        self._after = after
        self._times = times

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """See the class; the priority of a job tells how often it has failed."""
        if isinstance(exception, Again):
            return RetryDecision(retry_at=_in(exception.seconds))
        failures = max(0, -job.priority)
        if isinstance(exception, Failed) and failures < self._times:
            wait = self._after * 4**failures
            return RetryDecision(retry_at=_in(wait), priority=job.priority - 1)
        return None


class QueueWorker:
    """Works until told to stop; see the module.

    ``concurrency`` jobs run at a time.  A worker that has given no sign of life for
    ``stalled_after`` seconds is taken for dead.  A failed harvest is tried again after
    ``retry_after`` seconds, four times as many, and so on.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        *,
        concurrency: int | None = None,
        stalled_after: float = 60.0,
        look_every: float = 5.0,
        retry_after: float = 60.0,
        part: int = PART,
    ) -> None:
        self._catalogue = catalogue
        self._concurrency = concurrency or catalogue.settings.workers
        self._stalled_after = stalled_after
        self._look_every = look_every
        self._retries = Retries(retry_after, times=3)
        self._part = part
        self._ending = threading.Event()
        self._stops: set[threading.Event] = set()

    def run(self, stop: threading.Event) -> None:
        """Work until ``stop`` is set; running harvests then end after the page in work."""
        logging.getLogger("procrastinate").setLevel(logging.WARNING)
        logging.getLogger("procrastinate.worker").addFilter(_is_told_by_us)
        self._ending = stop
        following = threading.Thread(target=self._follow, name="follow", daemon=True)
        following.start()
        mailing = threading.Thread(
            target=send_until, args=(self._catalogue, stop), name="digests", daemon=True
        )
        mailing.start()
        dumping = threading.Thread(target=dump_until, args=(self._catalogue, stop), name="dumps", daemon=True)
        dumping.start()
        try:
            while not stop.is_set():
                try:
                    asyncio.run(self._work())
                except (AlmagestError, exceptions.ProcrastinateException) as error:
                    log.error("the worker cannot work: %s", error)
                    stop.wait(self._look_every)
        finally:
            stop.set()
            following.join(_JOIN)
            mailing.join(_JOIN)
            dumping.join(_JOIN)

    async def _work(self) -> None:
        app = await asyncio.to_thread(open_app, self._catalogue, min_size=2, max_size=6, timeout=20)
        self._register(app)
        with (
            Queue(self._catalogue) as self._queue,
            ThreadPoolExecutor(self._concurrency, thread_name_prefix="job") as self._threads,
        ):
            async with app.open_async():
                working = asyncio.create_task(
                    app.run_worker_async(
                        concurrency=self._concurrency,
                        install_signal_handlers=False,
                        update_heartbeat_interval=min(_HEARTBEAT, self._stalled_after / 4),
                        stalled_worker_timeout=self._stalled_after,
                        # A lock that is given back wakes nobody up.
                        fetch_job_polling_interval=min(_LOOK_FOR_JOBS, self._look_every),
                        delete_jobs="successful",
                    )
                )
                planning = asyncio.create_task(self._plan(app))
                log.info("the worker begins, %d jobs at a time", self._concurrency)
                await self._until_stopped(working)
                planning.cancel()
                working.cancel()
                for done in await asyncio.gather(working, planning, return_exceptions=True):
                    if isinstance(done, Exception):
                        raise done
                log.info("the worker ends")

    async def _until_stopped(self, working: asyncio.Task[None]) -> None:
        while not self._ending.is_set() and not working.done():
            await asyncio.sleep(_NOTICE)
        for job in list(self._stops):
            job.set()

    async def _plan(self, app: App) -> None:
        planner = Planner(self._catalogue, app, self._stalled_after)
        while True:
            try:
                await planner.look()
            except (AlmagestError, exceptions.ProcrastinateException) as error:
                log.error("the queue cannot be planned: %s", error)
            await asyncio.sleep(self._look_every)

    def _follow(self) -> None:
        """Whoever has the turn lets index and representations follow."""
        others, faults = followers(self._catalogue, service=True), Faults()
        while not self._ending.is_set():
            try:
                with self._catalogue.database.source_lock(LEADER):
                    faults.tell(follow(self._catalogue, others))
            except SourceBusy:
                pass
            except AlmagestError as error:
                log.error("%s", error)
            self._ending.wait(self._look_every)

    def _register(self, app: App) -> None:
        tasks: dict[str, Callable[..., Any]] = {
            HARVEST: self._harvest,
            REMAP: self._remap,
            REMAP_PART: self._remap_part,
            REINDEX: self._reindex,
            REINDEX_PART: self._reindex_part,
            REINDEX_END: self._reindex_end,
        }
        for name, function in tasks.items():
            app.task(name=name, pass_context=True, retry=self._retries)(self._as_task(function))

        @app.periodic(cron="13 4 * * *")
        @app.task(name="sweep")
        async def sweep(timestamp: int) -> None:
            await app.job_manager.delete_old_jobs(
                nb_hours=_KEPT_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
            )

    def _as_task(self, function: Callable[..., None]) -> Callable[..., Any]:
        """A job as procrastinate wants it: it runs in a thread, and is told when it is to stop."""

        async def task(context: JobContext, **arguments: Any) -> None:
            stop = threading.Event()
            self._stops.add(stop)
            if self._ending.is_set():
                stop.set()
            if context.job.task_name == HARVEST:
                arguments["tried"] = context.job.attempts > 0
            loop = asyncio.get_running_loop()
            done = loop.run_in_executor(self._threads, lambda: function(stop, **arguments))
            try:
                await asyncio.shield(done)
            except asyncio.CancelledError:
                stop.set()
                await asyncio.wait([done])
                if bug := _bug(done.exception()):
                    log.error("a job that was cancelled has failed", exc_info=bug)
                raise
            except (Again, Failed):
                if not await self._waits_anew(context):
                    raise
            finally:
                self._stops.discard(stop)

        return task

    async def _waits_anew(self, context: JobContext) -> bool:
        """Whether the same job waits in the queue once more, so that this one need not go back there."""
        name = context.job.queueing_lock
        if name is None:
            return False
        return bool(await context.app.job_manager.list_jobs_async(queueing_lock=name, status="todo"))

    def _harvest(
        self,
        stop: threading.Event,
        source: str,
        full: bool = False,
        timestamp: int | None = None,
        tried: bool = False,
    ) -> None:
        try:
            run = jobs.harvest_source(self._catalogue, source, stop, full=full, tried=tried)
        except NotFound as error:
            log.warning("not harvested: %s", error, extra={"source": source})
            return
        if run.status == "interrupted":
            self._halted(run.error or "interrupted")
        if run.status == "failed" and not run.transient:
            raise GivenUp(run.error or "failed")
        if run.status == "failed" and not run.number:
            raise Again(run.error or "busy", _BUSY)
        if run.status == "failed":
            raise Failed(run.error or "failed")

    def _halted(self, reason: str) -> None:
        """Raises what lets another worker go on, or what says that the operator wants no more."""
        if self._ending.is_set():
            raise Again(reason, 0)
        raise exceptions.JobAborted

    def _remap(self, stop: threading.Event, source: str) -> None:
        ranges = self._catalogue.store.raw_ranges(source, self._part)
        parts = [{"source": source, "after": after, "until": until} for after, until in ranges]
        self._queue.put_parts(REMAP_PART, parts)
        log.info("to be mapped again, in %d parts", len(parts), extra={"source": source})

    def _remap_part(self, stop: threading.Event, source: str, after: int, until: int) -> None:
        try:
            counts = jobs.remap_records(self._catalogue, source, stop, after=after, until=until)
        except SourceBusy as error:
            raise Again(str(error), self._look_every) from None
        except jobs.Halted as error:
            self._halted(str(error))
        except StoreError as error:
            raise Failed(str(error)) from error
        else:
            told = ", ".join(f"{counts[name]} {name}" for name in jobs.REMAP_COUNTS if counts[name])
            log.info("mapped again, %d to %d: %s", after, until, told, extra={"source": source})

    def _reindex(self, stop: threading.Event) -> None:
        index = self._catalogue.index
        try:
            if not isinstance(index, SharedIndex):
                log.info("the search index is built anew of %d changes", jobs.reindex(self._catalogue, stop))
                return
            ranges = self._catalogue.store.change_ranges(self._part)
            build = index.begin_build()
        except jobs.Halted as error:
            self._halted(str(error))
        except (IndexError_, StoreError) as error:
            raise Failed(str(error)) from error
        else:
            parts = [{"build": build, "after": after, "until": until} for after, until in ranges]
            self._queue.put_parts(REINDEX_PART, parts)
            position = ranges[-1][1] if ranges else 0
            self._queue.put_parts(REINDEX_END, [{"build": build, "position": position}])
            log.info("the search index is built anew, in %d parts", len(parts))

    def _reindex_part(self, stop: threading.Event, build: str, after: int, until: int) -> None:
        index = self._catalogue.index
        assert isinstance(index, SharedIndex)
        try:
            taken = fill(self._catalogue.store, index, build, after, until, goes_on=lambda: not stop.is_set())
        except (IndexError_, StoreError) as error:
            raise Failed(str(error)) from error
        if taken is None:
            self._halted("stopped")

    def _reindex_end(self, stop: threading.Event, build: str, position: int) -> None:
        """Swap the indexes once all parts are written; a part that was given up ends the whole."""
        index = self._catalogue.index
        assert isinstance(index, SharedIndex)
        parts = self._queue.parts(REINDEX_PART, build)
        try:
            if any(part.status in GIVEN_UP for part in parts):
                for part in parts:
                    self._queue.cancel(part.job)
                index.drop_build(build)
                log.error(
                    "the search index is not built anew: a part of it failed or was cancelled; "
                    "the present one stays"
                )
                return
            if parts:
                raise Again(f"{len(parts)} parts are not written yet", self._look_every)
            index.finish_build(build, position)
        except (IndexError_, StoreError) as error:
            raise Failed(str(error)) from error
        log.info("the search index is built anew and in use, at change %d", position)


def _bug(error: BaseException | None) -> BaseException | None:
    """The error if it is none that a job ends with in good order."""
    return None if isinstance(error, AlmagestError | exceptions.JobAborted) else error


def _in(seconds: float) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


def _is_told_by_us(event: logging.LogRecord) -> bool:
    """Whether a log line of procrastinate tells of more than a failure that we have logged ourselves."""
    error = event.exc_info[1] if event.exc_info else None
    return not isinstance(error, AlmagestError | asyncio.CancelledError | exceptions.JobAborted)
