"""What sources say of identity that is not believed by itself: the curator's list of what to look at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, func, select

from catalogue import tables
from catalogue.database import Database
from catalogue.decisions import standing
from catalogue.identity_keys import key_number
from catalogue.index import Change
from catalogue.product import JOINABLE
from catalogue.record import Record
from catalogue.sequence import parts
from catalogue.store import Store

_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A record or product says that it is ``target`` (both ids), by what it says of an identifier.

    ``kind`` is «alternate» (an alternate identifier) or «identical» (the relation IsIdenticalTo).
    """

    id: str
    title: str
    kind: Literal["alternate", "identical"]
    identifier: str
    target: str
    target_title: str


def open_claims(database: Database, *, source: str | None = None) -> Iterator[Claim]:
    """The claims, of all or of the records of a source, that lead to something else here.

    Left out are those that are joined already, and those on which a curator has decided.
    """
    store, after = Store(database), 0
    while changes := store.changes(after, _AT_ONCE, deleted=False):
        after = changes[-1].sequence
        mine = [change for change in changes if source is None or source in change.sources]
        with database.read() as connection:
            found = list(_claims_of(connection, mine))
        titles = store.get_many(list({target for _, _, _, target in found}))
        for change, kind, name, target in found:
            other = titles[target].record if target in titles else None
            if change.record is not None and other is not None:
                yield Claim(
                    id=change.id,
                    title=change.record.title,
                    kind=kind,
                    identifier=name,
                    target=target,
                    target_title=other.title,
                )


def _claims_of(
    connection: Connection, changes: Sequence[Change]
) -> Iterator[tuple[Change, Literal["alternate", "identical"], str, str]]:
    """Changes, what they claim, and the ids of what that leads to."""
    claimed = {change.id: _claimed(change.record) for change in changes if change.record is not None}
    numbers = {key_number(name) for names in claimed.values() for _, name in names}
    targets = _bearers(connection, numbers)
    for change in changes:
        decided = _decided(connection, change) if claimed.get(change.id) else set()
        for kind, name in claimed.get(change.id, ()):
            for record, target in targets.get(key_number(name), ()):
                if target != change.id and record not in decided:
                    yield change, kind, name, target


def _claimed(record: Record) -> list[tuple[Literal["alternate", "identical"], str]]:
    alternate = [one for one in record.identifiers if one.role == "alternate"]
    identical = [one for one in record.relations if one.type == "IsIdenticalTo"]
    found: list[tuple[Literal["alternate", "identical"], str]] = []
    found += [("alternate", f"{one.scheme}:{one.value}") for one in alternate if one.scheme in JOINABLE]
    found += [("identical", f"{one.scheme}:{one.value}") for one in identical if one.scheme in JOINABLE]
    return list(dict.fromkeys(found))


def _bearers(connection: Connection, numbers: set[int]) -> dict[int, list[tuple[str, str]]]:
    """Key → the live records that have it, each with the product that it is part of, or itself."""
    key, record = tables.identifier_key.c, tables.record.c
    found: dict[int, list[tuple[str, str]]] = {}
    for part in parts(sorted(numbers)):
        chosen = select(key.key, record.id, func.coalesce(record.product, record.id).label("stands"))
        chosen = chosen.join_from(tables.identifier_key, tables.record, record.id == key.id)
        for row in connection.execute(chosen.where(key.key.in_(part), record.deleted.is_(False))):
            found.setdefault(row.key, []).append((row.id, row.stands))
    return found


def _decided(connection: Connection, change: Change) -> set[str]:
    """The records that a curator has joined with these or set apart from others, as these were."""
    mine = [member.id for member in change.members] or [change.id]
    return {id for one in standing(connection, mine) if one.kind != "correct" for id in one.records}
