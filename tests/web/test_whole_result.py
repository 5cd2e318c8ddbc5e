"""The walk through a whole result, while records change under it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from catalogue.index import Query
from catalogue.opening import Catalogue
from catalogue.record import record_id
from catalogue.settings import load_settings
from tests.web.observatory import harvest, record
from web import whole_result as walking
from web.whole_result import whole_result

NUMBER = 60


@pytest.fixture(params=["embedded", pytest.param("elasticsearch", marks=pytest.mark.services)])
def lab(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Catalogue]:
    """Sixty records, on pages of ten, read five at a time."""
    monkeypatch.setattr(walking, "MAXIMUM_SIZE", 10)
    monkeypatch.setattr(walking, "AT_ONCE", 5)
    values = {"ALMAGEST_HOME": str(tmp_path)}
    if request.param == "elasticsearch":
        server = request.getfixturevalue("elasticsearch_url").rstrip("/")
        values["ALMAGEST_INDEX_URL"] = f"{server}/almagest-{uuid.uuid4().hex[:12]}"
    catalogue = Catalogue(load_settings(values))
    harvest(catalogue, "lab", [record(str(number), f"Muon run {number}") for number in range(NUMBER)])
    yield catalogue
    catalogue.close()


def ids(numbers: range) -> set[str]:
    return {record_id("lab", str(number)) for number in numbers}


def test_each_record_comes_once_the_newest_change_first(lab: Catalogue) -> None:
    total, changes = whole_result(lab, Query(words="muon", sort="title", size=3))
    sequences = [change.sequence for change in changes]
    assert total == len(sequences) == NUMBER
    assert sequences == sorted(sequences, reverse=True)


def test_records_that_change_meanwhile_are_neither_lost_nor_twice(lab: Catalogue) -> None:
    _, changes = whole_result(lab, Query(words="muon"))
    found = [change.id for change in islice(changes, 20)]
    # Some that have been told and some that have not: all move to the front; and one is new.
    touched = [record(str(number), f"Muon run {number}, again") for number in (*range(25), 50, 59)]
    harvest(lab, "lab", [*touched, record("new", "Muon run of today")])
    rest = list(changes)
    found += [change.id for change in rest]
    assert len(found) == len(set(found))
    assert set(found) == ids(range(NUMBER)) | {record_id("lab", "new")}
    told = {change.id: change.record.title for change in rest if change.record is not None}
    assert told[record_id("lab", "3")] == "Muon run 3, again"


def test_what_is_withdrawn_meanwhile_or_no_longer_fits_is_left_out(lab: Catalogue) -> None:
    _, changes = whole_result(lab, Query(words="muon"))
    found = [change.id for change in islice(changes, 20)]
    harvest(lab, "lab", [record("0", "A tau")], deleted=["1"])
    found += [change.id for change in changes]
    assert set(found) == ids(range(2, NUMBER))


def test_no_more_are_taken_than_wanted(lab: Catalogue) -> None:
    for most in (1, 7, 10, 25, 1000):
        total, changes = whole_result(lab, Query(), most)
        assert (total, len(list(changes))) == (NUMBER, min(most, NUMBER))
