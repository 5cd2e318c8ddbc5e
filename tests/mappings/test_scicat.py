"""SciCat documents of all kinds, with fields of v3, v4 and LoopBack."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from catalogue.errors import RecordRefused
from catalogue.json_form import dumps, read_record
from catalogue.record import Access, Agent, Provenance, Reference
from mappings.base import format_of
from mappings.documents import documents
from mappings.scicat import read
from mappings.scicat_kinds import single_documents
from tests.mappings.scicat_records import DATASET, extra, mapped, record


def test_identifiers_and_titles() -> None:
    found = record()
    assert (found.kind, found.title, found.processing_level) == ("dataset", "A run", "raw")
    (one,) = found.identifiers
    assert (one.scheme, one.value, one.role) == ("handle", "20.500.12345/a", "own")


@pytest.mark.parametrize(
    ("pid", "scheme"),
    [
        ("10.5072/abc", "doi"),
        ("20.500.12269/0f98", "handle"),
        ("PID.SAMPLE.PREFIX/psi_ds1", "scicat-pid"),
        ("https://doi.org/10.5072/abc", "doi"),
        ("1f016ec4-7a73-11ef-ae3e-439013069377", "scicat-pid"),
    ],
)
def test_schemes_of_pids(pid: str, scheme: str) -> None:
    assert record(pid=pid).identifiers[0].scheme == scheme


PUBLISHED_V3 = {
    "doi": "10.5072/p1",
    "title": "Lungs",
    "abstract": "Tomography of lungs.",
    "creator": ["Elena Example", "al."],
    "authors": ["Elena Example"],
    "affiliation": "PSI",
    "publisher": "PSI",
    "publicationYear": 2020,
    "resourceType": "derived",
    "pidArray": ["20.500.12345/a"],
    "registeredTime": "2020-09-01T14:16:15.552Z",
    "status": "registered",
    "relatedPublications": ["A. Author (2020). https://doi.org/10.5072/paper.", "no address"],
    "downloadLink": "https://example.org/data",
    "url": "https://example.org/landing",
    "numberOfFiles": None,
    "thumbnail": "data:image/png;base64,AAAA",
}


def test_published_data_of_v3() -> None:
    found = mapped(PUBLISHED_V3).record
    assert (found.kind, found.title, found.processing_level) == ("dataset", "Lungs", "derived")
    (creator,) = found.creators
    assert (creator.name, creator.affiliations[0].name) == ("Elena Example", "PSI")
    assert found.publisher == Agent(name="PSI", kind="organisation")
    assert [(one.scheme, one.value, one.role) for one in found.identifiers] == [
        ("doi", "10.5072/p1", "own"),
        ("url", "https://example.org/landing", "alternate"),
    ]
    assert [(one.type, one.value) for one in found.relations] == [
        ("IsRelatedTo", "10.5072/paper"),
        ("HasPart", "20.500.12345/a"),
    ]
    assert [(one.kind, one.start) for one in found.dates] == [
        ("issued", "2020"),
        ("available", "2020-09-01T14:16:15.552Z"),
    ]
    assert found.access == Access(right="open")
    assert found.distributions[0].url == "https://example.org/data"
    assert extra(found) == {"creator[1]": "al.", "relatedPublications[1]": "no address"}


def test_a_prefix_that_stands_twice_and_pictures() -> None:
    twice = {
        **PUBLISHED_V3,
        "pidArray": ["20.500.12345/20.500.12345/a"],
        "attachments": [{"thumbnail": "x" * 99}],
    }
    found = mapped(twice).record
    assert [one.value for one in found.relations if one.type == "HasPart"] == ["20.500.12345/a"]
    assert "x" * 99 not in dumps(found).decode()


PUBLISHED_V4: dict[str, Any] = {
    "doi": "10.5072/p1",
    "title": "Lungs",
    "abstract": "Tomography of lungs.",
    "datasetPids": ["20.500.12345/a"],
    "status": "public",
    "metadata": {
        "creators": [
            {
                "name": "Example, Elena",
                "nameType": "Personal",
                "affiliation": [{"name": "PSI", "affiliationIdentifier": "https://ror.org/03eh3y714"}],
                "nameIdentifiers": [
                    {"nameIdentifier": "0000-0002-1825-0097", "nameIdentifierScheme": "ORCID"}
                ],
            },
            "Ben Example",
        ],
        "contributors": [{"name": "Carl Example", "contributorType": "DataCurator"}],
        "publisher": {"name": "PSI"},
        "publicationYear": 2024,
        "resourceType": "raw",
        "subjects": [{"subject": "lungs"}],
        "rightsList": [{"rightsIdentifier": "cc-by-4.0"}],
        "relatedIdentifiers": [
            {"relatedIdentifier": "10.5072/x", "relatedIdentifierType": "DOI", "relationType": "IsCitedBy"}
        ],
        "fundingReferences": [{"funderName": "A Fund", "awardNumber": "7"}],
        "dates": [{"date": "2023-01-01", "dateType": "Collected"}],
        "language": "en",
        "landingPage": "doi.example.org/detail/",
    },
}


def test_published_data_of_v4() -> None:
    found = mapped(PUBLISHED_V4).record
    first, second = found.creators
    assert (first.family, first.given, first.identifiers[0].value) == (
        "Example",
        "Elena",
        "0000-0002-1825-0097",
    )
    assert (first.affiliations[0].scheme, first.affiliations[0].identifier) == ("ror", "03eh3y714")
    assert second.name == "Ben Example"
    assert (found.contributors[0].name, found.contributors[0].role) == ("Carl Example", "DataCurator")
    assert found.rights[0].licence is not None
    assert found.rights[0].licence.label == "CC-BY-4.0"
    assert {(one.type, one.value) for one in found.relations} == {
        ("IsCitedBy", "10.5072/x"),
        ("HasPart", "20.500.12345/a"),
    }
    assert found.subjects[0].label == "lungs"
    assert found.funding[0].award == "7"
    assert ("collected", "2023-01-01") in {(one.kind, one.start) for one in found.dates}
    assert found.languages == ("en",)
    assert found.processing_level == "raw"


def test_v3_and_v4_mean_the_same() -> None:
    old, new = mapped(PUBLISHED_V3).record, mapped(PUBLISHED_V4).record
    for name in ("kind", "titles", "descriptions", "publisher", "access"):
        assert getattr(old, name) == getattr(new, name)


def test_instrument() -> None:
    document = {"pid": "i1", "uniqueName": "ESS1-1", "name": "LoKI", "customMetadata": {"department": "SANS"}}
    found = mapped(document).record
    assert (found.kind, found.title) == ("instrument", "LoKI")
    assert {(one.value, one.role) for one in found.identifiers} == {("i1", "own"), ("ESS1-1", "alternate")}
    assert (found.parameters[0].name, found.parameters[0].text) == ("department", "SANS")


def test_proposal() -> None:
    found = mapped(
        {
            "proposalId": "p1",
            "title": "Why",
            "pi_firstname": "Marie",
            "pi_lastname": "Curie",
            "firstname": "Ada",
            "lastname": "Example",
            "email": "a@example.org",
            "MeasurementPeriodList": [
                {
                    "instrument": "/PSI/SLS/TOMCAT",
                    "start": {"$date": "2020-12-11T12:00:00.000Z"},
                    "end": "2020-12-12T00:00:00Z",
                    "comment": "night",
                }
            ],
        }
    ).record
    assert (found.kind, found.creators[0].name) == ("project", "Curie, Marie")
    assert (found.contributors[0].name, found.contributors[0].role) == ("Example, Ada", "ProjectMember")
    assert found.instruments == (Reference(label="TOMCAT"),)
    assert found.coverage is not None
    assert found.coverage.time is not None
    assert found.coverage.time.intervals[0].low == 59194.5
    assert extra(found) == {"MeasurementPeriodList[0].comment": "night"}


def test_sample() -> None:
    found = mapped(
        {
            "sampleId": "s1",
            "owner": "Ada Example",
            "description": "Water",
            "sampleCharacteristics": {"chemical_formula": {"value": "H2O", "unit": ""}},
        }
    ).record
    assert (found.kind, found.title, found.creators[0].name) == ("sample", "Water", "Ada Example")
    assert (found.parameters[0].name, found.parameters[0].text) == ("chemical_formula", "H2O")
    assert found.identifiers[0].role == "alternate"


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"jobParams": {}, "type": "public", "id": "1"}, "job"),
        ({"thumbnail": "x", "caption": "c", "proposalId": "p"}, "attachment"),
        ({"size": 1, "dataFileList": []}, "list of files"),
        ({"statusCode": 404, "message": "Not found"}, "error message"),
        ({"count": 7}, "no dataset, published data"),
        ("text", "no JSON object"),
        (7, "no JSON object"),
        ({}, "fields are: none"),
    ],
)
def test_what_is_no_record_is_refused(document: Any, reason: str) -> None:
    with pytest.raises(RecordRefused, match=reason):
        mapped(document)


def test_without_title_and_identifier_it_is_refused_or_called_after_its_folder() -> None:
    found = mapped({"type": "raw", "sourceFolder": "/a/b/c", "creationTime": "2020-01-01T00:00:00Z"})
    assert found.record.title == "b/c"
    assert "source folder" in found.issues[0].reason
    with pytest.raises(RecordRefused, match="neither a title nor an identifier"):
        mapped({"type": "raw", "creationTime": "2020-01-01T00:00:00Z"})


def test_documents_in_an_answer() -> None:
    bundle = {
        "id": "u1",
        "dataset": {"datasetName": "B", "type": "raw"},
        "orig_datablock": {"dataFileList": []},
    }
    found = list(single_documents([DATASET, bundle, [PUBLISHED_V3]]))
    assert [identifier for identifier, _ in found] == ["20.500.12345/a", "u1", "10.5072/p1"]
    assert mapped(found[1][1]).record.title == "B"


WRONG: tuple[Any, ...] = (
    *(None, 7, -1e300, True, "", "x", [], [None], [[]], {}, {"a": {"b": []}}, [{"pid": 7}], [1]),
)
NAMES = """
datasetName description owner orcidOfOwner sourceFolder size numberOfFiles creationTime keywords techniques
instrumentId sampleIds proposalId isPublished datasetlifecycle accessGroups license dataFormat inputDatasets
usedSoftware relationships origdatablocks creationLocation sharedWith type
"""


@pytest.mark.parametrize("name", NAMES.split())
def test_values_of_wrong_types_do_no_harm(name: str) -> None:
    for value in WRONG:
        assert mapped({**DATASET, name: value}).record.kind == "dataset"


@pytest.mark.parametrize("name", [*PUBLISHED_V3, *PUBLISHED_V4["metadata"], "metadata", "datasetPids"])
def test_nor_in_published_data(name: str) -> None:
    for value in WRONG:
        assert mapped({**PUBLISHED_V3, "publicationYear": 2020, "abstract": "x", name: value}).record.titles
        nested = {**PUBLISHED_V4["metadata"], name: value}
        assert mapped({**PUBLISHED_V4, "metadata": nested}).record.kind == "dataset"


@pytest.mark.parametrize("name", ["MeasurementPeriodList", "title", "abstract", "pi_firstname", "metadata"])
def test_nor_in_proposals(name: str) -> None:
    for value in WRONG:
        assert mapped({"proposalId": "p", "pi_lastname": "Curie", name: value}).record.kind == "project"


@pytest.mark.corpus
def test_the_corpus(shared: Path) -> None:
    form = format_of("scicat")
    kinds: dict[str, int] = {}
    refused: list[str] = []
    for path in sorted((shared / "corpus" / "scicat").iterdir()):
        for identifier, document in documents(form, path.read_bytes()):
            try:
                found = read(document, Provenance(source="c", identifier=identifier or path.stem)).record
            except RecordRefused as refusal:
                refused.append(path.name)
                assert refusal.reason
                continue
            kinds[found.kind] = kinds.get(found.kind, 0) + 1
            text = dumps(found)
            assert read_record(text) == found
            assert b"@" not in text.replace(b"[e-mail]", b""), path.name
            assert found.parameters or "scientificMetadata" not in json.dumps(document)
    assert kinds == {"dataset": 34, "instrument": 3, "project": 2, "sample": 1}
    # What is no catalogue record: a configuration, an attachment, jobs and lists of files.
    assert all(
        any(word in name for word in ("Attachment", "OrigData", "OrigDatablock", "Job", "config"))
        for name in refused
    )
