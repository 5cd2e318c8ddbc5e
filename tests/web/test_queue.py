"""The queue: what is put into it once, how it is shared, stopped, tried again and shown."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from catalogue.errors import IndexUnavailable, SettingsError, StoreUnavailable
from catalogue.index import Query, SharedIndex
from catalogue.indexing import sync
from catalogue.opening import Catalogue
from catalogue.runs import SourceState
from catalogue.settings import load_settings
from catalogue.sources import Source
from harvesters.run import harvest
from tests.harvesters.misbehaving import Asked, Repository, Sent, Server, some
from tests.web.command_line import Home, one_sentence
from tests.web.workers import NEVER, Sources, at_work, eventually, logs, opened, state, workers
from web.app import create_app
from web.queue import REINDEX_END, REINDEX_PART, Queue
from web.queue_state import queue_state, stop_source
from web.queue_worker import QueueWorker

FAST = {"look_every": 0.1, "retry_after": 0.2}


@pytest.fixture
def catalogue(postgres_url: str, tmp_path: Path) -> Iterator[Catalogue]:
    """An empty catalogue on PostgreSQL."""
    one = opened(tmp_path / "home", postgres_url)
    yield one
    one.close()


def worker(catalogue: Catalogue, **options: float) -> QueueWorker:
    return QueueWorker(catalogue, **(FAST | options))  # type: ignore[arg-type]


def test_sqlite_has_no_queue_and_says_what_to_do(tmp_path: Path) -> None:
    home = Home(tmp_path, {})
    assert home("source", "add", "one", "--kind", "oai-pmh", "--url", "http://localhost:9/").exit_code == 0
    for command in (("harvest", "one", "--queue"), ("remap", "--queue"), ("index", "rebuild", "--queue")):
        refused = home(*command)
        assert refused.exit_code == 2
        assert "needs PostgreSQL" in one_sentence(refused)


def test_one_machine_tells_what_runs_and_what_is_due(tmp_path: Path) -> None:
    one = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path)}))
    for name, schedule in {"due": NEVER, "never": None, "busy": "15 3 * * *"}.items():
        one.sources.add(Source(name=name, kind="oai-pmh", url="http://localhost:9/", schedule=schedule))
    with one.database.source_lock("busy"):
        one.sources.begin_run("busy")
        seen = queue_state(one)
    assert [(job.source, job.run.number) for job in seen.running if job.run] == [("busy", 1)]
    assert [(job.source, job.position) for job in seen.waiting] == [("due", 1)]
    assert {one.source for one in seen.planned} == {"due", "busy"}
    assert seen.workers == ()
    with one.database.source_lock(".scheduler"):
        assert [worker.alive for worker in queue_state(one).workers] == [True]
    one.close()


@pytest.mark.services
def test_several_processes_may_make_the_queue_at_once(postgres_url: str, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from tests.web.workers import opened; from web.queue import Queue\n"
        "with Queue(opened(Path(sys.argv[1]), sys.argv[2])) as queue: assert queue.entries() == []"
    )
    command = [sys.executable, "-c", code, str(tmp_path), postgres_url]
    running = [subprocess.Popen(command) for _ in range(4)]
    assert [process.wait(60) for process in running] == [0, 0, 0, 0]


@pytest.mark.services
def test_a_database_that_does_not_answer_is_said(catalogue: Catalogue) -> None:
    catalogue.database.url = catalogue.database.url.set(port=1)
    with pytest.raises(StoreUnavailable, match="does not answer"):
        Queue(catalogue)


@pytest.mark.services
def test_who_looks_into_the_queue_again_opens_no_connection(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, postgres_url: str
) -> None:
    opened: list[object] = []
    connect = psycopg.Connection.connect

    def counted(*arguments: Any, **more: Any) -> psycopg.Connection[Any]:
        opened.append(arguments)
        return connect(*arguments, **more)

    monkeypatch.setattr(psycopg.Connection, "connect", counted)
    pages = create_app(catalogue).test_client()
    assert pages.get("/sources").status_code == 200
    before = len(opened)
    assert before > 0
    for _ in range(5):
        assert pages.get("/sources").status_code == 200
    assert len(opened) == before
    # Nobody is shown an error because the database was started anew in between.
    monkeypatch.undo()
    with psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True) as connection:
        mine = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        connection.execute(f"SELECT pg_terminate_backend(pid) {mine}")
        eventually(lambda: connection.execute(f"SELECT count(*) {mine}").fetchone() == (0,))
        assert queue_state(catalogue).waiting == ()
        catalogue.close()
        eventually(lambda: connection.execute(f"SELECT count(*) {mine}").fetchone() == (0,))


@pytest.mark.services
def test_a_source_waits_once_and_can_be_taken_out_again(catalogue: Catalogue) -> None:
    for name in ("one", "two"):
        catalogue.sources.add(Source(name=name, kind="oai-pmh", url=f"http://{name}.example.org/"))
    one, two = catalogue.sources.get("one"), catalogue.sources.get("two")
    with Queue(catalogue) as queue:
        first = queue.put_harvest(one)
        assert first is not None
        assert queue.put_harvest(one) is None
        assert queue.put_harvest(one, full=True) is not None
        second = queue.put_harvest(two)
        seen = queue_state(catalogue)
        assert [(job.source, job.position) for job in seen.waiting] == [("one", 1), ("one", 2), ("two", 3)]
        assert "no longer waits" in stop_source(catalogue, one)
        assert [job.job for job in queue_state(catalogue).waiting] == [second]
        assert second is not None
        assert queue.cancel(second)
        assert not queue.cancel(second)
        assert queue_state(catalogue).waiting == ()
    assert "is not being harvested" in stop_source(catalogue, one)


@pytest.mark.services
def test_a_harvest_that_is_stopped_keeps_its_place_and_does_not_begin_again_by_itself(
    catalogue: Catalogue,
) -> None:
    with Sources(1, records=200, delay=0.1) as sources:
        sources.register(catalogue, NEVER)
        (name,) = sources.servers
        with at_work(worker(catalogue)):
            eventually(lambda: any(job.run and job.run.pages > 2 for job in queue_state(catalogue).running))
            assert "ends after the page in work" in stop_source(catalogue, catalogue.sources.get(name))
            eventually(lambda: catalogue.sources.runs(name)[0].status == "interrupted")
            stopped = catalogue.sources.runs(name)[0]
            assert 0 < stopped.fetched < 200
            time.sleep(0.3)
            asked = len(sources.requests)
            time.sleep(0.5)
            assert len(sources.requests) == asked
            assert queue_state(catalogue).running == ()
            with Queue(catalogue) as queue:
                queue.put_harvest(catalogue.sources.get(name))
            eventually(lambda: catalogue.sources.runs(name)[0].status == "succeeded")
            last = catalogue.sources.runs(name)[0]
            assert stopped.fetched + last.fetched == 200


@pytest.mark.services
def test_what_a_worker_is_at_when_it_is_told_to_end_the_next_one_goes_on_with(catalogue: Catalogue) -> None:
    with Sources(1, records=100, delay=0.1) as sources:
        sources.register(catalogue, NEVER)
        (name,) = sources.servers
        with at_work(worker(catalogue)):
            eventually(lambda: any(job.run and job.run.pages > 2 for job in queue_state(catalogue).running))
        assert [job.source for job in queue_state(catalogue).waiting] == [name]
        assert queue_state(catalogue).workers == ()
        with at_work(worker(catalogue)):
            eventually(lambda: catalogue.sources.runs(name)[0].status == "succeeded")
        assert sum(run.fetched for run in catalogue.sources.runs(name)) == 100


@pytest.mark.services
def test_a_source_that_fails_is_tried_again_later_and_given_up_at_last(catalogue: Catalogue) -> None:
    failing = Sent(body=b"<html>Down for maintenance</html>")
    with Server(Repository(some(20))) as server, Server(Repository(some(20))) as well:
        server.script = lambda asked, sent: failing
        catalogue.sources.add(Source(name="broken", kind="oai-pmh", url=server.url))
        catalogue.sources.add(Source(name="well", kind="oai-pmh", url=well.url))
        with at_work(worker(catalogue, retry_after=0.3)), Queue(catalogue) as queue:
            job = queue.put_harvest(catalogue.sources.get("broken"))
            eventually(lambda: any(one.attempts for one in queue_state(catalogue).waiting))
            (waits,) = queue_state(catalogue).waiting
            assert waits.not_before is not None
            assert waits.source == "broken"
            # It is of the same host, and not held up.
            queue.put_harvest(catalogue.sources.get("well"))
            eventually(lambda: catalogue.sources.state("well").records == 20)
            eventually(lambda: bool(queue_state(catalogue).failed))
            assert [one.job for one in queue_state(catalogue).failed] == [job]
            assert queue_state(catalogue).failed[0].reason == catalogue.sources.runs("broken")[0].error
            assert len(catalogue.sources.runs("broken")) == 4
            server.script = lambda asked, sent: sent
            queue.put_harvest(catalogue.sources.get("broken"))
            eventually(lambda: catalogue.sources.state("broken").records == 20)
            # It was given up once, and is well now.
            eventually(lambda: queue_state(catalogue).failed == ())


@pytest.mark.services
def test_a_full_harvest_begins_anew_once_and_its_next_tries_go_on(catalogue: Catalogue) -> None:
    with Server(Repository(some(40))) as server:
        catalogue.sources.add(Source(name="test", kind="oai-pmh", url=server.url))
        tokens: list[str] = []

        def script(asked: Asked, sent: Sent) -> Sent:
            tokens.extend([asked.token] if asked.token else [])
            broken = asked.token and asked.token.startswith("20|") and len(tokens) < 6
            return Sent(body=b"<html>Down for maintenance</html>") if broken else sent

        server.script = script
        assert harvest(catalogue, ["test"])[0].status == "failed"
        with at_work(worker(catalogue)), Queue(catalogue) as queue:
            queue.put_harvest(catalogue.sources.get("test"), full=True)
            eventually(lambda: catalogue.sources.runs("test")[0].status == "succeeded")
        runs = list(reversed(catalogue.sources.runs("test")))
        assert [one.fetched_before for one in runs][:3] == [0, 0, 20]
        assert sum(one.fetched for one in runs[1:]) == 40


@pytest.mark.services
def test_a_failure_that_would_come_again_is_not_repeated(catalogue: Catalogue) -> None:
    catalogue.sources.add(Source(name="shut", kind="oai-pmh", url="http://127.0.0.1:9/"))
    with Server(Repository(some(40))) as server:
        catalogue.sources.change(Source(name="shut", kind="oai-pmh", url=server.url))
        harvest(catalogue, ["shut"])
        server.repository.items = some(5)
        with at_work(worker(catalogue)), Queue(catalogue) as queue:
            queue.put_harvest(catalogue.sources.get("shut"), full=True)
            eventually(lambda: bool(queue_state(catalogue).failed))
        assert "refusing to withdraw" in (catalogue.sources.runs("shut")[0].error or "")
        assert len(catalogue.sources.runs("shut")) == 2


@pytest.mark.services
def test_a_harvest_that_cannot_begin_is_given_up_at_once(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = []

    def refused(name: str, **_: object) -> None:
        begun.append(name)
        raise SettingsError("Its options are wrong; mend them.")

    monkeypatch.setattr(catalogue.sources, "begin_run", refused)
    monkeypatch.setattr("web.queue_worker._BUSY", 0.2)
    catalogue.sources.add(Source(name="wrong", kind="oai-pmh", url="http://127.0.0.1:9/"))
    with at_work(worker(catalogue)), Queue(catalogue) as queue:
        queue.put_harvest(catalogue.sources.get("wrong"))
        eventually(lambda: bool(queue_state(catalogue).failed))
        time.sleep(1)
        assert queue_state(catalogue).waiting == queue_state(catalogue).running == ()
    assert begun == ["wrong"]


@pytest.mark.services
def test_a_harvest_on_the_command_line_keeps_the_workers_out(catalogue: Catalogue) -> None:
    with Sources(1, records=10) as sources:
        sources.register(catalogue, None)
        (name,) = sources.servers
        with at_work(worker(catalogue)), Queue(catalogue) as queue:
            with catalogue.database.source_lock(name):
                queue.put_harvest(catalogue.sources.get(name))
                eventually(lambda: any(one.attempts for one in queue_state(catalogue).waiting))
                assert sources.requests == []
            assert queue_state(catalogue).failed == ()


@pytest.mark.services
def test_remap_in_parts_over_two_workers_gives_the_same_as_in_one(
    catalogue: Catalogue, postgres_url: str, tmp_path: Path
) -> None:
    with Sources(2, records=100, delay=0) as sources:
        sources.register(catalogue, None)
        harvest(catalogue, [])
    expected = state(catalogue)
    # As after a change of a crosswalk: what is stored is not what would be mapped now.
    one = "SELECT body FROM record WHERE NOT deleted ORDER BY sequence LIMIT 1"
    with catalogue.database.write() as connection:
        connection.exec_driver_sql(f"UPDATE record SET hash = 'x', body = ({one}) WHERE NOT deleted")
    assert state(catalogue) != expected
    other = opened(tmp_path / "other", postgres_url)
    two = worker(catalogue, part=7), worker(other, part=7)
    with at_work(*two), Queue(catalogue) as queue:
        for name in sources.servers:
            assert queue.put_remap(name) is not None
            assert queue.put_remap(name) is None
        eventually(lambda: not queue.entries())
    assert state(catalogue) == expected
    other.close()


@pytest.mark.services
def test_reindex_in_parts_over_two_workers_gives_the_same_as_in_one(
    postgres_url: str, elasticsearch_url: str, tmp_path: Path
) -> None:
    alias = f"almagest-{tmp_path.name[-20:].strip('_').lower()}-{time.time_ns()}"
    index = f"{elasticsearch_url.rstrip('/')}/{alias}"
    one = opened(tmp_path / "one", postgres_url, ALMAGEST_INDEX_URL=index)
    two = opened(tmp_path / "two", postgres_url, ALMAGEST_INDEX_URL=index)
    with Sources(3, records=60, delay=0) as sources:
        sources.register(one, None)
        harvest(one, [])
    sync(one.store, one.index)
    query = Query(words="source", size=1000, sort="title")
    expected = one.index.search(query)
    assert expected.total == 3 * 51
    before = one.index._concrete()  # type: ignore[attr-defined]
    with at_work(worker(one, part=8), worker(two, part=8)), Queue(one) as queue:
        assert queue.put_reindex() is not None
        assert queue.put_reindex() is None
        eventually(lambda: not queue.entries())
    assert one.index._concrete() != before  # type: ignore[attr-defined]
    assert one.index.position() == one.store.last_sequence()
    found = two.index.search(query)
    assert {hit.id for hit in found.hits} == {hit.id for hit in expected.hits}
    assert replace(found, hits=()) == replace(expected, hits=())
    one.close()
    two.close()


@pytest.mark.services
def test_an_index_of_which_a_part_was_cancelled_is_not_put_in_place(
    postgres_url: str, elasticsearch_url: str, tmp_path: Path
) -> None:
    index = f"{elasticsearch_url.rstrip('/')}/almagest-{time.time_ns()}"
    one = opened(tmp_path / "one", postgres_url, ALMAGEST_INDEX_URL=index)
    shared = one.index
    assert isinstance(shared, SharedIndex)
    with Sources(1, records=20, delay=0) as sources:
        sources.register(one, None)
        harvest(one, [])
    sync(one.store, shared)
    build, newest = shared.begin_build(), one.store.last_sequence()
    with Queue(one) as queue:
        halves = [(0, newest // 2), (newest // 2, newest)]
        queue.put_parts(REINDEX_PART, [{"build": build, "after": a, "until": b} for a, b in halves])
        assert queue.cancel(queue.entries()[0].job)
        queue.put_parts(REINDEX_END, [{"build": build, "position": newest}])
        with at_work(worker(one)):
            eventually(lambda: not queue.entries())
    assert one.index.search(Query(words="source")).total == 17
    with pytest.raises(IndexUnavailable, match="no longer has"):
        shared.fill_build(build, one.store.changes(0, 1))
    one.close()


@pytest.mark.services
def test_a_reindex_outlives_a_worker_that_is_killed(
    postgres_url: str, elasticsearch_url: str, tmp_path: Path
) -> None:
    index = f"{elasticsearch_url.rstrip('/')}/almagest-{time.time_ns()}"
    home = Home(tmp_path / "h", {"ALMAGEST_DATABASE_URL": postgres_url, "ALMAGEST_INDEX_URL": index})
    one = opened(home.path, postgres_url, ALMAGEST_INDEX_URL=index)
    with Sources(3, records=60, delay=0) as sources:
        sources.register(one, None)
        harvest(one, [])
    sync(one.store, one.index)
    expected = one.index.search(Query(words="source")).total
    with Queue(one) as queue, workers(home) as begin:
        for name in sources.servers:
            queue.put_remap(name)
        queue.put_reindex()
        first = begin("--concurrency", "1")
        eventually(lambda: any(entry.status == "doing" for entry in queue.entries()))
        first.kill()
        begin()
        eventually(lambda: not queue.entries(), 40)
    assert one.index.search(Query(words="source")).total == expected == 3 * 51
    assert one.index.position() == one.store.last_sequence()
    assert "is built anew and in use" in logs(home)
    one.close()


@pytest.mark.services
def test_of_several_workers_one_follows_and_another_takes_over(
    catalogue: Catalogue, postgres_url: str, tmp_path: Path
) -> None:
    other = opened(tmp_path / "home", postgres_url)
    with Sources(2, records=20, delay=0) as sources:
        sources.register(catalogue, None)
        with at_work(worker(other)):
            with at_work(worker(catalogue)):
                harvest(catalogue, ["source-00"])
                eventually(lambda: other.index.position() == other.store.last_sequence() > 0)
            harvest(catalogue, ["source-01"])
            eventually(lambda: other.index.position() == other.store.last_sequence() == 40)
    other.close()


@pytest.mark.services
def test_a_worker_lives_through_a_database_that_goes_away(
    catalogue: Catalogue, postgres_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    with Sources(1, records=20) as sources:
        sources.register(catalogue, None)
        (name,) = sources.servers
        with at_work(worker(catalogue, stalled_after=1.0)):
            with psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True) as connection:
                cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                others = "datname = current_database() AND pid <> pg_backend_pid()"
                for _ in range(5):
                    connection.execute(f"{cut} WHERE {others}")
                    time.sleep(0.2)
            with Queue(catalogue) as queue:
                queue.put_harvest(catalogue.sources.get(name))
            eventually(lambda: catalogue.sources.state(name).records == 17)


@pytest.mark.services
def test_the_command_line_of_the_queue(postgres_url: str, tmp_path: Path) -> None:
    home = Home(tmp_path / "home", {"ALMAGEST_DATABASE_URL": postgres_url})
    with Sources(2, records=20) as sources:
        sources.register(catalogue := opened(home.path, postgres_url), None)
        assert home.json("harvest", "source-00", "--queue") == [{"source": "source-00", "job": 1}]
        assert "waits or is being harvested" in home("harvest", "source-00", "--queue").stderr
        (waiting,) = home.json("queue")
        assert (waiting["state"], waiting["source"], waiting["position"]) == ("waiting", "source-00", 1)
        assert "No worker is alive" in home("queue").stderr
        assert any("almagest work" in (one["remedy"] or "") for one in home.json("doctor"))
        assert home("queue", "cancel", "1").exit_code == 0
        assert "No job 1" in one_sentence(home("queue", "cancel", "1"))
        with workers(home) as begin:
            process = begin("--concurrency", "1")
            assert home("harvest", "--queue").exit_code == 0
            eventually(lambda: [one.records for one in states(catalogue)] == [17, 17])
            eventually(lambda: [one["state"] for one in home.json("queue")] == ["worker"])
            assert all(one["ok"] for one in home.json("doctor") if one["check"] in {"workers", "queue"})
            process.terminate()
            assert process.wait(20) == 0
        assert "Traceback" not in logs(home)
        catalogue.close()


def states(catalogue: Catalogue) -> list[SourceState]:
    return [catalogue.sources.state(source.name) for source in catalogue.sources.all()]
