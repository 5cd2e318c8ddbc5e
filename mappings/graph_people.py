"""Who made, published and paid for a thing, as statements (FOAF, ORG, PROV-O, schema.org's grants)."""

from __future__ import annotations

from catalogue.record import Affiliation, Agent, Funding, Record
from mappings.graph_syntax import Statements, literal, name, name_of
from mappings.graph_vocabulary import concept_name
from vocab.base import concluded, vocabulary

MOST_NAMED = 50
"""Creators whose names stand in the byline."""
_CLASSES = {"person": "foaf:Person", "organisation": "foaf:Organization"}


def say_people(out: Statements, thing: str, record: Record, *, one_creator: bool = False) -> None:
    """Creators, contributors with their roles, and the publisher.

    A person or organisation is called by its ORCID, ROR … where it has one, else below the document.
    A catalogue has one creator only (DCAT-AP 3).
    """
    for index, agent in enumerate(record.creators):
        word = "dct:contributor" if one_creator and index else "dct:creator"
        out.say(thing, word, _agent(out, agent, f"creator-{index + 1}"))
    if record.creators:
        names = "; ".join(agent.name for agent in record.creators[:MOST_NAMED])
        more = len(record.creators) - MOST_NAMED
        out.label(thing, "alm:byline", f"{names}; and {more} more" if more > 0 else names)
    for index, agent in enumerate(record.contributors):
        named = _agent(out, agent, f"contributor-{index + 1}")
        if agent.role == "ContactPerson":
            _say_contact(out, thing, agent)
        out.say(thing, "dct:contributor", named)
        if agent.role is not None:
            _say_role(out, thing, named, agent.role)
    if record.publisher is not None:
        out.say(thing, "dct:publisher", _agent(out, record.publisher, "publisher"))


def say_funding(out: Statements, thing: str, funding: tuple[Funding, ...]) -> None:
    """Who paid, in schema.org's words, as DCAT has none."""
    for one in funding:
        grant = name(one.award_url) or out.part("grant")
        out.say(thing, "schema:funding", grant)
        out.classes(grant, "schema:Grant")
        funder = name(one.funder_identifier) or out.part("funder")
        out.say(grant, "schema:funder", funder)
        out.classes(funder, "foaf:Agent", "foaf:Organization")
        out.label(funder, "foaf:name", one.funder)
        if one.funder_identifier is not None and not funder.endswith(f"{one.funder_identifier}>"):
            out.label(funder, "dct:identifier", one.funder_identifier)
        out.label(grant, "schema:identifier", one.award)
        out.label(grant, "schema:name", one.award_title)


def _agent(out: Statements, agent: Agent, part: str) -> str:
    names = [found for one in agent.identifiers if (found := name_of(one.scheme, one.value)) is not None]
    named = names[0] if names else out.below(part)
    out.classes(named, "foaf:Agent")
    if agent.kind is not None:
        out.classes(named, _CLASSES[agent.kind])
    out.label(named, "foaf:name", agent.name)
    out.label(named, "foaf:givenName", agent.given)
    out.label(named, "foaf:familyName", agent.family)
    for other in names[1:]:
        out.say(named, "owl:sameAs", other)
    for one in agent.identifiers:
        if name_of(one.scheme, one.value) is None:
            out.label(named, "dct:identifier", f"{one.scheme}:{one.value}")
    for place in agent.affiliations:
        out.say(named, "org:memberOf", _affiliation(out, place))
    return named


def _say_contact(out: Statements, thing: str, agent: Agent) -> None:
    """Whom to ask, by name (vCard); addresses of people are not passed on."""
    contact = out.part("contact")
    out.say(thing, "dcat:contactPoint", contact)
    out.classes(contact, "vcard:Kind")
    out.label(contact, "vcard:fn", agent.name)


def _affiliation(out: Statements, place: Affiliation) -> str:
    named = name_of(place.scheme or "", place.identifier) if place.identifier is not None else None
    if named is None:
        named = out.shared("organisation", place.name)
    out.classes(named, "foaf:Agent", "org:Organization")
    out.label(named, "foaf:name", place.name)
    return named


def _say_role(out: Statements, thing: str, agent: str, role: str) -> None:
    """A contribution with its role (PROV-O, qualified attribution)."""
    attribution = out.part("attribution")
    out.say(thing, "prov:qualifiedAttribution", attribution)
    out.classes(attribution, "prov:Attribution")
    out.say(attribution, "prov:agent", agent)
    known = _known_role(role, out.base_url)
    named = known if known is not None else out.shared("role", role)
    out.say(attribution, "dcat:hadRole", named)
    out.classes(named, "dcat:Role")
    out.say(named, "rdfs:label", literal(role))


@concluded(1024)
def _known_role(role: str, base_url: str) -> str | None:
    """The name of a role that our vocabulary has: then all who bear it have the same."""
    known = vocabulary("contributor_roles")
    concept = known.lookup(role)
    return concept_name(known, concept, base_url) if concept is not None else None
