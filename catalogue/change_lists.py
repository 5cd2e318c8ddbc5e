"""The change sequence in fixed ranges of numbers, without what the records say: for lists of changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select

from catalogue import tables
from catalogue.database import Database

RANGE = 50_000
"""Sequence numbers of one range: a list has 50,000 addresses at most (sitemaps.org, protocol 0.9)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """A range in which something stands: its number, and the datestamps of its first and last change."""

    number: int
    first: str
    last: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A change: of which record or product, when (UTC), and whether it was created or deleted by it."""

    id: str
    datestamp: str
    is_new: bool
    is_deleted: bool


class ChangeLists:
    """Reads the ranges; raises `StoreError`."""

    def __init__(self, database: Database, size: int = RANGE) -> None:
        self._database = database
        self._size = size

    def ranges(self) -> list[Range]:
        """Those in which something stands; a few rows are looked at for each."""
        found: list[Range] = []
        after = 0
        with self._database.read() as connection:
            while (first := _end(connection, after, None, newest=False)) is not None:
                number = (first.sequence - 1) // self._size
                after = (number + 1) * self._size
                last = _end(connection, first.sequence - 1, after, newest=True) or first
                found.append(Range(number=number, first=first.datestamp, last=last.datestamp))
        return found

    def changes(self, number: int) -> list[Listed]:
        """The changes of a range, each thing once at its latest state, in their order."""
        after = number * self._size
        with self._database.read() as connection:
            rows = [
                row
                for table, stands in _stream()
                for row in connection.execute(
                    select(
                        table.c.sequence, table.c.id, table.c.datestamp, table.c.created, table.c.deleted
                    ).where(table.c.sequence > after, table.c.sequence <= after + self._size, stands)
                )
            ]
        return [
            Listed(
                id=row.id,
                datestamp=row.datestamp,
                is_new=row.created == row.datestamp,
                is_deleted=bool(row.deleted),
            )
            for row in sorted(rows, key=lambda row: int(row.sequence))
        ]


def _stream() -> tuple[tuple[Any, ColumnElement[bool]], ...]:
    """The tables of the stream, and which of their rows stand in it."""
    return (tables.record, tables.record.c.product.is_(None)), (
        tables.product,
        tables.product.c.id.is_not(None),
    )


def _end(connection: Connection, after: int, upto: int | None, *, newest: bool) -> Row[Any] | None:
    """The first or the last change in a range of the sequence."""
    rows = []
    for table, stands in _stream():
        column = table.c.sequence
        query = select(column, table.c.datestamp).where(column > after, stands)
        if upto is not None:
            query = query.where(column <= upto)
        rows.append(connection.execute(query.order_by(column.desc() if newest else column).limit(1)).first())
    found = [row for row in rows if row is not None]
    return (max if newest else min)(found, key=lambda row: int(row.sequence), default=None)
