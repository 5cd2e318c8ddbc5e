"""Plain values as JSON documents: nothing that is empty, and only what JSON can hold."""

from __future__ import annotations

import math
from typing import Any

import orjson


def filled(**members: Any) -> dict[str, Any]:
    """The members that have a value; ``False`` and 0 are values."""
    return {name: value for name, value in members.items() if value or value == 0}


def without_empty(members: dict[str, Any]) -> dict[str, Any]:
    """The same of names that are no words of Python."""
    return {name: value for name, value in members.items() if value or value == 0}


def unique(values: list[Any]) -> list[Any]:
    """The values of a list (dicts among them), each once, in their order."""
    if len(values) < 2:
        return values
    found: dict[bytes, Any] = {}
    for value in values:
        found.setdefault(orjson.dumps(value), value)
    return list(found.values())


def number(value: float | None) -> int | float | None:
    """A number as JSON has it: without a fraction where it is whole; no infinity."""
    if value is None or not math.isfinite(value):
        return None
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def written(document: Any) -> bytes:
    """UTF-8 bytes of a document."""
    return orjson.dumps(document)
