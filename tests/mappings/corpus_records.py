"""The records that every reader makes of the real files in its formats."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from catalogue.errors import RecordRefused
from catalogue.record import Provenance, Record
from mappings.base import format_of
from mappings.documents import documents

OTHERS = {
    "datacite-xml/guidelines-literature-re__*": "oai_openaire",
    "scicat-oai/*-openaire-*": "oai_openaire",
    "re3data/*.json": "re3data_json",
    "re3data/*.xml": "re3data",
}
"""Files in the format of another folder, by pattern of folder and name."""

FOLDERS = {
    "b2find-json": ("datacite_json",),
    "cernopendata": ("cernopendata",),
    "codemeta": ("codemeta",),
    "datacite-json": ("datacite_json",),
    "datacite-xml": ("datacite",),
    "dcat": ("dcat",),
    "hepdata": ("hepdata",),
    "icat": ("icat",),
    "inveniordm-json": ("inveniordm",),
    "ivoa-oaipmh": ("ivo_vor",),
    "ivoa-voresource": ("ivo_vor",),
    "marcxml": ("marcxml",),
    "oai-datacite": ("oai_datacite",),
    "oai-dc": ("oai_dc",),
    "oai-protocol": ("oai_dc",),
    "panosc": ("panosc",),
    "re3data": (),
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
    return tuple(record for path, prefix in files(shared / "corpus") for record in records_of(path, prefix))


def files(corpus: Path) -> Iterator[tuple[Path, str]]:
    """The files of the corpus, each with the format that it is read in (some in two)."""
    for folder, prefixes in FOLDERS.items():
        for path in sorted((corpus / folder).iterdir()):
            name = f"{folder}/{path.name}"
            other = next((prefix for pattern, prefix in OTHERS.items() if fnmatchcase(name, pattern)), None)
            yield from ((path, prefix) for prefix in ((other,) if other else prefixes))


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
