"""re3data's XML as plain values, so that one reader serves XML 2.2, XML 4.0 and JSON.

Names lose what their parent says already: ``institution/institutionName`` is ``name``, the attribute
``subjectScheme`` is ``scheme``.  2.2 writes «URL» where 4.0 writes «Url».
"""

from __future__ import annotations

from typing import Any

from mappings.json_reading import Node
from mappings.text import clean_line
from mappings.xml_reading import elements, local_name, text_of

_PREFIXES = frozenset({"ROR", "RRID", "VIAF", "ISNI", "GND", "DOI"})


def plain(element: Any) -> Any:
    """The children and attributes of an element by name, or its text where it has neither."""
    name = local_name(element)
    found: dict[str, Any] = {}
    for key, value in element.attrib.items():
        if not key.startswith("{"):
            found[_short(key, name)] = value
    for child in elements(element):
        key = _short(local_name(child), name if name != "repository" else "")
        value = plain(child)
        if isinstance(found.get(key), list):
            found[key].append(value)
        else:
            found[key] = [found[key], value] if key in found else value
    text = (text_of(element) if not len(element) else element.text or "") or ""
    if not found:
        return text.strip()
    if text.strip():
        found["text"] = text.strip()
    return found


def _short(name: str, parent: str) -> str:
    name = name.replace("URL", "Url")
    rest = name.removeprefix(parent) if parent else name
    return rest[0].lower() + rest[1:] if rest and rest != name else name


def words(node: Node) -> str | None:
    """The text of a value that may have attributes beside it."""
    return node.text("text", "name", "value") if node.is_object else node.text()


def scheme_and_text(node: Node) -> tuple[str | None, str | None]:
    """An identifier that says its scheme in an element of its own (4.0), or before a colon («ROR:…»)."""
    text, scheme = clean_line(words(node) or node.text("value")), clean_line(node.text("type"))
    prefix, colon, rest = (text or "").partition(":")
    if scheme is None and colon and prefix.upper() in _PREFIXES:
        return prefix.upper(), rest.strip() or None
    return scheme, text
