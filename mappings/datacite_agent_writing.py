"""Creators, contributors and publishers as DataCite 4.6 XML."""

from __future__ import annotations

import functools

from catalogue.identity import resolver_url
from catalogue.record import Affiliation, Agent, AgentIdentifier
from mappings.datacite_terms import AGENT_SCHEMES, role_name
from mappings.xml_writing import attribute, content

_NAME_TYPES = {"person": ' nameType="Personal"', "organisation": ' nameType="Organizational"', None: ""}


@functools.lru_cache(maxsize=8192)
def written_agent(name: str, agent: Agent) -> str:
    """A ``creator`` or ``contributor``; a role that DataCite does not list is «Other»."""
    parts = [f"<{name}Name{_NAME_TYPES[agent.kind]}>{content(agent.name)}</{name}Name>"]
    if agent.given is not None:
        parts.append(f"<givenName>{content(agent.given)}</givenName>")
    if agent.family is not None:
        parts.append(f"<familyName>{content(agent.family)}</familyName>")
    parts.extend([_identifier(one) for one in agent.identifiers])
    parts.extend([_affiliation(one) for one in agent.affiliations])
    role = f' contributorType="{role_name(agent.role)}"' if name == "contributor" else ""
    return f"<{name}{role}>{''.join(parts)}</{name}>"


@functools.lru_cache(maxsize=8192)
def written_publisher(agent: Agent | None) -> str:
    """The ``publisher``, with an identifier where it has one."""
    if agent is None:
        return "<publisher>:unav</publisher>"
    said = ""
    for one in agent.identifiers[:1]:
        scheme, address = AGENT_SCHEMES.get(one.scheme, (one.scheme, None))
        said = (
            f' publisherIdentifier="{attribute(resolver_url(one.scheme, one.value) or one.value)}"'
            f' publisherIdentifierScheme="{attribute(scheme)}"'
        )
        said += f' schemeURI="{address}"' if address else ""
    return f"<publisher{said}>{content(agent.name)}</publisher>"


def _identifier(one: AgentIdentifier) -> str:
    scheme, address = AGENT_SCHEMES.get(one.scheme, (one.scheme, None))
    uri = f' schemeURI="{address}"' if address else ""
    value = resolver_url(one.scheme, one.value) or one.value
    return (
        f'<nameIdentifier nameIdentifierScheme="{attribute(scheme)}"{uri}>{content(value)}</nameIdentifier>'
    )


def _affiliation(one: Affiliation) -> str:
    said = ""
    if one.identifier is not None:
        scheme, address = AGENT_SCHEMES.get(one.scheme or "", (one.scheme, None))
        value = resolver_url(one.scheme or "", one.identifier) or one.identifier
        said = f' affiliationIdentifier="{attribute(value)}"'
        said += f' affiliationIdentifierScheme="{attribute(scheme)}"' if scheme else ""
        said += f' schemeURI="{address}"' if address else ""
    return f"<affiliation{said}>{content(one.name)}</affiliation>"
