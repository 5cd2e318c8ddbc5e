"""A product is given once, by every exit, and each source keeps its own view."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from catalogue.curation import Curation
from catalogue.following import follow
from catalogue.opening import Catalogue
from catalogue.record import RawRecord, record_id
from catalogue.runs import now
from tests.web.oai_repository import DC, OAI, Repository
from web.app import create_app
from web.followers import followers

DOI = "10.5072/same"
FIRST, SECOND = record_id("zoo", "a"), record_id("farm", "b")


def record(identifier: str, title: str, doi: str, *, deleted: bool = False) -> RawRecord:
    """A Dublin Core record with this own DOI."""
    root = 'xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    inside = f"<dc:title>{title}</dc:title><dc:identifier>https://doi.org/{doi}</dc:identifier>"
    data = f"<oai_dc:dc {root}>{inside}</oai_dc:dc>".encode()
    return RawRecord(identifier=identifier, format="oai_dc", data=b"" if deleted else data, deleted=deleted)


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    """One source with two records, another that tells of one of them too."""
    opened = Repository(tmp_path)
    opened.add_source("farm")
    opened.put(record("a", "Alpha", DOI), record("c", "Gamma", "10.5072/other"))
    opened.put(record("b", "Beta", DOI), source="farm")
    yield opened
    opened.catalogue.close()


@pytest.fixture
def client(repository: Repository) -> FlaskClient:
    """The pages and REST of that catalogue, indexed."""
    follow(repository.catalogue, followers(repository.catalogue))
    return create_app(repository.catalogue).test_client()


def listed(root: Any) -> dict[str, str | None]:
    """Identifier → title of each record (``None``: deleted)."""
    return {
        entry.findtext(f"{OAI}header/{OAI}identifier").removeprefix("oai:x.org:"): entry.findtext(
            f".//{DC}title"
        )
        for entry in root.iter(f"{OAI}record")
    }


def product_of(catalogue: Catalogue) -> str:
    return next(change.id for change in catalogue.store.walk() if change.members)


def test_oai_lists_the_product_once_and_its_first_record_as_gone(repository: Repository) -> None:
    product = product_of(repository.catalogue)
    for turn in range(2):
        found = listed(repository.ask(verb="ListRecords", metadataPrefix="oai_dc"))
        assert found == {FIRST: None, product: "Alpha", record_id("zoo", "c"): "Gamma"}, turn
        repository.follow()
    root = repository.ask(verb="GetRecord", metadataPrefix="oai_dc", identifier=f"oai:x.org:{product}")
    assert listed(root) == {product: "Alpha"}


@pytest.mark.parametrize("followed", [False, True])
def test_the_set_of_a_source_has_its_own_view(repository: Repository, followed: bool) -> None:
    if followed:
        repository.follow()
    farm = listed(repository.ask(verb="ListRecords", metadataPrefix="oai_dc", set="source:farm"))
    assert farm == {f"farm/{SECOND}": "Beta"}
    zoo = listed(repository.ask(verb="ListRecords", metadataPrefix="oai_dc", set="source:zoo"))
    assert zoo == {f"zoo/{FIRST}": "Alpha", FIRST: None, record_id("zoo", "c"): "Gamma"}
    view = f"oai:x.org:farm/{SECOND}"
    assert listed(repository.ask(verb="GetRecord", metadataPrefix="oai_dc", identifier=view)) == {
        f"farm/{SECOND}": "Beta"
    }
    original = repository.ask(verb="GetRecord", metadataPrefix="original_oai_dc", identifier=view)
    assert listed(original) == {f"farm/{SECOND}": "Beta"}


def test_a_deleted_member_is_gone_from_its_source_only(repository: Repository) -> None:
    product = product_of(repository.catalogue)
    repository.put(record("b", "", DOI, deleted=True), source="farm")
    repository.follow()
    farm = listed(repository.ask(verb="ListRecords", metadataPrefix="oai_dc", set="source:farm"))
    assert farm == {f"farm/{SECOND}": None}
    assert listed(repository.ask(verb="ListRecords", metadataPrefix="oai_dc"))[product] == "Alpha"


def test_search_finds_the_product_once_under_both_sources(
    client: FlaskClient, repository: Repository
) -> None:
    product = product_of(repository.catalogue)
    for query in ("", "source=zoo", "source=farm", f"q={DOI}"):
        answer = client.get(f"/api/v1/records?{query}").json
        assert [hit["id"] for hit in answer["hits"]].count(product) == 1, query
    counts = {one["value"]: one["count"] for one in client.get("/api/v1/records").json["facets"]["source"]}
    assert counts == {"zoo": 2, "farm": 1}


def test_rest_tells_who_said_what(client: FlaskClient, repository: Repository) -> None:
    product = product_of(repository.catalogue)
    answer = client.get(f"/api/v1/records/{product}").json
    assert answer["titles"][0]["value"] == "Alpha"
    assert [(one["source"], one["identifier"]) for one in answer["product"]["members"]] == [
        ("zoo", "a"),
        ("farm", "b"),
    ]
    assert answer["product"]["said"]["identifiers"] == [["zoo", "farm"]]
    assert answer["product"]["said"]["titles"] == [["zoo"]]
    for member, title in zip(answer["product"]["members"], ("Alpha", "Beta"), strict=True):
        path = member["record"].partition("localhost:8080")[2]
        assert client.get(path).json["titles"][0]["value"] == title
        assert client.get(member["raw"].partition("localhost:8080")[2]).status_code == 200


@pytest.mark.parametrize("id", [FIRST, SECOND])
def test_a_joined_record_leads_to_its_product(client: FlaskClient, repository: Repository, id: str) -> None:
    product = product_of(repository.catalogue)
    for path in ("/records/{}", "/records/{}.json", "/api/v1/records/{}"):
        answer = client.get(path.format(id))
        assert answer.status_code == 307
        told = f"?joined={id}" if path == "/records/{}" else ""
        assert answer.headers["Location"].endswith(path.format(product) + told)
    page = client.get(f"/records/{id}", headers={"Accept": "text/html"}, follow_redirects=True)
    assert page.status_code == 200
    assert "Told by 2 records" in page.text
    assert f"You asked for <code>{id}</code>" in page.text


@pytest.mark.parametrize("said", ["", record_id("zoo", "c"), "<b>x</b>", "{product}"])
def test_nobody_is_told_of_a_joining_that_was_none(
    client: FlaskClient, repository: Repository, said: str
) -> None:
    product = product_of(repository.catalogue)
    page = client.get(f"/records/{product}", query_string={"joined": said.format(product=product)})
    assert page.status_code == 200 and "You asked for" not in page.text


def test_the_command_line_prints_products_and_the_records_of_a_source(repository: Repository) -> None:
    store = repository.catalogue.store
    assert sorted(change.record.title for change in store.walk() if change.record) == ["Alpha", "Gamma"]
    assert [change.record.title for change in store.walk(source="farm") if change.record] == ["Beta"]


def test_an_index_built_anew_has_the_same(
    tmp_path: Path, client: FlaskClient, repository: Repository
) -> None:
    from catalogue.indexing import rebuild

    before = client.get("/api/v1/records?size=50").json["hits"]
    rebuild(repository.catalogue.store, repository.catalogue.index)
    after = client.get("/api/v1/records?size=50").json["hits"]
    assert {hit["id"] for hit in after} == {hit["id"] for hit in before}


def test_the_set_of_a_source_tells_who_follows_it_of_every_change_of_identifier(
    repository: Repository,
) -> None:
    """Joined by a curator, and parted again: incremental harvests of the set miss nothing."""
    curation = Curation(repository.catalogue.database)
    third = record_id("zoo", "c")
    held = listed(repository.ask(verb="ListRecords", metadataPrefix="oai_dc", set="source:zoo"))
    assert held == {FIRST: None, f"zoo/{FIRST}": "Alpha", third: "Gamma"}

    def harvested(after: str) -> dict[str, str | None]:
        asked = repository.ask(verb="ListRecords", metadataPrefix="oai_dc", set="source:zoo", from_=after)
        return listed(asked)

    def later() -> str:
        """A datestamp after all that is there."""
        time.sleep(1.1)
        return now()

    begun = later()
    decision = curation.join([FIRST, third], by="Vera")
    found = harvested(begun)
    assert found[third] is None and found[f"zoo/{third}"] == "Gamma"
    begun = later()
    curation.undo(decision.number, by="Vera")
    found = harvested(begun)
    assert found[third] == "Gamma" and found[f"zoo/{third}"] is None
    gone = repository.ask(verb="GetRecord", metadataPrefix="oai_dc", identifier=f"oai:x.org:zoo/{third}")
    assert gone.find(f".//{OAI}header").get("status") == "deleted"
    begun = later()
    curation.correct(third, "version", "2", by="Vera")
    assert harvested(begun)[f"zoo/{third}"] == "Gamma"
