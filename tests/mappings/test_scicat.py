"""SciCat documents of all kinds, with fields of v3, v4 and LoopBack."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from catalogue.errors import RecordRefused
from catalogue.json_form import dumps, read_record
from catalogue.record import Access, Agent, AgentIdentifier, Mapped, Provenance, Record, Reference
from mappings.base import format_of
from mappings.documents import documents
from mappings.scicat import read
from mappings.scicat_kinds import single_documents

DATASET = {"pid": "20.500.12345/a", "datasetName": "A run", "type": "raw", "sourceFolder": "/d"}


def mapped(document: Any) -> Mapped:
    return read(document, Provenance(source="s", identifier="i", format="scicat"))


def record(**fields: Any) -> Record:
    """A dataset with these fields."""
    found = mapped({**DATASET, **fields}).record
    assert read_record(dumps(found)) == found
    return found


def extra(found: Record) -> dict[str, str]:
    return {one.path: one.text for one in found.extra}


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


def test_people_of_v3() -> None:
    found = record(
        principalInvestigator="Curie, Marie", owner="Ada Example", orcidOfOwner="0000-0002-1825-0097"
    )
    assert found.creators == (Agent(name="Curie, Marie", given="Marie", family="Curie", kind="person"),)
    assert found.contributors == (
        Agent(
            name="Ada Example",
            identifiers=(AgentIdentifier(scheme="orcid", value="0000-0002-1825-0097"),),
            role="DataManager",
        ),
    )


def test_people_of_v4_and_mixed() -> None:
    found = record(
        principalInvestigators=["Ada Example", "Ben Example"], owner="Ada Example", investigator="C. D."
    )
    assert [one.name for one in found.creators] == ["Ada Example", "Ben Example", "C. D."]
    assert found.contributors == ()


def test_the_owner_where_nobody_else_is_named() -> None:
    orcid = AgentIdentifier(scheme="orcid", value="0000-0002-1825-0097")
    for written in ("0000-0002-1825-0097", "https://orcid.org/0000-0002-1825-0097"):
        assert record(owner="Ada Example", orcidOfOwner=written).creators[0].identifiers == (orcid,)
    for empty in ("", "unknown", None):
        assert record(owner="Ada Example", orcidOfOwner=empty).creators[0].identifiers == ()
    wrong = mapped({**DATASET, "owner": "Ada Example", "orcidOfOwner": "0000-0002-1825-0098"})
    assert wrong.issues[0].path == "orcidOfOwner"


def test_al_is_nobody() -> None:
    found = record(principalInvestigator=["Duncan Example", "al."], owner="Ada Example et al.")
    assert [one.name for one in found.creators] == ["Duncan Example"]
    assert [one.name for one in found.contributors] == ["Ada Example"]
    assert extra(found)["principalInvestigator[1]"] == "al."


def test_no_email_address_gets_out() -> None:
    address = "ada@example.org"
    found = record(
        ownerEmail=address,
        contactEmail=address,
        principalInvestigator=address,
        owner=f"Ada Example <{address}>",
        description=f"Ask {address}.",
        sharedWith=[address],
        history=[{"updatedBy": address}],
        scientificMetadata={"contact": address, "who": {"value": address}},
        strange={"deep": [address]},
        jobParameters={"mail": address},
    )
    assert "@" not in dumps(found).decode()
    assert found.creators[0].name == "Ada Example"


METADATA: dict[str, Any] = {
    "both": {"value": 100, "unit": "mbar", "valueSI": 10000, "unitSI": "Pa", "human_name": "Pressure"},
    "si as text": {"value": 11, "unit": "um", "valueSI": "0.000011", "unitSI": "m"},
    "short": {"v": 0.4, "u": "s"},
    "range": {"value": [1, 2], "unit": "cm", "type": "quantity_range"},
    "ends": {"min": 1, "max": 5, "unit": "K"},
    "ends inside": {"value": {"min": 1, "max": 5}, "unit": "K"},
    "open": {"min": 3, "unit": "K"},
    "backwards": {"value": [2, 1], "unit": "cm"},
    "bare": 7,
    "bare text": "seven",
    "number as text": {"value": "222", "unit": ""},
    "number as text with unit": {"value": "222", "unit": "K"},
    "yes": True,
    "list": [1, 2, 3],
    "words": ["a", "b"],
    "nothing": None,
    "empty": {},
    "no value": {"value": None, "unit": "m"},
    "date": {"$date": "2024-01-01T00:00:00Z"},
    "group": {"inner": {"deep": {"value": 1, "unit": "m"}}, "x": 2},
    "objects": [{"a": 1}, {"a": 2}],
    "percent%2Eencoded": 3,
}


def parameters(metadata: Any) -> dict[str, dict[str, Any]]:
    found = {}
    for one in record(scientificMetadata=metadata).parameters:
        values = {name: getattr(one, name) for name in one.__slots__ if getattr(one, name) is not None}
        found[values.pop("name") if "path" not in values else f"{values['path']}/{values.pop('name')}"] = (
            values
        )
    return found


def test_values_in_all_their_forms() -> None:
    assert parameters(METADATA) == {
        "both": {"value": 100.0, "unit": "mbar", "si_value": 10000.0, "si_unit": "Pa"},
        "si as text": {"value": 11.0, "unit": "um", "si_value": 1.1e-05, "si_unit": "m"},
        "short": {"value": 0.4, "unit": "s"},
        "range": {"low": 1.0, "high": 2.0, "unit": "cm"},
        "ends": {"low": 1.0, "high": 5.0, "unit": "K"},
        "ends inside": {"low": 1.0, "high": 5.0, "unit": "K"},
        "open": {"low": 3.0, "unit": "K"},
        "backwards": {"text": "2, 1", "unit": "cm"},
        "bare": {"value": 7.0},
        "bare text": {"text": "seven"},
        "number as text": {"text": "222"},
        "number as text with unit": {"value": 222.0, "unit": "K"},
        "yes": {"text": "true"},
        "list": {"text": "1, 2, 3"},
        "words": {"text": "a, b"},
        "date": {"text": "2024-01-01T00:00:00Z"},
        "group.inner/deep": {"value": 1.0, "unit": "m", "path": "group.inner"},
        "group/x": {"value": 2.0, "path": "group"},
        "objects[0]/a": {"value": 1.0, "path": "objects[0]"},
        "objects[1]/a": {"value": 2.0, "path": "objects[1]"},
        "percent.encoded": {"value": 3.0},
    }


def test_what_is_beside_a_value_is_kept() -> None:
    assert extra(record(scientificMetadata=METADATA))["scientificMetadata.both.human_name"] == "Pressure"


@pytest.mark.parametrize("metadata", [[], "text", 7, None, {"x": [[[1]]]}, {"": 1}])
def test_metadata_of_any_type_do_no_harm(metadata: Any) -> None:
    assert record(scientificMetadata=metadata).title == "A run"


def test_deep_groups_end() -> None:
    deep: Any = 1
    for _ in range(200):
        deep = {"g": deep}
    found = mapped({**DATASET, "scientificMetadata": deep})
    assert found.record.parameters == ()
    assert "nested" in found.issues[0].reason


def test_a_long_list_is_cut_and_told() -> None:
    found = mapped({**DATASET, "scientificMetadata": {"spectrum": list(range(100_000))}})
    assert len(found.record.parameters[0].text or "") <= 2000
    assert found.issues[0].path == "scientificMetadata.spectrum"


@pytest.mark.parametrize(
    ("name", "value", "joule"),
    [
        ("beamEnergy", {"value": 21, "unit": "keV"}, 3.3645709e-15),
        ("Photon energy", {"v": 930, "u": "eV"}, 1.4900243e-16),
        ("incident_energy", {"value": 25, "unit": "meV"}, 4.0054416e-21),
        (
            "photon_energy",
            {"value": 2, "unit": "furlong", "valueSI": 3e-16, "unitSI": "(kg m^2) / s^2"},
            3e-16,
        ),
    ],
)
def test_photon_energy_is_coverage(name: str, value: Any, joule: float) -> None:
    coverage = record(scientificMetadata={"beamline": {name: value}}).coverage
    assert coverage is not None
    assert coverage.energy is not None
    (interval,) = coverage.energy.intervals
    assert interval.low == interval.high == pytest.approx(joule)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ring energy", {"value": 2.4, "unit": "GeV"}),
        ("beamEnergy", {"value": 2.4, "unit": "GeV"}),
        ("beamEnergy", 21),
        ("beamEnergy", {"value": "high", "unit": "keV"}),
        ("beamEnergy", {"value": -1, "unit": "keV"}),
        ("beamEnergy", {"value": 21, "unit": "mev"}),
        ("energy resolution", {"value": 21, "unit": "eV"}),
    ],
)
def test_other_energies_are_not(name: str, value: Any) -> None:
    assert record(scientificMetadata={name: value}).coverage is None


def test_a_range_of_energy() -> None:
    coverage = record(scientificMetadata={"photonEnergy": {"value": [1, 2], "unit": "eV"}}).coverage
    assert coverage is not None
    assert coverage.energy is not None
    assert coverage.energy.intervals[0].high == pytest.approx(2 * 1.602176634e-19)


def test_techniques() -> None:
    found = record(
        techniques=[
            {"pid": "PaNET01129", "name": "one.two.tomography;\nthree.tomography"},
            {"pid": "http://purl.org/pan-science/PaNET/PaNET01012", "name": "x-ray probe technique"},
            {"pid": "20.500.12269/t2", "name": "our own way"},
            {"pid": "https://example.org/t", "name": "another way"},
            {"name": "neutron probe technique"},
        ]
    )
    assert [(one.label, one.uri) for one in found.techniques] == [
        ("tomography", "http://purl.org/pan-science/PaNET/PaNET01129"),
        ("x-ray probe technique", "http://purl.org/pan-science/PaNET/PaNET01012"),
        ("our own way", None),
        ("another way", None),
        ("neutron probe technique", "http://purl.org/pan-science/PaNET/PaNET00101"),
    ]
    assert extra(found)["techniques[2].pid"] == "20.500.12269/t2"
    assert [one.label for one in found.messengers] == ["Photon", "Neutron"]


def test_place_facility_instrument() -> None:
    found = record(
        creationLocation="/PSI/SLS/TOMCAT", instrumentId="i1", sampleId="s1", proposalIds=["p1", "p2"]
    )
    assert found.publisher == Agent(name="PSI", kind="organisation")
    assert found.facilities == (Reference(label="SLS"),)
    assert found.instruments == (Reference(label="TOMCAT", identifier="i1", scheme="scicat-pid"),)
    assert found.samples == (Reference(label="s1", identifier="s1", scheme="local"),)
    assert [one.identifier for one in found.proposals] == ["p1", "p2"]
    assert found.coverage is not None
    assert found.coverage.places[0].name == "PSI, SLS, TOMCAT"
    relation = found.relations[0]
    assert (relation.type, relation.value, relation.target_kind) == ("IsCollectedBy", "i1", "instrument")


def test_things_that_came_along_give_their_names() -> None:
    found = record(
        instrumentIds=["i1"],
        instruments=[{"pid": "i1", "name": "LoKI"}],
        sampleIds=["s1"],
        samples=[{"sampleId": "s1", "description": "Copper"}],
    )
    assert found.instruments[0].label == "LoKI"
    assert found.samples[0].label == "Copper"


def test_relations() -> None:
    found = record(
        inputDatasets=["20.500.12345/b", "/data/input.dat"],
        usedSoftware=["https://doi.org/10.5072/soft", "https://git.example.org/x"],
        relationships=[{"pid": "20.500.12345/c", "relationship": "IsPartOf"}],
    )
    assert [(one.type, one.scheme, one.value, one.target_kind) for one in found.relations] == [
        ("IsDerivedFrom", "handle", "20.500.12345/b", "dataset"),
        ("IsDerivedFrom", "other", "/data/input.dat", "dataset"),
        ("IsCompiledBy", "doi", "10.5072/soft", "software"),
        ("IsCompiledBy", "url", "https://git.example.org/x", "software"),
        ("IsPartOf", "handle", "20.500.12345/c", "dataset"),
    ]


def test_access() -> None:
    assert record(isPublished=True, ownerGroup="p1").access == Access(right="open")
    assert record(isPublished=False, ownerGroup="p1").access == Access(right="restricted", to="p1")
    cycle = {"dateOfPublishing": "2031-06-29T00:00:00.000Z", "publishedOn": "2024-01-01T00:00:00Z"}
    closed = record(isPublished=False, accessGroups=["a", "b"], datasetlifecycle=cycle)
    assert closed.access == Access(right="embargoed", until="2031-06-29", to="a, b")
    assert [one.start for one in closed.dates if one.kind == "issued"] == ["2024-01-01T00:00:00Z"]
    assert record().access is None


def test_times() -> None:
    found = record(
        startTime="2011-09-14T12:00:00.000Z", endTime="2011-09-14T18:00:00+00:00", creationTime="2012"
    )
    assert found.coverage is not None
    assert found.coverage.time is not None
    (interval,) = found.coverage.time.intervals
    assert (interval.low, interval.high, found.coverage.time.scale) == (55818.5, 55818.75, "UTC")
    assert {one.kind for one in found.dates} == {"created", "collected"}
    from_creation = record(creationTime="2011-09-14T12:00:00Z", endTime="2011-09-14T18:00:00Z").coverage
    assert from_creation is not None
    assert from_creation.time is not None
    assert from_creation.time.intervals[0].low == 55818.5


def test_times_that_cannot_be() -> None:
    found = mapped({**DATASET, "startTime": "2020-01-02T00:00:00Z", "endTime": "2020-01-01T00:00:00Z"})
    assert found.record.coverage is None
    assert "before the beginning" in found.issues[0].reason
    assert "ISO 8601" in mapped({**DATASET, "endTime": "soon"}).issues[0].reason


def test_size_folder_and_files() -> None:
    found = record(
        size=604648500482.0,
        numberOfFiles=2,
        sourceFolderHost="nfs://files.example.org",
        sourceFolder="/data/a",
        origdatablocks=[{"dataFileList": [{"path": "sub/a.h5", "size": 7}, {"path": None}]}],
    )
    assert found.sizes == ("604648500482 bytes", "2 files")
    assert [(one.url, one.protocol, one.size) for one in found.distributions] == [
        ("nfs://files.example.org/data/a", "nfs", 604648500482),
        ("nfs://files.example.org/data/a/sub/a.h5", "nfs", 7),
    ]
    assert record(size=0, numberOfFiles=0).sizes == ()


def test_a_folder_without_host_is_no_address() -> None:
    found = record()
    assert found.distributions == ()
    assert extra(found)["sourceFolder"] == "/d"


def test_nothing_is_lost() -> None:
    found = record(classification="AV=medium", version="3.1.0", odd=[{"a": 1}], keywords=["k"])
    assert extra(found) == {
        "sourceFolder": "/d",
        "classification": "AV=medium",
        "version": "3.1.0",
        "odd[0].a": "1",
    }


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
