"""Coverage as VODataService 1.2 has it (section 3.2): MOC, MJD in TDB, joule, messengers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from catalogue.days import ONGOING
from catalogue.record import Coverage, Interval, Record, Term
from mappings.dates import mjd_interval
from mappings.ivo_writing_parts import grown, part, written_parts
from mappings.ivo_writing_values import attribute_of, element, number, token, value_of
from vocab.base import Concept, vocabulary

_FOOTPRINT = part("coverage", None, part("footprint?", "uri", ivo_id="ivoid"))


def written_coverage(record: Record) -> str:
    """Sky, time, energy and messengers, where anything is known of them."""
    coverage = record.coverage or Coverage()
    inside = (
        _spatial(coverage)
        + "".join(_temporal(record, coverage))
        + "".join(_spectral(coverage))
        + _footprint(record)
        + "".join(element("waveband", code) for code in _wavebands(record, coverage))
        + _region_of_regard(record)
    )
    return f"<coverage>{inside}</coverage>" if inside else ""


def _spatial(coverage: Coverage) -> str:
    """The MOC; where the frame is not that of the sky, its text as the source wrote it; no STC."""
    sky = coverage.sky
    if sky is None:
        return ""
    if sky.moc is not None:
        return element("spatial", sky.moc)
    if sky.frame is not None and sky.source is not None and not sky.source.startswith("<"):
        return element("spatial", token(sky.source), attribute_of("frame", token(sky.frame)))
    return ""


def _temporal(record: Record, coverage: Coverage) -> Iterator[str]:
    """Intervals in MJD: those of the coverage, else those in which the data were collected."""
    intervals = coverage.time.intervals if coverage.time is not None else ()
    if not intervals:
        collected = [one for one in record.dates if one.kind == "collected" and one.start != one.end]
        found = [mjd_interval(one.start, one.end) for one in collected]
        intervals = tuple(one for one in found if one is not None)
    for one in intervals:
        if one.low is not None:
            yield _interval("temporal", one, one.low, ONGOING)


def _spectral(coverage: Coverage) -> Iterator[str]:
    """Intervals in joule; what has no upper end has no form."""
    for one in coverage.energy.intervals if coverage.energy is not None else ():
        if one.high is not None:
            yield _interval("spectral", one, 0.0, one.high)


def _interval(name: str, interval: Interval, low: float, high: float) -> str:
    first = number(low if interval.low is None else interval.low)
    last = number(high if interval.high is None else interval.high)
    return f"<{name}>{first} {last}</{name}>" if first is not None and last is not None else ""


def _footprint(record: Record) -> str:
    prefix = "coverage/"
    kept = [(one.path[len(prefix) :], one.text) for one in record.extra if one.path.startswith(prefix)]
    return written_parts(grown(_FOOTPRINT, kept)) or "" if kept else ""


def _wavebands(record: Record, coverage: Coverage) -> list[str]:
    """Codes of the IVOA vocabulary messenger: the bands, and the messengers that no band says already."""
    messengers = vocabulary("messengers")
    bands = coverage.energy.bands if coverage.energy is not None else ()
    found = {concept.code: concept for concept in _concepts(bands)}
    said = {above.code for code in found for above in messengers.ancestors(code)}
    found |= {one.code: one for one in _concepts(record.messengers) if one.code not in said}
    return list(found)


def _concepts(terms: Iterable[Term]) -> Iterator[Concept]:
    for term in terms:
        concept = vocabulary("messengers").lookup(term.uri or term.label)
        if concept is not None:
            yield concept


def _region_of_regard(record: Record) -> str:
    for one in record.parameters:
        if one.name == "regionOfRegard" and one.path == "coverage" and one.value is not None:
            return element("regionOfRegard", value_of("float", repr(one.value)))
    return ""
