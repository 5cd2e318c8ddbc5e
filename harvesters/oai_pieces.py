"""A page cut into its records, where parsing it as a whole is impossible or too large.

One forbidden character, undefined entity or wrong byte makes a page of a thousand
records unreadable to any XML parser.  So the bytes are cut where records begin; each
piece is parsed alone, and only the broken ones are lost.
"""

from __future__ import annotations

import codecs
import html
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from mappings.base import xml_parser

log = logging.getLogger(__name__)

# A pattern that may cross a tag's end or another's beginning takes hours on a page made for that.
_DECLARATION = re.compile(
    rb"""\s{0,1000}<\?xml\s[^<>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']"""
)
_ROOT = re.compile(rb"<(?:([A-Za-z_][\w.-]*):)?OAI-PMH(?=[\s>])[^<>]*>")
_END = re.compile(rb"</(?:[A-Za-z_][\w.-]*:)?OAI-PMH\s*>")
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NOT_TO_DECODE = {"utf-8", "unicode-escape", "raw-unicode-escape", "punycode", "idna"}
_FORBIDDEN = "\ufffe"


def _forbid(error: UnicodeError) -> tuple[str, int]:
    """Put a character that XML forbids where a byte has no meaning: the record, not the page, is lost."""
    return _FORBIDDEN, error.end if isinstance(error, UnicodeDecodeError) else 0


codecs.register_error("almagest.forbid", _forbid)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One record of a page: its parsed element, or, when broken, what a pattern could find in it."""

    element: etree._Element | None = None
    data: bytes = b""
    identifier: str | None = None
    datestamp: str | None = None
    fault: str = ""


class Pieces:
    """The records of a page, parsed one after another as they are asked for.

    ``fault`` is what kept the page from being parsed as a whole, "" if it was only large.
    """

    def __init__(self, body: bytes, start_tag: bytes, ends: list[tuple[int, int]], fault: str) -> None:
        self.fault = fault
        self._body = body
        self._start_tag = start_tag
        self._ends = ends
        match = _ROOT.match(start_tag)
        self._prefix = (match[1] + b":") if match and match[1] else b""
        self._parser = xml_parser()

    def __iter__(self) -> Iterator[Piece]:
        """All records of the page in their order."""
        for start, end in self._ends:
            yield self._piece(self._body[start:end])

    def _piece(self, record: bytes) -> Piece:
        whole = b"%b%b</%bOAI-PMH>" % (self._start_tag, record, self._prefix)
        try:
            return Piece(element=etree.fromstring(whole, self._parser)[0])
        except etree.XMLSyntaxError as error:
            return Piece(
                data=whole,
                identifier=self._found(b"identifier", record),
                datestamp=self._found(b"datestamp", record),
                fault=error.msg or "no reason given",
            )

    def _found(self, name: bytes, record: bytes) -> str | None:
        tag = self._prefix + name
        match = re.search(rb"<%b(?:\s[^<>]*)?>([^<]*)</%b\s*>" % (tag, tag), record)
        if match is None:
            return None
        text = html.unescape(match[1].decode("utf-8", "replace")).strip()
        return text if text.isprintable() and text else None


def cut(body: bytes, fault: str = "") -> tuple[etree._Element, Pieces] | None:
    """(the response without its records, its records), from UTF-8; ``None`` if it cannot be cut.

    A record begins where a «record» start tag is followed by a «header».
    """
    root = _ROOT.search(body)
    if root is None:
        return None
    prefix = (root[1] + b":") if root[1] else b""
    begin = re.compile(rb"<%brecord(?:\s[^<>]*)?>\s*<%bheader[\s>/]" % (prefix, prefix))
    starts = [match.start() for match in begin.finditer(body)]
    if not starts:
        return None
    rest = re.compile(rb"<%bresumptionToken[\s>/]|</%bListRecords\s*>|</%bGetRecord\s*>" % ((prefix,) * 3))
    limits = list(rest.finditer(body, starts[-1]))
    tokens = [match for match in limits if not match[0].startswith(b"</")]
    end = (tokens or limits or [_END.search(body, starts[-1]) or root])[-1].start()
    try:
        root_element = etree.fromstring(body[root.start() : starts[0]] + body[end:], xml_parser())
    except etree.XMLSyntaxError:
        return None
    ends = list(zip(starts, [*starts[1:], end], strict=True))
    return root_element, Pieces(body, root[0], ends, fault)


def in_utf8(body: bytes, charset: str | None) -> bytes:
    """The body as UTF-8 from its root element on, without what a broken server put around it.

    The encoding is that of the byte order mark, else of the XML declaration; ``charset``
    (of the HTTP header) counts only where neither is there and the body is no UTF-8.
    """
    declared = _DECLARATION.match(body)
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS if body.startswith(mark)), None)
    if encoding is None and declared is not None:
        encoding = declared[1].decode("ascii").replace(":", "_")
    if encoding is None and charset is not None and not _is_utf8(body):
        encoding = charset
    try:
        if encoding is not None and codecs.lookup(encoding).name not in _NOT_TO_DECODE:
            body = body.decode(encoding, "almagest.forbid").encode("utf-8")
    except (LookupError, UnicodeError):
        log.debug("the encoding «%s» is not known", encoding)
    begin = _ROOT.search(body)
    ends = [match.end() for match in _END.finditer(body)]
    return body[begin.start() if begin else 0 : ends[-1] if ends else len(body)]


def is_whole(body: bytes) -> bool:
    """Whether the body reaches to the end tag of the response."""
    return _END.search(body) is not None


def is_response(body: bytes) -> bool:
    """Whether there is an OAI-PMH response in the body at all."""
    return _ROOT.search(body) is not None


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
