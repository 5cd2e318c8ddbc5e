"""The sets of the provider: by source, type, subject and query; in lists, headers and ListSets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from catalogue.errors import SettingsError
from tests.web.oai_repository import OAI, Repository, dublin_core, id_of
from web.oai_sets import SPEC, curated_sets, slug

NEUTRINOS = """
[[set]]
spec = "messenger:neutrino"
name = "Neutrinos"
query = "neutrino -muon"
description = "Records that speak of neutrinos & <not> of muons"
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    return {"database_url": url, "home": str(tmp_path)}


def opened(home: dict[str, str], toml: str = "", **more: str) -> Repository:
    path = Path(home["home"])
    (path / "almagest.toml").write_text(toml)
    return Repository(path, database_url=home["database_url"], **{"oai_page_size": "2", **more})


@pytest.fixture
def repository(home: dict[str, str]) -> Iterator[Repository]:
    made = opened(home, NEUTRINOS)
    made.add_source("ark")
    yield made
    made.close()


def fill(repository: Repository) -> None:
    repository.put(
        dublin_core("a", "Neutrino flux", subject="Dark matter;Neutrinos"),
        dublin_core("b", "Muon and neutrino", subject="dark-matter"),
        dublin_core("c", "Steel", subject="γ-rays"),
    )
    repository.put(dublin_core("d", "Neutrinos again"), source="ark")


A, B, C = id_of("a"), id_of("b"), id_of("c")
D = id_of("d", "ark")


@pytest.mark.parametrize("followed", [True, False])
def test_lists_of_sets(repository: Repository, followed: bool) -> None:
    fill(repository)
    if followed:
        repository.follow()
    assert repository.identifiers(set="source:zoo") == [A, B, C]
    assert repository.identifiers(set="source:ark") == [D]
    assert repository.identifiers(set="type:dataset") == [A, B, C, D]
    assert repository.identifiers(set="subject:dark-matter") == [A, B]
    assert repository.identifiers(set=f"subject:{slug('γ-rays')}") == [C]
    assert repository.identifiers(set="messenger:neutrino") == [A, D]
    # A node holds what its branches hold.
    assert repository.identifiers(set="source") == repository.identifiers(set="type") == [A, B, C, D]
    assert repository.identifiers(set="subject") == [A, B, C]
    assert repository.identifiers(set="source:zoo", metadataPrefix="datacite") == [A, B, C]
    assert repository.identifiers(set="source:zoo", metadataPrefix="original_oai_dc") == [A, B, C]
    assert repository.error(verb="ListRecords", metadataPrefix="oai_dc", set="messenger") == "noRecordsMatch"
    assert (
        repository.error(verb="ListRecords", metadataPrefix="oai_dc", set="type:sample") == "noRecordsMatch"
    )


def test_the_length_of_a_set_is_told_when_it_is_known(repository: Repository) -> None:
    fill(repository)
    asked = {"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "source:zoo"}
    assert repository.ask(**asked).find(f".//{OAI}resumptionToken").get("completeListSize") is None
    repository.follow()
    assert repository.ask(**asked).find(f".//{OAI}resumptionToken").get("completeListSize") == "3"


def test_headers_tell_the_sets(repository: Repository) -> None:
    fill(repository)
    for _ in range(2):
        (page, *_) = repository.walk(metadataPrefix="oai_dc")
        header = next(page.iter(OAI + "header"))
        assert [spec.text for spec in header.iter(OAI + "setSpec")] == [
            "source:zoo",
            "type:dataset",
            "subject:dark-matter",
            "subject:neutrinos",
            "messenger:neutrino",
        ]
        repository.follow()


@pytest.mark.parametrize("followed", [True, False])
def test_a_tombstone_stays_in_the_sets_that_the_record_was_in(repository: Repository, followed: bool) -> None:
    fill(repository)
    repository.put(dublin_core("a", deleted=True))
    if followed:
        repository.follow()
    for spec in ("source:zoo", "subject:neutrinos", "messenger:neutrino", "type:dataset"):
        assert "-" + A in repository.identifiers(set=spec)
    repository.put(dublin_core("a", "Iron", subject="Dark matter"))
    assert repository.identifiers(set="messenger:neutrino") == [D]
    assert repository.identifiers(set="subject:neutrinos") == []
    assert repository.identifiers(set="subject:dark-matter") == [B, A]


def test_a_change_of_the_definition_counts_at_once(home: dict[str, str]) -> None:
    first = opened(home, NEUTRINOS)
    first.put(dublin_core("a", "Neutrino"), dublin_core("c", "Steel"))
    first.follow()
    first.close()
    second = opened(home, NEUTRINOS.replace("neutrino -muon", "steel"))
    assert second.identifiers(set="messenger:neutrino") == [C]
    header = next(second.walk(metadataPrefix="oai_dc")[0].iter(OAI + "header"))
    assert [spec.text for spec in header.iter(OAI + "setSpec")] == ["source:zoo", "type:dataset"]
    assert second.follow() == 2
    assert second.identifiers(set="messenger:neutrino") == [C]
    second.close()
    third = opened(home)
    assert (
        third.error(verb="ListRecords", metadataPrefix="oai_dc", set="messenger:neutrino") == "noRecordsMatch"
    )
    third.follow()
    specs = [spec.text for page in third.walk("ListSets") for spec in page.iter(OAI + "setSpec")]
    assert "messenger:neutrino" not in specs
    third.close()


def test_a_token_of_a_set_that_is_no_more(home: dict[str, str]) -> None:
    first = opened(home, NEUTRINOS)
    first.put(*(dublin_core(name, "Neutrino") for name in "abc"))
    page = first.ask(verb="ListRecords", metadataPrefix="oai_dc", set="messenger:neutrino")
    token = page.findtext(f".//{OAI}resumptionToken")
    first.close()
    second = opened(home)
    assert second.error(verb="ListRecords", resumptionToken=token) == "badResumptionToken"
    second.close()


def test_list_sets_by_the_page(repository: Repository) -> None:
    fill(repository)
    repository.follow()
    pages = repository.walk("ListSets")
    names = {one.findtext(OAI + "setSpec"): one for page in pages for one in page.iter(OAI + "set")}
    assert len(pages) == 3
    assert len(names) == sum(len(list(page.iter(OAI + "set"))) for page in pages)
    assert names.keys() == {
        *("source", "type", "subject", "messenger:neutrino"),
        *("source:zoo", "source:ark", "type:dataset"),
        *("subject:dark-matter", "subject:neutrinos", f"subject:{slug('γ-rays')}"),
    }
    assert names["messenger:neutrino"].findtext(OAI + "setName") == "Neutrinos"
    description = "".join(names["messenger:neutrino"].find(OAI + "setDescription").itertext())
    assert description == "Records that speak of neutrinos & <not> of muons"
    assert names["subject:dark-matter"].findtext(OAI + "setName") == "Subject: Dark matter"
    harvested = "".join(names["source:zoo"].find(OAI + "setDescription").itertext())
    assert "http://zoo.example.org/oai" in harvested
    assert pages[-1].find(f".//{OAI}resumptionToken").text is None


def test_list_sets_of_an_empty_repository(repository: Repository) -> None:
    (page,) = repository.walk("ListSets")
    assert [spec.text for spec in page.iter(OAI + "setSpec")] == [
        *("source", "type", "subject", "messenger:neutrino")
    ]


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("Dark matter", "dark-matter"),
        ("Dark-Matter ", "dark-matter"),
        ("Élan & co.", "elan-co"),
        ("H₂O", "h2o"),
    ],
)
def test_slugs(label: str, expected: str) -> None:
    assert slug(label) == expected


@pytest.mark.parametrize("label", ["γ-rays", "宇宙", "!!!", "x" * 500, "a:b", "<a>", "\x00", "Ωmega", "½"])
def test_any_label_becomes_a_legal_spec(label: str) -> None:
    assert SPEC.fullmatch("subject:" + slug(label))
    assert len(slug(label)) < 100
    assert slug(label) != slug(label + "z")


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ({}, "needs «spec»"),
        ({"spec": "a b", "name": "n", "query": "q"}, "cannot be a set's spec"),
        ({"spec": "source:x", "name": "n", "query": "q"}, "choose another spec"),
        ({"spec": "x", "name": "n", "query": 3}, "needs «query»"),
        ({"spec": "x", "name": "n", "query": "q", "quarry": "q"}, "no «quarry»"),
    ],
)
def test_wrong_sets_in_the_settings(table: dict[str, object], reason: str) -> None:
    with pytest.raises(SettingsError, match=reason):
        curated_sets([table])
    with pytest.raises(SettingsError, match="two sets"):
        curated_sets([{"spec": "x", "name": "n", "query": "q"}] * 2)


def test_a_wrong_query_of_a_set_is_named(tmp_path: Path) -> None:
    home = {"home": str(tmp_path), "database_url": ""}
    with pytest.raises(SettingsError, match="messenger:neutrino"):
        opened(home, NEUTRINOS.replace("neutrino -muon", "year:abc")).follow()
