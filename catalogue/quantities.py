"""Numbers as words of an index: values with their names and units, found by ranges.

A value is the first 40 bits of a float, which are put into an order that is that of the numbers and
written as ten hexadecimal digits.  Beginnings of such a word stand for ranges: an index keeps those
that make up a value's range, and all shorter ones apart, as it does with cells of the sky
(`moc.py`).  Eight digits are exact.
"""

from __future__ import annotations

import functools
import math
import re
import struct
from collections.abc import Iterator

from catalogue.record import Parameter, Record
from catalogue.text import words
from catalogue.units import in_base_units

DIGITS = 10
MOST_PARAMETERS = 2000
"""Parameters of a record that can be searched by value; the rest is found by its words."""

_SEPARATOR = "\x1f"
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_MOST_NAMES = 3
_LARGEST = 1.7e308
_BITS = 4 * DIGITS
_LAST = (1 << _BITS) - 1


def quantity_name(name: str) -> str:
    """The name of a parameter as it is searched: «Photon Energy» and «photonEnergy» are one."""
    apart = _HUMP.sub(" ", name).replace("_", " ").replace(".", " ")
    return "_".join(words(apart))[:100]


@functools.lru_cache(maxsize=10_000)
def _names(name: str) -> tuple[str, ...]:
    """The whole name of a parameter, and those within it."""
    return tuple(dict.fromkeys((quantity_name(name), *names_within(name))))


def names_within(name: str) -> list[str]:
    """The names under which a parameter is found: «sample_temperature» is a temperature too."""
    parts = quantity_name(name).split("_")
    return ["_".join(parts[start:]) for start in range(max(0, len(parts) - _MOST_NAMES), len(parts))] or [""]


def ordered(value: float) -> int:
    """A number as one of 40 bits in the order of the numbers."""
    value = max(-_LARGEST, min(_LARGEST, value))
    (bits,) = struct.unpack(">Q", struct.pack(">d", value + 0.0))
    bits >>= 64 - _BITS
    return int(bits ^ (_LAST if bits >> (_BITS - 1) else 1 << (_BITS - 1)))


def covering(low: int, high: int) -> Iterator[str]:
    """The fewest beginnings of words that stand for all numbers of a range, both ends included."""
    while low <= high:
        length = DIGITS
        while length > 1:
            width = 16 ** (DIGITS - length + 1)
            if low % width or low + width - 1 > high:
                break
            length -= 1
        yield f"{low:0{DIGITS}x}"[:length]
        low += 16 ** (DIGITS - length)


def above(word: str) -> list[str]:
    """What stands for ranges around that of a word."""
    return [word[:length] for length in range(1, len(word))]


def quantities_of(record: Record) -> tuple[list[str], list[str]]:
    """The words of a record's parameters, and all that stand above them."""
    own: dict[str, None] = {}
    higher: dict[str, None] = {}
    for parameter in record.parameters[:MOST_PARAMETERS]:
        found = _range(parameter)
        if found is None:
            continue
        low, high, unit = found
        first = ordered(low)
        beginnings = [f"{first:0{DIGITS}x}"] if low == high else list(covering(first, ordered(high)))
        shorter = dict.fromkeys(part for word in beginnings for part in above(word))
        for name in _names(parameter.name):
            head = _head(name, unit)
            for word in beginnings:
                own[head + word] = None
            for word in shorter:
                higher[head + word] = None
    return list(own), [word for word in higher if word not in own]


def wanted(name: str, unit: str, low: float | None, high: float | None) -> tuple[list[str], list[str]]:
    """What to look for among the words of records, and among what stands above them."""
    head = _head(quantity_name(name), unit)
    first = 0 if low is None else ordered(low)
    last = _LAST if high is None else ordered(high)
    own = list(covering(first, last))
    higher = {shorter for word in own for shorter in above(word)}
    return [head + word for word in dict.fromkeys((*own, *sorted(higher)))], [head + word for word in own]


def _head(name: str, unit: str) -> str:
    return f"{name}{_SEPARATOR}{unit}{_SEPARATOR}"


def _range(parameter: Parameter) -> tuple[float, float, str] | None:
    """Lowest and highest value of a parameter in base units, and which."""
    for value, low, high, unit in (
        (parameter.si_value, parameter.si_low, parameter.si_high, parameter.si_unit),
        (parameter.value, parameter.low, parameter.high, parameter.unit),
    ):
        ends = [end for end in ((value,) if value is not None else (low, high)) if end is not None]
        converted = [in_base_units(end, unit) for end in ends if math.isfinite(end)]
        if converted and None not in converted:
            numbers = sorted(one[0] for one in converted if one is not None)
            base = next(one[1] for one in converted if one is not None)
            first = numbers[0] if value is not None or low is not None else -_LARGEST
            last = numbers[-1] if value is not None or high is not None else _LARGEST
            return first, last, base
    return None
