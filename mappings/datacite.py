"""DataCite Metadata Schema: plain (``datacite``) and in DataCite's OAI wrapper (``oai_datacite``).

Either reader takes either form, as providers give one under the prefix of the other.
"""

from __future__ import annotations

from mappings.base import Format
from mappings.datacite_reading import read
from mappings.datacite_writing import write, write_wrapped

FORMATS = (
    Format(
        prefix="oai_datacite",
        title="DataCite 4.6 in DataCite's OAI wrapper",
        media_type="application/xml",
        namespace="http://schema.datacite.org/oai/oai-1.1/",
        schema="http://schema.datacite.org/oai/oai-1.1/oai.xsd",
        read=read,
        write=write_wrapped,
        rank=80,
        suffix="oai_datacite.xml",
    ),
    Format(
        prefix="datacite",
        title="DataCite 4.6",
        media_type="application/vnd.datacite.datacite+xml",
        namespace="http://datacite.org/schema/kernel-4",
        schema="https://schema.datacite.org/meta/kernel-4.6/metadata.xsd",
        read=read,
        write=write,
        rank=80,
        suffix="datacite.xml",
    ),
)
