"""The records of InvenioRDM and Zenodo answers as raw records, named as OAI-PMH names them."""

from __future__ import annotations

import re
from typing import Any

from catalogue.record import Issue, RawRecord
from harvesters.json_client import issue_of, loaded, unnamed
from mappings.invenio_document import is_legacy

_SELF = re.compile(r'"self"\s*:\s*"[^"\s]{1,200}/api/records/([A-Za-z0-9-]{1,40})"')
_ID = re.compile(r'\A\s*\{\s*"id"\s*:\s*"?([A-Za-z0-9-]{1,40})"?\s*,')


def raw_of(data: bytes, *, site: str, host: str, community: str, place: str) -> RawRecord | Issue:
    """One record of an answer.

    Its identifier is that of the site's OAI-PMH, which the record says itself or which is
    ``oai:host:number``: a record is the same by whichever way it comes.  ``place`` names one that
    does not even tell its number.
    """
    try:
        record = loaded(data)
    except ValueError as error:
        number = _number_in(data)
        reason = f"The record is no valid JSON: {error}"
        return issue_of(f"oai:{host}:{number}", "/", reason) if number else unnamed(place, reason)
    number = _number(record)
    if number is None:
        return unnamed(place, "The record has no «id».")
    return RawRecord(
        identifier=_oai(record) or f"oai:{host}:{number}",
        format="zenodo" if is_legacy(record) else "inveniordm",
        data=data,
        datestamp=_text(record.get("updated")) or _text(record.get("modified")),
        url=_page(record) or f"{site}/records/{number}",
        sets=_communities(record, community),
        document=record,
    )


def number_of(identifier: str) -> str:
    """The record's number at the site, which ends its OAI identifier."""
    return identifier.rpartition(":")[2]


def _number(record: Any) -> str | None:
    if not isinstance(record, dict):
        return None
    found = record.get("id", record.get("recid"))
    text = str(found) if isinstance(found, (str, int)) and not isinstance(found, bool) else ""
    return text if 0 < len(text) <= 200 and text.isprintable() and ":" not in text else None


def _number_in(data: bytes) -> str | None:
    text = data.decode("utf-8", "replace")
    found = _SELF.search(text) or _ID.search(text)
    return found[1] if found else None


def _oai(record: dict[str, Any]) -> str | None:
    found = _inside(record, "pids", "oai", "identifier")
    text = _text(found)
    return text if text and text.startswith("oai:") and len(text) <= 300 and text.isprintable() else None


def _page(record: dict[str, Any]) -> str | None:
    links = record.get("links")
    found = _text(links.get("self_html") or links.get("html")) if isinstance(links, dict) else None
    return found if found and found.startswith(("http://", "https://")) and len(found) < 2000 else None


def _communities(record: dict[str, Any], community: str) -> tuple[str, ...]:
    """The communities that the record says it is in, and the one in whose list it came."""
    entries = _inside(record, "parent", "communities", "entries")
    older = _inside(record, "metadata", "communities")
    found = [community] if community else []
    for one in (entries if isinstance(entries, list) else older if isinstance(older, list) else [])[:1000]:
        slug = (
            _text(one.get("slug") or one.get("id") or one.get("identifier"))
            if isinstance(one, dict)
            else None
        )
        if slug and len(slug) <= 200:
            found.append(slug)
    return tuple(dict.fromkeys(found))


def _inside(value: Any, *names: str) -> Any:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
