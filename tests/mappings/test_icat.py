"""ICAT: dumps in XML, YAML and JSON give the same records, each with what it refers to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import orjson
import pytest
from lxml import etree

from catalogue.errors import NotARecord, RecordRefused
from catalogue.json_form import dumps, read_record
from catalogue.record import Checksum, Funding, Record, Reference, Relation, Term
from mappings.base import format_of, parse
from mappings.documents import documents
from mappings.icat import read
from mappings.icat_dump import recognises, split
from mappings.recognition import Recognition
from tests.mappings.strategies import PROVENANCE

FORM = format_of("icat")
YAML = b"""%YAML 1.1
---
facility:
  Facility_name-SNS0:
    name: SNS0
    fullName: Sample Neutron Source
    url: https://sns.example.org/
instrument:
  Instrument_B14:
    facility: Facility_name-SNS0
    name: B14
    fullName: Beamline 14
    pid: DOI:10.5072/BEAM-14
user:
  User_al:
    name: db/al
    fullName: Ada Lind
    givenName: Ada
    familyName: Lind
    email: ada@sns.example.org
    orcidId: 0000-0002-1825-0097
    affiliation: Sample University
  User_bm:
    name: db/bm
    fullName: Bo Moss
sampleType:
  SampleType_ice: {name: ice, molecularFormula: H2O}
parameterType:
  ParameterType_T: {name: Sample temperature, units: K}
datafileFormat:
  DatafileFormat_nx: {name: NeXus, version: '4'}
---
investigation:
  Investigation_7:
    name: 7-EF
    title: Ice at low temperature
    visitId: 1.1-P
    doi: DOI:10.5072/ICE-INV
    facility: Facility_name-SNS0
    startDate: '2022-02-03T08:00:00+00:00'
    endDate: '2022-02-04T08:00:00+00:00'
    releaseDate: '2025-02-04T00:00:00+00:00'
    summary: Phases of ice.
    investigationUsers:
    - role: Principal Investigator
      user: User_al
    - role: Guest
      user: User_bm
    investigationInstruments:
    - instrument: Instrument_B14
    investigationGroups:
    - role: owner
      grouping: Grouping_x
    keywords:
    - name: ice
    publications:
    - doi: DOI:10.5072/ice-paper
      fullReference: Lind (2023), Sample Journal 1
sample:
  Sample_1:
    investigation: Investigation_7
    name: Block 3
    pid: IGSN:SAMPLE3
    type: SampleType_ice
dataset:
  Dataset_1:
    complete: true
    fileCount: 1
    fileSize: 12
    investigation: Investigation_7
    name: run-7
    sample: Sample_1
    startDate: '2022-02-03T09:00:00+00:00'
    type: {name: raw}
    parameters:
    - numericValue: 90.02
      rangeBottom: 89.9
      rangeTop: 90.1
      type: ParameterType_T
datafile:
  Datafile_1:
    checksum: ac69460a
    datafileFormat: DatafileFormat_nx
    dataset: Dataset_1
    fileSize: 12
    location: https://sns.example.org/data/run-7.nxs
    name: run-7.nxs
"""


def _records(document: Any) -> dict[str, Record]:
    found = {}
    for identifier, one in split(document):
        assert read_record(dumps(read(one, PROVENANCE).record))
        found[f"{one['entity']} {identifier}"] = read(one, PROVENANCE).record
    return found


def test_what_a_dump_says_of_a_dataset() -> None:
    records = _records(parse(FORM, YAML))
    assert list(records) == [
        "facility Facility_name-SNS0",
        "instrument DOI:10.5072/BEAM-14",
        "investigation DOI:10.5072/ICE-INV",
        "sample IGSN:SAMPLE3",
        "dataset Dataset_1",
    ]
    record = records["dataset Dataset_1"]
    assert (record.kind, record.title, record.processing_level) == ("dataset", "run-7", "raw")
    assert [(one.scheme, one.value, one.role) for one in record.identifiers] == [("icat", "Dataset_1", "own")]
    assert [(one.name, one.identifiers[0].value) for one in record.creators] == [
        ("Lind, Ada", "0000-0002-1825-0097")
    ]
    assert [(one.name, one.role) for one in record.contributors] == [("Bo Moss", "Guest")]
    assert record.facilities == (Reference(label="Sample Neutron Source", uri="https://sns.example.org/"),)
    assert record.proposals == (Reference(label="Ice at low temperature", identifier="7-EF"),)
    assert record.samples == (Reference(label="Block 3", identifier="SAMPLE3", scheme="igsn"),)
    assert record.relations == (
        Relation(
            type="IsPartOf",
            scheme="doi",
            value="10.5072/ice-inv",
            target_kind="collection",
            title="Ice at low temperature",
        ),
    )
    (file,) = record.distributions
    assert (file.url, file.size) == ("https://sns.example.org/data/run-7.nxs", 12)
    assert file.checksum == Checksum(algorithm="crc32", value="ac69460a")
    (parameter,) = record.parameters
    assert (parameter.value, parameter.low, parameter.high, parameter.unit) == (90.02, 89.9, 90.1, "K")
    assert (record.sizes, record.formats, record.subjects) == (
        ("1 file", "12 bytes"),
        ("NeXus",),
        (Term(label="ice"),),
    )


def test_what_a_dump_says_of_an_investigation() -> None:
    record = _records(parse(FORM, YAML))["investigation DOI:10.5072/ICE-INV"]
    assert (record.kind, record.title) == ("collection", "Ice at low temperature")
    assert {(one.type, one.value) for one in record.relations} == {
        ("HasPart", "Dataset_1"),
        ("IsReferencedBy", "10.5072/ice-paper"),
    }
    assert record.instruments == (Reference(label="Beamline 14", identifier="10.5072/beam-14", scheme="doi"),)
    assert [(one.kind, one.start) for one in record.dates] == [
        ("collected", "2022-02-03T08:00:00+00:00"),
        ("available", "2025-02-04T00:00:00Z"),
    ]
    assert [(one.path, one.text) for one in record.extra] == [
        ("visitId", "1.1-P"),
        ("instrument.name", "Beamline 14: B14"),
    ]


def test_accounts_and_addresses_are_not_read() -> None:
    for record in _records(parse(FORM, YAML)).values():
        data = dumps(record)
        assert b"ada@" not in data
        assert b"db/" not in data
        assert b"Grouping" not in data


def test_a_record_is_read_again_from_what_is_stored_of_it() -> None:
    for _, one in split(parse(FORM, YAML)):
        stored = orjson.dumps(one)
        assert read(parse(FORM, stored), PROVENANCE) == read(one, PROVENANCE)
        assert list(documents(FORM, stored)) == [(next(split(one))[0], json.loads(stored))]


def test_answers_of_the_rest_api() -> None:
    answer = [
        {
            "Investigation": {
                "id": 12,
                "name": "7-EF",
                "title": "Ice",
                "datasets": [{"id": 3, "name": "run-7", "type": {"name": "raw"}}],
            }
        }
    ]
    assert recognises(answer)
    records = _records(answer)
    assert {name: one.title for name, one in records.items()} == {
        "investigation 12": "Ice",
        "dataset 12/run-7": "run-7",
    }
    assert records["dataset 12/run-7"].relations[0].type == "IsPartOf"


def test_publications() -> None:
    text = """<icatdata><data>
    <facility id="F"><name>S</name></facility>
    <dataPublication id="P"><pid>DOI:10.5072/PUB</pid><title>Published ice</title>
      <publicationDate>2023-01-02</publicationDate><facility ref="F"/><subject>ice; cold</subject>
      <dates><date>2022</date><dateType>Created</dateType></dates>
      <fundingReferences><funding ref="G"/></fundingReferences>
      <relatedItems><identifier>URL:https://example.org/x</identifier><relationType>References</relationType>
        <relatedItemType>Dataset</relatedItemType></relatedItems></dataPublication>
    <fundingReference id="G"><funderName>Sample fund</funderName><awardNumber>9</awardNumber>
      <funderIdentifier>ROR:02mhbdp94</funderIdentifier></fundingReference>
    <dataPublicationUser><publication ref="P"/><contributorType>Creator</contributorType>
      <familyName>Lind</familyName><givenName>Ada</givenName>
      <affiliations><name>01</name><fullReference>Sample University</fullReference></affiliations>
    </dataPublicationUser>
    <dataPublicationUser><publication ref="P"/><contributorType>DataCurator</contributorType>
      <fullName>Moss, Bo</fullName></dataPublicationUser>
    </data></icatdata>"""
    record = _records(etree.fromstring(text))["dataPublication DOI:10.5072/PUB"]
    assert [(one.scheme, one.value) for one in record.identifiers if one.role == "own"] == [
        ("doi", "10.5072/pub")
    ]
    assert [(one.name, one.affiliations[0].name) for one in record.creators] == [
        ("Lind, Ada", "Sample University")
    ]
    assert [(one.name, one.role) for one in record.contributors] == [("Moss, Bo", "DataCurator")]
    assert record.funding == (
        Funding(funder="Sample fund", funder_identifier="https://ror.org/02mhbdp94", award="9"),
    )
    assert record.relations == (
        Relation(type="References", scheme="url", value="https://example.org/x", target_kind="dataset"),
    )
    assert [one.label for one in record.subjects] == ["ice", "cold"]


def test_circles_and_dangling_references() -> None:
    text = b"""investigation:
  I: {name: a, title: A, datasets: [D], facility: Facility_gone}
dataset:
  D: {name: d, investigation: I}
user: {}
"""
    records = _records(parse(FORM, text))
    assert {one.title for one in records.values()} == {"A", "d"}
    assert [one.label for one in records["investigation I"].facilities] == ["Facility_gone"]


@pytest.mark.parametrize(
    "data", [b"<icatdata><data/></icatdata>", b"a: 1", b"[]", b"{}", b'{"entity": "rule"}']
)
def test_what_is_no_record(data: bytes) -> None:
    with pytest.raises(RecordRefused):
        for _, one in documents(FORM, data):
            read(one, PROVENANCE)
    with pytest.raises(NotARecord):
        read({"entity": "rule", "object": {}}, PROVENANCE)


def test_files_say_themselves_what_they_are() -> None:
    recognition = Recognition()
    assert recognition.of_xml(etree.fromstring("<icatdata><data/></icatdata>")) is FORM
    assert recognition.of_bytes(YAML)[0] is FORM


@pytest.mark.corpus
def test_the_corpus(shared: Path) -> None:
    """All dumps are read, and those in XML give what those in YAML give."""
    found = {
        path.name: _records(parse(FORM, path.read_bytes()))
        for path in sorted((shared / "corpus" / "icat").iterdir())
    }
    assert len(found) == 13
    assert sum(map(len, found.values())) > 120
    for version in ("4.4", "4.7", "4.10", "5.0"):
        name = f"python-icat-1.7.0__examples_icatdump-{version}"
        assert set(found[f"{name}.xml"]) == set(found[f"{name}.yaml"])
        for key, record in found[f"{name}.xml"].items():
            other = found[f"{name}.yaml"][key]
            for part in (
                "kind",
                "titles",
                "identifiers",
                "creators",
                "dates",
                "parameters",
                "relations",
                "sizes",
            ):
                assert getattr(record, part) == getattr(other, part), (key, part)
