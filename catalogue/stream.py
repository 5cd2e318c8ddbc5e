"""The change sequence that the world sees: each thing once, whoever has told of it.

It is made of two tables that share one sequence of numbers: the records that stand for
themselves, and the products in which several records are one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import (
    ColumnCollection,
    ColumnElement,
    Connection,
    Row,
    func,
    literal,
    null,
    select,
    union_all,
)

from catalogue import tables
from catalogue.tables import Bytes

TABLES = (tables.record, tables.product)
_SHARED = ("sequence", "id", "source", "datestamp", "deleted", "provenance", "body")

Condition = Callable[[ColumnCollection[str, Any]], ColumnElement[bool]]
"""A condition on the columns that both tables have."""


def in_stream(condition: Condition) -> Any:
    """Rows of the stream that fulfil a condition: the shared columns, ``source_name``, ``said``, ``joined``.

    Each table is searched by its own index; ordered by sequence, the database merges them.
    """
    record, product = tables.record.c, tables.product.c
    singles = _named(record, null().cast(Bytes).label("said"), null().label("joined"))
    singles = singles.where(record.product.is_(None), condition(record))
    products = _named(product, product.said, product.joined).where(condition(product))
    return union_all(singles, products)


def of_sources(condition: Condition) -> Any:
    """Records as their sources tell them, joined or not: the shared columns, ``source_name``, ``product``."""
    record = tables.record.c
    return _named(record, record.product).where(condition(record))


def _named(columns: ColumnCollection[str, Any], *further: Any) -> Any:
    source = tables.source.c
    chosen = select(*(columns[name] for name in _SHARED), source.name.label("source_name"), *further)
    return chosen.join(tables.source, source.number == columns.source)


def in_order(connection: Connection, condition: Condition, limit: int) -> Sequence[Row[Any]]:
    """The next rows of the stream that fulfil a condition."""
    return connection.execute(in_stream(condition).order_by("sequence").limit(limit)).all()


def newest(connection: Connection) -> int:
    """The number of the newest change; 0 in an empty store."""
    record, product = tables.record.c, tables.product.c
    single = select(record.sequence).where(record.product.is_(None)).order_by(record.sequence.desc()).limit(1)
    return max(connection.scalar(single) or 0, connection.scalar(select(func.max(product.sequence))) or 0)


def sequences(connection: Connection, after: int, last: int) -> set[int]:
    """The numbers in a range that are still in the stream."""
    record, product = tables.record.c, tables.product.c
    singles = select(record.sequence).where(
        record.product.is_(None), record.sequence.between(after + 1, last)
    )
    products = select(product.sequence).where(product.sequence.between(after + 1, last))
    return set(connection.scalars(union_all(singles, products)))


def counted(connection: Connection, since: str | None, until: str | None) -> int:
    """How many rows of the stream have their datestamps in a range, both ends included."""

    def within(columns: ColumnCollection[str, Any]) -> ColumnElement[bool]:
        fits: ColumnElement[bool] = literal(True)
        if since is not None:
            fits = fits & (columns.datestamp >= since)
        return fits if until is None else fits & (columns.datestamp <= until)

    record = tables.record.c
    counts = [
        connection.scalar(select(func.count()).select_from(table).where(within(table.c))) or 0
        for table in TABLES
    ]
    # Members are few and have an index of their own; all records are counted by that of datestamps.
    members = (
        select(func.count()).select_from(tables.record).where(record.product.is_not(None), within(record))
    )
    return sum(counts) - (connection.scalar(members) or 0)
