"""Decisions of curators as JSON, for REST and the command line."""

from __future__ import annotations

from typing import Any

import orjson

from catalogue.decisions import Decision


def decision_json(decision: Decision) -> dict[str, Any]:
    """A decision; what a correction says is JSON itself."""
    found: dict[str, Any] = {
        "number": decision.number,
        "kind": decision.kind,
        "records": list(decision.records),
        "by": decision.by,
        "at": decision.at,
        "stands": decision.stands,
    }
    if decision.field is not None:
        found["field"] = decision.field
        found["value"] = orjson.loads(decision.value or b"null")
    for name in ("note", "undone_by", "undone_at"):
        if (value := getattr(decision, name)) is not None:
            found[name] = value
    return found
