"""SciCat as JSON: datasets, published data, instruments, proposals and samples of its API v3 and v4.

Field names are those of scicat-backend-next (versions 3 and 4) and of the LoopBack catamel before
it; both occur mixed.  Which kind a document is, its fields tell.
"""

from __future__ import annotations

from typing import Any

from catalogue.record import Mapped, Provenance
from mappings.base import Format
from mappings.json_reading import Node
from mappings.scicat_datasets import read_dataset
from mappings.scicat_kinds import kind_of_document, single_documents
from mappings.scicat_published import read_published
from mappings.scicat_things import read_instrument, read_proposal, read_sample
from mappings.scicat_writing import write

_READERS = {
    "dataset": read_dataset,
    "published data": read_published,
    "instrument": read_instrument,
    "proposal": read_proposal,
    "sample": read_sample,
}


def read(document: Any, provenance: Provenance) -> Mapped:
    """A document of any kind as record; raises `RecordRefused` for what is no catalogue record."""
    reader = _READERS[kind_of_document(document)]
    return reader(Node(document), provenance)


FORMAT = Format(
    prefix="scicat",
    title="SciCat",
    media_type="application/json",
    read=read,
    write=write,
    split=single_documents,
    rank=55,
)
