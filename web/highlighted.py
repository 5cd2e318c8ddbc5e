"""Where the words of a search stand in a record, as ranges of characters, for clients that mark them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from catalogue.highlights import Highlights, Segments
from catalogue.record import Record

SNIPPET = 300
"""Characters of a description around the first word that is found."""
MOST = 20
"""Texts of one record."""


def highlighted(record: Record, highlights: Highlights) -> list[dict[str, Any]]:
    """Texts of the record that hold what was looked for, each with the ranges [from, to) of it.

    Characters are Unicode code points of ``text``, which is the whole title or subject, or a part of
    a description; ``field`` and ``index`` say of which.
    """
    found = []
    for field, index, pieces in _texts(record, highlights):
        ranges = _ranges(pieces)
        if ranges:
            text = "".join(piece for piece, _ in pieces)
            found.append({"field": field, "index": index, "text": text, "ranges": ranges})
        if len(found) == MOST:
            break
    return found


def _texts(record: Record, highlights: Highlights) -> Iterator[tuple[str, int, Segments]]:
    for index, title in enumerate(record.titles):
        yield "titles", index, highlights.marked(title.value)
    for index, description in enumerate(record.descriptions):
        yield "descriptions", index, highlights.snippet(description.value, SNIPPET)
    for index, subject in enumerate(record.subjects):
        yield "subjects", index, highlights.marked(subject.label)


def _ranges(pieces: Segments) -> list[tuple[int, int]]:
    found, at = [], 0
    for piece, is_hit in pieces:
        if is_hit:
            found.append((at, at + len(piece)))
        at += len(piece)
    return found
