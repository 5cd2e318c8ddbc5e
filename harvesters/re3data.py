"""re3data: the registry of research data repositories, by its own API in XML or by DataCite's in JSON.

Which of the two answers is seen from the answer.  The XML API gives a list of numbers and then one
document each, which it is asked for with the validators (RFC 9110, section 13) of the run before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar
from urllib.parse import quote

from lxml import etree

from catalogue.errors import RecordRefused, SourceError, SourceProtocolError
from catalogue.record import Issue, RawRecord
from catalogue.sources import Source
from harvesters.addresses import shown
from harvesters.base import EVERYTHING, Probe
from harvesters.json_client import JsonAnswer, Refusal, Unreadable, count_in, issue_of
from harvesters.listing import Batch
from harvesters.search_listing import SearchListing
from harvesters.transport import Answer, HostFailing, Transport
from mappings.base import parse
from mappings.re3data import JSON, XML, identifier_of, number_in
from mappings.re3data_selection import Selection, listed
from mappings.xml_reading import elements

_ACCEPT = "application/xml, application/json;q=0.9"
_GONE = 410
_AT_ONCE = 25
_VALIDATORS = (("etag", "If-None-Match"), ("last-modified", "If-Modified-Since"))


class Re3data(SearchListing):
    """Harvests descriptions of repositories, all of them or those of some subjects."""

    kind = "re3data"
    title = "re3data"
    page_size = 25
    path = ("data",)
    options: ClassVar[dict[str, str]] = {
        "subjects": "subjects wanted, separated by commas: DFG codes (307) or words (Physics)",
        "content": "content types wanted, separated by commas, as «Raw data»",
        "country": "countries of the institutions, separated by commas, as «DEU»",
        "query": "words that the registry itself searches for",
    }

    def __init__(self, source: Source, transport: Transport) -> None:
        super().__init__(source, transport)
        base = source.url.partition("?")[0].rstrip("/")
        self.base = base.removesuffix("/repositories") if base.endswith("/repositories") else base
        self.selection = Selection(
            subjects=listed(source.options.get("subjects")),
            contents=listed(source.options.get("content")),
            countries=listed(source.options.get("country")),
        )
        self._numbers: list[str] | None = None
        self._is_json: bool | None = None
        self._validators: dict[str, list[str]] = {}

    def probe(self) -> Probe:
        """Read the list, and say which of the APIs answers."""
        form = JSON if self._speaks_json() else XML
        if self._is_json:
            shell, _ = self._search(1, 1).shell(*self.path)
            count = self.total(shell)
        else:
            count = len(self._numbers or ())
        return Probe(
            name="re3data by DataCite" if self._is_json else "re3data",
            protocol="re3data REST" + (" (DataCite JSON)" if self._is_json else " (XML)"),
            formats=(form.prefix,),
            chosen_format=form.prefix,
            deletion="by absence from the full list",
            records=count,
            faults=() if count else ("The list of repositories is empty.",),
        )

    def parts(self, since: str | None) -> Sequence[str]:
        """One list."""
        return [""]

    def label(self, part: str) -> str:
        """Records carry no sets."""
        return "all repositories"

    def batch(self, part: str, since: str | None, position: Any) -> Batch:
        """A page of DataCite's search, or the documents of the next numbers of the list."""
        if self._speaks_json():
            found = super().batch(part, since, position)
            if self.selection.is_everything:
                return found
            return Batch(records=found.records, issues=found.issues, next=found.next)
        return self._documents(since, position)

    def around(self, part: str, since: str | None, position: Any) -> Iterator[Batch]:
        """Only pages of a search can be read in shorter ones; documents fail alone anyway."""
        return super().around(part, since, position) if self._is_json else iter(())

    # XML: a list of numbers, then one document each

    def _speaks_json(self) -> bool:
        if self._is_json is None:
            answer = self._get(self._list_url(), self._list_parameters())
            body = answer.body.lstrip()
            self._is_json = body[:1] == b"{"
            if self._is_json:
                self.whole = {EVERYTHING}
            else:
                self._numbers = _numbers(answer)
        return self._is_json

    def _list_url(self) -> str:
        return self.base if self.base.endswith("/re3data") else f"{self.base}/repositories"

    def _list_parameters(self) -> list[tuple[str, str]]:
        query = self.source.options.get("query", "").strip()
        return [("query", query)] if query else []

    def _get(self, url: str, parameters: Sequence[tuple[str, str]] = (), **more: Any) -> Answer:
        answer = self.transport.get(url, parameters, accept=_ACCEPT, **more)
        if answer.status >= 400:
            raise Refusal(f"{shown(answer.url)} answers «{answer.status} {answer.reason}».", answer.status)
        return answer

    def _documents(self, since: str | None, position: Any) -> Batch:
        """The next documents; numbers are in order, so that the list may change between two runs."""
        after, announced = position or ("", 0)
        rest = [one for one in self._numbers or () if one > after]
        chosen = rest[: self.source.page_size or _AT_ONCE]
        found = [made for number in chosen for made in self._document(number, since)]
        is_end = len(chosen) == len(rest)
        if is_end:
            self.memory = {"validators": self._kept_validators(since), "selection": repr(self.selection)}
        total = len(self._numbers or ())
        # A list that has shrunk since a run was cut off need not be read again: it goes on by number.
        is_known = self.selection.is_everything and since is None and total >= announced
        return Batch(
            total=total if is_known else None,
            records=tuple(one for one in found if isinstance(one, RawRecord)),
            issues=tuple(one for one in found if isinstance(one, Issue)),
            next=None if is_end else [chosen[-1], max(total, announced)],
        )

    def _kept_validators(self, since: str | None) -> dict[str, list[str]]:
        """Those of this run; an incremental one keeps the others that are still in the list."""
        known = set(self._numbers or ())
        before = self._remembered() if since is not None else {}
        return {number: one for number, one in {**before, **self._validators}.items() if number in known}

    def _remembered(self) -> dict[str, list[str]]:
        """What the run before was given, unless it looked for other repositories."""
        validators = self.memory.get("validators")
        is_same = self.memory.get("selection") == repr(self.selection)
        return validators if isinstance(validators, dict) and is_same else {}

    def _document(self, number: str, since: str | None) -> Iterator[RawRecord | Issue]:
        """One repository; nothing where it is not wanted or, in an incremental run, unchanged."""
        try:
            found = self._fetched(number, conditional=since is not None)
        except Refusal as refusal:
            yield self._absent(number, refusal)
        except (Unreadable, HostFailing) as error:
            yield issue_of(number, "/", str(error))
        else:
            if found is not None and self.selection.takes(found.document):
                yield found

    def _absent(self, number: str, refusal: Refusal) -> RawRecord | Issue:
        """«410 Gone» is a deletion; «404 Not Found» only an absence, which the next full list confirms."""
        if refusal.status == _GONE:
            return RawRecord(identifier=number, format=XML.prefix, data=b"", deleted=True)
        return issue_of(number, "/", f"It is in the list, but there is no document: {refusal}")

    def _fetched(self, number: str, *, conditional: bool) -> RawRecord | None:
        """The document of a number; ``None`` where the server says that it has not changed."""
        url = f"{self.base}/repository/{quote(number, safe='')}"
        known = self._remembered().get(number) if conditional else None
        headers = {known[0]: known[1]} if isinstance(known, list) and len(known) == 2 else {}
        answer = self._get(url, headers=headers, attempts=2)
        if answer.status == 304:
            return None
        try:
            document = parse(XML, answer.body)
        except RecordRefused as error:
            raise Unreadable(f"{shown(url)}: {error}") from None
        if isinstance(document, dict) or not _is_repository(document):
            raise Unreadable(f"{shown(url)} answers with something that is no repository.")
        for name, header in reversed(_VALIDATORS):
            if answer.headers.get(name):
                self._validators[number] = [header, answer.headers[name]]
        return RawRecord(identifier=number, format=XML.prefix, data=answer.body, url=url, document=document)

    # JSON: DataCite's search

    def asked(self, part: str, since: str | None, skip: int, limit: int) -> JsonAnswer:
        """A page by its number; the address that an answer gives for the next one leads elsewhere."""
        return self._search(skip // limit + 1, limit)

    def _search(self, page: int, size: int) -> JsonAnswer:
        parameters = [("page[number]", str(page)), ("page[size]", str(size)), *self._list_parameters()]
        return self.client.get(self._list_url(), parameters, attempts=None if size > 1 else 2)

    def total(self, shell: dict[str, Any]) -> int | None:
        """``meta.total``."""
        meta = shell.get("meta")
        return count_in(meta.get("total")) if isinstance(meta, dict) else None

    def identifier(self, document: Any) -> str | None:
        """The number that re3data gave, as both APIs know it."""
        return number_in(document)

    def made(
        self, identifier: str, data: bytes, document: Any, since: str | None
    ) -> Iterator[RawRecord | Issue]:
        """The repository as the search gives it, which is whole."""
        if self.selection.takes(document):
            attributes = document.get("attributes")
            updated = attributes.get("updated") if isinstance(attributes, dict) else None
            yield RawRecord(
                identifier=identifier,
                format=JSON.prefix,
                data=data,
                datestamp=updated if isinstance(updated, str) else None,
                url=f"https://www.re3data.org/repository/{quote(identifier, safe='')}",
                document=document,
            )

    def single(self, identifier: str) -> RawRecord | Issue:
        """One repository by its number."""
        try:
            if not self._speaks_json():
                found = self._fetched(identifier, conditional=False)
                return found or issue_of(identifier, "/", "The source says «not changed» unasked.")
            answer = self.client.get(
                self._list_url(), (("query", identifier), ("page[size]", "5")), attempts=2
            )
            _, listed_ = answer.shell(*self.path)
            for made in (one for data in listed_ for one in self._one(data, None, 1)):
                if made.identifier == identifier:
                    return made
        except Refusal as refusal:
            return self._absent(identifier, refusal)
        except SourceError as error:
            return issue_of(identifier, "/", str(error))
        return issue_of(identifier, "/", "The search does not find it.")


def _numbers(answer: Answer) -> list[str]:
    """The numbers of the list, in order; raises `SourceProtocolError`."""
    try:
        root = parse(XML, answer.body)
    except RecordRefused as error:
        raise SourceProtocolError(f"{shown(answer.url)} gives no list of repositories: {error}") from None
    found = {number for one in elements(root, "repository") if (number := identifier_of(one))}
    if not found and b"<list" not in answer.body[:2000]:
        raise SourceProtocolError(
            f"{shown(answer.url)} gives no list of repositories; check the address of the source."
        )
    return sorted(found)


def _is_repository(root: etree._Element) -> bool:
    return any(True for _ in root.iter("{*}repository"))
