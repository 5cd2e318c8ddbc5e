"""A JSON document while it is read: what nobody takes stays as extra values, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

Scalar = str | int | float | bool
_SCALARS = (str, int, float)  # a truth value is an int


class Node:
    """A JSON value with its path, as «metadata.creators[0].name».

    Whatever is asked for counts as taken; ``left`` gives the rest.  Types are never trusted: a
    scalar where a list was promised is a list of one, an object where a text was promised is no
    text and stays.
    """

    __slots__ = ("_taken", "_touched", "path", "value")

    def __init__(self, value: Any, path: str = "", *, taken: bool = False) -> None:
        self.value = value
        self.path = path
        self._taken = taken
        # The members that were asked for; ``None`` is one that is taken whole, without a node of its own.
        self._touched: dict[str, list[Node] | None] = {}

    def __bool__(self) -> bool:
        """Whether there is anything: no null, no empty text, list or object."""
        # 0 and false are something; an empty text, list or object is not 0.
        return bool(self.value) or self.value == 0

    @property
    def is_object(self) -> bool:
        """Whether the value has members."""
        return isinstance(self.value, dict)

    def where(self, name: str) -> str:
        """The path of a member."""
        return f"{self.path}.{name}" if self.path else name

    def has(self, *names: str) -> bool:
        """Whether one of these members is there with a value."""
        return bool(self.having(names))

    def having(self, names: Iterable[str]) -> list[str]:
        """Those of these names whose member is there with a value, in their order."""
        value = self.value
        if not isinstance(value, dict):
            return []
        return [name for name in names if (one := value.get(name)) or one == 0]

    def child(self, *names: str) -> Node:
        """The first of these members that has a value; an empty node where none has.

        A list of one stands for its element; of a longer one this is the first.
        """
        found = self.children(*names)
        return found[0] if found else Node(None, self.where(names[0]))

    def children(self, *names: str) -> list[Node]:
        """The elements of the first of these members that has a value; a single value is a list of one."""
        if isinstance(self.value, dict):
            for name in names:
                known = self._touched.get(name)
                if known is not None:
                    return known
                value = self.value.get(name)
                if value or value == 0:
                    self._touched[name] = known = self._elements(name, value)
                    return known
        return []

    def _elements(self, name: str, value: Any) -> list[Node]:
        path, taken = self.where(name), name in self._touched
        if not isinstance(value, list):
            return [Node(value, path, taken=taken)]
        return [Node(one, f"{path}[{index}]", taken=taken) for index, one in enumerate(value)]

    def members(self) -> Iterator[tuple[str, Node]]:
        """All members by name, for objects whose names are data."""
        if isinstance(self.value, dict):
            for name, value in self.value.items():
                if name not in self._touched:
                    self._touched[name] = [Node(value, self.where(name))]
                yield from ((name, node) for node in self.children(name))

    def text(self, *names: str) -> str | None:
        """The text of the first of these members that is a scalar (no name: of the value itself)."""
        value = self.value
        if not names or not isinstance(value, dict):
            found = self.scalar(*names)
            return found if found is None or isinstance(found, str) else _written(found)
        for name in names:
            inner = value.get(name)
            if isinstance(inner, str):
                if inner:
                    if self._touched.setdefault(name):
                        self._take(name)
                    return inner
            elif inner is not None:
                found = self.scalar(name)
                if found is not None:
                    return found if isinstance(found, str) else _written(found)
        return None

    def scalar(self, *names: str) -> Scalar | None:
        """The same, not yet made into text."""
        value = self.value
        if not names:
            if isinstance(value, _SCALARS) and value != "":
                self._taken = True
                return value
            return None
        if not isinstance(value, dict):
            return None
        for name in names:
            found = value.get(name)
            if isinstance(found, _SCALARS):
                if found != "":
                    self._take(name)
                    return found
            elif found:
                for node in self.children(name):
                    inner = node.scalar()
                    if inner is not None:
                        return inner
        return None

    def texts(self, *names: str) -> list[tuple[str, str]]:
        """(path, text) of each scalar in the first of these members that has a value."""
        for name in names:
            value = self.value.get(name) if name not in self._touched and self.is_object else None
            if value and isinstance(value, str):
                self._take(name)
                return [(self.where(name), value)]
            if found := self.children(name):
                return [(node.path, text) for node in found if (text := node.text()) is not None]
        return []

    def take(self, *names: str) -> None:
        """These members need not be kept: the model says the same elsewhere (no name: the whole value)."""
        if not names:
            self._taken = True
        for name in self.having(names):
            self._take(name)

    def _take(self, name: str) -> None:
        for node in self._touched.setdefault(name) or ():
            node._taken = True

    def left(self) -> Iterator[tuple[str, str]]:
        """(path, text) of every scalar that nobody has taken, in the order of the document."""
        # No recursion: a document may be nested more deeply than Python's stack.
        waiting: list[tuple[str, Any]] = [(self.path, self)]
        while waiting:
            path, value = waiting.pop()
            if isinstance(value, Node):
                if value._taken:
                    continue
                if isinstance(value.value, dict):
                    waiting.extend(value._members_left())
                    continue
                value = value.value
            if isinstance(value, str):
                if value:
                    yield path, value
            elif isinstance(value, dict):
                before = f"{path}." if path else ""
                waiting.extend([(before + name, one) for name, one in reversed(value.items()) if one != ""])
            elif isinstance(value, list):
                waiting.extend([(f"{path}[{index}]", one) for index, one in enumerate(value)][::-1])
            elif value is not None:
                yield path, _written(value)

    def _members_left(self) -> Iterator[tuple[str, Any]]:
        """The members that are not taken, last first, those that were asked for as they were given out."""
        before, touched = f"{self.path}." if self.path else "", self._touched
        for name, value in reversed(self.value.items()):
            if name not in touched:
                if value or value == 0:
                    yield before + name, value
            elif nodes := touched[name]:
                yield from [(node.path, node) for node in reversed(nodes) if not node._taken]


def _written(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)
