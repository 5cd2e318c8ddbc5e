"""CodeMeta as it is written: only terms of its context, and read back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from catalogue.record import (
    Access,
    Agent,
    Date,
    Distribution,
    Environment,
    Extra,
    Funding,
    Record,
    Relation,
    Rights,
    Term,
    Text,
)
from mappings.codemeta_writing import CONTEXT, write
from mappings.rights import licence_of
from tests.full_record import full_record
from tests.mappings.corpus_records import every_record
from tests.mappings.strategies import datacite_records
from tests.mappings.test_round_trips import _again, slow
from tests.mappings.test_schema_org_writing import a_record

TERMS = [
    "id",
    "type",
    "affiliation",
    "alternateName",
    "applicationCategory",
    "applicationSubCategory",
    "author",
    "buildInstructions",
    "citation",
    "codeRepository",
    "continuousIntegration",
    "contributor",
    "copyrightHolder",
    "creator",
    "dateCreated",
    "dateModified",
    "datePublished",
    "description",
    "developmentStatus",
    "downloadUrl",
    "editor",
    "embargoEndDate",
    "familyName",
    "fileFormat",
    "fileSize",
    "funder",
    "funding",
    "givenName",
    "hasPart",
    "identifier",
    "installUrl",
    "isAccessibleForFree",
    "isPartOf",
    "issueTracker",
    "keywords",
    "license",
    "maintainer",
    "memoryRequirements",
    "name",
    "operatingSystem",
    "processorRequirements",
    "producer",
    "programmingLanguage",
    "propertyID",
    "provider",
    "publisher",
    "readme",
    "referencePublication",
    "relatedLink",
    "releaseNotes",
    "review",
    "runtimePlatform",
    "sameAs",
    "softwareHelp",
    "softwareRequirements",
    "softwareSuggestions",
    "softwareVersion",
    "sponsor",
    "storageRequirements",
    "supportingData",
    "url",
    "value",
    "version",
]
"""Terms of the context of CodeMeta 3.0, and of schema.org, on which it builds."""


def members(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from members(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from members(inner)


def check(record: Record) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(write(record))
    assert document.pop("@context") == CONTEXT
    assert set(members(document)) <= set(TERMS)
    assert document["type"] in ("SoftwareSourceCode", "CreativeWork")
    assert document["name"]
    return document


KEPT: dict[str, Any] = {
    "descriptions": (Text(value="Finds tracks.", type="abstract"),),
    "creators": (Agent(name="Curie, Marie", given="Marie", family="Curie", kind="person"),),
    "contributors": (Agent(name="Ed", role="Editor"), Agent(name="Mo", role="maintainer")),
    "publisher": Agent(name="Archive", kind="organisation"),
    "dates": (
        Date(kind="created", start="2018", end="2018"),
        Date(kind="issued", start="2019-02-03", end="2019-02-03"),
    ),
    "version": "2.1",
    "sizes": ("3 MB",),
    "formats": ("application/zip",),
    "subjects": (
        Term(label="tracking"),
        Term(label="muons"),
        Term(label="Physics", scheme="applicationCategory"),
    ),
    "rights": (Rights(url="https://spdx.org/licenses/MIT", licence=licence_of("MIT")),),
    "access": Access(right="embargoed", until="2031-02-03"),
    "funding": (Funding(funder="Agency", award="12"),),
    "relations": (
        Relation(type="References", scheme="doi", value="10.5072/2", target_kind="publication", title="P"),
        Relation(type="IsSupplementTo", scheme="doi", value="10.5072/3", target_kind="publication"),
        Relation(type="IsSupplementedBy", scheme="doi", value="10.5072/4", target_kind="dataset"),
    ),
    "environment": Environment(
        languages=("Python 3", "C++"),
        repository="https://example.org/git",
        requirements=("numpy >= 1.20", "memory: 4 GB"),
    ),
    "distributions": (
        Distribution(url="https://example.org/a.zip"),
        Distribution(url="https://example.org/i", title="Installation"),
    ),
    "extra": (
        Extra(path="developmentStatus", text="active"),
        Extra(path="issueTracker", text="https://example.org/i"),
    ),
}


@pytest.mark.parametrize("name", KEPT)
def test_what_it_can_hold_comes_back(name: str) -> None:
    record = a_record(kind="software", **{name: KEPT[name]})
    check(record)
    again = getattr(_again(record, "codemeta"), name)
    assert again == KEPT[name] if name != "extra" else set(again) == set(KEPT[name])


def test_several_funders_are_told_apart() -> None:
    two = (Funding(funder="Agency", award="12"), Funding(funder="Council", award="3", award_title="Light"))
    document = check(a_record(kind="software", funding=two))
    assert [one["name"] for one in document["funder"]] == ["Agency", "Council"]
    assert document["funding"] == ["Agency: 12", "Council: 3 Light"]


@slow
@given(datacite_records())
def test_any_record(record: Record) -> None:
    check(record)


def test_every_field_and_hostile_text() -> None:
    check(full_record())
    check(full_record(lambda path: f'"\\</script>\x00\ufffe\u2028<>{{}}|{path}'))


@pytest.mark.corpus
def test_the_corpus(shared: Path) -> None:
    for record in every_record(shared):
        check(record)


@pytest.mark.corpus
def test_real_codemeta_comes_back(shared: Path) -> None:
    for record in every_record(shared):
        if record.provenance.format != "codemeta":
            continue
        again = _again(record, "codemeta")
        where = record.provenance.identifier
        assert again.title == record.title, where
        for name in ("kind", "version", "environment"):
            found, before = getattr(again, name), getattr(record, name)
            if name == "environment" and before is not None:
                before = Environment(
                    languages=before.languages,
                    repository=before.repository if "://" in (before.repository or "") else None,
                    requirements=before.requirements,
                )
                found = found or Environment()
            assert found == before, where
        assert {one.label for one in again.subjects} == {one.label for one in record.subjects}, where
        assert [one.name for one in again.creators] == [one.name for one in record.creators], where
        assert {(one.scheme, one.value) for one in again.identifiers} >= {
            (one.scheme, one.value) for one in record.identifiers if one.role == "own"
        }, where
