"""What OAI-PMH gives out: items in the order of their last change, as whole ``<record>`` elements.

An answer is a range of the change sequence.  Where a format is kept rendered (see
`representations.py`) the range is read from the table as it stands; what is not rendered yet,
and formats that never are, are rendered from the records, so that an answer is always right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Protocol

import orjson
from sqlalchemy import Connection, Row, Select, bindparam, func, or_, select, true

from catalogue import tables
from catalogue.compression import decompress
from catalogue.database import Database
from catalogue.errors import RecordRefused
from catalogue.json_form import joined, read_provenance, read_record
from catalogue.record import Provenance, Record
from catalogue.sequence import KEY_SHIFT, parts
from catalogue.sources import Source
from catalogue.stream import TABLES, counted, in_order, in_stream, newest

SETS = "sets"
"""The name of the edition that is no format: the memberships in sets."""
SOURCE = "source:"
"""How the spec of a source's set begins."""
HIDDEN = "="
"""A set whose spec begins so is ours alone; no setSpec can (OAI-PMH.xsd, setSpecType)."""
_END = (1 << KEY_SHIFT) - 1
_BATCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A record of the catalogue as a constituent of the repository (OAI-PMH 2.0, section 2.2).

    ``record`` of a tombstone is its last live state, which tells the sets that it was in;
    ``None`` when it never was live.  ``original`` is what the source gave, where asked for.
    ``sources`` are the names of all that tell of it.  A ``view`` (its identifier, «source/id»)
    is a record that is part of a product, as its source tells it.
    """

    sequence: int
    id: str
    source: Source
    datestamp: str
    deleted: bool
    provenance: Provenance
    record: Record | None
    original: bytes | None = None
    sources: tuple[str, ...] = ()
    is_product: bool = False
    view: str | None = None


class Renderer(Protocol):
    """How items become XML; the floor above supplies it, as crosswalks live there.

    ``editions`` maps each format that is kept rendered, and `SETS`, to the name under which
    it is kept: another name whenever the same item would be rendered otherwise.
    """

    @property
    def editions(self) -> Mapping[str, str]:
        """Name of the format (or `SETS`) → name of its present edition, at most 64 characters."""
        ...

    def sets(self, item: Item) -> Mapping[str, str]:
        """The specs and names of the sets that an item is in."""
        ...

    def wants_original(self, prefix: str) -> bool:
        """Whether a format is written from what the source gave."""
        ...

    def render(self, prefix: str, item: Item, sets: Mapping[str, str]) -> bytes | None:
        """The ``<record>`` element of an item; ``None`` where it has none in this format."""
        ...


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
        for table in TABLES:
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
        first, rest = _memberships(specs)
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


def items(
    connection: Connection,
    after: int,
    upper: int,
    limit: int,
    specs: Sequence[str] = (),
    *,
    original: bool = False,
) -> list[Item]:
    """The next items of the change sequence, those in all of the sets."""
    if specs:
        first, rest = _memberships(specs)
        chosen = select(first.sequence).select_from(rest)
        chosen = chosen.where(first.sequence > after, first.sequence <= upper)
        numbers = connection.scalars(chosen.order_by(first.sequence).limit(limit)).all()
        rows = [
            row
            for part in parts(numbers)
            for row in in_order(connection, lambda columns: columns.sequence.in_(part), limit)  # noqa: B023
        ]
    else:
        rows = list(
            in_order(
                connection, lambda columns: (columns.sequence > after) & (columns.sequence <= upper), limit
            )
        )
    return with_sources(connection, rows, original=original)


def with_sources(connection: Connection, rows: Sequence[Row[Any]], *, original: bool = False) -> list[Item]:
    """Rows of the stream, or of records, as items; with ``original`` what their sources gave."""
    if not rows:
        return []
    sources = {row.number: _source(row) for row in connection.execute(select(tables.source))}
    ghosts = _last_states(connection, [row.id for row in rows if row.deleted and not row.body])
    originals = _originals(connection, [row.id for row in rows]) if original else {}
    found = []
    for row in rows:
        record = _read(row.id, row.provenance, row.body) if row.body else ghosts.get(row.id)
        said = row._mapping.get("said")
        members = orjson.loads(said)["members"] if said else ()
        source = sources[row.source]
        found.append(
            Item(
                sequence=row.sequence,
                id=row.id,
                source=source,
                datestamp=row.datestamp,
                deleted=row.deleted,
                provenance=record.provenance if record else read_provenance(row.provenance),
                record=record,
                original=originals.get(row.id),
                sources=tuple(dict.fromkeys(member["source"] for member in members)) or (source.name,),
                is_product=said is not None,
            )
        )
    return found


def _originals(connection: Connection, ids: Sequence[str]) -> dict[str, bytes]:
    raw = tables.raw_record.c
    found: dict[str, bytes] = {}
    for part in parts(ids):
        for row in connection.execute(select(raw.id, raw.data).where(raw.id.in_(part))):
            if row.data:
                found[row.id] = decompress(row.data)
    return found


class Views:
    """Records that are part of a product, each as its source tells it: the rest of ``set=source:NAME``.

    They are few, and rendered when they are asked for.  Their identifiers are «source/id».
    """

    def __init__(self, connection: Connection, renderer: Renderer) -> None:
        self._connection = connection
        self._renderer = renderer

    def size(self, after: int, upper: int, specs: Sequence[str]) -> int:
        """How many of them are in all of these sets."""
        chosen = self._chosen(after, upper, specs)
        if chosen is None:
            return 0
        if len(specs) == 1:
            return self._connection.scalar(select(func.count()).select_from(chosen.subquery())) or 0
        rows = self._connection.execute(chosen).all()
        return sum(self._fits(item, specs) for item in with_sources(self._connection, rows))

    def among(
        self,
        rows: list[tuple[int, bytes]],
        prefix: str,
        after: int,
        upper: int,
        specs: Sequence[str],
        limit: int,
    ) -> list[tuple[int, bytes]]:
        """These elements of a list, and those of views between them, ``limit`` in all."""
        chosen = self._chosen(after, upper, specs)
        if chosen is None:
            return rows
        if len(rows) == limit:
            upper = rows[-1][0]
            chosen = self._chosen(after, upper, specs)
        original = self._renderer.wants_original(prefix)
        assert chosen is not None
        found = self._connection.execute(chosen.order_by(tables.record.c.sequence).limit(limit)).all()
        for item in with_sources(self._connection, found, original=original):
            view = _as_view(item)
            if self._fits(view, specs):
                payload = self._renderer.render(prefix, view, self._renderer.sets(view))
                if payload is not None:
                    rows.append((view.sequence, payload))
        return sorted(rows)[:limit]

    def item(self, identifier: str) -> Item | None:
        """The view with this identifier."""
        source, _, id = identifier.partition("/")
        record = tables.record.c
        query = select(tables.record).where(record.id == id, record.product.is_not(None))
        rows = self._connection.execute(query).all()
        found = [_as_view(item) for item in with_sources(self._connection, rows, original=True)]
        return found[0] if found and found[0].source.name == source else None

    def _chosen(self, after: int, upper: int, specs: Sequence[str]) -> Select[Any] | None:
        names = [spec.removeprefix(SOURCE) for spec in specs if spec.startswith(SOURCE)]
        if len(names) != 1:
            return None
        record = tables.record.c
        number = select(tables.source.c.number).where(tables.source.c.name == names[0]).scalar_subquery()
        return select(tables.record).where(
            record.product.is_not(None),
            record.source == number,
            record.sequence > after,
            record.sequence <= upper,
        )

    def _fits(self, item: Item, specs: Sequence[str]) -> bool:
        sets = self._renderer.sets(item)
        return all(spec in sets for spec in specs)


def _as_view(item: Item) -> Item:
    return replace(item, view=f"{item.source.name}/{item.id}")


def _source(row: Row[Any]) -> Source:
    return Source(name=row.name, kind=row.kind, url=row.url, options=orjson.loads(row.options))


def _last_states(connection: Connection, ids: Sequence[str]) -> dict[str, Record | None]:
    """The records that tombstones were."""
    column = tables.history.c
    query = select(column.id, column.provenance, column.body).where(column.deleted.is_(False))
    states: dict[str, Record | None] = {}
    for part in parts(ids):
        for row in connection.execute(query.where(column.id.in_(part)).order_by(column.sequence)):
            states[row.id] = _read(row.id, row.provenance, decompress(row.body))
    return states


def _read(id: str, provenance: bytes, body: bytes) -> Record | None:
    try:
        return read_record(joined(id, provenance, body))
    except RecordRefused:
        return None


def _memberships(specs: Sequence[str]) -> tuple[Any, Any]:
    """The members of all these sets: columns of the first set, and the join of them all."""
    members: list[Any] = []
    for spec in specs:
        number = select(tables.oai_set.c.number).where(tables.oai_set.c.spec == spec).scalar_subquery()
        member = tables.membership.c
        members.append(select(member.sequence).where(member.oai_set == number).subquery())
    first, rest = members[0].c, members[0]
    for other in members[1:]:
        rest = rest.join(other, other.c.sequence == first.sequence)
    return first, rest


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
