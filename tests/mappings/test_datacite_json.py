"""DataCite JSON: the attributes of the REST API, and plain JSON of schema 4."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from catalogue.errors import RecordRefused, RecordWithdrawn
from catalogue.record import Mapped, Place, Provenance, Record
from mappings.base import format_of
from mappings.documents import documents

ATTRIBUTES: dict[str, Any] = {
    "doi": "10.5072/ABC",
    "state": "findable",
    "identifiers": [{"identifier": "LAB-7", "identifierType": "Local"}],
    "creators": [
        {
            "name": "Roe, Jane",
            "nameType": "Personal",
            "givenName": "Jane",
            "familyName": "Roe",
            "affiliation": [
                "An Institute",
                {
                    "name": "CERN",
                    "affiliationIdentifier": "https://ror.org/01ggx4157",
                    "affiliationIdentifierScheme": "ROR",
                },
            ],
            "nameIdentifiers": [
                {
                    "nameIdentifier": "https://orcid.org/0000-0002-1825-0097",
                    "nameIdentifierScheme": "ORCID",
                    "schemeUri": "https://orcid.org",
                },
                {"nameIdentifier": "0000-0000-0000-0000", "nameIdentifierScheme": "ORCID"},
            ],
        },
        {"name": "The Collaboration", "nameType": "Organizational"},
    ],
    "contributors": [{"name": "A facility", "contributorType": "HostingInstitution"}],
    "titles": [
        {"title": "Fluxes", "lang": "en"},
        {"title": "Flüsse", "titleType": "TranslatedTitle", "lang": "de"},
    ],
    "publisher": {
        "name": "A lab",
        "publisherIdentifier": "https://ror.org/04z8jg394",
        "publisherIdentifierScheme": "ROR",
    },
    "publicationYear": 2004,
    "types": {"resourceTypeGeneral": "Dataset", "resourceType": "Spectrum", "ris": "DATA", "bibtex": "misc"},
    "subjects": [
        {
            "subject": "neutrinos",
            "subjectScheme": "UAT",
            "schemeUri": "http://astrothesaurus.org",
            "valueUri": "http://astrothesaurus.org/uat/1100",
        },
        {"subject": "physics"},
    ],
    "dates": [
        {"date": "2004-03-02/2005-06-02", "dateType": "Collected"},
        {"date": "2004", "dateType": "Issued", "dateInformation": "v1"},
    ],
    "language": "en",
    "relatedIdentifiers": [
        {
            "relatedIdentifier": "10.5072/paper",
            "relatedIdentifierType": "DOI",
            "relationType": "IsSupplementTo",
            "resourceTypeGeneral": "Text",
        },
        {
            "relatedIdentifier": "https://x.org/schema",
            "relatedIdentifierType": "URL",
            "relationType": "HasMetadata",
            "relatedMetadataScheme": "ddi",
        },
    ],
    "relatedItems": [
        {
            "relationType": "IsPublishedIn",
            "relatedItemType": "Journal",
            "titles": [{"title": "J. Samples"}],
            "relatedItemIdentifier": {
                "relatedItemIdentifier": "2049-3630",
                "relatedItemIdentifierType": "ISSN",
            },
            "volume": "7",
        },
        {
            "relationType": "IsCollectedBy",
            "relatedItemType": "Instrument",
            "titles": [{"title": "A spectrometer"}],
        },
    ],
    "container": {
        "type": "Series",
        "identifier": "10.5072/series",
        "identifierType": "DOI",
        "title": "A series",
        "firstPage": "3",
    },
    "sizes": ["3 MB"],
    "formats": ["text/csv"],
    "version": "2.0",
    "rightsList": [
        {
            "rights": "Creative Commons Attribution 4.0 International",
            "rightsUri": "https://creativecommons.org/licenses/by/4.0/legalcode",
            "rightsIdentifier": "cc-by-4.0",
            "rightsIdentifierScheme": "SPDX",
        },
        {"rightsUri": "info:eu-repo/semantics/openAccess"},
    ],
    "descriptions": [
        {"description": "Counts.<br>Many.", "descriptionType": "Abstract"},
        {"description": "By hand.", "descriptionType": "Methods"},
    ],
    "geoLocations": [
        {
            "geoLocationPlace": "Karlsruhe",
            "geoLocationPoint": {"pointLongitude": 8.4, "pointLatitude": "49.0"},
        },
        {
            "geoLocationBox": {
                "westBoundLongitude": "+1",
                "eastBoundLongitude": 2,
                "southBoundLatitude": 3,
                "northBoundLatitude": 4,
            }
        },
        {
            "geoLocationPolygon": [
                {"polygonPoint": {"pointLongitude": x, "pointLatitude": y}}
                for x, y in ((0, 0), (1, 0), (1, 1), (0, 0))
            ]
        },
        {"geoLocationPlace": "Nowhere", "geoLocationPoint": {"pointLongitude": 400, "pointLatitude": 1}},
    ],
    "fundingReferences": [
        {
            "funderName": "DFG",
            "funderIdentifier": "https://doi.org/10.13039/501100001659",
            "funderIdentifierType": "Crossref Funder ID",
            "awardNumber": "7",
            "awardUri": "https://gepris.dfg.de/7",
            "awardTitle": "A project",
        }
    ],
    "contentUrl": ["https://x.org/data.csv", "no address"],
    "url": "https://x.org/landing",
    "xml": "PHJlc291cmNlLz4=",
    "viewCount": 9,
    "viewsOverTime": [{"yearMonth": "2020-01", "total": 9}],
    "created": "2004-01-01T00:00:00.000Z",
    "registered": "2004-01-02T00:00:00.000Z",
    "updated": "2005-01-01T00:00:00.000Z",
    "reason": None,
}
REST = {
    "id": "10.5072/abc",
    "type": "dois",
    "attributes": ATTRIBUTES,
    "relationships": {
        "client": {"data": {"id": "sample.lab", "type": "clients"}},
        "versionOf": {"data": [{"id": "10.5072/concept", "type": "dois"}]},
    },
}


def read(document: Any, url: str | None = None) -> Mapped:
    form = format_of("datacite_json")
    assert form.read is not None
    provenance = Provenance(source="s", identifier="10.5072/abc", url=url)
    return form.read(copy.deepcopy(document), provenance)


@pytest.fixture(scope="module")
def mapped() -> Mapped:
    return read(REST)


@pytest.fixture(scope="module")
def record(mapped: Mapped) -> Record:
    return mapped.record


def test_what_it_is(record: Record) -> None:
    assert (record.kind, record.type_label) == ("dataset", "Spectrum")
    assert [(one.value, one.type, one.language) for one in record.titles] == [
        ("Fluxes", "main", "en"),
        ("Flüsse", "translated", "de"),
    ]
    assert [(one.scheme, one.value, one.role) for one in record.identifiers] == [
        ("doi", "10.5072/abc", "own"),
        ("Local", "LAB-7", "alternate"),
        ("url", "https://x.org/landing", "alternate"),
    ]
    assert [(one.value, one.type) for one in record.descriptions] == [
        ("Counts.\nMany.", "abstract"),
        ("By hand.", "methods"),
    ]
    assert (record.version, record.sizes, record.formats, record.languages) == (
        "2.0",
        ("3 MB",),
        ("text/csv",),
        ("en",),
    )
    assert [one.url for one in record.distributions] == ["https://x.org/data.csv"]


def test_agents(record: Record, mapped: Mapped) -> None:
    jane, collaboration = record.creators
    assert (jane.given, jane.family, jane.kind, collaboration.kind) == (
        "Jane",
        "Roe",
        "person",
        "organisation",
    )
    assert [(one.scheme, one.value) for one in jane.identifiers] == [("orcid", "0000-0002-1825-0097")]
    assert [(one.name, one.scheme, one.identifier) for one in jane.affiliations] == [
        ("An Institute", None, None),
        ("CERN", "ror", "01ggx4157"),
    ]
    assert record.contributors[0].role == "HostingInstitution"
    assert record.publisher is not None
    assert (record.publisher.name, record.publisher.identifiers[0].value) == ("A lab", "04z8jg394")
    assert "This is not valid as ORCID." in [issue.reason for issue in mapped.issues]


def test_dates(record: Record) -> None:
    assert [(one.kind, one.start, one.end, one.text) for one in record.dates][:2] == [
        ("collected", "2004-03-02", "2005-06-02", None),
        ("issued", "2004", "2004", "v1"),
    ]
    assert {one.text for one in record.dates[2:]} == {"of the description"}
    assert record.coverage is not None
    assert record.coverage.time is not None
    assert len(record.coverage.time.intervals) == 1


def test_places(record: Record, mapped: Mapped) -> None:
    assert record.coverage is not None
    point, box, polygon, nowhere = record.coverage.places
    assert point.point is not None
    assert (point.name, point.point.longitude, point.point.latitude) == ("Karlsruhe", 8.4, 49.0)
    assert box.box == (1.0, 3.0, 2.0, 4.0)
    assert len(polygon.polygon) == 4
    assert nowhere == Place(name="Nowhere")
    assert "This is not a place in degrees." in [issue.reason for issue in mapped.issues]
    extra = {one.path: one.text for one in record.extra}
    assert extra["attributes.geoLocations[3].geoLocationPoint.pointLongitude"] == "400"


def test_relations_rights_and_funding(record: Record) -> None:
    assert {(one.type, one.scheme, one.value, one.title) for one in record.relations} == {
        ("IsSupplementTo", "doi", "10.5072/paper", None),
        ("HasMetadata", "url", "https://x.org/schema", None),
        ("IsPublishedIn", "issn", "2049-3630", "J. Samples"),
        ("IsPublishedIn", "doi", "10.5072/series", "A series"),
        ("IsVersionOf", "doi", "10.5072/concept", None),
    }
    assert [one.label for one in record.instruments] == ["A spectrometer"]
    [rights] = record.rights
    assert rights.licence is not None
    assert rights.licence.label == "CC-BY-4.0"
    assert record.access is not None
    assert record.access.right == "open"
    [funding] = record.funding
    assert (funding.funder_identifier, funding.award, funding.award_url) == (
        "https://doi.org/10.13039/501100001659",
        "7",
        "https://gepris.dfg.de/7",
    )


def test_the_rest_stays(record: Record) -> None:
    extra = {one.path: one.text for one in record.extra}
    assert extra["relationships.client.data.id"] == "sample.lab"
    assert extra["attributes.relatedItems[0].volume"] == "7"
    assert extra["attributes.container.firstPage"] == "3"
    assert extra["attributes.relatedIdentifiers[1].relatedMetadataScheme"] == "ddi"
    assert extra["attributes.contentUrl[1]"] == "no address"
    assert not [path for path in extra if "view" in path or path.endswith((".xml", ".state", ".ris"))]
    assert len({(one.path, one.text) for one in record.extra}) == len(record.extra)


def test_attributes_alone_and_plain_json_say_the_same(record: Record) -> None:
    assert read(ATTRIBUTES).record.creators == record.creators
    plain = {name: value for name, value in ATTRIBUTES.items() if name not in ("doi", "state", "identifiers")}
    plain |= {
        "identifiers": [{"identifier": "https://doi.org/10.5072/abc", "identifierType": "DOI"}],
        "publisher": "A lab",
        "publicationYear": "2004",
        "schemaVersion": "http://datacite.org/schema/kernel-4",
    }
    found = read(plain).record
    assert [(one.scheme, one.value, one.role) for one in found.identifiers][:1] == [
        ("doi", "10.5072/abc", "own")
    ]
    assert found.titles == record.titles
    assert found.relations != ()


def test_older_names() -> None:
    old = {
        "identifiers": [{"identifier": "10.5072/old", "identifierType": "DOI"}],
        "creators": [{"creatorName": "Roe, Jane", "affiliations": ["A lab"]}],
        "titles": [{"title": "Old"}],
        "publishers": {"publisherName": "A press"},
        "resourceType": {"resourceTypeGeneral": "Software"},
        "rightsList": {"rights": "A licence", "rightsURI": "https://x.org/licence"},
        "fundingReferences": [
            {
                "funderName": "EU",
                "funderIdentifier": {"funderIdentifier": "grid.1", "funderIdentifierType": "GRID"},
                "awardNumber": {"awardNumber": "7", "awardURI": "https://x.org/7"},
            }
        ],
    }
    record = read(old).record
    assert (record.kind, record.creators[0].affiliations[0].name) == ("software", "A lab")
    assert record.rights[0].url == "https://x.org/licence"
    assert (record.funding[0].award, record.funding[0].award_url) == ("7", "https://x.org/7")


def test_the_landing_page_is_said_once() -> None:
    record = read(REST, url="https://x.org/landing").record
    assert [one.scheme for one in record.identifiers] == ["doi", "Local"]


def test_answers_and_lists() -> None:
    form = format_of("datacite_json")
    for value in ({"data": [REST, REST], "meta": {"total": 2}}, [REST, REST]):
        assert [name for name, _ in documents(form, json.dumps(value).encode())] == ["10.5072/ABC"] * 2
    assert len(list(documents(form, json.dumps({"data": REST, "included": [{}]}).encode()))) == 1
    assert [name for name, _ in documents(form, json.dumps(ATTRIBUTES).encode())] == ["10.5072/ABC"]


@pytest.mark.parametrize("state", ["registered", "draft"])
def test_what_is_not_findable_is_withdrawn(state: str) -> None:
    with pytest.raises(RecordWithdrawn, match="not findable"):
        read(REST | {"attributes": ATTRIBUTES | {"state": state}})


@pytest.mark.parametrize("document", [None, 1, "x", [], {}, {"data": 7}, {"name": "x"}])
def test_what_is_no_record(document: Any) -> None:
    with pytest.raises(RecordRefused):
        read(document)


@pytest.mark.parametrize(
    "wrong", [None, 7, "text", [], {}, [None], [7], ["text"], [[]], [{}], {"x": {"y": 1}}, True]
)
def test_any_field_may_be_of_any_type(wrong: Any) -> None:
    for name in ATTRIBUTES:
        assert read(REST | {"attributes": ATTRIBUTES | {name: wrong}}).record.title
    for name in ("id", "type", "relationships"):
        assert read(REST | {name: wrong}).record.title == "Fluxes"
