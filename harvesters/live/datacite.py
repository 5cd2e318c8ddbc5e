"""DataCite's search: its query string is that of Elasticsearch, asked within what the source covers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from catalogue.errors import NotFound
from catalogue.record import RawRecord
from catalogue.sources import Source
from harvesters.datacite import ALWAYS, FILTERS, DataCite
from harvesters.datacite_records import raw_of
from harvesters.json_client import count_in
from harvesters.live.base import Ask, Found, LiveHit, LiveSearch
from harvesters.live.words import lucene
from harvesters.transport import Transport

_FIELDS = {
    "title": "titles.title",
    "description": "descriptions.description",
    "creator": "creators.name",
    "subject": "subjects.subject",
    "publisher": "publisher.name",
    "year": "publicationYear",
    "identifier": "doi",
}
_BY_YEAR = "DataCite was asked for years of publication, not for days."


class LiveDataCite(LiveSearch):
    """Words, fields and years; never more than the client, provider, prefix and query of the source."""

    kind = "datacite"
    asks: ClassVar[frozenset[str]] = frozenset({"q", "published", "year"})

    def __init__(self, source: Source, transport: Transport) -> None:
        super().__init__(source, transport)
        self._harvester = DataCite(source, transport)

    def search(self, ask: Ask) -> Found:
        """The best hits of ``/dois?query=…``."""
        words, told = lucene(ask.query.words, _FIELDS)
        terms = [words, *self._years(ask)]
        if any(len(end or "") > len("2015") for end in ask.query.published):
            told += (_BY_YEAR,)
        outer, found = self._asked(" AND ".join(filter(None, terms)), ask.size)
        raws = [raw_of(data, part=self._part(data), place="") for data in found]
        meta = outer.get("meta")
        return Found(
            hits=tuple(
                LiveHit(identifier=one.identifier, raw=one) for one in raws if isinstance(one, RawRecord)
            ),
            total=count_in(meta.get("total")) if isinstance(meta, Mapping) else None,
            told=told,
        )

    def one(self, identifier: str) -> RawRecord:
        """The DOI as the list of the source has it."""
        quoted = identifier.replace("\\", "").replace('"', "")
        _, found = self._asked(f'doi:"{quoted}"', 2)
        for data in found:
            raw = raw_of(data, part=self._part(data), place="")
            if isinstance(raw, RawRecord) and raw.identifier == identifier.lower():
                return raw
        raise NotFound(f"The source {self.source.name} has no DOI «{identifier[:200]}».")

    def _asked(self, query: str, size: int) -> tuple[dict[str, Any], list[bytes]]:
        own = self.source.options.get("query", "").strip()
        terms = [f"({one})" for one in (own, query) if one]
        parameters = [*self._filters(), *ALWAYS, ("page[size]", str(size)), ("page[number]", "1")]
        if terms:
            parameters.append(("query", " AND ".join(terms)))
        client = self._harvester.client
        return client.get(self._harvester.address, parameters, attempts=1).shell("data")

    def _filters(self) -> list[tuple[str, str]]:
        given = {
            name: self.source.options.get(option, "").lower().split() for option, name in FILTERS.items()
        }
        return [(name, ",".join(values)) for name, values in given.items() if values]

    def _years(self, ask: Ask) -> list[str]:
        first, last = (end[:4] if end else "*" for end in ask.query.published)
        terms = [f"publicationYear:[{first} TO {last}]"] if (first, last) != ("*", "*") else []
        years = [year for year in ask.query.facets.get("year", ()) if year.isascii() and year.isdigit()]
        return terms + ([f"publicationYear:({' OR '.join(years)})"] if years else [])

    def _part(self, data: bytes) -> str:
        """The part of the source's list in which a harvest meets this DOI: its set."""
        parts = [self._harvester.label(part) for part in self._harvester.parts(None)]
        if len(parts) == 1:
            return parts[0]
        try:
            document = json.loads(data)
            related = document.get("relationships", {})
            names = {str(related.get(kind, {}).get("data", {}).get("id")) for kind in ("client", "provider")}
            names.add(str(document.get("id", "")).partition("/")[0])
        except (ValueError, AttributeError, RecursionError):
            return ""
        return next((part for part in parts if part in names), "")
