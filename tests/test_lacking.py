"""No test is left out unseen where everything has to be there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.lacking import lacking

TESTS = Path(__file__).resolve().parent


def test_what_is_lacking_is_skipped_here_and_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "false")
    with pytest.raises(pytest.skip.Exception, match="no moon"):
        lacking("there is no moon here")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no moon"):
        lacking("there is no moon here")


def test_nothing_else_skips() -> None:
    ways = re.compile(r"pytest\.(skip\(|importorskip|mark\.(skip|xfail))")
    found = [path for path in TESTS.rglob("*.py") if ways.search(path.read_text())]
    # The corpus is beside the project on some machines only.
    assert {path.name for path in found} <= {"lacking.py", "conftest.py"}
    assert len(ways.findall((TESTS / "conftest.py").read_text())) == 1
