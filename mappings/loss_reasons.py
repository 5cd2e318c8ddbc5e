"""Why values of a source are left out on purpose: by format and field, asked only where nothing has them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase

from mappings.loss_leaves import Value
from mappings.text import clean_block, clean_url, is_placeholder

_EMAIL = re.compile(r"\s*(?:mailto:)?[\w.%+\-]+@[\w\-]+(?:\.[\w\-]+)+\s*", re.IGNORECASE)

REASONS: Mapping[str, Mapping[str, str]] = {
    "*": {
        "*@xsi:schemaLocation": "It says where the schema of the document lies.",
    },
}
"""By prefix («*»: all formats), then by field, in which «*» stands for anything."""


def reason_for(prefix: str, field: str, value: Value) -> str | None:
    """Why a value is left out; ``None`` where no reason is known."""
    if isinstance(value, str):
        if is_placeholder(value):
            return "It only says that there is nothing."
        if _EMAIL.fullmatch(value):
            return "E-mail addresses are not kept."
        if clean_block(value) is None and clean_url(value) is None:
            return "Nothing is left of it when it is cleaned."
    for scope in (prefix, "*"):
        for pattern, reason in REASONS.get(scope, {}).items():
            if fnmatchcase(field, pattern):
                return reason
    return None
