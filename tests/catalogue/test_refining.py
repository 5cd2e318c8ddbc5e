"""Searches on the sky are exact, also where the index keeps a region roughly."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import footprints
from catalogue import fitting, moc, refining, stored_regions
from catalogue.curation import Curation
from catalogue.index import Query
from catalogue.indexing import sync
from catalogue.opening import Catalogue
from catalogue.record import Coverage, Sky
from catalogue.settings import load_settings
from tests.web.observatory import harvest, record


def dotted(start: int, count: int) -> str:
    """A region of every second cell of order 10: finer than the index keeps it."""
    return "10/" + ",".join(str(start + 2 * n) for n in range(count))


FINE = dotted(0, moc.MOST_CELLS + 1000)


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    opened = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path)}))
    records = [
        record("fine", "Fine", coverage=Coverage(sky=Sky(moc=FINE))),
        record("plain", "Plain", coverage=Coverage(sky=Sky(moc="10/5"))),
        record("none", "None"),
    ]
    harvest(opened, "lab", records)
    yield opened
    opened.close()


def titles(catalogue: Catalogue, query: Query) -> list[str]:
    found = catalogue.search(query)
    assert found.total == len(found.hits)
    records = catalogue.store.get_many([hit.id for hit in found.hits]).values()
    return sorted(change.record.title for change in records if change.record is not None)


def test_a_hole_between_fine_cells_is_a_hole(catalogue: Catalogue) -> None:
    assert len(catalogue.index.search(Query(moc="10/5")).hits) == 2, "the index alone finds too much"
    assert titles(catalogue, Query(moc="10/5")) == ["Plain"]
    assert titles(catalogue, Query(moc="10/4")) == ["Fine"]
    assert titles(catalogue, Query(moc="10/4-5")) == ["Fine", "Plain"]
    found = catalogue.search(Query(moc="10/5", size=1, sort="title"))
    assert (found.total, found.uncovered) == (1, {"sky": 1})
    assert [count.count for count in found.facets["source"]] == [1]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("moc:10/5", ["Plain"]),
        ("moc:10/4", ["Fine"]),
        ("moc:10/5 fine", []),
        ("moc:10/4 OR moc:10/5", ["Fine", "Plain"]),
        ("-moc:10/5", ["Fine", "None"]),
        ("NOT (moc:10/5 OR none)", ["Fine"]),
        ("fine -moc:10/5", ["Fine"]),
        ("fine -moc:10/4", []),
        ("-(fine moc:10/5)", ["Fine", "None", "Plain"]),
        ("-(fine -moc:10/5)", ["None", "Plain"]),
        ("moc:10/4-5 -moc:10/5", ["Fine"]),
        ("moc:10/4-5 -moc:10/4", ["Plain"]),
    ],
)
def test_regions_in_words_are_exact_too(catalogue: Catalogue, words: str, found: list[str]) -> None:
    assert titles(catalogue, Query(words=words)) == found
    assert titles(catalogue, Query(words=words, moc="10/4")) == [title for title in found if title == "Fine"]


def test_the_time_for_one_search_has_a_limit(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond it the answer is that of the index, too much and never too little, and it says so."""
    monkeypatch.setattr(refining, "MOST_SECONDS", -1.0)
    monkeypatch.setattr(stored_regions, "_LEAST", 0)
    assert titles(catalogue, Query(moc="10/5")) == ["Fine", "Plain"]
    assert catalogue.search(Query(moc="10/5")).unrefined == 1
    assert catalogue.search(Query(words="moc:10/5")).unrefined == 1
    monkeypatch.setattr(refining, "MOST_SECONDS", 60.0)
    assert catalogue.search(Query(moc="10/5")).unrefined == 0


def test_all_of_many_cells_are_looked_at_while_there_is_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Regions of 20,000 cells: those that were looked at are exact, those that were not are counted."""
    opened = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path)}))
    footprints.fill(opened, 30)
    asked = footprints.QUESTIONS["a MOC of 200 cells"]
    looked: list[str] = []
    region = stored_regions._memory.region
    monkeypatch.setattr(stored_regions._memory, "region", lambda text: looked.append(text) or region(text))
    for seconds, count in ((60.0, 30), (-1.0, stored_regions._LEAST)):
        monkeypatch.setattr(refining, "MOST_SECONDS", seconds)
        found = opened.search(asked)
        assert (len(looked), found.unrefined) == (count, 30 - count)
        true = footprints.true_total(asked, 30)
        assert true <= found.total <= true + found.unrefined < 30
        looked.clear()
    opened.close()


def test_what_is_remembered_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = stored_regions._Memory()
    monkeypatch.setattr(stored_regions, "_MOST_KEPT", 1000)
    for first in range(50):
        assert memory.region(f"10/{first}") is not None and memory.region("nothing") is None
        assert 0 < memory._size <= 1000
    assert memory.region("10/49") is memory.region("10/49")


def test_a_curator_changes_what_the_index_does_not_know_yet(catalogue: Catalogue) -> None:
    (fine,) = catalogue.index.search(Query(words="Fine")).hits
    Curation(catalogue.database).correct(fine.id, "coverage.sky", None, by="Vera")
    assert titles(catalogue, Query(moc="10/5")) == ["Fine", "Plain"]
    sync(catalogue.store, catalogue.index)
    assert titles(catalogue, Query(moc="10/5")) == ["Plain"]


def test_chance_agrees_with_the_regions(catalogue: Catalogue) -> None:
    chance = random.Random(8)
    fine = moc.region_of(FINE)
    for _ in range(60):
        order = chance.choice((9, 10, 11, 12))
        cell = chance.randrange(12_000)
        text = f"{order}/{cell << 2 * (order - 10) if order >= 10 else cell >> 2}"
        expected = moc.overlap(fine, moc.region_of(text))
        assert ("Fine" in titles(catalogue, Query(moc=text))) == expected, text


def test_a_cursor_goes_on(catalogue: Catalogue) -> None:
    first = catalogue.search(Query(moc="10/4-5", size=1, sort="title"))
    second = catalogue.search(Query(moc="10/4-5", size=1, sort="title", cursor=first.cursor))
    assert first.total == second.total == 2 and first.hits != second.hits and second.cursor is None


@pytest.mark.parametrize("sort", ["fit", "relevance"])
def test_a_page_looks_at_what_the_one_before_has_looked_at(
    sort: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path / "many")}))
    chance = random.Random(3)
    starts = [100 + chance.randint(0, 31) for _ in range(120)]
    records = [
        record(
            f"r{number}", f"Record {number}", coverage=Coverage(sky=Sky(moc=f"6/{start}-{start + 31} 29/0"))
        )
        for number, start in enumerate(starts)
    ]
    harvest(opened, "many", records)
    query = Query(words="record", moc="6/100-131", sort=sort, size=20, counts=())
    monkeypatch.setattr(fitting, "MOST_SECONDS", 0.0)
    monkeypatch.setattr(refining, "MOST_SECONDS", 0.0)
    found = opened.search(query)
    # The pages that follow have more time, and do not use it to look at others.
    monkeypatch.setattr(fitting, "MOST_SECONDS", 9.0)
    monkeypatch.setattr(refining, "MOST_SECONDS", 9.0)
    seen = [hit.id for hit in found.hits]
    while found.cursor is not None:
        found = opened.search(replace(query, cursor=found.cursor))
        seen += [hit.id for hit in found.hits]
    assert len(seen) == len(set(seen)) == found.total == 120
    opened.close()
