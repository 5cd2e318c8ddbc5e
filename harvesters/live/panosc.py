"""The PaNOSC search API: its scored search by words, and the answer of those who do not score."""

from __future__ import annotations

from typing import Any

import orjson

from catalogue.errors import NotFound
from catalogue.record import RawRecord
from catalogue.sources import Source
from harvesters.json_client import loaded
from harvesters.live.base import REMEMBERED, Ask, Found, LiveHit, LiveSearch
from harvesters.live.words import plain
from harvesters.panosc import Panosc
from harvesters.panosc_filters import SearchList
from harvesters.transport import Transport

_LOOKED_THROUGH = 50


class LivePanosc(LiveSearch):
    """The first of the kinds of lists that the source has; a federation asks its facilities in turn."""

    kind = "panosc"

    def __init__(self, source: Source, transport: Transport) -> None:
        super().__init__(source, transport)
        self._harvester = Panosc(source, transport)

    def search(self, ask: Ask) -> Found:
        """The best hits of the first list; what has no score must at least hold the words."""
        words = plain(ask.query.words)
        one = self._list(self._harvester.kinds()[0])
        wanted: dict[str, Any] = {"query": words.text} if words.text else {}
        answer = self._asked(one, wanted, _LOOKED_THROUGH if words.text else ask.size)
        told = [*words.told, f"It was asked for its {one.kind}."]
        hits, is_scored = [], False
        for data in answer:
            raw, score = self._raw(one, data)
            if raw is None:
                continue
            is_scored = is_scored or score > 0
            hits.append((score, raw))
        if words.text and is_scored:
            hits = sorted((hit for hit in hits if hit[0] > 0), key=lambda hit: -hit[0])
        elif words.text:
            hits = [hit for hit in hits if _holds(hit[1].data, words.words)]
            told.append(f"It does not rank by words: the first {len(answer)} were looked through.")
        return Found(
            hits=tuple(LiveHit(identifier=raw.identifier, raw=raw) for _, raw in hits[: ask.size]),
            told=tuple(told),
        )

    def one(self, identifier: str) -> RawRecord:
        """By a list of what has this pid, with all that belongs to it."""
        for kind in self._harvester.kinds():
            _, found, pid = f"/{identifier}".partition(f"/{kind}/")
            if not found:
                continue
            one = self._list(kind)
            for data in self._asked(one, {"where": {"pid": pid}}, 2):
                raw, _ = self._raw(one, data)
                if raw is not None and raw.identifier == identifier:
                    return raw
        raise NotFound(f"The source {self.source.name} has no record «{identifier[:200]}».")

    def _list(self, kind: str) -> SearchList:
        found: SearchList = REMEMBERED.get(
            (self.kind, self.source.urls, kind), lambda: self._harvester.list_of(kind)
        )
        return found

    def _asked(self, one: SearchList, wanted: dict[str, Any], limit: int) -> list[bytes]:
        ((name, filter),) = one.page(0, limit)
        asked = [(name, orjson.dumps({**orjson.loads(filter), **wanted}).decode())]
        return self._harvester.client.get(one.url, asked, attempts=1).shell()[1]

    def _raw(self, one: SearchList, data: bytes) -> tuple[RawRecord | None, float]:
        try:
            document = loaded(data)
        except ValueError:
            return None, 0.0
        if not isinstance(document, dict):
            return None, 0.0
        score = document.get("score")
        if isinstance(score, bool) or not isinstance(score, int | float):
            score = 0.0
        return self._harvester.record(one.part, data, document), float(score)


def _holds(data: bytes, words: tuple[str, ...]) -> bool:
    """Whether a record holds all the words, somewhere."""
    text = data.decode("utf-8", "replace")
    if "\\u" in text:
        text = orjson.dumps(orjson.loads(data)).decode()
    text = text.casefold()
    return all(word.casefold() in text for phrase in words for word in phrase.split())
