"""EUDAT Core (kernel 1), what B2FIND harvests.

==================  ====================================================================================
field               element
==================  ====================================================================================
identifiers         identifiers/identifier (DOI, Handle, ARK, URN, URL), the rest alternateIdentifiers
titles              titles/title, without type and language
creators            creators/creator/creatorName
contributors        contributors/contributor/contributorName; contact persons contacts/contact
publisher           publishers/publisher
dates               publicationYear; collected: temporalCoverages (startDate, endDate; span for words)
coverage.time       temporalCoverages, where no date says it; read back as dates of collection
coverage.places     spatialCoverages/spatialCoverage
descriptions        descriptions/description, without type
subjects            keywords/keyword; those of the B2FIND disciplines disciplines/discipline
kind, type_label    resourceTypes/resourceType: the general type, then the words
rights, access      rightsList/rights: the licence's name or address; info:eu-repo/semantics for access
languages, sizes, formats, version, instruments, funding
                    the elements of these names; an instrument with its identifier
relations           relatedIdentifiers/relatedIdentifier with its type; the type of the relation is lost
provenance.source   community
==================  ====================================================================================

Not written: affiliations, identifiers and roles of people, other dates, titles' and descriptions' types,
coverage on the sky and in energy, facilities, techniques, samples, parameters, tables, capabilities, files.
Kept as they are when read: community, metadataAccess, further publishers, funding in one text.
"""

from __future__ import annotations

from typing import Any

from mappings.base import Format
from mappings.eudatcore_reading import NAMESPACE, read
from mappings.eudatcore_writing import SCHEMA, complete, write
from mappings.xml_reading import elements, namespace


def recognises(document: Any) -> bool:
    """Whether an element is of the namespace of EUDAT, whatever its kernel."""
    found = namespace(document) or ""
    if "schema.eudat.eu" in found:
        return True
    return any("schema.eudat.eu" in (namespace(one) or "") for one in elements(document))


FORMAT = Format(
    prefix="eudatcore",
    title="EUDAT Core, which B2FIND harvests",
    media_type="application/xml",
    namespace=NAMESPACE,
    schema=SCHEMA,
    read=read,
    write=write,
    complete=complete,
    rank=60,
    suffix="eudatcore.xml",
)
