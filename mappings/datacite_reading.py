"""DataCite XML, kernels 2.0 to 4.7, in the plain form and in DataCite's OAI wrapper.

Elements are known by their local names, so that kernels, missing namespaces and the OpenAIRE mixture
are read alike.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, cast

from catalogue.errors import NotARecord
from catalogue.identity import doi_in, normal_identifier, scheme_and_value
from catalogue.record import (
    DateKind,
    Identifier,
    Interval,
    Mapped,
    Provenance,
    Term,
    Text,
)
from mappings.datacite_agents import publisher, read_agents
from mappings.datacite_draft import DataciteDraft
from mappings.datacite_places import read_places
from mappings.datacite_relations import read_funding, read_related, read_related_item
from mappings.dates import mjd_interval, year_of
from mappings.rights import joined_access, read_rights
from mappings.terms import joined_type, read_language, resource_type
from mappings.text import clean_block, clean_line, clean_url
from mappings.xml_reading import (
    XML_LANG,
    first,
    local_name,
    namespace,
    payload,
    text_at,
    text_of,
)
from vocab.base import vocabulary

TITLE_TYPES = {
    "alternativetitle": "alternative",
    "subtitle": "subtitle",
    "translatedtitle": "translated",
    "other": "other",
}
DESCRIPTION_TYPES = {
    "abstract": "abstract",
    "methods": "methods",
    "seriesinformation": "series",
    "tableofcontents": "table of contents",
    "technicalinfo": "technical",
    "other": "other",
}


Handler = Callable[[DataciteDraft, Any], None]


def read(document: Any, provenance: Provenance) -> Mapped:
    """A record from a ``resource`` or ``oai_datacite`` element; raises `RecordRefused` for another."""
    draft = DataciteDraft(provenance.identifier)
    read_elements(draft, _resource(document, draft))
    return finished(draft, provenance)


def read_elements(draft: DataciteDraft, parent: Any, more: Mapping[str, Handler] | None = None) -> None:
    """The elements of a resource into the draft.

    ``more`` has the handlers of a dialect of DataCite for what it has beside, or otherwise.
    """
    for element in parent:
        name = local_name(element)
        handler = (more.get(name) if more else None) or _HANDLERS.get(name)
        if handler is not None:
            handler(draft, element)
        elif name:
            draft.keep_below(element, name)


def finished(draft: DataciteDraft, provenance: Provenance) -> Mapped:
    """The record; raises `RecordRefused` without title and identifier."""
    _identify(draft, provenance.identifier)
    kind, draft.type_label = joined_type(draft.general_type, draft.type_words)
    _add_year(draft)
    draft.temporal = _collected(draft)
    return draft.finished(kind, provenance, "titles/title")


def _resource(document: Any, draft: DataciteDraft) -> Any:
    """The ``resource`` element, whatever it is wrapped in."""
    element = document
    if local_name(element) not in ("resource", "oai_datacite"):
        element = payload(element)
    if local_name(element) == "oai_datacite":
        symbol = clean_line(text_at(element, "datacentreSymbol"))
        if symbol:
            draft.keep("datacentreSymbol", symbol)
        inside = first(element, "payload")
        inside = element if inside is None else inside
        found = first(inside, "resource")
        if found is None:
            raise NotARecord("The oai_datacite wrapper holds no resource.", path="/oai_datacite/payload")
        return found
    if local_name(element) != "resource" or "ivoa" in (namespace(element) or ""):
        reason = f"The root element is «{local_name(element)}» in the namespace «{namespace(element)}», "
        raise NotARecord(reason + "not a DataCite resource.", path=f"/{local_name(element)}")
    return element


def _identify(draft: DataciteDraft, header: str) -> None:
    """A DOI that only the OAI header has is the record's own too; nothing is said twice."""
    own_doi = doi_in(header)
    known = {(one.scheme, one.value) for one in draft.identifiers}
    if own_doi is not None and not any(
        one.scheme == "doi" and one.role == "own" for one in draft.identifiers
    ):
        draft.identifiers = [one for one in draft.identifiers if one.value != own_doi]
        draft.identifiers.insert(0, Identifier(scheme="doi", value=own_doi, written=header))
    elif len(known) < len(draft.identifiers):
        unique: dict[tuple[str, str], Identifier] = {}
        for one in draft.identifiers:
            unique.setdefault((one.scheme, one.value), one)
        draft.identifiers = list(unique.values())


def _add_year(draft: DataciteDraft) -> None:
    """publicationYear is a date of issue, unless one of that year is there already."""
    text = draft.publication_year
    if text is None:
        return
    date = draft.date(text, "issued", "publicationYear")
    if date is None:
        return
    issued = [year_of(one) for one in draft.dates if one.kind == "issued"]
    if year_of(date) is None or year_of(date) not in issued:
        draft.dates.insert(0, date)


def _collected(draft: DataciteDraft) -> list[Interval]:
    """The days of all dates at which something was collected, or that are of a coverage."""
    intervals: dict[Interval, None] = {}
    for date in draft.dates:
        if date.kind == "collected" or (date.kind == "other" and date.text == "Coverage"):
            interval = mjd_interval(date.start, date.end)
            if interval is not None:
                intervals[interval] = None
    return list(intervals)


def each(name: str, handler: Handler) -> Handler:
    """Handles the elements of a list; others in it are kept as extra values."""

    def every(draft: DataciteDraft, parent: Any) -> None:
        for element in parent:
            found = local_name(element)
            if found == name:
                handler(draft, element)
            elif found:
                draft.keep_below(element, f"{local_name(parent)}/{found}")

    return every


def _identifier(draft: DataciteDraft, element: Any) -> None:
    value = clean_url(text_of(element))
    if value is None:
        return
    kind = clean_line(element.get("identifierType"))
    identifier = normal_identifier(value, kind)
    if kind and kind.casefold() == "doi" and identifier.scheme != "doi":
        draft.issue("identifier", "The identifier is called a DOI and is none.", value)
    draft.identifiers.insert(0, identifier)


def _alternate(draft: DataciteDraft, element: Any) -> None:
    value = clean_url(text_of(element))
    if value is None:
        return
    kind = clean_line(element.get("alternateIdentifierType") or element.get("identifierType"))
    scheme, normal = scheme_and_value(value, kind)
    if kind and "@" in value and scheme not in ("url", "swhid"):
        draft.keep("alternateIdentifiers/alternateIdentifier", value)
        return
    written = value if value != normal else None
    draft.identifiers.append(Identifier(scheme=scheme, value=normal, written=written, role="alternate"))


def _title(draft: DataciteDraft, element: Any) -> None:
    value = clean_line(text_of(element))
    if value is None:
        return
    kind = element.get("titleType")
    type_ = TITLE_TYPES.get(kind.casefold(), kind) if kind else None
    title = draft.title(value, "titles/title")
    draft.found_titles.append(Text(value=title, language=language_of(element), type=type_))


def _description(draft: DataciteDraft, element: Any) -> None:
    text = _with_breaks(element) if len(element) else element.text
    value = clean_block(text)
    if value is None:
        return
    kind = element.get("descriptionType")
    type_ = DESCRIPTION_TYPES.get(kind.casefold(), kind) if kind else None
    description = draft.description(value, "descriptions/description")
    draft.descriptions.append(Text(value=description, language=language_of(element), type=type_))


def _with_breaks(element: Any) -> str:
    """Text with a line break for each ``br`` (kernel 3 and 4)."""
    parts = [element.text or ""]
    for child in element:
        parts.append("\n" if local_name(child) == "br" else "".join(child.itertext()))
        parts.append(child.tail or "")
    return "".join(parts)


@functools.lru_cache(maxsize=32768)
def _term(text: str, scheme: str | None, scheme_uri: str | None, uri: str | None) -> Term | None:
    label = clean_line(text) or clean_url(uri)
    if label is None:
        return None
    address = clean_url(uri)
    if address is not None and not address.startswith(("http://", "https://", "urn:", "info:")):
        address = None
    return Term(label=label, uri=address, scheme=clean_line(scheme) or clean_line(scheme_uri))


def _subject(draft: DataciteDraft, element: Any) -> None:
    scheme_uri, uri = element.get("schemeURI"), element.get("valueURI")
    term = _term(text_of(element) or "", element.get("subjectScheme"), scheme_uri, uri)
    if term is None:
        return
    draft.subjects.append(term)
    if scheme_uri and term.scheme != scheme_uri:
        draft.keep_once("subjects/subject/@schemeURI", f"{term.scheme}: {scheme_uri}")
    code = element.get("classificationCode")
    if code:
        draft.keep("subjects/subject/@classificationCode", f"{term.label}: {code}")
    if uri and term.uri is None:
        draft.keep("subjects/subject/@valueURI", f"{term.label}: {uri}")


def date_kind(kind: str | None, information: str | None) -> tuple[DateKind, str | None]:
    """What kind of date a dateType is, and what is to be said of it beside."""
    concept = vocabulary("date_types").lookup(kind) if kind else None
    found = cast(DateKind, concept.values["kind"]) if concept is not None else "other"
    if information is None and found == "other" and kind and kind.casefold() != "other":
        # A type that the model has no place for (Coverage, StartDate) is what the date is about.
        information = concept.label if concept is not None else kind
    return found, information


def _date(draft: DataciteDraft, element: Any) -> None:
    text = text_of(element)
    if text is None:
        return
    found, information = date_kind(element.get("dateType"), element.get("dateInformation"))
    date = draft.date(text, found, "dates/date", information)
    if date is not None:
        draft.dates.append(date)


def _year(draft: DataciteDraft, element: Any) -> None:
    draft.publication_year = clean_line(text_of(element))


def _language(draft: DataciteDraft, element: Any) -> None:
    language = read_language(text_of(element))
    if language is not None:
        draft.languages.append(language)


def _type(draft: DataciteDraft, element: Any) -> None:
    words = clean_line(text_of(element))
    # OpenAIRE has a COAR concept in «uri» beside its own four general types.
    general = clean_line(element.get("uri")) or clean_line(element.get("resourceTypeGeneral"))
    if general is not None and resource_type(general) is None:
        general = clean_line(element.get("resourceTypeGeneral")) or general
    if words is not None and words == draft.type_words and draft.general_type is not None:
        return
    if draft.general_type is None and draft.type_words is None:
        draft.general_type, draft.type_words = general, words
    else:
        draft.keep_below(element, "resourceType")


def _version(draft: DataciteDraft, element: Any) -> None:
    draft.version = draft.version or clean_line(text_of(element))


def _size(draft: DataciteDraft, element: Any) -> None:
    value = clean_line(text_of(element))
    if value is not None:
        draft.sizes.append(value)


def _format(draft: DataciteDraft, element: Any) -> None:
    value = clean_line(text_of(element))
    if value is not None:
        draft.formats.append(value)


def read_statement(draft: DataciteDraft, element: Any) -> None:
    """A statement of rights, and what it says of access."""
    get = element.get
    rights, access = read_rights(text_of(element), get("rightsURI") or get("uri"), get("rightsIdentifier"))
    if rights is not None:
        draft.rights.append(rights)
        if rights.licence is not None and rights.licence.scheme is None:
            draft.keep("rightsList/rights/@rightsIdentifierScheme", get("rightsIdentifierScheme"))
    if access is not None:
        draft.access = joined_access(draft.access, access)


def _publisher(draft: DataciteDraft, element: Any) -> None:
    agent = publisher(draft, element)
    if draft.publisher is None:
        draft.publisher = agent
    elif agent is not None:
        draft.keep("publisher", agent.name)


def language_of(element: Any) -> str | None:
    language = element.get(XML_LANG) or element.get("lang")
    return read_language(language) if language else None


_HANDLERS: dict[str, Handler] = {
    "identifier": _identifier,
    "alternateIdentifiers": each("alternateIdentifier", _alternate),
    "titles": each("title", _title),
    "creators": lambda draft, element: read_agents(draft, element, "creator"),
    "contributors": lambda draft, element: read_agents(draft, element, "contributor"),
    "publisher": _publisher,
    "publicationYear": _year,
    "resourceType": _type,
    "subjects": each("subject", _subject),
    "dates": each("date", _date),
    "language": _language,
    "relatedIdentifiers": each("relatedIdentifier", read_related),
    "relatedItems": each("relatedItem", read_related_item),
    "sizes": each("size", _size),
    "size": _size,
    "formats": each("format", _format),
    "format": _format,
    "version": _version,
    "rightsList": each("rights", read_statement),
    "rights": read_statement,
    "descriptions": each("description", _description),
    "geoLocations": read_places,
    "fundingReferences": each("fundingReference", read_funding),
    # Some providers leave the lists out.
    "title": _title,
    "alternateIdentifier": _alternate,
    "subject": _subject,
    "date": _date,
    "relatedIdentifier": read_related,
    "description": _description,
}
