"""The parts of a DataCite record while it is read."""

from __future__ import annotations

from typing import Any

from catalogue.record import (
    Access,
    Agent,
    Date,
    Funding,
    Identifier,
    Place,
    Reference,
    Relation,
    Rights,
    Term,
    Text,
)
from mappings.reading import Reading
from mappings.xml_reading import flattened


class Draft(Reading):
    """The lists that become one record."""

    def __init__(self, identifier: str) -> None:
        super().__init__(identifier)
        self.access: Access | None = None
        self.contributors: list[Agent] = []
        self.creators: list[Agent] = []
        self.dates: list[Date] = []
        self.descriptions: list[Text] = []
        self.formats: list[str] = []
        self.found_titles: list[Text] = []
        self.funding: list[Funding] = []
        self.general_type: str | None = None
        self.identifiers: list[Identifier] = []
        self.instruments: list[Reference] = []
        self.languages: list[str] = []
        self.places: list[Place] = []
        self.publication_year: str | None = None
        self.publisher: Agent | None = None
        self.relations: dict[tuple[str, str, str], Relation] = {}
        self.rights: list[Rights] = []
        self.sizes: list[str] = []
        self.subjects: list[Term] = []
        self.type_words: str | None = None
        self.version: str | None = None
        self._said: set[tuple[str, str]] = set()

    def keep_all(self, element: Any, path: str) -> None:
        """Everything below an element that the model has no place for."""
        for where, text in flattened(element, path):
            self.keep(where, text)

    def keep_once(self, path: str, text: str) -> None:
        """A value that would come again with every element of a list."""
        if (path, text) not in self._said:
            self._said.add((path, text))
            self.keep(path, text)

    def relate(self, relation: Relation) -> None:
        """A relation; said twice (relatedIdentifier and relatedItem), it is one that knows more."""
        key = (relation.type, relation.scheme, relation.value)
        known = self.relations.get(key)
        if known is not None:
            if known.title is not None and relation.title not in (None, known.title):
                self.keep("relatedItems/relatedItem/titles/title", f"{known.value}: {relation.title}")
            relation = Relation(
                type=known.type,
                scheme=known.scheme,
                value=known.value,
                target_kind=known.target_kind or relation.target_kind,
                title=known.title or relation.title,
            )
        self.relations[key] = relation
