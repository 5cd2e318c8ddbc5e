"""The keys by which records of one thing are found: their identifiers, as 64-bit numbers."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, delete, func, select, tuple_

from catalogue import tables
from catalogue.product import CLAIMS, join_keys
from catalogue.record import Record
from catalogue.sequence import parts
from catalogue.sources import Source

log = logging.getLogger(__name__)

MOST_MEMBERS = 100
"""An identifier that more records call their own is not believed: it names something else."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A record that has changed in this transaction: as it is now and as it was (``None``: not live)."""

    id: str
    record: Record | None
    before: Record | None
    is_new: bool


def key_number(name: str) -> int:
    """The number that stands for «scheme:value» in the tables of keys: 64 bits of BLAKE2b."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)


class Keys:
    """The table of keys in one transaction, and what the sources' options say of identity."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sources: dict[str, Source] = {}

    def source(self, name: str) -> Source:
        """A source, also one that was removed, with its options as they are now."""
        if name not in self._sources:
            column = tables.source.c
            row = self._connection.execute(select(tables.source).where(column.name == name)).one()
            options = orjson.loads(row.options)
            self._sources[name] = Source(name=name, kind=row.kind, url=row.url, options=options)
        return self._sources[name]

    def of(self, record: Record | None) -> set[int]:
        """What a record is joined by, with the claims that are believed of its source."""
        if record is None:
            return set()
        return set(map(key_number, join_keys(record, self.source(record.provenance.source).claims)))

    def write(self, moved: Sequence[Moved]) -> set[int]:
        """Keep the keys of the changed records; those that they have now."""
        gone: list[tuple[int, str]] = []
        fresh: list[tuple[int, str]] = []
        present: set[int] = set()
        for one in moved:
            now = self.of(one.record)
            gone += [(key, one.id) for key in _every(one.before) - now]
            # Also those that it had: what is believed of its source may have changed since.
            fresh += [(key, one.id) for key in now]
            present |= now
        self._replace(gone, fresh)
        return present

    def rewrite(self, records: Sequence[Record]) -> set[int]:
        """Keep the keys of these records as the options of their sources are now; those keys."""
        gone: list[tuple[int, str]] = []
        fresh: list[tuple[int, str]] = []
        for record in records:
            now = self.of(record)
            gone += [(key, record.id) for key in _every(record) - now]
            fresh += [(key, record.id) for key in now]
        self._replace(gone, fresh)
        return {key for key, _ in fresh}

    def _replace(self, gone: Sequence[tuple[int, str]], fresh: Sequence[tuple[int, str]]) -> None:
        column = tables.identifier_key.c
        for part in parts(gone):
            mine = tuple_(column.key, column.id).in_(part)
            self._connection.execute(delete(tables.identifier_key).where(mine))
        if fresh:
            mark = "?" if self._connection.dialect.name == "sqlite" else "%s"
            statement = f"INSERT INTO identifier_key (key, id) VALUES ({mark}, {mark}) ON CONFLICT DO NOTHING"  # noqa: S608
            self._connection.exec_driver_sql(statement, list(fresh))

    def shared(self, keys: Iterable[int]) -> set[str]:
        """The records that have one of these keys together with another record."""
        column = tables.identifier_key.c
        found: dict[int, list[str]] = {}
        for part in parts(list(keys)):
            chosen = select(column.key, column.id).where(column.key.in_(part))
            for key, id in self._connection.execute(chosen):
                found.setdefault(key, []).append(id)
        shared: set[str] = set()
        for ids in found.values():
            if 1 < len(ids) <= MOST_MEMBERS:
                shared.update(ids)
            elif len(ids) > MOST_MEMBERS:
                log.warning(
                    "an identifier is called their own by %d records and joins none of them", len(ids)
                )
        return shared

    def disbelieved(self, records: Iterable[Record]) -> set[int]:
        """The keys of these records that too many records have."""
        column = tables.identifier_key.c
        keys = sorted({key for record in records for key in self.of(record)})
        found: set[int] = set()
        for part in parts(keys):
            counts = select(column.key).where(column.key.in_(part)).group_by(column.key)
            found.update(self._connection.scalars(counts.having(func.count() > MOST_MEMBERS)))
        return found


def _every(record: Record | None) -> set[int]:
    """What a record may be joined by, whatever is believed of its source by now."""
    return set() if record is None else set(map(key_number, join_keys(record, CLAIMS)))
