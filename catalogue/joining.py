"""Identity: records that share an own identifier become one product, within the page's transaction.

What is joined is worked out anew for every record that has changed, from its identifiers and
those of the records that it touches, so that a join ends when its reason does.  The counter of
the change sequence is locked meanwhile: of two harvests that bring the same thing at the same
time, the second finds what the first has written.
"""

from __future__ import annotations

import hashlib
import itertools
import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Connection, Row, delete, func, insert, select, tuple_, update

from catalogue import tables
from catalogue.json_form import body_of, content_hash, joined, read_record
from catalogue.product import join_keys, joined_product
from catalogue.record import Record
from catalogue.sequence import drop_rendered, keep_versions, next_sequence, parts

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


def join(connection: Connection, moved: Sequence[Moved]) -> None:
    """Bring products in line with the records that have changed."""
    keys = _write_keys(connection, moved)
    seeds = _shared(connection, keys) | _members_among(
        connection, [one.id for one in moved if not one.is_new]
    )
    if not seeds:
        return
    new = {one.id for one in moved if one.is_new}
    _Closure(connection, seeds, new).settle()


def product_id(name: str) -> str:
    """The id of a product: 20 hexadecimal digits of the identifier that it was first joined by."""
    return hashlib.blake2b(f"product\n{name}".encode(), digest_size=10).hexdigest()


def _number(key: str) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)


def _numbers(record: Record | None) -> set[int]:
    return set() if record is None else {_number(key) for key in join_keys(record)}


def _write_keys(connection: Connection, moved: Sequence[Moved]) -> set[int]:
    """Keep the keys of the changed records; those that they have now."""
    gone: list[tuple[int, str]] = []
    fresh: list[tuple[int, str]] = []
    present: set[int] = set()
    for one in moved:
        now, before = _numbers(one.record), _numbers(one.before)
        gone += [(key, one.id) for key in before - now]
        fresh += [(key, one.id) for key in now - before]
        present |= now
    column = tables.identifier_key.c
    for part in parts(gone):
        connection.execute(delete(tables.identifier_key).where(tuple_(column.key, column.id).in_(part)))
    if fresh:
        mark = "?" if connection.dialect.name == "sqlite" else "%s"
        statement = f"INSERT INTO identifier_key (key, id) VALUES ({mark}, {mark}) ON CONFLICT DO NOTHING"  # noqa: S608
        connection.exec_driver_sql(statement, fresh)
    return present


def _shared(connection: Connection, keys: Iterable[int]) -> set[str]:
    """The records that have one of these keys together with another record."""
    column = tables.identifier_key.c
    found: dict[int, list[str]] = {}
    for part in parts(list(keys)):
        for key, id in connection.execute(select(column.key, column.id).where(column.key.in_(part))):
            found.setdefault(key, []).append(id)
    shared: set[str] = set()
    for ids in found.values():
        if 1 < len(ids) <= MOST_MEMBERS:
            shared.update(ids)
        elif len(ids) > MOST_MEMBERS:
            log.warning("an identifier is called their own by %d records and joins none of them", len(ids))
    return shared


def _members_among(connection: Connection, ids: Sequence[str]) -> set[str]:
    column = tables.record.c
    found: set[str] = set()
    for part in parts(ids):
        found.update(
            connection.scalars(select(column.id).where(column.id.in_(part), column.product.is_not(None)))
        )
    return found


@dataclass
class _Group:
    """Live records that are one thing, in the order of precedence, and the product they become."""

    rows: list[Row[Any]]
    product: str | None = None
    dead: list[Row[Any]] = field(default_factory=list)


class _Closure:
    """The records around those that changed: all members of all products that they touch."""

    def __init__(self, connection: Connection, seeds: set[str], new: set[str]) -> None:
        self._connection = connection
        self._new = new
        self._sources = {
            row.number: (row.name, float(orjson.loads(row.options).get("priority", 0) or 0))
            for row in connection.execute(
                select(tables.source.c.number, tables.source.c.name, tables.source.c.options)
            )
        }
        self.rows = self._read(seeds)
        self._arrivals = self._read_arrivals()
        self.records = {
            row.id: read_record(joined(row.id, row.provenance, row.body))
            for row in self.rows.values()
            if not row.deleted
        }
        self._disbelieved = self._disbelieved_keys()
        self._products = self._read_products()

    def _read(self, seeds: set[str]) -> dict[str, Row[Any]]:
        column = tables.record.c
        rows: dict[str, Row[Any]] = {}
        for part in parts(sorted(seeds)):
            found = self._connection.execute(select(tables.record).where(column.id.in_(part)))
            rows.update((row.id, row) for row in found)
        products = sorted({row.product for row in rows.values() if row.product is not None})
        for part in parts(products):
            found = self._connection.execute(select(tables.record).where(column.product.in_(part)))
            rows.update((row.id, row) for row in found)
        return rows

    def _read_arrivals(self) -> dict[str, int]:
        """The numbers of the raw records: in the order in which they came first."""
        raw = tables.raw_record.c
        found: dict[str, int] = {}
        for part in parts(sorted(self.rows)):
            rows = self._connection.execute(select(raw.id, raw.number).where(raw.id.in_(part)))
            found.update((row.id, row.number) for row in rows)
        return found

    def _disbelieved_keys(self) -> set[int]:
        column = tables.identifier_key.c
        keys = sorted({number for record in self.records.values() for number in _numbers(record)})
        found: set[int] = set()
        for part in parts(keys):
            counts = select(column.key).where(column.key.in_(part)).group_by(column.key)
            found.update(self._connection.scalars(counts.having(func.count() > MOST_MEMBERS)))
        return found

    def _read_products(self) -> dict[str, Row[Any]]:
        """The product rows of these records: those that they are in, and those that stand in their place."""
        wanted = {row.product for row in self.rows.values() if row.product is not None} | set(self.rows)
        column = tables.product.c
        found: dict[str, Row[Any]] = {}
        for part in parts(sorted(wanted)):
            rows = self._connection.execute(select(tables.product).where(column.id.in_(part)))
            found.update((row.id, row) for row in rows)
        return found

    def settle(self) -> None:
        """Find the groups, give each its product, and write what has changed."""
        groups = self._groups()
        self._claim(groups)
        kept = {group.product for group in groups if group.product is not None}
        changes: list[dict[str, Any]] = []
        for group in groups:
            changes += self._alone(group.rows[0]) if group.product is None else self._together(group)
        changes += self._ended(kept, groups)
        self._write(changes)

    def _groups(self) -> list[_Group]:
        """The live records by the identifiers that they share, largest group first."""
        leader: dict[str, str] = {id: id for id in self.records}

        def lead(id: str) -> str:
            while leader[id] != id:
                leader[id] = leader[leader[id]]
                id = leader[id]
            return id

        first: dict[str, str] = {}
        for id, record in self.records.items():
            for key in join_keys(record):
                if _number(key) not in self._disbelieved:
                    leader[lead(id)] = lead(first.setdefault(key, id))
        found: dict[str, list[Row[Any]]] = {}
        for id in self.records:
            found.setdefault(lead(id), []).append(self.rows[id])
        for rows in found.values():
            rows.sort(key=self._precedence)
        return [
            _Group(rows)
            for rows in sorted(found.values(), key=lambda rows: (-len(rows), self._arrivals[rows[0].id]))
        ]

    def _precedence(self, row: Row[Any]) -> tuple[float, int, int]:
        """The source's priority, then the order in which sources were registered and records came.

        Sources are harvested side by side: which of them told first is chance.
        """
        return -self._sources[row.source][1], row.source, self._arrivals[row.id]

    def _claim(self, groups: Sequence[_Group]) -> None:
        """Give each group the oldest product that its records have had, or a new one.

        A record that is left alone goes on as itself, unless what it was joined with is gone:
        then its product stays what it was.
        """
        live = Counter(self.rows[id].product for id in self.records)
        taken: set[str] = set()
        for group in groups:
            held = sorted(
                {row.product for row in group.rows if row.product in self._products} - taken, key=self._age
            )
            if len(group.rows) > 1:
                keys = {key for row in group.rows for key in join_keys(self.records[row.id])}
                group.product = held[0] if held else self._free_id(sorted(keys), taken)
            elif held and live[held[0]] == 1:
                group.product = held[0]
            if group.product is not None:
                taken.add(group.product)

    def _free_id(self, keys: Sequence[str], taken: set[str]) -> str:
        """The id of a new product, or of one that has ended and comes back."""
        names = itertools.chain(keys, (f"{keys[0]} {number}" for number in itertools.count(2)))
        for id in map(product_id, names):
            column = tables.product.c
            row = self._connection.execute(select(tables.product).where(column.id == id)).one_or_none()
            if id not in taken and (row is None or row.deleted):
                if row is not None:
                    self._products[id] = row
                return id
        raise AssertionError("there is always a further number")

    def _age(self, product: str) -> tuple[str, str]:
        return self._products[product].created, product

    def _alone(self, row: Row[Any]) -> list[dict[str, Any]]:
        """A record that is in no product; if it was in one, it comes back into the stream."""
        if row.product is None:
            return []
        self._drop_stand_in(row.id)
        return [{"record": row}]

    def _together(self, group: _Group) -> list[dict[str, Any]]:
        """The product of a group, and what stands in the place of records that have left the stream."""
        assert group.product is not None
        changes: list[dict[str, Any]] = []
        for row in group.rows:
            if row.product == group.product:
                continue
            column = tables.record.c
            self._connection.execute(
                update(tables.record).where(column.id == row.id).values(product=group.product)
            )
            if row.product is None and row.id not in self._new:
                drop_rendered(self._connection, [row.sequence])
                changes.append(self._stand_in(row, group.product))
            elif row.product is not None and row.id in self._products:
                changes.append(self._stand_in(row, group.product))
        values = self._joined(group)
        known = self._products.get(group.product)
        if known is None or known.deleted or known.hash != values["hash"]:
            changes.append(values)
        return changes

    def _joined(self, group: _Group) -> dict[str, Any]:
        assert group.product is not None
        found = joined_product(group.product, [self.records[row.id] for row in group.rows])
        members = [
            {
                "id": row.id,
                "source": self._sources[row.source][0],
                "identifier": self.records[row.id].provenance.identifier,
            }
            for row in group.rows
        ]
        said = orjson.dumps({"members": members, "said": found.said})
        body = body_of(found.record)
        return {
            "id": group.product,
            "source": group.rows[0].source,
            "deleted": False,
            "hash": content_hash(body + said),
            "provenance": group.rows[0].provenance,
            "body": body,
            "said": said,
            "joined": None,
        }

    def _stand_in(self, row: Row[Any], product: str) -> dict[str, Any]:
        """The tombstone that says where a record that stood for itself has gone."""
        return {
            "id": row.id,
            "source": row.source,
            "deleted": True,
            "hash": content_hash(product.encode()),
            "provenance": row.provenance,
            "body": b"" if row.deleted else row.body,
            "said": None,
            "joined": product,
        }

    def _drop_stand_in(self, id: str) -> None:
        row = self._products.get(id)
        if row is not None:
            drop_rendered(self._connection, [row.sequence])
            self._connection.execute(delete(tables.product).where(tables.product.c.id == id))

    def _ended(self, kept: set[str], groups: Sequence[_Group]) -> list[dict[str, Any]]:
        """Tombstones of products that have no live record any more, or have gone into another one."""
        changes = []
        for id, row in self._products.items():
            if id in kept or row.deleted:
                continue
            went = {group.product for group in groups for one in group.rows if one.product == id}
            target = went.pop() if len(went) == 1 else None
            changes.append(
                {
                    "id": id,
                    "source": row.source,
                    "deleted": True,
                    "hash": content_hash((target or "").encode()),
                    "provenance": row.provenance,
                    "body": row.body,
                    "said": row.said,
                    "joined": target,
                }
            )
        return changes

    def _write(self, changes: Sequence[Mapping[str, Any]]) -> None:
        """Give the changes their places in the sequence."""
        if not changes:
            return
        first, datestamp = next_sequence(self._connection, len(changes))
        product, record = tables.product, tables.record
        for sequence, change in enumerate(changes, first):
            if "record" in change:
                mine = record.c.id == change["record"].id
                again = {"product": None, "sequence": sequence, "datestamp": datestamp}
                self._connection.execute(update(record).where(mine).values(again))
                continue
            known = self._products.get(change["id"])
            place = {"sequence": sequence, "datestamp": datestamp}
            if known is None:
                values = {**change, **place, "created": datestamp}
                self._connection.execute(insert(product).values(values))
            else:
                keep_versions(self._connection, [known])
                drop_rendered(self._connection, [known.sequence])
                mine = product.c.id == known.id
                self._connection.execute(update(product).where(mine).values({**change, **place}))
