"""Units in SI, against the definitions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.record import Parameter, Provenance, Record, Text
from mappings.matching import matched
from mappings.units import si_of, with_si


@pytest.mark.parametrize(
    ("unit", "value", "expected", "si"),
    [
        ("keV", 1.0, 1.602176634e-16, "J"),
        ("Å", 1.5, 1.5e-10, "m"),
        ("µm", 2.0, 2e-6, "m"),
        ("MW", 3.0, 3e6, "W"),
        ("deg", 180.0, 3.14159265358979, "rad"),
        ("decimal degrees", 90.0, 1.5707963267949, "rad"),
        ("°C", -273.15, 0.0, "K"),
        ("celsius", 20.0, 293.15, "K"),
        ("mbar", 1013.25, 101325.0, "Pa"),
        ("bar", 1.0, 1e5, "Pa"),
        ("l", 2.0, 0.002, "m3"),
        ("minutes", 2.0, 120.0, "s"),
        ("year", 1.0, 31557600.0, "s"),
        ("km/h", 36.0, 10.0, "m/s"),
        ("kg/m3", 1.0, 1.0, "kg/m3"),
        ("mT", 5.0, 0.005, "T"),
        ("Jy", 1.0, 1e-26, "kg/s2"),
        ("cm-1", 1.0, 100.0, "1/m"),
    ],
)
def test_known_units(unit: str, value: float, expected: float, si: str) -> None:
    [found] = with_si((Parameter(name="x", value=value, unit=unit),))
    assert found.si_value == pytest.approx(expected, rel=1e-12, abs=1e-15)
    assert (found.si_unit, found.value, found.unit) == (si, value, unit)


@pytest.mark.parametrize(
    "unit",
    [
        "",
        "C",
        "F",
        "row",
        "counts",
        "%",
        "byte",
        "mag",
        "parrot/m",
        "10**99999999m",
        "m" * 50,
        "1e400",
        "m\x00",
    ],
)
def test_what_is_not_known_is_not_guessed(unit: str) -> None:
    given_ = (Parameter(name="x", value=1.0, unit=unit),)
    assert with_si(given_) is given_


def test_what_the_source_says_in_si_stays() -> None:
    said = Parameter(name="x", value=1.0, unit="keV", si_value=7.0, si_unit="J")
    ranged = Parameter(name="y", low=1.0, high=2.0, unit="km")
    text = Parameter(name="z", text="warm", unit="K")
    endless = Parameter(name="w", value=1e308, unit="TeV", low=1e308)
    found = with_si((said, ranged, text, endless))
    assert found[0] is said
    assert (found[1].si_low, found[1].si_high, found[1].si_unit) == (1000.0, 2000.0, "m")
    assert found[2] is text
    huge = with_si((Parameter(name="v", value=1e308, unit="km"),))[0]
    assert (huge.si_value, huge.si_unit) == (None, None)


@given(st.text(max_size=12))
def test_any_text_is_a_unit_or_none(text: str) -> None:
    found = si_of(text)
    assert found is None or found[1].factor > 0


def test_records_that_are_read_have_it() -> None:
    record = Record(
        id="a",
        kind="dataset",
        titles=(Text(value="A"),),
        provenance=Provenance(source="s", identifier="a"),
        parameters=(Parameter(name="wavelength", value=5.0, unit="nm"),),
    )
    assert matched(record).parameters[0].si_value == 5e-9
