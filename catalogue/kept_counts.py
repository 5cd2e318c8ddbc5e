"""What was found and counted on one state of an index, kept in bounded memory."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

from catalogue.conditions import All_, Any_, Condition, Exact, Key, Stem

_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")


class Kept(Generic[_Key, _Value]):
    """A dict that begins anew when all that it holds weighs more than ``most``.

    Threads may share it: what one of them loses is only found again.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._weight = 0
        self._found: dict[_Key, _Value] = {}

    def get(self, key: _Key) -> _Value | None:
        """What is kept under a key."""
        return self._found.get(key)

    def put(self, key: _Key, value: _Value, weight: int = 1) -> None:
        """Keep a value that weighs so much."""
        self._weight += weight
        if self._weight > self._most:
            self._found, self._weight = {}, weight
        self._found[key] = value


HEAVIEST = 500
"""What is found for conditions of more terms is not kept: regions have thousands of cells."""

_LONG = 50
"""Characters of a value that cost as much as a short one."""


def terms_of(condition: Condition) -> int:
    """How many words, keys and bounds a condition holds, a long value as several: what keeping it costs."""
    match condition:
        case Any_(parts):
            return sum(terms_of(part) for part in parts)
        case All_(parts, excluded):
            return sum(terms_of(part) for part in (*parts, *excluded))
        case Key(_, values):
            return sum(1 + len(value) // _LONG for value in values)
        case Stem(_, stems):
            return len(stems)
        case Exact(_, words):
            return len(words)
    return 1
