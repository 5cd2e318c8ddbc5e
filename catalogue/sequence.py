"""The change sequence: its next numbers, and what becomes of the states that they replace."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from catalogue import tables
from catalogue.compression import compress
from catalogue.runs import now

KEY_SHIFT = 44
"""A representation's key is the number of its format, shifted, plus the sequence number."""
_IN_AT_ONCE = 500


def parts(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Slices that fit into one IN clause."""
    for start in range(0, len(values), _IN_AT_ONCE):
        yield values[start : start + _IN_AT_ONCE]


def next_sequence(connection: Connection, count: int) -> tuple[int, str]:
    """The first of ``count`` new sequence numbers, and the datestamp that goes with them.

    The counter's row stays locked until the commit; the clock is read after the lock
    is held, and never goes back.
    """
    column = tables.counter.c
    mine = column.name == "change"
    value = connection.scalar(
        update(tables.counter).where(mine).values(value=column.value + count).returning(column.value)
    )
    last = connection.scalar(select(column.datestamp).where(mine)) or ""
    datestamp = max(now(), last)
    connection.execute(update(tables.counter).where(mine).values(datestamp=datestamp))
    return int(value or 0) - count + 1, datestamp


def hold_sequence(connection: Connection) -> None:
    """Lock the change sequence until the commit, so that nobody else moves records meanwhile.

    Whoever changes records takes this lock before any of their rows.
    """
    next_sequence(connection, 0)


def drop_rendered(connection: Connection, sequences: Sequence[int]) -> None:
    """Drop what was rendered from states that are replaced, and their places in sets.

    The memberships go first: that waits for a follower that is just writing (see representations.py).
    """
    if not sequences:
        return
    for part in parts(sequences):
        connection.execute(delete(tables.membership).where(tables.membership.c.sequence.in_(part)))
    formats = list(connection.scalars(select(tables.dissemination.c.number)))
    for part in parts(sequences):
        for number in formats:
            keys = [(number << KEY_SHIFT) + sequence for sequence in part]
            connection.execute(delete(tables.representation).where(tables.representation.c.key.in_(keys)))


def keep_versions(connection: Connection, rows: Sequence[Row[Any]]) -> None:
    """Keep these states, which are about to be replaced."""
    if rows:
        connection.execute(insert(tables.history), [_version(row) for row in rows])


def _version(row: Row[Any]) -> dict[str, Any]:
    return {
        "sequence": row.sequence,
        "id": row.id,
        "datestamp": row.datestamp,
        "deleted": row.deleted,
        "provenance": row.provenance,
        "body": compress(row.body),
    }
