"""The records that every reader makes of the real files in its formats."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path

from catalogue.errors import RecordRefused
from catalogue.record import Provenance, Record
from mappings.base import format_of
from mappings.documents import documents

FOLDERS = {
    "b2find-json": ("datacite_json",),
    "cernopendata": ("cernopendata",),
    "codemeta": ("codemeta",),
    "datacite-json": ("datacite_json",),
    "datacite-xml": ("datacite",),
    "dcat": ("dcat",),
    "hepdata": ("hepdata",),
    "inveniordm-json": ("inveniordm",),
    "ivoa-oaipmh": ("ivo_vor",),
    "ivoa-voresource": ("ivo_vor",),
    "marcxml": ("marcxml",),
    "oai-datacite": ("oai_datacite",),
    "oai-dc": ("oai_dc",),
    "oai-protocol": ("oai_dc",),
    "panosc": ("panosc",),
    "re3data": ("re3data", "re3data_json"),
    "reana": ("reana",),
    "ro-crate": ("rocrate",),
    "schema-org": ("schema_org",),
    "scicat": ("scicat",),
    "scicat-oai": ("oai_dc", "oai_datacite"),
    "zenodo-json": ("zenodo",),
}


@functools.cache
def every_record(shared: Path) -> tuple[Record, ...]:
    """All records of the corpus, each with the provenance of its file."""
    found: list[Record] = []
    for folder, prefixes in FOLDERS.items():
        for prefix in prefixes:
            for path in sorted((shared / "corpus" / folder).iterdir()):
                found.extend(records_of(path, prefix))
    return tuple(found)


def records_of(path: Path, prefix: str) -> Iterator[Record]:
    """The records in one file, without what its reader refuses."""
    form = format_of(prefix)
    assert form.read is not None
    try:
        for number, (identifier, document) in enumerate(documents(form, path.read_bytes())):
            name = identifier or (f"{path.name}#{number}" if number else path.name)
            provenance = Provenance(source="corpus", identifier=name, format=prefix)
            try:
                yield form.read(document, provenance).record
            except RecordRefused:
                continue
    except RecordRefused:
        return
