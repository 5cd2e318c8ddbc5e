"""What became of the records of a product that has ended: parted, they stand for themselves again."""

from __future__ import annotations

from dataclasses import dataclass

from catalogue.errors import Gone
from catalogue.index import Change
from catalogue.product import Member
from catalogue.record import Record
from catalogue.said import said, said_of
from catalogue.store import Store

_STEPS = 10
"""Products that went into another one, at most, on the way to where a record stands."""
_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A record of which a product was made, and what it is part of now: ``None`` where it is withdrawn."""

    member: Member
    stands: Record | None


def parts_of(store: Store, change: Change) -> tuple[Part, ...]:
    """The records of which a product was made that has ended; none of anything else."""
    if change.record is not None or change.joined is not None:
        return ()
    places = {member.id: member.id for member in change.members}
    found: dict[str, Change] = {}
    for _ in range(_STEPS):
        found.update(store.get_many([id for id in set(places.values()) if id not in found]))
        on = {member: goal for member, id in places.items() if id in found and (goal := found[id].joined)}
        if not on:
            break
        places.update(on)
    return tuple(
        Part(member=member, stands=found[place].record if (place := places[member.id]) in found else None)
        for member in change.members
    )


def fate_of(parts: tuple[Part, ...]) -> str:
    """What is said of a product with live parts: of how many records it was made, and what they are now."""
    live = [part for part in parts if part.stands is not None]
    alone = all(part.stands.id == part.member.id for part in live if part.stands is not None)
    number = said_of("%(num)s record", "%(num)s records", len(parts))
    some = said("of which %(live)s", live=len(live))
    which = said_of("which", "which", len(parts)) if len(live) == len(parts) else some
    if len(live) == 1:
        now = said("stands for itself again") if alone else said("is part of something else")
    else:
        now = said("stand for themselves again") if alone else said("stand apart")
    return said("was made of %(number)s, %(which)s %(now)s", number=number, which=which, now=now)


def gone(store: Store, change: Change) -> Gone:
    """What is said of a tombstone: that it was withdrawn, or where the records of a product are now."""
    since, parts = change.datestamp, parts_of(store, change)
    live = tuple(dict.fromkeys(part.stands.id for part in parts if part.stands is not None))
    if not live:
        return Gone(f"The record {change.id} was withdrawn on {since}; its history remains.", since=since)
    named = ", ".join(live[:_NAMED]) + (", …" if len(live) > _NAMED else "")
    return Gone(f"{change.id} {fate_of(parts)} since {since}: {named}.", since=since, records=live)
