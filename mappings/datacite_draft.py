"""The parts of a DataCite record while it is read."""

from __future__ import annotations

from mappings.draft import Draft


class DataciteDraft(Draft):
    """A draft with the two words for a type, and the year that DataCite has apart from its dates."""

    def __init__(self, identifier: str) -> None:
        super().__init__(identifier)
        self.general_type: str | None = None
        self.publication_year: str | None = None
        self.type_words: str | None = None
        self._said: set[tuple[str, str]] = set()

    def keep_once(self, path: str, text: str) -> None:
        """A value that would come again with every element of a list."""
        if (path, text) not in self._said:
            self._said.add((path, text))
            self.keep(path, text)
