"""Keywords of HEPData tables: reactions, observables, phrases and centre-of-mass energies in GeV."""

from __future__ import annotations

from collections.abc import Iterator

from catalogue.record import Parameter
from mappings.collision_energy import gigaelectronvolts
from mappings.draft import Draft
from mappings.json_reading import Node
from mappings.text import clean_line

ENERGIES = "cmenergies"


def read_keywords(draft: Draft, node: Node) -> None:
    """All keywords of a table or submission; ``keywords`` has three forms, ``data_keywords`` one."""
    for name, value in _pairs(node):
        if name == ENERGIES:
            _energy(draft, value)
        else:
            _subject(draft, name, value)


def _pairs(node: Node) -> Iterator[tuple[str | None, Node]]:
    """Name and value: of {name: [values]}, [{name, values}], [{name, value}] and of plain words."""
    for member in ("keywords", "data_keywords"):
        for keyword in node.children(member):
            if not keyword.is_object:
                yield None, keyword
            elif keyword.has("name", "value", "values"):
                name = keyword.text("name")
                keyword.take("synonyms", "source", "schema")
                for value in (*keyword.children("values"), *keyword.children("value")):
                    yield name, value
            else:
                for name, values in list(keyword.members()):
                    yield from ((name, value) for value in _elements(values))


def _elements(values: Node) -> list[Node]:
    if isinstance(values.value, list):
        return [Node(one, f"{values.path}[{index}]") for index, one in enumerate(values.value)]
    return [values]


def _subject(draft: Draft, name: str | None, node: Node) -> None:
    draft.add_subject(node.text(), scheme=f"HEPData {name}" if name else None)


def _energy(draft: Draft, node: Node) -> None:
    """A number, a range as text, or {gte, lte}."""
    if node.is_object:
        low, high = node.text("gte"), node.text("lte")
        text = low if low == high else f"{low}-{high}" if low and high else low or high
    else:
        text = node.text()
    label = clean_line(text)
    if label is None:
        return
    intervals = gigaelectronvolts(label)
    for found in intervals:
        if not draft.has("spectral", found):
            draft.spectral.append(found)
            draft.parameters.append(
                Parameter(
                    name="centre-of-mass energy",
                    text=label,
                    unit="GeV",
                    si_low=found.low,
                    si_high=found.high,
                    si_unit="J",
                    path=node.path,
                )
            )
    if not intervals and not _is_zero(label):
        draft.issue(node.path, "This is no energy above zero in GeV; it is left out.", label)


def _is_zero(label: str) -> bool:
    """Submissions write 0 where there is no collision energy."""
    try:
        return float(label) == 0
    except ValueError:
        return False
