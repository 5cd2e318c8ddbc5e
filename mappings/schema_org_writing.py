"""A record as schema.org JSON-LD, as search engines read it and as Science-on-schema.org 1.3 advises.

What is lost
    languages of texts, types of descriptions and titles, relations that schema.org has no property
    for, roles other than editor, translator, producer, provider, sponsor, copyright holder; SI
    values and groups of parameters; checksums but SHA-256; instruments, facilities, samples,
    proposals, targets, capabilities; dates but those of creation, issue, change and collection.
"""

from __future__ import annotations

from typing import Any

from catalogue.record import Environment, Identifier, Record
from mappings.datacite_terms import main_identifier
from mappings.json_writing import filled, unique, written
from mappings.links import iri_of, web_address
from mappings.schema_writing import (
    agents_of,
    dates_of,
    download,
    funding_of,
    keyword,
    places_of,
    relations_of,
    rights_of,
    several,
    technique,
    variables_of,
)
from mappings.terms import default_type, written_type

CONTEXT = "https://schema.org/"

_TYPES = {
    "Dataset": "Dataset",
    "Collection": "Collection",
    "Software": "SoftwareSourceCode",
    "Workflow": "HowTo",
    "JournalArticle": "ScholarlyArticle",
    "DataPaper": "ScholarlyArticle",
    "ConferencePaper": "ScholarlyArticle",
    "Preprint": "ScholarlyArticle",
    "Text": "Article",
    "Report": "Report",
    "Dissertation": "Thesis",
    "DoctoralThesis": "Thesis",
    "MasterThesis": "Thesis",
    "BachelorThesis": "Thesis",
    "Service": "WebAPI",
    "Project": "ResearchProject",
    "Image": "ImageObject",
    "Event": "Event",
    "Lesson": "LearningResource",
    "Organisation": "ResearchOrganization",
    "Repository": "DataCatalog",
    "ComputationalNotebook": "SoftwareSourceCode",
}
_PLAIN = frozenset(
    {"Dataset", "Collection", "Software", "Workflow", "JournalArticle", "Text", "Report", "Dissertation"}
    | {"Service", "Project", "Image", "Event", "Lesson", "Organisation"}
)
"""Types that schema.org's own type says as well, so that no additional type is needed."""
_THINGS = frozenset({"instrument", "facility", "sample", "other"})


def write(record: Record) -> bytes:
    """One JSON-LD object."""
    return written({"@context": CONTEXT, **work(record)})


def work(record: Record) -> dict[str, Any]:
    """The record as an entity, without context."""
    kind, additional = type_of(record)
    names = [one.value for one in record.titles]
    main = main_identifier(record.identifiers)
    name = iri_of(main.scheme, main.value) if main is not None else None
    descriptions = [one.value for one in record.descriptions]
    return filled(
        **{"@type": kind, "@id": name},
        additionalType=additional,
        name=names[0],
        alternateName=several(list(dict.fromkeys(names[1:]))),
        description=several(list(dict.fromkeys(descriptions))),
        identifier=several(unique([_identifier(one) for one in record.identifiers if one.role == "own"])),
        sameAs=several(_others(record, name)),
        url=web_address(name) or _page(record) or web_address(record.provenance.url),
        version=record.version,
        inLanguage=several(list(record.languages)),
        keywords=[keyword(one) for one in record.subjects],
        **agents_of(record),
        **dates_of(record),
        **rights_of(record),
        **funding_of(record),
        **relations_of(record),
        size=several(list(record.sizes)),
        encodingFormat=several(list(record.formats)),
        spatialCoverage=several(places_of(record)),
        variableMeasured=variables_of(record),
        measurementTechnique=several(unique([technique(one) for one in record.techniques])),
        distribution=[download(one) for one in record.distributions],
        **(environment(record.environment) if record.environment is not None else {}),
    )


def type_of(record: Record) -> tuple[str, str | None]:
    """schema.org's type, and what is to be said beside it."""
    concept, words = written_type(record.kind, record.type_label)
    kind = _TYPES.get(concept.code)
    if kind is None:
        kind = _TYPES.get(default_type(record.kind).code)
    said = None if concept.code in _PLAIN else concept.label
    if concept.code == "Other":
        said = None
    if kind is None:
        kind = "Thing" if record.kind in _THINGS and record.kind != "other" else "CreativeWork"
    return kind, "/".join(part for part in (said, words) if part) or None


def environment(one: Environment) -> dict[str, Any]:
    """What software needs to run."""
    return filled(
        codeRepository=web_address(one.repository),
        programmingLanguage=several(list(one.languages)),
        softwareRequirements=list(one.requirements),
    )


def _identifier(one: Identifier) -> dict[str, Any]:
    return filled(
        **{"@type": "PropertyValue"},
        propertyID=one.scheme,
        value=one.value,
        url=web_address(iri_of(one.scheme, one.value)),
    )


def _others(record: Record, name: str | None) -> list[str]:
    """What it is called elsewhere, as addresses."""
    found = [iri_of(one.scheme, one.value) for one in record.identifiers if one.role == "alternate"]
    addresses = [web_address(one) for one in found]
    return list(dict.fromkeys(one for one in addresses if one is not None and one != name))


def _page(record: Record) -> str | None:
    for one in record.identifiers:
        address = web_address(iri_of(one.scheme, one.value))
        if one.role != "version-of-concept" and address is not None:
            return address
    return None
