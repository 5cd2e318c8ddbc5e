"""Every real file in the formats that are read: mapped or refused with a reason; what is written is valid."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from catalogue.errors import RecordRefused
from catalogue.json_form import dumps, read_record
from catalogue.record import Mapped, Provenance
from mappings.base import format_of
from mappings.documents import documents

pytestmark = pytest.mark.corpus
OAI_DC_XSD = Path(__file__).parent.parent / "web" / "schemas" / "oai_dc.xsd"
_EMAIL = re.compile(rb"[\w.+-]{1,64}@[A-Za-z0-9-]+\.[A-Za-z]{2,}")
FOLDERS = [
    ("oai-dc", "oai_dc", 200),
    ("datacite-xml", "datacite", 150),
    ("oai-datacite", "oai_datacite", 60),
    ("ivoa-voresource", "ivo_vor", 80),
    ("ivoa-oaipmh", "ivo_vor", 12),
    ("marcxml", "marcxml", 360),
    ("scicat-oai", "oai_dc", 2),
    ("scicat-oai", "oai_datacite", 2),
    ("oai-protocol", "oai_dc", 1),
]


def _mapped(folder: Path, prefix: str) -> Iterator[Mapped]:
    form = format_of(prefix)
    assert form.read is not None
    for path in sorted(folder.iterdir()):
        try:
            for identifier, document in documents(form, path.read_bytes()):
                provenance = Provenance(source="corpus", identifier=identifier or path.name, format=prefix)
                try:
                    yield form.read(document, provenance)
                except RecordRefused as refused:
                    assert refused.path, path.name
                    assert refused.reason, path.name
        except RecordRefused as refused:
            assert refused.path, path.name
            assert refused.reason, path.name


@pytest.mark.parametrize(("folder", "prefix", "least"), FOLDERS)
def test_every_file_is_mapped_or_refused(shared: Path, folder: str, prefix: str, least: int) -> None:
    count = 0
    for mapped in _mapped(shared / "corpus" / folder, prefix):
        count += 1
        data = dumps(mapped.record)
        assert read_record(data) == mapped.record
        assert not _EMAIL.search(data + dumps(mapped.issues))
        for empty in (b'":""', b"Not provided", b":unas", b":unav", b":tba"):
            assert empty not in data
    assert count >= least


@pytest.mark.parametrize(("folder", "prefix", "least"), FOLDERS)
def test_what_is_written_of_it_is_valid(shared: Path, folder: str, prefix: str, least: int) -> None:
    schemas = {
        "datacite": etree.XMLSchema(
            etree.parse(shared / "schemas" / "datacite" / "kernel-4" / "metadata.xsd")
        ),
        "oai_dc": etree.XMLSchema(etree.parse(OAI_DC_XSD)),
    }
    for mapped in _mapped(shared / "corpus" / folder, prefix):
        for written, schema in schemas.items():
            write = format_of(written).write
            assert write is not None
            document = etree.fromstring(write(mapped.record))
            assert schema.validate(document), f"{mapped.record.provenance.identifier}: {schema.error_log}"


def test_datacite_keeps_what_it_can_hold(shared: Path) -> None:
    """Read → written → read changes nothing, but for relations of types that kernel 4.6 has not."""
    form = format_of("datacite")
    assert form.read is not None
    assert form.write is not None
    for mapped in _mapped(shared / "corpus" / "datacite-xml", "datacite"):
        record = mapped.record
        again = form.read(etree.fromstring(form.write(record)), record.provenance).record
        for name in ("kind", "type_label", "titles", "creators", "contributors", "publisher", "descriptions"):
            assert getattr(again, name) == getattr(record, name)
        for name in ("subjects", "rights", "access", "funding", "coverage", "languages", "version", "sizes"):
            assert getattr(again, name) == getattr(record, name)
        assert {(one.scheme, one.value) for one in again.identifiers} == {
            (one.scheme, one.value) for one in record.identifiers
        }
