"""Lists that a search answers with in JSON, page by page, where one bad record is told by its name."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import orjson

from catalogue.errors import SourceError, SourceProtocolError
from catalogue.record import Issue, Page, RawRecord
from catalogue.sources import Source
from harvesters.addresses import shown
from harvesters.json_client import JsonAnswer, JsonClient, Refusal, Unreadable, issue_of, unnamed
from harvesters.offset_listing import OffsetListing, Slice
from harvesters.transport import HostFailing, Transport

_HOPELESS = 25
"""After so many unreadable places one after the other, the part is given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places(Slice):
    """A slice that knows how many places of the list it fills, whatever became of their records."""

    places: int = 0

    @property
    def length(self) -> int:
        """Places in the list, also those whose records are not wanted."""
        return self.places


class SearchListing(OffsetListing):
    """A listing whose slices are pages of a search.

    ``path`` are the names that lead to the list in an answer.  A subclass says how a page is
    ``asked``, how many records there are, how each is called, and what it makes of one.
    """

    path: ClassVar[tuple[str, ...]]

    def __init__(self, source: Source, transport: Transport) -> None:
        super().__init__(source, transport)
        self.client = JsonClient(transport)
        self._unreadable = 0

    @abstractmethod
    def asked(self, part: str, since: str | None, skip: int, limit: int) -> JsonAnswer:
        """The page of the search; raises as `Listing.batch` does."""

    @abstractmethod
    def total(self, shell: dict[str, Any]) -> int | None:
        """How many records the answer says that there are."""

    @abstractmethod
    def identifier(self, document: Any) -> str | None:
        """What a record of the list is called."""

    @abstractmethod
    def made(
        self, identifier: str, data: bytes, document: Any, since: str | None
    ) -> Iterator[RawRecord | Issue]:
        """What becomes of one record of the list; nothing where it is not wanted."""

    @abstractmethod
    def single(self, identifier: str) -> RawRecord | Issue:
        """One record that earlier runs could not get."""

    def slice(self, part: str, since: str | None, skip: int, limit: int) -> Slice:
        """A page of the search; of a page of one record that is broken, at least its name."""
        body = b""
        try:
            answer = self._answer(part, since, skip, limit)
            body = answer.body
            shell, elements = answer.shell(*self.path)
        except (Unreadable, HostFailing) as broken:
            self._note_unreadable(broken, limit)
            named = self._named(body, broken) if limit == 1 else None
            if named is None:
                raise
            return named
        self._unreadable = 0
        return self._slice(shell, elements, since)

    def _note_unreadable(self, broken: SourceError, limit: int) -> None:
        """Raises `SourceProtocolError` where place after place cannot be read: that ends nowhere."""
        self._unreadable += limit == 1
        if self._unreadable > _HOPELESS:
            raise SourceProtocolError(
                f"{shown(self.source.url)} gives nothing that can be read any more: {broken}"
            ) from None

    def _answer(self, part: str, since: str | None, skip: int, limit: int) -> JsonAnswer:
        """The page; one that is too long for us is read in shorter ones."""
        try:
            return self.asked(part, since, skip, limit)
        except (Refusal, Unreadable):
            raise
        except SourceProtocolError as error:
            if limit == 1:
                raise
            raise Unreadable(str(error)) from None

    def _slice(self, shell: dict[str, Any], elements: Sequence[bytes], since: str | None) -> Slice:
        records: list[RawRecord] = []
        issues: list[Issue] = []
        for number, data in enumerate(elements, 1):
            for one in self._one(data, since, number):
                if isinstance(one, RawRecord):
                    records.append(one)
                else:
                    issues.append(one)
        return Places(
            records=tuple(records), issues=tuple(issues), total=self.total(shell), places=len(elements)
        )

    def _one(self, data: bytes, since: str | None, number: int) -> Iterator[RawRecord | Issue]:
        try:
            document = orjson.loads(data)
        except orjson.JSONDecodeError as error:
            found = self.identifier(lenient(data))
            reason = f"The record is broken JSON: {error}."
            yield issue_of(found, "/", reason) if found else unnamed(f"(record {number} of a page)", reason)
            return
        found = self.identifier(document)
        if found is None:
            yield unnamed(f"(record {number} of a page)", "The record has no identifier.")
        else:
            yield from self.made(found, data, document, since)

    def _named(self, body: bytes, broken: SourceError) -> Slice | None:
        """The one record of a broken page, by the name that can still be made out."""
        whole = shell = lenient(body)
        for name in self.path[:-1]:
            shell = shell.get(name) if isinstance(shell, dict) else None
        listed = shell.get(self.path[-1]) if isinstance(shell, dict) else None
        found = self.identifier(listed[0]) if isinstance(listed, list) and len(listed) == 1 else None
        if found is None:
            return None
        self._unreadable = 0
        issue = issue_of(found, "/", f"The source sends this record broken: {broken}")
        return Places(issues=(issue,), records=(), total=self.total(whole), places=1)

    def again(self, identifiers: Sequence[str]) -> Iterator[Page]:
        """Records that earlier runs could not get, one by one."""
        yield from self.one_by_one(identifiers, self.single)


def lenient(data: bytes) -> Any:
    """What Python makes of JSON with NaN or with bytes that are no UTF-8; ``None`` where it cannot."""
    try:
        return json.loads(data.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
