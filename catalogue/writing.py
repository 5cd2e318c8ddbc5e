"""The statements of a page's transaction, in the order in which they run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, Row, Table, bindparam, insert, select, update

from catalogue import tables
from catalogue.compression import compress
from catalogue.identity_keys import Moved
from catalogue.issues import let_stand
from catalogue.joining import join
from catalogue.json_form import content_hash, joined, read_record
from catalogue.outcome import Outcome
from catalogue.relations import keep_relations
from catalogue.runs import COUNTS, Run, now
from catalogue.sequence import drop_rendered, keep_versions, next_sequence, parts

_RAW = ("id", "source", "state", "hash", "provenance", "data")
_RECORD = ("sequence", "id", "source", "datestamp", "created", "deleted", "hash", "provenance", "body")


def known_rows(connection: Connection, ids: Iterable[str]) -> dict[str, Row[Any]]:
    """What is stored of these ids: the raw record's state and hash, the record's sequence and hash."""
    raw, record = tables.raw_record.c, tables.record.c
    query = select(
        raw.id,
        raw.state,
        raw.hash.label("raw_hash"),
        raw.missing_since,
        record.sequence,
        record.hash,
        record.created,
        record.deleted,
    ).select_from(tables.raw_record.outerjoin(tables.record, raw.id == record.id))
    return {
        row.id: row for part in parts(list(ids)) for row in connection.execute(query.where(raw.id.in_(part)))
    }


def write_raws(connection: Connection, source: int, outcomes: Sequence[Outcome]) -> None:
    """Insert new raw records and replace changed ones."""
    new: list[tuple[Any, ...]] = []
    changed: list[dict[str, Any]] = []
    for outcome in outcomes:
        if outcome.raw_changed:
            data = compress(outcome.raw.data) if outcome.raw.data else b""
            row = (outcome.id, source, outcome.state, outcome.hash, outcome.provenance_json, data)
            if outcome.known is None:
                new.append(row)
            else:
                changed.append(dict(zip(_RAW, row, strict=True)))
    _insert(connection, tables.raw_record, _RAW, new)
    _update_by_id(connection, tables.raw_record, changed)


def write_states(connection: Connection, outcomes: Sequence[Outcome]) -> None:
    """Set the states of raw records whose bytes stay as they are."""
    rows = [
        {"id": outcome.id, "state": outcome.state}
        for outcome in outcomes
        if outcome.known is not None and outcome.known.state != outcome.state
    ]
    _update_by_id(connection, tables.raw_record, rows)


def mark_seen(connection: Connection, source: int, ids: Iterable[str]) -> None:
    """Note that a run has met these records, of those that were there before it began."""
    column = tables.seen.c
    present: set[str] = set()
    for part in parts(list(ids)):
        mine = (column.source == source) & column.id.in_(part)
        present.update(connection.scalars(select(column.id).where(mine)))
    rows = [{"source": source, "id": id} for id in ids if id not in present]
    if rows:
        connection.execute(insert(tables.seen), rows)


def forgive(connection: Connection, source: int, known: Iterable[Row[Any]]) -> None:
    """Records that were missing from a full list and come again are missing no more."""
    back = [row.id for row in known if row.missing_since is not None]
    for part in parts(back):
        mine = tables.raw_record.c.id.in_(part)
        connection.execute(update(tables.raw_record).where(mine).values(missing_since=None))
    let_stand(connection, source, back, now())


def write_run(connection: Connection, run: Run) -> None:
    """Put down the counts of a run and the checkpoint at which it could go on."""
    counts = {name: getattr(run, name) for name in COUNTS}
    connection.execute(
        update(tables.run)
        .where(tables.run.c.number == run.number)
        .values(expected=run.expected, seconds=run.seconds, phase=run.phase, beat=run.beat, **counts)
    )
    checkpoint = None if run.checkpoint is None else orjson.dumps(run.checkpoint).decode()
    connection.execute(
        update(tables.source).where(tables.source.c.number == run.source_number).values(checkpoint=checkpoint)
    )


def write_changes(connection: Connection, source: int, outcomes: Sequence[Outcome]) -> None:
    """Give the changed records their place in the change sequence: the last step before the commit."""
    touched = [
        {"id": outcome.id, "provenance": outcome.provenance_json}
        for outcome in outcomes
        if outcome.raw_changed and outcome.mapped and outcome.record and not outcome.record_changed
    ]
    changed = [outcome for outcome in outcomes if outcome.record_changed]
    if not touched and not changed:
        return
    # The lock comes before any row of records: a curator, or another source's page that joins them, may
    # have given them other places since the page was read, and must not wait for us while we wait for him.
    first, datestamp = next_sequence(connection, len(changed))
    _update_by_id(connection, tables.record, touched)
    if not changed:
        return
    before = _keep_history(connection, changed)
    new: list[tuple[Any, ...]] = []
    moved: list[dict[str, Any]] = []
    for sequence, outcome in enumerate(changed, first):
        known = outcome.known
        is_new = known is None or known.sequence is None
        row = (
            sequence,
            outcome.id,
            source,
            datestamp,
            datestamp if known is None or is_new else known.created,
            outcome.record is None,
            content_hash(outcome.body),
            outcome.provenance_json,
            outcome.body,
        )
        if is_new:
            new.append(row)
        else:
            moved.append(dict(zip(_RECORD, row, strict=True)))
    _insert(connection, tables.record, _RECORD, new)
    _update_by_id(connection, tables.record, moved)
    records = [_moved(outcome, before) for outcome in changed]
    keep_relations(connection, records)
    join(connection, records)


def _moved(outcome: Outcome, before: Mapping[str, Row[Any]]) -> Moved:
    row = before.get(outcome.id)
    was = None if row is None or row.deleted else read_record(joined(row.id, row.provenance, row.body))
    return Moved(outcome.id, outcome.record, was, is_new=row is None)


def _keep_history(connection: Connection, changed: Sequence[Outcome]) -> dict[str, Row[Any]]:
    """Keep the states that are replaced, and drop what was rendered from them; those states by id."""
    old = [o.id for o in changed if o.known is not None and o.known.sequence is not None]
    found: dict[str, Row[Any]] = {}
    for part in parts(old):
        rows = connection.execute(select(tables.record).where(tables.record.c.id.in_(part))).all()
        found.update((row.id, row) for row in rows)
    drop_rendered(connection, [row.sequence for row in found.values()])
    keep_versions(connection, list(found.values()))
    return found


def _insert(connection: Connection, table: Table, names: Sequence[str], rows: list[tuple[Any, ...]]) -> None:
    """Insert rows by the driver's own executemany: a tenth of a harvest is saved beside `insert`."""
    if rows:
        mark = "?" if connection.dialect.name == "sqlite" else "%s"
        values = ", ".join([mark] * len(names))
        # The names are those of our own tables.
        statement = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({values})"  # noqa: S608
        connection.exec_driver_sql(statement, rows)


def _update_by_id(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    names = [name for name in rows[0] if name != "id"]
    statement = (
        update(table)
        .where(table.c.id == bindparam("with_id"))
        .values({name: bindparam(name) for name in names})
    )
    connection.execute(statement, [{**row, "with_id": row["id"]} for row in rows])
