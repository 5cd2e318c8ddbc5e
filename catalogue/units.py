"""Units of quantities, converted by astropy, which is loaded when the first one is met."""

from __future__ import annotations

import functools
import math
import re
import warnings
from dataclasses import dataclass
from typing import Any

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_SYNTAX = re.compile(r"[\w°µμÅΩ%.*/^()+\- ]{1,40}")
_ENDS = re.compile(r"[-+.–…\s]*\d|\.\.|–")
_LONG_NUMBER = re.compile(r"\d{3}")
_WORDS = {
    "°": "deg",
    "degree": "deg",
    "degrees": "deg",
    "decimal degree": "deg",
    "decimal degrees": "deg",
    "°c": "deg_C",
    "degc": "deg_C",
    "deg c": "deg_C",
    "celsius": "deg_C",
    "degree celsius": "deg_C",
    "degrees celsius": "deg_C",
    "kelvin": "K",
    "meter": "m",
    "meters": "m",
    "metre": "m",
    "metres": "m",
    "micron": "um",
    "microns": "um",
    "å": "Angstrom",
    "angstrom": "Angstrom",
    "angstroms": "Angstrom",
    "ångström": "Angstrom",
    "second": "s",
    "seconds": "s",
    "minute": "min",
    "minutes": "min",
    "hour": "h",
    "hours": "h",
    "day": "d",
    "days": "d",
    "year": "yr",
    "years": "yr",
    "electronvolt": "eV",
    "tesla": "T",
    "volt": "V",
    "volts": "V",
    "ampere": "A",
    "amperes": "A",
    "watt": "W",
    "watts": "W",
    "pascal": "Pa",
    "ang": "Angstrom",
    "sec": "s",
    "pb": "pbarn",
    "fb": "fbarn",
    "nb": "nbarn",
    "ub": "ubarn",
}
"""Words for units, without case."""
AMBIGUOUS = frozenset({"C", "F", "au", "u", "a", "P", "cd", "bin", "pix", "ct", "count", "counts", "mag"})
"""What sources mean in several ways, or what is no quantity of SI: it is compared as it is written."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """How a unit becomes one of the SI's base units: value · ``factor`` + ``offset``, in ``base``."""

    factor: float
    offset: float
    base: str


@functools.lru_cache(maxsize=10_000)
def conversion(unit: str) -> Conversion | None:
    """The conversion of a unit into base units of the SI; ``None`` for what no one knows."""
    text = written(unit)
    found = _unit(text) if text not in AMBIGUOUS else None
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


def written(unit: str) -> str:
    """A unit as astropy writes it, where sources write it otherwise."""
    text = " ".join(unit.replace("μ", "u").replace("µ", "u").split())
    return _WORDS.get(text.casefold(), text)


def _unit(text: str) -> Any:
    """The unit of astropy; ``None`` for what is none, or would take long to read."""
    if not _SYNTAX.fullmatch(text) or _LONG_NUMBER.search(text):
        return None
    from astropy import units

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return units.Unit(text)
        except (ValueError, TypeError, RecursionError, OverflowError):
            return None


def in_base_units(value: float, unit: str | None) -> tuple[float, str] | None:
    """A value in base units of the SI, and which; of no unit, or of one of `AMBIGUOUS`, as it is.

    ``None`` for an unknown unit.
    """
    kept = _kept(unit) if unit else ""
    if kept is not None:
        return value, kept
    found = conversion(unit or "")
    return None if found is None else (value * found.factor + found.offset, found.base)


@functools.lru_cache(maxsize=10_000)
def _kept(unit: str) -> str | None:
    """The unit of values that are compared as they are written."""
    text = written(unit)
    return text if not text or text in AMBIGUOUS else None


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
    if _ENDS.match(rest):
        raise ValueError(f"«{text[:40]}» is no energy; write a range as in 1/10 keV")
    found = _unit(written(rest))
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
