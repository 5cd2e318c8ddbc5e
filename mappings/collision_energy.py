"""Energies of collisions as particle physics writes them, in joule."""

from __future__ import annotations

import math
import re

from catalogue.constants import ELECTRONVOLT
from catalogue.record import Interval

"""Joule (SI 2019, exact)."""
_PREFIXES = {"": 1.0, "k": 1e3, "m": 1e6, "g": 1e9, "t": 1e12, "p": 1e15}
_NUMBER = r"[0-9]{1,12}(?:\.[0-9]{1,12})?(?:[eE][+-]?[0-9]{1,3})?"
_WITH_UNIT = re.compile(
    rf"(?P<low>{_NUMBER})(?:\s*(?P<unit>[kMGTP]?eV)?\s*(?:-|–|to|and)\s*(?P<high>{_NUMBER}))?"
    rf"\s*(?P<last>[kMGTP]?eV)\b",
    re.IGNORECASE,
)
_PLAIN = re.compile(rf"(?P<low>{_NUMBER})(?:\s*(?:-|–|\+|to|and)\s*(?P<high>{_NUMBER}))?", re.IGNORECASE)


def electronvolts(text: str) -> list[Interval]:
    """The energies in a text with units («7TeV», «13TeV, 13.6TeV», «0.9-1.2 GeV»), in joule.

    «M» means mega also where it is written «m»: collisions have no millielectronvolts.
    """
    found = []
    for match in _WITH_UNIT.finditer(text):
        low, high = float(match["low"]), float(match["high"] or match["low"])
        found += _interval(low * _factor(match["unit"] or match["last"]), high * _factor(match["last"]))
    return found


def gigaelectronvolts(text: str) -> list[Interval]:
    """A number or a range in GeV («7000», «1.383-1.481», «91.2 GeV»), in joule; nothing for other words."""
    match = _PLAIN.fullmatch(text.strip())
    if match is None:
        return electronvolts(text)
    return between(float(match["low"]), float(match["high"] or match["low"]))


def between(low: float, high: float) -> list[Interval]:
    """Two energies in GeV as one interval in joule; nothing unless both are above zero and finite."""
    return _interval(low * 1e9 * ELECTRONVOLT, high * 1e9 * ELECTRONVOLT)


def _interval(low: float, high: float) -> list[Interval]:
    low, high = min(low, high), max(low, high)
    return [Interval(low=low, high=high)] if low > 0 and math.isfinite(high) else []


def _factor(unit: str) -> float:
    return _PREFIXES[unit[:-2].lower()] * ELECTRONVOLT
