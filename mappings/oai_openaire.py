"""OpenAIRE Guidelines 4 for literature, data and software repositories.

==================  ====================================================================================
field               element
==================  ====================================================================================
identifiers         datacite:identifier (DOI, HANDLE, ARK, URN, PURL, URL), the rest alternateIdentifiers
titles, subjects, contributors, coverage.places, sizes
                    datacite:titles, subjects, contributors, geoLocations, sizes, as in DataCite 4
creators            datacite:creators; none where there are none
publisher           dc:publisher, without its identifier
dates               datacite:dates; withdrawn and other dates have no type and are not written
descriptions        dc:description with its language, without its type
languages, formats  dc:language, dc:format
kind, type_label    oaire:resourceType: literature, dataset, software or other research product; COAR
                    type as uri; the words
access              datacite:rights with the COAR right (closed is written as metadata only);
                    the end of an embargo is the date «Available»
rights              oaire:licenseCondition: words and uri
funding             oaire:fundingReferences
relations           datacite:relatedIdentifiers where types of identifier and relation are listed
version             oaire:version, without COAR's version of a publication
distributions       oaire:file (the first 100)
extra               oaire:citation…, dc:source, dcterms:audience are kept as they are, and written again
==================  ====================================================================================

Not written: coverage in time, on the sky and in energy, facilities, instruments, techniques, samples,
parameters, tables, capabilities, titles of related things.
"""

from __future__ import annotations

from mappings.base import Format
from mappings.oai_openaire_reading import read, recognises
from mappings.oai_openaire_writing import NAMESPACE, SCHEMA, complete, write

FORMAT = Format(
    prefix="oai_openaire",
    title="OpenAIRE Guidelines 4",
    media_type="application/xml",
    namespace=NAMESPACE,
    schema=SCHEMA,
    read=read,
    write=write,
    complete=complete,
    recognises=recognises,
    rank=70,
    suffix="openaire.xml",
)
