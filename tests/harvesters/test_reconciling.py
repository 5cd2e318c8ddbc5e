"""Lists that give less than they announce: nothing is lost by them, and nobody is caught in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from catalogue.opening import Catalogue
from catalogue.runs import Run
from tests.harvesters.misbehaving import Server, some

RunOnce = Callable[..., Run]
MOVED = "2024-06-01T11:50:00Z"
NEW = "2024-06-01T12:00:00Z"


def told(run: Run) -> str:
    return (run.error or "").partition(" of its list")[0]


def since(catalogue: Catalogue) -> str | None:
    return catalogue.sources.state("test").since


def test_a_first_list_that_is_short_for_once_is_read_again_as_a_whole(
    run: RunOnce, catalogue: Catalogue, server: Server
) -> None:
    server.repository.items = some(22)
    server.repository.announced = 25
    short = run()
    assert (short.status, short.expected, short.fetched) == ("partial", 25, 22)
    assert short.error == (
        "Incomplete: 22 of 25 records came; nothing was withdrawn; the next harvest asks for the same again."
    )
    assert since(catalogue) is None
    server.repository.items = some(25)
    done = run()
    assert (done.status, done.full, done.created, done.error) == ("succeeded", True, 3, None)
    assert since(catalogue) == MOVED


def test_a_source_that_counts_wrong_for_ever_is_read_in_full_twice_and_then_believed(
    run: RunOnce, catalogue: Catalogue, server: Server
) -> None:
    server.repository.announced = 30
    first, second, third = run(), run(), run()
    assert [one.status for one in (first, second)] == ["partial", "partial"]
    assert [one.full for one in (first, second, third)] == [True, True, False]
    assert "25 of 30" in (second.error or "") and "its source is taken to count wrong" in (second.error or "")
    assert since(catalogue) == MOVED
    # The next full list lacks no more than this one did: that is no reason to read it twice.
    assert run(full=True).full
    assert not run().full
    # It lacks more: it is.
    del server.repository.items[23:]
    assert "asks for the same again" in (run(full=True).error or "")
    again = run()
    assert again.full and "taken to count wrong" in (again.error or "")
    assert not run().full


def test_changes_that_are_short_for_once_are_asked_for_again(
    run: RunOnce, catalogue: Catalogue, server: Server
) -> None:
    run()
    server.repository.date = "2024-07-01T12:00:00Z"
    changed = [replace(item, datestamp=NEW, title="New") for item in some(25)]
    server.repository.items = changed[:14]
    server.repository.announced = 20
    short = run()
    assert (short.status, short.full, short.updated) == ("partial", False, 14)
    assert short.error == "Incomplete: 14 of 20 records came; the next harvest asks for the same again."
    assert since(catalogue) == MOVED
    server.repository.items, server.repository.announced = changed[:20], None
    done = run()
    assert (done.status, done.full, done.updated) == ("succeeded", False, 6)
    assert [asked["from"] for asked in server.lists() if asked["from"]] == [MOVED, MOVED]
    assert since(catalogue) == "2024-07-01T11:50:00Z"


def test_changes_that_are_short_for_ever_are_asked_for_twice(
    run: RunOnce, catalogue: Catalogue, server: Server
) -> None:
    run()
    # As of servers that count their whole list, whatever is asked for.
    server.repository.announced = 10_000
    server.repository.items = [replace(item, datestamp=NEW) for item in some(25)]
    moved = []
    for month in ("07", "08", "09", "10"):
        server.repository.date = f"2024-{month}-01T12:00:00Z"
        server.repository.items = [
            replace(item, datestamp=server.repository.date) for item in server.repository.items
        ]
        assert run().status == "partial"
        moved.append(since(catalogue))
    august, october = "2024-08-01T11:50:00Z", "2024-10-01T11:50:00Z"
    assert moved == [MOVED, august, august, october]
