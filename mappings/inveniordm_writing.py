"""A record as InvenioRDM JSON, as its REST API gives it: metadata, identifiers, access, files.

What InvenioRDM demands and the record does not say is «:unav», the year 0000 and the role «other».  A
type that InvenioRDM has no code for is told by its title.  What is lost
    words for a type that InvenioRDM has a finer code for, relations of types that nobody knows,
    languages of the main title and description, parameters, techniques, instruments, samples, proposals,
    coverage in energy and on the sky, titles of relations that are no references, regions of languages,
    capabilities, tables; protocols and parts of files; boxes, which become polygons.
"""

from __future__ import annotations

from typing import Any

from catalogue.identity import scheme_and_value
from catalogue.record import (
    Affiliation,
    Agent,
    Date,
    Funding,
    Identifier,
    Place,
    Record,
    Relation,
    Rights,
    Term,
    Text,
)
from mappings.citation import name_of
from mappings.datacite_terms import DESCRIPTION_TYPES, TITLE_TYPES, YEAR_ORDER, role_name
from mappings.dates import OF_DESCRIPTION, best_date, written_date, year_of
from mappings.inveniordm_file_writing import written_files
from mappings.inveniordm_types import CODES, LANGUAGES
from mappings.json_writing import filled, unique, written
from mappings.terms import DEFAULT_TYPE, written_type
from vocab.base import vocabulary

_UNKNOWN = ":unav"
_HYPHENATED = {
    "AlternativeTitle": "alternative-title",
    "Subtitle": "subtitle",
    "TranslatedTitle": "translated-title",
    "Other": "other",
    "Abstract": "abstract",
    "Methods": "methods",
    "SeriesInformation": "series-information",
    "TableOfContents": "table-of-contents",
    "TechnicalInfo": "technical-info",
}
_SCHEMES = {"bibcode": "ads", "crossref-funder": "crossreffunderid"}
_PERSONS = frozenset({"orcid", "gnd", "isni", "ror"})
_RECORD_DATES = {"created": "created", "updated": "updated"}
_STATUS = {"open": "open", "embargoed": "embargoed", "restricted": "restricted", "closed": "restricted",
           "metadata-only": "metadata-only"}  # fmt: skip


def write(record: Record) -> bytes:
    """One JSON object."""
    return written(document(record))


def document(record: Record) -> dict[str, Any]:
    """The same as plain values."""
    pids, others = _pids(record)
    dates = {name: _moment(record, kind) for kind, name in _RECORD_DATES.items()}
    return filled(
        **dates,
        pids=pids,
        parent=_parent(record),
        metadata=_metadata(record, others),
        access=_access(record),
        files=written_files(record.distributions),
        custom_fields=_custom_fields(record),
    )


def _moment(record: Record, kind: str) -> str | None:
    found = (one.start for one in record.dates if one.kind == kind and one.text == OF_DESCRIPTION)
    return next(found, None)


def _pids(record: Record) -> tuple[dict[str, Any], list[Identifier]]:
    """The first own identifier of each scheme; and the others."""
    pids: dict[str, Any] = {}
    others: list[Identifier] = []
    for one in record.identifiers:
        scheme = _SCHEMES.get(one.scheme, one.scheme)
        if one.role == "own" and scheme not in pids:
            pids[scheme] = {"identifier": one.value, "provider": "external"}
        elif one.role != "version-of-concept":
            others.append(one)
    return pids, others


def _parent(record: Record) -> dict[str, Any]:
    """The concept of all versions, and how to ask for access."""
    concept = next((one for one in record.identifiers if one.role == "version-of-concept"), None)
    pids = (
        {concept.scheme: {"identifier": concept.value, "provider": "external"}} if concept is not None else {}
    )
    how = record.access.how if record.access is not None else None
    access = {"settings": {"accept_conditions_text": how}} if how else None
    return filled(pids=pids, access=access)


def _metadata(record: Record, others: list[Identifier]) -> dict[str, Any]:
    issued = _publication_date(record)
    main, more = _descriptions(record)
    titles = record.titles
    return filled(
        resource_type=_type(record),
        title=titles[0].value if titles[0].type != "identifier" else ":unas",
        additional_titles=[_title(one) for one in titles[1:]],
        description=main,
        additional_descriptions=more,
        creators=[_agent(one) for one in record.creators] or [_NOBODY],
        contributors=[
            {**_agent(one), "role": {"id": role_name(one.role).lower()}} for one in record.contributors
        ],
        publisher=record.publisher.name if record.publisher is not None else None,
        publication_date=written_date(issued)[0] if issued is not None else "0000",
        dates=[_date(one) for one in record.dates if one is not issued and not _is_of_record(one)],
        languages=[found for one in record.languages if (found := _language(one))],
        version=record.version,
        sizes=list(record.sizes),
        formats=list(record.formats),
        subjects=[_subject(one) for one in record.subjects],
        rights=[_rights(one) for one in record.rights],
        identifiers=unique([_identifier(one) for one in others]),
        related_identifiers=[_related(one) for one in record.relations if not _is_reference(one)],
        references=[_reference(one) for one in record.relations if _is_reference(one)],
        funding=[_funding(one) for one in record.funding],
        locations=_locations(record),
    )


_NOBODY = {"person_or_org": {"type": "organizational", "name": _UNKNOWN}}


def _is_of_record(date: Date) -> bool:
    return date.text == OF_DESCRIPTION and date.kind in _RECORD_DATES


def _publication_date(record: Record) -> Date | None:
    plain = [one for one in record.dates if one.text is None and year_of(one) is not None]
    return next((one for one in plain if one.kind == "issued"), None) or best_date(
        [one for one in record.dates if year_of(one) is not None and one.text != OF_DESCRIPTION], YEAR_ORDER
    )


def _type(record: Record) -> dict[str, Any]:
    concept, words = written_type(record.kind, record.type_label)
    code = CODES.get(concept.code)
    said = "/".join(part for part in (concept.label if code is None else "", words) if part)
    return filled(id=code or "other", title={"en": said} if said else None)


def _title(title: Text) -> dict[str, Any]:
    kind = _HYPHENATED[TITLE_TYPES.get(title.type or "", "Other")]
    return filled(title=title.value, type={"id": kind}, lang=_language(title.language))


def _descriptions(record: Record) -> tuple[str | None, list[dict[str, Any]]]:
    """The abstract is the description; all else is additional."""
    main = next((one for one in record.descriptions if one.type in ("abstract", None)), None)
    more = []
    for one in record.descriptions:
        if one is not main:
            kind = _HYPHENATED[DESCRIPTION_TYPES.get(one.type or "", "Other")]
            more.append(filled(description=one.value, type={"id": kind}, lang=_language(one.language)))
    return main.value if main is not None else None, more


def _language(tag: str | None) -> dict[str, str] | None:
    """A language by its code of three letters (ISO 639-3)."""
    code = LANGUAGES.get((tag or "").partition("-")[0].lower())
    return {"id": code} if code is not None else None


def _agent(agent: Agent) -> dict[str, Any]:
    """A person has a family name in InvenioRDM; whoever has none that is known is an organisation."""
    name = name_of(agent)
    is_person = name.family is not None or agent.kind == "person"
    person = filled(
        type="personal" if is_person else "organizational",
        name=agent.name,
        given_name=name.given if is_person else None,
        family_name=(name.family or name.whole) if is_person else None,
        identifiers=[
            {"scheme": one.scheme, "identifier": one.value}
            for one in agent.identifiers
            if one.scheme in _PERSONS
        ],
    )
    return filled(
        person_or_org=person, affiliations=unique([_affiliation(one) for one in agent.affiliations])
    )


def _affiliation(one: Affiliation) -> dict[str, Any]:
    if one.scheme == "ror":
        return filled(id=one.identifier, name=one.name)
    known = [{"scheme": one.scheme, "identifier": one.identifier}] if one.scheme and one.identifier else None
    return filled(name=one.name, identifiers=known)


def _date(date: Date) -> dict[str, Any]:
    value, information = written_date(date)
    kind = date.kind if date.kind != "other" else "other"
    return filled(date=value, type={"id": kind}, description=information)


def _subject(term: Term) -> dict[str, str]:
    return filled(id=term.uri, subject=term.label, scheme=term.scheme)


def _rights(rights: Rights) -> dict[str, Any]:
    licence = rights.licence
    if licence is not None and licence.scheme == "SPDX":
        address = {"url": rights.url or licence.uri, "scheme": "spdx"}
        return filled(id=licence.label.lower(), title=_said(rights.text), props=address)
    code = licence.label if licence is not None else None
    return filled(id=code, title=_said(rights.text or rights.holder), link=rights.url)


def _said(text: str | None) -> dict[str, str] | None:
    return {"en": text} if text else None


def _identifier(one: Identifier) -> dict[str, str]:
    return {"scheme": _SCHEMES.get(one.scheme, one.scheme), "identifier": one.value}


def _is_reference(relation: Relation) -> bool:
    return relation.type == "References" and relation.title is not None


def _reference(relation: Relation) -> dict[str, str]:
    scheme = _SCHEMES.get(relation.scheme, relation.scheme)
    return filled(reference=relation.title, identifier=relation.value, scheme=scheme)


def _related(relation: Relation) -> dict[str, Any]:
    kind = DEFAULT_TYPE.get(relation.target_kind or "")  # type: ignore[call-overload]
    target = CODES.get(kind) if kind else None
    known = vocabulary("relation_types").lookup(relation.type)
    return filled(
        identifier=relation.value,
        scheme=_SCHEMES.get(relation.scheme, relation.scheme),
        relation_type={"id": known.code.lower() if known is not None else "isrelatedto"},
        resource_type={"id": target} if target else None,
    )


def _funding(funding: Funding) -> dict[str, Any]:
    funder = filled(name=funding.funder)
    if funding.funder_identifier is not None:
        scheme, value = scheme_and_value(funding.funder_identifier)
        if scheme == "ror":
            funder["id"] = value
        else:
            funder["identifiers"] = [{"scheme": _SCHEMES.get(scheme, scheme), "identifier": value}]
    links = [{"scheme": "url", "identifier": funding.award_url}] if funding.award_url else None
    award = filled(number=funding.award, title=_said(funding.award_title), identifiers=links)
    return filled(funder=funder, award=award)


def _locations(record: Record) -> dict[str, Any] | None:
    places = record.coverage.places if record.coverage is not None else ()
    features = [found for one in places for found in _features(one)]
    return {"features": features} if features else None


def _features(place: Place) -> list[dict[str, Any]]:
    """GeoJSON (RFC 7946); a place of several shapes is several."""
    shapes: list[dict[str, Any]] = []
    if place.point is not None:
        shapes.append({"type": "Point", "coordinates": [place.point.longitude, place.point.latitude]})
    if place.box is not None:
        west, south, east, north = place.box
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        shapes.append({"type": "Polygon", "coordinates": [ring]})
    if place.polygon:
        ring = [[one.longitude, one.latitude] for one in place.polygon]
        shapes.append({"type": "Polygon", "coordinates": [ring]})
    if not shapes:
        return [{"place": place.name}] if place.name else []
    return [filled(place=place.name, geometry=shape) for shape in shapes]


def _access(record: Record) -> dict[str, Any] | None:
    access = record.access
    if access is None:
        return None
    embargo = filled(active=True, until=access.until) if access.right == "embargoed" else None
    return filled(
        record="public",
        files="public" if access.right in ("open", "metadata-only") else "restricted",
        status=_STATUS[access.right],
        embargo=embargo,
    )


def _custom_fields(record: Record) -> dict[str, Any]:
    one = record.environment
    if one is None:
        return {}
    return {
        **({"code:codeRepository": one.repository} if one.repository else {}),
        **(
            {"code:programmingLanguage": [{"title": {"en": name}} for name in one.languages]}
            if one.languages
            else {}
        ),
    }
