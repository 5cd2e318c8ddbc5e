"""A concept of a vocabulary as plain JSON, for REST and the command line."""

from __future__ import annotations

from typing import Any

from vocab.base import Concept, Vocabulary, vocabulary
from vocab.hierarchy import related


def concept_json(known: Vocabulary, concept: Concept, *, whole: bool = False) -> dict[str, Any]:
    """A concept as plain JSON; with ``whole`` what is above, below and equal elsewhere as well."""
    found: dict[str, Any] = {
        "code": concept.code,
        "label": concept.label,
        "uri": known.uri_of(concept),
        "broader": list(concept.broader),
        "alternatives": list(concept.alternatives),
        "matches": list(concept.matches),
        "values": dict(concept.values),
    }
    if whole:
        found["ancestors"] = [_short(known.name, one) for one in known.ancestors(concept.code)]
        found["narrower"] = [_short(known.name, one) for one in known.narrower(concept.code)]
        found["elsewhere"] = [
            {"relation": one.relation, **_short(one.vocabulary, one.concept)}
            for one in related(known.name, concept)
        ]
    return {key: value for key, value in found.items() if value}


def _short(name: str, concept: Concept) -> dict[str, Any]:
    short = {"vocabulary": name, "code": concept.code, "label": concept.label}
    uri = vocabulary(name).uri_of(concept)
    return {**short, "uri": uri} if uri else short
