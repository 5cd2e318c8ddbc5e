"""A record that holds something in every field of the model, made from the model itself."""

from __future__ import annotations

import dataclasses
import itertools
import types
import typing
from collections.abc import Callable, Iterator
from typing import Any, Literal

from catalogue.record import Record

Fill = Callable[[str], str]


def full_record(fill: Fill | None = None, **given: Any) -> Record:
    """A record whose texts come from ``fill(path)``; by default the path itself, which is unique."""
    numbers = itertools.count(101)
    record: Record = _value(Record, "record", fill or (lambda path: f"⟨{path}⟩"), numbers)
    return dataclasses.replace(record, **given)


def _value(hint: Any, path: str, fill: Fill, numbers: Iterator[int]) -> Any:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in {typing.Union, types.UnionType}:
        return _value(arguments[0], path, fill, numbers)
    if origin is Literal:
        return arguments[0]
    if origin is tuple:
        count = 2 if arguments[-1] is Ellipsis else len(arguments)
        return tuple(_value(arguments[0], f"{path}.{index}", fill, numbers) for index in range(count))
    if dataclasses.is_dataclass(hint):
        hints = typing.get_type_hints(hint)
        names = [part.name for part in dataclasses.fields(hint)]
        return typing.cast(type, hint)(
            **{name: _value(hints[name], f"{path}.{name}", fill, numbers) for name in names}
        )
    if hint is str:
        return fill(path)
    if hint is bool:
        return True
    return hint(next(numbers))


def texts(value: Any) -> Iterator[str]:
    """All texts in a value of the model."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from texts(part)
    elif dataclasses.is_dataclass(value):
        for part in dataclasses.fields(value):
            yield from texts(getattr(value, part.name))
