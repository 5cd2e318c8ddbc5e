"""The follower that keeps what OAI-PMH gives out rendered, and the sets that items are in.

It follows the change sequence: each item is rendered once, when it changes.  Where it has
got to is kept with what it wrote, in the same transaction.  When the rendering itself changes
(a new version, another repository identifier, other sets) a new edition grows beside the old
one, which is dropped when the new one has caught up.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, update

from catalogue import tables
from catalogue.database import Database
from catalogue.errors import SourceBusy
from catalogue.items import SETS, Item, Renderer, items
from catalogue.sequence import KEY_SHIFT, parts
from catalogue.stream import sequences

_BATCH = 500
_END = (1 << KEY_SHIFT) - 1
# The name of a source cannot begin with a full stop.
_LOCK = ".representations"


class Representations:
    """Follows the change sequence; several processes may do so at once.  Raises only `StoreError`."""

    def __init__(self, database: Database, renderer: Renderer) -> None:
        self._database = database
        self._renderer = renderer
        self._numbers: dict[str, int] = {}

    def follow(self, *, renew: bool = True) -> int:
        """Render all that has changed; how many items it did (0: nothing to do, or another process does it).

        Without ``renew`` nothing happens where only other editions are kept: a command that
        happens to run with other settings than the service must not render everything anew.
        """
        done = 0
        try:
            with self._database.source_lock(_LOCK):
                if not self._register(renew=renew):
                    return 0
                while count := self._follow_batch():
                    done += count
                self._drop_old_editions()
        except SourceBusy:
            return done
        return done

    def position(self) -> int:
        """The sequence number up to which everything is rendered."""
        with self._database.read() as connection:
            kept = self._kept(connection)
        return min((kept[name][1] for name in self._renderer.editions if name in kept), default=0)

    def _kept(self, connection: Connection) -> dict[str, tuple[int, int]]:
        """Our editions by format: number and position."""
        column = tables.dissemination.c
        names = {edition: name for name, edition in self._renderer.editions.items()}
        rows = connection.execute(select(tables.dissemination).where(column.prefix.in_(names)))
        return {names[row.prefix]: (row.number, row.position) for row in rows}

    def _register(self, *, renew: bool) -> bool:
        with self._database.read() as connection:
            kept = self._kept(connection)
            is_first = connection.scalar(select(tables.dissemination.c.number).limit(1)) is None
        missing = [name for name in self._renderer.editions if name not in kept]
        if missing and not renew and not is_first:
            return False
        with self._database.write() as connection:
            for name in missing:
                edition = self._renderer.editions[name]
                connection.execute(insert(tables.dissemination).values(prefix=edition, position=0))
        return True

    def _follow_batch(self) -> int:
        with self._database.read() as connection:
            kept = self._kept(connection)
            # A program of another version may have dropped our editions meanwhile.
            start = min((position for _, position in kept.values()), default=_END)
            found = items(connection, start, _END, _BATCH)
        if not found:
            return 0
        # Rendering takes the longest: it happens before the lock, and counts only if nothing moved since.
        sets = {item.sequence: self._renderer.sets(item) for item in found}
        rendered = {
            name: self._rendered(name, position, found, sets)
            for name, (_, position) in kept.items()
            if name != SETS
        }
        last = found[-1].sequence
        try:
            with self._database.write() as connection:
                _lock(connection, self._database)
                if self._kept(connection) == kept:
                    alive = _alive(connection, start, last)
                    for name, (number, position) in kept.items():
                        if name == SETS:
                            self._write_memberships(connection, position, last, alive, sets)
                        else:
                            _write_payloads(connection, number, position, last, alive, rendered[name])
                        mine = tables.dissemination.c.number == number
                        further = max(position, last)
                        connection.execute(update(tables.dissemination).where(mine).values(position=further))
        except BaseException:
            # The numbers of new sets may not have been committed.
            self._numbers.clear()
            raise
        return len(found)

    def _rendered(
        self, name: str, position: int, found: Sequence[Item], sets: Mapping[int, Mapping[str, str]]
    ) -> list[tuple[int, bytes]]:
        rendered = []
        for item in found:
            if item.sequence > position:
                payload = self._renderer.render(name, item, sets[item.sequence])
                if payload is not None:
                    rendered.append((item.sequence, payload))
        return rendered

    def _write_memberships(
        self,
        connection: Connection,
        position: int,
        last: int,
        alive: set[int],
        sets: Mapping[int, Mapping[str, str]],
    ) -> None:
        column = tables.membership.c.sequence
        connection.execute(delete(tables.membership).where(column > position, column <= last))
        written = {sequence: specs for sequence, specs in sets.items() if position < sequence}
        self._number_sets(connection, written.values())
        # In the order of the key, which spares the database a search for each row.
        rows = sorted(
            (self._numbers[spec], sequence)
            for sequence, specs in written.items()
            if sequence in alive
            for spec in specs
        )
        _insert(connection, tables.membership, rows)

    def _number_sets(self, connection: Connection, sets: Iterable[Mapping[str, str]]) -> None:
        """Give each set a number that has none; the first label met is its name."""
        column = tables.oai_set.c
        unknown: dict[str, str] = {}
        for specs in sets:
            for spec, name in specs.items():
                if spec not in self._numbers:
                    unknown.setdefault(spec, name)
        for _ in range(2):
            for part in parts(list(unknown)):
                rows = connection.execute(select(column.spec, column.number).where(column.spec.in_(part)))
                self._numbers.update((row.spec, row.number) for row in rows)
            new = [
                {"spec": spec, "name": name} for spec, name in unknown.items() if spec not in self._numbers
            ]
            if new:
                connection.execute(insert(tables.oai_set), new)

    def _drop_old_editions(self) -> None:
        """Drop what earlier versions or settings rendered, a part at a time.

        An edition is first marked as useless, and dropped the next time: whoever reads
        from it just now comes to his end.
        """
        column, key = tables.dissemination.c, tables.representation.c.key
        is_old = column.prefix.not_in(self._renderer.editions.values())
        with self._database.read() as connection:
            marked = list(connection.scalars(select(column.number).where(is_old, column.position < 0)))
        with self._database.write() as connection:
            connection.execute(update(tables.dissemination).where(is_old).values(position=-1))
        for number in marked:
            base = number << KEY_SHIFT
            last: int | None = base
            while last is not None:
                with self._database.write() as connection:
                    mine = select(key).where(key > base, key <= base + _END).order_by(key)
                    last = connection.scalar(mine.offset(4999).limit(1))
                    upper = base + _END if last is None else last
                    connection.execute(delete(tables.representation).where(key > base, key <= upper))
                    if last is None:
                        connection.execute(delete(tables.dissemination).where(column.number == number))


def _lock(connection: Connection, database: Database) -> None:
    """Keep others from changing records between our look at them and our commit.

    A page that replaces records first deletes what was rendered from them, which must wait
    for us here, as must another follower.  SQLite has one writer at a time anyway.
    """
    if not database.is_sqlite:
        connection.exec_driver_sql("LOCK TABLE membership, representation IN SHARE ROW EXCLUSIVE MODE")


def _alive(connection: Connection, after: int, last: int) -> set[int]:
    """The sequence numbers that no change has left behind meanwhile."""
    return sequences(connection, after, last)


def _write_payloads(
    connection: Connection,
    number: int,
    position: int,
    last: int,
    alive: set[int],
    rendered: Iterable[tuple[int, bytes]],
) -> None:
    base, key = number << KEY_SHIFT, tables.representation.c.key
    connection.execute(delete(tables.representation).where(key > base + position, key <= base + last))
    rows = [(base + sequence, payload) for sequence, payload in rendered if sequence in alive]
    _insert(connection, tables.representation, rows)


def _insert(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows that are in the order of the columns, without SQLAlchemy's work for each row."""
    if not rows:
        return
    compiled = insert(table).compile(connection.engine)
    values: Any = rows
    if not compiled.positiontup:
        names = [column.name for column in table.columns]
        values = [dict(zip(names, row)) for row in rows]
    connection.exec_driver_sql(str(compiled), values)


def kept_secret(database: Database, name: str) -> str:
    """A random secret that is made once and kept in the database."""
    column = tables.setting.c
    query = select(column.value).where(column.name == name)
    with database.read() as connection:
        value = connection.scalar(query)
    if value is None:
        with database.write() as connection:
            if not database.is_sqlite:
                connection.exec_driver_sql("LOCK TABLE setting IN SHARE ROW EXCLUSIVE MODE")
            value = connection.scalar(query)
            if value is None:
                value = secrets.token_urlsafe(32)
                connection.execute(insert(tables.setting).values(name=name, value=value))
    return str(value)
