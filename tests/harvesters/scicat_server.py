"""SciCat on loopback in each of its dialects, well-behaved until it is told how not to be."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from tests.harvesters.misbehaving import Asked, Sent, Server

JSON = {"Content-Type": "application/json; charset=utf-8"}
FRONTEND = b"<!doctype html><html><title>SciCat</title></html>"
IDS = {
    "datasets": "pid",
    "publisheddata": "doi",
    "instruments": "pid",
    "proposals": "proposalId",
    "samples": "sampleId",
}

Record = dict[str, Any] | bytes
"""A record, or the very bytes that stand in its place."""


def answer(value: Any, status: int = 200) -> Sent:
    return Sent(body=json.dumps(value, ensure_ascii=False).encode(), status=status, headers=JSON)


@dataclass
class SciCatServer:
    """The lists of one installation by kind; ``closed`` kinds answer 403, those without list 404.

    ``dialects`` are the APIs that it has.  ``where`` is what a filter by date does: «works»,
    «ignored», or «nothing» (as v4 does where it compares texts with dates).  ``lies`` is added
    to each count; without ``counts`` there is none.  ``cap`` is the longest page.  Where it
    ``has_private`` datasets, v4 has a list of all of them for who has a token.
    """

    records: dict[str, list[Record]]
    dialects: tuple[str, ...] = ("v4", "v3")
    closed: set[str] = field(default_factory=set)
    where: str = "works"
    lies: int = 0
    counts: bool = True
    cap: int = 1000
    has_facets: bool = False
    refuses_sort: bool = False
    has_frontend: bool = False
    has_private: bool = False
    accepts_token: bool = True

    def answer(self, asked: Asked) -> Sent:
        found = self._routed(asked.path)
        if found is None:
            if self.has_frontend:
                return Sent(body=FRONTEND, headers={"Content-Type": "text/html"})
            return answer({"statusCode": 404, "message": f"Cannot GET {asked.path}"}, 404)
        dialect, kind, rest = found
        if rest[:1] == ["private"]:
            if not self.accepts_token or "authorization" not in asked.headers:
                return answer({"statusCode": 401, "message": "Unauthorized"}, 401)
            rest = rest[1:]
        if kind in self.closed:
            return answer({"statusCode": 403, "message": "Forbidden resource"}, 403)
        if kind not in self.records:
            return answer({"statusCode": 404, "message": "Cannot GET"}, 404)
        if rest == ["count"]:
            return self._count(asked, dialect, kind)
        if rest == ["fullfacet"] and self.has_facets:
            return answer([{"all": [{"totalSets": len(self.records[kind])}]}])
        if rest == ["fullquery"]:
            found = self._holding(kind, json.loads(asked["fields"] or "{}").get("text", ""))
            return answer(found[: json.loads(asked["limits"] or "{}").get("limit", 10)])
        if rest:
            return self._single(kind, rest[0])
        return self._list(asked, dialect, kind)

    def _routed(self, path: str) -> tuple[str, str, list[str]] | None:
        parts = [unquote(part) for part in path.strip("/").split("/")]
        if parts[0] != "api":
            return None
        parts = parts[1:]
        if parts[:1] == ["v4"] and "v4" in self.dialects:
            dialect, parts = "v4", parts[1:]
            if parts[:1] == ["datasets"]:
                if parts[1:2] == ["public"]:
                    parts = ["datasets", *parts[2:]]
                elif self.has_private:
                    parts = ["datasets", "private", *parts[1:]]
                else:
                    return None
            elif parts[:1] not in (["publisheddata"],):
                return None
        elif parts[:1] == ["v3"] and "v3" in self.dialects:
            dialect, parts = "v3", parts[1:]
        elif "loopback" in self.dialects:
            parts = parts[1:] if parts[:1] == ["v3"] else parts
            dialect = "loopback"
        else:
            return None
        kind = parts[0].lower() if parts else ""
        return (dialect, kind, parts[1:]) if kind in IDS else None

    def _chosen(self, kind: str, where: dict[str, Any]) -> list[Record]:
        if "$text" in where:
            return self._holding(kind, where["$text"]["$search"])
        found = self.records[kind]
        asked = where.get("updatedAt", {})
        begin = asked.get("$gte", asked.get("gte")) if isinstance(asked, dict) else None
        if begin is None or self.where == "ignored":
            return found
        if self.where == "nothing":
            return []
        return [one for one in found if isinstance(one, bytes) or one.get("updatedAt", "") >= begin]

    def _holding(self, kind: str, text: str) -> list[Record]:
        words = text.lower().split()
        return [
            one
            for one in self.records[kind]
            if isinstance(one, dict) and any(word in json.dumps(one).lower() for word in words)
        ]

    def _count(self, asked: Asked, dialect: str, kind: str) -> Sent:
        if not self.counts:
            return answer({"statusCode": 401, "message": "Unauthorized"}, 401)
        given = asked["where"] if dialect == "loopback" else asked["filter"]
        where = json.loads(given or "{}")
        where = where if dialect == "loopback" else where.get("where", {})
        return answer({"count": max(len(self._chosen(kind, where)) + self.lies, 0)})

    def _single(self, kind: str, identifier: str) -> Sent:
        for one in self.records[kind]:
            if isinstance(one, dict) and one.get(IDS[kind]) == identifier:
                return answer(one)
        return answer(None)

    def _list(self, asked: Asked, dialect: str, kind: str) -> Sent:
        filter = json.loads(asked["filter"] or "{}")
        limits = filter.get("limits", {}) if dialect != "loopback" else filter
        if self.refuses_sort and "sort" in limits:
            return answer({"statusCode": 400, "message": "Property limits.sort should not exist"}, 400)
        found = self._chosen(kind, filter.get("where", {}))
        default = {"v4": 10, "v3": 100, "loopback": len(found)}[dialect]
        skip, limit = limits.get("skip", 0), min(limits.get("limit", default), self.cap)
        page = found[skip : skip + limit]
        if fields := filter.get("fields"):
            return answer([_projected(one, fields) for one in page])
        return Sent(body=b"[" + b",".join(map(_written, page)) + b"]", headers=JSON)


def _written(one: Record) -> bytes:
    return one if isinstance(one, bytes) else json.dumps(one, ensure_ascii=False).encode()


def _projected(one: Record, fields: list[str]) -> dict[str, Any]:
    if isinstance(one, dict):
        return {name: one[name] for name in fields if name in one}
    begin = one.find(b'"pid":"') + 7
    return {"pid": one[begin : one.find(b'"', begin)].decode()} if begin > 6 else {}


@contextmanager
def serving(installation: SciCatServer) -> Iterator[Server]:
    """The server; its ``url`` is that of the site."""
    with Server(installation) as server:  # type: ignore[arg-type]
        server.url = server.url.removesuffix("/oai")
        yield server


def datasets(count: int, *, begin: int = 0, **values: Any) -> list[Record]:
    """Datasets 20.500.12345/0000 …, one a minute from 2024-01-01 on."""
    return [
        {
            "pid": f"20.500.12345/{number:04d}",
            "datasetName": f"Run {number}",
            "type": "raw",
            "owner": "Ada Example",
            "sourceFolder": f"/data/{number}",
            "creationTime": "2024-01-01T00:00:00.000Z",
            "isPublished": True,
            "updatedAt": f"2024-01-01T{number // 60 % 24:02d}:{number % 60:02d}:00.000Z",
            **values,
        }
        for number in range(begin, begin + count)
    ]


def published(count: int) -> list[Record]:
    """Published data 10.5072/p0000 …"""
    return [
        {
            "doi": f"10.5072/p{number:04d}",
            "title": f"Publication {number}",
            "creator": ["Ada Example", "al."],
            "pidArray": [f"20.500.12345/{number:04d}"],
            "status": "registered",
            "publicationYear": 2024,
            "updatedAt": "2024-01-01T00:00:00.000Z",
        }
        for number in range(count)
    ]
