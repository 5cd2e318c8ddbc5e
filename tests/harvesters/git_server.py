"""Git hosts on loopback that behave well until a script tells them how not to: GitLab, GitHub, Gitea."""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from tests.harvesters.misbehaving import Asked, Sent


@dataclass(kw_only=True)
class Project:
    """A repository of the host: its files by name, and what the host says of it."""

    number: int
    path: str
    files: dict[str, bytes] = field(default_factory=dict)
    changed: str = "2024-05-01T10:00:00Z"
    more: dict[str, Any] = field(default_factory=dict)
    branch: str | None = "main"


def json_sent(value: Any, headers: dict[str, str] | None = None, status: int = 200) -> Sent:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return Sent(body=body, status=status, headers={"Content-Type": "application/json", **(headers or {})})


NOT_FOUND = json_sent({"message": "404 Not Found"}, status=404)


class GitHostLike(ABC):
    """What the hosts have in common; ``url`` must be set to the server's own."""

    def __init__(self, projects: list[Project]) -> None:
        self.projects = projects
        self.url = ""
        self.totals = True

    def answer(self, asked: Asked) -> Sent:
        sent = self.route(asked)
        tag = f'W/"{hashlib.sha256(sent.body).hexdigest()[:16]}"'
        if sent.status == 200:
            if asked.headers.get("if-none-match") == tag:
                return Sent(body=b"", status=304, headers={"ETag": tag})
            sent.headers["ETag"] = tag
        return sent

    @abstractmethod
    def route(self, asked: Asked) -> Sent:
        """What is answered, but for its tag."""

    def listed(self, asked: Asked, projects: list[Project], size: int) -> Sent:
        page = int(asked["page"] or 1)
        part = projects[(page - 1) * size : page * size]
        headers = {"X-Total": str(len(projects))} if self.totals else {}
        if page * size < len(projects):
            arguments = [(name, value) for name, value in asked.arguments if name != "page"]
            query = "&".join(f"{name}={value}" for name, value in [*arguments, ("page", str(page + 1))])
            headers["Link"] = (
                f'<{self.url}{asked.path}?{query}>; rel="next", <{self.url}{asked.path}>; rel="first"'
            )
        return json_sent([self.words(one) for one in part], headers)

    @abstractmethod
    def words(self, project: Project) -> dict[str, Any]:
        """A project as the host's API tells of it."""

    def file(self, project: Project, name: str) -> Sent:
        data = project.files.get(unquote(name))
        return Sent(body=data, headers={"Content-Type": "text/plain"}) if data is not None else NOT_FOUND

    def tree(self, project: Project, type: str) -> Sent:
        if not project.files:
            return NOT_FOUND
        return json_sent(
            [
                {"name": name, "path": name, "type": type, "size": len(data)}
                for name, data in project.files.items()
            ]
        )


class GitLabLike(GitHostLike):
    """The routes of GitLab's API v4 that are asked."""

    def words(self, project: Project) -> dict[str, Any]:
        return {
            "id": project.number,
            "name": project.path.rpartition("/")[2],
            "description": f"About {project.path}",
            "path_with_namespace": project.path,
            "web_url": f"https://git.example.org/{project.path}",
            "default_branch": project.branch,
            "last_activity_at": project.changed,
            "created_at": "2020-01-01T00:00:00.000Z",
            "topics": ["physics"],
            "star_count": 7,
            "runners_token": "SECRET",
            "visibility": "public",
            "namespace": {"id": 1, "name": "Group", "full_path": project.path.rpartition("/")[0]},
            **project.more,
        }

    def route(self, asked: Asked) -> Sent:
        parts = [unquote(part) for part in asked.path.split("/")[1:]]
        if parts[:2] != ["api", "v4"]:
            return Sent(body=b"<!DOCTYPE html><html>Sign in</html>", headers={"Content-Type": "text/html"})
        parts = parts[2:]
        size = int(asked["per_page"] or 20)
        if parts == ["projects"]:
            after = asked["last_activity_after"] or ""
            return self.listed(asked, [one for one in self.projects if one.changed >= after], size)
        if parts[0] == "groups" and parts[2:] == ["projects"]:
            inside = [one for one in self.projects if one.path.startswith(parts[1] + "/")]
            return self.listed(asked, inside, size) if inside else NOT_FOUND
        if parts[0] == "projects":
            for one in self.projects:
                if parts[1] in (str(one.number), one.path):
                    return self.inside(one, parts[2:])
        return NOT_FOUND

    def inside(self, project: Project, rest: list[str]) -> Sent:
        if not rest:
            return json_sent(self.words(project))
        if rest == ["repository", "tree"]:
            return self.tree(project, "blob")
        return self.file(project, rest[2])


class GitHubLike(GitHostLike):
    """The routes of GitHub's API as an Enterprise server has them."""

    prefix = "/api/v3"

    def words(self, project: Project) -> dict[str, Any]:
        return {
            "id": project.number,
            "name": project.path.rpartition("/")[2],
            "full_name": project.path,
            "description": f"About {project.path}",
            "html_url": f"https://hub.example.org/{project.path}",
            "default_branch": project.branch,
            "pushed_at": project.changed,
            "updated_at": project.changed,
            "topics": ["physics"],
            "language": "Python",
            "license": {"key": "mit", "spdx_id": "MIT", "url": "x"},
            "stargazers_count": 3,
            "private": False,
            "fork": False,
            "owner": {"login": project.path.partition("/")[0], "id": 2},
            **project.more,
        }

    def route(self, asked: Asked) -> Sent:
        if not asked.path.startswith(self.prefix + "/"):
            return NOT_FOUND
        parts = [unquote(part) for part in asked.path.removeprefix(self.prefix).split("/")[1:]]
        if parts in (["meta"], ["version"]):
            return json_sent({"version": "1.22"})
        if parts[0] == "orgs" and parts[2:] == ["repos"]:
            inside = [one for one in self.projects if one.path.startswith(parts[1] + "/")]
            size = int(asked["per_page"] or asked["limit"] or 30)
            return self.listed(asked, inside, size) if inside else NOT_FOUND
        for one in self.projects:
            if parts[:3] == ["repos", *one.path.split("/")]:
                return self.inside(asked, one, parts[3:])
            if parts == ["repositories", str(one.number)]:
                return json_sent(self.words(one))
        return NOT_FOUND

    def inside(self, asked: Asked, project: Project, rest: list[str]) -> Sent:
        if not rest:
            return json_sent(self.words(project))
        if rest in (["contents"], ["contents", ""]):
            return self.tree(project, "file")
        if rest[0] == "contents" and "raw" not in asked.headers.get("accept", ""):
            return json_sent({"name": rest[1], "encoding": "base64", "content": "bm90IHJhdw=="})
        return self.file(project, rest[1])


class GiteaLike(GitHubLike):
    """The same below /api/v1, with raw files of their own."""

    prefix = "/api/v1"
