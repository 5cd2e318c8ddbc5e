"""Who made a VOResource, from what, and what it is related to (VOResource 1.1, section 3.1)."""

from __future__ import annotations

from typing import Any, cast

from catalogue.identity import normal_identifier, scheme_and_value
from catalogue.record import Agent, AgentIdentifier, DateKind, Reference, Relation
from mappings.agents import agent_identifier, read_name
from mappings.draft import Draft
from mappings.terms import relation_type
from mappings.text import clean_line, clean_url
from mappings.xml_reading import elements, first, local_name, text_at, text_of
from vocab.base import vocabulary


def read_curation(draft: Draft, curation: Any) -> None:
    """Publisher, creators, contributors, contacts, dates and version; no e-mail, no telephone."""
    for element in elements(curation):
        name = local_name(element)
        if name == "publisher":
            _publisher(draft, element)
        elif name == "creator":
            _person(draft, element, None)
        elif name == "contact":
            _person(draft, element, "ContactPerson")
        elif name == "contributor":
            agent = _named(draft, element, text_of(element), [], None)
            if agent is not None:
                draft.contributors.append(agent)
        elif name == "date":
            _date(draft, element)
        elif name == "version":
            draft.version = draft.version or clean_line(text_of(element))
        else:
            draft.keep_below(element, f"curation/{name}")


def _publisher(draft: Draft, element: Any) -> None:
    agent = _named(draft, element, text_of(element), [], None)
    if draft.publisher is None:
        draft.publisher = agent
    elif agent is not None:
        draft.keep("curation/publisher", agent.name)


def _person(draft: Draft, element: Any, role: str | None) -> None:
    """A creator or a contact: name and identifiers in elements, or (early records) only text."""
    path = f"curation/{local_name(element)}"
    named = first(element, "name")
    others: list[AgentIdentifier] = []
    for child in elements(element, "altIdentifier"):
        value = clean_url(text_of(child))
        identifier = agent_identifier(value, _hint(value)) if value is not None else None
        if identifier is not None:
            others.append(identifier)
        elif value is not None:
            draft.issue(f"{path}/altIdentifier", "This is no valid identifier.", value)
            draft.keep(f"{path}/altIdentifier", value)
    source = element if named is None else named
    agent = _named(draft, source, text_of(source), [*_of_attributes(element), *others], role)
    if agent is not None:
        (draft.creators if role is None else draft.contributors).append(agent)
    for child in elements(element):
        if local_name(child) not in ("name", "email", "telephone", "altIdentifier"):
            draft.keep_below(child, f"{path}/{local_name(child)}")


def identifiers_of(element: Any) -> list[tuple[str, str]]:
    """Scheme and value of a resource name's ``ivo-id`` and ``altIdentifier`` (VOResource 1.1, 3.1.2)."""
    written = [clean_url(element.get(name)) for name in ("ivo-id", "altIdentifier")]
    return [scheme_and_value(value) for value in written if value is not None]


def named_reference(element: Any) -> Reference | None:
    """A facility or an instrument: its name, and its identifier where it has one."""
    label = clean_line(text_of(element))
    found = identifiers_of(element)
    if not found:
        return Reference(label=label) if label is not None else None
    scheme, value = found[0]
    return Reference(label=label or value, identifier=value, scheme=scheme)


def _hint(value: str | None) -> str | None:
    return "orcid" if value is not None and "orcid" in value.casefold() else None


def _of_attributes(element: Any) -> list[AgentIdentifier]:
    return [AgentIdentifier(scheme=scheme, value=value) for scheme, value in identifiers_of(element)]


def _named(
    draft: Draft, element: Any, text: str | None, identifiers: list[AgentIdentifier], role: str | None
) -> Agent | None:
    name = read_name(text)
    if name is None:
        return None
    found = dict.fromkeys([*_of_attributes(element), *identifiers])
    return Agent(name=name, identifiers=tuple(found), role=role)


def _date(draft: Draft, element: Any) -> None:
    text = text_of(element)
    if text is None:
        return
    # Without a role it is a rough time coverage (VOResource 1.1, section 3.1.2).
    role = clean_line(element.get("role")) or "Collected"
    concept = vocabulary("date_types").lookup(role)
    kind = cast(DateKind, concept.values["kind"]) if concept is not None else "other"
    said = None if kind != "other" else concept.label if concept is not None else role
    date = draft.date(text, kind, "curation/date", said)
    if date is not None:
        draft.dates.append(date)


def read_source(draft: Draft, element: Any) -> None:
    """The publication from which the resource was derived: a relation where it has an identifier."""
    value = clean_url(text_of(element))
    if value is None:
        return
    scheme, normal = scheme_and_value(value, clean_line(element.get("format")))
    if scheme in ("bibcode", "doi", "arxiv", "url"):
        draft.add_relation(
            Relation(type="IsDerivedFrom", scheme=scheme, value=normal, target_kind="publication")
        )
    else:
        draft.keep("content/source", value)


def read_relationship(draft: Draft, element: Any) -> None:
    """Related resources; one without identifier stays as its name."""
    written = clean_line(text_at(element, "relationshipType"))
    type_ = relation_type(written) if written else "IsRelatedTo"
    for child in elements(element, "relatedResource"):
        title = clean_line(text_of(child))
        found = identifiers_of(child)
        if not found and title is not None:
            identifier = normal_identifier(title)
            if identifier.scheme in ("other", "uri"):
                draft.keep(f"content/relationship/{written or 'relatedResource'}", title)
                continue
            found, title = [(identifier.scheme, identifier.value)], None
        if title is not None and normal_identifier(title).value in {value for _, value in found}:
            # Where no name is known, the identifier stands in its place.
            title = None
        for scheme, value in found:
            relation = Relation(type=type_, scheme=scheme, value=value, title=title)
            draft.add_relation(relation, "content/relationship/relatedResource")
