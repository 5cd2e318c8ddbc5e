"""Records in a metadata format one after the other, made while they are sent or written."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from catalogue.errors import RecordRefused
from catalogue.index import Change
from mappings.base import Format, document_of
from web.oai_xml import self_contained

log = logging.getLogger(__name__)

_XML_START = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<ListRecords xmlns="http://www.openarchives.org/OAI/2.0/">\n'
)
_XML_END = b"</ListRecords>\n"


@dataclass(slots=True)
class Tally:
    """How many records have been written so far, and how many the format has no form for."""

    written: int = 0
    failed: int = 0


def documents(form: Format, changes: Iterable[Change], tally: Tally) -> Iterator[bytes]:
    """Live records in a format, with what stands around and between them.

    XML documents stand as in an answer of OAI-PMH, each with its header, so that any
    harvester's tools read them.
    """
    before, after = (_XML_START, _XML_END) if form.is_xml else form.around
    yield before
    for change in changes:
        document = _document(form, change)
        if not document:
            tally.failed += 1
            continue
        text = _in_envelope(change, document) if form.is_xml else document.rstrip(b"\n") + b"\n"
        yield form.separator + text if tally.written else text
        tally.written += 1
    yield after


def _document(form: Format, change: Change) -> bytes:
    """The record in this format; nothing where it has no form in it."""
    try:
        return document_of(form, change) if change.record is not None else b""
    except RecordRefused:
        return b""
    except Exception:
        # One record that meets a bug of ours must not cost those behind it; the log has the trace.
        log.exception("crosswalk %s failed to write %s", form.prefix, change.id)
        return b""


def _in_envelope(change: Change, document: bytes) -> bytes:
    header = f"<identifier>{change.id}</identifier><datestamp>{change.datestamp}</datestamp>".encode()
    metadata = self_contained(document)
    return b"<record><header>%b</header><metadata>%b</metadata></record>\n" % (header, metadata)
