"""A fault of an endpoint: a sentence for people, with a hint for whoever operates it."""

from __future__ import annotations


class Fault(str):
    """A sentence that says where an endpoint departs from its standard; ``hint`` says what to do.

    It is a plain text wherever the hint does not matter.
    """

    __slots__ = ("hint",)

    hint: str | None

    def __new__(cls, sentence: str, hint: str | None = None) -> Fault:
        """A sentence and its hint."""
        made = super().__new__(cls, sentence)
        made.hint = hint
        return made


def hint_of(fault: str) -> str | None:
    """What the operator can do about a fault, where its finder has said so."""
    return fault.hint if isinstance(fault, Fault) else None
