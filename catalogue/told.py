"""What a record tells: the values of the facet «has», by which one finds what can be used, or what lacks.

«has:files» finds records with files, «-has:licence» those without a licence; counted by source they say how
complete its records are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from catalogue.record import Record

LABELS: Mapping[str, str] = {
    "description": "Description",
    "creators": "Creators",
    "orcid": "Creators with ORCID",
    "publisher": "Publisher",
    "date": "Date of publication",
    "subjects": "Subjects",
    "licence": "Licence",
    "access": "Access right",
    "files": "Files",
    "services": "Services",
    "sky": "Region of the sky",
    "time": "Time of observation",
    "energy": "Energy",
    "place": "Place on Earth",
    "instrument": "Facility or instrument",
    "technique": "Technique",
    "parameters": "Parameters or tables",
    "relations": "Relations",
    "funding": "Funding",
}
"""Each value of the facet, and how it is written on a page."""

_TELLS: Mapping[str, Callable[[Record], object]] = {
    "description": lambda record: record.descriptions,
    "creators": lambda record: record.creators,
    "orcid": lambda record: any(
        one.scheme == "orcid" for agent in record.creators for one in agent.identifiers
    ),
    "publisher": lambda record: record.publisher,
    "date": lambda record: any(date.kind in {"issued", "created"} for date in record.dates),
    "subjects": lambda record: record.subjects,
    "licence": lambda record: any(rights.licence for rights in record.rights),
    "access": lambda record: record.access,
    "files": lambda record: record.distributions,
    "services": lambda record: record.capabilities,
    "sky": lambda record: record.coverage and record.coverage.sky,
    "time": lambda record: record.coverage and record.coverage.time,
    "energy": lambda record: record.coverage and record.coverage.energy,
    "place": lambda record: record.coverage and record.coverage.places,
    "instrument": lambda record: record.facilities or record.instruments,
    "technique": lambda record: record.techniques,
    "parameters": lambda record: record.parameters or record.tables,
    "relations": lambda record: record.relations,
    "funding": lambda record: record.funding,
}


def told(record: Record) -> list[str]:
    """Which of `LABELS` a record tells, in their order."""
    return [name for name, tells in _TELLS.items() if tells(record)]
