"""Harvests that operators ask for on one machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalogue.asked_harvests import AskedHarvests
from catalogue.database import Database
from catalogue.errors import NotFound
from catalogue.runs import Sources
from catalogue.sources import Source


def test_asking_and_taking(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/catalogue.db")
    sources, asked = Sources(database), AskedHarvests(database)
    for name in ("one", "two"):
        sources.add(Source(name=name, kind="oai-pmh", url="https://a.example/oai"))
    with pytest.raises(NotFound):
        asked.ask("three")
    assert asked.ask("two") and not asked.ask("two") and asked.ask("two", full=True)
    assert not asked.ask("two") and asked.ask("one")
    assert {(one.source, one.full) for one in asked.all()} == {("two", True), ("one", False)}
    taken = asked.take("two")
    assert taken is not None and taken.full and asked.take("two") is None and asked.take("three") is None
    sources.forget("one")
    assert asked.all() == [] and asked.take("one") is None
    database.close()
