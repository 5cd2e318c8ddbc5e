"""Software from Git hosts and lists: what comes, what is passed over, what goes wrong alone."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from catalogue.errors import SourceError, SourceProtocolError
from catalogue.opening import Catalogue
from catalogue.record import Page, Provenance
from catalogue.runs import Run
from catalogue.settings import Settings
from catalogue.sources import Source
from harvesters.codemeta import CodeMeta
from harvesters.run import harvest
from harvesters.transport import Transport
from mappings.base import read
from tests.harvesters.conftest import identifiers
from tests.harvesters.git_server import GiteaLike, GitHubLike, GitLabLike, Project, json_sent
from tests.harvesters.misbehaving import Asked, Sent, Server

CODEMETA = {
    "@context": "https://w3id.org/codemeta/3.0",
    "@type": "SoftwareSourceCode",
    "name": "Tracker",
    "version": "1.2.0",
    "author": [{"@type": "Person", "givenName": "Ada", "familyName": "Lund"}],
}
CFF = b"""\
cff-version: 1.2.0
title: Tracker
version: 1.3.0
authors:
  - family-names: Lund
    given-names: Ada
"""
REANA = b"workflow:\n  type: snakemake\n  file: Snakefile\n"


def files(**more: bytes) -> dict[str, bytes]:
    return {"README.md": b"x", "codemeta.json": json.dumps(CODEMETA).encode(), **more}


def some(count: int, group: str = "group") -> list[Project]:
    return [Project(number=number, path=f"{group}/p{number}", files=files()) for number in range(count)]


@pytest.fixture
def host() -> Iterator[tuple[GitLabLike, Server]]:
    with running(GitLabLike(some(45))) as found:
        yield found


class running:
    """A host behind a server."""

    def __init__(self, like: Any) -> None:
        self.like = like
        self.server = Server(like)

    def __enter__(self) -> tuple[Any, Server]:
        self.server.__enter__()
        self.like.url = self.server.url.removesuffix("/oai")
        return self.like, self.server

    def __exit__(self, *of: Any) -> None:
        self.server.__exit__(None, None, None)


Pages = Callable[..., list[Page]]


@pytest.fixture
def pages(settings: Settings, connect: Callable[..., Transport]) -> Pages:
    def run(url: str, since: str | None = None, memory: Any = None, **options: str) -> list[Page]:
        source = Source(name="test", kind="codemeta", url=url, options=options)
        with connect(source, settings) as transport:
            harvester = CodeMeta(source, transport)
            harvester.memory = memory if memory is not None else {}
            return list(harvester.pages(since, None))

    return run


def issues(found: list[Page]) -> dict[str, str]:
    return {issue.identifier: issue.reason for page in found for issue in page.issues}


def first(found: list[Page]) -> Any:
    raw = next(raw for page in found for raw in page.records)
    return read(raw, Provenance(source="test", identifier=raw.identifier, url=raw.url))


def test_gitlab_pages_and_groups(host: tuple[GitLabLike, Server], pages: Pages) -> None:
    like, server = host
    like.projects += [
        Project(number=900, path="other/one", files=files()),
        Project(number=901, path="group/no"),
    ]
    assert len(identifiers(pages(like.url))) == 46
    assert len(server.asked) < 150
    inside = identifiers(pages(like.url + "/group"))
    assert inside == [f"{like.url}/api/v4/projects/{number}" for number in range(45)]
    assert inside == identifiers(pages(like.url, group="group"))
    assert identifiers(pages(f"{like.url}/other/one")) == [f"{like.url}/api/v4/projects/900"]


@pytest.mark.parametrize("kind", [GitHubLike, GiteaLike])
def test_github_and_gitea(kind: type[GitHubLike], pages: Pages) -> None:
    with running(kind(some(45))) as (like, _):
        found = pages(like.url + "/group")
        assert len(identifiers(found)) == 45
        mapped = first(found)
        assert mapped.record.title == "Tracker"
        assert mapped.record.rights[0].licence.label == "MIT"
        assert mapped.record.environment.languages == ("Python",)


def test_all_descriptions_make_one_record(pages: Pages) -> None:
    more = {"CITATION.cff": CFF, "reana.yaml": REANA, "Snakefile": b"rule all:"}
    with running(GitLabLike([Project(number=1, path="g/p", files=files(**more))])) as (like, _):
        record = first(pages(like.url)).record
    assert (record.title, record.version, record.kind) == ("Tracker", "1.2.0", "software")
    assert record.environment.repository == "https://git.example.org/g/p"
    assert record.environment.specification == "https://git.example.org/g/p/-/blob/main/reana.yaml"
    assert "Snakemake" in record.environment.languages
    extra = {one.path: one.text for one in record.extra}
    assert extra["CITATION.cff:version"] == "1.3.0"
    assert [agent.name for agent in record.creators] == ["Lund, Ada"]
    assert "physics" in [term.label for term in record.subjects]


def test_no_secret_and_no_counter_of_the_host_is_kept(host: tuple[GitLabLike, Server], pages: Pages) -> None:
    data = pages(host[0].url)[0].records[0].data
    assert b"SECRET" not in data
    assert b"star_count" not in data


def test_what_nothing_describes_is_counted_and_told(pages: Pages, caplog: pytest.LogCaptureFixture) -> None:
    projects = [
        *some(2),
        Project(number=8, path="g/bare", files={"a.py": b""}),
        Project(number=9, path="g/empty"),
    ]
    with running(GitLabLike(projects)) as (like, _), caplog.at_level(logging.INFO):
        assert len(identifiers(pages(like.url))) == 2
        assert [line for line in caplog.messages if "2 described by nothing" in line]
        assert len(identifiers(pages(like.url, all="yes"))) == 4


def test_forks_and_private_ones_only_when_asked_for(pages: Pages) -> None:
    fork = Project(
        number=7, path="g/fork", files=files(), more={"forked_from_project": {"web_url": "https://x.org/a"}}
    )
    secret = Project(number=8, path="g/secret", files=files(), more={"visibility": "internal"})
    with running(GitLabLike([fork, secret])) as (like, _):
        assert identifiers(pages(like.url)) == []
        assert len(identifiers(pages(like.url, forks="yes", private="yes"))) == 2
        [relation] = first(pages(like.url, forks="yes")).record.relations
        assert (relation.type, relation.value) == ("IsDerivedFrom", "https://x.org/a")


def test_an_incremental_run_reads_only_what_has_changed(
    host: tuple[GitLabLike, Server], pages: Pages
) -> None:
    like, server = host
    like.projects[3].changed = "2024-06-02T00:00:00Z"
    assert identifiers(pages(like.url, since="2024-06-01T00:00:00Z")) == [f"{like.url}/api/v4/projects/3"]
    assert any(asked["last_activity_after"] == "2024-05-31T22:00:00Z" for asked in server.asked)
    # A host may tell its local time, here 2024-06-01T03:00:00Z.
    for changed in ("2024-06-02T00:00:00Z", "2024-05-31T19:00:00.000-08:00", "at noon"):
        like.projects[3].changed = changed
        assert identifiers(pages(like.url + "/group", since="2024-06-01T00:00:00Z")) == [
            f"{like.url}/api/v4/projects/3"
        ]


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("codemeta.json", b'{"name": ', "Not JSON"),
        ("codemeta.json", b"\x00\x01binary", "binary"),
        ("codemeta.json", b"<!DOCTYPE html><html>Sign in</html>", "web page"),
        ("codemeta.json", b"x" * 5_000_001, "5000001 bytes"),
        ("codemeta.json", b"[" * 100_000, "Not JSON"),
        ("CITATION.cff", b"title: [unclosed", "Not Citation File Format"),
        ("CITATION.cff", b"a: " + b"[" * 5000, "nested"),
        ("reana.yaml", b"inputs: 3", "no reana.yaml"),
    ],
)
def test_a_broken_file_is_an_issue_of_its_record(name: str, data: bytes, why: str, pages: Pages) -> None:
    projects = [*some(3), Project(number=9, path="g/broken", files={name: data})]
    with running(GitLabLike(projects)) as (like, _):
        found = pages(like.url)
        assert len(identifiers(found)) == 4
        raw = found[0].records[3]
        mapped = read(raw, Provenance(source="test", identifier=raw.identifier))
    assert mapped.record.title == "broken"
    [issue] = [one for one in mapped.issues if one.path.startswith(name)]
    assert why in issue.reason


def test_other_encodings_are_read(pages: Pages) -> None:
    text = "cff-version: 1.2.0\ntitle: Größenmaß\nauthors: [{name: Ö}]\n"
    for encoding in ("utf-16", "cp1252", "utf-8-sig"):
        project = Project(number=1, path="g/p", files={"CITATION.cff": text.encode(encoding)})
        with running(GitLabLike([project])) as (like, _):
            assert first(pages(like.url)).record.title == "Größenmaß"


@pytest.mark.parametrize("status", [401, 403, 500])
def test_a_repository_that_is_refused_costs_only_itself(
    status: int, host: tuple[GitLabLike, Server], pages: Pages
) -> None:
    like, server = host

    def script(asked: Asked, sent: Sent) -> Sent:
        return (
            json_sent({"message": "no"}, status=status)
            if "/projects/5/repository/tree" in asked.path
            else sent
        )

    server.script = script
    found = pages(like.url)
    assert len(identifiers(found)) == 44
    assert list(issues(found)) == [f"{like.url}/api/v4/projects/5"]


@pytest.mark.parametrize(
    ("token", "said"), [("wrong", "Its token is not accepted; renew it."), ("", "It asks for a credential")]
)
def test_a_host_that_refuses_the_credential_says_so(
    host: tuple[GitLabLike, Server], pages: Pages, token: str, said: str
) -> None:
    like, server = host
    server.script = lambda asked, sent: json_sent({"message": "401 Unauthorized"}, status=401)
    with pytest.raises(SourceError, match=said) as caught:
        pages(like.url, **({"token": token} if token else {}))
    assert "is no GitLab" not in str(caught.value)


def test_rate_limits_are_waited_for(host: tuple[GitLabLike, Server], pages: Pages, clock: Any) -> None:
    like, server = host
    refused: list[int] = []

    def script(asked: Asked, sent: Sent) -> Sent:
        if asked.path.endswith("/tree") and len(refused) < 2:
            refused.append(1)
            if len(refused) == 1:
                return Sent(body=b"", status=429, headers={"Retry-After": "7"})
            headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(clock.now) + 30)}
            return json_sent({"message": "API rate limit exceeded"}, headers, 403)
        return sent

    server.script = script
    assert len(identifiers(pages(like.url))) == 45
    assert max(clock.slept) >= 29


def test_a_renamed_repository_is_followed(pages: Pages, tmp_path: Path) -> None:
    with running(GitHubLike(some(1))) as (like, server):
        listing = tmp_path / "list.txt"
        listing.write_text(f"{like.url}/group/old-name\n")

        def script(asked: Asked, sent: Sent) -> Sent:
            if asked.path.endswith("/repos/group/old-name"):
                return Sent(body=b"", status=301, headers={"Location": f"{like.url}/api/v3/repositories/0"})
            return sent

        server.script = script
        found = pages(f"{like.url}/group/old-name")
        assert identifiers(found) == [f"{like.url}/api/v3/repositories/0"]


def test_endless_pages_end(host: tuple[GitLabLike, Server], pages: Pages) -> None:
    like, server = host

    def again(asked: Asked, sent: Sent) -> Sent:
        if asked.path.endswith("/api/v4/projects"):
            link = f'<{like.url}/api/v4/projects?page={asked.number}&per_page=20>; rel="next"'
            body = json.dumps([like.words(one) for one in like.projects[:20]]).encode()
            return Sent(body=body, headers={"Link": link})
        return sent

    server.script = again
    with pytest.raises(SourceProtocolError, match="never come to an end"):
        pages(like.url)
    for one in like.projects:
        one.files = {}
    with pytest.raises(SourceProtocolError, match="never come to an end"):
        pages(like.url)


def test_links_to_other_hosts_are_read_at_home(host: tuple[GitLabLike, Server], pages: Pages) -> None:
    like, server = host

    def elsewhere(asked: Asked, sent: Sent) -> Sent:
        if "Link" in sent.headers:
            moved = sent.headers["Link"].replace(like.url, "http://gitlab.internal:8080")
            return replace(sent, headers={**sent.headers, "Link": moved})
        return sent

    server.script = elsewhere
    assert len(identifiers(pages(like.url))) == 45


def test_things_in_the_list_that_are_no_repositories(host: tuple[GitLabLike, Server], pages: Pages) -> None:
    like, server = host

    def odd(asked: Asked, sent: Sent) -> Sent:
        if asked.path.endswith("/api/v4/projects") and asked["page"] is None and asked["per_page"] == "20":
            body = json.dumps([1, {"id": "x"}, None, *json.loads(sent.body)]).encode()
            return replace(sent, body=body)
        return sent

    server.script = odd
    found = pages(like.url)
    assert len(identifiers(found)) == 45
    assert len(issues(found)) == 2


@pytest.mark.parametrize("body", [b"<html>Not GitLab</html>", b"{", b'"x"'])
def test_what_is_no_git_host_is_one_sentence(body: bytes, pages: Pages) -> None:
    with running(GitLabLike([])) as (like, server):
        server.script = lambda asked, sent: Sent(body=body)
        with pytest.raises(SourceError, match="no GitLab, GitHub or Gitea"):
            pages(like.url)


def test_a_list_of_repositories_and_documents(pages: Pages, tmp_path: Path) -> None:
    with running(GitLabLike(some(4))) as (like, server):

        def script(asked: Asked, sent: Sent) -> Sent:
            if asked.path == "/one/codemeta.json":
                return json_sent(CODEMETA)
            if asked.path == "/list.txt":
                lines = ["# ours", f"{like.url}/group/p1", "", f"{like.url}/group/p2.git, the second"]
                lines += [f"{like.url}/one/codemeta.json", f"{like.url}/group/gone", "https://10.0.0.1/a/b"]
                return Sent(body="\n".join(lines).encode())
            return sent

        server.script = script
        found = pages(like.url + "/list.txt")
        assert identifiers(found) == [
            f"{like.url}/group/p1",
            f"{like.url}/group/p2",
            f"{like.url}/one/codemeta.json",
        ]
        wrong = issues(found)
        assert "404" in wrong[f"{like.url}/group/gone"]
        assert "private address" in wrong["https://10.0.0.1/a/b"]


def test_lists_in_json_and_files_of_this_machine(pages: Pages, tmp_path: Path) -> None:
    place = tmp_path / "software.json"
    place.write_text(json.dumps([CODEMETA, {**CODEMETA, "name": "Second"}]))
    found = pages(str(place))
    assert identifiers(found) == [f"{place}#0", f"{place}#1"]
    place.write_text(json.dumps(CODEMETA))
    assert first(pages(str(place))).record.title == "Tracker"
    cff = tmp_path / "CITATION.cff"
    cff.write_bytes(CFF)
    assert first(pages(str(cff))).record.version == "1.3.0"


@pytest.mark.parametrize("text", ["", "no address", "[", "{}x"])
def test_a_list_without_addresses_is_told(text: str, pages: Pages, tmp_path: Path) -> None:
    place = tmp_path / "list.txt"
    place.write_text(text)
    with pytest.raises(SourceProtocolError, match="is no list of repositories"):
        pages(str(place))
    with pytest.raises(SourceProtocolError, match="is no file"):
        pages(str(tmp_path / "absent.txt"))


def test_unchanged_entries_are_asked_for_by_their_etags(pages: Pages) -> None:
    with running(GitLabLike(some(2))) as (like, server):
        listing = "\n".join(f"{like.url}/group/p{number}" for number in range(2)).encode()
        server.script = lambda asked, sent: Sent(body=listing) if asked.path == "/list.txt" else sent
        memory: dict[str, Any] = {}
        assert len(identifiers(pages(like.url + "/list.txt", memory=memory))) == 2
        assert len(memory["etags"]) == 2
        like.projects[1].changed = "2025-01-01T00:00:00Z"
        later = pages(like.url + "/list.txt", since="2024-01-01T00:00:00Z", memory=memory)
        assert identifiers(later) == [f"{like.url}/group/p1"]
        assert len(identifiers(pages(like.url + "/list.txt", memory=memory))) == 2


@pytest.fixture
def flow(catalogue: Catalogue, connect: Callable[..., Transport]) -> Callable[..., Run]:
    def one(url: str, *, full: bool = False, **options: str) -> Run:
        if "test" not in {source.name for source in catalogue.sources.all()}:
            catalogue.sources.add(Source(name="test", kind="codemeta", url=url, options=options))
        return harvest(catalogue, ["test"], full=full, connect=connect)[0]

    return one


def test_the_whole_flow(host: tuple[GitLabLike, Server], flow: Callable[..., Run]) -> None:
    like, _ = host
    like.projects.append(Project(number=77, path="group/bare", files={"a.c": b""}))
    run = flow(like.url, grace="0")
    assert (run.status, run.created, run.error) == ("succeeded", 45, None)
    assert flow(like.url).fetched == 0
    del like.projects[:2]
    run = flow(like.url, full=True)
    assert (run.status, run.unchanged, run.deleted) == ("succeeded", 43, 2)
    del like.projects[5:]
    assert "no longer in the source's list" in (flow(like.url, full=True).error or "")


def test_a_repository_that_failed_is_asked_for_again(
    host: tuple[GitLabLike, Server], flow: Callable[..., Run]
) -> None:
    like, server = host
    server.script = lambda asked, sent: (
        json_sent({}, status=403) if "/projects/5/repository/tree" in asked.path else sent
    )
    assert flow(like.url).quarantined == 1
    server.script = lambda asked, sent: sent
    assert flow(like.url).created == 1


@pytest.mark.corpus
def test_every_codemeta_and_reana_file_of_the_corpus(shared: Path, flow: Callable[..., Run]) -> None:
    projects = [
        Project(number=number, path=f"g/{path.stem}", files={name: path.read_bytes()})
        for number, (folder, name, path) in enumerate(
            (folder, name, path)
            for folder, name in (("codemeta", "codemeta.json"), ("reana", "reana.yaml"))
            for path in sorted((shared / "corpus" / folder).iterdir())
        )
    ]
    assert len(projects) > 190
    with running(GitLabLike(projects)) as (like, _):
        run = flow(like.url)
        assert (run.created, run.error) == (len(projects), None)


def test_a_dead_host_fails_alone(
    host: tuple[GitLabLike, Server], settings: Settings, connect: Callable[..., Transport]
) -> None:
    like, _ = host
    with running(GitHubLike(some(3))) as (other, server):
        server.script = lambda asked, sent: Sent(body=b"", status=503)
        options = {"urls": f"{other.url}/group"}
        source = Source(name="test", kind="codemeta", url=like.url, options=options)
        with connect(source, settings) as transport:
            harvester = CodeMeta(source, transport)
            found = list(harvester.pages(None, None))
    assert len(identifiers(found)) == 45
    assert list(harvester.unread) == [f"{other.url}/group"]
    assert found[0].records[0].sets == (like.url, "group")
