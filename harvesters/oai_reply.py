"""An OAI-PMH response as the harvester needs it: one parse, then plain values.

OAI-PMH 2.0, section 3.2 and 4.  Elements are found in whatever namespace the root has,
as some servers forget it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from lxml import etree

from catalogue.record import Hop, Issue, RawRecord
from mappings.base import xml_parser

_PROVENANCE = "{http://www.openarchives.org/OAI/2.0/provenance}"


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


class Reply:
    """A parsed response: ``errors`` are its (code, text) pairs, ``token`` is "" at a list's end.

    ``token`` is ``None`` where there is no resumptionToken element, ``size`` is its
    completeListSize.  ``damaged`` are records that had to be cut out of a broken page.
    """

    def __init__(self, root: etree._Element, damaged: tuple[RawRecord | Issue, ...] = ()) -> None:
        self.root = root
        self.damaged = damaged
        tag = str(root.tag)
        self._ns = tag[: tag.rfind("}") + 1]
        self.date = moment(self._text(root, "responseDate"))
        self.errors = tuple(
            (error.get("code") or "", (error.text or "").strip()) for error in self._all(root, "error")
        )
        self.payload = next(
            (
                part
                for part in root
                if etree.QName(part).localname not in {"responseDate", "request", "error"}
            ),
            None,
        )
        self.token: str | None = None
        self.size: int | None = None
        if self.payload is not None:
            self._read_token(self.payload)

    @property
    def verb(self) -> str:
        """The name of the element that holds the answer, or nothing."""
        return "" if self.payload is None else etree.QName(self.payload).localname

    def text(self, name: str) -> str | None:
        """The text of a child of the answer: Identify's repositoryName, granularity …"""
        return None if self.payload is None else self._text(self.payload, name)

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

    def records(self, form: str, prefix: str, base_url: str) -> tuple[list[RawRecord], list[Issue]]:
        """The records of the answer, and an issue for each that cannot be one.

        ``data`` is the element within ``metadata`` with its namespaces, as UTF-8;
        ``document`` is that element itself.
        """
        raws: list[RawRecord] = []
        issues: list[Issue] = []
        address = f"{base_url}{'&' if '?' in base_url else '?'}verb=GetRecord&metadataPrefix={quote(prefix)}"
        for number, part in enumerate(self._children("record"), 1):
            made = self._record(part, form, address, number)
            if isinstance(made, RawRecord):
                raws.append(made)
            else:
                issues.append(made)
        raws.extend(one for one in self.damaged if isinstance(one, RawRecord))
        issues.extend(one for one in self.damaged if isinstance(one, Issue))
        return raws, issues

    def _record(self, part: etree._Element, form: str, address: str, number: int) -> RawRecord | Issue:
        header = metadata = None
        chain: tuple[Hop, ...] = ()
        for child in part:
            if child.tag == self._ns + "header":
                header = self._header(child)
            elif child.tag == self._ns + "metadata":
                metadata = next(iter(child), None)
            elif child.tag == self._ns + "about":
                chain += tuple(_hops(child.find(_PROVENANCE + "provenance")))
        if header is None:
            return unnamed(number, "It has no header with an identifier (OAI-PMH, section 2.5).")
        if metadata is None and not header.deleted:
            return Issue(
                identifier=header.identifier,
                path="/record/metadata",
                reason="It is not deleted and yet has no metadata.",
                rule="unreadable",
            )
        data = b""
        if not header.deleted and metadata is not None:
            data = etree.tostring(metadata, encoding="UTF-8", xml_declaration=False, with_tail=False)
        return RawRecord(
            identifier=header.identifier,
            format=form,
            data=data,
            datestamp=header.datestamp,
            deleted=header.deleted,
            url=f"{address}&identifier={quote(header.identifier, safe=':/')}",
            sets=header.sets,
            chain=chain,
            document=None if header.deleted else metadata,
        )

    def _header(self, part: etree._Element) -> Header | None:
        identifier = datestamp = None
        sets: tuple[str, ...] = ()
        ns = self._ns
        for child in part:
            tag, text = child.tag, child.text
            if not text:
                continue
            if tag == ns + "identifier":
                identifier = text.strip()
            elif tag == ns + "datestamp":
                datestamp = text.strip()
            elif tag == ns + "setSpec":
                sets += (text.strip(),)
        if not identifier:
            return None
        deleted = part.get("status") == "deleted"
        return Header(identifier=identifier, datestamp=datestamp, sets=sets, deleted=deleted)

    def _read_token(self, payload: etree._Element) -> None:
        for part in self._all(payload, "resumptionToken"):
            self.token = (part.text or "").strip()
            size = (part.get("completeListSize") or "").strip()
            self.size = int(size) if size.isdecimal() else None

    def _children(self, name: str) -> Iterator[etree._Element]:
        return iter(()) if self.payload is None else self._all(self.payload, name)

    def _all(self, parent: etree._Element, name: str) -> Iterator[etree._Element]:
        return parent.iterchildren(self._ns + name)

    def _text(self, parent: etree._Element, name: str) -> str | None:
        return (parent.findtext(self._ns + name) or "").strip() or None


def unnamed(number: int, reason: str) -> Issue:
    """The issue of a record that does not even say its identifier."""
    return Issue(identifier=f"(record {number} of a page)", path="/record", reason=reason, rule="unreadable")


def moment(text: str | None) -> str | None:
    """A UTCdatetime (section 3.3) in the form of seconds, or ``None`` for what is none."""
    if not text:
        return None
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    offset = read.utcoffset() or timedelta()
    try:
        return (read.replace(tzinfo=None) - offset).strftime("%Y-%m-%dT%H:%M:%SZ")
    except OverflowError:
        return None


def page_parser() -> etree.XMLParser:
    """The parser of whole responses, as guarded as that of single records."""
    return xml_parser()


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
