"""How values look on a page: numbers, sizes, dates with their age, energies, languages, links.

Each function here is a filter of the templates under its own name.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from flask import Blueprint, current_app, request

from catalogue.constants import ELECTRONVOLT
from catalogue.days import ONGOING
from catalogue.index import Query
from catalogue.index_facets import facet_value
from catalogue.record import Agent, Date, Interval, Point, Record, Text
from mappings.dates import mjd_to_date, year_of
from vocab.base import vocabulary
from web.context import catalogue
from web.formulas import formulas
from web.languages import figures, language_name, ngettext, translated
from web.search_parameters import address
from web.security import identifier_url, safe_url

THIN = "\u202f"
"""Narrow no-break space, between the digits of a number by threes and before its unit."""

"""In joule (SI, exact)."""

WRAPPED = (45, 100)
"""Lengths of lines that were wrapped, and do not end where a writer ended them."""

_AGES = (("year", 31_556_952), ("month", 2_629_746), ("day", 86_400), ("hour", 3_600), ("minute", 60))
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_FRACTION = re.compile(r"(\.\d{3})\d+")
_WORD = re.compile(r"[\s_-]+|(?<=[a-z])(?=[A-Z])")


def number(value: float | None) -> str:
    """A number as the language of the page writes it, as short as it can be without loss."""
    if value is None:
        return "—"
    if isinstance(value, int) or (value.is_integer() and abs(value) < 1e15):
        return figures(f"{int(value):,}")
    if not math.isfinite(value):
        return str(value)
    if 1e-4 <= abs(value) < 1e6:
        return figures(repr(value))
    mantissa, _, exponent = f"{value!r}".partition("e")
    if not exponent:
        mantissa, _, exponent = f"{value:.15e}".partition("e")
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{figures(mantissa)}{THIN}×{THIN}10{_raised(int(exponent))}"


def decimals(value: float, digits: int) -> str:
    """A number with so many digits behind its point."""
    return figures(f"{value:,.{digits}f}")


def _raised(exponent: int) -> str:
    return str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def size(octets: int | None) -> str:
    """A number of bytes in decimal units (IEC 80000-13): 1.4 GB."""
    if octets is None:
        return "—"
    amount, units = float(octets), iter(("B", "kB", "MB", "GB", "TB", "PB", "EB"))
    unit = next(units)
    while amount >= 999.5 and unit != "EB":
        amount, unit = amount / 1000, next(units)
    digits = f"{amount:.0f}" if unit == "B" or amount >= 99.5 else f"{amount:.2g}"
    return f"{figures(digits)}{THIN}{unit}"


def day(stamp: str | None) -> str:
    """The day of an ISO 8601 date and time."""
    return (stamp or "").split("T")[0]


def moment(stamp: str | None) -> str | None:
    """A date, or a date and time, as ``datetime`` of HTML takes it: with milliseconds at most."""
    text = stamp or ""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return None
    return _FRACTION.sub(r"\1", text)


def age(stamp: str | None) -> str:
    """How long ago a point in time is, in its largest unit; empty for what is no point in time."""
    try:
        then = datetime.fromisoformat(stamp or "")
    except ValueError:
        return ""
    if then.tzinfo is None:
        then = then.replace(tzinfo=UTC)
    seconds = (datetime.now(UTC) - then).total_seconds()
    for unit, length in _AGES:
        count = int(abs(seconds) // length)
        if count:
            return _in_time(unit, count) if seconds < 0 else _before(unit, count)
    return translated("just now")


def _before(unit: str, count: int) -> str:
    return {
        "year": ngettext("%(num)s year ago", "%(num)s years ago", count),
        "month": ngettext("%(num)s month ago", "%(num)s months ago", count),
        "day": ngettext("%(num)s day ago", "%(num)s days ago", count),
        "hour": ngettext("%(num)s hour ago", "%(num)s hours ago", count),
        "minute": ngettext("%(num)s minute ago", "%(num)s minutes ago", count),
    }[unit]


def _in_time(unit: str, count: int) -> str:
    return {
        "year": ngettext("in %(num)s year", "in %(num)s years", count),
        "month": ngettext("in %(num)s month", "in %(num)s months", count),
        "day": ngettext("in %(num)s day", "in %(num)s days", count),
        "hour": ngettext("in %(num)s hour", "in %(num)s hours", count),
        "minute": ngettext("in %(num)s minute", "in %(num)s minutes", count),
    }[unit]


def interval(date: Date) -> str:
    """A date or an interval of dates, an open end as «…»."""
    if date.start is None and date.end is None:
        return date.text or ""
    return _range(date.start, date.end)


def _range(start: str | None, end: str | None) -> str:
    return start if start and start == end else f"{start or '…'} – {end or '…'}"


def observed(span: Interval) -> str:
    """An interval in MJD as calendar dates."""
    low = None if span.low is None else mjd_to_date(span.low)
    high = span.high
    if high is None or high >= ONGOING:
        return _range(low, None)
    # Midnight at the end still belongs to the day before.
    before = high - 1e-6 if span.low is None or high > span.low else high
    return _range(low, mjd_to_date(before))


def limits(span: Any) -> str:
    """The ends of an interval of numbers; of a parameter also its single value."""
    if getattr(span, "value", None) is not None:
        return number(span.value)
    return _limits(span.low, span.high)


def si_limits(parameter: Any) -> str:
    """The same of a parameter in SI."""
    if parameter.si_value is not None:
        return number(parameter.si_value)
    return _limits(parameter.si_low, parameter.si_high)


def _limits(low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return ""
    return _range(*(None if end is None else number(end) for end in (low, high)))


def energy(span: Interval) -> str:
    """An interval in joule as electronvolt."""
    ends = [None if end is None else _electronvolts(end / ELECTRONVOLT) for end in (span.low, span.high)]
    return _range(*ends)


def _electronvolts(value: float) -> str:
    steps = [(1e-6, "µeV"), (1e-3, "meV"), (1, "eV"), (1e3, "keV"), (1e6, "MeV"), (1e9, "GeV"), (1e12, "TeV"),
             (1e15, "PeV"), (1e18, "EeV")]  # fmt: skip
    for (factor, unit), (following, _) in pairwise([*steps, (math.inf, "")]):
        if abs(value) < following * 0.9995:
            return figures(f"{value / factor:.4g}") + THIN + unit
    return number(value)


def spot(point: Point) -> str:
    """A point on Earth by its hemispheres."""
    north, east = ("N" if point.latitude >= 0 else "S"), ("E" if point.longitude >= 0 else "W")
    return f"{number(abs(point.latitude))}°{THIN}{north}, {number(abs(point.longitude))}°{THIN}{east}"


def corners(box: tuple[float, float, float, float]) -> str:
    """A box on Earth by its south-west and north-east corners."""
    west, south, east, north = box
    ends = (Point(longitude=west, latitude=south), Point(longitude=east, latitude=north))
    return " – ".join(spot(end) for end in ends)


def edition(version: str) -> str:
    """A version in words, where it does not say by itself that it is one."""
    if version.lower().startswith(("v", "release", "edition")):
        return version
    return translated("version %(version)s", version=version)


def words(name: str) -> str:
    """A term of a vocabulary as words: «IsSupplementTo» → «is supplement to»."""
    return translated(_words(name))


@functools.lru_cache(4096)
def _words(name: str) -> str:
    return " ".join(part if part.isupper() else part.lower() for part in _WORD.split(name) if part)


def begun(text: str) -> str:
    """The beginning of a sentence: its first letter large, all others as they are."""
    return _capital(text)


def spoken(text: str) -> str:
    """What we say ourselves (a kind, a state, a sentence) in the language of the page."""
    return translated(text)


def language(text: Text | str | None) -> str | None:
    """A language tag for ``lang``, if what the source wrote is one (BCP 47)."""
    tag = text.language if isinstance(text, Text) else text
    return tag if tag and _LANGUAGE.fullmatch(tag) else None


def tongue(code: str) -> str:
    """The name of a language by its code, in the language of the page, or what the source wrote."""
    found = vocabulary("languages").lookup(code)
    return language_name(found.code, found.label) if found is not None else code


def paragraphs(text: str) -> list[str]:
    """A text by its blank lines; lines that were only wrapped to a width become one."""
    parts = [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]
    return [_unwrapped(part) for part in parts]


def _unwrapped(paragraph: str) -> str:
    lines = [line.strip() for line in paragraph.split("\n")]
    if len(lines) > 1 and all(WRAPPED[0] <= len(line) <= WRAPPED[1] for line in lines[:-1]):
        return " ".join(lines)
    return "\n".join(lines)


def people(agents: Sequence[Agent], most: int = 3) -> str:
    """Names in a line: the first few, and how many more."""
    names = "; ".join(agent.name for agent in agents[:most])
    rest = len(agents) - most
    return translated("%(names)s and %(rest)s more", names=names, rest=number(rest)) if rest > 0 else names


def published(record: Record) -> str | None:
    """The year in which a record's thing was issued, else created or made available."""
    for kind in ("issued", "available", "created", "collected"):
        for date in record.dates:
            if date.kind == kind and (year := year_of(date)):
                return year
    return None


def volume(record: Record) -> int:
    """The bytes of all files whose size is known."""
    return sum(file.size for file in record.distributions if file.size)


def protocols(record: Record) -> list[str]:
    """How one gets at it, in a word each: standards of services, protocols of files."""
    found = [capability.standard.split("/")[-1].split("#")[0] for capability in record.capabilities
             if capability.standard]  # fmt: skip
    found += [file.protocol for file in record.distributions if file.protocol]
    return list(dict.fromkeys(name.upper() if name.islower() else name for name in found))[:4]


def citation(record: Record) -> str:
    """One line to cite by: creators (year): title. Version. Publisher. Identifier (DataCite 4.6)."""
    parts = [
        people(record.creators, 10) if record.creators else "",
        f"({year})" if (year := published(record)) else "",
    ]
    begin = " ".join(part for part in parts if part)
    line = [f"{begin}: {record.title}" if begin else record.title]
    if record.version:
        line.append(_capital(edition(record.version)))
    if record.publisher:
        line.append(record.publisher.name)
    own = next((known for known in record.identifiers if known.role == "own"), None)
    if own:
        line.append(identifier_url(own.scheme, own.value) or own.value)
    return ". ".join(part.rstrip(".") for part in line) + "."


def resolved(value: str | None, scheme: str | None) -> str | None:
    """Where an identifier leads, if anywhere; see `identifier_url`."""
    return identifier_url(scheme, value)


def facet_url(facet: str, label: str) -> str:
    """The search for all records with this value of a facet."""
    return address(f"{request.root_path}/", Query(facets={facet: (facet_value(label),)}))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


FILTERS = (
    age,
    begun,
    citation,
    corners,
    day,
    decimals,
    edition,
    energy,
    formulas,
    interval,
    language,
    limits,
    moment,
    number,
    observed,
    paragraphs,
    people,
    protocols,
    published,
    resolved,
    safe_url,
    si_limits,
    size,
    spoken,
    spot,
    tongue,
    volume,
    words,
)

blueprint = Blueprint("text", __name__)
blueprint.add_app_template_global(facet_url)
for _filter in FILTERS:
    blueprint.add_app_template_filter(_filter)


@blueprint.app_context_processor
def site() -> dict[str, object]:
    """What every page says of the installation."""
    return {"site": catalogue().settings.repository_name, "has_oai": "oai" in current_app.blueprints}
