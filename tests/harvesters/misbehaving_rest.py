"""A REST API on loopback that lists JSON records, well-behaved until it is told how not to be.

``/<list>?skip=0&limit=10`` answers ``{"total": 25, "items": [{…}, …]}``, with ``page`` and ``size``
or with ``cursor`` likewise, and with ``since`` or the ids ``from`` and ``below``; ``/<list>/<id>`` answers
one record and ``/<list>/count`` their number.
The attributes of `Rest` bend the API itself; ``server.script`` (see misbehaving.py) sees each
request with the well-behaved answer, may change the lists meanwhile, and gives what is sent.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from tests.harvesters.misbehaving import Asked, Script, Sent, Server

JSON_HEADERS = {"Content-Type": "application/json"}
Thing = dict[str, Any]


def things(count: int, *, begin: int = 0, **values: Any) -> list[Thing]:
    """Records with ids 0000 …, one a minute from 2024-01-01 on."""
    return [
        {
            "id": f"{number:04d}",
            "title": f"Title {number}",
            "updated": f"2024-01-{1 + number // 1440:02d}T{number // 60 % 24:02d}:{number % 60:02d}:00Z",
            **values,
        }
        for number in range(begin, begin + count)
    ]


def sent_json(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Sent:
    """An answer in JSON."""
    return Sent(body=json.dumps(value).encode(), status=status, headers={**JSON_HEADERS, **(headers or {})})


@dataclass
class Rest:
    """Lists of records by name, and the way they are given out.

    ``largest``   records in an answer at most, whatever is asked for
    ``window``    the API refuses whatever lies beyond so many records
    ``broken``    ids of records with which an answer fails, with status ``broken_status``
    ``garbled``   ids of records that make an answer broken JSON
    ``smallest``  records in an answer at least, however few are asked for
    ``closed``    lists that answer with a status of their own: name → status
    ``etags``     whether answers carry an ETag and If-None-Match is honoured
    """

    lists: dict[str, list[Thing]]
    page_size: int = 10
    largest: int | None = None
    smallest: int = 0
    window: int | None = None
    announces_total: bool = True
    announced: int | None = None
    honours_since: bool = True
    broken: set[str] = field(default_factory=set)
    broken_status: int = 500
    garbled: set[str] = field(default_factory=set)
    closed: dict[str, int] = field(default_factory=dict)
    etags: bool = False

    def answer(self, asked: Asked) -> Sent:
        """The well-behaved answer to a request."""
        name, _, rest = unquote(asked.path).strip("/").partition("/")
        if name not in self.lists:
            return sent_json({"error": {"message": f"There is no list {name}."}}, 404)
        if name in self.closed:
            return sent_json({"message": "closed"}, self.closed[name])
        found = self._found(asked, self.lists[name])
        if rest == "count":
            return sent_json({"count": len(found)})
        if rest:
            one = [thing for thing in self.lists[name] if thing.get("id") == rest]
            return self._page(one, one[0]) if one else sent_json({"message": "no such record"}, 404)
        return self._listed(asked, found)

    def _found(self, asked: Asked, all_things: Iterable[Thing]) -> list[Thing]:
        since = (asked["since"] if self.honours_since else None) or ""
        begin, below = asked["from"] or "", asked["below"] or "~"
        return [
            thing
            for thing in all_things
            if thing.get("updated", "~") >= since and begin <= thing.get("id", "") < below
        ]

    def _listed(self, asked: Asked, found: list[Thing]) -> Sent:
        limit = int(asked["limit"] or asked["size"] or self.page_size)
        limit = max(min(limit, self.largest or limit), self.smallest)
        if asked["page"]:
            skip = (int(asked["page"]) - 1) * limit
        else:
            skip = int(asked["skip"] or asked["cursor"] or 0)
        if self.window is not None and skip + limit > self.window:
            return sent_json({"message": f"Only the first {self.window} records can be read."}, 400)
        items = found[skip : skip + limit]
        body: dict[str, Any] = {"items": items}
        if self.announces_total:
            body["total"] = len(found) if self.announced is None else self.announced
        if skip + limit < len(found):
            body["next"] = str(skip + limit)
        sent = self._page(items, body)
        if self.etags and sent.status == 200:
            tag = f'"{hash(sent.body)}"'
            if asked.headers.get("if-none-match") == tag:
                return Sent(body=b"", status=304, headers={"ETag": tag})
            return Sent(body=sent.body, headers={**sent.headers, "ETag": tag})
        return sent

    def _page(self, items: list[Thing], body: Any) -> Sent:
        ids = {thing.get("id") for thing in items}
        if ids & self.broken:
            return sent_json({"error": {"message": "Internal error"}}, self.broken_status)
        sent = sent_json(body)
        return Sent(body=sent.body[:-2], headers=sent.headers) if ids & self.garbled else sent


class RestServer(Server):
    """The API on a port of its own; ``url`` is its root."""

    def __init__(self, rest: Rest, *, host: str = "127.0.0.1") -> None:
        super().__init__(rest, host=host)  # type: ignore[arg-type]
        self.rest = rest
        self.url = self.url.removesuffix("/oai")

    def asked_for(self, name: str) -> list[Asked]:
        """The requests for a list, in their order."""
        return [asked for asked in self.asked if asked.path.strip("/").split("/")[0] == name]


def on_request(number: int, change: Callable[[], None]) -> Script:
    """A script that calls ``change`` once the answer to this request, counted from 1, is made."""

    def script(asked: Asked, sent: Sent) -> Sent:
        if asked.number == number:
            change()
        return sent

    return script
