"""One state of the whole catalogue, read from end to end while others go on writing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from catalogue.database import Database
from catalogue.index import Change
from catalogue.store import change_of
from catalogue.stream import in_order, newest

_BATCH = 1000


class Frozen:
    """The catalogue as it was when reading began; ``sequence`` is the number of its newest change."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.sequence = newest(connection)

    def walk(self) -> Iterator[Change]:
        """All live things in the order of their last change, in batches of constant memory."""
        after = 0
        while rows := in_order(
            self._connection,
            lambda columns: (columns.sequence > after) & columns.deleted.is_(False),  # noqa: B023
            _BATCH,
        ):
            yield from map(change_of, rows)
            after = rows[-1].sequence


@contextmanager
def frozen(database: Database) -> Iterator[Frozen]:
    """The state of now, for as long as the context lasts: both databases keep what others change meanwhile.

    Raises `StoreError`.
    """
    with database.read() as connection:
        yield Frozen(connection)
