"""Creators, contributors and publishers of DataCite XML."""

from __future__ import annotations

import functools
from typing import Any, Literal

from catalogue.identity import normal_identifier
from catalogue.record import Affiliation, Agent, AgentIdentifier
from mappings.agents import agent_identifier, read_name, split_name
from mappings.datacite_draft import DataciteDraft
from mappings.terms import contributor_role
from mappings.text import clean_line, clean_url
from mappings.xml_reading import elements, local_name, text_of

NAME_KINDS: dict[str, Literal["person", "organisation"]] = {
    "personal": "person",
    "organizational": "organisation",
    "organisational": "organisation",
}


def read_agents(draft: DataciteDraft, parent: Any, name: str) -> None:
    """The ``creator`` or ``contributor`` elements of a list into the draft."""
    target = draft.creators if name == "creator" else draft.contributors
    for element in parent:
        found = local_name(element)
        if found == name:
            agent = _agent(draft, element, name)
            if agent is not None:
                target.append(agent)
        elif found:
            draft.keep_below(element, f"{name}s/{found}")


def publisher(draft: DataciteDraft, element: Any) -> Agent | None:
    """The publisher, with its identifier (kernel 4.5)."""
    name = read_name(text_of(element))
    value = element.get("publisherIdentifier")
    if not value:
        return Agent(name=name) if name is not None else None
    identifier = agent_identifier(value, element.get("publisherIdentifierScheme"), element.get("schemeURI"))
    if identifier is None:
        draft.issue("publisher/@publisherIdentifier", "The identifier is not valid in its scheme.", value)
    if name is None:
        return None
    return Agent(name=name, identifiers=(identifier,) if identifier is not None else ())


def _agent(draft: DataciteDraft, element: Any, role: str) -> Agent | None:
    name = given = family = None
    kind: Literal["person", "organisation"] | None = None
    identifiers: list[AgentIdentifier] = []
    affiliations: list[Affiliation] = []
    for child in elements(element):
        found = local_name(child)
        if found in ("creatorName", "contributorName"):
            name = read_name(text_of(child))
            kind = NAME_KINDS.get((child.get("nameType") or "").casefold())
        elif found == "givenName":
            given = read_name(text_of(child))
        elif found == "familyName":
            family = read_name(text_of(child))
        elif found == "nameIdentifier":
            _name_identifier(draft, child, f"{role}s/{role}/nameIdentifier", identifiers)
        elif found == "affiliation":
            affiliation = read_affiliation(
                text_of(child), child.get("affiliationIdentifier"), child.get("affiliationIdentifierScheme")
            )
            if affiliation is not None:
                affiliations.append(affiliation)
        else:
            draft.keep_below(child, f"{role}s/{role}/{found}")
    name = name or ", ".join(part for part in (family, given) if part) or None
    if name is None:
        return None
    if given or family:
        kind = kind or "person"
    elif kind == "person":
        given, family = split_name(name)
    return Agent(
        name=name,
        given=given,
        family=family,
        kind=kind,
        identifiers=tuple(identifiers),
        affiliations=tuple(affiliations),
        role=contributor_role(element.get("contributorType")) if role == "contributor" else None,
    )


def _name_identifier(draft: DataciteDraft, element: Any, path: str, found: list[AgentIdentifier]) -> None:
    value = clean_url(text_of(element))
    if value is None:
        return
    scheme, scheme_uri = element.get("nameIdentifierScheme"), element.get("schemeURI")
    identifier = agent_identifier(value, scheme, scheme_uri)
    if identifier is None:
        draft.issue(path, f"This is not valid as {scheme or scheme_uri or 'identifier'}.", value)
        if "@" not in value:
            draft.keep(path, f"{scheme or scheme_uri or ''}: {value}".lstrip(": "))
        return
    if identifier not in found:
        found.append(identifier)
    if scheme_uri and identifier.scheme not in ("orcid", "ror", "isni"):
        draft.keep_once(f"{path}/@schemeURI", f"{identifier.scheme}: {scheme_uri}")


@functools.lru_cache(maxsize=8192)
def read_affiliation(text: str | None, identifier: str | None, scheme: str | None) -> Affiliation | None:
    """An affiliation by name, identifier or both."""
    name = read_name(text)
    value = clean_url(identifier)
    if name is None and value is None:
        return None
    if value is None:
        return Affiliation(name=name or "")
    found = normal_identifier(value, clean_line(scheme))
    known = found.scheme if found.scheme != "other" or scheme is None else scheme
    return Affiliation(name=name or value, identifier=found.value, scheme=known)
