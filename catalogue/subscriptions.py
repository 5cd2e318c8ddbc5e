"""Who is sent the changes of which search, and up to which change that was done.

An e-mail address is kept from the asking until it is confirmed (else for two days) and from then
until it is unsubscribed; then the whole row is deleted.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Row, delete, func, insert, select, update

from catalogue import tables
from catalogue.database import Database, storable
from catalogue.errors import Conflict, NotFound
from catalogue.runs import now

Every = Literal["daily", "weekly"]
PERIODS: dict[str, timedelta] = {"daily": timedelta(days=1), "weekly": timedelta(days=7)}
UNCONFIRMED = timedelta(days=2)
"""What is not confirmed by then is deleted."""
MOST_OF_ONE_ADDRESS = 20
MOST = 100_000
TRIES = 4
"""How often one digest is tried before it is reported and left until the next one is due."""
_PAUSES = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4))
_LONGEST_FAULT = 500
_AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A search that somebody is sent the changes of.

    ``search`` is the query string of the search, ``position`` the sequence number of the last change
    that was told, ``due`` when the next digest is.  ``failures`` counts the tries of the present one
    that have failed, ``fault`` says why.  ``doubtful`` is when a digest was sent of which nobody knows
    whether it has arrived.
    """

    number: int
    key: str
    address: str
    search: str
    every: str
    created: str
    position: int
    due: str
    confirmed: str | None = None
    sending: str | None = None
    sent: str | None = None
    doubtful: str | None = None
    failures: int = 0
    fault: str | None = None


class Subscriptions:
    """The subscriptions in the database; raises `StoreError`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, address: str, search: str, every: Every) -> Subscription | None:
        """A new one that waits to be confirmed; ``None`` where the address has the same confirmed already.

        Who asks again before it is confirmed changes how often.  Raises `Conflict` for too many.
        """
        column = tables.subscription.c
        hashed = hashlib.blake2b(search.encode(), digest_size=16).hexdigest()
        present = now()
        with self._database.write() as connection:
            mine = (column.address == address) & (column.search_hash == hashed)
            known = connection.execute(select(tables.subscription).where(mine)).one_or_none()
            if known is not None and known.confirmed is not None:
                return None
            connection.execute(delete(tables.subscription).where(mine))
            self._check_room(connection, address)
            values = {
                "key": secrets.token_urlsafe(18),
                "address": address,
                "search": search,
                "search_hash": hashed,
                "every": every,
                "created": present,
                "position": 0,
                "due": present,
                "failures": 0,
            }
            made = insert(tables.subscription).values(values).returning(*tables.subscription.c)
            return _read(connection.execute(made).one())

    def get(self, key: str) -> Subscription:
        """The one of this key; raises `NotFound`."""
        with self._database.read() as connection:
            mine = select(tables.subscription).where(tables.subscription.c.key == key)
            row = connection.execute(mine).one_or_none()
        if row is None:
            raise NotFound("There is no such subscription; it has ended, or was never confirmed.")
        return _read(row)

    def confirm(self, key: str, position: int) -> Subscription:
        """Let it begin after this change; one that has begun stays as it is.  Raises `NotFound`."""
        known = self.get(key)
        if known.confirmed is None:
            present = datetime.now(UTC)
            begun = {
                "confirmed": _text(present),
                "position": position,
                "due": _text(present + PERIODS[known.every]),
            }
            column = tables.subscription.c
            with self._database.write() as connection:
                mine = (column.key == key) & column.confirmed.is_(None)
                connection.execute(update(tables.subscription).where(mine).values(begun))
        return self.get(key)

    def remove(self, key: str) -> bool:
        """Delete one with its address; whether it was there."""
        with self._database.write() as connection:
            mine = delete(tables.subscription).where(tables.subscription.c.key == key)
            return connection.execute(mine).rowcount > 0

    def remove_address(self, address: str) -> int:
        """Delete all of an address, written in whatever case; how many."""
        column = tables.subscription.c
        with self._database.write() as connection:
            mine = func.lower(column.address) == address.lower()
            return connection.execute(delete(tables.subscription).where(mine)).rowcount

    def remove_unconfirmed(self) -> int:
        """Delete what was not confirmed in time; how many."""
        column, limit = tables.subscription.c, _text(datetime.now(UTC) - UNCONFIRMED)
        with self._database.write() as connection:
            old = column.confirmed.is_(None) & (column.created < limit)
            return connection.execute(delete(tables.subscription).where(old)).rowcount

    def all(self) -> Iterator[Subscription]:
        """All of them, in the order in which they came."""
        yield from self._walk(None)

    def due(self, moment: str | None = None) -> Iterator[Subscription]:
        """The confirmed ones whose next digest is due (UTC, ISO 8601; now)."""
        yield from self._walk(moment or now())

    def _walk(self, due: str | None) -> Iterator[Subscription]:
        column, after = tables.subscription.c, 0
        while True:
            query = select(tables.subscription).where(column.number > after)
            if due is not None:
                query = query.where(column.confirmed.is_not(None), column.due <= due)
            with self._database.read() as connection:
                rows = connection.execute(query.order_by(column.number).limit(_AT_ONCE)).all()
            yield from map(_read, rows)
            if len(rows) < _AT_ONCE:
                return
            after = rows[-1].number

    def claim(self, one: Subscription, position: int) -> bool:
        """Put down that its changes up to this one are being told, before they are.

        ``False`` where somebody else was quicker, or it has ended.  So whatever happens afterwards, no
        digest goes out twice: `sent` or `failed` says how it went, and where neither came, because the
        process ended in between, the next digest says that one may have been lost.
        """
        column = tables.subscription.c
        present = datetime.now(UTC)
        claimed = {
            "position": position,
            "due": _text(present + PERIODS[one.every]),
            "sending": _text(present),
        }
        if one.sending is not None:
            claimed["doubtful"] = one.sending
        same = (column.position == one.position) & (column.due == one.due)
        same = same & (column.sending.is_(None) if one.sending is None else column.sending == one.sending)
        with self._database.write() as connection:
            mine = update(tables.subscription).where(column.number == one.number, same)
            return connection.execute(mine.values(claimed)).rowcount > 0

    def sent(self, one: Subscription, *, is_sure: bool = True, fault: str | None = None) -> None:
        """A digest has gone out; where that is not sure the next one says so."""
        done: dict[str, Any] = {"sending": None, "failures": 0, "sent": now(), "fault": fault}
        self._note(one, {**done, "doubtful": None if is_sure else now()})

    def skipped(self, one: Subscription) -> None:
        """Nothing has changed that would have to be told."""
        self._note(one, {"sending": None, "failures": 0, "fault": None})

    def failed(self, one: Subscription, fault: str) -> bool:
        """A digest has not gone out, for sure; it is tried again later.  Whether this was its last try."""
        failures = one.failures + 1
        is_last = failures >= TRIES
        pause = PERIODS[one.every] if is_last else _PAUSES[failures - 1]
        back = {
            "position": one.position,
            "due": _text(datetime.now(UTC) + pause),
            "sending": None,
            "failures": 0 if is_last else failures,
            "fault": storable(fault)[:_LONGEST_FAULT],
        }
        self._note(one, back)
        return is_last

    def _note(self, one: Subscription, values: dict[str, Any]) -> None:
        with self._database.write() as connection:
            mine = update(tables.subscription).where(tables.subscription.c.number == one.number)
            connection.execute(mine.values(values))

    @staticmethod
    def _check_room(connection: Any, address: str) -> None:
        column = tables.subscription.c
        count = select(func.count()).select_from(tables.subscription)
        if (connection.scalar(count) or 0) >= MOST:
            raise Conflict("This service can take no more subscriptions; please tell its operator.")
        if (connection.scalar(count.where(column.address == address)) or 0) >= MOST_OF_ONE_ADDRESS:
            raise Conflict(
                f"One address can have {MOST_OF_ONE_ADDRESS} searches; end one first (its mails have a link)."
            )


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _read(row: Row[Any]) -> Subscription:
    return Subscription(**{name: value for name, value in row._mapping.items() if name != "search_hash"})
