"""A record as the PaNOSC search API gives it: a dataset, a document, an instrument or a sample.

What the API demands and the record does not say: ``isPublic`` is false where nothing is said of access;
``creationDate`` is the first date that is known; an instrument stands at its publisher's.  What is lost
    identifiers but the pid and the DOI; of datasets people, keywords, descriptions, licences, relations
    but the document that they belong to; of samples parameters, of instruments techniques; of documents
    funding, versions, relations but datasets; everything that only DataCite has.
"""

from __future__ import annotations

from typing import Any

from catalogue.record import Agent, DateKind, Parameter, Record, Reference, Term
from mappings.datacite_terms import main_identifier
from mappings.dates import OF_DESCRIPTION, best_date
from mappings.json_writing import filled, number, written
from mappings.terms import written_type

_DOCUMENTS = frozenset({"publication", "document", "project"})
_ORDER: tuple[DateKind, ...] = (
    "created",
    "collected",
    "issued",
    "available",
    "submitted",
    "updated",
    "copyrighted",
)
_PANET = "http://purl.org/pan-science/PaNET/"


def write(record: Record) -> bytes:
    """One JSON object."""
    return written(document(record))


def document(record: Record) -> dict[str, Any]:
    """The same as plain values."""
    if record.kind == "instrument":
        return _instrument(record)
    if record.kind == "sample":
        return _sample(record)
    return _document(record) if record.kind in _DOCUMENTS else _dataset(record)


def _pid(record: Record) -> str:
    main = main_identifier(record.identifiers)
    return main.value if main is not None else record.id


def _is_public(record: Record) -> bool:
    return record.access is not None and record.access.right == "open"


def _dataset(record: Record) -> dict[str, Any]:
    created = best_date([one for one in record.dates if one.start or one.end], _ORDER)
    sizes = [
        int(one.removesuffix(" bytes")) for one in record.sizes if one.removesuffix(" bytes").isdecimal()
    ]
    paper = next((one for one in record.relations if one.type == "IsPartOf"), None)
    return filled(
        pid=_pid(record),
        title=record.title,
        isPublic=_is_public(record),
        creationDate=(created.start or created.end) if created is not None else record.provenance.datestamp,
        size=sizes[0] if sizes else None,
        techniques=[_technique(one) for one in record.techniques],
        parameters=_parameters(record),
        instrument=_instrument_of(record),
        samples=[_sample_of(one) for one in record.samples],
        files=[
            filled(
                id=number_,
                name=one.title or one.url.rpartition("/")[2] or one.url,
                path=one.url,
                size=one.size,
            )
            for number_, one in enumerate(record.distributions, 1)
        ],
        documentId=paper.value if paper is not None else None,
    )


def _technique(one: Term) -> dict[str, Any]:
    code = one.uri.removeprefix(_PANET) if one.uri is not None and one.uri.startswith(_PANET) else None
    return filled(pid=one.uri or one.label, name=one.label, panetId=code)


def _parameters(record: Record) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for one in record.parameters:
        value = _value(one)
        if value is not None:
            found.append(filled(id=len(found) + 1, name=one.name, value=value, unit=one.unit))
    return found


def _value(one: Parameter) -> Any:
    if one.value is not None:
        return number(one.value)
    if one.text is not None:
        return one.text
    if one.low is not None and one.high is not None and one.unit is not None:
        return [number(one.low), number(one.high)]
    return filled(min=number(one.low), max=number(one.high)) or None


def _instrument_of(record: Record) -> dict[str, Any] | None:
    if not record.instruments:
        return None
    one = record.instruments[0]
    return filled(pid=one.identifier or one.uri or one.label, name=one.label, facility=_facility(record))


def _sample_of(one: Reference) -> dict[str, Any]:
    return filled(pid=one.identifier or one.uri or one.label, name=one.label)


def _instrument(record: Record) -> dict[str, Any]:
    return filled(pid=_pid(record), name=record.title, facility=_facility(record))


def _facility(record: Record) -> str:
    if record.facilities:
        return record.facilities[0].label
    return record.publisher.name if record.publisher is not None else ":unav"


def _sample(record: Record) -> dict[str, Any]:
    return filled(
        pid=_pid(record),
        name=record.title,
        description=record.descriptions[0].value if record.descriptions else None,
    )


def _document(record: Record) -> dict[str, Any]:
    concept, words = written_type(record.kind, record.type_label)
    type = "proposal" if record.kind == "project" else words or concept.label
    period = next((one for one in record.dates if one.kind == "collected"), None)
    released = next(
        (one for one in record.dates if one.kind == "available" and one.text != OF_DESCRIPTION), None
    )
    rights = [one.licence.label if one.licence else one.text or one.url for one in record.rights]
    return filled(
        pid=_pid(record),
        isPublic=_is_public(record),
        type=type,
        title=record.title,
        summary=record.descriptions[0].value if record.descriptions else None,
        doi=next((one.value for one in record.identifiers if one.scheme == "doi"), None),
        startDate=period.start if period is not None else None,
        endDate=period.end if period is not None else None,
        releaseDate=released.start if released is not None else None,
        license=next((one for one in rights if one), None),
        keywords=[one.label for one in record.subjects],
        members=_members(record),
        datasets=[
            filled(pid=one.value, title=one.title or one.value)
            for one in record.relations
            if one.type == "HasPart" and one.target_kind in ("dataset", None)
        ],
        parameters=_parameters(record),
    )


def _members(record: Record) -> list[dict[str, Any]]:
    """People in their roles, those who lead or write first."""
    first = "principal investigator" if record.kind == "project" else "author"
    found = [(one, first) for one in record.creators]
    found += [(one, one.role or "member") for one in record.contributors]
    return [_member(agent, role, count) for count, (agent, role) in enumerate(found, 1)]


def _member(agent: Agent, role: str, count: int) -> dict[str, Any]:
    place = agent.affiliations[0].name if agent.affiliations else None
    return filled(
        id=count,
        role=role,
        person=filled(
            id=str(count),
            fullName=agent.name,
            firstName=agent.given,
            lastName=agent.family,
            orcid=next((one.value for one in agent.identifiers if one.scheme == "orcid"), None),
        ),
        affiliation=filled(id=count, name=place) if place is not None else None,
    )
