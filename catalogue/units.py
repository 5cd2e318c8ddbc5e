"""Units of quantities, converted by astropy, which is loaded when the first one is met."""

from __future__ import annotations

import functools
import math
import re
from dataclasses import dataclass

LONGEST_UNIT = 60
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_WRITINGS = {
    "°c": "deg_C",
    "degc": "deg_C",
    "celsius": "deg_C",
    "c": "deg_C",
    "°": "deg",
    "degrees": "deg",
    "a": "A",
    "å": "Angstrom",
    "Å": "Angstrom",
    "µm": "um",
    "μm": "um",
    "micron": "um",
    "microns": "um",
    "µs": "us",
    "seconds": "s",
    "sec": "s",
    "percent": "%",
}


@dataclass(frozen=True, slots=True)
class Conversion:
    """How a unit becomes one of the SI's base units: value · ``factor`` + ``offset``, in ``base``."""

    factor: float
    offset: float
    base: str


@functools.lru_cache(maxsize=10_000)
def conversion(unit: str) -> Conversion | None:
    """The conversion of a unit into base units of the SI; ``None`` for what no one knows."""
    text = unit.strip()
    if not text or len(text) > LONGEST_UNIT:
        return None
    found = _unit(text)
    if found is None:
        return None
    from astropy import units

    if found == units.deg_C:
        return Conversion(1.0, 273.15, "K")
    try:
        base = found.decompose(bases=units.si.bases)
        factor = float(base.scale)
    except (units.UnitsError, TypeError, ValueError, OverflowError):
        return None
    if not math.isfinite(factor) or factor <= 0:
        return None
    return Conversion(factor, 0.0, (base / units.Unit(base.scale)).to_string().replace(" ", ""))


def _unit(text: str):  # type: ignore[no-untyped-def]
    """The unit of astropy, by any of the writings that sources use."""
    import warnings

    from astropy import units

    for writing in dict.fromkeys((text, _WRITINGS.get(text.casefold(), text))):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                return units.Unit(writing)
            except (ValueError, TypeError, RecursionError, OverflowError):
                continue
    return None


def in_base_units(value: float, unit: str | None) -> tuple[float, str] | None:
    """A value in base units of the SI, and which; of no unit as it is; ``None`` for an unknown unit."""
    if not unit or not unit.strip():
        return value, ""
    found = conversion(unit)
    return None if found is None else (value * found.factor + found.offset, found.base)


def in_joule(text: str) -> float:
    """The energy of a photon from «10 keV», «500 nm», «1.4 GHz» or a bare number of joules.

    Raises ``ValueError`` for anything else.
    """
    match = _NUMBER.match(text.strip())
    if match is None:
        raise ValueError(f"«{text[:40]}» is no energy; write it as in 1e-15, 10 keV, 500 nm or 1.4 GHz")
    value, rest = float(match[0]), text.strip()[match.end() :].strip()
    if value == 0 or not math.isfinite(value):
        raise ValueError(f"«{text[:40]}» is no energy; leave the end open where there is none")
    if not rest:
        return value
    found = _unit(rest) if len(rest) <= LONGEST_UNIT else None
    if found is None:
        raise ValueError(f"«{rest[:40]}» is no unit that is known; write it as in keV, nm or GHz")
    from astropy import units

    try:
        joule = float((value * found).to_value(units.J, equivalencies=units.spectral()))
    except (units.UnitsError, TypeError, ZeroDivisionError):
        raise ValueError(f"«{rest[:40]}» is no unit of energy, wavelength or frequency") from None
    if not math.isfinite(joule):
        raise ValueError(f"«{text[:40]}» is no finite energy")
    return joule


def quantity_parts(text: str) -> tuple[float, str | None]:
    """Number and unit of «10 keV»; raises ``ValueError``."""
    match = _NUMBER.match(text.strip())
    if match is None:
        raise ValueError(f"«{text[:40]}» does not begin with a number")
    return float(match[0]), text.strip()[match.end() :].strip() or None
