"""Several descriptions of one repository as one record."""

from __future__ import annotations

import json
from typing import Any

import pytest

from catalogue.errors import RecordRefused
from catalogue.record import Mapped, Provenance
from mappings.base import format_of

FORM = format_of("software_repository")
CODEMETA = {
    "@context": "https://w3id.org/codemeta/3.0",
    "name": "Tracker",
    "version": "2.0",
    "license": "https://spdx.org/licenses/MIT",
    "author": [{"givenName": "Ada", "familyName": "Lund"}],
    "keywords": ["muons"],
    "datePublished": "2023-01-01",
}
CFF = """
cff-version: 1.2.0
title: The Tracker
version: 1.9
license: Apache-2.0
doi: 10.5072/tracker
date-released: 2022-12-31
keywords: [Muons, tracks]
authors:
  - {family-names: Lund, given-names: Ada, orcid: 0000-0002-1825-0097, affiliation: Institute}
  - {family-names: Berg, given-names: Bo}
"""
GITHUB = {
    "id": 5,
    "name": "tracker",
    "full_name": "group/tracker",
    "description": "About it",
    "html_url": "https://hub.example.org/group/tracker",
    "homepage": "https://tracker.example.org",
    "language": "C++",
    "license": {"spdx_id": "GPL-3.0-only"},
    "topics": ["physics"],
    "pushed_at": "2024-02-02T00:00:00Z",
    "created_at": "2019-01-01T00:00:00Z",
    "archived": True,
    "parent": {"html_url": "https://hub.example.org/origin/tracker"},
    "owner": {"login": "group"},
}


def read(files: dict[str, Any], repository: Any = None, **more: Any) -> Mapped:
    assert FORM.read is not None
    texts = {
        name: {"text": text if isinstance(text, str) else json.dumps(text)} for name, text in files.items()
    }
    document = {"repository": repository, "files": texts, **more}
    return FORM.read(document, Provenance(source="test", identifier="https://hub.example.org/api/5"))


def test_the_first_says_and_the_others_fill_in() -> None:
    found = read({"codemeta.json": CODEMETA, "CITATION.cff": CFF}, GITHUB, workflows=["Snakefile"]).record
    assert (found.title, found.version) == ("Tracker", "2.0")
    assert [one.licence.label for one in found.rights if one.licence] == ["MIT"]
    [ada] = found.creators
    assert (ada.identifiers[0].value, ada.affiliations[0].name) == ("0000-0002-1825-0097", "Institute")
    assert ("doi", "10.5072/tracker", "own") in [
        (one.scheme, one.value, one.role) for one in found.identifiers
    ]
    assert {one.label for one in found.subjects} == {"muons", "tracks", "physics"}
    assert found.environment is not None
    assert found.environment.languages == ("C++",)
    assert found.environment.specification == "Snakefile"
    extra = {(one.path, one.text) for one in found.extra}
    assert {
        ("CITATION.cff:version", "1.9"),
        ("CITATION.cff:title", "The Tracker"),
        ("CITATION.cff:creator", "Berg, Bo"),
        ("CITATION.cff:date.issued", "2022-12-31"),
        ("repository:archived", "true"),
    } <= extra
    assert any(path == "CITATION.cff:rights" and "Apache" in text for path, text in extra)
    assert ("IsDerivedFrom", "https://hub.example.org/origin/tracker") in [
        (one.type, one.value) for one in found.relations
    ]
    assert found.id and found.provenance.identifier == "https://hub.example.org/api/5"


def test_a_workflow_alone_has_the_name_of_its_repository() -> None:
    found = read({"reana.yaml": "workflow: {type: cwl, file: w.cwl}"}, GITHUB).record
    assert (found.kind, found.title) == ("workflow", "tracker")
    assert found.environment is not None and set(found.environment.languages) == {"CWL", "C++"}


def test_the_host_alone() -> None:
    found = read({}, GITHUB).record
    assert (found.kind, found.title) == ("software", "tracker")
    assert {one.kind for one in found.dates} == {"created", "updated"}


def test_what_is_wrong_with_one_file_costs_no_other() -> None:
    mapped = read(
        {"codemeta.json": "{", "CITATION.cff": CFF}, GITHUB, problems=[["reana.yaml", "It is binary."]]
    )
    assert mapped.record.title == "The Tracker"
    assert [issue.path for issue in mapped.issues] == ["reana.yaml", "codemeta.json"]
    assert all(issue.identifier == "https://hub.example.org/api/5" for issue in mapped.issues)


@pytest.mark.parametrize(
    "document", [{}, {"files": []}, {"files": {}}, [], {"files": {"codemeta.json": "x"}}]
)
def test_what_describes_nothing_is_refused(document: Any) -> None:
    assert FORM.read is not None
    with pytest.raises(RecordRefused):
        FORM.read(document, Provenance(source="test", identifier="x"))


@pytest.mark.parametrize("value", [None, 1, [], [[1]], {}, {"a": {"b": 1}}, "x"])
def test_values_of_every_type_in_every_place(value: Any) -> None:
    facts = {name: value for name in GITHUB if name != "name"} | {"name": "n"}
    assert read({}, facts, workflows=value, problems=value).record.title == "n"
