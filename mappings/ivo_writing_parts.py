"""Elements rebuilt from what was read of them, in the order and with the values that a schema allows.

The reader keeps what the model has no place for as path and text.  A `Part` says what an element
of a schema may hold; `grown` puts flat paths together to elements again, and `written` gives only
what is valid, so that a value that came out of a broken record makes no broken record.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from mappings.ivo_writing_values import value_of
from mappings.xml_writing import attribute, content

_NUMBERED = re.compile(r"(.+)\[(\d{1,6})\]")
_WITH_URI = re.compile(r"(.*\S) \(([a-z][a-z0-9+.\-]*://[^\s()]+)\)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What an element may be: its name, how often, the type of its text, its attributes, its parts.

    ``value`` and the values of ``attributes`` are kinds of `value_of`; an attribute whose name ends
    in ``!`` must be there.  ``type`` is the ``xsi:type``.
    """

    name: str
    is_needed: bool = False
    is_many: bool = False
    value: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    type: str | None = None

    def place(self, name: str) -> int | None:
        """Where among the parts the one of this name stands."""
        return next((index for index, part in enumerate(self.parts) if part.name == name), None)

    def kind_of(self, name: str) -> str | None:
        """The type of an attribute."""
        return self.attributes.get(name) or self.attributes.get(f"{name}!")


def part(name: str, value: str | None = None, *parts: Part, **attributes: str) -> Part:
    """A `Part` in short: ``name?`` may be absent, ``name*`` be many, ``name+`` both needed and many."""
    mark = name[-1] if name[-1] in "?*+" else ""
    return Part(
        name=name.rstrip("?*+"),
        is_needed=mark in ("", "+"),
        is_many=mark in ("*", "+") and mark != "",
        value=value,
        attributes={key.replace("__", "!").replace("_", "-"): kind for key, kind in attributes.items()},
        parts=parts,
    )


@dataclass(slots=True)
class Node:
    """An element while it grows."""

    part: Part
    text: str | None = None
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)


def grown(model: Part, values: Iterable[tuple[str, str]], *, attributes_last: bool = False) -> Node:
    """One element from paths («language/version/@ivo-id») and texts, in the order of the document.

    ``attributes_last``: attributes of an element come after its children, not before.
    """
    root = Node(model)
    for path, text in values:
        _put(root, path.split("/"), text, attributes_last)
    return root


def _put(node: Node, names: list[str], text: str, attributes_last: bool) -> None:
    numbered = _NUMBERED.fullmatch(names[0])
    name, count = (numbered[1], int(numbered[2])) if numbered else (names[0], None)
    if name.startswith("@"):
        if node.part.kind_of(name[1:]) is not None:
            node.attributes.setdefault(name[1:], text)
        return
    place = node.part.place(name)
    if place is None:
        return
    model = node.part.parts[place]
    rest = names[1:]
    if not rest and model.value is None and model.kind_of("ivo-id") is not None:
        # What has no text, but an identifier.
        rest = ["@ivo-id"]
    found = [one for one in node.children if one.part is model]
    child = found[count - 1] if count is not None and count <= len(found) else found[-1] if found else None
    if child is None or (count or 0) > len(found) or not _accepts(child, rest, attributes_last):
        child = Node(model)
        node.children.append(child)
    if rest:
        _put(child, rest, text, attributes_last)
        return
    match = _WITH_URI.fullmatch(text) if model.kind_of("ivo-id") else None
    child.text = match[1] if match else text
    if match:
        child.attributes["ivo-id"] = match[2]


def _accepts(node: Node, rest: list[str], attributes_last: bool) -> bool:
    """Whether what follows belongs to this element, and not to a new one of the same name."""
    if not rest:
        return False
    name = rest[0].partition("[")[0]
    if name.startswith("@"):
        return name[1:] not in node.attributes and (attributes_last or not node.children)
    place = node.part.place(name)
    if place is None:
        return True
    last = max((node.part.place(one.part.name) or 0 for one in node.children), default=0)
    if place < last:
        return False
    found = [one for one in node.children if one.part is node.part.parts[place]]
    if node.part.parts[place].is_many or not found:
        return True
    return _accepts(found[-1], rest[1:], attributes_last)


def written(node: Node) -> str | None:
    """The element, or ``None`` where it lacks what its schema demands."""
    attributes = _attributes(node)
    inside = written_parts(node)
    if attributes is None or inside is None:
        return None
    if node.part.value is not None:
        text = value_of(node.part.value, node.text or "")
        if text is None:
            return None
        inside = content(text)
    type_ = f' xsi:type="{node.part.type}"' if node.part.type else ""
    return f"<{node.part.name}{type_}{attributes}>{inside}</{node.part.name}>"


def written_parts(node: Node) -> str | None:
    """What is inside the element, or ``None`` where something that must be there is missing."""
    out: list[str] = []
    for model in node.part.parts:
        found = [text for one in node.children if one.part is model and (text := written(one)) is not None]
        if model.is_needed and not found:
            return None
        out += found if model.is_many else found[:1]
    return "".join(out)


def _attributes(node: Node) -> str | None:
    out = ""
    for key, kind in node.part.attributes.items():
        name = key.removesuffix("!")
        value = value_of(kind, node.attributes.get(name, ""))
        if value is not None:
            out += f' {name}="{attribute(value)}"'
        elif name != key:
            return None
    return out
