"""DataCite by its REST API (``/dois``): the DOIs of a client, a provider, a prefix or a query."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import parse_qsl, quote, urlsplit

from catalogue.errors import SettingsError, SourceError
from catalogue.record import Issue, Page, RawRecord
from catalogue.sources import Source
from harvesters.base import Probe
from harvesters.datacite_records import raw_of, single
from harvesters.json_client import JsonClient, Refusal, Unreadable, count_in, issue_of
from harvesters.listing import Batch, Listing
from harvesters.transport import HostFailing, Transport

log = logging.getLogger(__name__)

PAGE_SIZE = 1000
"""The most that DataCite gives at once."""
_SIZES = (100, 10, 1)
"""What is asked for where a page cannot be read: so many pages of the smaller size lead past its fault."""
_ACCEPT = "application/vnd.api+json, application/json;q=0.9"
FILTERS = {"client": "client-id", "provider": "provider-id", "doi-prefix": "prefix"}
ALWAYS = (("affiliation", "true"), ("publisher", "true"), ("state", "findable"), ("disable-facets", "true"))
_NEXT = re.compile(r'"next"\s*:\s*"([^"\s]{1,5000})"')


class DataCite(Listing):
    """Reads by cursor, in the order in which the DOIs were made.

    A part of a run is one client, provider or prefix, or the query alone; each fails alone.  A cursor
    goes on after the last DOI of its page, so that nothing is skipped when others change.  Where a page
    cannot be read it is asked for in smaller ones, down to the one DOI that is broken.
    """

    kind = "datacite"
    title = "DataCite REST API"
    options: ClassVar[Mapping[str, str]] = {
        "client": "client (repository) whose DOIs are harvested; several separated by spaces",
        "provider": "provider (member) whose DOIs are harvested; several separated by spaces",
        "doi-prefix": "prefix of the DOIs; several separated by spaces",
        "query": "query that the DOIs must match, in the syntax of DataCite",
    }
    fails_alone = True

    def __init__(self, source: Source, transport: Transport) -> None:
        super().__init__(source, transport)
        self.client = JsonClient(transport, _ACCEPT)
        self._most = PAGE_SIZE
        parts = urlsplit(source.url)
        path = parts.path.rstrip("/").removesuffix("/dois")
        self.address = f"{parts.scheme}://{parts.netloc}{path}/dois"

    @classmethod
    def check(cls, source: Source) -> None:
        """All of DataCite is too much, but to be asked."""
        if source.live != "only" and not any(
            source.options.get(option, "").strip() for option in (*FILTERS, "query")
        ):
            raise SettingsError(
                f"The source {source.name} would be all of DataCite, many millions of DOIs: "
                "give it one of the options client, provider, doi-prefix or query."
            )

    def probe(self) -> Probe:
        """Ask each part for one DOI."""
        faults: list[str] = []
        total = 0
        named = [self.label(part) for part in self.parts(None)]
        for part in self.parts(None):
            outer, records = self._asked(part, None, "1", 1)
            count = _total(outer)
            if count is None:
                faults.append("It does not tell how many DOIs there are («meta.total»).")
            total += count or 0
            if not records:
                faults.append(f"There are no findable DOIs of «{self.label(part) or 'the query'}».")
            elif _cursor_of(outer) is None and (count or 0) > 1:
                faults.append("Its answer names no next page («links.next»): only the first can be read.")
        return Probe(
            name="DataCite",
            protocol="DataCite REST API (JSON:API)",
            formats=("datacite_json",),
            chosen_format="datacite_json",
            sets=tuple(name for name in named if name),
            granularity="seconds",
            deletion="by absence from the full list",
            records=total,
            faults=tuple(dict.fromkeys(faults)),
        )

    def parts(self, since: str | None) -> Sequence[str]:
        """One part for each client, else each provider, else each prefix; the other options hold for all."""
        for option, parameter in FILTERS.items():
            values = self._values(option)
            if values:
                return [json.dumps([parameter, value]) for value in values]
        self.check(self.source)
        return [json.dumps(["", ""])]

    def label(self, part: str) -> str:
        """The client, provider or prefix."""
        return str(json.loads(part)[1])

    def _values(self, option: str) -> list[str]:
        return self.source.options.get(option, "").lower().split()

    @property
    def _asked_query(self) -> str:
        return self.source.options.get("query", "").strip()

    def batch(self, part: str, since: str | None, position: Any) -> Batch:
        """The page after a cursor; ``position`` is the cursor, how many DOIs, how many such pages."""
        cursor, size, left = position or ("1", self._usual, 0)
        return self._batch(part, since, cursor, size, left)

    def around(self, part: str, since: str | None, position: Any) -> Iterator[Batch]:
        """The first DOIs of a page that cannot be read, in a smaller page."""
        cursor, broken, _ = position or ("1", self._usual, 0)
        for size in _SIZES:
            if size < broken:
                try:
                    batch = self._batch(part, since, cursor, size, 10)
                except (Unreadable, HostFailing):
                    continue
                yield batch
                return

    @property
    def _usual(self) -> int:
        return min(self.source.page_size or PAGE_SIZE, self._most)

    def _batch(self, part: str, since: str | None, cursor: str, size: int, left: int) -> Batch:
        outer, found = self._asked(part, since, cursor, size)
        label = self.label(part)
        records: list[RawRecord] = []
        issues: list[Issue] = []
        for number, data in enumerate(found, 1):
            one = raw_of(data, part=label, place=f"({label or 'query'}, record {number} after {cursor})")
            if isinstance(one, RawRecord):
                records.append(one)
            else:
                issues.append(one)
        after = _cursor_of(outer) if found else None
        small = [after, size, left - 1] if left > 1 else [after, self._usual, 0]
        following = None if after is None else small
        return Batch(records=tuple(records), issues=tuple(issues), total=_total(outer), next=following)

    def _asked(
        self, part: str, since: str | None, cursor: str, size: int
    ) -> tuple[dict[str, Any], list[bytes]]:
        parameters = [*self._filters(part), *self._query(since), *ALWAYS]
        parameters += [("page[cursor]", cursor), ("page[size]", str(min(size, self._most)))]
        try:
            answer = self.client.get(self.address, parameters)
        except Refusal as refusal:
            if refusal.status == 400 and min(size, self._most) > _SIZES[0]:
                log.warning("%s it refuses %d DOIs at once", self.transport.whose, size)
                self._most = _SIZES[0]
                return self._asked(part, since, cursor, size)
            if refusal.status in {401, 403} and self.source.token:
                raise Refusal(f"{refusal} Its token is not accepted; renew it.", refusal.status) from None
            raise
        try:
            return answer.shell("data")
        except Unreadable:
            found = _NEXT.search(answer.body.decode("utf-8", "replace"))
            if size > 1 or found is None:
                raise
            # The one DOI of it is broken, but the list goes on after it.
            return {"links": {"next": found[1].replace("\\/", "/")}}, [answer.body]

    def _filters(self, part: str) -> list[tuple[str, str]]:
        own, value = json.loads(part)
        found = {name: ",".join(self._values(option)) for option, name in FILTERS.items()}
        return [(name, value if name == own else given) for name, given in found.items() if given]

    def _query(self, since: str | None) -> list[tuple[str, str]]:
        terms = [f"({self._asked_query})"] if self._asked_query else []
        if since is not None:
            terms.append(f"updated:[{since} TO *]")
        return [("query", " AND ".join(terms))] if terms else []

    def again(self, identifiers: Sequence[str]) -> Iterator[Page]:
        """DOIs that earlier runs could not get, asked for one by one.

        DataCite deletes none; one that is no longer findable answers «404 Not Found», as in a moment's
        failure any does.  That is an absence, which the next full list confirms.
        """
        yield from self.one_by_one(identifiers, self._single)

    def _single(self, identifier: str) -> RawRecord | Issue:
        url = f"{self.address}/{quote(identifier, safe='/')}"
        try:
            data = single(self.client.get(url, ALWAYS[:2], attempts=2))
        except SourceError as error:
            return issue_of(identifier, "/", str(error))
        one = raw_of(data, part="", place=identifier)
        if isinstance(one, RawRecord) and one.identifier == identifier:
            return one
        return issue_of(identifier, "/", one.reason if isinstance(one, Issue) else "Another DOI was given.")


def _total(outer: dict[str, Any]) -> int | None:
    meta = outer.get("meta")
    return count_in(meta.get("total")) if isinstance(meta, dict) else None


def _cursor_of(outer: dict[str, Any]) -> str | None:
    """The cursor in the address of the next page; the address itself is not trusted."""
    links = outer.get("links")
    address = links.get("next") if isinstance(links, dict) else None
    if not isinstance(address, str) or len(address) > 10_000:
        return None
    return dict(parse_qsl(urlsplit(address).query)).get("page[cursor]")
