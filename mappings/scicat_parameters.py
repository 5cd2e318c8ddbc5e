"""Scientific metadata as parameters: values with units in all the forms that SciCat's users write.

``{value, unit, valueSI, unitSI}``, ``{v, u}``, ranges ``[a, b]`` and ``{min, max}``, bare values,
lists, and groups of all these in groups.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from catalogue.constants import ELECTRONVOLT
from catalogue.record import Interval, Parameter
from mappings.draft import Draft
from mappings.json_reading import Node
from mappings.text import clean_line, shorten

_DEEPEST = 24
_TEXT_LIMIT = 2_000
_VALUES = ("value", "v")
_UNITS = ("unit", "u", "units")
_LOWS, _HIGHS = ("min", "minimum", "low"), ("max", "maximum", "high")
_RANGE_FIELDS = frozenset((*_LOWS, *_HIGHS, *_UNITS))
_JOULE = {
    "meV": 1e-3 * ELECTRONVOLT,
    "eV": ELECTRONVOLT,
    "ev": ELECTRONVOLT,
    "keV": 1e3 * ELECTRONVOLT,
    "KeV": 1e3 * ELECTRONVOLT,
    "kev": 1e3 * ELECTRONVOLT,
    "MeV": 1e6 * ELECTRONVOLT,
    "J": 1.0,
    "joule": 1.0,
}
"""In these exact words, as «mev» could be milli or mega."""
_ENERGY_NAMES = re.compile(
    r"(?:incident|xray|photon|beam|mono(?:chromator)?|excitation|probe)*(?:photon|beam|mono|xray)?energy"
)
_NO_LETTER = re.compile(r"[^a-z]")
_JOULE_UNITS = frozenset({"j", "joule", "(kg m^2) / s^2", "kg m^2 / s^2", "kg m^2 s^-2", "n m"})


@dataclass(frozen=True, slots=True)
class _Quantity:
    """A number, a range or a text."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    text: str | None = None


def add_parameters(draft: Draft, node: Node, group: str = "", depth: int = 0) -> None:
    """All values below an object (or list of objects) as parameters, each with the path of its group."""
    for name, member in node.members():
        name = unquote(name) if "%" in name else name
        _add_member(draft, name, member, group, depth)


def _add_member(draft: Draft, name: str, node: Node, group: str, depth: int) -> None:
    value = node.value
    if value is None or value in ("", [], {}):
        node.take()
        return
    if depth > _DEEPEST:
        draft.issue(node.path, f"The groups are nested more than {_DEEPEST} deep; what is below is left out.")
        node.take()
        return
    if isinstance(value, dict):
        if not _add_quantity(draft, name, node, group):
            add_parameters(draft, node, f"{group}.{name}" if group else name, depth + 1)
    elif isinstance(value, list) and any(isinstance(one, dict | list) for one in value):
        for number, one in enumerate(value):
            child = Node(one, f"{node.path}[{number}]")
            _add_member(draft, f"{name}[{number}]", child, group, depth + 1)
        node.take()
    else:
        node.take()
        add_parameter(draft, name, _plain(draft, node.path, value, has_unit=False), group=group)


def _add_quantity(draft: Draft, name: str, node: Node, group: str) -> bool:
    """An object that is one value; whether it is."""
    value: dict[str, Any] = node.value
    if len(value) == 1 and (only := next(iter(value))).startswith("$"):
        node.take()
        add_parameter(draft, name, _plain(draft, node.path, value[only], has_unit=False), group=group)
        return True
    key = next((key for key in _VALUES if key in value), None)
    if key is None or (isinstance(value[key], dict) and not _range_in(value[key])):
        found = _range_in(value) if _RANGE_FIELDS.issuperset(value) else None
        if found is None:
            return False
        node.take()
        add_parameter(draft, name, found, unit=_unit(value), group=group)
        return True
    unit = _unit(value)
    is_range = unit is not None or value.get("type") == "quantity_range"
    for taken in (key, *_UNITS, "valueSI", "unitSI", "type"):
        node.take(taken)
    si = _quantity(value.get("valueSI"), is_range=True)
    add_parameter(
        draft,
        name,
        _plain(draft, node.path, value[key], has_unit=is_range),
        unit=unit,
        si=si,
        si_unit=clean_line(_text(value.get("unitSI"))),
        group=group,
    )
    return True


def add_parameter(
    draft: Draft,
    name: str,
    quantity: _Quantity | None,
    *,
    unit: str | None = None,
    si: _Quantity | None = None,
    si_unit: str | None = None,
    group: str = "",
) -> None:
    """One parameter, and the energy that it says, in joule, where it is that of the radiation."""
    label = clean_line(name)
    if quantity is None or label is None:
        return
    si = si if si is not None and si_unit is not None else _Quantity()
    draft.parameters.append(
        Parameter(
            name=label,
            value=quantity.value,
            low=quantity.low,
            high=quantity.high,
            text=quantity.text,
            unit=unit,
            si_value=si.value,
            si_low=si.low,
            si_high=si.high,
            si_unit=si_unit if si != _Quantity() else None,
            path=group or None,
        )
    )
    _add_energy(draft, label, draft.parameters[-1])


def quantity_of(draft: Draft, node: Node, *, has_unit: bool) -> _Quantity | None:
    """What a value is that stands by itself (PaNOSC); ``has_unit`` makes of two numbers a range."""
    value = node.value
    node.take()
    if value is None or value in ("", [], {}):
        return None
    if isinstance(value, dict):
        found = _range_in(value)
        return found if found is not None else _Quantity(text=_cut(draft, node.path, str(value)))
    return _plain(draft, node.path, value, has_unit=has_unit)


def _plain(draft: Draft, path: str, value: Any, *, has_unit: bool) -> _Quantity | None:
    """A scalar or a flat list as number, range or text."""
    found = _quantity(value, is_range=has_unit)
    if found is not None:
        return found
    if isinstance(value, dict):
        return _range_in(value)
    if isinstance(value, list):
        text = ", ".join(_text(one) or "" for one in value[:_TEXT_LIMIT])
    else:
        text = _text(value) or ""
    cleaned = clean_line(_cut(draft, path, text))
    return _Quantity(text=cleaned) if cleaned is not None else None


def _quantity(value: Any, *, is_range: bool) -> _Quantity | None:
    """A number or, where it may be one, a range of two; a text is a number only beside a unit."""
    number = _number(value, from_text=is_range)
    if number is not None:
        return _Quantity(value=number)
    if is_range and isinstance(value, list) and len(value) == 2:
        low, high = (_number(one, from_text=False) for one in value)
        if low is not None and high is not None and low <= high:
            return _Quantity(low=low, high=high)
    return None


def _range_in(value: Any) -> _Quantity | None:
    """The range in ``{min, max}``; an end that is missing is open."""
    if not isinstance(value, dict):
        return None
    low = next((_number(value[key]) for key in _LOWS if key in value), None)
    high = next((_number(value[key]) for key in _HIGHS if key in value), None)
    if (low is None and high is None) or (low is not None and high is not None and low > high):
        return None
    return _Quantity(low=low, high=high)


def _number(value: Any, *, from_text: bool = True) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and not from_text:
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _unit(value: dict[str, Any]) -> str | None:
    return next((unit for key in _UNITS if (unit := clean_line(_text(value.get(key)))) is not None), None)


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else None


def _cut(draft: Draft, path: str, text: str) -> str:
    if len(text) > _TEXT_LIMIT:
        draft.issue(path, f"The value has {len(text)} characters, the limit is {_TEXT_LIMIT}.")
    return shorten(text, _TEXT_LIMIT)


def _add_energy(draft: Draft, name: str, parameter: Parameter) -> None:
    """Photon, beam or incident energy as coverage; energies of a storage ring (GeV) are none of it."""
    if _ENERGY_NAMES.fullmatch(_NO_LETTER.sub("", name.lower())) is None:
        return
    low, high = (
        (parameter.value, parameter.value) if parameter.value is not None else (parameter.low, parameter.high)
    )
    unit = parameter.unit or ""
    factor = _JOULE.get(unit)
    if factor is None and (parameter.si_unit or "").lower() in _JOULE_UNITS:
        low = parameter.si_value if parameter.si_value is not None else parameter.si_low
        high = parameter.si_value if parameter.si_value is not None else parameter.si_high
        factor = 1.0
    ends = [end for end in (low, high) if end is not None]
    if factor is None or not ends or unit.lower() in ("gev", "tev") or min(ends) <= 0:
        return
    interval = Interval(
        low=low * factor if low is not None else None, high=high * factor if high is not None else None
    )
    if not draft.has("spectral", interval):
        draft.spectral.append(interval)
