"""XML as plain values, so that a reader can take what it knows and nothing of the rest is lost.

An element is its text, or its children (lists where a name comes again), its attributes as ``@name``
and its own text as ``#text``.
"""

from __future__ import annotations

from typing import Any

from lxml import etree

from mappings.json_reading import Node
from mappings.text import clean_line
from mappings.xml_reading import elements, local_name

TEXT = "#text"
_DEEPEST = 200


def plain(element: Any, depth: int = 0) -> Any:
    """The value of an element; below a depth that no format has, only its text."""
    if depth > _DEEPEST:
        return "".join(element.itertext()).strip()
    found: dict[str, Any] = {}
    for key, value in element.attrib.items():
        name = etree.QName(key).localname
        if name not in ("schemaLocation", "nil", "type") or not key.startswith("{"):
            found[f"@{name}"] = value
    for child in elements(element):
        key, value = local_name(child), plain(child, depth + 1)
        if key in found:
            if not isinstance(found[key], list):
                found[key] = [found[key]]
            found[key].append(value)
        else:
            found[key] = value
    text = _own_text(element)
    if not found:
        return text
    if text:
        found[TEXT] = text
    return found


def _own_text(element: Any) -> str:
    """The text of an element that is not inside its children."""
    if not len(element):
        return (element.text or "").strip()
    parts = [element.text or "", *(child.tail or "" for child in element)]
    return " ".join(part.strip() for part in parts if part.strip())


def words(node: Node) -> str | None:
    """The text of an element that may have attributes beside it."""
    return clean_line(node.text(TEXT) if node.is_object else node.text())


def words_at(node: Node, *names: str) -> str | None:
    """The text of the first of these children that has any."""
    return next((found for name in names for one in node.children(name) if (found := words(one))), None)
