"""The catalogue counted over time: how many records each source brought and withdrew on which day.

What came and went on days gone by is kept in a file, so that only what has changed since is read; where
its sums are not those of the catalogue everything is counted anew.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import msgspec
from sqlalchemy import Connection, func, select

from catalogue import tables
from catalogue.database import Database
from catalogue.registry import now

_DAY = 10
"""Characters of the day in a datestamp."""
_NEVER = "0000-00-00"

_Days = Counter[tuple[str, int]]
"""Records by day and number of the source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOfSource:
    """What a source brought on a day (ISO 8601, UTC): records first seen then, records withdrawn then.

    Tells of records as they are now: one that was withdrawn and came back was never withdrawn.
    """

    day: str
    source: str
    added: int = 0
    withdrawn: int = 0


class _Kept(msgspec.Struct):
    """What the file holds: all days before ``until``, each a day, the number of a source, and records."""

    until: str = _NEVER
    added: list[tuple[str, int, int]] = []
    withdrawn: list[tuple[str, int, int]] = []


@dataclass(frozen=True, slots=True)
class _Growth:
    added: _Days
    withdrawn: _Days

    def sums(self) -> tuple[Counter[int], Counter[int]]:
        """Records that came and that went, by the number of the source."""
        return _by_source(self.added), _by_source(self.withdrawn)


def days_of_sources(database: Database, file: Path | None = None) -> tuple[DayOfSource, ...]:
    """All days on which records came or went, in their order; ``file`` keeps them for the next time.

    Raises `StoreError`.
    """
    record, source = tables.record.c, tables.source.c
    today = now()[:_DAY]
    with database.read() as connection:
        names = {row.number: row.name for row in connection.execute(select(source.number, source.name))}
        rows = connection.execute(
            select(record.source, record.deleted, func.count()).group_by(record.source, record.deleted)
        ).all()
        growth = _since(connection, _read(file))
        if growth.sums() != _totals([(row[0], bool(row[1]), row[2]) for row in rows]):
            growth = _since(connection, _Kept())
    _write(file, growth, today)
    return tuple(
        DayOfSource(
            day=day,
            source=names[number],
            added=growth.added[day, number],
            withdrawn=growth.withdrawn[day, number],
        )
        for day, number in sorted(
            (key for key in growth.added.keys() | growth.withdrawn.keys() if key[1] in names),
            key=lambda key: (key[0], names[key[1]]),
        )
    )


def _since(connection: Connection, kept: _Kept) -> _Growth:
    """What is kept and what came or went since; who came since has changed since, which an index tells."""
    record = tables.record.c
    later = [] if kept.until == _NEVER else [record.datestamp >= kept.until]
    created, changed = (func.substr(stamp, 1, _DAY) for stamp in (record.created, record.datestamp))
    came = select(created, record.source, func.count()).where(*later).group_by(created, record.source)
    if later:
        came = came.where(record.created >= kept.until)
    went = select(changed, record.source, func.count()).where(*later, record.deleted.is_(True))
    found = []
    for known, query in ((kept.added, came), (kept.withdrawn, went.group_by(changed, record.source))):
        days: _Days = Counter({(day, number): count for day, number, count in known})
        days.update({(row[0], row[1]): row[2] for row in connection.execute(query)})
        found.append(days)
    return _Growth(*found)


def _totals(rows: list[tuple[int, bool, int]]) -> tuple[Counter[int], Counter[int]]:
    all_, gone = Counter[int](), Counter[int]()
    for number, is_deleted, count in rows:
        all_[number] += count
        if is_deleted:
            gone[number] += count
    return all_, gone


def _by_source(days: _Days) -> Counter[int]:
    found = Counter[int]()
    for (_, number), count in days.items():
        found[number] += count
    return found


def _read(file: Path | None) -> _Kept:
    """What is kept; nothing where it is not there or damaged."""
    with contextlib.suppress(OSError, msgspec.MsgspecError):
        if file is not None:
            return msgspec.json.decode(file.read_bytes(), type=_Kept)
    return _Kept()


def _write(file: Path | None, growth: _Growth, today: str) -> None:
    """Keep what was before today; who cannot write counts anew the next time."""
    if file is None:
        return
    added, withdrawn = (
        [(day, number, count) for (day, number), count in days.items() if day < today]
        for days in (growth.added, growth.withdrawn)
    )
    data = msgspec.json.encode(_Kept(until=today, added=added, withdrawn=withdrawn))
    with contextlib.suppress(OSError):
        with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as new:
            new.write(data)
        Path(new.name).replace(file)
