"""One state of the catalogue while others write, and its changes in ranges; on both databases."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalogue.change_lists import ChangeLists
from catalogue.first_harvests import first_harvests
from catalogue.frozen import frozen
from catalogue.opening import Catalogue
from catalogue.record import Identifier, record_id
from catalogue.settings import load_settings
from tests.web.observatory import harvest, record


@pytest.fixture(params=["sqlite", "postgresql"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Catalogue]:
    given = {"ALMAGEST_HOME": str(tmp_path)}
    if request.param == "postgresql":
        given["ALMAGEST_DATABASE_URL"] = request.getfixturevalue("postgres_url")
    catalogue = Catalogue(load_settings(given))
    yield catalogue
    catalogue.close()


def test_what_others_write_meanwhile_is_not_seen(opened: Catalogue) -> None:
    harvest(opened, "lab", [record(f"r:{n}", f"Before {n}") for n in range(5)])
    with frozen(opened.database) as state:
        walk = state.walk()
        first = next(walk)
        after = [record(f"r:{n}", f"After {n}") for n in range(9)]
        writing = threading.Thread(target=harvest, args=(opened, "lab", after), kwargs={"deleted": ["r:8"]})
        writing.start()
        writing.join()
        seen = [change.record.title for change in (first, *walk) if change.record is not None]
    assert seen == [f"Before {n}" for n in range(5)] and state.sequence < opened.store.last_sequence()
    with frozen(opened.database) as state:
        titles = {change.record.title for change in state.walk() if change.record is not None}
    assert titles == {f"After {n}" for n in range(8)} and state.sequence == opened.store.last_sequence()


def test_ranges_bring_each_thing_once_at_its_latest_state(opened: Catalogue) -> None:
    doi = (Identifier(scheme="doi", value="10.5072/one"),)
    lists = ChangeLists(opened.database, 3)
    assert lists.ranges() == []
    harvest(opened, "lab", [record(f"r:{n}", f"Record {n}") for n in range(7)])
    harvest(opened, "lab", [record("r:1", "Changed", identifiers=doi)], deleted=["r:2"])
    harvest(opened, "other", [record("same", "Same", identifiers=doi)])
    ranges = lists.ranges()
    found = [change for one in ranges for change in lists.changes(one.number)]
    stream = opened.store.changes(limit=100)
    assert [(one.id, one.datestamp, one.is_deleted) for one in found] == [
        (change.id, change.datestamp, change.record is None) for change in stream
    ]
    assert [one.number for one in ranges] == sorted({(change.sequence - 1) // 3 for change in stream})
    assert all(one.first <= one.last for one in ranges)
    deleted = next(one for one in found if one.id == record_id("lab", "r:2"))
    assert deleted.is_deleted and lists.changes(999) == []


def test_a_source_is_known_since_its_first_harvest(opened: Catalogue) -> None:
    assert first_harvests(opened.database) == {}
    runs = [harvest(opened, "lab", [record("r:1", "Record")]) for _ in range(3)]
    assert first_harvests(opened.database) == {"lab": runs[0].started}
