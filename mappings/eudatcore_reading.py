"""EUDAT Core (kernel 1), which is DataCite with elements of its own: what is DataCite's is read as such."""

from __future__ import annotations

from typing import Any

from catalogue.errors import NotARecord
from catalogue.identity import normal_identifier, scheme_and_value
from catalogue.record import Access, Agent, Mapped, Provenance, Reference, Relation, Term
from mappings.agents import read_name
from mappings.datacite_agents import read_agents
from mappings.datacite_draft import DataciteDraft
from mappings.datacite_places import read_place
from mappings.datacite_reading import Handler, each, finished, read_elements
from mappings.datacite_relations import read_funding
from mappings.dates import read_date
from mappings.rights import joined_access
from mappings.terms import read_language, relation_type
from mappings.text import clean_line, clean_url
from mappings.xml_reading import elements, local_name, namespace, payload, text_at, text_of

NAMESPACE = "http://schema.eudat.eu/schema/kernel-1"
DISCIPLINES = "B2FIND"
"""The scheme of a subject that is a discipline; another one that a record names stays."""


def read(document: Any, provenance: Provenance) -> Mapped:
    """A record from a ``resource`` element; raises `NotARecord` for another."""
    element = document if local_name(document) == "resource" else payload(document)
    if local_name(element) != "resource":
        reason = f"The root element is «{local_name(element)}» in the namespace «{namespace(element)}», "
        raise NotARecord(reason + "not an EUDAT Core resource.", path=f"/{local_name(element)}")
    draft = DataciteDraft(provenance.identifier)
    read_elements(draft, element, _HANDLERS)
    return finished(draft, provenance)


def _people(draft: DataciteDraft, parent: Any) -> None:
    """Creators and contributors; B2SHARE writes creators as text."""
    role = local_name(parent).removesuffix("s")
    for element in elements(parent):
        if len(element) or local_name(element) != role:
            read_agents(draft, [element], role)
        elif (name := read_name(text_of(element))) is not None:
            (draft.creators if role == "creator" else draft.contributors).append(Agent(name=name))


def _identifier(draft: DataciteDraft, element: Any) -> None:
    """One of the names of the thing: there are no others than its own."""
    value = clean_url(text_of(element))
    if value is not None:
        draft.identifiers.append(normal_identifier(value, _kind(element.get("identifierType"))))


def _kind(type_: str | None) -> str | None:
    """What an identifier is called; an address says by itself what it is an address of."""
    kind = clean_line(type_)
    return kind if kind is not None and kind.casefold() != "url" else None


def _publisher(draft: DataciteDraft, element: Any) -> None:
    name = read_name(text_of(element))
    if name is None:
        return
    if draft.publisher is None:
        draft.publisher = Agent(name=name)
    else:
        draft.keep("publishers/publisher", name)


def _contact(draft: DataciteDraft, element: Any) -> None:
    """A person or a desk to ask; e-mail addresses are not repeated."""
    name = read_name(text_of(element))
    if name is not None:
        draft.contributors.append(Agent(name=name, role="ContactPerson"))


def _instrument(draft: DataciteDraft, element: Any) -> None:
    label = clean_line(text_of(element))
    value = clean_url(element.get("instrumentIdentifier"))
    if value is None:
        if label is not None:
            draft.instruments.append(Reference(label=label))
        return
    scheme, normal = scheme_and_value(value, clean_line(element.get("instrumentIdentifierType")))
    draft.instruments.append(Reference(label=label or normal, identifier=normal, scheme=scheme))


def _keyword(draft: DataciteDraft, element: Any) -> None:
    label = clean_line(text_of(element))
    if label is not None:
        draft.subjects.append(
            Term(label=label, uri=_address(element.get("valueURI")), scheme=clean_line(element.get("scheme")))
        )


def _discipline(draft: DataciteDraft, element: Any) -> None:
    label = clean_line(text_of(element))
    if label is not None:
        scheme = clean_line(element.get("disciplineScheme")) or DISCIPLINES
        uri = _address(element.get("disciplineIdentifier"))
        draft.subjects.append(Term(label=label, uri=uri, scheme=scheme))
        if uri is None:
            draft.keep("disciplines/discipline/@disciplineIdentifier", element.get("disciplineIdentifier"))


def _address(value: str | None) -> str | None:
    address = clean_url(value)
    return address if address is not None and address.startswith(("http://", "https://")) else None


def _language(draft: DataciteDraft, element: Any) -> None:
    language = read_language(text_of(element))
    if language is not None:
        draft.languages.append(language)


def _type(draft: DataciteDraft, element: Any) -> None:
    """The first is the general type, the second says it finer."""
    words = clean_line(text_of(element))
    if words is None:
        return
    if draft.general_type is None:
        draft.general_type = words
    elif draft.type_words is None:
        draft.type_words = words
    else:
        draft.keep("resourceTypes/resourceType", words)


def _related(draft: DataciteDraft, element: Any) -> None:
    """Something related; the format does not say how."""
    value = clean_url(text_of(element))
    if value is not None:
        kind = _kind(element.get("relatedIdentifierType"))
        if value.casefold().startswith("url:"):
            value = value[4:]
        scheme, normal = scheme_and_value(value, kind)
        type_ = relation_type(clean_line(element.get("relationType")) or "IsRelatedTo")
        draft.add_relation(Relation(type=type_, scheme=scheme, value=normal))


def _funding(draft: DataciteDraft, element: Any) -> None:
    """Funder and award in elements, or both in one text, which is not taken apart."""
    if len(element):
        read_funding(draft, element)
    else:
        draft.keep("fundingReferences/fundingReference", text_of(element))


def _period(draft: DataciteDraft, element: Any) -> None:
    """What time the data are about: an interval of dates, or a name."""
    span = clean_line(text_at(element, "span"))
    start, end = text_at(element, "startDate"), text_at(element, "endDate")
    if start is None and end is None:
        words = span or (clean_line(text_of(element)) if not len(element) else None)
        date = read_date(words, "collected") if words else None
        if date is not None:
            # A geological age and the like is a date that has only words.
            draft.dates.append(date)
        return
    text = f"{(start or '').strip()}/{(end or '').strip()}"
    date = draft.date(text, "collected", "temporalCoverages/temporalCoverage")
    if date is not None:
        draft.dates.append(date)
    draft.keep("temporalCoverages/temporalCoverage/span", span)


def _rights_of_access(draft: DataciteDraft, element: Any) -> None:
    """Whether the data are open: «true» or «false»."""
    said = (clean_line(text_of(element)) or "").casefold()
    if said in ("true", "1"):
        draft.access = joined_access(Access(right="open"), draft.access)
    elif said in ("false", "0"):
        draft.access = joined_access(draft.access, Access(right="restricted"))
    else:
        draft.keep("openAccess", text_of(element))


_HANDLERS: dict[str, Handler] = {
    "identifiers": each("identifier", _identifier),
    "creators": _people,
    "contributors": _people,
    "publishers": each("publisher", _publisher),
    "contacts": each("contact", _contact),
    "instruments": each("instrument", _instrument),
    "keywords": each("keyword", _keyword),
    "disciplines": each("discipline", _discipline),
    "relatedIdentifiers": each("relatedIdentifier", _related),
    "languages": each("language", _language),
    "resourceTypes": each("resourceType", _type),
    "fundingReferences": each("fundingReference", _funding),
    "spatialCoverages": each("spatialCoverage", read_place),
    "temporalCoverages": each("temporalCoverage", _period),
    "openAccess": _rights_of_access,
}
