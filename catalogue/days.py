"""Days as whole numbers, so that dates of any age can be compared and ranged over.

A day number counts days of the proleptic Gregorian calendar from 1 January of the
astronomical year −10000; years are astronomical as in `record.Date`.
"""

from __future__ import annotations

import functools
import re

ONGOING = 100_000.0
"""Modified Julian Date from which on the end of an interval means that it goes on."""

LAST_DAY = 2**23 - 2
"""The largest day number; later dates count as this one, earlier than the first as 1."""

_DATE = re.compile(r"([+-]?\d{4,9})(?:-(\d\d)(?:-(\d\d))?)?(?:[T ].*)?", re.ASCII)
_EPOCH_YEAR = -10_000
_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _day(year: int, month: int, day: int) -> int:
    """Days from civil: the year begins in March, so that the leap day comes last."""
    year -= month <= 2
    era, year_of_era = divmod(year, 400)
    day_of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return era * 146_097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year


_EPOCH = _day(_EPOCH_YEAR, 1, 1)


def _number(year: int, month: int, day: int) -> int:
    return min(max(_day(year, month, day) - _EPOCH, 1), LAST_DAY)


def _length(year: int, month: int) -> int:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 29 if month == 2 and leap else _LENGTHS[month - 1]


@functools.lru_cache(maxsize=20_000)
def days_of(text: str) -> tuple[int, int]:
    """The first and the last day number of an ISO 8601 date: year, month or day; time is left out.

    Raises `ValueError` for what is no such date.
    """
    match = _DATE.fullmatch(text)
    if match is None:
        raise ValueError(f"«{text[:40]}» is not a date")
    year = int(match[1])
    month = int(match[2]) if match[2] else None
    day = int(match[3]) if match[3] else None
    if month is None:
        return _number(year, 1, 1), _number(year, 12, 31)
    if not 1 <= month <= 12 or (day is not None and not 1 <= day <= _length(year, month)):
        raise ValueError(f"«{text[:40]}» is no day of the calendar")
    if day is None:
        return _number(year, month, 1), _number(year, month, _length(year, month))
    number = _number(year, month, day)
    return number, number


def year_of(text: str) -> str | None:
    """The year of an ISO 8601 date as at least four digits («2019», «-0320»), or ``None``."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    year = int(match[1])
    return f"-{-year:04d}" if year < 0 else f"{year:04d}"
