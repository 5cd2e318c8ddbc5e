"""Object groups: records that a curator puts together by hand, kept as a document of our own.

A group is a collection that has its members as parts.  Who changed what and when stands in the
document, and is no part of the record that everybody sees.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from catalogue.errors import NotARecord, RecordRefused
from catalogue.record import Date, Mapped, Provenance, Record, Relation, Text, record_id
from mappings.base import Format

PREFIX = "object_group"
MOST_MEMBERS = 10_000

Action = Literal["created", "described", "added", "removed", "dissolved"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupMember:
    """A record in a group: by an identifier that all the world knows, else by our id (scheme almagest)."""

    id: str
    scheme: str
    value: str
    kind: str | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupChange:
    """A step of a curator: when (UTC), who, what, and the ids of the records that it was about."""

    at: str
    by: str
    action: Action
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group with its members in the order in which they came, and its changes, oldest first."""

    name: str
    title: str
    description: str | None = None
    members: tuple[GroupMember, ...] = ()
    changes: tuple[GroupChange, ...] = ()

    @property
    def is_dissolved(self) -> bool:
        """Whether it is no more."""
        return bool(self.changes) and self.changes[-1].action == "dissolved"


def group_of(document: Any) -> Group:
    """The group in a document; raises `RecordRefused`."""
    if not isinstance(document, dict) or "changes" not in document:
        raise NotARecord("An object group is a JSON object with «name», «title» and «changes».")
    try:
        group = msgspec.convert(document, Group)
    except msgspec.ValidationError as error:
        reason, _, path = str(error).partition(" - at ")
        raise RecordRefused(reason, path=path.strip("`") or "$") from None
    if len(group.members) > MOST_MEMBERS:
        raise RecordRefused(f"The group has {len(group.members)} members, the limit is {MOST_MEMBERS}.")
    if not group.title.strip():
        raise RecordRefused("The group has no title.", path="$.title")
    return group


def read(document: Any, provenance: Provenance) -> Mapped:
    """The collection that a group is; raises `RecordRefused`."""
    group = group_of(document)
    days = [change.at for change in group.changes]
    dates = [Date(kind="created", start=days[0], end=days[0])] if days else []
    if len(days) > 1:
        dates.append(Date(kind="updated", start=days[-1], end=days[-1]))
    record = Record(
        id=record_id(provenance.source, provenance.identifier),
        kind="collection",
        titles=(Text(value=group.title, type="main"),),
        descriptions=(Text(value=group.description, type="abstract"),) if group.description else (),
        dates=tuple(dates),
        type_label="Object group",
        relations=tuple(
            Relation(
                type="HasPart",
                scheme=member.scheme,
                value=member.value,
                target_kind=member.kind,
                title=member.title,
            )
            for member in group.members
        ),
        provenance=provenance,
    )
    return Mapped(record=record)


FORMAT = Format(
    prefix=PREFIX,
    title="Object group of this catalogue",
    media_type="application/json",
    read=read,
    rank=0,
)
