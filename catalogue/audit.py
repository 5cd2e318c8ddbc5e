"""The audit log: what operators and curators have done, when, and who they said they are.

A step is put down in the transaction of what it tells of, so there is neither without the other.  Steps
are only ever added.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, insert, select

from catalogue import tables
from catalogue.database import Database, storable

LONGEST_BY = 200
_LONGEST_NAME = 100
_LONGEST_DETAIL = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something that was done to ``name``; ``subject`` says what that is: source, decision, group, alias …

    ``at`` is UTC; ``by`` is empty where the program did it without being told who asked.
    """

    number: int
    at: str
    by: str
    subject: str
    name: str
    action: str
    detail: Mapping[str, Any] = field(default_factory=dict)


def note(
    connection: Connection,
    *,
    by: str,
    subject: str,
    name: str,
    action: str,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Put a step down in the transaction of this connection; ``detail`` holds no credentials."""
    text = orjson.dumps(detail).decode() if detail else None
    if text is not None and len(text) > _LONGEST_DETAIL:
        text = orjson.dumps({"left out": f"{len(text)} characters"}).decode()
    values = {
        "at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "by": storable(" ".join(by.split()))[:LONGEST_BY],
        "subject": subject,
        "name": storable(name)[:_LONGEST_NAME],
        "action": action,
        "detail": None if text is None else storable(text),
    }
    connection.execute(insert(tables.audit).values(values))


class Audit:
    """The steps; raises `StoreError`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(
        self, *, by: str, subject: str, name: str, action: str, detail: Mapping[str, Any] | None = None
    ) -> None:
        """Put down a step that changes nothing in the database."""
        with self._database.write() as connection:
            note(connection, by=by, subject=subject, name=name, action=action, detail=detail)

    def steps(
        self,
        *,
        subject: str | None = None,
        name: str | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> list[Step]:
        """Steps, newest first, older than step ``before``."""
        column = tables.audit.c
        query = select(tables.audit)
        if subject is not None:
            query = query.where(column.subject == subject)
        if name is not None:
            query = query.where(column.name == name)
        if before is not None:
            query = query.where(column.number < before)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(column.number.desc()).limit(limit))
            return [
                Step(**{**row._mapping, "detail": orjson.loads(row.detail) if row.detail else {}})
                for row in rows
            ]

    def has(self, *, subject: str, name: str, action: str) -> bool:
        """Whether this was ever done to that."""
        column = tables.audit.c
        mine = (column.subject == subject) & (column.name == name) & (column.action == action)
        with self._database.read() as connection:
            return connection.scalar(select(column.number).where(mine).limit(1)) is not None
