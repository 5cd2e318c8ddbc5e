"""When a harvest is put into the queue, and by whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from catalogue.errors import SettingsError
from catalogue.runs import Run
from catalogue.sources import Source
from tests.web.workers import Sources, at_work, eventually, opened
from web.queue import Queue
from web.queue_plan import due_tick
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
