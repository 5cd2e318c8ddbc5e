"""DataCite JSON: answers of DataCite's REST API, and plain JSON of schema 4."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mappings.base import Format
from mappings.datacite_json_reading import read
from mappings.datacite_json_writing import write
from mappings.json_reading import Node


def split(document: Any) -> Iterable[tuple[str | None, Any]]:
    """The DOIs of an answer (``data``) or a list, or the one record."""
    if isinstance(document, dict) and isinstance(document.get("data"), (list, dict)):
        document = document["data"]
    for one in document if isinstance(document, list) else [document]:
        yield name_of(one), one


def name_of(record: Any) -> str | None:
    """The record's DOI, or what it is called otherwise."""
    node = Node(record)
    return node.child("attributes").text("doi") or node.text("doi", "id")


FORMAT = Format(
    prefix="datacite_json",
    title="DataCite JSON (4.6)",
    media_type="application/vnd.datacite.datacite+json",
    read=read,
    write=write,
    rank=82,
    suffix="datacite.json",
    split=split,
)
