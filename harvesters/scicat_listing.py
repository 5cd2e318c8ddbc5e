"""Lists that a LoopBack-like filter pages through, as SciCat and the PaNOSC search API have them.

Neither their limits nor their counts can be believed: a list ends where a page is empty or
short, and the count only tells whether all has come.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from typing import Any

import msgspec

from catalogue.errors import SourceError, SourceProtocolError
from catalogue.record import Issue, RawRecord
from catalogue.sources import Source
from harvesters.json_client import JsonAnswer, JsonClient, Refusal, Unreadable, issue_of, loaded, unnamed
from harvesters.listing import Batch
from harvesters.offset_listing import OffsetListing, Slice
from harvesters.transport import HostFailing, Transport


class FilteredListing(OffsetListing):
    """A subclass asks for a page and a count, and makes a raw record of an object."""

    fails_alone = True
    page_size = 200

    def __init__(self, source: Source, transport: Transport) -> None:
        super().__init__(source, transport)
        self.client = JsonClient(transport)
        self._counts: dict[str, int | None] = {}

    @abstractmethod
    def ask(self, part: str, since: str | None, skip: int, limit: int) -> JsonAnswer:
        """A page of a part; raises `SourceError`."""

    @abstractmethod
    def ask_identifier(self, part: str, since: str | None, skip: int) -> str | None:
        """The identifier of the record at this place, asked for without the rest of it."""

    @abstractmethod
    def count(self, part: str, since: str | None) -> int | None:
        """How many records the part says that it has."""

    @abstractmethod
    def record(self, part: str, data: bytes, document: dict[str, Any]) -> RawRecord | None:
        """The record; ``None`` where the object has no identifier."""

    @abstractmethod
    def read_identifier(self, part: str, data: bytes) -> str | None:
        """The identifier in a record that cannot be read as a whole."""

    def slice(self, part: str, since: str | None, skip: int, limit: int) -> Slice:
        """A page; records that cannot be read are named by asking for their identifiers alone."""
        if skip == 0:
            self._counts[part] = self.count(part, since) if self._counts_are_believed else None
        try:
            elements = self._elements(part, since, skip, limit)
        except (Unreadable, HostFailing) as broken:
            if limit > 1:
                raise
            lost = self._named(part, since, skip, str(broken))
            if lost is None:
                raise
            return Slice(records=(), issues=(lost,), total=self._counts.get(part))
        records: list[RawRecord] = []
        issues: list[Issue] = []
        for number, data in enumerate(elements, skip):
            one = self._one(part, since, number, data)
            (records if isinstance(one, RawRecord) else issues).append(one)  # type: ignore[arg-type]
        return Slice(
            records=tuple(records), issues=tuple(issues), total=self._total(part, len(elements), limit)
        )

    @property
    def _counts_are_believed(self) -> bool:
        return self.source.is_on("count", default=True)

    def _total(self, part: str, length: int, limit: int) -> int | None:
        """Where the list ends: never within a full page, whatever the count says."""
        total = self._counts.get(part)
        return None if length >= limit or (total or 0) < length else total

    def _elements(self, part: str, since: str | None, skip: int, limit: int) -> list[bytes]:
        try:
            return self.ask(part, since, skip, limit).shell()[1]
        except (Refusal, Unreadable):
            raise
        except SourceProtocolError as error:
            # An answer beyond all size, for one: shorter pages may get past it.
            raise Unreadable(str(error)) from None

    def _one(self, part: str, since: str | None, number: int, data: bytes) -> RawRecord | Issue:
        try:
            document = loaded(data)
        except ValueError as error:
            reason = str(error)
        else:
            record = self.record(part, data, document) if isinstance(document, dict) else None
            if record is not None:
                return record
            reason = "The record has no identifier." if isinstance(document, dict) else "This is no record."
            return unnamed(self._place(part, number), reason)
        identifier = self.read_identifier(part, data)
        if identifier is not None:
            return issue_of(identifier, "/", reason)
        return self._named(part, since, number, reason) or unnamed(self._place(part, number), reason)

    def _named(self, part: str, since: str | None, number: int, reason: str) -> Issue | None:
        """The record at a place of the list that could not be read, by its identifier."""
        try:
            identifier = self.ask_identifier(part, since, number)
        except SourceError:
            return None
        return issue_of(identifier, "/", reason) if identifier is not None else None

    def _place(self, part: str, number: int) -> str:
        return f"({self.label(part)}, record {number + 1} of the list)"

    def _batch(self, part: str, since: str | None, skip: int, limit: int, usual: int) -> Batch:
        batch = super()._batch(part, since, skip, limit, usual)
        return replace(batch, total=self._counts.get(part))


class _Identified(msgspec.Struct):
    pid: str | None = None
    doi: str | None = None
    provider: str | None = None
    proposalId: str | None = None
    sampleId: str | None = None


def member_of(data: bytes, name: str) -> str | None:
    """One identifying member of an object whose other members need not be readable."""
    try:
        found = getattr(msgspec.json.decode(data, type=_Identified), name)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return found if isinstance(found, str) and found else None
