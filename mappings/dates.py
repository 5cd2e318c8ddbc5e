"""Dates as sources write them, as intervals of ISO 8601 with their precision.

W3CDTF, RKMS-ISO8601 intervals (DataCite), EDTF seasons and uncertainty, BCE, months in words.
Nothing is guessed: what cannot be read as a date stays as text.
"""

from __future__ import annotations

import calendar
import functools
import itertools
import re
from collections.abc import Iterable
from datetime import date, datetime

from catalogue.record import Date, DateKind, Interval
from mappings.text import clean_line

_ISO = re.compile(
    r"([+-]?\d{4})(?:-(\d{2})(?:-(\d{2})"
    r"(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?\s*(Z|[+-]\d{2}:?\d{2})?)?)?)?",
    re.ASCII,
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})(?:\.\d+)?Z?)?", re.ASCII)
_ERA = re.compile(
    r"(?:c\.?|ca\.?|circa)?\s*(\d{1,4})\s*(BCE|BC|B\.C\.|B\.C\.E\.|CE|AD|A\.D\.)",
    re.IGNORECASE | re.ASCII,
)
_SHORT_YEAR = re.compile(r"-\d{1,3}", re.ASCII)
_SEASON = re.compile(r"(\d{4})-(2[1-4])", re.ASCII)
_LIBRARY_YEAR = re.compile(r"\[?(?:c|cop\.?|p|©)?\s?\.?(\d{4})\]?\.?", re.ASCII)
_DAY_MONTH_YEAR = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?\.?\s+([A-Za-z]{3,9})\.?,?\s+(\d{4})", re.ASCII)
_MONTH_DAY_YEAR = re.compile(r"([A-Za-z]{3,9})\.?\s+(?:(\d{1,2})(?:st|nd|rd|th)?,?\s+)?(\d{4})", re.ASCII)
_NUMERIC = re.compile(r"(\d{1,2})([./])(\d{1,2})\2(\d{4})", re.ASCII)
_RANGE = re.compile(r"(.+?)\s+(?:-|–|—|to|bis|until)\s+(.+)|(\d{4})\s*[-–—]\s*(\d{4})", re.ASCII)
OF_DESCRIPTION = "of the description"
"""The text of a date at which the description was made or changed, not the thing."""

_OPEN = frozenset({"", "..", "open", "unknown", "present", "ongoing", "now"})
_MONTHS = {
    name.casefold(): number
    for names in (calendar.month_name, calendar.month_abbr)
    for number, name in enumerate(names)
    if name
} | {"sept": 9}
_SEASON_WORDS = {"spring": "21", "summer": "22", "autumn": "23", "fall": "23", "winter": "24"}
_SEASON_MONTHS = {"21": ("03", "05"), "22": ("06", "08"), "23": ("09", "11"), "24": ("12", "02")}
_ORDINAL_OF_MJD_ZERO = date(1858, 11, 17).toordinal()


@functools.lru_cache(maxsize=16384)
def read_date(text: str, kind: DateKind, information: str | None = None) -> Date | None:
    """A date or an interval of them; ``None`` where the text says nothing.

    ``information`` is what the source adds (DataCite dateInformation).  ``text`` of the answer keeps
    what the source wrote where the interval does not say it all.
    """
    if len(text) == 10 and information is None:
        # The commonest form, YYYY-MM-DD, without any further look.
        try:
            date.fromisoformat(text)
        except ValueError:
            pass
        else:
            return Date(kind=kind, start=text, end=text)
    cleaned = clean_line(text)
    note = clean_line(information)
    if cleaned is None or cleaned == "0000":
        return Date(kind=kind, text=note) if note else None
    found = _interval(cleaned)
    if found is None:
        return Date(kind=kind, text=cleaned if note is None else f"{cleaned} ({note})")
    start, end, exact = found
    if exact:
        return Date(kind=kind, start=start, end=end, text=note)
    return Date(kind=kind, start=start, end=end, text=cleaned if note is None else f"{cleaned} ({note})")


def written_date(value: Date) -> tuple[str, str | None]:
    """Value and information for a DataCite ``date``: RKMS-ISO8601 and what else was said."""
    if value.start is None and value.end is None:
        return value.text or ":unav", None
    if value.start == value.end and value.start is not None:
        return value.start, value.text
    return f"{value.start or ''}/{value.end or ''}", value.text


def year_of(value: Date) -> str | None:
    """The four-digit year in which a date begins (or ends, where it has no beginning)."""
    point = value.start or value.end
    return point[:4] if point and point[:4].isdigit() else None


def best_date(dates: Iterable[Date], order: Iterable[DateKind]) -> Date | None:
    """The first date of the first kind in ``order`` that has any; those of the thing before those of its
    description."""
    found: dict[tuple[bool, DateKind], Date] = {}
    for one in dates:
        if one.start or one.end or one.text:
            found.setdefault((one.text == OF_DESCRIPTION, one.kind), one)
    wanted = itertools.product((False, True), order) if found else ()
    return next((found[key] for key in wanted if key in found), None)


def mjd_interval(start: str | None, end: str | None) -> Interval | None:
    """Days of the Modified Julian Date from the first to the last moment of an interval of dates."""
    low, high = _first_day(start), _last_day(end)
    if low is None and high is None:
        return None
    return Interval(low=low, high=high)


def mjd_to_date(mjd: float) -> str | None:
    """The ISO date of a Modified Julian Date; ``None`` outside the years 1 to 9999."""
    try:
        return date.fromordinal(int(mjd // 1) + _ORDINAL_OF_MJD_ZERO).isoformat()
    except (OverflowError, ValueError):
        return None


def _interval(text: str) -> tuple[str | None, str | None, bool] | None:
    """Start, end, and whether they say everything that the text says."""
    point = _point(text)
    if point is not None:
        return point
    if text.count("/") == 1:
        left, _, right = (part.strip() for part in text.partition("/"))
        return _both(left, right, True)
    match = _RANGE.fullmatch(text)
    if match is not None:
        return _both(match[1] or match[3], match[2] or match[4], False)
    return None


def _both(left: str, right: str, exact: bool) -> tuple[str | None, str | None, bool] | None:
    first = None if left.casefold() in _OPEN else _point(left)
    last = None if right.casefold() in _OPEN else _point(right)
    if (first is None and left.casefold() not in _OPEN) or (last is None and right.casefold() not in _OPEN):
        return None
    if first is None and last is None:
        return None
    start, end = first[0] if first else None, last[1] if last else None
    plain = {"", ".."}
    exact = exact and (first is None or first[2]) and (last is None or last[2])
    exact = exact and (first is not None or left in plain) and (last is not None or right in plain)
    if start and end and _key(start) > _key(end):
        return None
    return start, end, exact


def _point(text: str) -> tuple[str | None, str | None, bool] | None:
    """One date: first and last moment in its own precision, and whether that says everything."""
    match = _ISO.fullmatch(text)
    if match is not None:
        value, exact = _iso(match)
        if value is not None:
            return value, value, exact
    for reader in (_season, _compact, _era, _uncertain, _library_year, _in_words, _numeric):
        found = reader(text)
        if found is not None:
            return found
    return None


def _iso(match: re.Match[str]) -> tuple[str | None, bool]:
    """A valid date in canonical form, and whether nothing got lost."""
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    if not _is_day(int(year), int(month or 1), int(day or 1)):
        return _without_zeros(year, month, day), False
    value = f"{'-' if year[0] == '-' else ''}{year[-4:]}"
    if month:
        value += f"-{month}"
    if day:
        value += f"-{day}"
    if hour is None:
        return value, True
    if int(hour) > 23 or int(minute) > 59 or int(second or 0) > 60:
        return value, False
    value += f"T{hour}:{minute}"
    if second is not None:
        value += f":{second}" + (f".{fraction}" if fraction else "")
    if zone:
        value += "Z" if zone in ("Z", "+00:00", "+0000", "-00:00") else f"{zone[:3]}:{zone[-2:]}"
    return value, True


def _without_zeros(year: str, month: str | None, day: str | None) -> str | None:
    """2017-01-00 is January 2017, 2017-00-00 is 2017; what is no date at all is none."""
    if month == "00" and day in (None, "00"):
        return year
    if day == "00" and month and 1 <= int(month) <= 12:
        return f"{year}-{month}"
    return None


def _is_day(year: int, month: int, day: int) -> bool:
    if not 1 <= month <= 12 or day < 1:
        return False
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return day <= (29 if month == 2 and leap else 28 if month == 2 else 30 if month in (4, 6, 9, 11) else 31)


def _season(text: str) -> tuple[str, str, bool] | None:
    match = _SEASON.fullmatch(text)
    if match is not None:
        year, season = match.groups()
    else:
        words = text.casefold().replace(",", " ").split()
        if len(words) != 2:
            return None
        if words[0] in _SEASON_WORDS and _is_year(words[1]):
            year, season = words[1], _SEASON_WORDS[words[0]]
        elif words[1] in _SEASON_WORDS and _is_year(words[0]):
            year, season = words[0], _SEASON_WORDS[words[1]]
        else:
            return None
    first, last = _SEASON_MONTHS[season]
    end_year = f"{int(year) + 1:04d}" if season == "24" else year
    return f"{year}-{first}", f"{end_year}-{last}", False


def _compact(text: str) -> tuple[str, str, bool] | None:
    match = _COMPACT.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = match.groups()
    if not _is_day(int(year), int(month), int(day)):
        return None
    value = f"{year}-{month}-{day}"
    if hour is not None:
        value += f"T{hour}:{minute}:{second}"
    return value, value, True


def _era(text: str) -> tuple[str, str, bool] | None:
    """321 BCE is the year -0320 (ISO 8601 has a year 0); -24 is the year -0024."""
    match = _ERA.fullmatch(text)
    if match is not None:
        number = int(match[1])
        year = 1 - number if match[2].upper().startswith("B") else number
        value = f"-{-year:04d}" if year < 0 else f"{year:04d}"
        return value, value, False
    if _SHORT_YEAR.fullmatch(text):
        value = f"-{int(text[1:]):04d}"
        return value, value, False
    return None


def _uncertain(text: str) -> tuple[str | None, str | None, bool] | None:
    """EDTF: 1984?, 2004-06~, 199u, 19uu, 199X."""
    if text[-1] in "?~%" and (match := _ISO.fullmatch(text.rstrip("?~%"))):
        value, _ = _iso(match)
        return (value, value, False) if value else None
    if len(text) == 4 and text[:2].isdigit() and text[2:].casefold() in ("uu", "xx", "??"):
        return f"{text[:2]}00", f"{text[:2]}99", False
    if len(text) == 4 and text[:3].isdigit() and text[3] in "uUxX?":
        return f"{text[:3]}0", f"{text[:3]}9", False
    return None


def _library_year(text: str) -> tuple[str, str, bool] | None:
    match = _LIBRARY_YEAR.fullmatch(text)
    return (match[1], match[1], False) if match else None


def _in_words(text: str) -> tuple[str, str, bool] | None:
    match = _DAY_MONTH_YEAR.fullmatch(text)
    if match is not None:
        day, word, year = match.groups()
    else:
        match = _MONTH_DAY_YEAR.fullmatch(text)
        if match is None:
            return None
        word, day, year = match.groups()
    month = _MONTHS.get(word.casefold())
    if month is None or not _is_day(int(year), month, int(day or 1)):
        return None
    value = f"{year}-{month:02d}" + (f"-{int(day):02d}" if day else "")
    return value, value, False


def _numeric(text: str) -> tuple[str, str, bool] | None:
    """31.12.2019; 12/31/2019 only where day and month cannot be confused."""
    match = _NUMERIC.fullmatch(text)
    if match is None:
        return None
    first, mark, second, year = int(match[1]), match[2], int(match[3]), match[4]
    if mark == "." or first > 12:
        day, month = first, second
    elif second > 12:
        month, day = first, second
    elif first == second:
        day = month = first
    else:
        return year, year, False
    if not _is_day(int(year), month, day):
        return None
    value = f"{year}-{month:02d}-{day:02d}"
    return value, value, False


def _is_year(text: str) -> bool:
    return len(text) == 4 and text.isdigit() and text.isascii()


def _key(point: str) -> tuple[int, str]:
    """Orders dates of unequal precision by what they have in common."""
    if point[0] == "-":
        return int(point[:5]), ""
    return int(point[:4]), ""


def _parts(point: str) -> tuple[int, int | None, int | None, str]:
    """Year, month, day and time of day of an ISO date whose year may be negative."""
    sign, rest = (-1, point[1:]) if point[0] == "-" else (1, point)
    month, day = rest[5:7], rest[8:10]
    return sign * int(rest[:4]), int(month) if month else None, int(day) if day else None, rest[11:]


def _first_day(point: str | None) -> float | None:
    if point is None:
        return None
    year, month, day, time = _parts(point)
    return _mjd(year, month or 1, day or 1) + _fraction(time)


def _last_day(point: str | None) -> float | None:
    if point is None:
        return None
    year, month, day, time = _parts(point)
    if time:
        return _mjd(year, month or 1, day or 1) + _fraction(time)
    if day is not None:
        return _mjd(year, month or 1, day) + 1
    if month is None or month == 12:
        return _mjd(year + 1, 1, 1)
    return _mjd(year, month + 1, 1)


def _mjd(year: int, month: int, day: int) -> float:
    """The Modified Julian Date of a day of the proleptic Gregorian calendar."""
    shifted = year - (month < 3)
    era, year_of_era = divmod(shifted, 400)
    day_of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    day_of_era = year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year
    return float(era * 146097 + day_of_era - 678881)


def _fraction(time: str) -> float:
    """The part of a day that hh:mm[:ss[.f]][Z|±hh:mm] is, in UTC."""
    if not time:
        return 0.0
    moment = datetime.fromisoformat(f"2000-01-01T{time}")
    seconds = moment.hour * 3600 + moment.minute * 60 + moment.second + moment.microsecond / 1e6
    offset = moment.utcoffset()
    return (seconds - (offset.total_seconds() if offset else 0)) / 86400
