"""What a curator may write into a field: values that every exit can give out as they are meant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from catalogue.days import days_of
from catalogue.identity import scheme_and_value
from catalogue.moc import region_of
from catalogue.record import Coverage, Interval, Record
from vocab.base import vocabulary

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_SCHEMES = frozenset(
    {"http", "https", "ftp", "ftps", "davs", "dav", "root", "roots", "s3", "gsiftp", "globus"}
)


def faults_of(record: Record) -> Iterator[str]:
    """What is wrong with the values of a record, each in half a sentence."""
    for one in record.identifiers:
        scheme, value = scheme_and_value(one.value, one.scheme)
        if (scheme, value) != (one.scheme, one.value):
            yield (
                f"the identifier «{one.value[:200]}» of scheme «{one.scheme[:50]}» is written "
                f"with scheme «{scheme[:50]}» and value «{value[:200]}»"
            )
    for date in record.dates:
        yield from _date_faults(date.start, date.end)
    for language in (*record.languages, *(text.language for text in (*record.titles, *record.descriptions))):
        if language is not None and not _is_language(language):
            yield f"«{language[:40]}» is no language; write it as in en or de-AT"
    for url in _addresses(record):
        if not _is_address(url):
            yield f"«{url[:80]}» is no address on the web"
    known = vocabulary("relation_types")
    for relation in record.relations:
        if known.lookup(relation.type) is None:
            yield f"«{relation.type[:40]}» is no type of relation of DataCite 4.6"
    if record.coverage is not None:
        yield from _coverage_faults(record.coverage)


def _date_faults(start: str | None, end: str | None) -> Iterator[str]:
    try:
        days = [days_of(text) for text in (start, end) if text is not None]
    except ValueError as error:
        yield str(error)
        return
    if len(days) == 2 and days[0][0] > days[1][1]:
        yield f"{start} is later than {end}"


def _is_language(tag: str) -> bool:
    return (
        bool(_LANGUAGE.fullmatch(tag)) and vocabulary("languages").lookup(tag.partition("-")[0]) is not None
    )


def _is_address(url: str) -> bool:
    try:
        return urlsplit(url).scheme.lower() in _SCHEMES
    except ValueError:
        return False


def _addresses(record: Record) -> Iterator[str]:
    yield from (one.url for one in record.rights if one.url)
    yield from (one.award_url for one in record.funding if one.award_url)
    yield from (one.url for one in record.distributions)
    yield from (one.url for way in record.capabilities for one in way.interfaces if one.url)


def _coverage_faults(coverage: Coverage) -> Iterator[str]:
    if coverage.sky is not None:
        try:
            region_of(coverage.sky.moc or "")
        except ValueError as error:
            yield str(error)
    intervals: tuple[Interval, ...] = coverage.time.intervals if coverage.time is not None else ()
    intervals += coverage.energy.intervals if coverage.energy is not None else ()
    for one in intervals:
        if one.low is not None and one.high is not None and one.low > one.high:
            yield f"{one.low:g} is more than {one.high:g}"
