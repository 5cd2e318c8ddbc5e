"""The options of a source, as the operator writes them."""

from __future__ import annotations

import pytest

from catalogue.sources import Source


def source(**options: str) -> Source:
    return Source(name="test", kind="scicat", url="https://h.example", options=options)


@pytest.mark.parametrize(
    ("text", "by_default_off", "by_default_on"),
    [
        ("yes", True, True),
        (" On ", True, True),
        ("1", True, True),
        ("no", False, False),
        ("False", False, False),
        ("perhaps", False, True),
        ("", False, True),
    ],
)
def test_options_of_yes_or_no(text: str, by_default_off: bool, by_default_on: bool) -> None:
    assert source(files=text).is_on("files") is by_default_off
    assert source(files=text).is_on("files", default=True) is by_default_on
    assert source().is_on("files") is False
    assert source().is_on("files", default=True) is True


def test_what_is_not_clearly_allowed_is_not_passed_on() -> None:
    allowed = [source(originals=text).originals for text in ("yes", "no", "nein", "")]
    assert (source().originals, allowed) == (True, [True, False, False, False])
