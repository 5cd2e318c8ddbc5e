"""What the document about a person or an organisation says: names, affiliations, and their records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from catalogue.graph import NamedGraph
from catalogue.record import Record
from mappings.graph_record import KINDS, document_of, thing_of
from mappings.graph_syntax import Statements, literal, name, name_of

_ROLES = {"creator": "dct:creator", "publisher": "dct:publisher"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """Somebody: the IRI, what the records call them, where they are (name, ROR), their records with roles."""

    uri: str
    is_person: bool
    names: Sequence[str]
    affiliations: Sequence[tuple[str, str | None]]
    works: Iterable[tuple[Record, Sequence[str]]]


def describe_agent(document: str, one: Described, base_url: str) -> NamedGraph:
    """The document about somebody; ``document`` is its address."""
    out = Statements(document, base_url)
    agent = name(one.uri)
    if agent is None:
        return NamedGraph(name=document, statements=b"")
    out.say(out.document, "foaf:primaryTopic", agent)
    out.classes(out.document, "foaf:Document")
    out.classes(agent, "foaf:Agent", "foaf:Person" if one.is_person else "foaf:Organization")
    for text in one.names:
        out.label(agent, "foaf:name", text)
    for text, ror in one.affiliations:
        place = (name_of("ror", ror) if ror else None) or out.shared("organisation", text)
        out.say(agent, "org:memberOf", place)
        out.classes(place, "foaf:Agent", "org:Organization")
        out.label(place, "foaf:name", text)
    for record, roles in one.works:
        _say_work(out, agent, record, roles)
    return NamedGraph(name=document, statements=out.written())


def _say_work(out: Statements, agent: str, record: Record, roles: Sequence[str]) -> None:
    """A record with its title, and what somebody has to do with it."""
    thing = f"<{thing_of(record.id, out.base_url)}>"
    out.classes(thing, "dcat:Resource")
    if record.kind in KINDS:
        out.classes(thing, KINDS[record.kind])
    title = record.titles[0]
    out.say(thing, "dct:title", literal(title.value, title.language))
    out.say(thing, "foaf:isPrimaryTopicOf", f"<{document_of(record.id, out.base_url)}>")
    for role in roles:
        if role == "affiliation":
            # Whoever made it is of this house; the house itself has not.
            out.say(thing, "dct:relation", agent)
        elif role == "funder":
            out.say(thing, "schema:funder", agent)
        else:
            out.say(thing, _ROLES.get(role, "dct:contributor"), agent)
