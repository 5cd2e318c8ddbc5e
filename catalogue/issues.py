"""The issues of a source's records: written with a page, told in groups, first and last seen.

An issue that stands costs nothing from run to run.  Its row is written when a harvest
meets it anew; whenever a later run has read the whole of what it asked for, all issues
whose records are still there were met again, and the source's ``confirmed`` says when.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    case,
    delete,
    func,
    insert,
    literal,
    not_,
    select,
    update,
)

from catalogue import tables
from catalogue.database import storable
from catalogue.outcome import Outcome
from catalogue.record import Issue, record_id

LOST = ("unreadable", "unnamed")
"""The rules of issues of records that did not arrive: what has arrived since ends them."""
_IN_AT_ONCE = 500
_EXAMPLES = 3
_INDEX = re.compile(r"\[\d+\]|(?<=line )\d+|(?<=column )\d+")
_QUOTED = re.compile(r"«[^»]*»")
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceIssue:
    """A stored issue of a record; ``since`` and ``seen`` are when a harvest met it first and last."""

    id: str
    identifier: str
    path: str
    rule: str
    reason: str
    value: str | None
    since: str
    seen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueGroup:
    """Issues of a source that say the same.

    ``reason``    as written; where the figures in it differ from record to record they are «#»
    ``path``      with «[*]» where positions in lists differ, as «creators[*].name»
    ``records``   how many records have it, ``issues`` how often altogether
    ``first``     when a harvest met the oldest first, ``last`` when the newest last
    ``examples``  identifiers of up to three of the records, as the source writes them
    """

    rule: str
    reason: str
    path: str
    records: int
    issues: int
    first: str
    last: str
    examples: tuple[str, ...]


def gist_of(reason: str) -> str:
    """A reason without the figures and quoted values that differ from record to record."""
    return _FIGURE.sub("#", _QUOTED.sub("«…»", reason))


def pattern_of(path: str) -> str:
    """A path without positions in lists or lines."""
    return _INDEX.sub(lambda found: "[*]" if found[0].startswith("[") else "*", path)


def topic_of(issue: Issue) -> str:
    """What an issue and all others of its group have in common, as 16 hexadecimal digits."""
    said = f"{issue.rule}\n{gist_of(issue.reason)}\n{pattern_of(issue.path)}"
    return hashlib.blake2b(said.encode("utf-8", "replace"), digest_size=8).hexdigest()


def write_issues(
    connection: Connection,
    source: int,
    name: str,
    outcomes: Sequence[Outcome],
    present: str,
    missing: Sequence[Issue] = (),
) -> None:
    """Replace the issues of what was decided anew; an issue that was there keeps its date.

    ``present`` is the present time, ``missing`` what did not arrive.
    """
    issues = {o.id: list(o.issues) for o in outcomes if o.mapped or o.raw_changed or o.state == "deleted"}
    earlier = _taken(connection, source, list(issues))
    # What did not change, and what did not arrive, keeps the issues that its crosswalk has found.
    kept = {o.id for o in outcomes if o.known is not None}
    for one in missing:
        id = record_id(name, one.identifier)
        issues.setdefault(id, []).append(one)
        kept.add(id)
    earlier |= _taken(connection, source, list(kept), tables.issue.c.rule.in_(LOST))
    rows = [
        {
            "source": source,
            "id": id,
            "identifier": storable(one.identifier),
            "path": storable(one.path),
            "rule": one.rule,
            "reason": storable(one.reason),
            "value": None if one.value is None else storable(one.value),
            "since": earlier.get((id, storable(one.path), one.rule, storable(one.reason)), present),
            "seen": present,
            "stands": one.rule not in LOST,
            "topic": topic_of(one),
        }
        for id, several in issues.items()
        for one in several
    ]
    if rows:
        connection.execute(insert(tables.issue), rows)


def _taken(
    connection: Connection, source: int, ids: Sequence[str], *only: ColumnElement[bool]
) -> dict[tuple[str, str, str, str], str]:
    """Delete the issues of these records: since when each of them was known."""
    column = tables.issue.c
    earlier = {}
    for part in _parts(ids):
        mine = and_(column.source == source, column.id.in_(part), *only)
        rows = connection.execute(select(tables.issue).where(mine)).all()
        if rows:
            earlier.update({(row.id, row.path, row.rule, row.reason): row.since for row in rows})
            connection.execute(delete(tables.issue).where(mine))
    return earlier


def hold_back(connection: Connection, source: int, ids: Sequence[str]) -> None:
    """These records have just been missed: their issues were seen last by the run before."""
    issue = tables.issue.c
    for part in _parts(ids):
        mine = (issue.source == source) & issue.id.in_(part) & issue.stands
        confirmed = select(tables.source.c.confirmed).where(tables.source.c.number == source)
        connection.execute(
            update(tables.issue).where(mine).values(seen=_last(confirmed.scalar_subquery()), stands=False)
        )


def let_stand(connection: Connection, source: int, ids: Sequence[str], present: str) -> None:
    """These records have come again, and with them their issues."""
    issue = tables.issue.c
    for part in _parts(ids):
        mine = (issue.source == source) & issue.id.in_(part) & not_(issue.stands)
        back = mine & issue.rule.not_in(LOST)
        connection.execute(update(tables.issue).where(back).values(seen=present, stands=True))


def _last(confirmed: Any) -> ColumnElement[str]:
    """When an issue was met last."""
    issue = tables.issue.c
    later = and_(issue.stands, confirmed.is_not(None), confirmed > issue.seen)
    return case((later, confirmed), else_=issue.seen)


def list_issues(connection: Connection, source: int, after: int, limit: int) -> list[tuple[int, SourceIssue]]:
    """Issues in the order they came, with their numbers for paging."""
    issue = tables.issue.c
    rows = connection.execute(
        select(tables.issue, _last(tables.source.c.confirmed).label("last"))
        .join_from(tables.issue, tables.source, issue.source == tables.source.c.number)
        .where(issue.source == source, issue.number > after)
        .order_by(issue.number)
        .limit(limit)
    )
    return [(row.number, _issue(row)) for row in rows]


def _issue(row: Row[Any]) -> SourceIssue:
    return SourceIssue(
        id=row.id,
        identifier=row.identifier,
        path=row.path,
        rule=row.rule,
        reason=row.reason,
        value=row.value,
        since=row.since,
        seen=row.last,
    )


def group_issues(connection: Connection, source: int, limit: int) -> list[IssueGroup]:
    """A source's issues by what they say, those of the most records first."""
    issue = tables.issue.c
    confirmed = connection.scalar(select(tables.source.c.confirmed).where(tables.source.c.number == source))
    last = issue.seen if confirmed is None else _last(literal(confirmed))
    records = func.count(issue.id.distinct())
    rows = connection.execute(
        select(
            issue.topic,
            func.min(issue.rule).label("rule"),
            records.label("records"),
            func.count().label("issues"),
            func.min(issue.since).label("first"),
            func.max(last).label("last"),
            func.min(issue.reason).label("reason"),
            func.max(issue.reason).label("other_reason"),
            func.min(issue.path).label("path"),
            func.max(issue.path).label("other_path"),
        )
        .where(issue.source == source)
        .group_by(issue.topic)
        .order_by(records.desc(), issue.topic)
        .limit(limit)
    ).all()
    return [_group(row, _examples(connection, source, row.topic)) for row in rows]


def _group(row: Row[Any], examples: tuple[str, ...]) -> IssueGroup:
    return IssueGroup(
        rule=row.rule,
        reason=row.reason if row.reason == row.other_reason else gist_of(row.reason),
        path=row.path if row.path == row.other_path else pattern_of(row.path),
        records=row.records,
        issues=row.issues,
        first=row.first,
        last=row.last,
        examples=examples,
    )


def _examples(connection: Connection, source: int, topic: str) -> tuple[str, ...]:
    issue = tables.issue.c
    mine = (issue.source == source) & (issue.topic == topic)
    # A record with many such issues would hide the others: look a little further than three rows.
    query = select(issue.identifier).where(mine).order_by(issue.number).limit(_EXAMPLES * 4)
    return tuple(dict.fromkeys(connection.scalars(query)))[:_EXAMPLES]


def lost_identifiers(connection: Connection, source: int, limit: int) -> list[str]:
    """The source's identifiers of records that did not arrive, those missed longest first."""
    issue = tables.issue.c
    mine = (issue.source == source) & (issue.rule == "unreadable")
    query = select(issue.identifier).where(mine).order_by(issue.since, issue.number).limit(limit)
    return list(dict.fromkeys(connection.scalars(query)))


def _parts(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), _IN_AT_ONCE):
        yield ids[start : start + _IN_AT_ONCE]
