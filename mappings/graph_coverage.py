"""Where, when, at which energies and with which messengers, as statements."""

from __future__ import annotations

import functools
import math

from catalogue.days import ONGOING
from catalogue.moc import region_of
from catalogue.record import Coverage, Energy, Place, Point, Record, Sky, TimeCoverage
from catalogue.sky_cells import Direction, centre_of, share_of
from mappings.dates import mjd_to_date
from mappings.dcat_words import WKT
from mappings.graph_concepts import say_concept
from mappings.graph_syntax import Statements, instant, moment, typed

MOST_INTERVALS = 1000
"""Intervals of time and of energy of one record that are said; all lie within the first and last."""
LONGEST_MOC = 100_000
"""Characters of a MOC; of a longer one only its share of the sky and its centre are said."""


def say_coverage(out: Statements, thing: str, record: Record) -> None:
    """All of the coverage: time (DCT, DCAT), places (GeoSPARQL), sky and energy (own terms)."""
    coverage = record.coverage or Coverage()
    _say_times(out, thing, record, coverage.time)
    for place in coverage.places:
        _say_place(out, thing, place)
    if coverage.sky is not None:
        _say_sky(out, thing, coverage.sky)
    if coverage.energy is not None:
        _say_energy(out, thing, coverage.energy)
    for messenger in record.messengers:
        say_concept(out, thing, "alm:messenger", messenger, "messenger")


def _say_times(out: Statements, thing: str, record: Record, time: TimeCoverage | None) -> None:
    """The periods in which data were taken; in MJD too where the source gives that."""
    if time is not None and time.intervals:
        for one in time.intervals[:MOST_INTERVALS]:
            period = _period(out, thing, _date(one.low), _date(one.high))
            out.number(period, "alm:startMJD", one.low)
            out.number(period, "alm:endMJD", one.high)
            out.label(period, "alm:timeScale", time.scale)
        return
    for date in record.dates:
        if date.kind == "collected" and (date.start or date.end):
            _period(out, thing, date.start, date.end)


def _date(mjd: float | None) -> str | None:
    return mjd_to_date(mjd) if mjd is not None and mjd < ONGOING else None


def _period(out: Statements, thing: str, start: str | None, end: str | None) -> str:
    period = out.part("period")
    out.say(thing, "dct:temporal", period)
    out.classes(period, "dct:PeriodOfTime", "time:TemporalEntity")
    if start:
        out.say(period, "dcat:startDate", moment(start))
    if end:
        out.say(period, "dcat:endDate", moment(end))
    _say_instants(out, period, start, end)
    return period


def _say_instants(out: Statements, period: str, start: str | None, end: str | None) -> None:
    """Beginning and end of a period once more, as OWL-Time has them; in the precision of the dates."""
    told = [("time:hasBeginning", start), ("time:hasEnd", end)]
    found = [(word, known) for word, text in told if text and (known := instant(text)) is not None]
    if found:
        out.classes(period, "time:Interval")
    for word, known in found:
        named = out.part("instant")
        out.say(period, word, named)
        out.classes(named, "time:Instant")
        out.say(named, *known)


def _say_place(out: Statements, thing: str, place: Place) -> None:
    """A place on Earth in WKT: longitude before latitude (GeoSPARQL 1.1, CRS84)."""
    named = out.part("place")
    out.say(thing, "dct:spatial", named)
    out.classes(named, "dct:Location", "geo:Feature")
    out.label(named, "skos:prefLabel", place.name)
    shape = None
    if place.point is not None and _are_on_earth(place.point):
        shape = f"POINT({place.point.longitude!r} {place.point.latitude!r})"
        out.say(named, "dcat:centroid", typed(shape, WKT))
    if place.box is not None and all(map(math.isfinite, place.box)):
        shape = _box(*place.box)
        out.say(named, "dcat:bbox", typed(shape, WKT))
    if len(place.polygon) > 2 and _are_on_earth(*place.polygon):
        ring = tuple((corner.longitude, corner.latitude) for corner in place.polygon)
        shape = f"POLYGON({_ring(ring if ring[0] == ring[-1] else (*ring, ring[0]))})"
    if shape is not None:
        geometry = out.part("geometry")
        out.say(named, "geo:hasGeometry", geometry)
        out.say(named, "locn:geometry", geometry)
        out.classes(geometry, "geo:Geometry", "locn:Geometry")
        out.say(geometry, "geo:asWKT", typed(shape, WKT))


def _are_on_earth(*points: Point) -> bool:
    """Whether these are numbers at all, which is all that WKT demands."""
    return all(math.isfinite(one.longitude) and math.isfinite(one.latitude) for one in points)


def _box(west: float, south: float, east: float, north: float) -> str:
    """A box; one across the antimeridian is in two parts."""

    def ring(left: float, right: float) -> str:
        return _ring(((left, south), (right, south), (right, north), (left, north), (left, south)))

    if west <= east:
        return f"POLYGON({ring(west, east)})"
    return f"MULTIPOLYGON(({ring(west, 180.0)}), ({ring(-180.0, east)}))"


def _ring(points: tuple[tuple[float, float], ...]) -> str:
    return f"({', '.join(f'{x!r} {y!r}' for x, y in points)})"


def _say_sky(out: Statements, thing: str, sky: Sky) -> None:
    region = out.below("sky")
    out.say(thing, "alm:sky", region)
    out.classes(region, "alm:SkyRegion")
    out.label(region, "alm:frame", sky.frame)
    if sky.moc is None:
        return
    if len(sky.moc) <= LONGEST_MOC:
        out.label(region, "alm:moc", sky.moc)
    share, centre = _extent(sky.moc)
    out.number(region, "alm:skyFraction", share)
    if centre is not None:
        out.number(region, "alm:centreRA", centre[0])
        out.number(region, "alm:centreDec", centre[1])


@functools.lru_cache(maxsize=1024)
def _extent(moc: str) -> tuple[float | None, Direction | None]:
    """The share of the sky that a MOC covers, from 0 to 1, and its centre in degrees."""
    try:
        region = region_of(moc)
    except ValueError:
        return None, None
    centre = centre_of(region)
    rounded = (round(centre[0], 4) % 360.0, round(centre[1], 4)) if centre is not None else None
    return share_of(region), rounded


def _say_energy(out: Statements, thing: str, energy: Energy) -> None:
    for one in energy.intervals[:MOST_INTERVALS]:
        interval = out.part("energy")
        out.say(thing, "alm:energy", interval)
        out.classes(interval, "schema:QuantitativeValue")
        out.number(interval, "schema:minValue", one.low)
        out.number(interval, "schema:maxValue", one.high)
        out.label(interval, "schema:unitText", "J")
    for band in energy.bands:
        say_concept(out, thing, "alm:energyBand", band, "band")
