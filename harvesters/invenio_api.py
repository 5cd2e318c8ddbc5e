"""The REST API of InvenioRDM, which is also Zenodo's, as its servers really answer.

Servers differ in what they refuse with status 400: page sizes (more than 25 without a token, more
than 100 with one), orders, the parameter for all versions.  What is refused is asked otherwise.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from catalogue.errors import SourceProtocolError
from catalogue.sources import Source
from harvesters.addresses import shown
from harvesters.json_client import JsonAnswer, JsonClient, Refusal, Unreadable, count_in
from harvesters.transport import Transport

log = logging.getLogger(__name__)

WINDOW = 10_000
"""So many records of one search can be had; further pages are refused."""
ANONYMOUS_SIZE = 25
TOKEN_SIZE = 100
_ACCEPTS = ("application/vnd.inveniordm.v1+json, application/json;q=0.9", "application/json")
"""Zenodo gives its old JSON unless the new one is asked for by name."""
_SORTS = ("oldest", "created", "-mostrecent", None)
_SIZES = (ANONYMOUS_SIZE, 10)
_SITE_PATHS = ("/api", "/communities", "/oai2d", "/records", "/search")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An answer to a search: how many records match, and the bytes of those asked for."""

    total: int | None
    records: Sequence[bytes]


def site_of(url: str) -> str:
    """The address of the site that a URL of its API, its OAI-PMH or one of its pages belongs to."""
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    for known in _SITE_PATHS:
        before, found, after = path.partition(known)
        if found and (not after or after.startswith("/")):
            path = before
            break
    return f"{parts.scheme}://{parts.netloc}{path}"


def community_of(url: str) -> str | None:
    """The community whose page a URL is."""
    _, found, after = urlsplit(url).path.partition("/communities/")
    return after.split("/")[0] or None if found else None


class InvenioApi:
    """Searches and single records of one site; ``host`` names it in identifiers."""

    def __init__(self, source: Source, transport: Transport) -> None:
        self.site = site_of(source.url)
        self.host = (urlsplit(source.url).hostname or "").removeprefix("www.")
        self._whose = transport.whose
        self._clients = [JsonClient(transport, accept) for accept in _ACCEPTS]
        self._sorts = list(_SORTS)
        self._versions = source.options.get("allversions", "yes").lower() not in {"no", "false", "0", "off"}
        self._most: int | None = None
        self._settled = False
        self._by_query: dict[str, bool] = {}

    def search(self, community: str, query: str, skip: int, limit: int) -> Found:
        """The records ``skip`` … ``skip + limit`` of a search, oldest first.

        Raises `Refusal`, `Unreadable` and what the transport raises.
        """
        first: Refusal | None = None
        while True:
            try:
                found = self._searched(community, query, skip, limit)
            except Refusal as refusal:
                first = first or refusal
                if not self._asks_otherwise(refusal, limit):
                    raise first from None
            else:
                self._settled = True
                return found

    def record(self, name: str) -> JsonAnswer:
        """One record by its number at the site."""
        return self._clients[0].get(self.address_of(name), attempts=2)

    def address_of(self, name: str) -> str:
        """Where the API gives one record."""
        return f"{self.site}/api/records/{quote(name, safe='')}"

    def file(self, url: str) -> JsonAnswer:
        """A document of JSON that belongs to a record."""
        return self._clients[-1].get(url, attempts=2)

    def _asks_otherwise(self, refusal: Refusal, limit: int) -> bool:
        """Change what may be the reason of a refusal; ``False`` when nothing is left to change."""
        if refusal.status == 406 and len(self._clients) > 1:
            self._clients.pop(0)
            return True
        if refusal.status != 400:
            return False
        smaller = [size for size in _SIZES if size < min(self._most or limit, limit)]
        if smaller:
            log.warning("%s it refuses %d records at once; asking for %d", self._whose, limit, smaller[0])
            self._most = smaller[0]
            return True
        if self._settled:
            return False
        if len(self._sorts) > 1:
            self._sorts.pop(0)
            return True
        if self._versions:
            log.warning("%s it does not list all versions of its records, only the latest", self._whose)
            self._versions = False
            return True
        return False

    def _searched(self, community: str, query: str, skip: int, limit: int) -> Found:
        """One stretch, in several requests where the server gives fewer at once."""
        size = next(number for number in range(min(self._most or limit, limit), 0, -1) if limit % number == 0)
        records: list[bytes] = []
        total = None
        for start in range(skip, skip + limit, size):
            total, found = self._page(community, query, start // size + 1, size)
            records += found
            if len(found) < size:
                break
        return Found(total=total, records=records)

    def _page(self, community: str, query: str, page: int, size: int) -> tuple[int | None, list[bytes]]:
        if community and community not in self._by_query:
            return self._first_of(community, query, page, size)
        path = "/api/records"
        if community and self._by_query[community]:
            query = _joined(f'communities:"{community}"', query)
        elif community:
            path = f"/api/communities/{quote(community, safe='')}/records"
        parameters = [("size", str(size)), ("page", str(page))]
        if query:
            parameters.insert(0, ("q", query))
        if self._sorts[0] is not None:
            parameters.append(("sort", self._sorts[0]))
        if self._versions:
            parameters += [("allversions", "true"), ("all_versions", "true")]
        answer = self._clients[0].get(self.site + path, parameters)
        try:
            outer, records = answer.shell("hits", "hits")
        except Unreadable:
            if size > 1 or b'"hits"' not in answer.body:
                raise
            # The one record of it is broken; its number may still be legible.
            return None, [answer.body]
        return _total(outer.get("hits")), records

    def _first_of(self, community: str, query: str, page: int, size: int) -> tuple[int | None, list[bytes]]:
        """A community has a list of its own; sites that have none can be searched for its records."""
        self._by_query[community] = False
        try:
            return self._page(community, query, page, size)
        except Refusal as refusal:
            del self._by_query[community]
            if refusal.status != 404:
                raise
        self._by_query[community] = True
        total, _ = self._page(community, "", 1, 1)
        if total:
            return self._page(community, query, page, size)
        del self._by_query[community]
        raise SourceProtocolError(
            f"{shown(self.site)} has no community «{community}»; check the sets of the source."
        )


def _total(hits: Any) -> int | None:
    """A number, or the object that search engines give: «at least» is more than can be had."""
    found = hits.get("total") if isinstance(hits, dict) else None
    if isinstance(found, dict):
        value = found.get("value")
        if isinstance(value, int) and found.get("relation") == "gte":
            return max(value, WINDOW)
        found = value
    return count_in(found)


def _joined(*terms: str) -> str:
    return " AND ".join(term for term in terms if term)
