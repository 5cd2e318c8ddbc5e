"""Curation: what people decide on records, kept with who and when, and undone step by step.

A decision is about records of sources, so it survives their next harvest; what it changes is
worked out with everything else that makes products (`joining.py`).  Identifiers that are corrected
change what is shown, not what is joined: that is what joining and splitting are for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import orjson
from sqlalchemy import Connection, exists, insert, select, update

from catalogue import tables
from catalogue.audit import note as note_step
from catalogue.closure import live_record
from catalogue.corrected_values import faults_of
from catalogue.database import Database
from catalogue.decisions import Decision, DecisionKind, decisions_where
from catalogue.errors import Conflict, NotFound, RecordRefused, SettingsError
from catalogue.identity_keys import MOST_MEMBERS
from catalogue.joining import resettle
from catalogue.json_form import joined, read_record
from catalogue.product import CORRECTABLE, Correction, Product, corrected
from catalogue.record import Record
from catalogue.runs import now
from catalogue.sequence import hold_sequence

LONGEST_NAME = 200
LONGEST_NOTE = 2000
LARGEST_VALUE = 1_000_000
"""Bytes of JSON that a correction may have."""


class Curation:
    """The decisions of curators; raises `SettingsError`, `NotFound`, `Conflict` and `StoreError`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def join(self, ids: Sequence[str], *, by: str, note: str | None = None) -> Decision:
        """Decide that these records are one thing; a product stands for all its records."""
        with self._deciding() as connection:
            records = list(dict.fromkeys(one for id in ids for one in _whole(connection, id)))
            if not 1 < len(records) <= MOST_MEMBERS:
                raise SettingsError(
                    f"Name two records or products or more, of {MOST_MEMBERS} records at most; "
                    f"these are {len(records)}."
                )
            return _decide(connection, "join", records, by=by, note=note)

    def split(self, ids: Sequence[str], *, by: str, note: str | None = None) -> Decision:
        """Decide that these records of a product are not the same thing as the rest of it.

        They stay together with each other where they share an identifier.
        """
        records = list(dict.fromkeys(ids))
        with self._deciding() as connection:
            for id in records:
                rest = [one for one in _beside(connection, id) if one not in records]
                if not rest:
                    raise SettingsError(
                        f"The record {id} is in no product with others than those named; "
                        "name the records that are to leave a product, and leave at least one in it."
                    )
            return _decide(connection, "split", records, by=by, note=note)

    def correct(self, id: str, field: str, value: Any, *, by: str, note: str | None = None) -> Decision:
        """Decide what a field says, in place of all sources; ``None`` means nothing.

        ``value`` has the JSON form of the field, ``field`` is one of `CORRECTABLE`.
        """
        if field not in CORRECTABLE:
            raise SettingsError(f"«{field}» cannot be corrected; fields are {', '.join(CORRECTABLE)}.")
        data = orjson.dumps(value)
        if len(data) > LARGEST_VALUE:
            raise SettingsError(f"This is {len(data)} bytes; a correction has {LARGEST_VALUE} at most.")
        with self._deciding() as connection:
            records = _whole(connection, id)
            _check_value(_record(connection, id), field, data)
            return _decide(connection, "correct", records, field=field, value=data, by=by, note=note)

    def undo(self, number: int, *, by: str) -> Decision:
        """Take back a decision, whatever was decided after it."""
        name = _checked("name", by, LONGEST_NAME)
        column = tables.decision.c
        with self._deciding() as connection:
            found = self._one(connection, number)
            if not found.stands:
                raise Conflict(f"Decision {number} was undone by {found.undone_by} on {found.undone_at}.")
            mine = update(tables.decision).where(column.number == number)
            connection.execute(mine.values(undone_by=name, undone_at=now()))
            note_step(connection, by=name, subject="decision", name=str(number), action="undo")
            resettle(connection, found.records)
            return self._one(connection, number)

    def decision(self, number: int) -> Decision:
        """A decision by its number; raises `NotFound`."""
        with self._database.read() as connection:
            return self._one(connection, number)

    def decisions(
        self, *, id: str | None = None, standing: bool = False, before: int | None = None, limit: int = 100
    ) -> list[Decision]:
        """Decisions, newest first: of all records, or on a record or the records of a product."""
        column, decided = tables.decision.c, tables.decided.c
        condition = column.number > 0
        with self._database.read() as connection:
            if id is not None:
                mine = decided.id.in_(_records_of(connection, id) or [id])
                condition &= exists().where(decided.decision == column.number, mine)
            if standing:
                condition &= column.undone_at.is_(None)
            if before is not None:
                condition &= column.number < before
            return decisions_where(connection, condition, limit)

    @contextmanager
    def _deciding(self) -> Iterator[Connection]:
        """A transaction in which nobody else moves records or decides on them."""
        with self._database.write() as connection:
            hold_sequence(connection)
            yield connection

    @staticmethod
    def _one(connection: Connection, number: int) -> Decision:
        found = decisions_where(connection, tables.decision.c.number == number, 1)
        if not found:
            raise NotFound(f"There is no decision {number}.")
        return found[0]


def _decide(
    connection: Connection,
    kind: DecisionKind,
    records: Sequence[str],
    *,
    by: str,
    note: str | None,
    field: str | None = None,
    value: bytes | None = None,
) -> Decision:
    """Put a decision down and let it work, in the transaction of this connection."""
    row: dict[str, Any] = {
        "kind": kind,
        "field": field,
        "value": value,
        "note": _checked("note", note, LONGEST_NOTE) if note else None,
        "by": _checked("name", by, LONGEST_NAME),
        "at": now(),
    }
    number = connection.execute(
        insert(tables.decision).values(row).returning(tables.decision.c.number)
    ).scalar_one()
    connection.execute(insert(tables.decided), [{"id": id, "decision": number} for id in records])
    note_step(connection, by=row["by"], subject="decision", name=str(number), action=kind)
    resettle(connection, records)
    return Decision(number=number, records=tuple(sorted(records)), **row)


def _checked(what: str, text: str, longest: int) -> str:
    text = text.strip()
    if not text.isprintable() or not 0 < len(text) <= longest:
        raise SettingsError(f"A curator's {what} has 1 to {longest} printable characters.")
    return text


def _records_of(connection: Connection, id: str) -> list[str]:
    """The live records of a product."""
    column = tables.record.c
    mine = (column.product == id) & column.deleted.is_(False)
    return list(connection.scalars(select(column.id).where(mine).order_by(column.id)))


def _whole(connection: Connection, id: str) -> list[str]:
    """The live records of what has this id: of a product, or of the product that a record is in."""
    return _records_of(connection, id) or _beside(connection, id)


def _beside(connection: Connection, id: str) -> list[str]:
    """A live record with all that it is one thing with; raises `NotFound`."""
    column = tables.record.c
    row = connection.execute(select(column.product, column.deleted).where(column.id == id)).one_or_none()
    if row is None or row.deleted:
        if members := _records_of(connection, id):
            raise SettingsError(f"{id} is a product; name records of it: {', '.join(members)}.")
        raise NotFound(f"There is no record «{id}» that is live.")
    return [id] if row.product is None else _records_of(connection, row.product)


def _record(connection: Connection, id: str) -> Record:
    """The product or record of this id as it is shown now, or the product that a record is in."""
    row = connection.execute(select(tables.record).where(tables.record.c.id == id)).one_or_none()
    product = id if row is None or row.product is None else row.product
    column = tables.product.c
    mine = (column.id == product) & column.deleted.is_(False)
    found = connection.execute(select(tables.product).where(mine)).one_or_none()
    if found is not None:
        return read_record(joined(found.id, found.provenance, found.body))
    assert row is not None, "what is live is a record or a product"
    return live_record(row)


def _check_value(record: Record, field: str, value: bytes) -> None:
    """Raises `SettingsError` where a record with this value would be none."""
    if field in {"kind", "titles"} and value in (b"null", b"[]"):
        raise SettingsError("A record keeps its kind and at least one title.")
    product = Product(record=record, members=(), said={})
    correction = Correction(field=field, decision=0, by="", at="")
    try:
        fixed = corrected(product, [(correction, value)]).record
    except (RecordRefused, TypeError, AttributeError) as error:
        reason = f"{error} (at {error.path})" if isinstance(error, RecordRefused) else "it has another form"
        raise SettingsError(f"This is no value of the field {field}: {reason}.") from None
    if not fixed.titles[0].value.strip():
        raise SettingsError("A record keeps its kind and at least one title.")
    # What other fields say already is what sources said.
    known = set(faults_of(record))
    for fault in faults_of(fixed):
        if fault not in known:
            raise SettingsError(f"This is no value of the field {field}: {fault}.")
