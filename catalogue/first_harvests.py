"""When each source was first harvested: since then there are descriptions of it."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select

from catalogue import tables
from catalogue.database import Database


def first_harvests(database: Database) -> Mapping[str, str]:
    """Source → when its first harvest began (ISO 8601, UTC); without those that never were harvested.

    Raises `StoreError`.
    """
    source, run = tables.source.c, tables.run.c
    query = select(source.name, func.min(run.started)).join(tables.run, run.source == source.number)
    with database.read() as connection:
        return {name: str(started) for name, started in connection.execute(query.group_by(source.name))}
