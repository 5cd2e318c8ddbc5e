"""Records as rows of a table, and the tables: CSV (RFC 4180) here, VOTable and Parquet beside."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields

from catalogue.index import Change
from catalogue.record import Interval, Record
from web.issue_tables import cell
from web.pages_text import published
from web.record_stream import Tally
from web.security import identifier_url


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A record in a table; what it does not say is ``None`` or empty.

    ``identifier`` is its own one as an address where it has any; ``time`` is in MJD and
    ``energy`` in joule, open ends ``None``; ``sky`` is a MOC in ASCII; ``url`` is its page.
    """

    id: str
    identifier: str
    title: str
    creators: str
    year: int | None
    kind: str
    source: str
    access: str
    sky: str
    time: tuple[Interval, ...]
    energy: tuple[Interval, ...]
    url: str


COLUMNS = tuple(part.name for part in fields(Row))


def row_of(change: Change, record: Record, base_url: str) -> Row:
    """The row of a live record."""
    coverage = record.coverage
    year = published(record)
    return Row(
        id=record.id,
        identifier=_identifier(record),
        title=record.title,
        creators="; ".join(agent.name for agent in record.creators),
        year=int(year) if year else None,
        kind=record.kind,
        source="; ".join(change.sources),
        access=record.access.right if record.access is not None else "",
        sky=(coverage.sky.moc or "") if coverage is not None and coverage.sky is not None else "",
        time=coverage.time.intervals if coverage is not None and coverage.time is not None else (),
        energy=coverage.energy.intervals if coverage is not None and coverage.energy is not None else (),
        url=f"{base_url}/records/{record.id}",
    )


def _identifier(record: Record) -> str:
    own = next((known for known in record.identifiers if known.role == "own"), None)
    return (identifier_url(own.scheme, own.value) or own.value) if own is not None else ""


def rows(changes: Iterable[Change], base_url: str, tally: Tally) -> Iterator[Row]:
    """The rows of live records, counted."""
    for change in changes:
        if change.record is not None:
            tally.written += 1
            yield row_of(change, change.record, base_url)


def csv_rows(found: Iterable[Row]) -> Iterator[bytes]:
    """The heading, then a line for each row, none of whose values a spreadsheet takes for a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for row in found:
        writer.writerow([_text(getattr(row, name)) for name in COLUMNS])
        yield text.getvalue().encode("utf-8", "replace")
        text.seek(0)
        text.truncate()
    yield text.getvalue().encode()


def _text(value: str | int | tuple[Interval, ...] | None) -> str:
    if isinstance(value, tuple):
        return " ".join(f"{_number(one.low)}/{_number(one.high)}" for one in value)
    return str(value) if isinstance(value, int) else cell(value)


def _number(end: float | None) -> str:
    return "" if end is None else repr(end)
