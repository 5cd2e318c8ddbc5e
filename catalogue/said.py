"""Sentences of ours that a page may say in another language.

Lower floors know no languages: they say what they have to say in English, as a text that remembers of
which message and which values it was made.  The pages find the message in their catalogue and fill it anew.
"""

from __future__ import annotations

from collections.abc import Mapping


class Figures(str):
    """A number as English writes it («1,204.5»), which a page writes as its language does."""


class Said(str):
    """An English sentence: ``message`` with its ``values`` (``%(name)s``); ``many`` is its plural."""

    message: str
    many: str | None
    number: int | None
    values: Mapping[str, object]


def said(message: str, /, **values: object) -> Said:
    """A sentence made of a message and values, which may be `Said` themselves; large integers are amounts."""
    values = _with_figures(values)
    text = Said(message % values)
    text.message, text.many, text.number, text.values = message, None, None, values
    return text


def said_of(one: str, many: str, count: int, /, **values: object) -> Said:
    """A sentence about so many things; ``num`` is their number unless told otherwise."""
    filled = _with_figures({"num": count, **values})
    text = Said((one if count == 1 else many) % filled)
    text.message, text.many, text.number, text.values = one, many, count, filled
    return text


def _with_figures(values: Mapping[str, object]) -> dict[str, object]:
    """The values; integers of so many digits that they are parted by threes, as English writes them."""
    return {name: _figures(value) for name, value in values.items()}


def _figures(value: object) -> object:
    return Figures(f"{value:,}") if type(value) is int and abs(value) >= 10_000 else value
