"""Text inside XML that is written by template: escaped, without what XML 1.0 forbids (section 2.2)."""

from __future__ import annotations

import re

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


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
