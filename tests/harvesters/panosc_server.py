"""The search API of PaNOSC on loopback, well-behaved until it is told how not to be."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.harvesters.misbehaving import Asked, Sent, Server
from tests.harvesters.scicat_server import JSON, Record, answer

_RELATIONS = ("parameters", "techniques", "samples", "files", "instrument", "document", "members", "datasets")


@dataclass
class PanoscServer:
    """Lists by kind below ``base``; what is not asked for by ``include`` stays out of the records."""

    records: dict[str, list[Record]]
    base: str = "/api"
    pascal: bool = False
    lies: int = 0
    counts: bool = True
    cap: int = 1000
    refuses: tuple[str, ...] = ()
    scores: bool = True

    def answer(self, asked: Asked) -> Sent:
        rest = asked.path.removeprefix(self.base).strip("/").split("/")
        kind = rest[0].lower()
        is_here = asked.path.startswith(self.base + "/") and kind in self.records
        if not is_here or (self.pascal and rest[0] == kind):
            return answer({"error": {"statusCode": 404, "message": "There is no method to handle GET"}}, 404)
        if rest[1:] == ["count"]:
            if not self.counts:
                return answer({"error": {"statusCode": 401, "message": "Authorization Required"}}, 401)
            return answer({"count": len(self.records[kind]) + self.lies})
        filter = json.loads(asked["filter"] or "{}")
        wanted = {one["relation"] for one in filter.get("include", [])}
        if wanted & set(self.refuses):
            return answer({"error": {"statusCode": 400, "message": "Relation is not defined"}}, 400)
        skip = filter.get("skip", 0)
        page = self._found(kind, filter)[skip : skip + min(filter.get("limit", 100), self.cap)]
        body = b",".join(one if isinstance(one, bytes) else _written(one, wanted) for one in page)
        return Sent(body=b"[" + body + b"]", headers=JSON)

    def _found(self, kind: str, filter: dict[str, Any]) -> list[Record]:
        """Those with a pid that is asked for; scored by words, where it ``scores`` at all."""
        records = self.records[kind]
        if pid := filter.get("where", {}).get("pid"):
            return [one for one in records if isinstance(one, dict) and one["pid"] == pid]
        if not filter.get("query") or not self.scores:
            return records
        words = filter["query"].lower().split()
        scored = [
            {**one, "score": sum(word in str(one.get("title", "")).lower() for word in words) / len(words)}
            for one in records
            if isinstance(one, dict)
        ]
        return sorted(scored, key=lambda one: -one["score"])


def _written(one: dict[str, Any], wanted: set[str]) -> bytes:
    hidden = set(_RELATIONS) - wanted
    return json.dumps({name: value for name, value in one.items() if name not in hidden}).encode()


@contextmanager
def searching(api: PanoscServer) -> Iterator[Server]:
    """The server; its ``url`` has no path."""
    with Server(api) as server:  # type: ignore[arg-type]
        server.url = server.url.removesuffix("/oai")
        yield server


def found(count: int, *, begin: int = 0, **values: Any) -> list[Record]:
    """Datasets 20.500.12269/0000 … with a parameter each."""
    return [
        {
            "pid": f"20.500.12269/{number:04d}",
            "title": f"Measurement {number}",
            "isPublic": True,
            "creationDate": "2020-05-05T15:01:02.341Z",
            "score": 0,
            "parameters": [{"id": number, "name": "photon_energy", "value": 900 + number, "unit": "eV"}],
            **values,
        }
        for number in range(begin, begin + count)
    ]
