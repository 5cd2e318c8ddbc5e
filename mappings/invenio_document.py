"""What an InvenioRDM or Zenodo document is: one record, a list, a search answer, a tombstone, a record
with the documents that were fetched beside it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from catalogue.errors import NotARecord, RecordRefused, RecordWithdrawn
from mappings.json_reading import Node

_CONTAINERS = frozenset({dict, list})
MAXIMUM_DEPTH = 100
"""Values nested deeper than this are refused."""
BESIDE = ("codemeta", "files", "faults")
"""What a harvest puts beside the «record»: its codemeta.json, its list of files, and what failed."""


def split(document: Any) -> Iterable[tuple[str | None, Any]]:
    """The records of a search answer (``hits.hits``) or a list, or the one record."""
    if isinstance(document, dict) and isinstance(document.get("hits"), dict):
        found = document["hits"].get("hits")
        document = found if isinstance(found, list) else []
    if isinstance(document, list):
        yield from ((name_of(one), one) for one in document)
    else:
        yield name_of(document), document


def name_of(document: Any) -> str | None:
    """The record's identifier for OAI-PMH where it says one, else its number at its repository."""
    record, _ = parts_of(document)
    if not isinstance(record, dict):
        return None
    oai = Node(record).child("pids").child("oai").text("identifier")
    return oai or Node(record).text("id", "recid")


def parts_of(document: Any) -> tuple[Any, dict[str, Any]]:
    """The record itself, and what stands beside it."""
    if isinstance(document, dict) and isinstance(document.get("record"), dict) and "metadata" not in document:
        return document["record"], {name: document[name] for name in BESIDE if name in document}
    return document, {}


def is_legacy(record: dict[str, Any]) -> bool:
    """Whether this is the JSON of the old Zenodo, which the new one still gives, not InvenioRDM's."""
    if "conceptrecid" in record or "conceptdoi" in record:
        return True
    metadata = record.get("metadata")
    if not isinstance(metadata, dict) or any(name in record for name in ("pids", "parent", "custom_fields")):
        return False
    creators = metadata.get("creators")
    first = creators[0] if isinstance(creators, list) and creators else None
    if isinstance(first, dict):
        return "person_or_org" not in first
    return "access_right" in metadata or "doi" in metadata or "doi" in record


def checked(document: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The record and what stands beside it.

    Raises `RecordWithdrawn` for a tombstone, `RecordRefused` for what is no record or nested too deep.
    """
    if depth_of(document) > MAXIMUM_DEPTH:
        raise RecordRefused(f"The record is nested more than {MAXIMUM_DEPTH} deep.")
    record, beside = parts_of(document)
    if not isinstance(record, dict):
        raise NotARecord("The document is not a JSON object.")
    _refuse_withdrawn(record)
    if not isinstance(record.get("metadata"), dict):
        raise NotARecord("The document has no object «metadata».", path="metadata")
    return record, beside


def _refuse_withdrawn(record: dict[str, Any]) -> None:
    status = record.get("deletion_status")
    is_deleted = isinstance(status, dict) and (
        status.get("is_deleted") is True or status.get("status") in ("D", "X")
    )
    tombstone = record.get("tombstone")
    if not tombstone and not is_deleted and record.get("is_deleted") is not True:
        return
    told = Node(tombstone if isinstance(tombstone, dict) else {})
    why = told.text("note") or told.child("removal_reason").text("id")
    said = f": {why}" if why else ""
    raise RecordWithdrawn(
        f"The repository has withdrawn this record{said}.",
        path="tombstone" if tombstone else "deletion_status",
    )


def depth_of(value: Any) -> int:
    """How deep a value is nested, counted without recursion and no further than matters."""
    if type(value) not in _CONTAINERS:
        return 1
    depth = 0
    level = [value]
    while level and depth <= MAXIMUM_DEPTH:
        depth += 1
        inside = [one.values() if isinstance(one, dict) else one for one in level]
        level = [inner for values in inside for inner in values if type(inner) in _CONTAINERS]
    return depth
