"""SciCat and PaNOSC documents as they are written: with the fields of their APIs, and read back."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.record import (
    Access,
    Agent,
    Checksum,
    Date,
    Distribution,
    Identifier,
    Parameter,
    Record,
    Reference,
    Relation,
    Rights,
    Term,
    Text,
)
from mappings import panosc_writing, scicat_writing
from mappings.rights import licence_of
from mappings.scicat_kinds import kind_of_document
from mappings.scicat_parameter_writing import written_parameters
from tests.full_record import full_record
from tests.mappings.corpus_records import every_record
from tests.mappings.strategies import LINES, datacite_records, without_repetitions
from tests.mappings.test_round_trips import _again, slow
from tests.mappings.test_schema_org_writing import a_record

TEXT, TEXTS = (
    {"type": "string", "minLength": 1},
    {"type": "array", "items": {"type": "string", "minLength": 1}},
)
_OF_TEXT = """
pid datasetName description owner creationLocation creationTime startTime endTime license dataFormat
sourceFolder createdAt updatedAt
"""
_OF_TEXTS = """
principalInvestigators keywords instrumentIds sampleIds proposalIds inputDatasets usedSoftware accessGroups
"""
DATASET = {
    **dict.fromkeys(_OF_TEXT.split(), TEXT),
    **dict.fromkeys(_OF_TEXTS.split(), TEXTS),
    "type": {"enum": ["raw", "derived", "custom"]},
    "techniques": {"type": "array", "items": {"type": "object", "required": ["pid", "name"]}},
    "scientificMetadata": {"type": "object"},
    "origdatablocks": {"type": "array", "items": {"type": "object", "required": ["size", "dataFileList"]}},
    "size": {"type": "integer"},
    "numberOfFiles": {"type": "integer"},
    "isPublished": {"type": "boolean"},
    "datasetlifecycle": {"type": "object"},
    "externalLinks": {"type": "array", "items": {"type": "object", "required": ["url"]}},
    "relationships": {"type": "array", "items": {"type": "object", "required": ["pid", "relationship"]}},
}
"""Fields of a dataset of scicat-backend-next, version 4."""
SCHEMA = {"type": "object", "properties": DATASET, "required": ["pid", "type", "datasetName"],
          "additionalProperties": False}  # fmt: skip


def scicat(record: Record) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(scicat_writing.write(record))
    kind = kind_of_document(document)
    if kind == "dataset":
        jsonschema.Draft7Validator(SCHEMA).validate(document)
    elif kind == "published data":
        assert {"doi", "title", "status", "metadata"} <= set(document)
        assert {"creators", "publisher", "publicationYear", "resourceType"} <= set(document["metadata"])
    return document


RUN = a_record(
    identifiers=(Identifier(scheme="scicat-pid", value="20.500.x/abc"),),
    processing_level="raw",
)
POWDER = Term(
    label="neutron powder diffraction", uri="http://purl.org/pan-science/PaNET/PaNET01100", scheme="PaNET"
)
KEPT: dict[str, Any] = {
    "descriptions": (Text(value="At night.", type="abstract"),),
    "creators": (
        Agent(name="Curie, Marie", given="Marie", family="Curie", kind="person"),
        Agent(name="Al Haytham"),
    ),
    "processing_level": "derived",
    "subjects": (Term(label="X-ray, soft"), Term(label="muons")),
    "rights": (Rights(text="CC-BY-4.0", licence=licence_of("CC-BY-4.0")),),
    "access": Access(right="embargoed", until="2031-02-03", to="p123, p124"),
    "formats": ("HDF5",),
    "sizes": ("1234 bytes", "3 files"),
    "techniques": (
        POWDER,
        Term(label="our own"),
    ),
    "samples": (Reference(label="S1", identifier="S1", scheme="local"),),
    "proposals": (Reference(label="2024-17", identifier="2024-17", scheme="local"),),
    "relations": (
        Relation(type="IsDerivedFrom", scheme="doi", value="10.5072/2", target_kind="dataset"),
        Relation(type="IsCompiledBy", scheme="url", value="https://example.org/code", target_kind="software"),
        Relation(type="IsRelatedTo", scheme="url", value="https://example.org/log", title="Log"),
    ),
    "parameters": (
        Parameter(name="temperature", value=293.5, unit="K"),
        Parameter(name="energy", value=12.4, unit="keV", si_value=1.99e-15, si_unit="J"),
        Parameter(name="range", low=1.0, high=2.0, unit="T"),
        Parameter(name="plain", low=1.0, high=2.0),
        Parameter(name="open", low=1.0, unit="T"),
        Parameter(name="mode", text="fast"),
        Parameter(name="count", value=3.0),
        Parameter(name="angle", value=3.5, unit="deg", path="stage.left"),
        Parameter(name="angle", value=4.5, unit="deg", path="stage.right"),
    ),
    "distributions": (
        Distribution(url="https://example.org/data", protocol="https", title="Source folder"),
        Distribution(
            url="https://example.org/data/a.h5",
            protocol="https",
            title="a.h5",
            size=12,
            checksum=Checksum(algorithm="md5", value="ab" * 16),
        ),
    ),
}


@pytest.mark.parametrize("name", KEPT)
def test_what_a_dataset_can_hold_comes_back(name: str) -> None:
    fields = {**{one: getattr(RUN, one) for one in ("identifiers", "processing_level")}, name: KEPT[name]}
    record = a_record(**fields)
    scicat(record)
    again = getattr(_again(record, "scicat"), name)
    assert set(again) == set(KEPT[name]) if name == "parameters" else again == KEPT[name]


def test_times_and_places() -> None:
    dates = (
        Date(kind="created", start="2024-01-02T03:04:05Z", end="2024-01-02T03:04:05Z"),
        Date(kind="collected", start="2024-01-01T03:04:05Z", end="2024-01-02T03:04:05Z"),
        Date(kind="updated", start="2025-01-01", end="2025-01-01", text="of the description"),
    )
    place = {
        "publisher": Agent(name="PSI", kind="organisation"),
        "facilities": (Reference(label="SLS"),),
        "instruments": (Reference(label="TOMCAT"),),
    }
    record = a_record(identifiers=RUN.identifiers, processing_level="raw", dates=dates, **place)
    assert scicat(record)["creationLocation"] == "/PSI/SLS/TOMCAT"
    again = _again(record, "scicat")
    assert set(again.dates) == set(dates)
    assert (again.publisher, again.facilities) == (place["publisher"], place["facilities"])


def test_published_data() -> None:
    record = a_record(
        creators=KEPT["creators"],
        publisher=Agent(name="Archive", kind="organisation"),
        dates=(Date(kind="issued", start="2019", end="2019"),),
        descriptions=(Text(value="A.", type="abstract"), Text(value="How.", type="methods")),
        subjects=(Term(label="Stars", uri="https://example.org/1578", scheme="UAT"),),
        relations=(Relation(type="HasPart", scheme="handle", value="20.5000.1/2", target_kind="dataset"),),
    )
    document = scicat(record)
    assert document["doi"] == "10.5072/1"
    again = _again(record, "scicat")
    for name in ("titles", "descriptions", "publisher", "dates", "subjects", "relations", "kind"):
        assert getattr(again, name) == getattr(record, name), name
    assert [one.name for one in again.creators] == [one.name for one in record.creators]


KINDS = {"instrument": "instrument", "sample": "sample", "project": "proposal", "dataset": "published data"}


@pytest.mark.parametrize("kind", KINDS)
def test_kinds(kind: Any) -> None:
    record = a_record(kind=kind, descriptions=(Text(value="A.", type="abstract"),))
    assert kind_of_document(scicat(record)) == KINDS[kind]
    again = _again(record, "scicat")
    assert (again.kind, again.title) == (kind, record.title)


PARAMETERS = st.builds(
    Parameter,
    name=LINES,
    value=st.floats(-1e6, 1e6),
    unit=st.sampled_from([None, "K"]),
    path=st.sampled_from([None, "a", "a.b", "value", "b"]),
)


@given(st.lists(PARAMETERS, max_size=8))
def test_no_parameter_hides_another(parameters: list[Parameter]) -> None:
    record = a_record(identifiers=RUN.identifiers, processing_level="raw", parameters=tuple(parameters))
    again = _again(record, "scicat").parameters
    assert sorted((one.value or 0.0) + 0.0 for one in again) == sorted(
        (one.value or 0.0) + 0.0 for one in parameters
    )


def test_groups_of_one_name_and_values_of_another() -> None:
    found = written_parameters(
        [
            Parameter(name="a", value=1.0),
            Parameter(name="b", value=2.0, path="a"),
            Parameter(name="a", value=3.0),
        ]
    )
    assert found == {"a": 1, "a (2)": {"b": 2}, "a (3)": 3}


# PaNOSC

TYPES = {"string": {"type": "string"}, "number": {"type": "number"}, "boolean": {"type": "boolean"},
         "date": {"type": "string"}, "any": {}}  # fmt: skip


SHORT = {"type": "object", "required": ["pid", "title"]}
BACK = {
    "file": ("dataset",),
    "instrument": ("datasets",),
    "member": ("document",),
    "parameter": ("document", "dataset"),
    "person": ("members",),
    "affiliation": ("members",),
}
"""Relations that lead back to where one comes from."""


@functools.cache
def panosc_schema(shared: Path, name: str) -> dict[str, Any]:
    """The JSON Schema of a model of the search API, with the models that it includes."""
    model = json.loads((shared / "schemas" / "panosc" / f"{name}.json").read_text("utf-8"))
    properties: dict[str, Any] = {}
    for key, one in model["properties"].items():
        properties[key] = TEXTS if isinstance(one["type"], list) else TYPES[one["type"]]
    for key, one in model.get("relations", {}).items():
        if key in BACK.get(name, ()):
            continue
        part = SHORT if one["model"] == "Dataset" else panosc_schema(shared, one["model"].lower())
        properties[key] = part if one["type"] == "belongsTo" else {"type": "array", "items": part}
    required = [key for key, one in model["properties"].items() if one.get("required")]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def panosc(record: Record, shared: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(panosc_writing.write(record))
    name = record.kind if record.kind in ("instrument", "sample") else None
    name = name or ("document" if record.kind in ("publication", "document", "project") else "dataset")
    schema = panosc_schema(shared, name)
    if name == "dataset":
        schema = {**schema, "properties": {**schema["properties"], "documentId": TEXT}}
        if "creationDate" not in document:
            # No date is invented where none is known.
            assert not [one for one in record.dates if one.start or one.end]
            assert record.provenance.datestamp is None
            schema["required"] = [one for one in schema["required"] if one != "creationDate"]
    found = jsonschema.Draft7Validator(schema).iter_errors(document)
    errors = [f"{one.json_path}: {one.message[:200]}" for one in found]
    assert not errors, errors
    return document


@pytest.mark.corpus
def test_panosc_documents(shared: Path) -> None:
    record = a_record(
        kind="dataset",
        dates=(Date(kind="created", start="2024-01-02", end="2024-01-02"),),
        access=Access(right="open"),
        parameters=KEPT["parameters"][:3],
        techniques=KEPT["techniques"],
        samples=(Reference(label="S1", identifier="S1", scheme="scicat-pid"),),
        sizes=("12 bytes",),
    )
    panosc(record, shared)
    again = _again(record, "panosc")
    for name in ("titles", "dates", "access", "techniques", "samples", "sizes", "kind"):
        assert getattr(again, name) == getattr(record, name), name
    assert [(one.name, one.value, one.low, one.unit) for one in again.parameters] == [
        (one.name, one.value, one.low, one.unit) for one in record.parameters
    ]


@pytest.mark.corpus
@pytest.mark.parametrize("kind", ["publication", "project", "instrument", "sample", "dataset"])
def test_panosc_kinds(kind: Any, shared: Path) -> None:
    record = a_record(
        kind=kind,
        creators=KEPT["creators"][:1],
        dates=(Date(kind="collected", start="2024-01-01", end="2024-01-02"),),
    )
    document = panosc(record, shared)
    again = _again(record, "panosc")
    assert (again.kind, again.title) == (kind, record.title)
    if kind in ("publication", "project"):
        assert again.creators == record.creators
        assert document["members"][0]["person"]["fullName"] == "Curie, Marie"


# Both


@slow
@given(datacite_records().map(without_repetitions))
def test_any_record(record: Record) -> None:
    scicat(record)
    assert _again(record, "scicat").titles[0].value == record.titles[0].value
    assert _again(record, "panosc").titles[0].value == record.titles[0].value


@pytest.mark.corpus
def test_the_corpus(shared: Path) -> None:
    for record in every_record(shared):
        scicat(record)
        panosc(record, shared)


@pytest.mark.corpus
def test_every_field_and_hostile_text(shared: Path) -> None:
    for kind in ("dataset", "publication", "instrument", "sample", "project"):
        for fill in (None, lambda path: f'"\\</script>\x00\ufffe\u2028<>{{}}|{path}'):
            scicat(full_record(fill, kind=kind))
            panosc(full_record(fill, kind=kind), shared)
