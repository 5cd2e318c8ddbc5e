"""The catalogue counted over time: how many records each source brought and withdrew on which day."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, select

from catalogue import tables
from catalogue.database import Database

_DAY = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOfSource:
    """What a source brought on a day (ISO 8601, UTC): records first seen then, records withdrawn then.

    Tells of records as they are now: one that was withdrawn and came back was never withdrawn.
    """

    day: str
    source: str
    added: int = 0
    withdrawn: int = 0


def days_of_sources(database: Database) -> tuple[DayOfSource, ...]:
    """All days on which records came or went, in their order; two aggregates over indices.

    Raises `StoreError`.
    """
    record, source = tables.record.c, tables.source.c
    with database.read() as connection:
        names = {row.number: row.name for row in connection.execute(select(source.number, source.name))}
        added = _counted(connection, record.created)
        withdrawn = _counted(connection, record.datestamp, record.deleted.is_(True))
    return tuple(
        DayOfSource(
            day=day,
            source=names[number],
            added=added[day, number],
            withdrawn=withdrawn[day, number],
        )
        for day, number in sorted(added.keys() | withdrawn.keys(), key=lambda key: (key[0], names[key[1]]))
    )


def _counted(
    connection: Connection, stamp: ColumnElement[str], *only: ColumnElement[bool]
) -> Counter[tuple[str, int]]:
    day, number = func.substr(stamp, 1, _DAY), tables.record.c.source
    rows = connection.execute(select(day, number, func.count()).where(*only).group_by(day, number))
    return Counter({(row[0], row[1]): row[2] for row in rows})
