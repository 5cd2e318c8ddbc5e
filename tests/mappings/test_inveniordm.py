"""InvenioRDM JSON: every field of a full record, and what sources do to them."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from catalogue.errors import RecordRefused, RecordWithdrawn
from catalogue.record import Mapped, Provenance, Record
from mappings.base import format_of
from mappings.documents import documents

FULL: dict[str, Any] = {
    "id": "abcd1-efg23",
    "created": "2024-02-01T10:00:00.000000+00:00",
    "updated": "2024-03-01T10:00:00.000000+00:00",
    "revision_id": 5,
    "is_published": True,
    "is_draft": False,
    "links": {
        "self": "https://repo.example.org/api/records/abcd1-efg23",
        "self_html": "https://repo.example.org/records/abcd1-efg23",
        "files": "https://repo.example.org/api/records/abcd1-efg23/files",
    },
    "pids": {
        "doi": {"identifier": "10.5072/ABCD1-EFG23", "provider": "datacite", "client": "x"},
        "oai": {"identifier": "oai:repo.example.org:abcd1-efg23", "provider": "oai"},
    },
    "parent": {
        "id": "zzzz1-yyy23",
        "pids": {"doi": {"identifier": "10.5072/zzzz1-yyy23", "provider": "datacite"}},
        "access": {"settings": {"accept_conditions_text": "<p>Write to us.</p>"}, "owned_by": {"user": "7"}},
        "communities": {"ids": ["u"], "entries": [{"slug": "nu", "metadata": {"title": "Neutrinos"}}]},
    },
    "versions": {"index": 2, "is_latest": True},
    "access": {
        "record": "public",
        "files": "restricted",
        "status": "embargoed",
        "embargo": {"active": True, "until": "2030-01-01", "reason": "A paper is in the making."},
    },
    "metadata": {
        "resource_type": {"id": "publication-datapaper", "title": {"en": "Data paper", "de": "Datenpapier"}},
        "title": "Fluxes of <i>neutrinos</i>",
        "additional_titles": [
            {"title": "Flüsse", "type": {"id": "translated-title"}, "lang": {"id": "deu"}},
            {"title": "A note", "type": {"id": "subtitle"}},
        ],
        "creators": [
            {
                "person_or_org": {
                    "type": "personal",
                    "name": "Roe, Jane",
                    "given_name": "Jane",
                    "family_name": "Roe",
                    "identifiers": [
                        {"scheme": "orcid", "identifier": "0000-0002-1825-0097"},
                        {"scheme": "orcid", "identifier": "0000-0002-1825-0098"},
                    ],
                },
                "affiliations": [
                    {"id": "01ggx4157", "name": "CERN"},
                    {"name": "An Institute", "identifiers": [{"scheme": "ror", "identifier": "04z8jg394"}]},
                ],
                "role": {"id": "datacollector", "title": {"en": "Data collector"}},
            },
            {"person_or_org": {"type": "organizational", "name": "The Collaboration"}},
        ],
        "contributors": [
            {"person_or_org": {"type": "personal", "name": "Doe, John"}, "role": {"id": "editor"}},
            {"person_or_org": {"type": "personal", "name": "Poe, Ann"}, "role": "contactperson"},
            {
                "person_or_org": {"name": "Someone"},
                "role": {"title": {"en": "Data curator"}, "id": "datacurator"},
            },
        ],
        "description": "<p>Energies of \\(10^{15}\\) eV &amp; more.</p>",
        "additional_descriptions": [
            {"description": "By hand.", "type": {"id": "methods"}, "lang": {"id": "eng"}},
            {"description": "Note.", "type": {"id": "notes"}},
        ],
        "publication_date": "2023-05/2023-07",
        "publisher": "A repository",
        "dates": [
            {"date": "2020-01-01/2020-12-31", "type": {"id": "collected"}, "description": "first season"},
            {"date": "2021", "type": {"id": "available", "title": {"en": "Available"}}},
        ],
        "languages": [{"id": "eng", "title": {"en": "English"}}, "deu"],
        "subjects": [
            {"subject": "neutrinos"},
            {"id": "http://astrothesaurus.org/uat/1100", "subject": "Neutrino astronomy", "scheme": "UAT"},
            {"id": "euroscivoc:195", "subject": "physics", "scheme": "EuroSciVoc"},
        ],
        "rights": [
            {
                "id": "cc-by-4.0",
                "title": {"en": "Creative Commons Attribution 4.0 International"},
                "description": {"en": "The licence allows …"},
                "props": {"url": "https://creativecommons.org/licenses/by/4.0/legalcode", "scheme": "spdx"},
            },
            {
                "title": {"en": "House rules"},
                "description": {"en": "Ask first."},
                "link": "https://x.org/rules",
            },
        ],
        "related_identifiers": [
            {
                "identifier": "10.5072/paper",
                "scheme": "doi",
                "relation_type": {"id": "issupplementto"},
                "resource_type": {"id": "publication-article"},
            },
            {"identifier": "10.5072/zzzz1-yyy23", "scheme": "doi", "relation_type": {"id": "isversionof"}},
        ],
        "identifiers": [{"identifier": "LAB-7", "scheme": "other"}],
        "references": [
            {"reference": "Roe (2020), a book."},
            {"reference": "Doe (2021).", "identifier": "10.5072/ref", "scheme": "doi"},
        ],
        "funding": [
            {
                "funder": {"id": "00k4n6c32", "name": "European Commission"},
                "award": {
                    "id": "00k4n6c32::101",
                    "number": "101",
                    "title": {"en": "A project"},
                    "identifiers": [{"scheme": "url", "identifier": "https://cordis.europa.eu/101"}],
                },
            },
            {"award": {"number": "no funder"}},
        ],
        "locations": {
            "features": [
                {"place": "The ice", "geometry": {"type": "Point", "coordinates": [-63.45, -89.99]}},
                {"place": "Nowhere", "geometry": {"type": "Point", "coordinates": [300, 100]}},
            ]
        },
        "sizes": ["11 pages"],
        "formats": ["application/pdf"],
        "version": "v2",
        "copyright": "© 2023 The authors",
    },
    "custom_fields": {
        "code:codeRepository": "https://git.example.org/x",
        "code:programmingLanguage": [{"id": "python", "title": {"en": "Python"}}],
        "journal:journal": {"title": "Journal of Samples", "issn": "2049-3630", "volume": "3"},
        "imprint:imprint": {"title": "A book", "isbn": "978-3-16-148410-0", "pages": "7-9"},
        "thesis:thesis": {
            "university": "A university",
            "supervisors": [{"person_or_org": {"name": "Old, Max"}}],
        },
        "house:beamline": "B7",
    },
    "files": {
        "enabled": True,
        "count": 1,
        "total_bytes": 12,
        "entries": {
            "a b.csv": {
                "key": "a b.csv",
                "size": 12,
                "checksum": "md5:0cc175b9c0f1b6a831c399e269772661",
                "mimetype": "text/csv",
                "metadata": {"note": "kept"},
            }
        },
    },
    "stats": {"all_versions": {"views": 7}},
}


def read(document: Any, prefix: str = "inveniordm", identifier: str = "oai:x:1") -> Mapped:
    form = format_of(prefix)
    assert form.read is not None
    return form.read(copy.deepcopy(document), Provenance(source="s", identifier=identifier, format=prefix))


@pytest.fixture(scope="module")
def mapped() -> Mapped:
    return read(FULL)


@pytest.fixture(scope="module")
def record(mapped: Mapped) -> Record:
    return mapped.record


def test_names_and_texts(record: Record) -> None:
    assert (record.kind, record.type_label) == ("publication", "Data paper")
    assert [(one.value, one.type, one.language) for one in record.titles] == [
        ("Fluxes of neutrinos", "main", None),
        ("Flüsse", "translated", "de"),
        ("A note", "subtitle", None),
    ]
    assert [(one.value, one.type) for one in record.descriptions] == [
        ("Energies of \\(10^{15}\\) eV & more.", "abstract"),
        ("By hand.", "methods"),
        ("Note.", "other"),
    ]
    assert [(one.scheme, one.value, one.role) for one in record.identifiers] == [
        ("doi", "10.5072/abcd1-efg23", "own"),
        ("oai", "oai:repo.example.org:abcd1-efg23", "alternate"),
        ("doi", "10.5072/zzzz1-yyy23", "version-of-concept"),
        ("other", "LAB-7", "alternate"),
    ]
    assert (record.version, record.sizes, record.formats) == ("v2", ("11 pages",), ("application/pdf",))
    assert record.languages == ("en", "de")


def test_agents(record: Record, mapped: Mapped) -> None:
    jane, collaboration = record.creators
    assert (jane.name, jane.given, jane.family, jane.kind, jane.role) == (
        "Roe, Jane",
        "Jane",
        "Roe",
        "person",
        "DataCollector",
    )
    assert [(one.scheme, one.value) for one in jane.identifiers] == [("orcid", "0000-0002-1825-0097")]
    assert "0000-0002-1825-0098" in [issue.value for issue in mapped.issues]
    assert [(one.name, one.scheme, one.identifier) for one in jane.affiliations] == [
        ("CERN", "ror", "01ggx4157"),
        ("An Institute", "ror", "04z8jg394"),
    ]
    assert collaboration.kind == "organisation"
    assert [(one.name, one.role) for one in record.contributors] == [
        ("Doe, John", "Editor"),
        ("Poe, Ann", "ContactPerson"),
        ("Someone", "DataCurator"),
        ("Old, Max", "Supervisor"),
    ]
    assert record.publisher is not None
    assert record.publisher.name == "A repository"


def test_dates_and_coverage(record: Record) -> None:
    assert [(one.kind, one.start, one.end) for one in record.dates][:3] == [
        ("issued", "2023-05", "2023-07"),
        ("collected", "2020-01-01", "2020-12-31"),
        ("available", "2021", "2021"),
    ]
    assert [one.text for one in record.dates[3:]] == ["of the description", "of the description"]
    assert record.coverage is not None
    assert record.coverage.time is not None
    assert record.coverage.time.intervals[0].low == 58849.0
    ice, nowhere = record.coverage.places
    assert ice.point is not None
    assert (ice.name, ice.point.longitude, ice.point.latitude) == ("The ice", -63.45, -89.99)
    assert (nowhere.name, nowhere.point) == ("Nowhere", None)


def test_subjects_rights_and_access(record: Record) -> None:
    assert [(one.label, one.uri, one.scheme) for one in record.subjects] == [
        ("neutrinos", None, None),
        ("Neutrino astronomy", "http://astrothesaurus.org/uat/1100", "UAT"),
        ("physics", None, "EuroSciVoc"),
    ]
    first, second, third = record.rights
    assert first.licence is not None
    assert first.licence.label == "CC-BY-4.0"
    assert (second.text, second.url) == ("House rules", "https://x.org/rules")
    assert third.text == "© 2023 The authors"
    assert record.access is not None
    assert (record.access.right, record.access.until, record.access.how) == (
        "embargoed",
        "2030-01-01",
        "Write to us.",
    )


def test_relations_and_funding(record: Record) -> None:
    assert [(one.type, one.scheme, one.value, one.target_kind) for one in record.relations] == [
        ("IsSupplementTo", "doi", "10.5072/paper", "publication"),
        ("References", "doi", "10.5072/ref", None),
        ("IsPublishedIn", "issn", "2049-3630", None),
        ("IsPublishedIn", "isbn", "9783161484100", None),
        ("IsPartOf", "url", "https://repo.example.org/communities/nu", "collection"),
    ]
    [funding] = record.funding
    assert (
        funding.funder,
        funding.funder_identifier,
        funding.award,
        funding.award_title,
        funding.award_url,
    ) == (
        "European Commission",
        "https://ror.org/00k4n6c32",
        "101",
        "A project",
        "https://cordis.europa.eu/101",
    )


def test_files_and_environment(record: Record) -> None:
    [file] = record.distributions
    assert file.url == "https://repo.example.org/api/records/abcd1-efg23/files/a%20b.csv/content"
    assert (file.title, file.size, file.media_type, file.access) == ("a b.csv", 12, "text/csv", "restricted")
    assert file.checksum is not None
    assert (file.checksum.algorithm, file.checksum.value) == ("md5", "0cc175b9c0f1b6a831c399e269772661")
    assert record.environment is not None
    assert (record.environment.repository, record.environment.languages) == (
        "https://git.example.org/x",
        ("Python",),
    )


def test_the_rest_stays(record: Record, mapped: Mapped) -> None:
    extra = {one.path: one.text for one in record.extra}
    assert (
        extra.items()
        >= {
            "custom_fields.house:beamline": "B7",
            "custom_fields.journal:journal.volume": "3",
            "custom_fields.thesis:thesis.university": "A university",
            "metadata.references[0].reference": "Roe (2020), a book.",
            "metadata.rights[1].description.en": "Ask first.",
            "access.embargo.reason": "A paper is in the making.",
            "files.entries.a b.csv.metadata.note": "kept",
            "versions.index": "2",
        }.items()
    )
    assert not [path for path in extra if path.startswith(("links", "stats"))]
    assert "The award has no funder." in [issue.reason for issue in mapped.issues]
    assert extra["metadata.funding[1].award.number"] == "no funder"


def test_a_search_answer_a_list_and_one_record() -> None:
    form = format_of("inveniordm")
    other = FULL | {"pids": {}, "id": "other"}
    for value in ({"hits": {"hits": [FULL, other], "total": 2}}, [FULL, other]):
        found = list(documents(form, json.dumps(value).encode()))
        assert [name for name, _ in found] == ["oai:repo.example.org:abcd1-efg23", "other"]
    assert len(list(documents(form, json.dumps(FULL).encode()))) == 1
    assert list(documents(form, b'{"hits": {"hits": []}}')) == []


@pytest.mark.parametrize(
    "change",
    [
        {"tombstone": {"removal_reason": {"id": "spam"}, "is_visible": True}},
        {"deletion_status": {"is_deleted": True, "status": "D"}},
        {"deletion_status": {"status": "X"}},
        {"is_deleted": True},
        {"tombstone": {"note": "gone"}, "metadata": None},
    ],
)
def test_tombstones(change: dict[str, Any]) -> None:
    with pytest.raises(RecordWithdrawn, match="withdrawn"):
        read(FULL | change)


@pytest.mark.parametrize("document", [None, 1, "x", [], {}, {"metadata": []}, {"metadata": "x"}])
def test_what_is_no_record(document: Any) -> None:
    with pytest.raises(RecordRefused) as refused:
        read(document)
    assert refused.value.reason


def test_a_record_nested_for_ever() -> None:
    deep: Any = "x"
    for _ in range(5000):
        deep = {"a": deep}
    form = format_of("inveniordm")
    assert form.read is not None
    with pytest.raises(RecordRefused, match="nested"):
        form.read(FULL | {"custom_fields": deep}, Provenance(source="s", identifier="1"))


@pytest.mark.parametrize(
    "wrong", [None, 7, "text", [], {}, [None], [7], ["text"], [[]], [{}], {"x": {"y": 1}}, True]
)
def test_any_field_may_be_of_any_type(wrong: Any) -> None:
    """Nothing of a source is trusted: a field of a wrong type costs at most itself."""
    for name in FULL["metadata"]:
        found = read(FULL | {"metadata": FULL["metadata"] | {name: wrong}}).record
        assert found.title
    for name in FULL:
        if name != "metadata":
            assert read(FULL | {name: wrong}).record.title == "Fluxes of neutrinos"


@pytest.mark.parametrize(
    ("code", "title", "kind", "label"),
    [
        ("software", "Software", "software", None),
        ("software-computationalnotebook", "Computational notebook", "software", "Computational notebook"),
        ("dataset", None, "dataset", None),
        ("publication-article", "Journal article", "publication", "Journal article"),
        ("image-plot", "Plot", "image", "Plot"),
        ("image-figure", "Figure", "image", "Figure"),
        ("workflow", "Workflow", "workflow", None),
        ("lesson", "Lesson", "lesson", None),
        ("poster", "Poster", "document", "Poster"),
        ("physicalobject", "Physical object", "sample", None),
        ("publication-deliverable", "Project deliverable", "publication", "Report/Project deliverable"),
        ("publication-thesis", "Thesis", "publication", "Dissertation"),
        ("publication-taxonomictreatment", None, "publication", "taxonomictreatment"),
        ("invented", "Invented", "other", "Invented"),
    ],
)
def test_types(code: str, title: str | None, kind: str, label: str | None) -> None:
    type_ = {"id": code} | ({"title": {"en": title}} if title else {})
    record = read(FULL | {"metadata": FULL["metadata"] | {"resource_type": type_}}).record
    assert record.kind == kind
    assert record.type_label == label


@pytest.mark.parametrize(
    ("access", "right"),
    [
        ({"record": "public", "files": "public", "status": "open"}, "open"),
        ({"record": "public", "files": "public"}, "open"),
        ({"record": "public", "files": "restricted", "status": "restricted"}, "restricted"),
        ({"record": "public", "files": "restricted"}, "restricted"),
        ({"record": "restricted", "files": "restricted"}, "restricted"),
        ({"record": "public", "files": "public", "status": "metadata-only"}, "metadata-only"),
    ],
)
def test_access(access: dict[str, str], right: str) -> None:
    found = read(FULL | {"access": access}).record.access
    assert found is not None
    assert found.right == right


def test_files_that_were_asked_for_and_codemeta_beside_the_record() -> None:
    listed = {
        "enabled": True,
        "entries": [{"key": "x.txt", "size": 3, "links": {"content": "https://repo.example.org/c"}}],
    }
    codemeta = {
        "@type": "SoftwareSourceCode",
        "name": "x",
        "programmingLanguage": "C++",
        "buildInstructions": "make",
    }
    fault = {"path": "codemeta.json", "reason": "It could not be read."}
    beside = {
        "record": FULL | {"files": {"enabled": True}},
        "files": listed,
        "codemeta": codemeta,
        "faults": [fault],
    }
    mapped = read(beside)
    assert [one.url for one in mapped.record.distributions] == ["https://repo.example.org/c"]
    assert mapped.record.environment is not None
    assert mapped.record.environment.languages == ("Python", "C++")
    extra = {one.path: one.text for one in mapped.record.extra}
    assert extra["codemeta.buildInstructions"] == "make"
    assert ("codemeta.json", "It could not be read.") in [(one.path, one.reason) for one in mapped.issues]


def test_no_address_of_anybody() -> None:
    beside = {
        "record": FULL,
        "codemeta": {"author": [{"name": "Roe, Jane", "email": "jane@example.org"}], "maintainer": "a@b.org"},
    }
    assert "@example.org" not in repr(read(beside))
    assert "a@b.org" not in repr(read(beside))
