"""Energies of collisions in joule."""

from __future__ import annotations

import pytest

from catalogue.constants import ELECTRONVOLT
from catalogue.record import Interval
from mappings.collision_energy import electronvolts, gigaelectronvolts

Pair = tuple[float, float]


def _gev(found: list[Interval]) -> list[Pair]:
    return [
        (round((one.low or 0) / ELECTRONVOLT / 1e9, 9), round((one.high or 0) / ELECTRONVOLT / 1e9, 9))
        for one in found
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7TeV", [(7000, 7000)]),
        ("13TeV, 13.6TeV", [(13000, 13000), (13600, 13600)]),
        ("900 GeV", [(900, 900)]),
        ("0.9-1.2 TeV", [(900, 1200)]),
        ("5.02TeV per nucleon", [(5020, 5020)]),
        ("511 keV", [(511e-6, 511e-6)]),
        ("many", []),
        ("0 TeV", []),
        ("7", []),
    ],
)
def test_with_units(text: str, expected: list[Pair]) -> None:
    assert _gev(electronvolts(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7000", [(7000, 7000)]),
        ("2760.0", [(2760, 2760)]),
        ("1.383-1.481", [(1.383, 1.481)]),
        ("1.481 - 1.383", [(1.383, 1.481)]),
        ("29.0 GeV", [(29, 29)]),
        ("7 TeV", [(7000, 7000)]),
        ("0", []),
        ("-5", []),
        ("1e999", []),
        ("low", []),
    ],
)
def test_in_gigaelectronvolts(text: str, expected: list[Pair]) -> None:
    assert _gev(gigaelectronvolts(text)) == expected
