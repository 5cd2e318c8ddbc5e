"""A metadata format and how the formats are found.

A new format is ONE file in this package that holds ``FORMAT`` (or ``FORMATS``): OAI-PMH,
content negotiation, export, the harvesters' choice of prefix and the docs find it here.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson
from lxml import etree

import mappings
from catalogue.discovery import held_in
from catalogue.errors import NotFound, RecordRefused
from catalogue.index import Change
from catalogue.record import Mapped, Provenance, RawRecord, Record
from catalogue.relation_keys import OURS
from mappings.matching import matched

MAXIMUM_BYTES = 20_000_000
"""A raw record that is larger is refused (model.md, limits)."""
NOWHERE = "https://example.org"
"""The base URL of what is written without a repository."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A metadata format: how its documents are read into and written from the model.

    ``prefix``      the OAI-PMH metadataPrefix, fixed in interface.md
    ``media_type``  ends in ``xml`` (documents are lxml elements) or ``json`` (plain values); of what is
                    only written it may be any
    ``read``        (document, provenance) -> Mapped; raises RecordRefused(path, reason)
    ``write``       record -> a document as UTF-8 bytes without XML declaration
    ``whole``       (change, base URL) -> the same with what a record alone does not say: when we changed it,
                    and of a product its records (`document_of`)
    ``base_url``    of the repository at which it is written (`written_at`)
    ``rank``        how much of the model it can carry; harvesters take the highest they can read
    ``split``       the single documents in a file or an answer of a source's API: (identifier or
                    ``None``, document); without it a JSON list is a list of documents
    ``parse``       the document of a record's bytes, where it is neither XML nor JSON (YAML …);
                    raises ``ValueError``
    ``stored``      the bytes of one document out of `split`, which ``parse`` reads again as the same, where
                    plain JSON or XML would not do
    ``complete``    (record, naming authority, base URL) -> the record with what the format demands and a
                    repository can add: a name under its own authority, the address of its page
    ``around``      what stands before and after the documents of an export that is neither XML nor JSON
                    lines, ``separator`` what stands between two
    ``recognises``  whether a document, list or answer says itself that it is of this format: for
                    those who meet files of which nobody told the format (`mappings.recognition`)
    """

    prefix: str
    title: str
    media_type: str
    namespace: str | None = None
    schema: str | None = None
    read: Callable[[Any, Provenance], Mapped] | None = None
    write: Callable[[Record], bytes] | None = None
    rank: int = 0
    suffix: str = ""
    split: Callable[[Any], Iterable[tuple[str | None, Any]]] | None = None
    parse: Callable[[bytes], Any] | None = None
    stored: Callable[[Any], bytes] | None = None
    complete: Callable[[Record, str, str], Record] | None = None
    around: tuple[bytes, bytes] = (b"", b"")
    separator: bytes = b""
    recognises: Callable[[Any], bool] | None = None
    whole: Callable[[Change, str], bytes] | None = None
    base_url: str = NOWHERE

    @property
    def is_xml(self) -> bool:
        """Whether its documents are XML."""
        return self.media_type.split(";")[0].endswith("xml")


@functools.cache
def formats() -> Mapping[str, Format]:
    """All formats by prefix, richest first."""
    found: list[Format] = sorted(held_in(mappings, "FORMAT"), key=lambda form: (-form.rank, form.prefix))
    return {form.prefix: form for form in found}


def format_of(prefix: str) -> Format:
    """The format with this prefix; raises `NotFound` that names the known ones."""
    try:
        return formats()[prefix]
    except KeyError:
        known = ", ".join(formats())
        raise NotFound(f"There is no format «{prefix}»; known are {known}.") from None


def written_at(form: Format, authority: str, base_url: str) -> Format:
    """The format as one repository writes it, which adds what it alone can (see ``complete``)."""
    complete, write = form.complete, form.write
    if write is None:
        return form
    if form.whole is not None:
        here = replace(form, base_url=base_url)
        return replace(here, write=lambda record: document_of(here, change_of(record)))

    def written(record: Record) -> bytes:
        record = _addressed(record, base_url)
        return write(record if complete is None else complete(record, authority, base_url))

    return replace(form, write=written)


def document_of(form: Format, change: Change) -> bytes:
    """A live record or product in a format that can be written; raises ``ValueError`` where it cannot."""
    if change.record is None or form.write is None:
        raise ValueError(f"{change.id} cannot be written as {form.prefix}")
    return form.whole(change, form.base_url) if form.whole is not None else form.write(change.record)


def change_of(record: Record) -> Change:
    """A record as if it had just come from its source: for those who have nothing but the record."""
    provenance = record.provenance
    stamp = provenance.harvested or provenance.datestamp or ""
    return Change(sequence=0, id=record.id, source=provenance.source, datestamp=stamp, record=record)


def _addressed(record: Record, base_url: str) -> Record:
    """The record whose relations name other records of the repository by the addresses of their pages."""
    if all(relation.scheme != OURS for relation in record.relations):
        return record
    relations = (
        replace(relation, scheme="url", value=f"{base_url}/records/{relation.value}")
        if relation.scheme == OURS
        else relation
        for relation in record.relations
    )
    return replace(record, relations=tuple(relations))


def xml_parser(*, recover: bool = False) -> etree.XMLParser:
    """A parser that fetches nothing, expands nothing and stops at libxml2's own limits."""
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        collect_ids=False,
        recover=recover,
        remove_comments=True,
        remove_pis=True,
    )


def parse(form: Format, data: bytes) -> Any:
    """The document in ``data``: an lxml element or a plain JSON value; of JSON Lines the list of them.

    Raises `RecordRefused` for what is too large or not well-formed.
    """
    if len(data) > MAXIMUM_BYTES:
        raise RecordRefused(f"The record has {len(data)} bytes, the limit is {MAXIMUM_BYTES}.")
    try:
        if form.parse is not None:
            return form.parse(data)
        if form.is_xml:
            return etree.fromstring(data, xml_parser())
        return orjson.loads(data)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise RecordRefused(
            f"Not well-formed XML: {error.msg}", path=f"line {line}, column {column}"
        ) from None
    except orjson.JSONDecodeError as error:
        lines = _json_lines(data)
        if lines:
            return lines
        raise RecordRefused(f"Not JSON: {error}", path=f"line {error.lineno}, column {error.colno}") from None
    except ValueError as error:
        raise RecordRefused(f"Not {form.title}: {error}") from None


def _json_lines(data: bytes) -> list[Any]:
    """The values of JSON Lines (one in each line, as exports are written); nothing where it is none."""
    try:
        return [orjson.loads(line) for line in data.splitlines() if line.strip()]
    except orjson.JSONDecodeError:
        return []


def read(raw: RawRecord, provenance: Provenance) -> Mapped:
    """A raw record through the crosswalk of its format, its terms with URIs; raises `RecordRefused`."""
    form = formats().get(raw.format)
    if form is None or form.read is None:
        raise RecordRefused(f"No crosswalk reads the format «{raw.format}».")
    document = raw.document if raw.document is not None else parse(form, raw.data)
    try:
        mapped = form.read(document, provenance)
    except RecursionError:
        raise RecordRefused("The record is nested too deeply to be read.") from None
    record = matched(mapped.record)
    return mapped if record is mapped.record else Mapped(record=record, issues=mapped.issues)
