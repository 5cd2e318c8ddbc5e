"""A basket with what real records have: two files of one name, checksums, protocols, odd titles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from catalogue.index import Change
from catalogue.record import Distribution, record_id
from catalogue.settings import load_settings
from tests.web.observatory import record
from web.packages.base import Contents, Taken

Filled = Callable[..., Contents]


@pytest.fixture
def filled(tmp_path: Path) -> Filled:
    """Makes the contents of a basket whose records have these files."""

    def contents(*records: tuple[Distribution, ...]) -> Contents:
        taken = []
        for number, files in enumerate(records):
            one = replace(
                record(f"r{number}", f"Record {number} <&>\u0007", distributions=files),
                id=record_id("lab", f"r{number}"),
            )
            change = Change(
                sequence=number, id=one.id, source="lab", datestamp="2026-01-01T00:00:00Z", record=one
            )
            taken.append(Taken(change=change, record=one, files=files, whole=True))
        settings = load_settings({"ALMAGEST_HOME": str(tmp_path)})
        return Contents(taken=tuple(taken), page="https://c.example.org/basket?items=x", settings=settings)

    return contents
