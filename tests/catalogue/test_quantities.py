"""Numbers as words: the words of a value and of a range meet exactly where the range holds the value."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.quantities import (
    MOST_PARAMETERS,
    above,
    covering,
    names_within,
    ordered,
    quantities_of,
    quantity_name,
    wanted,
)
from catalogue.record import Parameter, Provenance, Record, Text
from catalogue.units import in_base_units, in_joule

NUMBERS = st.floats(-(2.0**100), 2.0**100, width=32)
WORDS = st.integers(0, 2**40 - 1)


def record(*parameters: Parameter) -> Record:
    origin = Provenance(source="test", identifier="1")
    return Record(id="1", kind="dataset", titles=(Text(value="A"),), provenance=origin, parameters=parameters)


def found(parameter: Parameter, name: str, unit: str, low: float | None, high: float | None) -> bool:
    own, higher = map(set, quantities_of(record(parameter)))
    cells, beginnings = map(set, wanted(name, unit, low, high))
    return bool(own & cells) or bool(higher & beginnings)


@given(NUMBERS, NUMBERS)
def test_the_order_of_words_is_that_of_numbers(one: float, other: float) -> None:
    assert (ordered(one) < ordered(other)) == (one < other) or {one, other} == {0.0, -0.0}


@given(WORDS, WORDS, WORDS)
def test_beginnings_cover_a_range_exactly(one: int, other: int, value: int) -> None:
    low, high = sorted((one, other))
    words = list(covering(low, high))
    assert any(f"{value:010x}".startswith(word) for word in words) == (low <= value <= high)
    assert sum(16 ** (10 - len(word)) for word in words) == high - low + 1
    assert len(words) <= 300


@given(st.tuples(NUMBERS, NUMBERS), st.tuples(NUMBERS, NUMBERS))
def test_ranges_meet_where_they_overlap(mine: tuple[float, float], theirs: tuple[float, float]) -> None:
    (low, high), (first, last) = sorted(mine), sorted(theirs)
    one = Parameter(name="Beam Energy", low=low, high=high)
    assert found(one, "beam_energy", "", first, last) == (low <= last and first <= high)


@pytest.mark.parametrize(
    ("parameter", "low", "high", "unit", "expected"),
    [
        (Parameter(name="T", value=20, unit="deg_C"), 293.0, 293.5, "K", True),
        (Parameter(name="T", value=20, unit="°C"), 293.0, 293.5, "K", True),
        (Parameter(name="T", value=20, unit="K"), None, 19.0, "K", False),
        (Parameter(name="T", value=20), None, None, "", True),
        (Parameter(name="T", value=20), None, None, "K", False),
        (Parameter(name="T", value=20, unit="furlong/fortnight^7"), None, None, "", False),
        (Parameter(name="T", value=20, unit="furlong", si_value=4.0, si_unit="K"), 4.0, 4.0, "K", True),
        (Parameter(name="T", low=4, unit="K"), 1e6, None, "K", True),
        (Parameter(name="T", high=4, unit="K"), None, -5.0, "K", True),
        (Parameter(name="T", text="cold", unit="K"), None, None, "K", False),
        (Parameter(name="T", value=24.3, unit="mag"), 24.0, None, "mag", True),
        (Parameter(name="T", value=20, unit="C"), 293.0, 293.5, "K", False),
        (Parameter(name="T", value=0.013, unit="fb"), 1.2e-45, 1.4e-45, "m2", True),
        (Parameter(name="T", value=0.013, unit="fb"), 1.4e-45, None, "m2", False),
        (Parameter(name="T", value=math.nan, unit="K"), None, None, "K", False),
        (Parameter(name="T", value=math.inf, unit="K"), None, None, "K", False),
    ],
)
def test_units_and_open_ends(
    parameter: Parameter, low: float | None, high: float | None, unit: str, expected: bool
) -> None:
    assert found(parameter, "t", unit, low, high) == expected


def test_names_in_any_writing() -> None:
    assert quantity_name("Photon Energy") == quantity_name("photon_energy") == quantity_name("photon-energy")
    assert quantity_name("photonEnergy") == quantity_name("photon energy")
    assert quantity_name("scan.temperature") == "scan_temperature"


def test_a_name_that_ends_alike_is_found() -> None:
    mine = Parameter(name="sampleTemperature", value=5.0, unit="K")
    assert found(mine, "temperature", "K", 4.0, 6.0) and found(mine, "sample temperature", "K", 4.0, 6.0)
    assert not found(mine, "sample", "K", 4.0, 6.0)
    assert names_within("temperature of the cold sample holder") == [
        "cold_sample_holder",
        "sample_holder",
        "holder",
    ]


def test_so_many_and_no_more() -> None:
    many = tuple(Parameter(name=f"p{n}", value=float(n)) for n in range(MOST_PARAMETERS + 5))
    own, _ = quantities_of(record(*many))
    assert len({word.split("\x1f")[0] for word in own}) == MOST_PARAMETERS
    assert above("abc") == ["a", "ab"]


def test_energies_of_photons() -> None:
    assert in_joule("1 eV") == pytest.approx(1.602176634e-19)
    assert in_joule("1e-15") == 1e-15
    assert in_joule("500nm") == pytest.approx(3.9728917e-19)
    assert in_joule("1.4 GHz") == pytest.approx(9.276498e-25)
    assert in_joule("2 erg") == pytest.approx(2e-7)
    for text in ("", "keV", "5 kg", "5 parsnips", "0 nm", "1e400", "5 " + "m" * 100):
        with pytest.raises(ValueError, match=r"energy|unit|number|finite"):
            in_joule(text)


def test_base_units() -> None:
    value, base = in_base_units(2.0, "keV") or (0.0, "")
    assert value == pytest.approx(3.204353268e-16) and base == (in_base_units(1.0, "J") or (0, ""))[1]
    assert in_base_units(5.0, None) == (5.0, "")
    assert in_base_units(5.0, "((((") is None
