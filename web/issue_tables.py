"""Issues as comma-separated values (RFC 4180), a line at a time, safe to be opened in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import fields

from catalogue.issues import SourceIssue

_NAMES = tuple(part.name for part in fields(SourceIssue))


def csv_lines(issues: Iterable[SourceIssue]) -> Iterator[bytes]:
    """The heading, then a line for each issue."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(_NAMES)
    yield text.getvalue().encode()
    for issue in issues:
        text.seek(0)
        text.truncate()
        writer.writerow([cell(getattr(issue, name)) for name in _NAMES])
        yield text.getvalue().encode()


def cell(value: str | None) -> str:
    """A value that no spreadsheet takes for a formula."""
    return "'" + value if value and value.lstrip()[:1] in "=+-@" and value.strip() else value or ""
