"""Where, when, at which energies and with which parameters: what an index keeps of it.

Times are whole milliseconds of MJD in UTC, energies the bits of their floats, both in the order of the
numbers; of each an index keeps four intervals, the nearest of more made one.  A record without time
coverage has that of its collection; an energy band stands for the interval that its vocabulary gives.
"""

from __future__ import annotations

import itertools
import math
import struct
from collections.abc import Iterable
from typing import Any

from catalogue import moc
from catalogue.days import ONGOING, days_of
from catalogue.index_places import add_places
from catalogue.quantities import quantities_of
from catalogue.record import Date, Interval, Record, Term
from catalogue.region_fit import FIELD as BY_AREA
from catalogue.region_fit import area_key
from catalogue.time_scales import SCALES, to_utc
from vocab.base import concluded, vocabulary

SLOTS = 4
"""Intervals of one record that an index keeps."""

TIME, ENERGY = "time", "energy"
SLOTTED = tuple(
    f"{name}_{end}_{slot}" for name in (TIME, ENERGY) for slot in range(SLOTS) for end in ("from", "to")
)
ROUGH = "sky, roughly"
"""What `covers` says of a record whose cells of the sky cover more than it does."""
EARLIEST, LATEST = -(2**62), 2**62
_MILLISECONDS = 86_400_000
_MJD_OF_UNIX = 40_587
_LOWEST = 0.0

Ends = tuple[int, int]


def milliseconds(mjd: float | None, open_end: int) -> int:
    """A moment of MJD as the index keeps it."""
    if mjd is None or math.isnan(mjd):
        return open_end
    return round(max(-1e11, min(1e11, mjd)) * _MILLISECONDS)


def energy_bits(joule: float | None, open_end: int) -> int:
    """An energy as the index keeps it: the bits of the float, which are in the order of positive numbers."""
    if joule is None or math.isnan(joule):
        return open_end
    (bits,) = struct.unpack(">q", struct.pack(">d", max(_LOWEST, joule)))
    return int(bits)


def add_coverage(document: dict[str, Any], record: Record) -> None:
    """Put what a record covers into its document, which has its sequence; ``covers`` names what it is."""
    covers = []
    sky = record.coverage.sky if record.coverage is not None else None
    region = _region(sky.moc) if sky is not None and sky.moc else ()
    document["sky_cells"], document["sky_above"] = moc.indexed(region) if region else ([], [])
    if region:
        covers.append("sky")
        document[BY_AREA] = area_key(region, document["sequence"])
        if moc.is_rough(region):
            covers.append(ROUGH)
    for name, intervals in ((TIME, _times(record)), (ENERGY, _energies(record))):
        for slot, (low, high) in enumerate(_few(intervals)):
            document[f"{name}_from_{slot}"], document[f"{name}_to_{slot}"] = low, high
        if intervals:
            covers.append(name)
    document["quantities"], document["quantities_above"] = (
        quantities_of(record) if record.parameters else ([], [])
    )
    if document["quantities"]:
        covers.append("parameter")
    if add_places(document, record):
        covers.append("place")
    document["covers"] = covers


def _region(text: str) -> moc.Region:
    try:
        return moc.region_of(text)
    except ValueError:
        # Crosswalks check what they read; what a curator wrote may be anything.
        return ()


def _times(record: Record) -> list[Ends]:
    time = record.coverage.time if record.coverage is not None else None
    if time is not None and time.intervals:
        scale = scale_of(time.scale)
        return [_moments(interval, scale) for interval in time.intervals]
    return [ends for date in record.dates if date.kind == "collected" and (ends := _collected(date))]


def scale_of(name: str | None) -> str:
    """The time scale of a record, by its name or URI; what says none that is known is taken as UTC."""
    found = (name or "").rpartition("#")[2].strip().upper()
    return found if found in SCALES else "UTC"


def _moments(interval: Interval, scale: str) -> Ends:
    high = interval.high if interval.high is not None and interval.high < ONGOING else None
    ends = (milliseconds(interval.low, EARLIEST), milliseconds(high, LATEST))
    first, last = (end if end in (EARLIEST, LATEST) else to_utc(end, scale) for end in ends)
    return _in_order(first, last)


def _collected(date: Date) -> Ends | None:
    try:
        first = EARLIEST if date.start is None else _day(days_of(date.start)[0])
        last = LATEST if date.end is None else _day(days_of(date.end)[1] + 1) - 1
    except ValueError:
        return None
    return None if (first, last) == (EARLIEST, LATEST) else _in_order(first, last)


def _day(number: int) -> int:
    return (number - _EPOCH + _MJD_OF_UNIX) * _MILLISECONDS


_EPOCH = days_of("1970-01-01")[0]


def _energies(record: Record) -> list[Ends]:
    energy = record.coverage.energy if record.coverage is not None else None
    if energy is None:
        return []
    if energy.intervals:
        return [_in_order(energy_bits(one.low, 0), energy_bits(one.high, LATEST)) for one in energy.intervals]
    return [ends for band in energy.bands if (ends := band_ends(band))]


def band_ends(band: Term) -> Ends | None:
    """The limits of a named band, where the vocabulary knows them."""
    return limits_of_band(band.uri or "") or limits_of_band(band.label)


@concluded(2000)
def limits_of_band(name: str) -> Ends | None:
    """The limits of a band by any of its names; the upper one is that of the next band, and left out."""
    concept = vocabulary("energy_bands").lookup(name) if name else None
    if concept is None:
        return None
    low, high = (concept.values.get(end) for end in ("low", "high"))
    return energy_bits(float(low) if low else None, 0), energy_bits(float(high) if high else None, LATEST) - 1


def _in_order(low: int, high: int) -> Ends:
    return (low, high) if low <= high else (high, low)


def _few(intervals: Iterable[Ends]) -> list[Ends]:
    """At most so many intervals as the index keeps: those that touch, then the nearest, made one."""
    found: list[Ends] = []
    for low, high in sorted(intervals):
        if found and low <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    while len(found) > SLOTS:
        gaps = [after[0] - before[1] for before, after in itertools.pairwise(found)]
        at = gaps.index(min(gaps))
        found[at : at + 2] = [(found[at][0], found[at + 1][1])]
    return found
