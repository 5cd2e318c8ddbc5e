"""Metalink 4: every file with its size, checksums and addresses, for download managers (RFC 5854)."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from catalogue.record import Checksum
from mappings.text import clean_line
from web.packages.base import Contents, Packaging

NAMESPACE = "urn:ietf:params:xml:ns:metalink"
_HASHES = {"md5": "md5", "sha1": "sha-1", "sha224": "sha-224", "sha256": "sha-256", "sha384": "sha-384",
           "sha512": "sha-512"}  # fmt: skip


def pack(contents: Contents) -> Iterator[bytes]:
    """One document; the names of its files lead into a folder of each record (section 4.1.2.1)."""
    root = etree.Element(f"{{{NAMESPACE}}}metalink", nsmap={None: NAMESPACE})  # type: ignore[dict-item]
    _add(root, "generator", "Almagest")
    origin = _add(root, "origin", contents.page)
    origin.set("dynamic", "true")
    for path, taken, file in contents.named_files():
        entry = etree.SubElement(root, f"{{{NAMESPACE}}}file", name=path)
        _add(entry, "description", clean_line(file.title or taken.record.title) or path)
        if file.size is not None:
            _add(entry, "size", str(file.size))
        if (known := _hash(file.checksum)) is not None:
            _add(entry, "hash", known[1]).set("type", known[0])
        address = _add(entry, "url", file.url)
        address.set("priority", "1")
    yield etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _add(parent: etree._Element, name: str, text: str) -> etree._Element:
    child = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    child.text = text
    return child


def _hash(checksum: Checksum | None) -> tuple[str, str] | None:
    """The type and value by the registry of hash functions (IANA); nothing for what it does not know."""
    if checksum is None:
        return None
    type = _HASHES.get(checksum.algorithm.lower().replace("-", ""))
    return (type, checksum.value.lower()) if type is not None else None


PACKAGING = Packaging(
    name="metalink",
    title="Metalink (download managers)",
    file_name="basket.meta4",
    media_type="application/metalink4+xml",
    pack=pack,
)
