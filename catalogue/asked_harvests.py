"""Harvests that an operator has asked for on one machine, where the scheduler takes them up.

With PostgreSQL they wait in the queue of the workers instead (`web.queue`).
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, insert, select

from catalogue import tables
from catalogue.database import Database
from catalogue.errors import NotFound
from catalogue.registry import now


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedHarvest:
    """A harvest that waits for somebody to begin it; ``at`` is when it was asked for (UTC)."""

    source: str
    full: bool
    at: str


class AskedHarvests:
    """What is asked for and not begun yet; raises `StoreError`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def ask(self, source: str, *, full: bool = False) -> bool:
        """Ask for a harvest; whether it did not wait already.  Raises `NotFound`."""
        table, known = tables.asked_harvest, tables.source.c
        with self._database.write() as connection:
            mine = (known.name == source) & known.removed.is_(None)
            number = connection.scalar(select(known.number).where(mine))
            if number is None:
                raise NotFound(f"There is no source «{source}».")
            before = connection.scalar(select(table.c.full).where(table.c.source == number))
            if before is not None and before >= full:
                return False
            connection.execute(delete(table).where(table.c.source == number))
            connection.execute(insert(table).values(source=number, full=full, at=now()))
            return True

    def all(self) -> list[AskedHarvest]:
        """Those that wait, in the order in which they were asked for."""
        table, source = tables.asked_harvest, tables.source
        query = select(source.c.name, table.c.full, table.c.at).join_from(table, source)
        with self._database.read() as connection:
            rows = connection.execute(
                query.where(source.c.removed.is_(None)).order_by(table.c.at, source.c.name)
            )
            return [AskedHarvest(source=row.name, full=row.full, at=row.at) for row in rows]

    def take(self, source: str) -> AskedHarvest | None:
        """Take a harvest away, to begin it or because nobody wants it any more; ``None`` where none waits."""
        table, known = tables.asked_harvest, tables.source.c
        with self._database.write() as connection:
            number = select(known.number).where(known.name == source).scalar_subquery()
            mine = table.c.source == number
            row = connection.execute(select(table).where(mine)).one_or_none()
            connection.execute(delete(table).where(mine))
        return None if row is None else AskedHarvest(source=source, full=row.full, at=row.at)
