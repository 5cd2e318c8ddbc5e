"""DataCite's REST API on loopback, with cursors; served by `misbehaving.Server`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlencode

import pytest

from catalogue.opening import Catalogue
from catalogue.record import Page
from catalogue.runs import Run
from catalogue.settings import Settings
from catalogue.sources import Source
from harvesters.datacite import DataCite
from harvesters.run import harvest
from harvesters.transport import Transport
from tests.harvesters.misbehaving import Asked, Item, Repository, Sent, Server

Connect = Callable[..., Transport]
Fetch = Callable[..., list[Page]]
Harvest = Callable[..., Run]


def answer(value: Any, status: int = 200, **headers: str) -> Sent:
    """A value as JSON."""
    return Sent(body=json.dumps(value).encode(), status=status, headers=headers)


def doi(number: int, client: str = "desy.data", **values: Any) -> dict[str, Any]:
    """A DOI with its attributes."""
    name = f"10.5072/d{number:04d}"
    stamp = f"2024-{1 + number // 28 % 12:02d}-{1 + number % 28:02d}T00:00:00.000Z"
    attributes = {
        "doi": name,
        "state": "findable",
        "creators": [{"name": "Roe, Jane", "nameType": "Personal", "affiliation": [], "nameIdentifiers": []}],
        "titles": [{"title": f"Title {number}"}],
        "publisher": {"name": "An institute"},
        "publicationYear": 2024,
        "types": {"resourceTypeGeneral": "Dataset"},
        "url": f"https://data.example.org/{number}",
        "created": stamp,
        "updated": stamp,
        "viewCount": 1,
    }
    relationships = {"client": {"data": {"id": client, "type": "clients"}}}
    return {"id": name, "type": "dois", "attributes": attributes | values, "relationships": relationships}


@dataclass
class Dois(Repository):
    """The DOIs that there are; ``most`` is the largest page that is allowed."""

    items: list[Item] = field(default_factory=list)
    dois: list[dict[str, Any]] = field(default_factory=list)
    most: int = 1000
    total: int | None = None
    following: Callable[[str], str] = str

    def answer(self, asked: Asked) -> Sent:
        path = unquote(asked.path)
        if path != "/dois":
            found = [one for one in self.dois if f"/dois/{one['id']}" == path]
            return answer({"data": found[0]}) if found else answer({"errors": [{"status": "404"}]}, 404)
        size = int(asked["page[size]"] or 25)
        if size > self.most:
            return answer({"errors": [{"status": "400", "title": "The page size is too large."}]}, 400)
        found = self.matching(asked)
        after = int(asked["page[cursor]"] or "1")
        rest = [(at, one) for at, one in enumerate(found, 2) if at > after]
        part = rest[:size]
        links = {"self": "x"}
        if len(part) == size:
            query = {"page[cursor]": self.following(str(part[-1][0])), "page[size]": size}
            links["next"] = f"https://elsewhere.example.org/dois?{urlencode(query)}"
        total = len(found) if self.total is None else self.total
        return answer({"data": [one for _, one in part], "meta": {"total": total}, "links": links})

    def matching(self, asked: Asked) -> list[dict[str, Any]]:
        found = self.dois
        if asked["client-id"]:
            wanted = (asked["client-id"] or "").split(",")
            found = [one for one in found if one["relationships"]["client"]["data"]["id"] in wanted]
        if asked["prefix"]:
            found = [one for one in found if one["id"].startswith(f"{asked['prefix']}/")]
        query = asked["query"] or ""
        if match := re.search(r"updated:\[(\S+) TO \*\]", query):
            found = [one for one in found if one["attributes"]["updated"] >= match[1]]
        if match := re.search(r'doi:"([^"]+)"', query):
            return [one for one in found if one["id"] == match[1]]
        if match := re.search(r"\((\w+)\)$", query):
            found = [one for one in found if match[1].lower() in json.dumps(one).lower()]
        if match := re.search(r"\(titles.title:(\w+)\)", query):
            found = [one for one in found if match[1] in one["attributes"]["titles"][0]["title"]]
        return found


@pytest.fixture
def site() -> Dois:
    """60 DOIs of one client, 5 of another."""
    return Dois(dois=[doi(number, "desy.data" if number < 60 else "gsi.data") for number in range(65)])


@pytest.fixture
def server(site: Dois) -> Iterator[Server]:
    with Server(site) as running:
        running.url = running.url.removesuffix("/oai")
        yield running


@pytest.fixture
def fetch(server: Server, settings: Settings, connect: Connect) -> Fetch:
    def run(since: str | None = None, checkpoint: dict[str, Any] | None = None, **options: str) -> list[Page]:
        given = {"client": "desy.data", **options}
        given = {name.replace("_", "-"): value for name, value in given.items() if value}
        source = Source(name="test", kind="datacite", url=server.url, options=given)
        with connect(source, settings) as transport:
            return list(DataCite(source, transport).pages(since, checkpoint))

    return run


@pytest.fixture
def run(catalogue: Catalogue, server: Server, connect: Connect) -> Harvest:
    """One harvest into the catalogue, from the beginning of time on the second day."""

    def one(*, full: bool = False, **options: str) -> Run:
        if not catalogue.sources.all():
            given = {"client": "desy.data", "overlap": "0", **options}
            given = {name.replace("_", "-"): value for name, value in given.items()}
            catalogue.sources.add(Source(name="test", kind="datacite", url=server.url, options=given))
        return harvest(catalogue, ["test"], full=full, connect=connect)[0]

    return one
