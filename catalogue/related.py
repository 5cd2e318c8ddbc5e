"""What one record is related to: by its own word, and by that of the records that relate to it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from catalogue.ended import gone
from catalogue.errors import Gone, QueryError
from catalogue.identity_keys import key_number
from catalogue.index import Change
from catalogue.product import Member
from catalogue.record import Relation
from catalogue.relation_keys import (
    MOST_RELATIONS,
    name_of,
    names_of,
    our_names,
    own_names,
    same_names,
)
from catalogue.relations import Mention, RelationLookup, Thing
from catalogue.store import Store
from vocab.base import vocabulary

Direction = Literal["outgoing", "incoming"]
_Target = tuple[int, Relation, tuple[str, ...]]

MOST_OWN_NAMES = 500
"""Names of one thing by which others are found that relate to it."""

_CURSOR = re.compile(r"o(\d{1,6})|i(?:(-?\d{1,19})\.([0-9a-f]{20}))?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """One relation as it looks from a record.

    ``type`` is that of the record towards the other end, ``stated`` as it was said there where
    another record said it (then ``type`` is the inverse; ``None`` where there is none).
    ``scheme`` and ``value`` name the target, which for an incoming one is the record itself.
    ``things`` are live in the catalogue: what the target is, none while it dangles; or the thing
    that says it.  ``said_by`` are the source records that do.
    """

    direction: Direction
    type: str | None
    stated: str
    scheme: str
    value: str
    target_kind: str | None = None
    title: str | None = None
    things: tuple[Thing, ...] = ()
    said_by: tuple[Member, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedPage:
    """Relations in their order, own ones first; ``outgoing`` counts those, ``next`` is where to go on.

    What a thing relates to itself is left out: records of a product are often variants of each other.
    """

    relations: tuple[Related, ...]
    outgoing: int
    next: str | None


def inverse_of(type: str) -> str | None:
    """The relation from the other end (DataCite 4.6, appendix 1, relationType); none where it has no name."""
    concept = vocabulary("relation_types").lookup(type)
    return concept.values.get("inverse") if concept is not None else None


def related(
    store: Store,
    lookup: RelationLookup,
    id: str,
    *,
    direction: Direction | None = None,
    cursor: str | None = None,
    limit: int = 100,
) -> RelatedPage:
    """A page of the relations of a live record or product; raises as `relations_of`, and `NotFound`."""
    change = store.change(id)
    if change.record is None:
        raise gone(store, change)
    return relations_of(lookup, change, direction=direction, cursor=cursor, limit=limit)


def relations_of(
    lookup: RelationLookup,
    change: Change,
    *,
    direction: Direction | None = None,
    cursor: str | None = None,
    limit: int = 100,
) -> RelatedPage:
    """A page of the relations of what is live, in a constant number of queries.

    Raises `Gone` for a tombstone, and `QueryError` for a cursor that is none of ours.
    """
    if change.record is None:
        since = change.datestamp
        raise Gone(f"The record {change.id} was withdrawn on {since}.", since=since)
    offset, after = _read_cursor(cursor)
    own = _to_others(change, lookup.base_url)
    found: list[Related] = []
    following: str | None = None
    if offset is not None and direction != "incoming":
        found = _outgoing(lookup, change, own[offset : offset + limit])
        following = f"o{offset + limit}" if offset + limit < len(own) else None
    if following is None and direction != "outgoing":
        if len(found) < limit:
            incoming, following = _incoming(lookup, change, after, limit - len(found))
            found += incoming
        else:
            following = "i"
    return RelatedPage(relations=tuple(found), outgoing=len(own), next=following)


def _read_cursor(cursor: str | None) -> tuple[int | None, tuple[int, str] | None]:
    """Where to go on among own relations (``None``: after them), and among those of others."""
    match = _CURSOR.fullmatch(cursor or "o0")
    if match is None or (match[2] and not -(2**63) <= int(match[2]) < 2**63):
        raise QueryError(
            "Parameter «cursor» must come from the «next» address of an answer.", parameter="cursor"
        )
    if match[1] is not None:
        return int(match[1]), None
    return None, (int(match[2]), match[3]) if match[2] else None


def members_of(change: Change) -> tuple[Member, ...]:
    """The source records that a thing is made of; a record that stands for itself is its only one."""
    if change.members or change.record is None:
        return change.members
    provenance = change.record.provenance
    return (Member(id=change.id, source=provenance.source, identifier=provenance.identifier),)


def called(change: Change, base_url: str) -> tuple[str, ...]:
    """All names of a thing: those that its records give it, in either form, and ours of it and them."""
    members = members_of(change)
    assert change.record is not None
    names = {same for name in own_names(change.record) for same in same_names(name)}
    names.update(our_names((change.id, *(member.id for member in members)), base_url))
    for source in {member.source for member in members} - {change.record.provenance.source}:
        # What is an identifier within one source only, each source calls by its own name.
        names.update(
            name_of(one.scheme, one.value, source) for one in change.record.identifiers if one.role == "own"
        )
    return tuple(sorted(names))[:MOST_OWN_NAMES]


def said_by(change: Change, place: int, field: str = "relations") -> tuple[Member, ...]:
    """The source records that say the value at this place of a field; none where a curator has set it."""
    members = members_of(change)
    places = change.said.get(field, ())
    if change.members and not places:
        return ()
    if place < len(places):
        return tuple(members[one] for one in places[place] if one < len(members))
    return members


def targets(change: Change, start: int, limit: int) -> list[tuple[Relation, tuple[str, ...]]]:
    """Relations of a thing, each with the names that its target may have, the best first.

    Which of several sources has said it matters for what is an identifier within one source only.
    """
    assert change.record is not None
    found = []
    for place, relation in enumerate(
        change.record.relations[start : min(start + limit, MOST_RELATIONS)], start
    ):
        # What a curator has said is nobody's of the members.
        members = said_by(change, place) or members_of(change)
        sources = dict.fromkeys(member.source for member in members)
        names = [names_of(relation, source) for source in sources]
        exact = [name for name, *_ in names]
        wider = [name for _, *rest in names for name in rest]
        found.append((relation, tuple(dict.fromkeys([*exact, *wider]))))
    return found


def meant(names: Sequence[str], things: Mapping[str, tuple[str, ...]], itself: str) -> tuple[str, ...]:
    """The ids of the things that the best of these names has, said by the thing ``itself``.

    Who relates to a name of his own means none of those that share it: versions of software share
    their repository, and each tells of its own state there.
    """
    for place, name in enumerate(names):
        if name in things:
            if itself in things[name]:
                return () if place else (itself,)
            return things[name]
    return ()


def _to_others(change: Change, base_url: str) -> list[_Target]:
    """The relations of a thing to anything but itself: place, relation, names that the target may have."""
    assert change.record is not None
    if not change.record.relations:
        return []
    mine = set(called(change, base_url))
    wanted = targets(change, 0, MOST_RELATIONS)
    return [(place, one, names) for place, (one, names) in enumerate(wanted) if names[0] not in mine]


def _outgoing(lookup: RelationLookup, change: Change, wanted: Sequence[_Target]) -> list[Related]:
    ids = lookup.things(name for *_, names in wanted for name in names)
    things = lookup.summaries(id for found in ids.values() for id in found)
    return [
        Related(
            direction="outgoing",
            type=relation.type,
            stated=relation.type,
            scheme=relation.scheme,
            value=relation.value,
            target_kind=relation.target_kind,
            title=relation.title,
            things=_known(things, meant(names, ids, change.id)),
            said_by=said_by(change, place),
        )
        for place, relation, names in wanted
    ]


def _known(things: dict[str, Thing], ids: Iterable[str]) -> tuple[Thing, ...]:
    return tuple(things[id] for id in dict.fromkeys(ids) if id in things)


def _incoming(
    lookup: RelationLookup, change: Change, after: tuple[int, str] | None, limit: int
) -> tuple[list[Related], str | None]:
    numbers = [key_number(name) for name in called(change, lookup.base_url)]
    mentions, following = lookup.mentions(numbers, limit, after)
    mentions = [mention for mention in mentions if mention.thing != change.id]
    things = lookup.summaries(mention.thing for mention in mentions)
    return _grouped(mentions, things), None if following is None else f"i{following[0]}.{following[1]}"


def _grouped(mentions: Sequence[Mention], things: dict[str, Thing]) -> list[Related]:
    """One relation for each thing, type and name, with all its records that say so."""
    found: dict[tuple[str, int, str], tuple[Relation, list[Member]]] = {}
    for mention in mentions:
        for relation in mention.relations:
            key = (mention.thing, mention.number, relation.type)
            members = found.setdefault(key, (relation, []))[1]
            if mention.member not in members:
                members.append(mention.member)
    return [
        Related(
            direction="incoming",
            type=inverse_of(stated),
            stated=stated,
            scheme=relation.scheme,
            value=relation.value,
            things=(things[thing],),
            said_by=tuple(members),
        )
        for (thing, _, stated), (relation, members) in found.items()
        if thing in things
    ]
