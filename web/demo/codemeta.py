"""A GitLab of the sample institutes: their software and analyses, with the files that describe them."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from web.demo.content import Campaign, Person, campaigns
from web.demo.sample import Reply, Sample

_LANGUAGES = ("Python", "C++", "Rust", "Julia")
_PROJECT = re.compile(r"/api/v4/projects/(\d+)(/.*)?")
_FILE = re.compile(r"/repository/files/([^/]+)/raw")
_NOT_FOUND = Reply(body=b'{"message":"404 Not found"}', status=404)

Project = dict[str, Any]


class Forge(Sample):
    """One repository of each campaign; some without any description, one with a broken one."""

    name = "forge"
    kind = "codemeta"
    path = "/forge"
    endpoint = ""
    options: ClassVar[Mapping[str, str]] = {"grace": "0", "full-every": "0.000001"}

    def __init__(self) -> None:
        self._projects: dict[int, Project] = {}
        self._files: dict[int, dict[str, bytes]] = {}
        self._has_passed = False
        for campaign in campaigns():
            self._add(campaign)
        self._put(
            900, "helpdesk/templates", "Letters and forms", "2021-02-03T08:00:00.000Z", {"README.md": b"#"}
        )
        broken = {"CITATION.cff": b"cff-version: 1.2.0\ntitle: [Plots\nauthors: Fen\n"}
        self._put(901, "fen/plots", "Style sheets for figures", "2022-07-01T09:30:00.000Z", broken)

    def _add(self, campaign: Campaign) -> None:
        chance = random.Random(f"forge {campaign.key}")  # noqa: S311
        name = campaign.texts["software"]
        files = {"README.md": b"# " + name.encode(), "codemeta.json": _codemeta(campaign, "2.1.0", chance)}
        if campaign.number % 3 == 1:
            files["CITATION.cff"] = _citation(campaign)
        if campaign.number % 2 == 0:
            files["reana.yaml"], files["Snakefile"] = _reana(campaign), b"rule all:\n"
        stamp = f"{campaign.year}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}T10:20:30.000Z"
        path = f"{campaign.home.key}/{name}"
        self._put(campaign.number + 1, path, campaign.text("software_is"), stamp, files)

    def _put(self, number: int, path: str, about: str, stamp: str, files: dict[str, bytes]) -> None:
        group, _, name = path.rpartition("/")
        self._files[number] = files
        self._projects[number] = {
            "id": number,
            "name": name,
            "description": about,
            "path_with_namespace": path,
            "web_url": f"https://git.example.org/{path}",
            "default_branch": "main",
            "visibility": "public",
            "archived": False,
            "topics": [],
            "created_at": "2018-01-01T00:00:00.000Z",
            "last_activity_at": stamp,
            "namespace": {"name": group, "full_path": group},
        }

    def answer(self, base: str, path: str, query: Mapping[str, Sequence[str]], now: datetime) -> Reply:
        """The list of projects, single ones, the names in them and their files."""
        del now
        del base
        if path == "/api/v4/projects":
            return self._list({name: values[0] for name, values in query.items()})
        match = _PROJECT.fullmatch(path)
        number = int(match[1]) if match else 0
        if match is None or number not in self._projects:
            return _NOT_FOUND
        files = self._files[number]
        if match[2] is None:
            return _json(self._projects[number])
        if match[2] == "/repository/tree":
            return _json([{"name": name, "type": "blob", "path": name} for name in sorted(files)])
        named = _FILE.fullmatch(match[2])
        if named is None or named[1] not in files:
            return _NOT_FOUND
        return Reply(body=files[named[1]], media_type="text/plain")

    def _list(self, query: Mapping[str, str]) -> Reply:
        """A page by its number; what comes short is the last."""
        since, size, page = (
            query.get("last_activity_after", ""),
            query.get("per_page", "20"),
            query.get("page", "1"),
        )
        if not (size.isdecimal() and page.isdecimal()):
            return Reply(body=b'{"error":"per_page is invalid"}', status=400)
        found = [one for _, one in sorted(self._projects.items()) if one["last_activity_at"] >= since]
        length = max(min(int(size), 100), 1)
        return _json(found[(int(page) - 1) * length : int(page) * length])

    def next_day(self, now: datetime) -> tuple[int, int, int]:
        """A repository is opened, a version released, a repository closed."""
        if self._has_passed:
            return 0, 0, 0
        self._has_passed = True
        stamp = now.strftime("%Y-%m-%dT%H:%M:%S.000Z")
        first, second, *_ = campaigns()
        chance = random.Random("next day")  # noqa: S311
        files = {
            "codemeta.json": _codemeta(first, "0.1.0", chance, name=f"{first.texts['software']}-quicklook")
        }
        path = f"{first.home.key}/{first.texts['software']}-quicklook"
        self._put(902, path, "Plots of the night before", stamp, files)
        self._files[second.number + 1]["codemeta.json"] = _codemeta(second, "2.2.0", chance)
        self._projects[second.number + 1]["last_activity_at"] = stamp
        del self._projects[901]
        return 1, 1, 1


def sample() -> Forge:
    """The Git host of the demo."""
    return Forge()


def _json(value: Any) -> Reply:
    return Reply(body=json.dumps(value, ensure_ascii=False).encode())


def _codemeta(campaign: Campaign, version: str, chance: random.Random, name: str | None = None) -> bytes:
    repository = f"https://git.example.org/{campaign.home.key}/{name or campaign.texts['software']}"
    document: dict[str, Any] = {
        "@context": "https://w3id.org/codemeta/3.0",
        "@type": "SoftwareSourceCode",
        "name": name or f"{campaign.texts['software']}: {campaign.purpose}",
        "description": campaign.text("software_is"),
        "version": version,
        "codeRepository": repository,
        "issueTracker": f"{repository}/-/issues",
        "license": "https://spdx.org/licenses/" + ("BSD-3-Clause" if campaign.number % 2 else "MIT"),
        "author": [_person(one) for one in campaign.people[:3]],
        "maintainer": {"@id": f"https://orcid.org/{campaign.people[0].orcid}"},
        "programmingLanguage": [chance.choice(_LANGUAGES)],
        "softwareRequirements": ["numpy >= 1.24", "h5py >= 3.8"],
        "keywords": campaign.keywords[:3],
        "developmentStatus": "https://www.repostatus.org/#active",
        "referencePublication": {
            "@type": "ScholarlyArticle",
            "@id": f"https://doi.org/{campaign.doi('paper')}",
            "name": campaign.text("paper"),
        },
        "dateCreated": f"{campaign.year - 3}-03-01",
        "datePublished": f"{campaign.year}-06-15",
    }
    if name is None:
        document["identifier"] = f"https://doi.org/{campaign.doi('software')}"
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _person(person: Person) -> dict[str, Any]:
    return {
        "@type": "Person",
        "@id": f"https://orcid.org/{person.orcid}",
        "givenName": person.given,
        "familyName": person.family,
        "affiliation": {"@type": "Organization", "name": person.institution.name},
    }


def _citation(campaign: Campaign) -> bytes:
    """A CITATION.cff that somebody forgot to change with the last release."""
    authors = "".join(
        f"  - family-names: {_quoted(one.family)}\n"
        f"    given-names: {_quoted(one.given)}\n"
        f"    orcid: https://orcid.org/{one.orcid}\n"
        for one in campaign.people[:3]
    )
    name = campaign.texts["software"]
    text = (
        f"cff-version: 1.2.0\nmessage: Please cite the paper.\ntitle: {name}\nversion: 2.0.3\n"
        f"doi: {campaign.doi('software')}\nauthors:\n{authors}"
        f"preferred-citation:\n  type: article\n  title: {_quoted(campaign.text('paper'))}\n"
        f"  doi: {campaign.doi('paper')}\n"
    )
    return text.encode()


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _reana(campaign: Campaign) -> bytes:
    image = f"registry.example.org/{campaign.home.key}/{campaign.texts['software']}:2.1.0"
    text = (
        "version: 0.9.0\ninputs:\n  files:\n    - Snakefile\n  parameters:\n    events: 20000\n"
        "workflow:\n  type: snakemake\n  file: Snakefile\n  specification:\n    steps:\n"
        f"      - name: all\n        environment: {image}\n        commands:\n          - snakemake all\n"
        "outputs:\n  files:\n    - results/figure.pdf\n"
    )
    return text.encode()
