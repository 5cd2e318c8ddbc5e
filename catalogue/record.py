"""The unified model: one record of any science, in frozen values.

The trunk is DataCite 4.6; physics adds coverage, instruments, techniques,
parameters, capabilities and relations as optional branches.  Absent is an empty
tuple or ``None``: there are no empty strings and no placeholders.
"""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal[
    "dataset",
    "collection",
    "service",
    "software",
    "workflow",
    "publication",
    "instrument",
    "facility",
    "sample",
    "project",
    "organisation",
    "repository",
    "standard",
    "event",
    "image",
    "lesson",
    "document",
    "other",
]
AccessRight = Literal["open", "embargoed", "restricted", "closed", "metadata-only"]
IdentifierRole = Literal["own", "alternate", "version-of-concept"]
DateKind = Literal[
    "created",
    "issued",
    "updated",
    "available",
    "collected",
    "valid",
    "withdrawn",
    "accepted",
    "submitted",
    "copyrighted",
    "other",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A string in a language (BCP 47), with the role it plays: main, abstract, methods …"""

    value: str
    language: str | None = None
    type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A named concept; ``uri`` only where a vocabulary matched, ``scheme`` as the source said."""

    label: str
    uri: str | None = None
    scheme: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """An identifier in the normal form of its scheme, and as it was written when that differs."""

    scheme: str
    value: str
    written: str | None = None
    role: IdentifierRole = "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A named thing with an identifier: an instrument, a sample, a proposal, an award."""

    label: str
    uri: str | None = None
    identifier: str | None = None
    scheme: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Affiliation:
    """The institution of an agent, with its ROR or other identifier."""

    name: str
    identifier: str | None = None
    scheme: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentIdentifier:
    """An identifier of a person or an organisation: ORCID, ROR, ISNI, GND …"""

    scheme: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """A person or an organisation; never with an e-mail address."""

    name: str
    given: str | None = None
    family: str | None = None
    kind: Literal["person", "organisation"] | None = None
    identifiers: tuple[AgentIdentifier, ...] = ()
    affiliations: tuple[Affiliation, ...] = ()
    role: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Date:
    """An interval of ISO 8601 dates; their length is their precision («2019», «2019-03-01»).

    One point in time has ``start == end``; an open end is ``None``.  Years before 1
    are astronomical («-0320» is 321 BCE).  ``text`` keeps what the source wrote where
    that says more.
    """

    kind: DateKind
    start: str | None = None
    end: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """A licence or a statement of rights; ``licence`` is the SPDX identifier where known."""

    text: str | None = None
    url: str | None = None
    licence: Term | None = None
    holder: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Who may have the data, until when not, and how to ask."""

    right: AccessRight
    until: str | None = None
    to: str | None = None
    how: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Funding:
    """Who paid: funder and award (DataCite 4.6, property 19)."""

    funder: str
    funder_identifier: str | None = None
    award: str | None = None
    award_title: str | None = None
    award_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A typed link to something identified elsewhere (DataCite relationType terms)."""

    type: str
    scheme: str
    value: str
    target_kind: str | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A closed interval of numbers; an open end is ``None``."""

    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sky:
    """Coverage on the sky: a MOC (IVOA MOC 2.0, ASCII) in ICRS, and the form of the source."""

    moc: str | None = None
    frame: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeCoverage:
    """Coverage in time: intervals in MJD on a time scale (100000 upwards = ongoing)."""

    intervals: tuple[Interval, ...] = ()
    scale: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Energy:
    """Coverage in energy: intervals in joule, and named bands."""

    intervals: tuple[Interval, ...] = ()
    bands: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A place on Earth in degrees (WGS 84)."""

    longitude: float
    latitude: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place on Earth: name, point, box (west, south, east, north) or polygon."""

    name: str | None = None
    point: Point | None = None
    box: tuple[float, float, float, float] | None = None
    polygon: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Where, when and at which energies."""

    sky: Sky | None = None
    time: TimeCoverage | None = None
    energy: Energy | None = None
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A measured or set quantity: as given, and in SI beside it where the unit is known."""

    name: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    text: str | None = None
    unit: str | None = None
    si_value: float | None = None
    si_low: float | None = None
    si_high: float | None = None
    si_unit: str | None = None
    path: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table (VODataService 1.2, section 3.5)."""

    name: str
    ucd: str | None = None
    unit: str | None = None
    datatype: str | None = None
    utype: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TableDescription:
    """A table that a service or a file holds."""

    name: str
    description: str | None = None
    columns: tuple[Column, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """How one speaks to a capability (VOResource 1.1, section 2.2.2)."""

    type: str | None = None
    url: str | None = None
    use: str | None = None
    security: tuple[str, ...] = ()
    test_query: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """What a service can do, by the identifier of the standard it follows."""

    standard: str | None = None
    version: str | None = None
    description: str | None = None
    interfaces: tuple[Interface, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Checksum:
    """A checksum of a file; ``algorithm`` in lower case."""

    algorithm: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """A file or another way to the bytes; ``size`` in bytes."""

    url: str
    protocol: str | None = None
    title: str | None = None
    media_type: str | None = None
    size: int | None = None
    checksum: Checksum | None = None
    access: str | None = None
    part_of: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """What software or a workflow needs to run."""

    languages: tuple[str, ...] = ()
    repository: str | None = None
    container: str | None = None
    requirements: tuple[str, ...] = ()
    entry_point: str | None = None
    specification: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """An earlier station of the record (OAI-PMH provenance, originDescription)."""

    base_url: str
    identifier: str | None = None
    datestamp: str | None = None
    format: str | None = None
    harvested: str | None = None
    altered: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where the record came from: the source's own identifier, datestamp and address."""

    source: str
    identifier: str
    datestamp: str | None = None
    url: str | None = None
    format: str | None = None
    harvested: str | None = None
    sets: tuple[str, ...] = ()
    chain: tuple[Hop, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Extra:
    """A value of the source that has no place in the model: its path, and its text."""

    path: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record of the unified model; the first four fields are always there."""

    id: str
    kind: Kind
    titles: tuple[Text, ...]
    provenance: Provenance
    identifiers: tuple[Identifier, ...] = ()
    descriptions: tuple[Text, ...] = ()
    creators: tuple[Agent, ...] = ()
    contributors: tuple[Agent, ...] = ()
    publisher: Agent | None = None
    dates: tuple[Date, ...] = ()
    languages: tuple[str, ...] = ()
    version: str | None = None
    sizes: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    type_label: str | None = None
    processing_level: str | None = None
    subjects: tuple[Term, ...] = ()
    rights: tuple[Rights, ...] = ()
    access: Access | None = None
    funding: tuple[Funding, ...] = ()
    relations: tuple[Relation, ...] = ()
    coverage: Coverage | None = None
    messengers: tuple[Term, ...] = ()
    facilities: tuple[Reference, ...] = ()
    instruments: tuple[Reference, ...] = ()
    techniques: tuple[Term, ...] = ()
    experiments: tuple[Reference, ...] = ()
    samples: tuple[Reference, ...] = ()
    proposals: tuple[Reference, ...] = ()
    targets: tuple[Reference, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    tables: tuple[TableDescription, ...] = ()
    capabilities: tuple[Capability, ...] = ()
    distributions: tuple[Distribution, ...] = ()
    environment: Environment | None = None
    quality: tuple[str, ...] = ()
    extra: tuple[Extra, ...] = ()

    @property
    def title(self) -> str:
        """The main title, for lists and headings."""
        return self.titles[0].value


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRecord:
    """A record as the source gave it, before any crosswalk.

    ``data`` is empty where the source says «deleted».  ``document`` may carry the
    already parsed form of ``data`` so that a crosswalk need not parse it again; it is
    never stored and takes no part in comparisons.
    """

    identifier: str
    format: str
    data: bytes
    datestamp: str | None = None
    deleted: bool = False
    url: str | None = None
    sets: tuple[str, ...] = ()
    chain: tuple[Hop, ...] = ()
    document: Any = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """Something that is wrong with one record: where, by which rule, why, and the value."""

    identifier: str
    path: str
    reason: str
    rule: str = "crosswalk"
    value: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """What a crosswalk made of a raw record: the record, and what it could not take over."""

    record: Record
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A part of a source's answer that is stored in one transaction.

    ``checkpoint`` is where a later run goes on after this page (JSON-able; ``None``:
    nothing to go on from).  ``expected`` is the source's own count of the whole list.
    ``issues`` tell of records that did not even arrive.  ``requests`` counts the HTTP
    requests that this page cost.
    """

    records: tuple[RawRecord, ...]
    checkpoint: dict[str, Any] | None = None
    expected: int | None = None
    issues: tuple[Issue, ...] = ()
    requests: int = 1


@functools.lru_cache(maxsize=4096)
def record_id(source: str, identifier: str) -> str:
    """Our identifier of a source's record: 20 hexadecimal digits, the same after every rebuild.

    80 bits of BLAKE2b over source and identifier: among 10⁹ records two collide with a
    chance of 4·10⁻⁷.
    """
    return hashlib.blake2b(f"{source}\n{identifier}".encode(), digest_size=10).hexdigest()
