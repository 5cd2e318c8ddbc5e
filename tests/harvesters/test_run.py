"""The main flow: outcomes that never lie, withdrawals that are sure, sources that fail alone."""

from __future__ import annotations

import gc
import logging
import re
import threading
import time
from dataclasses import replace

import pytest

from catalogue.errors import NotFound, StoreFull
from catalogue.opening import Catalogue
from catalogue.record import record_id
from catalogue.runs import Run
from catalogue.sources import Source
from harvesters.run import harvest
from tests.harvesters.misbehaving import Asked, Item, Repository, Sent, Server, some
from tests.harvesters.outcomes import Connect, RunOnce, counts, ids, live


def test_a_first_harvest_stores_everything(run: RunOnce, catalogue: Catalogue) -> None:
    done = run()
    assert done.status == "succeeded"
    assert done.error is None
    assert counts(done) == {"fetched": 25, "created": 25}
    assert (done.pages, done.requests, done.expected, done.full) == (3, 5, 25, True)
    assert done.seconds > 0
    assert live(catalogue) == ids(*range(25))
    state = catalogue.sources.state("test")
    # The server's clock said 12:00:00; the overlap of ten minutes is taken off.
    assert state.since == "2024-06-01T11:50:00Z"


def test_the_next_harvest_asks_only_for_what_changed(
    run: RunOnce, catalogue: Catalogue, server: Server
) -> None:
    run()
    before = catalogue.store.last_sequence()
    assert counts(run()) == {}
    server.repository.items[3] = Item(
        identifier="oai:test:0003", datestamp="2024-06-01T11:55:00Z", title="A new title"
    )
    server.repository.items.append(Item(identifier="oai:test:0099", datestamp="2024-06-01T12:30:00Z"))
    server.repository.items.append(
        Item(identifier="oai:test:0004", datestamp="2024-06-01T12:31:00Z", deleted=True)
    )
    done = run()
    assert counts(done) == {"fetched": 3, "created": 1, "updated": 1, "deleted": 1}
    assert not done.full
    assert catalogue.store.last_sequence() == before + 3
    assert server.lists()[-1]["from"] == "2024-06-01T11:50:00Z"


def test_nothing_that_did_not_change_gets_a_new_datestamp(
    run: RunOnce, catalogue: Catalogue, server: Server
) -> None:
    run()
    before = catalogue.store.changes()
    server.repository.honours_dates = False
    assert counts(run()) == {"fetched": 25, "unchanged": 25}
    assert counts(run(full=True)) == {"fetched": 25, "unchanged": 25}
    assert catalogue.store.changes() == before


def test_no_records_match_is_nothing_new_and_never_all_gone(
    run: RunOnce, catalogue: Catalogue, server: Server
) -> None:
    run(options={"grace": "0", "shrink": "1"})
    server.repository.error_status = 422
    done = run()
    assert (done.status, counts(done)) == ("succeeded", {})
    assert len(live(catalogue)) == 25


def test_duplicates_are_one_record_and_are_not_lost(
    run: RunOnce, catalogue: Catalogue, server: Server
) -> None:
    server.repository.items = [*some(12), *some(3)]
    done = run()
    assert (done.status, counts(done)) == ("succeeded", {"fetched": 15, "created": 12, "unchanged": 3})
    assert len(live(catalogue)) == 12


def test_a_thousand_tombstones_in_a_row(run: RunOnce, catalogue: Catalogue, server: Server) -> None:
    server.repository.items = [*some(1000, deleted=True), *some(5, begin=1000)]
    server.repository.page_size = 100
    assert counts(run()) == {"fetched": 1005, "created": 5, "deleted": 1000}
    assert len(live(catalogue)) == 5


def test_a_quarantined_record_makes_the_run_partial(
    run: RunOnce, catalogue: Catalogue, server: Server
) -> None:
    server.script = lambda asked, sent: replace(sent, body=sent.body.replace(b"Title 13<", b"\x03<"))
    done = run()
    assert done.status == "partial"
    assert counts(done) == {"fetched": 25, "created": 24, "quarantined": 1}
    issues = [issue for _, issue in catalogue.sources.issues("test")]
    assert [(issue.identifier, issue.rule) for issue in issues] == [("oai:test:0013", "refused")]
    assert b"\x03" in catalogue.store.raw(record_id("test", "oai:test:0013")).data
    server.script = lambda asked, sent: sent
    done = run(full=True)
    assert (done.status, counts(done)) == ("succeeded", {"fetched": 25, "created": 1, "unchanged": 24})
    assert catalogue.sources.issues("test") == []


def test_a_record_that_cannot_be_read_is_not_taken_for_vanished(
    run: RunOnce, catalogue: Catalogue, server: Server
) -> None:
    run(options={"grace": "0", "shrink": "1"})
    no_metadata = (
        b"<identifier>oai:test:0013</identifier><datestamp>2024-01-14T00:00:13Z</datestamp></header>"
    )

    def script(asked: Asked, sent: Sent) -> Sent:
        begin, mark, rest = sent.body.partition(no_metadata)
        return replace(sent, body=begin + mark + rest[rest.find(b"</metadata>") + 11 :] if mark else begin)

    server.script = script
    done = run(full=True)
    assert (done.status, counts(done)) == ("partial", {"fetched": 25, "unchanged": 24, "quarantined": 1})
    assert len(live(catalogue)) == 25


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"kind": "carrier-pigeon"}, "No harvester is of kind «carrier-pigeon»; known are"),
        (
            {"options": {"timeout": "0.2"}, "url": "http://192.0.2.1:9/"},
            "does not answer|cannot be connected",
        ),
        ({"url": "http://no-such-host.invalid/"}, "The host no-such-host.invalid is not known"),
        ({"url": "gopher://example.org/"}, "only http and https addresses may"),
    ],
)
def test_a_wrong_source_gets_one_clear_sentence(
    catalogue: Catalogue, connect: Connect, change: dict[str, object], sentence: str
) -> None:
    values = {"name": "wrong", "kind": "oai-pmh", "url": "http://127.0.0.1:9/", **change}
    catalogue.sources.add(Source(**values))  # type: ignore[arg-type]
    done = harvest(catalogue, ["wrong"], connect=connect)[0]
    assert done.status == "failed"
    assert done.error is not None
    assert any(part in done.error for part in sentence.split("|"))


@pytest.mark.parametrize("option", ["record-timeout", "run-timeout", "full-every", "shrink", "overlap"])
def test_a_wrong_option_fails_the_run_of_its_source_alone(
    catalogue: Catalogue, connect: Connect, server: Server, option: str
) -> None:
    for name in ("good", "wrong"):
        catalogue.sources.add(Source(name=name, kind="oai-pmh", url=server.url))
    # As another release may have let through.
    with catalogue.database.write() as connection:
        values = f"""UPDATE source SET options = '{{"{option}": "soon"}}' WHERE name = 'wrong'"""
        connection.exec_driver_sql(values)
    good, wrong = harvest(catalogue, ["good", "wrong"], connect=connect)
    assert good.status == "succeeded"
    assert (wrong.status, wrong.transient) == ("failed", False)
    assert wrong.error == f"Option {option} of source wrong must be a number from 0 up, not «soon»."
    assert catalogue.sources.runs("wrong")[0].error == wrong.error


@pytest.mark.parametrize(
    ("error", "passes"), [(StoreFull("No space is left."), True), (NotFound("There is none."), False)]
)
def test_a_run_that_does_not_begin_says_whether_it_may_fare_better_soon(
    run: RunOnce, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, error: Exception, passes: bool
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(catalogue.sources, "begin_run", refused)
    done = run()
    assert (done.status, done.number, done.transient) == ("failed", 0, passes)
    assert done.error == str(error)


def test_a_bad_source_fails_alone_and_runs_come_in_the_order_of_names(
    catalogue: Catalogue, connect: Connect, server: Server
) -> None:
    for name, url in (("bad", "http://127.0.0.1:9/"), ("good", server.url), ("also", server.url)):
        catalogue.sources.add(Source(name=name, kind="oai-pmh", url=url))
    done = harvest(catalogue, ["good", "bad", "also"], connect=connect)
    assert [(run.source, run.status) for run in done] == [
        ("good", "succeeded"),
        ("bad", "failed"),
        ("also", "succeeded"),
    ]
    assert [run.source for run in harvest(catalogue, [], connect=connect)] == ["also", "bad", "good"]


def test_an_unknown_name_stops_everything_before_it_begins(
    catalogue: Catalogue, connect: Connect, server: Server
) -> None:
    catalogue.sources.add(Source(name="good", kind="oai-pmh", url=server.url))
    with pytest.raises(NotFound, match="no source «bad»; known are good"):
        harvest(catalogue, ["good", "bad"], connect=connect)
    assert server.asked == []


def test_a_bug_costs_one_source_its_run_and_is_reported(
    run: RunOnce, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def buggy(*_: object) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr("harvesters.oai_pmh.in_parts", buggy)
    done = run()
    assert done.status == "failed"
    assert done.error == "Almagest has a bug (ZeroDivisionError: by zero); please report it with the log."
    assert any(record.exc_info for record in caplog.records)


def test_a_full_disk_fails_the_run_and_loses_nothing(
    run: RunOnce, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_page = catalogue.store.put_page
    pages = iter(range(10))

    def full(*arguments: object) -> Run:
        if next(pages) == 1:
            raise StoreFull("No space is left on the database's device; free some.")
        return put_page(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(catalogue.store, "put_page", full)
    done = run()
    assert (done.status, done.error) == ("failed", "No space is left on the database's device; free some.")
    assert run().status == "succeeded"
    assert live(catalogue) == ids(*range(25))


def test_a_source_that_is_being_harvested_is_left_alone(
    run: RunOnce, catalogue: Catalogue, server: Server
) -> None:
    run()
    server.asked.clear()
    with catalogue.database.source_lock("test"):
        done = run()
    assert (done.status, done.number, done.transient, server.asked) == ("failed", 0, True, [])
    assert "is being harvested by another process" in (done.error or "")
    assert len(catalogue.sources.runs("test")) == 1


def test_progress_is_told_after_each_page(catalogue: Catalogue, connect: Connect, server: Server) -> None:
    catalogue.sources.add(Source(name="test", kind="oai-pmh", url=server.url))
    seen: list[tuple[int, int | None]] = []
    harvest(catalogue, [], connect=connect, progress=lambda run: seen.append((run.fetched, run.expected)))
    assert seen == [(10, 25), (20, 25), (25, 25)]


def test_the_log_names_source_and_run_and_no_secret(
    run: RunOnce, catalogue: Catalogue, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    asked = iter(range(100))
    server.script = lambda _, sent: Sent(body=b"", status=503) if next(asked) == 2 else sent
    run(url=server.url.replace("http://", "http://me:hidden@"), options={"token": "verysecret"})
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("harvesters.")]
    assert any("source=test run=1 begins: the full list" in line for line in ours)
    assert any(
        "source=test run=1 answers «503 Service Unavailable»; asking again in" in line for line in ours
    )
    assert sum("source=test run=1 succeeded: fetched=25" in line for line in ours) == 1
    assert not any(
        "verysecret" in line or "hidden" in line for line in (r.getMessage() for r in caplog.records)
    )


def test_sources_of_one_host_are_harvested_in_parallel_yet_politely(
    catalogue: Catalogue, connect: Connect
) -> None:
    together = threading.Barrier(2, timeout=10)
    with Server(Repository(some(5))) as server:

        def script(asked: Asked, sent: Sent) -> Sent:
            if asked.verb == "Identify":
                together.wait()
            return sent

        server.script = script
        for name in ("one", "two"):
            catalogue.sources.add(Source(name=name, kind="oai-pmh", url=server.url))
        assert [run.status for run in harvest(catalogue, [], connect=connect)] == ["succeeded"] * 2


def test_tokens_that_live_shortly_survive_slow_storing(catalogue: Catalogue, server: Server) -> None:
    given: dict[str, float] = {}

    def script(asked: Asked, sent: Sent) -> Sent:
        if asked.token and time.monotonic() - given[asked.token] > 0.25:
            return server.repository.error("badResumptionToken", "expired")
        found = re.search(rb"<resumptionToken[^>]*>([^<]+)<", sent.body)
        if found:
            given[found[1].decode()] = time.monotonic()
        return sent

    server.script = script
    server.repository.items = list(reversed(some(80)))
    catalogue.sources.add(Source(name="test", kind="oai-pmh", url=server.url))
    run = harvest(catalogue, ["test"], progress=lambda run: time.sleep(0.3))[0]
    assert (run.status, run.fetched, run.requests) == ("succeeded", 80, 10)


def test_harvests_side_by_side_leave_the_garbage_collector_as_it_was(
    run: RunOnce, catalogue: Catalogue, connect: Connect
) -> None:
    run()
    usual = gc.get_threshold()
    inner: list[Run] = []

    def within(_: Run) -> None:
        if not inner:
            inner.extend(harvest(catalogue, ["other"], connect=connect))
            assert gc.get_threshold() != usual
            assert gc.get_freeze_count() > 0

    test = catalogue.sources.get("test")
    catalogue.sources.add(replace(test, name="other"))
    harvest(catalogue, ["test"], full=True, progress=within, connect=connect)
    assert [one.status for one in inner] == ["succeeded"]
    assert gc.get_threshold() == usual
    assert gc.get_freeze_count() == 0
