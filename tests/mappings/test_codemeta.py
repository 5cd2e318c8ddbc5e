"""CodeMeta 1 to 3 as repositories really have it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from catalogue.errors import RecordRefused
from catalogue.record import Mapped, Provenance, Record
from mappings.base import format_of
from mappings.documents import documents, documents_in

FORM = format_of("codemeta")
PROVENANCE = Provenance(source="test", identifier="https://git.example.org/g/p")


def read(**members: Any) -> Mapped:
    document = {
        "@context": "https://w3id.org/codemeta/3.0",
        "@type": "SoftwareSourceCode",
        "name": "P",
        **members,
    }
    assert FORM.read is not None
    return FORM.read(document, PROVENANCE)


def record(**members: Any) -> Record:
    return read(**members).record


def test_a_whole_description() -> None:
    found = record(
        identifier="https://doi.org/10.5072/ABC",
        description="Tracks <b>muons</b>.",
        author=[
            {
                "@type": "Person",
                "@id": "https://orcid.org/0000-0002-1825-0097",
                "givenName": "Ada",
                "familyName": "Lund",
                "email": "ada@example.org",
                "affiliation": {
                    "@type": "Organization",
                    "@id": "https://ror.org/03yrm5c26",
                    "name": "Institute",
                },
            }
        ],
        license="https://spdx.org/licenses/MIT",
        version="1.2",
        programmingLanguage=[{"@type": "ComputerLanguage", "name": "Python", "version": "3.11"}, "C++"],
        codeRepository="https://git.example.org/g/p",
        softwareRequirements=["numpy >= 1.2", {"name": "root", "version": "6.30"}],
        referencePublication={
            "@type": "ScholarlyArticle",
            "@id": "https://doi.org/10.5072/PAPER",
            "name": "Paper",
        },
        downloadUrl="https://git.example.org/p.tar.gz",
        dateCreated="2019-01-02",
        dateModified="2022-07-21T13:17:06Z+0200",
        developmentStatus="https://www.repostatus.org/#active",
        funder={"@type": "Organization", "@id": "https://ror.org/00k4n6c32", "name": "Commission"},
        funding="654321",
        keywords="muons, tracks",
    )
    assert found.kind == "software"
    assert next((one.scheme, one.value, one.role) for one in found.identifiers) == (
        "doi",
        "10.5072/abc",
        "own",
    )
    [ada] = found.creators
    assert (ada.name, ada.kind, ada.identifiers[0].value) == ("Lund, Ada", "person", "0000-0002-1825-0097")
    assert (ada.affiliations[0].name, ada.affiliations[0].scheme) == ("Institute", "ror")
    assert found.rights[0].licence is not None and found.rights[0].licence.label == "MIT"
    assert found.environment is not None
    assert found.environment.languages == ("Python 3.11", "C++")
    assert found.environment.requirements == ("numpy >= 1.2", "root 6.30")
    assert [(one.type, one.value, one.title) for one in found.relations] == [
        ("IsSupplementTo", "10.5072/paper", "Paper")
    ]
    assert [(one.funder, one.award) for one in found.funding] == [("Commission", "654321")]
    assert [one.label for one in found.subjects] == ["muons", "tracks"]
    assert {(one.kind, (one.start or "")[:10]) for one in found.dates} == {
        ("created", "2019-01-02"),
        ("updated", "2022-07-21"),
    }
    assert [(one.path, one.text) for one in found.extra] == [("developmentStatus", "active")]
    assert "example.org" in found.distributions[0].url
    assert "ada@" not in repr(found)


def test_codemeta_1() -> None:
    found = record(
        agents=[
            {
                "@id": "https://orcid.org/0000-0002-1825-0097",
                "name": "Ada Lund",
                "role": {"roleCode": "creator"},
            },
            {"@type": "organization", "name": "University", "role": {"roleCode": "copyrightHolder"}},
        ],
        licenseId="Apache-2.0",
        depends=[{"name": "export_fig", "version": "1.99", "packageSystem": "https://example.org"}],
        relationships={
            "relationshipType": "isPartOf",
            "relatedIdentifier": "urn:uuid:f1a0a7af-ecf3-4c7d-b675-7c6949963995",
        },
        relatedPublications=["DOI:10.5072/paper"],
        embargoDate="2034-08-06T10:00:01Z",
    )
    assert [one.name for one in found.creators] == ["Ada Lund"]
    assert [(one.name, one.role) for one in found.contributors] == [("University", "RightsHolder")]
    assert found.rights[0].licence is not None
    assert found.environment is not None and found.environment.requirements == ("export_fig 1.99",)
    assert {one.type for one in found.relations} == {"IsPartOf", "IsSupplementTo"}
    assert found.access is not None and found.access.until == "2034-08-06"


def test_the_spellings_of_json_ld() -> None:
    assert FORM.read is not None
    document = {
        "@context": ["https://doi.org/10.5063/schema/codemeta-2.0"],
        "type": "schema:SoftwareSourceCode",
        "id": "https://doi.org/10.5072/x",
        "schema:name": {"@value": "Named", "@language": "en"},
        "codemeta:referencePublication": "https://doi.org/10.5072/p",
        "author": {"@list": [{"@id": "_:a"}]},
        "maintainer": {"@id": "_:a", "@type": "Person", "name": "Ada Lund"},
        "softwareRequirements": {"1": {"name": "R", "version": ">= 3"}, "2": {"name": "curl"}},
    }
    found = FORM.read(document, PROVENANCE).record
    assert found.title == "Named"
    assert found.identifiers[0].value == "10.5072/x"
    assert [one.name for one in found.creators] == ["Ada Lund"]
    assert found.environment is not None and found.environment.requirements == ("R >= 3", "curl")


def test_a_mere_name_joins_no_records() -> None:
    assert [one.role for one in record(identifier="test").identifiers] == ["alternate"]


def test_a_role_is_not_an_author() -> None:
    found = record(
        author=[{"@type": "Person", "name": "Ada"}, {"@type": "Role", "roleName": "Lead", "author": "_:x"}]
    )
    assert [one.name for one in found.creators] == ["Ada"]
    assert "Lead" in [one.text for one in found.extra]


def test_several_programs_in_one_file() -> None:
    listed = [{"@context": "https://w3id.org/codemeta/3.0", "name": str(number)} for number in range(3)]
    assert len(list(documents(FORM, orjson.dumps(listed)))) == 3
    graph = {
        "@context": "https://w3id.org/codemeta/3.0",
        "@graph": [
            {"@type": "SoftwareSourceCode", "name": "A", "author": {"@id": "#ada"}},
            {"@type": "SoftwareSourceCode", "name": "B"},
            {"@type": "Person", "@id": "#ada", "name": "Ada"},
        ],
    }
    assert FORM.read is not None
    found = [FORM.read(one, PROVENANCE).record for _, one in documents_in(FORM, graph)]
    assert [(one.title, len(one.creators)) for one in found] == [("A", 1), ("B", 0)]


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ([], "no JSON object"),
        ("text", "no JSON object"),
        ({"name": "package", "version": "1"}, "@context"),
        ({"$schema": "http://json-schema.org/draft-04/schema#", "properties": {}}, "JSON Schema"),
        ({"@context": "x", "descriptionn": "y"}, "neither a title nor an identifier"),
    ],
)
def test_what_is_no_codemeta(document: Any, why: str) -> None:
    assert FORM.read is not None
    with pytest.raises(RecordRefused, match=why):
        FORM.read(document, PROVENANCE)


def test_nesting_without_end_is_refused() -> None:
    value: Any = "x"
    for _ in range(900):
        value = {"author": [value]}
    with pytest.raises(RecordRefused, match="nested"):
        read(author=value)


@pytest.mark.parametrize(
    "value", [None, 1, True, [], {}, [[]], [None], {"@id": 5}, [{"name": [1, {"a": 2}]}], "\0"]
)
def test_values_of_every_type_in_every_place(value: Any) -> None:
    names = (
        *(
            "identifier",
            "author",
            "contributor",
            "license",
            "version",
            "programmingLanguage",
            "codeRepository",
        ),
        *("softwareRequirements", "referencePublication", "downloadUrl", "dateCreated", "funder", "funding"),
        *(
            "keywords",
            "citation",
            "hasPart",
            "distribution",
            "publisher",
            "inLanguage",
            "description",
            "agents",
        ),
        *(
            "relationships",
            "variableMeasured",
            "spatialCoverage",
            "temporalCoverage",
            "hasSourceCode",
            "@type",
        ),
    )
    assert record(**dict.fromkeys(names, value)).title == "P"


@pytest.mark.corpus
def test_of_the_corpus_only_what_is_no_codemeta_is_refused(shared: Path) -> None:
    refused = {}
    count = 0
    assert FORM.read is not None
    for path in sorted((shared / "corpus" / "codemeta").iterdir()):
        for _, document in documents(FORM, path.read_bytes()):
            try:
                found = FORM.read(document, Provenance(source="corpus", identifier=path.name)).record
            except RecordRefused as wrong:
                refused[path.name] = wrong.reason
            else:
                count += 1
                assert found.kind in {"software", "workflow"}, path.name
    assert len(refused) <= 5, refused
    assert count >= 170


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "name", ["author", "identifier", "sameAs", "name", "description", "keywords", "license"]
)
def test_lists_without_measure_take_no_hours(name: str) -> None:
    values = [f"value {number}" for number in range(30_000)]
    found = record(**{name: values, "version": "1"})
    assert found.version == "1"
    assert len(found.subjects) <= 10_000
