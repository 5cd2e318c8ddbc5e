"""The files of a record as a table in an order of the visitor's, page by page; no script needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from catalogue.errors import QueryError
from catalogue.record import Distribution, Record

MOST_ROWS = 500
"""Files on one page of the table."""

_KEYS: Mapping[str, Callable[[Distribution], tuple[object, ...]]] = {
    "name": lambda file: ((file.title or file.url).casefold(),),
    "type": lambda file: (
        file.media_type is None,
        file.media_type or "",
        (file.title or file.url).casefold(),
    ),
    # The largest first; what has no size comes last.
    "size": lambda file: (file.size is None, -(file.size or 0)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTable:
    """One page of the files: ``first`` is the number of the first, from 1; addresses are relative."""

    rows: tuple[Distribution, ...]
    order: str | None
    first: int
    total: int
    orders: Mapping[str, str]
    previous: str | None
    next: str | None

    @property
    def last(self) -> int:
        """The number of the last file of this page."""
        return self.first + len(self.rows) - 1


def file_table(record: Record, arguments: Mapping[str, str]) -> FileTable:
    """The page that ``files`` (name, type or size) and ``from`` (a number) ask for; raises `QueryError`."""
    order, files = arguments.get("files"), record.distributions
    if order is not None and order not in _KEYS:
        raise QueryError(f"Files are sorted by {', '.join(_KEYS)}, not by «{order[:40]}».", parameter="files")
    first = _number(arguments.get("from", "1"), len(files))
    if order is not None:
        files = tuple(sorted(files, key=_KEYS[order]))
    rows = files[first - 1 : first - 1 + MOST_ROWS]
    before, after = max(first - MOST_ROWS, 1), first + MOST_ROWS
    return FileTable(
        rows=rows,
        order=order,
        first=first,
        total=len(files),
        orders={name: _address(name, 1) for name in _KEYS},
        previous=_address(order, before) if first > 1 else None,
        next=_address(order, after) if after <= len(files) else None,
    )


def _number(text: str, total: int) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9 or not 1 <= int(text) <= max(total, 1):
        raise QueryError(f"«from» is the number of a file, 1 to {max(total, 1)}.", parameter="from")
    return int(text)


def _address(order: str | None, first: int) -> str:
    """Relative to the record's page."""
    said = {"files": order} if order is not None else {}
    if first > 1:
        said["from"] = str(first)
    return f"?{urlencode(said)}#files"
