"""The codemeta.json and the list of files beside a record: what is fetched, and every way it can fail."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from catalogue.opening import Catalogue
from catalogue.record import Record
from harvesters.invenio_beside import MAXIMUM_CODEMETA
from tests.harvesters.invenio_site import Site, answer, fetch, rdm, run, server, zenodo
from tests.harvesters.misbehaving import Asked, Sent, Server
from tests.harvesters.test_invenio import Fetch, Harvest

__all__ = ["fetch", "run", "server"]
CONTENT = "/api/records/r0001/files/codemeta.json/content"
CODEMETA = {
    "@context": "https://doi.org/10.5063/schema/codemeta-2.0",
    "@type": "SoftwareSourceCode",
    "name": "Title 1",
    "programmingLanguage": ["Python", {"name": "C++", "version": "20"}],
    "codeRepository": "https://git.example.org/one",
    "softwareRequirements": ["numpy >=1.26"],
    "author": [
        {
            "givenName": "Jane",
            "familyName": "Roe",
            "@id": "https://orcid.org/0000-0002-1825-0097",
            "email": "jane@example.org",
            "affiliation": {"name": "An Institute"},
        }
    ],
    "developmentStatus": "active",
}
OPTIONS = {"codemeta": "yes", "overlap": "0"}


def software(number: int, **entry: Any) -> dict[str, Any]:
    """Software with a codemeta.json."""
    file = {"key": "codemeta.json", "size": 700, "checksum": "md5:" + "1" * 32} | entry
    return rdm(
        number,
        metadata={"resource_type": {"id": "software", "title": {"en": "Software"}}},
        files={"enabled": True, "count": 1, "entries": {"codemeta.json": file}},
    )


@pytest.fixture(name="site")
def site_of_software() -> Site:
    """A dataset, software with a codemeta.json, software without."""
    found = Site(records=[rdm(0), software(1), software(2)])
    found.records[2]["files"]["entries"] = {"code.zip": {"key": "code.zip", "size": 1}}
    found.contents[CONTENT] = json.dumps(CODEMETA).encode()
    return found


@pytest.fixture
def record(run: Harvest, catalogue: Catalogue) -> Callable[[], Record]:
    """The record of the software after a harvest, which must have brought all three."""

    def one() -> Record:
        first = run(options=OPTIONS)
        assert (first.created, first.quarantined) == (3, 0)
        [found] = [
            row.record
            for row in catalogue.store.changes(0)
            if row.record is not None and row.record.provenance.identifier.endswith("r0001")
        ]
        return found

    return one


def reasons(catalogue: Catalogue) -> list[str]:
    return [
        f"{issue.identifier} {issue.path} {issue.reason}" for _, issue in catalogue.sources.issues("test")
    ]


def test_the_record_knows_what_its_codemeta_says(
    record: Callable[[], Record], catalogue: Catalogue, server: Server
) -> None:
    found = record()
    assert found.environment is not None
    assert found.environment.languages == ("Python", "C++ 20")
    assert found.environment.repository == "https://git.example.org/one"
    assert found.environment.requirements == ("numpy >=1.26",)
    assert [one.value for one in found.creators[0].identifiers] == ["0000-0002-1825-0097"]
    assert [one.name for one in found.creators[0].affiliations] == ["An Institute"]
    assert ("codemeta.developmentStatus", "active") in [(one.path, one.text) for one in found.extra]
    assert reasons(catalogue) == []
    assert [asked.path for asked in server.asked if "/files" in asked.path] == [CONTENT]


def test_neither_document_is_changed(fetch: Fetch, site: Site) -> None:
    site.contents[CONTENT] = b'{"name":  "x", "size": 1.50}'
    [raw] = [
        raw for page in fetch(options=OPTIONS) for raw in page.records if raw.identifier.endswith("r0001")
    ]
    assert b',"codemeta":{"name":  "x", "size": 1.50}}' in raw.data
    assert json.loads(raw.data)["record"] == site.records[1]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "404"),
        (b"", "broken JSON"),
        (b'{"name": ', "broken JSON"),
        (b'{"name": NaN}', "broken JSON"),
        (b"<html>login</html>", "web page"),
        (b'["a list"]', "no JSON object"),
        (b'{"name": "' + b"x" * MAXIMUM_CODEMETA + b'"}', "more than 1000000 bytes"),
    ],
    ids=["missing", "empty", "cut", "NaN", "HTML", "list", "huge"],
)
def test_a_codemeta_that_cannot_be_read(
    record: Callable[[], Record],
    site: Site,
    catalogue: Catalogue,
    content: bytes | None,
    said: str,
) -> None:
    site.contents.pop(CONTENT)
    if content is not None:
        site.contents[CONTENT] = content
    assert record().title == "Title 1"
    [reason] = reasons(catalogue)
    assert reason.startswith("oai:127.0.0.1:r0001 codemeta.json")
    assert said in reason


def test_one_that_is_said_to_be_huge_is_not_asked_for(
    record: Callable[[], Record], site: Site, server: Server, catalogue: Catalogue
) -> None:
    site.records[1] = software(1, size=5_000_000_000)
    assert record().environment is None
    assert "more than 1000000 bytes" in reasons(catalogue)[0]
    assert not [asked for asked in server.asked if "/files" in asked.path]


@pytest.mark.parametrize(
    "target", ["http://10.0.0.7/secret.json", "http://169.254.169.254/latest", "file:///etc/passwd"]
)
def test_one_that_redirects_to_a_private_address(
    record: Callable[[], Record],
    server: Server,
    catalogue: Catalogue,
    target: str,
) -> None:
    def script(asked: Asked, sent: Sent) -> Sent:
        return replace(sent, status=302, headers={"Location": target}) if asked.path == CONTENT else sent

    server.script = script
    assert record().environment is None
    [reason] = reasons(catalogue)
    assert "private address" in reason or "may not be asked" in reason


def test_a_link_to_another_host_is_not_followed(
    record: Callable[[], Record],
    site: Site,
    server: Server,
) -> None:
    site.records[1] = software(1, links={"content": "http://127.0.0.1:1/codemeta.json"})
    assert record().environment is not None
    assert CONTENT in [asked.path for asked in server.asked]


def test_a_server_that_fails_for_it_alone(
    record: Callable[[], Record],
    server: Server,
    catalogue: Catalogue,
) -> None:
    server.script = lambda asked, sent: answer({}, 500) if asked.path == CONTENT else sent
    assert record().environment is None
    assert "500" in reasons(catalogue)[0]
    assert sum(asked.path == CONTENT for asked in server.asked) == 2


@pytest.mark.parametrize("full", [True, False])
def test_it_is_tried_again_by_the_next_run(
    record: Callable[[], Record], run: Harvest, site: Site, catalogue: Catalogue, full: bool
) -> None:
    content = site.contents.pop(CONTENT)
    record()
    assert len(reasons(catalogue)) == 1
    assert run(full=full).updated == 0
    site.contents[CONTENT] = content
    assert run(full=full).updated == 1
    assert reasons(catalogue) == []
    assert run(full=full).unchanged == (3 if full else 0)


def test_zenodo_of_old(fetch: Fetch, site: Site, server: Server) -> None:
    link = f"{server.url}/api/files/bucket/codemeta.json"
    old = zenodo(1, files=[{"key": "codemeta.json", "size": 700, "links": {"self": link}}])
    site.records[:] = [old]
    site.contents["/api/files/bucket/codemeta.json"] = json.dumps(CODEMETA).encode()
    [raw] = [raw for page in fetch(options=OPTIONS) for raw in page.records]
    assert raw.format == "zenodo"
    assert json.loads(raw.data)["codemeta"] == CODEMETA


def test_software_whose_files_the_search_does_not_list(fetch: Fetch, site: Site, server: Server) -> None:
    """The file is asked for by its name; that it is not there is no fault."""
    for one in site.records:
        one["files"] = {"enabled": True, "count": 1}
    found = {
        raw.identifier[-1]: json.loads(raw.data) for page in fetch(options=OPTIONS) for raw in page.records
    }
    assert found["1"]["codemeta"] == CODEMETA
    assert found["2"]["id"] == "r0002"
    assert [asked.path for asked in server.asked if "r0000" in asked.path] == []


def test_lists_of_files_that_are_asked_for(fetch: Fetch, site: Site, server: Server) -> None:
    for one in site.records:
        one["files"] = {"enabled": True, "count": 1}
    listed = {"entries": [{"key": "a.csv", "checksum": "md5:" + "2" * 32, "size": 9}]}
    site.contents["/api/records/r0000/files"] = json.dumps(listed).encode()

    def script(asked: Asked, sent: Sent) -> Sent:
        return answer({"message": "Permission denied."}, 403) if asked.path.endswith("r0001/files") else sent

    server.script = script
    pages = fetch(options={"files": "ask"})
    found = {raw.identifier[-1]: json.loads(raw.data) for page in pages for raw in page.records}
    assert found["0"]["files"] == listed
    assert found["1"]["id"] == "r0001"
    assert "404" in found["2"]["faults"][0]["reason"]
