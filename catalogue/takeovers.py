"""How often jobs of the queue were taken over from workers that died, as the database remembers it."""

from __future__ import annotations

from collections.abc import Collection

import orjson
from sqlalchemy import delete, insert, select

from catalogue import tables
from catalogue.database import Database

_NAME = ".takeovers"
"""The row among the settings that the database keeps: job → [how often, how far it was]."""


class Takeovers:
    """The count for each job; to be used by one process at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, job: int, progress: str, others: Collection[int]) -> int:
        """Count one more, and give how many there were in a row without ``progress`` in between.

        ``progress`` tells how far the job has come, in any words.  What is known of jobs that are
        neither this one nor among the ``others`` is forgotten.  Raises `StoreError`.
        """
        column = tables.setting.c
        mine = column.name == _NAME
        with self._database.write() as connection:
            text = connection.scalar(select(column.value).where(mine))
            known: dict[str, tuple[int, str]] = orjson.loads(text) if text else {}
            times, before = known.get(str(job), (0, progress))
            times = times + 1 if before == progress else 1
            kept = {key: value for key, value in known.items() if int(key) in others}
            value = orjson.dumps(kept | {str(job): (times, progress)}).decode()
            connection.execute(delete(tables.setting).where(mine))
            connection.execute(insert(tables.setting).values(name=_NAME, value=value))
        return times
