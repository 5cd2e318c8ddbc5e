"""People and organisations as the records tell of them: found by ORCID or ROR, none is kept apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from catalogue.errors import NotFound
from catalogue.identity import scheme_and_value
from catalogue.index import Change, Count, Query
from catalogue.record import Affiliation, Agent, Record
from web.context import catalogue

ON_A_PAGE = 50
"""Records of somebody on one page of the document."""

OTHERS = 12
"""People, publishers, subjects … that are named with how often they occur."""

MOST_NAMES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A record that names somebody, and as what: «creator», «publisher», «funder», «affiliation», a role."""

    change: Change
    record: Record
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Somebody:
    """A person or an organisation as a page of its records tells; names with how many of these say so.

    ``affiliations`` are (name, ROR or ``None``); ``others``, ``subjects`` and ``sources`` count all records.
    """

    scheme: str
    value: str
    total: int
    names: tuple[tuple[str, int], ...]
    affiliations: tuple[tuple[str, str | None], ...]
    works: tuple[Work, ...]
    others: tuple[Count, ...]
    subjects: tuple[Count, ...]
    cursor: str | None

    @property
    def name(self) -> str:
        """The name that most records say; without any the identifier."""
        return self.names[0][0] if self.names else self.value

    @property
    def uri(self) -> str:
        """The IRI by which the graph names it (ADR 0019)."""
        return f"https://{self.scheme}.org/{self.value}"


def normal(scheme: str, value: str) -> str:
    """The identifier in its normal form; raises `NotFound` for what is none of its scheme (a wrong digit)."""
    for written in (value, value.upper()):
        found, known = scheme_and_value(written, scheme)
        if found == scheme:
            return known
    kind = "ORCID" if scheme == "orcid" else "ROR"
    raise NotFound(f"«{value[:100]}» is no {kind}: its form or its check digit is wrong.")


def somebody(scheme: str, value: str, cursor: str | None = None) -> Somebody:
    """Who has this identifier; raises `NotFound` where no record names it."""
    query = Query(
        words=f'identifier:"{value}"',
        sort="newest",
        size=ON_A_PAGE,
        cursor=cursor,
        counts=() if cursor else ("creator", "subject"),
        counts_size=OTHERS + MOST_NAMES,
    )
    found = catalogue().search(query)
    if not found.total:
        raise NotFound(f"No record names {value}.")
    changes = catalogue().store.get_many([hit.id for hit in found.hits])
    works, names, places = [], Counter[str](), Counter[tuple[str, str | None]]()
    for change in changes.values():
        if change.record is None:
            continue
        named = list(_mentions(change.record, scheme, value))
        if not named:
            continue
        works.append(
            Work(
                change=change, record=change.record, roles=tuple(dict.fromkeys(role for role, _, _ in named))
            )
        )
        names.update({name for _, name, _ in named})
        places.update({(place.name, _ror(place)) for _, _, agent in named for place in _places(agent)})
    known = tuple(names.most_common(MOST_NAMES))
    return Somebody(
        scheme=scheme,
        value=value,
        total=found.total,
        names=known,
        affiliations=tuple(place for place, _ in places.most_common(MOST_NAMES)),
        works=tuple(works),
        others=_others(found.facets.get("creator", ()), f"https://{scheme}.org/{value}", names),
        subjects=tuple(found.facets.get("subject", ())[:OTHERS]),
        cursor=found.cursor,
    )


def _mentions(record: Record, scheme: str, value: str) -> Iterator[tuple[str, str, Agent | None]]:
    """As what a record names somebody, how it calls them, and what else it says of them."""
    groups = (
        ("creator", record.creators),
        ("contributor", record.contributors),
        ("publisher", (record.publisher,) if record.publisher is not None else ()),
    )
    for role, agents in groups:
        for agent in agents:
            if any(held.scheme == scheme and held.value == value for held in agent.identifiers):
                yield agent.role if role == "contributor" and agent.role else role, agent.name, agent
            if scheme == "ror":
                for place in agent.affiliations:
                    if _ror(place) == value:
                        yield "affiliation", place.name, None
    if scheme == "ror":
        for grant in record.funding:
            if grant.funder_identifier and _normal(grant.funder_identifier, None) == (scheme, value):
                yield "funder", grant.funder, None


def _places(agent: Agent | None) -> Sequence[Affiliation]:
    return agent.affiliations if agent is not None else ()


def _ror(place: Affiliation) -> str | None:
    if place.identifier is None:
        return None
    scheme, value = _normal(place.identifier, place.scheme)
    return value if scheme == "ror" else None


@lru_cache(maxsize=4096)
def _normal(value: str, scheme: str | None) -> tuple[str, str]:
    return scheme_and_value(value, scheme)


def _others(counts: Sequence[Count], uri: str, names: Counter[str]) -> tuple[Count, ...]:
    """The people beside whom somebody is named."""
    return tuple(one for one in counts if one.uri != uri and one.label not in names)[:OTHERS]
