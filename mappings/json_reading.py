"""A JSON document while it is read: what nobody takes stays as extra values, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Scalar = str | int | float | bool


class Node:
    """A JSON value with its path, as «metadata.creators[0].name».

    Whatever is asked for counts as taken; ``left`` gives the rest.  Types are never trusted: a
    scalar where a list was promised is a list of one, an object where a text was promised is no
    text and stays.
    """

    __slots__ = ("_taken", "_touched", "path", "value")

    def __init__(self, value: Any, path: str = "") -> None:
        self.value = value
        self.path = path
        self._taken = False
        self._touched: dict[str, list[Node]] = {}

    def __bool__(self) -> bool:
        """Whether there is anything: no null, no empty text, list or object."""
        return self.value not in (None, "", [], {})

    @property
    def is_object(self) -> bool:
        """Whether the value has members."""
        return isinstance(self.value, dict)

    def where(self, name: str) -> str:
        """The path of a member."""
        return f"{self.path}.{name}" if self.path else name

    def has(self, *names: str) -> bool:
        """Whether one of these members is there with a value."""
        return isinstance(self.value, dict) and any(
            self.value.get(name) not in (None, "", [], {}) for name in names
        )

    def child(self, *names: str) -> Node:
        """The first of these members that has a value; an empty node where none has.

        A list of one stands for its element; of a longer one this is the first.
        """
        return next(iter(self.children(*names)), Node(None, self.where(names[0])))

    def children(self, *names: str) -> list[Node]:
        """The elements of the first of these members that has a value; a single value is a list of one."""
        if isinstance(self.value, dict):
            for name in names:
                if name in self._touched:
                    return self._touched[name]
                value = self.value.get(name)
                if value not in (None, "", [], {}):
                    self._touched[name] = self._elements(name, value)
                    return self._touched[name]
        return []

    def _elements(self, name: str, value: Any) -> list[Node]:
        path = self.where(name)
        if not isinstance(value, list):
            return [Node(value, path)]
        return [Node(one, f"{path}[{index}]") for index, one in enumerate(value)]

    def members(self) -> Iterator[tuple[str, Node]]:
        """All members by name, for objects whose names are data."""
        if isinstance(self.value, dict):
            for name in self.value:
                if name not in self._touched:
                    self._touched[name] = [Node(self.value[name], self.where(name))]
                yield from ((name, node) for node in self._touched[name])

    def text(self, *names: str) -> str | None:
        """The text of the first of these members that is a scalar (no name: of the value itself)."""
        found = self.scalar(*names)
        if found is None:
            return None
        return found if isinstance(found, str) else _written(found)

    def scalar(self, *names: str) -> Scalar | None:
        """The same, not yet made into text."""
        if not names:
            if isinstance(self.value, Scalar) and self.value != "":
                self._taken = True
                return self.value
            return None
        for name in names:
            for node in self.children(name):
                found = node.scalar()
                if found is not None:
                    return found
        return None

    def texts(self, *names: str) -> list[tuple[str, str]]:
        """(path, text) of each scalar in the first of these members that has a value."""
        return [(node.path, text) for node in self.children(*names) if (text := node.text()) is not None]

    def take(self, *names: str) -> None:
        """These members need not be kept: the model says the same elsewhere (no name: the whole value)."""
        if not names:
            self._taken = True
        for name in names:
            for node in self.children(name):
                node.take()

    def left(self) -> Iterator[tuple[str, str]]:
        """(path, text) of every scalar that nobody has taken, in the order of the document."""
        # No recursion: a document may be nested more deeply than Python's stack.
        waiting = [self]
        while waiting:
            node = waiting.pop()
            if node._taken:
                continue
            if isinstance(node.value, dict | list):
                waiting.extend(reversed(node._inner()))
            elif node.value is not None and node.value != "":
                yield node.path, node.value if isinstance(node.value, str) else _written(node.value)

    def _inner(self) -> list[Node]:
        """The members or elements, those that were asked for as they were given out."""
        if isinstance(self.value, list):
            return [Node(one, f"{self.path}[{index}]") for index, one in enumerate(self.value)]
        return [
            node
            for name, value in self.value.items()
            for node in self._touched.get(name, [Node(value, self.where(name))])
        ]


def _written(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)
