"""The task queue in PostgreSQL: putting jobs into it, looking into it, taking them out again.

The queue is procrastinate's.  A harvest bears the lock of its host, so that one host is
asked by one worker at a time, and a queueing lock of its source, so that a source waits
only once.  Each failure lowers the priority of a job by one: what failed waits behind the
rest, and does not hold up the other sources of its host.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import psycopg
import psycopg_pool
from procrastinate import App, PsycopgConnector, exceptions
from procrastinate.jobs import JobDeferrer
from psycopg.conninfo import make_conninfo

from catalogue.errors import SettingsError, StoreUnavailable
from catalogue.opening import Catalogue
from catalogue.sources import Source
from web.queue_schema import SCHEMA, apply_schema

HARVEST, REMAP, REMAP_PART = "harvest", "remap", "remap-part"
REINDEX, REINDEX_PART, REINDEX_END = "reindex", "reindex-part", "reindex-end"
GIVEN_UP = frozenset({"failed", "cancelled", "aborted"})
"""The states of jobs that nobody will do any more, although they are not done."""

Part = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A job that waits, runs or was given up; ``since`` is when it came into this state.

    ``heartbeat`` is the last sign of life of its worker; ``None`` when that is not known any more.
    Of the jobs with the same ``lock`` one runs at a time.  ``cancelled`` tells of a job that runs
    that it is to end.
    """

    job: int
    task: str
    status: str
    arguments: dict[str, Any]
    since: datetime
    not_before: datetime | None
    attempts: int
    worker: int | None
    heartbeat: datetime | None
    lock: str | None
    cancelled: bool

    @property
    def source(self) -> str | None:
        """The source that it is about."""
        return self.arguments.get("source")


def open_app(catalogue: Catalogue, **pool: Any) -> App:
    """The application of procrastinate on the database of a catalogue, its tables made if need be.

    Raises `SettingsError` where the database is not PostgreSQL, and `StoreError`.
    """
    if catalogue.database.is_sqlite:
        raise SettingsError(
            "A queue for several workers needs PostgreSQL; with SQLite the scheduler of «almagest serve» or "
            "«almagest work» harvests by itself. Set ALMAGEST_DATABASE_URL to a PostgreSQL database."
        )
    conninfo = _conninfo(catalogue)
    with translated():
        apply_schema(conninfo)
        return App(connector=PsycopgConnector(conninfo=conninfo, **pool))


def _conninfo(catalogue: Catalogue) -> str:
    url = catalogue.database.url
    given = {name: value if isinstance(value, str) else value[-1] for name, value in url.query.items()}
    given["options"] = f"{given.get('options', '')} -c search_path={SCHEMA}".strip()
    return make_conninfo(
        host=url.host, port=url.port, user=url.username, password=url.password, dbname=url.database, **given
    )


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Errors of the queue's database as ours."""
    try:
        yield
    except (exceptions.ConnectorException, psycopg.Error, psycopg_pool.PoolTimeout) as error:
        reason = str(error.__cause__ or error).strip().splitlines()[:1]
        raise StoreUnavailable(
            f"The queue in the database does not answer ({''.join(reason) or 'no reason given'}); "
            "check ALMAGEST_DATABASE_URL and try again."
        ) from error


class Queue:
    """The queue of a catalogue, open for the length of a ``with``; raises `StoreError`."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._app = open_app(catalogue, min_size=1, max_size=4, timeout=20)

    def __enter__(self) -> Queue:
        with translated():
            self._app.open()
        return self

    def __exit__(self, *_: object) -> None:
        self._app.close()

    def put_harvest(self, source: Source, *, full: bool = False) -> int | None:
        """The number of the new job; ``None`` when the source waits or is being harvested already."""
        job = harvest_job(self._app, source, full=full)
        if self._find(HARVEST, source.name, full=full):
            return None
        return self._put(job)

    def put_remap(self, source: str) -> int | None:
        """Let the workers map the originals of a source again; ``None`` when they are at it already."""
        if self._find(REMAP, source) or self._find(REMAP_PART, source):
            return None
        return self._put(self._app.configure_task(REMAP, queueing_lock=f"remap {source}"), source=source)

    def put_reindex(self) -> int | None:
        """Let the workers build the search index anew; ``None`` when they are at it already."""
        if any(entry.task in {REINDEX, REINDEX_PART, REINDEX_END} for entry in self._active()):
            return None
        return self._put(self._app.configure_task(REINDEX, queueing_lock=REINDEX))

    def put_parts(self, task: str, parts: Sequence[Part]) -> None:
        """The parts of a job for all workers, all of them or none."""
        if parts:
            with translated():
                self._app.configure_task(task).batch_defer(*parts)

    def entries(self) -> list[Entry]:
        """What waits, runs or was given up, in the order in which it is taken."""
        return self._listed(["todo", "doing", "failed"])

    def parts(self, task: str, build: str) -> list[Entry]:
        """The parts of a build that are not done, be it that nobody will do them any more."""
        undone = self._listed(["todo", "doing", *GIVEN_UP])
        return [entry for entry in undone if entry.task == task and entry.arguments.get("build") == build]

    def _listed(self, statuses: list[str]) -> list[Entry]:
        with translated():
            connector = self._app.connector.get_sync_connector()
            rows = connector.execute_query_all(_ENTRIES, statuses=statuses)
        return [Entry(**row) for row in rows]

    def workers(self) -> list[tuple[int, datetime]]:
        """The processes that work, with their last sign of life."""
        with translated():
            rows = self._app.connector.get_sync_connector().execute_query_all(_WORKERS)
        return [(row["id"], row["last_heartbeat"]) for row in rows]

    def cancel(self, job: int) -> bool:
        """Take a waiting job out, or ask a running one to end; whether there was such a job."""
        with translated():
            return self._app.job_manager.cancel_job_by_id(job, abort=True)

    def cancel_source(self, source: str) -> list[Entry]:
        """Cancel all that is to be done for a source; those jobs as they were before."""
        jobs = [entry for entry in self._active() if entry.source == source]
        return [entry for entry in jobs if self.cancel(entry.job)]

    def _active(self) -> list[Entry]:
        return [entry for entry in self.entries() if entry.status in {"todo", "doing"}]

    def _find(self, task: str, source: str, **arguments: Any) -> bool:
        wanted = {"source": source, **arguments}
        return any(
            entry.task == task and wanted.items() <= entry.arguments.items() for entry in self._active()
        )

    def _put(self, job: JobDeferrer, **arguments: Any) -> int | None:
        with translated():
            try:
                return job.defer(**arguments)
            except exceptions.AlreadyEnqueued:
                return None


_shared: WeakKeyDictionary[Catalogue, Queue] = WeakKeyDictionary()
_sharing = threading.Lock()


def shared_queue(catalogue: Catalogue) -> Queue:
    """The queue for all threads of this process, open until the catalogue is closed; raises `StoreError`.

    To open one takes several connections, which is too much for each view of a page.
    """
    with _sharing:
        queue = _shared.get(catalogue)
        if queue is None:
            queue = catalogue.closing.enter_context(Queue(catalogue))
            catalogue.closing.callback(_shared.pop, catalogue, None)
            _shared[catalogue] = queue
        return queue


def harvest_job(app: App, source: Source, *, full: bool = False) -> JobDeferrer:
    """The harvest of a source, ready to be put into the queue."""
    host = (urlsplit(source.url).hostname or source.name).lower()
    return app.configure_task(
        HARVEST,
        lock=f"host {host}",
        queueing_lock=f"harvest {source.name}{' full' if full else ''}",
        task_kwargs={"source": source.name, "full": full},
    )


_ENTRIES = """
    SELECT job.id AS job, job.task_name AS task, job.status::text AS status, job.args AS arguments,
           job.scheduled_at AS not_before, job.attempts AS attempts,
           job.worker_id AS worker, worker.last_heartbeat AS heartbeat,
           job.lock AS lock, job.abort_requested AS cancelled,
           (SELECT max(event.at) FROM procrastinate_events event
             WHERE event.job_id = job.id AND event.type <> 'scheduled') AS since
      FROM procrastinate_jobs job LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id
     WHERE job.status::text = ANY(%(statuses)s)
     ORDER BY job.status, job.priority DESC, job.id
"""
_WORKERS = "SELECT id, last_heartbeat FROM procrastinate_workers ORDER BY id"
