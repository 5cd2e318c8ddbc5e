"""Fetching ahead: order, bounds, errors and stops."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from catalogue.errors import SourceUnreachable
from catalogue.record import Page, RawRecord
from harvesters.ahead import fetched_ahead
from harvesters.politeness import Stopped


def page(number: int, size: int = 100) -> Page:
    raw = RawRecord(identifier=str(number), format="x", data=b"x" * size)
    return Page(records=(raw,), checkpoint={"n": number})


def numbers(pages: Iterator[Page]) -> list[int]:
    return [(one.checkpoint or {})["n"] for one in pages]


def test_all_pages_come_in_their_order() -> None:
    assert numbers(fetched_ahead(lambda: map(page, range(500)), threading.Event(), "t", 1000)) == list(
        range(500)
    )


def test_the_source_is_asked_ahead_but_not_further_than_the_bound() -> None:
    given: list[int] = []

    def pages() -> Iterator[Page]:
        for number in range(50):
            given.append(number)
            yield page(number)

    ahead = fetched_ahead(pages, threading.Event(), "t", 1000)
    next(ahead)
    deadline = time.monotonic() + 5
    while len(given) < 12 and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.1)
    # Ten pages wait, the eleventh is in the hand of the one who fetches; one was taken.
    assert len(given) == 12
    assert numbers(ahead) == list(range(1, 50))


def test_a_page_that_is_larger_than_the_bound_passes() -> None:
    pages = fetched_ahead(lambda: (page(number, 5000) for number in range(3)), threading.Event(), "t", 1000)
    assert numbers(pages) == [0, 1, 2]


def test_an_error_comes_after_the_pages_before_it() -> None:
    def pages() -> Iterator[Page]:
        yield page(0)
        yield page(1)
        raise SourceUnreachable("gone")

    seen = []
    with pytest.raises(SourceUnreachable, match="gone"):
        for one in fetched_ahead(pages, threading.Event(), "t"):
            seen.append((one.checkpoint or {})["n"])
    assert seen == [0, 1]


def test_a_stop_is_noticed_while_nothing_comes() -> None:
    stop, never = threading.Event(), threading.Event()

    def pages() -> Iterator[Page]:
        yield page(0)
        never.wait(30)

    ahead = fetched_ahead(pages, stop, "t")
    next(ahead)
    threading.Timer(0.1, stop.set).start()
    begun = time.monotonic()
    with pytest.raises(Stopped, match="goes on where it was"):
        next(ahead)
    assert time.monotonic() - begun < 5
    never.set()


def test_who_fetches_is_released_when_nobody_takes() -> None:
    ended = threading.Event()

    def pages() -> Iterator[Page]:
        try:
            for number in range(1000):
                yield page(number)
        finally:
            ended.set()

    ahead = fetched_ahead(pages, threading.Event(), "t", 300)
    next(ahead)
    ahead.close()
    assert ended.wait(5)
