"""Scientific metadata of SciCat: values in all their forms, and what energy they tell of."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mappings.scicat_records import DATASET, extra, mapped, record

METADATA: dict[str, Any] = {
    "both": {"value": 100, "unit": "mbar", "valueSI": 10000, "unitSI": "Pa", "human_name": "Pressure"},
    "si as text": {"value": 11, "unit": "um", "valueSI": "0.000011", "unitSI": "m"},
    "short": {"v": 0.4, "u": "s"},
    "range": {"value": [1, 2], "unit": "cm", "type": "quantity_range"},
    "ends": {"min": 1, "max": 5, "unit": "K"},
    "ends inside": {"value": {"min": 1, "max": 5}, "unit": "K"},
    "open": {"min": 3, "unit": "K"},
    "backwards": {"value": [2, 1], "unit": "cm"},
    "bare": 7,
    "bare text": "seven",
    "number as text": {"value": "222", "unit": ""},
    "number as text with unit": {"value": "222", "unit": "K"},
    "yes": True,
    "list": [1, 2, 3],
    "words": ["a", "b"],
    "nothing": None,
    "empty": {},
    "no value": {"value": None, "unit": "m"},
    "date": {"$date": "2024-01-01T00:00:00Z"},
    "group": {"inner": {"deep": {"value": 1, "unit": "m"}}, "x": 2},
    "objects": [{"a": 1}, {"a": 2}],
    "percent%2Eencoded": 3,
}


def parameters(metadata: Any) -> dict[str, dict[str, Any]]:
    found = {}
    for one in record(scientificMetadata=metadata).parameters:
        values = {name: getattr(one, name) for name in one.__slots__ if getattr(one, name) is not None}
        found[values.pop("name") if "path" not in values else f"{values['path']}/{values.pop('name')}"] = (
            values
        )
    return found


def test_values_in_all_their_forms() -> None:
    assert parameters(METADATA) == {
        "both": {"value": 100.0, "unit": "mbar", "si_value": 10000.0, "si_unit": "Pa"},
        "si as text": {"value": 11.0, "unit": "um", "si_value": 1.1e-05, "si_unit": "m"},
        "short": {"value": 0.4, "unit": "s"},
        "range": {"low": 1.0, "high": 2.0, "unit": "cm"},
        "ends": {"low": 1.0, "high": 5.0, "unit": "K"},
        "ends inside": {"low": 1.0, "high": 5.0, "unit": "K"},
        "open": {"low": 3.0, "unit": "K"},
        "backwards": {"text": "2, 1", "unit": "cm"},
        "bare": {"value": 7.0},
        "bare text": {"text": "seven"},
        "number as text": {"text": "222"},
        "number as text with unit": {"value": 222.0, "unit": "K"},
        "yes": {"text": "true"},
        "list": {"text": "1, 2, 3"},
        "words": {"text": "a, b"},
        "date": {"text": "2024-01-01T00:00:00Z"},
        "group.inner/deep": {"value": 1.0, "unit": "m", "path": "group.inner"},
        "group/x": {"value": 2.0, "path": "group"},
        "objects[0]/a": {"value": 1.0, "path": "objects[0]"},
        "objects[1]/a": {"value": 2.0, "path": "objects[1]"},
        "percent.encoded": {"value": 3.0},
    }


def test_what_is_beside_a_value_is_kept() -> None:
    assert extra(record(scientificMetadata=METADATA))["scientificMetadata.both.human_name"] == "Pressure"


@pytest.mark.parametrize("metadata", [[], "text", 7, None, {"x": [[[1]]]}, {"": 1}])
def test_metadata_of_any_type_do_no_harm(metadata: Any) -> None:
    assert record(scientificMetadata=metadata).title == "A run"


def test_deep_groups_end() -> None:
    deep: Any = 1
    for _ in range(200):
        deep = {"g": deep}
    found = mapped({**DATASET, "scientificMetadata": deep})
    assert found.record.parameters == ()
    assert "nested" in found.issues[0].reason


def test_a_long_list_is_cut_and_told() -> None:
    found = mapped({**DATASET, "scientificMetadata": {"spectrum": list(range(100_000))}})
    assert len(found.record.parameters[0].text or "") <= 2000
    assert found.issues[0].path == "scientificMetadata.spectrum"


@pytest.mark.parametrize(
    ("name", "value", "joule"),
    [
        ("beamEnergy", {"value": 21, "unit": "keV"}, 3.3645709e-15),
        ("Photon energy", {"v": 930, "u": "eV"}, 1.4900243e-16),
        ("incident_energy", {"value": 25, "unit": "meV"}, 4.0054416e-21),
        (
            "photon_energy",
            {"value": 2, "unit": "furlong", "valueSI": 3e-16, "unitSI": "(kg m^2) / s^2"},
            3e-16,
        ),
    ],
)
def test_photon_energy_is_coverage(name: str, value: Any, joule: float) -> None:
    coverage = record(scientificMetadata={"beamline": {name: value}}).coverage
    assert coverage is not None
    assert coverage.energy is not None
    (interval,) = coverage.energy.intervals
    assert interval.low == interval.high == pytest.approx(joule)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ring energy", {"value": 2.4, "unit": "GeV"}),
        ("beamEnergy", {"value": 2.4, "unit": "GeV"}),
        ("beamEnergy", 21),
        ("beamEnergy", {"value": "high", "unit": "keV"}),
        ("beamEnergy", {"value": -1, "unit": "keV"}),
        ("beamEnergy", {"value": 21, "unit": "mev"}),
        ("energy resolution", {"value": 21, "unit": "eV"}),
    ],
)
def test_other_energies_are_not(name: str, value: Any) -> None:
    assert record(scientificMetadata={name: value}).coverage is None


def test_a_range_of_energy() -> None:
    coverage = record(scientificMetadata={"photonEnergy": {"value": [1, 2], "unit": "eV"}}).coverage
    assert coverage is not None
    assert coverage.energy is not None
    assert coverage.energy.intervals[0].high == pytest.approx(2 * 1.602176634e-19)
