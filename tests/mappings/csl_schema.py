"""The JSON Schema of CSL-JSON items, from the names and types of the Citation Style Language 1.0.2."""

from __future__ import annotations

from typing import Any

_TYPES = """
article article-journal article-magazine article-newspaper bill book broadcast chapter classic collection
dataset document entry entry-dictionary entry-encyclopedia event figure graphic hearing interview legal_case
legislation manuscript map motion_picture musical_score pamphlet paper-conference patent performance
periodical personal_communication post post-weblog regulation report review review-book software song speech
standard thesis treaty webpage
"""
_NAMES = "author chair collection-editor compiler composer contributor curator director editor translator"
_DATES = "accessed available-date event-date issued original-date submitted"
_TEXTS = """
abstract annote archive collection-title container-title dimensions DOI event-title event-place genre ISBN
ISSN jurisdiction keyword language medium note original-publisher original-title PMCID PMID publisher
publisher-place references scale section source status title title-short URL version volume-title
"""
_NAME = {
    "type": "object",
    "properties": {part: {"type": "string", "minLength": 1} for part in ("family", "given", "literal")},
    "additionalProperties": False,
    "minProperties": 1,
}
_DATE = {
    "type": "object",
    "properties": {
        "date-parts": {
            "type": "array",
            "items": {"type": "array", "items": {"type": "integer"}, "minItems": 1, "maxItems": 3},
            "minItems": 1,
            "maxItems": 2,
        }
    },
    "required": ["date-parts"],
    "additionalProperties": False,
}

ITEM: dict[str, Any] = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "minLength": 1},
        "type": {"enum": _TYPES.split()},
        **{name: {"type": "array", "items": _NAME} for name in _NAMES.split()},
        **dict.fromkeys(_DATES.split(), _DATE),
        **{name: {"type": "string"} for name in _TEXTS.split()},
    },
    "required": ["id", "type"],
    "additionalProperties": False,
}
