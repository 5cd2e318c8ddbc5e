"""Namespaces and words of DCAT 3 and of what it is used with (DCAT-AP 3)."""

from __future__ import annotations

import re

NAMESPACES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "adms": "http://www.w3.org/ns/adms#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "prov": "http://www.w3.org/ns/prov#",
    "org": "http://www.w3.org/ns/org#",
    "locn": "http://www.w3.org/ns/locn#",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "spdx": "http://spdx.org/rdf/terms#",
    "schema": "http://schema.org/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "dcatap": "http://data.europa.eu/r5r/",
}

DATES = {
    "issued": "dct:issued",
    "updated": "dct:modified",
    "created": "dct:created",
    "available": "dct:available",
    "valid": "dct:valid",
    "submitted": "dct:dateSubmitted",
    "accepted": "dct:dateAccepted",
    "copyrighted": "dct:dateCopyrighted",
}
"""The property for each kind of date."""

RELATIONS = {
    "References": "dct:references",
    "IsReferencedBy": "dct:isReferencedBy",
    "IsPartOf": "dct:isPartOf",
    "HasPart": "dct:hasPart",
    "IsVersionOf": "dct:isVersionOf",
    "HasVersion": "dct:hasVersion",
    "Obsoletes": "dct:replaces",
    "IsObsoletedBy": "dct:isReplacedBy",
    "Requires": "dct:requires",
    "IsRequiredBy": "dct:isRequiredBy",
    "IsDerivedFrom": "prov:wasDerivedFrom",
    "IsRelatedTo": "dct:relation",
    "IsIdenticalTo": "owl:sameAs",
}
"""The property for a relation; all others are qualified by the terms of the DataCite Ontology."""

RELATION_TERMS = "http://purl.org/datacite/v4.4/"
MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
LANGUAGES = ("http://id.loc.gov/vocabulary/iso639-1/", "http://id.loc.gov/vocabulary/iso639-2/")
MEDIA_TYPE = re.compile(r"[a-z]+/[A-Za-z0-9][A-Za-z0-9!#$&^_.+\-]{0,126}")
"""A media type without parameters (RFC 6838, section 4.2)."""
HEX_BINARY = re.compile(r"(?:[0-9A-Fa-f]{2})+")
"""The form of ``xsd:hexBinary``."""
CHECKSUM_ALGORITHMS = {
    "adler32": "adler32",
    "md4": "md4",
    "md5": "md5",
    **{f"sha{bits}": f"sha{bits}" for bits in ("1", "224", "256", "384", "512")},
    **{f"sha-{bits}": f"sha{bits}" for bits in ("1", "224", "256", "384", "512")},
}
"""Names of algorithms as sources write them → as SPDX 2.3 does."""
CHECKSUMS = "http://spdx.org/rdf/terms#checksumAlgorithm_"
WKT = NAMESPACES["geo"] + "wktLiteral"
