"""The OAI-PMH provider, asked over HTTP in process: verbs, lists, errors, conditions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.oai_repository import DC, OAI, Repository, dublin_core, error_of, id_of, parsed


@pytest.fixture(params=["sqlite", "postgresql"])
def repository(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Repository]:
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    opened = Repository(tmp_path, database_url=url, oai_page_size="3")
    yield opened
    opened.close()


@pytest.mark.parametrize("followed", ["all", "some", "none"])
def test_a_walk_gives_every_record_once_in_order(repository: Repository, followed: str) -> None:
    names = [f"r{number}" for number in range(10)]
    repository.put(*map(dublin_core, names[:5]))
    if followed != "none":
        repository.follow()
    repository.put(*map(dublin_core, names[5:]))
    if followed == "all":
        repository.follow()
    pages = repository.walk(metadataPrefix="oai_dc")
    titles = [title.text for page in pages for title in page.iter(DC + "title")]
    assert titles == names
    tokens = [page.find(f".//{OAI}resumptionToken") for page in pages]
    assert [len(list(page.iter(OAI + "record"))) for page in pages] == [3, 3, 3, 1]
    assert [token.get("cursor") for token in tokens] == ["0", "3", "6", "9"]
    assert {token.get("completeListSize") for token in tokens} == {"10"}
    assert tokens[-1].text is None
    assert repository.identifiers() == [id_of(name) for name in names]


def test_a_list_that_is_not_split_has_no_token(repository: Repository) -> None:
    repository.put(dublin_core("a"), dublin_core("b"), dublin_core("c"))
    (page,) = repository.walk(metadataPrefix="oai_dc")
    assert page.find(f".//{OAI}resumptionToken") is None


def test_identify(repository: Repository) -> None:
    identify = repository.ask(verb="Identify").find(OAI + "Identify")
    assert identify.findtext(OAI + "deletedRecord") == "persistent"
    assert identify.findtext(OAI + "granularity") == "YYYY-MM-DDThh:mm:ssZ"
    assert identify.findtext(OAI + "baseURL") == "http://localhost:8080/oai"
    assert identify.findtext(OAI + "compression") == "gzip"
    repository.put(dublin_core("a"))
    stamp = repository.ask(verb="GetRecord", identifier=f"oai:x.org:{id_of('a')}", metadataPrefix="oai_dc")
    earliest = repository.ask(verb="Identify").findtext(f".//{OAI}earliestDatestamp")
    assert stamp.findtext(f".//{OAI}datestamp") == earliest


def test_errors(repository: Repository) -> None:
    assert repository.error() == "badVerb"
    assert error_of(parsed(repository.client.get("/oai?verb=Identify&verb=Identify").data)) == "badVerb"
