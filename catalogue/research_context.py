"""Who and what stands round one record: people, institutions, awards, proposals, environments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from catalogue.identity import is_url, resolver_url, scheme_and_value
from catalogue.index import Change
from catalogue.product import Member
from catalogue.record import Affiliation, Agent, Environment, Funding, Record, Reference
from catalogue.related import said_by
from catalogue.relation_keys import name_of
from catalogue.text import fold

MOST_PEOPLE = 10
"""Creators of one record that are shown, and as many contributors."""
MOST_OTHERS = 10
"""Awards of one record that are shown, and as many proposals."""

_INSTITUTIONS = frozenset(
    {
        "publisher",
        "Distributor",
        "Funder",
        "HostingInstitution",
        "RegistrationAgency",
        "RegistrationAuthority",
        "ResearchGroup",
        "Sponsor",
    }
)
"""Roles (DataCite 4.6, contributorType) that no person has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """A node with the edge that ties it to another: ``source`` → this.

    ``names`` are those by which the catalogue may have a record of it.
    """

    source: str
    type: str
    id: str
    kind: str
    label: str
    scheme: str | None = None
    value: str | None = None
    url: str | None = None
    names: tuple[str, ...] = ()
    said_by: tuple[Member, ...] = ()


def ties_of(change: Change) -> Iterator[Tie]:
    """What is round a live record, the rarer first; whom a tie leads to comes before those behind."""
    record = change.record
    assert record is not None
    if record.environment is not None:
        yield from _environment(record.id, record.environment, said_by(change, 0, "environment"))
    for place, funding in enumerate(record.funding[:MOST_OTHERS]):
        yield from _funding(record, funding, said_by(change, place, "funding"))
    for place, proposal in enumerate(record.proposals[:MOST_OTHERS]):
        yield _proposal(record, proposal, said_by(change, place, "proposals"))
    for place, agent in enumerate(record.creators[:MOST_PEOPLE]):
        yield from _agent(record, agent, "creator", said_by(change, place, "creators"))
    for place, agent in enumerate(record.contributors[:MOST_PEOPLE]):
        yield from _agent(record, agent, agent.role or "contributor", said_by(change, place, "contributors"))
    if record.publisher is not None:
        yield from _agent(record, record.publisher, "publisher", said_by(change, 0, "publisher"))


def _proposal(record: Record, proposal: Reference, members: tuple[Member, ...]) -> Tie:
    value = proposal.identifier or proposal.label
    name = name_of(proposal.scheme or "other", value, record.provenance.source)
    return Tie(
        source=record.id,
        type="proposal",
        id=name,
        kind="proposal",
        label=proposal.label,
        url=proposal.uri if proposal.uri and is_url(proposal.uri) else None,
        names=(name,) if proposal.identifier else (),
        said_by=members,
    )


def _agent(record: Record, agent: Agent, type: str, members: tuple[Member, ...]) -> Iterator[Tie]:
    known = {one.scheme.lower(): one.value for one in agent.identifiers}
    if agent.kind == "organisation" or type in _INSTITUTIONS or "ror" in known:
        found = Affiliation(name=agent.name, identifier=known.get("ror"), scheme="ror")
        yield _institution(record.id, found, type, members)
        return
    orcid = known.get("orcid")
    # Of two people of one name nobody knows whether they are one.
    id = f"orcid:{orcid}" if orcid else f"person:{record.id}:{fold(agent.name)}"
    yield Tie(
        source=record.id,
        type=type,
        id=id,
        kind="person",
        label=agent.name,
        scheme="orcid" if orcid else None,
        value=orcid,
        url=resolver_url("orcid", orcid) if orcid else None,
        said_by=members,
    )
    for place in agent.affiliations[:MOST_OTHERS]:
        yield _institution(id, place, "affiliation", members)


def _institution(source: str, place: Affiliation, type: str, members: tuple[Member, ...]) -> Tie:
    scheme, value = (place.scheme or "").lower() or None, place.identifier
    if value and (scheme is None or "://" in value):
        scheme, value = scheme_and_value(value, scheme)
    if scheme != "ror" or not value:
        return Tie(
            source=source,
            type=type,
            id=f"institution:{fold(place.name)}",
            kind="institution",
            label=place.name,
            said_by=members,
        )
    return Tie(
        source=source,
        type=type,
        id=f"ror:{value}",
        kind="institution",
        label=place.name,
        scheme="ror",
        value=value,
        url=resolver_url("ror", value),
        names=(f"ror:{value}",),
        said_by=members,
    )


def _funding(record: Record, funding: Funding, members: tuple[Member, ...]) -> Iterator[Tie]:
    identifier = funding.funder_identifier
    scheme = scheme_and_value(identifier)[0] if identifier else None
    funder = Affiliation(name=funding.funder, identifier=identifier, scheme=scheme)
    if not (funding.award or funding.award_title):
        yield _institution(record.id, funder, "funder", members)
        return
    url = funding.award_url if funding.award_url and is_url(funding.award_url) else None
    award = funding.award or funding.award_title or ""
    tie = Tie(
        source=record.id,
        type="funding",
        id=f"award:{fold(funding.funder)}:{fold(award)}",
        kind="award",
        label=funding.award_title or award,
        url=url,
        names=(name_of("url", url, record.provenance.source),) if url else (),
        said_by=members,
    )
    yield tie
    yield _institution(tie.id, funder, "funder", members)


def _environment(source: str, environment: Environment, members: tuple[Member, ...]) -> Iterator[Tie]:
    if environment.repository and is_url(environment.repository):
        name = name_of("url", environment.repository, "")
        yield Tie(
            source=source,
            type="repository",
            id=name,
            kind="repository",
            label=name.partition(":")[2],
            url=environment.repository,
            names=(name,),
            said_by=members,
        )
    if environment.container:
        yield Tie(
            source=source,
            type="environment",
            id=f"container:{environment.container}",
            kind="container",
            label=environment.container,
            said_by=members,
        )
