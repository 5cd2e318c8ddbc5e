"""ICAT: dumps in XML and YAML, files for ingestion, answers of its REST API in JSON.

==================  ====================================================================================
field               entity and attribute
==================  ====================================================================================
kind                dataset; investigation → collection; study → project; dataPublication → dataset;
                    instrument, facility; sample (with a pid)
identifiers         doi, pid (own), the key in the dump as scheme «icat»
titles              title, name (of a dataset the only one), fullName
descriptions        summary, description
creators, contributors
                    users of a publication by contributorType; of an investigation, also for its
                    datasets: principal investigators create, others contribute
publisher           facility
dates               startDate–endDate (collected), publicationDate, releaseDate, dates of a publication,
                    createTime and modTime (of the description)
subjects            keywords, subject(s)
techniques          datasetTechniques (PaNET); instruments; facilities; samples with their formula
proposals           the investigation of a dataset: name and title
parameters          parameters of all kinds, with their ranges and units
relations           investigation and publication of a dataset, parts, relatedItems, publications
distributions       datafiles with size, checksum, format; sizes: fileCount, fileSize
funding             fundingReferences
==================  ====================================================================================

Users' accounts, e-mail addresses, groups, rules and jobs are not read.  All else is kept as it is.
"""

from __future__ import annotations

from typing import Any

from catalogue.errors import NotARecord
from catalogue.record import Mapped, Provenance
from mappings.base import Format
from mappings.icat_dump import RECORDS, parse, recognises, split
from mappings.icat_reading import read_dataset, read_investigation, read_publication, read_study
from mappings.icat_things import read_facility, read_instrument, read_sample
from mappings.json_reading import Node

_READERS = {
    "dataset": read_dataset,
    "investigation": read_investigation,
    "study": read_study,
    "dataPublication": read_publication,
    "instrument": read_instrument,
    "facility": read_facility,
    "sample": read_sample,
}


def read(document: Any, provenance: Provenance) -> Mapped:
    """One record; raises `NotARecord` for another document, and for one with several records."""
    if not (isinstance(document, dict) and "entity" in document):
        found = list(split(document)) if hasattr(document, "tag") or document else []
        if len(found) != 1:
            raise NotARecord(f"There are {len(found)} records of ICAT where one is expected.", path="/")
        document = found[0][1]
    entity, value = document.get("entity"), document.get("object")
    reader = _READERS.get(entity) if isinstance(entity, str) else None
    if reader is None or not isinstance(value, dict):
        known = ", ".join(RECORDS)
        raise NotARecord(f"«{entity}» is no record of ICAT; these are: {known}.", path="/entity")
    key = document.get("id")
    return reader(Node(value), key if isinstance(key, str) else None, provenance)


FORMAT = Format(
    prefix="icat",
    title="ICAT dumps and answers (XML, YAML, JSON)",
    media_type="application/xml",
    read=read,
    split=split,
    parse=parse,
    recognises=recognises,
    rank=60,
)
