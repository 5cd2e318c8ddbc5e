"""Citation File Format."""

from __future__ import annotations

from typing import Any

import pytest

from catalogue.errors import RecordRefused
from catalogue.record import Mapped, Provenance
from mappings.base import format_of, parse

FORM = format_of("cff")
WHOLE = """
cff-version: 1.2.0
message: Cite it.
title: "Tracker: muons"
abstract: Tracks muons.
type: software
version: 1.10
date-released: 2021-08-11
doi: 10.5072/ABC
license: [MIT, Apache-2.0]
repository-code: https://git.example.org/g/p
url: https://tracker.example.org
commit: 1ff847d81f29c45a3a1a5ce73d38e45c2f319bba
keywords: [muons, tracks]
identifiers:
  - {type: swh, value: "swh:1:dir:bc286860f423ea7ced246ba7458eef4b4541cf2d", description: Archived}
  - {type: other, value: internal-17}
authors:
  - {family-names: Berg, given-names: Ada, name-particle: van der, orcid: "https://orcid.org/0000-0002-1825-0097",
     affiliation: Institute, email: ada@example.org}
  - {name: The Group, website: "https://group.example.org"}
  - {given-names: Wrong, family-names: Orcid, orcid: "https://orcid.org/0000-0000-0000-0000"}
preferred-citation:
  type: article
  title: The paper
  doi: 10.5072/PAPER
  authors: [{family-names: Berg}]
references:
  - {type: software, title: numpy, doi: 10.5072/numpy}
  - {type: book, title: Without address}
"""


def read(text: str) -> Mapped:
    assert FORM.read is not None
    return FORM.read(parse(FORM, text.encode()), Provenance(source="test", identifier="x"))


def test_a_whole_file() -> None:
    mapped = read(WHOLE)
    found = mapped.record
    assert (found.kind, found.title, found.version) == ("software", "Tracker: muons", "1.10")
    assert [one.name for one in found.creators] == ["van der Berg, Ada", "The Group", "Orcid, Wrong"]
    assert found.creators[0].affiliations[0].name == "Institute"
    assert found.creators[0].identifiers[0].value == "0000-0002-1825-0097"
    assert found.creators[1].kind == "organisation"
    assert [issue.path for issue in mapped.issues] == ["authors[2].orcid"]
    roles = {(one.scheme, one.role) for one in found.identifiers}
    assert {("doi", "own"), ("swhid", "own"), ("other", "alternate")} <= roles
    assert {one.licence.label for one in found.rights if one.licence} == {"MIT", "Apache-2.0"}
    assert found.dates[0].start == "2021-08-11"
    assert [(one.type, one.value, one.target_kind) for one in found.relations] == [
        ("IsSupplementTo", "10.5072/paper", "publication"),
        ("References", "10.5072/numpy", "software"),
    ]
    assert "Without address" in [one.text for one in found.extra]
    assert "ada@" not in repr(found)


def test_data_sets_and_old_versions() -> None:
    assert read("cff-version: 1.2.0\ntype: dataset\ntitle: D\nauthors: []\n").record.kind == "dataset"
    old = read(
        "cff-version: 1.0.3\ntitle: Old\nauthors: {family-names: A}\ndate-released: 2017-12-11\n"
    ).record
    assert old.creators[0].name == "A"


@pytest.mark.parametrize("text", ["- a", "3", "a: b", ""])
def test_what_is_no_citation_file(text: str) -> None:
    with pytest.raises(RecordRefused):
        read(text)


@pytest.mark.parametrize("value", ["null", "1", "[]", "{}", "[[1]]", "[{a: {b: 1}}]", "x"])
def test_values_of_every_type_in_every_place(value: str) -> None:
    names = (
        "authors",
        "doi",
        "identifiers",
        "license",
        "keywords",
        "preferred-citation",
        "references",
        "contact",
    )
    text = "cff-version: 1.2.0\ntitle: T\n" + "".join(f"{name}: {value}\n" for name in names)
    assert read(text).record.title == "T"


def test_recognised_by_its_version() -> None:
    recognises: Any = FORM.recognises
    assert recognises({"cff-version": "1.2.0"})
    assert not recognises(["cff-version"])


def test_the_name_of_all_versions_is_not_that_of_this_one() -> None:
    text = """
cff-version: 1.2.0
title: Tracker
identifiers:
  - {type: doi, value: 10.5072/one, description: This version}
  - {type: doi, value: 10.5072/all, description: The concept DOI}
"""
    roles = {one.value: one.role for one in read(text).record.identifiers}
    assert roles == {"10.5072/one": "own", "10.5072/all": "version-of-concept"}
    alone = read(
        "cff-version: 1.2.0\ntitle: T\nidentifiers: [{type: doi, value: 10.5072/all, description: concept}]"
    )
    assert [one.role for one in alone.record.identifiers] == ["own"]
