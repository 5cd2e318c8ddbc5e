"""What a source has answered, as REST and the command line write it."""

from __future__ import annotations

from typing import Any

from catalogue.json_form import as_json
from harvesters.live.asking import RemoteAnswer
from web.remote import Elsewhere


def remote_json(answer: RemoteAnswer, found: Elsewhere, base_url: str) -> dict[str, Any]:
    """One source's answer; each hit is a record of the unified model that says where we hold it."""
    hits = []
    for hit in answer.hits:
        held = found.held.get(hit.record.id)
        address = None if held is None else f"{base_url}/api/v1/records/{held}"
        hits.append({**as_json(hit.record), "remote": True, "held": address})
    return {
        "source": answer.source,
        "title": answer.title,
        "status": answer.status,
        "seconds": round(answer.seconds, 3),
        "total": answer.total,
        "hits": hits,
        "not_asked": list(answer.not_asked),
        "told": list(answer.told),
        "error": answer.error,
    }
