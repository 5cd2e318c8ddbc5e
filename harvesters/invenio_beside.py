"""What is fetched beside a record of InvenioRDM or Zenodo: its list of files, its codemeta.json.

Both are put with the record into one object, none of them changed; what fails is told in it, so that
the record comes all the same and its crosswalk makes an issue of the failure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlsplit

import orjson

from catalogue.errors import SourceError
from catalogue.record import RawRecord
from catalogue.sources import Source
from harvesters.invenio_api import InvenioApi
from harvesters.json_client import MAXIMUM_RECORD, Refusal

CODEMETA = "codemeta.json"
MAXIMUM_CODEMETA = 1_000_000
"""Bytes of a codemeta.json; a longer one is not taken."""
_YES = {"yes", "true", "1", "on"}


class Beside:
    """Completes records according to the options ``files`` and ``codemeta`` of the source."""

    def __init__(self, source: Source, api: InvenioApi) -> None:
        self._api = api
        self._asks_files = source.options.get("files", "no").lower() in _YES | {"ask"}
        self.incomplete: list[str] = []
        self._asks_codemeta = source.options.get("codemeta", "no").lower() in _YES

    def completed(self, raw: RawRecord, number: str) -> RawRecord:
        """The record with what belongs to it; the same one where there is nothing."""
        record = raw.document
        if not isinstance(record, dict) or not (self._asks_files or self._asks_codemeta):
            return raw
        parts: dict[str, bytes] = {}
        faults: list[dict[str, str]] = []
        files = self._files(record, number, parts, faults) if self._asks_files else record.get("files")
        if self._asks_codemeta:
            self._codemeta(record, files, number, parts, faults)
        if faults:
            self.incomplete.append(raw.identifier)
            parts["faults"] = orjson.dumps(faults)
        if not parts:
            return raw
        data = (
            b'{"record":'
            + raw.data
            + b"".join(b',"%s":%s' % (name.encode(), one) for name, one in parts.items())
        )
        return replace(raw, data=data + b"}", document=None)

    def _files(
        self, record: dict[str, Any], number: str, parts: dict[str, bytes], faults: list[dict[str, str]]
    ) -> Any:
        """The list of files, asked for where the record has none of its own."""
        files = record.get("files")
        if not isinstance(files, dict) or files.get("entries") or not files.get("enabled", True):
            return files
        try:
            answer = self._api.file(f"{self._api.address_of(number)}/files")
            listed = answer.value()
        except SourceError as error:
            if not (isinstance(error, Refusal) and error.status in {401, 403}):
                faults.append({"path": "files", "reason": str(error)})
            return files
        if len(answer.body) < MAXIMUM_RECORD // 2:
            parts["files"] = answer.body
        return listed

    def _codemeta(
        self,
        record: dict[str, Any],
        files: Any,
        number: str,
        parts: dict[str, bytes],
        faults: list[dict[str, str]],
    ) -> None:
        entry = _entry(files)
        if entry is None and (_names(files) or not _is_software(record)):
            return
        try:
            if entry is not None and (entry.get("size") or entry.get("filesize") or 0) > MAXIMUM_CODEMETA:
                raise ValueError(f"It has more than {MAXIMUM_CODEMETA} bytes.")
            answer = self._api.file(self._address(entry or {}, number))
            if len(answer.body) > MAXIMUM_CODEMETA:
                raise ValueError(f"It has more than {MAXIMUM_CODEMETA} bytes.")
            if not isinstance(answer.value(), dict):
                raise ValueError("It is no JSON object.")
        except (SourceError, TypeError, ValueError) as error:
            is_absent = entry is None and isinstance(error, Refusal) and error.status in {403, 404}
            if not is_absent:
                faults.append({"path": CODEMETA, "reason": f"The codemeta.json could not be read: {error}"})
        else:
            parts["codemeta"] = answer.body

    def _address(self, entry: dict[str, Any], number: str) -> str:
        """Where the content is: the record's own link where it stays on the site, else as the API has it."""
        links = entry.get("links")
        for name in ("content", "download", "self"):
            link = links.get(name) if isinstance(links, dict) else None
            if not isinstance(link, str) or urlsplit(link)[:2] != urlsplit(self._api.site)[:2]:
                continue
            # «self» of the new API describes the file; that of the oldest one, in a bucket, is the file.
            if name != "self" or link.endswith("/content") or "/api/files/" in link:
                return link
        return f"{self._api.address_of(number)}/files/{quote(CODEMETA)}/content"


def _entries(files: Any) -> Iterator[tuple[Any, Any]]:
    """Names and descriptions of files, in each of the forms that the API has for them."""
    entries = files.get("entries") if isinstance(files, dict) else files
    if isinstance(entries, dict):
        yield from entries.items()
    elif isinstance(entries, list):
        for one in entries:
            if isinstance(one, dict):
                yield one.get("key", one.get("filename")), one


def _names(files: Any) -> list[Any]:
    return [name for name, _ in _entries(files)]


def _entry(files: Any) -> dict[str, Any] | None:
    for name, one in _entries(files):
        if name == CODEMETA and isinstance(one, dict):
            return one
    return None


def _is_software(record: dict[str, Any]) -> bool:
    metadata = record.get("metadata")
    kind = metadata.get("resource_type") if isinstance(metadata, dict) else None
    code = (kind.get("id") or kind.get("type")) if isinstance(kind, dict) else kind
    return isinstance(code, str) and code.startswith("software")
