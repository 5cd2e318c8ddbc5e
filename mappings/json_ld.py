"""JSON-LD documents that speak schema.org, in one spelling, their entities found by ``@id``.

No context is fetched: the words of schema.org and CodeMeta are known by their names, whichever
prefix or address stands before them, and ``id``/``type`` mean ``@id``/``@type`` (CodeMeta 2 and 3).
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator
from typing import Any

from catalogue.errors import NotARecord, RecordRefused
from mappings.json_reading import Node

MAXIMUM_DEPTH = 100
MAXIMUM_ENTITIES = 200_000
_BEFORE = (
    "https://schema.org/",
    "http://schema.org/",
    "https://codemeta.github.io/terms/",
    "schema:",
    "sdo:",
    "so:",
    "codemeta:",
)
_CONTAINERS = frozenset({dict, list})
_WRAPPINGS = ("@value", "@list", "@set")
_ALIASES = {"id": "@id", "type": "@type", "URL": "url"}


def in_one_spelling(document: Any) -> dict[str, Any]:
    """The document with plain names and without wrappings; raises `RecordRefused` for no object."""
    if not isinstance(document, dict):
        raise NotARecord("This is no JSON object.")
    found = _plain(document, MAXIMUM_DEPTH)
    return found if isinstance(found, dict) else {}


def word(name: str) -> str:
    """A name or type without the prefix or address of its vocabulary."""
    if ":" not in name:
        return name
    for before in _BEFORE:
        if name.startswith(before):
            return name[len(before) :]
    return name


def context_of(document: Any) -> str:
    """All addresses in ``@context`` as one text in lower case, to look names up in."""
    found: list[str] = []
    waiting = [document.get("@context") if isinstance(document, dict) else None]
    while waiting and len(found) < 1000:
        value = waiting.pop()
        if isinstance(value, str):
            found.append(value.casefold())
        elif isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, dict):
            waiting.extend(value.values())
    return " ".join(found)


def _plain(value: Any, depth: int) -> Any:
    if type(value) not in _CONTAINERS:
        return value
    if not depth:
        raise RecordRefused(f"The document is nested more than {MAXIMUM_DEPTH} deep.")
    if isinstance(value, list):
        return [_plain(one, depth - 1) for one in value]
    for wrapping in _WRAPPINGS:
        if wrapping in value:
            return _plain(value[wrapping], depth - 1)
    found: dict[str, Any] = {}
    for name, inner in value.items():
        if name == "@context":
            continue
        short = word(name) if ":" in name else name
        short = _ALIASES.get(short, short)
        plain = _plain(inner, depth - 1) if type(inner) in _CONTAINERS else inner
        if short == "@type":
            plain = _types(plain)
        found[short if short not in found else name] = plain
    return found


def _types(value: Any) -> Any:
    if isinstance(value, str):
        return word(value)
    return [word(one) if isinstance(one, str) else one for one in value] if isinstance(value, list) else value


class Entities:
    """The entities of a document, so that what only names one by its ``@id`` finds it."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.root = Node(document)
        self._has_graph = isinstance(document.get("@graph"), list)
        self.graph: list[Node] = self.root.children("@graph") if self._has_graph else []

    @functools.cached_property
    def _known(self) -> dict[str, Node]:
        """The entities by name, of several descriptions of one the longest; most documents never ask."""
        apart = () if self._has_graph else _described(self.root.value)
        found: dict[str, Node] = {}
        for node in itertools.chain(self.graph, (Node(value, path) for value, path in apart)):
            name = node.value.get("@id") if isinstance(node.value, dict) else None
            if isinstance(name, str) and len(found) < MAXIMUM_ENTITIES:
                known = found.get(name)
                if known is None or len(known.value) < len(node.value):
                    found[name] = node
        return found

    def of(self, node: Node) -> Node:
        """The entity that a value names by its ``@id`` only; any other value itself."""
        value = node.value
        if isinstance(value, dict):
            name = value.get("@id")
            is_bare = len(value) == 1 or (len(value) == 2 and "@type" in value)
        else:
            name, is_bare = value, isinstance(value, str) and value.startswith("_:")
        found = self._known.get(name) if is_bare and isinstance(name, str) else None
        if found is None or found.value == value:
            return node
        node.take()
        return found

    def named(self, name: str) -> Node | None:
        """The entity with this ``@id``."""
        return self._known.get(name)


def _described(document: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Every object inside that has an ``@id`` and more, with its path."""
    waiting: list[tuple[Any, str]] = [(document, "")]
    while waiting:
        value, path = waiting.pop()
        if isinstance(value, dict):
            if "@id" in value and len(value) > 1:
                yield value, path
            inside = [(f"{path}.{name}" if path else name, one) for name, one in value.items()]
        else:
            inside = [(f"{path}[{index}]", one) for index, one in enumerate(value)]
        waiting.extend((one, where) for where, one in inside if isinstance(one, (dict, list)))


def types_of(node: Node) -> list[str]:
    """The types of an entity, as they are named in their vocabulary."""
    return [text for _, text in node.texts("@type")]
