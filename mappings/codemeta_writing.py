"""A record as CodeMeta 3: what software carries in its repository as codemeta.json.

What is lost
    everything that CodeMeta's context has no term for: languages, types of texts, places, times,
    parameters, techniques, coverage; sizes and checksums of files; relations but citations, parts,
    papers, data, documentation and reviews; entry point and container.
"""

from __future__ import annotations

from typing import Any

from catalogue.record import Environment, Record
from mappings.datacite_terms import main_identifier
from mappings.json_writing import filled, unique, written
from mappings.links import iri_of, web_address
from mappings.schema_writing import Entity, agent, funder, licence, related, several

CONTEXT = "https://w3id.org/codemeta/3.0"

_SOFTWARE = frozenset({"software", "workflow", "service"})
_ROLES = {
    "Editor": "editor",
    "Producer": "producer",
    "Distributor": "provider",
    "RightsHolder": "copyrightHolder",
    "Sponsor": "sponsor",
    "maintainer": "maintainer",
}
_RELATIONS = {
    "References": "citation",
    "Cites": "citation",
    "IsPartOf": "isPartOf",
    "HasPart": "hasPart",
    "IsSupplementTo": "referencePublication",
    "IsSupplementedBy": "supportingData",
    "IsDocumentedBy": "softwareHelp",
    "IsReviewedBy": "review",
    "IsRelatedTo": "relatedLink",
}
_NEEDS = {
    "memory: ": "memoryRequirements",
    "processor: ": "processorRequirements",
    "storage: ": "storageRequirements",
}
_CATEGORIES = ("applicationCategory", "applicationSubCategory")
_KEPT = {
    "developmentStatus": "developmentStatus",
    "issueTracker": "issueTracker",
    "contIntegration": "continuousIntegration",
    "continuousIntegration": "continuousIntegration",
}
_DATES = {"created": "dateCreated", "issued": "datePublished", "updated": "dateModified"}


def write(record: Record) -> bytes:
    """One JSON-LD object."""
    found = _renamed(_software(record))
    assert isinstance(found, dict)
    return written({"@context": CONTEXT, **found})


def _software(record: Record) -> Entity:
    main = main_identifier(record.identifiers)
    name = iri_of(main.scheme, main.value) if main is not None else None
    texts = [one.value for one in record.descriptions]
    return filled(
        **{"@type": "SoftwareSourceCode" if record.kind in _SOFTWARE else "CreativeWork", "@id": name},
        name=record.title,
        alternateName=several(list(dict.fromkeys(one.value for one in record.titles[1:]))),
        description=several(list(dict.fromkeys(texts))),
        identifier=several(_names(record, "own")),
        sameAs=several([one for one in _names(record, "alternate") if web_address(one)]),
        url=web_address(name) or web_address(record.provenance.url),
        version=record.version,
        **_people(record),
        **_dates(record),
        **_rights(record),
        **_funding(record),
        **_subjects(record),
        **_relations(record),
        **(_environment(record.environment) if record.environment is not None else {}),
        **_files(record),
        **{_KEPT[one.path]: one.text for one in record.extra if one.path in _KEPT},
    )


def _renamed(value: Any) -> Any:
    """«id» and «type», as CodeMeta 3 spells them."""
    if isinstance(value, list):
        return [_renamed(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {name.lstrip("@"): _renamed(inner) for name, inner in value.items()}


def _names(record: Record, role: str) -> list[str]:
    found = [iri_of(one.scheme, one.value) or one.value for one in record.identifiers if one.role == role]
    return list(dict.fromkeys(found))


def _people(record: Record) -> Entity:
    found: dict[str, list[Entity]] = {"author": [agent(one) for one in record.creators]}
    for one in record.contributors:
        found.setdefault(_ROLES.get(one.role or "", "contributor"), []).append(agent(one))
    if record.publisher is not None:
        found["publisher"] = [{"@type": "Organization", **agent(record.publisher)}]
    return {name: several(unique(values)) for name, values in found.items() if values}


def _dates(record: Record) -> Entity:
    found: Entity = {}
    for one in record.dates:
        name, point = _DATES.get(one.kind), one.start or one.end
        if name is not None and point is not None and one.text is None:
            found.setdefault(name, point)
    return found


def _rights(record: Record) -> Entity:
    access = record.access
    return filled(
        license=several(unique([licence(one) for one in record.rights])),
        isAccessibleForFree=True if access is not None and access.right == "open" else None,
        embargoEndDate=access.until if access is not None else None,
    )


def _funding(record: Record) -> Entity:
    """Funders, and in words what they gave: CodeMeta's ``funding`` is a text."""
    funders = unique([funder(one) for one in record.funding])
    words = []
    for one in record.funding:
        said = " ".join(part for part in (one.award, one.award_title) if part)
        if said:
            words.append(said if len(funders) == 1 else f"{one.funder}: {said}")
    return filled(funder=several(funders), funding=several(list(dict.fromkeys(words))))


def _subjects(record: Record) -> Entity:
    found: dict[str, list[str]] = {"keywords": []}
    for one in record.subjects:
        name = one.scheme if one.scheme in _CATEGORIES else "keywords"
        found.setdefault(name or "", []).append(one.label)
    return {name: list(dict.fromkeys(labels)) for name, labels in found.items() if labels}


def _relations(record: Record) -> Entity:
    found: dict[str, list[Entity]] = {}
    for one in record.relations:
        name = _RELATIONS.get(one.type)
        target = related(one) if name is not None else None
        if name is not None and target is not None:
            found.setdefault(name, []).append(target)
    return {name: several(unique(targets)) for name, targets in found.items()}


def _environment(one: Environment) -> Entity:
    found: dict[str, list[str]] = {"softwareRequirements": []}
    for need in one.requirements:
        start = next((start for start in _NEEDS if need.startswith(start)), "")
        found.setdefault(_NEEDS.get(start, "softwareRequirements"), []).append(need[len(start) :])
    return filled(
        codeRepository=web_address(one.repository),
        programmingLanguage=several(list(one.languages)),
        **{name: several(needs) for name, needs in found.items()},
    )


def _files(record: Record) -> Entity:
    addresses = [(web_address(one.url), one.title) for one in record.distributions]
    return filled(
        downloadUrl=several([url for url, title in addresses if url and title != "Installation"]),
        installUrl=several([url for url, title in addresses if url and title == "Installation"]),
        fileSize=several(list(record.sizes)),
        fileFormat=several(list(record.formats)),
    )
