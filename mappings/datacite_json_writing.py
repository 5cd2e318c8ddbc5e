"""A record as DataCite JSON 4.6, as DataCite's REST API takes and gives it.

The mandatory that the record lacks is «:unav», a title «:unas», a year 0000, as in DataCite's XML.
Names that the kernel's JSON has no member for (of what has no DOI) are ``identifiers``, as the REST
API gives them.
"""

from __future__ import annotations

from typing import Any

from catalogue.days import ONGOING
from catalogue.identity import is_url, resolver_url
from catalogue.record import (
    Affiliation,
    Agent,
    AgentIdentifier,
    Date,
    Funding,
    Identifier,
    Place,
    Point,
    Record,
    Reference,
    Relation,
    Rights,
    Text,
)
from mappings.datacite_terms import (
    ACCESS,
    AGENT_SCHEMES,
    DATE_TYPES,
    DESCRIPTION_TYPES,
    IDENTIFIER_TYPES,
    NAME_TYPES,
    SCHEMA,
    TITLE_TYPES,
    funder_type,
    main_identifier,
    publication_year,
    relation_name,
    role_name,
    target_type,
    version_of,
)
from mappings.dates import mjd_to_date, written_date
from mappings.json_writing import filled, unique, written
from mappings.terms import is_language_tag, written_type

_UNKNOWN = ":unav"


def write(record: Record) -> bytes:
    """One JSON object, valid by the JSON Schema of kernel 4."""
    return written(document(record))


def document(record: Record) -> dict[str, Any]:
    """The same as plain values."""
    main = main_identifier(record.identifiers)
    doi = main.value if main is not None and main.scheme == "doi" else None
    others = [one for one in record.identifiers if one is not main and one.role != "version-of-concept"]
    concepts = [one for one in record.identifiers if one.role == "version-of-concept"]
    relations = [*record.relations, *map(version_of, concepts)]
    items = [found for one in relations if (found := _related_item(one))]
    return filled(
        doi=doi,
        identifiers=[_identifier(main)] if main is not None and doi is None else None,
        types=_types(record),
        creators=[_agent(one) for one in record.creators] or [{"name": _UNKNOWN}],
        titles=unique([_title(one) for one in record.titles]),
        publisher=_publisher(record.publisher),
        publicationYear=publication_year(record.dates),
        subjects=unique(
            [filled(subject=one.label, subjectScheme=one.scheme, valueUri=one.uri) for one in record.subjects]
        ),
        contributors=[{**_agent(one), "contributorType": role_name(one.role)} for one in record.contributors],
        dates=unique(_dates(record)),
        language=record.languages[0] if record.languages else None,
        alternateIdentifiers=unique([_alternate(one) for one in others]),
        relatedIdentifiers=[found for one in relations if (found := _related(one))],
        relatedItems=unique([*items, *_instruments(record)]),
        sizes=list(dict.fromkeys(record.sizes)),
        formats=list(dict.fromkeys(record.formats)),
        version=record.version,
        rightsList=unique([*_access(record), *map(_rights, record.rights)]),
        descriptions=unique(_descriptions(record)),
        geoLocations=_places(record),
        fundingReferences=unique([_funding(one) for one in record.funding]),
        schemaVersion=SCHEMA,
    )


def _identifier(one: Identifier) -> dict[str, str]:
    return {
        "identifier": one.value,
        "identifierType": IDENTIFIER_TYPES.get(one.scheme, one.scheme),
    }


def _alternate(one: Identifier) -> dict[str, str]:
    return {
        "alternateIdentifier": one.value,
        "alternateIdentifierType": IDENTIFIER_TYPES.get(one.scheme, one.scheme),
    }


def _types(record: Record) -> dict[str, str]:
    concept, words = written_type(record.kind, record.type_label)
    general = concept.values["datacite"]
    said = [part for part in ("" if concept.code == general else concept.label, words) if part]
    return filled(resourceTypeGeneral=general, resourceType="/".join(said))


def _language(tag: str | None) -> str | None:
    return tag if is_language_tag(tag) else None


def _title(title: Text) -> dict[str, str]:
    if title.type == "identifier":
        return {"title": ":unas"}
    kind = None if title.type in (None, "main") else TITLE_TYPES.get(title.type or "", "Other")
    return filled(title=title.value, titleType=kind, lang=_language(title.language))


def _agent(agent: Agent) -> dict[str, Any]:
    found: dict[str, Any] = filled(
        name=agent.name,
        nameType=NAME_TYPES.get(agent.kind or ""),
        givenName=agent.given,
        familyName=agent.family,
    )
    if agent.identifiers:
        found["nameIdentifiers"] = unique([_name_identifier(one) for one in agent.identifiers])
    if agent.affiliations:
        found["affiliation"] = unique([_affiliation(one) for one in agent.affiliations])
    return found


def _name_identifier(one: AgentIdentifier) -> dict[str, str]:
    scheme, address = AGENT_SCHEMES.get(one.scheme, (one.scheme, None))
    return filled(
        nameIdentifier=resolver_url(one.scheme, one.value) or one.value,
        nameIdentifierScheme=scheme,
        schemeUri=address,
    )


def _affiliation(one: Affiliation) -> dict[str, str]:
    if one.identifier is None:
        return {"name": one.name}
    scheme, address = AGENT_SCHEMES.get(one.scheme or "", (one.scheme, None))
    return filled(
        name=one.name,
        affiliationIdentifier=resolver_url(one.scheme or "", one.identifier) or one.identifier,
        affiliationIdentifierScheme=scheme,
        schemeUri=address,
    )


def _publisher(agent: Agent | None) -> dict[str, str]:
    if agent is None:
        return {"name": _UNKNOWN}
    for one in agent.identifiers[:1]:
        scheme, address = AGENT_SCHEMES.get(one.scheme, (one.scheme, None))
        return filled(
            name=agent.name,
            publisherIdentifier=resolver_url(one.scheme, one.value) or one.value,
            publisherIdentifierScheme=scheme,
            schemeUri=address,
        )
    return {"name": agent.name}


def _dates(record: Record) -> list[dict[str, str]]:
    found = [_date(one) for one in record.dates]
    time = record.coverage.time if record.coverage is not None else None
    covered = any(one.kind == "collected" or one.text == "Coverage" for one in record.dates)
    for interval in time.intervals if time is not None and not covered else ():
        start = mjd_to_date(interval.low) if interval.low is not None else None
        is_closed = interval.high is not None and interval.high < ONGOING
        end = mjd_to_date(interval.high) if is_closed and interval.high is not None else None
        if start or end:
            found.append({"date": f"{start or ''}/{end or ''}", "dateType": "Coverage"})
    return found


def _date(date: Date) -> dict[str, str]:
    value, information = written_date(date)
    kind = DATE_TYPES.get(date.kind, "Other")
    if date.kind == "other" and information == "Coverage":
        kind, information = "Coverage", None
    return filled(date=value, dateType=kind, dateInformation=information)


def _related(relation: Relation) -> dict[str, str] | None:
    name, kind = relation_name(relation.type), IDENTIFIER_TYPES.get(relation.scheme)
    if name is None or kind is None:
        return None
    return filled(
        relatedIdentifier=relation.value,
        relatedIdentifierType=kind,
        relationType=name,
        resourceTypeGeneral=target_type(relation.target_kind),
    )


def _related_item(relation: Relation) -> dict[str, Any] | None:
    """A relation whose title is known, or whose identifier is of a scheme that DataCite does not list."""
    name, kind = relation_name(relation.type), IDENTIFIER_TYPES.get(relation.scheme)
    if name is None or (kind is not None and relation.title is None):
        return None
    return filled(
        relatedItemType=target_type(relation.target_kind) or "Other",
        relationType=name,
        relatedItemIdentifier=_item_identifier(relation.scheme, relation.value),
        titles=[{"title": relation.title or relation.value}],
    )


def _item_identifier(scheme: str | None, value: str | None) -> dict[str, str] | None:
    """Identifier and type; what is of no listed scheme may stand as address where it is one."""
    if value is None:
        return None
    kind = IDENTIFIER_TYPES.get(scheme or "")
    if kind is None:
        address = resolver_url(scheme or "", value) or value
        if not is_url(address) and "://" not in address:
            return None
        kind, value = "URL", address
    return {"relatedItemIdentifier": value, "relatedItemIdentifierType": kind}


def _instruments(record: Record) -> list[dict[str, Any]]:
    """Instruments that no relation has named yet."""
    related = {one.value for one in record.relations if one.type == "IsCollectedBy"}
    return [_instrument(one) for one in record.instruments if one.identifier not in related]


def _instrument(instrument: Reference) -> dict[str, Any]:
    return filled(
        relatedItemType="Instrument",
        relationType="IsCollectedBy",
        relatedItemIdentifier=_item_identifier(instrument.scheme, instrument.identifier),
        titles=[{"title": instrument.label}],
    )


def _access(record: Record) -> list[dict[str, str]]:
    access = record.access
    if access is None:
        return []
    found = [{"rightsUri": ACCESS[access.right]}]
    if access.until is not None:
        found.append({"rightsUri": f"info:eu-repo/date/embargoEnd/{access.until}"})
    return found


def _rights(rights: Rights) -> dict[str, str]:
    is_spdx = rights.licence is not None and rights.licence.scheme == "SPDX"
    return filled(
        rights=rights.text or rights.holder,
        rightsUri=rights.url,
        rightsIdentifier=rights.licence.label if rights.licence is not None else None,
        rightsIdentifierScheme="SPDX" if is_spdx else None,
        schemeUri="https://spdx.org/licenses/" if is_spdx else None,
    )


def _descriptions(record: Record) -> list[dict[str, str]]:
    """A description of unknown type is the abstract where there is no other (DataCite demands a type)."""
    untyped = "Other" if any(one.type == "abstract" for one in record.descriptions) else "Abstract"
    found = []
    for one in record.descriptions:
        kind = DESCRIPTION_TYPES.get(one.type, "Other") if one.type else untyped
        if one.type is None:
            untyped = "Other"
        found.append(filled(description=one.value, descriptionType=kind, lang=_language(one.language)))
    return found


def _places(record: Record) -> list[dict[str, Any]]:
    places = record.coverage.places if record.coverage is not None else ()
    return unique([found for one in places if (found := _place(one))])


def _place(place: Place) -> dict[str, Any]:
    box = None
    if place.box is not None:
        west, south, east, north = place.box
        box = {
            "westBoundLongitude": west,
            "eastBoundLongitude": east,
            "southBoundLatitude": south,
            "northBoundLatitude": north,
        }
    # A ring has four points at least, as its last is its first (property 18.4).
    corners = place.polygon if len(place.polygon) > 3 else ()
    return filled(
        geoLocationPlace=place.name,
        geoLocationPoint=_point(place.point) if place.point is not None else None,
        geoLocationBox=box,
        geoLocationPolygon=[{"polygonPoint": _point(one)} for one in corners],
    )


def _point(point: Point) -> dict[str, float]:
    return {"pointLongitude": point.longitude, "pointLatitude": point.latitude}


def _funding(funding: Funding) -> dict[str, str]:
    funder = funding.funder_identifier
    return filled(
        funderName=funding.funder,
        funderIdentifier=funder,
        funderIdentifierType=funder_type(funder) if funder is not None else None,
        awardNumber=funding.award,
        awardUri=funding.award_url,
        awardTitle=funding.award_title,
    )
