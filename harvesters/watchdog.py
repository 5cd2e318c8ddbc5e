"""A time limit for reading one record: a crosswalk that does not come to its end is interrupted.

A thread looks from time to time which record is being read.  One that is read for too long gets
an exception from outside, at the next step of its Python code; code in C (a regular expression of
the standard library, an XPath) is only reached once it returns.
"""

from __future__ import annotations

import ctypes
import threading
import time
from types import TracebackType
from typing import Self

from catalogue.errors import RecordTooSlow
from catalogue.outcome import Reader
from catalogue.record import Mapped, Provenance, RawRecord

_LONGEST_LOOK = 0.5
_LOOKS = 8
"""The thread looks so many times within the limit."""


class _Interrupted(BaseException):
    """Comes from outside into code that takes too long; no ``except Exception`` catches it."""


class Watchdog:
    """A reader that reads each record within ``seconds`` (``None``: without limit), in a ``with`` statement.

    To be called from one thread.  Raises `RecordTooSlow` for a record that takes longer.

    The number of the record in work is odd while it is read.  The thread announces at which number it
    aims, looks whether that is still the one in work, and only then fires; the reader first moves on
    and then looks whether it was aimed at.  So one of them always sees the other, and what was fired
    late is taken back before it can hit other code.
    """

    def __init__(self, read: Reader, seconds: float | None) -> None:
        self._read = read
        self._seconds = seconds
        self._work = 0
        self._aimed = -1
        self._lock = threading.Lock()
        self._end = threading.Event()
        self._reader = 0
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._reader = threading.get_ident()
        if self._seconds is not None:
            self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.set()
        if self._thread is not None:
            self._thread.join()

    def __call__(self, raw: RawRecord, provenance: Provenance) -> Mapped:
        """The record; raises `RecordTooSlow` and whatever the crosswalk raises."""
        try:
            self._work += 1
            try:
                return self._read(raw, provenance)
            finally:
                self._move_on()
        except _Interrupted:
            self._move_on_undisturbed()
        raise RecordTooSlow(
            f"Reading the record took longer than {self._seconds:g} s (option record-timeout); it is kept "
            "as it came. Please report it, with the record."
        )

    def _move_on(self) -> None:
        work = self._work
        if work & 1:
            self._work = work + 1
            if self._aimed == work:
                self._take_back()

    def _take_back(self) -> None:
        # Once the lock is ours, the other thread has fired or will not.
        with self._lock:
            _fire(self._reader, None)

    def _move_on_undisturbed(self) -> None:
        """The same, should a second shot come between; after the first round there can be none."""
        while True:
            try:
                self._move_on()
                self._take_back()
            except _Interrupted:
                continue
            return

    def _watch(self) -> None:
        assert self._seconds is not None
        watched, since = 0, time.monotonic()
        while not self._end.wait(min(self._seconds / _LOOKS, _LONGEST_LOOK)):
            work, present = self._work, time.monotonic()
            if work != watched:
                watched, since = work, present
            elif work & 1 and present - since >= self._seconds:
                self._shoot_at(work)
                since = present

    def _shoot_at(self, work: int) -> None:
        with self._lock:
            self._aimed = work
            if self._work == work:
                _fire(self._reader, _Interrupted)


def _fire(thread: int, error: type[BaseException] | None) -> None:
    """Raise an exception in another thread; ``None`` takes back one that has not arrived yet."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(
        ctypes.c_ulong(thread), None if error is None else ctypes.py_object(error)
    )
