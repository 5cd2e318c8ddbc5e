"""HEPData: submissions by the search, each with the page of its record.

The search names the keywords of each table, the record's page its versions and addresses; both are
kept.  What is asked for record by record runs ahead of mapping, as all fetching does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, ClassVar
from urllib.parse import quote

import orjson

from catalogue.errors import SourceError
from catalogue.record import Issue, RawRecord
from catalogue.sources import Source
from harvesters.addresses import shown
from harvesters.base import Probe
from harvesters.json_client import JsonAnswer, Refusal, Unreadable, count_in, credential_hint, issue_of
from harvesters.listing import Batch
from harvesters.search_listing import SearchListing, lenient
from harvesters.transport import HostFailing, Transport
from mappings.hepdata import identifier_of

FORMAT = "hepdata"
_GONE = 410
_MOST_AT_ONCE = 200
_LONGEST_ERROR = 10_000


class HepData(SearchListing):
    """Harvests HEPData; a part is a range of years «2001,2010», or everything."""

    kind = "hepdata"
    title = "HEPData"
    window = 10_000
    page_size = 25
    path = ("results",)
    options: ClassVar[dict[str, str]] = {
        "query": "a query of HEPData's search, as «collaborations:ATLAS» or «observables:ASYM»",
        "tables": "whether each table becomes a record of its own beside its submission (no)",
        "columns": "whether the columns of each table are asked for, one request a table (no)",
        "details": "whether the page of each record is asked for, one request a submission (yes)",
    }

    def __init__(self, source: Source, transport: Transport) -> None:
        super().__init__(source, transport)
        root = source.url.partition("?")[0]
        for folder in ("/search", "/record"):
            root = root.partition(folder)[0]
        self.root = root.rstrip("/")

    def probe(self) -> Probe:
        """Ask for the newest submission."""
        shell, elements = self._search("", None, 1, 1).shell(*self.path)
        faults = []
        if self.total(shell) is None:
            faults.append("The search does not say how many submissions there are (total).")
        for data in elements:
            if self.identifier(lenient(data)) is None:
                faults.append("A submission has neither «inspire_id» nor «recid».")
        return Probe(
            name="HEPData",
            protocol="HEPData REST",
            formats=(FORMAT,),
            chosen_format=FORMAT,
            granularity="YYYY-MM-DD",
            deletion="by absence from the full list",
            records=self.total(shell),
            faults=tuple(faults),
        )

    def parts(self, since: str | None) -> Sequence[str]:
        """One list, unless it is too long."""
        return [""]

    def label(self, part: str) -> str:
        """The years, or that it is everything; records carry no such set."""
        return part or "all submissions"

    def size(self, part: str) -> int:
        """HEPData gives 200 at once at most."""
        return min(super().size(part), _MOST_AT_ONCE)

    def asked(self, part: str, since: str | None, skip: int, limit: int) -> JsonAnswer:
        """Full lists oldest first, so that new submissions come at the end; changes newest first."""
        return self._search(part, since, skip // limit + 1, limit)

    def _search(self, years: str, since: str | None, page: int, size: int) -> JsonAnswer:
        order = [("sort_by", "latest")] if since else [("sort_by", "date"), ("sort_order", "rev")]
        parameters = [
            ("q", self.source.options.get("query", "").strip()),
            ("format", "json"),
            ("page", str(page)),
            ("size", str(size)),
            *order,
        ]
        if years:
            parameters.append(("date", years))
        try:
            answer = self.client.get(f"{self.root}/search/", parameters, attempts=None if size > 1 else 2)
        except Refusal as refusal:
            raise Refusal(f"{refusal}{credential_hint(refusal, self.source)}", refusal.status) from None
        error = _error_in(answer)
        if error is not None:
            raise Refusal(f"{shown(self.root)} refuses the search: «{error[:200]}».", 200)
        return answer

    def total(self, shell: dict[str, Any]) -> int | None:
        """``total``; of lists whose tables come as records there is none that could be compared."""
        return count_in(shell.get("total"))

    def identifier(self, document: Any) -> str | None:
        """«ins…», or HEPData's own number."""
        return identifier_of(document)

    def batch(self, part: str, since: str | None, position: Any) -> Batch:
        """A page; a list of changes ends where they are older than ``since``."""
        skip, limit, usual = self._at(part, position)
        if since is None:
            return self._batch(part, since, skip, limit, usual)
        answer = self.asked(part, since, skip, limit)
        shell, elements = answer.shell(*self.path)
        stamps = [_stamp(lenient(one)) or "9999" for one in elements]
        is_sorted = stamps == sorted(stamps, reverse=True)
        recent = [
            one for one, stamp in zip(elements, stamps, strict=True) if not is_sorted or stamp >= since[:10]
        ]
        made = self._slice(shell, recent, since)
        is_end = len(elements) < limit or (is_sorted and len(recent) < len(elements))
        following = None if is_end else [skip + limit, limit, usual]
        return Batch(records=made.records, issues=made.issues, next=following)

    def _batch(self, part: str, since: str | None, skip: int, limit: int, usual: int) -> Batch:
        found = super()._batch(part, since, skip, limit, usual)
        if since is None and not self.source.is_on("tables"):
            return found
        # Tables are no part of what the source announces, and what it announces is more than the changes.
        return Batch(records=found.records, issues=found.issues, next=found.next)

    def made(
        self, identifier: str, data: bytes, document: Any, since: str | None
    ) -> Iterator[RawRecord | Issue]:
        """The submission with its page; then, where wanted, its tables one by one."""
        page: JsonAnswer | None = None
        if self.source.is_on("details", default=True):
            try:
                page = self._detail(identifier)
            except Refusal as refusal:
                yield self._without_page(identifier, refusal)
                return
            except (Unreadable, HostFailing) as error:
                yield issue_of(identifier, "submission", str(error))
                return
        yield from self._records(identifier, data, document, page)

    def _without_page(self, identifier: str, refusal: Refusal) -> RawRecord | Issue:
        """«410 Gone» is a deletion; «404 Not Found» only an absence, which the next full list confirms."""
        if refusal.status == _GONE:
            return RawRecord(identifier=identifier, format=FORMAT, data=b"", deleted=True)
        return issue_of(identifier, "submission", f"It is in the list, but has no page: {refusal}")

    def _detail(self, identifier: str) -> JsonAnswer:
        url = f"{self.root}/record/{quote(identifier, safe='')}"
        answer = self.client.get(url, (("format", "json"),), attempts=2)
        document = answer.value()
        if not isinstance(document, dict) or not isinstance(document.get("record"), dict):
            raise Unreadable(f"{shown(answer.url)} answers without the object «record».")
        return answer

    def _records(
        self, identifier: str, hit: bytes | None, document: Any, page: JsonAnswer | None
    ) -> Iterator[RawRecord]:
        pieces = [b'"hit":' + hit] if hit is not None else []
        whole: dict[str, Any] = {} if document is None else document
        if page is not None:
            pieces.append(b'"submission":' + page.body)
            whole = page.value()
        tables = _tables(whole)
        if self.source.is_on("columns"):
            columns = [one for table in tables if (one := self._columns(identifier, table)) is not None]
            pieces.append(b'"tables":[' + b",".join(columns) + b"]")
        url = f"{self.root}/record/{quote(identifier, safe='')}"
        stamp = _stamp(document) or _stamp(whole.get("record"))
        yield RawRecord(
            identifier=identifier,
            format=FORMAT,
            data=b"{" + b",".join(pieces) + b"}",
            datestamp=stamp,
            url=url,
        )
        if self.source.is_on("tables"):
            yield from self._table_records(whole, tables, url, stamp)

    def _columns(self, identifier: str, table: dict[str, Any]) -> bytes | None:
        """The table's own JSON without its values; one that cannot be had costs only its columns."""
        name = table.get("name") or table.get("title")
        if not isinstance(name, str):
            return None
        url = f"{self.root}/download/table/{quote(identifier, safe='')}/{quote(name, safe='')}/json"
        try:
            document = self.client.get(url, attempts=2).value()
        except SourceError:
            return None
        if not isinstance(document, dict):
            return None
        document.pop("values", None)
        return orjson.dumps({"doi": table.get("doi"), **document, "name": name})

    def _table_records(
        self, whole: dict[str, Any], tables: Sequence[dict[str, Any]], url: str, stamp: str | None
    ) -> Iterator[RawRecord]:
        record = whole.get("record") if isinstance(whole.get("record"), dict) else whole
        about = {name: record.get(name) for name in _OF_TABLES} if isinstance(record, dict) else {}
        for table in tables:
            document = {"table": table, "record": about}
            identifier = identifier_of(document)
            if identifier is not None:
                data = orjson.dumps(document)
                yield RawRecord(identifier=identifier, format=FORMAT, data=data, datestamp=stamp, url=url)

    def divided(self, part: str, since: str | None, total: int) -> Sequence[str]:
        """Ranges of years, by the facet of the search; none where it does not know all submissions."""
        if part:
            return ()
        shell, _ = self._search("", since, 1, 1).shell(*self.path)
        years = _years(shell)
        if sum(count for _, count in years) < total:
            return ()
        ranges: list[list[int]] = []
        room = 0
        for year, count in years:
            if not ranges or count > room:
                ranges.append([year, year])
                room = self.window
            ranges[-1][1] = year
            room -= count
        return [f"{first},{last}" for first, last in ranges]

    def single(self, identifier: str) -> RawRecord | Issue:
        """One submission: its hit in the search, where that finds it, and its page."""
        hit: bytes | None = None
        document: Any = None
        try:
            number = identifier.removeprefix("ins")
            field = "inspire_id" if identifier.startswith("ins") else "recid"
            parameters = (("q", f"{field}:{number}"), ("format", "json"), ("page", "1"), ("size", "5"))
            answer = self.client.get(f"{self.root}/search/", parameters, attempts=2)
            _, elements = answer.shell(*self.path)
            for data in elements:
                if self.identifier(found := orjson.loads(data)) == identifier:
                    hit, document = data, found
            page = self._detail(identifier)
        except Refusal as refusal:
            return self._without_page(identifier, refusal)
        except (Unreadable, HostFailing, orjson.JSONDecodeError) as error:
            return issue_of(identifier, "submission", str(error))
        return next(self._records(identifier, hit, document, page))


_OF_TABLES = (
    "title",
    "hepdata_doi",
    "inspire_id",
    "arxiv_id",
    "doi",
    "collaborations",
    "first_author",
    "journal_info",
)
"""What a table says of the submission that it belongs to."""


def _error_in(answer: JsonAnswer) -> str | None:
    """HEPData tells a wrong query with status 200."""
    if b'"error"' not in answer.body or len(answer.body) > _LONGEST_ERROR:
        return None
    document = lenient(answer.body)
    error = document.get("error") if isinstance(document, dict) and "results" not in document else None
    return str(error) if error else None


def _tables(whole: dict[str, Any]) -> list[dict[str, Any]]:
    tables = whole.get("data_tables") or whole.get("data")
    return [one for one in tables if isinstance(one, dict)] if isinstance(tables, list) else []


def _stamp(document: Any) -> str | None:
    """When a submission was last changed, as a day in ISO 8601 (HEPData's own granularity)."""
    text = document.get("last_updated") if isinstance(document, dict) else None
    if not isinstance(text, str):
        return None
    if "," in text:
        try:
            return parsedate_to_datetime(text).astimezone(UTC).date().isoformat()
        except (ValueError, TypeError):
            return None
    try:
        return datetime.fromisoformat(text[:10]).date().isoformat()
    except ValueError:
        return None


def _years(shell: dict[str, Any]) -> list[tuple[int, int]]:
    """(year, how many) of the facet «date», in order."""
    found: dict[int, int] = {}
    facets = shell.get("facets")
    for facet in facets if isinstance(facets, list) else []:
        values = facet.get("vals") if isinstance(facet, dict) and facet.get("type") == "date" else None
        for value in values if isinstance(values, list) else []:
            key, count = (
                (value.get("key"), value.get("doc_count")) if isinstance(value, dict) else (None, None)
            )
            text = str(key)[:4]
            if text.isdigit() and isinstance(count, int):
                found[int(text)] = found.get(int(text), 0) + count
    return sorted(found.items())
