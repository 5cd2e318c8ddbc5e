"""Datasets of SciCat: people, places, times, relations, files."""

from __future__ import annotations

from catalogue.json_form import dumps
from catalogue.record import Access, Agent, AgentIdentifier, Reference
from tests.mappings.scicat_records import DATASET, extra, mapped, record


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
