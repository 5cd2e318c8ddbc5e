"""The forms in which a whole result is given out: JSON Lines, tables, and every format that is written."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from catalogue.errors import QueryError
from catalogue.index import Change
from catalogue.json_form import dumps
from catalogue.settings import Settings
from mappings.base import Format, formats, written_at
from web.parquet_stream import MEDIA_TYPE as PARQUET
from web.parquet_stream import is_installed, parquet
from web.record_stream import Tally, documents
from web.result_table import csv_rows, rows
from web.votable import MEDIA_TYPE as VOTABLE
from web.votable import votable

_EXTENSIONS = {"xml": "xml", "json": "jsonl", "plain": "txt"}
_BLOCK = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A form of a whole result; ``extension`` is that of its file, without a dot.

    ``write`` makes the bytes of records at a repository while they are taken.
    """

    name: str
    title: str
    media_type: str
    extension: str
    write: Callable[[Iterable[Change], Settings, Tally], Iterator[bytes]]


@functools.cache
def exports() -> Mapping[str, Export]:
    """All forms by name, those for everybody first."""
    general = (
        Export(name="jsonl", title="JSON Lines", media_type="application/jsonl", extension="jsonl",
               write=_json_lines),
        Export(name="csv", title="CSV", media_type="text/csv", extension="csv", write=_csv),
        Export(name="votable", title="VOTable", media_type=VOTABLE, extension="vot", write=_votable),
        Export(name="parquet", title="Parquet", media_type=PARQUET, extension="parquet", write=_parquet),
    )  # fmt: skip
    written = (_export(form) for form in formats().values() if form.write is not None)
    return {form.name: form for form in (*general, *written)}


def export_of(name: str) -> Export:
    """The form of this name; raises `QueryError` that names the known ones."""
    try:
        return exports()[name]
    except KeyError:
        known = ", ".join(exports())
        text = f"There is no format «{name[:40]}» to export; known are {known}."
        raise QueryError(text, parameter="format") from None


@functools.cache
def menu() -> tuple[Export, ...]:
    """The forms that a page offers."""
    offered = ["csv", "jsonl", "bibtex", "ris", "votable"] + ["parquet"] * is_installed()
    return tuple(export_of(name) for name in offered)


def in_blocks(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces worth sending."""
    block = bytearray()
    for chunk in chunks:
        block += chunk
        if len(block) >= _BLOCK:
            yield bytes(block)
            block.clear()
    if block:
        yield bytes(block)


def _json_lines(changes: Iterable[Change], settings: Settings, tally: Tally) -> Iterator[bytes]:
    for change in changes:
        if change.record is not None:
            tally.written += 1
            yield dumps(change.record) + b"\n"


def _csv(changes: Iterable[Change], settings: Settings, tally: Tally) -> Iterator[bytes]:
    return csv_rows(rows(changes, settings.base_url, tally))


def _votable(changes: Iterable[Change], settings: Settings, tally: Tally) -> Iterator[bytes]:
    found = rows(changes, settings.base_url, tally)
    return votable(found, settings.repository_name, settings.base_url)


def _parquet(changes: Iterable[Change], settings: Settings, tally: Tally) -> Iterator[bytes]:
    return parquet(rows(changes, settings.base_url, tally))


def _export(form: Format) -> Export:
    kind = form.media_type.split(";")[0].replace("+", "/").rpartition("/")[2]
    extension = form.suffix.rpartition(".")[2] or _EXTENSIONS.get(kind, "txt")
    media_type = form.media_type
    if form.is_xml:
        # The documents stand in a list, which is of no format of its own.
        media_type, extension = "application/xml", "xml"
    elif kind == "json" and not any(form.around):
        media_type, extension = "application/jsonl", "jsonl"
    return Export(
        name=form.prefix,
        title=form.title,
        media_type=media_type,
        extension=extension,
        write=partial(_documents, form),
    )


def _documents(form: Format, changes: Iterable[Change], settings: Settings, tally: Tally) -> Iterator[bytes]:
    own = written_at(form, settings.repository_id, settings.base_url)
    return documents(own, changes, tally)
