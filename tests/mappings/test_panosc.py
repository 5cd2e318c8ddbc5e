"""Documents of the PaNOSC search API of all kinds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from catalogue.errors import RecordRefused
from catalogue.json_form import dumps, read_record
from catalogue.record import Access, Provenance, Record, Reference
from mappings.base import format_of
from mappings.documents import documents
from mappings.panosc import read

DATASET = {
    "pid": "20.500.12269/d1",
    "title": "A measurement",
    "isPublic": True,
    "creationDate": "2020-05-05T15:01:02.341Z",
    "score": 0.7,
    "size": 1000,
    "documentId": "10.5072/doc1",
    "instrumentId": "20.500.12269/i1",
    "parameters": [
        {"id": 1, "name": "chemical_formula", "value": "Cu", "unit": "", "datasetId": "20.500.12269/d1"},
        {"id": 2, "name": "photon_energy", "value": 930, "unit": "eV"},
        {"id": 3, "name": "temperature", "value": [4, 300], "unit": "K"},
    ],
    "techniques": [{"pid": "http://purl.org/pan-science/PaNET/PaNET01012", "name": "x-ray probe technique"}],
    "samples": [{"name": "solid copper cylinder", "pid": "20.500.12269/s1"}, {"name": "Cu"}],
    "files": [{"id": 1, "name": "a.hdf", "path": "/x", "size": 7}, {"id": 2, "name": "b.hdf"}],
    "instrument": {"pid": "20.500.12269/i1", "name": "LoKI", "facility": "ESS"},
}
DOCUMENT = {
    "pid": "20.500.12269/doc1",
    "doi": "10.5072/doc1",
    "isPublic": True,
    "type": "proposal",
    "title": "A proposal",
    "summary": "What we want.",
    "startDate": "2020-01-01T00:00:00Z",
    "endDate": "2020-01-02T12:00:00Z",
    "releaseDate": "2023-01-01",
    "license": "CC-BY-4.0",
    "keywords": ["copper"],
    "citation": "Example (2020)",
    "datasets": [{"pid": "20.500.12269/d1", "title": "A measurement", "techniques": [{"pid": "x"}]}],
    "members": [
        {
            "id": 3,
            "role": "principal investigator",
            "personId": "p2",
            "person": {
                "id": "p2",
                "fullName": "James Example",
                "firstName": "James",
                "lastName": "Example",
                "orcid": "https://orcid.org/0000-0002-1825-0097",
                "email": "j@example.org",
            },
            "affiliation": {"name": "ESS", "city": "Lund", "country": "Sweden"},
        },
        {"role": "local contact", "person": {"fullName": "Ada Example"}},
    ],
}


def record(document: Any) -> Record:
    found = read(document, Provenance(source="s", identifier="i", format="panosc")).record
    assert read_record(dumps(found)) == found
    return found


def test_a_dataset() -> None:
    found = record(DATASET)
    assert (found.kind, found.title, found.access) == ("dataset", "A measurement", Access(right="open"))
    assert (found.identifiers[0].scheme, found.identifiers[0].value) == ("handle", "20.500.12269/d1")
    assert [(one.name, one.value, one.low, one.high, one.text, one.unit) for one in found.parameters] == [
        ("chemical_formula", None, None, None, "Cu", None),
        ("photon_energy", 930.0, None, None, None, "eV"),
        ("temperature", None, 4.0, 300.0, None, "K"),
    ]
    assert found.coverage is not None
    assert found.coverage.energy is not None
    assert found.coverage.energy.intervals[0].low == pytest.approx(1.4900243e-16)
    assert found.techniques[0].uri == "http://purl.org/pan-science/PaNET/PaNET01012"
    assert found.instruments == (Reference(label="LoKI", identifier="20.500.12269/i1", scheme="handle"),)
    assert found.facilities == (Reference(label="ESS"),)
    assert found.samples == (
        Reference(label="solid copper cylinder", identifier="20.500.12269/s1", scheme="handle"),
        Reference(label="Cu"),
    )
    assert [(one.url, one.size) for one in found.distributions] == [("/x/a.hdf", 7), ("b.hdf", None)]
    assert [(one.type, one.value) for one in found.relations] == [
        ("IsCollectedBy", "20.500.12269/i1"),
        ("IsPartOf", "10.5072/doc1"),
    ]
    assert found.sizes == ("1000 bytes",)
    assert found.extra == ()


def test_the_score_plays_no_part() -> None:
    assert record({**DATASET, "score": 0.1}) == record({**DATASET, "score": 0.9})


def test_a_document() -> None:
    found = record(DOCUMENT)
    assert (found.kind, found.type_label) == ("project", "proposal")
    assert [(one.scheme, one.value) for one in found.identifiers] == [
        ("doi", "10.5072/doc1"),
        ("handle", "20.500.12269/doc1"),
    ]
    (leader,) = found.creators
    assert (leader.name, leader.given, leader.identifiers[0].value) == (
        "James Example",
        "James",
        "0000-0002-1825-0097",
    )
    assert leader.affiliations[0].name == "ESS"
    assert [(one.name, one.role) for one in found.contributors] == [("Ada Example", "ContactPerson")]
    assert {one.type for one in found.descriptions} == {"abstract", "other"}
    assert found.subjects[0].label == "copper"
    assert found.coverage is not None
    assert found.coverage.time is not None
    assert (found.coverage.time.intervals[0].low, found.coverage.time.intervals[0].high) == (58849.0, 58850.5)
    assert [(one.type, one.value, one.title) for one in found.relations] == [
        ("HasPart", "20.500.12269/d1", "A measurement")
    ]
    assert "@" not in dumps(found).decode()
    assert {one.path for one in found.extra} == {
        "members[0].affiliation.city",
        "members[0].affiliation.country",
    }


def test_a_publication() -> None:
    found = record({"pid": "10.5072/p", "title": "A paper", "type": "publication", "isPublic": False})
    assert (found.kind, found.access) == ("publication", Access(right="restricted"))


def test_an_instrument_and_a_sample() -> None:
    instrument = record({"pid": "20.500.12269/i1", "name": "LoKI", "facility": "ESS", "score": 0})
    assert (instrument.kind, instrument.facilities) == ("instrument", (Reference(label="ESS"),))
    sample = record({"pid": "20.500.12269/s1", "name": "copper", "datasets": [{"pid": "20.500.12269/d1"}]})
    assert (sample.kind, sample.title, sample.relations[0].type) == ("sample", "copper", "IsSourceOf")


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"pid": "http://purl.org/pan-science/PaNET/PaNET01213", "name": "SAXS"}, "technique"),
        ({"pid": "http://purl.org/pan-science/PaNET/PaNET01213"}, "condition of a search"),
        ({"or": [{"pid": "x"}]}, "condition of a search"),
        ({"id": 1, "name": "T", "value": 3, "unit": "K"}, "parameter"),
        ({"id": 1, "name": "a.hdf", "datasetId": "x"}, "file"),
        ({"role": "PI", "person": {}}, "member"),
        ({"error": {"statusCode": 404}}, "error message"),
        ({"count": 7}, "fields are: count"),
        ([], "no JSON object"),
    ],
)
def test_what_is_no_record_is_refused(document: Any, reason: str) -> None:
    with pytest.raises(RecordRefused, match=reason):
        record(document)


@pytest.mark.parametrize("name", [*DATASET, *DOCUMENT, "keywords"])
def test_values_of_wrong_types_do_no_harm(name: str) -> None:
    for value in (None, 7, -1e300, True, "x", [], [None], [[]], {}, {"a": {"b": []}}, [{"pid": 7}], [1]):
        assert record({**DATASET, "title": "T", name: value}).titles
        assert record({**DOCUMENT, "summary": "S", name: value}).titles


@pytest.mark.corpus
def test_the_corpus(shared: Path) -> None:
    form = format_of("panosc")
    kinds: dict[str, int] = {}
    refused: list[str] = []
    for path in sorted((shared / "corpus" / "panosc").iterdir()):
        for identifier, document in documents(form, path.read_bytes()):
            try:
                found = read(document, Provenance(source="c", identifier=identifier or path.stem)).record
            except RecordRefused:
                refused.append(path.stem)
                continue
            kinds[found.kind] = kinds.get(found.kind, 0) + 1
            assert read_record(dumps(found)) == found
            assert found.extra == ()
    assert kinds == {"dataset": 5, "project": 3, "publication": 3, "instrument": 2}
    assert all("techniques-requirements" in name for name in refused)
    assert len(refused) == 3
