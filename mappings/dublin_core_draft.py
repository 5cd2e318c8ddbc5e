"""The parts of a Dublin Core record while it is read.

It has no more lists than Dublin Core fills: whole repositories come in this format, and a draft with
room for everything (`mappings.draft`) costs a tenth of reading a short record.
"""

from __future__ import annotations

from catalogue.record import (
    Access,
    Agent,
    Date,
    Funding,
    Identifier,
    Kind,
    Place,
    Relation,
    Rights,
    Term,
    Text,
)
from mappings.reading import Reading
from mappings.terms import joined_type, kind_of
from vocab.base import Concept


class Draft(Reading):
    """The lists that become one record."""

    __slots__ = (
        "access",
        "contributors",
        "creators",
        "dates",
        "descriptions",
        "formats",
        "found_titles",
        "funding",
        "holder",
        "identifiers",
        "languages",
        "places",
        "plain_dates",
        "publishers",
        "relations",
        "rights",
        "sizes",
        "subjects",
        "types",
    )

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
        self.holder: str | None = None
        self.identifiers: list[Identifier] = []
        self.languages: list[str] = []
        self.places: list[Place] = []
        self.plain_dates: list[str] = []
        self.publishers: list[Agent] = []
        self.relations: list[Relation] = []
        self.rights: list[Rights] = []
        self.sizes: list[str] = []
        self.subjects: list[Term] = []
        self.types: list[tuple[str, Concept | None]] = []

    def kind_and_label(self) -> tuple[Kind, str | None]:
        """The kind that the types say, and the finest of them; further types stay as extra values."""
        types = self.types
        if not types:
            return "other", None
        if len(types) == 1:
            word, concept = types[0]
            return joined_type(word, None) if concept is not None else ("other", word)
        known = [(word, concept) for word, concept in types if concept is not None]
        general = next((one for one in known if kind_of(one[1]) != "other"), known[0] if known else types[0])
        words = next((word for word, concept in types if concept is None and word != general[0]), None)
        for word, concept in types:
            if word not in (general[0], words) and (concept is None or concept is not general[1]):
                self.keep("dc:type", word)
        if general[1] is None:
            if words is not None:
                self.keep("dc:type", words)
            return "other", general[0]
        return joined_type(general[0], words)
