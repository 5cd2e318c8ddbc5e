"""How far the harvest of an OAI-PMH list has come: what its checkpoint holds."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

_DIVISIONS = 64
_RESTARTS = 2
_LENGTH = {"seconds": 20, "day": 10, "none": 0}
_UNIT = {"seconds": timedelta(seconds=1), "day": timedelta(days=1)}


@dataclass(slots=True, kw_only=True)
class Window:
    """A span of datestamps, both ends inclusive (``None``: open).

    ``have`` is how many records of it have come already: when the server counts no more
    than these, it need not be read again.
    """

    begin: str | None = None
    end: str | None = None
    have: int = 0


@dataclass(slots=True, kw_only=True)
class Progress:
    """The sets and windows still to be read, and the place in the first of them.

    ``dates``     the forms in which from and until may still be tried: seconds, day, none
    ``sets``      still to be read, the first is in work; ``None`` is the whole repository
    ``windows``   of the present set, the first is in work; ``whole`` is what a set begins with
    ``token``     the resumption token that goes on in the present window
    ``count``     records of the present window so far; ``size`` what its server announced
    ``last``      the latest datestamp of the present window, while they come in order;
                  ``below`` counts the records before it
    ``before``    records that came before the present window
    ``missing``   records that were announced and never came, or nobody can say which they are
    """

    started: str
    prefix: str
    format: str
    dates: list[str]
    sets: list[str | None]
    whole: Window
    earliest: str | None = None
    windows: list[Window] = field(default_factory=list)
    token: str | None = None
    count: int = 0
    size: int | None = None
    ordered: bool = True
    last: str | None = None
    below: int = 0
    before: int = 0
    missing: int = 0
    ignores_dates: bool = False
    furthest: int = 0
    restarts: int = 0
    divisions: int = 0
    done: bool = False

    def __post_init__(self) -> None:
        if not self.windows and not self.done:
            self.windows = [self._copy()]

    @classmethod
    def read(cls, checkpoint: dict[str, Any]) -> Progress:
        """From a stored checkpoint."""
        values = dict(checkpoint)
        values["whole"] = Window(**values["whole"])
        values["windows"] = [Window(**window) for window in values["windows"]]
        return cls(**values)

    def checkpoint(self) -> dict[str, Any]:
        """As the store keeps it."""
        return asdict(self)

    @property
    def window(self) -> Window:
        """The window in work."""
        return self.windows[0]

    @property
    def expected(self) -> int | None:
        """The length of the whole list as far as it is known."""
        return None if self.size is None else self.before + self.size

    def dates_of(self, window: Window) -> list[tuple[str, str]]:
        """The arguments from and until of a request, in the form that is tried now."""
        length = _LENGTH[self.dates[0]]
        ends = (("from", window.begin), ("until", window.end))
        return [(name, value[:length]) for name, value in ends if value and length]

    def note(self, datestamps: Sequence[str], count: int, size: int | None) -> None:
        """A page of ``count`` records has come; ``size`` is its completeListSize."""
        self.size = self.size if size is None else size
        stamps = [stamp[:10] for stamp in datestamps if stamp]
        if stamps and not self.ignores_dates:
            begin, end = self.window.begin or "", self.window.end or "9999"
            if min(stamps) < begin[:10] or max(stamps) > end[:10]:
                self.ignores_dates = True
        self._note_order(datestamps)
        self.count += count

    def _note_order(self, datestamps: Sequence[str]) -> None:
        length = _LENGTH[self.dates[0]] or 20
        stamps = [stamp[:length] for stamp in datestamps]
        if not stamps or not self.ordered:
            return
        in_order = all(len(stamp) == length for stamp in stamps) and stamps == sorted(stamps)
        if not in_order or stamps[0] < (self.last or ""):
            self.ordered, self.last, self.below = False, None, 0
            return
        if stamps[-1] != self.last:
            self.last = stamps[-1]
            self.below = self.count + bisect_left(stamps, self.last)

    @property
    def has_enough(self) -> bool:
        """Whether all records of the present window had come before it began."""
        return self.size is not None and self.window.have > 0 and self.size <= self.window.have

    def other_dates(self) -> None:
        """The server refuses dates in this form: try the next."""
        self.dates.pop(0)
        self.ignores_dates = self.dates[0] == "none"

    def next_window(self) -> None:
        """The present window is read to its end: go on to the next one, or the next set."""
        if not self.has_enough:
            self.missing += max((self.size or 0) - self.count, 0)
        self.before += self.count
        self.windows.pop(0)
        # Only without dates has this window been the whole list for certain.  One odd datestamp is no
        # proof of it: to read a list again costs time, to leave out a window costs records.
        if self.dates[0] == "none":
            self.windows.clear()
        if not self.windows:
            self.sets.pop(0)
            self.windows = [self._copy()] if self.sets else []
        self.done = not self.sets
        self.furthest = self.restarts = 0
        self.begin_window()

    def begin_window(self) -> None:
        """Be at the beginning of the present window."""
        self.token, self.count, self.size = None, 0, None
        self.ordered, self.last, self.below = True, None, 0

    def restart(self) -> bool:
        """The server no longer knows the token: go back, but no further than need be.

        Where the datestamps came in order, the window is parted at the last one; the part
        behind it is read again only if the server counts more in it than came.
        Otherwise the window begins anew; ``False`` when that has not helped.
        """
        window = self.window
        begin = (window.begin or "")[: len(self.last or "")]
        if self.last and self.below and self.last > begin and self._may_divide():
            earlier = Window(begin=window.begin, end=_moved(self.last, -1), have=self.below)
            self.windows[0:1] = [Window(begin=self.last, end=window.end), earlier]
            self.begin_window()
            return True
        self.restarts = 0 if self.count > self.furthest else self.restarts + 1
        self.furthest = max(self.furthest, self.count)
        self.begin_window()
        return self.restarts <= _RESTARTS or self.divide()

    def divide(self) -> bool:
        """Part the present window in the middle; ``False`` where that is not possible."""
        window = self.window
        first = window.begin or self.earliest or "1990-01-01T00:00:00Z"
        last = window.end or self.started
        if not self._may_divide():
            return False
        unit = _UNIT[self.dates[0]]
        low, high = datetime.fromisoformat(first), datetime.fromisoformat(last)
        low, high = low.replace(tzinfo=None), high.replace(tzinfo=None)
        if high - low < 2 * unit:
            return False
        middle = (low + (high - low) / 2).isoformat(timespec="seconds") + "Z"
        middle = middle[: _LENGTH[self.dates[0]]]
        self.windows[0:1] = [
            Window(begin=window.begin, end=middle),
            Window(begin=_moved(middle, 1), end=window.end),
        ]
        self.divisions += 1
        self.furthest = self.restarts = 0
        self.begin_window()
        return True

    def _may_divide(self) -> bool:
        return not self.ignores_dates and self.dates[0] in _UNIT and self.divisions < _DIVISIONS

    def _copy(self) -> Window:
        return Window(begin=self.whole.begin, end=self.whole.end)


def _moved(stamp: str, units: int) -> str:
    """The datestamp some seconds or days on, as its length says."""
    unit = _UNIT["day" if len(stamp) == 10 else "seconds"]
    moved = datetime.fromisoformat(stamp).replace(tzinfo=None) + units * unit
    return (moved.isoformat(timespec="seconds") + "Z")[: len(stamp)]
