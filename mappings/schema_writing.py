"""Parts of a record in schema.org's words, as schema.org, CodeMeta and RO-Crate documents have them."""

from __future__ import annotations

from typing import Any

from catalogue.days import ONGOING
from catalogue.record import (
    Affiliation,
    Agent,
    AgentIdentifier,
    Column,
    Distribution,
    Funding,
    Interval,
    Parameter,
    Place,
    Record,
    Relation,
    Rights,
    Term,
)
from mappings.datacite_terms import ACCESS
from mappings.dates import OF_DESCRIPTION, mjd_to_date, written_date
from mappings.json_writing import filled, number, unique, without_empty
from mappings.links import iri_of, web_address

Entity = dict[str, Any]

RELATIONS = {
    "References": "citation",
    "Cites": "citation",
    "IsDerivedFrom": "isBasedOn",
    "IsPartOf": "isPartOf",
    "IsPublishedIn": "isPartOf",
    "HasPart": "hasPart",
    "IsReferencedBy": "subjectOf",
    "IsCitedBy": "subjectOf",
    "IsDocumentedBy": "subjectOf",
    "IsDescribedBy": "subjectOf",
    "HasTranslation": "workTranslation",
    "IsTranslationOf": "translationOfWork",
    "IsVersionOf": "exampleOfWork",
    "HasVersion": "workExample",
}
"""The property for a relation; of other relations schema.org knows nothing."""

_ROLES = {
    "Editor": "editor",
    "Translator": "translator",
    "Producer": "producer",
    "Distributor": "provider",
    "RightsHolder": "copyrightHolder",
    "Sponsor": "sponsor",
    "maintainer": "maintainer",
    "ContactPerson": "accountablePerson",
    "HostingInstitution": "sourceOrganization",
}
_TARGETS = {
    "dataset": "Dataset",
    "collection": "Collection",
    "software": "SoftwareSourceCode",
    "publication": "ScholarlyArticle",
    "service": "Service",
    "event": "Event",
    "image": "ImageObject",
    "project": "Project",
    "lesson": "Course",
    "organisation": "Organization",
}
_KINDS = {"person": "Person", "organisation": "Organization"}
_DATES = {
    "created": "dateCreated",
    "issued": "datePublished",
    "updated": "dateModified",
}
_MOST_COLUMNS = 500


def agents_of(record: Record) -> Entity:
    """Authors, publisher and everybody else by the property of the role."""
    found: dict[str, list[Entity]] = {"creator": [agent(one) for one in record.creators]}
    for one in record.contributors:
        found.setdefault(_ROLES.get(one.role or "", "contributor"), []).append(agent(one))
    if record.publisher is not None:
        publisher = agent(record.publisher)
        if record.publisher.kind is None and not record.publisher.family:
            publisher = {"@type": "Organization", **publisher}
        found["publisher"] = [publisher]
    return {name: several(unique(values)) for name, values in found.items() if values}


def agent(one: Agent) -> Entity:
    """A person or an organisation, named by its ORCID or ROR."""
    held = [_named(named) for named in one.identifiers]
    return without_empty(
        {
            "@type": _KINDS.get(one.kind or ""),
            "@id": next((name for name in held if isinstance(name, str)), None),
            "name": one.name,
            "givenName": one.given,
            "familyName": one.family,
            "identifier": several(held),
            "affiliation": several(unique([affiliation(place) for place in one.affiliations])),
        }
    )


def _named(one: AgentIdentifier) -> str | Entity:
    address = iri_of(one.scheme, one.value)
    if address is not None:
        return address
    return {"@type": "PropertyValue", "propertyID": one.scheme, "value": one.value}


def affiliation(one: Affiliation) -> Entity:
    """The institution of a person."""
    name = iri_of(one.scheme or "", one.identifier) if one.identifier is not None else None
    return without_empty({"@type": "Organization", "@id": name, "name": one.name})


def several(values: list[Any]) -> Any:
    """A list, or its one element."""
    return values[0] if len(values) == 1 else values


def dates_of(record: Record) -> Entity:
    """One date of each kind that schema.org knows, those of the description apart, and the time covered."""
    found: Entity = {}
    for one in record.dates:
        name = _DATES.get(one.kind)
        point = one.start or one.end
        if name is None or point is None:
            continue
        if one.text == OF_DESCRIPTION:
            if one.kind == "updated":
                found.setdefault("sdDatePublished", point)
        else:
            found.setdefault(name, point)
    covered = [
        written_date(one)[0] for one in record.dates if one.kind == "collected" and (one.start or one.end)
    ]
    if not covered and record.coverage is not None and record.coverage.time is not None:
        intervals = map(_interval, record.coverage.time.intervals)
        covered = [interval for interval in intervals if interval is not None]
    # An open end is two dots in schema.org's temporalCoverage (ISO 8601-2).
    covered = [
        f"{one}.." if one.endswith("/") else f"..{one}" if one.startswith("/") else one for one in covered
    ]
    if covered:
        found["temporalCoverage"] = several(list(dict.fromkeys(covered)))
    return found


def _interval(interval: Interval) -> str | None:
    start = mjd_to_date(interval.low) if interval.low is not None else None
    is_closed = interval.high is not None and interval.high < ONGOING
    end = mjd_to_date(interval.high) if is_closed and interval.high is not None else None
    return f"{start or ''}/{end or ''}" if start or end else None


def keyword(term: Term) -> str | Entity:
    """A plain keyword, or a term of a vocabulary."""
    plain = term.uri is None and term.scheme is None and "," not in term.label and ";" not in term.label
    if plain and not term.label.startswith(("http://", "https://")):
        return term.label
    address = web_address(term.uri)
    return without_empty(
        {"@type": "DefinedTerm", "@id": address, "name": term.label, "inDefinedTermSet": term.scheme}
    )


def rights_of(record: Record) -> Entity:
    """Licences, and who may have it."""
    conditions: list[str] = []
    access = record.access
    if access is not None:
        conditions.append(ACCESS[access.right])
        if access.until is not None:
            conditions.append(f"info:eu-repo/date/embargoEnd/{access.until}")
    return filled(
        license=several(unique([licence(one) for one in record.rights])),
        conditionsOfAccess=several(conditions),
        isAccessibleForFree=True if access is not None and access.right == "open" else None,
    )


def licence(one: Rights) -> str | Entity:
    """The licence's address where that says it all, else what is said of it."""
    address = web_address(one.url) or (one.licence.uri if one.licence is not None else None)
    if one.text is None and address is not None and one.holder is None:
        return address
    code = one.licence.label if one.licence is not None else None
    return filled(
        **{"@type": "CreativeWork"},
        name=one.text or one.holder or code,
        url=address,
        identifier=code,
    )


def relations_of(record: Record) -> Entity:
    """What a record relates to, by schema.org's properties."""
    found: dict[str, list[Entity]] = {}
    for one in record.relations:
        name = RELATIONS.get(one.type)
        target = related(one) if name is not None else None
        if name is not None and target is not None:
            found.setdefault(name, []).append(target)
    for held in record.identifiers:
        if held.role == "version-of-concept":
            concept = Relation(type="IsVersionOf", scheme=held.scheme, value=held.value)
            target = related(concept)
            if target is not None:
                found.setdefault("exampleOfWork", []).append(target)
    return {name: several(unique(targets)) for name, targets in found.items()}


def related(one: Relation) -> Entity | None:
    """The other thing; nothing where it has no name that others could know."""
    name = iri_of(one.scheme, one.value)
    if name is None:
        return None
    kind = _TARGETS.get(one.target_kind or "", "CreativeWork")
    return without_empty({"@type": kind, "@id": name, "name": one.title})


def funding_of(record: Record) -> Entity:
    """Grants, and funders of whom no grant is known."""
    grants = [grant(one) for one in record.funding if one.award or one.award_title or one.award_url]
    funders = [funder(one) for one in record.funding if not (one.award or one.award_title or one.award_url)]
    return filled(funding=several(unique(grants)), funder=several(unique(funders)))


def grant(one: Funding) -> Entity:
    """An award with who gave it."""
    return filled(
        **{"@type": "Grant"},
        identifier=one.award,
        name=one.award_title,
        url=web_address(one.award_url),
        funder=funder(one),
    )


def funder(one: Funding) -> Entity:
    """Who paid."""
    address = web_address(one.funder_identifier)
    return filled(
        **{"@type": "Organization", "@id": address},
        name=one.funder,
        identifier=one.funder_identifier if address is None else None,
    )


def places_of(record: Record) -> list[Entity]:
    """Places on Earth, with point, box or polygon."""
    places = record.coverage.places if record.coverage is not None else ()
    return unique([place(one) for one in places])


def place(one: Place) -> Entity:
    """A place; latitude comes before longitude (schema.org GeoShape)."""
    shapes: list[Entity] = []
    if one.point is not None:
        shapes.append(
            {
                "@type": "GeoCoordinates",
                "latitude": number(one.point.latitude),
                "longitude": number(one.point.longitude),
            }
        )
    if one.box is not None:
        west, south, east, north = one.box
        shapes.append({"@type": "GeoShape", "box": f"{south!r} {west!r} {north!r} {east!r}"})
    if one.polygon:
        corners = [f"{corner.latitude!r} {corner.longitude!r}" for corner in one.polygon]
        shapes.append({"@type": "GeoShape", "polygon": " ".join(corners)})
    return filled(**{"@type": "Place"}, name=one.name, geo=several(shapes))


def download(one: Distribution, kind: str = "DataDownload") -> Entity:
    """A file."""
    checksum = one.checksum
    return filled(
        **{"@type": kind},
        contentUrl=web_address(one.url) or one.url,
        name=one.title,
        encodingFormat=one.media_type,
        contentSize=f"{one.size} B" if one.size is not None else None,
        sha256=checksum.value
        if checksum is not None and checksum.algorithm in ("sha256", "sha-256")
        else None,
    )


def variables_of(record: Record) -> list[Entity]:
    """Parameters, and the columns of tables."""
    found = [parameter(one) for one in record.parameters]
    columns = [one for table in record.tables for one in table.columns]
    return unique(found + [_column(one) for one in columns[:_MOST_COLUMNS]])


def parameter(one: Parameter) -> Entity:
    """A quantity."""
    return filled(
        **{"@type": "PropertyValue"},
        name=one.name,
        value=number(one.value) if one.value is not None else one.text,
        minValue=number(one.low),
        maxValue=number(one.high),
        unitText=one.unit,
    )


def _column(one: Column) -> Entity:
    return filled(
        **{"@type": "PropertyValue"},
        name=one.name,
        description=one.description,
        unitText=one.unit,
        propertyID=one.ucd,
    )


def technique(one: Term) -> str | Entity:
    """A technique by name, or as term of a vocabulary."""
    address = web_address(one.uri)
    if address is None:
        return one.label
    return filled(**{"@type": "DefinedTerm", "@id": address}, name=one.label, inDefinedTermSet=one.scheme)
