"""Values of ISO 19139: each property holds an element that names the type of its value."""

from __future__ import annotations

from collections.abc import Iterator

from mappings.json_reading import Node
from mappings.text import clean_line, clean_url
from mappings.xml_tree import TEXT, words

_TYPES = (
    *("CharacterString", "Anchor", "MimeFileType", "URL", "Decimal", "Integer", "Real", "Boolean"),
    *("Date", "DateTime", "LocalName", "FileName", "Distance", "MD_TopicCategoryCode"),
)


def inside(node: Node, *names: str) -> Iterator[tuple[str, Node]]:
    """The objects that these properties hold, by the name of their type."""
    for name in names:
        for held in node.children(name):
            for type_, one in held.members():
                if not type_.startswith(("@", "#")) and one.is_object:
                    yield type_, one


def text_of(node: Node) -> str | None:
    """The value of a property: a text of any type, or the value of a code."""
    if not node.is_object:
        return clean_line(node.text())
    for name in _TYPES:
        for one in node.children(name):
            found = words(one)
            if found is not None:
                return found
    for name, one in node.members():
        if name == TEXT:
            return clean_line(one.text())
        if one.is_object and one.has("@codeListValue"):
            one.take(TEXT, "@codeListValue")
            return clean_line(one.text("@codeListValue"))
    # A code that some write as plain element.
    for name, one in node.members():
        if name.endswith("Code") and (found := words(one)) is not None:
            return found
    return None


def block_of(node: Node) -> str | None:
    """A text of several paragraphs."""
    for name in ("CharacterString", "Anchor"):
        for one in node.children(name):
            return one.text(TEXT) if one.is_object else one.text()
    return node.text()


def texts_at(node: Node, name: str) -> list[str]:
    """The values of a property that may come more than once."""
    return [found for one in node.children(name) if (found := text_of(one)) is not None]


def text_at(node: Node, *names: str) -> str | None:
    """The first value of the first of these properties that has one."""
    return next((found for name in names for found in texts_at(node, name)), None)


def anchor_at(node: Node, name: str) -> str | None:
    """The address that a property's text is tied to."""
    for one in node.children(name):
        for anchor in one.children("Anchor"):
            found = clean_url(anchor.text("@href"))
            if found is not None:
                return found
    return None
