"""Kept assessments follow changes and deletions, and give the same sums as assessing everything now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from catalogue import assessments as module
from catalogue.assessments import Assessments, lacking
from catalogue.errors import NotFound
from catalogue.fair import marks_of
from catalogue.opening import Catalogue
from catalogue.record import Identifier, Rights, Term
from catalogue.settings import load_settings
from tests.web.observatory import harvest, record

LICENCE = (Rights(licence=Term(label="CC-BY-4.0")),)


@pytest.fixture(params=["sqlite", "postgresql"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Catalogue]:
    given = {"ALMAGEST_HOME": str(tmp_path)}
    if request.param == "postgresql":
        given["ALMAGEST_DATABASE_URL"] = request.getfixturevalue("postgres_url")
    catalogue = Catalogue(load_settings(given))
    yield catalogue
    catalogue.close()


def assert_as_now(catalogue: Catalogue, *sources: str) -> None:
    """That what is kept is what one finds by assessing each record as its source tells it."""
    kept = Assessments(catalogue.database)
    kept.follow()
    for source in sources:
        ids = catalogue.store.live_ids(source)
        told = [catalogue.store.source_record(id).record for id in ids]
        assert Counter(dict(kept.marks(source))) == Counter(marks_of(one) for one in told if one is not None)


def test_it_follows_new_changed_joined_and_withdrawn_records(opened: Catalogue) -> None:
    doi = (Identifier(scheme="doi", value="10.5072/one"),)
    first = [record(f"r:{n}", f"Record {n}", rights=LICENCE if n % 3 else ()) for n in range(10)]
    harvest(opened, "one", [*first, record("same", "Same", identifiers=doi)])
    harvest(opened, "two", [record("same", "Same", identifiers=doi, rights=LICENCE)])
    assert_as_now(opened, "one", "two")
    # The last change is that of the product.
    assert Assessments(opened.database).position() == opened.store.last_sequence()
    harvest(opened, "one", [replace(first[0], rights=LICENCE)], deleted=["r:1", "r:2"])
    assert_as_now(opened, "one", "two")
    kept = Assessments(opened.database)
    assert sum(count for _, count in kept.marks("one")) == 9
    assert kept.follow() == 0 and kept.position() == opened.store.last_sequence()


def test_examples_are_records_that_lack_the_thing(opened: Catalogue) -> None:
    told = [record(f"r:{n}", f"Record {n}", rights=LICENCE if n else ()) for n in range(5)]
    harvest(opened, "one", told)
    kept = Assessments(opened.database)
    kept.follow()
    marks = kept.marks("one")
    assert [one.identifier for one in kept.examples("one", lacking(marks, "licence"), 3)] == ["r:0"]
    assert len(kept.examples("one", lacking(marks, "names-data"), 3)) == 3
    assert lacking(marks, "checksums") == []  # They have no files at all.
    assert kept.examples("one", lacking(marks, "title"), 3) == []
    with pytest.raises(NotFound):
        kept.marks("nobody")


def test_other_rules_assess_everything_anew(opened: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    harvest(opened, "one", [record(f"r:{n}", f"Record {n}") for n in range(5)])
    kept = Assessments(opened.database)
    monkeypatch.setattr(module, "_BATCH", 2)
    assert kept.follow() == 5 and kept.follow() == 0
    monkeypatch.setattr(module, "VERSION", 99)
    assert kept.position() == 0 and kept.follow() == 5
    assert_as_now(opened, "one")


def test_of_two_at_once_one_follows(opened: Catalogue) -> None:
    harvest(opened, "one", [record("r:1", "Record")])
    with opened.database.source_lock(".assessments"):
        assert Assessments(opened.database).follow() == 0
    assert Assessments(opened.database).follow() == 1
