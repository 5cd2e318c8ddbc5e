"""The terms of records that no vocabulary of their field knows, by how often they occur."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from dataclasses import field as made

from catalogue.record import Record, Reference, Term
from mappings.matching import FIELDS
from vocab.base import fold


@dataclass(slots=True)
class Unknown:
    """A term without URI: the field it stands in, its writings and its sources with their counts."""

    field: str
    writings: Counter[str] = made(default_factory=Counter)
    sources: Counter[str] = made(default_factory=Counter)

    @property
    def term(self) -> str:
        """As it is written most often."""
        return min(self.writings, key=lambda one: (-self.writings[one], one))

    @property
    def count(self) -> int:
        """How often it occurs."""
        return self.sources.total()


def unknown_terms(records: Iterable[Record], fields: Iterable[str] = tuple(FIELDS)) -> list[Unknown]:
    """The terms without URI, the most frequent first."""
    found: dict[tuple[str, str], Unknown] = {}
    wanted = tuple(fields)
    for record in records:
        source = record.provenance.source
        for name in wanted:
            for one in _terms(record, name):
                if one.uri is None:
                    key = (name, fold(one.label))
                    unknown = found.get(key)
                    if unknown is None:
                        unknown = found[key] = Unknown(name)
                    unknown.writings[one.label] += 1
                    unknown.sources[source] += 1
    return sorted(found.values(), key=lambda one: (-one.count, one.field, one.term))


def _terms(record: Record, name: str) -> Iterator[Term | Reference]:
    if name != "bands":
        yield from getattr(record, name)
    elif record.coverage is not None and record.coverage.energy is not None:
        yield from record.coverage.energy.bands
