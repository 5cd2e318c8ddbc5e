"""A record as DataCite 4.6 XML, by template.

Mandatory properties that the record lacks get the value that DataCite prescribes for the unknown
(DataCite Metadata Schema 4.6, appendix 3): «:unav», «:unas» for a title, the year 0000.
"""

from __future__ import annotations

import functools
import re

from catalogue.days import ONGOING
from catalogue.identity import resolver_url
from catalogue.record import (
    Access,
    Date,
    Funding,
    Identifier,
    Kind,
    Place,
    Point,
    Record,
    Reference,
    Relation,
    Rights,
)
from mappings.datacite_agent_writing import written_agent, written_publisher
from mappings.datacite_terms import (
    ACCESS,
    DATE_TYPES,
    DESCRIPTION_TYPES,
    IDENTIFIER_TYPES,
    TITLE_TYPES,
    funder_type,
    main_identifier,
    publication_year,
    relation_name,
    target_type,
    version_of,
)
from mappings.dates import mjd_to_date, written_date
from mappings.terms import is_language_tag, written_type
from mappings.xml_writing import attribute, content, uri_attribute

_EMBARGO_END = "info:eu-repo/date/embargoEnd/"
RESOURCE = (
    '<resource xmlns="http://datacite.org/schema/kernel-4" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xsi:schemaLocation="http://datacite.org/schema/kernel-4'
    ' https://schema.datacite.org/meta/kernel-4.6/metadata.xsd">'
)
WRAPPER = (
    '<oai_datacite xmlns="http://schema.datacite.org/oai/oai-1.1/"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xsi:schemaLocation="http://schema.datacite.org/oai/oai-1.1/'
    ' http://schema.datacite.org/oai/oai-1.1/oai.xsd"><schemaVersion>4.6</schemaVersion>'
    "<datacentreSymbol>:unap</datacentreSymbol><payload>"
)
_LANGUAGE = re.compile(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*")


def write(record: Record) -> bytes:
    """The record as one ``resource`` element, valid against the schema of kernel 4."""
    return _resource(record).encode("utf-8")


def write_wrapped(record: Record) -> bytes:
    """The record inside the ``oai_datacite`` element of DataCite's OAI-PMH service."""
    return f"{WRAPPER}{_resource(record)}</payload></oai_datacite>".encode()


def _resource(record: Record) -> str:
    out = [RESOURCE]
    main = main_identifier(record.identifiers)
    out.append(_identifier(main))
    creators = "".join([written_agent("creator", agent) for agent in record.creators])
    out.append(f"<creators>{creators or '<creator><creatorName>:unav</creatorName></creator>'}</creators>")
    out.append(_titles(record))
    out.append(written_publisher(record.publisher))
    out.append(f"<publicationYear>{publication_year(record.dates)}</publicationYear>")
    out.append(_type(record.kind, record.type_label))
    _list(out, "subjects", [_subject(one.label, one.scheme, one.uri) for one in record.subjects])
    _list(out, "contributors", [written_agent("contributor", agent) for agent in record.contributors])
    _list(out, "dates", _dates(record))
    for language in record.languages[:1]:
        if _LANGUAGE.fullmatch(language):
            out.append(f"<language>{language}</language>")
    others = [one for one in record.identifiers if one is not main and one.role != "version-of-concept"]
    _list(out, "alternateIdentifiers", [_alternate(one) for one in others])
    concepts = [one for one in record.identifiers if one.role == "version-of-concept"]
    relations = [*record.relations, *(version_of(one) for one in concepts)]
    _list(out, "relatedIdentifiers", [_related(one) for one in relations])
    _list(out, "sizes", [f"<size>{content(one)}</size>" for one in record.sizes])
    _list(out, "formats", [f"<format>{content(one)}</format>" for one in record.formats])
    if record.version is not None:
        out.append(f"<version>{content(record.version)}</version>")
    _list(out, "rightsList", [*_access(record.access), *map(_rights, record.rights)])
    _list(out, "descriptions", _descriptions(record))
    places = record.coverage.places if record.coverage is not None else ()
    _list(out, "geoLocations", [written_place(one) for one in places])
    _list(out, "fundingReferences", [_funding(one) for one in record.funding])
    items = [_related_item(one) for one in relations]
    _list(out, "relatedItems", [*items, *_instruments(record)])
    out.append("</resource>")
    return "".join(out)


def _list(out: list[str], name: str, parts: list[str]) -> None:
    """A list element where there is something in it."""
    inside = "".join(parts)
    if inside:
        out.append(f"<{name}>{inside}</{name}>")


def _identifier(main: Identifier | None) -> str:
    if main is None:
        return '<identifier identifierType="DOI">:unav</identifier>'
    return f'<identifier identifierType="{_scheme_name(main.scheme)}">{content(main.value)}</identifier>'


def _alternate(one: Identifier) -> str:
    kind = _scheme_name(one.scheme)
    return f'<alternateIdentifier alternateIdentifierType="{kind}">{content(one.value)}</alternateIdentifier>'


@functools.lru_cache(maxsize=1024)
def _scheme_name(scheme: str) -> str:
    return attribute(IDENTIFIER_TYPES.get(scheme, scheme))


def _language(language: str | None) -> str:
    return f' xml:lang="{language}"' if language is not None and is_language_tag(language) else ""


def _titles(record: Record) -> str:
    parts: list[str] = []
    for title in record.titles:
        if title.type == "identifier":
            parts.append("<title>:unas</title>")
            continue
        kind = ""
        if title.type not in (None, "main"):
            kind = f' titleType="{TITLE_TYPES.get(title.type or "", "Other")}"'
        parts.append(f"<title{kind}{_language(title.language)}>{content(title.value)}</title>")
    return f"<titles>{''.join(parts)}</titles>"


@functools.lru_cache(maxsize=4096)
def _type(kind: Kind, label: str | None) -> str:
    concept, words = written_type(kind, label)
    general = concept.values["datacite"]
    # A type that DataCite 4.6 has no term for is said in words.
    said = "/".join(part for part in ("" if concept.code == general else concept.label, words) if part)
    if not said:
        return f'<resourceType resourceTypeGeneral="{general}"/>'
    return f'<resourceType resourceTypeGeneral="{general}">{content(said)}</resourceType>'


@functools.lru_cache(maxsize=32768)
def _subject(label: str, scheme: str | None, uri: str | None) -> str:
    scheme_part = f' subjectScheme="{attribute(scheme)}"' if scheme else ""
    uri_part = uri_attribute("valueURI", uri)
    return f"<subject{scheme_part}{uri_part}>{content(label)}</subject>"


def _dates(record: Record) -> list[str]:
    parts = [_date(one) for one in record.dates]
    time = record.coverage.time if record.coverage is not None else None
    covered = any(one.kind == "collected" or one.text == "Coverage" for one in record.dates)
    if time is not None and not covered:
        for interval in time.intervals:
            start = mjd_to_date(interval.low) if interval.low is not None else None
            end = (
                mjd_to_date(interval.high) if interval.high is not None and interval.high < ONGOING else None
            )
            if start or end:
                parts.append(f'<date dateType="Coverage">{start or ""}/{end or ""}</date>')
    return parts


@functools.lru_cache(maxsize=8192)
def _date(date: Date) -> str:
    value, information = written_date(date)
    kind = DATE_TYPES.get(date.kind, "Other")
    if date.kind == "other" and information == "Coverage":
        kind, information = "Coverage", None
    said = f' dateInformation="{attribute(information)}"' if information else ""
    return f'<date dateType="{kind}"{said}>{content(value)}</date>'


def _related(relation: Relation) -> str:
    name, kind = relation_name(relation.type), IDENTIFIER_TYPES.get(relation.scheme)
    if name is None or kind is None:
        return ""
    target = target_type(relation.target_kind)
    general = f' resourceTypeGeneral="{target}"' if target else ""
    return (
        f'<relatedIdentifier relatedIdentifierType="{kind}" relationType="{name}"{general}>'
        f"{content(relation.value)}</relatedIdentifier>"
    )


def _related_item(relation: Relation) -> str:
    """A relation whose title is known, or whose identifier is of a scheme that DataCite does not list."""
    name, kind = relation_name(relation.type), IDENTIFIER_TYPES.get(relation.scheme)
    if name is None or (kind is not None and relation.title is None):
        return ""
    target = target_type(relation.target_kind) or "Other"
    of_kind = f' relatedItemIdentifierType="{kind}"' if kind else ""
    value = relation.value if kind else resolver_url(relation.scheme, relation.value) or relation.value
    return (
        f'<relatedItem relatedItemType="{target}" relationType="{name}">'
        f"<relatedItemIdentifier{of_kind}>{content(value)}</relatedItemIdentifier>"
        f"<titles><title>{content(relation.title or relation.value)}</title></titles></relatedItem>"
    )


def _instruments(record: Record) -> list[str]:
    """Instruments that no relation has named yet."""
    related = {one.value for one in record.relations if one.type == "IsCollectedBy"}
    return [_instrument(one) for one in record.instruments if one.identifier not in related]


def _instrument(instrument: Reference) -> str:
    kind = IDENTIFIER_TYPES.get(instrument.scheme or "")
    of_kind = f' relatedItemIdentifierType="{kind}"' if kind else ""
    identifier = (
        f"<relatedItemIdentifier{of_kind}>{content(instrument.identifier)}</relatedItemIdentifier>"
        if instrument.identifier
        else ""
    )
    return (
        f'<relatedItem relatedItemType="Instrument" relationType="IsCollectedBy">{identifier}'
        f"<titles><title>{content(instrument.label)}</title></titles></relatedItem>"
    )


def _access(access: Access | None) -> list[str]:
    if access is None:
        return []
    parts = [f'<rights rightsURI="{ACCESS[access.right]}"/>']
    if access.until is not None:
        parts.append(f"<rights{uri_attribute('rightsURI', f'{_EMBARGO_END}{access.until}')}/>")
    return parts


@functools.lru_cache(maxsize=8192)
def _rights(rights: Rights) -> str:
    uri = uri_attribute("rightsURI", rights.url)
    identifier = ""
    if rights.licence is not None:
        identifier = f' rightsIdentifier="{attribute(rights.licence.label)}"'
        if rights.licence.scheme == "SPDX":
            identifier += ' rightsIdentifierScheme="SPDX" schemeURI="https://spdx.org/licenses/"'
    return f"<rights{uri}{identifier}>{content(rights.text or rights.holder or '')}</rights>"


def _descriptions(record: Record) -> list[str]:
    """A description of unknown type is the abstract where there is no other (DataCite demands a type)."""
    untyped = "Other" if any(one.type == "abstract" for one in record.descriptions) else "Abstract"
    parts: list[str] = []
    for one in record.descriptions:
        kind = DESCRIPTION_TYPES.get(one.type, "Other") if one.type else untyped
        if one.type is None:
            untyped = "Other"
        said = content(one.value).replace("\n", "<br/>")
        parts.append(f'<description descriptionType="{kind}"{_language(one.language)}>{said}</description>')
    return parts


def written_place(place: Place, name: str = "geoLocation") -> str:
    """A place as ``geoLocation``, or as the element of a dialect that has the same inside."""
    parts: list[str] = []
    if place.name is not None:
        parts.append(f"<geoLocationPlace>{content(place.name)}</geoLocationPlace>")
    if place.point is not None:
        parts.append(f"<geoLocationPoint>{_point(place.point)}</geoLocationPoint>")
    if place.box is not None:
        west, south, east, north = place.box
        parts.append(
            f"<geoLocationBox><westBoundLongitude>{west!r}</westBoundLongitude>"
            f"<eastBoundLongitude>{east!r}</eastBoundLongitude><southBoundLatitude>{south!r}</southBoundLatitude>"
            f"<northBoundLatitude>{north!r}</northBoundLatitude></geoLocationBox>"
        )
    if len(place.polygon) > 3:
        points = "".join([f"<polygonPoint>{_point(one)}</polygonPoint>" for one in place.polygon])
        parts.append(f"<geoLocationPolygon>{points}</geoLocationPolygon>")
    return f"<{name}>{''.join(parts)}</{name}>" if parts else ""


def _point(point: Point) -> str:
    longitude = f"<pointLongitude>{point.longitude!r}</pointLongitude>"
    return f"{longitude}<pointLatitude>{point.latitude!r}</pointLatitude>"


def _funding(funding: Funding) -> str:
    parts = [f"<funderName>{content(funding.funder)}</funderName>"]
    funder = funding.funder_identifier
    if funder is not None:
        kind = funder_type(funder)
        parts.append(f'<funderIdentifier funderIdentifierType="{kind}">{content(funder)}</funderIdentifier>')
    if funding.award is not None or funding.award_url is not None:
        uri = uri_attribute("awardURI", funding.award_url)
        parts.append(f"<awardNumber{uri}>{content(funding.award or '')}</awardNumber>")
    if funding.award_title is not None:
        parts.append(f"<awardTitle>{content(funding.award_title)}</awardTitle>")
    return f"<fundingReference>{''.join(parts)}</fundingReference>"
