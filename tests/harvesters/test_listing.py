"""Lists read part after part and slice after slice, from servers of every character."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

import pytest

import mappings.base
from catalogue.errors import SourceError, SourceProtocolError
from catalogue.opening import Catalogue
from catalogue.runs import Run
from catalogue.sources import Source
from harvesters.listing import Listing
from harvesters.run import harvest
from tests.harvesters.misbehaving import Asked, Sent
from tests.harvesters.misbehaving_rest import RestServer, on_request, sent_json, things
from tests.harvesters.shelf import Shelf, read
from tests.harvesters.shelf_walk import ALL, Connect, Parts, Read, api, both_ways, total_or_not, walk

__all__ = ["api", "walk"]


# --- well-behaved lists


@both_ways
@total_or_not()
@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 20, 25])
def test_all_records_once(
    api: RestServer, walk: Callable[..., Read], kind: type[Shelf], announces_total: bool, count: int
) -> None:
    api.rest.lists["a"] = things(count)
    api.rest.announces_total = announces_total
    got = walk(kind=kind)
    assert got.ids == ALL[:count]
    assert got.missing == 0
    assert sum(page.requests for page in got.pages) == len(api.asked)
    assert got.pages[-1].expected == count


def test_since_reaches_the_api(api: RestServer, walk: Callable[..., Read]) -> None:
    assert walk(since="2024-01-01T00:20:00Z").ids == ALL[20:]


def test_parts_in_their_order(api: RestServer, walk: Callable[..., Read]) -> None:
    api.rest.lists["b"] = things(5, begin=100)
    got = walk("b", "a")
    assert got.ids == [thing["id"] for thing in things(5, begin=100)] + ALL
    assert got.pages[-1].expected == 30
    # Only the last part knows what all announce.
    assert got.pages[0].expected is None


# --- lists that move while they are read


@pytest.mark.parametrize("when", [1, 2])
def test_records_that_vanish_while_the_list_is_read_hide_no_others(
    api: RestServer, walk: Callable[..., Read], when: int
) -> None:
    api.script = on_request(when, lambda: api.rest.lists["a"].__delitem__(slice(0, 3)))
    got = walk()
    assert set(got.ids) >= set(ALL[3:])
    assert got.missing == 0


def test_records_that_come_in_front_are_no_loss(api: RestServer, walk: Callable[..., Read]) -> None:
    api.script = on_request(1, lambda: api.rest.lists["a"].insert(0, {"id": "new", "title": "New"}))
    got = walk()
    assert set(got.ids) >= set(ALL)
    assert got.missing == 0


def test_a_list_that_grows_at_its_end_is_read_to_the_new_end(
    api: RestServer, walk: Callable[..., Read]
) -> None:
    api.script = on_request(2, lambda: api.rest.lists["a"].extend(things(12, begin=25)))
    assert len(walk().ids) == 37


def test_a_list_that_runs_in_a_circle_is_left(api: RestServer, walk: Callable[..., Read]) -> None:
    def same(asked: Asked, sent: Sent) -> Sent:
        return sent_json({"items": things(10), "total": 1000})

    api.script = same
    with pytest.raises(SourceProtocolError, match="the same page again"):
        walk()
    assert len(api.asked) < 10


# --- parts that fail alone


def test_a_part_that_fails_leaves_the_others_be(api: RestServer, walk: Callable[..., Read]) -> None:
    api.rest.lists |= {"b": things(5, begin=100), "c": things(3, begin=200)}
    api.rest.closed = {"b": 403}
    got = walk("a", "b", "c", kind=Parts)
    assert len(got.ids) == 28
    assert got.harvester is not None
    assert list(got.harvester.unread) == ["b"] and "403" in got.harvester.unread["b"]
    assert (got.missing, got.pages[-1].expected) == (0, 28)
    with pytest.raises(SourceError, match="403"):
        walk("a", "b", "c")


def test_where_no_part_can_be_read_the_run_fails(api: RestServer, walk: Callable[..., Read]) -> None:
    api.rest.lists["b"] = things(5)
    api.rest.closed = {"a": 403, "b": 404}
    with pytest.raises(SourceError, match="404"):
        walk("a", "b", kind=Parts)


# --- lists longer than can be read


class Halves(Shelf):
    """A window of 12 records; longer parts are halved by their ids."""

    window = 12

    def divided(self, part: str, since: str | None, total: int) -> Sequence[str]:
        name, begin, below = part.split("|") if "|" in part else (part, "0000", "0064")
        low, high = int(begin), int(below)
        if high - low < 2:
            return ()
        middle = (low + high) // 2
        return [f"{name}|{low:04d}|{middle:04d}", f"{name}|{middle:04d}|{high:04d}"]


class Stubborn(Shelf):
    """A window, and parts that only ever divide into themselves."""

    window = 12

    def divided(self, part: str, since: str | None, total: int) -> Sequence[str]:
        return [part]


def test_a_list_longer_than_its_window_is_divided(api: RestServer, walk: Callable[..., Read]) -> None:
    api.rest.lists["a"], api.rest.window = things(60), 20
    got = walk(kind=Halves)
    assert got.ids == [thing["id"] for thing in things(60)]
    assert (got.missing, got.pages[-1].expected) == (0, 60)


def test_a_division_that_divides_nothing_comes_to_an_end(api: RestServer, walk: Callable[..., Read]) -> None:
    assert walk(kind=Stubborn).ids == ALL


# --- cut off and gone on with


@both_ways
@total_or_not()
@pytest.mark.parametrize("largest", [None, 7])
def test_a_run_goes_on_after_every_page(
    api: RestServer, walk: Callable[..., Read], kind: type[Shelf], announces_total: bool, largest: int | None
) -> None:
    api.rest.lists |= {"b": things(12, begin=100)}
    api.rest.announces_total, api.rest.largest, api.rest.broken = announces_total, largest, {"0013", "0105"}
    wanted = [id for id in ALL if id != "0013"] + [
        f"{number:04d}" for number in range(100, 112) if number != 105
    ]
    whole = walk("a", "b", kind=kind)
    assert sorted(set(whole.ids)) == wanted
    for cut in range(1, len(whole.pages)):
        first = walk("a", "b", kind=kind, pages=cut)
        rest = walk("a", "b", kind=kind, checkpoint=first.pages[-1].checkpoint)
        assert sorted(set(first.ids + rest.ids)) == wanted, cut
        assert rest.missing == 2, cut


def test_what_was_announced_and_not_given_is_missed_wherever_the_run_was_cut(
    api: RestServer, walk: Callable[..., Read]
) -> None:
    api.rest.announced = 30
    whole = walk()
    assert whole.missing == 5
    for cut in range(1, len(whole.pages) + 1):
        first = walk(pages=cut)
        assert walk(checkpoint=first.pages[-1].checkpoint).missing == 5, cut


def test_a_checkpoint_that_nobody_knows_begins_anew(walk: Callable[..., Read]) -> None:
    assert walk(checkpoint={"token": "abc", "started": "2024-01-01T00:00:00Z"}).ids == ALL


def test_the_first_answer_is_the_time_of_the_next_run(walk: Callable[..., Read]) -> None:
    got = walk(pages=1)
    assert got.pages[0].checkpoint is not None
    again = walk(checkpoint={**got.pages[0].checkpoint, "started": "2024-03-01T00:00:00Z"})
    assert again.harvester is not None and again.harvester.started == "2024-03-01T00:00:00Z"


# --- with the store


@pytest.fixture
def once(
    api: RestServer, catalogue: Catalogue, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Run]:
    """One harvest of the API into the catalogue."""
    monkeypatch.setattr(mappings.base, "read", read)

    def run(*sets: str, kind: type[Listing] = Shelf, full: bool = False, **options: str) -> Run:
        monkeypatch.setattr("harvesters.run.harvester_of", kind)
        if not catalogue.sources.all():
            settings = {"grace": "0", **options}
            catalogue.sources.add(Source(name="test", kind="shelf", url=api.url, sets=sets, options=settings))
        return harvest(catalogue, ["test"], full=full, connect=connect)[0]

    return run


def live(catalogue: Catalogue) -> set[str]:
    return {
        change.record.provenance.identifier for change in catalogue.store.walk() if change.record is not None
    }


def test_what_an_unread_part_holds_is_not_absent(
    api: RestServer, once: Callable[..., Run], catalogue: Catalogue
) -> None:
    api.rest.lists["b"] = things(5, begin=100)
    assert once("a", "b", kind=Parts).status == "succeeded"
    api.rest.closed = {"b": 403}
    del api.rest.lists["a"][:2]
    done = once(kind=Parts, full=True)
    assert (done.status, done.deleted) == ("partial", 2)
    assert done.error is not None and done.error.startswith("1 parts of its list could not be read")
    assert live(catalogue) == {*ALL[2:], *(f"{number:04d}" for number in range(100, 105))}
    api.rest.closed = {}
    api.rest.lists["b"] = api.rest.lists["b"][1:]
    done = once(kind=Parts, full=True)
    assert (done.status, done.deleted) == ("succeeded", 1)


def test_a_part_that_failed_is_asked_for_what_it_has_missed(
    api: RestServer, once: Callable[..., Run], catalogue: Catalogue
) -> None:
    api.rest.lists["b"] = things(5, begin=100)
    api.rest.closed = {"b": 403}
    assert once("a", "b", kind=Parts, overlap="0").created == 25
    again = once(kind=Parts)
    assert (again.full, again.status, again.created) == (False, "partial", 0)
    api.rest.closed = {}
    third = once(kind=Parts)
    assert (third.full, third.status, third.created) == (False, "succeeded", 5)
    assert catalogue.sources.memory("test")["behind"] == {}
    assert once(kind=Parts).fetched == 0


def test_a_lost_record_withdraws_nothing_and_is_told(
    api: RestServer, once: Callable[..., Run], catalogue: Catalogue
) -> None:
    assert once().status == "succeeded"
    api.rest.broken = {"0013"}
    done = once(full=True)
    assert (done.status, done.deleted, done.quarantined) == ("partial", 0, 1)
    assert live(catalogue) == set(ALL)
    ((_, issue),) = catalogue.sources.issues("test")
    assert (issue.rule, issue.identifier) == ("unnamed", "(a, record 14 of the list)")
    api.rest.broken = set()
    assert once(full=True).status == "succeeded"
    assert catalogue.sources.issues("test") == []


def test_a_list_that_breaks_off_withdraws_nothing(
    api: RestServer, once: Callable[..., Run], catalogue: Catalogue
) -> None:
    api.rest.lists["a"] = things(60)
    once(shrink="1")
    api.rest.announces_total = False
    api.rest.broken = {thing["id"] for thing in things(48, begin=12)}
    done = once(full=True)
    assert done.status == "failed"
    assert len(live(catalogue)) == 60
    api.rest.broken = set()
    # What the run before lost is not in what this one goes on with.
    done = once()
    assert (done.status, done.fetched_before + done.fetched, done.deleted) == ("partial", 60, 0)
    assert once(full=True).status == "succeeded"
    assert len(live(catalogue)) == 60


def test_memory_is_kept_only_where_a_run_has_ended_well(
    api: RestServer, once: Callable[..., Run], catalogue: Catalogue
) -> None:
    class Remembering(Shelf):
        def parts(self, since: str | None) -> Sequence[str]:
            self.memory = {"runs": self.memory.get("runs", 0) + 1}
            return ("a",)

    once(kind=Remembering)
    assert catalogue.sources.memory("test") == {"runs": 1}
    api.rest.closed = {"a": 404}
    assert once(kind=Remembering).status == "failed"
    assert catalogue.sources.memory("test") == {"runs": 1}
    api.rest.closed = {}
    once(kind=Remembering)
    assert catalogue.sources.memory("test") == {"runs": 2}


def test_moving_lists_are_told_in_the_log(
    api: RestServer, walk: Callable[..., Read], caplog: pytest.LogCaptureFixture
) -> None:
    api.script = on_request(1, lambda: api.rest.lists["a"].__delitem__(slice(0, 3)))
    with caplog.at_level(logging.WARNING, "harvesters.listing"):
        walk()
    assert "the list moved while it was read; reading it again" in caplog.text
