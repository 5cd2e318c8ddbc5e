"""People, organisations and funding in schema.org's words (schema.org Person, Organization, Grant)."""

from __future__ import annotations

import re
from typing import Literal

from catalogue.identity import is_url, resolver_url, scheme_and_value
from catalogue.record import Affiliation, Agent, AgentIdentifier, Funding
from mappings.agents import agent_identifier, read_name
from mappings.draft import Draft
from mappings.json_ld import Entities, types_of
from mappings.json_reading import Node
from mappings.terms import contributor_role
from mappings.text import clean_line, clean_url

_ORGANISATIONS = re.compile(
    r"organi[sz]ation|consortium|corporation|project|group|college|library|department"
)
_AGENT_SCHEMES = frozenset({"orcid", "ror", "isni", "gnd", "viaf", "wikidata", "grid", "crossref-funder"})
_ROLES = {
    "editor": "Editor",
    "translator": "Translator",
    "producer": "Producer",
    "provider": "Distributor",
    "copyrightHolder": "RightsHolder",
    "sponsor": "Sponsor",
    "maintainer": "maintainer",
    "contributor": None,
    "accountablePerson": "ContactPerson",
    "sourceOrganization": "HostingInstitution",
}


def read_agents(draft: Draft, entities: Entities, work: Node) -> None:
    """Everybody who has a part in a work: authors, contributors in their roles, publisher, funders."""
    for name in work.having(("author", "creator", "agents")):
        for node in work.children(name):
            agent = agent_of(draft, entities, node)
            if agent is not None and name == "agents":
                _first_version(draft, node, agent)
            elif agent is not None:
                draft.creators.append(agent)
    for name in work.having(_ROLES):
        for node in work.children(name):
            agent = agent_of(draft, entities, node, _ROLES[name])
            if agent is not None:
                draft.contributors.append(agent)
    draft.creators[:] = dict.fromkeys(draft.creators)
    draft.contributors[:] = dict.fromkeys(draft.contributors)
    for node in work.children("publisher"):
        agent = agent_of(draft, entities, node)
        if draft.publisher is None:
            draft.publisher = agent
        elif agent is not None:
            draft.keep(node.path, agent.name)
    read_funding(draft, entities, work)


def _first_version(draft: Draft, node: Node, agent: Agent) -> None:
    """An agent of CodeMeta 1, whose role is a code inside."""
    role = node.child("role").text("roleCode", "@id") or node.text("role")
    node.child("role").take("namespace")
    if role in (None, "creator", "author") or node.text("mustBeCited") == "true":
        draft.creators.append(agent)
        return
    known = _ROLES.get(role or "", role)
    draft.contributors.append(_with_role(agent, contributor_role(known) if known else None))


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


def agent_of(draft: Draft, entities: Entities, node: Node, role: str | None = None) -> Agent | None:
    """A person or an organisation; ``None`` where there is no name."""
    found = entities.of(node)
    if not found.is_object:
        return _named(found.text(), role)
    types = types_of(found)
    if any(one.casefold() == "role" for one in types):
        return None  # what it says of somebody who is named beside stays as it is
    identifiers = _identifiers(draft, found)
    given, family = read_name(_joined(found, "givenName")), read_name(_joined(found, "familyName"))
    name = read_name(found.text("name", "legalName"))
    if given and family:
        found.take("name")
        name = f"{family}, {given}"
    name = name or family or given
    if name is None:
        name = next((one.value for one in identifiers), None)
    if name is None:
        return None
    found.take("email")
    return Agent(
        name=name,
        given=given,
        family=family,
        kind=_kind(types, bool(given or family)),
        identifiers=identifiers,
        affiliations=_affiliations(entities, found),
        role=contributor_role(role) if role else None,
    )


def _joined(node: Node, name: str) -> str | None:
    return " ".join(text for _, text in node.texts(name)) or None


def _named(text: str | None, role: str | None) -> Agent | None:
    """An agent of whom there is but a text: a name, perhaps with addresses after it, or an identifier."""
    cleaned = clean_line(text)
    if cleaned is None:
        return None
    identifier = _identifier(cleaned)
    if identifier is not None:
        return Agent(name=identifier.value, identifiers=(identifier,), role=role)
    name = read_name(re.sub(r"\s*[<(][^<>()]*[>)]", "", cleaned)) or read_name(cleaned)
    return Agent(name=name, role=contributor_role(role) if role else None) if name else None


def _kind(types: list[str], is_named_as_person: bool) -> Literal["person", "organisation"] | None:
    for one in types:
        if one.casefold() == "person":
            return "person"
        if _ORGANISATIONS.search(one.casefold()):
            return "organisation"
    return "person" if is_named_as_person else None


def _identifiers(draft: Draft, node: Node) -> tuple[AgentIdentifier, ...]:
    """ORCID, ROR and the like, wherever they stand: ``@id``, identifier, sameAs, url."""
    found: list[AgentIdentifier] = []
    for name in node.having(("@id", "identifier", "sameAs", "url")):
        for inner in node.children(name):
            scheme = inner.text("propertyID") if inner.is_object else None
            text = inner.text("value", "@id", "url") if inner.is_object else inner.scalar() and inner.text()
            identifier = _identifier(clean_url(text or None), scheme)
            if identifier is not None:
                if identifier not in found:
                    found.append(identifier)
            elif text and name == "@id" and "orcid.org" in text:
                draft.issue(inner.path, "This is not valid as ORCID.", text)
            elif text and (name != "@id" or is_url(text)):
                draft.keep(inner.path, text)
    return tuple(found)


def _identifier(text: str | None, scheme: str | None = None) -> AgentIdentifier | None:
    if not text or len(text) > 300:
        return None
    found, value = scheme_and_value(text)
    if found in _AGENT_SCHEMES:
        return AgentIdentifier(scheme=found, value=value)
    if scheme is None or scheme.rpartition("/")[2].casefold() not in _AGENT_SCHEMES:
        return None
    return agent_identifier(text, scheme.rpartition("/")[2])


def _affiliations(entities: Entities, person: Node) -> tuple[Affiliation, ...]:
    found: list[Affiliation] = []
    for node in person.children("affiliation", "worksFor", "memberOf"):
        place = entities.of(node)
        name = read_name(place.text("name", "legalName") if place.is_object else place.text())
        identifier = None
        if place.is_object:
            for text in (place.text("@id"), place.text("identifier"), place.text("sameAs")):
                identifier = identifier or _identifier(clean_url(text))
        if name is None and identifier is None:
            continue
        found.append(
            Affiliation(
                name=name or (identifier.value if identifier else ""),
                identifier=identifier.value if identifier else None,
                scheme=identifier.scheme if identifier else None,
            )
        )
    return tuple(dict.fromkeys(found))


def read_funding(draft: Draft, entities: Entities, work: Node) -> None:
    """Funders, and grants with the funder inside or as free text (schema.org funding, CodeMeta funding)."""
    named = (_funder(draft, entities, node) for node in work.children("funder"))
    funders = [one for one in named if one is not None]
    for node in work.children("funding"):
        grant = entities.of(node)
        inner = _funder(draft, entities, grant.child("funder")) if grant.is_object else None
        funder = inner or (funders[0] if len(funders) == 1 else None)
        if not grant.is_object:
            _funding_in_words(draft, funder, grant)
            continue
        number = clean_line(grant.text("identifier")) or clean_line(grant.child("identifier").text("value"))
        url = clean_url(grant.text("url")) or clean_url(grant.text("@id"))
        if funder is None:
            draft.keep_all(grant.left())
            continue
        draft.funding.append(
            Funding(
                funder=funder.name,
                funder_identifier=_resolvable(funder),
                award=number,
                award_title=clean_line(grant.text("name")),
                award_url=url if url and url.startswith("http") else None,
            )
        )
    known = {one.funder for one in draft.funding}
    draft.funding.extend(
        Funding(funder=one.name, funder_identifier=_resolvable(one))
        for one in funders
        if one.name not in known
    )


def _funding_in_words(draft: Draft, funder: Agent | None, node: Node) -> None:
    words = clean_line(node.text())
    if words is None:
        return
    if funder is None:
        draft.funding.append(Funding(funder=words))
    else:
        draft.funding.append(Funding(funder=funder.name, funder_identifier=_resolvable(funder), award=words))


def _funder(draft: Draft, entities: Entities, node: Node) -> Agent | None:
    return agent_of(draft, entities, node) if node else None


def _resolvable(agent: Agent) -> str | None:
    return next((resolver_url(one.scheme, one.value) or one.value for one in agent.identifiers), None)
