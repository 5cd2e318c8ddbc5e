"""Relations between records: their keys, and what stands at either end of them now.

Nothing is stored of what a relation leads to: its target is looked up by name each time, so that
what dangles resolves when its target arrives, and dangles again when it is withdrawn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, select, tuple_, union_all

from catalogue import tables
from catalogue.database import Database
from catalogue.identity_keys import Moved, key_number
from catalogue.json_form import read_provenance
from catalogue.product import Member
from catalogue.record import Record, Relation
from catalogue.relation_keys import (
    names_beside_joining,
    names_of,
    our_id,
    same_names,
    target_names,
)
from catalogue.sequence import parts
from catalogue.summary import read_relations, read_summary

MOST_NAMESAKES = 100
"""A name that more records call their own is not believed, as in joining."""
MOST_TARGETS = 10
"""A name of more things than these names none of them."""
_SELECTS_AT_ONCE = 200
_HOPS = 4

Numbers = Callable[[Record], set[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """A live record or product, as lists show it."""

    id: str
    kind: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A record whose source says that it relates to a name: the thing that it is here, and how."""

    number: int
    member: Member
    thing: str
    relations: tuple[Relation, ...]


def keep_relations(connection: Connection, moved: Sequence[Moved]) -> None:
    """Keep the keys of changed records: of what they relate to, and of names that join nobody."""
    _keep(connection, "relation_key", moved, relation_numbers)
    _keep(connection, "identifier_key", moved, name_numbers)


def relation_numbers(record: Record) -> set[int]:
    """The keys of what a record relates to."""
    return {key_number(name) for name in target_names(record)}


def name_numbers(record: Record) -> set[int]:
    """The keys of the names by which a record is found, yet never joined."""
    return {key_number(name) for name in names_beside_joining(record)}


def _keep(connection: Connection, name: str, moved: Sequence[Moved], numbers: Numbers) -> None:
    gone: list[tuple[int, str]] = []
    fresh: list[tuple[int, str]] = []
    for one in moved:
        now = numbers(one.record) if one.record is not None else set()
        before = numbers(one.before) if one.before is not None else set()
        gone += [(key, one.id) for key in before - now]
        fresh += [(key, one.id) for key in now - before]
    table = tables.metadata.tables[name]
    for part in parts(gone):
        connection.execute(delete(table).where(tuple_(table.c.key, table.c.id).in_(part)))
    if fresh:
        mark = "?" if connection.dialect.name == "sqlite" else "%s"
        statement = f"INSERT INTO {name} (key, id) VALUES ({mark}, {mark}) ON CONFLICT DO NOTHING"  # noqa: S608
        # In the order of the keys neighbours are written together.
        connection.exec_driver_sql(statement, sorted(fresh))


class RelationLookup:
    """Finds what stands at the ends of relations; the number of its statements is that of its calls.

    ``base_url`` is that of this installation, whose pages may be named by their addresses.
    """

    def __init__(self, database: Database, base_url: str) -> None:
        self._database = database
        self.base_url = base_url

    def things(self, names: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """The ids of the live things that answer to each of these names; names of none are absent."""
        wanted = list(dict.fromkeys(names))
        ours = {name: id for name in wanted if (id := our_id(name, self.base_url)) is not None}
        keys: dict[int, list[str]] = {}
        for name in wanted:
            for same in same_names(name):
                keys.setdefault(key_number(same), []).append(name)
        found: dict[str, set[str]] = {}
        with self._database.read() as connection:
            for key, ids in _ids(connection, "identifier_key", list(keys), MOST_NAMESAKES + 1).items():
                for name in keys[key] if len(ids) <= MOST_NAMESAKES else ():
                    found.setdefault(name, set()).update(ids)
            for name, id in ours.items():
                found.setdefault(name, set()).add(id)
            standing = _standing(connection, {id for ids in found.values() for id in ids})
        things = {name: {standing[id] for id in ids if id in standing} for name, ids in found.items()}
        return {name: tuple(sorted(ids)) for name, ids in things.items() if 0 < len(ids) <= MOST_TARGETS}

    def summaries(self, ids: Iterable[str]) -> dict[str, Thing]:
        """Kind and title of live things."""
        found: dict[str, Thing] = {}
        with self._database.read() as connection:
            for part in parts(sorted(set(ids))):
                chosen = (
                    select(table.c.id, table.c.body).where(table.c.id.in_(part), table.c.deleted.is_(False))
                    for table in (tables.record, tables.product)
                )
                for row in connection.execute(union_all(*chosen)):
                    summary = read_summary(row.body)
                    found[row.id] = Thing(id=row.id, kind=summary.kind, title=summary.title)
        return found

    def mentions(
        self, numbers: Sequence[int], limit: int, after: tuple[int, str] | None = None
    ) -> tuple[list[Mention], tuple[int, str] | None]:
        """The next records that relate to one of these keys, by key and id; where to go on after them.

        Of a product's records that say the same all come with the first of them.
        """
        with self._database.read() as connection:
            rows = [
                (key, id)
                for key, ids in _ids(connection, "relation_key", numbers, limit + 1, after).items()
                for id in ids
            ]
            rows.sort()
            page = rows[:limit]
            following = page[-1] if len(rows) > limit else None
            return _mentions(connection, page), following

    def mentions_of_each(self, numbers: Sequence[int], limit: int) -> tuple[list[Mention], set[int]]:
        """Up to ``limit`` records that relate to each of these keys, and the keys of which there are more."""
        with self._database.read() as connection:
            found = _ids(connection, "relation_key", numbers, limit + 1)
            rows = sorted((key, id) for key, ids in found.items() for id in ids[:limit])
            return _mentions(connection, rows), {key for key, ids in found.items() if len(ids) > limit}


def _ids(
    connection: Connection,
    table: str,
    numbers: Sequence[int],
    limit: int,
    after: tuple[int, str] | None = None,
) -> dict[int, list[str]]:
    """The first ids under each key, in their order: a short range scan a key, however many there are."""
    found: dict[int, list[str]] = {}
    first, begin = after if after is not None else (None, "")
    wanted = sorted({number for number in numbers if first is None or number >= first})
    for start in range(0, len(wanted), _SELECTS_AT_ONCE):
        selects = []
        for number in wanted[start : start + _SELECTS_AT_ONCE]:
            beyond = f" AND id > '{begin}'" if number == first and begin.isalnum() else ""
            # Numbers of our own, and an id of letters and digits.
            where = f"key = {number:d}{beyond} ORDER BY id LIMIT {limit:d}"
            selects.append(f"SELECT * FROM (SELECT key, id FROM {table} WHERE {where}) AS k")  # noqa: S608
        for key, id in connection.exec_driver_sql(" UNION ALL ".join(selects)):
            found.setdefault(key, []).append(id)
    return found


def _standing(connection: Connection, ids: set[str]) -> dict[str, str]:
    """Where each of these ids stands now: itself, the product that it is in or has gone into."""
    found: dict[str, str] = {}
    asked = {id: id for id in ids}
    for _ in range(_HOPS):
        if not asked:
            break
        places = set(asked.values())
        live = _things_of_records(connection, places)
        # A product may have the id of a record of it that is withdrawn.
        products = _ways_of_products(connection, {place for place in places if not live.get(place)})
        live |= {id: id for id, way in products.items() if way == id}
        found |= {id: live[at] for id, at in asked.items() if live.get(at)}
        asked = {id: products[at] for id, at in asked.items() if products.get(at, at) not in ("", at)}
    return found


def _things_of_records(connection: Connection, ids: set[str]) -> dict[str, str]:
    """Record → the live thing that it is part of; empty where it is withdrawn."""
    record = tables.record.c
    found: dict[str, str] = {}
    for part in parts(sorted(ids)):
        chosen = select(record.id, record.deleted, record.product).where(record.id.in_(part))
        rows = connection.execute(chosen)
        found.update({row.id: "" if row.deleted else row.product or row.id for row in rows})
    return found


def _ways_of_products(connection: Connection, ids: set[str]) -> dict[str, str]:
    """Product → itself, or the one that it has gone into; empty where it has ended."""
    product = tables.product.c
    found: dict[str, str] = {}
    for part in parts(sorted(ids)):
        chosen = select(product.id, product.deleted, product.joined).where(product.id.in_(part))
        rows = connection.execute(chosen)
        found.update({row.id: row.joined or "" if row.deleted else row.id for row in rows})
    return found


def _mentions(connection: Connection, rows: Sequence[tuple[int, str]]) -> list[Mention]:
    """The live records behind these keys, with the others of their products that say the same."""
    if not rows:
        return []
    wanted = set(rows)
    told = _products_that_say(connection, rows)
    first = {(key, product): min(ids) for (key, product), ids in told.items()}
    # Whoever is not the first of its product to say it came, or comes, with the first.
    every = {
        (key, other)
        for (key, product), ids in told.items()
        if (key, first[key, product]) in wanted
        for other in ids
    }
    alone = wanted - {(key, id) for (key, _), ids in told.items() for id in ids}
    return _read_mentions(connection, every | alone)


def _products_that_say(
    connection: Connection, rows: Sequence[tuple[int, str]]
) -> dict[tuple[int, str], list[str]]:
    """(key, product) → all records of the product that relate to the key."""
    record, key = tables.record.c, tables.relation_key.c
    products: set[str] = set()
    for part in parts(sorted({id for _, id in rows})):
        chosen = select(record.product).where(record.id.in_(part), record.product.is_not(None))
        products.update(connection.scalars(chosen))
    numbers = sorted({number for number, _ in rows})
    told: dict[tuple[int, str], list[str]] = {}
    for part in parts(sorted(products)):
        for some in parts(numbers):
            both = select(key.key, key.id, record.product).join(tables.record, record.id == key.id)
            found = connection.execute(both.where(record.product.in_(part), key.key.in_(some)))
            for row in found:
                told.setdefault((row.key, row.product), []).append(row.id)
    return told


def _read_mentions(connection: Connection, pairs: set[tuple[int, str]]) -> list[Mention]:
    """What the records say of the keys; nothing of those that are names of their own."""
    record, source = tables.record.c, tables.source.c
    chosen = select(
        record.id, record.product, record.provenance, record.body, source.name.label("source")
    ).join(tables.source, source.number == record.source)
    by_id: dict[str, list[int]] = {}
    for key, id in pairs - _called_so(connection, pairs):
        by_id.setdefault(id, []).append(key)
    found: list[Mention] = []
    for part in parts(sorted(by_id)):
        for row in connection.execute(chosen.where(record.id.in_(part), record.deleted.is_(False))):
            said: dict[int, list[Relation]] = {number: [] for number in by_id[row.id]}
            for relation in read_relations(row.body):
                for number in set(map(key_number, names_of(relation, row.source))) & set(said):
                    said[number].append(relation)
            who = Member(id=row.id, source=row.source, identifier=read_provenance(row.provenance).identifier)
            thing = row.product or row.id
            found += [
                Mention(number=number, member=who, thing=thing, relations=tuple(relations))
                for number, relations in said.items()
            ]
    return sorted(found, key=lambda mention: (mention.number, mention.member.id))


def _called_so(connection: Connection, pairs: set[tuple[int, str]]) -> set[tuple[int, str]]:
    """Those records that are called by the key themselves."""
    key = tables.identifier_key.c
    found: set[tuple[int, str]] = set()
    numbers = sorted({number for number, _ in pairs})
    for ids in parts(sorted({id for _, id in pairs})):
        for some in parts(numbers):
            both = select(key.key, key.id).where(key.key.in_(some), key.id.in_(ids))
            found.update((row.key, row.id) for row in connection.execute(both))
    return found & pairs
