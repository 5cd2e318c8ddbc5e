"""The single values of a source's document, XML or JSON, each with its place and a way to change it there."""

from __future__ import annotations

import functools
import operator
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from mappings.xml_reading import elements, local_name

Value = str | int | float | bool

_NAMED_BY = {"datafield": ("tag", ""), "controlfield": ("tag", ""), "subfield": ("code", "$")}
"""MARC 21 names its fields in attributes."""
NAMES_ARE_DATA = frozenset(
    {"entries", "parameters", "environment", "thumbnails", "custom_fields", "extras", "fields"}
)
"""Members of JSON objects in which names are chosen by whoever wrote the record: «*» stands for them."""
_MEASUREMENTS = "scientificMetadata"
_OF_A_MEASUREMENT = frozenset({"value", "unit", "valueSI", "unitSI", "v", "u", "type", "human_name"})
_PREFIXES = {
    "{http://www.w3.org/2001/XMLSchema-instance}": "xsi:",
    "{http://www.w3.org/XML/1998/namespace}": "xml:",
}


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value that came: ``path`` with list indexes, ``field`` without them, ``put`` writes another there.

    ``put(None)`` takes it away; the places of all others stay what they are.
    """

    path: str
    field: str
    value: Value
    put: Callable[[Any], None]


def leaves(document: Any) -> Iterator[Leaf]:
    """Every value in a document that is neither empty nor null, in its order."""
    if hasattr(document, "tag"):
        name = local_name(document)
        yield from _of_element(document, name, name)
    else:
        yield from _of_value(document)


def _of_value(document: Any) -> Iterator[Leaf]:
    waiting: list[tuple[str, str, Any]] = [("", "", document)]
    while waiting:
        path, field, value = waiting.pop()
        inner: list[tuple[str, str, Any]] = []
        if isinstance(value, dict):
            for name, one in value.items():
                place = (_joined(path, name), _joined(field, "*" if _is_data(field, name) else name))
                if isinstance(one, dict | list):
                    inner.append((*place, one))
                elif one is not None and one != "":
                    yield Leaf(*place, one, functools.partial(operator.setitem, value, name))
        elif isinstance(value, list):
            for index, one in enumerate(value):
                if isinstance(one, dict | list):
                    inner.append((f"{path}[{index}]", field, one))
                elif one is not None and one != "":
                    put = functools.partial(operator.setitem, value, index)
                    yield Leaf(f"{path}[{index}]", field, one, put)
        waiting.extend(reversed(inner))


def _is_data(field: str, name: Any) -> bool:
    """Whether the name of a member says what this record is about, not what the format is."""
    parts = field.split(".")
    return (
        str(name).isdigit()
        or parts[-1] in NAMES_ARE_DATA
        or (_MEASUREMENTS in parts and name not in _OF_A_MEASUREMENT)
    )


def _joined(path: str, name: Any) -> str:
    return f"{path}.{name}" if path else str(name)


def _of_element(element: Any, path: str, field: str) -> Iterator[Leaf]:
    named_by = _NAMED_BY.get(local_name(element), ("", ""))[0]
    for key, value in element.attrib.items():
        if key != named_by and value.strip():
            short = _attribute_name(key)
            put = functools.partial(_put_attribute, element, key)
            yield Leaf(f"{path}/@{short}", f"{field}/@{short}", value, put)
    if element.text and element.text.strip():
        yield Leaf(path, field, element.text, functools.partial(setattr, element, "text"))
    count: Counter[str] = Counter()
    for child in elements(element):
        name = _element_name(child)
        count[name] += 1
        yield from _of_element(child, f"{path}/{name}[{count[name]}]", f"{field}/{name}")
        if child.tail and child.tail.strip():
            yield Leaf(path, field, child.tail, functools.partial(setattr, child, "tail"))


def _element_name(element: Any) -> str:
    name = local_name(element)
    attribute, before = _NAMED_BY.get(name, ("", ""))
    value = element.get(attribute) if attribute else None
    return before + value if value else name


def _attribute_name(key: str) -> str:
    for space, prefix in _PREFIXES.items():
        if key.startswith(space):
            return prefix + key[len(space) :]
    return key.rpartition("}")[2]


def _put_attribute(element: Any, key: str, value: str | None) -> None:
    # An attribute that is taken away leaves an empty one, so that the order stays when it comes back.
    element.set(key, value or "")
