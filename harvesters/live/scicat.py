"""SciCat's full-text search over datasets, in each of its dialects."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson

from catalogue.errors import NotFound, SourceProtocolError
from catalogue.record import RawRecord
from catalogue.sources import Source
from harvesters.json_client import Refusal, loaded
from harvesters.live.base import REMEMBERED, Ask, Found, LiveHit, LiveSearch
from harvesters.live.words import plain
from harvesters.scicat import SciCat
from harvesters.scicat_filters import KINDS, Route
from harvesters.transport import Transport

_NOT_FOUND = {401, 403, 404}


class LiveSciCat(LiveSearch):
    """Words in datasets: «fullquery» in v3 and LoopBack, the text index of the list in v4."""

    kind = "scicat"

    def __init__(self, source: Source, transport: Transport) -> None:
        super().__init__(source, transport)
        self._harvester = SciCat(source, transport)

    def search(self, ask: Ask) -> Found:
        """The hits in the order of the installation."""
        words = plain(ask.query.words)
        route = self._route("datasets")
        answer = self._searched(route, words.text, ask.size) if words.text else self._listed(route, ask.size)
        raws = [raw for data in answer if (raw := self._raw(route, data)) is not None]
        return Found(
            hits=tuple(LiveHit(identifier=raw.identifier, raw=raw) for raw in raws[: ask.size]),
            told=(*words.told, "It was asked for its datasets."),
        )

    def one(self, identifier: str) -> RawRecord:
        """By the record's own address."""
        kind, _, name = identifier.partition("/")
        if kind in KINDS and name:
            route = self._route(kind)
            try:
                data = self._harvester.client.get(route.record_url(name), attempts=1).body
            except Refusal as refusal:
                if refusal.status not in _NOT_FOUND:
                    raise
            else:
                raw = self._raw(route, data)
                if raw is not None and raw.identifier == identifier:
                    return raw
        raise NotFound(f"The source {self.source.name} has no record «{identifier[:200]}».")

    def _route(self, kind: str) -> Route:
        """The list of the first installation; raises `SourceProtocolError` where it has none."""
        route: Route | None = REMEMBERED.get(
            (self.kind, self.source.url, kind, bool(self.source.token)), lambda: self._harvester.route(kind)
        )
        if route is None:
            raise SourceProtocolError(f"The option kinds of the source leaves {kind} out.")
        return route

    def _searched(self, route: Route, text: str, size: int) -> list[bytes]:
        if route.dialect.startswith("v4"):
            ((name, filter),) = replace(route, dialect="v4-order").page(None, 0, size)
            asked = {**orjson.loads(filter), "where": {"$text": {"$search": text}}}
            return self._harvester.client.get(route.url, [(name, _json(asked))], attempts=1).shell()[1]
        full = [("fields", _json({"text": text})), ("limits", _json({"skip": 0, "limit": size}))]
        return self._harvester.client.get(f"{route.url}/fullquery", full, attempts=1).shell()[1]

    def _listed(self, route: Route, size: int) -> list[bytes]:
        return self._harvester.client.get(route.url, route.page(None, 0, size), attempts=1).shell()[1]

    def _raw(self, route: Route, data: bytes) -> RawRecord | None:
        try:
            document = loaded(data)
        except ValueError:
            return None
        return self._harvester.record(route.part, data, document) if isinstance(document, dict) else None


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
