"""When a harvest is put into the queue, and by whom."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from catalogue.errors import SettingsError
from catalogue.opening import Catalogue
from catalogue.runs import Run
from catalogue.sources import Source
from tests.web.workers import Sources, at_work, eventually, opened
from web.queue import REMAP_PART, Queue, open_app
from web.queue_plan import MOST_DEATHS, Planner, due_tick
from web.queue_schema import SCHEMA
from web.queue_state import queue_state
from web.queue_worker import QueueWorker

NOW = datetime(2026, 5, 6, 12, 30, 30, tzinfo=UTC)
NIGHTLY = Source(name="a", kind="oai-pmh", url="http://a/", schedule="15 3 * * *")
DONE = Run(
    number=1,
    source="a",
    source_number=1,
    started="2026-05-06T03:15:02Z",
    finished="2026-05-06T03:20:00Z",
    full=True,
    status="succeeded",
)


def moment(tick: int | None) -> str | None:
    return None if tick is None else datetime.fromtimestamp(tick, UTC).isoformat()


def test_a_source_that_was_never_harvested_is_due_today() -> None:
    assert moment(due_tick(NIGHTLY, None, NOW)) == "2026-05-06T00:00:00+00:00"


def test_a_source_is_due_when_its_time_has_come_since_the_last_run() -> None:
    assert due_tick(NIGHTLY, DONE, NOW) is None
    yesterday = replace(DONE, started="2026-05-05T03:15:02Z", finished="2026-05-05T03:20:00Z")
    assert moment(due_tick(NIGHTLY, yesterday, NOW)) == "2026-05-06T03:15:00+00:00"


def test_of_many_moments_that_were_missed_the_last_one_counts() -> None:
    ancient = replace(DONE, started="2020-01-01T00:00:00Z", finished="2020-01-01T00:01:00Z")
    for schedule, last in {
        "* * * * *": "2026-05-06T12:30:00+00:00",
        "0 * * * *": "2026-05-06T12:00:00+00:00",
        "0 0 * * mon": "2026-05-04T00:00:00+00:00",
        "0 0 1 * *": "2026-05-01T00:00:00+00:00",
        "0 0 1 1 *": "2026-01-01T00:00:00+00:00",
    }.items():
        assert moment(due_tick(replace(NIGHTLY, schedule=schedule), ancient, NOW)) == last


def test_what_passes_while_a_harvest_runs_is_not_made_up_for() -> None:
    hourly = replace(NIGHTLY, schedule="0 * * * *")
    long = replace(DONE, started="2026-05-06T08:59:00Z", finished="2026-05-06T12:29:00Z")
    assert due_tick(hourly, long, NOW) is None


def test_a_harvest_that_was_stopped_waits_for_its_next_time_and_a_killed_one_does_not() -> None:
    assert due_tick(NIGHTLY, replace(DONE, status="interrupted"), NOW) is None
    killed = replace(DONE, status="running", finished=None)
    assert moment(due_tick(NIGHTLY, killed, NOW)) == "2026-05-06T03:15:02+00:00"
    # Should that job have been cancelled before it began, the next night brings another one.
    assert moment(due_tick(NIGHTLY, killed, NOW + timedelta(days=1))) == "2026-05-07T03:15:00+00:00"


def test_what_is_no_schedule_is_said() -> None:
    with pytest.raises(SettingsError, match="five cron fields"):
        due_tick(replace(NIGHTLY, schedule="daily"), DONE, NOW)


@pytest.mark.services
def test_two_workers_harvest_once_a_tick(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = datetime.now(UTC)
    now = [begun]
    monkeypatch.setattr("web.queue_plan._now", lambda: now[0])
    catalogue, other = opened(tmp_path / "a", postgres_url), opened(tmp_path / "b", postgres_url)
    with Sources(4, hosts=2, records=5, delay=0.01) as sources:
        sources.register(catalogue, "0 * * * *")
        catalogue.sources.add(
            Source(name="wrong", kind="oai-pmh", url="http://127.0.0.1:9/", schedule="daily")
        )
        two = QueueWorker(catalogue, look_every=0.05), QueueWorker(other, look_every=0.05)

        def runs() -> list[int]:
            return [len(catalogue.sources.runs(name)) for name in sources.servers]

        with at_work(*two), Queue(catalogue) as queue:
            eventually(lambda: runs() == [1, 1, 1, 1] and not queue.entries())
            # The runs are dated by the real clock, so the times that come must be later than that.
            for hour, count in ((1, 2), (2, 3)):
                now[0] = begun + timedelta(hours=hour)
                eventually(lambda count=count: runs() == [count] * 4)  # type: ignore[misc]
                eventually(lambda: not queue.entries())
    catalogue.close()
    other.close()


class Deaths:
    """Workers that take a job and die of it, one after the other."""

    def __init__(self, catalogue: Catalogue, url: str) -> None:
        self._app = open_app(catalogue)
        self._planner = Planner(catalogue, self._app, stalled_after=60)
        self._url = url.replace("+psycopg", "")

    def die(self, job: int | None) -> None:
        """One of them, and the look of another one that finds it dead."""
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(f"SET search_path TO {SCHEMA}")
            dead = "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour')"
            row = connection.execute(f"{dead} RETURNING id").fetchone()
            taken = "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE id = %s"
            assert row is not None
            assert connection.execute(taken, (row[0], job)).rowcount == 1
        # In a thread of its own: where a browser is open, this one has a loop already.
        with ThreadPoolExecutor(1) as looking:
            looking.submit(asyncio.run, self._look()).result()

    async def _look(self) -> None:
        async with self._app.open_async():
            await self._planner.look()


@pytest.mark.services
def test_a_harvest_that_kills_its_workers_is_given_up_and_says_so(postgres_url: str, tmp_path: Path) -> None:
    catalogue = opened(tmp_path, postgres_url)
    catalogue.sources.add(Source(name="deadly", kind="oai-pmh", url="http://127.0.0.1:9/"))
    deaths = Deaths(catalogue, postgres_url)
    with Queue(catalogue) as queue:
        job = queue.put_harvest(catalogue.sources.get("deadly"))
        for number in range(1, MOST_DEATHS):
            # Without a page there is no checkpoint, so that each worker begins a run of its own.
            assert catalogue.sources.begin_run("deadly").number == number
            deaths.die(job)
        # A page was stored: it has come further, and gets as many tries again.
        with catalogue.database.write() as connection:
            connection.exec_driver_sql(f"UPDATE run SET pages = 1 WHERE number = {MOST_DEATHS - 1}")
        for _ in range(MOST_DEATHS - 1):
            deaths.die(job)
        assert [entry.status for entry in queue.entries()] == ["todo"]
        assert catalogue.sources.runs("deadly")[0].status == "running"
        deaths.die(job)
        assert [entry.status for entry in queue.entries()] == ["failed"]
    (failed,) = queue_state(catalogue).failed
    last = catalogue.sources.runs("deadly")[0]
    assert (last.number, last.status) == (MOST_DEATHS - 1, "failed")
    assert (last.error or "").startswith(
        "8 workers in a row died in this harvest without storing one more page"
    )
    assert failed.reason == last.error
    catalogue.close()


@pytest.mark.services
def test_any_job_that_kills_its_workers_is_given_up(postgres_url: str, tmp_path: Path) -> None:
    catalogue = opened(tmp_path, postgres_url)
    catalogue.sources.add(Source(name="deadly", kind="oai-pmh", url="http://127.0.0.1:9/"))
    deaths = Deaths(catalogue, postgres_url)
    with Queue(catalogue) as queue:
        queue.put_parts(REMAP_PART, [{"source": "deadly", "after": 0, "until": 5}])
        (entry,) = queue.entries()
        for _ in range(MOST_DEATHS):
            assert queue.entries()[0].status == "todo"
            deaths.die(entry.job)
        assert queue.entries()[0].status == "failed"
    catalogue.close()
