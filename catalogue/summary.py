"""A part of a stored record, read without the rest of it."""

from __future__ import annotations

import msgspec

from catalogue.record import Relation, Text


class Summary(msgspec.Struct, frozen=True):
    """What a list says of a record."""

    kind: str
    titles: tuple[Text, ...]

    @property
    def title(self) -> str:
        """The main title."""
        return self.titles[0].value


class _Related(msgspec.Struct):
    relations: tuple[Relation, ...] = ()


_summaries = msgspec.json.Decoder(Summary)
_related = msgspec.json.Decoder(_Related)


def read_summary(body: bytes) -> Summary:
    """Kind and titles of a stored record."""
    return _summaries.decode(body)


def read_relations(body: bytes) -> tuple[Relation, ...]:
    """The relations of a stored record."""
    return _related.decode(body).relations
