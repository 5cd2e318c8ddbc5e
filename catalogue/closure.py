"""The records around those that have changed, and which of them are one thing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from catalogue import tables
from catalogue.decisions import bound_together, standing, wards
from catalogue.identity_keys import Keys, key_number
from catalogue.json_form import joined, read_record
from catalogue.product import FIELDS, join_keys
from catalogue.record import Record
from catalogue.sequence import parts
from catalogue.sources import Source


@dataclass
class Group:
    """Live records that are one thing, in the order of precedence, and the product they become."""

    rows: list[Row[Any]]
    product: str | None = None


class Closure:
    """The records around those that changed: all members of all products that they touch.

    ``rows`` and ``records`` (the live ones) by id, ``products`` the rows of their products and of what
    stands in the stream in the place of records, ``decisions`` those that stand on the live records.
    """

    def __init__(self, connection: Connection, keys: Keys, seeds: Iterable[str]) -> None:
        self._connection = connection
        self._keys = keys
        self.rows = self._read(seeds)
        self.records = {row.id: live_record(row) for row in self.rows.values() if not row.deleted}
        self.products = self._read_products()
        self.decisions = standing(connection, self.records)
        self._arrivals = self._read_arrivals()

    def _read(self, seeds: Iterable[str]) -> dict[str, Row[Any]]:
        column = tables.record.c
        rows: dict[str, Row[Any]] = {}
        for part in parts(sorted(seeds)):
            found = self._connection.execute(select(tables.record).where(column.id.in_(part)))
            rows.update((row.id, row) for row in found)
        products = sorted({row.product for row in rows.values() if row.product is not None})
        for part in parts(products):
            found = self._connection.execute(select(tables.record).where(column.product.in_(part)))
            rows.update((row.id, row) for row in found)
        return rows

    def _read_products(self) -> dict[str, Row[Any]]:
        """The product rows of these records: those that they are in, and those that stand in their place."""
        wanted = {row.product for row in self.rows.values() if row.product is not None} | set(self.rows)
        column = tables.product.c
        found: dict[str, Row[Any]] = {}
        for part in parts(sorted(wanted)):
            rows = self._connection.execute(select(tables.product).where(column.id.in_(part)))
            found.update((row.id, row) for row in rows)
        return found

    def _read_arrivals(self) -> dict[str, int]:
        """The numbers of the raw records: in the order in which they came first."""
        raw = tables.raw_record.c
        found: dict[str, int] = {}
        for part in parts(sorted(self.rows)):
            rows = self._connection.execute(select(raw.id, raw.number).where(raw.id.in_(part)))
            found.update((row.id, row.number) for row in rows)
        return found

    def source(self, id: str) -> Source:
        """The source of a live record."""
        return self._keys.source(self.records[id].provenance.source)

    def keys(self, id: str) -> tuple[str, ...]:
        """What a live record is joined by."""
        return join_keys(self.records[id], self.source(id).claims)

    def groups(self) -> list[Group]:
        """The live records by the identifiers that they share and by what curators say, largest first."""
        leader: dict[str, str] = {id: id for id in self.records}

        def lead(id: str) -> str:
            while leader[id] != id:
                leader[id] = leader[leader[id]]
                id = leader[id]
            return id

        for one, other in self._pairs():
            leader[lead(one)] = lead(other)
        found: dict[str, list[Row[Any]]] = {}
        for id in self.records:
            found.setdefault(lead(id), []).append(self.rows[id])
        for rows in found.values():
            rows.sort(key=self._precedence)
        return [
            Group(rows)
            for rows in sorted(found.values(), key=lambda rows: (-len(rows), self._arrivals[rows[0].id]))
        ]

    def _pairs(self) -> Iterable[tuple[str, str]]:
        """Pairs of records that are one thing."""
        disbelieved = self._keys.disbelieved(self.records.values())
        ward = wards(self.decisions)
        first: dict[tuple[str, int], str] = {}
        for id in self.records:
            for key in self.keys(id):
                if not disbelieved or key_number(key) not in disbelieved:
                    yield id, first.setdefault((key, ward.get(id, 0)), id)
        for decision in self.decisions:
            if decision.kind == "join":
                for bound in bound_together(decision, ward):
                    live = [id for id in bound if id in self.records]
                    yield from ((live[0], id) for id in live[1:])

    def _precedence(self, row: Row[Any]) -> tuple[float, int, int]:
        """The source's priority, then the order in which sources were registered and records came.

        Sources are harvested side by side: which of them told first is chance.
        """
        return -self.source(row.id).priority, row.source, self._arrivals[row.id]

    def orders(self, rows: Sequence[Row[Any]]) -> dict[str, list[int]]:
        """Field → places of these records, the best first, where sources have a priority for the field."""
        sources = [self.source(row.id) for row in rows]
        own = [source.field_priorities for source in sources]
        return {
            field: sorted(
                range(len(rows)),
                key=lambda place: -own[place].get(field, sources[place].priority),
            )
            for field in FIELDS
            if any(field in priorities for priorities in own)
        }


def live_record(row: Row[Any]) -> Record:
    """The record of a row that is not deleted."""
    return read_record(joined(row.id, row.provenance, row.body))
