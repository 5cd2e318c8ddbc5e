"""What the names in a JSON-LD document mean whose context is but an address, which is never fetched.

The names are those of the application profiles: the properties of DCAT-AP 3 by the names that its tables
give them («release date» as ``releaseDate``), and by the names of the terms themselves, which data.json
(DCAT-US 1.1) and most others use.
"""

from __future__ import annotations

from typing import Any

from mappings.dcat_words import NAMESPACES

_CLASSES = {
    "Dataset": "dcat:Dataset",
    "DatasetSeries": "dcat:DatasetSeries",
    "DataService": "dcat:DataService",
    "Distribution": "dcat:Distribution",
    "Catalog": "dcat:Catalog",
    "Catalogue": "dcat:Catalog",
    "CatalogRecord": "dcat:CatalogRecord",
    "CatalogueRecord": "dcat:CatalogRecord",
    "Agent": "foaf:Agent",
    "Person": "foaf:Person",
    "Organization": "foaf:Organization",
    "Organisation": "foaf:Organization",
    "LicenceDocument": "dct:LicenseDocument",
    "Location": "dct:Location",
    "PeriodOfTime": "dct:PeriodOfTime",
    "Checksum": "spdx:Checksum",
}
_WORDS = {
    "title": "dct:title",
    "description": "dct:description",
    "keyword": "dcat:keyword",
    "name": "foaf:name",
    "fn": "vcard:fn",
    "versionNotes": "adms:versionNotes",
}
_VALUES = {
    "identifier": "dct:identifier",
    "issued": "dct:issued",
    "releaseDate": "dct:issued",
    "modified": "dct:modified",
    "modificationDate": "dct:modified",
    "created": "dct:created",
    "version": "dcat:version",
    "byteSize": "dcat:byteSize",
    "checksum": "spdx:checksum",
    "checksumValue": "spdx:checksumValue",
    "startDate": "dcat:startDate",
    "endDate": "dcat:endDate",
    "bbox": "dcat:bbox",
    "centroid": "dcat:centroid",
    "boundingBox": "dcat:bbox",
    "temporal": "dct:temporal",
    "temporalCoverage": "dct:temporal",
    "temporalResolution": "dcat:temporalResolution",
    "spatialResolution": "dcat:spatialResolutionInMeters",
    "qualifiedAttribution": "prov:qualifiedAttribution",
    "qualifiedRelation": "dcat:qualifiedRelation",
    "otherIdentifier": "adms:identifier",
    "provenance": "dct:provenance",
}
_NAMED = {
    "publisher": "dct:publisher",
    "creator": "dct:creator",
    "contributor": "dct:contributor",
    "contactPoint": "dcat:contactPoint",
    "hasEmail": "vcard:hasEmail",
    "theme": "dcat:theme",
    "subject": "dct:subject",
    "type": "dct:type",
    "language": "dct:language",
    "license": "dct:license",
    "licence": "dct:license",
    "rights": "dct:rights",
    "accessRights": "dct:accessRights",
    "accessLevel": "dct:accessRights",
    "conformsTo": "dct:conformsTo",
    "landingPage": "dcat:landingPage",
    "homepage": "foaf:homepage",
    "documentation": "foaf:page",
    "spatial": "dct:spatial",
    "geographicalCoverage": "dct:spatial",
    "frequency": "dct:accrualPeriodicity",
    "accrualPeriodicity": "dct:accrualPeriodicity",
    "distribution": "dcat:distribution",
    "datasetDistribution": "dcat:distribution",
    "sample": "adms:sample",
    "accessURL": "dcat:accessURL",
    "accessUrl": "dcat:accessURL",
    "downloadURL": "dcat:downloadURL",
    "downloadUrl": "dcat:downloadURL",
    "accessService": "dcat:accessService",
    "mediaType": "dcat:mediaType",
    "format": "dct:format",
    "algorithm": "spdx:algorithm",
    "endpointURL": "dcat:endpointURL",
    "endpointUrl": "dcat:endpointURL",
    "endpointDescription": "dcat:endpointDescription",
    "servesDataset": "dcat:servesDataset",
    "dataset": "dcat:dataset",
    "service": "dcat:service",
    "catalog": "dcat:catalog",
    "catalogue": "dcat:catalog",
    "inSeries": "dcat:inSeries",
    "previous": "dcat:prev",
    "last": "dcat:last",
    "first": "dcat:first",
    "hasVersion": "dcat:hasVersion",
    "isReferencedBy": "dct:isReferencedBy",
    "references": "dct:references",
    "source": "dct:source",
    "relatedResource": "dct:relation",
    "relation": "dct:relation",
    "hasPart": "dct:hasPart",
    "isPartOf": "dct:isPartOf",
    "wasGeneratedBy": "prov:wasGeneratedBy",
    "applicableLegislation": "dcatap:applicableLegislation",
    "hvdCategory": "dcatap:hvdCategory",
    "availability": "dcatap:availability",
}
PREFIXES = {**NAMESPACES, "dcterms": NAMESPACES["dct"], "dc": "http://purl.org/dc/elements/1.1/"}
_OTHERS = ("schema.org", "codemeta", "croissant", "ro/crate")


def stand_in(address: str) -> dict[str, Any]:
    """The context that stands in for the one at this address.

    The prefixes always; the names of DCAT not where the address is that of another vocabulary.
    """
    if any(word in address.casefold() for word in _OTHERS):
        return dict(PREFIXES)
    return {
        **PREFIXES,
        **{name: {"@id": term} for name, term in {**_CLASSES, **_VALUES}.items()},
        **{name: {"@id": term, "@container": "@language"} for name, term in _WORDS.items()},
        **{name: {"@id": term, "@type": "@id"} for name, term in _NAMED.items()},
    }
