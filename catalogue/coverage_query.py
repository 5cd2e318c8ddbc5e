"""What a search asks of sky, time, energy and parameters: read from text, and as conditions of an index.

All functions that read raise ``ValueError`` with a reason for the user.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from catalogue import moc
from catalogue.conditions import All_, Any_, Between, Condition, Exact, Key
from catalogue.days import days_of
from catalogue.index_coverage import (
    EARLIEST,
    ENERGY,
    LATEST,
    SLOTS,
    TIME,
    energy_bits,
    limits_of_band,
    milliseconds,
)
from catalogue.index_places import PLACE_SLOTS, is_name, named, sought
from catalogue.quantities import wanted
from catalogue.said import said
from catalogue.sky import MOST_CELLS, cone
from catalogue.time_scales import SCALES, to_utc
from catalogue.units import conversion, in_base_units, in_joule, quantity_parts

_MJD = re.compile(r"(?:mjd\s*)?([+-]?\d+(?:\.\d*)?)", re.IGNORECASE)
_LATEST_MJD = 1_000_000
"""Greater numbers are Julian dates, or days without hyphens."""
_SCALED = re.compile(r"(?P<date>.*[\dz])\s+(?P<scale>[a-z][a-z0-9]{1,7})", re.IGNORECASE | re.ASCII)
_IN_UTC = re.compile(r"Z$|:\d\d(?:[.,]\d+)?\s*[+-]\d\d", re.IGNORECASE)
_YEAR = re.compile(r"[+-]?\d{4}", re.ASCII)
_MJD_EPOCH = datetime(1858, 11, 17, tzinfo=UTC)
_COMPARED = re.compile(r"(?P<name>[^<>=]+?)\s*(?P<sign><=|>=|=|<|>)\s*(?P<value>[^<>=]+)")
_RANGED = re.compile(
    r"(?P<name>.*?[^\W\d].*?)[\s=:]+(?P<low>[+-]?[\d.]+?(?:[eE][+-]?\d+)?)\s*\.\.\s*(?P<high>[+-]?[\d.].*)"
)
_LEAST = 1 + 2.0**-28
"""The next number that is told apart."""


def sky_condition(text: str) -> Condition:
    """Records that overlap a cone «RA,DEC,RADIUS» in degrees; a frame other than ICRS may follow."""
    return _overlapping(cone(text))


def moc_condition(text: str) -> Condition:
    """Records that overlap a MOC in ASCII."""
    region = moc.region_of(text)
    if not region:
        raise ValueError(said("the MOC is empty"))
    return _overlapping(region)


def place_condition(text: str) -> Condition:
    """Records that overlap a box on Earth «WEST,SOUTH,EAST,NORTH» in degrees, a point or a named place."""
    if is_name(text):
        return Exact("labels", named(text))
    return Any_(tuple(_in_box(*box, slot) for box in sought(text) for slot in range(PLACE_SLOTS)))


def _in_box(west: int, south: int, east: int, north: int, slot: int) -> Condition:
    return All_(
        (
            Between(f"place_west_{slot}", EARLIEST, east),
            Between(f"place_east_{slot}", west, LATEST),
            Between(f"place_south_{slot}", EARLIEST, north),
            Between(f"place_north_{slot}", south, LATEST),
        )
    )


@functools.lru_cache(maxsize=16)
def _overlapping(region: moc.Region) -> Condition:
    count = sum(1 for _, _ in zip(moc.cells_of(region), range(MOST_CELLS + 1)))
    if count > MOST_CELLS:
        raise ValueError(
            said(
                "the region has more than %(most_cells)s cells; give it at a lower order",
                most_cells=MOST_CELLS,
            )
        )
    own, above = moc.indexed(region, MOST_CELLS)
    return Any_((Key("sky_cells", (*own, *above)), Key("sky_above", tuple(own))))


def time_condition(text: str) -> Condition:
    """Records that overlap a time «FROM/TO» in ISO 8601 or MJD, with open ends, or one date.

    It is UTC, or on another of `time_scales.SCALES` that follows; one at either end holds for both.
    """
    ends = _ends(text)
    if ends == [None, None]:
        raise ValueError(said("must be FROM/TO, FROM/ or /TO, as in 2015/2020-06 or 57000/58000.5"))
    dates, scales = _with_scales(ends)
    low = EARLIEST if dates[0] is None else to_utc(_moment(dates[0])[0], scales[0])
    high = LATEST if dates[1] is None else to_utc(_moment(dates[1])[1], scales[1])
    if low > high:
        raise ValueError(said("begins at %(ends)s, after its end %(ends2)s", ends=ends[0], ends2=ends[1]))
    return _between(TIME, low, high)


def _ends(text: str) -> list[str | None]:
    """Both ends of a range «A/B» or «A..B», of which one may be open; of a value alone twice the value."""
    first, between, last = text.partition("/" if "/" in text else "..")
    ends = (first, last if between else first)
    return [None if part.strip() in {"", "..", "*"} else part.strip() for part in ends]


def _with_scales(ends: list[str | None]) -> tuple[list[str | None], list[str]]:
    """Both ends of a range without their time scales, and these."""
    found = [_SCALED.fullmatch(end) if end is not None else None for end in ends]
    scales = [match["scale"].upper() if match else "" for match in found]
    for scale in filter(None, scales):
        if scale not in SCALES:
            raise ValueError(
                said(
                    "«%(scale)s» is no time scale that is known; there are %(scales)s",
                    scale=scale,
                    scales=", ".join(SCALES),
                )
            )
    given = next(filter(None, scales), "UTC")
    dates = [match["date"] if match else end for match, end in zip(found, ends)]
    if given != "UTC" and any(date and _IN_UTC.search(date) for date in dates):
        raise ValueError(
            said("a time with Z or an offset is UTC; leave out the one or «%(given)s»", given=given)
        )
    return dates, [scale or given for scale in scales]


def _moment(text: str) -> tuple[int, int]:
    """First and last millisecond of a date, a moment or an MJD."""
    number = _MJD.fullmatch(text)
    if number is not None and not _YEAR.fullmatch(text):
        if float(number[1]) > _LATEST_MJD:
            raise ValueError(
                said(
                    "«%(text)s» is no MJD, of which 1,000,000 is in the year 4596; write days with "
                    "hyphens, as in 2015-03-01, and a Julian date less 2400000.5",
                    text=text[:40],
                )
            )
        at = milliseconds(float(number[1]), LATEST)
        return at, at
    try:
        if "T" in text or ":" in text:
            moment = datetime.fromisoformat(text)
            since = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - _MJD_EPOCH
            in_milliseconds = since // timedelta(milliseconds=1)
            return in_milliseconds, in_milliseconds
        days = days_of(text)
    except (ValueError, OverflowError):
        raise ValueError(
            said(
                "«%(text)s» is no time; write 2015, 2015-03-01, 2015-03-01T12:00:00Z or an MJD like 57082.5",
                text=text[:40],
            )
        ) from None
    epoch = days_of("1858-11-17")[0]
    return (days[0] - epoch) * 86_400_000, (days[1] - epoch + 1) * 86_400_000 - 1


def energy_condition(text: str) -> Condition:
    """Records that overlap a band, or energies «MIN/MAX» in joule or as energy, wavelength or frequency."""
    band = limits_of_band(text.strip())
    if band is not None:
        return _between(ENERGY, *band)
    ends = _ends(text)
    if ends == [None, None]:
        raise ValueError(
            said("must be MIN/MAX, MIN/ or /MAX, as in 1 keV/10 keV or 400 nm/700 nm, or a band")
        )
    ends = _with_units(ends)
    joules = [None if end is None else in_joule(end) for end in ends]
    if any(one is not None and one < 0 for one in joules):
        raise ValueError(said("energies are not negative"))
    if None not in joules or _falls(ends):
        joules = sorted(joules, key=lambda one: (one is None, one)) if None not in joules else joules[::-1]
    return _between(ENERGY, energy_bits(joules[0], 0), energy_bits(joules[1], LATEST))


def _with_units(ends: list[str | None]) -> list[str | None]:
    """A range whose unit stands once has it at both ends: «400/700 nm»."""
    try:
        units = [quantity_parts(end)[1] if end is not None else None for end in ends]
    except ValueError:
        return ends
    given = {unit for unit in units if unit}
    if None in ends or all(units) or not given:
        return ends
    return [end if unit else f"{end} {next(iter(given))}" for end, unit in zip(ends, units)]


def _falls(ends: list[str | None]) -> bool:
    """Whether a range with an open end is one of wavelengths, whose energies fall where they rise."""
    unit = next(quantity_parts(end)[1] for end in ends if end is not None)
    found = conversion(unit) if unit else None
    return found is not None and found.base == "m"


def _between(name: str, low: int, high: int) -> Condition:
    return Any_(
        tuple(
            All_((Between(f"{name}_from_{slot}", EARLIEST, high), Between(f"{name}_to_{slot}", low, LATEST)))
            for slot in range(SLOTS)
        )
    )


@dataclass(frozen=True, slots=True)
class ParameterRange:
    """What is asked of a parameter: its name, the base unit, and the ends in it (``None``: open)."""

    name: str
    base: str
    low: float | None
    high: float | None


def parameter_condition(text: str) -> Condition:
    """Records with a parameter «photon_energy > 10 keV», «temperature 4..10 K» or «beam = 3»."""
    asked = parameter_range(text)
    own, above = wanted(asked.name, asked.base, asked.low, asked.high)
    return Any_((Key("quantities", tuple(own)), Key("quantities_above", tuple(above))))


def parameter_range(text: str) -> ParameterRange:
    """What a condition on a parameter asks for."""
    ranged = _RANGED.fullmatch(text.strip())
    compared = _COMPARED.fullmatch(text.strip()) if ranged is None else None
    low: float | None
    high: float | None
    if ranged is not None:
        upper, unit = quantity_parts(ranged["high"])
        name, (low, base), (high, _) = ranged["name"], _base(float(ranged["low"]), unit), _base(upper, unit)
        if low > high:
            raise ValueError(
                said(
                    "%(ranged)s is more than %(ranged2)s; swap them",
                    ranged=ranged["low"],
                    ranged2=ranged["high"],
                )
            )
    elif compared is not None:
        value, base = _base(*quantity_parts(compared["value"]))
        name, sign = compared["name"], compared["sign"]
        low = value if sign in {"=", ">="} else _next(value) if sign == ">" else None
        high = value if sign in {"=", "<="} else -_next(-value) if sign == "<" else None
    else:
        raise ValueError(
            said(
                "«%(text)s» is no condition; write photon_energy > 10 keV or temperature 4..10 K",
                text=text[:60],
            )
        )
    if name.rstrip().endswith("!"):
        raise ValueError(said("what differs from a value cannot be asked for; write x < 3 or x > 3"))
    if not re.search(r"\w", name):
        raise ValueError(said("«%(text)s» names no parameter", text=text[:60]))
    return ParameterRange(name.strip(), base, low, high)


def _next(value: float) -> float:
    """The next larger number that is told apart."""
    return value * _LEAST if value > 0 else value / _LEAST if value < 0 else 5e-324


def _base(value: float, unit: str | None) -> tuple[float, str]:
    found = in_base_units(value, unit)
    if found is None:
        raise ValueError(
            said("«%(unit)s» is no unit that is known; look for such quantities by words", unit=unit)
        )
    return found


CONDITIONS: Mapping[str, Callable[[str], Condition]] = {
    "sky": sky_condition,
    "moc": moc_condition,
    "time": time_condition,
    "energy": energy_condition,
    "parameter": parameter_condition,
    "place": place_condition,
}
"""Parameter of a search → what reads it."""
