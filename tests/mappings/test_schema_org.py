"""schema.org as pages embed it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from catalogue.errors import RecordRefused
from catalogue.record import Mapped, Provenance, Record
from mappings.base import format_of
from mappings.documents import documents, documents_in

FORM = format_of("schema_org")
PROVENANCE = Provenance(source="test", identifier="x")


def read(document: Any) -> Mapped:
    assert FORM.read is not None
    return FORM.read(document, PROVENANCE)


def record(**members: Any) -> Record:
    return read({"@context": "https://schema.org", "@type": "Dataset", "name": "D", **members}).record


def test_a_data_set() -> None:
    found = record(
        **{"@id": "https://doi.org/10.5072/D"},
        identifier={
            "@type": "PropertyValue",
            "propertyID": "https://registry.identifiers.org/registry/doi",
            "value": "10.5072/D",
        },
        url="https://example.org/d",
        alternateName="Short",
        creator=[{"@type": "Organization", "name": "Group"}, "Lund, Ada"],
        publisher={"@type": "Organization", "@id": "https://ror.org/03yrm5c26", "name": "Repository"},
        temporalCoverage="2019-04-26/2019-06-02",
        spatialCoverage={"geo": {"@type": "GeoShape", "box": "-1.5 -100.0 55.0 -50.25"}},
        distribution=[
            {
                "@type": "DataDownload",
                "contentUrl": "https://example.org/d.csv",
                "encodingFormat": "text/csv",
                "contentSize": "1200",
                "sha256": "abc",
            }
        ],
        variableMeasured=[
            {"@type": "PropertyValue", "name": "gain", "unitText": "dB", "minValue": "1", "maxValue": 2}
        ],
        measurementTechnique="drift scan",
        isBasedOn="https://doi.org/10.5072/RAW",
        citation=["Ada Lund (2001), doi:10.5072/PAPER", "Without any address"],
        funding={"@type": "Grant", "identifier": "42", "name": "Project", "funder": {"name": "Fund"}},
        keywords=[
            {"@type": "DefinedTerm", "name": "muon", "inDefinedTermSet": "https://example.org/v"},
            "a, b",
        ],
        license=[{"@id": "https://creativecommons.org/licenses/by/4.0/"}],
        inLanguage={"@type": "Language", "name": "English", "alternateName": "en"},
        datePublished="2020",
    )
    assert [(one.scheme, one.value, one.role) for one in found.identifiers] == [
        ("doi", "10.5072/d", "own"),
        ("url", "https://example.org/d", "alternate"),
    ]
    assert [(one.value, one.type) for one in found.titles] == [("D", "main"), ("Short", "alternative")]
    assert found.coverage is not None and found.coverage.time is not None
    assert found.coverage.time.intervals[0].low == 58599.0
    assert found.coverage.places[0].box == (-100.0, -1.5, -50.25, 55.0)
    [file] = found.distributions
    assert (file.media_type, file.size, file.checksum and file.checksum.algorithm) == (
        "text/csv",
        1200,
        "sha-256",
    )
    [gain] = found.parameters
    assert (gain.name, gain.unit, gain.low, gain.high) == ("gain", "dB", 1.0, 2.0)
    assert [one.label for one in found.techniques] == ["drift scan"]
    assert {(one.type, one.value) for one in found.relations} == {
        ("IsDerivedFrom", "10.5072/raw"),
        ("References", "10.5072/paper"),
    }
    assert ("citation[1]", "Without any address") in [(one.path, one.text) for one in found.extra]
    assert [(one.funder, one.award, one.award_title) for one in found.funding] == [("Fund", "42", "Project")]
    assert [one.label for one in found.subjects] == ["muon", "a, b"]
    assert found.rights[0].licence is not None and found.rights[0].licence.label == "CC-BY-4.0"
    assert found.languages == ("en",)


@pytest.mark.parametrize(
    ("type", "kind"),
    [
        ("Dataset", "dataset"),
        ("https://schema.org/SoftwareSourceCode", "software"),
        ("ScholarlyArticle", "publication"),
        (["Thing", "ImageObject"], "image"),
        ("WebAPI", "service"),
        ("Unheard", "other"),
    ],
)
def test_kinds(type: Any, kind: str) -> None:
    assert record(**{"@type": type}).kind == kind


def test_a_graph_of_several_works() -> None:
    graph = {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "Dataset", "@id": "#a", "name": "A", "creator": {"@id": "#ada"}},
            {"@type": "Dataset", "@id": "#b", "name": "B"},
            {"@type": "Person", "@id": "#ada", "name": "Ada", "affiliation": {"@id": "#i"}},
            {"@type": "Organization", "@id": "#i", "name": "Institute"},
        ],
    }
    found = [read(one).record for _, one in documents_in(FORM, graph)]
    assert [one.title for one in found] == ["A", "B"]
    assert found[0].creators[0].affiliations[0].name == "Institute"
    assert not found[1].creators


@pytest.mark.parametrize(
    "shape", [{"box": "1 2 3"}, {"box": "91 0 95 0"}, {"polygon": "1 2"}, {"latitude": 99, "longitude": 1}]
)
def test_places_that_are_none(shape: dict[str, Any]) -> None:
    mapped = read({"@context": "https://schema.org", "name": "D", "spatialCoverage": {"geo": shape}})
    assert next(issue.path for issue in mapped.issues).startswith("spatialCoverage.geo")


def test_a_circle_of_references_ends() -> None:
    person = {"@id": "#p", "@type": "Person", "name": "P", "affiliation": {"@id": "#p"}}
    found = read(
        {
            "@context": "https://schema.org",
            "@graph": [{"@type": "Dataset", "name": "D", "author": {"@id": "#p"}}, person],
        }
    )
    assert found.record.creators[0].name == "P"


@pytest.mark.parametrize(
    "document",
    [{"@graph": []}, {"@graph": [1, {}]}, {"@graph": [{"@type": "Person", "name": "x"}]}, {}, 1, None],
)
def test_what_is_no_work(document: Any) -> None:
    with pytest.raises(RecordRefused):
        read(document)


@pytest.mark.corpus
def test_the_corpus(shared: Path) -> None:
    count, refused = 0, []
    for path in sorted((shared / "corpus" / "schema-org").iterdir()):
        for _, document in documents(FORM, path.read_bytes()):
            try:
                count += bool(read(document).record.title)
            except RecordRefused as wrong:
                refused.append(f"{path.name}: {wrong.reason}")
    assert count >= 18
    assert all("neither a title nor an identifier" in one for one in refused)
