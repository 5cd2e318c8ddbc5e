"""The parts of a MARC record while it is read."""

from __future__ import annotations

from catalogue.identity import scheme_and_value
from catalogue.record import (
    Access,
    Agent,
    Date,
    DateKind,
    Distribution,
    Identifier,
    Place,
    Reference,
    Relation,
    Rights,
    Term,
    Text,
)
from mappings.agents import read_name
from mappings.marc_fields import trimmed
from mappings.reading import Reading

_ALTERNATE_ONLY = frozenset({"isbn", "issn", "url", "other", "recid", "report number", "urn"})


class Draft(Reading):
    """The lists that become one record."""

    def __init__(self, identifier: str) -> None:
        super().__init__(identifier)
        self.access: Access | None = None
        self.contributors: list[Agent] = []
        self.creators: list[Agent] = []
        self.dates: list[Date] = []
        self.descriptions: list[Text] = []
        self.distributions: list[Distribution] = []
        self.experiments: list[Reference] = []
        self.facilities: list[Reference] = []
        self.fixed_language: str | None = None
        self.fixed_year: str | None = None
        self.found_titles: list[Text] = []
        self.identifiers: list[Identifier] = []
        self.languages: list[str] = []
        self.places: list[Place] = []
        self.publisher: Agent | None = None
        self.relations: list[Relation] = []
        self.rights: list[Rights] = []
        self.sizes: list[str] = []
        self.subjects: list[Term] = []
        self.types: list[str] = []
        self.version: str | None = None
        self._known: set[tuple[str, str]] = set()
        self._owned: set[str] = set()

    def add_identifier(self, scheme: str | None, value: str, *, own: bool = True) -> None:
        """An identifier; the first of each scheme that names things is the record's own."""
        found, normal = scheme_and_value(value, scheme)
        if (found, normal) in self._known:
            return
        self._known.add((found, normal))
        own = own and found not in _ALTERNATE_ONLY and found not in self._owned
        if own:
            self._owned.add(found)
        self.identifiers.append(
            Identifier(
                scheme=found,
                value=normal,
                written=value if value != normal else None,
                role="own" if own else "alternate",
            )
        )

    def add_date(self, text: str, kind: DateKind, path: str, information: str | None = None) -> None:
        """A date, where the text says one."""
        date = self.date(text, kind, path, information)
        if date is not None:
            self.dates.append(date)

    def set_publisher(self, text: str | None) -> None:
        """The first publisher; others stay as extra values."""
        name = read_name(trimmed(text)) if text is not None else None
        if name is None:
            return
        if self.publisher is None:
            self.publisher = Agent(name=name)
        elif self.publisher.name != name:
            self.keep("260$b", name)
