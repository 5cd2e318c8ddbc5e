"""The registry of sources: which there are, and what is kept of them from one harvest to the next."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Row, delete, insert, select, update

from catalogue import tables
from catalogue.audit import note
from catalogue.database import Database
from catalogue.errors import Conflict, NotFound
from catalogue.sources import OPTIONS, SECRET_OPTIONS, Source, check_source

_OURS = frozenset(OPTIONS) - {"token", "token-env", "urls"}
"""The options that say how we harvest, not what a source gives."""


def now() -> str:
    """The present second, UTC, as OAI-PMH writes it (section 3.3)."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Registry:
    """The registered sources."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, source: Source, *, by: str = "") -> None:
        """Register a source; raises `Conflict` for a taken name, `SettingsError` for a wrong one.

        ``by`` is whoever does it, for the audit log; so it is of the other changes.
        """
        check_source(source)
        values = _source_values(source)
        with self._database.write() as connection:
            present = connection.execute(
                select(tables.source.c.removed).where(tables.source.c.name == source.name)
            ).one_or_none()
            if present is None:
                connection.execute(insert(tables.source).values(values))
            elif present.removed is None:
                raise Conflict(
                    f"There is a source «{source.name}» already; remove it first or choose another name."
                )
            else:
                fresh = dict.fromkeys(
                    ("removed", "since", "checkpoint", "memory", "full_finished", "confirmed")
                )
                connection.execute(
                    update(tables.source).where(tables.source.c.name == source.name).values(values | fresh)
                )
            _note(connection, by, "added", source.name, _differences(None, source))

    def change(self, source: Source, *, by: str = "") -> None:
        """Give a registered source other values; hold `Database.source_lock` meanwhile.

        The next harvest reads the full list where another one may be given now.
        """
        check_source(source)
        with self._database.write() as connection:
            number = self._number(connection, source.name)
            mine = tables.source.c.number == number
            present = _source(connection.execute(select(tables.source).where(mine)).one())
            fresh = (
                {"since": None, "checkpoint": None, "memory": None}
                if _asked(present) != _asked(source)
                else {}
            )
            connection.execute(update(tables.source).where(mine).values(_source_values(source) | fresh))
            if present != source:
                _note(connection, by, "changed", source.name, _differences(present, source))

    def get(self, name: str) -> Source:
        """The source of this name; raises `NotFound` that says which there are."""
        for source in self.all():
            if source.name == name:
                return source
        known = ", ".join(source.name for source in self.all())
        raise NotFound(
            f"There is no source «{name}»; " + (f"known are {known}." if known else "none is registered.")
        )

    def all(self) -> list[Source]:
        """All sources by name."""
        with self._database.read() as connection:
            rows = connection.execute(
                select(tables.source).where(tables.source.c.removed.is_(None)).order_by(tables.source.c.name)
            )
            return [_source(row) for row in rows]

    def forget(self, name: str, *, by: str = "") -> None:
        """Take a source out of the registry; its tombstones stay (`Store.withdraw`), its secrets do not."""
        with self._database.write() as connection:
            number = self._number(connection, name)
            mine = tables.source.c.number == number
            present = _source(connection.execute(select(tables.source).where(mine)).one())
            kept = {key: value for key, value in present.options.items() if key not in {"token", "notify"}}
            gone = _source_values(replace(present, options=kept))
            fresh = {"removed": now(), "checkpoint": None, "since": None, "memory": None}
            connection.execute(update(tables.source).where(mine).values(gone | fresh))
            connection.execute(delete(tables.issue).where(tables.issue.c.source == number))
            connection.execute(delete(tables.notice).where(tables.notice.c.source == number))
            connection.execute(delete(tables.asked_harvest).where(tables.asked_harvest.c.source == number))
            _note(connection, by, "removed", name, {})

    def memory(self, name: str) -> dict[str, Any]:
        """What the harvester of a source wanted to know again; empty where that is nothing."""
        with self._database.read() as connection:
            number = self._number(connection, name)
            stored = select(tables.source.c.memory).where(tables.source.c.number == number)
            text = connection.scalar(stored)
        return dict(orjson.loads(text)) if text else {}

    def _number(self, connection: Connection, name: str) -> int:
        number = connection.scalar(
            select(tables.source.c.number).where(
                tables.source.c.name == name, tables.source.c.removed.is_(None)
            )
        )
        if number is None:
            raise NotFound(f"There is no source «{name}».")
        return int(number)


def _note(connection: Connection, by: str, action: str, name: str, detail: dict[str, Any]) -> None:
    note(connection, by=by, subject="source", name=name, action=action, detail=detail)


def _differences(before: Source | None, after: Source) -> dict[str, list[Any]]:
    """Field or option → what it said and what it says; of credentials only that they are others."""
    old, new = ({} if before is None else _told(before)), _told(after)
    found = {}
    for name in dict.fromkeys((*old, *new)):
        if old.get(name) != new.get(name):
            values = [old.get(name), new.get(name)]
            is_secret = name.removeprefix("option ") in SECRET_OPTIONS
            found[name] = [value and "…" for value in values] if is_secret else values
    return found


def _told(source: Source) -> dict[str, Any]:
    options = {f"option {name}": value for name, value in source.options.items()}
    told = {"kind": source.kind, "url": source.url, "prefix": source.prefix}
    return {**told, "sets": " ".join(source.sets) or None, "schedule": source.schedule, **options}


def _asked(source: Source) -> tuple[object, ...]:
    """What decides which records a source gives."""
    ours = {name: value for name, value in source.options.items() if name not in _OURS}
    # What was picked is no list that changes could be asked for.
    is_picked = source.options.get("live", "").strip().casefold() == "only"
    return source.kind, source.url, source.prefix, source.sets, ours, is_picked


def _source_values(source: Source) -> dict[str, Any]:
    return {
        "name": source.name,
        "kind": source.kind,
        "url": source.url,
        "prefix": source.prefix,
        "sets": orjson.dumps(source.sets).decode(),
        "schedule": source.schedule,
        "options": orjson.dumps(dict(source.options)).decode(),
    }


def _source(row: Row[Any]) -> Source:
    return Source(
        name=row.name,
        kind=row.kind,
        url=row.url,
        prefix=row.prefix,
        sets=tuple(orjson.loads(row.sets)),
        schedule=row.schedule,
        options=orjson.loads(row.options),
    )
