"""Text inside XML that is written by template: escaped, without what XML 1.0 forbids (section 2.2)."""

from __future__ import annotations

import re
from urllib.parse import quote

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_NOT_IN_URI = re.compile(r'[\x00-\x1f<>"{}|\\^`\[\]\x7f-\x9f\ud800-\udfff\ufffe\uffff]|%(?![0-9A-Fa-f]{2})')
_AUTHORITY = r"//(?:[^/?#:@]*(?::[^/?#@:]*)?@)?[^/?#:@]+(?::\d{1,5})?(?=[/?#]|\Z)"
_URI = re.compile(
    rf"(?:[A-Za-z][A-Za-z0-9+.\-]*:(?:{_AUTHORITY}|//(?=/)|(?!//))|(?![^/?#]*:)(?!//))"
    r"[^?#]*(?:\?[^#]*)?(?:#[^#]*)?"
)


def content(text: str) -> str:
    """Text for the inside of an element."""
    if not text.isprintable():
        text = _FORBIDDEN.sub("", text)
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    if "\r" in text:
        # Read back as it is, a carriage return would be a line feed (section 2.11).
        text = text.replace("\r", "&#13;")
    return text


def attribute(text: str) -> str:
    """Text for an attribute in double quotes."""
    text = content(text)
    if '"' in text:
        text = text.replace('"', "&quot;")
    if "\n" in text or "\t" in text:
        text = text.replace("\n", "&#10;").replace("\t", "&#9;")
    return text


def uri_attribute(name: str, text: str | None) -> str:
    """An attribute of the type ``xs:anyURI`` with a space before it; nothing for what is no address."""
    found = any_uri(text or "")
    return f' {name}="{attribute(found)}"' if found is not None else ""


def any_uri(text: str) -> str | None:
    """An address, absolute or not, as ``xs:anyURI`` (RFC 3986, 3987); what may not stand there is encoded."""
    encoded = _NOT_IN_URI.sub(lambda match: quote(match[0], safe="", errors="replace"), text.strip())
    return encoded if encoded and _URI.fullmatch(encoded) else None
