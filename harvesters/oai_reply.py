"""An OAI-PMH response as the harvester needs it: plain values from one parse.

OAI-PMH 2.0, sections 2.5, 3.2 and 4.  Elements are found in whatever namespace the root
has, as some servers forget it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from lxml import etree

from catalogue.record import Hop, Issue, RawRecord
from harvesters.oai_pieces import Piece, Pieces
from mappings.base import MAXIMUM_BYTES

_PROVENANCE = "{http://www.openarchives.org/OAI/2.0/provenance}"
_PLAIN = re.compile(r"[A-Za-z0-9_.~:/-]*").fullmatch
_ENVELOPE = {"responseDate", "request", "error"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """A record's header (section 2.5): what a list of identifiers consists of."""

    identifier: str
    datestamp: str | None = None
    sets: tuple[str, ...] = ()
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A metadata format that a server offers (ListMetadataFormats, section 4.4)."""

    prefix: str
    namespace: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the records of a list were asked for: our name of the format, theirs, and where."""

    format: str
    prefix: str
    base_url: str

    def address(self) -> str:
        """The beginning of the URL at which the server gives one record."""
        mark = "&" if "?" in self.base_url else "?"
        return f"{self.base_url}{mark}verb=GetRecord&metadataPrefix={quote(self.prefix)}&identifier="


class Reply:
    """A parsed response: ``errors`` are its (code, text) pairs.

    ``token`` is "" at the end of a list and ``None`` where there is no resumptionToken
    element at all; ``size`` is its completeListSize.  ``pieces`` are the records of a
    page that was cut up, as it was broken or very large, instead of parsed in one.
    """

    def __init__(self, root: etree._Element, pieces: Pieces | None = None) -> None:
        self._pieces = pieces
        tag = str(root.tag)
        self._ns = ns = tag[: tag.rfind("}") + 1]
        self._header_tag, self._metadata_tag, self._about_tag = ns + "header", ns + "metadata", ns + "about"
        self._identifier_tag, self._datestamp_tag = ns + "identifier", ns + "datestamp"
        self._set_tag = ns + "setSpec"
        self.date = moment(self._text(root, "responseDate"))
        self.errors = tuple(
            (error.get("code") or "", (error.text or "").strip()) for error in self._all(root, "error")
        )
        self._answer = next((part for part in root if _name(part) not in _ENVELOPE), None)
        self._has_entities = root.getroottree().docinfo.internalDTD is not None
        self.token: str | None = None
        self.size: int | None = None
        for part in self._children("resumptionToken"):
            self.token = (part.text or "").strip()
            size = (part.get("completeListSize") or "").strip()
            self.size = int(size) if size.isdecimal() and len(size) < 12 else None

    @property
    def verb(self) -> str:
        """The name of the element that holds the answer, or nothing."""
        return "" if self._answer is None else _name(self._answer)

    @property
    def faults(self) -> tuple[str, ...]:
        """What is wrong with the response as a whole."""
        found = []
        if not self._ns:
            found.append("The root element is not in the namespace http://www.openarchives.org/OAI/2.0/.")
        if self.date is None:
            found.append("The responseDate is no date.")
        if self._has_entities:
            found.append("The response has a document type declaration.")
        if self._pieces is not None and self._pieces.fault:
            found.append(f"A page is not well-formed XML ({self._pieces.fault}).")
        return tuple(found)

    def text(self, name: str) -> str | None:
        """The text of a child of the answer: Identify's repositoryName, granularity …"""
        return None if self._answer is None else self._text(self._answer, name)

    def descriptions(self) -> list[etree._Element]:
        """What an Identify answer describes itself by (section 4.2)."""
        return [inside for part in self._children("description") for inside in part.iterchildren("*")]

    def offers(self) -> tuple[Offer, ...]:
        """The formats of a ListMetadataFormats answer."""
        return tuple(
            Offer(prefix=prefix, namespace=self._text(part, "metadataNamespace"))
            for part in self._children("metadataFormat")
            if (prefix := self._text(part, "metadataPrefix"))
        )

    def sets(self) -> tuple[str, ...]:
        """The setSpecs of a ListSets answer."""
        return tuple(spec for part in self._children("set") if (spec := self._text(part, "setSpec")))

    def headers(self) -> list[Header]:
        """The headers of a ListIdentifiers answer; one without an identifier is left out."""
        return [header for part in self._children("header") if (header := self._header(part)) is not None]

    def records(self, asked: Asked) -> Iterator[RawRecord | Issue]:
        """The records of the answer, and an issue for each that cannot be one.

        ``data`` is the element within ``metadata`` with its namespaces, as UTF-8;
        ``document`` is that element itself, where the page was parsed in one.
        """
        address = asked.address()
        if self._pieces is None:
            for number, part in enumerate(self._children("record"), 1):
                yield self._record(part, asked.format, address, number)
            return
        for number, piece in enumerate(self._pieces, 1):
            yield self._from_piece(piece, asked.format, address, number)

    def _from_piece(self, piece: Piece, form: str, address: str, number: int) -> RawRecord | Issue:
        if piece.element is not None:
            made = self._record(piece.element, form, address, number)
            # A thousand trees of their own would take more memory than a second parse is worth.
            return replace(made, document=None) if isinstance(made, RawRecord) else made
        if piece.identifier is None:
            return unnamed(number, f"It is not well-formed XML: {piece.fault}")
        if len(piece.data) > MAXIMUM_BYTES:
            return _too_large(piece.identifier, len(piece.data))
        # Kept as it came: its crosswalk says where it is broken, and quarantines it.
        return RawRecord(
            identifier=piece.identifier,
            format=form,
            data=piece.data,
            datestamp=piece.datestamp,
            url=address + _quoted(piece.identifier),
        )

    def _record(self, part: etree._Element, form: str, address: str, number: int) -> RawRecord | Issue:
        header = metadata = None
        chain: tuple[Hop, ...] = ()
        for child in part:
            tag = child.tag
            if tag == self._header_tag:
                header = self._header(child)
            elif tag == self._metadata_tag:
                metadata = next(child.iterchildren("*"), None)
            elif tag == self._about_tag:
                chain += tuple(_hops(child.find(_PROVENANCE + "provenance")))
        if header is None:
            return unnamed(number, "It has no header with an identifier (OAI-PMH, section 2.5).")
        identifier = header.identifier
        if self._has_entities and (entity := next(part.iter(etree.Entity), None)) is not None:
            return _unreadable(identifier, "/record", f"It uses {entity.text}; entities are not resolved.")
        if header.deleted:
            data, document = b"", None
        elif metadata is None:
            return _unreadable(identifier, "/record/metadata", "It is not deleted and has no metadata.")
        else:
            document = metadata
            data = etree.tostring(metadata, encoding="UTF-8", xml_declaration=False, with_tail=False)
            if len(data) > MAXIMUM_BYTES:
                return _too_large(identifier, len(data))
        return RawRecord(
            identifier=identifier,
            format=form,
            data=data,
            datestamp=header.datestamp,
            deleted=header.deleted,
            url=address + _quoted(identifier),
            sets=header.sets,
            chain=chain,
            document=document,
        )

    def _header(self, part: etree._Element) -> Header | None:
        identifier = datestamp = None
        sets: tuple[str, ...] = ()
        for child in part:
            text = child.text
            if not text:
                continue
            tag = child.tag
            if tag == self._identifier_tag:
                identifier = text.strip()
            elif tag == self._datestamp_tag:
                datestamp = text.strip()
            elif tag == self._set_tag:
                sets += (text.strip(),)
        if not identifier:
            return None
        deleted = part.get("status") == "deleted"
        return Header(identifier=identifier, datestamp=datestamp or None, sets=sets, deleted=deleted)

    def _children(self, name: str) -> Iterator[etree._Element]:
        return iter(()) if self._answer is None else self._all(self._answer, name)

    def _all(self, parent: etree._Element, name: str) -> Iterator[etree._Element]:
        return parent.iterchildren(self._ns + name)

    def _text(self, parent: etree._Element, name: str) -> str | None:
        return (parent.findtext(self._ns + name) or "").strip() or None


def unnamed(number: int, reason: str) -> Issue:
    """The issue of a record that does not even say its identifier; `is_unnamed` knows it again."""
    return Issue(identifier=f"(record {number} of a page)", path="/record", reason=reason, rule="unnamed")


def is_unnamed(issue: Issue) -> bool:
    """Whether nobody can tell which record this issue is about."""
    return issue.rule == "unnamed"


def moment(text: str | None) -> str | None:
    """A UTCdatetime (section 3.3) in the form of seconds, or ``None`` for what is none."""
    if not text:
        return None
    try:
        read = datetime.fromisoformat(text)
        utc = read.replace(tzinfo=None) - (read.utcoffset() or timedelta())
    except (ValueError, OverflowError):
        return None
    return utc.isoformat(timespec="seconds") + "Z"


def _quoted(identifier: str) -> str:
    return identifier if _PLAIN(identifier) else quote(identifier, safe=":/")


def _name(part: etree._Element) -> str:
    return etree.QName(part).localname if isinstance(part.tag, str) else ""


def _unreadable(identifier: str, path: str, reason: str) -> Issue:
    return Issue(identifier=identifier, path=path, reason=reason, rule="unreadable")


def _too_large(identifier: str, size: int) -> Issue:
    reason = f"The record has {size} bytes, the limit is {MAXIMUM_BYTES}."
    return _unreadable(identifier, "/record/metadata", reason)


def _hops(provenance: Any) -> Iterator[Hop]:
    """The stations of an ``about/provenance``, the latest first (OAI provenance guideline)."""
    origin = None if provenance is None else provenance.find(_PROVENANCE + "originDescription")
    while origin is not None:
        texts = {
            name: (origin.findtext(_PROVENANCE + name) or "").strip() or None
            for name in ("baseURL", "identifier", "datestamp", "metadataNamespace")
        }
        altered = origin.get("altered")
        if texts["baseURL"]:
            yield Hop(
                base_url=texts["baseURL"],
                identifier=texts["identifier"],
                datestamp=texts["datestamp"],
                format=texts["metadataNamespace"],
                harvested=origin.get("harvestDate"),
                altered=None if altered is None else altered.strip() in {"true", "1"},
            )
        origin = origin.find(_PROVENANCE + "originDescription")
