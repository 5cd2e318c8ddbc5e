"""A record as SciCat JSON, API v4: a dataset, published data, an instrument, a sample or a proposal.

Which kind
    what has a processing level, parameters, samples or proposals, or a pid that is no DOI, is a
    dataset; instruments, samples and projects are what SciCat calls instrument, sample and proposal;
    all else is published data, whose ``metadata`` are those of DataCite's JSON.
What is left out
    what SciCat demands of something new and only its owner knows: ``ownerGroup`` and e-mail addresses.
What is lost
    of datasets: identifiers and affiliations of people, roles, titles but the first, descriptions but
    the first, licences but the first, funding, languages, versions, URIs of keywords, coverage but time,
    tables, capabilities, media types of files; of published data: parameters, techniques, coverage.
"""

from __future__ import annotations

import re
from typing import Any

from catalogue.record import Agent, Date, Record, Reference, Relation
from mappings.datacite_json_writing import document as datacite_document
from mappings.datacite_terms import main_identifier
from mappings.dates import OF_DESCRIPTION
from mappings.json_writing import filled, written
from mappings.links import iri_of
from mappings.scicat_file_writing import folder_of, written_blocks
from mappings.scicat_parameter_writing import written_parameters

_SIZE = re.compile(r"(\d{1,18}) (bytes|files?)")
_BY_DATACITE = frozenset({"doi", "titles", "identifiers", "alternateIdentifiers", "schemaVersion", "types"})


def write(record: Record) -> bytes:
    """One JSON object."""
    return written(document(record))


def document(record: Record) -> dict[str, Any]:
    """The same as plain values."""
    if record.kind == "instrument":
        return _instrument(record)
    if record.kind == "sample":
        return _sample(record)
    if record.kind == "project":
        return _proposal(record)
    return _dataset(record) if is_dataset(record) else _published(record)


def is_dataset(record: Record) -> bool:
    """Whether SciCat would call it a dataset, not published data."""
    main = main_identifier(record.identifiers)
    has_pid = main is not None and main.role == "own" and main.scheme not in ("doi", "url")
    told = record.processing_level or record.parameters or record.samples or record.proposals
    return record.kind == "dataset" and bool(told or has_pid)


def _pid(record: Record) -> str:
    main = main_identifier(record.identifiers)
    return main.value if main is not None else record.id


def _dataset(record: Record) -> dict[str, Any]:
    start, end = _period(record)
    level = record.processing_level if record.processing_level in ("raw", "derived", "custom") else None
    rights = [one.licence.label if one.licence else one.text or one.url for one in record.rights]
    return filled(
        pid=_pid(record),
        type=level or "custom",
        datasetName=record.title,
        description=record.descriptions[0].value if record.descriptions else None,
        principalInvestigators=[_name(one) for one in record.creators],
        owner=_owner(record),
        creationLocation=_location(record),
        creationTime=_date(record, "created"),
        startTime=start,
        endTime=end,
        keywords=[one.label for one in record.subjects],
        license=next((one for one in rights if one), None),
        dataFormat=record.formats[0] if record.formats else None,
        techniques=[filled(pid=one.uri or one.label, name=one.label) for one in record.techniques],
        instrumentIds=_identifiers(record.instruments),
        sampleIds=_identifiers(record.samples),
        proposalIds=_identifiers(record.proposals),
        scientificMetadata=written_parameters(record.parameters),
        sourceFolder=folder_of(record.distributions),
        origdatablocks=written_blocks(record.distributions),
        **_sizes(record, "size"),
        **_access(record),
        **_relations(record),
        **_record_dates(record),
    )


def _name(agent: Agent) -> str:
    """A semicolon would make two people of one."""
    return agent.name.replace(";", ",")


def _owner(record: Record) -> str | None:
    """Who has it in custody, else who made it."""
    keepers = [one for one in record.contributors if one.role == "DataManager"]
    return "; ".join(_name(one) for one in keepers or record.creators[:1]) or None


def _location(record: Record) -> str | None:
    """«/PSI/SLS/TOMCAT»: institute, facility and instrument."""
    facility = record.facilities[0].label if record.facilities else None
    parts = [
        record.publisher.name if record.publisher is not None else None,
        facility,
        record.instruments[0].label if record.instruments else None,
    ]
    known = [part.replace("/", " ") for part in parts if part is not None]
    if facility is None:
        return None
    return "/" + "/".join(known) if len(known) == 3 else facility


def _identifiers(references: tuple[Reference, ...]) -> list[str]:
    return list(dict.fromkeys(one.identifier or one.label for one in references))


def _date(record: Record, kind: str) -> str | None:
    found = (
        one.start for one in record.dates if one.kind == kind and one.text != OF_DESCRIPTION and one.start
    )
    return next(found, None)


def _period(record: Record) -> tuple[str | None, str | None]:
    found = next((one for one in record.dates if one.kind == "collected"), Date(kind="collected"))
    return found.start, found.end


def _record_dates(record: Record) -> dict[str, Any]:
    of_description = {one.kind: one.start for one in record.dates if one.text == OF_DESCRIPTION}
    return filled(createdAt=of_description.get("created"), updatedAt=of_description.get("updated"))


def _sizes(record: Record, name: str) -> dict[str, Any]:
    """Bytes and files, where the sizes say them."""
    found: dict[str, int] = {}
    for text in record.sizes:
        match = _SIZE.fullmatch(text)
        if match is not None:
            found.setdefault(name if match[2] == "bytes" else "numberOfFiles", int(match[1]))
    return dict(found)


def _access(record: Record) -> dict[str, Any]:
    access = record.access
    published = _date(record, "issued")
    if access is None:
        return filled(datasetlifecycle=filled(publishedOn=published))
    cycle = filled(dateOfPublishing=access.until, publishedOn=published)
    groups = [part.strip() for part in (access.to or "").split(",") if part.strip()]
    return filled(isPublished=access.right == "open", accessGroups=groups, datasetlifecycle=cycle)


def _relations(record: Record) -> dict[str, Any]:
    collected = {one.identifier for one in record.instruments if one.identifier is not None}
    inputs, software, links, others = [], [], [], []
    for one in record.relations:
        name = _name_of(one)
        if one.type == "IsDerivedFrom":
            inputs.append(name)
        elif one.type == "IsCompiledBy":
            software.append(name)
        elif one.type == "IsRelatedTo" and one.scheme == "url":
            links.append(filled(url=one.value, title=one.title))
        elif one.type != "IsCollectedBy" or one.value not in collected:
            others.append({"pid": name, "relationship": one.type})
    return filled(inputDatasets=inputs, usedSoftware=software, externalLinks=links, relationships=others)


def _name_of(relation: Relation) -> str:
    """A pid of SciCat, handle or DOI as it is; what has another scheme, so that it says which."""
    if relation.scheme in ("doi", "handle", "scicat-pid", "url", "other", "local"):
        return relation.value
    return iri_of(relation.scheme, relation.value) or relation.value


def _published(record: Record) -> dict[str, Any]:
    """Published data: a DOI, and what DataCite knows of it."""
    metadata = {name: value for name, value in datacite_document(record).items() if name not in _BY_DATACITE}
    abstract = next((one.value for one in record.descriptions if one.type in ("abstract", None)), None)
    metadata["descriptions"] = [
        one for one in metadata.get("descriptions", ()) if one.get("description") != abstract
    ]
    metadata["resourceType"] = record.type_label or record.kind.title()
    for one in metadata.get("subjects", ()):
        if "valueUri" in one:
            one["valueURI"] = one.pop("valueUri")
    metadata["landingPage"] = next((one.value for one in record.identifiers if one.scheme == "url"), None)
    is_open = record.access is not None and record.access.right == "open"
    return filled(
        doi=_pid(record),
        title=record.title,
        abstract=abstract,
        datasetPids=[one.value for one in record.relations if one.type == "HasPart"],
        status="public" if record.access is None or is_open else "private",
        metadata=filled(**metadata),
        downloadLink=record.distributions[0].url if record.distributions else None,
        **_sizes(record, "sizeOfArchive"),
        **_record_dates(record),
    )


def _instrument(record: Record) -> dict[str, Any]:
    unique = next((one.value for one in record.identifiers if one.role == "alternate"), None)
    return filled(
        pid=_pid(record),
        uniqueName=unique or _pid(record),
        name=record.title,
        description=record.descriptions[0].value if record.descriptions else None,
        facility=record.facilities[0].label if record.facilities else None,
        customMetadata=written_parameters(record.parameters),
        **_record_dates(record),
    )


def _sample(record: Record) -> dict[str, Any]:
    described = record.descriptions[0].value if record.descriptions else None
    return filled(
        sampleId=_pid(record),
        sampleName=record.title if described is not None else None,
        description=described or record.title,
        type=record.type_label,
        owner="; ".join(_name(one) for one in record.creators),
        proposalIds=_identifiers(record.proposals),
        parentSampleId=_parent(record),
        sampleCharacteristics=written_parameters(record.parameters) or {},
        **_record_dates(record),
    )


def _proposal(record: Record) -> dict[str, Any]:
    leader = record.creators[0] if record.creators else None
    start, end = _period(record)
    return filled(
        proposalId=_pid(record),
        title=record.title,
        abstract=record.descriptions[0].value if record.descriptions else None,
        type=record.type_label,
        pi_firstname=leader.given if leader is not None else None,
        pi_lastname=(leader.family or leader.name) if leader is not None else None,
        startTime=start,
        endTime=end,
        instrumentIds=_identifiers(record.instruments),
        parentProposalId=_parent(record),
        metadata=written_parameters(record.parameters),
        **_record_dates(record),
    )


def _parent(record: Record) -> str | None:
    return next((one.value for one in record.relations if one.type == "IsPartOf"), None)
