"""Units of parameters in SI (VOUnits 1.0, read by astropy, which is loaded when the first one is met).

Nothing is guessed: a unit that is not known, or means several things («C»), has nothing beside it.
"""

from __future__ import annotations

import functools
import math
import re
import warnings
from dataclasses import dataclass, replace

from catalogue.record import Parameter

_SYNTAX = re.compile(r"[\w°µμÅΩ%.*/^()+\- ]{1,40}")
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
    "mbar": "hPa",
    "bar": "0.1MPa",
    "l": "dm**3",
    "ml": "cm**3",
}
"""Words that VOUnits has not, without case."""
_AMBIGUOUS = frozenset({"C", "F", "au", "u", "a", "P", "cd", "bin", "pix", "ct", "count", "counts", "mag"})
"""What sources mean otherwise than VOUnits does, or what is no quantity of SI."""
_NAMED = (
    *("m", "s", "kg", "A", "K", "mol", "rad", "sr", "Hz", "N", "Pa"),
    *("J", "W", "C", "V", "F", "Ohm", "S", "Wb", "T", "H"),
)


@dataclass(frozen=True, slots=True)
class Conversion:
    """To the unit of SI of this name: value × factor + zero."""

    unit: str
    factor: float
    zero: float = 0.0

    def of(self, value: float | None) -> float | None:
        """A value in SI, rounded to what a number of the machine can tell; ``None`` where it has no end."""
        if value is None:
            return None
        found = value * self.factor + self.zero
        return float(f"{found:.15g}") if math.isfinite(found) else None


def with_si(parameters: tuple[Parameter, ...]) -> tuple[Parameter, ...]:
    """The parameters with the value in SI beside their own, where the source has not said it."""
    if not any(_lacks_si(one) for one in parameters):
        return parameters
    found = tuple(_in_si(one) if _lacks_si(one) else one for one in parameters)
    return parameters if found == parameters else found


def _lacks_si(one: Parameter) -> bool:
    is_told = one.value is not None or one.low is not None or one.high is not None
    return one.unit is not None and is_told and one.si_unit is None and one.si_value is None


def _in_si(one: Parameter) -> Parameter:
    conversion = conversion_of(one.unit or "")
    if conversion is None:
        return one
    value, low, high = (conversion.of(part) for part in (one.value, one.low, one.high))
    if value is None and low is None and high is None:
        return one
    return replace(one, si_value=value, si_low=low, si_high=high, si_unit=conversion.unit)


@functools.lru_cache(maxsize=4096)
def conversion_of(unit: str) -> Conversion | None:
    """How values in a unit become those of SI; ``None`` where it is not known."""
    text = " ".join(unit.replace("μ", "u").replace("µ", "u").split())
    text = _WORDS.get(text.casefold(), text)
    if text in _AMBIGUOUS or not _SYNTAX.fullmatch(text) or _LONG_NUMBER.search(text):
        return None
    if text == "deg_C":
        return Conversion("K", 1.0, 273.15)
    return _by_astropy(text)


def _by_astropy(text: str) -> Conversion | None:
    from astropy import units

    try:
        with warnings.catch_warnings():
            # Of units that the standard discourages (Angstrom).
            warnings.simplefilter("ignore")
            known = units.Unit(text, format="vounit", parse_strict="raise")
    except (ValueError, TypeError, OverflowError):
        return None
    if known.physical_type in ("dimensionless", "data quantity", "unknown"):
        return None
    try:
        for name in _NAMED:
            target = units.Unit(name)
            if known.physical_type == target.physical_type:
                return _checked(name, float(known.to(target)))
        base = known.decompose(bases=units.si.bases)
        return _checked(units.Unit(base / base.scale).to_string("vounit"), float(base.scale))
    except (ValueError, TypeError, OverflowError, units.UnitsError):
        return None


def _checked(name: str, factor: float) -> Conversion | None:
    return Conversion(name, factor) if math.isfinite(factor) and factor > 0 else None
