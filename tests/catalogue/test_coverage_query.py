"""Searches by time, energy and parameters: what is written, and what it finds, held to plain intervals."""

from __future__ import annotations

import random

import pytest

from catalogue.conditions import Condition
from catalogue.coverage_query import (
    energy_condition,
    moc_condition,
    parameter_condition,
    sky_condition,
    time_condition,
)
from catalogue.index import Change
from catalogue.index_coverage import SLOTS
from catalogue.index_document import document_of
from catalogue.matching import holds
from catalogue.record import (
    Coverage,
    Date,
    Energy,
    Interval,
    Parameter,
    Provenance,
    Record,
    Term,
    Text,
    TimeCoverage,
)


def finds(condition: Condition, **parts: object) -> bool:
    """Whether a record with these parts is found."""
    origin = Provenance(source="test", identifier="1")
    record = Record(id="1", kind="dataset", titles=(Text(value="A"),), provenance=origin, **parts)  # type: ignore[arg-type]
    change = Change(sequence=1, id="1", source="test", datestamp="2026-11-21T00:00:00Z", record=record)
    return holds(condition, document_of(change))


def times(*intervals: tuple[float | None, float | None]) -> Coverage:
    return Coverage(time=TimeCoverage(intervals=tuple(Interval(low=a, high=b) for a, b in intervals)))


def energies(*intervals: tuple[float | None, float | None], bands: tuple[str, ...] = ()) -> Coverage:
    found = tuple(Interval(low=a, high=b) for a, b in intervals)
    return Coverage(energy=Energy(intervals=found, bands=tuple(Term(label=band) for band in bands)))


@pytest.mark.parametrize(
    ("text", "interval", "expected"),
    [
        ("2015/2020-06", (57_082.0, 57_083.0), True),
        ("2015/2020-06", (59_030.999, None), True),
        ("2015/2020-06", (59_031.0, None), False),
        ("2015-03-01", (57_082.5, 57_082.6), True),
        ("2015-03-01", (57_083.0, 57_084.0), False),
        ("2015-03-01T12:00:00Z/2015-03-01T13:00:00Z", (57_082.0, 57_082.49), False),
        ("2015-03-01T12:00:00Z/2015-03-01T13:00:00Z", (57_082.0, 57_082.5), True),
        ("2015-03-01T14:00:00+02:00/", (None, 57_082.5), True),
        ("57082.5/57083", (57_082.0, 57_082.5), True),
        ("MJD 57082.5", (57_082.5, 57_082.5), True),
        ("/1990", (100.0, 100_000.0), True),
        ("2300/", (57_082.5, 100_000.0), True),
        ("../2010", (55_562.0, 55_563.0), False),
        ("2015..2020-06", (59_030.999, None), True),
        ("2015 .. 2020-06", (59_031.0, None), False),
        ("..1990", (100.0, 100_000.0), True),
        ("57082.5..57083", (57_082.0, 57_082.49), False),
        ("-0320/-0300", (None, -700_000.0), True),
        # TT − UTC was 67.184 s: 0.000 777 6 of a day.
        ("57082.5 TT/57083 TT", (57_082.0, 57_082.499_2), False),
        ("57082.5 TT/57083 TT", (57_082.0, 57_082.499_3), True),
        ("57082.5/57083 tt", (57_082.0, 57_082.499_3), True),
        ("57082.5 TT/57083", (57_082.999_3, None), False),
        ("57082.5 TT/57083 UTC", (57_082.999_3, None), True),
        ("MJD 57082.5 TDB", (57_082.499_222, 57_082.499_223), True),
        ("2015-03-01T12:00:00 TT", (57_082.499_222, 57_082.499_223), True),
        ("2015-03-01 12:00:35 TAI", (57_082.5, 57_082.5), True),
        ("2015-03-01T12:00:35 TAI/..", (None, 57_082.499_999), False),
        ("2015 TT", (57_387.999_3, None), False),
        ("2015-03-01T12:00:00Z UTC", (57_082.5, 57_082.5), True),
    ],
)
def test_times(text: str, interval: tuple[float | None, float | None], expected: bool) -> None:
    assert finds(time_condition(text), coverage=times(interval)) == expected


@pytest.mark.parametrize(
    ("scale", "expected"),
    [
        ("TT", True),
        ("TDB", True),
        ("http://www.ivoa.net/rdf/timescale#TT", True),
        ("TAI", False),
        ("UTC", False),
        ("UNKNOWN", False),
        (None, False),
    ],
)
def test_times_of_records_are_on_their_scale(scale: str | None, expected: bool) -> None:
    """What begins on 2015-03-01 at noon TT begins 67.184 s before noon UTC, and what is open stays open."""
    covered = Coverage(time=TimeCoverage(intervals=(Interval(low=57_082.5, high=100_000.0),), scale=scale))
    assert finds(time_condition("2015-03-01T11:58:50Z/2015-03-01T11:58:59Z"), coverage=covered) == expected
    assert finds(time_condition("2015-03-01T12:00:00 TAI"), coverage=covered) == (expected or scale == "TAI")
    assert finds(time_condition("2400/"), coverage=covered)


def test_who_tells_only_of_collection_is_found_by_it() -> None:
    collected = (
        Date(kind="collected", start="2015-03", end="2015-04"),
        Date(kind="issued", start="2020", end="2020"),
    )
    assert finds(time_condition("2015-04-30/2016"), dates=collected)
    assert not finds(time_condition("2015-05-01/2016"), dates=collected)
    assert not finds(time_condition("2020"), dates=collected)


def test_many_intervals_find_what_they_cover() -> None:
    chance = random.Random(9)
    for _ in range(500):
        mine = [(low := chance.uniform(0, 100), low + chance.uniform(0, 5)) for _ in range(SLOTS)]
        first = chance.uniform(0, 100)
        last = first + chance.uniform(0, 5)
        expected = any(low <= last and first <= high for low, high in mine)
        assert finds(time_condition(f"mjd {first:.9f}/mjd {last:.9f}"), coverage=times(*mine)) == expected
    more = times(*((float(n), n + 0.1) for n in range(0, 80, 10)))
    assert all(finds(time_condition(f"mjd {n}.05"), coverage=more) for n in range(0, 80, 10))


@pytest.mark.parametrize(
    ("text", "coverage", "expected"),
    [
        ("1 keV/10 keV", energies((1e-15, 2e-15)), True),
        ("1 keV/10 keV", energies((1e-14, 2e-14)), False),
        ("1e-15/2e-15", energies((2e-15, 3e-15)), True),
        ("400 nm/700 nm", energies((3e-19, 4e-19)), True),
        ("700 nm/400 nm", energies((3e-19, 4e-19)), True),
        ("400/700 nm", energies((3e-19, 4e-19)), True),
        ("400..700 nm", energies((3e-19, 4e-19)), True),
        ("1 keV..10 keV", energies((1e-14, 2e-14)), False),
        ("1/10 keV", energies((1e-12, 1e-12)), False),
        ("1 keV/10", energies((1e-12, 1e-12)), False),
        ("/700 nm", energies((1e-18, 1e-18)), True),
        ("/700 nm", energies((1e-20, 1e-20)), False),
        ("700 nm/", energies((1e-20, 1e-20)), True),
        ("1 eV/", energies((None, 1e-20)), False),
        ("/1 eV", energies((None, 1e-20)), True),
        ("X-ray", energies((1e-15, 1e-15)), True),
        ("x-rays", energies((1e-19, 1e-19)), False),
        ("1 keV/10 keV", energies(bands=("X-ray",)), True),
        ("mm", energies(bands=("Millimeter",)), True),
        ("1 keV/10 keV", energies(bands=("Optical", "nonsense")), False),
        ("Optical", energies(bands=("nonsense",)), False),
        ("UV", energies(bands=("Optical",)), False),
        ("Optical", energies(bands=("Optical",)), True),
        ("gamma", energies(bands=("X-ray",)), False),
        ("1/10 keV", energies((1e-14, 2e-14)), False),
        ("1/10 keV", energies((1e-15, 1e-15)), True),
        ("1 keV/10", energies((1e-14, 2e-14)), False),
    ],
)
def test_energies(text: str, coverage: Coverage, expected: bool) -> None:
    assert finds(energy_condition(text), coverage=coverage) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("photon_energy > 10 keV", True),
        ("Photon Energy >= 12 keV", True),
        ("photon energy > 12 keV", False),
        ("photon-energy < 12000 eV", False),
        ("photon_energy <= 12000 eV", True),
        ("photon_energy = 12keV", True),
        ("photon_energy 10..14 keV", True),
        ("photon_energy: 10 .. 11 keV", False),
        ("photon_energy > 1e-15 J", True),
        ("photon_energy > 10", False),
        ("energy > 10 keV", True),
        ("photon > 10 keV", False),
        ("photon_energy > -5 keV", True),
    ],
)
def test_parameters(text: str, expected: bool) -> None:
    mine = (Parameter(name="photon_energy", value=12.0, unit="keV"), Parameter(name="other", text="x"))
    assert finds(parameter_condition(text), parameters=mine) == expected


@pytest.mark.parametrize(
    ("read", "text", "reason"),
    [
        (time_condition, "/", "must be FROM/TO"),
        (time_condition, "2020/2010", "after its end"),
        (time_condition, "yesterday", "is no time"),
        (time_condition, "2457100.5", "Julian date less 2400000.5"),
        (time_condition, "2015-02-30", "is no time"),
        (time_condition, "2015-03-01T25:00", "is no time"),
        (time_condition, "20150301", "days with hyphens"),
        (time_condition, "2015-03-01T12:00 CET", "«CET» is no time scale that is known; there are UTC"),
        (time_condition, "57082.5 TT2/57083", "«TT2» is no time scale"),
        (time_condition, "2015-03-01T12:00:00Z TT", "Z or an offset is UTC"),
        (time_condition, "2015-03-01T12:00:00+01:00 TT/", "Z or an offset is UTC"),
        (time_condition, "2015-03-01 TT/2014 TT", "after its end"),
        (time_condition, "2457000.5/", "Julian date less 2400000.5"),
        (energy_condition, "1-10 keV", "write a range as in 1/10 keV"),
        (parameter_condition, "a != 5", "differs from a value"),
        (energy_condition, "/", "must be MIN/MAX"),
        (energy_condition, "-5 eV/", "not negative"),
        (energy_condition, "5 apples/", "no unit"),
        (energy_condition, "galaxy", "is no energy"),
        (parameter_condition, "photon_energy", "is no condition"),
        (parameter_condition, "> 5", "is no condition|names no parameter"),
        (parameter_condition, "a > b", "begin with a number"),
        (parameter_condition, "a > 5 parsnips", "no unit that is known"),
        (parameter_condition, "a 5..4 K", "swap them"),
        (moc_condition, "5/", "the MOC is empty"),
        (moc_condition, "x", "MOC"),
        (sky_condition, "1,2", "RA,DEC,RADIUS"),
        (sky_condition, "CIRCLE 1 2 3", "«CIRCLE 1 2 3» is no cone"),
        (sky_condition, "M31", "names of objects are not looked up"),
    ],
)
def test_what_cannot_be_read(read: object, text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read(text)  # type: ignore[operator]


def test_a_region_of_too_many_cells_is_refused() -> None:
    with pytest.raises(ValueError, match="at a lower order"):
        moc_condition("9/" + ",".join(map(str, range(0, 45_000, 2))))
