"""The JSON of the old Zenodo: every field, and both dialects under either prefix."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from catalogue.record import Record
from tests.mappings.test_inveniordm import FULL as RDM
from tests.mappings.test_inveniordm import read

FULL: dict[str, Any] = {
    "id": 1234567,
    "recid": "1234567",
    "conceptrecid": "1234566",
    "conceptdoi": "10.5072/zenodo.1234566",
    "doi": "10.5072/zenodo.1234567",
    "doi_url": "https://doi.org/10.5072/zenodo.1234567",
    "created": "2022-02-01T10:00:00+00:00",
    "modified": "2022-02-03T10:00:00+00:00",
    "updated": "2022-02-03T10:00:00+00:00",
    "title": "Simulated showers",
    "owners": [7],
    "stats": {"downloads": 9},
    "links": {
        "self_html": "https://zenodo.example.org/records/1234567",
        "files": "https://zenodo.example.org/api/records/1234567/files",
    },
    "files": [
        {
            "id": "u",
            "key": "a.root",
            "size": 12,
            "checksum": "md5:0cc175b9c0f1b6a831c399e269772661",
            "links": {"self": "https://zenodo.example.org/api/records/1234567/files/a.root/content"},
        },
        {"filename": "b.txt", "filesize": 3, "checksum": "0cc175b9c0f1b6a831c399e269772661"},
    ],
    "metadata": {
        "title": "Simulated showers",
        "doi": "10.5072/zenodo.1234567",
        "publication_date": "2022-01-31",
        "description": "<p>Made with CORSIKA.</p>",
        "notes": "Work in progress.",
        "method": "Monte Carlo.",
        "access_right": "restricted",
        "access_conditions": "<p>Members only.</p>",
        "creators": [
            {
                "name": "Roe, Jane",
                "affiliation": "KIT",
                "orcid": "0000-0002-1825-0097",
                "gnd": "118540238",
            },
            {"name": "Doe, John", "orcid": {"value": "https://orcid.org/0000-0001-5109-3700"}},
        ],
        "contributors": [{"name": "Poe, Ann", "type": "DataCurator"}],
        "resource_type": {"type": "image", "subtype": "plot", "title": "Plot"},
        "keywords": ["air showers"],
        "subjects": [
            {"term": "cosmic rays", "identifier": "http://vocabulary.example.org/1", "scheme": "url"}
        ],
        "language": "eng",
        "license": {"id": "cc-by-4.0"},
        "version": "1.0",
        "dates": [{"start": "2020-01-01", "end": "2020-02-01", "type": "Collected", "description": "runs"}],
        "related_identifiers": [
            {
                "identifier": "10.5072/x",
                "relation": "isSupplementTo",
                "scheme": "doi",
                "resource_type": "publication-article",
            }
        ],
        "alternate_identifiers": [{"identifier": "arXiv:2201.00001", "scheme": "arxiv"}],
        "references": ["Roe (2020)"],
        "grants": [
            {
                "code": "777",
                "title": "A project",
                "url": "https://cordis.europa.eu/777",
                "funder": {"name": "European Commission", "doi": "10.13039/501100000780"},
            }
        ],
        "locations": [{"place": "Argentina", "lat": -35.2, "lon": -69.3}],
        "journal": {"title": "J. Samples", "volume": "3"},
        "meeting": {"title": "A meeting", "place": "Bonn"},
        "imprint": {"publisher": "A press", "isbn": "978-3-16-148410-0"},
        "thesis": {"university": "A university", "supervisors": [{"name": "Old, Max"}]},
        "communities": [{"id": "auger"}],
        "relations": {"version": [{"index": 0, "is_last": True, "parent": {"pid_value": "1234566"}}]},
        "something": {"new": "kept"},
    },
}


@pytest.fixture(scope="module")
def record() -> Record:
    return read(FULL, "zenodo").record


def test_what_it_is(record: Record) -> None:
    assert (record.kind, record.type_label, record.title) == ("image", "Plot", "Simulated showers")
    assert [(one.scheme, one.value, one.role) for one in record.identifiers] == [
        ("doi", "10.5072/zenodo.1234567", "own"),
        ("doi", "10.5072/zenodo.1234566", "version-of-concept"),
        ("arxiv", "2201.00001", "alternate"),
        ("isbn", "9783161484100", "alternate"),
    ]
    assert [one.type for one in record.descriptions] == ["abstract", "other", "methods"]
    assert (record.version, record.languages) == ("1.0", ("en",))


def test_people(record: Record) -> None:
    jane, john = record.creators
    assert [(one.scheme, one.value) for one in jane.identifiers] == [
        ("orcid", "0000-0002-1825-0097"),
        ("gnd", "118540238"),
    ]
    assert (jane.family, jane.given, jane.affiliations[0].name) == ("Roe", "Jane", "KIT")
    assert john.identifiers[0].value == "0000-0001-5109-3700"
    assert [(one.name, one.role) for one in record.contributors] == [
        ("Poe, Ann", "DataCurator"),
        ("Old, Max", "Supervisor"),
    ]
    assert record.publisher is not None
    assert record.publisher.name == "A press"


def test_access_rights_and_subjects(record: Record) -> None:
    assert record.access is not None
    assert (record.access.right, record.access.how) == ("restricted", "Members only.")
    [rights] = record.rights
    assert rights.licence is not None
    assert rights.licence.label == "CC-BY-4.0"
    assert [(one.label, one.uri) for one in record.subjects] == [
        ("cosmic rays", "http://vocabulary.example.org/1"),
        ("air showers", None),
    ]


def test_relations_funding_places_and_dates(record: Record) -> None:
    assert [(one.type, one.value, one.target_kind) for one in record.relations] == [
        ("IsSupplementTo", "10.5072/x", "publication"),
        ("IsPartOf", "https://zenodo.example.org/communities/auger", "collection"),
    ]
    [funding] = record.funding
    assert (funding.funder, funding.award, funding.award_title) == ("European Commission", "777", "A project")
    assert funding.funder_identifier == "https://doi.org/10.13039/501100000780"
    assert record.coverage is not None
    assert record.coverage.places[0].name == "Argentina"
    assert record.coverage.time is not None
    assert ("collected", "2020-01-01", "2020-02-01") in [
        (one.kind, one.start, one.end) for one in record.dates
    ]


def test_files(record: Record) -> None:
    assert [(one.title, one.size, one.url.rpartition("/files/")[2]) for one in record.distributions] == [
        ("a.root", 12, "a.root/content"),
        ("b.txt", 3, "b.txt/content"),
    ]
    assert {one.checksum.value for one in record.distributions if one.checksum} == {
        "0cc175b9c0f1b6a831c399e269772661"
    }


def test_the_rest_stays(record: Record) -> None:
    extra = {one.path: one.text for one in record.extra}
    assert (
        extra.items()
        >= {
            "metadata.something.new": "kept",
            "metadata.meeting.place": "Bonn",
            "metadata.journal.volume": "3",
            "metadata.references[0]": "Roe (2020)",
            "metadata.thesis.university": "A university",
        }.items()
    )
    assert not [path for path in extra if path.startswith(("links", "stats", "owners", "doi", "title"))]


def test_either_prefix_reads_either_dialect() -> None:
    assert read(FULL, "inveniordm").record.identifiers == read(FULL, "zenodo").record.identifiers
    assert read(RDM, "zenodo").record.creators == read(RDM, "inveniordm").record.creators


@pytest.mark.parametrize(
    "licence",
    [
        "cc-by-4.0",
        {"id": "CC-BY-4.0"},
        {"title": "CC BY 4.0", "link": "https://creativecommons.org/licenses/by/4.0/"},
    ],
)
def test_forms_of_a_licence(licence: Any) -> None:
    changed = FULL | {"metadata": FULL["metadata"] | {"license": licence}}
    [rights] = read(changed, "zenodo").record.rights
    assert rights.licence is not None
    assert rights.licence.label == "CC-BY-4.0"


def test_an_embargo() -> None:
    changed = copy.deepcopy(FULL)
    changed["metadata"] |= {"access_right": "embargoed", "embargo_date": "2030-01-01"}
    access = read(changed, "zenodo").record.access
    assert access is not None
    assert (access.right, access.until) == ("embargoed", "2030-01-01")


@pytest.mark.parametrize(
    "wrong", [None, 7, "text", [], {}, [None], [7], ["text"], [[]], [{}], {"x": {"y": 1}}, True]
)
def test_any_field_may_be_of_any_type(wrong: Any) -> None:
    for name in FULL["metadata"]:
        assert read(FULL | {"metadata": FULL["metadata"] | {name: wrong}}, "zenodo").record.title
    for name in FULL:
        if name not in ("metadata",):
            assert read(FULL | {name: wrong}, "zenodo").record.title
