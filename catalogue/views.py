"""Records that are part of a product, each as its source tells it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select, true, union_all

from catalogue import tables
from catalogue.items import SOURCE, Item, Renderer, with_sources


class Views:
    """The rest of ``set=source:NAME`` beside what is no part of a product.

    Views are few, and rendered when they are asked for.  Their identifiers are «source/id».
    A record that stands for itself again leaves a tombstone of its view.
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
        found = self._connection.execute(chosen.order_by("sequence").limit(limit)).all()
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
        query = _views(record.id == id)
        rows = self._connection.execute(query).all()
        found = [_as_view(item) for item in with_sources(self._connection, rows, original=True)]
        return found[0] if found and found[0].source.name == source else None

    def _chosen(self, after: int, upper: int, specs: Sequence[str]) -> Any | None:
        names = [spec.removeprefix(SOURCE) for spec in specs if spec.startswith(SOURCE)]
        if len(names) != 1:
            return None
        record = tables.record.c
        number = select(tables.source.c.number).where(tables.source.c.name == names[0]).scalar_subquery()
        return _views(record.source == number, after, upper)

    def _fits(self, item: Item, specs: Sequence[str]) -> bool:
        sets = self._renderer.sets(item)
        return all(spec in sets for spec in specs)


def _views(mine: ColumnElement[bool], after: int = 0, upper: int | None = None) -> Any:
    """The rows of records that are part of a product, and tombstones of those that were."""
    record, former = tables.record.c, tables.former_view.c
    told = (record.id, record.source, record.provenance, record.body)
    present = select(*told, record.sequence, record.datestamp, record.deleted)
    present = present.where(mine, record.product.is_not(None), record.sequence > after)
    gone = select(*told, former.sequence, former.datestamp, true().label("deleted"))
    gone = gone.join_from(tables.record, tables.former_view, former.id == record.id)
    gone = gone.where(mine, record.product.is_(None), former.sequence > after)
    if upper is not None:
        present, gone = present.where(record.sequence <= upper), gone.where(former.sequence <= upper)
    return union_all(present, gone)


def _as_view(item: Item) -> Item:
    return replace(item, view=f"{item.source.name}/{item.id}")
