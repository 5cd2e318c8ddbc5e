"""What a provider can do about an issue."""

from __future__ import annotations

import pytest

from web.advice import advice


@pytest.mark.parametrize(
    ("rule", "path", "part"),
    [
        ("refused", "/rights", "kept here as it came"),
        ("timeout", "/", "too long to read"),
        ("crosswalk", "/resource/rightsList[*]", "SPDX"),
        ("crosswalk", "creators[*].name", "ORCID"),
        ("crosswalk", "publicationYear", "ISO 8601"),
        ("crosswalk", "/somewhere/else", None),
    ],
)
def test_advice_goes_by_rule_then_by_place(rule: str, path: str, part: str | None) -> None:
    hint = advice(rule, path)
    assert (hint is None) == (part is None) and (part or "") in (hint or "")
