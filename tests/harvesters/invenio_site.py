"""An InvenioRDM site on loopback: REST API in both dialects, files, tombstones, OAI-PMH.

It is served by `misbehaving.Server`, whose ``script`` bends single answers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import pytest

from catalogue.opening import Catalogue
from catalogue.record import Page
from catalogue.runs import Run
from catalogue.settings import Settings
from catalogue.sources import Source
from harvesters.invenio import Invenio
from harvesters.run import harvest
from harvesters.transport import Transport
from tests.harvesters.misbehaving import Asked, Item, Repository, Sent, Server

Connect = Callable[..., Transport]

JSON = {"Content-Type": "application/json"}
_RANGE = re.compile(r"(created|updated):\[(\S+) TO ([^\]}]+)([\]}])")


def answer(value: Any, status: int = 200, **headers: str) -> Sent:
    """A value as JSON."""
    return Sent(body=json.dumps(value, ensure_ascii=False).encode(), status=status, headers=JSON | headers)


def rdm(number: int, **values: Any) -> dict[str, Any]:
    """A record of InvenioRDM; one a day from 2024-01-01 on."""
    stamp = f"2024-{1 + number // 28 % 12:02d}-{1 + number % 28:02d}T00:00:{number % 60:02d}.000000+00:00"
    metadata = {
        "title": f"Title {number}",
        "publication_date": "2024",
        "resource_type": {"id": "dataset", "title": {"en": "Dataset"}},
        "creators": [{"person_or_org": {"type": "personal", "name": "Roe, Jane"}}],
    }
    record = {
        "id": f"r{number:04d}",
        "created": stamp,
        "updated": stamp,
        "pids": {"doi": {"identifier": f"10.5072/r{number:04d}"}},
        "parent": {"id": f"p{number}", "communities": {"entries": [{"slug": "one"}]}},
        "access": {"record": "public", "files": "public", "status": "open"},
        "files": {"enabled": True, "entries": {}},
        "custom_fields": {},
    }
    metadata |= values.pop("metadata", {})
    return record | {"metadata": metadata} | values


def zenodo(number: int, **values: Any) -> dict[str, Any]:
    """The same record as the old Zenodo gave it."""
    new = rdm(number)
    old = {
        "id": 1000 + number,
        "conceptrecid": str(900 + number),
        "conceptdoi": f"10.5072/c{number}",
        "doi": f"10.5072/r{number:04d}",
        "created": new["created"],
        "updated": new["updated"],
        "files": [
            {
                "key": "a.csv",
                "size": 12,
                "checksum": "md5:" + "0" * 32,
                "links": {"self": "https://x.org/a/content"},
            }
        ],
        "metadata": {
            "title": f"Title {number}",
            "creators": [{"name": "Roe, Jane", "orcid": "0000-0002-1825-0097"}],
            "resource_type": {"type": "dataset", "title": "Dataset"},
            "access_right": "open",
            "license": {"id": "cc-by-4.0"},
            "communities": [{"id": "one"}],
        },
    }
    return old | values


@dataclass
class Site(Repository):
    """Records and how they are searched; ``records`` is the list that a test may change meanwhile."""

    items: list[Item] = field(default_factory=list)
    records: list[dict[str, Any]] = field(default_factory=list)
    window: int = 10_000
    most: int = 25
    most_with_token: int = 100
    token_: str = "secret"
    honours_created: bool = True
    sorts: tuple[str, ...] = ("oldest", "newest")
    total: int | None = None
    contents: dict[str, bytes] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)

    def answer(self, asked: Asked) -> Sent:
        path = unquote(asked.path)
        if path == "/oai2d":
            return super().answer(asked)
        if path == "/api/records":
            return self.search(asked, self.records)
        if match := re.fullmatch(r"/api/communities/([^/]+)/records", path):
            found = [one for one in self.records if match[1] in _slugs(one)]
            return self.search(asked, found) if found else answer({"message": "no community"}, 404)
        if path in self.contents:
            return Sent(body=self.contents[path], headers=JSON)
        if match := re.fullmatch(r"/api/records/([^/]+)", path):
            return self.single(match[1])
        return answer({"status": 404, "message": "Not found."}, 404)

    def single(self, name: str) -> Sent:
        if name in self.gone:
            return answer({"status": 410, "message": "Record deleted", "tombstone": {"note": "spam"}}, 410)
        for one in self.records:
            if str(one["id"]) == name:
                return answer(one)
        return answer({"status": 404, "message": "The persistent identifier does not exist."}, 404)

    def search(self, asked: Asked, found: list[dict[str, Any]]) -> Sent:
        size, page = int(asked["size"] or 10), int(asked["page"] or 1)
        has_token = asked.headers.get("authorization") == f"Bearer {self.token_}"
        if size > (self.most_with_token if has_token else self.most) or size * page > self.window:
            return answer({"status": 400, "message": "Invalid querystring parameters."}, 400)
        if asked["sort"] is not None and asked["sort"] not in self.sorts:
            return answer({"status": 400, "message": "Invalid sort option."}, 400)
        found = sorted(
            self.matching(asked["q"] or "", found), key=lambda one: (one["created"], str(one["id"]))
        )
        part = found[(page - 1) * size : page * size]
        total = len(found) if self.total is None else self.total
        return answer({"hits": {"hits": part, "total": total}, "links": {"self": "x"}, "aggregations": {}})

    def matching(self, query: str, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
        for name, low, high, end in _RANGE.findall(query):
            if name == "created" and not self.honours_created:
                continue
            found = [
                one
                for one in found
                if (low == "*" or one[name][:19] >= low)
                and (high == "*" or one[name][:19] < high or (end == "]" and one[name][:19] == high))
            ]
        if match := re.search(r"\(title:(\w+)\)", query):
            found = [one for one in found if match[1] in one["metadata"]["title"]]
        if match := re.search(r'communities:"([^"]+)"', query):
            found = [one for one in found if match[1] in _slugs(one)]
        return found


def _slugs(record: dict[str, Any]) -> list[str]:
    entries = record.get("parent", {}).get("communities", {}).get("entries", [])
    return [one["slug"] for one in entries] + [one["id"] for one in record["metadata"].get("communities", [])]


@pytest.fixture
def site() -> Site:
    """60 records, one a day."""
    return Site(records=[rdm(number) for number in range(60)])


@pytest.fixture
def server(site: Site) -> Iterator[Server]:
    with Server(site) as running:
        running.url = running.url.removesuffix("/oai")
        yield running


@pytest.fixture
def fetch(server: Server, settings: Settings, connect: Connect) -> Callable[..., list[Page]]:
    def run(since: str | None = None, checkpoint: dict[str, Any] | None = None, **values: Any) -> list[Page]:
        source = Source(name="test", kind="invenio", **{"url": server.url, **values})
        with connect(source, settings) as transport:
            return list(Invenio(source, transport).pages(since, checkpoint))

    return run


@pytest.fixture
def run(catalogue: Catalogue, server: Server, connect: Connect) -> Callable[..., Run]:
    """One harvest of the site into the catalogue."""

    def one(*, full: bool = False, **values: Any) -> Run:
        if not catalogue.sources.all():
            source = Source(name="test", kind="invenio", **{"url": server.url, **values})
            catalogue.sources.add(source)
        return harvest(catalogue, ["test"], full=full, connect=connect)[0]

    return one
