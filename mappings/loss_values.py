"""What a record says, value by value, so that a value of the source can be looked for in it."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from catalogue.identity import scheme_and_value
from catalogue.record import Mapped
from mappings.dates import read_date
from mappings.loss_leaves import Value
from mappings.terms import read_language
from mappings.text import clean_block, clean_line, clean_url

EXTRA = "extra"
_AFTER_AN_ADDRESS = frozenset(("", " ", ")", ">", ",", ";", '"', "'", "]"))
NEEDS = "environment.requirements"
_SUGGESTIONS = ("softwareSuggestions", "suggests")
ISSUE = "issue"
_NOT_ITS_CONTENT = frozenset({"id", "provenance"})
_LEAST_SEEN = 12
_LEAST = 4
_LEAST_PART = 16

Fact = tuple[str, Value | tuple[str, str]]
"""A field of the model without list indexes (creators.name), and what it holds."""


def facts(mapped: Mapped) -> Counter[Fact]:
    """What a record says: fields with their values; extra values and issues with their paths."""
    found: Counter[Fact] = Counter()
    record = mapped.record
    for part in dataclasses.fields(record):
        if part.name == EXTRA:
            found.update((EXTRA, (one.path, one.text)) for one in record.extra)
        elif part.name not in _NOT_ITS_CONTENT:
            found.update(_flat(getattr(record, part.name), part.name))
    found.update((ISSUE, (one.path, one.reason)) for one in mapped.issues)
    return found


def _flat(value: Any, path: str) -> Iterator[Fact]:
    if isinstance(value, str | int | float):
        yield path, value
    elif isinstance(value, tuple):
        for one in value:
            yield from _flat(one, path)
    elif dataclasses.is_dataclass(value):
        for part in dataclasses.fields(value):
            yield from _flat(getattr(value, part.name), f"{path}.{part.name}")


def folded(text: str) -> str:
    """Without case, with single spaces."""
    return " ".join(text.casefold().split())


class Said:
    """The values of one record, to look values of its source up in."""

    def __init__(self, mapped: Mapped) -> None:
        self.facts = facts(mapped)
        self._texts: dict[str, set[str]] = {}
        self._numbers: dict[float, set[str]] = {}
        self._long: list[tuple[str, str]] = []
        self._names: dict[frozenset[str], set[str]] = {}
        for field, value in self.facts:
            if isinstance(value, str):
                text = folded(value)
                self._texts.setdefault(text, set()).add(field)
                if field.endswith(".name"):
                    self._names.setdefault(_words(text), set()).add(field)
                if len(text) > _LEAST_PART:
                    self._long.append((field, text))
            elif isinstance(value, int | float):
                self._numbers.setdefault(float(value), set()).add(field)
        self._extra = {folded(one.text) for one in mapped.record.extra}
        self._extra_text = "\n".join(self._extra)
        environment = mapped.record.environment
        self._needs = _packages(environment.requirements if environment is not None else ())
        self._suggested = _packages(one.text for one in mapped.record.extra if _is_suggestion(one.path))
        self._identifiers = [folded(one.value) for one in mapped.record.identifiers]

    def fields_of(self, value: Value) -> set[str]:
        """The fields of the model that hold this value, as it is or in a normal form of it."""
        if isinstance(value, bool):
            return set()
        if isinstance(value, int | float):
            return self._numbers.get(float(value), set())
        for form in _forms(value):
            if form in self._texts:
                return self._texts[form]
        text = folded(clean_block(value) or "")
        # «Ada Lovelace» is «Lovelace, Ada».
        words = _words(text)
        if len(words) > 1 and words in self._names:
            return self._names[words]
        if len(text) >= _LEAST_PART:
            return {field for field, long in self._long if _is_part(text, long)}
        return set()

    def is_needed(self, value: Value) -> bool:
        """Whether this is the name of a package that software needs, however short."""
        return isinstance(value, str) and folded(value) in self._needs

    def is_suggested(self, value: Value) -> bool:
        """Whether this is the name of a package that software can use."""
        return isinstance(value, str) and folded(value) in self._suggested

    def is_in_identifier(self, value: Value) -> bool:
        """Whether an identifier of the record contains this value."""
        text = folded(str(value))
        return len(text) >= _LEAST and any(text in one for one in self._identifiers)

    def is_kept(self, value: Value) -> bool:
        """Whether it stands among the values without a place."""
        text = folded(clean_block(str(value)) or "")
        return text in self._extra or (len(text) >= _LEAST_PART and text in self._extra_text)


def _is_part(text: str, long: str) -> bool:
    """Whether a text stands in a longer one; an address not as the beginning of another address."""
    place = long.find(text)
    if place < 0 or not text.startswith(("http://", "https://")):
        return place >= 0
    return long[place + len(text) :][:1] in _AFTER_AN_ADDRESS


def _packages(needs: Iterable[str]) -> set[str]:
    """The names before the versions («numpy >= 1.20»)."""
    return {text.partition(" ")[0] for text in map(folded, needs)}


def _is_suggestion(path: str) -> bool:
    return path.startswith(_SUGGESTIONS)


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text))


def is_telling(value: Value) -> bool:
    """Whether finding this value says that it is the same one, not another that happens to be alike."""
    return isinstance(value, str) and len(value.strip()) >= _LEAST_SEEN


def may_be_found(value: Value) -> bool:
    """Whether finding a value that changes nothing says that it is there already."""
    if isinstance(value, bool):
        return False
    text = str(value).strip()
    return len(text) >= _LEAST and not (len(text) < 8 and read_language(text))


def _forms(text: str) -> Iterator[str]:
    """How the model may write a text: plain, as an address, an identifier, a date, a language, a licence."""
    yield folded(text)
    for cleaned in (clean_line(text), clean_block(text), clean_url(text)):
        if cleaned is not None:
            yield folded(cleaned)
    yield folded(scheme_and_value(text)[1])
    if len(text) < 40:
        date = read_date(text, "other")
        yield from (folded(one) for one in (date.start, date.end) if one) if date is not None else ()
        language = read_language(text)
        if language is not None:
            yield folded(language)
