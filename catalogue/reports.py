"""What pages, metrics and crawlers ask of the database: many sources or records in a few queries."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, func, select

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
            live = _counts(connection, record.source, record.deleted.is_(False))
            gone = _counts(connection, record.source, record.deleted.is_(True))
            quarantined = _counts(connection, raw.source, raw.state == "quarantined")
            excluded = _counts(connection, raw.source, raw.state == "excluded")
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
        """The ranges of the change sequence that hold records: number, and datestamp of the newest."""
        record = tables.record.c
        part = ((record.sequence - 1) // SITEMAP_SIZE).label("part")
        with self._database.read() as connection:
            rows = connection.execute(select(part, func.max(record.datestamp)).group_by(part).order_by(part))
            return [(int(row[0]), row[1]) for row in rows]

    def sitemap(self, number: int) -> list[tuple[str, str]]:
        """Id and datestamp of the live records in one range of the change sequence."""
        record = tables.record.c
        first = number * SITEMAP_SIZE
        query = (
            select(record.id, record.datestamp)
            .where(record.sequence > first, record.sequence <= first + SITEMAP_SIZE)
            .where(record.deleted.is_(False))
            .order_by(record.sequence)
        )
        with self._database.read() as connection:
            return [(row.id, row.datestamp) for row in connection.execute(query)]

    @staticmethod
    def _number(connection: Connection, name: str) -> int:
        source = tables.source.c
        number = connection.scalar(select(source.number).where(source.name == name, source.removed.is_(None)))
        if number is None:
            raise NotFound(f"There is no source «{name}».")
        return int(number)


def _counts(connection: Connection, by: ColumnElement[int], *only: ColumnElement[bool]) -> dict[int, int]:
    return {row[0]: row[1] for row in connection.execute(select(by, func.count()).where(*only).group_by(by))}
