"""What curators have decided: which records are one thing and which are not, and what a field really says.

Decisions are about the records of sources, whose ids stay, so that they outlive every harvest,
and products that come and go.  None is ever changed: it stands until it is undone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Row, select

from catalogue import tables
from catalogue.sequence import parts

DecisionKind = Literal["join", "split", "correct"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A step of a curator: what, on which records, who and when (UTC), why, and whether it was undone.

    Of a correction ``field`` is what it says anew and ``value`` the JSON of it (``null``: nothing).
    """

    number: int
    kind: DecisionKind
    records: tuple[str, ...]
    by: str
    at: str
    field: str | None = None
    value: bytes | None = None
    note: str | None = None
    undone_by: str | None = None
    undone_at: str | None = None

    @property
    def stands(self) -> bool:
        """Whether it has not been undone."""
        return self.undone_at is None


def standing(connection: Connection, ids: Iterable[str]) -> list[Decision]:
    """The decisions that stand on any of these records, oldest first."""
    decided = tables.decided.c
    numbers: set[int] = set()
    for part in parts(list(ids)):
        numbers.update(connection.scalars(select(decided.decision).where(decided.id.in_(part))))
    column = tables.decision.c
    found: list[Row[Any]] = []
    for some in parts(sorted(numbers)):
        chosen = select(tables.decision).where(column.number.in_(some), column.undone_at.is_(None))
        found += connection.execute(chosen)
    return decisions_of(connection, sorted(found, key=lambda row: row.number))


def decisions_where(connection: Connection, condition: ColumnElement[bool], limit: int) -> list[Decision]:
    """The newest decisions that fulfil a condition on their rows, newest first."""
    newest = tables.decision.c.number.desc()
    rows = connection.execute(select(tables.decision).where(condition).order_by(newest).limit(limit))
    return decisions_of(connection, rows.all())


def decisions_of(connection: Connection, rows: Sequence[Row[Any]]) -> list[Decision]:
    """The decisions of these rows, each with its records."""
    decided = tables.decided.c
    records: dict[int, list[str]] = {row.number: [] for row in rows}
    for part in parts(list(records)):
        chosen = select(decided.decision, decided.id).where(decided.decision.in_(part)).order_by(decided.id)
        for number, id in connection.execute(chosen):
            records[number].append(id)
    return [Decision(**{**row._mapping, "records": tuple(records[row.number])}) for row in rows]


def wards(decisions: Iterable[Decision]) -> Mapping[str, int]:
    """Record → the number of the last split that set it apart, with those that were set apart with it."""
    return {
        id: decision.number for decision in decisions if decision.kind == "split" for id in decision.records
    }


def bound_together(decision: Decision, ward: Mapping[str, int]) -> list[list[str]]:
    """The records that a decision to join still holds together: later splits part them."""
    groups: dict[int, list[str]] = {}
    for id in decision.records:
        apart = ward.get(id, 0)
        groups.setdefault(apart if apart > decision.number else 0, []).append(id)
    return [ids for ids in groups.values() if len(ids) > 1]
