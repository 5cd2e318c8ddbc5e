"""What operators do with sources, over SQLite and with the queue of PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalogue.audit import Audit
from catalogue.errors import NotFound, SettingsError
from catalogue.opening import Catalogue
from catalogue.settings import load_settings
from catalogue.sources import Source
from harvesters.run import harvest
from web.queue_plan import due_tick
from web.queue_state import queue_state
from web.scheduler import next_harvest, overdue_since
from web.source_changes import add_source, change_source, pause_source, start_harvest, stop_harvest

ONE = Source(name="one", kind="oai-pmh", url="http://127.0.0.1:9/oai", schedule="* * * * *")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.services)])
def catalogue(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Catalogue]:
    environ = {"ALMAGEST_HOME": str(tmp_path)}
    if request.param == "postgres":
        environ["ALMAGEST_DATABASE_URL"] = request.getfixturevalue("postgres_url")
    opened = Catalogue(load_settings(environ))
    yield opened
    opened.close()


def test_a_harvest_waits_and_is_taken_out(catalogue: Catalogue) -> None:
    add_source(catalogue, replace(ONE, schedule=None), by="Ada")
    with pytest.raises(NotFound):
        start_harvest(catalogue, "two", by="Ada")
    assert "begins as soon as a worker is free" in start_harvest(catalogue, "one", by="Ada")
    assert "waits or is being harvested already" in start_harvest(catalogue, "one", by="Ada")
    (waiting,) = queue_state(catalogue).waiting
    assert (waiting.source, waiting.position) == ("one", 1) and waiting.waits_for
    assert stop_harvest(catalogue, "one", by="Bob") == "one no longer waits to be harvested."
    assert queue_state(catalogue).waiting == ()
    steps = [(step.by, step.action) for step in Audit(catalogue.database).steps()]
    assert steps == [("Bob", "harvest stopped"), ("Ada", "harvest asked for"), ("Ada", "added")]


def test_a_paused_source_waits_for_nobody(catalogue: Catalogue) -> None:
    add_source(catalogue, ONE, by="Ada")
    now = datetime.now(UTC)
    assert due_tick(ONE, None, now) is not None
    pause_source(catalogue, "one", is_paused=True, by="Ada")
    paused = catalogue.sources.get("one")
    assert paused.schedule == ONE.schedule and next_harvest(paused, now) is None
    assert due_tick(paused, None, now) is None and overdue_since(paused, None) is None
    assert queue_state(catalogue).planned == () and queue_state(catalogue).waiting == ()
    assert harvest(catalogue, []) == []
    pause_source(catalogue, "one", is_paused=False, by="Ada")
    assert catalogue.sources.get("one") == ONE


def test_what_is_never_harvested(catalogue: Catalogue) -> None:
    kind = replace(
        ONE, kind="datacite", url="https://api.example.org", schedule=None, options={"live": "only"}
    )
    add_source(catalogue, kind, by="Ada")
    with pytest.raises(SettingsError, match="never harvested"):
        start_harvest(catalogue, "one", by="Ada")


def test_a_source_of_the_file_is_not_changed(catalogue: Catalogue) -> None:
    add_source(catalogue, ONE, by="Ada")
    object.__setattr__(catalogue.settings, "file", {"source": [{"name": "one"}]})
    with pytest.raises(SettingsError, match=r"almagest\.toml"):
        change_source(catalogue, replace(ONE, schedule=None), by="Ada")
    assert catalogue.sources.get("one") == ONE
