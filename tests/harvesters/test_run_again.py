"""Harvests that were cut off, and those after them: what goes on, what begins anew."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from catalogue.opening import Catalogue
from catalogue.runs import Run
from catalogue.sources import Source
from harvesters.run import harvest
from tests.harvesters.misbehaving import Asked, Sent, Server
from tests.harvesters.outcomes import Connect, RunOnce, counts, ids, live


def test_a_source_that_fails_in_the_middle_goes_on_there(
    run: RunOnce, catalogue: Catalogue, server: Server
) -> None:
    server.script = lambda asked, sent: Sent(body=b"", status=503) if asked.token else sent
    done = run()
    assert done.status == "failed"
    assert done.error is not None
    assert "503 Service Unavailable" in done.error
    assert len(live(catalogue)) == 10
    assert catalogue.sources.state("test").since is None
    server.script = lambda asked, sent: sent
    server.asked.clear()
    done = run()
    assert (done.status, done.resumed or done.full) == ("succeeded", True)
    assert server.verbs() == ["ListRecords", "ListRecords"]
    assert live(catalogue) == ids(*range(25))


def test_a_full_list_that_failed_is_read_anew_when_asked_for_and_else_gone_on_with(
    run: RunOnce, catalogue: Catalogue, connect: Connect, server: Server
) -> None:
    def failing() -> None:
        server.script = lambda asked, sent: Sent(body=b"", status=503) if asked.token else sent
        done = run(full=True)
        assert (done.status, done.fetched) == ("failed", 10)
        server.script = lambda asked, sent: sent

    failing()
    done = run(full=True)
    assert (done.status, done.fetched, done.fetched_before) == ("succeeded", 25, 0)
    failing()
    done = run()
    assert (done.status, done.full, done.fetched, done.fetched_before) == ("succeeded", True, 15, 10)
    # A worker that tries the same once more is not one who asks for it anew.
    failing()
    done = harvest(catalogue, ["test"], full=True, tried=True, connect=connect)[0]
    assert (done.status, done.fetched, done.fetched_before) == ("succeeded", 15, 10)


def test_a_full_list_that_was_stopped_goes_on_unless_that_was_long_ago(
    run: RunOnce, catalogue: Catalogue, connect: Connect, server: Server
) -> None:
    run()

    def stopped() -> None:
        stop = threading.Event()
        done = harvest(catalogue, [], full=True, connect=connect, stop=stop, progress=lambda _: stop.set())[0]
        assert (done.status, done.fetched) == ("interrupted", 10)

    stopped()
    done = run(full=True)
    assert (done.status, done.fetched, done.fetched_before) == ("succeeded", 15, 10)
    stopped()
    with catalogue.database.write() as connection:
        connection.exec_driver_sql("UPDATE run SET finished = '2024-01-01T00:00:00Z' WHERE number = 4")
    done = run(full=True)
    assert (done.status, done.fetched, done.fetched_before) == ("succeeded", 25, 0)


def test_what_was_quarantined_before_a_run_was_cut_off_is_not_forgotten(
    run: RunOnce, catalogue: Catalogue, server: Server
) -> None:
    def script(asked: Asked, sent: Sent) -> Sent:
        if asked.token and asked.token.startswith("20|") and len(catalogue.sources.runs("test")) < 3:
            return Sent(body=b"", status=503)
        return replace(sent, body=sent.body.replace(b"Title 13<", b"\x03<"))

    server.script = script
    assert [(done.status, done.quarantined) for done in (run(), run(), run())] == [
        ("failed", 1),
        ("failed", 0),
        ("partial", 0),
    ]


def test_a_loop_does_not_trap_the_source_for_good(run: RunOnce, catalogue: Catalogue, server: Server) -> None:
    server.repository.token = lambda text: text.replace("20|", "10|")
    assert "same resumption token" in (run().error or "")
    server.repository.token = str
    assert run().status == "succeeded"
    assert live(catalogue) == ids(*range(25))


def test_a_stopped_harvest_goes_on_where_it_was(
    catalogue: Catalogue, connect: Connect, server: Server
) -> None:
    catalogue.sources.add(Source(name="test", kind="oai-pmh", url=server.url))
    stop = threading.Event()
    done = harvest(catalogue, [], connect=connect, stop=stop, progress=lambda run: stop.set())[0]
    assert (done.status, done.pages) == ("interrupted", 1)
    assert "goes on where it was" in (done.error or "")
    done = harvest(catalogue, [], connect=connect, stop=stop)[0]
    assert (done.status, done.number) == ("interrupted", 0)
    done = harvest(catalogue, [], connect=connect)[0]
    assert (done.status, done.resumed, counts(done)) == ("succeeded", False, {"fetched": 15, "created": 15})
    assert live(catalogue) == ids(*range(25))


def test_ctrl_c_ends_all_runs_in_order(
    catalogue: Catalogue, connect: Connect, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue.sources.add(Source(name="test", kind="oai-pmh", url=server.url))
    reached = threading.Event()
    waits = iter([True])

    def result(future: object, timeout: float | None = None) -> Run:
        if next(waits, False):
            reached.wait(10)
            raise KeyboardInterrupt
        return original(future, timeout)  # type: ignore[arg-type]

    from concurrent.futures import Future

    original = Future.result
    monkeypatch.setattr(Future, "result", result)
    hold = threading.Event()

    def progress(run: Run) -> None:
        reached.set()
        hold.wait(0.3)

    done = harvest(catalogue, [], connect=connect, progress=progress)[0]
    assert done.status == "interrupted"
    assert done.pages < 3


def test_a_record_that_was_lost_once_comes_with_the_next_harvest(
    run: RunOnce, catalogue: Catalogue, server: Server
) -> None:
    bad = "oai:test:0013"

    def script(asked: Asked, sent: Sent) -> Sent:
        if asked.verb in {"ListRecords", "GetRecord"} and bad.encode() in sent.body:
            return Sent(body=b"internal error", status=500)
        return sent

    server.script = script
    assert run().status == "partial"
    assert catalogue.sources.lost("test", 10) == [bad]
    still = run()
    assert (still.status, counts(still)) == ("partial", {"fetched": 1, "quarantined": 1})
    server.script = lambda asked, sent: sent
    done = run()
    assert (done.status, counts(done)) == ("succeeded", {"fetched": 1, "created": 1})
    assert live(catalogue) == ids(*range(25))
    assert catalogue.sources.lost("test", 10) == []
    assert catalogue.sources.issues("test") == []
