"""How many statements a database is asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event

from catalogue.database import Database


@dataclass
class Count:
    """Statements so far."""

    total: int = 0


@contextmanager
def statements(database: Database) -> Iterator[Count]:
    """Counts what is asked meanwhile."""
    count = Count()

    def note(*_: Any) -> None:
        count.total += 1

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield count
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
