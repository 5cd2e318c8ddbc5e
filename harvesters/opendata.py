"""CERN Open Data: the records of the portal by its search API (Invenio records REST).

The search reads 10,000 records of a list at most; longer ones are divided by what the
portal's own facets say of them, and a part for those that a facet does not know.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar
from urllib.parse import quote

from catalogue.record import Issue, RawRecord
from catalogue.sources import Source
from harvesters.base import EVERYTHING, Probe
from harvesters.json_client import JsonAnswer, Refusal, Unreadable, count_in, issue_of
from harvesters.search_listing import SearchListing, lenient
from harvesters.transport import HostFailing, Transport
from mappings.cernopendata import identifier_of

FORMAT = "cernopendata"
_GONE = 410
_DIVISIONS: tuple[tuple[str, str], ...] = (
    ("type", "type.primary"),
    ("experiment", "experiment"),
    ("year", "date_created"),
    ("collision_energy", "collision_information.energy"),
    ("collision_type", "collision_information.type"),
    ("category", "categories.primary"),
    ("file_type", "distribution.formats"),
)
"""Facets of the portal, and the field of its index that each counts."""


class OpenData(SearchListing):
    """Harvests the CERN Open Data portal; a part is a query of its search."""

    kind = "opendata"
    title = "CERN Open Data"
    window = 10_000
    page_size = 50
    path = ("hits", "hits")
    options: ClassVar[dict[str, str]] = {
        "types": "types of records, separated by commas: Dataset, Software, Environment, Documentation, "
        "Supplementaries, Glossary, News, or finer as Dataset::Collision (all)",
        "query": "a query of the portal's search, as «experiment:CMS AND collision_information.energy:13TeV»",
        "files": "whether the lists of files are harvested too (yes)",
        "changed": "field of the search that says when a record was changed («_updated»); without it "
        "each harvest reads the full list and compares",
    }

    def __init__(self, source: Source, transport: Transport) -> None:
        super().__init__(source, transport)
        self.root = source.url.partition("?")[0].partition("/api")[0].rstrip("/")
        if not self._changed:
            self.whole = {EVERYTHING}

    def probe(self) -> Probe:
        """Ask for one record; the types and experiments are told as sets."""
        answer = self._search(self._query(None), 1, 1)
        shell, elements = answer.shell(*self.path)
        faults = []
        total = self.total(shell)
        if total is None:
            faults.append("The search does not say how many records there are (hits.total).")
        if elements and self.identifier(lenient(elements[0])) is None:
            faults.append("The records of the search have no «id».")
        buckets = _buckets(shell, "type") + _buckets(shell, "experiment")
        return Probe(
            name="CERN Open Data",
            protocol="Invenio records REST",
            formats=(FORMAT,),
            chosen_format=FORMAT,
            sets=tuple(f"{value} ({count})" for value, count in buckets),
            deletion="by absence from the full list",
            records=total,
            faults=tuple(faults),
        )

    def parts(self, since: str | None) -> Sequence[str]:
        """One list, unless it is too long."""
        return [self._query(since)]

    def label(self, part: str) -> str:
        """The query, or that there is none."""
        return part or "all records"

    def _query(self, since: str | None) -> str:
        query = self.source.options.get("query", "").strip()
        if since is None or not self._changed:
            return query
        return _both(query, f'{self._changed}:["{since}" TO *]')

    @property
    def _changed(self) -> str:
        return self.source.options.get("changed", "").strip()

    def asked(self, part: str, since: str | None, skip: int, limit: int) -> JsonAnswer:
        """A page, oldest first, so that what comes meanwhile comes at the end."""
        return self._search(part, skip // limit + 1, limit)

    def _search(self, query: str, page: int, size: int) -> JsonAnswer:
        parameters = [("page", str(page)), ("size", str(size)), ("sort", "mostrecent"), ("ondemand", "true")]
        if query:
            parameters.append(("q", query))
        if not self.source.is_on("files", default=True):
            parameters.append(("skip_files", "1"))
        for type in self.source.options.get("types", "").split(","):
            if type.strip():
                parameters.append(("type", type.strip()))
        return self.client.get(f"{self.root}/api/records/", parameters, attempts=None if size > 1 else 2)

    def total(self, shell: dict[str, Any]) -> int | None:
        """``hits.total``: a number, or an object with it (OpenSearch 2)."""
        hits = shell.get("hits")
        total = hits.get("total") if isinstance(hits, dict) else None
        if isinstance(total, dict):
            total = total.get("value")
        return count_in(total)

    def identifier(self, document: Any) -> str | None:
        """The recid, or the slug of a page of documentation."""
        return identifier_of(document)

    def made(
        self, identifier: str, data: bytes, document: Any, since: str | None
    ) -> Iterator[RawRecord | Issue]:
        """The record as the search gives it, which is whole."""
        yield self._raw(identifier, data, document)

    def _raw(self, identifier: str, data: bytes, document: Any) -> RawRecord:
        inner = document.get("metadata")
        is_page = isinstance(inner, dict) and "recid" not in inner and "slug" in inner
        folder = "docs" if is_page else "record"
        updated = document.get("updated")
        return RawRecord(
            identifier=identifier,
            format=FORMAT,
            data=data,
            datestamp=updated if isinstance(updated, str) else None,
            url=f"{self.root}/{folder}/{quote(identifier, safe='')}",
            document=document,
        )

    def divided(self, part: str, since: str | None, total: int) -> Sequence[str]:
        """By the first facet that knows several values of the list and shows them all."""
        answer = self._search(part, 1, 1)
        shell, _ = answer.shell(*self.path)
        for facet, field in _DIVISIONS:
            buckets = _buckets(shell, facet)
            if f"{field}:" in part or len(buckets) < 2 or _is_cut(shell, facet):
                continue
            finer = [_both(part, f'{field}:"{_escaped(value)}"') for value, _ in buckets]
            return [*finer, _both(part, f"NOT _exists_:{field}")]
        return ()

    def single(self, identifier: str) -> RawRecord | Issue:
        """One record by its number; «410 Gone» is a deletion, «404 Not Found» only an absence."""
        try:
            for folder in ("records", "docs"):
                try:
                    answer = self.client.get(
                        f"{self.root}/api/{folder}/{quote(identifier, safe='')}", attempts=2
                    )
                except Refusal as refusal:
                    if refusal.status == _GONE:
                        return RawRecord(identifier=identifier, format=FORMAT, data=b"", deleted=True)
                    if folder == "docs":
                        raise
                else:
                    document = answer.value()
                    if isinstance(document, dict) and identifier_of(document) == identifier:
                        return self._raw(identifier, answer.body, document)
                    raise Unreadable("The source answers with another record.")
        except (Refusal, Unreadable, HostFailing) as error:
            return issue_of(identifier, "/", str(error))
        raise AssertionError("both folders have been asked")


def _both(first: str, second: str) -> str:
    return f"({first}) AND {second}" if first else second


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')


def _facet(shell: dict[str, Any], facet: str) -> dict[str, Any]:
    facets = shell.get("aggregations")
    found = facets.get(facet) if isinstance(facets, dict) else None
    return found if isinstance(found, dict) else {}


def _buckets(shell: dict[str, Any], facet: str) -> list[tuple[str, int]]:
    """The values that a facet shows, with their counts."""
    found = []
    buckets = _facet(shell, facet).get("buckets")
    for bucket in buckets if isinstance(buckets, list) else []:
        value = bucket.get("key_as_string") or bucket.get("key") if isinstance(bucket, dict) else None
        count = bucket.get("doc_count") if isinstance(bucket, dict) else None
        if isinstance(value, str | int) and isinstance(count, int) and count > 0:
            found.append((str(value), count))
    return found


def _is_cut(shell: dict[str, Any], facet: str) -> bool:
    return bool(_facet(shell, facet).get("sum_other_doc_count"))
