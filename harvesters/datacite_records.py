"""The DOIs of DataCite's answers as raw records."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from catalogue.record import Issue, RawRecord
from harvesters.json_client import JsonAnswer, Unreadable, issue_of, loaded, unnamed

_DOI = re.compile(r'"(?:id|doi)"\s*:\s*"(10\.\d{4,9}/[^"\\\s]{1,200})"')


def raw_of(data: bytes, *, part: str, place: str) -> RawRecord | Issue:
    """One DOI with its attributes; ``place`` names one that does not even tell its DOI."""
    try:
        record = loaded(data)
    except ValueError as error:
        found = _DOI.search(data.decode("utf-8", "replace"))
        reason = f"The record is no valid JSON: {error}"
        return issue_of(found[1].lower(), "/", reason) if found else unnamed(place, reason)
    attributes = record.get("attributes") if isinstance(record, dict) else None
    if not isinstance(attributes, dict):
        return unnamed(place, "The record has no object «attributes».")
    doi = record.get("id") or attributes.get("doi")
    if not isinstance(doi, str) or not doi.startswith("10.") or len(doi) > 2000 or not doi.isprintable():
        return unnamed(place, "The record has no DOI.")
    url = _text(attributes.get("url"))
    return RawRecord(
        identifier=doi.lower(),
        format="datacite_json",
        data=data,
        datestamp=_text(attributes.get("updated")),
        url=url if url and url.startswith(("http://", "https://")) else f"https://doi.org/{doi}",
        sets=(part,) if part else (),
        document=record,
    )


def single(answer: JsonAnswer) -> bytes:
    """The bytes of the one DOI in an answer; raises `Unreadable`."""
    try:
        return bytes(msgspec.json.decode(answer.body, type=dict[str, msgspec.Raw])["data"])
    except (msgspec.DecodeError, KeyError) as error:
        raise Unreadable(f"{answer.url} answers without a DOI's data: {error}.") from None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
