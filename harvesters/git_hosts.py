"""Git hosts by their REST APIs: GitLab (v4), GitHub (v3) and Gitea or Forgejo (v1)."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import parse_qsl, quote, unquote, urlencode, urljoin, urlsplit

from catalogue.errors import SourceProtocolError
from harvesters.addresses import shown
from harvesters.json_client import JsonAnswer, JsonClient, Refusal, Unreadable, credential_hint

_NEXT = re.compile(r"<([^<>]*)>\s*;[^<]*\brel=\"?next\b")
_TREE_PAGES = 10
GITHUB = frozenset({"github.com", "www.github.com", "api.github.com"})
_FACTS = (
    *("id", "name", "description", "web_url", "html_url", "homepage", "website"),
    *("path_with_namespace", "full_name", "namespace", "owner", "topics", "tag_list", "language", "license"),
    *("created_at", "pushed_at", "last_activity_at", "updated_at", "default_branch"),
    *("archived", "visibility", "forked_from_project", "parent"),
)
"""What we keep of a project: no counters that change by the hour, and none of the secrets that
GitLab shows to those who may see them (runners_token)."""
_INNER = ("name", "full_path", "full_name", "login", "web_url", "html_url", "key", "spdx_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """A repository at its host; ``api`` is its own address there, which a new name does not change."""

    api: str
    web: str
    name: str
    facts: Mapping[str, Any]
    namespace: str | None = None
    branch: str | None = None
    changed: str | None = None
    is_fork: bool = False
    is_private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A name in the root folder of a repository; ``size`` in bytes where the host tells it."""

    name: str
    size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Projects:
    """One page of a host's list: repositories, words for those that are none, the next page, the total."""

    repositories: tuple[Repository, ...]
    broken: tuple[str, ...] = ()
    next: str | None = None
    total: int | None = None


class GitHost(ABC):
    """One host; ``root`` is the address of its API."""

    title: ClassVar[str]
    api: ClassVar[str]
    raw_media_type: ClassVar[str] = "*/*"

    def __init__(self, client: JsonClient, root: str, attempts: int | None = None) -> None:
        self.client = client
        self.root = root.rstrip("/")
        self.attempts = attempts

    @abstractmethod
    def listings(self, group: str | None, topic: str | None, since: str | None, size: int) -> Sequence[str]:
        """Addresses of the first page: the first that is not refused is the list."""

    @abstractmethod
    def project_url(self, path: str) -> str:
        """The address of a single repository by its path «group/name»."""

    @abstractmethod
    def tree_url(self, repository: Repository, ref: str) -> str:
        """The address of the list of names in the root folder."""

    @abstractmethod
    def raw_url(self, repository: Repository, name: str, ref: str) -> str:
        """The address of a file's bytes."""

    @abstractmethod
    def page_url(self, repository: Repository, name: str, ref: str) -> str:
        """The address at which people see a file."""

    @abstractmethod
    def repository(self, project: Any) -> Repository | None:
        """A repository from the host's words, ``None`` where they are none."""

    def projects(self, url: str) -> Projects:
        """A page of the list; raises `SourceError`."""
        answer = self.client.get(url, attempts=self.attempts)
        listed = _list_in(answer)
        found = [self.repository(one) for one in listed]
        broken = tuple(
            f"{shown(url)}#{index}" for index, one in enumerate(found, 1) if one is None and listed[index - 1]
        )
        total = answer.headers.get("x-total") or answer.headers.get("x-total-count") or ""
        return Projects(
            repositories=tuple(one for one in found if one is not None),
            broken=broken,
            next=next_page(answer, url, len(listed)),
            total=int(total) if total.isdecimal() and len(total) < 10 else None,
        )

    def entries(self, repository: Repository, ref: str) -> list[Entry]:
        """The files in the root folder; none where the repository is empty. Raises `SourceError`."""
        found: list[Entry] = []
        url: str | None = self.tree_url(repository, ref)
        for _ in range(_TREE_PAGES):
            if url is None:
                break
            try:
                answer = self.client.get(url, attempts=self.attempts)
            except Refusal as refusal:
                if refusal.status in {404, 409}:
                    return found  # no commit, or a repository that is switched off
                raise
            listed = _list_in(answer)
            for one in listed:
                if isinstance(one, dict) and one.get("type") in {"blob", "file"}:
                    size = one.get("size")
                    found.append(
                        Entry(name=str(one.get("name", "")), size=size if isinstance(size, int) else None)
                    )
            url = next_page(answer, url, 0)
        return found


def _list_in(answer: JsonAnswer) -> list[Any]:
    value = answer.value()
    if isinstance(value, dict) and isinstance(value.get("data"), list):
        value = value["data"]  # a search of Gitea
    if not isinstance(value, list):
        raise Unreadable(f"{shown(answer.url)} answers with something that is no list.")
    return value


def next_page(answer: JsonAnswer, url: str, length: int) -> str | None:
    """The address of the next page, on the host that was asked, whatever host a proxy makes of it."""
    links = answer.headers.get("link")
    if links is not None:
        found = _NEXT.search(links)
        return _at_home(url, found[1]) if found else None
    number = answer.headers.get("x-next-page", "").strip()
    query = dict(parse_qsl(urlsplit(url).query))
    size = query.get("per_page") or query.get("limit") or ""
    if number.isdecimal():
        return _with_page(url, query, int(number))
    if "x-next-page" not in answer.headers and length and size.isdecimal() and length >= int(size):
        present = query.get("page", "1")
        return _with_page(url, query, int(present) + 1) if present.isdecimal() else None
    return None


def _with_page(url: str, query: dict[str, str], number: int) -> str:
    return url.partition("?")[0] + "?" + urlencode({**query, "page": str(number)})


def _at_home(url: str, link: str) -> str:
    home, there = urlsplit(url), urlsplit(urljoin(url, link))
    return there._replace(scheme=home.scheme, netloc=home.netloc).geturl()


class GitLab(GitHost):
    """GitLab REST API v4 (docs.gitlab.com/api/projects, /api/repositories, /api/repository_files)."""

    title = "GitLab"
    api = "/api/v4"

    def listings(self, group: str | None, topic: str | None, since: str | None, size: int) -> Sequence[str]:
        """A group with its subgroups, a user, or everything public."""
        common = {"per_page": str(size), "order_by": "id", "sort": "asc"}
        if topic:
            common["topic"] = topic
        if group:
            name = quote(group.strip("/"), safe="")
            inside = {**common, "include_subgroups": "true", "with_shared": "false"}
            return (
                f"{self.root}/groups/{name}/projects?{urlencode(inside)}",
                f"{self.root}/users/{name}/projects?{urlencode(common)}",
            )
        # The answer to a list by pages says the total, one by keys does not, but the former ends at 50,000.
        keyset = {**common, "pagination": "keyset"}
        if since:
            keyset["last_activity_after"] = since
        return (f"{self.root}/projects?{urlencode(keyset)}",)

    def project_url(self, path: str) -> str:
        """The path is one segment, its slashes encoded."""
        return f"{self.root}/projects/{quote(path.strip('/'), safe='')}?license=true"

    def tree_url(self, repository: Repository, ref: str) -> str:
        """A hundred names a page."""
        return f"{repository.api}/repository/tree?{urlencode({'ref': ref, 'per_page': '100'})}"

    def raw_url(self, repository: Repository, name: str, ref: str) -> str:
        """The raw file."""
        return f"{repository.api}/repository/files/{quote(name, safe='')}/raw?{urlencode({'ref': ref})}"

    def page_url(self, repository: Repository, name: str, ref: str) -> str:
        """The page of the file."""
        return f"{repository.web}/-/blob/{quote(ref)}/{quote(name)}"

    def repository(self, project: Any) -> Repository | None:
        """From a project."""
        number, path = _fields(project, "id", "path_with_namespace")
        if not isinstance(number, int) or not isinstance(path, str):
            return None
        return Repository(
            api=f"{self.root}/projects/{number}",
            web=str(project.get("web_url") or f"{self.root.removesuffix(self.api)}/{path}"),
            name=path,
            facts=_facts(project),
            namespace=path.rpartition("/")[0] or None,
            branch=_text(project.get("default_branch")),
            changed=_text(project.get("last_activity_at")),
            is_fork=isinstance(project.get("forked_from_project"), dict),
            is_private=project.get("visibility", "public") != "public",
        )


class GitHub(GitHost):
    """GitHub REST API v3 (docs.github.com/rest/repos); Enterprise servers have it below /api/v3."""

    title = "GitHub"
    api = "/api/v3"
    raw_media_type = "application/vnd.github.raw+json"

    def listings(self, group: str | None, topic: str | None, since: str | None, size: int) -> Sequence[str]:
        """An organisation or a user; GitHub has no list of all that would end."""
        if not group:
            raise SourceProtocolError(
                "GitHub has too many repositories to list; name an organisation or a user, --option group=X."
            )
        query = urlencode({"per_page": str(size), "sort": "full_name", "direction": "asc"})
        name = quote(group.strip("/"), safe="")
        return f"{self.root}/orgs/{name}/repos?{query}", f"{self.root}/users/{name}/repos?{query}"

    def project_url(self, path: str) -> str:
        """Owner and name."""
        return f"{self.root}/repos/{quote(path.strip('/'))}"

    def tree_url(self, repository: Repository, ref: str) -> str:
        """At most a thousand names, in one answer."""
        return f"{self.root}/repos/{quote(repository.name)}/contents/?{urlencode({'ref': ref})}"

    def raw_url(self, repository: Repository, name: str, ref: str) -> str:
        """The file's contents, raw by the media type."""
        return f"{self.root}/repos/{quote(repository.name)}/contents/{quote(name)}?{urlencode({'ref': ref})}"

    def page_url(self, repository: Repository, name: str, ref: str) -> str:
        """The page of the file."""
        return f"{repository.web}/blob/{quote(ref)}/{quote(name)}"

    def identity(self, number: int, name: str) -> str:
        """The address that a repository keeps when it is renamed."""
        del name
        return f"{self.root}/repositories/{number}"

    def repository(self, project: Any) -> Repository | None:
        """From a repository."""
        number, path = _fields(project, "id", "full_name")
        if not isinstance(number, int) or not isinstance(path, str):
            return None
        changed = [text for text in (project.get("pushed_at"), project.get("updated_at")) if _text(text)]
        return Repository(
            api=self.identity(number, path),
            web=str(project.get("html_url") or ""),
            name=path,
            facts=_facts(project),
            namespace=path.rpartition("/")[0] or None,
            branch=_text(project.get("default_branch")),
            changed=max(changed, default=None),
            is_fork=project.get("fork") is True,
            is_private=project.get("private") is True,
        )


class Gitea(GitHub):
    """Gitea and Forgejo, whose API v1 follows GitHub's, but for the raw files and the names of options."""

    title = "Gitea or Forgejo"
    api = "/api/v1"
    raw_media_type = "*/*"

    def listings(self, group: str | None, topic: str | None, since: str | None, size: int) -> Sequence[str]:
        """An organisation, a user, or a search for everything."""
        query = urlencode({"limit": str(size)})
        if not group:
            return (f"{self.root}/repos/search?{query}",)
        name = quote(group.strip("/"), safe="")
        return f"{self.root}/orgs/{name}/repos?{query}", f"{self.root}/users/{name}/repos?{query}"

    def raw_url(self, repository: Repository, name: str, ref: str) -> str:
        """The raw file."""
        return f"{self.root}/repos/{quote(repository.name)}/raw/{quote(name)}?{urlencode({'ref': ref})}"

    def page_url(self, repository: Repository, name: str, ref: str) -> str:
        """The page of the file."""
        return f"{repository.web}/src/branch/{quote(ref)}/{quote(name)}"


def _fields(project: Any, *names: str) -> tuple[Any, ...]:
    return tuple(project.get(name) if isinstance(project, dict) else None for name in names)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _facts(project: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in _FACTS:
        value = project.get(name)
        if isinstance(value, dict):
            value = {key: value[key] for key in _INNER if isinstance(value.get(key), str) and value[key]}
        if value not in (None, "", [], {}):
            found[name] = value
    return found


def host_at(client: JsonClient, url: str, attempts: int | None = None) -> tuple[GitHost, str]:
    """The host behind an address, and the path of a group or repository in it.

    Raises `SourceProtocolError` where none of the known APIs answers, other `SourceError` as they come.
    """
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}"
    path = parts.path.strip("/")
    if parts.hostname in GITHUB:
        return GitHub(client, "https://api.github.com", attempts), _path_in_api(path)
    for kind in (GitLab, GitHub, Gitea):
        before, mark, after = f"/{path}/".partition(kind.api + "/")
        if mark:
            return kind(client, f"{origin}{before}{kind.api}", attempts), _path_in_api(after)
    first, _, rest = path.partition("/")
    # A host may live below a folder of its server.
    roots = {origin: path, f"{origin}/{first}": rest, f"{origin}/{path}": ""} if path else {origin: ""}
    refusals: list[Refusal] = []
    for root, inside in roots.items():
        found = _detected(client, root, attempts, refusals)
        if found is not None:
            return found, inside.split("/-/")[0].removesuffix(".git")
    for refusal in refusals:
        if hint := credential_hint(refusal, client.transport.source):
            raise SourceProtocolError(f"{refusal}{hint}")
    raise SourceProtocolError(
        f"{shown(url)} is no GitLab, GitHub or Gitea whose API answers; check the address, or give "
        "a list of repositories."
    )


def _path_in_api(path: str) -> str:
    """The group or repository that an address of an API names."""
    parts = [part for part in path.split("/") if part]
    if len(parts) > 1 and parts[0] in {"orgs", "users", "groups", "repos", "projects"}:
        parts = parts[1:]
        if parts[-1] in {"repos", "projects"}:
            parts = parts[:-1]
    elif parts in (["projects"], ["repos"], ["orgs"], ["groups"]):
        parts = []
    return unquote("/".join(parts)).removesuffix(".git")


def _detected(client: JsonClient, root: str, attempts: int | None, refusals: list[Refusal]) -> GitHost | None:
    """Whichever API answers in its own words at this address; refusals are noted."""
    for kind, question, is_it in _QUESTIONS:
        try:
            value = client.get(root + question, attempts=attempts).value()
        except Refusal as refusal:
            refusals.append(refusal)
            continue
        except Unreadable:
            continue
        if is_it(value):
            return kind(client, root + kind.api, attempts)
    return None


_QUESTIONS: tuple[tuple[type[GitHost], str, Any], ...] = (
    (GitLab, "/api/v4/projects?per_page=1", lambda value: isinstance(value, list)),
    (Gitea, "/api/v1/version", lambda value: isinstance(value, dict) and "version" in value),
    (GitHub, "/api/v3/meta", lambda value: isinstance(value, dict)),
)
