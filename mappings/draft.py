"""The parts of a record while it is read, for every reader."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from catalogue.identity import scheme_and_value
from catalogue.record import (
    Access,
    Agent,
    Capability,
    Coverage,
    Date,
    DateKind,
    Distribution,
    Energy,
    Environment,
    Funding,
    Identifier,
    Interval,
    Kind,
    Mapped,
    Parameter,
    Place,
    Provenance,
    Record,
    Reference,
    Relation,
    Rights,
    Sky,
    TableDescription,
    Term,
    Text,
    TimeCoverage,
    record_id,
)
from mappings.reading import Reading
from mappings.rights import joined_access, merged, read_rights
from mappings.terms import read_language
from mappings.text import LIST_LIMITS, clean_block, clean_line, clean_url
from mappings.xml_reading import flattened

_T = TypeVar("_T")
FILE_LIMIT = LIST_LIMITS["distributions"]


class Draft(Reading):
    """The lists that become one record; ``identifier`` is the source's, for the issues."""

    def __init__(self, identifier: str) -> None:
        super().__init__(identifier)
        self.access: Access | None = None
        self.bands: list[Term] = []
        self.capabilities: list[Capability] = []
        self.contributors: list[Agent] = []
        self.creators: list[Agent] = []
        self.dates: list[Date] = []
        self.descriptions: list[Text] = []
        self.distributions: list[Distribution] = []
        self.environment: Environment | None = None
        self.experiments: list[Reference] = []
        self.facilities: list[Reference] = []
        self.formats: list[str] = []
        self.found_titles: list[Text] = []
        self.funding: list[Funding] = []
        self.identifiers: list[Identifier] = []
        self.instruments: list[Reference] = []
        self.languages: list[str] = []
        self.messengers: list[Term] = []
        self.parameters: list[Parameter] = []
        self.places: list[Place] = []
        self.processing_level: str | None = None
        self.proposals: list[Reference] = []
        self.publisher: Agent | None = None
        self.quality: list[str] = []
        self.relations: dict[tuple[str, str, str], Relation] = {}
        self.rights: list[Rights] = []
        self.samples: list[Reference] = []
        self.sizes: list[str] = []
        self.sky: Sky | None = None
        self.spectral: list[Interval] = []
        self.subjects: list[Term] = []
        self.tables: list[TableDescription] = []
        self.targets: list[Reference] = []
        self.techniques: list[Term] = []
        self.temporal: list[Interval] = []
        self.time_scale: str | None = None
        self.type_label: str | None = None
        self.version: str | None = None
        self._sets: dict[str, tuple[set[Any], int]] = {}
        self._places: dict[tuple[str, str], int] = {}
        self._placed = 0
        self._addresses: tuple[set[str], int] = (set(), 0)

    def has(self, name: str, value: object) -> bool:
        """Whether the list of this name holds a value, found out in constant time."""
        return value in self._known(name)

    def has_distribution(self, url: str) -> bool:
        """The same for the addresses of the distributions."""
        known, count = self._addresses
        known.update(one.url for one in self.distributions[count:])
        self._addresses = known, len(self.distributions)
        return url in known

    def _known(self, name: str) -> set[Any]:
        """The values of a list as a set, those that a reader has put there itself among them.

        A record with very many values must not cost the square of their number.
        """
        values = getattr(self, name)
        known, count = self._sets.get(name, (set(), 0))
        if count > len(values):
            known, count = set(), 0
        known.update(values[count:])
        self._sets[name] = known, len(values)
        return known

    def _place_of(self, key: tuple[str, str]) -> int | None:
        """Where an identifier stands in the list."""
        place = self._places.get(key)
        is_stale = self._placed > len(self.identifiers)
        if place is not None and not is_stale:
            found = self.identifiers[place]
            is_stale = (found.scheme, found.value) != key
        if is_stale:
            self._places, self._placed = {}, 0
        for index in range(self._placed, len(self.identifiers)):
            one = self.identifiers[index]
            self._places.setdefault((one.scheme, one.value), index)
        self._placed = len(self.identifiers)
        return self._places.get(key)

    def add_title(
        self, text: str | None, path: str, *, language: str | None = None, type: str | None = None
    ) -> None:
        """A title in plain text; the first without type, or of type «main», is the main one."""
        cleaned = clean_line(text)
        if cleaned is not None:
            self.found_titles.append(Text(value=self.title(cleaned, path), language=language, type=type))

    def add_description(
        self, text: str | None, path: str, *, type: str | None = "abstract", language: str | None = None
    ) -> None:
        """A description in plain text (abstract, methods, technical, table of contents, other)."""
        cleaned = clean_block(text)
        if cleaned is not None:
            found = Text(value=self.description(cleaned, path), language=language, type=type)
            if found not in self._known("descriptions"):
                self.descriptions.append(found)

    def add_identifier(self, value: str | None, scheme: str | None = None, *, own: bool = True) -> None:
        """An identifier of the thing itself; the same one twice is one, and ``own`` wins."""
        cleaned = clean_url(value)
        if cleaned is None:
            return
        found, normal = scheme_and_value(cleaned, scheme)
        identifier = Identifier(
            scheme=found,
            value=normal,
            written=cleaned if cleaned != normal else None,
            role="own" if own else "alternate",
        )
        place = self._place_of((found, normal))
        if place is None:
            self.identifiers.append(identifier)
        elif own and self.identifiers[place].role != "own":
            self.identifiers[place] = identifier

    def add_date(self, text: str | None, kind: DateKind, path: str, information: str | None = None) -> None:
        """A date, where the text says one."""
        found = self.date(text, kind, path, information) if text is not None else None
        if found is not None and found not in self._known("dates"):
            self.dates.append(found)

    def add_language(self, text: str | None) -> None:
        """A language as BCP 47."""
        found = read_language(text)
        if found is not None and found not in self._known("languages"):
            self.languages.append(found)

    def add_subject(self, text: str | None, *, uri: str | None = None, scheme: str | None = None) -> None:
        """A keyword or a term; ``uri`` only where a vocabulary gives one."""
        label = clean_line(text)
        if label is not None:
            term = Term(label=label, uri=clean_url(uri), scheme=clean_line(scheme))
            if term not in self._known("subjects"):
                self.subjects.append(term)

    def add_rights(self, text: str | None, url: str | None = None, identifier: str | None = None) -> None:
        """A licence or a statement of rights, and what it says of access."""
        rights, access = read_rights(text, url, identifier)
        if rights is not None:
            self.rights.append(rights)
        self.access = joined_access(self.access, access)

    def relate(
        self,
        type: str,
        value: str | None,
        scheme: str | None = None,
        *,
        target_kind: str | None = None,
        title: str | None = None,
        path: str | None = None,
    ) -> None:
        """A relation of a DataCite type to another thing; said twice, it is one that knows more.

        A second title of the same target is kept under ``path``, where there is one.
        """
        cleaned = clean_url(value)
        if cleaned is None:
            return
        found, normal = scheme_and_value(cleaned, scheme)
        label = clean_line(title) if title is not None else None
        relation = Relation(type=type, scheme=found, value=normal, target_kind=target_kind, title=label)
        self.add_relation(relation, path)

    def add_relation(self, relation: Relation, path: str | None = None) -> None:
        """The same of a relation whose target is in its normal form."""
        key = (relation.type, relation.scheme, relation.value)
        known = self.relations.get(key)
        if known is not None:
            if path is not None and known.title is not None and relation.title not in (None, known.title):
                self.keep(path, f"{relation.value}: {relation.title}")
            relation = Relation(
                type=known.type,
                scheme=known.scheme,
                value=known.value,
                target_kind=known.target_kind or relation.target_kind,
                title=known.title or relation.title,
            )
        self.relations[key] = relation

    def keep_below(self, element: Any, path: str) -> None:
        """Every text and attribute in and below an XML element, under its path."""
        self.keep_all(flattened(element, path))

    def keep_all(self, left: Iterable[tuple[str, str]], but: tuple[str, ...] = ()) -> None:
        """What the model has no place for, but no e-mail address, nor what is called as in ``but``."""
        without = ("email", "telephone", *but)
        for path, text in left:
            if not path[-9:].lower().endswith(without):
                self.keep(path, text)

    def finished(self, kind: Kind, provenance: Provenance, path: str = "") -> Mapped:
        """The record within the model's limits; raises `RecordRefused` without title and identifier."""
        titles = self.titles(self.found_titles, self.identifiers, path)
        record = Record(
            id=record_id(provenance.source, provenance.identifier),
            kind=kind,
            titles=titles,
            provenance=provenance,
            identifiers=tuple(self.identifiers),
            descriptions=tuple(self.descriptions),
            creators=self.within(self.creators, "creators", path),
            contributors=self.within(self.contributors, "contributors", path),
            publisher=self.publisher,
            dates=tuple(self.dates),
            languages=_once(self.languages),
            version=self.version,
            sizes=tuple(self.sizes),
            formats=_once(self.formats),
            type_label=self.type_label,
            processing_level=self.processing_level,
            subjects=self.within(self.subjects, "subjects", path),
            rights=merged(self.rights) if len(self.rights) > 1 else tuple(self.rights),
            access=self.access,
            funding=_once(self.funding),
            relations=tuple(self.relations.values()),
            coverage=self._coverage(),
            messengers=_once(self.messengers),
            facilities=_once(self.facilities),
            instruments=_once(self.instruments),
            techniques=_once(self.techniques),
            experiments=_once(self.experiments),
            samples=_once(self.samples),
            proposals=_once(self.proposals),
            targets=_once(self.targets),
            parameters=self.within(self.parameters, "parameters", path),
            tables=tuple(self.tables),
            capabilities=tuple(self.capabilities),
            distributions=self.within(self.distributions, "distributions", path),
            environment=self.environment,
            quality=tuple(self.quality),
            extra=tuple(self.extra),
        )
        return Mapped(record=record, issues=tuple(self.issues))

    def _coverage(self) -> Coverage | None:
        time = TimeCoverage(intervals=tuple(self.temporal), scale=self.time_scale) if self.temporal else None
        has_energy = self.spectral or self.bands
        energy = Energy(intervals=tuple(self.spectral), bands=tuple(self.bands)) if has_energy else None
        if not (self.sky or time or energy or self.places):
            return None
        return Coverage(sky=self.sky, time=time, energy=energy, places=tuple(self.places))


def _once(values: list[_T]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys(values)) if values else ()
