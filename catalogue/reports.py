"""What pages, metrics and crawlers ask of the database: many sources or records in a few queries."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, func, select

from catalogue import tables
from catalogue.database import Database
from catalogue.errors import NotFound
from catalogue.issues import IssueGroup
from catalogue.runs import Run, Sources, SourceState, run_of

SITEMAP_SIZE = 50_000
"""Addresses in one sitemap at most (sitemaps.org, protocol 0.9)."""


class Reports:
    """Read-only questions about the catalogue as a whole; raises `StoreError` and `NotFound`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sources = Sources(database)

    def states(self) -> list[SourceState]:
        """All sources by name with what is known of them, in as many queries for a hundred as for one."""
        sources = self._sources.all()
        record, raw, run = tables.record.c, tables.raw_record.c, tables.run.c
        newest = select(func.max(run.number)).group_by(run.source)
        success = select(run.source, func.max(run.finished)).where(run.status == "succeeded")
        with self._database.read() as connection:
            rows = {row.name: row for row in connection.execute(select(tables.source))}
            # Named one by one, so that few rows are found by the indices over source and state.
            numbers = [row.number for row in rows.values()]
            ours, theirs = record.source.in_(numbers), raw.source.in_(numbers)
            live = _counts(connection, record.source, ours, record.deleted.is_(False))
            gone = _counts(connection, record.source, ours, record.deleted.is_(True))
            quarantined = _counts(connection, raw.source, theirs, raw.state == "quarantined")
            excluded = _counts(connection, raw.source, theirs, raw.state == "excluded")
            issues = _counts(connection, tables.issue.c.source)
            last = connection.execute(select(tables.run).where(run.number.in_(newest)))
            runs = {row.source: row for row in last}
            finished = {row.source: row[1] for row in connection.execute(success.group_by(run.source))}
        return [
            SourceState(
                source=source,
                records=live.get(number, 0),
                tombstones=gone.get(number, 0),
                quarantined=quarantined.get(number, 0),
                excluded=excluded.get(number, 0),
                issues=issues.get(number, 0),
                since=rows[source.name].since,
                last_run=run_of(runs[number], source.name) if number in runs else None,
                last_success=finished.get(number),
            )
            for source in sources
            for number in [rows[source.name].number]
        ]

    def runs(self, name: str, *, before: int | None = None, limit: int = 50) -> list[Run]:
        """The runs of a source, newest first, older than run ``before``."""
        run = tables.run.c
        with self._database.read() as connection:
            query = select(tables.run).where(run.source == self._number(connection, name))
            if before is not None:
                query = query.where(run.number < before)
            rows = connection.execute(query.order_by(run.number.desc()).limit(limit))
            return [run_of(row, name) for row in rows]

    def issue_groups(self, name: str, limit: int = 50) -> list[IssueGroup]:
        """A source's issues by what they say, those of the most records first."""
        return self._sources.issue_groups(name, limit)

    def sitemap_parts(self) -> list[tuple[int, str]]:
        """The ranges of the change sequence that hold live things: number, and datestamp of the newest.

        A few rows are looked at for each range: datestamps rise with the sequence.
        """
        found: list[tuple[int, str]] = []
        after = 0
        with self._database.read() as connection:
            while (first := _live_row(connection, after, None, newest=False)) is not None:
                number = (first.sequence - 1) // SITEMAP_SIZE
                after = (number + 1) * SITEMAP_SIZE
                last = _live_row(connection, first.sequence - 1, after, newest=True)
                found.append((number, (last or first).datestamp))
        return found

    def sitemap(self, number: int) -> list[tuple[str, str]]:
        """Id and datestamp of the live records and products in one range of the change sequence."""
        first = number * SITEMAP_SIZE
        with self._database.read() as connection:
            rows = [
                row
                for table, is_live in _live()
                for row in connection.execute(
                    select(table.c.sequence, table.c.id, table.c.datestamp)
                    .where(table.c.sequence > first, table.c.sequence <= first + SITEMAP_SIZE, is_live)
                    .order_by(table.c.sequence)
                )
            ]
        # Sequence numbers come first, and each but once.
        return [(id, changed) for _, id, changed in sorted(rows)]

    @staticmethod
    def _number(connection: Connection, name: str) -> int:
        source = tables.source.c
        number = connection.scalar(select(source.number).where(source.name == name, source.removed.is_(None)))
        if number is None:
            raise NotFound(f"There is no source «{name}».")
        return int(number)


def _counts(connection: Connection, by: ColumnElement[int], *only: ColumnElement[bool]) -> dict[int, int]:
    return {row[0]: row[1] for row in connection.execute(select(by, func.count()).where(*only).group_by(by))}


def _live() -> tuple[tuple[Table, ColumnElement[bool]], ...]:
    """What stands for itself in the change sequence and is not withdrawn."""
    record, product = tables.record.c, tables.product.c
    return (
        (tables.record, record.deleted.is_(False) & record.product.is_(None)),
        (tables.product, product.deleted.is_(False)),
    )


def _live_row(connection: Connection, after: int, upto: int | None, *, newest: bool) -> Row[Any] | None:
    """The first or the last live thing in a range of the change sequence."""
    rows = []
    for table, is_live in _live():
        column = table.c.sequence
        query = select(column, table.c.datestamp).where(column > after, is_live)
        if upto is not None:
            query = query.where(column <= upto)
        rows.append(connection.execute(query.order_by(column.desc() if newest else column).limit(1)).first())
    found = [row for row in rows if row is not None]
    return (max if newest else min)(found, key=lambda row: row.sequence, default=None)
