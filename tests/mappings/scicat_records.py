"""Records of SciCat and what is read of them."""

from __future__ import annotations

from typing import Any

from catalogue.json_form import dumps, read_record
from catalogue.record import Mapped, Provenance, Record
from mappings.scicat import read

DATASET = {"pid": "20.500.12345/a", "datasetName": "A run", "type": "raw", "sourceFolder": "/d"}


def mapped(document: Any) -> Mapped:
    return read(document, Provenance(source="s", identifier="i", format="scicat"))


def record(**fields: Any) -> Record:
    """A dataset with these fields."""
    found = mapped({**DATASET, **fields}).record
    assert read_record(dumps(found)) == found
    return found


def extra(found: Record) -> dict[str, str]:
    return {one.path: one.text for one in found.extra}
