"""The values of parameters in SI, beside their own.

Nothing is guessed: a unit that is not known, or means several things («C»), has nothing beside it.
"""

from __future__ import annotations

import functools
import math
import re
from dataclasses import replace

from catalogue.record import Parameter
from catalogue.units import Conversion, conversion

_NAMED = (
    *("m", "s", "kg", "A", "K", "mol", "rad", "sr", "Hz", "N", "Pa"),
    *("J", "W", "C", "V", "F", "Ohm", "S", "Wb", "T", "H"),
)

_SIMPLE = re.compile(r"(?:1|(?:m|s|kg|A|K|mol|cd|rad)\d?)(?:/(?:m|s|kg|A|K|mol|cd|rad)\d?)?")
"""Products of base units that have no name of their own but can be read («m/s», «1/m», «kg/m3»)."""


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
    known = si_of(one.unit or "")
    if known is None:
        return one
    name, found = known
    value, low, high = (_converted(part, found) for part in (one.value, one.low, one.high))
    if value is None and low is None and high is None:
        return one
    return replace(one, si_value=value, si_low=low, si_high=high, si_unit=name)


def _converted(value: float | None, found: Conversion) -> float | None:
    """A value in SI, with the digits that a number of the machine can tell; ``None`` beyond its limits."""
    if value is None:
        return None
    result = value * found.factor + found.offset
    return float(f"{result:.15g}") if math.isfinite(result) else None


@functools.lru_cache(maxsize=4096)
def si_of(unit: str) -> tuple[str, Conversion] | None:
    """The unit of SI that a unit becomes, and how; ``None`` where it is not known."""
    found = conversion(unit)
    if found is None:
        return None
    name = _names().get(found.base) or (found.base if _SIMPLE.fullmatch(found.base) else None)
    return (name, found) if name is not None else None


@functools.cache
def _names() -> dict[str, str]:
    """The named units of SI by what they are in its base units; of several the first."""
    found: dict[str, str] = {}
    for name in _NAMED:
        known = conversion(name)
        if known is not None:
            found.setdefault(known.base, name)
    return found
