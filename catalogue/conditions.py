"""What is asked of an index: eight kinds of conditions that every engine can answer.

Fields are those of `index_document.FIELDS`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Always:
    """Every document."""


@dataclass(frozen=True, slots=True)
class Stem:
    """One of the stems occurs in a field of kind ``stems``."""

    field: str
    stems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exact:
    """The words follow one another in a field of kind ``exact``."""

    field: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Begins:
    """A word of an ``exact`` field, or a whole value of a ``keys`` field, begins so."""

    field: str
    prefix: str


@dataclass(frozen=True, slots=True)
class Key:
    """A field of kind ``keys`` or ``facet`` holds one of the values."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """An ``integer`` field is present and within the bounds, both included."""

    field: str
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Any_:
    """One of the parts holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class All_:
    """All of the parts hold, and none of the excluded ones."""

    parts: tuple[Condition, ...]
    excluded: tuple[Condition, ...] = ()


Condition: TypeAlias = Always | Stem | Exact | Begins | Key | Between | Any_ | All_
