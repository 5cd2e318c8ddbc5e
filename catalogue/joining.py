"""Identity: records that share an own identifier become one product, within the page's transaction.

What is joined is worked out anew for every record that has changed, from its identifiers, those
of the records that it touches and what curators have decided on them, so that a join ends when
its reason does.  The counter of the change sequence is locked meanwhile: of two harvests that bring
the same thing at the same time, the second finds what the first has written.
"""

from __future__ import annotations

import hashlib
import itertools
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, Row, Table, bindparam, delete, insert, select, update

from catalogue import tables
from catalogue.closure import Closure, Group, live_record
from catalogue.decisions import Decision, standing
from catalogue.identity_keys import Keys, Moved
from catalogue.json_form import body_of, content_hash
from catalogue.product import Correction, corrected, joined_product
from catalogue.record import Record
from catalogue.sequence import drop_rendered, hold_sequence, keep_versions, next_sequence, parts


def join(connection: Connection, moved: Sequence[Moved]) -> None:
    """Bring products in line with the records that have changed."""
    keys = Keys(connection)
    seeds = keys.shared(keys.write(moved)) | _members_among(
        connection, [one.id for one in moved if not one.is_new]
    )
    seeds |= _decided_among(connection, [one.id for one in moved])
    if seeds:
        new = {one.id for one in moved if one.is_new}
        _Settlement(connection, Closure(connection, keys, seeds), new).settle()


def rejoin(connection: Connection, records: Sequence[Record]) -> None:
    """Bring products in line with these live records, which are as they were: the rules have changed."""
    hold_sequence(connection)
    keys = Keys(connection)
    seeds = keys.shared(keys.rewrite(records)) | _members_among(connection, [one.id for one in records])
    seeds |= _decided_among(connection, [one.id for one in records])
    if seeds:
        _Settlement(connection, Closure(connection, keys, seeds), ()).settle()


def resettle(connection: Connection, ids: Sequence[str]) -> None:
    """Bring products in line with what curators have decided on these records."""
    hold_sequence(connection)
    keys = Keys(connection)
    column = tables.record.c
    live: list[Record] = []
    for part in parts(ids):
        chosen = select(tables.record).where(column.id.in_(part), column.deleted.is_(False))
        live += map(live_record, connection.execute(chosen))
    # A split that is taken back lets older joins hold again.
    seeds = {*ids, *keys.shared(keys.rewrite(live))} | _decided_among(connection, ids)
    _Settlement(connection, Closure(connection, keys, seeds), ()).settle()


def product_id(name: str) -> str:
    """The id of a product: 20 hexadecimal digits of the identifier that it was first joined by."""
    return hashlib.blake2b(f"product\n{name}".encode(), digest_size=10).hexdigest()


def _members_among(connection: Connection, ids: Sequence[str]) -> set[str]:
    column = tables.record.c
    found: set[str] = set()
    for part in parts(ids):
        found.update(
            connection.scalars(select(column.id).where(column.id.in_(part), column.product.is_not(None)))
        )
    return found


def _decided_among(connection: Connection, ids: Sequence[str]) -> set[str]:
    """The records among these on which a decision stands, with those that it binds to them."""
    mine = set(ids)
    found: set[str] = set()
    for decision in standing(connection, ids):
        found.update(decision.records if decision.kind == "join" else mine.intersection(decision.records))
    return found


def _corrections(decisions: Iterable[Decision]) -> dict[str, list[tuple[Correction, bytes]]]:
    """Record → what curators say in place of its sources."""
    found: dict[str, list[tuple[Correction, bytes]]] = {}
    for one in decisions:
        if one.field is not None and one.value is not None:
            correction = Correction(field=one.field, decision=one.number, by=one.by, at=one.at)
            for id in one.records:
                found.setdefault(id, []).append((correction, one.value))
    return found


class _Settlement:
    """Gives the records of a closure their products, and writes what that changes."""

    def __init__(self, connection: Connection, closure: Closure, new: Collection[str]) -> None:
        self._connection = connection
        self._closure = closure
        self._products = closure.products
        self._new = new
        self._corrections = _corrections(closure.decisions)
        self._born_in: list[dict[str, Any]] = []
        self._taken_in: list[dict[str, Any]] = []
        self._replaced: list[int] = []
        self._let_go: list[str] = []

    def settle(self) -> None:
        """Find the groups, give each its product, and write what has changed."""
        groups = self._closure.groups()
        self._claim(groups)
        kept = {group.product for group in groups if group.product is not None}
        changes: list[dict[str, Any]] = []
        for group in groups:
            if group.product is None:
                self._alone(group.rows[0])
            else:
                changes += self._together(group)
        changes += self._ended(kept, groups)
        self._write(changes)

    def _claim(self, groups: Sequence[Group]) -> None:
        """Give each group the oldest product that its records have had, or a new one.

        A record that is left alone goes on as itself, unless what it was joined with is gone:
        then its product stays what it was.  One that is corrected becomes a product under its own id,
        which nobody else goes on with while it is live.
        """
        closure = self._closure
        live = Counter(closure.rows[id].product for id in closure.records)
        taken: set[str] = set()
        self._find_ended(groups)
        for group in groups:
            held = sorted(self._held(group) - taken, key=self._age)
            if len(group.rows) > 1:
                group.product = held[0] if held else self._free_id(self._names(group), taken)
            else:
                alone = group.rows[0].id
                if held and live[held[0]] == 1 and held[0] != alone:
                    group.product = held[0]
                elif alone in self._corrections:
                    group.product = alone
            if group.product is not None:
                taken.add(group.product)

    def _held(self, group: Group) -> set[str]:
        """The products that the records of a group have had; none that has the id of another live record."""
        mine = {row.id for row in group.rows}
        had = {row.product for row in group.rows if row.product in self._products}
        return {id for id in had if id in mine or id not in self._closure.records}

    def _names(self, group: Group) -> list[str]:
        """The names that a new product of these records may be given its id from."""
        keys = {key for row in group.rows for key in self._closure.keys(row.id)}
        return sorted(keys) or [f"almagest:{group.rows[0].id}"]

    def _find_ended(self, groups: Sequence[Group]) -> None:
        """Read the products that groups without one would come back as."""
        fresh = [
            group
            for group in groups
            if len(group.rows) > 1 and not any(row.product in self._products for row in group.rows)
        ]
        self._ended_before: dict[str, Row[Any]] = {}
        column = tables.product.c
        for part in parts([product_id(self._names(group)[0]) for group in fresh]):
            rows = self._connection.execute(select(tables.product).where(column.id.in_(part)))
            self._ended_before.update((row.id, row) for row in rows)
        self._asked = {product_id(self._names(group)[0]) for group in fresh}

    def _product_row(self, id: str) -> Row[Any] | None:
        if id in self._asked:
            return self._ended_before.get(id)
        mine = tables.product.c.id == id
        return self._connection.execute(select(tables.product).where(mine)).one_or_none()

    def _free_id(self, keys: Sequence[str], taken: set[str]) -> str:
        """The id of a new product, or of one that has ended and comes back."""
        names = itertools.chain(keys, (f"{keys[0]} {number}" for number in itertools.count(2)))
        for id in map(product_id, names):
            row = self._product_row(id)
            if id not in taken and (row is None or row.deleted):
                if row is not None:
                    self._products[id] = row
                return id
        raise AssertionError("there is always a further number")

    def _age(self, product: str) -> tuple[str, str]:
        return self._products[product].created, product

    def _alone(self, row: Row[Any]) -> None:
        """A record that is in no product; if it was in one, it comes back into the stream."""
        if row.product is not None:
            self._drop_stand_in(row.id)
            self._let_go.append(row.id)

    def _together(self, group: Group) -> list[dict[str, Any]]:
        """The product of a group, and what stands in the place of records that have left the stream."""
        assert group.product is not None
        changes: list[dict[str, Any]] = []
        for row in group.rows:
            if row.product == group.product:
                continue
            taken = {"with_id": row.id, "product": group.product}
            (self._born_in if row.id in self._new else self._taken_in).append(taken)
            stood_alone = row.product is None and row.id not in self._new
            if stood_alone:
                self._replaced.append(row.sequence)
            if row.id != group.product and (stood_alone or row.id in self._products):
                changes.append(self._stand_in(row, group.product))
        values = self._joined(group)
        known = self._products.get(group.product)
        if known is None or known.deleted or known.hash != values["hash"]:
            changes.append(values)
        return changes

    def _joined(self, group: Group) -> dict[str, Any]:
        assert group.product is not None
        records = [self._closure.records[row.id] for row in group.rows]
        found = joined_product(group.product, records, self._closure.orders(group.rows))
        by_number = {
            correction.decision: (correction, value)
            for row in group.rows
            for correction, value in self._corrections.get(row.id, ())
        }
        corrections = [by_number[number] for number in sorted(by_number)]
        if corrections:
            found = corrected(found, corrections)
        told: dict[str, Any] = {
            "members": [
                {
                    "id": record.id,
                    "source": record.provenance.source,
                    "identifier": record.provenance.identifier,
                }
                for record in records
            ],
            "said": found.said,
        }
        if corrections:
            last = {correction.field: correction for correction, _ in corrections}
            told["corrections"] = list(last.values())
        said, body = orjson.dumps(told), body_of(found.record)
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
        row = self._products.pop(id, None)
        if row is not None:
            keep_versions(self._connection, [] if row.deleted else [row])
            drop_rendered(self._connection, [row.sequence])
            self._connection.execute(delete(tables.product).where(tables.product.c.id == id))

    def _ended(self, kept: set[str], groups: Sequence[Group]) -> list[dict[str, Any]]:
        """Tombstones of products that have no live record any more, or have gone into another one."""
        changes = []
        for id, row in self._products.items():
            if id in kept or row.deleted or id in self._closure.records:
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
        """Give the changes their places in the sequence; everything of a kind in one statement."""
        record, product = tables.record, tables.product
        self._update(record, self._born_in)
        if not changes and not self._let_go:
            return
        known = [self._products[change["id"]] for change in changes if change["id"] in self._products]
        keep_versions(self._connection, known)
        drop_rendered(self._connection, [*self._replaced, *(row.sequence for row in known)])
        views = len(self._taken_in) + len(self._let_go)
        alone = len(self._let_go)
        first, datestamp = next_sequence(self._connection, views + alone + len(changes))
        self._write_views(first, datestamp)
        again = [
            {"with_id": id, "product": None, "sequence": sequence, "datestamp": datestamp}
            for sequence, id in enumerate(self._let_go, first + views)
        ]
        new: list[dict[str, Any]] = []
        moved: list[dict[str, Any]] = []
        for sequence, change in enumerate(changes, first + views + alone):
            placed = {**change, "sequence": sequence, "datestamp": datestamp}
            if change["id"] in self._products:
                moved.append(_addressed(placed))
            else:
                new.append({**placed, "created": datestamp})
        if new:
            self._connection.execute(insert(product), new)
        self._update(record, again)
        self._update(product, moved)

    def _write_views(self, first: int, datestamp: str) -> None:
        """Tell the sets of sources that records have another identifier there now (see `views.py`)."""
        table = tables.former_view
        born = [row["with_id"] for row in self._born_in]
        for part in parts([*born, *(row["with_id"] for row in self._taken_in), *self._let_go]):
            self._connection.execute(delete(table).where(table.c.id.in_(part)))
        for sequence, taken in enumerate(self._taken_in, first):
            taken |= {"sequence": sequence, "datestamp": datestamp}
        self._update(tables.record, self._taken_in)
        first += len(self._taken_in)
        gone = [
            {"sequence": sequence, "id": id, "datestamp": datestamp}
            for sequence, id in enumerate(self._let_go, first)
        ]
        if gone:
            self._connection.execute(insert(table), gone)

    def _update(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Update rows, which all have the same columns, by ``with_id``."""
        if rows:
            values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in rows[0] if name != "with_id"}
            statement = update(table).where(table.c.id == bindparam("with_id")).values(values)
            named = [{n if n == "with_id" else f"new_{n}": v for n, v in row.items()} for row in rows]
            self._connection.execute(statement, named)


def _addressed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of an update whose row is found by ``with_id``."""
    return {"with_id" if name == "id" else name: value for name, value in values.items()}
