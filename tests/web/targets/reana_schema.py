"""What REANA asks of a reana.yaml with a serial workflow, as JSON Schema."""

from __future__ import annotations

from typing import Any

# What reana-commons 0.9 asks of a serial workflow, in our words: its own package needs another jsonschema.
STEP: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["commands"],
    "properties": {
        "name": {"type": "string"},
        "environment": {"type": "string"},
        "compute_backend": {"enum": ["kubernetes", "htcondorcern", "slurmcern", "compute4punch"]},
        "commands": {"type": "array", "minItems": 1, "items": {"type": "string"}},
    },
}
REANA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["workflow"],
    "properties": {
        "version": {"type": "string"},
        "inputs": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"parameters": {"type": "object"}},
        },
        "outputs": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"directories": {"type": "array", "items": {"type": "string"}}},
        },
        "workflow": {
            "type": "object",
            "additionalProperties": False,
            "required": ["type", "specification"],
            "properties": {
                "type": {"const": "serial"},
                "specification": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["steps"],
                    "properties": {"steps": {"type": "array", "minItems": 1, "items": STEP}},
                },
            },
        },
    },
}
