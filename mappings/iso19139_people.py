"""Responsible parties of ISO 19139 by their roles (CI_RoleCode); never how to reach them."""

from __future__ import annotations

from catalogue.record import Affiliation, Agent, AgentIdentifier
from mappings.agents import agent_identifier, read_name, split_name
from mappings.draft import Draft
from mappings.iso19139_values import anchor_at, inside, text_at
from mappings.json_reading import Node

_CREATORS = frozenset({"author", "originator", "principalInvestigator", "coAuthor", "contributor"})
_ROLES = {
    "contributor": "Other",
    "coAuthor": None,
    "pointOfContact": "ContactPerson",
    "custodian": "DataCurator",
    "owner": "RightsHolder",
    "rightsHolder": "RightsHolder",
    "distributor": "Distributor",
    "resourceProvider": "HostingInstitution",
    "processor": "DataManager",
    "editor": "Editor",
    "funder": "Sponsor",
    "sponsor": "Sponsor",
    "user": "RelatedPerson",
}


def read_party(draft: Draft, node: Node, *, of_description: bool = False) -> None:
    """The party that a property holds; that of the description is a contact where there is no other."""
    held = next((one for _, one in _held(node)), None)
    if held is None:
        return
    role = text_at(held, "role")
    agent = _agent(held)
    if agent is None:
        return
    if of_description:
        if not any(one.role == "ContactPerson" for one in draft.contributors):
            draft.contributors.append(_with_role(agent, "ContactPerson"))
        return
    if role == "publisher" and draft.publisher is None:
        draft.publisher = Agent(name=_organisation(agent), identifiers=agent.identifiers)
    elif role in _CREATORS and role != "contributor":
        draft.creators.append(agent)
    else:
        draft.contributors.append(_with_role(agent, _ROLES.get(role or "", role)))


def _held(node: Node) -> list[tuple[str, Node]]:
    return [(name, one) for name, one in node.members() if not name.startswith(("@", "#")) and one.is_object]


def _organisation(agent: Agent) -> str:
    return agent.affiliations[0].name if agent.affiliations else agent.name


def _agent(node: Node) -> Agent | None:
    person, organisation = (
        read_name(text_at(node, "individualName")),
        read_name(text_at(node, "organisationName")),
    )
    position = read_name(text_at(node, "positionName"))
    name = person or organisation or position
    if name is None:
        return None
    if person is None:
        return Agent(name=name, kind="organisation" if organisation else None, identifiers=_identifiers(node))
    given, family = split_name(person)
    return Agent(
        name=person,
        given=given,
        family=family,
        kind="person" if given else None,
        identifiers=_identifiers(node),
        affiliations=(Affiliation(name=organisation),) if organisation else (),
    )


def _identifiers(node: Node) -> tuple[AgentIdentifier, ...]:
    """An ORCID or ROR that the name is tied to, or that is the address of the party."""
    addresses = [anchor_at(node, "individualName"), anchor_at(node, "organisationName")]
    for _, contact in inside(node, "contactInfo"):
        for _, online in inside(contact, "onlineResource"):
            addresses.append(text_at(online, "linkage"))
    found: list[AgentIdentifier] = []
    for address in addresses:
        for scheme in ("orcid", "ror"):
            if address and f"{scheme}.org/" in address:
                identifier = agent_identifier(address, scheme)
                if identifier is not None and identifier not in found:
                    found.append(identifier)
    return tuple(found)


def _with_role(agent: Agent, role: str | None) -> Agent:
    return Agent(
        name=agent.name,
        given=agent.given,
        family=agent.family,
        kind=agent.kind,
        identifiers=agent.identifiers,
        affiliations=agent.affiliations,
        role=role,
    )
