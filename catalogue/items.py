"""Records of the catalogue as the items of an OAI-PMH repository, in the order of their last change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import orjson
from sqlalchemy import Connection, Row, select

from catalogue import tables
from catalogue.compression import decompress
from catalogue.errors import RecordRefused
from catalogue.json_form import joined, read_provenance, read_record
from catalogue.record import Provenance, Record
from catalogue.sequence import parts
from catalogue.sources import Source
from catalogue.stream import in_order

SETS = "sets"
"""The name of the edition that is no format: the memberships in sets."""
SOURCE = "source:"
"""How the spec of a source's set begins."""
HIDDEN = "="
"""A set whose spec begins so is ours alone; no setSpec can (OAI-PMH.xsd, setSpecType)."""


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
        first, rest = memberships(specs)
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


def memberships(specs: Sequence[str]) -> tuple[Any, Any]:
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
