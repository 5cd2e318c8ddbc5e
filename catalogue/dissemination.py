"""What OAI-PMH gives out: items in the order of their last change, as whole ``<record>`` elements.

An answer is a range of the change sequence.  Where a format is kept rendered (see
`representations.py`) the range is read from the table as it stands; what is not rendered yet,
and formats that never are, are rendered from the records, so that an answer is always right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, or_, select, true

from catalogue import tables
from catalogue.database import Database
from catalogue.items import HIDDEN, SETS, Item, Renderer, items, memberships, with_sources
from catalogue.sequence import KEY_SHIFT
from catalogue.stream import TABLES, counted, in_stream, newest
from catalogue.views import Views

_END = (1 << KEY_SHIFT) - 1
_BATCH = 200


@dataclass(frozen=True, slots=True)
class State:
    """How far things are: newest change and its datestamp ("" in an empty store), editions kept.

    ``editions`` maps the name of an edition to its number and how far it has followed.
    """

    change: int
    datestamp: str
    editions: Mapping[str, tuple[int, int]]


class Dissemination:
    """The lists and records of the OAI-PMH provider; raises only `StoreError`."""

    def __init__(self, database: Database, renderer: Renderer) -> None:
        self.renderer = renderer
        self._database = database

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """A transaction for one answer."""
        with self._database.read() as connection:
            yield Reader(connection, self.renderer)


class Reader:
    """What one answer is made from: the repository in one transaction."""

    def __init__(self, connection: Connection, renderer: Renderer) -> None:
        self.state = _state(connection)
        self._connection = connection
        self._renderer = renderer
        self._views = Views(connection, renderer)

    def earliest(self) -> str | None:
        """The oldest datestamp in the store."""
        found = [self._connection.scalar(select(func.min(table.c.datestamp))) for table in TABLES]
        return min((stamp for stamp in found if stamp is not None), default=None)

    def first_after(self, since: str | None) -> int | None:
        """The sequence number before the first record of ``since`` or later; ``None``: none is."""
        if since is None:
            return 0
        found = []
        for table in (*TABLES, tables.former_view):
            column = table.c
            query = select(column.sequence).where(column.datestamp >= since)
            found.append(self._connection.scalar(query.order_by(column.datestamp, column.sequence).limit(1)))
        return min((first - 1 for first in found if first is not None), default=None)

    def size(self, since: str | None, until: str | None, specs: Sequence[str]) -> int | None:
        """How many items a list has; ``None`` while memberships are still being written."""
        if not specs:
            return counted(self._connection, since, until)
        if self._position(SETS) < newest(self._connection):
            return None
        after, upper = self.first_after(since) or 0, self._last_until(until)
        first, rest = memberships(specs)
        query = select(func.count()).select_from(rest)
        query = query.where(first.sequence > after, first.sequence <= upper)
        return int(self._connection.scalar(query) or 0) + self._views.size(after, upper, specs)

    def page(
        self, prefix: str, *, after: int, until: str | None, specs: Sequence[str], limit: int
    ) -> list[tuple[int, bytes]]:
        """The next ``<record>`` elements after a sequence number, each with its own number.

        ``specs`` are sets in all of which the items are; ``until`` is a datestamp.
        """
        upper = self._last_until(until)
        followed = self._position(SETS) if specs else _END
        rows: list[tuple[int, bytes]] = []
        if prefix in self._renderer.editions:
            followed = min(followed, self._position(prefix))
            rows = self._kept(prefix, after, min(upper, followed), specs, limit)
        elif specs:
            rows = self._rendered(prefix, after, min(upper, followed), specs, limit, are_members=True)
        else:
            followed = 0
        if len(rows) < limit and followed < upper:
            rows += self._rendered(prefix, max(after, followed), upper, specs, limit - len(rows))
        return self._views.among(rows, prefix, after, upper, specs, limit)

    def some(
        self, prefix: str, *, after: int, until: str | None, specs: Sequence[str]
    ) -> list[tuple[int, bytes]]:
        """An element of a list from what lies before ``after``, near to it."""
        for back in (1, 100, 10_000, _END):
            rows = self.page(prefix, after=max(0, after - back), until=until, specs=specs, limit=1)
            if rows or back > after:
                return rows
        return []

    def item(self, id: str) -> Item | None:
        """The item with our id, with what its source gave."""
        if "/" in id:
            return self._views.item(id)
        rows = self._connection.execute(in_stream(lambda columns: columns.id == id)).all()
        found = with_sources(self._connection, rows, original=True)
        return found[0] if found else None

    def record(self, prefix: str, item: Item) -> bytes | None:
        """The ``<record>`` element of one item; ``None`` where it has none in this format."""
        kept = item.view is None and prefix in self._renderer.editions
        if kept and item.sequence <= self._position(prefix):
            rows = self._kept(prefix, item.sequence - 1, item.sequence, (), 1)
            return rows[0][1] if rows else None
        return self._renderer.render(prefix, item, self._renderer.sets(item))

    def sets(self, after: int, limit: int, heads: Iterable[str]) -> list[tuple[int, str, str]]:
        """The next sets below the nodes ``heads`` that have had members: number, spec, name."""
        column = tables.oai_set.c
        below = or_(*(column.spec.startswith(f"{head}:") for head in heads))
        query = select(column.number, column.spec, column.name).where(column.number > after, below)
        rows = self._connection.execute(query.order_by(column.number).limit(limit))
        return [(row.number, row.spec, row.name) for row in rows]

    def hidden_sets(self) -> list[str]:
        """The specs of our own sets."""
        column = tables.oai_set.c
        query = select(column.spec).where(column.spec.startswith(HIDDEN)).order_by(column.spec)
        return list(self._connection.scalars(query))

    def _position(self, name: str) -> int:
        return self.state.editions.get(self._renderer.editions[name], (0, 0))[1]

    def _last_until(self, until: str | None) -> int:
        if until is None:
            return _END
        last = 0
        for table in TABLES:
            column = table.c
            query = select(column.sequence).where(column.datestamp <= until)
            query = query.order_by(column.datestamp.desc(), column.sequence.desc()).limit(1)
            last = max(last, self._connection.scalar(query) or 0)
        return last

    def _kept(
        self, prefix: str, after: int, upper: int, specs: Sequence[str], limit: int
    ) -> list[tuple[int, bytes]]:
        """Elements that are kept rendered, of all items or of those in one set."""
        number, _ = self.state.editions.get(self._renderer.editions[prefix], (0, 0))
        base = number << KEY_SHIFT
        values: dict[str, Any] = {"low": base + after, "high": base + upper, "limit": limit}
        if not specs:
            rows = _ALL_KEPT.rows(self._connection, values)
        else:
            (values["spec"],) = specs
            rows = _KEPT_OF_SET.rows(self._connection, values | {"base": base})
        return [(key - base, payload) for key, payload in rows]

    def _rendered(
        self,
        prefix: str,
        after: int,
        upper: int,
        specs: Sequence[str],
        limit: int,
        *,
        are_members: bool = False,
    ) -> list[tuple[int, bytes]]:
        """Like `page`, from the records; ``are_members``: the table of memberships tells the sets."""
        rows: list[tuple[int, bytes]] = []
        original = self._renderer.wants_original(prefix)
        batch = max(limit, _BATCH)
        known = specs if are_members else ()
        while len(rows) < limit:
            found = items(self._connection, after, upper, batch, known, original=original)
            for item in found:
                sets = self._renderer.sets(item)
                if are_members or all(spec in sets for spec in specs):
                    payload = self._renderer.render(prefix, item, sets)
                    if payload is not None:
                        rows.append((item.sequence, payload))
                        if len(rows) == limit:
                            break
            if len(found) < batch:
                break
            after = found[-1].sequence
        return rows


class _Prepared:
    """A query that is compiled once: SQLAlchemy takes longer to compile it than the database to answer."""

    def __init__(self, query: Select[Any]) -> None:
        self._query = query
        self._compiled: dict[str, tuple[str, dict[str, Any], Sequence[str] | None]] = {}

    def rows(self, connection: Connection, values: dict[str, Any]) -> Sequence[Row[Any]]:
        known = self._compiled.get(connection.dialect.name)
        if known is None:
            compiled = self._query.compile(connection.engine)
            known = str(compiled), compiled.params, compiled.positiontup
            self._compiled[connection.dialect.name] = known
        text, defaults, names = known
        given = {**defaults, **values}
        positional = given if names is None else tuple(given[name] for name in names)
        return connection.exec_driver_sql(text, positional).all()


def _kept_of_set() -> Select[Any]:
    kept, member = tables.representation.c, tables.membership.c
    number = select(tables.oai_set.c.number).where(tables.oai_set.c.spec == bindparam("spec"))
    base = bindparam("base", type_=tables.Number)
    return (
        select(kept.key, kept.payload)
        .join_from(tables.membership, tables.representation, kept.key == member.sequence + base)
        .where(member.oai_set == number.scalar_subquery())
        .where(member.sequence > bindparam("low") - base, member.sequence <= bindparam("high") - base)
        .order_by(member.sequence)
        .limit(bindparam("limit"))
    )


_kept = tables.representation.c
_ALL_KEPT = _Prepared(
    select(_kept.key, _kept.payload)
    .where(_kept.key > bindparam("low"), _kept.key <= bindparam("high"))
    .order_by(_kept.key)
    .limit(bindparam("limit"))
)
_KEPT_OF_SET = _Prepared(_kept_of_set())
_STATE = _Prepared(
    select(
        tables.counter.c.value,
        tables.counter.c.datestamp,
        tables.dissemination.c.prefix,
        tables.dissemination.c.number,
        tables.dissemination.c.position,
    )
    .select_from(tables.counter.outerjoin(tables.dissemination, true()))
    .where(tables.counter.c.name == bindparam("name"))
)


def _state(connection: Connection) -> State:
    rows = _STATE.rows(connection, {"name": "change"})
    if not rows:
        return State(0, "", {})
    editions = {prefix: (number, position) for _, _, prefix, number, position in rows if prefix is not None}
    return State(rows[0][0], rows[0][1], editions)
