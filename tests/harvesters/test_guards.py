"""Guards of a harvest: records and runs that take too long, lists that shrink, rules of the operator."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import pytest

import mappings.base
from catalogue.opening import Catalogue
from catalogue.record import Mapped, Provenance, RawRecord, record_id
from catalogue.runs import Run
from harvesters.run import harvest
from harvesters.transport import Transport
from tests.harvesters.misbehaving import Asked, Sent, Server, some

RunOnce = Callable[..., Run]
Connect = Callable[..., Transport]


def live(catalogue: Catalogue) -> int:
    return catalogue.sources.state("test").records


# --- records that take too long


def test_a_record_that_is_read_for_ever_is_quarantined_and_its_neighbours_go_on(
    run: RunOnce, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = mappings.base.read

    def endless(raw: RawRecord, provenance: Provenance) -> Mapped:
        while raw.identifier == "oai:test:0013":
            pass
        return read(raw, provenance)

    monkeypatch.setattr(mappings.base, "read", endless)
    done = run(options={"record-timeout": "0.3"})
    assert (done.status, done.fetched, done.created, done.quarantined) == ("partial", 25, 24, 1)
    ((_, issue),) = catalogue.sources.issues("test")
    assert (issue.identifier, issue.rule) == ("oai:test:0013", "timeout")
    assert "took longer than 0.3 s (option record-timeout)" in issue.reason
    assert catalogue.store.raw(record_id("test", "oai:test:0013")).state == "quarantined"


# --- runs that take too long


def slowly(seconds: float) -> Callable[[Asked, Sent], Sent]:
    def script(asked: Asked, sent: Sent) -> Sent:
        time.sleep(seconds if asked.verb == "ListRecords" else 0)
        return sent

    return script


def test_a_run_ends_cleanly_when_its_time_is_over_and_the_next_goes_on(
    run: RunOnce, catalogue: Catalogue, server: Server
) -> None:
    server.repository.page_size = 5
    server.script = slowly(0.3)
    first = run(options={"run-timeout": "0.8"})
    assert first.status == "interrupted"
    assert 0 < first.fetched < 25 and first.fetched % 5 == 0
    assert first.seconds < 3
    assert first.error is not None and "after the 0.8 s of the option run-timeout" in first.error
    server.script = slowly(0)
    second = run()
    assert second.status == "succeeded"
    assert second.fetched_before == first.fetched
    assert first.fetched + second.fetched == 25 == live(catalogue)
    assert server.asked[-1].token is not None


def test_a_run_whose_server_is_silent_ends_in_time_too(
    run: RunOnce, catalogue: Catalogue, server: Server
) -> None:
    server.script = slowly(3)
    begun = time.monotonic()
    done = run(options={"run-timeout": "0.5"})
    assert (done.status, done.fetched) == ("interrupted", 0)
    assert time.monotonic() - begun < 2.5


# --- lists that shrink


@pytest.mark.parametrize(
    ("before", "after", "shrink", "status"),
    [
        (3, 2, "0.2", "succeeded"),
        (2, 1, "0.2", "succeeded"),
        (6, 3, "0.2", "succeeded"),
        (7, 3, "0.2", "failed"),
        (3, 1, "0.2", "failed"),
        (3, 0, "0.2", "failed"),
        (1, 0, "0.2", "failed"),
        (1, 0, "1", "succeeded"),
        (25, 24, "0", "failed"),
        (25, 22, "0.01", "succeeded"),
        (25, 21, "0.01", "failed"),
    ],
)
def test_a_few_may_always_vanish_but_never_most(
    run: RunOnce,
    catalogue: Catalogue,
    server: Server,
    before: int,
    after: int,
    shrink: str,
    status: str,
) -> None:
    server.repository.items = some(before)
    run(options={"grace": "0", "shrink": shrink})
    del server.repository.items[after:]
    done = run(full=True)
    assert done.status == status, done.error
    assert live(catalogue) == (after if status == "succeeded" else before)


# --- rules of the operator


def test_excluded_records_are_counted_kept_and_nowhere_else(run: RunOnce, catalogue: Catalogue) -> None:
    done = run(options={"exclude-match": "Title 1[0-9]; Title 3$"})
    assert (done.status, done.fetched, done.created, done.excluded) == ("succeeded", 25, 14, 11)
    state = catalogue.sources.state("test")
    assert (state.records, state.excluded, state.tombstones) == (14, 11, 0)
    stored = catalogue.store.raw(record_id("test", "oai:test:0010"))
    assert stored.state == "excluded" and b"Title 10" in stored.data
    again = run(full=True)
    assert (again.fetched, again.unchanged, again.excluded) == (25, 14, 11)
    # A rule that is gone excludes nothing any more, and a full harvest finds that out by itself.
    source = catalogue.sources.get("test")
    catalogue.sources.change(replace(source, options={}))
    without = run(full=True)
    assert (without.fetched, without.created, without.unchanged, without.excluded) == (25, 11, 14, 0)
    state = catalogue.sources.state("test")
    assert (state.records, state.excluded, state.tombstones) == (25, 0, 0)


def test_rules_that_change_hold_after_a_remap_both_ways(
    run: RunOnce, catalogue: Catalogue, server: Server
) -> None:
    run()
    asked = len(server.asked)
    source = catalogue.sources.get("test")
    catalogue.sources.change(replace(source, options={"include-match": "Title 1"}))
    _, counts = catalogue.store.remap("test", mappings.base.read)
    assert (counts["excluded"], counts["unchanged"]) == (14, 11)
    state = catalogue.sources.state("test")
    assert (state.records, state.tombstones, state.excluded) == (11, 14, 14)
    catalogue.sources.change(replace(source, options={}))
    _, counts = catalogue.store.remap("test", mappings.base.read)
    assert (counts["created"], counts["unchanged"]) == (14, 11)
    state = catalogue.sources.state("test")
    assert (state.records, state.tombstones, state.excluded) == (25, 0, 0)
    assert len(server.asked) == asked
    # What the rules say changes nothing of what is asked for: the next harvest is incremental.
    assert not run().full


def test_set_rules_hold_before_anything_is_mapped(
    run: RunOnce, catalogue: Catalogue, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.repository.items = [
        *some(5, sets=("physics:hep",)),
        *some(5, begin=5, sets=("physicsx",)),
        *some(5, begin=10, sets=("physics", "drafts")),
    ]
    mapped: list[str] = []
    read = mappings.base.read

    def noted(raw: RawRecord, provenance: Provenance) -> Mapped:
        mapped.append(raw.identifier)
        return read(raw, provenance)

    monkeypatch.setattr(mappings.base, "read", noted)
    done = run(options={"include-set": "physics", "exclude-set": "drafts"})
    assert (done.created, done.excluded) == (5, 10)
    assert mapped == [f"oai:test:{number:04d}" for number in range(5)]


def test_a_record_that_the_source_deletes_is_deleted_also_where_it_was_excluded(
    run: RunOnce, catalogue: Catalogue, server: Server
) -> None:
    run(options={"exclude-match": "Title 7$"})
    server.repository.items = [
        replace(item, deleted=True, datestamp="2024-06-01T11:59:00Z")
        if item.identifier.endswith("7")
        else item
        for item in server.repository.items
    ]
    done = run()
    assert (done.fetched, done.deleted, done.excluded, done.unchanged) == (2, 1, 0, 1)
    state = catalogue.sources.state("test")
    assert (state.records, state.excluded) == (23, 0)


def test_a_pattern_without_end_costs_its_records_and_then_the_run(
    run: RunOnce, catalogue: Catalogue, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("catalogue.rules._SEARCH_SECONDS", 0.05)
    server.repository.items = [
        replace(item, title="a" * 40 + "!") if number == 3 else item
        for number, item in enumerate(server.repository.items)
    ]
    done = run(options={"exclude-match": r"^(a|aa)+$"})
    assert (done.status, done.created, done.quarantined) == ("partial", 24, 1)
    ((_, issue),) = catalogue.sources.issues("test")
    assert issue.rule == "timeout" and "option exclude-match" in issue.reason
    server.repository.items = [replace(item, title="a" * 40 + "!") for item in some(25)]
    done = run(full=True)
    assert done.status == "failed" and "write a simpler one" in str(done.error)


# --- runs that tell how far they are


def test_a_run_tells_how_far_it_is(run: RunOnce, catalogue: Catalogue, connect: Connect) -> None:
    run()
    seen: list[Run] = []

    def watch(current: Run) -> None:
        assert current == replace(
            catalogue.sources.run("test", current.number), checkpoint=current.checkpoint
        )
        seen.append(current)

    harvest(catalogue, ["test"], full=True, progress=watch, connect=connect)
    assert [one.phase for one in seen] == ["fetching"] * 3
    assert [one.fetched for one in seen] == [10, 20, 25]
    first, last = seen[0], seen[-1]
    assert first.rate is not None and first.eta == pytest.approx(15 / first.rate)
    assert last.eta == 0 and first.beat is not None
    done = catalogue.sources.run("test", first.number)
    assert (done.status, done.phase, done.eta) == ("succeeded", None, None)
    assert done.seconds >= last.seconds > first.seconds > 0
