"""Decisions of curators as JSON, for REST and the command line."""

from __future__ import annotations

from typing import Any

import orjson

from catalogue.decisions import Decision
from catalogue.errors import SettingsError

_TEXTS = {"titles": "main", "descriptions": "abstract"}
_TERMS = frozenset({"subjects", "messengers", "techniques", "facilities", "instruments", "experiments"})


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


def as_value(field: str, text: str) -> Any:
    """The JSON form of what somebody typed for a field: JSON as it is, a plain text where that will do.

    Raises `SettingsError` for what was meant as JSON and is none.
    """
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        if text.lstrip()[:1] in {"{", "["}:
            raise SettingsError(f"This begins like JSON, but is none: {text[:80]}") from None
        value = text
    return in_its_form(field, value)


def in_its_form(field: str, value: Any) -> Any:
    """The value of a field whose texts or terms may be told as one plain text; any other as it is."""
    if not isinstance(value, str):
        return value
    if field in _TEXTS:
        return [{"value": value, "type": _TEXTS[field]}]
    return [{"label": value}] if field in _TERMS else value
