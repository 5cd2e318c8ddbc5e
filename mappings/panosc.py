"""PaNOSC search API as JSON: datasets, documents, instruments and samples of a facility.

The model is that of the PaNOSC common search API (LoopBack); relations (parameters, techniques,
samples, files, members …) are inside a record where they were asked for by ``include``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from catalogue.errors import NotARecord
from catalogue.record import Mapped, Provenance
from mappings.base import Format
from mappings.json_reading import Node
from mappings.panosc_datasets import read_dataset, read_instrument, read_sample
from mappings.panosc_documents import read_document
from mappings.panosc_writing import write

_READERS = {
    "dataset": read_dataset,
    "document": read_document,
    "instrument": read_instrument,
    "sample": read_sample,
}
_CONDITIONS = frozenset({"or", "and", "eq", "neq", "ilike", "inq"})
_PARTS = {
    "parameter": ({"name", "value"}, "A parameter is read with its dataset, not by itself."),
    "file": ({"name", "datasetId"}, "A file is read with its dataset, not by itself."),
    "member": ({"role", "person"}, "A member is read with the document, not by itself."),
    "affiliation": ({"name", "city"}, "An affiliation is read with its member, not by itself."),
}


def kind_of_document(document: Any) -> str:
    """«dataset», «document», «instrument» or «sample»; raises `RecordRefused`."""
    if not isinstance(document, dict):
        raise NotARecord("This is no JSON object, so no record of the PaNOSC search API.")
    names = {name for name, value in document.items() if value is not None}
    if "error" in names:
        raise NotARecord("This is an error message of the search API, no record.")
    if names & {"title", "isPublic", "creationDate"}:
        is_document = names & {"type", "doi", "summary", "members", "datasets"}
        return "document" if is_document and "creationDate" not in names else "dataset"
    pid = document.get("pid")
    if "name" in names and "PaNET" in str(pid):
        raise NotARecord("A technique is a term of PaNET, no record; it is read with its dataset.")
    for needed, reason in _PARTS.values():
        if needed <= names:
            raise NotARecord(reason)
    if "name" in names and names & {"facility", "techniques"}:
        return "instrument"
    if "name" in names:
        return "sample"
    if names & _CONDITIONS or isinstance(pid, dict) or names == {"pid"}:
        raise NotARecord("This is a condition of a search, no record.")
    shown = ", ".join(sorted(names)[:8]) or "none"
    raise NotARecord(
        f"This is no dataset, document, instrument or sample of PaNOSC; its fields are: {shown}."
    )


def single_documents(document: Any) -> Iterator[tuple[str | None, Any]]:
    """Pid and document of each record in a list or an answer."""
    if isinstance(document, list):
        for one in document:
            yield from single_documents(one)
    else:
        pid = document.get("pid") if isinstance(document, dict) else None
        yield pid if isinstance(pid, str) and pid else None, document


def read(document: Any, provenance: Provenance) -> Mapped:
    """A document of any kind as record; raises `RecordRefused` for what is no catalogue record."""
    return _READERS[kind_of_document(document)](Node(document), provenance)


FORMAT = Format(
    prefix="panosc",
    title="PaNOSC search API",
    media_type="application/json",
    read=read,
    write=write,
    split=single_documents,
    rank=45,
)
