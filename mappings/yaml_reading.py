"""YAML as metadata files use it: plain values only, dates as written, no bombs."""

from __future__ import annotations

import re
from typing import Any

import yaml

MAXIMUM_VALUES = 1_000_000
"""So many values a document may have once its aliases are written out."""
MAXIMUM_DEPTH = 100
_CORE = {
    "bool": re.compile(r"(?:true|True|TRUE|false|False|FALSE)$"),
    "int": re.compile(r"[-+]?(?:0|[1-9][0-9]*)$"),
    "null": re.compile(r"(?:~|null|Null|NULL|)$"),
    "merge": re.compile(r"<<$"),
}


class _Loader(yaml.CSafeLoader):
    """Some plain types of YAML 1.2's core schema (section 10.3): «no» is a text, 2001-01-01 and 1.10 too."""


_Loader.yaml_implicit_resolvers = {}

for _name, _pattern in _CORE.items():
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_name}", _pattern, None)


def documents_in(data: bytes) -> list[Any]:
    """The documents of a YAML stream as plain values; raises ``ValueError`` that says what is wrong."""
    try:
        _check_depth(data)
        found = list(yaml.load_all(data, Loader=_Loader))
        _count(found, {}, set())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f" in line {mark.line + 1}, column {mark.column + 1}" if mark is not None else ""
        raise ValueError(f"{error.problem}{where}") from None
    except yaml.YAMLError as error:
        raise ValueError(str(error).partition("\n")[0]) from None
    return found


def document_in(data: bytes) -> Any:
    """The one document of a YAML file; raises ``ValueError`` where there are none or several."""
    found = documents_in(data)
    if len(found) != 1:
        raise ValueError(f"there are {len(found)} documents where one is expected")
    return found[0]


def _check_depth(data: bytes) -> None:
    """Raises ``ValueError``; the loader would fall into the nesting of a hostile file and crash."""
    depth = 0
    for event in yaml.parse(data, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAXIMUM_DEPTH:
            raise ValueError(f"it is nested more than {MAXIMUM_DEPTH} deep")


def _count(value: Any, known: dict[int, int], above: set[int]) -> int:
    """How many values this is, aliases written out; raises ``ValueError`` above the limit."""
    if not isinstance(value, dict | list):
        return 1
    if id(value) in above:
        raise ValueError("a value contains itself")
    if id(value) not in known:
        above.add(id(value))
        inside = value.values() if isinstance(value, dict) else value
        known[id(value)] = 1 + sum(_count(one, known, above) for one in inside)
        above.discard(id(value))
    if known[id(value)] > MAXIMUM_VALUES:
        raise ValueError(f"it has more than {MAXIMUM_VALUES} values once its aliases are written out")
    return known[id(value)]
