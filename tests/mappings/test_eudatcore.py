"""EUDAT Core: written as B2FIND documents it, and read again with all that it can hold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree

from catalogue.errors import RecordRefused
from catalogue.record import Access, Coverage, Identifier, Interval, Record, Term, Text, TimeCoverage
from mappings.base import format_of, written_at
from mappings.eudatcore_reading import read
from mappings.eudatcore_writing import write
from tests.full_record import full_record
from tests.mappings.golden import FIXTURES, read_fixture
from tests.mappings.strategies import PROVENANCE, datacite_records

SCHEMA = Path(__file__).parent / "schemas" / "eudat" / "eudatcore.xsd"
SPACE = "{http://schema.eudat.eu/schema/kernel-1}"
slow = settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=150)


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(SCHEMA))


def _again(record: Record) -> Record:
    return read(etree.fromstring(write(record)), record.provenance).record


def _held(record: Record) -> dict[str, Any]:
    """What of a record EUDAT Core can hold."""
    return {
        "kind": (record.kind, record.type_label),
        "titles": [one.value for one in record.titles],
        "identifiers": {(one.scheme, one.value) for one in record.identifiers},
        "descriptions": [one.value for one in record.descriptions],
        "creators": [one.name for one in record.creators],
        "contributors": [one.name for one in record.contributors],
        "publisher": record.publisher.name if record.publisher else None,
        "year": [one.start[:4] for one in record.dates if one.kind == "issued" and one.start][:1],
        "languages": record.languages,
        "version": record.version,
        "sizes": record.sizes,
        "formats": record.formats,
        "subjects": [one.label for one in record.subjects],
        "rights": record.rights,
        "access": record.access,
        "funding": [(one.funder, one.award) for one in record.funding],
        "relations": {(one.scheme, one.value) for one in record.relations},
        "places": record.coverage.places if record.coverage else (),
    }


@slow
@given(record=datacite_records())
def test_what_it_can_hold_comes_back(schema: etree.XMLSchema, record: Record) -> None:
    assert schema.validate(etree.fromstring(write(record))), schema.error_log
    again, before = _held(_again(record)), _held(record)
    if not before["year"]:
        # Without a date of issue it is the year that is next to it.
        again["year"] = []
    assert again == before


def test_every_field_and_hostile_text(schema: etree.XMLSchema) -> None:
    doi = (Identifier(scheme="doi", value="10.5072/x"),)
    for record in (
        full_record(identifiers=doi),
        full_record(lambda path: f"<&\"'>\x00\ufffe]]>{path}", identifiers=doi),
    ):
        assert schema.validate(etree.fromstring(write(record))), schema.error_log


def test_the_fixture_comes_back_whole() -> None:
    record = read_fixture(FIXTURES / "eudatcore" / "beamline.xml").record
    again = _again(record)
    for name in ("titles", "creators", "contributors", "publisher", "dates", "rights", "access"):
        assert getattr(again, name) == getattr(record, name), name
    for name in (
        "languages",
        "sizes",
        "formats",
        "version",
        "instruments",
        "funding",
        "relations",
        "coverage",
    ):
        assert getattr(again, name) == getattr(record, name), name


def _record(**fields: Any) -> Record:
    return Record(id="ab", kind="dataset", titles=(Text(value="T"),), provenance=PROVENANCE, **fields)


def test_without_a_name_that_resolves_the_page_here_is_one() -> None:
    record = _record(identifiers=(Identifier(scheme="ivoid", value="ivo://a.b/c"),))
    with pytest.raises(RecordRefused, match="resolves"):
        write(record)
    form = written_at(format_of("eudatcore"), "x.org", "https://x.org")
    assert form.write is not None
    document = etree.fromstring(form.write(record))
    assert document.findtext(f"{SPACE}identifiers/{SPACE}identifier") == "https://x.org/records/ab"
    assert document.findtext(f"{SPACE}alternateIdentifiers/{SPACE}alternateIdentifier") == "ivo://a.b/c"


def test_time_and_disciplines() -> None:
    record = _record(
        identifiers=(Identifier(scheme="doi", value="10.5072/x"),),
        subjects=(Term(label="Astronomy", scheme="B2FIND"), Term(label="stars")),
        coverage=Coverage(time=TimeCoverage(intervals=(Interval(low=51544.0, high=51545.0),))),
        access=Access(right="embargoed", until="2031-01-02"),
    )
    document = etree.fromstring(write(record))
    assert [one.text for one in document.iter(f"{SPACE}startDate", f"{SPACE}endDate")] == [
        "2000-01-01",
        "2000-01-02",
    ]
    assert document.findtext(f"{SPACE}disciplines/{SPACE}discipline") == "Astronomy"
    assert [one.text for one in document.iter(f"{SPACE}keyword")] == ["stars"]
    assert _again(record).access == record.access
    assert _again(record).subjects == record.subjects


@pytest.mark.parametrize("said", ["true", "false", "maybe"])
def test_open_access(said: str) -> None:
    text = (
        f'<resource xmlns="{SPACE[1:-1]}"><titles><title>T</title></titles>'
        f"<openAccess>{said}</openAccess></resource>"
    )
    record = read(etree.fromstring(text), PROVENANCE).record
    right = record.access.right if record.access else None
    assert right == {"true": "open", "false": "restricted"}.get(said)
    assert [one.text for one in record.extra] == (["maybe"] if said == "maybe" else [])


def test_another_root_is_refused() -> None:
    with pytest.raises(RecordRefused) as refused:
        read(etree.fromstring("<html/>"), PROVENANCE)
    assert refused.value.path == "/html"
