"""The parts of a VOResource record while it is read."""

from __future__ import annotations

from typing import Any

from catalogue.identity import scheme_and_value
from catalogue.record import (
    Access,
    Agent,
    Capability,
    Date,
    Distribution,
    Identifier,
    Interval,
    Parameter,
    Reference,
    Relation,
    Rights,
    Sky,
    TableDescription,
    Term,
    Text,
)
from mappings.reading import Reading
from mappings.text import clean_line, clean_url
from mappings.xml_reading import flattened, text_of


class Draft(Reading):
    """The lists that become one record."""

    def __init__(self, identifier: str) -> None:
        super().__init__(identifier)
        self.access: Access | None = None
        self.capabilities: list[Capability] = []
        self.contributors: list[Agent] = []
        self.creators: list[Agent] = []
        self.dates: list[Date] = []
        self.descriptions: list[Text] = []
        self.distributions: list[Distribution] = []
        self.bands: list[Term] = []
        self.facilities: list[Reference] = []
        self.formats: list[str] = []
        self.found_titles: list[Text] = []
        self.identifiers: list[Identifier] = []
        self.instruments: list[Reference] = []
        self.languages: list[str] = []
        self.messengers: list[Term] = []
        self.parameters: list[Parameter] = []
        self.publisher: Agent | None = None
        self.quality: list[str] = []
        self.relations: list[Relation] = []
        self.rights: list[Rights] = []
        self.sky: Sky | None = None
        self.subjects: list[Term] = []
        self.tables: list[TableDescription] = []
        self.spectral: list[Interval] = []
        self.temporal: list[Interval] = []
        self.version: str | None = None

    def keep_all(self, element: Any, path: str) -> None:
        """Everything below an element that the model has no place for, but no e-mail address."""
        for where, text in flattened(element, path):
            if not where.endswith(("email", "telephone")):
                self.keep(where, text)


def identifiers_of(element: Any) -> list[tuple[str, str]]:
    """Scheme and value of a resource name's ``ivo-id`` and ``altIdentifier`` (VOResource 1.1, 3.1.2)."""
    found: list[tuple[str, str]] = []
    for name in ("ivo-id", "altIdentifier"):
        value = clean_url(element.get(name))
        if value is not None:
            found.append(scheme_and_value(value))
    return found


def named_reference(element: Any) -> Reference | None:
    """A facility or an instrument: its name, and its identifier where it has one."""
    label = clean_line(text_of(element))
    found = identifiers_of(element)
    if label is None and not found:
        return None
    if not found:
        return Reference(label=label or "")
    scheme, value = found[0]
    return Reference(label=label or value, identifier=value, scheme=scheme)
