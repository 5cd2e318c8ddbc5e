"""Intervals of energy and of time as pictures: bars over an axis with its scales."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from catalogue.constants import ELECTRONVOLT, LIGHT, PLANCK
from catalogue.days import ONGOING
from catalogue.record import Interval

WIDTH = 720
"""Of a picture, in its own units, where nothing else is told."""
_ROOM = 60.0
"""That a mark of a scale takes at least."""
UNITS = ("eV", "Hz", "m", "J")
_NARROWEST = 3.0
"""A bar that can be seen."""
_TIP = 9.0
"""Length of the point of a bar without end."""
_LETTER = 7.0
"""Width of a letter of a label, at most."""

MOST_BARS = 200
"""Intervals of one record that are drawn."""

LOW, HIGH = 1e-28, 1e-2
"""Ends of the axis of energy in joule: from 150 kHz to 60 PeV."""

"""Exact values of the SI (BIPM 2019, section 2.2): J s, m/s, J."""

_PREFIXES = dict(zip(range(-21, 31, 3), "zafpnµm kMGTPEZYRQ", strict=True))
_MODIFIED_JULIAN_DAY_0 = date(1858, 11, 17)

Place = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Bar:
    """An interval: where it begins, how wide it is, and whether it has no end on that side."""

    x: float
    width: float
    open_low: bool
    open_high: bool

    @property
    def path(self) -> str:
        """Its outline as the data of an SVG path; pointed where it has no end."""
        end, tip = self.x + self.width, min(_TIP, self.width / 2)
        low, high = tip * self.open_low, tip * self.open_high
        return (
            f"M{self.x + low:g} 2H{end - high:g}L{end:g} 11L{end - high:g} 20H{self.x + low:g}L{self.x:g} 11Z"
        )


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of a scale; the middle of its label is at ``label_x``, so that all of it is in the picture."""

    x: float
    label: str
    label_x: float


@dataclass(frozen=True, slots=True)
class AxisPicture:
    """Bars over scales; a scale is its name and its marks.  The axis goes from ``low`` to ``high``."""

    bars: tuple[Bar, ...]
    scales: tuple[tuple[str, tuple[Tick, ...]], ...]
    low: float
    high: float
    width: int = WIDTH

    @property
    def height(self) -> int:
        """Of the picture, in its own units."""
        return 22 + 26 * len(self.scales)


def energies_drawn(
    intervals: Sequence[Interval], units: Sequence[str] = UNITS, width: int = WIDTH
) -> AxisPicture:
    """Intervals in joule on a logarithmic axis with electronvolt, hertz, metre and joule."""

    def place(joule: float) -> float:
        return _energy_place(joule, width)

    bars = tuple(_bar(one, LOW, HIGH, place, width) for one in intervals[:MOST_BARS])
    return AxisPicture(bars, _energy_scales(tuple(units), width), LOW, HIGH, width)


def _energy_place(joule: float, width: int) -> float:
    return width * math.log(min(max(joule, LOW), HIGH) / LOW) / math.log(HIGH / LOW)


@functools.lru_cache(maxsize=16)
def _energy_scales(units: tuple[str, ...], width: int) -> tuple[tuple[str, tuple[Tick, ...]], ...]:
    """The scales, which are those of every picture of this width."""
    step = 3 * math.ceil(_ROOM / (_energy_place(LOW * 1e3, width) + 1e-9))
    return tuple((unit, tuple(_energy_ticks(unit, step, width))) for unit in units)


def times_drawn(intervals: Sequence[Interval], width: int = WIDTH) -> AxisPicture | None:
    """Intervals in MJD on an axis of years, which goes up to today where one of them goes on."""
    intervals = [Interval(low=_in_calendar(one.low), high=_end(one.high)) for one in intervals]
    ends = [end for one in intervals for end in (one.low, one.high) if end is not None]
    if not ends:
        return None
    if any(one.high is None for one in intervals):
        ends.append(_mjd(datetime.now(UTC).date()))
    first, last = min(ends), max(ends)
    margin = max((last - first) * 0.05, 30.0)
    first, last = first - margin, last + margin

    def place(day: float) -> float:
        return width * (min(max(day, first), last) - first) / (last - first)

    bars = tuple(_bar(one, first, last, place, width) for one in intervals[:MOST_BARS])
    ticks = tuple(_time_ticks(first, last, place, width))
    return AxisPicture(bars, (("", ticks),), first, last, width)


def _bar(one: Interval, first: float, last: float, place: Place, width: int) -> Bar:
    start = 0.0 if one.low is None or one.low < first else place(one.low)
    stop = float(width) if one.high is None or one.high > last else place(one.high)
    if stop - start < _NARROWEST:
        start = min(max((start + stop - _NARROWEST) / 2, 0.0), width - _NARROWEST)
        stop = start + _NARROWEST
    return Bar(round(start, 1), round(stop - start, 1), one.low is None, one.high is None)


def _tick(x: float, label: str, width: int) -> Tick:
    half = min(_LETTER * (len(label) + 1), width) / 2
    return Tick(round(x, 1), label, round(min(max(x, half), width - half), 1))


def _energy_ticks(unit: str, step: int, width: int) -> Iterator[Tick]:
    """Every third power of ten of a unit, or fewer."""
    for power in range(-30, 31, step):
        joule = _joule(10.0**power, unit)
        if LOW < joule < HIGH:
            is_named = power in _PREFIXES and unit != "J"
            label = f"{_PREFIXES[power]}{unit}".strip() if is_named else f"1e{power} {unit}"
            yield _tick(_energy_place(joule, width), label, width)


def _joule(value: float, unit: str) -> float:
    """The energy of a photon of so many eV, Hz, m or J."""
    return {
        "J": value,
        "eV": value * ELECTRONVOLT,
        "Hz": value * PLANCK,
        "m": PLANCK * LIGHT / value,
    }[unit]


def _time_ticks(first: float, last: float, place: Place, width: int) -> Iterator[Tick]:
    """The beginnings of years, or of months where there are few years."""
    most = int(width / _ROOM)
    begin, end = _day(first), _day(last)
    years = end.year - begin.year
    if last - first < 400:
        months = range(begin.year * 12 + begin.month - 1, end.year * 12 + end.month)
        steps = [date(month // 12, month % 12 + 1, 1) for month in months if month >= 12]
        steps = steps[:: math.ceil(len(steps) / most)]
        yield from (_tick(place(_mjd(day)), day.isoformat()[:7], width) for day in steps if day >= begin)
        return
    step = next(one for one in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000) if years / one <= most)
    for year in range(-(-begin.year // step) * step, end.year + 1, step):
        if year > 0 and begin <= date(year, 1, 1):
            yield _tick(place(_mjd(date(year, 1, 1))), str(year), width)


def _in_calendar(mjd: float | None) -> float | None:
    """A day kept within what a calendar of four digits has; ends far off are open."""
    return None if mjd is None or abs(mjd) >= _mjd(date.max) else max(mjd, _mjd(date.min))


def _end(mjd: float | None) -> float | None:
    """The end of an interval; none of one that goes on."""
    return None if mjd is not None and mjd >= ONGOING else _in_calendar(mjd)


def _day(mjd: float) -> date:
    """The date of a day."""
    return _MODIFIED_JULIAN_DAY_0 + timedelta(days=int(min(max(mjd, _mjd(date.min)), _mjd(date.max))))


def _mjd(day: date) -> float:
    return float((day - _MODIFIED_JULIAN_DAY_0).days)
