"""A record as OpenAIRE 4, by template: DataCite's elements in the default namespace."""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Iterable, Iterator

from catalogue.errors import RecordRefused
from catalogue.identity import resolver_url
from catalogue.record import (
    Access,
    Date,
    Distribution,
    Funding,
    Identifier,
    Kind,
    Record,
    Relation,
    Rights,
    Text,
)
from mappings.datacite_agent_writing import written_agent
from mappings.datacite_terms import (
    DATE_TYPES,
    IDENTIFIER_TYPES,
    TITLE_TYPES,
    funder_type,
    main_identifier,
    relation_name,
    role_name,
    target_type,
    version_of,
)
from mappings.datacite_writing import written_place
from mappings.dates import written_date
from mappings.terms import is_language_tag, resource_type, written_type
from mappings.xml_writing import attribute, content

NAMESPACE = "http://namespace.openaire.eu/schema/oaire/"
SCHEMA = "https://www.openaire.eu/schema/repo-lit/4.0/openaire.xsd"
_ROOT = (
    f'<oaire:resource xmlns:oaire="{NAMESPACE}" xmlns="http://datacite.org/schema/kernel-4"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    f' xsi:schemaLocation="{NAMESPACE} {SCHEMA}">'
)
_NAMES = {"doi": "DOI", "handle": "HANDLE", "ark": "ARK", "urn": "URN", "purl": "PURL", "url": "URL"}
_GENERAL: dict[Kind, str] = {
    "publication": "literature",
    "document": "literature",
    "standard": "literature",
    "lesson": "literature",
    "dataset": "dataset",
    "collection": "dataset",
    "image": "dataset",
    "software": "software",
}
_OBJECTS = {"literature": "fulltext", "dataset": "dataset", "software": "software"}
_OTHER = "http://purl.org/coar/resource_type/c_1843"
# The identifiers of COAR's first versions, which all versions of the guidelines know; c_ab20 came later.
_COAR = re.compile(r"http://purl\.org/coar/resource_type/c_(?!ab20)[0-9a-z]+")
_ACCESS = {
    "open": ("http://purl.org/coar/access_right/c_abf2", "open access"),
    "embargoed": ("http://purl.org/coar/access_right/c_f1cf", "embargoed access"),
    "restricted": ("http://purl.org/coar/access_right/c_16ec", "restricted access"),
    "closed": ("http://purl.org/coar/access_right/c_14cb", "metadata only access"),
    "metadata-only": ("http://purl.org/coar/access_right/c_14cb", "metadata only access"),
}
_UNLISTED_SCHEMES = frozenset({"cstr", "rrid", "w3id"})
_UNLISTED_RELATIONS = frozenset(
    (
        *("Collects", "IsCollectedBy", "HasTranslation", "IsTranslationOf"),
        *("Obsoletes", "IsObsoletedBy", "IsPublishedIn"),
    )
)
_UNLISTED_ROLES = frozenset({"Translator"})
_UNLISTED_DATES = frozenset({"withdrawn", "other"})
_GENERAL_TYPES = frozenset(
    (
        *("Audiovisual", "Collection", "DataPaper", "Dataset", "Event", "Image", "InteractiveResource"),
        *("Model", "PhysicalObject", "Service", "Software", "Sound", "Text", "Workflow", "Other"),
    )
)
_CITATION = re.compile(
    r"citation(?:Title|Volume|Issue|StartPage|EndPage|Edition|ConferencePlace|ConferenceDate)"
)
_KEPT = {"source": "dc:source", "audience": "dcterms:audience"}
_FILES = 100


def complete(record: Record, authority: str, base_url: str) -> Record:
    """The record with the address of its page here, where no name of it resolves; no authority is needed."""
    del authority
    if any(_named(one) for one in record.identifiers):
        return record
    page = Identifier(scheme="url", value=f"{base_url}/records/{record.id}", role="alternate")
    return dataclasses.replace(record, identifiers=(page, *record.identifiers))


def write(record: Record) -> bytes:
    """The record as ``oaire:resource``; raises `RecordRefused` where no name of it resolves."""
    main = main_identifier(record.identifiers)
    if main is None or not _named(main):
        main = next((one for one in record.identifiers if _named(one)), None)
    if main is None:
        raise RecordRefused("OpenAIRE demands an identifier that resolves.", path="/identifiers")
    kind, value = _named(main) or ("", "")
    others = [one for one in record.identifiers if one is not main and one.role != "version-of-concept"]
    concepts = [version_of(one) for one in record.identifiers if one.role == "version-of-concept"]
    contributors = [dataclasses.replace(one, role=_role(one.role)) for one in record.contributors]
    places = record.coverage.places if record.coverage is not None else ()
    return "".join(
        (
            _ROOT,
            _within("titles", map(_title, record.titles)),
            _within("creators", [written_agent("creator", one) for one in record.creators]),
            _within("contributors", [written_agent("contributor", one) for one in contributors]),
            _within("oaire:fundingReferences", map(_funding, record.funding)),
            _within("alternateIdentifiers", map(_alternate, others)),
            _within("relatedIdentifiers", map(_related, (*record.relations, *concepts))),
            _within("dates", _dates(record)),
            *(_text("dc:language", one) for one in record.languages),
            _text("dc:publisher", record.publisher.name if record.publisher is not None else None),
            _type(record.kind, record.type_label),
            *map(_description, record.descriptions),
            *(_text("dc:format", one) for one in record.formats),
            f'<identifier identifierType="{kind}">{content(value)}</identifier>',
            _access(record.access),
            _within("subjects", [_subject(one.label, one.scheme, one.uri) for one in record.subjects]),
            _within("geoLocations", map(written_place, places)),
            _within("sizes", [_text("size", one) for one in record.sizes]),
            *_kept(record),
            _text("oaire:version", record.version),
            *(_file(one, record.kind) for one in record.distributions[:_FILES]),
            *map(_licence, record.rights),
            "</oaire:resource>",
        )
    ).encode()


def _text(name: str, text: str | None) -> str:
    return f"<{name}>{content(text)}</{name}>" if text else ""


def _said(name: str, value: str | None) -> str:
    return f' {name}="{attribute(value)}"' if value else ""


def _within(name: str, parts: Iterable[str]) -> str:
    inside = "".join(parts)
    return f"<{name}>{inside}</{name}>" if inside else ""


def _language(language: str | None) -> str:
    return f' xml:lang="{language}"' if is_language_tag(language) else ""


def _title(title: Text) -> str:
    kind = "" if title.type in (None, "main", "identifier") else TITLE_TYPES.get(title.type or "", "Other")
    return f"<title{_said('titleType', kind)}{_language(title.language)}>{content(title.value)}</title>"


def _description(text: Text) -> str:
    return f"<dc:description{_language(text.language)}>{content(text.value)}</dc:description>"


def _named(one: Identifier) -> tuple[str, str] | None:
    """Type and value of a name that resolves."""
    if one.role == "version-of-concept":
        return None
    kind = _NAMES.get(one.scheme)
    if kind is not None:
        return kind, one.value
    address = resolver_url(one.scheme, one.value)
    return ("URL", address) if address is not None else None


def _alternate(one: Identifier) -> str:
    kind = attribute(IDENTIFIER_TYPES.get(one.scheme, one.scheme))
    return f'<alternateIdentifier alternateIdentifierType="{kind}">{content(one.value)}</alternateIdentifier>'


def _role(role: str | None) -> str:
    name = role_name(role)
    return "Other" if name in _UNLISTED_ROLES else name


def _related(relation: Relation) -> str:
    name, value = relation_name(relation.type), relation.value
    kind = IDENTIFIER_TYPES.get(relation.scheme) if relation.scheme not in _UNLISTED_SCHEMES else None
    if kind is None and (address := resolver_url(relation.scheme, value)):
        kind, value = "URL", address
    if name is None or name in _UNLISTED_RELATIONS or kind is None:
        return ""
    target = target_type(relation.target_kind)
    general = _said("resourceTypeGeneral", target if target in _GENERAL_TYPES else None)
    return (
        f'<relatedIdentifier relatedIdentifierType="{kind}" relationType="{name}"{general}>'
        f"{content(value)}</relatedIdentifier>"
    )


def _dates(record: Record) -> Iterator[str]:
    """The dates; under an embargo the one of availability is its end (field 8)."""
    until = record.access.until if record.access is not None else None
    for one in record.dates:
        if one.kind not in _UNLISTED_DATES and not (until and one.kind == "available"):
            yield _date(one)
    if until:
        yield _date(Date(kind="available", start=until, end=until))


def _date(date: Date) -> str:
    value, information = written_date(date)
    said = _said("dateInformation", information)
    return f'<date dateType="{DATE_TYPES[date.kind]}"{said}>{content(value)}</date>'


@functools.lru_cache(maxsize=4096)
def _type(kind: Kind, label: str | None) -> str:
    """The general type, COAR's, and the words; what COAR has no term for is said in words alone."""
    concept, words = written_type(kind, label)
    names = (*concept.alternatives, *concept.matches)
    uri = next((one for one in names if _COAR.fullmatch(one)), _OTHER)
    is_said = resource_type(uri) is concept
    parts = (words,) if is_said and words else (concept.label, words)
    text = "/".join(part for part in parts if part)
    said = _said("resourceTypeGeneral", _GENERAL.get(kind, "other research product")) + _said("uri", uri)
    return f"<oaire:resourceType{said}>{content(text)}</oaire:resourceType>"


def _access(access: Access | None) -> str:
    if access is None:
        return ""
    uri, label = _ACCESS[access.right]
    return f'<rights rightsURI="{uri}">{label}</rights>'


@functools.lru_cache(maxsize=32768)
def _subject(label: str, scheme: str | None, uri: str | None) -> str:
    return f"<subject{_said('subjectScheme', scheme)}{_said('valueURI', uri)}>{content(label)}</subject>"


def _funding(funding: Funding) -> str:
    identifier = award = ""
    if funding.funder_identifier is not None:
        kind = funder_type(funding.funder_identifier)
        identifier = (
            f'<oaire:funderIdentifier funderIdentifierType="{kind}">'
            f"{content(funding.funder_identifier)}</oaire:funderIdentifier>"
        )
    if funding.award is not None or funding.award_url is not None:
        said = _said("awardURI", funding.award_url)
        award = f"<oaire:awardNumber{said}>{content(funding.award or '')}</oaire:awardNumber>"
    return (
        f"<oaire:fundingReference>{_text('oaire:funderName', funding.funder)}{identifier}{award}"
        f"{_text('oaire:awardTitle', funding.award_title)}</oaire:fundingReference>"
    )


def _licence(rights: Rights) -> str:
    licence = rights.licence
    uri = rights.url or (licence.uri if licence is not None and rights.text is None else None)
    words = rights.text or (licence.label if licence is not None else None) or rights.holder or ""
    return f"<oaire:licenseCondition{_said('uri', uri)}>{content(words)}</oaire:licenseCondition>"


def _file(one: Distribution, kind: Kind) -> str:
    right = _ACCESS[one.access][0] if one.access in _ACCESS else None
    object_type = _OBJECTS.get(_GENERAL.get(kind, ""), "other")
    said = _said("mimeType", one.media_type) + _said("accessRightsURI", right)
    return f'<oaire:file{said} objectType="{object_type}">{content(one.url)}</oaire:file>'


def _kept(record: Record) -> Iterator[str]:
    """What was read of this format and has no place in the model, once where it may stand once."""
    said: set[str] = set()
    for one in record.extra:
        name = _KEPT.get(one.path)
        if name is not None:
            yield _text(name, one.text)
        elif _CITATION.fullmatch(one.path) and one.path not in said:
            said.add(one.path)
            yield _text(f"oaire:{one.path}", one.text)
