"""Files as InvenioRDM lists them: by names that no two share."""

from __future__ import annotations

from typing import Any

from catalogue.record import Distribution
from mappings.json_writing import filled
from mappings.links import web_address


def written_files(distributions: tuple[Distribution, ...]) -> dict[str, Any] | None:
    """The files that have an address of the web, with their count and size."""
    entries: dict[str, dict[str, Any]] = {}
    for one in distributions:
        address = web_address(one.url)
        if address is not None:
            key = _new_key(one, entries)
            checksum = f"{one.checksum.algorithm}:{one.checksum.value}" if one.checksum is not None else None
            entries[key] = filled(
                key=key,
                size=one.size,
                mimetype=one.media_type,
                checksum=checksum,
                links={"content": address},
                access={"hidden": True} if one.access == "restricted" else None,
            )
    if not entries:
        return None
    total = sum(one.get("size", 0) for one in entries.values())
    return {"enabled": True, "count": len(entries), "total_bytes": total, "entries": entries}


def _new_key(one: Distribution, known: dict[str, dict[str, Any]]) -> str:
    name = one.title or one.url.partition("?")[0].rstrip("/").rpartition("/")[2] or one.url
    if name not in known:
        return name
    number = len(known)
    while f"{number}-{name}" in known:
        number += 1
    return f"{number}-{name}"
