"""What harvest, remap and demo share: the bar of a harvest, stopping, and letting the index follow."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any, Self

from catalogue.following import follow
from catalogue.opening import Catalogue
from catalogue.runs import Run
from web.commands.terminal import is_terminal, say
from web.followers import followers


class HarvestBar:
    """A line a source with count, expected total and rate; silent where nobody looks on."""

    def __init__(self) -> None:
        self._bars: Any = None
        self._tasks: dict[str, Any] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        if is_terminal():
            from rich.console import Console
            from rich.progress import (
                BarColumn,
                MofNCompleteColumn,
                Progress,
                TextColumn,
                TimeElapsedColumn,
            )

            self._bars = Progress(
                TextColumn("{task.description}"),
                BarColumn(bar_width=28),
                MofNCompleteColumn(),
                TextColumn("{task.fields[rate]}"),
                TimeElapsedColumn(),
                console=Console(file=sys.stderr),
            )
            self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bars is not None:
            self._bars.stop()

    def show(self, run: Run) -> None:
        """A page of this run is stored; called from the source's own thread."""
        if self._bars is None:
            return
        with self._lock:
            if run.source not in self._tasks:
                self._tasks[run.source] = self._bars.add_task(run.source, total=None, rate="")
            task = self._tasks[run.source]
        elapsed = self._bars.tasks[task].elapsed or 0.0
        rate = f"{run.fetched / elapsed:,.0f} records/s" if elapsed > 0.2 else ""
        self._bars.update(task, completed=run.fetched, total=run.expected, rate=rate)


@contextmanager
def stopped_by_signals() -> Iterator[threading.Event]:
    """An event that Ctrl-C and SIGTERM set; a second Ctrl-C does not wait."""
    stop = threading.Event()

    def on_signal(number: int, _: FrameType | None) -> None:
        if stop.is_set() and number == signal.SIGINT:
            raise KeyboardInterrupt
        stop.set()

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def follow_and_tell(catalogue: Catalogue) -> None:
    """Let index and representations catch up; a fault is one sentence and no failure."""
    for one in follow(catalogue, followers(catalogue, renew=False)):
        if one.fault is not None:
            say(f"The {one.name} is not up to date: {one.fault}")
