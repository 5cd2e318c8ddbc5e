"""Creators, contributors and publishers of DataCite JSON."""

from __future__ import annotations

from catalogue.record import Affiliation, Agent, AgentIdentifier
from mappings.agents import agent_identifier, read_name, split_name
from mappings.datacite_agents import NAME_KINDS, read_affiliation
from mappings.draft import Draft
from mappings.json_reading import Node
from mappings.terms import contributor_role
from mappings.text import clean_line, clean_url


def read_agents(draft: Draft, parent: Node, *names: str) -> list[Agent]:
    """The agents of the first of these lists that is there."""
    found = [_agent(draft, node) for node in parent.children(*names)]
    return [agent for agent in found if agent is not None]


def read_publisher(draft: Draft, record: Node) -> Agent | None:
    """The publisher: a name, or an object with its identifier (kernel 4.5)."""
    node = record.child("publisher", "publishers")
    name = read_name(node.text("name", "publisherName") or node.text())
    value = clean_url(node.text("publisherIdentifier"))
    if name is None or value is None:
        return Agent(name=name) if name is not None else None
    scheme = node.text("publisherIdentifierScheme")
    identifier = agent_identifier(value, scheme, node.text("schemeUri", "schemeURI"))
    if identifier is None:
        draft.issue(node.where("publisherIdentifier"), "The identifier is not valid in its scheme.", value)
        draft.keep(node.where("publisherIdentifier"), value)
    node.take("lang")
    return Agent(name=name, identifiers=(identifier,) if identifier is not None else ())


def _agent(draft: Draft, node: Node) -> Agent | None:
    given, family = read_name(node.text("givenName")), read_name(node.text("familyName"))
    name = read_name(node.text("name", "creatorName", "contributorName", "authorName") or node.text())
    name = name or ", ".join(filter(None, (family, given)))
    if not name:
        return None
    type_ = node.text("nameType")
    kind = NAME_KINDS.get((type_ or "").casefold())
    if type_ and kind is None:
        draft.keep(node.where("nameType"), type_)
    if node.text("type") in ("Person", "Organization"):
        kind = kind or ("person" if node.text("type") == "Person" else "organisation")
    if given or family:
        kind = kind or "person"
    elif kind == "person":
        given, family = split_name(name)
    return Agent(
        name=name,
        given=given,
        family=family,
        kind=kind,
        identifiers=_identifiers(draft, node),
        affiliations=_affiliations(node),
        role=contributor_role(node.text("contributorType")),
    )


def _identifiers(draft: Draft, node: Node) -> tuple[AgentIdentifier, ...]:
    found: dict[AgentIdentifier, None] = {}
    for one in node.children("nameIdentifiers", "authorIdentifiers", "contributorIdentifiers"):
        value = clean_url(
            one.text("nameIdentifier", "authorIdentifier", "contributorIdentifier") or one.text()
        )
        names = ("nameIdentifierScheme", "authorIdentifierScheme", "contributorIdentifierScheme")
        scheme, address = one.text(*names), one.text("schemeUri", "schemeURI")
        if value is None:
            continue
        identifier = agent_identifier(value, scheme, address)
        if identifier is None:
            said = scheme or address
            draft.issue(one.path, f"This is not valid as {said or 'identifier'}.", value)
            draft.keep(one.path, f"{said}: {value}" if said else value)
        else:
            found[identifier] = None
    own = clean_url(node.text("id"))
    if own is not None and not found:
        identifier = agent_identifier(own, None)
        if identifier is not None:
            found[identifier] = None
    return tuple(found)


def _affiliations(node: Node) -> tuple[Affiliation, ...]:
    found: dict[Affiliation, None] = {}
    names = ("affiliation", "affiliations", "authorAffiliation", "contributorAffiliation")
    for one in node.children(*names):
        scheme = clean_line(one.text("affiliationIdentifierScheme"))
        affiliation = read_affiliation(
            one.text("name") or one.text(), one.text("affiliationIdentifier"), scheme
        )
        one.take("schemeUri", "schemeURI")
        if affiliation is not None:
            found[affiliation] = None
    return tuple(found)
