"""The store: pages of raw records in, a sequence of changed records out.

A page is one transaction: its raw records, the records mapped from them, their issues,
the counts of the run and the checkpoint commit together or not at all.  Sequence
numbers and datestamps are given out under a lock that is held until the commit, so
that their order is the order of the commits and no follower can miss a row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import ColumnCollection, ColumnElement, Connection, Row, exists, func, select, true, update

from catalogue import tables
from catalogue.compression import decompress
from catalogue.database import Database
from catalogue.errors import Gone, NotFound
from catalogue.index import Change
from catalogue.issues import hold_back, let_stand, write_issues
from catalogue.joining import rejoin
from catalogue.json_form import joined, read_provenance, read_record
from catalogue.outcome import Outcome, Reader, apply_crosswalk, decide, provenance_of, tally
from catalogue.product import Correction, Member
from catalogue.record import Page, Provenance, RawRecord, Record, record_id
from catalogue.rules import NO_RULES, Rules, rules_of
from catalogue.runs import COUNTS, Run, now, with_counts
from catalogue.sequence import parts
from catalogue.stream import in_order, in_stream, newest, of_sources
from catalogue.writing import (
    forgive,
    known_rows,
    mark_seen,
    write_changes,
    write_raws,
    write_run,
    write_states,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRaw:
    """A raw record as stored: what the source gave, and what became of it."""

    id: str
    state: str
    provenance: Provenance
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A state that a record had: since when, and the record (``None``: deleted)."""

    datestamp: str
    record: Record | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """What a full list lacks: live records before it, those missing from it, those due to go."""

    live: int
    missing: int
    due: tuple[str, ...]


class Store:
    """The catalogue's records in the database; raises `StoreError` and `NotFound`."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def put_page(self, run: Run, page: Page, read: Reader) -> Run:
        """Store a page of a run in one transaction; the run with its counts so far.

        ``read`` maps what is new or changed; a record it refuses is kept raw, as
        «quarantined», with an issue; one that a rule of its source excludes is kept raw, as
        «excluded».  Whatever is equal to what is stored changes nothing.
        """
        raws = {record_id(run.source, raw.identifier): raw for raw in page.records}
        harvested = now()
        with self.database.read() as connection:
            known = known_rows(connection, raws)
            rules = _rules(connection, run.source)
        outcomes = [
            decide(id, raw, provenance_of(run.source, raw, harvested), known.get(id), read, rules)
            for id, raw in raws.items()
        ]
        run = with_counts(run, tally(outcomes, page))
        run = replace(run, checkpoint=page.checkpoint, expected=page.expected or run.expected)
        run = replace(run, phase="fetching", beat=now())
        with self.database.write() as connection:
            write_raws(connection, run.source_number, outcomes)
            write_issues(connection, run.source_number, run.source, outcomes, harvested, page.issues)
            forgive(connection, run.source_number, known.values())
            arrived_broken = {record_id(run.source, issue.identifier) for issue in page.issues}
            mark_seen(connection, run.source_number, arrived_broken.union(known))
            write_run(connection, run)
            write_changes(connection, run.source_number, outcomes)
        return run

    def remap(
        self, source: str, read: Reader, *, after: int = 0, until: int | None = None, limit: int = 500
    ) -> tuple[int, dict[str, int]]:
        """Map stored raw records again, one transaction a call: (where to go on, counts).

        The number is 0 at the end, or past ``until``.  Nothing is fetched; what maps to the same
        changes nothing.  What is one product is found anew, as the options of the source say by now.
         Hold `Database.source_lock` meanwhile.
        """
        raw = tables.raw_record.c
        number = self.source_number(source)
        with self.database.read() as connection:
            rows = connection.execute(
                select(tables.raw_record)
                .where(
                    raw.source == number,
                    raw.number > after,
                    *([] if until is None else [raw.number <= until]),
                )
                .order_by(raw.number)
                .limit(limit)
            ).all()
            live = [row for row in rows if row.state != "deleted"]
            known = known_rows(connection, [row.id for row in live])
            rules = _rules(connection, source)
        outcomes = []
        for row in live:
            provenance = read_provenance(row.provenance)
            outcome = Outcome(row.id, _raw(row, provenance), provenance, known[row.id], row.hash)
            apply_crosswalk(outcome, read, rules)
            outcomes.append(outcome)
        with self.database.write() as connection:
            write_states(connection, outcomes)
            write_issues(connection, number, source, outcomes, now())
            write_changes(connection, number, outcomes)
            rejoin(connection, [one.record for one in outcomes if one.record and not one.record_changed])
        page = Page(records=tuple(outcome.raw for outcome in outcomes))
        counts = dict(zip(COUNTS, tally(outcomes, page), strict=True))
        return (rows[-1].number if len(rows) == limit else 0), counts

    def absence(
        self,
        run: Run,
        *,
        grace_days: float,
        note: bool,
        spared: frozenset[str] = frozenset(),
        among: frozenset[str] | None = None,
    ) -> Absence:
        """Compare a finished full list with the store.

        Records of the ``spared`` sets, which the list could not tell of, are not missing; where
        only the sets ``among`` were read in full, records of others are not even counted.
        With ``note`` records that came again lose their mark and missing ones get the date
        since when they are; those missing for ``grace_days`` are due to be withdrawn.
        """
        raw = tables.raw_record.c
        # No NOT IN: PostgreSQL would look through all that was seen for each record, once there are many.
        seen = exists().where(tables.seen.c.source == run.source_number, tables.seen.c.id == raw.id)
        earlier = (raw.source == run.source_number) & (raw.number <= run.raws_before)
        mine = earlier & (raw.state != "deleted")
        with self.database.write() as connection:
            live = _count_of(connection, mine, among)
            if note:
                again = mine & raw.missing_since.is_not(None) & seen
                back = list(connection.scalars(select(raw.id).where(again)))
                connection.execute(update(tables.raw_record).where(again).values(missing_since=None))
                let_stand(connection, run.source_number, back, run.started)
            by_sets = bool(spared) or among is not None
            columns = (raw.id, raw.missing_since, *((raw.provenance,) if by_sets else ()))
            rows = connection.execute(select(*columns).where(mine, ~seen).order_by(raw.number)).all()
            absent = [row for row in rows if not by_sets or _may_be_missing(_sets_of(row), spared, among)]
            if note:
                newly = [row.id for row in absent if row.missing_since is None]
                for part in parts(newly):
                    since = update(tables.raw_record).where(raw.id.in_(part))
                    connection.execute(since.values(missing_since=run.started))
                hold_back(connection, run.source_number, newly)
        limit = _days_before(run.started, grace_days)
        due = tuple(row.id for row in absent if (row.missing_since or run.started) <= limit)
        return Absence(live=live, missing=len(absent), due=due)

    def withdraw(self, source: str, ids: Sequence[str]) -> int:
        """Make tombstones of these records in one transaction; how many were live before."""
        number = self.source_number(source)
        with self.database.write() as connection:
            known = known_rows(connection, ids)
            outcomes = []
            for part in parts(ids):
                rows = connection.execute(
                    select(tables.raw_record).where(tables.raw_record.c.id.in_(part))
                ).all()
                for row in rows:
                    provenance = read_provenance(row.provenance)
                    raw = RawRecord(
                        identifier=provenance.identifier,
                        format=provenance.format or "",
                        data=b"",
                        deleted=True,
                    )
                    outcome = Outcome(row.id, raw, provenance, known[row.id], row.hash, state="deleted")
                    outcome.record_changed = outcome.was_live
                    outcomes.append(outcome)
            write_states(connection, outcomes)
            write_issues(connection, number, source, outcomes, now())
            write_changes(connection, number, outcomes)
        return sum(outcome.record_changed for outcome in outcomes)

    def live_ids(self, source: str) -> list[str]:
        """The ids of a source's raw records that are not deleted."""
        raw = tables.raw_record.c
        number = self.source_number(source)
        with self.database.read() as connection:
            query = select(raw.id).where(raw.source == number, raw.state != "deleted")
            return list(connection.scalars(query.order_by(raw.number)))

    def live_identifiers(self, source: str) -> list[str]:
        """The source's own identifiers of its raw records that are not deleted, in the order they came."""
        raw = tables.raw_record.c
        number = self.source_number(source)
        with self.database.read() as connection:
            query = select(raw.provenance).where(raw.source == number, raw.state != "deleted")
            rows = connection.scalars(query.order_by(raw.number))
            return [read_provenance(one).identifier for one in rows]

    def raw_ranges(self, source: str, size: int) -> list[tuple[int, int]]:
        """The raw records of a source in ranges of ``size``: numbers after the first, up to the second."""
        raw = tables.raw_record.c
        return self._ranges(raw.number, raw.source == self.source_number(source), size)

    def change_ranges(self, size: int) -> list[tuple[int, int]]:
        """All changes in ranges of ``size``: sequence numbers after the first, up to the second.

        They are cut by the records; products, which are fewer, fall into them.
        """
        ranges = self._ranges(tables.record.c.sequence, true(), size)
        last = self.last_sequence()
        if ranges and ranges[-1][1] < last:
            ranges[-1] = (ranges[-1][0], last)
        return ranges

    def _ranges(self, column: Any, mine: Any, size: int) -> list[tuple[int, int]]:
        row = func.row_number().over(order_by=column)
        numbered = select(column.label("number"), row.label("row")).where(mine).subquery()
        last = select(func.max(column)).where(mine)
        with self.database.read() as connection:
            ends = select(numbered.c.number).where(numbered.c.row % size == 0).order_by(numbered.c.number)
            bounds = list(connection.scalars(ends))
            newest = connection.scalar(last)
        if newest is not None and (not bounds or bounds[-1] < newest):
            bounds.append(newest)
        return list(zip([0, *bounds], bounds, strict=False))

    def source_number(self, name: str) -> int:
        """The number of a source in the tables; raises `NotFound`."""
        with self.database.read() as connection:
            number = connection.scalar(select(tables.source.c.number).where(tables.source.c.name == name))
        if number is None:
            raise NotFound(f"There is no source «{name}».")
        return int(number)

    def last_sequence(self) -> int:
        """The number of the newest change; 0 in an empty store."""
        with self.database.read() as connection:
            return newest(connection)

    def changes(
        self,
        after: int = 0,
        limit: int = 1000,
        *,
        until: int | None = None,
        source: str | None = None,
        deleted: bool = True,
    ) -> list[Change]:
        """The next changes after a sequence number, each thing once at its latest state.

        With ``source`` the records of that source as it tells them, whatever they are joined with.
        """

        def wanted(columns: ColumnCollection[str, Any]) -> ColumnElement[bool]:
            fits: ColumnElement[bool] = columns.sequence > after
            if until is not None:
                fits = fits & (columns.sequence <= until)
            return fits if deleted else fits & columns.deleted.is_(False)

        number = None if source is None else self.source_number(source)
        with self.database.read() as connection:
            if number is None:
                return [change_of(row) for row in in_order(connection, wanted, limit)]
            query = of_sources(lambda columns: (columns.source == number) & wanted(columns))
            rows = connection.execute(query.order_by(tables.record.c.sequence).limit(limit))
            return [change_of(row) for row in rows]

    def walk(self, *, source: str | None = None, deleted: bool = False) -> Iterator[Change]:
        """All things in the order of their last change, in batches of constant memory; see `changes`."""
        after = 0
        while batch := self.changes(after, source=source, deleted=deleted):
            yield from batch
            after = batch[-1].sequence

    def get(self, id: str) -> Record:
        """A live record; raises `Gone` for a tombstone and `NotFound` for no such id."""
        change = self.change(id)
        if change.record is None:
            raise Gone(f"The record {id} was withdrawn on {change.datestamp}.", since=change.datestamp)
        return change.record

    def change(self, id: str) -> Change:
        """The latest change of a record, be it a tombstone; raises `NotFound`."""
        found = self.get_many([id])
        if id not in found:
            raise NotFound(f"There is no record «{id}».")
        return found[id]

    def get_many(self, ids: Sequence[str]) -> dict[str, Change]:
        """The latest changes of these records and products by id, in the given order.

        Unknown ids are absent.  A record that is part of a product has a change without
        record that says so (``joined``).
        """
        found: dict[str, Change] = {}
        with self.database.read() as connection:
            for part in parts(ids):
                rows = connection.execute(in_stream(lambda columns: columns.id.in_(part)))  # noqa: B023
                found.update((row.id, change_of(row)) for row in rows)
            for part in parts([id for id in ids if id not in found]):
                # Records that have never stood for themselves have nothing in the stream.
                rows = connection.execute(of_sources(lambda columns: columns.id.in_(part)))  # noqa: B023
                for row in rows:
                    found[row.id] = replace(change_of(row), record=None, joined=row.product)
        return {id: found[id] for id in ids if id in found}

    def source_record(self, id: str) -> Change:
        """The latest change of a record as its source tells it, joined or not; raises `NotFound`."""
        with self.database.read() as connection:
            row = connection.execute(of_sources(lambda columns: columns.id == id)).one_or_none()
            if row is None:
                raise NotFound(f"There is no record «{id}».")
            return change_of(row)

    def raw(self, id: str) -> StoredRaw:
        """What the source gave for a record; raises `NotFound`."""
        with self.database.read() as connection:
            row = connection.execute(
                select(tables.raw_record).where(tables.raw_record.c.id == id)
            ).one_or_none()
        if row is None:
            raise NotFound(f"There is no record «{id}».")
        data = decompress(row.data) if row.data else b""
        return StoredRaw(id=id, state=row.state, provenance=read_provenance(row.provenance), data=data)

    def provenance(self, id: str) -> Provenance:
        """Where a record came from, or the first record of a product; raises `NotFound`."""
        with self.database.read() as connection:
            for table in (tables.raw_record, tables.product):
                found = connection.scalar(select(table.c.provenance).where(table.c.id == id))
                if found is not None:
                    return read_provenance(found)
        raise NotFound(f"There is no record «{id}».")

    def history(self, id: str) -> list[Version]:
        """The states of a record, newest first; raises `NotFound`."""
        return self.history_of(self.change(id))

    def history_of(self, change: Change) -> list[Version]:
        """The same of a record whose latest change is known already."""
        versions = [Version(datestamp=change.datestamp, record=change.record)]
        column = tables.history.c
        with self.database.read() as connection:
            rows = connection.execute(
                select(tables.history).where(column.id == change.id).order_by(column.sequence.desc())
            )
            for row in rows:
                body = decompress(row.body)
                record = None if row.deleted else read_record(joined(change.id, row.provenance, body))
                versions.append(Version(datestamp=row.datestamp, record=record))
        return versions


def _rules(connection: Connection, source: str) -> Rules:
    options = connection.scalar(select(tables.source.c.options).where(tables.source.c.name == source))
    return NO_RULES if options is None else rules_of(source, options)


def _sets_of(row: Row[Any]) -> tuple[str, ...]:
    return read_provenance(row.provenance).sets


def _may_be_missing(sets: Sequence[str], spared: frozenset[str], among: frozenset[str] | None) -> bool:
    return spared.isdisjoint(sets) and (among is None or not among.isdisjoint(sets))


def _count_of(connection: Connection, mine: ColumnElement[bool], among: frozenset[str] | None) -> int:
    """How many of these raw records there are, of all sets or of those ``among``."""
    if among is None:
        return connection.scalar(select(func.count()).select_from(tables.raw_record).where(mine)) or 0
    rows = connection.execute(select(tables.raw_record.c.provenance).where(mine))
    return sum(not among.isdisjoint(_sets_of(row)) for row in rows)


def change_of(row: Row[Any]) -> Change:
    """A row of the stream, or of what a source tells, as a change."""
    values = row._mapping
    told = orjson.loads(values["said"]) if values.get("said") else {"members": (), "said": {}}
    return Change(
        sequence=row.sequence,
        id=row.id,
        source=row.source_name,
        datestamp=row.datestamp,
        record=None if row.deleted else read_record(joined(row.id, row.provenance, row.body)),
        members=tuple(Member(**member) for member in told["members"]),
        said={name: tuple(map(tuple, places)) for name, places in told["said"].items()},
        corrections=tuple(Correction(**one) for one in told.get("corrections", ())),
        joined=values.get("joined"),
    )


def _raw(row: Row[Any], provenance: Provenance) -> RawRecord:
    return RawRecord(
        identifier=provenance.identifier,
        format=provenance.format or "",
        data=decompress(row.data),
        datestamp=provenance.datestamp,
        url=provenance.url,
        sets=provenance.sets,
        chain=provenance.chain,
    )


def _days_before(stamp: str, days: float) -> str:
    before = datetime.fromisoformat(stamp) - timedelta(days=min(days, 36500))
    return before.strftime("%Y-%m-%dT%H:%M:%SZ")
