"""DataCite JSON: the attributes of DataCite's REST API, and the plain JSON of schema 4.

Older names of the same values (creatorName, rightsURI …) are known as well.
"""

from __future__ import annotations

from typing import Any

from catalogue.errors import NotARecord, RecordRefused, RecordWithdrawn
from catalogue.identity import scheme_and_value
from catalogue.record import DateKind, Distribution, Interval, Kind, Mapped, Provenance
from mappings.datacite_json_agents import read_agents, read_publisher
from mappings.datacite_json_relations import read_funding, read_graph, read_places, read_related
from mappings.datacite_reading import DESCRIPTION_TYPES, TITLE_TYPES, date_kind
from mappings.dates import OF_DESCRIPTION, mjd_interval, year_of
from mappings.draft import Draft
from mappings.invenio_document import MAXIMUM_DEPTH, depth_of
from mappings.json_reading import Node
from mappings.rights import licence_of
from mappings.terms import joined_type, read_language, resource_type
from mappings.text import clean_line, clean_url
from vocab.base import vocabulary

_SAID_ELSEWHERE = (
    *("prefix", "suffix", "xml", "schemaVersion", "schema-version", "metadataVersion", "published"),
    *("isActive", "state", "source", "agency"),
)
_RECORD_DATES: tuple[tuple[str, DateKind], ...] = (
    ("created", "created"),
    ("registered", "available"),
    ("updated", "updated"),
)
_COUNTED = ("view", "download", "citation", "part", "partOf", "reference", "version", "versionOf")
_COUNTS = tuple(f"{name}{what}" for name in _COUNTED for what in ("Count", "sOverTime"))
"""What is counted changes by itself, without a change of the record."""


def read(document: Any, provenance: Provenance) -> Mapped:
    """A record from a DOI of the REST API, its attributes or plain JSON.

    Raises `RecordRefused` for another document, `RecordWithdrawn` for a DOI that is not findable.
    """
    if depth_of(document) > MAXIMUM_DEPTH:
        raise RecordRefused(f"The record is nested more than {MAXIMUM_DEPTH} deep.")
    outer, record = _parts(document)
    state = record.text("state")
    if state in ("registered", "draft"):
        raise RecordWithdrawn(f"The DOI is {state}, not findable.", path="attributes.state", value=state)
    draft = Draft(provenance.identifier)
    _identify(draft, record, outer, provenance)
    kind, draft.type_label = _type(draft, record)
    _texts(draft, record)
    draft.creators = read_agents(draft, record, "creators", "authors")
    draft.contributors = read_agents(draft, record, "contributors")
    draft.publisher = read_publisher(draft, record)
    _dates(draft, record)
    _subjects(draft, record)
    _rights(draft, record)
    read_related(draft, record)
    read_graph(draft, outer.child("relationships"))
    read_funding(draft, record)
    read_places(draft, record)
    _plain_values(draft, record)
    _take_repetitions(record, outer)
    draft.keep_all(outer.left())
    return draft.finished(kind, provenance, "titles")


def _parts(document: Any) -> tuple[Node, Node]:
    """The DOI of the REST API and its attributes; of a plain document both are the same."""
    inner = document.get("data") if isinstance(document, dict) else None
    if isinstance(inner, dict):
        document = inner
    if not isinstance(document, dict):
        raise NotARecord("The document is not a JSON object.")
    outer = Node(document)
    for name in ("attributes", "metadata"):
        if isinstance(document.get(name), dict):
            return outer, outer.child(name)
    if not any(name in document for name in ("titles", "title", "doi", "identifiers", "creators")):
        raise NotARecord("The document has nothing of DataCite's: no titles, creators or identifiers.")
    return outer, outer


def _identify(draft: Draft, record: Node, outer: Node, provenance: Provenance) -> None:
    doi = record.text("doi") or _doi_of(record)
    if doi is None:
        for one in (record.text("id"), outer.text("id")):
            if one and scheme_and_value(one)[0] == "doi":
                doi = one
    if doi is not None and scheme_and_value(doi, "DOI")[0] != "doi":
        draft.issue(record.where("doi"), "The identifier is called a DOI and is none.", doi)
    draft.add_identifier(doi, "DOI")
    for name, words in (("identifiers", "identifier"), ("alternateIdentifiers", "alternateIdentifier")):
        for node in record.children(name):
            value = node.text(words) or node.text()
            own = name == "identifiers" and not draft.identifiers
            draft.add_identifier(value, clean_line(node.text(f"{words}Type")), own=own)
    page = clean_url(record.text("url"))
    if page is not None and page != provenance.url:
        draft.add_identifier(page, "url", own=False)


def _doi_of(record: Node) -> str | None:
    """The DOI among the identifiers of plain JSON."""
    for node in record.children("identifiers"):
        if (node.text("identifierType") or "").casefold() == "doi":
            return node.text("identifier")
    return None


def _type(draft: Draft, record: Node) -> tuple[Kind, str | None]:
    types = record.child("types") if record.has("types") else record.child("resourceType")
    general = clean_line(types.text("resourceTypeGeneral", "resource-type-general"))
    words = clean_line(types.text("resourceType", "resource-type") or types.text())
    if general and words and resource_type(general) is None:
        draft.keep(types.where("resourceTypeGeneral"), general)
    types.take("bibtex", "citeproc", "ris", "schemaOrg", "schema-org")
    return joined_type(general, words)


def _texts(draft: Draft, record: Node) -> None:
    for node in record.children("titles", "title"):
        kind, language = clean_line(node.text("titleType")), read_language(node.text("lang"))
        type_ = TITLE_TYPES.get(kind.casefold(), kind) if kind else None
        draft.add_title(node.text("title") or node.text(), node.path, language=language, type=type_)
    for node in record.children("descriptions"):
        kind, language = clean_line(node.text("descriptionType")), read_language(node.text("lang"))
        type_ = DESCRIPTION_TYPES.get(kind.casefold(), kind) if kind else None
        text = node.text("description", "descriptionValue") or node.text()
        draft.add_description(text, node.path, type=type_, language=language)


def _dates(draft: Draft, record: Node) -> None:
    for node in record.children("dates", "relevantDates"):
        said, note = (
            clean_line(node.text("dateType", "relevantDateType")),
            clean_line(node.text("dateInformation")),
        )
        if said and note and vocabulary("date_types").lookup(said) is None:
            draft.keep(node.where("dateType"), said)
        kind, note = date_kind(said, note)
        draft.add_date(node.text("date", "relevantDateValue") or node.text(), kind, node.path, note)
    intervals: dict[Interval, None] = {}
    for one in draft.dates:
        if one.kind == "collected" or (one.kind == "other" and one.text == "Coverage"):
            interval = mjd_interval(one.start, one.end)
            if interval is not None:
                intervals[interval] = None
    draft.temporal += intervals
    year = record.text("publicationYear", "publication-year") or record.text("publicationDate")
    issued = draft.date(year, "issued", record.where("publicationYear")) if year else None
    years = [year_of(one) for one in draft.dates if one.kind == "issued"]
    if issued is not None and (year_of(issued) is None or year_of(issued) not in years):
        draft.dates.insert(0, issued)
    for name, kind in _RECORD_DATES:
        draft.add_date(record.text(name), kind, record.where(name), OF_DESCRIPTION)


def _subjects(draft: Draft, record: Node) -> None:
    schemes: dict[str, str] = {}
    for node in record.children("subjects"):
        address = clean_url(node.text("valueUri", "valueURI"))
        is_address = address is not None and address.startswith(("http://", "https://", "urn:", "info:"))
        words = clean_line(node.text("subject") or node.text()) or address
        scheme, uri = node.text("subjectScheme"), node.text("schemeUri", "schemeURI")
        draft.add_subject(words, uri=address if is_address else None, scheme=scheme or uri)
        if scheme and uri:
            schemes.setdefault(f"{clean_line(scheme)}: {uri}", node.where("schemeUri"))
        if address and not is_address:
            draft.keep(node.where("valueUri"), f"{words}: {address}")
        node.take("lang")
    for words, path in schemes.items():
        draft.keep(path, words)


def _rights(draft: Draft, record: Node) -> None:
    for node in record.children("rightsList", "rights"):
        address = node.text("rightsUri", "rightsURI")
        words, code = node.text("rights") or node.text(), clean_line(node.text("rightsIdentifier"))
        if code and (address or words) and licence_of(code) is None:
            draft.keep(node.where("rightsIdentifier"), code)
        if code and licence_of(code) is None:
            draft.keep(node.where("rightsIdentifierScheme"), node.text("rightsIdentifierScheme"))
        draft.add_rights(words, address, code)
        node.take("rightsIdentifierScheme", "schemeUri", "schemeURI", "lang")


def _plain_values(draft: Draft, record: Node) -> None:
    draft.add_language(record.text("language"))
    draft.version = clean_line(record.text("version"))
    draft.sizes += [text for _, one in record.texts("sizes") if (text := clean_line(one))]
    draft.formats += [text for _, one in record.texts("formats", "format") if (text := clean_line(one))]
    for node in record.children("contentUrl"):
        url = clean_url(node.text())
        if url is not None and url.startswith(("http://", "https://", "ftp://")):
            draft.distributions.append(Distribution(url=url, protocol=url.partition(":")[0]))
        elif url is not None:
            draft.keep(node.path, url)


def _take_repetitions(record: Node, outer: Node) -> None:
    """What is said twice, counts, and DataCite's own bookkeeping."""
    record.take(*_SAID_ELSEWHERE)
    record.take(*_COUNTS)
    record.take("id", "doi")
    if outer is not record:
        outer.take("id", "type", "links")
        for name, node in outer.child("relationships").members():
            if name not in ("client", "provider"):
                node.take()
            node.child("data").take("type")
