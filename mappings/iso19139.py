"""ISO 19139, the XML of ISO 19115: what is the core of it, for data, services and software.

==================  ====================================================================================
field               element (below MD_Metadata or MI_Metadata)
==================  ====================================================================================
identifiers         fileIdentifier, citation/identifier (own); dataSetURI (alternate)
titles              citation/title, alternateTitle, collectiveTitle
kind                hierarchyLevel (MD_ScopeCode)
descriptions        abstract, purpose, supplementalInformation; lineage/statement as methods
creators, contributors, publisher
                    citedResponsibleParty, pointOfContact, distributor, credit, by role (CI_RoleCode)
dates               citation/date by type; dateStamp (of the description)
coverage            extent: bounding box, description, polygon, temporal element
subjects            descriptiveKeywords with thesaurus, topicCategory
rights, access      resourceConstraints
relations           parentIdentifier, aggregationInfo
distributions       onLine resources; formats: distributionFormat, resourceFormat; sizes: transferSize
facilities, instruments
                    acquisitionInformation of MI_Metadata: platforms and instruments
languages, version  language, edition
==================  ====================================================================================

All else is kept as it is, but how to reach people.  Translations (PT_FreeText) are kept, not read.
"""

from __future__ import annotations

from typing import Any

from catalogue.errors import NotARecord
from catalogue.record import Kind, Mapped, Provenance
from mappings.base import Format
from mappings.draft import Draft
from mappings.iso19139_extent import read_extent
from mappings.iso19139_identification import read_identification
from mappings.iso19139_links import read_acquisition, read_distribution
from mappings.iso19139_people import read_party
from mappings.iso19139_values import inside, text_at, texts_at
from mappings.json_reading import Node
from mappings.xml_reading import elements, local_name, namespace, payload
from mappings.xml_tree import plain

NAMESPACE = "http://www.isotc211.org/2005/gmd"
_ROOTS = ("MD_Metadata", "MI_Metadata")
_OF_DESCRIPTION = "of the description"
_KINDS: dict[str, Kind] = {
    "dataset": "dataset",
    "nonGeographicDataset": "dataset",
    "series": "collection",
    "collectionHardware": "instrument",
    "collectionSession": "event",
    "fieldSession": "event",
    "software": "software",
    "service": "service",
    "model": "software",
    "sample": "sample",
    "document": "document",
}
_UNSAID = ("contactInfo", "metadataStandardName", "metadataStandardVersion", "characterSet")


def recognises(document: Any) -> bool:
    """Whether an element, or the record that it wraps, is a metadata record of ISO 19139."""
    return any(local_name(one) in _ROOTS for one in (document, *list(document)[:3]))


def read(document: Any, provenance: Provenance) -> Mapped:
    """A record from an ``MD_Metadata`` or ``MI_Metadata``; raises `NotARecord` for another element."""
    element = document if local_name(document) in _ROOTS else payload(document)
    if local_name(element) not in _ROOTS:
        element = next((one for one in elements(element) if local_name(one) in _ROOTS), element)
    if local_name(element) not in _ROOTS:
        reason = f"The root element is «{local_name(element)}» in the namespace «{namespace(element)}», "
        raise NotARecord(reason + "not MD_Metadata.", path=f"/{local_name(element)}")
    draft = Draft(provenance.identifier)
    node = Node(plain(element))
    draft.add_identifier(text_at(node, "fileIdentifier"))
    for _, one in inside(node, "identificationInfo"):
        read_identification(draft, one)
        for _, extent in inside(one, "extent"):
            read_extent(draft, extent)
    draft.add_identifier(text_at(node, "dataSetURI"), own=False)
    draft.relate("IsPartOf", text_at(node, "parentIdentifier"))
    for _, quality in inside(node, "dataQualityInfo"):
        for _, lineage in inside(quality, "lineage"):
            draft.add_description(text_at(lineage, "statement"), lineage.path, type="methods")
    read_distribution(draft, node)
    read_acquisition(draft, node)
    for one in node.children("contact"):
        read_party(draft, one, of_description=True)
    draft.add_date(text_at(node, "dateStamp"), "updated", "dateStamp", _OF_DESCRIPTION)
    language = text_at(node, "language")
    if not draft.languages:
        # Most descriptions are in the language of the data, and say only their own.
        draft.add_language(language)
    draft.creators = list(dict.fromkeys(draft.creators))
    draft.contributors = list(dict.fromkeys(draft.contributors))
    kind = _kind(draft, node)
    draft.keep_all((path, text) for path, text in node.left() if _is_told(path))
    return draft.finished(kind, provenance, local_name(element))


def _is_told(path: str) -> bool:
    """Whether a value says something of the thing: not a list of codes, nor how to reach people."""
    name = path.rpartition(".")[2]
    return name not in ("@codeList", "@codeSpace", "@id", "@nilReason") and not any(
        part in path for part in _UNSAID
    )


def _kind(draft: Draft, node: Node) -> Kind:
    levels = texts_at(node, "hierarchyLevel")
    for level in levels:
        if level in _KINDS:
            if level not in ("dataset", "series", "service", "software"):
                draft.type_label = level
            return _KINDS[level]
    draft.type_label = levels[0] if levels else None
    return "dataset" if not levels else "other"


FORMAT = Format(
    prefix="iso19139",
    title="ISO 19139 (ISO 19115 in XML), its core",
    media_type="application/xml",
    namespace=NAMESPACE,
    schema="https://www.isotc211.org/2005/gmd/gmd.xsd",
    read=read,
    recognises=recognises,
    rank=50,
    suffix="iso19139.xml",
)
