"""The statements of a page's transaction, in the order in which they run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, Row, Table, bindparam, delete, insert, select, update

from catalogue import tables
from catalogue.compression import compress
from catalogue.issues import let_stand
from catalogue.json_form import content_hash
from catalogue.outcome import Outcome
from catalogue.runs import COUNTS, Run, now

KEY_SHIFT = 44
"""A representation's key is the number of its format, shifted, plus the sequence number."""
_IN_AT_ONCE = 500
_RAW = ("id", "source", "state", "hash", "provenance", "data")
_RECORD = ("sequence", "id", "source", "datestamp", "created", "deleted", "hash", "provenance", "body")


def parts(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Slices that fit into one IN clause."""
    for start in range(0, len(values), _IN_AT_ONCE):
        yield values[start : start + _IN_AT_ONCE]


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
    _update_by_id(connection, tables.record, touched)
    changed = [outcome for outcome in outcomes if outcome.record_changed]
    if not changed:
        return
    _keep_history(connection, changed)
    first, datestamp = _next_sequence(connection, len(changed))
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


def _keep_history(connection: Connection, changed: Sequence[Outcome]) -> None:
    """Keep the states that are replaced, and drop what was rendered from them."""
    old = [o.known.sequence for o in changed if o.known is not None and o.known.sequence is not None]
    if not old:
        return
    for part in parts(old):
        connection.execute(delete(tables.membership).where(tables.membership.c.sequence.in_(part)))
    # After a deletion, which waits for a follower that is just writing (see representations.py).
    formats = list(connection.scalars(select(tables.dissemination.c.number)))
    for part in parts(old):
        rows = connection.execute(select(tables.record).where(tables.record.c.sequence.in_(part)))
        versions = [
            {
                "sequence": row.sequence,
                "id": row.id,
                "datestamp": row.datestamp,
                "deleted": row.deleted,
                "provenance": row.provenance,
                "body": compress(row.body),
            }
            for row in rows
        ]
        connection.execute(insert(tables.history), versions)
        for number in formats:
            keys = [(number << KEY_SHIFT) + sequence for sequence in part]
            connection.execute(delete(tables.representation).where(tables.representation.c.key.in_(keys)))


def _next_sequence(connection: Connection, count: int) -> tuple[int, str]:
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
