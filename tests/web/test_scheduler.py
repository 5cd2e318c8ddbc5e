"""The scheduler: schedules are kept, one leads, the followers follow."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalogue.errors import SettingsError
from catalogue.opening import Catalogue
from catalogue.settings import load_settings
from catalogue.sources import Source
from tests.web.command_line import PATHS, sample_server
from tests.web.workers import Sources
from web.queue_state import queue_state, stop_source
from web.scheduler import Scheduler, check_schedule, next_harvest

EVERY_MINUTE = "* * * * *"
NEVER = "0 0 29 2 *"


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    """An empty catalogue."""
    opened = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path)}))
    yield opened
    opened.close()


@contextmanager
def running(*schedulers: Scheduler) -> Iterator[threading.Event]:
    """Schedulers in threads, until the end of the block."""
    stop = threading.Event()
    threads = [threading.Thread(target=scheduler.run, args=(stop,)) for scheduler in schedulers]
    for thread in threads:
        thread.start()
    try:
        yield stop
    finally:
        stop.set()
        for thread in threads:
            thread.join(30)
            assert not thread.is_alive()


def eventually(holds: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def library(address: str, schedule: str | None) -> Source:
    return Source(name="library", kind="oai-pmh", url=address + PATHS["library"], schedule=schedule)


def test_what_is_a_schedule() -> None:
    check_schedule("*/5 2-4 * * mon-fri")
    for wrong in ("", "daily", "* * * *", "99 * * * *", "* * * * * *", "a b c d e"):
        with pytest.raises(SettingsError, match="five cron fields"):
            check_schedule(wrong)


def test_when_the_next_harvest_is() -> None:
    source = Source(name="a", kind="oai-pmh", url="http://a/", schedule="15 3 * * *")
    assert next_harvest(source, datetime(2026, 1, 1, 4, 0, tzinfo=UTC)) == datetime(
        2026, 1, 2, 3, 15, tzinfo=UTC
    )
    assert next_harvest(replace(source, schedule=None), datetime.now(UTC)) is None


def test_a_source_that_was_never_harvested_is_harvested_at_once_and_indexed(catalogue: Catalogue) -> None:
    with sample_server() as server:
        with running(Scheduler(catalogue, look_every=0.1)):
            catalogue.sources.add(library(server.address, NEVER))
            eventually(lambda: catalogue.sources.state("library").last_success is not None)
            records = catalogue.sources.state("library").records
            assert records == 42
            eventually(lambda: catalogue.index.position() == catalogue.store.last_sequence())
        assert len(catalogue.sources.runs("library")) == 1


def test_without_schedule_nothing_is_harvested(catalogue: Catalogue) -> None:
    with sample_server() as server, running(Scheduler(catalogue, look_every=0.1)):
        catalogue.sources.add(library(server.address, None))
        time.sleep(1)
        assert catalogue.sources.runs("library") == []


def test_a_changed_schedule_and_a_removed_source_are_noticed(catalogue: Catalogue) -> None:
    with sample_server() as server:
        catalogue.sources.add(library(server.address, NEVER))
        scheduler = Scheduler(catalogue, look_every=0.1)
        with running(scheduler):
            eventually(lambda: scheduler._planned == {"library": NEVER})
            catalogue.sources.change(library(server.address, EVERY_MINUTE))
            eventually(lambda: scheduler._planned == {"library": EVERY_MINUTE})
            catalogue.sources.forget("library")
            eventually(lambda: scheduler._planned == {})


def test_a_source_with_a_wrong_schedule_can_go_without_taking_the_scheduler_along(
    catalogue: Catalogue, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    with sample_server() as server:
        catalogue.sources.add(library(server.address, "daily"))
        with running(Scheduler(catalogue, look_every=0.05)):
            eventually(lambda: "five cron fields" in caplog.text)
            catalogue.sources.forget("library")
            eventually(lambda: "no longer scheduled" in caplog.text)
            catalogue.sources.add(library(server.address, EVERY_MINUTE))
            eventually(lambda: catalogue.sources.state("library").records > 0)


def test_of_two_schedulers_one_leads_and_the_other_takes_over(catalogue: Catalogue, tmp_path: Path) -> None:
    other = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path)}))
    with sample_server() as server:
        catalogue.sources.add(library(server.address, NEVER))
        first, second = Scheduler(catalogue, look_every=0.1), Scheduler(other, look_every=0.1)
        with running(first) as stop_first:
            eventually(lambda: catalogue.sources.state("library").last_success is not None)
            with running(second):
                time.sleep(0.6)
                assert second._planned == {}
                stop_first.set()
                eventually(lambda: bool(second._planned))
        assert len(catalogue.sources.runs("library")) == 1
    other.close()


def test_a_missed_harvest_is_caught_up(catalogue: Catalogue) -> None:
    with sample_server() as server:
        catalogue.sources.add(library(server.address, EVERY_MINUTE))
        source = catalogue.sources.get("library")
        scheduler = Scheduler(catalogue)
        assert scheduler._is_overdue(source)
        run = catalogue.sources.begin_run("library")
        assert scheduler._is_overdue(source)
        catalogue.sources.finish_run(run, "succeeded")
        assert not scheduler._is_overdue(source)


def test_a_source_that_fails_leaves_the_scheduler_running(catalogue: Catalogue) -> None:
    catalogue.sources.add(Source(name="dead", kind="oai-pmh", url="http://127.0.0.1:9/oai", schedule=NEVER))
    with sample_server() as server, running(Scheduler(catalogue, look_every=0.1)):
        eventually(
            lambda: (run := catalogue.sources.state("dead").last_run) is not None and run.error is not None
        )
        catalogue.sources.add(library(server.address, NEVER))
        eventually(lambda: catalogue.sources.state("library").records == 42)


def test_a_harvest_can_be_stopped_from_another_process(catalogue: Catalogue, tmp_path: Path) -> None:
    other = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path)}))
    with Sources(1, records=400, delay=0.1) as sources, running(Scheduler(catalogue, look_every=0.1)):
        sources.register(catalogue, NEVER)
        (name,) = sources.servers
        eventually(lambda: any(job.run and job.run.pages > 2 for job in queue_state(other).running))
        assert "ends after the page in work" in stop_source(other, other.sources.get(name))
        eventually(lambda: catalogue.sources.runs(name)[0].status == "interrupted")
        (run,) = catalogue.sources.runs(name)
        assert 0 < run.fetched < 400
        assert "is not being harvested" in stop_source(other, other.sources.get(name))
    other.close()


@pytest.mark.services
def test_postgresql_knows_one_leader_too(postgres_url: str, tmp_path: Path) -> None:
    settings = load_settings({"ALMAGEST_HOME": str(tmp_path), "ALMAGEST_DATABASE_URL": postgres_url})
    one, two = Catalogue(settings), Catalogue(settings)
    with sample_server() as server:
        one.sources.add(library(server.address, NEVER))
        first, second = Scheduler(one, look_every=0.1), Scheduler(two, look_every=0.1)
        with running(first) as stop_first:
            eventually(lambda: bool(first._planned))
            with running(second):
                time.sleep(0.6)
                assert second._planned == {}
                stop_first.set()
                eventually(lambda: bool(second._planned))
    one.close()
    two.close()
