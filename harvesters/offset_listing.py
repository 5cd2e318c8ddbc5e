"""A source whose parts are addressed by numbers, and the way around a stretch that cannot be read."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from catalogue.record import Issue, RawRecord
from catalogue.sources import Source
from harvesters.json_client import Unreadable, unnamed
from harvesters.listing import Batch, Listing
from harvesters.transport import HostFailing, Transport

_LOST_IN_A_ROW = 20
"""After so many single records that cannot be read one after the other the list itself is broken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """A stretch of a list that is addressed by numbers."""

    records: tuple[RawRecord, ...]
    issues: tuple[Issue, ...] = ()
    total: int | None = None

    @property
    def length(self) -> int:
        """How many places of the list it fills."""
        return len(self.records) + len(self.issues)


class OffsetListing(Listing):
    """A listing whose parts are addressed by the number of their first record.

    ``page_size`` records are asked for at once.  ``limit`` always divides ``skip``, so that an
    API with page numbers asks for page ``skip // limit + 1``.
    """

    page_size: ClassVar[int] = 100

    def __init__(self, source: Source, transport: Transport) -> None:
        super().__init__(source, transport)
        self._whole = ("", 0)
        self._lost_in_a_row = 0

    @abstractmethod
    def slice(self, part: str, since: str | None, skip: int, limit: int) -> Slice:
        """The records ``skip`` … ``skip + limit``; fewer only where the list ends.

        Raises as `batch` does.
        """

    def size(self, part: str) -> int:
        """How many records are asked for at once: the source's option page-size, or ours."""
        del part
        return self.source.page_size or self.page_size

    def batch(self, part: str, since: str | None, position: Any) -> Batch:
        """A slice of the usual length."""
        skip, limit, usual = self._at(part, position)
        return self._batch(part, since, skip, limit, usual)

    def _at(self, part: str, position: Any) -> tuple[int, int, int]:
        """Where a position is: the record, how many are asked for, and how many usually are."""
        size = max(self.size(part), 1)
        skip, limit, usual = position or (0, size, size)
        return skip, usual if skip % usual == 0 else limit, usual

    def around(self, part: str, since: str | None, position: Any) -> Iterator[Batch]:
        """The broken slice in ever shorter ones, down to the single record that nobody can read."""
        skip, limit, usual = self._at(part, position)
        yield from self._narrowed(part, since, skip, limit, usual)

    def _narrowed(
        self, part: str, since: str | None, skip: int, limit: int, usual: int
    ) -> Generator[Batch, None, bool]:
        """The slice in pieces; whether it is left for good before its end.

        Raises the error of the server where one record after the other cannot be read.
        """
        shorter = _largest_divisor(limit)
        for start in range(skip, skip + limit, shorter):
            try:
                batch = self._batch(part, since, start, shorter, usual)
            except (Unreadable, HostFailing) as broken:
                if shorter > 1:
                    if (yield from self._narrowed(part, since, start, shorter, usual)):
                        return True
                    continue
                self._lost_in_a_row += 1
                if self._lost_in_a_row > _LOST_IN_A_ROW:
                    raise
                lost = unnamed(f"({self.label(part)}, record {start + 1} of the list)", str(broken))
                batch = Batch(next=[start + 1, shorter, usual], issues=(lost,))
            else:
                self._lost_in_a_row = 0
            yield batch
            if batch.next is None or batch.next[2] != usual:
                return True
        return False

    def _batch(self, part: str, since: str | None, skip: int, limit: int, usual: int) -> Batch:
        got = self.slice(part, since, skip, limit)
        length, total, after = got.length, got.total, skip + limit
        if length == limit:
            self._whole = (part, max(self._longest(part), limit))
        is_end = after >= total if total is not None else length < limit
        if length > limit or (0 < length < limit and limit > self._longest(part)):
            # The server has a page size of its own. We go on with that, where it divides the place.
            limit = usual = length
            after = (skip + length) // length * length
            is_end = total is not None and skip + length >= total
        if not length and (total is None or skip >= total or limit > 1):
            is_end = True
        following = None if is_end else [after, limit, usual]
        return Batch(records=got.records, issues=got.issues, total=total, next=following)

    def _longest(self, part: str) -> int:
        """The longest slice of a part that came as long as it was asked for."""
        return self._whole[1] if self._whole[0] == part else 0


def _largest_divisor(number: int) -> int:
    for divisor in range(2, int(number**0.5) + 1):
        if number % divisor == 0:
            return number // divisor
    return 1
