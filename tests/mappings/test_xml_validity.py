"""DataCite and Dublin Core as they are written, against the official schemas."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from lxml import etree

from catalogue.record import Place, Point, Record
from mappings.base import format_of, written_at
from tests.full_record import full_record
from tests.mappings.corpus_records import every_record
from tests.mappings.strategies import datacite_records, dublin_core_records
from tests.mappings.test_round_trips import slow

OAI_DC = Path(__file__).parent.parent / "web" / "schemas" / "oai_dc.xsd"
KERNEL = "{http://datacite.org/schema/kernel-4}resource"
WRAPPER = "{http://schema.datacite.org/oai/oai-1.1/}"


@pytest.fixture(scope="module")
def datacite(shared: Path) -> etree.XMLSchema:
    """The schema of kernel 4 (4.7 at the time of writing, which has all of 4.6)."""
    return etree.XMLSchema(file=str(shared / "schemas" / "datacite" / "kernel-4" / "metadata.xsd"))


@pytest.fixture(scope="module")
def dublin_core() -> etree.XMLSchema:
    return etree.XMLSchema(file=str(OAI_DC))


def _written(record: Record, prefix: str) -> Any:
    write = written_at(format_of(prefix), "repository.example.org", "https://repository.example.org").write
    assert write is not None
    return etree.fromstring(write(record))


def _is_valid(schema: etree.XMLSchema, document: Any, name: str = "") -> None:
    assert schema.validate(document), f"{name}: {schema.error_log}"


def _wrapped(document: Any) -> Any:
    """The record in DataCite's OAI wrapper, which has three values before it."""
    assert [child.tag for child in document][-1] == WRAPPER + "payload"
    assert document.tag == WRAPPER + "oai_datacite"
    [resource] = document.find(WRAPPER + "payload")
    assert resource.tag == KERNEL
    return etree.fromstring(etree.tostring(resource))


@slow
@given(record=datacite_records())
def test_datacite(datacite: etree.XMLSchema, record: Record) -> None:
    _is_valid(datacite, _written(record, "datacite"))
    _is_valid(datacite, _wrapped(_written(record, "oai_datacite")))


@slow
@given(record=datacite_records() | dublin_core_records())
def test_oai_dc(dublin_core: etree.XMLSchema, record: Record) -> None:
    _is_valid(dublin_core, _written(record, "oai_dc"))


@pytest.mark.parametrize(
    "fill",
    [
        lambda path: path,
        lambda path: f"<&\"'>\x00\ufffe]]>{path}",
        lambda path: " ",
        lambda path: "😀" * 300,
    ],
)
def test_every_field_whatever_stands_in_it(
    datacite: etree.XMLSchema, dublin_core: etree.XMLSchema, fill: Any
) -> None:
    full = full_record(fill)
    assert full.coverage is not None
    # The record of the tests counts its numbers up, beyond what is on Earth.
    place = Place(name=fill("place"), point=Point(longitude=-180, latitude=90), box=(-1.0, -90.0, 1.0, 90.0))
    record = dataclasses.replace(full, coverage=dataclasses.replace(full.coverage, places=(place,)))
    _is_valid(datacite, _written(record, "datacite"))
    _is_valid(datacite, _wrapped(_written(record, "oai_datacite")))
    _is_valid(dublin_core, _written(record, "oai_dc"))


@pytest.mark.corpus
def test_all_that_is_read_of_any_format(
    shared: Path, datacite: etree.XMLSchema, dublin_core: etree.XMLSchema
) -> None:
    records = every_record(shared)
    assert len(records) > 1_900
    for record in records:
        name = record.provenance.identifier
        _is_valid(datacite, _written(record, "datacite"), name)
        _is_valid(dublin_core, _written(record, "oai_dc"), name)
