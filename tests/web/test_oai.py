"""The OAI-PMH provider, asked over HTTP in process: verbs, lists, conditions; on both databases."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalogue.errors import SettingsError
from catalogue.opening import Catalogue
from catalogue.settings import load_settings
from tests.web.oai_repository import DC, OAI, Repository, dublin_core, id_of, parsed
from web.app import create_app


@pytest.fixture(params=["sqlite", "postgresql"])
def repository(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Repository]:
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    opened = Repository(tmp_path, database_url=url, oai_page_size="3")
    yield opened
    opened.close()


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Repository]:
    """On SQLite alone, for what no database has a part in."""
    opened = Repository(tmp_path, oai_page_size="3")
    yield opened
    opened.close()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The time that changes are stamped with: the last of this list."""
    times = ["2021-03-01T12:00:00Z"]
    monkeypatch.setattr("catalogue.sequence.now", lambda: times[-1])
    return times


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


@pytest.mark.parametrize("prefix", ["oai_dc", "oai_datacite", "datacite", "original_oai_dc"])
def test_a_walk_in_any_format_gives_the_same_items(repository: Repository, prefix: str) -> None:
    repository.put(*(dublin_core(f"r{number}", creator="Curie, M.") for number in range(4)))
    repository.put(dublin_core("r1", deleted=True))
    repository.follow()
    repository.put(dublin_core("r4"), dublin_core("r2", deleted=True))
    expected = [id_of("r0"), id_of("r3"), "-" + id_of("r1"), id_of("r4"), "-" + id_of("r2")]
    assert repository.identifiers(metadataPrefix=prefix) == expected
    pages = repository.walk(metadataPrefix=prefix)
    assert sum(len(list(page.iter(OAI + "metadata"))) for page in pages) == 3


def test_a_list_that_is_not_split_has_no_token(repository: Repository) -> None:
    repository.put(dublin_core("a"), dublin_core("b"), dublin_core("c"))
    (page,) = repository.walk(metadataPrefix="oai_dc")
    assert page.find(f".//{OAI}resumptionToken") is None


def test_tombstones_have_a_header_only(repository: Repository) -> None:
    repository.put(dublin_core("a"))
    repository.put(dublin_core("a", deleted=True))
    for _ in range(2):
        (page,) = repository.walk(metadataPrefix="oai_dc")
        (record,) = page.iter(OAI + "record")
        assert [part.tag for part in record] == [OAI + "header"]
        assert record[0].get("status") == "deleted"
        repository.follow()


def test_from_and_until(repository: Repository, clock: list[str]) -> None:
    for number, time in enumerate(["01T12:00:00Z", "01T12:00:05Z", "02T00:00:00Z", "03T23:59:59Z"]):
        clock.append(f"2021-03-{time}")
        repository.put(dublin_core(f"r{number}"))
        if number == 2:
            repository.follow()

    def found(**bounds: str) -> list[str]:
        names = {id_of(f"r{number}"): str(number) for number in range(4)}
        return [names[id] for id in repository.identifiers(**bounds)]

    assert found(from_="2021-03-01T12:00:05Z") == ["1", "2", "3"]
    assert found(from_="2021-03-01T12:00:06Z", until="2021-03-02T00:00:00Z") == ["2"]
    assert found(until="2021-03-01T12:00:04Z") == ["0"]
    assert found(until="2021-03-01") == ["0", "1"]
    assert found(from_="2021-03-02", until="2021-03-02") == ["2"]
    assert found(from_="2021-03-03") == ["3"]
    assert found(from_="1900-01-01", until="2030-01-01") == ["0", "1", "2", "3"]
    assert (
        repository.error(verb="ListRecords", metadataPrefix="oai_dc", from_="2021-03-04") == "noRecordsMatch"
    )
    before = {"verb": "ListRecords", "metadataPrefix": "oai_dc", "until": "2021-03-01T11:59:59Z"}
    assert repository.error(**before) == "noRecordsMatch"
    first = repository.ask(verb="ListRecords", metadataPrefix="oai_dc", from_="2021-03-01T12:00:00Z")
    assert first.find(f".//{OAI}resumptionToken").get("completeListSize") == "4"


def test_rows_that_change_during_a_walk_are_not_skipped(repository: Repository) -> None:
    names = [f"r{number}" for number in range(9)]
    repository.put(*map(dublin_core, names))
    repository.follow()
    first = repository.ask(verb="ListRecords", metadataPrefix="oai_dc")
    # The offset of all that follows changes: records before the token go, one after it moves to the end.
    repository.put(dublin_core("r0", deleted=True), dublin_core("r1", "new"), dublin_core("r5", "newer"))
    seen = [title.text for title in first.iter(DC + "title")]
    page = first
    while token := page.findtext(f".//{OAI}resumptionToken"):
        page = repository.ask(verb="ListRecords", resumptionToken=token)
        seen += [title.text for title in page.iter(DC + "title")]
        repository.follow()
    assert seen == ["r0", "r1", "r2", "r3", "r4", "r6", "r7", "r8", "new", "newer"]


def test_a_list_whose_rest_has_moved_on_ends_without_an_error(
    repository: Repository, clock: list[str]
) -> None:
    repository.put(*(dublin_core(f"r{number}") for number in range(5)))
    repository.follow()
    asked = {"metadataPrefix": "oai_dc", "until": "2021-03-01T12:00:00Z"}
    first = repository.ask(verb="ListRecords", **asked)
    token = first.findtext(f".//{OAI}resumptionToken")
    clock.append("2021-03-02T12:00:00Z")
    repository.put(dublin_core("r3", "new"), dublin_core("r4", "new"))
    last = repository.ask(verb="ListRecords", resumptionToken=token)
    assert [title.text for title in last.iter(DC + "title")] == ["r2"]
    assert last.find(f".//{OAI}resumptionToken").text is None


def test_tokens_do_not_expire(tmp_path: Path) -> None:
    repository = Repository(tmp_path, oai_page_size="2")
    repository.put(*(dublin_core(f"r{number}") for number in range(5)))
    token = repository.ask(verb="ListRecords", metadataPrefix="oai_dc").findtext(f".//{OAI}resumptionToken")
    repository.close()
    again = Repository(tmp_path, oai_page_size="2")
    again.follow()
    for _ in range(2):
        page = again.ask(verb="ListRecords", resumptionToken=token)
        assert [title.text for title in page.iter(DC + "title")] == ["r2", "r3"]
    again.close()


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


def test_names_and_addresses_come_from_the_settings(tmp_path: Path) -> None:
    repository = Repository(
        tmp_path, repository_name="Physics & <Co>", admin_email="a@x.org, b@x.org", repository_id="localhost"
    )
    identify = repository.ask(verb="Identify").find(OAI + "Identify")
    assert identify.findtext(OAI + "repositoryName") == "Physics & <Co>"
    assert [email.text for email in identify.iter(OAI + "adminEmail")] == ["a@x.org", "b@x.org"]
    # No domain name, so no identifier format to describe.
    assert identify.find(OAI + "description") is None
    repository.close()


def test_the_response_date_lies_behind_every_commit(small: Repository) -> None:
    small.put(dublin_core("a"))
    answer = small.ask(verb="ListRecords", metadataPrefix="oai_dc")
    assert answer.findtext(OAI + "responseDate") < answer.findtext(f".//{OAI}datestamp")


def test_post_is_answered_like_get(small: Repository) -> None:
    small.put(dublin_core("a"))
    asked = {"verb": "ListIdentifiers", "metadataPrefix": "oai_dc"}
    response = small.client.post("/oai", data=asked)
    assert response.content_type == "text/xml; charset=utf-8"
    posted, got = parsed(response.data), small.ask(**asked)
    assert posted.findtext(f".//{OAI}identifier") == got.findtext(f".//{OAI}identifier") is not None
    assert dict(posted.find(OAI + "request").attrib) == asked


def test_head_has_the_headers_of_get(small: Repository) -> None:
    got = small.client.get("/oai?verb=Identify")
    head = small.client.head("/oai?verb=Identify")
    assert head.status_code == 200
    assert head.data == b""
    assert head.headers["Content-Length"] == got.headers["Content-Length"]


def test_gzip_where_the_client_takes_it(small: Repository) -> None:
    small.put(*(dublin_core(f"r{number}") for number in range(3)))
    url = "/oai?verb=ListRecords&metadataPrefix=oai_dc"
    plain = small.client.get(url)
    packed = small.client.get(url, headers={"Accept-Encoding": "br, gzip;q=0.5"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"
    assert len(list(parsed(gzip.decompress(packed.data)).iter(OAI + "record"))) == 3
    refused = small.client.get(url, headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused.headers


def test_an_unchanged_list_is_not_sent_again(repository: Repository) -> None:
    repository.put(dublin_core("a"))
    url = "/oai?verb=ListRecords&metadataPrefix=oai_dc"
    etag = repository.client.get(url).headers["ETag"]
    again = repository.client.get(url, headers={"If-None-Match": etag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", etag)
    other = repository.client.get(url + "&set=source:zoo", headers={"If-None-Match": etag})
    assert other.status_code == 200
    repository.follow()
    assert repository.client.get(url, headers={"If-None-Match": etag}).status_code == 304
    repository.put(dublin_core("b"))
    assert repository.client.get(url, headers={"If-None-Match": etag}).status_code == 200
    assert repository.client.post(url, headers={"If-None-Match": etag}).status_code == 200


def test_if_modified_since(small: Repository, clock: list[str]) -> None:
    small.put(dublin_core("a"))
    url = f"/oai?verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:x.org:{id_of('a')}"
    stamp = small.client.get(url).headers["Last-Modified"]
    assert small.client.get(url, headers={"If-Modified-Since": stamp}).status_code == 304
    early = {"If-Modified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"}
    assert small.client.get(url, headers=early).status_code == 200
    # A change that is only just done may be followed by another in the same second.
    clock.append("2121-01-01T00:00:00Z")
    small.put(dublin_core("a", "new"))
    assert "Last-Modified" not in small.client.get(url).headers


def test_the_whole_application_serves_it(tmp_path: Path) -> None:
    opened = Repository(tmp_path)
    opened.put(dublin_core("a"))
    client = create_app(opened.catalogue).test_client()
    for url in ("/oai?verb=ListRecords&metadataPrefix=oai_dc", "/oai/?verb=Identify", "/oai?verb=nope"):
        response = client.get(url)
        assert response.status_code == 200
        assert response.content_type == "text/xml; charset=utf-8"
        parsed(response.data)
    opened.close()


def test_wrong_sets_are_found_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "almagest.toml").write_text("[[set]]\nspec = 'a b'\n")
    opened = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path)}))
    with pytest.raises(SettingsError, match="name"):
        create_app(opened)
    opened.close()
