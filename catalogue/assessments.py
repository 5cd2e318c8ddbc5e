"""The assessments of all records as their sources tell them, kept so that a source is summed up quickly.

They follow the change sequence like an index.  A record's assessment is two numbers (`fair.Marks`), and
records of a source are alike: a million of them have some hundred different marks, which the database
counts out of an index.  With other rules all is assessed anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select

from catalogue import tables
from catalogue.database import Database
from catalogue.errors import NotFound, SourceBusy
from catalogue.fair import Marks, assessment_of, marks_of
from catalogue.fair_rules import VERSION
from catalogue.json_form import joined, read_provenance, read_record
from catalogue.sequence import parts
from catalogue.stream import newest, of_sources

_BATCH = 1000
_NAME = "assessed"
# The name of a source cannot begin with a full stop.
_LOCK = ".assessments"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A record: our id of it, and the identifier that it has at its source."""

    id: str
    identifier: str


class Assessments:
    """Follows the change sequence; several processes may do so at once.  Raises only `StoreError`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def follow(self) -> int:
        """Assess all that has changed; how many records that were (0 also where another process does it)."""
        done = 0
        try:
            with self._database.source_lock(_LOCK):
                while count := self._follow_batch():
                    done += count
        except SourceBusy:
            return done
        return done

    def position(self) -> int:
        """The sequence number up to which everything is assessed by the present rules."""
        with self._database.read() as connection:
            return _position(connection) or 0

    def marks(self, source: str) -> list[tuple[Marks, int]]:
        """The different marks of a source's live records, and how many records have them.

        Raises `NotFound`.
        """
        column = tables.assessment.c
        with self._database.read() as connection:
            number = _number(connection, source)
            counted = select(column.applies, column.holds, func.count()).where(column.source == number)
            rows = connection.execute(counted.group_by(column.applies, column.holds)).all()
        return [(Marks(applies=row[0], holds=row[1]), row[2]) for row in rows]

    def examples(self, source: str, marks: Sequence[Marks], limit: int) -> list[Example]:
        """The first records that have one of these marks, from the first of the marks on."""
        found: list[Example] = []
        assessed, record = tables.assessment.c, tables.record.c
        with self._database.read() as connection:
            number = _number(connection, source)
            for one in marks:
                if len(found) >= limit:
                    break
                mine = select(assessed.id).where(
                    assessed.source == number, assessed.applies == one.applies, assessed.holds == one.holds
                )
                ids = list(connection.scalars(mine.order_by(assessed.id).limit(limit - len(found))))
                rows = connection.execute(select(record.id, record.provenance).where(record.id.in_(ids)))
                found += [_example(row) for row in sorted(rows, key=lambda row: str(row.id))]
        return found

    def _follow_batch(self) -> int:
        with self._database.read() as connection:
            position = _position(connection)
            after = position or 0
            query = of_sources(lambda columns: columns.sequence > after).order_by("sequence").limit(_BATCH)
            rows = connection.execute(query).all()
            numbers = {row.name: row.number for row in connection.execute(select(tables.source))}
            # Behind the last record there may be changes of products, which are not assessed.
            upto = rows[-1].sequence if len(rows) == _BATCH else max(newest(connection), after)
        if upto == position:
            return 0
        assessed = [_assessed(row, numbers[row.source_name]) for row in rows if not row.deleted]
        with self._database.write() as connection:
            if position is None:
                connection.execute(delete(tables.assessment))
            for some in parts([row.id for row in rows]):
                connection.execute(delete(tables.assessment).where(tables.assessment.c.id.in_(some)))
            if assessed:
                connection.execute(insert(tables.assessment), assessed)
            _keep(connection, upto)
        return len(rows)


def lacking(marks: Sequence[tuple[Marks, int]], rule: str) -> list[Marks]:
    """Those of the marks of which a rule is a gap, the most frequent first."""
    found = [(one, count) for one, count in marks if rule in assessment_of(one).gaps]
    return [one for one, _ in sorted(found, key=lambda pair: (-pair[1], pair[0].applies, pair[0].holds))]


def _number(connection: Connection, source: str) -> int:
    number: int | None = connection.scalar(
        select(tables.source.c.number).where(tables.source.c.name == source)
    )
    if number is None:
        raise NotFound(f"There is no source {source}.")
    return number


def _example(row: Row[Any]) -> Example:
    return Example(id=row.id, identifier=read_provenance(row.provenance).identifier)


def _assessed(row: Row[Any], source: int) -> dict[str, Any]:
    marks = marks_of(read_record(joined(row.id, row.provenance, row.body)))
    return {"id": row.id, "source": source, "applies": marks.applies, "holds": marks.holds}


def _position(connection: Connection) -> int | None:
    """``None`` where nothing is assessed by these rules yet."""
    column = tables.setting.c
    value = connection.scalar(select(column.value).where(column.name == _NAME))
    version, _, position = (value or "").partition(":")
    return int(position) if version == str(VERSION) else None


def _keep(connection: Connection, position: int) -> None:
    column = tables.setting.c
    connection.execute(delete(tables.setting).where(column.name == _NAME))
    connection.execute(insert(tables.setting).values(name=_NAME, value=f"{VERSION}:{position}"))
