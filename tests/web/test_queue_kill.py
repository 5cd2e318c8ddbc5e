"""Workers as programs that are killed: the round over all sources ends as if nothing had happened."""

from __future__ import annotations

import signal
from pathlib import Path

import psycopg
import pytest

from catalogue.opening import Catalogue
from harvesters.run import harvest
from tests.web.command_line import Home
from tests.web.workers import NEVER, Sources, State, eventually, logs, opened, state, workers
from web.queue import Queue
from web.queue_state import queue_state

pytestmark = pytest.mark.services


def undisturbed(sources: Sources, home: Path) -> State:
    """What one harvest after the other brings, in one process and into SQLite."""
    catalogue = opened(home, f"sqlite:///{home}/catalogue.db")
    sources.register(catalogue, None)
    runs = harvest(catalogue, [])
    assert {run.status for run in runs} == {"succeeded"}
    found = state(catalogue)
    catalogue.close()
    return found


@pytest.mark.parametrize("killed", ["one", "both"])
def test_a_round_over_twenty_sources_survives_kill_9(postgres_url: str, tmp_path: Path, killed: str) -> None:
    home = Home(tmp_path / "home", {"ALMAGEST_DATABASE_URL": postgres_url})
    home.path.mkdir()
    with Sources(20, hosts=10, records=100, delay=0.1) as sources:
        expected = undisturbed(sources, tmp_path / "alone")
        sources.requests.clear()
        catalogue = opened(home.path, postgres_url)
        sources.register(catalogue, NEVER)
        with workers(home) as begin:
            first, second = begin(), begin()
            eventually(lambda: len(at_work_on_pages(catalogue)) == 2)
            first.kill()
            if killed == "both":
                second.kill()
                second = begin()
            eventually(lambda: len(runs_done(catalogue)) == 20 and not jobs(catalogue), 50)
            second.send_signal(signal.SIGTERM)
            assert second.wait(20) == 0
        assert state(catalogue) == expected, logs(home)
        assert sources.overlaps("source") == []
        assert sources.overlaps("host") == []
        every = {name: catalogue.sources.runs(name) for name in sources.servers}
        # A killed run is gone on with as itself; begun anew where it had not stored a page; and where
        # only the job had not been ended yet, the source is asked once more what is new.
        assert {run.status for runs in every.values() for run in runs} <= {"succeeded", "interrupted"}
        assert sum(len(runs) for runs in every.values()) <= 20 + 8
        assert "taken over from a worker that died" in logs(home)
        assert "going on where the last run was cut off" in logs(home)
        assert "Traceback" not in logs(home)
        assert queue_state(catalogue).failed == ()
        catalogue.close()


def runs_done(catalogue: Catalogue) -> list[str]:
    """The sources whose last run has ended well."""
    latest = catalogue.sources.latest()
    return [name for name, run in latest.items() if run.status == "succeeded"]


def at_work_on_pages(catalogue: Catalogue) -> set[str | None]:
    """The workers that are in the middle of a list of ten pages."""
    running = queue_state(catalogue).running
    return {job.worker for job in running if job.run is not None and 2 <= job.run.pages <= 7}


def jobs(catalogue: Catalogue) -> list[str | None]:
    """The sources that wait or are being harvested."""
    now = queue_state(catalogue)
    return [job.source for job in (*now.running, *now.waiting)]


def test_a_harvest_whose_worker_died_can_be_stopped_and_what_waits_says_for_whom(
    postgres_url: str, tmp_path: Path
) -> None:
    home = Home(tmp_path / "home", {"ALMAGEST_DATABASE_URL": postgres_url})
    with Sources(2, hosts=1, records=200, delay=0.1) as sources, workers(home) as begin:
        catalogue = opened(home.path, postgres_url)
        sources.register(catalogue, NEVER)
        dead, other = sources.servers
        first = begin("--concurrency", "1")
        eventually(lambda: len(at_work_on_pages(catalogue)) == 1)
        first.kill()
        first.wait(10)
        dead = next(str(job.source) for job in queue_state(catalogue).running)
        (other,) = set(sources.servers) - {dead}
        (waits,) = [one for one in home.json("queue") if one["state"] == "waiting"]
        assert waits["source"] == other
        assert "host 127.0.0.2, held by worker" in waits["waits_for"]
        assert f"for {dead} (last sign of life" in waits["waits_for"]
        told = home("source", "stop", dead)
        assert f"Nobody is harvesting {dead}, although worker" in told.stderr
        assert catalogue.sources.runs(dead)[0].status == "interrupted"
        (shown,) = [one for one in home.json("queue") if one["state"] == "running"]
        assert shown["cancelled"]
        begin("--concurrency", "1")
        eventually(lambda: catalogue.sources.state(other).records > 0, 40)
        after = queue_state(catalogue)
        assert after.failed == ()
        assert [job.source for job in after.running] == [other]
        assert [run.status for run in catalogue.sources.runs(dead)] == ["interrupted"]
        assert "has ended with its worker" in logs(home)
        catalogue.close()


def test_only_workers_of_whom_one_has_heard_are_alive(postgres_url: str, tmp_path: Path) -> None:
    home = Home(tmp_path / "home", {"ALMAGEST_DATABASE_URL": postgres_url})
    catalogue = opened(tmp_path / "home", postgres_url)
    with Sources(1, records=1) as sources:
        sources.register(catalogue, None)
        with Queue(catalogue) as queue:
            queue.put_harvest(catalogue.sources.get("source-00"))
        with psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True) as connection:
            table = "almagest_queue.procrastinate_workers"
            for silent in (5, 45):
                connection.execute(
                    f"INSERT INTO {table} (last_heartbeat) VALUES (now() - make_interval(secs => {silent}))"
                )
            assert [worker.alive for worker in queue_state(catalogue).workers] == [True, False]
            assert "1 worker is alive" in home("queue").stderr
            assert queue_state(catalogue).waiting[0].waits_for == "a worker that is free"
            connection.execute(f"UPDATE {table} SET last_heartbeat = now() - interval '45 seconds'")
        assert queue_state(catalogue).waiting[0].waits_for == "a worker: none is alive"
        assert "waits for a worker: none is alive" in home("queue").stdout
    catalogue.close()
