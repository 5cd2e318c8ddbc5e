"""Who has been told what of a source: kept so that nobody is told twice, whichever process harvests."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import delete, insert, select

from catalogue import tables
from catalogue.database import Database
from catalogue.runs import now

Condition = Literal["works", "fails"]


class Notices:
    """What each recipient was told last of a source; hold `Database.source_lock` meanwhile."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def due(self, source: int, recipients: tuple[str, ...], condition: Condition) -> list[str]:
        """Those of the recipients who were told otherwise; who was told nothing believes that it works."""
        notice = tables.notice.c
        with self._database.read() as connection:
            rows = connection.execute(select(notice.recipient, notice.told).where(notice.source == source))
            told = {row.recipient: row.told for row in rows}
        return [one for one in recipients if told.get(one, "works") != condition]

    def note(self, source: int, recipient: str, condition: Condition) -> None:
        """This recipient has been told."""
        notice = tables.notice.c
        values = {"source": source, "recipient": recipient, "told": condition, "at": now()}
        with self._database.write() as connection:
            mine = (notice.source == source) & (notice.recipient == recipient)
            connection.execute(delete(tables.notice).where(mine))
            connection.execute(insert(tables.notice).values(values))
