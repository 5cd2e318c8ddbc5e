"""Fetching ahead: a thread asks the source while what came before is mapped and stored."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator

from catalogue.record import Page
from harvesters.politeness import Stopped

AHEAD = 8_000_000
"""Bytes of raw records that may wait to be stored; parsed, they take several times as much."""
_LOOK_AROUND = 0.2


class _Belt:
    """A queue of pages that is bounded in bytes; a single page may be longer than the bound."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._pages: deque[tuple[Page, int]] = deque()
        self._bytes = 0
        self._changed = threading.Condition()
        self._ended = False
        self._error: BaseException | None = None
        self._left = False

    def put(self, page: Page) -> None:
        """Lay a page down when there is room; raises `Stopped` when nobody takes it any more."""
        size = sum(len(raw.data) for raw in page.records)
        with self._changed:
            while self._pages and self._bytes + size > self._limit and not self._left:
                self._changed.wait()
            if self._left:
                raise Stopped("The harvest was stopped; the next one goes on where it was.")
            self._pages.append((page, size))
            self._bytes += size
            self._changed.notify_all()

    def end(self, error: BaseException | None = None) -> None:
        """No more pages come, or this error in their place."""
        with self._changed:
            self._ended, self._error = True, error
            self._changed.notify_all()

    def take(self, stop: threading.Event) -> Page | None:
        """The next page, ``None`` at the end; raises the error of the fetching thread, or `Stopped`."""
        with self._changed:
            while not stop.is_set():
                if self._pages:
                    page, size = self._pages.popleft()
                    self._bytes -= size
                    self._changed.notify_all()
                    return page
                if self._error is not None:
                    raise self._error
                if self._ended:
                    return None
                self._changed.wait(_LOOK_AROUND)
        raise Stopped("The harvest was stopped; the next one goes on where it was.")

    def leave(self) -> None:
        """Nobody takes pages any more."""
        with self._changed:
            self._left = True
            self._pages.clear()
            self._changed.notify_all()


def fetched_ahead(
    pages: Callable[[], Iterator[Page]], stop: threading.Event, name: str, limit: int = AHEAD
) -> Generator[Page, None, None]:
    """These pages, fetched by a thread of their own that runs ahead by ``limit`` bytes of raw records.

    Raises what ``pages`` raises, after the pages before it; `Stopped` once ``stop`` is set.
    """
    belt = _Belt(limit)

    def fetch() -> None:
        try:
            for page in pages():
                belt.put(page)
        except BaseException as error:
            belt.end(error)
        else:
            belt.end()

    # A daemon, since a request that hangs must not keep a stopped program from ending.
    threading.Thread(target=fetch, name=f"fetch-{name}", daemon=True).start()
    try:
        while (page := belt.take(stop)) is not None:
            yield page
    finally:
        belt.leave()
