"""DCAT 3 with the application profile DCAT-AP 3."""

from __future__ import annotations

from mappings.base import Format
from mappings.dcat_words import NAMESPACES
from mappings.dcat_writing import complete, write

FORMAT = Format(
    prefix="dcat",
    title="DCAT 3 (DCAT-AP 3)",
    media_type="application/rdf+xml",
    namespace=NAMESPACES["dcat"],
    schema="http://www.openarchives.org/OAI/2.0/rdf.xsd",
    write=write,
    complete=complete,
    suffix="dcat.rdf",
    rank=50,
)
