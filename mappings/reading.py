"""What every reader keeps while it reads one record: issues, and values without a place."""

from __future__ import annotations

from typing import TypeVar

from catalogue.errors import RecordRefused
from catalogue.record import Date, DateKind, Extra, Identifier, Issue, Text
from mappings.dates import read_date
from mappings.text import (
    DESCRIPTION_LIMIT,
    EMAIL_MARK,
    LIST_LIMITS,
    TITLE_LIMIT,
    clean_block,
    shorten,
    without_email,
)

_T = TypeVar("_T")
_VALUE_LIMIT = 200
_EXTRA_LIMIT = 20_000
_MAXIMUM_ISSUES = 200
_MAXIMUM_EXTRA = 10_000


class Reading:
    """The issues and the extra values of one record (``identifier`` is the source's)."""

    __slots__ = ("extra", "identifier", "issues")

    def __init__(self, identifier: str) -> None:
        self.identifier = identifier
        self.issues: list[Issue] = []
        self.extra: list[Extra] = []

    def issue(self, path: str, reason: str, value: str | None = None) -> None:
        """Something in the record cannot be used; the record goes on."""
        if len(self.issues) >= _MAXIMUM_ISSUES:
            return
        if value is not None:
            value = without_email(shorten(" ".join(value.split()), _VALUE_LIMIT)) or None
        self.issues.append(Issue(identifier=self.identifier, path=path, reason=reason, value=value))

    def keep(self, path: str, text: str | None) -> None:
        """A value that has no place in the model stays as path and text."""
        cleaned = clean_block(text)
        if cleaned is None or cleaned == EMAIL_MARK:
            return
        if len(self.extra) >= _MAXIMUM_EXTRA:
            self.issue(path, f"More than {_MAXIMUM_EXTRA} values without a place; the rest is left out.")
            return
        if len(cleaned) > _EXTRA_LIMIT:
            self.issue(path, f"The text has {len(cleaned)} characters, the limit is {_EXTRA_LIMIT}.")
            cleaned = shorten(cleaned, _EXTRA_LIMIT)
        self.extra.append(Extra(path=path, text=cleaned))

    def title(self, value: str, path: str) -> str:
        """A title within its limit."""
        if len(value) > TITLE_LIMIT:
            self.issue(path, f"The title has {len(value)} characters, the limit is {TITLE_LIMIT}.")
            return shorten(value, TITLE_LIMIT)
        return value

    def description(self, value: str, path: str) -> str:
        """A description within its limit."""
        if len(value) > DESCRIPTION_LIMIT:
            reason = f"The description has {len(value)} characters, the limit is {DESCRIPTION_LIMIT}."
            self.issue(path, reason)
            return shorten(value, DESCRIPTION_LIMIT)
        return value

    def date(self, text: str, kind: DateKind, path: str, information: str | None = None) -> Date | None:
        """A date, with an issue where only its text could be kept."""
        found = read_date(text, kind, information)
        if found is not None and found.start is None and found.end is None:
            self.issue(path, "This is not a date in a form that is known; its text is kept.", text)
        return found

    def within(self, values: list[_T], name: str, path: str) -> tuple[_T, ...]:
        """As many values of the list of this name as the model has room for (`LIST_LIMITS`)."""
        limit = LIST_LIMITS[name]
        if len(values) > limit:
            self.issue(path, f"There are {len(values)} {name}, the limit is {limit}; the rest is left out.")
            return tuple(values[:limit])
        return tuple(values)

    def titles(self, found: list[Text], identifiers: list[Identifier], path: str) -> tuple[Text, ...]:
        """The main title first; where there is none the identifier stands in its place.

        Raises `RecordRefused` where there is no identifier either.
        """
        for index, title in enumerate(found):
            if title.type in (None, "main"):
                main = (
                    title
                    if title.type == "main"
                    else Text(value=title.value, language=title.language, type="main")
                )
                return (main, *found[:index], *found[index + 1 :])
        if found:
            return tuple(found)
        if not identifiers:
            raise RecordRefused("The record has neither a title nor an identifier.", path=path)
        self.issue(path, "There is no title; the identifier stands in its place.")
        return (Text(value=identifiers[0].written or identifiers[0].value, type="identifier"),)
