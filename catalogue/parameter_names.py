"""The names of parameters that records bear with a number, and the units they are given in.

Of each an index keeps its name as it is asked for (`quantities.quantity_name`), and the name with its
unit, so that records of both can be counted.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence

from catalogue.index import Count
from catalogue.quantities import MOST_PARAMETERS, quantity_name
from catalogue.record import Record

PARAMETER = "parameter"
"""What a list of them is called beside the facets."""

FIELD = "parameters"

MOST_NAMES = 200
"""Names, with and without units, of one record."""

_LONGEST_UNIT = 40
_SEPARATOR = "\x1f"


def parameter_keys(record: Record) -> list[str]:
    """The names of a record's numeric parameters, alone and with their units."""
    found: dict[str, None] = {}
    for parameter in record.parameters[:MOST_PARAMETERS]:
        if parameter.value is not None or parameter.low is not None or parameter.high is not None:
            found.update(_keys(parameter.name, parameter.unit))
            if len(found) >= MOST_NAMES:
                break
    return list(found)[:MOST_NAMES]


@functools.lru_cache(maxsize=10_000)
def _keys(name: str, unit: str | None) -> dict[str, None]:
    key = quantity_name(name)
    if not key:
        return {}
    written = " ".join((unit or "").replace(_SEPARATOR, " ").split())[:_LONGEST_UNIT]
    return {key: None, key + _SEPARATOR + written: None} if written else {key: None}


def is_named(key: str, beginning: str) -> bool:
    """Whether a key is a name of which a word, and what follows it, begins so."""
    return _SEPARATOR not in key and (key.startswith(beginning) or f"_{beginning}" in key)


def with_units(names: Sequence[tuple[str, int]], keys: Iterable[tuple[str, int]]) -> tuple[Count, ...]:
    """Names with their units, the most frequent first; ``keys`` are all keys with their counts."""
    units: dict[str, list[tuple[str, int]]] = {name: [] for name, _ in names}
    for key, count in keys:
        name, separator, unit = key.partition(_SEPARATOR)
        if separator and name in units:
            units[name].append((unit, count))
    return tuple(
        Count(
            value=name,
            label=name,
            count=count,
            units=tuple(sorted(units[name], key=lambda pair: (-pair[1], pair[0]))),
        )
        for name, count in names
    )
