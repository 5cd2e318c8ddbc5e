"""One product from many records: what each field says, and which of the records said it.

The records come in the order of precedence.  A value that names one thing is taken from the
first record that has it; values of lists are put together, each once; authors are those of
the first record that names any, enriched by what the others know of the same people.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import orjson

from catalogue.json_form import body_of, dumps, joined, read_record
from catalogue.record import Agent, Coverage, Identifier, Record, Reference, Term, Text
from catalogue.text import fold

_T = TypeVar("_T")

CLAIMS = frozenset({"alternate", "identical"})
"""What a source may say of identity beyond own identifiers, believed only where its options say so."""

JOINABLE = frozenset({"doi", "ivoid", "handle", "ark", "urn", "arxiv", "bibcode", "swhid", "rrid", "igsn"})
"""Schemes whose identifiers name one thing in the whole world: who shares an own one is one product."""

Said = Mapping[str, tuple[tuple[int, ...], ...]]
"""Field → for each of its values the places of the records that said it, in the order of precedence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A record of a product: our id of it, its source, and the identifier that it has there."""

    id: str
    source: str
    identifier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """The joined record, the ids of its records in the order of precedence, and who said what."""

    record: Record
    members: tuple[str, ...]
    said: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What a curator says in place of the sources: of which field, by which decision, who and when (UTC)."""

    field: str
    decision: int
    by: str
    at: str


def join_keys(record: Record, claims: Collection[str] = ()) -> tuple[str, ...]:
    """What a record is joined by: its own identifiers of the joinable schemes, as «doi:10.1234/x».

    ``claims`` are those of `CLAIMS` that are believed as well.
    """
    roles = {"own", "alternate"} if "alternate" in claims else {"own"}
    names = [(one.scheme, one.value) for one in record.identifiers if one.role in roles]
    if "identical" in claims:
        names += [(one.scheme, one.value) for one in record.relations if one.type == "IsIdenticalTo"]
    return tuple(dict.fromkeys(f"{scheme}:{value}" for scheme, value in names if scheme in JOINABLE))


def joined_product(
    id: str, records: Sequence[Record], first: Mapping[str, Sequence[int]] | None = None
) -> Product:
    """The product of these records, which come in the order of precedence; at least one.

    ``first`` gives fields an order of their own: the places of the records, the best first.
    """
    values: dict[str, Any] = {}
    said: dict[str, tuple[tuple[int, ...], ...]] = {}
    for name, join in _FIELDS.items():
        order = (first or {}).get(name) or range(len(records))
        found = join([getattr(records[place], name) for place in order])
        if found:
            values[name] = tuple(value for value, _ in found)
            said[name] = tuple(tuple(order[place] for place in places) for _, places in found)
    for name in _SINGLE:
        values[name] = values[name][0] if name in values else None
    kinds = [records[place].kind for place in (first or {}).get("kind") or range(len(records))]
    kind = next((kind for kind in kinds if kind != "other"), kinds[0])
    order = (first or {}).get("coverage") or range(len(records))
    coverage, parts = _coverage([(place, records[place]) for place in order])
    said |= parts
    joined = replace(records[0], id=id, kind=kind, coverage=coverage, **_complete(values))
    return Product(record=joined, members=tuple(record.id for record in records), said=said)


def corrected(product: Product, corrections: Sequence[tuple[Correction, bytes]]) -> Product:
    """A product with what curators say, each with the JSON of its value, in place of what sources say."""
    body = orjson.loads(body_of(product.record))
    for correction, value in corrections:
        *above, name = correction.field.split(".")
        part = body
        for one in above:
            part = part.setdefault(one, {})
        part[name] = orjson.loads(value)
        if part[name] in (None, []):
            del part[name]
    if not body.get("coverage", True):
        del body["coverage"]
    fields = {correction.field for correction, _ in corrections}
    said = {
        name: places
        for name, places in product.said.items()
        if name not in fields and name.partition(".")[0] not in fields
    }
    record = product.record
    whole = joined(record.id, dumps(record.provenance), orjson.dumps(body))
    return replace(product, record=read_record(whole), said=said)


def _complete(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: values.get(name, ()) if name not in _SINGLE else values.get(name) for name in _FIELDS}


Found = list[tuple[Any, tuple[int, ...]]]
"""Values with the places of the records that said each."""


def _first(given: Sequence[Any]) -> Found:
    """The value of the first record that has one; others that say the same are named too."""
    for place, value in enumerate(given):
        if value is not None:
            same = tuple(other for other in range(place, len(given)) if given[other] == value)
            return [(value, same)]
    return []


def _first_list(given: Sequence[tuple[Any, ...]]) -> Found:
    """All values of the first record that has any."""
    for place, values in enumerate(given):
        if values:
            return [
                (value, (place, *(other for other in range(place + 1, len(given)) if value in given[other])))
                for value in values
            ]
    return []


def _together(key: Callable[[Any], Hashable]) -> Callable[[Sequence[tuple[Any, ...]]], Found]:
    """The values of all records, each once by its ``key``; who comes first is enriched by the rest."""

    def join(given: Sequence[tuple[Any, ...]]) -> Found:
        found: dict[Hashable, tuple[Any, list[int]]] = {}
        for place, values in enumerate(given):
            for value in values:
                name = key(value)
                if name not in found:
                    found[name] = (value, [place])
                    continue
                known, places = found[name]
                if place not in places:
                    places.append(place)
                found[name] = (_enriched(known, value), places)
        return [(value, tuple(places)) for value, places in found.values()]

    return join


def _slots(key: Callable[[Any], Hashable]) -> Callable[[Sequence[tuple[Any, ...]]], Found]:
    """The values of the first record, and of the others those that fill a slot that is still empty."""

    def join(given: Sequence[tuple[Any, ...]]) -> Found:
        found: Found = []
        taken: set[Hashable] = set()
        for place, values in enumerate(given):
            for value in values:
                if key(value) not in taken:
                    found.append((value, (place,)))
                elif (index := next((i for i, one in enumerate(found) if one[0] == value), None)) is not None:
                    known = found[index][1]
                    found[index] = (value, known if place in known else (*known, place))
            taken.update(map(key, values))
        return found

    return join


def _texts(given: Sequence[tuple[Text, ...]]) -> Found:
    """Texts by role and language; one that says the same without its language is no further one."""
    found: Found = []
    for text, places in _slots(lambda text: (text.type, text.language))(given):
        same = next((at for at, (one, _) in enumerate(found) if _says_same(one, text)), None)
        if same is None:
            found.append((text, places))
        else:
            one, known = found[same]
            found[same] = (_enriched(one, text), tuple(sorted({*known, *places})))
    return found


def _says_same(one: Text, other: Text) -> bool:
    roles = one.type == other.type or None in (one.type, other.type)
    languages = one.language == other.language or None in (one.language, other.language)
    return roles and languages and fold(one.value) == fold(other.value)


def _people(given: Sequence[tuple[Agent, ...]]) -> Found:
    """The people of the first record that names any, with what the others know of them."""
    found = _first_list(given)
    if not found:
        return []
    known = {_name(agent): index for index, (agent, _) in enumerate(found)}
    for place, agents in enumerate(given):
        for agent in agents:
            index = known.get(_name(agent))
            if index is not None:
                mine, places = found[index]
                places = places if place in places else (*places, place)
                found[index] = (_enriched(mine, agent), tuple(sorted(places)))
    return found


def _name(agent: Agent) -> tuple[str, str | None]:
    name = f"{agent.family}, {agent.given}" if agent.family and agent.given else agent.name
    return fold(name), agent.role


def _enriched(known: _T, other: _T) -> _T:
    """The first value with what it lacks and the other has."""
    if known == other:
        return known
    more: dict[str, Any] = {}
    for part in dataclasses.fields(known):  # type: ignore[arg-type]
        mine, theirs = getattr(known, part.name), getattr(other, part.name)
        if mine in (None, ()) and theirs not in (None, ()):
            more[part.name] = theirs
    return replace(known, **more) if more else known  # type: ignore[type-var]


def _coverage(
    records: Sequence[tuple[int, Record]],
) -> tuple[Coverage | None, dict[str, tuple[tuple[int, ...], ...]]]:
    """Each part of the coverage from the first record that has it."""
    parts: dict[str, Any] = {}
    said: dict[str, tuple[tuple[int, ...], ...]] = {}
    for part in dataclasses.fields(Coverage):
        for place, record in records:
            value = getattr(record.coverage, part.name) if record.coverage is not None else None
            if value:
                parts[part.name] = value
                said[f"coverage.{part.name}"] = ((place,),)
                break
    return Coverage(**parts) if parts else None, said


def _thing(value: Term | Reference) -> Hashable:
    """What makes two terms or references the same: the address, the identifier, or the folded label."""
    identifier = value.identifier if isinstance(value, Reference) else None
    name: str = value.uri or identifier or fold(value.label)
    return name


def _identifiers(given: Sequence[tuple[Identifier, ...]]) -> Found:
    """All identifiers; one that any record calls its own is the product's own."""
    own = {(one.scheme, one.value) for values in given for one in values if one.role == "own"}
    found = _together(lambda one: (one.scheme, one.value))(given)
    return [
        (replace(one, role="own") if (one.scheme, one.value) in own else one, places) for one, places in found
    ]


def _itself(value: Hashable) -> Hashable:
    return value


_THINGS = _together(_thing)
_VALUES = _together(_itself)
_SINGLE = (
    "publisher",
    "version",
    "type_label",
    "processing_level",
    "access",
    "environment",
)
_FIELDS: dict[str, Callable[[Sequence[Any]], Found]] = {
    "titles": _texts,
    "identifiers": _identifiers,
    "descriptions": _texts,
    "creators": _people,
    "contributors": _people,
    **dict.fromkeys(_SINGLE, _first),
    "dates": _slots(lambda date: date.kind),
    "languages": _VALUES,
    "sizes": _first_list,
    "formats": _VALUES,
    "subjects": _THINGS,
    "rights": _first_list,
    "funding": _together(lambda funding: (fold(funding.funder), funding.award)),
    "relations": _together(lambda relation: (relation.type, relation.scheme, relation.value)),
    "messengers": _THINGS,
    "facilities": _THINGS,
    "instruments": _THINGS,
    "techniques": _THINGS,
    "experiments": _THINGS,
    "samples": _THINGS,
    "proposals": _THINGS,
    "targets": _THINGS,
    "parameters": _together(lambda parameter: (parameter.path, parameter.name, parameter.text)),
    "tables": _together(lambda table: table.name),
    "capabilities": _VALUES,
    "distributions": _together(lambda distribution: distribution.url),
    "quality": _VALUES,
    "extra": _VALUES,
}

FIELDS = ("kind", *_FIELDS, "coverage")
"""The fields of a product: of each it is known who said it, and each may have a precedence of its own."""

CORRECTABLE = (*FIELDS, *(f"coverage.{part.name}" for part in dataclasses.fields(Coverage)))
"""What a curator may correct."""
