"""What all tests share: the real corpus, when it stands beside the project."""

from __future__ import annotations

from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
SHARED = PROJECT.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real records and schemas beside the project."""
    if not SHARED.is_dir():
        pytest.skip("the folder ../shared with corpus and schemas is not beside the project")
    return SHARED
