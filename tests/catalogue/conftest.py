"""Fixtures of the tests of the catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from catalogue.database import Database
from catalogue.store import Store
from tests.catalogue.three_sources import add_sources


@pytest.fixture(params=["sqlite", "postgresql"])
def three_sources(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store with three sources, on both databases."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/catalogue.db"
    else:
        url = request.getfixturevalue("postgres_url")
    database = Database(url)
    store = Store(database)
    add_sources(store)
    yield store
    database.close()
