"""The parts of a MARC record while it is read."""

from __future__ import annotations

from catalogue.identity import scheme_and_value
from catalogue.record import Agent
from mappings.agents import read_name
from mappings.draft import Draft
from mappings.marc_fields import trimmed

_ALTERNATE_ONLY = frozenset({"isbn", "issn", "url", "other", "recid", "report number", "urn"})


class MarcDraft(Draft):
    """A draft with what the fixed fields say, and the words of MARC for what a thing is."""

    def __init__(self, identifier: str) -> None:
        super().__init__(identifier)
        self.fixed_language: str | None = None
        self.fixed_year: str | None = None
        self.types: list[str] = []
        self._owned: set[str] = set()

    def add_number(self, scheme: str | None, value: str, *, own: bool = True) -> None:
        """An identifier; the first of each scheme that names things is the record's own."""
        found, _ = scheme_and_value(value, scheme)
        own = own and found not in _ALTERNATE_ONLY and found not in self._owned
        if own:
            self._owned.add(found)
        self.add_identifier(value, scheme, own=own)

    def set_publisher(self, text: str | None) -> None:
        """The first publisher; others stay as extra values."""
        name = read_name(trimmed(text)) if text is not None else None
        if name is None:
            return
        if self.publisher is None:
            self.publisher = Agent(name=name)
        elif self.publisher.name != name:
            self.keep("260$b", name)
