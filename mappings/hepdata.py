"""Submissions of HEPData: the REST API's JSON, and submission.yaml (HEPData submission format 1.1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from catalogue.errors import NotARecord
from catalogue.record import Mapped, Provenance
from mappings.base import Format
from mappings.draft import Draft
from mappings.hepdata_submission import read_submission, read_table_record
from mappings.hepdata_yaml import read_yaml
from mappings.json_reading import Node
from mappings.yaml_reading import documents_in

_YAML = "documents"


def parse(data: bytes) -> Any:
    """JSON, or a stream of YAML documents as ``{"documents": [...]}``; raises ``ValueError``."""
    if data.lstrip()[:1] in (b"{", b"["):
        return orjson.loads(data)
    return {_YAML: documents_in(data)}


def split(document: Any) -> Iterator[tuple[str | None, Any]]:
    """The submissions in an answer of the search or in a list, or one submission."""
    listed = document.get("results") if isinstance(document, dict) else document
    for one in listed if isinstance(listed, list) else [document]:
        yield identifier_of(one), one


def identifier_of(document: Any) -> str | None:
    """«ins…» with the INSPIRE number, or HEPData's own number; of a table its DOI."""
    if not isinstance(document, dict):
        return None
    table = document.get("table")
    if isinstance(table, dict):
        return _text(table.get("doi"))
    for part in _parts(document):
        inspire = _text(part.get("inspire_id"))
        if inspire is not None:
            return f"ins{inspire.removeprefix('ins')}"
    return next((found for part in _parts(document) if (found := _text(part.get("recid")))), None)


def _parts(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Where the numbers of a submission may stand."""
    for one in (document.get("submission"), document.get("hit"), document):
        if isinstance(one, dict):
            record = one.get("record")
            if isinstance(record, dict):
                yield record
            yield one


def _text(value: Any) -> str | None:
    is_text = isinstance(value, str | int) and not isinstance(value, bool)
    return str(value).strip() or None if is_text else None


def read_record(document: Any, provenance: Provenance) -> Mapped:
    """A submission with its tables, or one table; raises `RecordRefused`."""
    if not isinstance(document, dict):
        raise NotARecord("The submission is no JSON object.", path="/")
    draft = Draft(provenance.identifier)
    if isinstance(document.get(_YAML), list):
        return read_yaml(draft, document[_YAML], provenance)
    node = Node(document)
    if isinstance(document.get("table"), dict):
        return read_table_record(draft, node, provenance)
    return read_submission(draft, node, provenance)


FORMAT = Format(
    prefix="hepdata",
    title="HEPData submission",
    media_type="application/json",
    read=read_record,
    split=split,
    parse=parse,
    rank=60,
)
