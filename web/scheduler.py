"""The scheduler: harvests each source when its schedule says so, and lets the followers follow.

Of several schedulers on one database one leads and the others wait to take over.  The
leader is the one process that writes the embedded index.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

from catalogue.asked_harvests import AskedHarvests
from catalogue.errors import AlmagestError, SettingsError, SourceBusy
from catalogue.following import Followed, follow
from catalogue.opening import Catalogue
from catalogue.runs import Run
from catalogue.sources import Source
from web.digests import send_until
from web.dumps import dump_until
from web.followers import followers
from web.jobs import harvest_source
from web.queue_state import LEADER

log = logging.getLogger(__name__)

_LOOK_EVERY = 5.0
_LATE_BY = 3600
_LAST_MAIL = 30.0
"""Seconds in which a digest that is just being sent may come to its end."""


def check_schedule(schedule: str) -> None:
    """Raises `SettingsError` for what is no schedule."""
    _trigger(schedule)


def _trigger(schedule: str) -> CronTrigger:
    try:
        return CronTrigger.from_crontab(schedule, timezone=UTC)
    except ValueError as error:
        raise SettingsError(
            f"«{schedule}» is no schedule ({error}): give five cron fields, like «15 3 * * *» "
            "for every night at 3:15 UTC."
        ) from None


def next_harvest(source: Source, after: datetime) -> datetime | None:
    """When a source is to be harvested next after a moment; ``None`` without a schedule in force."""
    if source.plan is None:
        return None
    moment: datetime | None = _trigger(source.plan).get_next_fire_time(None, after)
    return moment


def overdue_since(source: Source, last: Run | None) -> datetime | None:
    """Since when a scheduled source waits to be harvested; ``None`` where its time has not come.

    A source that was never harvested, or whose last run was cut off, is due at once.
    """
    if source.plan is None:
        return None
    now = datetime.now(UTC)
    if last is None:
        return now
    if last.status in {"running", "interrupted"}:
        return datetime.fromisoformat(last.started)
    due = next_harvest(source, datetime.fromisoformat(last.started))
    return due if due is not None and due <= now else None


def _unplan(jobs: Any, name: str) -> None:
    """Take a source out of the plan; one with a wrong schedule is in none."""
    with contextlib.suppress(JobLookupError):
        jobs.remove_job(name)


class Faults:
    """What keeps the followers from following, told when it comes and when it goes."""

    def __init__(self) -> None:
        self._known: dict[str, str | None] = {}

    def tell(self, followed: Iterable[Followed]) -> None:
        """Log what is new about the followers."""
        for one in followed:
            if one.fault != self._known.get(one.name):
                level = logging.INFO if one.fault is None else logging.WARNING
                what = "follows again" if one.fault is None else f"is behind: {one.fault}"
                log.log(level, "the %s %s", one.name, what)
            self._known[one.name] = one.fault


class Scheduler:
    """Runs the schedules of the registered sources until told to stop."""

    def __init__(
        self, catalogue: Catalogue, *, concurrency: int | None = None, look_every: float = _LOOK_EVERY
    ) -> None:
        self._catalogue = catalogue
        self._concurrency = concurrency or max(catalogue.settings.workers, 1)
        self._look_every = look_every
        self._stop = threading.Event()
        self._planned: dict[str, str] = {}
        self._faults = Faults()
        self._followers = followers(catalogue, service=True)

    def run(self, stop: threading.Event) -> None:
        """Lead, or wait to lead, until ``stop`` is set; harvests then end after the page in work."""
        self._stop = stop
        is_told = False
        while not stop.is_set():
            try:
                with self._catalogue.database.source_lock(LEADER):
                    log.info("the scheduler begins")
                    self._lead()
                    log.info("the scheduler ends")
            except SourceBusy:
                if not is_told:
                    log.info("another scheduler runs on this database; waiting to take over")
                is_told = True
            except AlmagestError as error:
                log.error("the scheduler cannot work: %s", error)
            stop.wait(self._look_every)

    def _lead(self) -> None:
        jobs = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(self._concurrency)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": _LATE_BY},
        )
        self._planned.clear()
        jobs.start()
        digests = threading.Thread(
            target=send_until, args=(self._catalogue, self._stop), name="digests", daemon=True
        )
        digests.start()
        dumps = threading.Thread(
            target=dump_until, args=(self._catalogue, self._stop), name="dumps", daemon=True
        )
        dumps.start()
        try:
            while not self._stop.is_set():
                self._look(jobs)
                self._stop.wait(self._look_every)
        finally:
            jobs.shutdown(wait=True)
            digests.join(_LAST_MAIL)
            dumps.join(_LAST_MAIL)

    def _look(self, jobs: Any) -> None:
        """Take in what has changed since the last look; a database that is down is waited for."""
        try:
            self._plan(jobs)
            self._take_asked(jobs)
            self._faults.tell(follow(self._catalogue, self._followers))
        except AlmagestError as error:
            log.error("%s", error)

    def _plan(self, jobs: Any) -> None:
        """Bring the jobs in line with the registered sources."""
        wanted = {source.name: source for source in self._catalogue.sources.all() if source.plan}
        for name in [name for name in self._planned if name not in wanted]:
            _unplan(jobs, name)
            del self._planned[name]
            log.info("no longer scheduled", extra={"source": name})
        for name, source in wanted.items():
            assert source.plan is not None
            if self._planned.get(name) == source.plan:
                continue
            try:
                trigger = _trigger(source.plan)
            except SettingsError as error:
                log.error("%s", error, extra={"source": name})
                _unplan(jobs, name)
                self._planned[name] = source.plan
                continue
            first = {"next_run_time": datetime.now(UTC)} if self._is_overdue(source) else {}
            jobs.add_job(
                self._harvest, trigger, args=[name], id=name, name=name, replace_existing=True, **first
            )
            self._planned[name] = source.plan
            log.info("scheduled: %s", source.plan, extra={"source": name})

    def _take_asked(self, jobs: Any) -> None:
        """Begin the harvests that operators have asked for; that of a busy source waits for its end."""
        asked = AskedHarvests(self._catalogue.database)
        for one in asked.all():
            if self._catalogue.database.is_locked(one.source) or asked.take(one.source) is None:
                continue
            log.info("a harvest was asked for", extra={"source": one.source})
            jobs.add_job(self._harvest, args=[one.source], kwargs={"full": one.full}, name=one.source)

    def _is_overdue(self, source: Source) -> bool:
        """Whether a harvest was missed or cut off while no scheduler ran."""
        last = next(iter(self._catalogue.sources.runs(source.name, 1)), None)
        return overdue_since(source, last) is not None

    def _harvest(self, name: str, full: bool = False) -> None:
        try:
            harvest_source(self._catalogue, name, self._stop, full=full)
        except AlmagestError as error:
            log.error("the harvest did not run: %s", error, extra={"source": name})
