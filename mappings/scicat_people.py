"""People and organisations as JSON objects, as SciCat v4 (after DataCite) and PaNOSC write them."""

from __future__ import annotations

from typing import Literal

from catalogue.identity import normal_identifier
from catalogue.record import Affiliation, Agent, AgentIdentifier
from mappings.agents import agent_identifier, read_name, split_name
from mappings.draft import Draft
from mappings.json_reading import Node
from mappings.terms import contributor_role
from mappings.text import clean_line, clean_url

_KINDS: dict[str, Literal["person", "organisation"]] = {
    "personal": "person",
    "organizational": "organisation",
    "organisational": "organisation",
}
_NAMES = ("name", "creatorName", "contributorName", "fullName")
_GIVEN = ("givenName", "firstName", "firstname")
_FAMILY = ("familyName", "lastName", "lastname")


def agent_of(draft: Draft, node: Node, role: str | None = None) -> Agent | None:
    """The agent that an object describes; nothing where it has no name."""
    node.take("email", "contactEmail")
    name, given, family = (read_name(node.text(*names)) for names in (_NAMES, _GIVEN, _FAMILY))
    name = name or ", ".join(part for part in (family, given) if part) or None
    if name is None:
        return None
    kind = _KINDS.get((node.text("nameType") or "").casefold())
    if given or family:
        kind = kind or "person"
    elif kind != "organisation":
        given, family = split_name(name)
        kind = "person" if family else kind
    said = contributor_role(node.text("contributorType", "role"))
    return Agent(
        name=name,
        given=given,
        family=family,
        kind=kind,
        identifiers=tuple(dict.fromkeys(_identifiers(draft, node))),
        affiliations=tuple(dict.fromkeys(affiliations(node, "affiliation", "affiliations"))),
        role=said or role,
    )


def affiliations(node: Node, *names: str) -> list[Affiliation]:
    """Institutions as texts or objects."""
    found = []
    for one in node.children(*names):
        name = read_name(one.text("name") if one.is_object else one.text())
        value = clean_url(one.text("affiliationIdentifier", "schemeIdentifier")) if one.is_object else None
        if one.is_object:
            one.take("affiliationIdentifierScheme", "schemeURI", "schemeUri", "id")
        if value is not None:
            known = normal_identifier(value, clean_line(one.text("affiliationIdentifierScheme")))
            found.append(Affiliation(name=name or value, identifier=known.value, scheme=known.scheme))
        elif name is not None:
            found.append(Affiliation(name=name))
    return found


def _identifiers(draft: Draft, node: Node) -> list[AgentIdentifier]:
    found = []
    stated = [
        (one, one.text("nameIdentifier"), one.text("nameIdentifierScheme", "schemeURI", "schemeUri"))
        for one in node.children("nameIdentifiers", "nameIdentifier")
        if one.is_object
    ]
    stated += [(node, node.text("orcid", "orcidId", "ORCID"), "orcid")]
    for one, value, scheme in stated:
        one.take("schemeURI", "schemeUri")
        cleaned = clean_line(value)
        if cleaned is None:
            continue
        scheme = clean_line(scheme)
        identifier = agent_identifier(cleaned, scheme)
        if identifier is None:
            draft.issue(one.path, f"This is not valid as {scheme or 'identifier'}.", cleaned)
        else:
            found.append(identifier)
    return found
