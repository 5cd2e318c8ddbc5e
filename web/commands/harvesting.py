"""What the commands that write share: stopping when asked to, and letting the index follow."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from catalogue.following import follow
from catalogue.opening import Catalogue
from web.commands.terminal import say
from web.followers import followers


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
