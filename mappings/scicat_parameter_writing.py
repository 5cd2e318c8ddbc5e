"""Parameters as scientific metadata of SciCat: in their groups, values with units and SI beside."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from catalogue.record import Parameter
from mappings.json_writing import filled, number

_SPECIAL = frozenset({"value", "v"})


def written_parameters(parameters: Iterable[Parameter]) -> dict[str, Any]:
    """Groups in groups, by the path of each parameter; of two with one name the second bears a number."""
    root: dict[str, Any] = {}
    for one in parameters:
        group = root
        for part in (one.path or "").split(".") if one.path else ():
            group = _group(group, _key(part))
        key = _key(one.name)
        group[key if key not in group else _free(group, key)] = _value(one)
    return root


def _key(name: str) -> str:
    """A name as key; the reader takes «%» for the sign of an encoding, and «value» for a value."""
    key = name.replace("%", "%25") if "%" in name else name
    return f"{key} " if key in _SPECIAL else key


def _group(parent: dict[str, Any], key: str) -> dict[str, Any]:
    found = parent.get(key)
    if isinstance(found, dict) and "value" not in found and "min" not in found and "max" not in found:
        return found
    made: dict[str, Any] = {}
    parent[key if found is None else _free(parent, key)] = made
    return made


def _free(parent: dict[str, Any], key: str) -> str:
    count = 2
    while f"{key} ({count})" in parent:
        count += 1
    return f"{key} ({count})"


def _value(one: Parameter) -> Any:
    """A bare value where there is but that, else an object with unit and SI."""
    bare: Any = number(one.value) if one.value is not None else one.text
    si: Any = number(one.si_value)
    if bare is None and one.low is not None and one.high is not None:
        bare = [number(one.low), number(one.high)]
        si = (
            [number(one.si_low), number(one.si_high)]
            if one.si_low is not None and one.si_high is not None
            else None
        )
        kind = "quantity_range" if one.unit is None else None
        return filled(value=bare, unit=one.unit, valueSI=si, unitSI=one.si_unit if si else None, type=kind)
    if bare is None:
        return filled(min=number(one.low), max=number(one.high), unit=one.unit)
    if one.unit is None and si is None:
        return bare
    return filled(value=bare, unit=one.unit, valueSI=si, unitSI=one.si_unit if si is not None else None)
