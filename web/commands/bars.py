"""Progress bars on standard error, where a person looks on; nothing where nobody does."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from catalogue.runs import Run
from web.commands.terminal import is_terminal

_SETTLED = 0.2


class Bars:
    """A line for each thing in work: its name, a bar, count and expected total, rate, time."""

    def __init__(self, unit: str = "records") -> None:
        self._unit = unit
        self._bars: Any = None
        self._tasks: dict[str, Any] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        if is_terminal():
            self._bars = _drawn()
            self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bars is not None:
            self._bars.stop()

    def show(self, name: str, done: int, total: int | None = None) -> None:
        """So far this is done, of so much altogether where that is known; from any thread."""
        if self._bars is None:
            return
        with self._lock:
            if name not in self._tasks:
                self._tasks[name] = self._bars.add_task(name, total=None, rate="")
            task = self._tasks[name]
        elapsed = self._bars.tasks[task].elapsed or 0.0
        rate = f"{done / elapsed:,.0f} {self._unit}/s" if elapsed > _SETTLED else ""
        self._bars.update(task, completed=done, total=total, rate=rate)

    def show_run(self, run: Run) -> None:
        """A page of this run is stored."""
        self.show(run.source, run.fetched, run.expected)


def _drawn() -> Any:
    # rich takes a moment to import, and pipes never need it.
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=28),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        console=Console(file=sys.stderr),
    )


def adding(bars: Bars, name: str, total: int | None) -> Callable[[int], None]:
    """What shows a progress of which it is told step by step, by the number of each."""
    done = 0

    def show(count: int) -> None:
        nonlocal done
        done += count
        bars.show(name, done, total)

    return show
