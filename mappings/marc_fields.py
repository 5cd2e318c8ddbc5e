"""Fields and subfields of a MARC 21 record, which remember what of them has been read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mappings.text import clean_block, clean_line
from mappings.xml_reading import elements, local_name, text_of

_PUNCTUATION = " /:;,=\u00a0"


class Field:
    """A data field: tag, indicators and subfields; `rest` is what nobody took."""

    __slots__ = ("_taken", "first", "second", "subfields", "tag")

    def __init__(self, element: Any) -> None:
        self.tag: str = (element.get("tag") or "").strip()
        self.first: str = (element.get("ind1") or " ").replace("_", " ")
        self.second: str = (element.get("ind2") or " ").replace("_", " ")
        self.subfields = [
            (one.get("code") or "", text_of(one) or "")
            for one in elements(element)
            if local_name(one) == "subfield"
        ]
        self._taken: set[int] = set()

    def all(self, codes: str) -> list[str]:
        """The values of these subfields in their order, each in one line."""
        found: list[str] = []
        for index, (code, text) in enumerate(self.subfields):
            if code in codes:
                self._taken.add(index)
                value = clean_line(text)
                if value is not None:
                    found.append(value)
        return found

    def one(self, codes: str) -> str | None:
        """The first value of these subfields; further ones stay in the rest."""
        for index, (code, text) in enumerate(self.subfields):
            if code in codes:
                value = clean_line(text)
                self._taken.add(index)
                if value is not None:
                    return value
        return None

    def block(self, codes: str) -> str | None:
        """The values of these subfields as paragraphs."""
        found: list[str] = []
        for index, (code, text) in enumerate(self.subfields):
            if code in codes:
                self._taken.add(index)
                value = clean_block(text)
                if value is not None:
                    found.append(value)
        return "\n\n".join(found) or None

    def rest(self) -> Iterator[tuple[str, str]]:
        """Code and text of the subfields that nobody took."""
        for index, (code, text) in enumerate(self.subfields):
            if index not in self._taken:
                yield code, text


def trimmed(text: str) -> str:
    """Without the punctuation that ISBD puts before the next part."""
    text = text.strip(_PUNCTUATION)
    if text.endswith(".") and not text.endswith("..") and len(text.rsplit(" ", 1)[-1]) > 4:
        return text[:-1]
    return text


def fields_of(record: Any) -> list[Field]:
    """The data fields of a record in their order."""
    return [Field(one) for one in elements(record) if local_name(one) == "datafield"]


def controls_of(record: Any) -> dict[str, str]:
    """Leader («LDR») and control fields."""
    found: dict[str, str] = {}
    for one in elements(record):
        name = local_name(one)
        if name == "leader":
            found["LDR"] = text_of(one) or ""
        elif name == "controlfield":
            found[(one.get("tag") or "").strip()] = text_of(one) or ""
    return found
