"""Sentences of ours that a page may say in another language.

Lower floors know no languages: they say what they have to say in English, as a text that remembers of
which message and which values it was made.  The pages find the message in their catalogue and fill it anew.
"""

from __future__ import annotations

from collections.abc import Mapping


class Said(str):
    """An English sentence: ``message`` with its ``values`` (``%(name)s``); ``many`` is its plural."""

    message: str
    many: str | None
    number: int | None
    values: Mapping[str, object]


def said(message: str, /, **values: object) -> Said:
    """A sentence made of a message and values, which may be `Said` themselves; large integers are amounts."""
    text = Said(message % _written(values))
    text.message, text.many, text.number, text.values = message, None, None, values
    return text


def said_of(one: str, many: str, count: int, /, **values: object) -> Said:
    """A sentence about so many things; ``num`` is their number unless told otherwise."""
    filled = {"num": count, **values}
    text = Said((one if count == 1 else many) % _written(filled))
    text.message, text.many, text.number, text.values = one, many, count, filled
    return text


def _written(values: Mapping[str, object]) -> dict[str, object]:
    """The values as English writes them."""
    return {name: f"{value:,}" if is_amount(value) else value for name, value in values.items()}


def is_amount(value: object) -> bool:
    """Whether a value is an integer of so many digits that they are parted by threes."""
    return type(value) is int and abs(value) >= 10_000
